//! What an endpoint shows in answer to a creation although it is somebody else's: nothing is written to it, and nothing of it is
//! deleted.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

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
        let Some(id) = exchange.text("id") else { return false };
        let path = place_of(&exchange.url, exchange.url.path().trim_end_matches('/'), id).path().to_owned();
        // Each change is one insertion, so a panic elsewhere leaves the set whole.
        let mut paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shows_another(exchange) {
            paths.insert(path);
            return true;
        }
        paths.contains(&path)
    }

    /// Takes what reading showed to be the run's own off the list.
    pub(super) fn forget(&self, url: &Url) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(url.path());
    }

    /// Refuses a change or a deletion of what is somebody else's.
    pub(super) fn guard(&self, method: &Method, url: &Url) -> Result<(), EndpointError> {
        let is_foreign = || self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(url.path());
        if matches!(*method, Method::PUT | Method::PATCH | Method::DELETE) && is_foreign() {
            let sentence = "nothing was sent: a creation was answered with this resource, which may be somebody's";
            return Err(EndpointError::new(EndpointErrorKind::Foreign, method, url, sentence));
        }
        Ok(())
    }
}
