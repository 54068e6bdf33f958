//! The names of types: one name, one meaning in a crate.

use std::collections::BTreeMap;

use crate::scan::Source;

/// Names that several types of a crate share, and participles, as (crate, name). The list can only become shorter.
pub const SHARED: &[(&str, &str)] = &[
    ("weir", "Acted"),
    ("weir", "Asked"),
    ("weir", "Broken"),
    ("weir", "Chosen"),
    ("weir", "Found"),
    ("weir", "Given"),
    ("weir", "Kept"),
    ("weir", "Place"),
    ("weir", "Progress"),
    ("weir", "Report"),
    ("weir", "ReportError"),
    ("weir", "Row"),
    ("weir", "Run"),
    ("weir", "Subject"),
    ("weir", "Told"),
    ("weir", "Wanted"),
];

/// Words that say what was done to a thing, and not what the thing is.
pub const PARTICIPLES: &[&str] = &[
    "Acted",
    "Answered",
    "Asked",
    "Broken",
    "Chosen",
    "Composed",
    "Counted",
    "Created",
    "Declared",
    "Ended",
    "Found",
    "Given",
    "Guarded",
    "Held",
    "Joined",
    "Judged",
    "Kept",
    "Left",
    "Made",
    "Noted",
    "Offered",
    "Parsed",
    "Placed",
    "Planned",
    "Prepared",
    "Published",
    "Recalled",
    "Received",
    "Refused",
    "Remembered",
    "Resolved",
    "Sent",
    "Shown",
    "Swept",
    "Taken",
    "Told",
    "Tried",
    "Wanted",
    "Written",
];

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
