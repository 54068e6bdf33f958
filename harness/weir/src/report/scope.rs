//! How the answer to `--explain-scope` reads.

use weir_exchange::legible::Legible;
use weir_provision::engine::ScopeAnswer;

use crate::output::table;

/// One entry for a person.
pub fn text(answer: &ScopeAnswer) -> String {
    let place = if answer.is_within { "in the channel" } else { "not in the channel" };
    let facts = answer.facts.iter();
    let rows: Vec<Vec<String>> =
        facts.map(|(question, answer)| vec![format!("  {question}"), Legible(answer).to_string()]).collect();
    format!("{}: {place}; {}\n{}", Legible(&answer.entry), Legible(&answer.outcome), table(&rows))
}
