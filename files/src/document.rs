//! Files as texts and documents, with the words of the parsers put into plain ones.

use std::io::Read as _;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::encoding::TextReader;
use super::fault::{FileFault, Place};
use super::kind::DocumentKind;
use super::name::UnknownName;
use super::unique::UniqueValue;

/// Bytes of a file that is read as a whole. A pipe can be without end.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The bytes of a file.
///
/// # Errors
/// A file that cannot be read, or has no end before the largest size.
pub fn bytes(path: &Path) -> Result<Vec<u8>, FileFault> {
    let unreadable = |error| unreadable(path.display(), &error);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        let problem = format!("the file is larger than {} MiB", LARGEST / (1024 * 1024));
        return Err(FileFault::whole(path.display(), problem));
    }
    Ok(bytes)
}

/// The bytes of a file of certificates in PEM.
pub fn certificates(path: &Path) -> Result<Vec<u8>, FileFault> {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    let bytes = bytes(path)?;
    if bytes.windows(BEGIN.len()).any(|window| window == BEGIN) {
        return Ok(bytes);
    }
    Err(FileFault::whole(path.display(), "the file holds no certificate in PEM")
        .with_remedy("it begins with -----BEGIN CERTIFICATE-----"))
}

/// The text of a file in UTF-8, or in UTF-16, without a byte order mark.
pub fn read(path: &Path) -> Result<String, FileFault> {
    text(path.display(), &bytes(path)?)
}

/// The text that bytes are, as [`read`] takes them; `file` stands for the file in errors.
pub fn text(file: impl std::fmt::Display, bytes: &[u8]) -> Result<String, FileFault> {
    let mut text = Vec::with_capacity(bytes.len());
    TextReader::new(bytes).read_to_end(&mut text).map_err(|error| FileFault::whole(&file, error.to_string()))?;
    if text.contains(&0) {
        return Err(FileFault::whole(&file, "the file holds a NUL byte, so it is not a text")
            .with_remedy("give a text in UTF-8"));
    }
    String::from_utf8(text)
        .map_err(|_| FileFault::whole(&file, "the file is not a text in UTF-8").with_remedy("convert it to UTF-8"))
}

/// The fault of a file that cannot be read.
pub fn unreadable(file: impl std::fmt::Display, error: &std::io::Error) -> FileFault {
    FileFault::whole(file, format!("the file cannot be read: {}", reason(error)))
}

/// Why a file cannot be read, in plain words.
#[must_use]
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        _ => error.to_string(),
    }
}

/// Reads TOML; the fault knows its bytes, and not yet the file.
pub fn toml<T: DeserializeOwned>(text: &str) -> Result<T, FileFault> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let kind = DocumentKind::of(text);
        let is_json = kind == DocumentKind::Json && text.trim_start().starts_with('{');
        if is_json
            || !matches!(kind, DocumentKind::Toml | DocumentKind::Text | DocumentKind::Empty | DocumentKind::Json)
        {
            return kind.instead_of("TOML");
        }
        let place = error.span().map_or(Place::Whole, Place::Bytes);
        plain(place, error.message())
    })
}

/// Reads JSON; the fault knows its line, and not yet the file.
pub fn json<T: DeserializeOwned>(text: &str) -> Result<T, FileFault> {
    if text.trim().is_empty() {
        return Err(FileFault::new(Place::Whole, "the file is empty"));
    }
    serde_json::from_str(text).map_err(|error| {
        let kind = DocumentKind::of(text);
        // A text that begins as JSON is meant to be JSON, unless each line is a document of its own.
        if kind == DocumentKind::Events || !(kind == DocumentKind::Text || text.trim_start().starts_with(['{', '['])) {
            return kind.instead_of("JSON");
        }
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        let place = if error.line() == 0 { Place::Whole } else { Place::Line(error.line() as u64, None) };
        match error.classify() {
            serde_json::error::Category::Data => plain(place, message),
            _ => FileFault::new(place, format!("not JSON: {message}")),
        }
    })
}

/// Reads JSON whose objects have each name once, as an export has; the fault knows its line, and not yet the file.
pub fn unique(text: &str) -> Result<Value, FileFault> {
    json::<UniqueValue>(text).map(|read| read.0)
}

