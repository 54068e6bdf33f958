//! `/Me` (RFC 7644 section 3.11): the resource of the authenticated subject, under its own URI. The subject is the user that it
//! registered by POST, or else the one whose userName the target names.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode, header};
use scim::filter::{parse, resolve};
use scim::schema::ResourceTypeId;
use scim::{ErrorKind, Result};
use serde_json::json;
use uuid::Uuid;

use super::{Call, resource};
use crate::application::{Operation, Outcome};
use crate::message::{HandlerResult, Refusal};
use crate::store::{Query, WantedRelations, Window, identifiers};

/// Every method of `/Me`.
pub async fn answer(call: &Call<'_>, method: &Method) -> HandlerResult {
    let Some(kind) = call.front.account.kind() else {
        return Err(Refusal::new(ErrorKind::NotImplemented, "this endpoint has no users, and so no /Me"));
    };
    let id = subject(call, kind).await?;
    let (id, answer) = match (method.as_str(), id) {
        ("POST", Some(id)) => {
            let location = call.perspective().location(kind, id).text();
            let detail = format!("the subject of these credentials is {location} already; change it by PUT or PATCH");
            return Err(Refusal::new(ErrorKind::Uniqueness, detail));
        }
        ("POST", None) => {
            let answer = resource::create(call, kind).await?;
            let id = answer.header(&header::LOCATION).and_then(|location| location.to_str().ok()?.rsplit('/').next());
            let id = id.and_then(identifiers::parse);
            if let Some(registered) = call.server.subjects.get(&*call.front.name) {
                *registered.lock() = id;
            }
            return Ok(answer);
        }
        (_, None) => {
            return Err(Refusal::new(
                ErrorKind::NotFound,
                "no user belongs to these credentials; POST to /Me registers one",
            ));
        }
        ("GET", Some(id)) => (id, resource::read(call, kind, &id.to_string()).await?),
        ("PUT", Some(id)) => (id, resource::replace(call, kind, &id.to_string()).await?),
        ("PATCH", Some(id)) => (id, resource::patch(call, kind, &id.to_string()).await?),
        (_, Some(id)) => return resource::delete(call, kind, &id.to_string()).await,
    };
    // RFC 7644 section 3.11: whoever is answered here learns the permanent location.
    Ok(match answer.header(&header::LOCATION) {
        None if answer.status != StatusCode::NOT_MODIFIED => {
            answer.with_header(header::LOCATION, call.perspective().location(kind, id).text())
        }
        _ => answer,
    })
}

/// The user that belongs to the credentials of the application, if there is one.
async fn subject(call: &Call<'_>, kind: ResourceTypeId) -> Result<Option<Uuid>> {
    let registered = call.server.subjects.get(&*call.front.name);
    let registered = registered.and_then(|id| *id.lock());
    if let Some(id) = registered {
        match call.stored(kind, id).await {
            Ok(_) => return Ok(Some(id)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    let Some(name) = &call.front.rules.me else { return Ok(None) };
    let registry = &call.front.registry;
    let tolerances = &call.front.rules.policy.tolerances;
    let filter = parse::parse(&format!("userName eq {}", json!(name)), call.front.rules.filter_limits, tolerances)?;
    let query = Query {
        resource_type: kind,
        filter: Some(Arc::new(resolve::resolve(registry, kind, &filter, tolerances)?)),
        sort: None,
        window: Window::Index { start: 1, count: 1 },
        wanted: WantedRelations::default(),
        base_url: Arc::clone(&call.base_url),
    };
    match call.run(Operation::List(query), WantedRelations::default()).await? {
        Outcome::Listed(page) => Ok(page.resources.first().map(|stored| stored.id)),
        _ => Ok(None),
    }
}
