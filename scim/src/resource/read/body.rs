//! From the bytes of a request body to JSON, more strictly than `serde_json` alone: a member given twice is refused
//! instead of the last one winning, and an integer that no `i64` holds is refused instead of losing digits.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use crate::error::json_kind;
use crate::{Error, ErrorKind, Result};

/// Parses a request body: a JSON object in UTF-8 without byte order mark, no member twice in one object (names ignore
/// case, RFC 7643 section 2.1), nested at most 127 levels, integers within `i64`.
///
/// # Errors
/// `invalidSyntax` with line and column; `invalidValue` for a number out of range.
pub fn json(body: &[u8]) -> Result<Json> {
    if body.starts_with(b"\xEF\xBB\xBF") {
        return Err(syntax("the body starts with a byte order mark; send UTF-8 without one (RFC 8259 section 8.1)"));
    }
    let text = std::str::from_utf8(body).map_err(|error| {
        let (line, column) = position(body, error.valid_up_to());
        syntax(format!("line {line}, column {column} of the body: this is not UTF-8"))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(syntax("the body is empty; send a JSON object"));
    }
    let faults = Faults::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Seed(&faults)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| refusal(&error, &faults))?;
    if faults.large.get()
        && let Some(offset) = oversized_integer(body)
    {
        let (line, column) = position(body, offset);
        return Err(out_of_range(line, column));
    }
    if !value.is_object() {
        return Err(syntax(format!("the body must be a JSON object, not {}", json_kind(&value))));
    }
    Ok(value)
}

fn syntax(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidSyntax, detail)
}

fn out_of_range(line: usize, column: usize) -> Error {
    Error::new(
        ErrorKind::InvalidValue,
        format!("line {line}, column {column} of the body: integers go from {} to {}", i64::MIN, i64::MAX),
    )
}

fn refusal(error: &serde_json::Error, faults: &Faults) -> Error {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let message = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    if faults.integer.get() {
        return out_of_range(line, column);
    }
    let place = format!("line {line}, column {column} of the body");
    match message {
        "number out of range" => {
            Error::new(ErrorKind::InvalidValue, format!("{place}: the number is too large for an IEEE double"))
        }
        "recursion limit exceeded" => syntax(format!("{place}: arrays and objects nest deeper than 127 levels")),
        "trailing characters" => syntax(format!("{place}: something follows the JSON object")),
        _ => syntax(format!("{place}: {message}")),
    }
}

/// Line and column, both from 1, of a byte offset.
fn position(body: &[u8], offset: usize) -> (usize, usize) {
    let before = &body[..offset];
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    (before.split(|&byte| byte == b'\n').count(), 1 + offset - start)
}

/// The offset of the first number without fraction and exponent that no `i64` holds. `text` is known to be JSON.
fn oversized_integer(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => {
                at += 1;
                while text[at] != b'"' {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let rest = &text[at..];
                let end = rest.iter().position(|byte| !b"0123456789+-.eE".contains(byte)).unwrap_or(rest.len());
                let is_integer = !rest[..end].iter().any(|byte| b".eE".contains(byte));
                let fits = std::str::from_utf8(&rest[..end]).is_ok_and(|digits| digits.parse::<i64>().is_ok());
                if is_integer && !fits {
                    return Some(at);
                }
                at += end;
            }
            _ => at += 1,
        }
    }
    None
}

/// What the visitor saw that an error message cannot tell.
#[derive(Default)]
struct Faults {
    /// An integer beyond `i64` stopped the parser.
    integer: Cell<bool>,
    /// A number so large that it may have been written as an integer; `serde_json` hands it over as a double.
    large: Cell<bool>,
}

#[derive(Clone, Copy)]
struct Seed<'f>(&'f Faults);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> std::result::Result<Json, E> {
        i64::try_from(value).map(Json::from).map_err(|_| {
            self.0.integer.set(true);
            E::custom("integer out of range")
        })
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Json, E> {
        if value.abs() >= 9.2e18 {
            self.0.large.set(true);
        }
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Json, E> {
        Ok(Json::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<Json, A::Error> {
        let mut object = Map::new();
        let mut names = Names::default();
        while let Some(name) = members.next_key::<String>()? {
            if !names.add(&object, &name) {
                return Err(A::Error::custom(format!(
                    "the member {name:?} is given twice in one object (names are compared without case)"
                )));
            }
            let value = members.next_value_seed(self)?;
            object.insert(name, value);
        }
        Ok(Json::Object(object))
    }
}

/// The names of one object so far; a set only once there are too many to walk.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    const WALKED: usize = 24;

    /// False when `object` has the name already.
    fn add(&mut self, object: &Map<String, Json>, name: &str) -> bool {
        if object.len() < Self::WALKED {
            return !object.keys().any(|other| other.eq_ignore_ascii_case(name));
        }
        if self.0.is_empty() {
            self.0.extend(object.keys().map(|other| other.to_ascii_lowercase()));
        }
        self.0.insert(name.to_ascii_lowercase())
    }
}
