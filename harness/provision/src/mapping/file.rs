//! A mapping file, in JSON or TOML, with the names of the provisioner's own administrative API: `attributeMapping`, a list
//! of `fieldName` and `saasFieldInfo`, and optionally `accountManagementSettings`.

use std::path::Path;

use serde_json::{Map, Value};
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::kind::DocumentKind;
use weir_files::name::UnknownName;
use weir_files::template::Placeholders;

use super::Mapping;
use super::field;
use super::field::USER_NAME;
use super::rule::{CharacterCase, FieldRule, ValueParser};
use super::status::{AccountStatus, StatusAlgorithm};

/// A mapping with what its author should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingFile {
    pub mapping: Mapping,
    pub warnings: Vec<String>,
}

/// Reads a mapping file; one that ends in `.toml` is TOML, others are JSON.
///
/// # Errors
/// The first fault, with file and place.
pub fn open(path: &Path) -> Result<MappingFile, FileFault> {
    let text = document::read(path)?;
    parse(
        &path.display().to_string(),
        &text,
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")),
    )
}

/// Reads a mapping that is already in memory; `file` stands for the file in errors.
///
/// # Errors
/// As [`open`].
pub fn parse(file: &str, text: &str, is_toml: bool) -> Result<MappingFile, FileFault> {
    let document = if is_toml { document::toml(text) } else { json_document(text) };
    let mut reader = MappingReader::default();
    document
        .and_then(|document| {
            Placeholders::of_json(&document, text, &|_, _| true).refused()?;
            reader.mapping(&document)
        })
        .map(|mapping| MappingFile {
            mapping,
            warnings: reader.warnings.iter().map(|text| format!("{file}: {text}")).collect(),
        })
        .map_err(|fault| fault.within(file, text))
}

fn fault<T>(place: impl Into<Place>, problem: impl Into<String>) -> Result<T, FileFault> {
    Err(FileFault::new(place, problem))
}

/// The members of `saasFieldInfo`.
pub(crate) const INFO_KEYS: &[&str] =
    &["attributeNames", "defaultValue", "expression", "createOnly", "trim", "masked", "characterCase", "parser"];

/// The members of `accountManagementSettings`.
pub(crate) const STATUS_KEYS: &[&str] = &[
    "accountStatusAttributeName",
    "accountStatusAlgorithm",
    "flagComparisonValue",
    "flagComparisonStatus",
    "defaultStatus",
];

/// The document that is expected, as a sentence has it.
const WANTED: &str = "a mapping file";

fn json_document(text: &str) -> Result<Value, FileFault> {
    if text.trim_start().starts_with('<') {
        let fault = DocumentKind::of(text).instead_of(WANTED);
        let remedy = "the mapping of a connection is in the JSON of the administrative API (/idp/spConnections)";
        return Err(if fault.remedy.is_empty() { fault.with_remedy(remedy) } else { fault });
    }
    let document = document::unique(text)?;
    match DocumentKind::of_json(&document) {
        DocumentKind::Mapping | DocumentKind::EmptyObject | DocumentKind::Json => Ok(document),
        other => Err(other.instead_of(WANTED)),
    }
}

/// Reads rules and status, and gathers what their author should know.
#[derive(Default)]
pub(super) struct MappingReader {
    pub warnings: Vec<String>,
}

impl MappingReader {
    fn mapping(&mut self, document: &Value) -> Result<Mapping, FileFault> {
        let root = object(document, "")?;
        self.warn_unknown(root, "", &["attributeMapping", "accountManagementSettings"]);
        let Some(rules) = root.get("attributeMapping") else {
            return Err(FileFault::new("attributeMapping", "is missing")
                .with_remedy("it is a list of fieldName and saasFieldInfo"));
        };
        let Value::Array(rules) = rules else { return fault("attributeMapping", "must be a list") };
        let rules = collected(rules, |rule, place| self.rule(rule, place).map(Some))?;
        let status = match root.get("accountManagementSettings") {
            Some(settings) => self.status(settings)?,
            None => AccountStatus::default(),
        };
        Ok(Mapping::new(rules, status))
    }

