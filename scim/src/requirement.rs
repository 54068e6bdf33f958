//! The catalogue of requirements: one normative statement of an RFC a row, in our own words, from
//! `fixtures/requirements.tsv`.

use std::sync::LazyLock;

/// The keyword with which an RFC states a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    Must,
    MustNot,
    Shall,
    ShallNot,
    Required,
    Should,
    ShouldNot,
    Recommended,
    NotRecommended,
    May,
    Optional,
    /// Normative in effect, without a capitalised keyword.
    Implied,
}

impl Level {
    /// The keyword as the catalogue spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::MustNot => "MUST NOT",
            Self::Shall => "SHALL",
            Self::ShallNot => "SHALL NOT",
            Self::Required => "REQUIRED",
            Self::Should => "SHOULD",
            Self::ShouldNot => "SHOULD NOT",
            Self::Recommended => "RECOMMENDED",
            Self::NotRecommended => "NOT RECOMMENDED",
            Self::May => "MAY",
            Self::Optional => "OPTIONAL",
            Self::Implied => "IMPLIED",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        const ALL: [Level; 12] = [
            Level::Must,
            Level::MustNot,
            Level::Shall,
            Level::ShallNot,
            Level::Required,
            Level::Should,
            Level::ShouldNot,
            Level::Recommended,
            Level::NotRecommended,
            Level::May,
            Level::Optional,
            Level::Implied,
        ];
        ALL.into_iter().find(|level| level.as_str() == text)
    }

    /// An absolute requirement: MUST, SHALL, REQUIRED and their negations.
    #[must_use]
    pub const fn is_absolute(self) -> bool {
        matches!(self, Self::Must | Self::MustNot | Self::Shall | Self::ShallNot | Self::Required)
    }

    /// A recommendation: SHOULD, RECOMMENDED and their negations.
    #[must_use]
    pub const fn is_recommendation(self) -> bool {
        matches!(self, Self::Should | Self::ShouldNot | Self::Recommended | Self::NotRecommended)
    }
}

/// One row of the catalogue.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Such as `RFC7644-3.5.2-07`; never renumbered.
    pub id: &'static str,
    pub rfc: &'static str,
    pub section: &'static str,
    pub level: Level,
    /// Who has to obey: `server`, `client` or `both`.
    pub actor: &'static str,
    pub feature: &'static str,
    /// `blackbox`, `traffic` or `no`.
    pub testable: &'static str,
    pub summary: &'static str,
    /// How a check can show it.
    pub check: &'static str,
}

const TABLE: &str = include_str!("../../fixtures/requirements.tsv");

static REQUIREMENTS: LazyLock<Vec<Requirement>> =
    LazyLock::new(|| TABLE.lines().skip(1).filter_map(parse_row).collect());

fn parse_row(line: &'static str) -> Option<Requirement> {
    let mut columns = line.split('\t');
    let mut next = || columns.next();
    Some(Requirement {
        id: next()?,
        rfc: next()?,
        section: next()?,
        level: Level::parse(next()?)?,
        actor: next()?,
        feature: next()?,
        testable: next()?,
        summary: next()?,
        check: next()?,
    })
}

/// Every requirement in the order of the catalogue.
#[must_use]
pub fn all() -> &'static [Requirement] {
    &REQUIREMENTS
}

/// A requirement by id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Requirement> {
    all().iter().find(|requirement| requirement.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_catalogue_parses_and_ids_are_unique() {
        assert_eq!(all().len(), TABLE.lines().count() - 1);
        let mut ids: Vec<_> = all().iter().map(|requirement| requirement.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all().len());
    }
}
