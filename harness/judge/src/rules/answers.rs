//! How answers travel and how they refuse, whatever they are about (RFC 7644 sections 3.3, 3.8, 3.12 and 3.14).

use std::borrow::Cow;

use scim::error::ScimType;
use scim::noun::with_article;
use serde_json::Value;
use weir_exchange::difference::member;
use weir_exchange::opaque_tag;

use crate::rule::{ERROR, ExchangeView, Place, Rule, RuleReport, brief};

const SCIM_JSON: &str = "application/scim+json";
const JSON: &str = "application/json";

pub(super) const RULES: &[Rule] = &[
    Rule::new("answers.media-type", "Each answer with a body is labelled application/scim+json, or application/json where the client takes that", media_type)
        .matters("A client that was promised SCIM and gets another type does not know how to read the answer.")
        .requirements(&["RFC7644-3.1-01", "RFC7644-3.8-06", "RFC7644-3.12-06", "RFC7644-8.1-01"])
        .legal(&[
            "Content-Type application/scim+json, with or without charset",
            "Content-Type application/json, where the request accepts it",
        ]),
    Rule::new("answers.utf-8", "Each body is Unicode text in UTF-8, without a byte order mark", utf_8)
        .matters("One layer that writes another encoding garbles every name beyond ASCII; a mark in front stops JSON readers at the first byte.")
        .requirements(&["RFC7644-3.8-01", "RFC7643-2.3.1-05"])
        .legal(&["a body whose bytes are UTF-8, whose texts are Unicode, and whose first character is the first one of the JSON"]),
    Rule::new("answers.json", "Each body is one JSON object", json)
        .matters("A page, a bare array or a text where an object is laid down stops the client's decoder.")
        .requirements(&["RFC7644-3.2-20", "RFC7644-3.12-01"])
        .legal(&["a JSON object", "no body, for 204 and 304"]),
    Rule::new("answers.names-once", "No object holds the same name twice", names_once)
        .matters("Of two members of one name each client takes another one, and names have no letter case.")
        .requirements(&["RFC7643-1.2-03", "RFC7643-2.1-01"])
        .legal(&["each name once in an object, whatever its letter case"]),
    Rule::new("answers.server-error", "No request is answered with 500", server_error)
        .matters("A provisioner repeats a request that was answered 500, Entra ID for ever, and never learns what it did wrong.")
        .requirements(&["RFC7644-3.12-32"])
        .legal(&["a success", "a status from 400 to 499 with the reason", "501 for what is not offered"]),
    Rule::new("answers.success-status", "Each success has the status that the RFC gives it", success_status)
        .matters("Clients go by the status: after a 200 to a POST they look for a list, after a 200 to a DELETE for a body.")
        .requirements(&["RFC7644-3.3-07", "RFC7644-3.5.1-15", "RFC7644-3.5.2-33", "RFC7644-3.6-06"])
        .legal(&[
            "201 for a POST that creates",
            "200 for a PUT",
            "200 or 204 for a PATCH",
            "204 for a DELETE",
        ]),
    Rule::new("answers.location", "A creation is answered with the URI of the new resource, the same in header and body", location)
        .matters("Provisioners store this URI and send every later change to it.")
        .requirements(&["RFC7644-3.3-09", "RFC7644-3.3-10"])
        .legal(&["201 with a Location header that names the URI of meta.location"]),
    Rule::new("answers.etag", "An ETag is an entity tag, and names the version of meta.version", etag)
        .matters("A client that takes its If-Match from one of the two is refused, or overwrites, where the other was meant.")
        .requirements(&["RFC7643-3.1-31", "RFC7643-3.1-33", "RFC7643-3.1-34"])
        .legal(&["no ETag", "a quoted text, with W/ in upper case in front if it is weak; the same in meta.version, where that is there"]),
    Rule::new("answers.error-body", "Each refusal has a body that says why", error_body)
        .matters("Without the Error a provisioning log shows a bare number, and the client cannot tell who refused.")
        .requirements(&["RFC7644-3.12-01", "RFC7644-3.2-22"])
        .legal(&["a SCIM Error in the body of each answer of 400, 403, 404, 409, 412, 500 or 501"]),
    Rule::new("answers.error-schema", "Each refusal names the schema of errors, and no other", error_schema)
        .matters("Clients tell an Error from a resource by its schemas; with another URN they parse it as a user.")
        .requirements(&["RFC7644-3.12-02"])
        .legal(&["schemas is [\"urn:ietf:params:scim:api:messages:2.0:Error\"]"]),
    Rule::new("answers.error-status", "Each refusal repeats the HTTP status as a string", error_status)
        .matters("Typed clients fail to decode a number where a string is laid down, and lose the whole message.")
        .requirements(&["RFC7644-3.12-03"])
        .legal(&["status is the HTTP status as a JSON string"]),
    Rule::new("answers.scim-type", "Each scimType is a word that the RFCs define, to the letter", scim_type)
        .matters("Clients compare the word; one in other letters is an unknown one, and the reason is lost.")
        .requirements(&[
            "RFC7644-3.12-04",
            "RFC7644-3.12-18",
            "RFC7644-3.12-19",
            "RFC7644-3.12-21",
            "RFC7644-3.12-22",
            "RFC7644-3.12-23",
            "RFC7644-3.12-24",
            "RFC7644-3.12-25",
            "RFC7644-3.12-26",
            "RFC7644-3.12-27",
            "RFC7644-3.12-28",
        ])
        .legal(&["no scimType", "a word of the tables of RFC 7644 section 3.12 or RFC 9865"]),
];

