//! A propagation store (PingOne's management API).

use serde_json::Value;
use weir_files::fault::FileFault;
use weir_files::member::{Members, expected};

use super::{Connection, Connector, TargetSetting, UnknownMember, holds_secret, kept};

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
    of_members(file, store).map_err(|fault| fault.of(file))
}

fn of_members(file: &str, store: &Value) -> Result<Connection, FileFault> {
    let members = Members::of(store, "")?;
    let Some(type_id) = members.text("type")? else {
        return Err(FileFault::new("type", "is missing").with_remedy("it is Aquera or scim"));
    };
    let mut warnings = Vec::new();
    if members.flag("managed")? == Some(false) {
        warnings.push(format!(
            "{file}: managed is false: PingOne leaves the accounts as they are when the store itself is deleted, which no run does"
        ));
    }
    let mut target = Vec::new();
    if let Some(configuration) = members.object("configuration")? {
        for (key, value) in configuration.iter() {
            if matches!(value, Value::Array(_) | Value::Object(_)) && !holds_secret(value) {
                return Err(expected(configuration.place(key), "a text, a number, true or false", value));
            }
            target.push(TargetSetting { name: key.to_owned(), value: kept(key, value) });
        }
    }
    Ok(Connection {
        name: members.text("name")?.unwrap_or_default().to_owned(),
        type_id: type_id.to_owned(),
        connector: Connector::of_pingone(type_id),
        store_id: members.text("id")?.map(str::to_owned),
        target,
        channels: Vec::new(),
        is_of_pingfederate: false,
        unknown: members.unknown(KNOWN).map(|key| UnknownMember::new("", key, KNOWN)).collect(),
        warnings,
    })
}
