//! How grave a broken requirement is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use scim::requirement::{self, Actor, Force, Level};

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
/// An absolute keyword gives `fail`, a recommendation `warn`, an option `note`. A rule without a keyword of its own counts as
/// the sentence from which it follows: `warn` if that has no keyword either, `note` if there is none. Disputes, and rules
/// that bind only the client, give `note`. An unknown id gives `error`, since the catalogue is then at fault.
pub fn verdict_of(requirements: &[&str]) -> Verdict {
    requirements.iter().map(|id| verdict_of_one(id)).max().unwrap_or(Verdict::Error)
}

fn verdict_of_one(id: &str) -> Verdict {
    let Some(requirement) = requirement::find(id) else { return Verdict::Error };
    match requirement.force() {
        _ if dispute(id).is_some() || requirement.actor == Actor::Client => Verdict::Note,
        Force::Absolute => Verdict::Fail,
        Force::Recommendation => Verdict::Warn,
        Force::Permission => Verdict::Note,
    }
}

/// How a requirement's level reads in a report: the keyword, or the sentence from which it follows.
pub fn level_of(id: &str) -> String {
    let Some(requirement) = requirement::find(id) else { return "unknown".into() };
    let Some(basis) = requirement.basis else { return requirement.level.as_str().into() };
    match (basis.place().and_then(|place| place.split_once('-')), basis.level()) {
        (Some((rfc, section)), level) => {
            let keyword = level.map_or("a sentence", Level::as_str);
            format!("follows from {keyword} in RFC {} section {section}", rfc.trim_start_matches("RFC"))
        }
        (None, _) => format!("our reading of RFC {} section {}", requirement.rfc.number(), requirement.section),
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
            (&["RFC7644-3.4.1-01"], Verdict::Fail),
            (&["RFC7644-3.4.1-02"], Verdict::Warn),
            (&["RFC7644-3.5.1-15"], Verdict::Warn),
            (&["RFC7644-3.11-08"], Verdict::Note),
            (&["RFC7643-8.7.1-03"], Verdict::Note),
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
    fn a_level_reads_as_the_keyword_that_decides() {
        assert_eq!(level_of("RFC7644-3.3-07"), "SHALL");
        assert_eq!(level_of("RFC7644-3.4.2.2-40"), "follows from SHALL in RFC 7644 section 3.4.2.2");
        assert_eq!(level_of("RFC7644-3.5.1-15"), "follows from a sentence in RFC 7644 section 3.5.1");
        assert_eq!(level_of("RFC7644-3.8-10"), "our reading of RFC 7644 section 3.8");
        assert_eq!(level_of("RFC7644-99-99"), "unknown");
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