/// Whether the answer comes from what speaks SCIM, and not from a path that is nobody's or from something in front.
fn is_scim(view: &ExchangeView<'_>) -> bool {
    view.place != Place::Elsewhere && !matches!(view.exchange.status, 301..=308 | 502..=504)
}

fn has_body(view: &ExchangeView<'_>) -> bool {
    !view.exchange.response_body.is_empty() && !view.is("HEAD") && !matches!(view.exchange.status, 204 | 304)
}

/// Whether the body is encoded in a way that the client has not undone.
fn is_encoded(view: &ExchangeView<'_>) -> bool {
    view.exchange.header("content-encoding").is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity"))
}

/// The media types that the request takes, without parameters; nothing if it does not say.
fn accepted<'v>(view: &'v ExchangeView<'_>) -> Vec<&'v str> {
    let values = view.exchange.request_headers.get_all("accept");
    let lines = values.iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(|part| part.split(';').next().unwrap_or_default().trim()).collect()
}

fn media_type(view: &ExchangeView<'_>, report: &mut RuleReport) {
    if !is_scim(view) || !has_body(view) {
        return;
    }
    let accepted = accepted(view);
    let takes = |media: &str| accepted.iter().any(|own| own.eq_ignore_ascii_case(media));
    let takes_any = accepted.is_empty() || takes("*/*") || takes("application/*");
    // A client that takes neither gets what it asked for, or a refusal in any form.
    if !takes(SCIM_JSON) && !takes(JSON) && !takes_any {
        return;
    }
    let header = view.exchange.header("content-type").unwrap_or("no Content-Type");
    let found = header.split(';').next().unwrap_or_default().trim();
    let right =
        found.eq_ignore_ascii_case(SCIM_JSON) || (found.eq_ignore_ascii_case(JSON) && (takes(JSON) || takes_any));
    let (requirements, message): (&'static [&'static str], _) = if view.exchange.status >= 400 {
        (&["RFC7644-3.12-06"], "the Content-Type of a refusal is not application/scim+json")
    } else {
        (&["RFC7644-3.1-01", "RFC7644-3.8-06", "RFC7644-8.1-01"], "the Content-Type is not application/scim+json")
    };
    report.expect(right, requirements, message, || header.to_owned());
}

fn utf_8(view: &ExchangeView<'_>, report: &mut RuleReport) {
    const MARKS: [(&[u8], &str); 3] = [
        (b"\xef\xbb\xbf", "the body begins with a byte order mark"),
        (b"\xff\xfe", "the body is UTF-16, not UTF-8"),
        (b"\xfe\xff", "the body is UTF-16, not UTF-8"),
    ];
    if !is_scim(view) || !has_body(view) || is_encoded(view) {
        return;
    }
    report.judged();
    let body = &view.exchange.response_body;
    if let Some((_, message)) = MARKS.iter().find(|(mark, _)| body.starts_with(mark)) {
        let first: Vec<String> = body.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
        report.breach(&["RFC7644-3.8-01"], *message, format!("the first bytes are {}", first.join(" ")));
    } else if let Err(error) = std::str::from_utf8(body) {
        let place = error.valid_up_to();
        let byte = body.get(place).copied().unwrap_or_default();
        report.breach(
            &["RFC7644-3.8-01"],
            "the body is not UTF-8",
            format!(
                "byte {byte:02x} at offset {place}, Content-Type {}",
                view.exchange.header("content-type").unwrap_or("missing")
            ),
        );
    } else if view.exchange.holds_half_a_pair() {
        report.breach(
            &["RFC7643-2.3.1-05"],
            "a text holds half of a surrogate pair, which is not Unicode text",
            "an escape from \\ud800 to \\udfff without its other half",
        );
    }
}

