//! Requests as the handlers see them.

use std::borrow::Cow;

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use bytes::Bytes;
use scim::Result;
use serde_json::Value;

use super::{Refusal, decode, media_type};

/// A request that has found its application. Deviations at the request seam may change every part of it.
#[derive(Clone, Debug)]
pub struct IncomingRequest<'a> {
    pub method: Cow<'a, Method>,
    /// What follows the base path, as sent.
    pub path: Cow<'a, str>,
    /// Without the question mark, as [`readable_query`] makes it of what was sent.
    pub query: Option<Cow<'a, str>>,
    pub headers: Cow<'a, HeaderMap>,
    pub body: Bytes,
}

/// A query in which the names of parameters are not encoded and, where a `+` stands for a blank, a blank is `%20`: whatever
/// looks at a query further on sees one spelling.
pub(crate) fn readable_query(query: &str, plus_as_blank: bool) -> Cow<'_, str> {
    let has_plus = plus_as_blank && query.contains('+');
    let has_coded_name = |pair: &str| pair.split('=').next().is_some_and(|name| name.contains('%'));
    if !has_plus && !query.split('&').any(has_coded_name) {
        return Cow::Borrowed(query);
    }
    let pairs = query.split('&').map(|pair| {
        let pair = if has_plus { Cow::Owned(pair.replace('+', "%20")) } else { Cow::Borrowed(pair) };
        let (name, value) = pair.split_once('=').map_or((&*pair, None), |(name, value)| (name, Some(value)));
        let decoded = decode(name);
        // A name that means nothing to SCIM stays as it was sent.
        let name = if decoded.bytes().all(|byte| byte.is_ascii_alphanumeric()) { &*decoded } else { name };
        value.map_or_else(|| name.to_owned(), |value| format!("{name}={value}"))
    });
    Cow::Owned(pairs.collect::<Vec<_>>().join("&"))
}

impl IncomingRequest<'_> {
    /// The body as JSON, its media type checked.
    pub(crate) fn json(&self) -> std::result::Result<Value, Refusal> {
        media_type::check_request(&self.headers)?;
        Ok(self.parse()?)
    }

    fn parse(&self) -> Result<Value> {
        scim::resource::read::json(&self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_one_spelling() {
        for (query, plus_as_blank, expected) in [
            ("filter=userName+eq+%22a%2Bb%22", true, "filter=userName%20eq%20%22a%2Bb%22"),
            ("filter=userName+eq+%22a%2bb%22", false, "filter=userName+eq+%22a%2bb%22"),
            ("%66ilter=a%20pr&c%6Funt=1", false, "filter=a%20pr&count=1"),
            ("f%2Bx=1&%FF=2&cursor&&=", true, "f%2Bx=1&%FF=2&cursor&&="),
        ] {
            assert_eq!(readable_query(query, plus_as_blank), expected, "{query}");
        }
    }
}
