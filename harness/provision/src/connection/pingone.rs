//! A propagation store (PingOne's management API).

use serde_json::Value;
use weir_files::fault::FileFault;

use super::{Connection, Connector, TargetSetting, fault, kept};
use crate::mapping::file::ignored;

/// The members of a store beside its configuration. None of them changes whom a run touches: `managed` is about the users of
/// a store that is deleted, which no run does.
const KNOWN: &[&str] = &[
    "_embedded",
    "_links",
    "configuration",
    "createdAt",
    "description",
    "environment",
    "id",
    "image",
    "managed",
    "name",
    "status",
    "syncStatus",
    "type",
    "updatedAt",
];

pub(super) fn read(file: &str, store: &Value) -> Result<Connection, FileFault> {
    let Some(type_id) = store["type"].as_str() else {
        return Err(fault(file, "type", "is missing, or is not a text; it is Aquera or scim"));
    };
    let mut warnings: Vec<String> = store
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !KNOWN.contains(&key.as_str()))
        .map(|(key, _)| format!("{file}: {}", ignored(key, key, KNOWN)))
        .collect();
    if store["managed"] == false || store["managed"] == "false" {
        warnings.push(format!(
            "{file}: managed is false: PingOne leaves the accounts as they are when the store itself is deleted, which no run does"
        ));
    }
    let settings = store["configuration"].as_object().into_iter().flatten();
    let target = settings
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| TargetSetting { name: key.clone(), value: kept(key, value) })
        .collect();
    Ok(Connection {
        name: store["name"].as_str().unwrap_or_default().to_owned(),
        type_id: type_id.to_owned(),
        connector: Connector::of_pingone(type_id),
        store_id: store["id"].as_str().map(str::to_owned),
        target,
        channels: Vec::new(),
        warnings,
    })
}