fn json(view: &ExchangeView<'_>, report: &mut RuleReport) {
    if !is_scim(view) || !has_body(view) || is_encoded(view) {
        return;
    }
    let body = &view.exchange.response_body;
    // The encoding has a rule of its own.
    if body.starts_with(b"\xef\xbb\xbf") || std::str::from_utf8(body).is_err() {
        return;
    }
    report.judged();
    let requirements: &'static [&'static str] =
        if view.exchange.status >= 400 { &["RFC7644-3.12-01"] } else { &["RFC7644-3.2-20"] };
    let media = view.exchange.header("content-type").unwrap_or("no content type");
    match view.exchange.json() {
        Ok(found) if found.is_object() => {}
        Ok(found) => {
            report.breach(requirements, "the body is JSON, and not an object", brief(found));
        }
        Err(_) if body.trim_ascii().is_empty() => {}
        Err(_) if body.trim_ascii().starts_with(b"<") => {
            report.breach(
                requirements,
                "the body is a page of markup, not JSON",
                format!("{} bytes of {media}", body.len()),
            );
        }
        Err(fault) => {
            report.breach(requirements, "the body is not JSON", format!("{fault}, {} bytes of {media}", body.len()));
        }
    }
}

fn names_once(view: &ExchangeView<'_>, report: &mut RuleReport) {
    if !is_scim(view) || !view.body.is_some_and(Value::is_object) {
        return;
    }
    report.judged();
    for name in repeated_names(&view.exchange.response_body) {
        let message = format!("{name} is there twice in one object");
        report.breach(&["RFC7643-1.2-03", "RFC7643-2.1-01"], message, name);
    }
}

/// The names that an object of `body` has twice, whatever their letter case. The text is JSON.
fn repeated_names(body: &[u8]) -> Vec<String> {
    // A parser keeps the last of two members, so the text itself is gone through: the stack has the names of each object.
    let mut objects: Vec<Option<Vec<Cow<'_, [u8]>>>> = Vec::new();
    let mut repeated = Vec::new();
    let (mut place, mut awaits_name) = (0, false);
    while let Some(&byte) = body.get(place) {
        match byte {
            b'"' => {
                let start = place;
                place = end_of_text(body, start);
                if awaits_name && let Some(Some(names)) = objects.last_mut() {
                    let name = name_of(&body[start..(place + 1).min(body.len())]);
                    if names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                        let name = String::from_utf8_lossy(&name).into_owned();
                        if !repeated.contains(&name) {
                            repeated.push(name);
                        }
                    }
                    names.push(name);
                    awaits_name = false;
                }
            }
            b'{' => {
                objects.push(Some(Vec::new()));
                awaits_name = true;
            }
            b'[' => objects.push(None),
            b'}' | b']' => {
                objects.pop();
                awaits_name = false;
            }
            b',' => awaits_name = matches!(objects.last(), Some(Some(_))),
            _ => {}
        }
        place += 1;
    }
    repeated
}

/// Where the text ends that begins with the quotes at `start`.
fn end_of_text(body: &[u8], start: usize) -> usize {
    let mut place = start + 1;
    while let Some(&byte) = body.get(place) {
        match byte {
            b'"' => break,
            b'\\' => place += 2,
            _ => place += 1,
        }
    }
    place
}

/// The name that a text between its quotes is.
fn name_of(quoted: &[u8]) -> Cow<'_, [u8]> {
    if quoted.contains(&b'\\') {
        return Cow::Owned(serde_json::from_slice::<String>(quoted).unwrap_or_default().into_bytes());
    }
    Cow::Borrowed(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default())
}

