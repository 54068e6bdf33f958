//! A rule: who is provisioned, and which attribute of PingOne fills which field.

use std::path::Path;

use serde_json::Value;
use weir_files::document;
use weir_files::fault::FileFault;
use weir_files::name::UnknownName;

use super::expression::Expression;
use super::fault;
use crate::mapping::file::ignored;
use crate::mapping::rule::FieldRule;
use crate::mapping::status::StatusAlgorithm;
use crate::mapping::{AccountStatus, Mapping, field};

/// What PingOne maps when a rule has no mapping of its own.
const DEFAULTS: &[(&str, &str)] = &[
    ("userName", "username"),
    ("givenName", "name.given"),
    ("familyName", "name.family"),
    ("formattedName", "name.formatted"),
    ("workEmail", "email"),
    ("workPhone", "primaryPhone"),
];
const ACTIVE: &str = "active";
const ENABLED: &str = "enabled";
/// The keys that have a meaning.
const KEYS: &[&str] = &["populationExpression", "userFilter", "mappings", "groups", "name", "active"];

/// Keys that say something which has no part in provisioning from files.
const IGNORED: &[&str] = &[
    "_links",
    "id",
    "name",
    "description",
    "environment",
    "sourceStore",
    "targetStore",
    "configuration",
    "createdAt",
    "updatedAt",
    "active",
    "deprovision",
    "syncStatus",
];

/// A rule, read.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: String,
    /// Everybody, if absent.
    pub filter: Option<Expression>,
    pub mapping: Mapping,
    /// What was accepted, and its owner should know.
    pub warnings: Vec<String>,
}

impl Rule {
    /// Reads a rule's file.
    ///
    /// # Errors
    /// The first fault of the file.
    pub fn open(path: &Path) -> Result<Self, FileFault> {
        let text = document::read(path)?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads a rule that is already in memory; `file` stands for the file in errors.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn parse(file: &str, text: &str) -> Result<Self, FileFault> {
        let document: Value = document::json(text).map_err(|fault| fault.of(file))?;
        let Some(members) = document.as_object() else {
            return Err(fault(file, "", "this is not a rule; a rule is an object with a filter and mappings"));
        };
        if document["active"] == false {
            return Err(fault(file, "active", "the rule is switched off, so that nothing would be sent"));
        }
        let mut warnings = Vec::new();
        let mut filter = None;
        let mut mappings = None;
        for (key, value) in members {
            match key.as_str() {
                "populationExpression" | "userFilter" | "filter" => {
                    let Some(text) = value.as_str() else {
                        return Err(fault(file, key.as_str(), "a filter is a text, such as population.id eq \"…\""));
                    };
                    let read = Expression::read(text).map_err(|error| fault(file, key.as_str(), error.to_string()))?;
                    filter = Some(read);
                }
                "mappings" => mappings = Some(value),
                "groups" if value.as_array().is_some_and(|groups| !groups.is_empty()) => {
                    warnings.push(format!("{file}: groups: users.json holds no groups, so that none are provisioned"));
                }
                "groups" => {}
                key if IGNORED.contains(&key) => {}
                key => warnings.push(format!("{file}: {}", ignored(key, key, KEYS))),
            }
        }
        if filter.is_none() {
            warnings.push(format!("{file}: the rule has no populationExpression, so every user is provisioned"));
        }
        let own = mappings.and_then(Value::as_array).filter(|own| !own.is_empty());
        let mapping = if let Some(own) = own {
            mapping(file, own, &mut warnings)?
        } else {
            let rules = DEFAULTS.iter().filter_map(|(name, own)| Some(FieldRule::copy(field::find(name)?, &[own])));
            Mapping::new(rules.collect(), status(ENABLED))
        };
        let name = document["name"].as_str().unwrap_or_default().to_owned();
        Ok(Self { name, filter, mapping, warnings })
    }
}

/// A rule with one mapping of its own has no defaults any more.
fn mapping(file: &str, own: &[Value], warnings: &mut Vec<String>) -> Result<Mapping, FileFault> {
    let mut rules: Vec<FieldRule> = Vec::new();
    let mut enabled = None;
    for (index, one) in own.iter().enumerate() {
        let place = format!("mapping {}", index + 1);
        let text =
            |names: [&str; 2]| names.into_iter().find_map(|name| one[name].as_str()).filter(|text| !text.is_empty());
        if text(["expression", "expression"]).is_some() {
            let problem = "has an expression, which is not evaluated; map a source attribute instead";
            return Err(fault(file, place.as_str(), problem));
        }
        let (Some(source), Some(target)) = (text(["sourceAttribute", "source"]), text(["targetAttribute", "target"]))
        else {
            let known = ["sourceAttribute", "targetAttribute"];
            let keys = one.as_object().into_iter().flat_map(|members| members.keys());
            return Err(match keys.into_iter().find_map(|key| UnknownName::misspelling("key", key, known)) {
                Some(name) => FileFault::unknown(place, &name).of(file),
                None => fault(file, place.as_str(), "needs sourceAttribute and targetAttribute"),
            });
        };
        let source = bare(source);
        if target.eq_ignore_ascii_case(ACTIVE) {
            enabled = Some(source.to_owned());
            continue;
        }
        let Some(target) = field::find(target) else {
            return Err(FileFault::unknown(place, &field::unknown(target)).of(file));
        };
        if rules.iter().any(|rule| rule.field.name == target.name) {
            return Err(fault(file, place.as_str(), format!("{} is mapped twice", target.name)));
        }
        rules.push(FieldRule::copy(target, &[source]));
    }
    if !rules.iter().any(|rule| rule.field.name == field::USER_NAME) {
        return Err(fault(file, "mappings", "userName is required and not mapped"));
    }
    let enabled = enabled.unwrap_or_else(|| {
        warnings.push(format!(
            "{file}: mappings: nothing is mapped to active, so that disabling a user in PingOne does not reach the account"
        ));
        String::new()
    });
    Ok(Mapping::new(rules, status(&enabled)))
}

/// `${user.name.given}` and `user.name.given` are `name.given`.
fn bare(text: &str) -> &str {
    let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    inner.strip_prefix("user.").unwrap_or(inner)
}

/// Without an attribute everybody is enabled.
fn status(attribute: &str) -> AccountStatus {
    AccountStatus {
        attribute: attribute.to_owned(),
        algorithm: StatusAlgorithm::Flag { value: "true".to_owned(), status: true },
        default_status: true,
    }
}
