//! The command that repeats an exchange with curl, with variables where secrets were.
//!
//! It is one line of visible characters and sends the same bytes from every POSIX shell. What cannot be seen goes through `printf`
//! with octal escapes, since dash does not know `$'…'`. A body of that kind comes by a pipe. A header's value or a URL comes by
//! command substitution, which drops new lines at the end, where neither can have one.

use std::borrow::Cow;
use std::fmt::Write as _;

use weir_mask::{Masker, names};

use super::{Authentication, Exchange};
use crate::legible;

/// Stands for a secret until the shell quoting is done; a character that neither JSON text nor a URL holds raw.
const SECRET: &str = "\u{1}";

/// What a URL is masked with: a query has no character that a shell would take for a variable.
const IN_URL: &str = "WEIR_SECRET";

pub(super) fn command(exchange: &Exchange) -> String {
    let mut command = String::from("curl -sS -i");
    if exchange.method.as_str() != "GET" {
        let _ = write!(command, " -X {}", exchange.method);
    }
    write_headers(&mut command, exchange, |_| true);
    let url = Masker::new(IN_URL).target(exchange.url.as_str());
    let url = quote(url.as_deref().unwrap_or(exchange.url.as_str()).as_bytes());
    match body(exchange) {
        None => format!("{command} {url}"),
        Some(Body::Argument(text)) => format!("{command} --data-binary {text} {url}"),
        Some(Body::Pipe(printf)) => format!("{printf} | {command} --data-binary @- {url}"),
    }
}

/// The command that deletes `url` as the one who sent the exchange; without a URL, what is below the URL of the exchange under the
/// shell's `$id`.
pub(super) fn deletion(exchange: &Exchange, url: Option<&str>) -> String {
    let mut command = String::from("curl -sS -X DELETE");
    write_headers(&mut command, exchange, |name| !matches!(name, "accept" | "content-type"));
    if let Some(url) = url {
        return format!("{command} {}", quote(url.as_bytes()));
    }
    let mut collection = exchange.url.clone();
    collection.set_query(None);
    let masked = Masker::new(IN_URL).target(collection.as_str());
    let collection = masked.as_deref().unwrap_or(collection.as_str()).trim_end_matches('/');
    format!("{command} {}\"/$id\"", quote(collection.as_bytes()))
}

/// Writes what authenticates the request, and the headers that `wants`.
fn write_headers(command: &mut String, exchange: &Exchange, wants: impl Fn(&str) -> bool) {
    match exchange.authentication {
        Authentication::None => {}
        Authentication::Bearer => command.push_str(" -H \"Authorization: Bearer $WEIR_BEARER\""),
        Authentication::Basic => command.push_str(" -u \"$WEIR_BASIC\""),
    }
    for (name, value) in &exchange.request_headers {
        if name == "authorization" || name == "user-agent" || name == "host" || name == "content-length" {
            continue;
        }
        if !wants(name.as_str()) {
            continue;
        }
        if value.is_sensitive() || names::is_secret_header(name.as_str()) {
            let variable = name.as_str().to_ascii_uppercase().replace('-', "_");
            let _ = write!(command, " -H \"{name}: $WEIR_HEADER_{variable}\"");
        } else {
            let header = [name.as_str().as_bytes(), b": ", value.as_bytes()].concat();
            let _ = write!(command, " -H {}", quote(&header));
        }
    }
}

/// How a body reaches curl.
enum Body {
    Argument(String),
    Pipe(String),
}

/// The secrets of a body that can be read are variables; one that cannot, and may hold a secret, is a variable itself.
fn body(exchange: &Exchange) -> Option<Body> {
    let bytes = &exchange.request_body;
    if bytes.is_empty() {
        return None;
    }
    let masked = match Masker::new(SECRET).body(super::body_head(&exchange.request_headers), bytes) {
        Cow::Borrowed(_) => {
            return Some(match visible(bytes) {
                // curl reads a file where the text begins with `@`.
                Some(text) if !text.starts_with('@') => Body::Argument(quoted(text)),
                _ => Body::Pipe(printf(&[bytes])),
            });
        }
        Cow::Owned(masked) => String::from_utf8_lossy(&masked).into_owned(),
    };
    // JSON writes the placeholder as an escape.
    let masked = masked.replace("\\u0001", SECRET);
    let parts: Vec<&str> = masked.split(SECRET).collect();
    Some(if parts.len() == 1 {
        Body::Argument("\"$WEIR_BODY\"".to_owned())
    } else if parts.iter().all(|part| legible::is_legible(part)) && !masked.starts_with('@') {
        // The variable stands outside the single quotes.
        Body::Argument(single_quoted(&masked).replace(SECRET, "'\"$WEIR_PASSWORD\"'"))
    } else {
        let format: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        Body::Pipe(printf(&format) + &" \"$WEIR_PASSWORD\"".repeat(parts.len() - 1))
    })
}

/// The text, if each of its characters can be seen.
fn visible(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| legible::is_legible(text))
}

/// Quotes an argument for a POSIX shell.
fn quote(bytes: &[u8]) -> String {
    match visible(bytes) {
        Some(text) => quoted(text),
        None => format!("\"$({})\"", printf(&[bytes])),
    }
}

