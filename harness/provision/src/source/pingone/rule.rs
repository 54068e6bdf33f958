//! A rule: the users that are provisioned, and the attribute of PingOne that fills each field.

use std::path::Path;

use serde_json::Value;
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::kind::DocumentKind;
use weir_files::name::UnknownName;

use super::expression::Expression;
use super::fault;
use crate::mapping::file::ignored;
use crate::mapping::rule::FieldRule;
use crate::mapping::status::StatusAlgorithm;
use crate::mapping::{AccountStatus, Mapping, field};

/// The mappings of a rule that has none of its own.
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
const KEYS: &[&str] = &[
    "populationExpression",
    "userFilter",
    "filter",
    "mappings",
    "_embedded",
    "groups",
    "name",
    "active",
    "deprovision",
    "targetStore",
];

/// Keys that say nothing about whom a run touches, and how: names, times, links, and where the rule belongs.
const WITHOUT_PART: &[&str] = &[
    "_links",
    "id",
    "description",
    "environment",
    "plan",
    "sourceStore",
    "configuration",
    "createdAt",
    "updatedAt",
    "syncStatus",
];

/// A rule, read.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: String,
    /// Everybody, if absent.
    pub filter: Option<Expression>,
    pub mapping: Mapping,
    /// Whether something happens to the account of a user who leaves the rule.
    pub deprovisions: bool,
    /// The store that the rule is for, where it says so.
    pub target_store: Option<String>,
    /// The ids of the groups that it provisions, as far as it says so.
    pub groups: Vec<String>,
    /// Accepted particularities that the owner should know.
    pub warnings: Vec<String>,
}

/// Which rule of a file, and what belongs to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuleChoice<'a> {
    /// The rule's name, where the file holds several.
    pub name: Option<&'a str>,
    /// A file of the rule's mappings, which the API answers apart from the rule.
    pub mappings: Option<&'a Path>,
    /// A rule that is switched off is taken as well.
    pub inactive: bool,
}

impl Rule {
    /// Reads a rule's file: a rule, or a list of them.
    ///
    /// # Errors
    /// The first fault of the file, or of that of the mappings.
    pub fn open(path: &Path, choice: &RuleChoice<'_>) -> Result<Self, FileFault> {
        let text = document::read(path)?;
        let (file, document) = chosen(&path.display().to_string(), &text, choice.name)?;
        let own = match choice.mappings {
            None => None,
            Some(path) => {
                let mappings = path.display().to_string();
                let list = listed_mappings(&mappings, &document::read(path)?)?;
                Some((mappings, list))
            }
        };
        Self::read(&file, &document, own, choice.inactive)
    }

    /// Reads a rule that is already in memory; `file` stands for the file in errors.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn parse(file: &str, text: &str) -> Result<Self, FileFault> {
        let (file, document) = chosen(file, text, None)?;
        Self::read(&file, &document, None, false)
    }

    fn read(
        file: &str,
        document: &Value,
        apart: Option<(String, Vec<Value>)>,
        inactive: bool,
    ) -> Result<Self, FileFault> {
        if document["active"] == false && !inactive {
            return Err(fault(file, "active", "the rule is switched off, so that nothing would be sent")
                .with_remedy("--inactive runs it all the same"));
        }
        let mut warnings = Vec::new();
        let mut filter = None;
        for (key, value) in document.as_object().into_iter().flatten() {
            match key.as_str() {
                "populationExpression" | "userFilter" | "filter" if !value.is_null() => {
                    let Some(text) = value.as_str() else {
                        return Err(fault(file, key.as_str(), "a filter is a text, such as population.id eq \"…\""));
                    };
                    if filter.is_some() {
                        return Err(fault(file, key.as_str(), "is a second filter of the rule; keep one"));
                    }
                    let read = Expression::read(text).map_err(|error| fault(file, key.as_str(), error.to_string()))?;
                    filter = Some(read);
                }
                key if KEYS.contains(&key) || WITHOUT_PART.contains(&key) => {}
                key => warnings.push(format!("{file}: {}", ignored(key, key, KEYS))),
            }
        }
        if filter.is_none() {
            warnings.push(format!("{file}: the rule has no populationExpression, so every user is provisioned"));
        }
        let deprovisions = document["deprovision"] != false && document["deprovision"] != "false";
        if !deprovisions {
            warnings
                .push(format!("{file}: deprovision is false, so that a user who leaves the rule keeps the account"));
        }
        let (own_file, own) = match apart {
            Some((mappings, list)) => (mappings, list),
            None => (file.to_owned(), embedded_mappings(document)),
        };
        let mapping = if own.is_empty() {
            let names: Vec<&str> = DEFAULTS.iter().map(|(name, _)| *name).collect();
            warnings.push(format!(
                "{file}: there are no mappings in it, so PingOne's defaults are used for {} and active; give the answer of GET …/rules/ID/mappings with --mappings",
                names.join(", ")
            ));
            let rules = DEFAULTS.iter().filter_map(|(name, own)| Some(FieldRule::copy(field::find(name)?, &[own])));
            Mapping::new(rules.collect(), status(ENABLED))
        } else {
            mapping(&own_file, &own, &mut warnings)?
        };
        Ok(Self {
            name: document["name"].as_str().unwrap_or_default().to_owned(),
            filter,
            mapping,
            deprovisions,
            target_store: document["targetStore"]["id"].as_str().map(str::to_owned),
            groups: groups(file, &document["groups"])?,
            warnings,
        })
    }
}

