//! `outboundProvision` of an SP connection (PingFederate's administrative API).

use serde_json::{Map, Value};
use weir_files::fault::FileFault;
use weir_files::member::{Members, expected, flag};
use weir_files::name::UnknownName;

use super::channel::{ACTING, SettingEffect, canonical, is_active_directory};
use super::location;
use super::{
    Connection, ConnectionChannel, Connector, MappedField, TargetSetting, UnknownMember, holds_secret, is_secret, kept,
    names_secret, shown, without_empty,
};
use crate::mapping::export::{ExportedMapping, MappingExport};
use crate::mapping::file::{INFO_KEYS, STATUS_KEYS};
use crate::mapping::{AccountStatus, Mapping};

const PROVISION: &str = "outboundProvision";

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
    of_members(file, connection, mapping).map_err(|fault| fault.of(file))
}

fn of_members(file: &str, connection: &Value, mapping: &ReadMapping<'_>) -> Result<Connection, FileFault> {
    const KNOWN: [&str; 5] = ["type", "targetSettings", "sensitiveTargetSettings", "customSchema", "channels"];
    let members = Members::of(connection, "")?;
    let empty = Value::Object(Map::new());
    let provision = Members::of(members.get(PROVISION).unwrap_or(&empty), PROVISION)?;
    let type_id = provision.text("type")?.unwrap_or_default().to_owned();
    let (mut warnings, mut unknown) = (Vec::new(), Vec::new());
    // The other members of a connection are many, and about signing on.
    unknown.extend(
        members.unknown(&[]).filter(|key| is_like_active(key)).map(|key| UnknownMember::new("", key, &["active"])),
    );
    unknown.extend(provision.unknown(&KNOWN).map(|key| UnknownMember::new(PROVISION, key, &KNOWN)));
    let custom = provision.get("customSchema").unwrap_or(&Value::Null);
    let mut channels = Vec::new();
    for (index, channel) in provision.objects("channels")?.iter().enumerate() {
        let place = format!("{PROVISION}.channels[{index}]");
        let context = ChannelContext { file, place: &place, custom_schema: custom, mapping };
        channels.push(channel_of(&context, channel, &mut unknown, &mut warnings)?);
    }
    let target = target(&provision, &mut unknown)?;
    Ok(Connection {
        name: members.text("name")?.unwrap_or_default().to_owned(),
        connector: Connector::of_pingfederate_with(&type_id, target.iter().map(|setting| setting.name.as_str())),
        store_id: None,
        type_id,
        target,
        channels,
        is_of_pingfederate: true,
        unknown,
        warnings,
    })
}

/// Whether a member is meant to switch the connection off.
fn is_like_active(key: &str) -> bool {
    const OTHER: [&str; 4] = ["enabled", "status", "isActive", "disabled"];
    OTHER.iter().any(|name| name.eq_ignore_ascii_case(key))
        || UnknownName::misspelling("key", key, ["active"]).is_some()
}

/// The settings of the Target page, each once: a tool's dialect lists the sensitive ones apart.
fn target(provision: &Members<'_>, unknown: &mut Vec<UnknownMember>) -> Result<Vec<TargetSetting>, FileFault> {
    const SETTING: [&str; 4] = ["name", "value", "encryptedValue", "inherited"];
    let mut target: Vec<TargetSetting> = Vec::new();
    for list in ["targetSettings", "sensitiveTargetSettings"] {
        for setting in provision.objects(list)? {
            unknown.extend(setting.unknown(&SETTING).map(|key| UnknownMember::new(setting.own_place(), key, &SETTING)));
            let Some(name) = setting.text("name")? else {
                return Err(FileFault::new(setting.place("name"), "is missing"));
            };
            let own = setting.get("value").unwrap_or(&Value::Null);
            let is_encrypted = setting.text("encryptedValue")?.is_some();
            let is_hidden = list.starts_with("sensitive")
                || is_encrypted
                || (is_secret(name) && !own.is_null())
                || holds_secret(own);
            if matches!(own, Value::Array(_) | Value::Object(_)) && !is_hidden {
                return Err(expected(setting.place("value"), "a text, a number, true or false", own));
            }
            let value = if own.is_null() { String::new() } else { shown(own) };
            if value.is_empty() && !is_hidden && HEADINGS.iter().any(|heading| heading.eq_ignore_ascii_case(name)) {
                continue;
            }
            let read = TargetSetting { name: name.to_owned(), value: (!is_hidden).then_some(value) };
            match target.iter_mut().find(|other| other.name.eq_ignore_ascii_case(name)) {
                Some(other) if is_hidden && (other.value.is_none() || list.starts_with("sensitive")) => *other = read,
                Some(_) => {
                    let problem = format!("{name} is set twice");
                    return Err(FileFault::new(setting.place("name"), problem).with_remedy("keep one"));
                }
                None => target.push(read),
            }
        }
    }
    Ok(target)
}

/// What the members of a channel are read with.
struct ChannelContext<'a> {
    file: &'a str,
    place: &'a str,
    custom_schema: &'a Value,
    mapping: &'a ReadMapping<'a>,
}

