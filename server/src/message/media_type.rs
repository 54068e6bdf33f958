//! Media types (RFC 7644 section 3.1): what a body may be, and what an answer is.

use actix_web::http::header::{self, HeaderMap};
use scim::ErrorKind;

use super::answer::Refusal;

/// The media type of SCIM.
pub const SCIM_JSON: &str = "application/scim+json";
const JSON: &str = "application/json";

/// Accepts a request body's media type: either JSON type, UTF-8 or no charset, not compressed. A body without
/// `Content-Type` is taken for JSON, which RFC 9110 section 8.3 leaves to the recipient.
pub fn check_request(headers: &HeaderMap) -> Result<(), Refusal> {
    if let Some(encoding) = headers.get(header::CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return Err(unsupported("a compressed body is not understood; send it without Content-Encoding"));
    }
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let value = value.to_str().map_err(|_| unsupported("the Content-Type header is not readable"))?;
    if value == SCIM_JSON || value == JSON {
        return Ok(());
    }
    let mut parts = value.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    if !media_type.eq_ignore_ascii_case(SCIM_JSON) && !media_type.eq_ignore_ascii_case(JSON) {
        return Err(unsupported(&format!(
            "a body of type {media_type:?} is not understood; send {SCIM_JSON} or {JSON}"
        )));
    }
    for parameter in parts {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        if name.trim().eq_ignore_ascii_case("charset") && !value.eq_ignore_ascii_case("utf-8") {
            return Err(unsupported(&format!("charset {value:?} is not understood; JSON is sent in UTF-8")));
        }
    }
    Ok(())
}

fn unsupported(detail: &str) -> Refusal {
    Refusal::new(ErrorKind::UnsupportedMediaType, detail)
        .with_header(header::ACCEPT, "application/scim+json, application/json")
}

/// Chooses the answer's media type by the `Accept` header (RFC 9110 section 12.5.1): SCIM's own unless the client likes
/// plain JSON better. 406 when it takes neither.
pub fn negotiate(headers: &HeaderMap) -> Result<&'static str, Refusal> {
    let mut wanted = headers.get_all(header::ACCEPT).peekable();
    if wanted.peek().is_none() {
        return Ok(SCIM_JSON);
    }
    let (mut scim, mut json) = (Weight::default(), Weight::default());
    for value in wanted {
        let Ok(value) = value.to_str() else { continue };
        match value {
            SCIM_JSON | "*/*" => return Ok(SCIM_JSON),
            _ => {}
        }
        for range in value.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let media_range = parts.next().unwrap_or_default();
            let quality = parts.find_map(quality).unwrap_or(1.0);
            let is = |other: &str| media_range.eq_ignore_ascii_case(other);
            if is(SCIM_JSON) {
                scim.set(3, quality);
            } else if is(JSON) {
                json.set(3, quality);
            } else if is("application/*") {
                scim.set(2, quality);
                json.set(2, quality);
            } else if is("*/*") {
                scim.set(1, quality);
                json.set(1, quality);
            }
        }
    }
    if scim.quality > 0.0 && scim.quality >= json.quality {
        Ok(SCIM_JSON)
    } else if json.quality > 0.0 {
        Ok(JSON)
    } else {
        Err(Refusal::new(ErrorKind::NotAcceptable, format!("answers are {SCIM_JSON} or {JSON}; accept one of them")))
    }
}

/// The weight of the most specific range that names a type.
#[derive(Default)]
struct Weight {
    specificity: u8,
    quality: f32,
}

impl Weight {
    fn set(&mut self, specificity: u8, quality: f32) {
        if specificity >= self.specificity {
            *self = Self { specificity, quality };
        }
    }
}

fn quality(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue};

    use super::*;

    fn headers(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn accept_decides_between_the_two_json_types() {
        for (accept, expected) in [
            ("application/scim+json", Some(SCIM_JSON)),
            ("application/json", Some(JSON)),
            ("Application/JSON", Some(JSON)),
            ("*/*", Some(SCIM_JSON)),
            ("application/*", Some(SCIM_JSON)),
            ("application/json, application/scim+json", Some(SCIM_JSON)),
            ("application/json, application/scim+json;q=0.5", Some(JSON)),
            ("application/json;q=0.4, */*;q=0.5", Some(SCIM_JSON)),
            ("text/html, application/xhtml+xml, */*;q=0.8", Some(SCIM_JSON)),
            ("application/scim+json;q=0, */*", Some(JSON)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("", None),
        ] {
            assert_eq!(negotiate(&headers(ACCEPT, accept)).ok(), expected, "{accept:?}");
        }
        assert_eq!(negotiate(&HeaderMap::new()).ok(), Some(SCIM_JSON));
    }

    #[test]
    fn a_body_must_be_json_in_utf_8() {
        for (content_type, accepted) in [
            ("application/scim+json", true),
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("Application/SCIM+JSON;charset=\"UTF-8\"", true),
            ("application/json; charset=iso-8859-1", false),
            ("application/x-www-form-urlencoded", false),
            ("application/json+scim", false),
            ("text/json", false),
            ("", false),
        ] {
            assert_eq!(check_request(&headers(CONTENT_TYPE, content_type)).is_ok(), accepted, "{content_type:?}");
        }
        assert!(check_request(&HeaderMap::new()).is_ok());
        assert!(check_request(&headers(CONTENT_ENCODING, "gzip")).is_err());
    }
}
