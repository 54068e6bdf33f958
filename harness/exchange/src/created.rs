//! What a run has created, so that it can be deleted whatever happens: a check that fails, panics, or is interrupted.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::credentials::Access;
use super::error::{EndpointError, EndpointErrorKind};
use super::exchange::Exchange;
use crate::difference::at;

/// Bytes of an id; a longer one cannot stand in a URL.
const LONGEST_ID: usize = 2048;

#[derive(Default)]
struct CreationList {
    resources: Vec<(Url, Arc<Access>)>,
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

    /// Takes note of a successful creation: a POST to a collection that was answered with 2xx and an id or a Location,
    /// or a PUT of something that is not on the list, which an endpoint may take for a creation.
    pub(super) fn note(&self, exchange: &Exchange, access: &Arc<Access>) {
        let path = exchange.url.path().trim_end_matches('/');
        if !exchange.is_success() || path.ends_with("/.search") {
            return;
        }
        if path.ends_with("/Bulk") {
            if exchange.method == Method::POST {
                self.note_job(exchange, access);
            }
            return;
        }
        let collection = match exchange.method {
            Method::POST => path,
            Method::PUT if !self.lock().resources.iter().any(|(known, _)| known.path() == path) => {
                path.rsplit_once('/').map_or("", |(collection, _)| collection)
            }
            _ => return,
        };
        // /Me is an alias (RFC 7644 section 3.11), below which nothing lies; Location says where the resource is.
        let is_alias = path.ends_with("/Me");
        if is_alias && exchange.method == Method::PUT {
            return;
        }
        let read = exchange.json().ok().and_then(|json| at(json, "id")).and_then(Value::as_str).map(str::to_owned);
        let id =
            read.or_else(|| id_in_broken(&exchange.response_body)).filter(|id| !is_alias && id.len() <= LONGEST_ID);
        let place = match id {
            Some(id) => Some(place_of(&exchange.url, collection, &id)),
            None => exchange.header("location").and_then(|location| exchange.url.join(location).ok()),
        };
        match place.filter(|place| {
            place.origin() == exchange.url.origin() && (is_alias || place.path().len() > collection.len())
        }) {
            Some(place) => self.lock().resources.push((place, Arc::clone(access))),
            // Something may exist now that cannot be addressed; it can only be found by its name.
            None => self.lock().uncertain = true,
        }
    }

    /// Takes note of what a bulk job created: the location of each POST that succeeded.
    fn note_job(&self, exchange: &Exchange, access: &Arc<Access>) {
        // An answer with more results than there were operations names what this run did not create.
        let sent = serde_json::from_slice(&exchange.request_body).ok();
        let sent = sent.as_ref().and_then(|job| at(job, "Operations")).and_then(Value::as_array).map_or(0, Vec::len);
        let results = exchange.at("Operations").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        self.lock().uncertain |= results.len() > sent;
        for result in results.iter().take(sent) {
            let text = |name: &str| result.get(name).and_then(Value::as_str);
            let failed = text("status").is_some_and(|status| status.starts_with(['4', '5']));
            if failed || matches!(text("method"), Some("PUT" | "PATCH" | "DELETE")) {
                continue;
            }
            let place = text("location").and_then(|location| exchange.url.join(location).ok());
            match place.filter(|place| place.origin() == exchange.url.origin()) {
                Some(place) => self.lock().resources.push((place, Arc::clone(access))),
                None => self.lock().uncertain = true,
            }
        }
    }

    /// A creation without an answer may have happened all the same.
    pub(super) fn note_failure(&self, error: &EndpointError) {
        use EndpointErrorKind as Kind;
        if error.method == Method::POST
            && !matches!(
                error.kind,
                Kind::Refused | Kind::Dns | Kind::Tls | Kind::BadRequest | Kind::Budget | Kind::OtherOrigin
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

    /// The newest on the list, with what the client that created it authenticates itself with. It stays there until it is
    /// forgotten, so that it is known when its deletion is abandoned.
    pub fn newest(&self) -> Option<(Url, Arc<Access>)> {
        self.lock().resources.last().cloned()
    }

    /// Takes the newest off the list.
    pub fn forget_newest(&self) {
        self.lock().resources.pop();
    }

    /// Takes the resources off the list, the newest first, each with what the client that created it authenticates itself with.
    pub fn take(&self) -> impl Iterator<Item = (Url, Arc<Access>)> + use<> {
        std::mem::take(&mut self.lock().resources).into_iter().rev()
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
fn place_of(url: &Url, collection: &str, id: &str) -> Url {
    let mut place = url.clone();
    place.set_query(None);
    place.set_fragment(None);
    let path = format!("{collection}/{}", super::request::escaped_segment(id));
    place.set_path(&path);
    place
}
