//! How grave a broken requirement is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use scim::requirement::{self, Actor, Level};

use crate::verdict::Verdict;

const DISPUTED: &str = include_str!("../../../fixtures/disputed.tsv");

/// What is disputed about a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The row of `docs/explain/disputes.md`, such as `F9`.
    pub point: &'static str,
    /// One sentence: what the disagreement is, and which outcomes are defensible.
    pub reading: &'static str,
}

/// By requirement id.
static DISPUTES: LazyLock<BTreeMap<&'static str, Dispute>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let (id, rest) = line.split_once('\t')?;
        let (point, reading) = rest.split_once('\t')?;
        Some((id, Dispute { point, reading }))
    };
    DISPUTED.lines().skip(1).filter_map(row).collect()
});

/// What is disputed about a requirement; `None` if its reading is settled.
pub fn dispute(requirement: &str) -> Option<Dispute> {
    DISPUTES.get(requirement).copied()
}

/// Every dispute, with the requirement whose reading it is about.
pub fn disputes() -> impl Iterator<Item = (&'static str, Dispute)> {
    DISPUTES.iter().map(|(id, dispute)| (*id, *dispute))
}

/// The verdict on an endpoint that breaks all of `requirements`: that of the gravest.
///
/// An absolute keyword gives `fail`, as does a rule that follows from the text without a keyword, unless its reading is
/// disputed; a recommendation gives `warn`; options, disputes, and rules that bind only the client give `note`. An
/// unknown id gives `error`, since the catalogue is then at fault.
pub fn verdict_of(requirements: &[&str]) -> Verdict {
    requirements.iter().map(|id| verdict_of_one(id)).max().unwrap_or(Verdict::Error)
}

fn verdict_of_one(id: &str) -> Verdict {
    let Some(requirement) = requirement::find(id) else { return Verdict::Error };
    match requirement.level {
        _ if dispute(id).is_some() || requirement.actor == Actor::Client => Verdict::Note,
        Level::Implied => Verdict::Fail,
        level if level.is_absolute() => Verdict::Fail,
        level if level.is_recommendation() => Verdict::Warn,
        _ => Verdict::Note,
    }
}

/// How a requirement's level reads in a report: the keyword, or where it follows from.
pub fn level_of(id: &str) -> String {
    match requirement::find(id) {
        Some(requirement) if requirement.level == Level::Implied => {
            format!("implied by RFC {} section {}", requirement.rfc.number(), requirement.section)
        }
        Some(requirement) => requirement.level.as_str().into(),
        None => "unknown".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPLAINED: &str = include_str!("../../../docs/explain/disputes.md");

    #[test]
    fn the_level_decides_and_a_dispute_softens() {
        for (requirements, expected) in [
            (&["RFC7644-3.3-07"][..], Verdict::Fail),
            (&["RFC7644-3.4.1-02"], Verdict::Fail),
            (&["RFC7644-3.3-08"], Verdict::Warn),
            (&["RFC7644-3.3-08", "RFC7644-3.3-07"], Verdict::Fail),
            (&["RFC7644-3.3-03"], Verdict::Note),
            (&["RFC7644-3.5.2-08"], Verdict::Note),
            (&["RFC7644-3.5.1-14"], Verdict::Note),
            (&["RFC7644-99-99"], Verdict::Error),
            (&[], Verdict::Error),
        ] {
            assert_eq!(verdict_of(requirements), expected, "{requirements:?}");
        }
    }

    #[test]
    fn every_disputed_requirement_exists_once_and_says_why() {
        let rows: Vec<_> = DISPUTED.lines().skip(1).collect();
        assert_eq!(rows.len(), DISPUTES.len());
        for (id, Dispute { point, reading }) in DISPUTES.iter() {
            assert!(requirement::find(id).is_some(), "{id} is not in fixtures/requirements.tsv");
            assert!(reading.len() > 10 && !reading.contains('\t'), "{id}: {reading}");
            assert!(EXPLAINED.contains(&format!("| {point} |")), "{id}: docs/explain/disputes.md has no row {point}");
        }
    }
}
