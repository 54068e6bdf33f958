//! Redirects. An endpoint may direct a client to repeat any request at another place, with 307 or 308 (RFC 7644 section 3.12, Table 8);
//! within the origin of the endpoint that is done, method and body as they were. Other redirects are answers: that table does not have
//! them, and after a 301, 302 or 303 a client may send a POST again as a GET (RFC 7231 section 6.4).

use std::borrow::Cow;

use url::Url;

use crate::exchange::Exchange;
use crate::request::{Place, Request};

/// How often one request is sent on.
pub(super) const MOST_REDIRECTS: u32 = 5;

/// The request that an answer asks to send instead, if it has the same origin.
pub(super) fn next(request: &Request, answer: &Exchange) -> Option<Request> {
    if !matches!(answer.status, 307 | 308) {
        return None;
    }
    let mut place = answer.redirect().filter(|place| place.origin() == answer.url.origin())?;
    // Another path is the answer to such a request, and the same one below another base is not.
    if request.stays && last_segment(&place) != last_segment(&answer.url) {
        return None;
    }
    if let Some((secret, _)) = &request.secret_query {
        let others: Vec<_> = place.query_pairs().filter(|(name, _)| *name != **secret).map(owned).collect();
        place.set_query(None);
        if !others.is_empty() {
            place.query_pairs_mut().extend_pairs(others);
        }
    }
    Some(Request { place: Place::Absolute(place), query: String::new(), ..request.clone() })
}

fn owned((name, value): (Cow<'_, str>, Cow<'_, str>)) -> (String, String) {
    (name.into_owned(), value.into_owned())
}

fn last_segment(url: &Url) -> &str {
    url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}
