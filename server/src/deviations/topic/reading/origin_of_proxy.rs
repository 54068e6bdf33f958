//! Every URL of an answer has the host of a proxy in front of the endpoint, through which other clients come. RFC 7643 sections 2.3.7
//! and 3.1 ask for the URI of the resource, and not for the one by which a client came.

use std::borrow::Cow;

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use bytes::Bytes;

use crate::application::{AnswerSeam, RequestSeam};
use crate::deviations::seam::BothSeams;
use crate::message::{Answer, Head, IncomingRequest};

/// The origin of the proxy.
const PROXY: &str = "https://scim.example.com";

/// Puts the origin of the proxy into answers, and takes it out of requests.
pub fn origin_of_proxy() -> BothSeams {
    (Box::new(ProxyRequests), Box::new(ProxyAnswers))
}

/// The origin by which the client came.
fn origin(headers: &HeaderMap) -> Option<String> {
    headers.get(header::HOST)?.to_str().ok().map(|host| format!("http://{host}"))
}

fn replaced(body: &Bytes, from: &str, to: &str) -> Option<Bytes> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.contains(from))?;
    Some(text.replace(from, to).into())
}

struct ProxyRequests;

impl RequestSeam for ProxyRequests {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        let Some(own) = origin(&incoming.headers) else { return Ok(()) };
        if let Some(body) = replaced(&incoming.body, PROXY, &own) {
            incoming.body = body;
        }
        if let Some(query) = incoming.query.as_ref().filter(|query| query.contains(PROXY)) {
            incoming.query = Some(Cow::Owned(query.replace(PROXY, &own)));
        }
        Ok(())
    }
}

struct ProxyAnswers;

impl AnswerSeam for ProxyAnswers {
    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let Some(own) = origin(head.headers) else { return };
        if let Some(body) = replaced(&answer.body, &own, PROXY) {
            answer.body = body;
        }
        for (_, value) in &mut answer.headers {
            let moved = value.to_str().ok().filter(|text| text.starts_with(&own)).map(|text| text.replace(&own, PROXY));
            if let Some(moved) = moved.and_then(|text| HeaderValue::try_from(text).ok()) {
                *value = moved;
            }
        }
    }
}
