//! Resources in and out as SCIM JSON: for a known beginning, and to look at everything at once.

use std::sync::Arc;

use scim::patch::Draft;
use scim::resource::{Fields, Slot, Value as ScimValue, read};
use scim::schema::{Registry, ResourceTypeId, common};
use scim::{Error, ErrorKind};
use serde_json::{Value, json};
use uuid::Uuid;
use weir_files::name::UnknownName;

use super::accounts::{base_url, resources};
use super::{front_of, ok};
use crate::application::Front;
use crate::application::downstream::Effect;
use crate::message::{HandlerResult, Refusal};
use crate::server::Server;
use crate::store::{Condition, Store, WantedRelations, identifiers};

/// Every resource of an application, by type in the order of creation, as a client would read it.
pub(super) async fn read(server: &Server, application: Option<&str>) -> HandlerResult {
    let configuration = server.configuration.load_full();
    let position = front_of(&configuration, application)?;
    let front = &configuration.fronts[position];
    let base_url = base_url(server, position);
    let perspective = front.perspective(&base_url);
    let mut all = Vec::new();
    for (_, kind) in front.registry.resource_types() {
        all.extend(resources(front, perspective, &kind.document.name).await?.into_iter().map(|(_, json)| json));
    }
    Ok(ok(&json!({ "application": &*front.name, "Resources": all })))
}

/// Stores resources: a JSON list, or an object with the list in `Resources`, as [`read`] and every SCIM list give it. An `id` that
/// is a UUID is kept, so that members can be named; other read-only attributes are ignored. Members may come before or after their
/// groups. Nothing is undone when a resource is refused; the message says which, and how many went before.
pub(crate) async fn load(server: &Server, application: Option<&str>, body: &[u8]) -> Result<usize, Refusal> {
    let refuse = |detail: &str| Refusal::new(ErrorKind::BadRequest, detail);
    let configuration = server.configuration.load_full();
    let front = &configuration.fronts[front_of(&configuration, application)?];
    let json: Value =
        serde_json::from_slice(body).map_err(|error| refuse(&format!("the data is not JSON: {error}")))?;
    let list = json.get("Resources").unwrap_or(&json).as_array();
    let list =
        list.ok_or_else(|| refuse("send a JSON list of SCIM resources, or an object with one in \"Resources\""))?;
    let mut groups = Vec::new();
    for (number, resource) in list.iter().enumerate() {
        let told = |error: Error| error.context(format!("resource {} of {}", number + 1, list.len()));
        let (kind, mut fields) = decode(front, resource).map_err(told)?;
        hash_password(server, front, kind, &mut fields).await.map_err(told)?;
        let members = front.registry.members().and_then(|members| fields.remove(members));
        let id = front.base.load(&[(kind, fields)]).map_err(|error| told(unwrapped(&error)))?;
        if let (Some(&id), Some(downstream), true) = (id.first(), &front.downstream, front.account.kind() == Some(kind))
        {
            let stored = front.base.get(kind, id, WantedRelations::default()).await?;
            downstream.write(Effect::Written, &stored, front.active(&stored));
        }
        groups.extend(members.and_then(|members| Some((number, kind, *id.first()?, members))));
    }
    for (number, kind, id, members) in groups {
        let told = |error: Error| error.context(format!("members of resource {} of {}", number + 1, list.len()));
        add_members(front, kind, id, members).await.map_err(told)?;
    }
    Ok(list.len())
}

/// Without the note on thousands, which means nothing where one resource is loaded.
fn unwrapped(error: &Error) -> Error {
    let detail = error.detail();
    Error::new(error.kind(), detail.split_once(": ").map_or(detail, |(_, rest)| rest))
}

/// The type is that of `meta.resourceType`, or the one whose schema is named in `schemas`.
fn decode(front: &Front, resource: &Value) -> Result<(ResourceTypeId, Fields), Error> {
    let registry = &front.registry;
    let named = resource.get("meta").and_then(|meta| meta.get("resourceType")).and_then(Value::as_str);
    let schemas: Vec<&str> =
        resource.get("schemas").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let kind = named.and_then(|name| registry.resource_type_by_name(name)).or_else(|| {
        let of_schema = |schema: &str| schemas.iter().any(|uri| uri.eq_ignore_ascii_case(schema));
        registry
            .resource_types()
            .find(|(_, kind)| of_schema(&registry.schema(kind.schema).document.id))
            .map(|(id, _)| id)
    });
    let kind = kind.ok_or_else(|| Error::new(ErrorKind::InvalidValue, unknown_type(registry, named, &schemas)))?;
    let mut fields = read::resource(registry, kind, resource, &front.rules.policy)?;
    scim::resource::validate::check(registry, kind, &mut fields, &front.rules.policy.tolerances)?;
    if let Some(id) = resource.get("id").and_then(Value::as_str) {
        let id = identifiers::parse(id)
            .ok_or_else(|| Error::new(ErrorKind::InvalidValue, format!("id {id:?} is not a UUID; leave it out")))?;
        fields.set(common::ID, Slot::One(ScimValue::String(id.to_string().into())));
    }
    Ok((kind, fields))
}

/// Why a resource has no type that the endpoint knows.
fn unknown_type(registry: &Registry, named: Option<&str>, schemas: &[&str]) -> String {
    let kinds = || registry.resource_types().map(|(_, kind)| kind);
    match (named, schemas) {
        (Some(name), _) => UnknownName::new("resource type", name, kinds().map(|kind| &kind.document.name)).to_string(),
        (None, [uri, ..]) => {
            let known = kinds().map(|kind| &registry.schema(kind.schema).document.id);
            UnknownName::new("schema of a resource type", uri, known).to_string()
        }
        (None, []) => "neither meta.resourceType nor schemas says of which type it is".to_owned(),
    }
}

async fn hash_password(server: &Server, front: &Front, kind: ResourceTypeId, fields: &mut Fields) -> Result<(), Error> {
    let password = front.account.of(kind).and_then(|account| account.password);
    if let Some(id) = password
        && let Some(plain) = fields.string(id)
    {
        let hash = server.passwords.hash(plain.to_owned()).await?;
        fields.set(id, Slot::One(ScimValue::String(hash.into())));
    }
    Ok(())
}

async fn add_members(front: &Front, kind: ResourceTypeId, id: Uuid, members: Slot) -> Result<(), Error> {
    let attribute = front.registry.members();
    let change = move |draft: &mut dyn Draft| {
        let Some(relation) = attribute.and_then(|attribute| draft.relation(attribute)) else { return Ok(()) };
        for member in members.values() {
            if let ScimValue::Complex(member) = member {
                relation.insert(member)?;
            }
        }
        Ok(())
    };
    front.base.modify(kind, id, Condition::default(), Arc::new(change), WantedRelations::default()).await.map(drop)
}
