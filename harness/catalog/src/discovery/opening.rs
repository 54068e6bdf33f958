//! The opening of a run: every request of it may fail in every way, and the run goes on with what works, unless no request at all is
//! answered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::Value;
use url::Url;
use weir_exchange::client::Client;
use weir_exchange::difference::at;
use weir_exchange::error::{EndpointError, EndpointErrorKind};
use weir_exchange::exchange::Exchange;
use weir_exchange::request::Request;
use weir_exchange::{Bounds, CreatedResources, CredentialRefusal, Observer, parsed_size, scim_root};
use weir_files::count::counted;

use super::declaration::Declarations;
use super::document::Document;
use super::error::DiscoveryError;
use super::fault::{DiscoveryFault, FaultSource, Gravity};
use super::foreknowledge::Foreknowledge;
use super::kind::{ReadTypes, read_types};
use super::{Discovery, GROUP, ResourceType, USER, listing};
use crate::deletion;

/// Schemas that are asked for alone because the list leaves them out.
const MOST_ALONE: usize = 20;

/// Reads the three discovery documents and probes what they do not settle. Nothing is created or changed: the probes
/// are reads, searches, and a PATCH of an id that cannot exist.
pub async fn discover(client: &Client) -> Result<Discovery, DiscoveryError> {
    discover_knowing(client, &Foreknowledge::default()).await
}

/// As [`discover`], where what is known is neither asked nor tried.
pub async fn discover_knowing(client: &Client, known: &Foreknowledge) -> Result<Discovery, DiscoveryError> {
    let created = CreatedResources::default();
    let seen = SeenExchanges::default();
    let client = &client.observed_by(keeping(&seen));
    let mut discovery = Box::pin(open(&client.noting(&created), known)).await;
    // No request of the opening creates anything; an endpoint that takes one for a creation gets rid of it again.
    let remainders = deletion::delete_all(&created, client).await;
    if let Ok(discovery) = &mut discovery {
        discovery.remainders = remainders;
        discovery.may_have_created = created.is_uncertain();
        discovery.exchanges = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    }
    discovery
}

/// What the opening sends, with the answers.
type SeenExchanges = Arc<Mutex<Vec<Arc<Exchange>>>>;

/// Keeps what the opening sees, so that rules can judge it once they know what is published.
fn keeping(seen: &SeenExchanges) -> Observer {
    let seen = Arc::clone(seen);
    Observer::new(move |exchange| seen.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(exchange)))
}

async fn open(client: &Client, known: &Foreknowledge) -> Result<Discovery, DiscoveryError> {
    let bounds = client.bounds();
    let First { documents: [service_provider_config, resource_types, mut schemas], users } =
        Box::pin(ask(client)).await?;
    let documents = [&service_provider_config, &resource_types, &schemas];
    refused_credentials(client, &users, &documents)?;
    for document in documents {
        document.is_short_enough(bounds.nested())?;
    }
    is_scim(client, &users, &documents, bounds).await?;
    let mut faults: Vec<_> =
        DOCUMENTS.iter().zip(documents).filter_map(|(asked, document)| asked.fault(document)).collect();
    let ReadTypes { mut types, guesses } = read_types(&resource_types, &schemas, client.base_url());
    let mut remarks: Vec<_> = faults.iter().map(|fault| fault.message.clone()).collect();
    remarks.extend([&resource_types, &schemas].into_iter().filter_map(Document::left_out));
    remarks.extend(guesses);
    remarks.extend(unnamed_extensions(&types, &schemas));
    let seen = Box::pin(listing::look(client, &mut types, &resource_types, users)).await;
    remarks.extend(seen.guesses);
    faults.extend(seen.faults);
    if !schemas.is_absent() {
        let missing = missing_schemas(&types, &schemas);
        let alone = Box::pin(schemas_alone(client, missing)).await;
        if !alone.is_empty() {
            let schemas = counted(
                alone.len() as u64,
                "schema that is found under its URI",
                "schemas that are found under their URIs",
            );
            remarks.push(format!("/Schemas leaves out {schemas}"));
        }
        schemas.add(alone);
    }
    let mut discovery = Discovery {
        types,
        service_provider_config,
        resource_types,
        schemas,
        offers: BTreeMap::new(),
        contradictions: Vec::new(),
        faults,
        unknown: BTreeMap::new(),
        remainders: Vec::new(),
        may_have_created: false,
        declared: Declarations::default(),
        remarks,
        refused: Vec::new(),
        exchanges: Vec::new(),
        schema_index: OnceLock::new(),
    };
    discovery.read_documents();
    discovery.read_types();
    discovery.take(known)?;
    discovery.probe(client, known.prefix.as_deref().unwrap_or("weir")).await;
    if let Err(error) = discovery.probe_operations(client).await {
        discovery.faults.push(unanswered(FaultSource::Probe, &error));
    }
    Ok(discovery)
}

/// A document as it is asked for.
struct AskedDocument {
    path: &'static str,
    source: FaultSource,
    /// What a run does without it.
    without: &'static str,
    /// What it breaks if it cannot be read.
    requirements: &'static [&'static str],
}

