//! What the endpoint offers for each resource type.

use reqwest::Method;
use scim::capability::ResourceOperation;
use serde_json::{Value, json};
use weir_exchange::{Client, EndpointError, Request};
use weir_judge::Provenance;

use super::{Discovery, NOBODY, ResourceType};

/// The most resource types that checks are run on, one after the other.
const MOST_SUBJECTS: usize = 8;

/// The body of a PATCH (RFC 7644 section 3.5.2).
pub(crate) fn patch_of(operations: &Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
}

/// The body of a PATCH that gives a resource another name.
pub(super) fn renaming(name: &str) -> Value {
    patch_of(&json!([{"op": "replace", "path": "displayName", "value": name}]))
}

impl Discovery {
    /// The resource types that checks about every type are run on.
    pub fn subjects(&self) -> impl Iterator<Item = &ResourceType> {
        self.resource_types().iter().take(MOST_SUBJECTS)
    }

    /// Whether the endpoint offers an operation for a resource type, and how that is known.
    pub fn operation(&self, operation: ResourceOperation, kind: &ResourceType) -> (bool, Provenance) {
        if let Some(capability) = operation.at(&kind.endpoint) {
            let offer = self.offer(capability);
            return (offer.offered, offer.provenance);
        }
        if self.refused.iter().any(|(own, endpoint)| *own == operation && *endpoint == kind.endpoint) {
            return (false, Provenance::Probed);
        }
        let published = match operation {
            ResourceOperation::Patch => self.config("patch.supported"),
            ResourceOperation::Filter => self.config("filter.supported"),
            ResourceOperation::Create | ResourceOperation::Replace | ResourceOperation::Delete => None,
        };
        published.and_then(Value::as_bool).map_or((true, kind.provenance), |offered| (offered, Provenance::Published))
    }

    /// Tries PUT, PATCH and DELETE of a resource that cannot exist, for the types that have no capability of their own:
    /// nothing is changed.
    pub(super) async fn probe_operations(&mut self, client: &Client) -> Result<(), EndpointError> {
        let patch = renaming("weir-no-match");
        let kinds: Vec<String> = self.subjects().map(|kind| kind.endpoint.clone()).collect();
        let mut refused = Vec::new();
        for endpoint in kinds.into_iter().filter(|endpoint| ResourceOperation::Create.at(endpoint).is_none()) {
            let of = |method| Request::new(method, &endpoint).segment(NOBODY);
            for (operation, request) in [
                (ResourceOperation::Replace, of(Method::PUT).json(&json!({"schemas": []}))),
                (ResourceOperation::Patch, of(Method::PATCH).json(&patch)),
                (ResourceOperation::Delete, of(Method::DELETE)),
            ] {
                match client.send(request).await {
                    Ok(answer) if matches!(answer.status, 405 | 501) => refused.push((operation, endpoint.clone())),
                    Err(error) if error.is_unreachable() => return Err(error),
                    // An answer that does not come says nothing of what is offered.
                    Ok(_) | Err(_) => {}
                }
            }
        }
        self.refused = refused;
        Ok(())
    }
}
