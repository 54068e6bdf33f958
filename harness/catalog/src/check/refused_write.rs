//! Writes that are refused whatever they say: by credentials that may only read, by an endpoint that has no such write, or by one that
//! is not available. A question about a value is answered only where such a write is taken at all.

use std::sync::Arc;

use reqwest::Method;
use scim::capability::ResourceOperation;
use serde_json::json;
use weir_exchange::exchange::Authentication;
use weir_exchange::{Credentials, Exchange, Request};

use crate::ability::{is_of_the_whole_write, plain_texts};
use crate::check::{CheckResult, Context, Resource, Stop, patch_of};
use crate::discovery::ResourceType;
use crate::node::SchemaNode;

/// Why a write of the type at `endpoint` says nothing about what it holds, where each is answered with `status`.
fn reason(method: &Method, endpoint: &str, status: u16) -> String {
    let place = if *method == Method::POST { "" } else { " below" };
    let whole = match status {
        401 | 403 => "the endpoint does not let these credentials write",
        503 => "the endpoint is not available for writes",
        _ => "the endpoint offers no such write",
    };
    format!("{whole}: {method}{place} {endpoint} is answered {status}")
}

/// Whether the answer to a request that would write is a refusal which says nothing of what the endpoint has there.
fn is_of_any_request(answer: &Exchange) -> bool {
    matches!(answer.status, 401 | 503)
        && matches!(answer.method, Method::POST | Method::PUT | Method::PATCH | Method::DELETE)
        && !answer.url.path().trim_end_matches('/').ends_with("/.search")
}

/// The check that asks whether the endpoint has a method for what exists.
fn judge_of(method: &Method) -> Option<&'static str> {
    match *method {
        Method::PUT => Some("replace.supported"),
        Method::PATCH => Some("patch.supported"),
        Method::DELETE => Some("delete.resource"),
        _ => None,
    }
}

impl Context {
    /// Whether the check asks itself which methods the endpoint has.
    fn is_about_methods(&self) -> bool {
        let id = self.check().id;
        self.check().topic() == "discovery" || ["replace.supported", "patch.supported", "delete.resource"].contains(&id)
    }

    fn is_offered(&self, kind: &ResourceType, method: &Method) -> bool {
        let operation = match *method {
            Method::PUT => ResourceOperation::Replace,
            Method::PATCH => ResourceOperation::Patch,
            Method::DELETE => ResourceOperation::Delete,
            _ => ResourceOperation::Create,
        };
        self.discovery().operation(operation, kind).0
    }

    /// Ends the check if the answer refuses a write as the endpoint refuses the plainest one: it says nothing about this one. It was
    /// seen when the run began, or a plain write of the check's own shows it.
    pub(super) async fn needs_write(&self, answer: &Arc<Exchange>) -> CheckResult {
        let is_foreign =
            answer.authentication == Authentication::None && !matches!(self.client().credentials(), Credentials::None);
        if !is_of_the_whole_write(answer.status) || is_foreign {
            return Ok(());
        }
        let Some((kind, method)) = self.write_of(answer) else { return Ok(()) };
        let status = answer.status;
        let is_known = self.abilities().refused_write(&kind.endpoint, &method) == Some(status);
        if !is_known && !self.is_refused_always(kind, &method, status).await {
            return Ok(());
        }
        if matches!(status, 405 | 501)
            && let Some(judge) = judge_of(&method)
        {
            // A check that sends what is not offered asks for the refusal.
            if self.is_about_methods() || !self.is_offered(kind, &method) {
                return Ok(());
            }
            if method == Method::PUT {
                self.needs_put(self.path_of(answer), std::slice::from_ref(answer))?;
            }
            self.needs_patch(answer)?;
            if method == Method::DELETE {
                return self.unable(format!("{}; `{judge}` judges that", reason(&method, &kind.endpoint, status)));
            }
        }
        Err(Stop::Refused { reason: reason(&method, &kind.endpoint, status), exchange: Arc::clone(answer) })
    }

    /// The resource type that a write is about, and the method by which it can be seen whether such a write is taken.
    fn write_of(&self, answer: &Exchange) -> Option<(&ResourceType, Method)> {
        let path = self.path_of(answer).trim_end_matches('/');
        let is_change = matches!(answer.method, Method::PUT | Method::PATCH | Method::DELETE);
        let collection = self.discovery().resource_types().iter().find(|kind| kind.endpoint == path);
        match (collection, self.kind_at(path)) {
            (Some(kind), _) if answer.method == Method::POST => Some((kind, Method::POST)),
            (None, Some(kind)) if is_change => Some((kind, answer.method.clone())),
            // Any other request with POST, PUT or PATCH meets the same refusal.
            (None, None) if is_of_any_request(answer) => self.kind().map(|kind| (kind, Method::POST)),
            // No resource type has such a method there, so that only credentials, or a pause, explain another answer.
            _ if matches!(answer.status, 405 | 501) || path.ends_with("/.search") => None,
            (Some(kind), _) if is_change => Some((kind, answer.method.clone())),
            (None, Some(kind)) if answer.method == Method::POST => Some((kind, Method::POST)),
            _ => None,
        }
    }

    /// Whether the plainest write of this kind is refused with the same status now.
    async fn is_refused_always(&self, kind: &ResourceType, method: &Method, status: u16) -> bool {
        let body = self.data().resource(kind);
        let body = &*self.data().with_required_parts(&kind.endpoint, &body);
        let Ok(posted) = self.client().send(Request::post(&kind.endpoint).json(body)).await else { return false };
        if *method == Method::POST {
            return posted.status == status;
        }
        // Where nothing can be created, no write can be tried on what is there.
        let Some(resource) = Resource::created_by(&posted, &kind.endpoint) else {
            return is_of_the_whole_write(posted.status);
        };
        let request = resource.request(method.clone());
        let request = match *method {
            Method::PUT => request.json(&self.sendable(&resource, resource.body())),
            Method::PATCH => {
                let path = plain_texts(self.discovery(), kind).first().map(SchemaNode::path);
                let path = path.unwrap_or_else(|| "externalId".to_owned());
                request.json(&patch_of(&json!([{"op": "replace", "path": path, "value": self.data().name()}])))
            }
            _ => request,
        };
        self.client().send(request).await.is_ok_and(|answer| answer.status == status)
    }
}
