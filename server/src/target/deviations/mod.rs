//! Deviations: named ways in which an endpoint departs from the RFC's full reading, one record in one file each.

use std::fmt;
use std::str::FromStr;

/// The place in the flow of a request at which a deviation sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Seam {
    Connection,
    Request,
    Rules,
    Store,
    Answer,
}

/// What a deviation breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// Ids of the catalogue of requirements.
    Requirements(&'static [&'static str]),
    /// Nothing: the RFC permits it, and clients stumble over it all the same.
    Permitted(&'static str),
}

/// A value that a deviation can be given: `write.answer-lost=every:3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// What may be given, and what it means.
    pub meaning: &'static str,
    pub default: &'static str,
}

/// One deviation.
#[derive(Debug)]
pub struct Deviation {
    /// `topic.what`
    pub id: &'static str,
    pub seam: Seam,
    /// One line.
    pub summary: &'static str,
    pub breaks: Breaks,
    /// Links to where it was seen.
    pub seen: &'static [&'static str],
    pub parameter: Option<Parameter>,
}

/// Every deviation, in the order of their ids.
pub fn all() -> &'static [&'static Deviation] {
    unimplemented!()
}

/// A deviation by its id.
pub fn find(id: &str) -> Option<&'static Deviation> {
    let _ = id;
    unimplemented!()
}

/// A deviation switched on, with its parameter: `ID` or `ID=VALUE`.
#[derive(Clone, Debug)]
pub struct Activation {
    pub deviation: &'static Deviation,
    /// The value given; `None` takes the default.
    pub value: Option<String>,
}

/// A text that names no deviation, or gives it a value that it does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no deviation: {problem}")]
pub struct ActivationError {
    pub text: String,
    pub problem: String,
}

impl FromStr for Activation {
    type Err = ActivationError;

    fn from_str(text: &str) -> Result<Self, ActivationError> {
        let _ = text;
        unimplemented!()
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.deviation.id)?;
        self.value.as_ref().map_or(Ok(()), |value| write!(f, "={value}"))
    }
}
