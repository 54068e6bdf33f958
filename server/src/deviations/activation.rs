//! Deviations switched on, as configurations and command lines write them.

use std::fmt;
use std::str::FromStr;

use tokio::sync::watch;
use weir_files::name::UnknownName;

use super::{Deviation, find};
use crate::application::Setup;
use crate::clock::Clock;

/// A deviation switched on, with its parameter: `ID` or `ID=VALUE`.
#[derive(Clone, Debug)]
pub struct Activation {
    pub deviation: &'static Deviation,
    /// The value given; `None` takes the default.
    pub value: Option<String>,
}

impl Activation {
    /// The deviation with the default of its parameter.
    #[must_use]
    pub const fn new(deviation: &'static Deviation) -> Self {
        Self { deviation, value: None }
    }

    pub(crate) fn setup<'a>(
        &'a self,
        clock: &'a Clock,
        seed: u64,
        under_way: Option<&'a watch::Receiver<usize>>,
    ) -> Setup<'a> {
        let default = self.deviation.parameter.map_or("", |parameter| parameter.default);
        Setup { clock, seed, under_way, value: self.value.as_deref().unwrap_or(default) }
    }
}

/// A text that names no deviation, or gives it a value that it does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActivationError {
    #[error(transparent)]
    Unknown(UnknownName),
    #[error("{text:?} has a value that {id} does not take: it takes {meaning}")]
    Value { text: String, id: &'static str, meaning: &'static str },
    #[error("{text:?} has a value, but {id} takes none; leave out everything from the =")]
    NoValue { text: String, id: &'static str },
}

impl FromStr for Activation {
    type Err = ActivationError;

    fn from_str(text: &str) -> Result<Self, ActivationError> {
        let text = text.trim();
        let (id, value) = text.split_once('=').map_or((text, None), |(id, value)| (id, Some(value)));
        let deviation = find(id).ok_or_else(|| {
            let known = super::all().iter().map(|deviation| deviation.id);
            ActivationError::Unknown(UnknownName::new("deviation", id, known).listed_by("weir list deviations"))
        })?;
        let id = deviation.id;
        match (value, deviation.parameter) {
            (Some(value), Some(parameter)) if !(parameter.accepts)(value) => {
                Err(ActivationError::Value { text: text.to_owned(), id, meaning: parameter.meaning })
            }
            (Some(_), None) => Err(ActivationError::NoValue { text: text.to_owned(), id }),
            (value, _) => Ok(Self { deviation, value: value.map(str::to_owned) }),
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.deviation.id)?;
        self.value.as_ref().map_or(Ok(()), |value| write!(f, "={value}"))
    }
}
