//! `outboundProvision` of an SP connection (PingFederate's administrative API).

use serde_json::{Map, Value};
use weir_files::fault::FileFault;
use weir_files::name::UnknownName;

use super::channel::{ACTING, is_active_directory};
use super::listed::is_on;
use super::location;
use super::{
    Connection, ConnectionChannel, Connector, MappedField, TargetSetting, fault, holds_secret, is_secret, kept,
    names_secret, shown, without_empty,
};
use crate::mapping::export::{ExportedMapping, MappingExport};
use crate::mapping::file::ignored;
use crate::mapping::{AccountStatus, Mapping};

/// Lines of the console's Target page that an export lists among the settings: headings, which set nothing.
const HEADINGS: &[&str] = &[
    "Basic Authentication",
    "Bearer Token Authentication",
    "OAuth 2 Bearer Token",
    "OAuth 2 Client Credentials",
    "Provisioning Options",
    "SCIM Overrides",
];

/// The connections in a document: itself, or those of a list or a bulk export. Beside one that provisions everything that has
/// a name counts as a connection.
pub(super) fn found(document: &Value) -> Vec<Value> {
    if document["outboundProvision"].is_object() {
        return vec![document.clone()];
    }
    match document {
        Value::Array(items) if items.iter().any(|item| item["outboundProvision"].is_object()) => items
            .iter()
            .filter(|item| item["name"].is_string() || item["outboundProvision"].is_object())
            .cloned()
            .collect(),
        Value::Array(items) => items.iter().flat_map(found).collect(),
        Value::Object(members) => members.values().flat_map(found).collect(),
        _ => Vec::new(),
    }
}

/// The connection with a mapping that a run can use.
pub(super) fn read(file: &str, connection: &Value, ignore: bool) -> Result<Connection, FileFault> {
    connection_of(file, connection, &|channel| read_mapping(file, channel, ignore))
}

/// The connection with the lines of its mapping page alone.
pub(super) fn outline(file: &str, connection: &Value) -> Result<Connection, FileFault> {
    let empty = || Mapping::new(Vec::new(), AccountStatus::default());
    connection_of(file, connection, &|_| Ok(ExportedMapping { mapping: empty(), warnings: Vec::new() }))
}

/// The context in which the mapping of a channel is read.
struct ChannelParts<'a> {
    place: &'a str,
    source: &'a Value,
    rules: &'a Value,
    custom_schema: &'a Value,
}

type ReadMapping<'a> = dyn Fn(&ChannelParts<'_>) -> Result<ExportedMapping, FileFault> + 'a;

fn connection_of(file: &str, connection: &Value, mapping: &ReadMapping<'_>) -> Result<Connection, FileFault> {
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
    let mut channels = Vec::new();
    for (index, channel) in provision["channels"].as_array().into_iter().flatten().enumerate() {
        let place = format!("outboundProvision.channels[{index}]");
        let custom = &provision["customSchema"];
        channels.push(channel_of(file, &place, channel, custom, mapping, &mut warnings)?);
    }
    Ok(Connection {
        name: connection["name"].as_str().unwrap_or_default().to_owned(),
        connector: Connector::of_pingfederate(&type_id),
        store_id: None,
        type_id,
        target: target(file, provision)?,
        channels,
        warnings,
    })
}

/// The settings of the Target page, each once: a tool's dialect lists the sensitive ones apart.
fn target(file: &str, provision: &Value) -> Result<Vec<TargetSetting>, FileFault> {
    let mut target: Vec<TargetSetting> = Vec::new();
    for list in ["targetSettings", "sensitiveTargetSettings"] {
        for (index, setting) in provision[list].as_array().into_iter().flatten().enumerate() {
            let Some(name) = setting["name"].as_str().filter(|name| !name.is_empty()) else {
                let place = format!("outboundProvision.{list}[{index}].name");
                return Err(fault(file, place, "is missing, or is not a text"));
            };
            let value = setting.get("value").filter(|value| !value.is_null()).map(shown).unwrap_or_default();
            let is_encrypted = setting["encryptedValue"].as_str().is_some_and(|value| !value.is_empty());
            let is_hidden = list.starts_with("sensitive")
                || is_encrypted
                || (is_secret(name) && !value.is_empty())
                || holds_secret(&setting["value"]);
            if value.is_empty() && !is_hidden && HEADINGS.iter().any(|heading| heading.eq_ignore_ascii_case(name)) {
                continue;
            }
            let setting = TargetSetting { name: name.to_owned(), value: (!is_hidden).then_some(value) };
            match target.iter_mut().find(|other| other.name.eq_ignore_ascii_case(name)) {
                Some(other) if is_hidden => *other = setting,
                Some(_) => {
                    let place = format!("outboundProvision.{list}[{index}]");
                    return Err(fault(file, place, format!("{name} is set twice")).with_remedy("keep one"));
                }
                None => target.push(setting),
            }
        }
    }
    Ok(target)
}

