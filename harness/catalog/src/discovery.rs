//! What an endpoint says about itself, and what a few harmless requests show where it is silent or not believed.

mod declaration;
mod document;
mod error;
mod fault;
mod foreknowledge;
mod kind;
mod listing;
mod opening;
mod operations;
mod probe;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

pub(crate) use operations::patch_of;
use scim::capability::{Capability, ResourceOperation};
use serde_json::Value;
use url::Url;
use weir_exchange::difference::at;
use weir_exchange::exchange::Exchange;
pub use weir_judge::ResourceType;
use weir_judge::{Offer, Provenance, Publication};

pub use declaration::Declarations;
pub use document::Document;
pub use error::DiscoveryError;
pub use fault::{DiscoveryFault, FaultSource, Gravity};
pub use foreknowledge::Foreknowledge;
pub use opening::{discover, discover_knowing};

use crate::deletion::Remainder;

/// What an endpoint can offer for users.
const USERS: [Capability; 5] = [
    Capability::CreateUsers,
    Capability::ReplaceUsers,
    Capability::PatchUsers,
    Capability::DeleteUsers,
    Capability::FilterUsers,
];
/// What an endpoint can offer for groups.
const GROUPS: [Capability; 5] = [
    Capability::CreateGroups,
    Capability::ReplaceGroups,
    Capability::PatchGroups,
    Capability::DeleteGroups,
    Capability::FilterGroups,
];

/// Everything that is known about an endpoint before the first check.
#[derive(Clone, Debug)]
pub struct Discovery {
    pub service_provider_config: Document,
    pub resource_types: Document,
    pub schemas: Document,
    types: Vec<ResourceType>,
    offers: BTreeMap<Capability, Offer>,
    contradictions: Vec<Contradiction>,
    faults: Vec<DiscoveryFault>,
    /// What could not be found out, with what came instead.
    unknown: BTreeMap<Capability, String>,
    remainders: Vec<Remainder>,
    may_have_created: bool,
    declared: Declarations,
    remarks: Vec<String>,
    /// Operations that the resource type at an endpoint refuses, where no capability says so.
    refused: Vec<(ResourceOperation, String)>,
    exchanges: Vec<Arc<Exchange>>,
    /// Where the schema of each URI stands, in lower case.
    schema_index: OnceLock<HashMap<String, usize>>,
}

/// A feature that is published as supported and refused when it is used.
#[derive(Clone, Debug)]
pub struct Contradiction {
    pub capability: Capability,
    /// The refusal.
    pub exchange: Arc<Exchange>,
}

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// An id that no endpoint assigns by chance: a UUID in form, so that an endpoint of UUIDs looks for it.
const NOBODY: &str = "6e6f626f-6479-4000-8000-776569720000";

impl Discovery {
    /// Whether the endpoint offers `capability`, and how that is known.
    pub fn offer(&self, capability: Capability) -> Offer {
        let assumed = Offer { capability, offered: false, provenance: Provenance::Assumed };
        self.offers.get(&capability).copied().unwrap_or(assumed)
    }

    /// Whether the endpoint offers `capability`.
    pub fn offers(&self, capability: Capability) -> bool {
        self.offer(capability).offered
    }

    /// What went wrong before the first check.
    pub fn faults(&self) -> &[DiscoveryFault] {
        &self.faults
    }

    /// What the endpoint took for a creation before the first check, and what could not be deleted again.
    pub fn remainders(&self) -> &[Remainder] {
        &self.remainders
    }

    /// Whether something may have been created before the first check that only its name can find.
    pub const fn may_have_created(&self) -> bool {
        self.may_have_created
    }

    /// Why it could not be found out whether the endpoint offers `capability`, if so.
    pub fn unknown(&self, capability: Capability) -> Option<&str> {
        self.unknown.get(&capability).map(String::as_str)
    }

    /// Whether a document of discovery is there and cannot be used, so that what needs it is kept from running.
    pub fn is_broken(&self, capability: Capability) -> bool {
        let document = match capability {
            Capability::ServiceProviderConfig => &self.service_provider_config,
            Capability::ResourceTypes => &self.resource_types,
            Capability::Schemas => &self.schemas,
            _ => return false,
        };
        document.fault.is_some() && !document.is_absent()
    }

    /// Whether the configuration says not to try `capability`.
    pub fn leaves_out(&self, capability: Capability) -> bool {
        let offer = self.offer(capability);
        !offer.offered && offer.provenance == Provenance::Configured
    }

    /// What is known of every capability, in the order of [`Capability::ALL`].
    pub fn all_offers(&self) -> Vec<Offer> {
        Capability::ALL.iter().map(|capability| self.offer(*capability)).collect()
    }

    /// What is published as supported and was refused when it was tried.
    pub fn contradictions(&self) -> &[Contradiction] {
        &self.contradictions
    }

    /// What the endpoint's own description declares.
    pub const fn declared(&self) -> &Declarations {
        &self.declared
    }

    /// Takes note of what a target's description declares.
    pub fn declare(&mut self, declared: Declarations) {
        // Nothing that is published, and no harmless request, shows that PUT or a page is not offered.
        for &capability in &declared.missing {
            if self.offers(capability) {
                self.set(capability, false, Provenance::Declared);
            }
        }
        self.declared = declared;
    }

