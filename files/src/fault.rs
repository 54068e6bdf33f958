//! Where a fault stands in a TOML file that a person wrote.

use std::ops::Range;

/// A fault, and which part of the file it is about.
#[derive(Debug)]
pub struct Fault {
    /// In bytes of the text.
    pub span: Range<usize>,
    /// What is wrong and what would be right, without place.
    pub problem: String,
}

impl Fault {
    pub fn new(span: Range<usize>, problem: impl Into<String>) -> Self {
        Self { span, problem: problem.into() }
    }

    /// Where it is in `text`: the line, and the key that stands on it.
    pub fn place(&self, text: &str) -> String {
        let before = text.get(..self.span.start).unwrap_or(text);
        let number = before.matches('\n').count() + 1;
        let line = text.lines().nth(number - 1).unwrap_or_default();
        match line.split_once('=') {
            Some((key, _)) => format!("line {number}, key `{}`", key.trim()),
            None => format!("line {number}"),
        }
    }
}

impl From<toml::de::Error> for Fault {
    fn from(error: toml::de::Error) -> Self {
        Self::new(error.span().unwrap_or(0..0), error.message())
    }
}

/// A fault as an error.
pub fn fault<T>(span: Range<usize>, problem: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::new(span, problem))
}