    fn rule(&mut self, value: &Value, place: &str) -> Result<FieldRule, FileFault> {
        let name = field_name(value, place)?;
        let Some(field) = field::find(&name) else {
            return Err(FileFault::unknown(format!("{place}.fieldName"), &field::unknown(&name)));
        };
        self.rule_of(field, value, place)
    }

    /// The rule of a field.
    pub(super) fn rule_of(&mut self, field: field::Field, value: &Value, place: &str) -> Result<FieldRule, FileFault> {
        let rule = object(value, place)?;
        self.warn_unknown(rule, place, &["fieldName", "saasFieldInfo"]);
        let place = format!("{place} ({})", field_name(value, place)?);
        let empty = Map::new();
        let info = match rule.get("saasFieldInfo") {
            None | Some(Value::Null) => &empty,
            Some(info) => object(info, &format!("{place}.saasFieldInfo"))?,
        };
        self.warn_unknown(info, &place, INFO_KEYS);
        if text(info, "expression", &place)?.is_some_and(|expression| !expression.trim().is_empty()) {
            return Err(FileFault::new(format!("{place}.expression"), "expressions (OGNL) are not evaluated")
                .with_remedy("map the field from attributeNames alone"));
        }
        let built = FieldRule {
            attribute_names: strings(info, "attributeNames", &place)?,
            default_value: text(info, "defaultValue", &place)?,
            create_only: flag(info, "createOnly", &place)?,
            trim: flag(info, "trim", &place)?,
            masked: flag(info, "masked", &place)? || field.name == "password",
            character_case: match choice(info, "characterCase", &place)?.as_deref() {
                None | Some("NONE") => CharacterCase::None,
                Some("LOWER") => CharacterCase::Lower,
                Some("UPPER") => CharacterCase::Upper,
                Some(other) => {
                    let name = UnknownName::new("letter case", other, ["NONE", "LOWER", "UPPER"]);
                    return Err(FileFault::unknown(format!("{place}.characterCase"), &name));
                }
            },
            parser: match choice(info, "parser", &place)?.as_deref() {
                None | Some("NONE") => ValueParser::None,
                Some("EXTRACT_CN_FROM_DN") => ValueParser::ExtractCnFromDn,
                Some("EXTRACT_USERNAME_FROM_EMAIL") => ValueParser::ExtractUsernameFromEmail,
                Some(other) => {
                    let known = ["NONE", "EXTRACT_CN_FROM_DN", "EXTRACT_USERNAME_FROM_EMAIL"];
                    let name = UnknownName::new("parser", other, known);
                    return Err(FileFault::unknown(format!("{place}.parser"), &name));
                }
            },
            field,
        };
        if built.attribute_names.is_empty() && built.default_value.as_deref().is_none_or(str::is_empty) {
            let known = ["attributeNames", "defaultValue"];
            let names = info.keys().find_map(|key| UnknownName::misspelling("key", key, known));
            if let Some(name) = names {
                return Err(FileFault::unknown(place, &name));
            }
            return fault(place, "has neither attributeNames nor defaultValue, so it can never have a value");
        }
        Ok(built)
    }

