//! The curl command that repeats an exchange, with variables where secrets were.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Authentication, Exchange};

/// Stands for a secret inside a string until the shell quoting is done; a character that JSON text never holds raw.
const SECRET: &str = "\u{1}";

pub(super) fn command(exchange: &Exchange) -> String {
    let mut command = String::from("curl -sS -i");
    if exchange.method.as_str() != "GET" {
        let _ = write!(command, " -X {}", exchange.method);
    }
    match exchange.authentication {
        Authentication::None => {}
        Authentication::Bearer => command.push_str(" -H \"Authorization: Bearer $WEIR_BEARER\""),
        Authentication::Basic => command.push_str(" -u \"$WEIR_BASIC\""),
    }
    for (name, value) in &exchange.request_headers {
        if name == "authorization" || name == "user-agent" || name == "host" || name == "content-length" {
            continue;
        }
        if value.is_sensitive() {
            let variable = name.as_str().to_ascii_uppercase().replace('-', "_");
            let _ = write!(command, " -H \"{name}: $WEIR_HEADER_{variable}\"");
        } else {
            let header = format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()));
            let _ = write!(command, " -H {}", quote(&header));
        }
    }
    if !exchange.request_body.is_empty() {
        let _ = write!(command, " --data-binary {}", body(&exchange.request_body));
    }
    let _ = write!(command, " {}", quote(exchange.url.as_str()));
    command
}

fn body(bytes: &[u8]) -> String {
    if let Ok(mut value) = serde_json::from_slice::<Value>(bytes)
        && mask(&mut value)
    {
        // The placeholder is written by serde_json as an escape; the variable stands outside the single quotes.
        return quote(&value.to_string()).replace("\\u0001", "'\"$WEIR_PASSWORD\"'");
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => quote(text),
        Err(_) => quote_bytes(bytes),
    }
}

/// The body as a report may show it: passwords replaced by a word, bytes that are no text by their replacement character.
pub(super) fn shown_body(bytes: &[u8]) -> String {
    if let Ok(mut value) = serde_json::from_slice::<Value>(bytes)
        && mask(&mut value)
    {
        return value.to_string().replace("\\u0001", "(masked)");
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// Masks each `password` member, and the value of each PATCH operation on it; tells whether there was one.
fn mask(value: &mut Value) -> bool {
    match value {
        Value::Array(items) => items.iter_mut().fold(false, |found, item| mask(item) | found),
        Value::Object(members) => {
            let targets_password = members
                .iter()
                .any(|(name, value)| name.eq_ignore_ascii_case("path") && value.as_str().is_some_and(is_password));
            members.iter_mut().fold(false, |found, (name, value)| {
                let secret = is_password(name) || (targets_password && name.eq_ignore_ascii_case("value"));
                if secret && value.is_string() {
                    *value = Value::String(SECRET.into());
                    true
                } else {
                    mask(value) | found
                }
            })
        }
        _ => false,
    }
}

fn is_password(name: &str) -> bool {
    name.rsplit(':').next().is_some_and(|last| last.eq_ignore_ascii_case("password"))
}

/// Quotes for a POSIX shell.
fn quote(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=%,".contains(c)) && !text.is_empty() {
        return text.into();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Quotes bytes that are not text, in the `$'…'` form that bash, zsh and ksh know.
fn quote_bytes(bytes: &[u8]) -> String {
    let mut quoted = String::from("$'");
    for &byte in bytes {
        if byte.is_ascii_graphic() && byte != b'\'' && byte != b'\\' || byte == b' ' {
            quoted.push(char::from(byte));
        } else {
            let _ = write!(quoted, "\\x{byte:02x}");
        }
    }
    quoted.push('\'');
    quoted
}
