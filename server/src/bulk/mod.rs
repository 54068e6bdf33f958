//! Bulk jobs (RFC 7644 section 3.7) before they touch a resource: reading the message, finding which operations refer to
//! which, and choosing the order in which they can be carried out.

pub mod order;
pub mod references;

use std::collections::HashMap;

use actix_web::http::Method;
use scim::message::BULK_REQUEST;
use scim::tolerance::{Tolerance, Tolerances};
use scim::{Error, ErrorKind, Result};
use serde_json::{Map, Value as Json};

/// What one job may hold (section 3.7.4), as `ServiceProviderConfig` publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkLimits {
    /// How many operations.
    pub max_operations: usize,
    /// How many bytes of body.
    pub max_payload_size: usize,
}

impl Default for BulkLimits {
    fn default() -> Self {
        Self { max_operations: 1000, max_payload_size: 1 << 20 }
    }
}

/// A job whose message could be read. Operations that could not stand among the others as errors, since one bad operation
/// never spoils another.
#[derive(Debug)]
pub struct Job {
    /// After so many errors the rest is not carried out; never if absent.
    pub fail_on_errors: Option<u64>,
    pub operations: Vec<BulkOperation>,
}

/// One operation as sent.
#[derive(Debug)]
pub struct BulkOperation {
    /// As sent, to be repeated in the result; null when it is missing.
    pub method: Json,
    /// As sent, to be repeated in the result.
    pub bulk_id: Option<String>,
    /// As sent; empty when it is missing.
    pub path: String,
    /// What to do, or why it cannot be done.
    pub request: Result<BulkRequest>,
}

/// What a single request would have been.
#[derive(Clone, Debug)]
pub struct BulkRequest {
    pub method: Method,
    /// With a leading slash and without query; references in it are not resolved yet.
    pub path: String,
    pub query: Option<String>,
    /// The entity tag that the resource must have.
    pub version: Option<String>,
    /// References in it are not resolved yet.
    pub data: Option<Json>,
}

impl BulkOperation {
    /// Whether it is to make a resource, which others can then refer to.
    pub fn creates(&self) -> bool {
        self.method == "POST"
    }
}

fn syntax(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidSyntax, detail)
}

/// A member of the message. Names ignore case (RFC 7643 section 2.1), null counts as absent.
fn member<'j>(object: &'j Map<String, Json>, name: &str) -> Option<&'j Json> {
    let found = object.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

fn text<'j>(object: &'j Map<String, Json>, name: &str) -> Result<Option<&'j str>> {
    match member(object, name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(other) => Err(syntax(format!("{name} must be a string, and is {other}"))),
    }
}

/// Reads the message of a job.
///
/// # Errors
/// `invalidSyntax` for a message that is not a bulk request or has one `bulkId` twice, 413 for more operations than
/// `max_operations`; nothing of such a job is carried out.
pub fn read(message: &Json, max_operations: usize, tolerances: &Tolerances) -> Result<Job> {
    let Json::Object(message) = message else { return Err(syntax("a bulk request must be a JSON object")) };
    let names_bulk = member(message, "schemas")
        .and_then(Json::as_array)
        .is_some_and(|uris| uris.iter().any(|uri| uri.as_str() == Some(BULK_REQUEST)));
    let infer = member(message, "schemas").is_none() && tolerances.allows(Tolerance::InferSchemas);
    if !names_bulk && !infer {
        return Err(syntax(format!("schemas must be an array that lists {BULK_REQUEST:?}")));
    }
    let fail_on_errors =
        match member(message, "failOnErrors") {
            None => None,
            Some(number) => Some(number.as_u64().filter(|&number| number > 0).ok_or_else(|| {
                syntax(format!("failOnErrors must be a whole number of at least 1, and is {number}"))
            })?),
        };
    let operations = match member(message, "Operations") {
        Some(Json::Array(operations)) => operations,
        Some(_) => return Err(syntax("Operations must be an array of operations")),
        None => return Err(syntax("Operations is missing; it is an array of operations")),
    };
    if operations.is_empty() && !tolerances.allows(Tolerance::EmptyOperations) {
        return Err(syntax("Operations is empty; send at least one operation"));
    }
    if operations.len() > max_operations {
        let count = operations.len();
        let detail =
            format!("the job has {count} operations, more than maxOperations ({max_operations}); send several");
        return Err(Error::new(ErrorKind::PayloadTooLarge, detail));
    }
    let operations: Vec<BulkOperation> = operations.iter().map(operation).collect();
    refuse_duplicates(&operations)?;
    Ok(Job { fail_on_errors, operations })
}

/// A reference to a `bulkId` that stands twice would have two meanings.
fn refuse_duplicates(operations: &[BulkOperation]) -> Result<()> {
    let mut seen = HashMap::new();
    for (index, operation) in operations.iter().enumerate() {
        if let Some(id) = &operation.bulk_id
            && let Some(first) = seen.insert(id.as_str(), index)
        {
            let detail = format!("bulkId {id:?} stands at Operations[{first}] and [{index}]; give each its own");
            return Err(syntax(detail));
        }
    }
    Ok(())
}

fn operation(json: &Json) -> BulkOperation {
    let Json::Object(members) = json else {
        let request = Err(syntax("an operation must be a JSON object"));
        return BulkOperation { method: Json::Null, bulk_id: None, path: String::new(), request };
    };
    let sent = |name| text(members, name).ok().flatten().map(str::to_owned);
    BulkOperation {
        method: sent("method").map_or(Json::Null, Json::from),
        bulk_id: sent("bulkId"),
        path: sent("path").unwrap_or_default(),
        request: request(members),
    }
}

fn request(members: &Map<String, Json>) -> Result<BulkRequest> {
    let method = match text(members, "method")? {
        Some("POST") => Method::POST,
        Some("PUT") => Method::PUT,
        Some("PATCH") => Method::PATCH,
        Some("DELETE") => Method::DELETE,
        Some(other) => return Err(syntax(format!("method is {other:?}; it must be POST, PUT, PATCH or DELETE"))),
        None => return Err(syntax("method is missing; it is POST, PUT, PATCH or DELETE")),
    };
    let bulk_id = text(members, "bulkId")?;
    if method == Method::POST && bulk_id.is_none_or(str::is_empty) {
        return Err(syntax("bulkId is missing; a POST needs one, to identify its result"));
    }
    let path = text(members, "path")?.filter(|path| !path.is_empty());
    let path = path.ok_or_else(|| syntax("path is missing; it is relative to the base URL, such as /Users"))?;
    // A fragment is never sent in a request line (RFC 9110 section 4.2.5), so that what it is meant to be is unknown.
    if let Some(at) = path.find('#') {
        return Err(syntax(format!("path: at offset {at}: expected the end of the path; got \"#\"")));
    }
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let data = match member(members, "data") {
        _ if method == Method::DELETE => None,
        Some(data @ Json::Object(_)) => Some(data.clone()),
        Some(_) => return Err(syntax("data must be a JSON object, the body of a single request")),
        None => return Err(syntax(format!("data is missing; a {method} needs the body of a single request"))),
    };
    Ok(BulkRequest {
        method,
        path: format!("/{}", path.trim_start_matches('/')),
        query: query.map(str::to_owned),
        version: text(members, "version")?.map(str::to_owned),
        data,
    })
}

#[cfg(test)]
mod tests;
