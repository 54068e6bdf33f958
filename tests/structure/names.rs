//! The names of types: one name, one meaning in a crate.

use std::collections::BTreeMap;

use crate::scan::Source;

/// Names that break the rules for a reason, as (crate, name, reason). The list can only become shorter.
pub const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("scim", "Returned", "the characteristic of an attribute that RFC 7643 section 2.2 calls so")];

/// Participles that do not end in `ed` or `ing`.
const IRREGULAR: &[&str] = &[
    "Begun",
    "Bound",
    "Broken",
    "Brought",
    "Built",
    "Chosen",
    "Done",
    "Drawn",
    "Found",
    "Given",
    "Gone",
    "Heard",
    "Held",
    "Hidden",
    "Kept",
    "Known",
    "Left",
    "Lost",
    "Made",
    "Meant",
    "Met",
    "Read",
    "Said",
    "Seen",
    "Sent",
    "Shown",
    "Sought",
    "Spent",
    "Split",
    "Spoken",
    "Sworn",
    "Swept",
    "Taken",
    "Thrown",
    "Told",
    "Understood",
    "Unknown",
    "Won",
    "Written",
];

/// Words that end as participles do, and name things.
const NOUNS: &[&str] = &[
    "Binding",
    "Feed",
    "Finding",
    "Mapping",
    "Meeting",
    "Need",
    "Nesting",
    "Recording",
    "Ring",
    "Seed",
    "Setting",
    "Speed",
    "String",
    "Warning",
];

/// Whether a name is one word that says what was done to a thing, or what it does, and not what it is.
pub fn is_bare_participle(name: &str) -> bool {
    let is_one_word = name.chars().skip(1).all(char::is_lowercase);
    let is_participle = name.ends_with("ed") || name.ends_with("ing") || IRREGULAR.contains(&name);
    is_one_word && is_participle && !NOUNS.contains(&name)
}

/// The types that a crate declares outside its tests: name and files.
pub fn types(sources: &[Source]) -> BTreeMap<String, Vec<String>> {
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.path.ends_with("tests.rs") && !source.path.contains("tests/"))
    {
        let text = source.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for name in text.lines().filter_map(declared) {
            types.entry(name.to_owned()).or_default().push(source.path.clone());
        }
    }
    types
}

/// The name of the type that a line declares at the top of its module.
fn declared(line: &str) -> Option<&str> {
    let line = match line.strip_prefix("pub(") {
        Some(rest) => rest.split_once(") ")?.1,
        None => line.strip_prefix("pub ").unwrap_or(line),
    };
    let rest = ["struct ", "enum ", "trait ", "type "].iter().find_map(|keyword| line.strip_prefix(keyword))?;
    rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read_from_lines() {
        for (line, name) in [
            ("pub struct Exchange {", Some("Exchange")),
            ("pub(in crate::checks) enum Kind<'a> {", Some("Kind")),
            ("type Answer<'a, T> = BoxFuture<'a, T>;", Some("Answer")),
            ("pub(super) trait Layer: Send {", Some("Layer")),
            ("    type Item = u8;", None),
            ("/// struct of two numbers", None),
            ("structure();", None),
        ] {
            assert_eq!(declared(line), name, "{line}");
        }
    }

    #[test]
    fn bare_participles_are_known_by_their_ending_or_from_the_list() {
        for name in ["Told", "Layered", "Waiting", "Unknown"] {
            assert!(is_bare_participle(name), "{name}");
        }
        for name in ["Finding", "Seed", "StoredResource", "UnknownName", "Request", "ReturningUser"] {
            assert!(!is_bare_participle(name), "{name}");
        }
    }

    #[test]
    fn a_type_of_two_files_is_found_and_tests_do_not_count() {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let found = types(&[
            source("a.rs", "struct Place;\n"),
            source("b/c.rs", "pub enum Place {}\n#[cfg(test)]\nmod tests {\nstruct Other;\n}\n"),
            source("b/tests.rs", "struct Place;\n"),
        ]);
        assert_eq!(found["Place"], ["a.rs", "b/c.rs"]);
        assert_eq!(found.len(), 1);
    }
}
