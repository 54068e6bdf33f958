//! The words of what a user reads: string literals are searched for turns of phrase that plain English does not have.

use crate::scan::{Source, comment, literal};

/// A literal with one of the unwanted phrases.
#[derive(Debug)]
pub struct Fault {
    /// From the crate's `src` folder, with slashes.
    pub path: String,
    pub line: usize,
    pub phrase: &'static str,
    pub text: String,
}

/// The unwanted phrases of a crate's sources, its tests left out.
pub fn faults(sources: &[Source]) -> Vec<Fault> {
    sources
        .iter()
        .filter(|source| !source.path.ends_with("tests.rs") && !source.path.contains("tests/"))
        .flat_map(|source| {
            let text = source.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
            literals(text).into_iter().filter_map(|(line, text)| {
                phrase(&text).map(|phrase| Fault { path: source.path.clone(), line, phrase, text })
            })
        })
        .collect()
}

/// The first unwanted phrase of a text, as `Language` of the style guide has them.
fn phrase(text: &str) -> Option<&'static str> {
    if text.match_indices(" is no ").any(|(at, _)| !is_idiom(&text[..at], &text[at + " is no ".len()..])) {
        return Some("is no");
    }
    let words = ["told", "nobody", "Nobody", "whoever", "Whoever"];
    if let Some(word) = words.into_iter().find(|word| has_word(text, word)) {
        return Some(word);
    }
    let phrases = ["so many ", "begins so", "served its time", "served their time"];
    if let Some(phrase) = phrases.into_iter().find(|phrase| text.contains(phrase)) {
        return Some(phrase);
    }
    sentences(text).find_map(|sentence| {
        let is_question = sentence.trim_end().ends_with('?');
        ["Who ", "What "].into_iter().find(|word| sentence.starts_with(word) && !is_question)
    })
}

/// The places that a message of a check or rule does not name, and the counts that it may get wrong, with what is wrong.
pub fn vague(sources: &[Source]) -> Vec<Fault> {
    let is_message = |source: &&Source| {
        let folders = ["checks/", "check/", "rules/", "rule/"];
        folders.iter().any(|folder| source.path.starts_with(folder)) && !source.path.ends_with("tests.rs")
    };
    let faults = |source: &Source| {
        let text = source.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let found = literals(text).into_iter();
        let found = found.filter_map(|(line, text)| vague_phrase(&text).map(|phrase| (line, phrase, text)));
        found.map(|(line, phrase, text)| Fault { path: source.path.clone(), line, phrase, text }).collect::<Vec<_>>()
    };
    sources.iter().filter(is_message).flat_map(faults).collect()
}

/// A status that is not said to be that of HTTP or at a path of the body, and a number with a plural behind it.
fn vague_phrase(text: &str) -> Option<&'static str> {
    let names_a_place = text.contains("HTTP status") || text.contains(".status");
    let words = ["the status is", "not status", "another status", "no status of", "with status "];
    if !names_a_place && text.contains(' ') && words.iter().any(|words| text.contains(words)) {
        return Some("a status without its place");
    }
    let plural = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let word: String = text[at + name.len()..].chars().take_while(char::is_ascii_alphabetic).collect();
            word.len() > 3 && word.ends_with('s') && !word.ends_with("ss")
        })
    };
    ["{missing} ", "{more} ", "{number} "]
        .into_iter()
        .find(|name| plural(name))
        .map(|_| "a plural that one is given, too")
}

/// The names in backquotes that look like those of checks, rules, deviations and capabilities.
pub fn quoted_names(sources: &[Source]) -> Vec<(String, usize, String)> {
    let is_name = |word: &&str| {
        let letters = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        word.split_once('.').is_some_and(|(topic, name)| letters(topic) && letters(name)) && word.contains('-')
    };
    let mut names = Vec::new();
    for source in sources.iter().filter(|source| !source.path.ends_with("tests.rs")) {
        let text = source.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for (line, text) in literals(text) {
            let quoted = text.split('`').skip(1).step_by(2);
            names.extend(quoted.filter(is_name).map(|word| (source.path.clone(), line, word.to_owned())));
        }
    }
    names
}

/// "there is no such group", "is no longer valid", "is no more than a note".
fn is_idiom(before: &str, after: &str) -> bool {
    before.ends_with("there") || before.ends_with("There") || after.starts_with("longer ") || after.starts_with("more ")
}

/// Whether the word stands by itself: not a name such as `weir-nobody` or a placeholder in braces.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        let is_open = |next: Option<char>| next.is_none_or(|next| next.is_whitespace() || ",.;:)('".contains(next));
        is_open(before) && is_open(after)
    })
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '?', '!', '\n']).map(|sentence| sentence.trim_start_matches([' ', '\n', '"']))
}

/// The string literals of a source, each with its line; a line that is continued with a backslash is one.
fn literals(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment(rest)
        } else if let Some(length) = literal(rest) {
            found.push((line, content(&rest[..length])));
            length
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// What stands between the quotes, with continued lines joined.
fn content(literal: &str) -> String {
    let inner = literal.trim_start_matches(['b', 'c', 'r']).trim_matches('#');
    let inner = inner.get(1..inner.len().saturating_sub(1)).unwrap_or_default();
    let mut lines = inner.split("\\\n");
    let mut text = lines.next().unwrap_or_default().to_owned();
    text.extend(lines.map(str::trim_start));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwanted_phrases_are_found_and_others_are_not() {
        for (text, expected) in [
            ("{text:?} is no number", Some("is no")),
            ("there is no group {name}", None),
            ("it is no longer there", None),
            ("A client that is told 304 never hears of the change.", Some("told")),
            ("{told}; {reason}", None),
            ("the filter matches nobody", Some("nobody")),
            ("userName eq \\\"weir-nobody\\\"", None),
            ("Who leaves loses access.", Some("Who ")),
            ("A first sentence. What is returned stays.", Some("What ")),
            ("What happened?", None),
            ("Whatever is sent", None),
            ("Entries that have served their time", Some("served their time")),
        ] {
            assert_eq!(phrase(text), expected, "{text}");
        }
    }

    #[test]
    fn messages_that_name_no_place_are_found_and_others_are_not() {
        for (text, is_vague) in [
            ("the status is not a string", true),
            ("the stale operation has not status 412", true),
            ("HTTP status is {status}, expected {expected}", false),
            ("Operations[0].status of the PUT is not 200", false),
            ("of 5 members {missing} are missing", false),
            ("holds {more} resources too many", true),
            ("holds {more} {} too many", false),
        ] {
            assert_eq!(vague_phrase(text).is_some(), is_vague, "{text}");
        }
    }

    #[test]
    fn only_literals_outside_tests_are_read() {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let found = faults(&[
            source("a.rs", "// x is no y\nconst A: &str = r#\"x is no \\\n  y\"#;\nconst B: char = '\"';"),
            source("b.rs", "const A: &str = \"fine\";\n#[cfg(test)]\nmod tests { const B: &str = \"x is no y\"; }"),
            source("b/tests.rs", "const B: &str = \"x is no y\";"),
        ]);
        let found: Vec<_> = found.iter().map(|fault| (fault.path.as_str(), fault.line, fault.phrase)).collect();
        assert_eq!(found, [("a.rs", 2, "is no")]);
    }
}
