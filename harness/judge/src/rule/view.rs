//! One exchange as rules look at it: where it went, what came, and which resources that shows.

use std::cell::OnceCell;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use weir_exchange::Exchange;
use weir_exchange::difference::{at, member};

use super::inspection::Inspection;
use crate::publication::{Publication, ResourceType};

/// The URN of the message that lists resources (RFC 7644 section 3.4.2).
pub(crate) const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// The URN of the message that refuses (RFC 7644 section 3.12).
pub(crate) const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Where a request went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place<'p> {
    /// All resources of a type, such as `/Users`.
    Collection(&'p ResourceType),
    /// One resource; its id is decoded.
    Resource(&'p ResourceType, String),
    /// `/.search` or `/Users/.search`.
    Search,
    /// The base URL itself.
    Root,
    Me,
    Bulk,
    /// `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` and what is below.
    Discovery,
    /// A path below the base URL that names nothing which is published.
    Elsewhere,
}

impl<'p> Place<'p> {
    /// Where the URL of `exchange` leads; `None` if it is not below the base URL.
    fn of(exchange: &Exchange, published: &'p Publication) -> Option<Self> {
        let (base, url) = (published.base(), &exchange.url);
        if url.origin() != base.origin() {
            return None;
        }
        let path = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
        let path = path.trim_end_matches('/');
        if path.is_empty() {
            return Some(Self::Root);
        }
        if !path.starts_with('/') {
            return None;
        }
        let kind = published.types().iter().filter_map(|kind| Some((kind, below(path, &kind.endpoint)?)));
        if let Some((kind, rest)) = kind.max_by_key(|(kind, _)| kind.endpoint.len()) {
            return Some(match rest {
                "" => Self::Collection(kind),
                "/.search" => Self::Search,
                _ => match rest.strip_prefix('/') {
                    Some(id) if !id.is_empty() && !id.contains('/') => {
                        Self::Resource(kind, percent_decode_str(id).decode_utf8_lossy().into_owned())
                    }
                    _ => Self::Elsewhere,
                },
            });
        }
        let first = path[1..].split('/').next().unwrap_or_default();
        Some(match (first, path[1..].len() == first.len()) {
            (".search", true) => Self::Search,
            ("Me", true) => Self::Me,
            ("Bulk", true) => Self::Bulk,
            ("ServiceProviderConfig" | "ResourceTypes" | "Schemas", _) => Self::Discovery,
            _ => Self::Elsewhere,
        })
    }
}

/// What of `path` is behind `endpoint`.
fn below<'t>(path: &'t str, endpoint: &str) -> Option<&'t str> {
    let rest = path.strip_prefix(endpoint.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// One resource as an answer shows it.
#[derive(Clone, Debug)]
pub struct Representation<'v> {
    pub value: &'v Map<String, Value>,
    /// Its type, if that is known.
    pub kind: Option<&'v ResourceType>,
    /// Whether the answer holds nothing else.
    pub is_alone: bool,
    /// Whether the request asks for every attribute that is returned by default.
    pub is_whole: bool,
}

impl<'v> Representation<'v> {
    /// A member by its name without letter case, unless it has no value: absent, null and an empty array are one state
    /// (RFC 7643 section 2.5).
    pub fn get(&self, name: &str) -> Option<&'v Value> {
        member(self.value, name).filter(|value| has_value(value))
    }

    /// A member of `meta`.
    pub fn meta(&self, name: &str) -> Option<&'v Value> {
        member(self.get("meta")?.as_object()?, name).filter(|value| has_value(value))
    }

    /// The id, if it is a text.
    pub fn id(&self) -> Option<&'v str> {
        self.get("id").and_then(Value::as_str)
    }
}

/// Whether a value is more than unassigned (RFC 7643 section 2.5).
pub fn has_value(value: &Value) -> bool {
    !value.is_null() && !value.as_array().is_some_and(Vec::is_empty)
}

/// One exchange as rules look at it.
pub struct ExchangeView<'e> {
    pub exchange: &'e Arc<Exchange>,
    pub published: &'e Publication,
    pub place: Place<'e>,
    /// The answer's body, if it is JSON.
    pub body: Option<&'e Value>,
    /// The resources that the answer shows; those of discovery are not among them.
    pub representations: Vec<Representation<'e>>,
    /// Filled in once a rule asks.
    inspections: OnceCell<Vec<Option<Inspection<'e>>>>,
}