fn channel_of(
    file: &str,
    place: &str,
    channel: &Value,
    custom_schema: &Value,
    mapping: &ReadMapping<'_>,
    warnings: &mut Vec<String>,
) -> Result<ConnectionChannel, FileFault> {
    let known = ["name", "active", "maxThreads", "timeout", "channelSource", "attributeMapping"];
    warn_unknown(file, place, channel, &known, warnings);
    let source = without_empty(&channel["channelSource"]).unwrap_or(Value::Object(Map::new()));
    let mut settings = Vec::new();
    for key in ["maxThreads", "timeout"] {
        let value = channel.get(key).and_then(without_empty);
        settings.extend(value.map(|value| TargetSetting { name: key.to_owned(), value: Some(shown(&value)) }));
    }
    flatten("", &source, &mut settings);
    for setting in &settings {
        let is_known = ACTING.iter().any(|own| own.eq_ignore_ascii_case(&setting.name));
        if !is_known && !setting.name.starts_with("dataSource") {
            warnings.push(format!(
                "{file}: {}",
                ignored(&format!("{place}.channelSource.{}", setting.name), &setting.name, ACTING)
            ));
        }
    }
    check_choices(file, place, &settings)?;
    location::check(file, place, &settings)?;
    let rules = without_empty(&channel["attributeMapping"]).unwrap_or(Value::Array(Vec::new()));
    let parts = ChannelParts { place, source: &source, rules: &rules, custom_schema };
    let read = mapping(&parts)?;
    warnings.extend(read.warnings);
    let fields: Vec<MappedField> = rules.as_array().into_iter().flatten().filter_map(MappedField::of).collect();
    let count = rules.as_array().map_or(0, Vec::len);
    Ok(ConnectionChannel {
        name: channel["name"].as_str().unwrap_or_default().to_owned(),
        active: is_on(&channel["active"]),
        source: settings,
        mapping: read.mapping,
        unmapped: count - fields.len(),
        fields,
    })
}

/// A value that is not one of its list would be taken for the default.
fn check_choices(file: &str, place: &str, settings: &[TargetSetting]) -> Result<(), FileFault> {
    const FLAGS: [&str; 2] = ["true", "false"];
    const LISTS: &[(&str, &[&str])] = &[
        (
            "changeDetectionSettings.changedUsersAlgorithm",
            &["ACTIVE_DIRECTORY_USN", "TIMESTAMP", "TIMESTAMP_NO_NEGATION"],
        ),
        ("guidBinary", &FLAGS),
        ("userSourceLocation.nestedSearch", &FLAGS),
        ("groupSourceLocation.nestedSearch", &FLAGS),
    ];
    for setting in settings {
        let found = LISTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&setting.name));
        let value = setting.value.as_deref().unwrap_or_default();
        if let Some((name, choices)) = found
            && !choices.iter().any(|choice| choice.eq_ignore_ascii_case(value))
        {
            let unknown = UnknownName::new("value", value, choices.iter().copied());
            return Err(FileFault::unknown(format!("{place}.channelSource.{name}"), &unknown).of(file));
        }
        if matches!(setting.name.as_str(), "maxThreads" | "timeout") && value.parse::<u64>().is_err() {
            return Err(fault(file, format!("{place}.{}", setting.name), "must be a whole number"));
        }
    }
    Ok(())
}

fn read_mapping(file: &str, parts: &ChannelParts<'_>, ignore: bool) -> Result<ExportedMapping, FileFault> {
    let changed_users = parts.source["changeDetectionSettings"]["changedUsersAlgorithm"].as_str();
    let status = if is_active_directory(changed_users, parts.source["guidAttributeName"].as_str()) {
        AccountStatus::active_directory()
    } else {
        AccountStatus::default()
    };
    MappingExport {
        rules: parts.rules,
        status: &parts.source["accountManagementSettings"],
        default_status: status,
        custom_schema: parts.custom_schema,
        ignores_expressions: ignore,
    }
    .read(&format!("{file}, {}", parts.place))
    .map_err(|fault| fault.of(file).below(parts.place))
}

impl MappedField {
    /// The line of a rule; nothing if nothing fills the field.
    fn of(rule: &Value) -> Option<Self> {
        let info = &rule["saasFieldInfo"];
        let attributes: Vec<String> = match &info["attributeNames"] {
            Value::Array(names) => names.iter().map(shown).collect(),
            _ => Vec::new(),
        };
        let text = |key: &str| info[key].as_str().map(str::to_owned);
        let (default, expression) = (text("defaultValue"), text("expression"));
        if attributes.is_empty() && default.is_none() && expression.is_none() {
            return None;
        }
        let name = rule["fieldName"].as_str().unwrap_or_default().to_owned();
        let mut treatment = Vec::new();
        treatment.extend(["parser", "characterCase"].iter().filter_map(|key| text(key)).filter(|word| word != "NONE"));
        for (key, word) in [("trim", "trim"), ("createOnly", "create only"), ("masked", "masked")] {
            if info.get(key).is_some() && is_on(&info[key]) {
                treatment.push(word.to_owned());
            }
        }
        treatment.extend(expression.map(|_| "expression (OGNL), not evaluated".to_owned()));
        let is_masked = treatment.iter().any(|word| word == "masked") || name == "password";
        let default = default.map(|default| if is_masked { "(masked)".to_owned() } else { default });
        let place = crate::mapping::field::find(&name).map(|field| field.place.to_string());
        Some(Self { name, attributes, default, place, treatment })
    }
}

/// Settings of settings by their path. A secret is one setting without its value, whatever stands below it.
fn flatten(prefix: &str, value: &Value, settings: &mut Vec<TargetSetting>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Object(_) if !is_secret(&name) && !names_secret(value) => flatten(&name, value, settings),
            Value::Null => {}
            _ => settings.push(TargetSetting { value: kept(&name, value), name }),
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
