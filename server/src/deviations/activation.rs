//! Deviations switched on, as configurations and command lines write them.

use std::fmt;
use std::str::FromStr;

use tokio::sync::watch;
use weir_files::name::UnknownName;

use super::{Deviation, find};
use crate::application::Setup;
use crate::clock::Clock;

/// A deviation switched on, with its parameter: `ID` or `ID=VALUE`; with the name of a resource type behind the id, as in
/// `ID[Group]`, it acts on requests about resources of that type alone.
#[derive(Clone, Debug)]
pub struct Activation {
    pub deviation: &'static Deviation,
    /// The name of the resource type that it acts on; `None` for every one.
    pub resource_type: Option<String>,
    /// The value given; `None` takes the default.
    pub value: Option<String>,
}

impl Activation {
    /// The deviation with the default of its parameter.
    #[must_use]
    pub const fn new(deviation: &'static Deviation) -> Self {
        Self { deviation, resource_type: None, value: None }
    }

    /// What it is called where it has acted: without its value.
    pub(crate) fn label(&self) -> String {
        match &self.resource_type {
            Some(resource_type) => format!("{}[{resource_type}]", self.deviation.id),
            None => self.deviation.id.to_owned(),
        }
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
    #[error(
        "{id} acts on the {seam} of the whole endpoint and cannot be limited to one resource type; leave out [{resource_type}]"
    )]
    WholeEndpoint { id: &'static str, seam: &'static str, resource_type: String },
    #[error("{text:?} has a value, but {id} takes none; leave out everything from the =")]
    NoValue { text: String, id: &'static str },
}

impl FromStr for Activation {
    type Err = ActivationError;

    fn from_str(text: &str) -> Result<Self, ActivationError> {
        let text = text.trim();
        let (id, value) = text.split_once('=').map_or((text, None), |(id, value)| (id, Some(value)));
        let (id, resource_type) = match id.strip_suffix(']').and_then(|id| id.split_once('[')) {
            Some((id, resource_type)) => (id, Some(resource_type.to_owned())),
            None => (id, None),
        };
        let deviation = find(id).ok_or_else(|| {
            let known = super::all().iter().map(|deviation| deviation.id);
            ActivationError::Unknown(UnknownName::new("deviation", id, known).listed_by("weir list deviations"))
        })?;
        let id = deviation.id;
        if let Some(resource_type) = resource_type.clone().filter(|_| !deviation.can_be_limited()) {
            return Err(ActivationError::WholeEndpoint { id, seam: deviation.seam.name(), resource_type });
        }
        match (value, deviation.parameter) {
            (Some(value), Some(parameter)) if !(parameter.accepts)(value) => {
                Err(ActivationError::Value { text: text.to_owned(), id, meaning: parameter.meaning })
            }
            (Some(_), None) => Err(ActivationError::NoValue { text: text.to_owned(), id }),
            (value, _) => Ok(Self { deviation, resource_type, value: value.map(str::to_owned) }),
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.deviation.id)?;
        if let Some(resource_type) = &self.resource_type {
            write!(f, "[{resource_type}]")?;
        }
        self.value.as_ref().map_or(Ok(()), |value| write!(f, "={value}"))
    }
}