    pub(super) fn status(&mut self, value: &Value) -> Result<AccountStatus, FileFault> {
        const PLACE: &str = "accountManagementSettings";
        let settings = object(value, PLACE)?;
        self.warn_unknown(settings, PLACE, STATUS_KEYS);
        let required = |key: &str| {
            text(settings, key, PLACE)?
                .filter(|value| !value.is_empty())
                .ok_or_else(|| FileFault::new(format!("{PLACE}.{key}"), "is missing"))
        };
        let attribute = required("accountStatusAttributeName")?;
        let algorithm = match required("accountStatusAlgorithm")?.as_str() {
            "ACCOUNT_STATUS_ALGORITHM_AD" => StatusAlgorithm::ActiveDirectory,
            "ACCOUNT_STATUS_ALGORITHM_FLAG" => StatusAlgorithm::Flag {
                value: required("flagComparisonValue")?,
                status: flag(settings, "flagComparisonStatus", PLACE)?,
            },
            other => {
                let known = ["ACCOUNT_STATUS_ALGORITHM_AD", "ACCOUNT_STATUS_ALGORITHM_FLAG"];
                let name = UnknownName::new("algorithm", other, known);
                return Err(FileFault::unknown(format!("{PLACE}.accountStatusAlgorithm"), &name));
            }
        };
        let default_status =
            if settings.contains_key("defaultStatus") { flag(settings, "defaultStatus", PLACE)? } else { true };
        Ok(AccountStatus { attribute, algorithm, default_status })
    }

    fn warn_unknown(&mut self, object: &Map<String, Value>, place: &str, known: &[&str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            self.warnings.push(ignored(&place, key, known));
        }
    }
}

/// The rules of a mapping, each read by `read` with its place; one that reads to nothing is left out. A field has one rule, and
/// the user name needs one.
pub(super) fn collected(
    rules: &[Value],
    mut read: impl FnMut(&Value, &str) -> Result<Option<FieldRule>, FileFault>,
) -> Result<Vec<FieldRule>, FileFault> {
    let mut collected: Vec<FieldRule> = Vec::with_capacity(rules.len());
    for (index, rule) in rules.iter().enumerate() {
        let place = format!("attributeMapping[{index}]");
        let Some(rule) = read(rule, &place)? else { continue };
        if collected.iter().any(|other| other.field.name == rule.field.name) {
            let problem = format!("field {} is mapped twice", rule.field.name);
            return Err(FileFault::new(place, problem).with_remedy("keep one"));
        }
        collected.push(rule);
    }
    if !collected.iter().any(|rule| rule.field.name == USER_NAME) {
        return fault("attributeMapping", "field userName is not mapped, but it identifies each user");
    }
    Ok(collected)
}

/// The warning about a key that has no meaning, with the key that may be meant.
pub(crate) fn ignored(place: &str, key: &str, known: &[&str]) -> String {
    let remedy = UnknownName::new("key", key, known).remedy();
    let meant = if remedy.starts_with("did you mean") { format!("; {remedy}") } else { String::new() };
    format!("{place} is unknown and ignored{meant}")
}

/// The name of the field that a rule fills.
pub(super) fn field_name(value: &Value, place: &str) -> Result<String, FileFault> {
    text(object(value, place)?, "fieldName", place)?
        .ok_or_else(|| FileFault::new(format!("{place}.fieldName"), "is missing"))
}

fn object<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>, FileFault> {
    value.as_object().ok_or_else(|| FileFault::new(place, "must be an object"))
}

fn text(object: &Map<String, Value>, key: &str, place: &str) -> Result<Option<String>, FileFault> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => fault(format!("{place}.{key}"), "must be text"),
    }
}

fn choice(object: &Map<String, Value>, key: &str, place: &str) -> Result<Option<String>, FileFault> {
    Ok(text(object, key, place)?.map(|text| text.to_ascii_uppercase()))
}

/// Booleans come as booleans or as text, depending on who wrote the file.
fn flag(object: &Map<String, Value>, key: &str, place: &str) -> Result<bool, FileFault> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(_) => fault(format!("{place}.{key}"), "must be true or false"),
    }
}

fn strings(object: &Map<String, Value>, key: &str, place: &str) -> Result<Vec<String>, FileFault> {
    let wrong = || FileFault::new(format!("{place}.{key}"), "must be a list of attribute names");
    match object.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) => values
            .iter()
            .map(|value| value.as_str().filter(|name| !name.is_empty()).map(str::to_owned).ok_or_else(wrong))
            .collect(),
        Some(_) => Err(wrong()),
    }
}
