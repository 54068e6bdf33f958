//! The requests of a cycle that write, with their answers.

use std::fmt;

use reqwest::Method;
use serde_json::Value;
use weir_exchange::Exchange;

/// One request that writes, as far as the life of an account shows in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Write {
    pub method: Method,
    /// What it sets `active` to, if it does.
    pub active: Option<Value>,
    /// Of the answer.
    pub status: u16,
}

/// The requests of a cycle that write, in the order of their answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Writes(pub Vec<Write>);

impl Write {
    pub(super) fn of(exchange: &Exchange) -> Self {
        let body: Option<Value> = serde_json::from_slice(&exchange.request_body).ok();
        let active = body.as_ref().and_then(|body| {
            let operation =
                || body["Operations"].as_array()?.iter().find(|one| one["path"] == "active").map(|one| &one["value"]);
            body.get("active").or_else(operation)
        });
        Self { method: exchange.method.clone(), active: active.cloned(), status: exchange.status }
    }
}

impl Writes {
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the account is deleted, and nothing else is done.
    pub(super) fn is_deletion(&self) -> bool {
        matches!(self.0.as_slice(), [write] if write.method == Method::DELETE)
    }

    /// Whether the account is disabled, by whichever method.
    pub(super) fn disables(&self) -> bool {
        self.0.iter().any(|write| write.active == Some(Value::Bool(false)))
    }

    /// The statuses of the answers, as a cell of a table.
    pub(super) fn statuses(&self) -> String {
        if self.is_empty() {
            return "-".to_owned();
        }
        self.0.iter().map(|write| write.status.to_string()).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Write {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.active {
            Some(active) => write!(formatter, "{} with active {active}", self.method),
            None => self.method.fmt(formatter),
        }
    }
}

impl fmt::Display for Writes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return formatter.write_str("nothing");
        }
        for (index, write) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(formatter, "{separator}{write}")?;
        }
        Ok(())
    }
}
