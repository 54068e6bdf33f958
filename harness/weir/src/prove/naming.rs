//! Whether the report of an endpoint with one deviation names that deviation: its first cause, which a reader looks at first,
//! cites the first requirement that the deviation breaks, or a row that states the same rule, and is about its resource type.

use weir_judge::Cause;

use super::{Trial, same_rule};

/// Deviations whose report names something else first, and why that is right.
///
/// A reader of these reports looks at something that is wrong as well, and finds the deviation further below.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "name.formatted-flat",
        "a PUT of what was read loses the name, which every client needs more than that the two forms agree",
    ),
    (
        "parameters.blanks-refused",
        "the filter with a blank around it is one that must match; that blanks are read in two ways is disputed",
    ),
    ("phone-numbers.digits-only", "a value that comes back as another breaks a MUST; the canonical form is a SHOULD"),
    ("query.decoded-in-part", "filters whose characters are not decoded find nothing, and are what clients need"),
    (
        "schema.says-single",
        "what is published as one value is refused as one, which three checks see before one sees the array",
    ),
    (
        "values.reference-in-brackets",
        "a filter with the value that was sent finds nothing, and a PUT of what was read is refused, which clients need more",
    ),
    (
        "values.repeated",
        "changes of lists find one value too many, which breaks a MUST; that values stand once is a SHOULD",
    ),
];

/// Why the first cause of a report is not the deviation's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum NamingFault {
    #[error("the report has no cause")]
    NoCause,
    #[error("expected {expected}, got {}: {headline} ({lead})", .got.join(", "))]
    OtherRequirement { expected: &'static str, got: Vec<String>, headline: String, lead: String },
    #[error("expected a cause about {expected}, got {lead}: {headline}")]
    OtherSubject { expected: String, headline: String, lead: String },
}

/// Why a deviation that breaks a requirement is allowed to have another cause named first.
pub fn exception(deviation: &str) -> Option<&'static str> {
    EXCEPTIONS.iter().find(|(id, _)| *id == deviation).map(|(_, reason)| *reason)
}

/// The deviations that have an exception.
#[cfg(test)]
pub(super) fn exceptions() -> impl Iterator<Item = &'static str> {
    EXCEPTIONS.iter().map(|(id, _)| *id)
}

/// What is wrong with the name that `trial` got. A deviation that breaks nothing needs none, and one that is not noticed has none.
pub fn misnaming(trial: &Trial) -> Option<NamingFault> {
    let expected = trial.deviation.breaks.first()?;
    trial.noticed().next()?;
    let Some(cause) = &trial.cause else { return Some(NamingFault::NoCause) };
    let (headline, lead) = (cause.headline.clone(), cause.lead().to_owned());
    if !cites(cause, expected) {
        return Some(NamingFault::OtherRequirement { expected, got: cause.requirements.clone(), headline, lead });
    }
    match &trial.limit {
        Some(limit) if !is_about(cause, limit) => {
            Some(NamingFault::OtherSubject { expected: limit.clone(), headline, lead })
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
