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
    /// The first of the further exchanges that show the same.
    pub others: Vec<Arc<Exchange>>,
}

/// Characters of a sentence that a peer has a part in.
const SENTENCE: usize = 4000;
/// Differences that a problem keeps.
const DIFFERENCES: usize = 50;
/// How a sentence ends that is not true of every exchange of its problem.
const OTHERWISE: &str = " that in another way";
/// Further exchanges with the same problem that are kept.
const OTHERS: usize = 5;

impl Problem {
    /// A problem without further evidence.
    pub fn new(verdict: Verdict, message: impl Into<String>, observed: impl Into<String>) -> Self {
        Self {
            verdict,
            message: message.into(),
            requirements: Vec::new(),
            legal: Vec::new(),
            observed: observed.into(),
            exchanges: Vec::new(),
            differences: Vec::new(),
            others: Vec::new(),
        }
    }

    /// Says which requirements it breaks, and what would be right.
    pub fn cite(&mut self, requirements: &[&str], legal: &[&str]) {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        (self.requirements, self.legal) = (owned(requirements), owned(legal));
    }

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

    /// The message without the number of exchanges that show it.
    pub fn sentence(&self) -> &str {
        let is_otherwise = self.message.ends_with(OTHERWISE);
        let counted =
            self.message.rsplit_once("; ").filter(|_| is_otherwise).map_or(&*self.message, |(first, _)| first);
        match counted.rsplit_once(" (in ") {
            Some((sentence, count)) if count.ends_with(" exchanges)") => sentence,
            _ => counted,
        }
    }

    /// The message, with the number of exchanges that show it.
    pub(crate) fn count(&mut self, exchanges: usize) {
        if exchanges > 1 {
            self.message = format!("{} (in {exchanges} exchanges)", self.message);
        }
    }

    /// Whether both fell short of one right outcome: that of the same requirements, whatever came instead.
    fn has_the_outcome_of(&self, other: &Self) -> bool {
        self.verdict == other.verdict
            && self.requirements == other.requirements
            && self.legal == other.legal
            && self.outcome() == other.outcome()
    }

    /// The right outcome: what a sentence says was expected, or what the whole of it denies.
    fn outcome(&self) -> &str {
        self.message.rsplit_once(", expected ").map_or(self.message.as_str(), |(_, outcome)| outcome)
    }
}

/// One problem for each right outcome that was missed, the first, with the number of exchanges that missed it as the first did, and
/// of those that missed it in another way: the sentence of the first is not true of these.
pub fn by_outcome(problems: Vec<Problem>) -> Vec<Problem> {
    let mut gathered: Vec<(Problem, usize, usize)> = Vec::new();
    for problem in problems {
        match gathered.iter_mut().find(|(first, ..)| first.has_the_outcome_of(&problem)) {
            Some((first, alike, otherwise)) => {
                *if first.message == problem.message { alike } else { otherwise } += 1;
                if first.others.len() < OTHERS {
                    first.others.extend(problem.exchanges.last().map(Arc::clone));
                }
            }
            None => gathered.push((problem, 1, 0)),
        }
    }
    let counted = gathered.into_iter().map(|(mut problem, alike, otherwise)| {
        problem.count(alike);
        if otherwise > 0 {
            let answers = if otherwise == 1 { "answer misses" } else { "answers miss" };
            problem.message = format!("{}; {otherwise} more {answers}{OTHERWISE}", problem.message);
        }
        problem
    });
    counted.collect()
}

/// A text of at most some characters.
pub fn shortened(text: String) -> String {
    match text.char_indices().nth(SENTENCE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_in_another_way_is_not_counted_as_the_first() {
        let missed = |message: &str| Problem::new(Verdict::Warn, message, "");
        let gathered = by_outcome(vec![
            missed("HTTP status is 400, expected 404 or 405"),
            missed("HTTP status is 400, expected 404 or 405"),
            missed("HTTP status is 201, expected 404 or 405"),
        ]);
        let sentences: Vec<&str> = gathered.iter().map(|problem| problem.message.as_str()).collect();
        let expected =
            "HTTP status is 400, expected 404 or 405 (in 2 exchanges); 1 more answer misses that in another way";
        assert_eq!(sentences, [expected]);
        assert_eq!(gathered[0].sentence(), "HTTP status is 400, expected 404 or 405");
    }
}
