//! Whether the report of an endpoint with one deviation names that deviation: its first cause, which a reader looks at first,
//! cites the first requirement that the deviation breaks, or a row that states the same rule, and is about its resource type.

use weir_judge::Cause;

use super::{Trial, same_rule};

/// Why the first cause of a report is not the deviation's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Misnaming {
    #[error("the report has no cause")]
    NoCause,
    #[error("expected {expected}, got {}: {headline} ({lead})", .got.join(", "))]
    OtherRequirement { expected: &'static str, got: Vec<String>, headline: String, lead: String },
    #[error("expected a cause about {expected}, got {lead}: {headline}")]
    OtherSubject { expected: String, headline: String, lead: String },
}

/// What is wrong with the name that `trial` got. A deviation that breaks nothing needs none, and one that is not noticed has none.
pub fn misnaming(trial: &Trial) -> Option<Misnaming> {
    let expected = trial.deviation.breaks.first()?;
    trial.noticed().next()?;
    let Some(cause) = &trial.cause else { return Some(Misnaming::NoCause) };
    let (headline, lead) = (cause.headline.clone(), cause.lead().to_owned());
    if !cites(cause, expected) {
        return Some(Misnaming::OtherRequirement { expected, got: cause.requirements.clone(), headline, lead });
    }
    match &trial.limit {
        Some(limit) if !is_about(cause, limit) => {
            Some(Misnaming::OtherSubject { expected: limit.clone(), headline, lead })
        }
        _ => None,
    }
}

fn cites(cause: &Cause, requirement: &str) -> bool {
    cause.requirements.iter().any(|cited| cited == requirement || same_rule::are_the_same(cited, requirement))
}

/// A rule, and a check of the whole endpoint, name no resource type.
fn is_about(cause: &Cause, resource_type: &str) -> bool {
    cause.subjects.is_empty() || cause.subjects.iter().any(|subject| subject == resource_type)
}