fn server_error(view: &ExchangeView<'_>, report: &mut RuleReport) {
    if view.place == Place::Elsewhere {
        return;
    }
    let status = view.exchange.status;
    let detail =
        view.exchange.text("detail").map(|detail| format!(": {}", brief(&Value::from(detail)))).unwrap_or_default();
    let message = match &view.place {
        Place::Collection(kind) | Place::Resource(kind, _) => {
            format!("{} at {} is answered 500", with_article(view.exchange.method.as_str()), kind.endpoint)
        }
        _ => format!("{} is answered 500", with_article(view.exchange.method.as_str())),
    };
    report.expect(status != 500, &["RFC7644-3.12-32"], message, || format!("{status}{detail}"));
}

fn success_status(view: &ExchangeView<'_>, report: &mut RuleReport) {
    let status = view.exchange.status;
    if !view.exchange.is_success() {
        return;
    }
    let (legal, requirements): (&[u16], &'static [&'static str]) = match (&view.place, view.exchange.method.as_str()) {
        (Place::Collection(_), "POST") => (&[201], &["RFC7644-3.3-07"]),
        (Place::Resource(..), "PUT") => (&[200], &["RFC7644-3.5.1-15"]),
        (Place::Resource(..), "PATCH") => (&[200, 204], &["RFC7644-3.5.2-33"]),
        (Place::Resource(..), "DELETE") => (&[204], &["RFC7644-3.6-06"]),
        _ => return,
    };
    // An Error under a success says that there was none.
    if view.says(ERROR) {
        return;
    }
    let words: Vec<String> = legal.iter().map(u16::to_string).collect();
    let message =
        format!("a {} that succeeds is answered {status}, expected {}", view.exchange.method, words.join(" or "));
    report.expect(legal.contains(&status), requirements, message, || status.to_string());
}

/// The URIs that `text` can mean: relative ones stand below the base URL (RFC 7643 section 2.3.7), and are read as HTTP reads
/// them too.
fn uris(view: &ExchangeView<'_>, text: &str) -> Vec<url::Url> {
    let mut base = view.published.base().clone();
    let below = format!("{}/", base.path().trim_end_matches('/'));
    base.set_path(&below);
    let relative = text.trim_start_matches('/');
    [view.exchange.url.join(text).ok(), base.join(text).ok(), base.join(relative).ok()].into_iter().flatten().collect()
}

fn location(view: &ExchangeView<'_>, report: &mut RuleReport) {
    if !matches!(view.place, Place::Collection(_)) || !view.is("POST") || view.exchange.status != 201 {
        return;
    }
    report.judged();
    let Some(location) = view.exchange.header("location") else {
        report.breach(&["RFC7644-3.3-09"], "the header Location is missing", "201");
        return;
    };
    // Without a body the header is all that there is.
    let Some(resource) = view.representations.first().filter(|resource| resource.is_whole) else { return };
    match resource.meta("location") {
        Some(Value::String(own)) => {
            let (header, body) = (uris(view, location), uris(view, own));
            report.expect(
                own == location || header.iter().any(|uri| body.contains(uri)),
                &["RFC7644-3.3-10"],
                "the header Location and meta.location name different URIs",
                || format!("Location {location}, meta.location {own}"),
            );
        }
        other => {
            let observed = other.map_or_else(|| "nothing".into(), brief);
            report.breach(&["RFC7644-3.3-10"], "meta.location is not a text in the answer to a creation", observed);
        }
    }
}

fn etag(view: &ExchangeView<'_>, report: &mut RuleReport) {
    if !matches!(view.place, Place::Collection(_) | Place::Resource(..)) || !view.exchange.is_success() {
        return;
    }
    let Some(tag) = view.exchange.header("etag") else { return };
    if view.asks_for_list() {
        return;
    }
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    report.expect(
        !tag.starts_with("w/"),
        &["RFC7643-3.1-33"],
        "an ETag is marked weak with another letter than W",
        || tag.to_owned(),
    );
    report.expect(
        tag.starts_with("w/") || (quoted.len() >= 2 && quoted.starts_with('"') && quoted.ends_with('"')),
        &["RFC7643-3.1-33"],
        "an ETag is not a quoted text",
        || tag.to_owned(),
    );
    let version = view.representations.first().and_then(|resource| resource.meta("version"));
    let Some(Value::String(version)) = version else { return };
    if opaque_tag(version) != opaque_tag(tag) {
        report.breach(
            &["RFC7643-3.1-31"],
            "meta.version and the ETag name different versions",
            format!("ETag {tag}, meta.version {version}"),
        );
    } else if version != tag {
        report.breach(
            &["RFC7643-3.1-34"],
            "meta.version and the ETag differ in the mark W/ or the quotes",
            format!("ETag {tag}, meta.version {version}"),
        );
    }
}

