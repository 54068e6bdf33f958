//! An exchange as JSON, one line of the NDJSON that the control API gives.

use serde_json::{Value, json};

use super::{Exchange, RecordedBody};
use crate::message::Delivery;

impl Exchange {
    /// The exchange as a JSON object: `number`, `at`, `micros`, `client`, `application`, `delivery` (`sent`, `lost`, `cut`),
    /// `deviations` (those that acted on it), `request` and `answer`. A body is its text; `length` is what was sent, also where less is kept.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (delivery, cut_after) = match self.delivery {
            Delivery::Sent => ("sent", None),
            Delivery::Lost => ("lost", None),
            Delivery::Cut(after) => ("cut", Some(after)),
        };
        let mut exchange = json!({
            "number": self.number,
            "at": self.at.to_string(),
            "micros": self.micros,
            "client": self.client.map(|client| client.to_string()),
            "application": self.application.as_deref(),
            "delivery": delivery,
            "deviations": self.deviations,
            "request": { "method": self.method, "target": self.target, "headers": headers(&self.request_headers) },
            "answer": { "status": self.status, "headers": headers(&self.answer_headers) },
        });
        if let Some(after) = cut_after {
            exchange["cutAfter"] = after.into();
        }
        for (side, body) in [("request", &self.request_body), ("answer", &self.answer_body)] {
            if let Some(RecordedBody { bytes, length }) = body {
                exchange[side]["body"] = String::from_utf8_lossy(bytes).into();
                exchange[side]["length"] = (*length).into();
            }
        }
        exchange
    }
}

/// By name, because the framework keeps no order.
fn headers(lines: &str) -> Value {
    let mut lines: Vec<&str> = lines.lines().collect();
    lines.sort_by_key(|line| line.split(':').next());
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        json!({ "name": name, "value": value })
    };
    lines.into_iter().map(header).collect()
}
