//! Checks send canonical values alone where an endpoint publishes them: it MAY refuse every other value (RFC 7643 sections 2.3.1 and
//! 7).

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Map, Value, json};
use weir_exchange::difference::{at, is_unassigned};
use weir_exchange::{Exchange, Request};
use weir_judge::Because;

use crate::check::{CheckResult, Context, Stop};
use crate::definition::{canonical_values, is_canonical, list};
use crate::discovery::ResourceType;
use crate::node::{self, SchemaNode};

impl Context {
    /// As [`Self::send`], of a request whose question is what becomes of a value that is not canonical.
    pub async fn send_uncanonical(&self, request: Request) -> Result<Arc<Exchange>, Stop> {
        self.send_as_it_is(request).await
    }

    /// Ends the check if the request sets an attribute to a value that the endpoint does not publish among the canonical ones.
    pub(super) fn needs_canonical(&self, request: &Request) -> CheckResult {
        let Some(kind) = request.path().and_then(|path| self.kind_of_path(path)) else { return Ok(()) };
        let Some(body) = request.content().and_then(|body| serde_json::from_slice::<Value>(body).ok()) else {
            return Ok(());
        };
        let found = match *request.method() {
            Method::POST | Method::PUT => self.uncanonical(kind, &body),
            Method::PATCH => list(&body, "Operations").iter().find_map(|operation| {
                let adds =
                    at(operation, "op").and_then(Value::as_str).is_some_and(|op| !op.eq_ignore_ascii_case("remove"));
                let set = set_by(kind, operation).filter(|_| adds)?;
                self.uncanonical(kind, &set)
            }),
            _ => None,
        };
        found.map_or(Ok(()), |(path, value, canonical)| {
            let known: Vec<String> = canonical.iter().map(ToString::to_string).collect();
            let reason = format!(
                "the check needs {value} for {path}, which the endpoint publishes with the canonicalValues {}",
                known.join(", ")
            );
            Err(Stop::Skip(Because::Published, reason))
        })
    }

    /// Whether the attribute of the subject at `path` takes the value by what is published.
    pub fn takes(&self, path: &str, value: &Value) -> bool {
        let Some(kind) = self.kind() else { return true };
        let attributes = node::attributes(self.discovery(), kind);
        let parts = attributes.iter().flat_map(SchemaNode::parts);
        let found = attributes.iter().copied().chain(parts).find(|own| own.path().eq_ignore_ascii_case(path));
        found.is_none_or(|own| is_canonical(own.attribute, value))
    }

    /// The resource type of a collection, or of a resource in it.
    fn kind_of_path(&self, path: &str) -> Option<&ResourceType> {
        let types = self.discovery().resource_types();
        types
            .iter()
            .find(|kind| kind.endpoint == path)
            .or_else(|| self.kind_at(path))
            .filter(|_| !path.ends_with("/.search"))
    }

    /// The first value in the body of a resource that is not among the canonical ones, with its place and with those.
    fn uncanonical(&self, kind: &ResourceType, body: &Value) -> Option<(String, Value, Vec<Value>)> {
        let attributes = node::attributes(self.discovery(), kind);
        let parts = attributes.iter().flat_map(SchemaNode::parts);
        let closed = attributes.iter().copied().chain(parts).filter(|own| has_canonical(own.attribute));
        closed.filter(SchemaNode::is_settable).find_map(|own| {
            let values = own.values(body);
            let each = values.into_iter().flat_map(|value| match value {
                Value::Array(items) => items.as_slice(),
                one => std::slice::from_ref(one),
            });
            let stranger =
                each.filter(|value| !is_unassigned(value)).find(|value| !is_canonical(own.attribute, value))?;
            Some((own.path(), stranger.clone(), canonical_values(own.attribute)))
        })
    }
}

fn has_canonical(attribute: &Value) -> bool {
    !list(attribute, "canonicalValues").is_empty()
}

/// The values that an operation of a PATCH sets, as a part of the resource's body.
fn set_by(kind: &ResourceType, operation: &Value) -> Option<Value> {
    let value = at(operation, "value")?;
    let Some(path) = at(operation, "path").and_then(Value::as_str) else { return Some(value.clone()) };
    let of = |uri: &str| {
        let start = path.get(..uri.len()).filter(|start| start.eq_ignore_ascii_case(uri))?;
        Some(path[start.len()..].trim_start_matches(':'))
    };
    let extension = kind.extensions.iter().find_map(|uri| Some((uri, of(uri)?)));
    let own = extension.map_or_else(|| of(&kind.schema).unwrap_or(path), |(_, own)| own);
    let (top, rest) = own.split_at(own.find(['[', '.']).unwrap_or(own.len()));
    let part = rest.rsplit_once(']').map_or(rest, |(_, part)| part).trim_start_matches('.');
    let set = match (top, part) {
        ("", _) => value.clone(),
        (top, "") => json!({top: value}),
        (top, part) => json!({top: {part: value}}),
    };
    Some(extension.map_or_else(|| set.clone(), |(uri, _)| Value::Object(Map::from_iter([(uri.clone(), set.clone())]))))
}

#[cfg(test)]
mod tests {
    use weir_judge::Provenance;

    use super::*;

    #[test]
    fn an_operation_sets_a_part_of_the_body() {
        let kind = ResourceType {
            name: "User".into(),
            endpoint: "/Users".into(),
            schema: "urn:example:2.0:User".into(),
            extensions: vec!["urn:example:2.0:Ext".into()],
            required_extensions: Vec::new(),
            provenance: Provenance::Published,
        };
        for (operation, set) in [
            (json!({"path": "emails[type eq \"work\"].type", "value": "home"}), json!({"emails": {"type": "home"}})),
            (json!({"path": "emails", "value": [{"type": "a"}]}), json!({"emails": [{"type": "a"}]})),
            (json!({"path": "emails[type eq \"a.b\"]", "value": {"type": "a"}}), json!({"emails": {"type": "a"}})),
            (
                json!({"path": "urn:example:2.0:ext:grade", "value": "a"}),
                json!({"urn:example:2.0:Ext": {"grade": "a"}}),
            ),
            (json!({"path": "urn:example:2.0:User:userType", "value": "a"}), json!({"userType": "a"})),
            (json!({"value": {"userType": "a"}}), json!({"userType": "a"})),
        ] {
            assert_eq!(set_by(&kind, &operation), Some(set), "{operation}");
        }
    }
}
