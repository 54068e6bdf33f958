//! What a run has created, so that it can be deleted whatever happens: a check that fails, panics, or is interrupted.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::credentials::Access;
use super::error::{EndpointError, EndpointErrorKind};
use super::exchange::Exchange;
use crate::difference::at;
use crate::link;

/// Bytes of an answer whose JSON is kept when it has been looked at.
const MOST_KEPT: usize = 256 * 1024;

/// Bytes of an id; a longer one cannot stand in a URL.
const LONGEST_ID: usize = 2048;
/// What everything that the harness invents begins with.
const OWN: &str = "weir-";

/// Something that a request created.
#[derive(Clone)]
pub struct CreatedResource {
    /// Where it is to be found, the likeliest place first. More than one for a request that was not meant to create anything.
    places: Vec<Url>,
    access: Arc<Access>,
}

impl CreatedResource {
    /// Where it is to be found, the likeliest place first; there is at least one.
    pub fn places(&self) -> &[Url] {
        &self.places
    }

    /// What the client that created it authenticates itself with.
    pub fn access(&self) -> Arc<Access> {
        Arc::clone(&self.access)
    }
}

#[derive(Default)]
struct CreationList {
    resources: Vec<CreatedResource>,
    uncertain: bool,
}

/// The resources that clients created while noting here ([`Client::noting`](super::Client::noting)). Clones share the list.
#[derive(Clone, Default)]
pub struct CreatedResources(Arc<Mutex<CreationList>>);

impl CreatedResources {
    fn lock(&self) -> std::sync::MutexGuard<'_, CreationList> {
        // Each change is one push or one assignment, so a panic elsewhere leaves the list whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what a request created, whatever it was meant to do: every write but a DELETE that is answered with 2xx and an
    /// id or a `Location` of something that is not on the list. What a request created that was meant to do something else must
    /// be known as this run's own: by the status 201, or by a name of the harness in it.
    pub(super) fn note(&self, exchange: &Exchange, access: &Arc<Access>) {
        let reads = matches!(exchange.method, Method::GET | Method::HEAD | Method::OPTIONS | Method::DELETE);
        if !exchange.is_success() || reads {
            return;
        }
        // The JSON of a long answer would stay in memory with the exchange.
        let long = (exchange.response_body.len() > MOST_KEPT).then(|| exchange.unparsed());
        let exchange = long.as_ref().unwrap_or(exchange);
        let path = exchange.url.path().trim_end_matches('/');
        if path.ends_with("/Bulk") && exchange.method == Method::POST && exchange.at("Operations").is_some() {
            self.note_job(exchange, access);
            return;
        }
        let intent = Intent::of(&exchange.method, path);
        let named = exchange.text("id").map(str::to_owned).or_else(|| {
            // The ids within a whole body, such as those of a list, are not what the request created.
            exchange.json().is_err().then(|| id_in_broken(&exchange.response_body)).flatten()
        });
        let id = named.filter(|id| id.len() <= LONGEST_ID);
        let location = exchange.header("location").and_then(|location| exchange.url.join(location).ok());
        match intent {
            Intent::Creation => self.note_creation(exchange, path, id, location, access),
            // An alias (RFC 7644 section 3.11) shows the subject's own resource, which is not this run's: only what is new is.
            Intent::Alias if exchange.method != Method::POST => {}
            Intent::Alias => {
                if exchange.status == 201 || is_own(exchange) {
                    self.add(location.into_iter().collect(), exchange, access);
                }
            }
            Intent::Change | Intent::Other => {
                if id.is_none() && (location.is_none() || exchange.status != 201) {
                    return;
                }
                let mut places = Vec::new();
                places.extend(location);
                places.extend(exchange.text("meta.location").and_then(|location| exchange.url.join(location).ok()));
                if let Some(id) = &id {
                    let below = path.strip_suffix("/.search").unwrap_or(path);
                    let above = below.rsplit_once('/').map_or("", |(above, _)| above);
                    let order = if intent == Intent::Change { [above, below] } else { [below, above] };
                    places.extend(order.map(|collection| place_of(&exchange.url, collection, id)));
                }
                if self.knows(&places) || !(exchange.status == 201 || is_own(exchange)) {
                    return;
                }
                self.add(places, exchange, access);
            }
        }
    }