const DOCUMENTS: [AskedDocument; 3] = [
    AskedDocument {
        path: "/ServiceProviderConfig",
        source: FaultSource::ServiceProviderConfig,
        without: "capabilities are probed or assumed",
        requirements: &["RFC7644-4-02"],
    },
    AskedDocument {
        path: "/ResourceTypes",
        source: FaultSource::ResourceTypes,
        without: "/Users and /Groups are assumed",
        requirements: &["RFC7644-4-06"],
    },
    AskedDocument {
        path: "/Schemas",
        source: FaultSource::Schemas,
        without: "the attributes of RFC 7643 are assumed",
        requirements: &["RFC7644-4-03"],
    },
];

impl AskedDocument {
    /// What is wrong with the document as a whole.
    fn fault(&self, document: &Document) -> Option<DiscoveryFault> {
        let (path, exchange) = (self.path, &document.exchange);
        let (gravity, requirements) = match (document.is_absent(), &document.fault) {
            (true, Some(_)) => (Gravity::Remarkable, self.requirements),
            (_, Some(_)) => (Gravity::Wrong, self.requirements),
            (_, None) => (Gravity::Wrong, &["RFC7644-3.8-01"][..]),
        };
        let message = match (&document.fault, exchange.encoding_fault()) {
            (Some(fault), _) => format!("{path} cannot be used ({fault}); {}", self.without),
            (None, Some(fault)) => format!("{path} is read in spite of its encoding: {fault}"),
            (None, None) => return None,
        };
        let observed = if document.is_answered() { exchange.status.to_string() } else { "no usable answer".to_owned() };
        let exchange = document.is_answered().then(|| Arc::clone(exchange));
        Some(DiscoveryFault {
            source: self.source,
            gravity,
            message,
            observed,
            exchange,
            capability: None,
            requirements,
        })
    }
}

/// The first four answers.
struct First {
    documents: [Document; 3],
    users: Result<Arc<Exchange>, EndpointError>,
}

/// Asks for the documents and for one user. An error if no request is answered.
async fn ask(client: &Client) -> Result<First, DiscoveryError> {
    let bounds = client.bounds();
    let get = |place: usize| client.send(Request::get(DOCUMENTS[place].path));
    // Alone and first, so that an endpoint that is not there gets one request.
    let config = get(0).await;
    if let Err(error) = &config
        && ends_the_opening(error)
    {
        return Err(error.clone().into());
    }
    // Boxed, because every caller would carry three requests under way otherwise.
    let (types, schemas, users) = tokio::join!(
        Box::pin(get(1)),
        Box::pin(get(2)),
        Box::pin(client.send(Request::get("/Users").query("count", "1")))
    );
    let documents = [config, types, schemas];
    if let Some(Err(error)) = documents.iter().find(|answer| answer.is_err())
        && (users.is_err() && documents.iter().all(Result::is_err) || error.kind == EndpointErrorKind::Budget)
    {
        return Err(error.clone().into());
    }
    fit_together(documents.iter().flatten(), bounds)?;
    let mut paths = DOCUMENTS.iter();
    let documents = documents.map(|answer| {
        // As many as there are answers.
        let path = paths.next().map_or("", |asked| asked.path);
        match answer {
            Ok(exchange) => Document::new(exchange, bounds),
            Err(error) => Document::unanswered(client.url_of(&Request::get(path)), &error, bounds),
        }
    });
    Ok(First { documents, users })
}

/// Whether an error of the first request says that no other needs to be tried.
fn ends_the_opening(error: &EndpointError) -> bool {
    use EndpointErrorKind as Kind;
    error.is_unreachable() || matches!(error.kind, Kind::BadRequest | Kind::OtherOrigin | Kind::Budget)
}

fn refused_credentials(
    client: &Client,
    users: &Result<Arc<Exchange>, EndpointError>,
    documents: &[&Document; 3],
) -> Result<(), DiscoveryError> {
    let has_no_types = documents[1].json().is_none();
    let is_refused = |answer: &Exchange| answer.status == 401 || (answer.status == 403 && has_no_types);
    // Where the list of users does not answer, the documents say whether anybody is let in.
    let deciding = users
        .as_ref()
        .ok()
        .or_else(|| documents.iter().all(|document| document.json().is_none()).then_some(&documents[1].exchange));
    let Some(answer) = deciding.filter(|answer| is_refused(answer)) else { return Ok(()) };
    let refusal = CredentialRefusal::new(client, answer);
    Err(DiscoveryError::Credentials { url: answer.url.to_string(), status: answer.status, refusal })
}