/// The rule of a file, with the place to be named in errors.
fn chosen(file: &str, text: &str, name: Option<&str>) -> Result<(String, Value), FileFault> {
    const WANTED: &str = "a rule of PingOne";
    let document = document::unique(text).map_err(|fault| fault.of(file))?;
    let kind = DocumentKind::of_json(&document);
    if !matches!(kind, DocumentKind::Rule | DocumentKind::Rules) {
        return Err(kind.instead_of(WANTED).of(file));
    }
    let embedded = &document["_embedded"];
    let lists = [&document, &embedded["rules"], &embedded["propagationRules"]];
    let Some(list) = lists.into_iter().find_map(Value::as_array) else {
        return match name.filter(|name| document["name"].as_str() != Some(name)) {
            Some(name) => {
                let own = document["name"].as_str().unwrap_or_default();
                Err(FileFault::unknown(Place::Whole, &UnknownName::new("rule", name, [own])).of(file))
            }
            None => Ok((file.to_owned(), document)),
        };
    };
    let name_of = |rule: &Value| rule["name"].as_str().unwrap_or_default().to_owned();
    let found: Vec<&Value> = list.iter().filter(|rule| name.is_none_or(|name| name_of(rule) == name)).collect();
    match (found.as_slice(), name) {
        ([one], _) => Ok((file.to_owned(), (*one).clone())),
        ([], Some(name)) => {
            let known: Vec<String> = list.iter().map(name_of).collect();
            let name = UnknownName::new("rule", name, known.iter().map(String::as_str));
            Err(FileFault::unknown(Place::Whole, &name).of(file))
        }
        ([], None) => Err(fault(file, "", "the list of rules is empty")),
        _ => {
            let names: Vec<String> = found.iter().map(|rule| name_of(rule)).collect();
            Err(fault(file, "", format!("there are {} rules in it", found.len()))
                .with_remedy(format!("name one of {} with --rule-name", names.join(", "))))
        }
    }
}

/// The ids of a rule's groups, each as a text or as an object with its id.
fn groups(file: &str, list: &Value) -> Result<Vec<String>, FileFault> {
    let id = |group: &Value| group.as_str().or_else(|| group["id"].as_str()).map(str::to_owned);
    let ids: Option<Vec<String>> = match list {
        Value::Null => Some(Vec::new()),
        Value::Array(groups) => groups.iter().map(id).collect(),
        _ => None,
    };
    ids.ok_or_else(|| fault(file, "groups", "is a list of groups, each with its id"))
}

/// The mappings that a rule holds: its own list, or what its API answers embedded.
fn embedded_mappings(document: &Value) -> Vec<Value> {
    let lists = [&document["mappings"], &document["_embedded"]["mappings"]];
    lists.into_iter().filter_map(Value::as_array).find(|list| !list.is_empty()).cloned().unwrap_or_default()
}

/// The mappings of a file of their own.
pub(crate) fn listed_mappings(file: &str, text: &str) -> Result<Vec<Value>, FileFault> {
    let document: Value = document::unique(text).map_err(|fault| fault.of(file))?;
    let kind = DocumentKind::of_json(&document);
    let list = match (kind, &document) {
        (DocumentKind::Mappings, Value::Array(list)) => list.clone(),
        (DocumentKind::Mappings | DocumentKind::Rule, _) => embedded_mappings(&document),
        _ => return Err(kind.instead_of("a list of a PingOne rule's mappings").of(file)),
    };
    if list.is_empty() { Err(fault(file, "", "there are no mappings in it")) } else { Ok(list) }
}

/// A rule with one mapping of its own has no defaults any more.
fn mapping(file: &str, own: &[Value], warnings: &mut Vec<String>) -> Result<Mapping, FileFault> {
    let mut rules: Vec<FieldRule> = Vec::new();
    let mut enabled = None;
    for (index, one) in own.iter().enumerate() {
        let place = format!("mapping {}", index + 1);
        let text =
            |names: [&str; 2]| names.into_iter().find_map(|name| one[name].as_str()).filter(|text| !text.is_empty());
        let kind = one["attributeMappingType"].as_str().unwrap_or_default();
        if kind.to_ascii_lowercase().contains("group") {
            warnings.push(format!("{file}: {place} is of the type {kind}, which is about groups and not about users"));
            continue;
        }
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
