//! What an endpoint says about itself, and what a few harmless requests show where it is silent or not believed.

mod probe;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use scim::capability::{Capabilities, Capability};
use scim::tolerance::Tolerance;
use serde_json::Value;
use url::Url;
use weir_exchange::client::Client;
use weir_exchange::difference::at;
use weir_exchange::error::{EndpointError, EndpointErrorKind};
use weir_exchange::exchange::Exchange;
use weir_exchange::request::Request;
use weir_exchange::scim_root;
use weir_exchange::{Bounds, CredentialRefusal, parsed_size};
use weir_files::name::UnknownName;
use weir_judge::{Offer, Provenance};

use crate::ability::Abilities;
use crate::definition::{flag, list};

/// A discovery document as it came.
#[derive(Clone, Debug)]
pub struct Document {
    pub exchange: Arc<Exchange>,
    /// Why it cannot be used: a status other than 200, or a body that is no JSON.
    pub fault: Option<String>,
    /// How many entries are looked at.
    most: usize,
}

impl Document {
    fn new(exchange: Arc<Exchange>, bounds: Bounds) -> Self {
        let fault = if exchange.status == 200 {
            exchange.json().err().map(str::to_owned)
        } else {
            Some(format!("the status is {}", exchange.status))
        };
        Self { exchange, fault, most: bounds.entries }
    }

    /// An error if a list within an entry is longer than `most`: checks compare such lists with themselves.
    fn is_short_enough(&self, most: usize) -> Result<(), DiscoveryError> {
        let entries = self.all_entries();
        let whole = if entries.is_empty() { self.json().map(std::slice::from_ref) } else { Some(entries) };
        let found = whole.unwrap_or_default().iter().map(longest_list).max().unwrap_or(0);
        if found <= most {
            return Ok(());
        }
        Err(DiscoveryError::TooLong { url: self.exchange.url.to_string(), found, most })
    }

    /// The JSON, if the document can be used.
    pub fn json(&self) -> Option<&Value> {
        if self.fault.is_some() { None } else { self.exchange.json().ok() }
    }

    /// The entries of a list answer that checks look at one by one.
    pub fn entries(&self) -> &[Value] {
        let all = self.all_entries();
        &all[..all.len().min(self.most)]
    }

    /// Why checks do not look at every entry, if so.
    pub fn left_out(&self) -> Option<String> {
        let (all, most) = (self.all_entries().len(), self.most);
        (all > most).then(|| {
            let path = self.exchange.url.path();
            format!(
                "{path} lists {all} entries, and a run looks at the first {most}; raise --check-entries if the endpoint is that large"
            )
        })
    }

    /// Every entry of a list answer; a bare array is read too.
    pub fn all_entries(&self) -> &[Value] {
        let json = self.json();
        json.and_then(|json| at(json, "Resources")).or(json).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// A resource type as the endpoint publishes it, or as RFC 7643 section 8.6 has it where the endpoint is silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceType {
    pub name: String,
    /// With a leading slash, such as `/Users`.
    pub endpoint: String,
    pub schema: String,
    pub extensions: Vec<String>,
    /// Those of the extensions without which a resource is refused (RFC 7643 section 6).
    pub required_extensions: Vec<String>,
    pub provenance: Provenance,
}

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
    declared: Declarations,
    remarks: Vec<String>,
    abilities: Abilities,
    /// Where the schema of each URI stands, in lower case.
    schema_index: OnceLock<HashMap<String, usize>>,
}

/// What the description of a target says of it, whatever its discovery publishes. Known of targets of our own only; what is
/// declared is reported as declared, not as a finding.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    /// What is not offered.
    pub missing: Capabilities,
    pub tolerances: Vec<Tolerance>,
    /// The deviations that it has by itself, with the requirements that they break.
    pub deviations: Vec<(&'static str, &'static [&'static str])>,
    /// Checks, by what their ids begin with, that find what the target means to be, and what that is.
    pub findings: Vec<(Vec<String>, String)>,
}

impl Declarations {
    /// The tolerance or the deviation with which an endpoint cannot but break `requirement`.
    pub fn breaking(&self, requirement: &str) -> Option<&'static str> {
        let tolerance = self.tolerances.iter().find(|tolerance| tolerance.breaks().contains(&requirement));
        let deviation = || self.deviations.iter().find(|(_, breaks)| breaks.contains(&requirement));
        tolerance.map(|tolerance| tolerance.id()).or_else(|| deviation().map(|(id, _)| *id))
    }

    /// What the target does, so that `check` cannot but find something.
    pub fn because(&self, check: &str) -> Option<&str> {
        let names = |prefixes: &[String]| prefixes.iter().any(|prefix| check.starts_with(prefix.as_str()));
        self.findings.iter().find(|(prefixes, _)| names(prefixes)).map(|(_, because)| because.as_str())
    }

    /// Whether the target departs from the RFCs on purpose.
    pub fn departs(&self) -> bool {
        !self.deviations.is_empty() || !self.findings.is_empty()
    }
}

