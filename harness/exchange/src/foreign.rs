//! What an endpoint shows in answer to a creation although it is somebody else's: nothing is written to it, and nothing of it is
//! deleted.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use reqwest::Method;
use url::Url;

use super::created::{place_of, shows_another};
use super::error::{EndpointError, EndpointErrorKind};
use super::exchange::Exchange;

/// The paths of resources that are not the run's own.
#[derive(Default)]
pub(super) struct ForeignResources(Mutex<HashSet<String>>);

impl ForeignResources {
    /// Takes note of what the answer to a POST shows, if it is somebody else's. Whether it is, now or from an earlier answer.
    pub(super) fn note(&self, exchange: &Exchange) -> bool {
        if exchange.method != Method::POST || !exchange.is_success() {
            return false;
        }
        let is_another = shows_another(exchange);
        let Some(path) = shown_path(exchange) else { return is_another };
        if is_another {
            self.paths().insert(path);
            return true;
        }
        self.paths().contains(&path)
    }

    /// Whether the answer to a POST shows what is on the list.
    pub(super) fn holds(&self, exchange: &Exchange) -> bool {
        exchange.method == Method::POST && shown_path(exchange).is_some_and(|path| self.paths().contains(&path))
    }

    fn paths(&self) -> MutexGuard<'_, HashSet<String>> {
        // Each change is one call, so a panic elsewhere leaves the set whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what reading showed to be the run's own off the list.
    pub(super) fn forget(&self, url: &Url) {
        self.paths().remove(url.path());
    }

    /// Refuses a change or a deletion of what is somebody else's.
    pub(super) fn guard(&self, method: &Method, url: &Url) -> Result<(), EndpointError> {
        if matches!(*method, Method::PUT | Method::PATCH | Method::DELETE) && self.paths().contains(url.path()) {
            let sentence = "nothing was sent: a creation was answered with this resource, which may be somebody's";
            return Err(EndpointError::new(EndpointErrorKind::Foreign, method, url, sentence));
        }
        Ok(())
    }
}

/// The path of the resource that the answer to a POST shows.
fn shown_path(exchange: &Exchange) -> Option<String> {
    let id = exchange.text("id").filter(|_| exchange.is_success())?;
    Some(place_of(&exchange.url, exchange.url.path().trim_end_matches('/'), id).path().to_owned())
}
