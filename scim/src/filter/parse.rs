//! STUB
use super::Filter;
use crate::tolerance::Tolerances;

/// Budgets charged while parsing.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Nesting of brackets and `not`.
    pub depth: usize,
    /// Comparisons and presence tests.
    pub terms: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 32, terms: 256 }
    }
}

/// A filter that could not be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at offset {offset}: expected {expected}")]
pub struct FilterSyntaxError {
    pub offset: usize,
    pub expected: String,
}

/// Parses a whole filter.
///
/// # Errors
/// Offset and expectation.
pub fn parse(text: &str, limits: Limits, tolerances: &Tolerances) -> Result<Filter, FilterSyntaxError> {
    let _ = (text, limits, tolerances);
    unimplemented!()
}

/// Parses a filter at the start of `text` that ends before an unmatched `]` (the inside of a value path) and returns the rest,
/// beginning with the bracket.
///
/// # Errors
/// Offset and expectation.
pub fn parse_in_brackets<'a>(
    text: &'a str,
    limits: Limits,
    tolerances: &Tolerances,
) -> Result<(Filter, &'a str), FilterSyntaxError> {
    let _ = (text, limits, tolerances);
    unimplemented!()
}
