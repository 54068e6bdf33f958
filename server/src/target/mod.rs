//! Targets: what the endpoint pretends to be, as data read from TOML.

use std::collections::BTreeMap;

use scim::capability::{Capabilities, Capability};
use scim::tolerance::Tolerances;

pub mod deviations;

use deviations::Activation;

/// What the endpoint pretends to be.
#[derive(Clone, Debug)]
pub struct Target {
    pub name: String,
    /// One paragraph for `weir explain`.
    pub description: String,
    /// Where applications are found: `/scim/{application}`.
    pub base_paths: Vec<String>,
    /// The URIs of the extensions of User.
    pub user_extensions: Vec<String>,
    pub tolerances: Tolerances,
    pub capabilities: Capabilities,
    /// How each capability that is off is refused, where 501 is not the answer.
    pub refusals: BTreeMap<Capability, u16>,
    /// The largest page, published as `filter.maxResults`.
    pub max_results: usize,
    pub deviations: Vec<Activation>,
}

/// Why a target file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("target {target}, {place}: {problem}")]
pub struct TargetError {
    pub target: String,
    /// Line and key.
    pub place: String,
    pub problem: String,
}

impl Target {
    /// The names of the targets that are compiled in.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ["rfc", "aquera"].into_iter()
    }

    /// A target that is compiled in.
    pub fn find(name: &str) -> Option<Self> {
        let _ = name;
        unimplemented!()
    }

    /// Reads a target file; `name` is for messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, TargetError> {
        let _ = (name, text);
        unimplemented!()
    }

    /// The RFCs' reading of everything.
    #[must_use]
    pub fn rfc() -> Self {
        unimplemented!()
    }

    /// The Aquera gateway.
    #[must_use]
    pub fn aquera() -> Self {
        unimplemented!()
    }
}
