//! Keeping secrets out of the journal: credentials in headers, passwords and tokens in bodies and queries.

use std::borrow::Cow;

use actix_web::http::Uri;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

const MASK: &str = "***";

/// The members whose values are secrets, wherever they stand.
const SECRETS: [&str; 4] = ["password", "client_secret", "access_token", "refresh_token"];

/// One line a header, `name: value`; of credentials only the scheme is shown.
pub fn headers<'h>(out: &mut Vec<u8>, headers: impl Iterator<Item = (&'h HeaderName, &'h HeaderValue)>) {
    for (name, value) in headers {
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        match *name {
            header::AUTHORIZATION | header::PROXY_AUTHORIZATION => {
                let (scheme, _) = value.to_str().ok().and_then(|value| value.split_once(' ')).unwrap_or_default();
                out.extend_from_slice(scheme.as_bytes());
                out.push(b' ');
                out.extend_from_slice(MASK.as_bytes());
            }
            header::COOKIE | header::SET_COOKIE => out.extend_from_slice(MASK.as_bytes()),
            _ => out.extend_from_slice(value.as_bytes()),
        }
        out.push(b'\n');
    }
}

/// Path and query; a query that speaks of a secret is masked as a whole.
pub fn target(out: &mut Vec<u8>, uri: &Uri) {
    out.extend_from_slice(uri.path().as_bytes());
    let Some(query) = uri.query() else { return };
    let secret = if spells_letters(query.as_bytes()) {
        let decoded: Cow<'_, [u8]> = percent_decode_str(query).into();
        speaks_of_a_secret(&decoded)
    } else {
        speaks_of_a_secret(query.as_bytes())
    };
    out.push(b'?');
    out.extend_from_slice(if secret { MASK } else { query }.as_bytes());
}

/// Whether a percent-encoding stands for something that needs none, so that a secret's name may hide behind it.
fn spells_letters(query: &[u8]) -> bool {
    let digit = |at: usize| char::from(*query.get(at)?).to_digit(16);
    query.iter().enumerate().any(|(at, &byte)| {
        byte == b'%'
            && digit(at + 1)
                .zip(digit(at + 2))
                .and_then(|(high, low)| char::from_u32(high * 16 + low))
                .is_some_and(|spelt| spelt.is_ascii_alphabetic() || matches!(spelt, '_' | '\\'))
    })
}

/// A body, at most `limit` bytes of it.
pub fn body(out: &mut Vec<u8>, body: &Bytes, limit: usize) {
    let length = body.len();
    let masked: Cow<'_, [u8]> = if !speaks_of_a_secret(body) {
        Cow::Borrowed(body)
    } else if let Ok(mut json) = serde_json::from_slice::<Value>(body) {
        if hide(&mut json) { Cow::Owned(json.to_string().into_bytes()) } else { Cow::Borrowed(body) }
    } else {
        // What is no JSON cannot be masked in part.
        Cow::Owned(format!("({length} bytes, not shown because they may hold a password)").into_bytes())
    };
    out.extend_from_slice(&masked[..masked.len().min(limit)]);
}

/// Whether one of the [`SECRETS`] may be named, in one pass over the bytes. An escape can spell anything.
fn speaks_of_a_secret(text: &[u8]) -> bool {
    let word = |start: usize, word: &[u8]| {
        text.get(start..start + word.len()).is_some_and(|slice| slice.eq_ignore_ascii_case(word))
    };
    text.iter().enumerate().any(|(at, byte)| match byte {
        b'w' | b'W' => at >= 4 && word(at - 4, b"password"),
        b'_' => word(at + 1, b"secret") || word(at + 1, b"token"),
        b'\\' => text.get(at + 1) == Some(&b'u'),
        _ => false,
    })
}

fn names_a_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SECRETS.iter().any(|secret| text.contains(secret))
}

/// Masks every secret in `json` and says whether there was one.
fn hide(json: &mut Value) -> bool {
    match json {
        Value::Array(values) => values.iter_mut().fold(false, |hidden, value| hide(value) | hidden),
        Value::Object(members) => {
            // A PATCH operation names the attribute in one member and gives the value in another.
            let patches_a_secret = members
                .iter()
                .any(|(name, value)| name.eq_ignore_ascii_case("path") && value.as_str().is_some_and(names_a_secret));
            let mut hidden = false;
            for (name, value) in members.iter_mut() {
                let lower = name.to_ascii_lowercase();
                // Attribute names may be written with their schema's URI.
                let secret = SECRETS.iter().any(|secret| lower.rsplit([':', '.']).next() == Some(secret));
                let filters = matches!(&*lower, "filter" | "path")
                    && value.as_str().is_some_and(|text| text.contains('"') && names_a_secret(text));
                if (secret || filters || (patches_a_secret && lower == "value")) && !value.is_null() {
                    *value = MASK.into();
                    hidden = true;
                } else {
                    hidden |= hide(value);
                }
            }
            hidden
        }
        _ => false,
    }
}
