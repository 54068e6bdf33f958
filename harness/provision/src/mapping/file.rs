//! A mapping file, in JSON or TOML, with the names of the provisioner's own administrative API: `attributeMapping`, a list
//! of `fieldName` and `saasFieldInfo`, and optionally `accountManagementSettings`.

use std::path::Path;

use serde_json::{Map, Value};

use super::Mapping;
use super::field;
use super::field::USER_NAME;
use super::rule::{CharacterCase, FieldRule, ValueParser};
use super::status::{AccountStatus, StatusAlgorithm};

/// A fault in a mapping file. `place` is a line, or the path of a setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {place}: {problem}")]
pub struct MappingFileError {
    pub file: String,
    pub place: String,
    pub problem: String,
}

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
pub fn open(path: &Path) -> Result<MappingFile, MappingFileError> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| MappingFileError {
        file: file.clone(),
        place: "the file".to_owned(),
        problem: format!("cannot be read: {error}"),
    })?;
    parse(&file, &text, path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")))
}

/// Reads a mapping that is already in memory; `file` stands for the file in errors.
///
/// # Errors
/// As [`open`].
pub fn parse(file: &str, text: &str, is_toml: bool) -> Result<MappingFile, MappingFileError> {
    let document = if is_toml { toml_document(text) } else { json_document(text) };
    let mut reader = MappingReader { warnings: Vec::new() };
    document
        .and_then(|document| reader.mapping(&document))
        .map(|mapping| MappingFile {
            mapping,
            warnings: reader.warnings.iter().map(|text| format!("{file}: {text}")).collect(),
        })
        .map_err(|(place, problem)| MappingFileError { file: file.to_owned(), place, problem })
}

type RowFault = (String, String);

fn fault<T>(place: impl Into<String>, problem: impl Into<String>) -> Result<T, RowFault> {
    Err((place.into(), problem.into()))
}

fn json_document(text: &str) -> Result<Value, RowFault> {
    if text.trim_start().starts_with('<') {
        return fault(
            "line 1",
            "this is XML, perhaps a connection exported by the console; the mapping is in the JSON of the administrative API (/idp/spConnections)",
        );
    }
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        (format!("line {}", error.line()), format!("not JSON: {message}"))
    })
}

fn toml_document(text: &str) -> Result<Value, RowFault> {
    toml::from_str::<Value>(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let line = text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
        (format!("line {line}"), format!("not TOML: {}", error.message()))
    })
}

struct MappingReader {
    warnings: Vec<String>,
}

impl MappingReader {
    fn mapping(&mut self, document: &Value) -> Result<Mapping, RowFault> {
        let root = object(document, "the file")?;
        self.warn_unknown(root, "", &["attributeMapping", "accountManagementSettings"]);
        let Some(rules) = root.get("attributeMapping") else {
            return fault("attributeMapping", "is missing; it is a list of fieldName and saasFieldInfo");
        };
        let Value::Array(rules) = rules else { return fault("attributeMapping", "must be a list") };
        let mut read: Vec<FieldRule> = Vec::with_capacity(rules.len());
        for (index, rule) in rules.iter().enumerate() {
            let place = format!("attributeMapping[{index}]");
            let rule = self.rule(rule, &place)?;
            if read.iter().any(|other| other.field.name == rule.field.name) {
                return fault(place, format!("field {} is mapped twice; keep one", rule.field.name));
            }
            read.push(rule);
        }
        if !read.iter().any(|rule| rule.field.name == USER_NAME) {
            return fault("attributeMapping", "field userName is not mapped, but it identifies each user");
        }
        let status = match root.get("accountManagementSettings") {
            Some(settings) => self.status(settings)?,
            None => AccountStatus::default(),
        };
        Ok(Mapping::new(read, status))
    }

