//! A propagation store (PingOne's management API).

use serde_json::Value;
use weir_files::fault::FileFault;

use super::{Connection, TargetSetting, fault, is_secret, shown};
use crate::mapping::file::ignored;

/// The keys of the Aquera and SCIM stores.
const KNOWN: &[&str] = &[
    "SCIM_URL",
    "SCIM_VERSION",
    "AUTHENTICATION_METHOD",
    "AUTHORIZATION_TYPE",
    "ACCESS_TOKEN",
    "BASIC_AUTH_USER",
    "BASIC_AUTH_PASSWORD",
    "CREATE_USERS",
    "UPDATE_USERS",
    "DISABLE_USERS",
    "REMOVE_ACTION",
    "GROUP_NAME_SOURCE",
    "GROUP_MEMBERSHIP_HANDLING",
    "USER_FILTER",
    "UNIQUE_USER_IDENTIFIER",
    "USERS_RESOURCE",
    "GROUPS_RESOURCE",
    "SCHEMA_EXTENSION_URNS",
];

pub(super) fn read(file: &str, store: &Value) -> Result<Connection, FileFault> {
    let Some(type_id) = store["type"].as_str() else {
        return Err(fault(file, "type", "is missing, or is not a text; it is Aquera or scim"));
    };
    let client = match type_id.to_ascii_lowercase().as_str() {
        "aquera" => Some("pingone-aquera"),
        "scim" => Some("pingone-scim"),
        _ => None,
    };
    let mut target = Vec::new();
    let mut warnings = Vec::new();
    for (key, value) in store["configuration"].as_object().into_iter().flatten() {
        if !KNOWN.contains(&key.as_str()) && !key.starts_with("OAUTH_") {
            warnings.push(format!("{file}: {}", ignored(&format!("configuration.{key}"), key, KNOWN)));
            continue;
        }
        target.push(TargetSetting { name: key.clone(), value: (!is_secret(key)).then(|| shown(value)) });
    }
    Ok(Connection {
        name: store["name"].as_str().unwrap_or_default().to_owned(),
        type_id: type_id.to_owned(),
        client,
        target,
        channels: Vec::new(),
        warnings,
    })
}
