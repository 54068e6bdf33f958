//! What a body is, where it is not the JSON in UTF-8 that SCIM asks for (RFC 7644 section 3.8): one wording for everybody who
//! meets it.

mod readable;

use serde_json::Value;

/// Bytes at the start of a page in which a form that asks for a password is looked for.
const HEAD_OF_A_PAGE: usize = 64 * 1024;

/// The mark that RFC 8259 section 8.1 forbids a sender to put before JSON.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyErrorKind {
    /// Nothing is there.
    Empty,
    /// Markup, such as a page for a browser.
    Page,
    /// Markup with a form that asks for a password.
    LoginPage,
    /// Compressed, though no request of the harness says that it reads that.
    Compressed,
    /// In another encoding than UTF-8.
    Encoding,
    /// JSON behind a byte order mark.
    Mark,
    /// JSON by its grammar, with a text or a number that has no value: half a surrogate pair (RFC 8259 section 8.2), or a number
    /// beyond those of IEEE 754 (section 6).
    Value,
    /// JSON that ends before its end.
    CutOff,
    /// Text that is not JSON.
    Syntax,
}

/// Why a body cannot be used: what came where JSON is expected, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct BodyError {
    kind: BodyErrorKind,
    sentence: String,
}

impl BodyError {
    fn new(kind: BodyErrorKind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into() }
    }

    /// What the body is.
    pub const fn kind(&self) -> BodyErrorKind {
        self.kind
    }

    /// The sentence.
    pub fn as_str(&self) -> &str {
        &self.sentence
    }
}

/// Reads a body to the letter.
pub(crate) fn read(body: &[u8]) -> Result<Value, BodyError> {
    let body = body.trim_ascii();
    match fault(body) {
        Some(fault) => Err(fault),
        None => parse(body),
    }
}

/// Reads a body, and reads JSON all the same behind a byte order mark, in ISO-8859-1, or with values that no reader has, so that one
/// fault of an answer does not hide all others; [`encoding_fault`] and [`holds_half_a_pair`] name it.
pub(crate) fn read_leniently(body: &[u8]) -> Result<Value, BodyError> {
    let body = body.trim_ascii();
    let Some(fault) = fault(body) else {
        return parse(body).or_else(|fault| match fault.kind {
            BodyErrorKind::Value => parse(&readable::with_values(body)),
            _ => Err(fault),
        });
    };
    let read = match fault.kind {
        BodyErrorKind::Mark => parse(&body[MARK.len()..]).ok(),
        // Each byte of ISO-8859-1 is the character of the same number.
        BodyErrorKind::Encoding => {
            let text: String = body.iter().copied().map(char::from).collect();
            parse(text.as_bytes()).ok()
        }
        _ => None,
    };
    read.ok_or(fault)
}

/// The fault of a body that can be read in spite of it.
pub(crate) fn encoding_fault(body: &[u8]) -> Option<BodyError> {
    fault(body.trim_ascii()).filter(|fault| matches!(fault.kind, BodyErrorKind::Mark | BodyErrorKind::Encoding))
}

/// Whether a text of a body that is JSON holds half of a surrogate pair.
pub(crate) fn holds_half_a_pair(body: &[u8]) -> bool {
    // Nearly no body has a surrogate, and the others need no second look.
    let has_surrogate = body.windows(3).any(|bytes| matches!(bytes, [b'\\', b'u', b'd' | b'D']));
    has_surrogate
        && read(body).is_err_and(|fault| fault.kind == BodyErrorKind::Value)
        && readable::has_half_a_pair(body)
}

/// What is wrong with a body before it is read as JSON.
fn fault(body: &[u8]) -> Option<BodyError> {
    use BodyErrorKind as Kind;
    let text = match std::str::from_utf8(body) {
        Ok("") => return Some(BodyError::new(Kind::Empty, "the body is empty where JSON is expected")),
        Ok(text) => text,
        Err(error) => return Some(not_utf_8(body, error.valid_up_to())),
    };
    if text.starts_with('\u{feff}') {
        let sentence = "the body begins with a byte order mark, which RFC 8259 section 8.1 forbids before JSON";
        return Some(BodyError::new(Kind::Mark, sentence));
    }
    if text.starts_with('<') {
        return Some(page(text));
    }
    // JSON holds no such character; UTF-16 of English text is full of it.
    if body.iter().take(2).any(|byte| *byte == 0) {
        return Some(BodyError::new(Kind::Encoding, "the body is in UTF-16, not UTF-8 (RFC 7644 section 3.8)"));
    }
    None
}