/// An error if nothing that came is of a SCIM endpoint.
async fn is_scim(
    client: &Client,
    users: &Result<Arc<Exchange>, EndpointError>,
    documents: &[&Document; 3],
    bounds: Bounds,
) -> Result<(), DiscoveryError> {
    if documents.iter().any(|document| document.json().is_some()) {
        return Ok(());
    }
    let users = match users {
        Ok(users) => users,
        // An answer that is too large is one of somebody.
        Err(error) if error.kind == EndpointErrorKind::TooLarge => return Ok(()),
        Err(error) => return Err(error.clone().into()),
    };
    let Some(fault) = Document::new(Arc::clone(users), bounds).fault else { return Ok(()) };
    if listing::behind_a_slash(users).is_some() {
        return Ok(());
    }
    let url = client.base_url().to_string();
    let redirect = std::iter::once(users)
        .chain(documents.iter().map(|document| &document.exchange))
        .find_map(|answer| answer.redirect());
    let root = match redirect {
        Some(redirect) => scim_root::behind(&redirect),
        None => Box::pin(scim_root::find(client)).await,
    };
    Err(DiscoveryError::NotScim { url, fault, root: root.map(Box::new) })
}

/// An error if the documents, which a run keeps to its end, are more than one answer may be.
fn fit_together<'d>(documents: impl Iterator<Item = &'d Arc<Exchange>>, bounds: Bounds) -> Result<(), DiscoveryError> {
    const MIB: usize = 1024 * 1024;
    let (mut size, mut last): (usize, Option<&Url>) = (0, None);
    for exchange in documents {
        size += parsed_size(&exchange.response_body);
        last = Some(&exchange.url);
    }
    if size <= bounds.parsed() {
        return Ok(());
    }
    let url = last.map(Url::to_string).unwrap_or_default();
    Err(DiscoveryError::TooMuch { url, found: size / MIB, most: bounds.parsed() / MIB })
}

/// A sentence about extensions that are published and named by no resource type, so that no check sends or expects them.
fn unnamed_extensions(types: &[ResourceType], schemas: &Document) -> Option<String> {
    let is_named = |uri: &str| types.iter().any(|kind| kind.extensions.iter().any(|own| own.eq_ignore_ascii_case(uri)));
    let ids = schemas.entries().iter().filter_map(|schema| at(schema, "id").and_then(Value::as_str));
    let unnamed: Vec<&str> =
        ids.filter(|uri| uri.to_ascii_lowercase().contains(":extension:") && !is_named(uri)).collect();
    (!unnamed.is_empty()).then(|| {
        format!(
            "no resource type names {}, though /Schemas has it, so it is neither sent nor expected; \
             `discovery.unnamed-extensions` tries it",
            unnamed.join(", ")
        )
    })
}

/// The schemas that resource types name and the list leaves out.
fn missing_schemas(types: &[ResourceType], schemas: &Document) -> Vec<String> {
    let is_listed = |uri: &str| {
        let is_it =
            |schema: &Value| at(schema, "id").and_then(Value::as_str).is_some_and(|id| id.eq_ignore_ascii_case(uri));
        schemas.all_entries().iter().any(is_it)
    };
    let named = types.iter().flat_map(|kind| std::iter::once(&kind.schema).chain(&kind.extensions));
    let mut missing: Vec<String> = named.filter(|uri| !is_listed(uri)).cloned().collect();
    missing.sort_unstable();
    missing.dedup();
    missing.truncate(MOST_ALONE);
    missing
}

/// Those of the schemas that are found under their URI.
async fn schemas_alone(client: &Client, uris: Vec<String>) -> Vec<Value> {
    let mut found = Vec::new();
    for uri in uris {
        if let Ok(answer) = client.send(Request::get("/Schemas").segment(&uri)).await
            && answer.status == 200
            && let Ok(schema) = answer.json()
            && at(schema, "id").and_then(Value::as_str).is_some_and(|id| id.eq_ignore_ascii_case(&uri))
        {
            found.push(schema.clone());
        }
    }
    found
}

/// A request of the opening that got no usable answer, where others did.
pub(super) fn unanswered(source: FaultSource, error: &EndpointError) -> DiscoveryFault {
    DiscoveryFault {
        source,
        // A bound of the run says nothing about the endpoint.
        gravity: if error.is_of_a_bound() { Gravity::Remarkable } else { Gravity::Wrong },
        message: format!("{error}; other requests were answered, so look at the log of the server for an exception"),
        observed: "no usable answer".to_owned(),
        exchange: None,
        capability: None,
        requirements: NO_ANSWER,
    }
}

/// What a request breaks that gets no answer.
const NO_ANSWER: &[&str] = &["RFC7644-3.8-13"];

/// What an answer breaks that is neither what was asked for nor a refusal of it.
pub(super) const NO_LIST: &[&str] = &["RFC7644-3.4.2-04", "RFC7644-3.12-12"];
/// What a list breaks that is found at another URL only.
pub(super) const ELSEWHERE: &[&str] = &["RFC7644-3.2-05"];

/// The requirements that ask clients to follow a redirect.
pub(super) const FOLLOWED: &[&str] = &["RFC7644-3.12-07", "RFC7644-3.12-08"];

/// Whether the schema is one that RFC 7643 defines for a type of its own.
pub(super) fn is_core(uri: &str) -> bool {
    [USER, GROUP].iter().any(|core| core.eq_ignore_ascii_case(uri))
}
