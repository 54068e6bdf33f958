//! Bodies that break the connection: for deviations, and where the endpoint has waited long enough.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, http::header};
use bytes::Bytes;

/// A response of which nothing is sent: its body fails before the head has left the buffer, and the connection closes.
pub fn lost() -> HttpResponse {
    let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(BrokenBody::after(&Bytes::new(), 0)));
    response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    response
}

/// A body that fails after its first bytes.
#[derive(Debug)]
pub struct BrokenBody {
    announced: u64,
    sent: Option<Bytes>,
    /// The first bytes must leave the buffer before the failure discards it.
    flushed: bool,
}

impl BrokenBody {
    /// `body` cut after `bytes` of it; the whole length is announced.
    pub fn after(body: &Bytes, bytes: usize) -> Self {
        let announced = u64::try_from(body.len()).unwrap_or(u64::MAX).max(1);
        let sent = body.slice(..bytes.min(body.len()));
        let flushed = sent.is_empty();
        Self { announced, sent: Some(sent).filter(|sent| !sent.is_empty()), flushed }
    }
}

impl MessageBody for BrokenBody {
    type Error = std::io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.announced)
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if let Some(bytes) = self.sent.take() {
            return Poll::Ready(Some(Ok(bytes)));
        }
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::Error::other("the connection is closed here on purpose"))))
    }
}