fn quoted(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=%,".contains(c)) && !text.is_empty() {
        return text.into();
    }
    single_quoted(text)
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The command that writes these bytes, with an argument of its own between each two parts. An octal escape has three digits in
/// every shell, a hexadecimal one as many as there are.
fn printf(parts: &[&[u8]]) -> String {
    let mut format = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            format.push_str("%s");
        }
        for &byte in *part {
            match byte {
                b'%' => format.push_str("%%"),
                b'\\' => format.push_str(r"\\"),
                // `##[` is a command to some build services.
                byte if (byte.is_ascii_graphic() && byte != b'#') || byte == b' ' => format.push(char::from(byte)),
                byte => {
                    // Writing to a string cannot fail.
                    let _ = write!(format, "\\{byte:03o}");
                }
            }
        }
    }
    // A format that begins with a hyphen would be an option.
    if let Some(rest) = format.strip_prefix('-') {
        format = format!("\\055{rest}");
    }
    format!("printf {}", single_quoted(&format))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use bytes::Bytes;
    use reqwest::Method;
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;
    use crate::exchange::ParsedBody;

    fn exchange(header: &[u8], body: &[u8]) -> Exchange {
        let mut request_headers = HeaderMap::new();
        request_headers.insert("x-text", HeaderValue::from_bytes(header).expect("a header's value"));
        Exchange {
            number: 1,
            method: Method::PUT,
            url: "http://127.0.0.1:1/scim/v2/Users?filter=a##[b]".parse().expect("a URL"),
            authentication: Authentication::None,
            request_headers,
            request_body: Bytes::copy_from_slice(body),
            status: 200,
            response_headers: HeaderMap::new(),
            response_body: Bytes::new(),
            started: jiff::Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
            parsed: ParsedBody::default(),
        }
    }

    /// What curl would get from this shell: its arguments, each with a new line behind it, and what is piped to it.
    fn received(shell: &str, command: &str) -> Vec<u8> {
        let script = format!("curl() {{ printf '%s\\n' \"$@\"; cat; }}\n{command}\n");
        let output = Command::new(shell).args(["-c", &script]).stdin(Stdio::null()).output().expect("a shell");
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn shells() -> impl Iterator<Item = &'static str> {
        let is_there = |shell: &&str| Command::new(shell).args(["-c", ":"]).status().is_ok();
        ["sh", "bash", "dash", "ksh", "zsh"].into_iter().filter(is_there)
    }

    #[test]
    fn the_line_is_visible_and_sends_the_same_bytes_from_every_shell() {
        // A body with NUL is not shown at all.
        let every_byte: Vec<u8> = (1..=u8::MAX).collect();
        let header: &[u8] = b"tab\t, 'quote', $HOME, `id`, %s, \\n, \xff ##[group]";
        for body in [
            &every_byte[..],
            b"",
            b"{\"userName\":\"o'neil $(id) `id` \\\\ %d\"}",
            "{\"a\":\"\u{202e}\"}\n\n".as_bytes(),
            b"line\r\n::error::x\n",
            b"@/etc/hostname",
            b"-n\t",
            b"a ##[add-mask]x",
            "{\"a\":\"\u{e9}\"}".as_bytes(),
        ] {
            let command = exchange(header, body).curl();
            assert!(legible::is_legible(&command), "{command}");
            for shell in shells() {
                let got = received(shell, &command);
                let piped = command.contains(" | curl ");
                let data = if body.is_empty() {
                    Vec::new()
                } else {
                    [&b"--data-binary\n"[..], if piped { b"@-" } else { body }, b"\n"].concat()
                };
                let url = &b"http://127.0.0.1:1/scim/v2/Users?filter=a##[b]\n"[..];
                let arguments = [&b"-sS\n-i\n-X\nPUT\n-H\nx-text: "[..], header, b"\n", &data, url].concat();
                let expected = [&arguments[..], if piped { body } else { b"" }].concat();
                assert!(got == expected, "{shell}: {command}\n{}\n{}", got.escape_ascii(), expected.escape_ascii());
            }
        }
    }

    #[test]
    fn a_body_with_a_password_is_visible_too() {
        let body = "{\"password\":\"t1ger-in-the-body\",\"title\":\"\u{202e}\u{7f}##[x] 100%\"}";
        let mut exchange = exchange(b"x", body.as_bytes());
        exchange.request_headers.insert("content-type", HeaderValue::from_static("application/scim+json"));
        let command = exchange.curl();
        assert!(legible::is_legible(&command) && !command.contains("t1ger"), "{command}");
        for shell in shells() {
            let got = received(shell, &format!("WEIR_PASSWORD='new 100%'; {command}"));
            let got: serde_json::Value =
                serde_json::from_slice(&got[got.iter().position(|byte| *byte == b'{').expect("a body")..])
                    .expect("JSON");
            assert_eq!(got["password"], "new 100%", "{command}");
            assert_eq!(got["title"], "\u{202e}\u{7f}##[x] 100%", "{command}");
        }
    }
}
