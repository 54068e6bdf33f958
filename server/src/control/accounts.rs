//! What an application and the service behind it hold, as JSON.

use std::collections::HashSet;

use scim::Error;
use scim::resource::write;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{front_of, ok};
use crate::application::Front;
use crate::message::HandlerResult;
use crate::server::Server;
use crate::store::{Perspective, Query, Store, WantedRelations, Window};

/// What the service behind an application holds. An application without a service of its own shows its resources.
pub(super) async fn accounts(server: &Server, name: &str) -> HandlerResult {
    let configuration = server.configuration.load_full();
    let position = front_of(&configuration, Some(name))?;
    let front = &configuration.fronts[position];
    let base_url = base_url(server, position);
    let perspective = front.perspective(&base_url);
    let users = match &front.downstream {
        Some(downstream) => downstream
            .accounts()
            .iter()
            .map(|account| (account.user.id, account_json(front, perspective, account)))
            .collect(),
        None => resources(front, perspective, "User").await?,
    };
    let ids: HashSet<Uuid> = users.iter().map(|(id, _)| *id).collect();
    let mut groups = resources(front, perspective, "Group").await?;
    let group_ids: HashSet<Uuid> = groups.iter().map(|(id, _)| *id).collect();
    for (_, group) in &mut groups {
        if let Some(members) = group.get_mut("members").and_then(Value::as_array_mut) {
            members.retain(|member| {
                let id = member["value"].as_str().and_then(|id| id.parse().ok());
                id.is_some_and(|id: Uuid| ids.contains(&id) || group_ids.contains(&id))
            });
        }
    }
    let values = |resources: Vec<(Uuid, Value)>| resources.into_iter().map(|(_, json)| json).collect::<Vec<_>>();
    Ok(ok(&json!({ "application": name, "accounts": values(users), "groups": values(groups) })))
}

/// The application's first base URL.
pub(super) fn base_url(server: &Server, position: usize) -> String {
    let mut paths = server.target.base_paths.iter();
    let path = paths.find_map(|base| base.of(position, &server.target.applications)).unwrap_or_default();
    server.origin.own() + &path
}

fn account_json(
    front: &Front,
    perspective: Perspective<'_>,
    account: &crate::application::downstream::Account,
) -> Value {
    let mut json = resource_json(front, perspective, &account.user);
    if let Some(members) = json.as_object_mut() {
        // A service knows no versions and locations of the gateway, nor its groups on accounts.
        members.shift_remove("meta");
        members.shift_remove("groups");
        if let Some(active) = account.active {
            members.insert("active".to_owned(), active.into());
        }
    }
    json
}

fn resource_json(front: &Front, perspective: Perspective<'_>, stored: &crate::store::StoredResource) -> Value {
    let mut body = Vec::with_capacity(1024);
    let kind = stored.resource_type;
    write::resource(&mut body, &front.registry, kind, stored.record(perspective), front.usual_projection(kind));
    serde_json::from_slice(&body).unwrap_or_default()
}

/// Every resource of one type.
pub(super) async fn resources(
    front: &Front,
    perspective: Perspective<'_>,
    name: &str,
) -> Result<Vec<(Uuid, Value)>, Error> {
    const PAGE: usize = 1000;
    let Some(kind) = front.registry.resource_type_by_name(name) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut mark = None;
    loop {
        let query = Query {
            resource_type: kind,
            filter: None,
            sort: None,
            window: Window::After { mark, count: PAGE },
            wanted: WantedRelations { members: true, groups: false },
            base_url: std::sync::Arc::from(perspective.base_url()),
        };
        let page = front.base.query(query).await?;
        found.extend(page.resources.iter().map(|stored| (stored.id, resource_json(front, perspective, stored))));
        mark = page.next;
        if mark.is_none() {
            return Ok(found);
        }
    }
}
