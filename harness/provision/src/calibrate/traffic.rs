//! Recorded traffic of a provisioner: an HTTP archive, or the journal of an endpoint, as requests in their order.

use std::path::Path;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use weir_exchange::{har, parsed_size};
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::kind::DocumentKind;

/// Bytes that the bodies of a recording can take once they are parsed.
const LARGEST: usize = 128 * 1024 * 1024;

/// One request with its answer, as far as a provisioner shows itself in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedExchange {
    pub method: String,
    /// Scheme and authority; empty where the recording does not say them.
    pub origin: String,
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
        let begin = target.find("://").map_or(0, |at| at + 3);
        let is_absolute = begin > 0;
        let path = if is_absolute { target[begin..].find('/').map_or(target.len(), |at| at + begin) } else { 0 };
        let (origin, target) = target.split_at(path);
        let (path, raw_query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            origin: origin.to_ascii_lowercase(),
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
    let mut heard = ObservedTraffic::default();
    let archive = match har::for_each(text, |entry| heard.add_archived(&entry)) {
        Ok(()) => return heard.exchanges(),
        Err(error) => error,
    };
    let mut heard = ObservedTraffic::default();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let exchange = heard.json(line).as_ref().and_then(of_journal);
        match exchange {
            Some(exchange) => heard.exchanges.push(exchange),
            None if heard.size > LARGEST => break,
            None => {
                let kind = DocumentKind::of(text);
                if !matches!(kind, DocumentKind::Archive | DocumentKind::Json | DocumentKind::Text) {
                    return Err(kind.instead_of("an HTTP archive or a journal"));
                }
                let problem = format!("this is neither an HTTP archive ({archive}) nor an exchange of a journal");
                return Err(FileFault::new(Place::Line(index as u64 + 1, None), problem));
            }
        }
    }
    heard.exchanges()
}

/// Exchanges as long as they do not take too much.
#[derive(Default)]
struct ObservedTraffic {
    exchanges: Vec<ObservedExchange>,
    size: usize,
}

impl ObservedTraffic {
    /// A text as JSON, if it is, and there is room for it.
    fn json(&mut self, text: &str) -> Option<Value> {
        self.size = self.size.saturating_add(parsed_size(text.as_bytes()));
        if self.size <= LARGEST { serde_json::from_str(text).ok() } else { None }
    }

    fn add_archived(&mut self, entry: &har::Entry) {
        let header = entry.request_headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let exchange = ObservedExchange {
            content_type: header.map(|(_, value)| value.clone()).unwrap_or_default(),
            body: entry.request_body.as_deref().and_then(|body| self.json(body)),
            status: entry.status,
            answer: self.json(&entry.response_body),
            ..ObservedExchange::of_target(&entry.method, &entry.url)
        };
        self.exchanges.push(exchange);
    }

    fn exchanges(self) -> Result<Vec<ObservedExchange>, FileFault> {
        if self.size <= LARGEST {
            return Ok(self.exchanges);
        }
        let problem = format!("the bodies take more than {} MiB once they are parsed", LARGEST / (1024 * 1024));
        Err(FileFault::new(Place::Whole, problem).with_remedy("record fewer exchanges, or divide the recording"))
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
