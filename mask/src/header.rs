//! Headers: a secret by their name, or with a secret in their value, as `Location` can have.

use std::borrow::Cow;

use crate::{Masker, names};

/// The schemes of `Authorization` (RFC 9110 section 11.4) that may be shown. Another first word can be the secret itself.
const SCHEMES: [&str; 11] =
    ["basic", "bearer", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "ntlm", "ssws", "token"];

impl Masker {
    /// The value of a header as it may be shown; of credentials the scheme alone.
    pub fn header<'v>(&mut self, name: &str, value: &'v [u8]) -> Cow<'v, [u8]> {
        if !names::is_secret_header(name) {
            if !crate::may_speak(value) && self.noted.is_empty() {
                return Cow::Borrowed(value);
            }
            let text = String::from_utf8_lossy(value);
            return match self.string(&text, true) {
                Some(masked) => Cow::Owned(masked.into_bytes()),
                None => Cow::Borrowed(value),
            };
        }
        if value.trim_ascii().is_empty() {
            return Cow::Borrowed(value);
        }
        let scheme = str::from_utf8(value)
            .ok()
            .and_then(|value| value.trim_start().split_once(' '))
            .map(|(scheme, _)| scheme)
            .filter(|scheme| SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)));
        Cow::Owned(match scheme {
            Some(scheme) => format!("{scheme} {}", self.word).into_bytes(),
            None => self.word.as_bytes().to_vec(),
        })
    }
}