/// A feature that is published as supported and refused when it is used.
#[derive(Clone, Debug)]
pub struct Contradiction {
    pub capability: Capability,
    /// The refusal.
    pub exchange: Arc<Exchange>,
}

/// Why an endpoint cannot be tested at all.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    #[error("{url} answered {status}: {refusal}")]
    Credentials { url: String, status: u16, refusal: CredentialRefusal },
    #[error("{url} is not a SCIM endpoint: {fault}; {}", advice(.root.as_deref()))]
    NotScim {
        url: String,
        fault: String,
        /// What answers like SCIM at the same origin.
        root: Option<Box<Url>>,
    },
    /// A name in a configuration that the endpoint does not publish.
    #[error("{key}: {name}")]
    Unpublished { key: String, name: UnknownName },
    #[error(
        "{url}: an entry has a list of {found} entries, more than {most}; raise --check-entries if the endpoint is that large"
    )]
    TooLong { url: String, found: usize, most: usize },
    #[error(
        "{url}: the documents of discovery take {found} MiB once they are parsed, more than {most} MiB; raise --largest-answer if \
         the endpoint is that large"
    )]
    TooMuch { url: String, found: usize, most: usize },
}

/// What to do about a URL that is not a SCIM root.
fn advice(root: Option<&Url>) -> String {
    match root {
        Some(root) => format!("did you mean {root}?"),
        None => "give the base URL, below which /Users is found".to_owned(),
    }
}

/// What a person knows about an endpoint better than by asking it.
#[derive(Clone, Debug, Default)]
pub struct Foreknowledge {
    /// Offered, whatever discovery says.
    pub assume: Vec<Capability>,
    /// Not to be tried.
    pub skip: Vec<Capability>,
    /// The names of the resource types that are tested; all if absent.
    pub resource_types: Option<Vec<String>>,
}

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// An id that no endpoint assigns by chance: a UUID in form, so that an endpoint of UUIDs looks for it.
const NOBODY: &str = "6e6f626f-6479-4000-8000-776569720000";

/// Reads the three discovery documents and probes what they do not settle. Nothing is created or changed: the probes
/// are reads, searches, and a PATCH of an id that cannot exist.
pub async fn discover(client: &Client) -> Result<Discovery, DiscoveryError> {
    discover_knowing(client, &Foreknowledge::default()).await
}

/// As [`discover`], where what is known is neither asked nor tried.
pub async fn discover_knowing(client: &Client, known: &Foreknowledge) -> Result<Discovery, DiscoveryError> {
    let get = |path: &'static str| async move { client.send(Request::get(path)).await };
    // Alone and first, so that an endpoint that is not there gets one request.
    let bounds = client.bounds();
    let service_provider_config = get("/ServiceProviderConfig").await?;
    // Boxed, because every caller would carry three requests under way otherwise.
    let (resource_types, schemas, users) = tokio::try_join!(
        Box::pin(get("/ResourceTypes")),
        Box::pin(get("/Schemas")),
        Box::pin(within_bounds(client.send(Request::get("/Users").query("count", "1"))))
    )?;
    fit_together(&[&service_provider_config, &resource_types, &schemas], bounds)?;
    let [service_provider_config, resource_types, schemas] =
        [service_provider_config, resource_types, schemas].map(|exchange| Document::new(exchange, bounds));
    if let Some(users) = &users
        && (users.status == 401 || (users.status == 403 && resource_types.json().is_none()))
    {
        let refusal = CredentialRefusal::new(client, users);
        return Err(DiscoveryError::Credentials { url: users.url.to_string(), status: users.status, refusal });
    }
    let documents = [&service_provider_config, &resource_types, &schemas];
    for document in documents {
        document.is_short_enough(bounds.nested())?;
    }
    if documents.iter().all(|document| document.json().is_none())
        && let Some(users) = users
        && let fault @ Some(_) = Document::new(users, bounds).fault
    {
        let url = client.base_url().to_string();
        let root = Box::pin(scim_root::find(client)).await.map(Box::new);
        return Err(DiscoveryError::NotScim { url, fault: fault.unwrap_or_default(), root });
    }
    let mut discovery = Discovery {
        types: read_types(&resource_types),
        service_provider_config,
        resource_types,
        schemas,
        offers: BTreeMap::new(),
        contradictions: Vec::new(),
        declared: Declarations::default(),
        remarks: Vec::new(),
        abilities: Abilities::default(),
        schema_index: OnceLock::new(),
    };
    discovery.remark_on_documents();
    discovery.read_documents();
    discovery.read_types();
    discovery.take(known)?;
    discovery.probe(client).await?;
    let has_filter = |endpoint: &str| match endpoint {
        "/Groups" => discovery.offers(Capability::FilterGroups),
        _ => discovery.offers(Capability::FilterUsers),
    };
    discovery.abilities = Abilities::learn(client, has_filter).await?;
    Ok(discovery)
}