/// A fault with what a parser says, in plain words.
#[must_use]
pub fn plain(place: impl Into<Place>, message: &str) -> FileFault {
    let message = message.trim();
    let place = place.into();
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return FileFault::unknown(place, &unknown("key", rest));
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        return FileFault::unknown(place, &unknown("value", rest));
    }
    if let Some(field) = message.strip_prefix("missing field ") {
        return FileFault::new(place, format!("the key {field} is missing"));
    }
    let wrong = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    if let Some((got, expected)) = wrong.and_then(|rest| rest.rsplit_once(", expected ")) {
        return FileFault::new(place, format!("expected {}, got {}", kind(expected), value(got)));
    }
    if message.starts_with("invalid basic string, expected `\"`") {
        return FileFault::new(place, "the text has no closing quotation mark");
    }
    FileFault::new(place, message.lines().collect::<Vec<_>>().join(" "))
}

/// The words between backticks: the name that is not known, then those that are.
fn unknown(what: &str, rest: &str) -> UnknownName {
    let mut words = rest.split('`').skip(1).step_by(2);
    let name = words.next().unwrap_or_default();
    UnknownName::new(what, name, words)
}

/// The expected value of a serde error, in plain words.
fn kind(expected: &str) -> &str {
    match expected {
        "a string" | "string" | "str" => "a text",
        "path string" => "a path, as a text",
        "a boolean" => "true or false",
        "f64" | "f32" => "a number",
        "u64" | "u32" | "usize" => "a whole number, 0 or more",
        "u16" => "a whole number from 0 to 65535",
        "u8" => "a whole number from 0 to 255",
        "i64" | "i32" | "i16" => "a whole number",
        "a sequence" => "a list",
        "a map" => "a table",
        expected if expected.starts_with("struct ") => "a table",
        expected => expected,
    }
}

/// The value that was found, in plain words.
fn value(got: &str) -> String {
    let inner = |rest: &str| rest.trim_matches('`').to_owned();
    match got.split_once(' ') {
        // The parser names its own type behind a number that is too large for the usual one.
        Some(("integer", rest)) => format!("the number {}", inner(rest.split(" as ").next().unwrap_or(rest))),
        Some(("floating", rest)) => format!("the number {}", inner(rest.trim_start_matches("point "))),
        Some(("boolean", rest)) => inner(rest),
        Some(("string", rest)) => format!("the text {rest}"),
        _ => match got {
            "sequence" => "a list".to_owned(),
            "map" => "a table".to_owned(),
            other => other.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what goes wrong is looked at")]
    struct Row {
        url: Option<String>,
        rate: Option<f64>,
        budget: Option<u16>,
        only: Option<Vec<String>>,
        insecure: Option<bool>,
        pace: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only what goes wrong is looked at")]
    struct Inner {
        settle: f64,
    }

    #[test]
    fn what_parsers_say_is_put_into_plain_words() {
        for (text, message) in [
            ("urll = 1", "f, line 1, key `urll`: unknown key \"urll\"; did you mean \"url\"?"),
            (
                "colour = 1",
                "f, line 1, key `colour`: unknown key \"colour\"; use one of url, rate, budget, only, insecure, pace",
            ),
            ("url = 7", "f, line 1, key `url`: expected a text, got the number 7"),
            ("\nrate = \"2s\"", "f, line 2, key `rate`: expected a number, got the text \"2s\""),
            ("budget = -1", "f, line 1, key `budget`: expected a whole number from 0 to 65535, got the number -1"),
            (
                "budget = 99999999999999999999",
                "f, line 1, key `budget`: expected a whole number from 0 to 65535, got the number 99999999999999999999",
            ),
            ("budget = 1.5", "f, line 1, key `budget`: expected a whole number from 0 to 65535, got the number 1.5"),
            ("only = \"patch\"", "f, line 1, key `only`: expected a list, got the text \"patch\""),
            ("insecure = [1]", "f, line 1, key `insecure`: expected true or false, got a list"),
            ("pace = 1", "f, line 1, key `pace`: expected a table, got the number 1"),
            ("[pace]", "f, line 1: the key `settle` is missing"),
            ("url = \"x", "f, line 1, key `url`: the text has no closing quotation mark"),
        ] {
            let fault = toml::<Row>(text).unwrap_err().within("f", text);
            assert_eq!(fault.to_string(), message, "{text}");
        }
        let fault = json::<Row>("{\"urll\": 1}").unwrap_err().of("f");
        assert_eq!(fault.to_string(), "f, line 1: unknown key \"urll\"; did you mean \"url\"?");
        let fault = json::<Row>("{\n]").unwrap_err().of("f");
        assert_eq!(fault.to_string(), "f, line 2: not JSON: key must be a string");
    }
}
