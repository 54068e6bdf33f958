//! Recorded traffic of a provisioner: an HTTP archive, or the journal of an endpoint, as requests in their order.

use std::path::Path;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use weir_exchange::har;
use weir_files::document;
use weir_files::fault::{FileFault, Place};

/// One request with its answer, as far as a provisioner shows itself in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedExchange {
    pub method: String,
    /// As it travelled, without the query.
    pub path: String,
    /// As it travelled.
    pub raw_query: String,
    pub content_type: String,
    pub body: Option<Value>,
    pub status: u16,
    pub answer: Option<Value>,
}

impl ObservedExchange {
    /// A query parameter, decoded; a `+` is a blank.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        self.raw_query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
            (decoded(key) == name).then(|| decoded(value))
        })
    }

    /// Method, path and query, as a report names the request.
    #[must_use]
    pub fn named(&self) -> String {
        let query = if self.raw_query.is_empty() { String::new() } else { format!("?{}", self.raw_query) };
        format!("{} {}{query}", self.method, self.path)
    }

    /// Whether the status is 200 to 299.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    fn of_target(method: &str, target: &str) -> Self {
        let target = target.split_once("://").map_or(target, |(_, rest)| {
            let path = rest.find('/').unwrap_or(rest.len());
            &rest[path..]
        });
        let (path, raw_query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.trim_end_matches('/').to_owned(),
            raw_query: raw_query.to_owned(),
            content_type: String::new(),
            body: None,
            status: 0,
            answer: None,
        }
    }
}

/// Reads a recording: an HTTP archive (`weir serve --record`), or the journal's lines (`/_weir/journal`).
///
/// # Errors
/// A file that cannot be read, or is neither.
pub fn open(path: &Path) -> Result<Vec<ObservedExchange>, FileFault> {
    let heard = parse(&document::read(path)?).map_err(|fault| fault.of(path.display()))?;
    if heard.is_empty() {
        let fault = FileFault::whole(path.display(), "the recording holds no request");
        return Err(fault.with_remedy("record one with `weir serve --record FILE`"));
    }
    Ok(heard)
}

/// As [`open`], from a text.
///
/// # Errors
/// The first fault, without the file.
pub fn parse(text: &str) -> Result<Vec<ObservedExchange>, FileFault> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let archive = match har::read(text) {
        Ok(entries) => return Ok(entries.iter().map(of_archive).collect()),
        Err(error) => error,
    };
    let mut heard = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let entry: Option<Value> = serde_json::from_str(line).ok();
        let read = entry.as_ref().and_then(of_journal);
        heard.push(read.ok_or_else(|| {
            let problem = format!("this is neither an HTTP archive ({archive}) nor an exchange of a journal");
            FileFault::new(Place::Line(index as u64 + 1, None), problem)
        })?);
    }
    Ok(heard)
}

fn of_archive(entry: &har::Entry) -> ObservedExchange {
    let header = entry.request_headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    ObservedExchange {
        content_type: header.map(|(_, value)| value.clone()).unwrap_or_default(),
        body: entry.request_body.as_deref().and_then(|body| serde_json::from_str(body).ok()),
        status: entry.status,
        answer: serde_json::from_str(&entry.response_body).ok(),
        ..ObservedExchange::of_target(&entry.method, &entry.url)
    }
}

fn of_journal(entry: &Value) -> Option<ObservedExchange> {
    let request = &entry["request"];
    let mut headers = request["headers"].as_array().into_iter().flatten();
    let is_type =
        |header: &&Value| header["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("content-type"));
    let content_type = headers.find(is_type).and_then(|header| header["value"].as_str());
    let body = |side: &Value| match &side["body"] {
        Value::Null => None,
        Value::String(text) => serde_json::from_str(text).ok(),
        other => Some(other.clone()),
    };
    Some(ObservedExchange {
        content_type: content_type.unwrap_or_default().to_owned(),
        body: body(request),
        status: u16::try_from(entry["answer"]["status"].as_u64()?).ok()?,
        answer: body(&entry["answer"]),
        ..ObservedExchange::of_target(request["method"].as_str()?, request["target"].as_str()?)
    })
}