    /// What was odd, one sentence each.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The resource types that checks go through one by one.
    pub fn resource_types(&self) -> &[ResourceType] {
        &self.types[..self.types.len().min(self.resource_types.most)]
    }

    /// Whether a resource type names the schema `uri`, as its own or as an extension, without letter case.
    pub fn is_named_by_a_type(&self, uri: &str) -> bool {
        let is_it = |own: &String| own.eq_ignore_ascii_case(uri);
        self.types.iter().any(|kind| is_it(&kind.schema) || kind.extensions.iter().any(is_it))
    }

    /// Why a check that goes through what `capability` publishes cannot look at all of it, if so.
    pub fn left_out(&self, capability: Capability) -> Option<String> {
        match capability {
            Capability::ResourceTypes => self.resource_types.left_out(),
            Capability::Schemas => self.schemas.left_out(),
            _ => None,
        }
    }

    /// The resource type at `endpoint`, such as `/Users`.
    pub fn resource_type(&self, endpoint: &str) -> Option<&ResourceType> {
        self.types.iter().find(|kind| kind.endpoint.eq_ignore_ascii_case(endpoint))
    }

    /// Whether resources of `endpoint` have to have the extension.
    pub fn requires_extension(&self, endpoint: &str, uri: &str) -> bool {
        let kind = self.resource_type(endpoint);
        kind.is_some_and(|kind| kind.required_extensions.iter().any(|own| own.eq_ignore_ascii_case(uri)))
    }

    /// Why there are no resources at `endpoint`, if no resource type stands there, published or assumed.
    pub fn lacks_type(&self, endpoint: &str) -> Option<String> {
        let is_there = self.resource_type(endpoint).is_some();
        (!is_there).then(|| format!("the endpoint publishes no resource type at {endpoint}"))
    }

    /// What discovery sent, with the answers.
    pub fn exchanges(&self) -> &[Arc<Exchange>] {
        &self.exchanges
    }

    /// What exchanges with the endpoint at `base` are judged by.
    pub fn published(&self, base: &Url) -> Publication {
        Publication::new(base, self.types.clone(), self.schemas.all_entries())
    }

    /// A published schema by its URI, without letter case.
    pub fn schema(&self, uri: &str) -> Option<&Value> {
        let index = self.schema_index.get_or_init(|| {
            let mut index = HashMap::new();
            for (place, schema) in self.schemas.known().enumerate() {
                if let Some(id) = at(schema, "id").and_then(Value::as_str) {
                    index.entry(id.to_ascii_lowercase()).or_insert(place);
                }
            }
            index
        });
        index.get(&uri.to_ascii_lowercase()).and_then(|place| self.schemas.known().nth(*place))
    }

    /// A value of the `ServiceProviderConfig` by its path.
    pub fn config(&self, path: &str) -> Option<&Value> {
        let json = self.service_provider_config.json()?;
        // Inside a list, where it does not belong, it says the same.
        let document = at(json, "Resources[0]").filter(|_| at(json, "patch").is_none()).unwrap_or(json);
        at(document, path)
    }

    fn set(&mut self, capability: Capability, offered: bool, provenance: Provenance) {
        self.offers.insert(capability, Offer { capability, offered, provenance });
    }

    fn read_documents(&mut self) {
        use Capability as C;
        for (capability, usable) in [
            (C::ServiceProviderConfig, self.service_provider_config.fault.is_none()),
            (C::ResourceTypes, self.resource_types.fault.is_none()),
            (C::Schemas, self.schemas.fault.is_none()),
        ] {
            self.set(capability, usable, Provenance::Probed);
        }
        for (capabilities, path, default) in [
            (&[C::PatchUsers, C::PatchGroups][..], "patch.supported", true),
            (&[C::FilterUsers, C::FilterGroups], "filter.supported", true),
            (&[C::Sort], "sort.supported", false),
            (&[C::Etag], "etag.supported", false),
            (&[C::Bulk], "bulk.supported", false),
            (&[C::ChangePassword], "changePassword.supported", false),
            (&[C::CursorPaging], "pagination.cursor", false),
            (&[C::IndexPaging], "pagination.index", true),
        ] {
            let published = self.config(path).and_then(Value::as_bool);
            let provenance = if published.is_some() { Provenance::Published } else { Provenance::Assumed };
            for capability in capabilities {
                self.set(*capability, published.unwrap_or(default), provenance);
            }
        }
    }

    fn read_types(&mut self) {
        use Capability as C;
        for (endpoint, always, switched) in [
            ("/Users", [C::CreateUsers, C::ReplaceUsers, C::DeleteUsers], [C::PatchUsers, C::FilterUsers]),
            ("/Groups", [C::CreateGroups, C::ReplaceGroups, C::DeleteGroups], [C::PatchGroups, C::FilterGroups]),
        ] {
            let kind = self.resource_type(endpoint);
            let (exists, provenance) = kind.map_or((false, Provenance::Published), |kind| (true, kind.provenance));
            for capability in always {
                self.set(capability, exists, provenance);
            }
            if !exists {
                for capability in switched {
                    self.set(capability, false, provenance);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
