//! What the findings of a run keep of exchanges: enough to see what happened, and never more than a bound.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use reqwest::header::HeaderMap;

use super::exchange::Exchange;

/// Bytes of one body; reports show 16 KiB at most, and say that they cut it.
const BODY: usize = 20 * 1024;
/// Bytes of the headers of one answer.
const HEADERS: usize = 16 * 1024;
/// Stands for a body for which there was no room.
const NO_ROOM: &[u8] = b"(not kept: the findings of this run hold all the evidence that --evidence allows)";

/// The room that is left for evidence. Clones share it.
#[derive(Clone, Debug)]
pub struct Evidence(Arc<EvidenceRoom>);

#[derive(Debug)]
struct EvidenceRoom {
    left: AtomicUsize,
    /// Long bodies are masked one after the other, because each takes several times its bytes meanwhile.
    masking: Mutex<()>,
}

/// Room for what a provisioning cycle keeps.
impl Default for Evidence {
    fn default() -> Self {
        Self::new(16 * 1024 * 1024)
    }
}

impl Evidence {
    /// Room for `bytes`.
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(EvidenceRoom { left: AtomicUsize::new(bytes), masking: Mutex::default() }))
    }

    /// The exchange as a finding keeps it: without its parsed JSON, long bodies cut, and without bodies once the room is used up.
    pub fn of(&self, exchange: &Exchange) -> Arc<Exchange> {
        let mut kept = exchange.unparsed();
        kept.request_body = self.shortened(&exchange.request_body, || exchange.request_text());
        kept.response_body = self.shortened(&exchange.response_body, || exchange.response_text());
        kept.response_headers = first_of(&exchange.response_headers);
        let size = kept.request_body.len()
            + kept.response_body.len()
            + kept.url.as_str().len()
            + bytes_of(&kept.request_headers)
            + bytes_of(&kept.response_headers);
        let room = self.0.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(size));
        if room.is_err() {
            kept.request_body = Bytes::from_static(if kept.request_body.is_empty() { b"" } else { NO_ROOM });
            kept.response_body = Bytes::from_static(if kept.response_body.is_empty() { b"" } else { NO_ROOM });
            kept.response_headers = HeaderMap::new();
        }
        Arc::new(kept)
    }

    /// A body that is short enough. What is cut is not JSON any more, so it is masked before.
    fn shortened(&self, body: &Bytes, masked: impl FnOnce() -> String) -> Bytes {
        if body.len() <= BODY {
            return body.clone();
        }
        // Nothing is guarded but the memory that masking takes.
        let _alone = self.0.masking.lock().unwrap_or_else(PoisonError::into_inner);
        let text = masked();
        // Copied, because a text that is cut holds all its memory.
        format!("{}…", &text[..text.floor_char_boundary(BODY)]).into()
    }
}

fn bytes_of(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// The headers that fit, in their order.
fn first_of(headers: &HeaderMap) -> HeaderMap {
    if bytes_of(headers) <= HEADERS {
        return headers.clone();
    }
    let mut size = 0;
    let mut kept = HeaderMap::new();
    for (name, value) in headers {
        size += name.as_str().len() + value.len();
        if size <= HEADERS {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(body: String) -> Exchange {
        Exchange {
            number: 1,
            method: reqwest::Method::GET,
            url: "http://127.0.0.1/Users".parse().unwrap(),
            authentication: super::super::exchange::Authentication::None,
            request_headers: HeaderMap::new(),
            request_body: Bytes::new(),
            status: 200,
            response_headers: HeaderMap::new(),
            response_body: body.into(),
            started: jiff::Timestamp::UNIX_EPOCH,
            elapsed: std::time::Duration::ZERO,
            parsed: super::super::exchange::ParsedBody::default(),
        }
    }

    #[test]
    fn a_long_body_is_cut_behind_its_masking_and_what_does_not_fit_is_said() {
        let long = exchange(format!(r#"{{"password":"t1ger","more":"{}"}}"#, "ä".repeat(BODY)));
        let evidence = Evidence::new(BODY + 200);
        let kept = evidence.of(&long);
        assert!(kept.response_body.len() <= BODY + 3 && !kept.response_text().contains("t1ger"));
        assert_eq!(evidence.of(&long).response_body, NO_ROOM);
        assert_eq!(evidence.of(&exchange("{}".into())).response_body, "{}");
    }
}