/// An error if the documents, which a run keeps to its end, are more than one answer may be.
fn fit_together(documents: &[&Arc<Exchange>], bounds: Bounds) -> Result<(), DiscoveryError> {
    const MIB: usize = 1024 * 1024;
    let size: usize = documents.iter().map(|exchange| parsed_size(&exchange.response_body)).sum();
    if size <= bounds.parsed() {
        return Ok(());
    }
    let url = documents.last().map(|exchange| exchange.url.to_string()).unwrap_or_default();
    Err(DiscoveryError::TooMuch { url, found: size / MIB, most: bounds.parsed() / MIB })
}

/// `None` for an answer that is larger than a run reads: the run goes on without it.
async fn within_bounds(
    answer: impl Future<Output = Result<Arc<Exchange>, EndpointError>>,
) -> Result<Option<Arc<Exchange>>, EndpointError> {
    match answer.await {
        Err(error) if error.kind == EndpointErrorKind::TooLarge => Ok(None),
        answer => answer.map(Some),
    }
}

/// The length of the longest list within `value`.
fn longest_list(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(longest_list).fold(items.len(), usize::max),
        Value::Object(members) => members.values().map(longest_list).max().unwrap_or(0),
        _ => 0,
    }
}

fn read_types(document: &Document) -> Vec<ResourceType> {
    let text = |value: &Value, path: &str| at(value, path).and_then(Value::as_str).map(str::to_owned);
    let mut types: Vec<_> = document
        .all_entries()
        .iter()
        .filter_map(|entry| {
            let endpoint = text(entry, "endpoint")?;
            let extensions = list(entry, "schemaExtensions");
            Some(ResourceType {
                name: text(entry, "name")?,
                endpoint: format!("/{}", endpoint.trim_start_matches('/')),
                schema: text(entry, "schema")?,
                extensions: extensions.iter().filter_map(|extension| text(extension, "schema")).collect(),
                required_extensions: extensions
                    .iter()
                    .filter(|extension| flag(extension, "required"))
                    .filter_map(|extension| text(extension, "schema"))
                    .collect(),
                provenance: Provenance::Published,
            })
        })
        .collect();
    if document.json().is_none() {
        let assumed = |name: &str, endpoint: &str, schema: &str| ResourceType {
            name: name.into(),
            endpoint: endpoint.into(),
            schema: schema.into(),
            extensions: Vec::new(),
            required_extensions: Vec::new(),
            provenance: Provenance::Assumed,
        };
        types = vec![assumed("User", "/Users", USER), assumed("Group", "/Groups", GROUP)];
    }
    types
}

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

    /// Takes what a person knows better.
    fn take(&mut self, known: &Foreknowledge) -> Result<(), DiscoveryError> {
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

    /// What the endpoint was seen to do.
    pub const fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    /// Why there are no resources at `endpoint`, if no resource type stands there, published or assumed.
    pub fn lacks_type(&self, endpoint: &str) -> Option<String> {
        let is_there = self.resource_type(endpoint).is_some();
        (!is_there).then(|| format!("the endpoint publishes no resource type at {endpoint}"))
    }

    /// A published schema by its URI, without letter case.
    pub fn schema(&self, uri: &str) -> Option<&Value> {
        let entries = self.schemas.all_entries();
        let index = self.schema_index.get_or_init(|| {
            let mut index = HashMap::new();
            for (place, schema) in entries.iter().enumerate() {
                if let Some(id) = at(schema, "id").and_then(Value::as_str) {
                    index.entry(id.to_ascii_lowercase()).or_insert(place);
                }
            }
            index
        });
        index.get(&uri.to_ascii_lowercase()).and_then(|place| entries.get(*place))
    }

    /// A value of the `ServiceProviderConfig` by its path.
    pub fn config(&self, path: &str) -> Option<&Value> {
        self.service_provider_config.json().and_then(|json| at(json, path))
    }

    fn remark_on_documents(&mut self) {
        let documents = [
            ("ServiceProviderConfig", &self.service_provider_config, "capabilities are probed or assumed"),
            ("ResourceTypes", &self.resource_types, "/Users and /Groups are assumed"),
            ("Schemas", &self.schemas, "the attributes of RFC 7643 are assumed"),
        ];
        self.remarks = documents
            .into_iter()
            .filter_map(|(name, document, then)| {
                document.fault.as_ref().map(|fault| format!("/{name} cannot be used ({fault}); {then}"))
            })
            .collect();
        let lists = [&self.resource_types, &self.schemas];
        self.remarks.extend(lists.into_iter().filter_map(Document::left_out));
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