/// The body of a refusal, if it is an object.
fn refusal<'e>(view: &ExchangeView<'e>) -> Option<&'e serde_json::Map<String, Value>> {
    let is_refusal = is_scim(view) && view.exchange.status >= 400;
    view.body.filter(|_| is_refusal).and_then(Value::as_object)
}

fn error_body(view: &ExchangeView<'_>, report: &mut RuleReport) {
    // What stands in front of an endpoint may refuse by itself with the other statuses.
    if !is_scim(view) || view.is("HEAD") || !matches!(view.exchange.status, 400 | 403 | 404 | 409 | 412 | 500 | 501) {
        return;
    }
    report.expect(
        !view.exchange.response_body.trim_ascii().is_empty(),
        &["RFC7644-3.12-01", "RFC7644-3.2-22"],
        "a refusal has no body",
        || view.exchange.status.to_string(),
    );
}

fn error_schema(view: &ExchangeView<'_>, report: &mut RuleReport) {
    let Some(body) = refusal(view) else { return };
    let schemas = member(body, "schemas");
    let right = schemas.and_then(Value::as_array).is_some_and(|schemas| schemas.len() == 1 && schemas[0] == ERROR);
    report.expect(right, &["RFC7644-3.12-02"], "the schemas of a refusal are not those of an Error", || {
        schemas.map_or_else(|| "no schemas".into(), brief)
    });
}

fn error_status(view: &ExchangeView<'_>, report: &mut RuleReport) {
    let Some(body) = refusal(view) else { return };
    let status = member(body, "status");
    let expected = view.exchange.status.to_string();
    let message = match status {
        Some(Value::Number(_)) => "the status in a refusal is a number, not a string",
        Some(Value::String(_)) => "the status in a refusal is not the HTTP status",
        _ => "a refusal has no status",
    };
    report.expect(status.and_then(Value::as_str) == Some(&expected), &["RFC7644-3.12-03"], message, || {
        format!("HTTP status {expected}, status {}", status.map_or_else(|| "missing".into(), brief))
    });
}

/// The requirement that defines a keyword.
fn definition_of(keyword: ScimType) -> &'static [&'static str] {
    match keyword {
        ScimType::InvalidFilter => &["RFC7644-3.12-18"],
        ScimType::TooMany => &["RFC7644-3.12-19"],
        ScimType::Uniqueness => &["RFC7644-3.12-21"],
        ScimType::Mutability => &["RFC7644-3.12-22"],
        ScimType::InvalidSyntax => &["RFC7644-3.12-23"],
        ScimType::InvalidPath => &["RFC7644-3.12-24"],
        ScimType::NoTarget => &["RFC7644-3.12-25"],
        ScimType::InvalidValue => &["RFC7644-3.12-26"],
        ScimType::InvalidVers => &["RFC7644-3.12-27"],
        ScimType::Sensitive => &["RFC7644-3.12-28"],
        _ => &["RFC7644-3.12-04"],
    }
}

fn scim_type(view: &ExchangeView<'_>, report: &mut RuleReport) {
    let Some(word) = refusal(view).and_then(|body| member(body, "scimType")).filter(|word| !word.is_null()) else {
        return;
    };
    report.judged();
    let text = word.as_str().unwrap_or_default();
    if ScimType::ALL.iter().any(|known| known.as_str() == text) {
        return;
    }
    match ScimType::ALL.iter().find(|known| known.as_str().eq_ignore_ascii_case(text)) {
        Some(known) => {
            let message = format!("scimType is {text} instead of {}", known.as_str());
            report.breach(definition_of(*known), message, brief(word));
        }
        None => {
            report.breach(&["RFC7644-3.12-04"], "scimType is not one of the words that the RFCs define", brief(word));
        }
    }
}

#[cfg(test)]
mod tests;
