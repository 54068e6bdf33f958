//! Requests that are put off: a part that several deviations share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use scim::{Error, ErrorKind};

use super::super::seam::BothSeams;
use crate::application::{AnswerSeam, RequestSeam, Setup};
use crate::message::{Answer, Head, IncomingRequest};

/// What `Retry-After` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Text(&'static str),
    /// The HTTP date so many seconds from now, by the endpoint's clock.
    Date(i64),
    Missing,
}

struct First {
    kind: ErrorKind,
    wait: Wait,
    clock: crate::clock::Clock,
    seen: AtomicUsize,
}

/// The first write is not carried out but answered 429 or 503, with what `wait` says in `Retry-After`.
pub fn first_write(setup: &Setup<'_>, kind: ErrorKind, wait: Wait) -> BothSeams {
    let first = Arc::new(First { kind, wait, clock: setup.clock.clone(), seen: AtomicUsize::new(0) });
    (Box::new(RefuseFirst(Arc::clone(&first))), Box::new(AskToWait(first)))
}

struct RefuseFirst(Arc<First>);

impl RequestSeam for RefuseFirst {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        let is_write =
            !matches!(incoming.method.as_str(), "GET" | "HEAD" | "OPTIONS") && !incoming.path.ends_with("/.search");
        if is_write && self.0.seen.fetch_add(1, Ordering::AcqRel) == 0 {
            return Err(Error::new(self.0.kind, "not now; send the request again later"));
        }
        Ok(())
    }
}

struct AskToWait(Arc<First>);

impl AnswerSeam for AskToWait {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        matches!(answer.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
            && answer.header(&header::RETRY_AFTER).is_none()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let text = match self.0.wait {
            Wait::Text(text) => text.to_owned(),
            Wait::Date(seconds) => {
                let until = self.0.clock.now() + jiff::SignedDuration::from_secs(seconds);
                until.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
            }
            Wait::Missing => return,
        };
        if let Ok(value) = HeaderValue::from_str(&text) {
            answer.set_header(header::RETRY_AFTER, value);
        }
    }
}
