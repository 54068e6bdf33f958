//! What is wrong, with its evidence.

use std::sync::Arc;

use weir_exchange::Exchange;
use weir_exchange::difference::Difference;

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
