//! What a rule says of one exchange.

use std::sync::Arc;

use weir_exchange::{Difference, Exchange};

/// One thing that an exchange breaks.
#[derive(Clone, Debug)]
pub struct Breach {
    /// Those of the rule's requirements that are broken.
    pub requirements: &'static [&'static str],
    /// One sentence, the same for every exchange that breaks this: it names an attribute, and no value.
    pub message: String,
    /// What came.
    pub observed: String,
    /// Exchanges without which the one that is judged cannot be understood.
    pub earlier: Vec<Arc<Exchange>>,
    /// The exchange that shows it, if that is not the one which is looked at.
    pub decided_by: Option<Arc<Exchange>>,
    pub differences: Vec<Difference>,
}

/// What a rule says of one exchange.
#[derive(Clone, Debug, Default)]
pub struct RuleReport {
    pub(super) is_judged: bool,
    pub(super) lacking: Option<&'static str>,
    pub(super) breaches: Vec<Breach>,
}

impl RuleReport {
    /// The exchange shows what the rule is about.
    pub fn judged(&mut self) {
        self.is_judged = true;
    }

    /// What was broken so far.
    pub(crate) fn breaches(&mut self) -> &mut [Breach] {
        &mut self.breaches
    }

    /// The exchange could have been judged, if the endpoint published `what`.
    pub fn lacks(&mut self, what: &'static str) {
        self.lacking = Some(what);
    }

    /// The exchange breaks `requirements`.
    pub fn breach(
        &mut self,
        requirements: &'static [&'static str],
        message: impl Into<String>,
        observed: impl Into<String>,
    ) -> &mut Breach {
        self.is_judged = true;
        self.breaches.push(Breach {
            requirements,
            message: message.into(),
            observed: observed.into(),
            earlier: Vec::new(),
            decided_by: None,
            differences: Vec::new(),
        });
        // One was just added.
        let last = self.breaches.len() - 1;
        &mut self.breaches[last]
    }

    /// Judges that `condition` holds.
    pub fn expect(
        &mut self,
        condition: bool,
        requirements: &'static [&'static str],
        message: impl Into<String>,
        observed: impl FnOnce() -> String,
    ) {
        self.is_judged = true;
        if !condition {
            self.breach(requirements, message, observed());
        }
    }
}

/// A value for a line of text.
pub fn brief(value: &serde_json::Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