    /// A POST to a collection.
    fn note_creation(
        &self,
        exchange: &Exchange,
        collection: &str,
        id: Option<String>,
        location: Option<Url>,
        access: &Arc<Access>,
    ) {
        let is_below = |place: &Url| place.path().len() > collection.len();
        let mut places: Vec<Url> = match id {
            Some(id) => vec![place_of(&exchange.url, collection, &id)],
            None => location.iter().filter(|place| is_below(place)).cloned().collect(),
        };
        // What is created elsewhere than in the collection that was asked, by an endpoint that takes any POST for a creation.
        let shown = exchange.text("meta.location").and_then(|location| exchange.url.join(location).ok());
        let last = |place: &Url| place.path().rsplit('/').next().map(str::to_owned);
        let of_the_same = |place: &Url| places.first().is_some_and(|first| last(first) == last(place));
        let elsewhere: Vec<Url> = location.into_iter().chain(shown).filter(of_the_same).collect();
        places.extend(elsewhere);
        self.add(places, exchange, access);
    }

    /// Adds something to the list; without a place at the endpoint's origin it can only be found by its name.
    fn add(&self, mut places: Vec<Url>, exchange: &Exchange, access: &Arc<Access>) {
        places.retain(|place| place.origin() == exchange.url.origin());
        let mut seen = Vec::new();
        places.retain(|place| {
            !seen.contains(place) && {
                seen.push(place.clone());
                true
            }
        });
        let mut list = self.lock();
        if places.is_empty() {
            list.uncertain = true;
        } else {
            list.resources.push(CreatedResource { places, access: Arc::clone(access) });
        }
    }

    /// Whether one of the places is on the list.
    fn knows(&self, places: &[Url]) -> bool {
        let list = self.lock();
        let known =
            |place: &Url| list.resources.iter().any(|own| own.places.iter().any(|own| own.path() == place.path()));
        places.iter().any(known)
    }

    /// Takes note of what a bulk job created: the location of each POST that succeeded.
    fn note_job(&self, exchange: &Exchange, access: &Arc<Access>) {
        let base =
            exchange.url.as_str().trim_end_matches('/').strip_suffix("/Bulk").and_then(|base| base.parse::<Url>().ok());
        // An answer with more results than there were operations names what this run did not create.
        let sent = serde_json::from_slice(&exchange.request_body).ok();
        let operations = sent.as_ref().and_then(|job| at(job, "Operations")).and_then(Value::as_array);
        let collections = || operations.into_iter().flatten().filter_map(|own| at(own, "path").and_then(Value::as_str));
        let sent = operations.map_or(0, Vec::len);
        let results = exchange.at("Operations").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        self.lock().uncertain |= results.len() > sent;
        for result in results.iter().take(sent) {
            let text = |name: &str| result.get(name).and_then(Value::as_str);
            let failed = text("status").is_some_and(|status| status.starts_with(['4', '5']));
            if failed || matches!(text("method"), Some("PUT" | "PATCH" | "DELETE")) {
                continue;
            }
            let place = text("location").and_then(|location| exchange.url.join(location).ok());
            // Behind a proxy it has another host.
            let below = |place: &Url| link::place(base.as_ref()?, place, collections());
            let place = place.map(|place| below(&place).unwrap_or(place));
            self.add(place.into_iter().collect(), exchange, access);
        }
    }

    /// A creation without an answer may have happened all the same.
    pub(super) fn note_failure(&self, error: &EndpointError) {
        use EndpointErrorKind as Kind;
        if error.method == Method::POST
            && !matches!(
                error.kind,
                Kind::Refused
                    | Kind::Dns
                    | Kind::Tls
                    | Kind::BadRequest
                    | Kind::Budget
                    | Kind::Throttled
                    | Kind::OtherOrigin
                    | Kind::Foreign
            )
        {
            self.lock().uncertain = true;
        }
    }

    /// Takes note that a request was abandoned in the middle.
    pub fn note_interruption(&self) {
        self.lock().uncertain = true;
    }

    /// Whether something may exist that is not on the list.
    pub fn is_uncertain(&self) -> bool {
        self.lock().uncertain
    }

