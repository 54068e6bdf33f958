//! The curl command that repeats an exchange, with variables where secrets were.

use std::borrow::Cow;
use std::fmt::Write as _;

use weir_mask::{Masker, names};

use super::{Authentication, Exchange};

/// Stands for a secret until the shell quoting is done; a character that neither JSON text nor a URL holds raw.
const SECRET: &str = "\u{1}";

/// What a URL is masked with: a query has no character that a shell would take for a variable.
const IN_URL: &str = "WEIR_SECRET";

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
        if value.is_sensitive() || names::is_secret_header(name.as_str()) {
            let variable = name.as_str().to_ascii_uppercase().replace('-', "_");
            let _ = write!(command, " -H \"{name}: $WEIR_HEADER_{variable}\"");
        } else {
            let header = format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()));
            let _ = write!(command, " -H {}", quote(&header));
        }
    }
    if !exchange.request_body.is_empty() {
        let _ = write!(command, " --data-binary {}", body(exchange));
    }
    let url = Masker::new(IN_URL).target(exchange.url.as_str());
    let _ = write!(command, " {}", quote(url.as_deref().unwrap_or(exchange.url.as_str())));
    command
}

/// The secrets of a body that can be read are variables; one that cannot, and may hold a secret, is a variable itself.
fn body(exchange: &Exchange) -> String {
    let bytes = &exchange.request_body;
    let masked = match Masker::new(SECRET).body(super::body_head(&exchange.request_headers), bytes) {
        Cow::Borrowed(_) => {
            return str::from_utf8(bytes).map_or_else(|_| quote_bytes(bytes), quote);
        }
        Cow::Owned(masked) => String::from_utf8_lossy(&masked).into_owned(),
    };
    // JSON writes the placeholder as an escape; the variable stands outside the single quotes.
    let masked = masked.replace("\\u0001", SECRET);
    if !masked.contains(SECRET) {
        return "\"$WEIR_BODY\"".to_owned();
    }
    quote(&masked).replace(SECRET, "'\"$WEIR_PASSWORD\"'")
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