    fn rule(&mut self, value: &Value, place: &str) -> Result<FieldRule, RowFault> {
        let rule = object(value, place)?;
        self.warn_unknown(rule, place, &["fieldName", "saasFieldInfo"]);
        let name =
            text(rule, "fieldName", place)?.ok_or_else(|| (format!("{place}.fieldName"), "is missing".to_owned()))?;
        let Some(field) = field::find(&name) else {
            return fault(
                format!("{place}.fieldName"),
                format!(
                    "{name:?} is no field of the target; fields are userName, givenName, workEmail and so on, or IANUser:attribute"
                ),
            );
        };
        let place = format!("{place} ({name})");
        let empty = Map::new();
        let info = match rule.get("saasFieldInfo") {
            Some(info) => object(info, &format!("{place}.saasFieldInfo"))?,
            None => &empty,
        };
        self.warn_unknown(
            info,
            &place,
            &[
                "attributeNames",
                "defaultValue",
                "expression",
                "createOnly",
                "trim",
                "masked",
                "characterCase",
                "parser",
            ],
        );
        if text(info, "expression", &place)?.is_some_and(|expression| !expression.trim().is_empty()) {
            return fault(
                format!("{place}.expression"),
                "expressions (OGNL) are not evaluated; map the field from attributeNames alone",
            );
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
                    return fault(format!("{place}.characterCase"), format!("{other:?} is not NONE, LOWER or UPPER"));
                }
            },
            parser: match choice(info, "parser", &place)?.as_deref() {
                None | Some("NONE") => ValueParser::None,
                Some("EXTRACT_CN_FROM_DN") => ValueParser::ExtractCnFromDn,
                Some("EXTRACT_USERNAME_FROM_EMAIL") => ValueParser::ExtractUsernameFromEmail,
                Some(other) => {
                    return fault(
                        format!("{place}.parser"),
                        format!("{other:?} is not NONE, EXTRACT_CN_FROM_DN or EXTRACT_USERNAME_FROM_EMAIL"),
                    );
                }
            },
            field,
        };
        if built.attribute_names.is_empty() && built.default_value.as_deref().is_none_or(str::is_empty) {
            return fault(place, "has neither attributeNames nor defaultValue, so it can never have a value");
        }
        Ok(built)
    }

    fn status(&mut self, value: &Value) -> Result<AccountStatus, RowFault> {
        const PLACE: &str = "accountManagementSettings";
        let settings = object(value, PLACE)?;
        self.warn_unknown(
            settings,
            PLACE,
            &[
                "accountStatusAttributeName",
                "accountStatusAlgorithm",
                "flagComparisonValue",
                "flagComparisonStatus",
                "defaultStatus",
            ],
        );
        let required = |key: &str| {
            text(settings, key, PLACE)?
                .filter(|value| !value.is_empty())
                .ok_or_else(|| (format!("{PLACE}.{key}"), "is missing".to_owned()))
        };
        let attribute = required("accountStatusAttributeName")?;
        let algorithm = match required("accountStatusAlgorithm")?.as_str() {
            "ACCOUNT_STATUS_ALGORITHM_AD" => StatusAlgorithm::ActiveDirectory,
            "ACCOUNT_STATUS_ALGORITHM_FLAG" => StatusAlgorithm::Flag {
                value: required("flagComparisonValue")?,
                status: flag(settings, "flagComparisonStatus", PLACE)?,
            },
            other => {
                return fault(
                    format!("{PLACE}.accountStatusAlgorithm"),
                    format!("{other:?} is not ACCOUNT_STATUS_ALGORITHM_AD or ACCOUNT_STATUS_ALGORITHM_FLAG"),
                );
            }
        };
        let default_status =
            if settings.contains_key("defaultStatus") { flag(settings, "defaultStatus", PLACE)? } else { true };
        Ok(AccountStatus { attribute, algorithm, default_status })
    }

    fn warn_unknown(&mut self, object: &Map<String, Value>, place: &str, known: &[&str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            self.warnings.push(format!("{place} is unknown and ignored"));
        }
    }
}

fn object<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>, RowFault> {
    value.as_object().ok_or_else(|| (place.to_owned(), "must be an object".to_owned()))
}

fn text(object: &Map<String, Value>, key: &str, place: &str) -> Result<Option<String>, RowFault> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => fault(format!("{place}.{key}"), "must be text"),
    }
}

fn choice(object: &Map<String, Value>, key: &str, place: &str) -> Result<Option<String>, RowFault> {
    Ok(text(object, key, place)?.map(|text| text.to_ascii_uppercase()))
}

/// Booleans come as booleans or as text, depending on who wrote the file.
fn flag(object: &Map<String, Value>, key: &str, place: &str) -> Result<bool, RowFault> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(_) => fault(format!("{place}.{key}"), "must be true or false"),
    }
}

fn strings(object: &Map<String, Value>, key: &str, place: &str) -> Result<Vec<String>, RowFault> {
    let wrong = || (format!("{place}.{key}"), "must be a list of attribute names".to_owned());
    match object.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) => values
            .iter()
            .map(|value| value.as_str().filter(|name| !name.is_empty()).map(str::to_owned).ok_or_else(wrong))
            .collect(),
        Some(_) => Err(wrong()),
    }
}
