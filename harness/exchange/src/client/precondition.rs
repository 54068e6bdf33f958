//! Endpoints that take no change without `If-Match` (428, RFC 6585 section 3; RFC 7644 section 3.14 leaves it to a client to send one).

use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::Method;

use super::Client;
use crate::error::EndpointError;
use crate::exchange::Exchange;
use crate::request::Request;

/// How often a change is sent again because another one came between its version and itself.
const MOST_REPEATS: u32 = 3;

/// Whether the endpoint was seen to demand `If-Match`.
#[derive(Default)]
pub(super) struct Demand(AtomicBool);

/// A request on its way, with the version that the client gave it of its own.
pub(super) struct Conditional {
    original: Request,
    conditioned: Option<Request>,
    repeats: u32,
}

impl Conditional {
    /// The request without a version of the client's own.
    pub(super) const fn original(&self) -> &Request {
        &self.original
    }

    pub(super) fn request(&self) -> &Request {
        self.conditioned.as_ref().unwrap_or(&self.original)
    }
}

impl Client {
    /// The same client, which gives a change the current version of what it changes, once the endpoint has demanded one.
    #[must_use]
    pub fn meeting_preconditions(&self) -> Self {
        Self { meets_preconditions: true, ..self.clone() }
    }

    /// The request as it is sent to an endpoint of which that is known.
    pub(super) async fn conditional(&self, original: Request) -> Result<Conditional, EndpointError> {
        let mut conditional = Conditional { original, conditioned: None, repeats: 0 };
        if self.may_condition(&conditional.original) && self.shared.demand.0.load(Ordering::Relaxed) {
            conditional.conditioned = Some(self.with_current_version(&conditional.original).await?);
        }
        Ok(conditional)
    }

    /// Whether the request is to be sent again, because the answer demands a version, or a newer one.
    pub(super) async fn reconditions(
        &self,
        conditional: &mut Conditional,
        answer: &Exchange,
    ) -> Result<bool, EndpointError> {
        let is_asked = match answer.status {
            428 => conditional.conditioned.is_none(),
            412 => conditional.conditioned.is_some(),
            _ => false,
        };
        if !is_asked || !self.may_condition(&conditional.original) || conditional.repeats >= MOST_REPEATS {
            return Ok(false);
        }
        self.shared.demand.0.store(true, Ordering::Relaxed);
        conditional.repeats += 1;
        conditional.conditioned = Some(self.with_current_version(&conditional.original).await?);
        Ok(true)
    }

    fn may_condition(&self, request: &Request) -> bool {
        let states_one = |name: &str| {
            ["if-match", "if-none-match", "if-unmodified-since"].iter().any(|own| own.eq_ignore_ascii_case(name))
        };
        self.meets_preconditions
            && matches!(request.method, Method::PUT | Method::PATCH | Method::DELETE)
            && !request.without_credentials
            && !request.headers.iter().any(|(name, _)| states_one(name))
    }

    /// The request with the version that a GET shows; with any version where it shows none, as of what does not exist.
    async fn with_current_version(&self, request: &Request) -> Result<Request, EndpointError> {
        let mut url = self.url_of(request);
        url.set_query(None);
        // It is rarely sent, and would make every future that sends larger.
        let shown = Box::pin(self.send_at_once(&Request::absolute(Method::GET, url))).await?;
        let version = shown.header("etag").or_else(|| shown.text("meta.version")).filter(|_| shown.is_success());
        Ok(request.clone().header("If-Match", version.unwrap_or("*")))
    }
}
