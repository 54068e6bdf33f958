//! What is wrong, with its evidence.

use std::sync::Arc;

use serde_json::Value;
use weir_exchange::difference::Difference;
use weir_exchange::{Evidence, Exchange};

use crate::verdict::Verdict;

/// One thing that is wrong, with its evidence.
#[derive(Clone, Debug)]
pub struct Problem {
    /// How grave it is; the verdict of a finding is that of its gravest problem.
    pub verdict: Verdict,
    /// One sentence.
    pub message: String,
    /// Ids of `fixtures/requirements.tsv`.
    pub requirements: Vec<String>,
    /// Every outcome that would have been right.
    pub legal: Vec<String>,
    /// What came instead.
    pub observed: String,
    /// The exchanges that show it, the deciding one last.
    pub exchanges: Vec<Arc<Exchange>>,
    pub differences: Vec<Difference>,
}

/// Characters of a sentence that a peer has a part in.
const SENTENCE: usize = 4000;
/// Differences that a problem keeps.
const DIFFERENCES: usize = 50;

impl Problem {
    /// The problem as a run keeps it: exchanges as evidence, and no more of what a peer sent than a reader looks at.
    #[must_use]
    pub fn kept(mut self, evidence: &Evidence) -> Self {
        self.exchanges = self.exchanges.iter().map(|exchange| evidence.of(exchange)).collect();
        self.message = shortened(self.message);
        self.observed = shortened(self.observed);
        self.differences.truncate(DIFFERENCES);
        for Difference { path, expected, found } in &mut self.differences {
            *path = shortened(std::mem::take(path));
            for value in [expected, found].into_iter().flatten() {
                let text = value.to_string();
                if text.len() > SENTENCE {
                    *value = Value::String(shortened(text));
                }
            }
        }
        self
    }
}

/// A text of at most some characters.
pub fn shortened(text: String) -> String {
    match text.char_indices().nth(SENTENCE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
