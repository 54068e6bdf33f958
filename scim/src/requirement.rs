//! The catalogue of requirements: one normative statement of an RFC a row, in our own words, from
//! `fixtures/requirements.tsv`.

use std::sync::LazyLock;

/// An enum of the catalogue's words, in both directions.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// The word as the catalogue spells it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// The keyword with which an RFC states a requirement.
    Level {
        Must = "MUST",
        MustNot = "MUST NOT",
        Shall = "SHALL",
        ShallNot = "SHALL NOT",
        Required = "REQUIRED",
        Should = "SHOULD",
        ShouldNot = "SHOULD NOT",
        Recommended = "RECOMMENDED",
        NotRecommended = "NOT RECOMMENDED",
        May = "MAY",
        Optional = "OPTIONAL",
        /// Normative in effect, without a capitalised keyword.
        Implied = "IMPLIED",
    }
}

words! {
    /// The side that a requirement binds.
    Actor {
        Server = "server",
        Client = "client",
        Both = "both",
    }
}

words! {
    /// What can show whether a requirement is met.
    Testable {
        /// Requests that a tester sends.
        Blackbox = "blackbox",
        /// The traffic between a client and a server.
        Traffic = "traffic",
        /// Nothing on the wire.
        No = "no",
    }
}

words! {
    /// The document that states a requirement.
    Rfc {
        Rfc7642 = "RFC7642",
        Rfc7643 = "RFC7643",
        Rfc7644 = "RFC7644",
        Rfc9865 = "RFC9865",
        Rfc9944 = "RFC9944",
        Rfc9967 = "RFC9967",
    }
}

impl Rfc {
    /// The number alone.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Rfc7642 => 7642,
            Self::Rfc7643 => 7643,
            Self::Rfc7644 => 7644,
            Self::Rfc9865 => 9865,
            Self::Rfc9944 => 9944,
            Self::Rfc9967 => 9967,
        }
    }
}

impl Level {
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
    pub rfc: Rfc,
    pub section: &'static str,
    pub level: Level,
    pub actor: Actor,
    pub feature: &'static str,
    pub testable: Testable,
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
        rfc: Rfc::parse(next()?)?,
        section: next()?,
        level: Level::parse(next()?)?,
        actor: Actor::parse(next()?)?,
        feature: next()?,
        testable: Testable::parse(next()?)?,
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

    #[test]
    fn an_id_begins_with_its_document_and_section() {
        for requirement in all() {
            let begin = format!("{}-{}-", requirement.rfc.as_str(), requirement.section);
            assert!(requirement.id.starts_with(&begin), "{}", requirement.id);
            assert_eq!(requirement.rfc.as_str(), format!("RFC{}", requirement.rfc.number()));
        }
    }
}
