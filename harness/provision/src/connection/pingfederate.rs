//! `outboundProvision` of an SP connection (PingFederate's administrative API).

use serde_json::{Value, json};
use weir_files::fault::{FileFault, Place};

use super::{Connection, ConnectionChannel, TargetSetting, fault, is_secret, shown};
use crate::mapping::file::ignored;
use crate::mapping::{Mapping, file as mapping_file};

/// The first connection that provisions: the document itself, or one of a list or a bulk export.
pub(super) fn find(document: &Value) -> Option<&Value> {
    if document.get("outboundProvision").is_some_and(Value::is_object) {
        return Some(document);
    }
    match document {
        Value::Array(items) => items.iter().find_map(find),
        Value::Object(members) => members.values().find_map(find),
        _ => None,
    }
}

pub(super) fn read(file: &str, connection: &Value, ignore: bool) -> Result<Connection, FileFault> {
    let provision = &connection["outboundProvision"];
    let type_id = provision["type"].as_str().unwrap_or_default().to_owned();
    let mut warnings = Vec::new();
    warn_unknown(
        file,
        "outboundProvision",
        provision,
        &["type", "targetSettings", "sensitiveTargetSettings", "customSchema", "channels"],
        &mut warnings,
    );
    let mut target = Vec::new();
    for list in ["targetSettings", "sensitiveTargetSettings"] {
        for (index, setting) in provision[list].as_array().into_iter().flatten().enumerate() {
            let Some(name) = setting["name"].as_str() else {
                return Err(fault(
                    file,
                    format!("outboundProvision.{list}[{index}].name"),
                    "is missing, or is not a text",
                ));
            };
            let is_hidden = list.starts_with("sensitive") || setting.get("encryptedValue").is_some() || is_secret(name);
            let value = (!is_hidden).then(|| setting.get("value").map(shown).unwrap_or_default());
            target.push(TargetSetting { name: name.to_owned(), value });
        }
    }
    let mut channels = Vec::new();
    for (index, channel) in provision["channels"].as_array().into_iter().flatten().enumerate() {
        let place = format!("outboundProvision.channels[{index}]");
        channels.push(read_channel(file, &place, channel, ignore, &mut warnings)?);
    }
    Ok(Connection {
        name: connection["name"].as_str().unwrap_or_default().to_owned(),
        client: client_of(&type_id),
        type_id,
        target,
        channels,
        warnings,
    })
}

fn client_of(type_id: &str) -> Option<&'static str> {
    let type_id = type_id.to_ascii_lowercase();
    [("aquera", "pingfederate-aquera"), ("pingid", "pingfederate-pingid"), ("scim", "pingfederate-scim")]
        .into_iter()
        .find_map(|(word, client)| type_id.contains(word).then_some(client))
}

fn read_channel(
    file: &str,
    place: &str,
    channel: &Value,
    ignore: bool,
    warnings: &mut Vec<String>,
) -> Result<ConnectionChannel, FileFault> {
    let known = ["name", "active", "maxThreads", "timeout", "channelSource", "attributeMapping"];
    warn_unknown(file, place, channel, &known, warnings);
    let source = &channel["channelSource"];
    let mut settings = Vec::new();
    for key in ["maxThreads", "timeout"] {
        settings
            .extend(channel.get(key).map(|value| TargetSetting { name: key.to_owned(), value: Some(shown(value)) }));
    }
    flatten("", source, &mut settings);
    let mut rules = channel["attributeMapping"].clone();
    if ignore {
        for rule in rules.as_array_mut().into_iter().flatten() {
            if let Some(info) = rule.get_mut("saasFieldInfo").and_then(Value::as_object_mut) {
                info.remove("expression");
            }
        }
    }
    let mut document = json!({ "attributeMapping": rules });
    if let Some(status) = source.get("accountManagementSettings") {
        document["accountManagementSettings"] = status.clone();
    }
    let read = mapping_file::parse(&format!("{file}, {place}"), &document.to_string(), false).map_err(|fault| {
        let is_expression = matches!(&fault.place, Place::Path(path) if path.ends_with(".expression"));
        let fault = fault.of(file).below(place);
        if is_expression {
            let remedy = format!("{}, which --ignore-expressions does", fault.remedy);
            return fault.with_remedy(remedy);
        }
        fault
    })?;
    warnings.extend(read.warnings);
    let mapping: Mapping = read.mapping;
    Ok(ConnectionChannel {
        name: channel["name"].as_str().unwrap_or_default().to_owned(),
        active: !matches!(&channel["active"], Value::Bool(false)) && channel["active"] != "false",
        source: settings,
        mapping,
    })
}

/// Settings of settings by their path.
fn flatten(prefix: &str, value: &Value, settings: &mut Vec<TargetSetting>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Object(_) => flatten(&name, value, settings),
            Value::Null => {}
            _ => settings.push(TargetSetting { name, value: Some(shown(value)) }),
        }
    }
}

fn warn_unknown(file: &str, place: &str, value: &Value, known: &[&str], warnings: &mut Vec<String>) {
    for key in value.as_object().into_iter().flatten().map(|(key, _)| key) {
        if !known.contains(&key.as_str()) {
            warnings.push(format!("{file}: {}", ignored(&format!("{place}.{key}"), key, known)));
        }
    }
}
