//! The journal as it happens, as server-sent events (WHATWG HTML section 9.2): one event an exchange.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, body::BodyStream};
use bytes::Bytes;
use futures_util::stream;
use scim::ErrorKind;
use tokio::sync::broadcast::error::RecvError;

use super::respond;
use crate::journal::Journal;
use crate::message::{Refusal, SCIM_JSON};

/// So many may follow at once.
const MOST_FOLLOWERS: usize = 16;

/// Begins with a comment, so that the client knows at once that it is heard. `event: exchange` carries what the journal keeps
/// of one exchange; `event: missed` says how many a slow reader has missed.
pub(super) fn answer(journal: &Journal) -> HttpResponse {
    if journal.followers() >= MOST_FOLLOWERS {
        let detail = format!("{MOST_FOLLOWERS} follow the journal already; end one of them first");
        return respond(Refusal::new(ErrorKind::ServiceUnavailable, detail).into_answer(SCIM_JSON));
    }
    let exchanges = journal.follow();
    let greeting = stream::once(std::future::ready(Ok::<_, std::io::Error>(Bytes::from_static(b": following\n\n"))));
    let events = stream::unfold(exchanges, |mut exchanges| async move {
        let event = match exchanges.recv().await {
            Ok(exchange) => format!("event: exchange\nid: {}\ndata: {}\n\n", exchange.number, exchange.to_json()),
            Err(RecvError::Lagged(missed)) => format!("event: missed\ndata: {missed}\n\n"),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(Bytes::from(event)), exchanges))
    });
    HttpResponse::build(StatusCode::OK)
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(BodyStream::new(Box::pin(stream::StreamExt::chain(greeting, events))))
}