fn channel_of(
    context: &ChannelContext<'_>,
    channel: &Members<'_>,
    unknown: &mut Vec<UnknownMember>,
    warnings: &mut Vec<String>,
) -> Result<ConnectionChannel, FileFault> {
    const KNOWN: [&str; 6] = ["name", "active", "maxThreads", "timeout", "channelSource", "attributeMapping"];
    let ChannelContext { file, place, custom_schema, mapping } = *context;
    unknown.extend(channel.unknown(&KNOWN).map(|key| UnknownMember::new(place, key, &KNOWN)));
    let below = channel.place("channelSource");
    let source = channel.object("channelSource")?.and_then(|_| channel.get("channelSource")).and_then(without_empty);
    let source = canonical(&source.unwrap_or(Value::Object(Map::new())), &below)?;
    let mut settings = Vec::new();
    for key in ["maxThreads", "timeout"] {
        settings
            .extend(channel.get(key).map(|value| TargetSetting { name: key.to_owned(), value: Some(shown(value)) }));
    }
    flatten("", &source, &mut settings);
    check_types(&below, &source)?;
    for TargetSetting { name, .. } in &settings {
        if SettingEffect::of(name) == SettingEffect::Unknown {
            unknown.push(UnknownMember::new(&below, name, ACTING));
        }
    }
    check_choices(place, &settings)?;
    location::check(file, place, &settings)?;
    let rules = Value::Array(known_rules(channel, unknown)?);
    let parts = ChannelParts { place, source: &source, rules: &rules, custom_schema };
    let read = mapping(&parts).map_err(|fault| fault.of(file))?;
    warnings.extend(read.warnings);
    let fields: Vec<MappedField> = rules.as_array().into_iter().flatten().filter_map(MappedField::of).collect();
    let count = rules.as_array().map_or(0, Vec::len);
    Ok(ConnectionChannel {
        name: channel.text("name")?.unwrap_or_default().to_owned(),
        active: channel.flag("active")?.unwrap_or(true),
        source: settings,
        mapping: read.mapping,
        unmapped: count - fields.len(),
        fields,
    })
}

/// The lines of the mapping without what says nothing, and without members that are not known.
fn known_rules(channel: &Members<'_>, unknown: &mut Vec<UnknownMember>) -> Result<Vec<Value>, FileFault> {
    const RULE: [&str; 2] = ["fieldName", "saasFieldInfo"];
    let mut rules = Vec::new();
    for rule in channel.objects("attributeMapping")? {
        let mut lines = vec![(rule.clone(), &RULE[..])];
        lines.extend(rule.object("saasFieldInfo")?.map(|info| (info, INFO_KEYS)));
        for (members, known) in &lines {
            let keys = members.unknown(known);
            unknown.extend(keys.map(|key| UnknownMember::new(members.own_place(), key, known)));
        }
        let mut own = Map::new();
        own.extend(rule.get("fieldName").map(|name| ("fieldName".to_owned(), name.clone())));
        let info = lines.get(1).map(|(info, _)| info.iter().filter(|(key, _)| INFO_KEYS.contains(key)));
        let info = info.map(|info| info.map(|(key, value)| (key.to_owned(), value.clone())).collect());
        own.extend(info.map(|info| ("saasFieldInfo".to_owned(), Value::Object(info))));
        rules.extend(without_empty(&Value::Object(own)));
    }
    Ok(rules)
}

/// Each setting of a source that acts is one value, and the parts that hold them are objects.
fn check_types(place: &str, source: &Value) -> Result<(), FileFault> {
    for path in ACTING.iter().filter(|path| !["maxThreads", "timeout"].contains(path)) {
        let (part, name) = path.split_once('.').map_or((None, *path), |(part, name)| (Some(part), name));
        let holder = part.map_or(source, |part| &source[part]);
        if let (Some(part), false) = (part, holder.is_object() || holder.is_null()) {
            return Err(expected(format!("{place}.{part}"), "an object", holder));
        }
        let value = &holder[name];
        if matches!(value, Value::Array(_) | Value::Object(_)) {
            return Err(expected(format!("{place}.{path}"), "a text, a number, true or false", value));
        }
        let is_flag = ["guidBinary", "nestedSearch", "flagComparisonStatus", "defaultStatus"].contains(&name);
        if is_flag && !value.is_null() && flag(value).is_none() {
            return Err(expected(format!("{place}.{path}"), "true or false", value));
        }
    }
    Ok(())
}

/// A value that is not one of its list would be taken for the default.
fn check_choices(place: &str, settings: &[TargetSetting]) -> Result<(), FileFault> {
    const LISTS: &[(&str, &[&str])] = &[(
        "changeDetectionSettings.changedUsersAlgorithm",
        &["ACTIVE_DIRECTORY_USN", "TIMESTAMP", "TIMESTAMP_NO_NEGATION"],
    )];
    for setting in settings {
        let found = LISTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&setting.name));
        let value = setting.value.as_deref().unwrap_or_default();
        if let Some((name, choices)) = found
            && !choices.iter().any(|choice| choice.eq_ignore_ascii_case(value))
        {
            let unknown = UnknownName::new("value", value, choices.iter().copied());
            return Err(FileFault::unknown(format!("{place}.channelSource.{name}"), &unknown));
        }
        if matches!(setting.name.as_str(), "maxThreads" | "timeout")
            && !value.parse::<u64>().is_ok_and(|value| value > 0)
        {
            let problem = format!("expected a whole number, 1 or more, got {value}");
            return Err(FileFault::new(format!("{place}.{}", setting.name), problem));
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
        status: &known_status(&parts.source["accountManagementSettings"]),
        default_status: status,
        custom_schema: parts.custom_schema,
        ignores_expressions: ignore,
    }
    .read(&format!("{file}, {}", parts.place))
    .map_err(|fault| fault.of(file).below(parts.place))
}

/// The settings of the account status that are known; others are reported as those of the source are.
fn known_status(settings: &Value) -> Value {
    let Value::Object(members) = settings else { return settings.clone() };
    let known = members.iter().filter(|(key, _)| STATUS_KEYS.contains(&key.as_str()));
    Value::Object(known.map(|(key, value)| (key.clone(), value.clone())).collect())
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
            if flag(&info[key]) == Some(true) {
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
