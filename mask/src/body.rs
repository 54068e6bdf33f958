//! Bodies, read as what they are rather than as what they are said to be.

use std::borrow::Cow;

use serde_json::Value;

use crate::Masker;

/// What the head of a message says about its body.
#[derive(Clone, Copy, Debug, Default)]
pub struct BodyHead<'h> {
    /// `Content-Type`.
    pub media_type: Option<&'h [u8]>,
    /// Each `Content-Encoding`, joined or the first that is not `identity`.
    pub encoding: Option<&'h [u8]>,
}

/// How a body that may be shown is read.
enum Form {
    Json(Value),
    Pairs,
    Unknown,
}

impl Masker {
    /// The body as it may be shown. One that may hold a secret and cannot be read is shown as its length.
    pub fn body<'b>(&mut self, head: BodyHead<'_>, body: &'b [u8]) -> Cow<'b, [u8]> {
        if body.is_empty() {
            return Cow::Borrowed(body);
        }
        let length =
            |why: &str| Cow::Owned(format!("({} bytes, not shown because they {why})", body.len()).into_bytes());
        if head.is_encoded() {
            return length("are encoded");
        }
        if head.has_foreign_characters() || body.contains(&0) {
            return length("are not text");
        }
        let may_speak = if head.is_form() { crate::quick::may_speak_in_pairs(body) } else { crate::may_speak(body) };
        if !may_speak && self.noted.is_empty() {
            return Cow::Borrowed(body);
        }
        match form_of(body) {
            Form::Json(mut json) => {
                if self.json(&mut json) {
                    Cow::Owned(json.to_string().into_bytes())
                } else {
                    Cow::Borrowed(body)
                }
            }
            Form::Pairs => match self.query(&String::from_utf8_lossy(body)) {
                Some(masked) => Cow::Owned(masked.into_bytes()),
                None => Cow::Borrowed(body),
            },
            Form::Unknown if may_speak => length("may hold a secret"),
            Form::Unknown => match self.without_noted(&String::from_utf8_lossy(body)) {
                Some(masked) => Cow::Owned(masked.into_bytes()),
                None => Cow::Borrowed(body),
            },
        }
    }
}

impl BodyHead<'_> {
    fn is_encoded(&self) -> bool {
        self.encoding.is_some_and(|encoding| {
            encoding.split(|&byte| byte == b',').any(|one| {
                let one = one.trim_ascii();
                !one.is_empty() && !one.eq_ignore_ascii_case(b"identity")
            })
        })
    }

    fn is_form(&self) -> bool {
        const FORM: &[u8] = b"application/x-www-form-urlencoded";
        self.media_type.is_some_and(|media_type| {
            let own = media_type.split(|&byte| byte == b';').next().unwrap_or_default();
            own.trim_ascii().eq_ignore_ascii_case(FORM)
        })
    }

    /// Whether the characters are none of those that contain ASCII, so that no name is seen in the bytes.
    fn has_foreign_characters(&self) -> bool {
        let text = String::from_utf8_lossy(self.media_type.unwrap_or_default()).to_ascii_lowercase();
        let Some((_, charset)) = text.split_once("charset") else { return false };
        let charset = charset.split(';').next().unwrap_or_default();
        let charset = charset.trim_matches(|sign: char| sign.is_whitespace() || matches!(sign, '=' | '"' | '\''));
        !(["utf-8", "utf8", "us-ascii", "ascii", ""].contains(&charset)
            || ["iso-8859-", "windows-125", "latin"].iter().any(|family| charset.starts_with(family)))
    }
}

fn form_of(body: &[u8]) -> Form {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match serde_json::from_slice::<Value>(text) {
        Ok(json) => Form::Json(json),
        Err(_) if are_pairs(body) => Form::Pairs,
        Err(_) => Form::Unknown,
    }
}

/// Whether the bytes are what a form sends: pairs of URL characters.
fn are_pairs(body: &[u8]) -> bool {
    const OTHERS: &[u8] = b"\"'`<>{}\\^|";
    body.contains(&b'=') && body.trim_ascii().iter().all(|byte| byte.is_ascii_graphic() && !OTHERS.contains(byte))
}
