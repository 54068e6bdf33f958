//! A fault in a file that a person wrote or another product exported: where it stands, what is wrong, what to do.

use std::fmt;
use std::ops::Range;

use super::name::UnknownName;

/// Which part of a file a fault is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    Whole,
    /// Bytes of the text; [`FileFault::within`] makes lines of them.
    Bytes(Range<usize>),
    /// A line, counted from 1, and the key that stands there if there is one.
    Line(u64, Option<String>),
    /// The path of a setting, or the number of an entry.
    Path(String),
}

impl Place {
    /// The line and the key at an offset of `text`. An array may go over several lines: its key is the last that was begun.
    #[must_use]
    pub fn at(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let number = before.matches('\n').count();
        let line = text.lines().nth(number).unwrap_or_default();
        let earlier = before.lines().rev().skip(usize::from(!before.ends_with('\n')));
        let key = std::iter::once(line)
            .chain(earlier)
            .take_while(|line| !line.trim_start().starts_with('['))
            .find_map(key_of)
            .map(str::to_owned);
        Self::Line(number as u64 + 1, key)
    }
}

/// The key of a line `key = value`. In `"write.answer-lost=3",` the equals sign stands in a text.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let is_whole = |quote| key.matches(quote).count().is_multiple_of(2);
    let is_key = !key.is_empty() && !key.starts_with('#') && is_whole('"') && is_whole('\'') && !key.contains('{');
    is_key.then(|| key.trim_matches(['"', '\'']))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("the file"),
            Self::Bytes(bytes) => write!(f, "byte {}", bytes.start),
            Self::Line(line, None) => write!(f, "line {line}"),
            Self::Line(line, Some(key)) => write!(f, "line {line}, key `{key}`"),
            Self::Path(path) => f.write_str(path),
        }
    }
}

impl From<Range<usize>> for Place {
    fn from(bytes: Range<usize>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<String> for Place {
    fn from(path: String) -> Self {
        if path.is_empty() { Self::Whole } else { Self::Path(path) }
    }
}

impl From<&str> for Place {
    fn from(path: &str) -> Self {
        path.to_owned().into()
    }
}

/// A fault in a file. As a sentence: ``weir.toml, line 3, key `url`: there is no scheme; write https://example.com``.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    /// Empty until [`Self::within`] names it.
    pub file: String,
    pub place: Place,
    pub problem: String,
    /// The remedy; empty where the problem names it.
    pub remedy: String,
}

impl FileFault {
    /// A fault of a file that is named later.
    pub fn new(place: impl Into<Place>, problem: impl Into<String>) -> Self {
        Self { file: String::new(), place: place.into(), problem: problem.into(), remedy: String::new() }
    }

    /// A fault of `file` as a whole.
    pub fn whole(file: impl fmt::Display, problem: impl Into<String>) -> Self {
        Self::new(Place::Whole, problem).of(file)
    }

    /// A name in the file that is not known.
    pub fn unknown(place: impl Into<Place>, name: &UnknownName) -> Self {
        Self::new(place, name.problem()).with_remedy(name.remedy())
    }

    /// The same with what to do.
    #[must_use]
    pub fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: remedy.into(), ..self }
    }

    /// The same with the name of the file.
    #[must_use]
    pub fn of(self, file: impl fmt::Display) -> Self {
        Self { file: file.to_string(), ..self }
    }

    /// The same with the name of the file, and with a line in place of bytes of its `text`.
    #[must_use]
    pub fn within(self, file: impl fmt::Display, text: &str) -> Self {
        let place = match self.place {
            Place::Bytes(bytes) => Place::at(text, bytes.start),
            place => place,
        };
        Self { file: file.to_string(), place, ..self }
    }

    /// A fault of a part of the file, whose path begins with `prefix`.
    #[must_use]
    pub fn below(self, prefix: &str) -> Self {
        let place = match self.place {
            Place::Path(path) => Place::Path(format!("{prefix}.{path}")),
            _ => Place::Path(prefix.to_owned()),
        };
        Self { place, ..self }
    }
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.as_str(), &self.place) {
            ("", Place::Whole) => {}
            ("", place) => write!(f, "{place}: ")?,
            (file, Place::Whole) => write!(f, "{file}: ")?,
            (file, place) => write!(f, "{file}, {place}: ")?,
        }
        f.write_str(&self.problem)?;
        if self.remedy.is_empty() { Ok(()) } else { write!(f, "; {}", self.remedy) }
    }
}

impl std::error::Error for FileFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_a_sentence_with_file_place_problem_and_remedy() {
        let fault = FileFault::new("mappings[1]", "the target is missing").with_remedy("give it").of("rule.json");
        assert_eq!(fault.to_string(), "rule.json, mappings[1]: the target is missing; give it");
        assert_eq!(FileFault::whole("a.har", "it is empty").to_string(), "a.har: it is empty");
    }

    #[test]
    fn bytes_become_a_line_and_the_key_that_was_begun_last() {
        let text = "url = 7\n[checks]\nskip = [\n  \"a=b\",\n  'x',\n]\n\"name.givenName\" = 1\n";
        for (word, place) in [
            ("7", "line 1, key `url`"),
            ("[checks]", "line 2"),
            ("\"a=b\"", "line 4, key `skip`"),
            ("'x'", "line 5, key `skip`"),
            ("1\n", "line 7, key `name.givenName`"),
        ] {
            let at = text.find(word).unwrap();
            let fault = FileFault::new(at..at + 1, "").within("f", text);
            assert_eq!(fault.place.to_string(), place, "{word}");
        }
    }
}
