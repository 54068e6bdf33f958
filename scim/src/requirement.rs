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

    const fn force(self) -> Force {
        match self {
            _ if self.is_absolute() => Force::Absolute,
            _ if self.is_recommendation() => Force::Recommendation,
            _ => Force::Permission,
        }
    }
}

/// How strongly a requirement binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Force {
    /// There is no exception: MUST, SHALL, REQUIRED, and what follows from one of them.
    Absolute,
    /// There may be reasons against it: SHOULD, RECOMMENDED, what follows from one of them, and what follows from a sentence
    /// without keyword.
    Recommendation,
    /// Either is right: MAY, OPTIONAL, what follows from one of them, and what follows from no sentence.
    Permission,
}

/// What an implied requirement follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A sentence with a keyword that is a requirement of the catalogue itself; its id.
    Requirement(&'static str),
    /// A sentence that is no requirement of the catalogue.
    Sentence {
        /// Document and section, such as `RFC7232-3.1`.
        place: &'static str,
        /// Its keyword; `None` for a sentence without one.
        level: Option<Level>,
    },
    /// No sentence: a reading of our own of what the text leaves open.
    Nothing,
}

/// As the column `follows_from` has it.
impl std::fmt::Display for Basis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Requirement(id) => f.write_str(id),
            Self::Sentence { place, level } => write!(f, "{place} {}", level.map_or("none", Level::as_str)),
            Self::Nothing => f.write_str("nothing"),
        }
    }
}

impl Basis {
    /// As the column `follows_from` has it: the id of a requirement, a section with the keyword or `none` behind it, or `nothing`.
    fn parse(text: &'static str) -> Option<Self> {
        match text.split_once(' ') {
            None if text == "nothing" => Some(Self::Nothing),
            None => Some(Self::Requirement(text)),
            Some((place, "none")) => Some(Self::Sentence { place, level: None }),
            Some((place, keyword)) => Some(Self::Sentence { place, level: Some(Level::parse(keyword)?) }),
        }
    }

    /// The document and section in which the sentence stands; `None` if there is no sentence.
    #[must_use]
    pub fn place(self) -> Option<&'static str> {
        match self {
            Self::Requirement(id) => Some(id.rsplit_once('-').map_or(id, |(place, _)| place)),
            Self::Sentence { place, .. } => Some(place),
            Self::Nothing => None,
        }
    }

    /// The keyword of the sentence; `None` if it has none, or if there is no sentence.
    #[must_use]
    pub fn level(self) -> Option<Level> {
        match self {
            Self::Requirement(id) => find(id).map(|requirement| requirement.level),
            Self::Sentence { level, .. } => level,
            Self::Nothing => None,
        }
    }

    fn force(self) -> Force {
        match self {
            Self::Nothing => Force::Permission,
            _ => self.level().map_or(Force::Recommendation, Level::force),
        }
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
    /// The sentence from which an implied requirement follows; `None` for one that has a keyword itself.
    pub basis: Option<Basis>,
    pub actor: Actor,
    pub feature: &'static str,
    pub testable: Testable,
    pub summary: &'static str,
    /// How a check can show it.
    pub check: &'static str,
}

impl Requirement {
    /// How strongly it binds: by its own keyword, or by that of the sentence from which it follows.
    #[must_use]
    pub fn force(&self) -> Force {
        self.basis.map_or_else(|| self.level.force(), Basis::force)
    }
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
        basis: match next()? {
            "" => None,
            text => Some(Basis::parse(text)?),
        },
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

    /// Documents to which the RFCs of SCIM refer and whose sentences bind with them, by section.
    const ELSEWHERE: [&str; 6] = ["RFC2119-5", "RFC6902-4.3", "RFC7231-4.1", "RFC7232-3.1", "RFC7232-3.2", "RFC7232-6"];

    #[test]
    fn an_implied_requirement_names_the_sentence_from_which_it_follows() {
        let sections: std::collections::BTreeSet<String> =
            all().iter().map(|row| format!("{}-{}", row.rfc.as_str(), row.section)).collect();
        for requirement in all() {
            assert_eq!(requirement.basis.is_some(), requirement.level == Level::Implied, "{}", requirement.id);
            match requirement.basis {
                None | Some(Basis::Nothing) => {}
                Some(Basis::Requirement(id)) => {
                    let named =
                        find(id).unwrap_or_else(|| panic!("{} follows from {id}, which is unknown", requirement.id));
                    assert_ne!(
                        named.level,
                        Level::Implied,
                        "{} follows from {id}, which has no keyword",
                        requirement.id
                    );
                }
                Some(Basis::Sentence { place, level }) => {
                    assert_ne!(level, Some(Level::Implied), "{}", requirement.id);
                    let known = sections.contains(place) || (level.is_some() && ELSEWHERE.contains(&place));
                    assert!(known, "{} follows from a sentence of {place}, which is unknown", requirement.id);
                }
            }
        }
    }

    #[test]
    fn the_sentence_decides_how_strongly_an_implied_requirement_binds() {
        for (id, place, level, force) in [
            ("RFC7644-3.4.2.2-40", Some("RFC7644-3.4.2.2"), Some(Level::Shall), Force::Absolute),
            ("RFC7644-3.5.1-19", Some("RFC7232-3.1"), Some(Level::MustNot), Force::Absolute),
            ("RFC7644-3.3-13", Some("RFC7644-3.12"), Some(Level::Should), Force::Recommendation),
            ("RFC7644-3.5.1-15", Some("RFC7644-3.5.1"), None, Force::Recommendation),
            ("RFC7643-8.7.1-03", Some("RFC7643-8.7.1"), Some(Level::May), Force::Permission),
            ("RFC7644-3.8-10", None, None, Force::Permission),
        ] {
            let requirement = find(id).unwrap();
            let basis = requirement.basis.unwrap();
            assert_eq!(Basis::parse(Box::leak(basis.to_string().into_boxed_str())), Some(basis));
            assert_eq!((basis.place(), basis.level(), requirement.force()), (place, level, force), "{id}");
        }
        assert_eq!(find("RFC7644-3.3-07").unwrap().force(), Force::Absolute);
        assert_eq!(find("RFC7644-3.3-08").unwrap().force(), Force::Recommendation);
        assert_eq!(find("RFC7644-3.3-03").unwrap().force(), Force::Permission);
    }
}