impl<'e> ExchangeView<'e> {
    /// `None` for an exchange that is not with the endpoint at the base URL.
    pub(crate) fn of(exchange: &'e Arc<Exchange>, published: &'e Publication) -> Option<Self> {
        let place = Place::of(exchange, published)?;
        let body = if exchange.response_body.is_empty() { None } else { exchange.json().ok() };
        let mut view =
            Self { exchange, published, place, body, representations: Vec::new(), inspections: OnceCell::new() };
        view.representations = view.find_representations();
        Some(view)
    }

    /// The representations, each held against its schemas; `None` for one whose schema is not published.
    pub(crate) fn inspections(&self) -> &[Option<Inspection<'e>>] {
        let inspect = |resource: &Representation<'e>| Inspection::of(self.published, resource);
        self.inspections.get_or_init(|| self.representations.iter().map(inspect).collect())
    }

    /// Whether the request has this method.
    pub fn is(&self, method: &str) -> bool {
        self.exchange.method.as_str() == method
    }

    /// Whether the answer is a `ListResponse`, by its own words or by what was asked for.
    pub fn is_list(&self) -> bool {
        self.exchange.is_success()
            && self.body.is_some_and(Value::is_object)
            && (self.asks_for_list() || self.says(LIST_RESPONSE))
    }

    /// Whether what was asked for is a list of resources.
    pub fn asks_for_list(&self) -> bool {
        match self.place {
            Place::Collection(_) => self.is("GET"),
            Place::Search => self.is("POST"),
            _ => false,
        }
    }

    /// Whether the body's `schemas` names `urn`.
    pub fn says(&self, urn: &str) -> bool {
        let schemas = self.body.and_then(|body| at(body, "schemas")).and_then(Value::as_array);
        schemas.is_some_and(|schemas| schemas.iter().any(|schema| schema.as_str() == Some(urn)))
    }

    /// Whether something in front of the endpoint is said to have another name, which may stand in URIs.
    pub fn is_forwarded(&self) -> bool {
        let headers = &self.exchange.request_headers;
        headers.keys().any(|name| name == "forwarded" || name == "host" || name.as_str().starts_with("x-forwarded"))
    }

    /// What the request's body says.
    pub fn request_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.exchange.request_body).ok()
    }

    /// A parameter of the query, by its name without letter case.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.exchange.url.query_pairs();
        pairs.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
    }

    fn is_projected(&self) -> bool {
        if self.parameter("attributes").is_some() || self.parameter("excludedAttributes").is_some() {
            return true;
        }
        self.place == Place::Search
            && self
                .request_json()
                .is_none_or(|body| at(&body, "attributes").is_some() || at(&body, "excludedAttributes").is_some())
    }

    fn find_representations(&self) -> Vec<Representation<'e>> {
        let Some(Value::Object(body)) = self.body else { return Vec::new() };
        if !self.exchange.is_success() {
            return Vec::new();
        }
        let is_whole = !self.is_projected();
        if self.is_list() {
            if matches!(self.place, Place::Discovery | Place::Elsewhere | Place::Bulk) {
                return Vec::new();
            }
            let shown = member(body, "Resources").and_then(Value::as_array).into_iter().flatten();
            return shown
                .filter_map(Value::as_object)
                .map(|value| Representation { value, kind: self.kind_of(value), is_alone: false, is_whole })
                .collect();
        }
        let shows = match self.place {
            Place::Collection(_) => self.is("POST") && self.exchange.status == 201,
            Place::Resource(..) | Place::Me => {
                matches!(self.exchange.method.as_str(), "GET" | "PUT" | "PATCH") && self.exchange.status == 200
            }
            _ => false,
        };
        // An Error under 200 is judged as such.
        if !shows || self.says(ERROR) {
            return Vec::new();
        }
        vec![Representation { value: body, kind: self.kind_of(body), is_alone: true, is_whole }]
    }

    /// By the place, or by what the resource says of itself where several types can stand.
    fn kind_of(&self, value: &Map<String, Value>) -> Option<&'e ResourceType> {
        match &self.place {
            Place::Collection(kind) | Place::Resource(kind, _) => return Some(*kind),
            _ => {}
        }
        if self.place == Place::Search
            && let Some(endpoint) = self.exchange.url.path().strip_suffix("/.search")
            && let Some(kind) = self.published.types().iter().find(|kind| {
                endpoint == format!("{}{}", self.published.base().path().trim_end_matches('/'), kind.endpoint)
            })
        {
            return Some(kind);
        }
        let named = member(value, "meta").and_then(|meta| at(meta, "resourceType")).and_then(Value::as_str);
        named.and_then(|name| self.published.type_named(name))
    }
}