fn page(text: &str) -> BodyError {
    let mut end = text.len().min(HEAD_OF_A_PAGE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text[..end].to_ascii_lowercase();
    if head.contains("type=\"password\"") || head.contains("type='password'") || head.contains("type=password") {
        let sentence = "the body is a login page, not JSON; check that the URL is the SCIM base URL, and that a program may use it \
                        with these credentials";
        return BodyError::new(BodyErrorKind::LoginPage, sentence);
    }
    BodyError::new(
        BodyErrorKind::Page,
        "the body is a page of markup, not JSON; check that the URL is the SCIM base URL",
    )
}

fn not_utf_8(body: &[u8], valid: usize) -> BodyError {
    for (magic, name) in [(&b"\x1f\x8b"[..], "gzip"), (b"\x28\xb5\x2f\xfd", "zstd")] {
        if body.starts_with(magic) {
            let sentence = format!("the body is compressed ({name}), which no request asked for; send it as it is");
            return BodyError::new(BodyErrorKind::Compressed, sentence);
        }
    }
    let utf_16 = body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff");
    let sentence = if utf_16 {
        "the body is in UTF-16, not UTF-8 (RFC 7644 section 3.8)".to_owned()
    } else {
        format!(
            "the body is not in UTF-8 (RFC 7644 section 3.8): byte {valid} is 0x{:02x}; is it in ISO-8859-1?",
            body.get(valid).copied().unwrap_or_default()
        )
    };
    BodyError::new(BodyErrorKind::Encoding, sentence)
}

fn parse(body: &[u8]) -> Result<Value, BodyError> {
    serde_json::from_slice(body).map_err(|error| {
        if error.is_eof() {
            let sentence = format!("the body is cut off: its JSON ends in the middle, after {} bytes", body.len());
            return BodyError::new(BodyErrorKind::CutOff, sentence);
        }
        // What is only skipped needs no value: its grammar alone is looked at.
        if serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() {
            let sentence = if readable::has_half_a_pair(body) {
                "a text of the body holds half of a surrogate pair, which is not Unicode text".to_owned()
            } else {
                format!("the body is JSON with a value that cannot be read: {error}")
            };
            return BodyError::new(BodyErrorKind::Value, sentence);
        }
        BodyError::new(BodyErrorKind::Syntax, format!("the body is not JSON: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_body_is_named_as_what_it_is() {
        use BodyErrorKind as Kind;
        for (body, kind, said, readable) in [
            (&b" \r\n"[..], Kind::Empty, "the body is empty", false),
            (b"<html><h1>Hello</h1></html>", Kind::Page, "a page of markup", false),
            (b"<form><INPUT type=\"password\"></form>", Kind::LoginPage, "a login page", false),
            (b"\x1f\x8b\x08\x00", Kind::Compressed, "compressed (gzip)", false),
            (b"\xef\xbb\xbf{\"id\":\"7\"}", Kind::Mark, "a byte order mark", true),
            (b"{\"id\":\"7\",\"name\":\"Zo\xeb\"}", Kind::Encoding, "byte 20 is 0xeb; is it in ISO-8859-1?", true),
            (b"{\0\"\0i\0d\0\"\0", Kind::Encoding, "UTF-16", false),
            (b"\xff\xfe{\0}\0", Kind::Encoding, "UTF-16", false),
            (b"{\"id\":\"7\",\"na", Kind::CutOff, "cut off: its JSON ends in the middle, after 13 bytes", false),
            (b"moved", Kind::Syntax, "the body is not JSON", false),
            (b"{\"id\":\"7\",\"title\":\"\\ud800\"}", Kind::Value, "half of a surrogate pair", true),
            (b"{\"id\":\"7\",\"order\":-1e999}", Kind::Value, "number out of range", true),
        ] {
            let error = read(body).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.as_str().contains(said), "{error}");
            assert_eq!(read_leniently(body).is_ok_and(|read| read["id"] == "7"), readable, "{error}");
            let named = matches!(kind, Kind::Mark | Kind::Encoding);
            assert_eq!(encoding_fault(body).is_some(), named, "{error}");
        }
        assert_eq!(read("{\"name\":\"Zoë\"}".as_bytes()).unwrap()["name"], "Zoë");
        assert_eq!(read_leniently(b"{\"name\":\"Zo\xeb\"}").unwrap()["name"], "Zoë");
    }
}
