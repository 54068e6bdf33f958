//! What a person knows of an endpoint better than by asking it.

use scim::capability::Capability;
use weir_files::name::UnknownName;
use weir_judge::Provenance;

use super::error::DiscoveryError;
use super::{Discovery, GROUPS, USERS};

/// What a person knows about an endpoint better than by asking it.
#[derive(Clone, Debug, Default)]
pub struct Foreknowledge {
    /// Offered, whatever discovery says.
    pub assume: Vec<Capability>,
    /// Not to be tried.
    pub skip: Vec<Capability>,
    /// The names of the resource types that are tested; all if absent.
    pub resource_types: Option<Vec<String>>,
    /// What the names of the run begin with.
    pub prefix: Option<String>,
}

impl Discovery {
    /// Takes what a person knows better.
    pub(super) fn take(&mut self, known: &Foreknowledge) -> Result<(), DiscoveryError> {
        for (capabilities, offered) in [(&known.assume, true), (&known.skip, false)] {
            for capability in capabilities {
                self.set(*capability, offered, Provenance::Configured);
            }
        }
        let Some(names) = &known.resource_types else { return Ok(()) };
        if let Some(unknown) = names.iter().find(|name| !self.types.iter().any(|kind| kind.name == **name)) {
            let known = self.resource_types().iter().map(|kind| kind.name.as_str());
            let name = UnknownName::new("resource type", unknown, known);
            return Err(DiscoveryError::Unpublished { key: "`resource_types`".to_owned(), name });
        }
        let (tested, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.types).into_iter().partition(|kind| names.contains(&kind.name));
        self.types = tested;
        for kind in left {
            let gone: &[Capability] = match kind.endpoint.as_str() {
                "/Users" => &USERS,
                "/Groups" => &GROUPS,
                _ => &[],
            };
            for capability in gone {
                self.set(*capability, false, Provenance::Configured);
            }
        }
        Ok(())
    }
}