    /// How many resources are on the list.
    pub fn len(&self) -> usize {
        self.lock().resources.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The newest on the list, the newest first: at most this many, and none of another collection than the first. They stay there
    /// until they are forgotten, so that they are known when their deletion is abandoned.
    pub fn newest(&self, most: usize) -> Vec<CreatedResource> {
        let list = self.lock();
        let collection = |own: &CreatedResource| own.places.first().map(collection_of);
        let Some(first) = list.resources.last().map(collection) else { return Vec::new() };
        let alike = list.resources.iter().rev().take(most.max(1)).take_while(|own| collection(own) == first);
        alike.cloned().collect()
    }

    /// Takes as many of the newest off the list.
    pub fn forget_newest(&self, count: usize) {
        let resources = &mut self.lock().resources;
        let rest = resources.len().saturating_sub(count);
        resources.truncate(rest);
    }

    /// Takes the resources off the list, the newest first.
    pub fn take(&self) -> impl Iterator<Item = CreatedResource> + use<> {
        std::mem::take(&mut self.lock().resources).into_iter().rev()
    }
}

/// The path of a place without its last segment.
fn collection_of(place: &Url) -> String {
    place.path().trim_end_matches('/').rsplit_once('/').map_or("", |(collection, _)| collection).to_owned()
}

/// What a write was meant to do, as its method and path say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    /// To create: a POST to a collection.
    Creation,
    /// To change one resource: a PUT or a PATCH.
    Change,
    /// To do either to the subject's own resource, `/Me`.
    Alias,
    /// Anything else: a search, a job, a POST to one resource, a method that SCIM does not have.
    Other,
}

impl Intent {
    fn of(method: &Method, path: &str) -> Self {
        let last = path.rsplit('/').next().unwrap_or_default();
        // A collection has the name of a resource type; an id, and what SCIM puts beside collections, has not.
        let is_collection = last.chars().all(|character| character.is_ascii_alphabetic());
        match *method {
            _ if last == "Me" => Self::Alias,
            Method::PUT | Method::PATCH => Self::Change,
            Method::POST if is_collection && last != "Bulk" => Self::Creation,
            _ => Self::Other,
        }
    }
}

/// Whether the answer holds a name that the harness gave, or everything that was sent.
fn is_own(exchange: &Exchange) -> bool {
    let sent = serde_json::from_slice::<Value>(&exchange.request_body).ok();
    let sent = sent.as_ref().and_then(Value::as_object).filter(|sent| !sent.is_empty());
    let comes_back = |(name, value): (&String, &Value)| exchange.at(name) == Some(value);
    exchange.response_body.windows(OWN.len()).any(|part| part == OWN.as_bytes())
        || sent.is_some_and(|sent| sent.iter().all(comes_back))
}

/// Whether the answer to a POST shows a resource that was not asked for: it has a name, and nothing by which the one that was sent is
/// told apart. An endpoint that answers a creation with somebody who was there before would have that account changed and deleted.
pub(super) fn shows_another(exchange: &Exchange) -> bool {
    const NAMES: [&str; 3] = ["userName", "displayName", "externalId"];
    let Ok(sent) = serde_json::from_slice::<Value>(&exchange.request_body) else { return false };
    let Ok(shown) = exchange.json() else { return false };
    let text = |whole: &Value, name: &str| at(whole, name).and_then(Value::as_str).map(str::to_lowercase);
    let names: Vec<String> =
        NAMES.iter().filter_map(|name| text(&sent, name)).filter(|name| !name.is_empty()).collect();
    // Letters beyond ASCII have several spellings.
    if !exchange.is_success() || names.is_empty() || names.iter().any(|name| !name.is_ascii()) {
        return false;
    }
    let is_named = ["userName", "displayName"].iter().any(|name| text(shown, name).is_some());
    is_named && !holds_text(shown, &|text| text.contains(OWN) || names.iter().any(|name| text.contains(name.as_str())))
}

/// Whether one of the texts in a value, in small letters, is such a one.
fn holds_text(value: &Value, is_such: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_such(&text.to_lowercase()),
        Value::Array(items) => items.iter().any(|item| holds_text(item, is_such)),
        Value::Object(members) => members.values().any(|member| holds_text(member, is_such)),
        _ => false,
    }
}

/// The id in a body that is not quite JSON, as one with half a surrogate pair is: what was created is to be deleted all the
/// same.
fn id_in_broken(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.trim_start().starts_with('{'))?;
    let rest = text.split_once("\"id\"")?.1.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let id = rest.split_once('"')?.0;
    (!id.is_empty() && !id.contains('\\')).then(|| id.to_owned())
}

/// Where the resource with `id` of `collection` lives, on the origin of `url`.
pub(super) fn place_of(url: &Url, collection: &str, id: &str) -> Url {
    let mut place = url.clone();
    place.set_query(None);
    place.set_fragment(None);
    let path = format!("{collection}/{}", super::request::escaped_segment(id));
    place.set_path(&path);
    place
}
