//! A document of discovery, and what is wrong with it as a whole.

use std::sync::Arc;

use serde_json::Value;
use url::Url;
use weir_exchange::Bounds;
use weir_exchange::difference::at;
use weir_exchange::error::EndpointError;
use weir_exchange::exchange::Exchange;

use super::error::DiscoveryError;

/// A discovery document as it came.
#[derive(Clone, Debug)]
pub struct Document {
    pub exchange: Arc<Exchange>,
    /// Why it cannot be used: a status other than 200, or a body that is no JSON.
    pub fault: Option<String>,
    /// How many entries are looked at.
    pub(super) most: usize,
    /// Entries that were found under their own URL, and not in the list.
    more: Vec<Value>,
}

impl Document {
    pub(super) fn new(exchange: Arc<Exchange>, bounds: Bounds) -> Self {
        let fault = exchange.fault().or_else(|| {
            let is_document = exchange.json().is_ok_and(|json| json.is_object() || json.is_array());
            (!is_document).then(|| "the body is neither an object nor a list".to_owned())
        });
        Self { exchange, fault, most: bounds.entries, more: Vec::new() }
    }

    /// The document whose request got no answer.
    pub(super) fn unanswered(url: Url, error: &EndpointError, bounds: Bounds) -> Self {
        let exchange = Arc::new(Exchange::unanswered(error.method.clone(), url));
        Self { exchange, fault: Some(error.sentence.clone()), most: bounds.entries, more: Vec::new() }
    }

    /// Whether the endpoint says in a way that it may that it does not have the document (RFC 7644 section 3.12).
    pub(super) fn is_absent(&self) -> bool {
        matches!(self.exchange.status, 403 | 404 | 405 | 501)
    }

    /// Whether an answer came at all.
    pub fn is_answered(&self) -> bool {
        self.exchange.status != 0
    }

    /// Adds what the endpoint shows alone and leaves out of the list.
    pub(super) fn add(&mut self, entries: Vec<Value>) {
        self.more.extend(entries);
    }

    /// An error if a list within an entry is longer than `most`: checks compare such lists with themselves.
    pub(super) fn is_short_enough(&self, most: usize) -> Result<(), DiscoveryError> {
        let entries = self.all_entries();
        let whole = if entries.is_empty() { self.json().map(std::slice::from_ref) } else { Some(entries) };
        let found = whole.unwrap_or_default().iter().map(longest_list).max().unwrap_or(0);
        if found <= most {
            return Ok(());
        }
        Err(DiscoveryError::TooLong { url: self.exchange.url.to_string(), found, most })
    }

    /// The JSON, if the document can be used.
    pub fn json(&self) -> Option<&Value> {
        if self.fault.is_some() { None } else { self.exchange.json().ok() }
    }

    /// Every entry that is known, those that the list leaves out behind the others.
    pub(super) fn known(&self) -> impl Iterator<Item = &Value> {
        self.all_entries().iter().chain(&self.more)
    }

    /// The entries of a list answer that checks look at one by one.
    pub fn entries(&self) -> &[Value] {
        let all = self.all_entries();
        &all[..all.len().min(self.most)]
    }

    /// Why checks do not look at every entry, if so.
    pub fn left_out(&self) -> Option<String> {
        let (all, most) = (self.all_entries().len(), self.most);
        (all > most).then(|| {
            let path = self.exchange.url.path();
            format!(
                "{path} lists {all} entries, and a run looks at the first {most}; raise --check-entries if the endpoint is that large"
            )
        })
    }

    /// Every entry of a list answer; a bare array is read too.
    pub fn all_entries(&self) -> &[Value] {
        let json = self.json();
        json.and_then(|json| at(json, "Resources")).or(json).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// The length of the longest list within `value`.
fn longest_list(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(longest_list).fold(items.len(), usize::max),
        Value::Object(members) => members.values().map(longest_list).max().unwrap_or(0),
        _ => 0,
    }
}
