//! Queries (RFC 3986 section 3.4) and `application/x-www-form-urlencoded` bodies: pairs of names and values.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::{Masker, names};

/// What a masked value needs encoded to be one value again.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'+').add(b'<').add(b'>');

impl Masker {
    /// Path and query of a request, as it may be shown; `None` if it holds no secret.
    #[must_use]
    pub fn target(&mut self, target: &str) -> Option<String> {
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let masked_path = if crate::may_speak(path.as_bytes()) { self.prose(path) } else { None };
        let masked_query = query.and_then(|query| self.query(query));
        if masked_path.is_none() && masked_query.is_none() {
            return None;
        }
        let mut target = masked_path.unwrap_or_else(|| path.to_owned());
        if let Some(query) = query {
            target.push('?');
            target.push_str(masked_query.as_deref().unwrap_or(query));
        }
        Some(target)
    }

    /// A query or a form as it may be shown; `None` if it holds no secret.
    #[must_use]
    pub fn query(&mut self, query: &str) -> Option<String> {
        if !crate::quick::may_speak_in_pairs(query.as_bytes()) && self.noted.is_empty() {
            return None;
        }
        let mut is_hidden = false;
        let mut masked = Vec::new();
        // Whether the last value was a secret: it may go on behind an `&` that its sender did not encode.
        let mut goes_on = false;
        for pair in query.split('&') {
            let Some((name, value)) = pair.split_once('=') else {
                goes_on &= !pair.is_empty();
                let own = if goes_on { Some(self.word.to_owned()) } else { self.value("", pair).map(|value| value.0) };
                is_hidden |= own.is_some();
                masked.push(own.unwrap_or_else(|| pair.to_owned()));
                continue;
            };
            let decoded = decoded(name);
            goes_on = names::is_secret_parameter(&decoded) && !value.is_empty();
            if goes_on {
                self.note(&crate::pairs::decoded(value));
                masked.push(format!("{name}={}", self.word));
                is_hidden = true;
                continue;
            }
            match self.value(&decoded, value) {
                Some((value, is_cut)) => {
                    is_hidden = true;
                    masked.push(format!("{name}={value}"));
                    // Where a literal does not end, nobody knows whether the next `&` belongs to it.
                    if is_cut {
                        break;
                    }
                }
                None => masked.push(pair.to_owned()),
            }
        }
        is_hidden.then(|| masked.join("&"))
    }

    /// The value of a parameter without the secrets in it, and whether it was cut.
    fn value(&mut self, name: &str, value: &str) -> Option<(String, bool)> {
        let decoded = decoded(value);
        let (masked, is_cut) = match name.to_ascii_lowercase().as_str() {
            "filter" | "path" => {
                let masked = self.expression(&decoded)?;
                (masked.text, masked.is_cut)
            }
            _ => (self.string(&decoded, false)?, false),
        };
        Some((utf8_percent_encode(&masked, ENCODED).to_string(), is_cut))
    }
}

/// Decoded until nothing changes, at most three times: a name may be encoded more than once on its way through proxies.
pub(crate) fn decoded(text: &str) -> String {
    let mut decoded = text.replace('+', " ");
    for _ in 0..3 {
        let again = percent_decode_str(&decoded).decode_utf8_lossy().into_owned();
        if again == decoded {
            break;
        }
        decoded = again;
    }
    decoded
}
