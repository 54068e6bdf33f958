//! Discovery (RFC 7644 section 4): `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas`.

use actix_web::http::StatusCode;
use scim::capability::Capability;
use scim::schema::{ResourceType, Schema, standard};
use scim::{ErrorKind, message};
use serde_json::{Value, json};

use super::Call;
use super::route::{Route, TypeCapabilities};
use crate::cursor;
use crate::message::{Answer, HandlerResult, Refusal};
use crate::rules::AuthenticationMethod;

/// `GET /ServiceProviderConfig` (RFC 7643 section 5). It has one boolean for PATCH and one for filters: true when users or groups take
/// them, and where there are neither, because types of the target's own always do.
pub fn service_provider_config(call: &Call<'_>) -> Answer {
    let rules = &call.front.rules;
    let publishes = |capabilities: &[Capability]| {
        let supported = capabilities.iter().any(|capability| rules.published.contains(capability));
        json!({ "supported": supported })
    };
    let registry = &call.front.registry;
    let has_own_types_alone = registry.resource_types().all(|(id, _)| TypeCapabilities::of(registry, id).is_none());
    let publishes_of_types = |capabilities: &[Capability]| {
        if has_own_types_alone { json!({ "supported": true }) } else { publishes(capabilities) }
    };
    let mut filter = publishes_of_types(&[Capability::FilterUsers, Capability::FilterGroups]);
    filter["maxResults"] = rules.max_results.into();
    let mut bulk = publishes(&[Capability::Bulk]);
    // Both are required members even where there is no bulk (RFC 7643 section 8.7.2).
    let limits = rules.published.contains(&Capability::Bulk).then_some(rules.published_bulk);
    bulk["maxOperations"] = limits.map_or(0, |limits| limits.max_operations).into();
    bulk["maxPayloadSize"] = limits.map_or(0, |limits| limits.max_payload_size).into();
    let schemes: Vec<Value> = rules.authentication.iter().enumerate().map(scheme).collect();
    let mut config = json!({
        "schemas": [standard::SERVICE_PROVIDER_CONFIG],
        "documentationUri": "https://www.rfc-editor.org/rfc/rfc7644",
        "patch": publishes_of_types(&[Capability::PatchUsers, Capability::PatchGroups]),
        "bulk": bulk,
        "filter": filter,
        "changePassword": publishes(&[Capability::ChangePassword]),
        "sort": publishes(&[Capability::Sort]),
        "etag": publishes(&[Capability::Etag]),
        "authenticationSchemes": schemes,
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{}/ServiceProviderConfig", call.base_url),
        },
    });
    if rules.published.contains(&Capability::CursorPaging) {
        config["pagination"] = json!({
            "cursor": true,
            "index": rules.published.contains(&Capability::IndexPaging),
            "defaultPaginationMethod": if rules.published.contains(&Capability::IndexPaging) { "index" } else { "cursor" },
            "defaultPageSize": rules.default_results,
            "maxPageSize": rules.max_results,
            "cursorTimeout": cursor::TIMEOUT.as_secs(),
        });
    }
    document(call, &config)
}

fn scheme((position, method): (usize, &AuthenticationMethod)) -> Value {
    let (kind, name, description, specification) = match method {
        AuthenticationMethod::Bearer => {
            ("oauthbearertoken", "OAuth Bearer Token", "A bearer token of the application", "rfc6750")
        }
        AuthenticationMethod::Oauth => (
            "oauth2",
            "OAuth 2 client credentials",
            "A token of POST /oauth/token for the client's id and secret",
            "rfc6749",
        ),
        AuthenticationMethod::Basic => ("httpbasic", "HTTP Basic", "User and password of the application", "rfc7617"),
    };
    json!({
        "type": kind,
        "name": name,
        "description": description,
        "specUri": format!("https://www.rfc-editor.org/rfc/{specification}"),
        "primary": position == 0,
    })
}

/// `GET /ResourceTypes` and `/ResourceTypes/{name}` (RFC 7643 section 6); a single one is found by its id or its name.
pub fn resource_types(call: &Call<'_>, place: &Route<'_>) -> HandlerResult {
    let mut kinds = call.front.registry.resource_types().map(|(_, kind)| kind);
    let Route::ResourceType(name) = place else {
        return list(call, &kinds.map(|kind| resource_type(call, kind)).collect::<Vec<_>>());
    };
    let found = kinds.find(|kind| kind.document.name == **name || kind.document.id.as_deref() == Some(name));
    found.map(|kind| document(call, &resource_type(call, kind))).ok_or_else(|| {
        Refusal::new(
            ErrorKind::NotFound,
            format!("there is no resource type {name:?}; /ResourceTypes lists those there are"),
        )
    })
}

fn resource_type(call: &Call<'_>, kind: &ResourceType) -> Value {
    let mut document = json!(kind.document);
    let name = &kind.document.name;
    document["schemas"] = json!([standard::RESOURCE_TYPE]);
    document["id"] = kind.document.id.as_ref().unwrap_or(name).as_str().into();
    document["meta"] = json!({
        "resourceType": "ResourceType",
        "location": format!("{}/ResourceTypes/{name}", call.base_url),
    });
    document
}

/// `GET /Schemas` and `/Schemas/{uri}` (RFC 7643 section 7).
pub fn schemas(call: &Call<'_>, place: &Route<'_>) -> HandlerResult {
    let registry = &call.front.registry;
    let Route::Schema(uri) = place else {
        return list(call, &registry.schemas().map(|(_, own)| schema(call, own)).collect::<Vec<_>>());
    };
    registry.schema_id(uri).map(|id| document(call, &schema(call, registry.schema(id)))).ok_or_else(|| {
        Refusal::new(ErrorKind::NotFound, format!("there is no schema {uri:?}; /Schemas lists those there are"))
    })
}

fn schema(call: &Call<'_>, schema: &Schema) -> Value {
    let mut document = json!(schema.document);
    document["schemas"] = json!([standard::SCHEMA]);
    document["meta"] = json!({
        "resourceType": "Schema",
        "location": format!("{}/Schemas/{}", call.base_url, schema.document.id),
    });
    document
}

fn document(call: &Call<'_>, document: &Value) -> Answer {
    Answer::with_body(StatusCode::OK, call.media_type, document.to_string())
}

/// All of them: paging, sorting and projection are ignored here, and a filter is forbidden (RFC 7644 section 4).
fn list(call: &Call<'_>, resources: &[Value]) -> HandlerResult {
    if call.parameters.filter.is_some() {
        return Err(Refusal::new(ErrorKind::Forbidden, "discovery cannot be filtered; leave the filter out"));
    }
    let count = resources.len();
    let list = json!({
        "schemas": [message::LIST_RESPONSE],
        "totalResults": count,
        "itemsPerPage": count,
        "startIndex": 1,
        "Resources": resources,
    });
    Ok(document(call, &list).marked_as_list())
}
