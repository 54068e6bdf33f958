//! The mappings of a rule: the attribute of PingOne that fills each field of the target.

use serde_json::Value;
use weir_files::document;
use weir_files::fault::FileFault;
use weir_files::kind::DocumentKind;
use weir_files::member::Members;
use weir_files::name::UnknownName;
use weir_files::pages::PagedList;
use weir_files::template::Placeholders;

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
/// The members of a mapping. The first of a name is the API's, the second that of our own files.
const SOURCE: [&str; 2] = ["sourceAttribute", "source"];
const TARGET: [&str; 2] = ["targetAttribute", "target"];
const KEYS: &[&str] = &["sourceAttribute", "source", "targetAttribute", "target", "expression", "attributeMappingType"];
/// Members that fill no field.
const WITHOUT_PART: &[&str] = &["_links", "id", "name", "environment", "rule", "createdAt", "updatedAt"];

const MAPPINGS: PagedList<'_> = PagedList {
    names: &["mappings"],
    one: "mapping",
    many: "mappings",
    loss: "a field that another maps would stay empty",
};

/// The mappings of a rule, and the file that holds them.
#[derive(Clone, Debug)]
pub(super) struct RuleMappings {
    pub file: String,
    pub list: Vec<Value>,
}

/// The mappings that a rule holds: its own list, or what its API answers embedded.
pub(super) fn embedded(rule: &Value) -> Result<Vec<Value>, FileFault> {
    let members = Members::of(rule, "")?;
    let own = members.list("mappings")?;
    let Some(embedded) = members.object("_embedded")? else { return Ok(own.to_vec()) };
    let list = embedded.list("mappings")?;
    match (own.is_empty(), list.is_empty()) {
        (false, false) => Err(FileFault::new("_embedded.mappings", "is a second list of mappings, beside mappings")
            .with_remedy("keep one")),
        (false, true) => Ok(own.to_vec()),
        (true, _) => Ok(list.to_vec()),
    }
}

/// The mappings of a file of their own.
pub(super) fn listed_mappings(file: &str, text: &str) -> Result<RuleMappings, FileFault> {
    const REMEDY: &str = "give the answer of GET …/propagation/rules/ID/mappings";
    let document: Value = document::unique(text).map_err(|fault| fault.of(file))?;
    let list = match DocumentKind::of_json(&document) {
        DocumentKind::Mappings => MAPPINGS.items(&document),
        kind @ DocumentKind::Rule => match embedded(&document) {
            Ok(list) if list.is_empty() => {
                let problem = format!("this is {kind} without mappings, not a list of a PingOne rule's mappings");
                Err(FileFault::whole(file, problem).with_remedy(REMEDY))
            }
            read => read,
        },
        kind => Err(kind.instead_of("a list of a PingOne rule's mappings")),
    };
    let list = list.map_err(|fault| fault.of(file))?;
    if list.is_empty() {
        return Err(fault(file, "", "there are no mappings in it").with_remedy(REMEDY));
    }
    let is_open = |_: &str, name: &str| !name.starts_with("user.");
    Placeholders::of_json(&document, text, &is_open).refused().map_err(|fault| fault.of(file))?;
    Ok(RuleMappings { file: file.to_owned(), list })
}

impl RuleMappings {
    /// The mapping of users. A rule with one mapping of its own has no defaults any more.
    pub(super) fn read(&self, ignores_unknown: bool, warnings: &mut Vec<String>) -> Result<Mapping, FileFault> {
        if self.list.is_empty() {
            return Ok(self.defaults(warnings));
        }
        self.mapping(ignores_unknown, warnings).map_err(|fault| fault.of(&self.file))
    }

    fn defaults(&self, warnings: &mut Vec<String>) -> Mapping {
        let names: Vec<&str> = DEFAULTS.iter().map(|(name, _)| *name).collect();
        warnings.push(format!(
            "{}: there are no mappings in it, so PingOne's defaults are used for {} and active; give the answer of GET …/rules/ID/mappings with --mappings",
            self.file,
            names.join(", ")
        ));
        let rules = DEFAULTS.iter().filter_map(|(name, own)| Some(FieldRule::copy(field::find(name)?, &[own])));
        Mapping::new(rules.collect(), status(ENABLED))
    }

    fn mapping(&self, ignores_unknown: bool, warnings: &mut Vec<String>) -> Result<Mapping, FileFault> {
        let file = &self.file;
        let mut rules: Vec<FieldRule> = Vec::new();
        let mut enabled: Option<String> = None;
        for (index, one) in self.list.iter().enumerate() {
            let place = format!("mapping {}", index + 1);
            let members = Members::of(one, place.as_str())?;
            let kind = members.text("attributeMappingType")?.unwrap_or_default();
            if kind.to_ascii_lowercase().contains("group") {
                warnings
                    .push(format!("{file}: {place} is of the type {kind}, which is about groups and not about users"));
                continue;
            }
            let Some((source, target)) = pair(&members, one)? else {
                return Err(incomplete(&members, place));
            };
            for key in members.unknown(&[KEYS, WITHOUT_PART].concat()) {
                let member = members.place(key);
                if !ignores_unknown {
                    let meant = UnknownName::misspelling("key", key, KEYS).map(|name| format!("{} ", name.remedy()));
                    return Err(FileFault::new(member, "is unknown, and could change what the run sends")
                        .with_remedy(format!("{}--ignore-unknown-settings leaves it out", meant.unwrap_or_default())));
                }
                warnings.push(format!("{file}: {}", ignored(&member, key, KEYS)));
            }
            let source = bare(source);
            let twice =
                |name: &str| FileFault::new(place.as_str(), format!("{name} is mapped twice")).with_remedy("keep one");
            if target.eq_ignore_ascii_case(ACTIVE) {
                if enabled.replace(source.to_owned()).is_some() {
                    return Err(twice(ACTIVE));
                }
                continue;
            }
            let Some(target) = field::find(target) else {
                return Err(FileFault::unknown(place, &field::unknown(target)));
            };
            if rules.iter().any(|rule| rule.field.name == target.name) {
                return Err(twice(&target.name));
            }
            rules.push(FieldRule::copy(target, &[source]));
        }
        if !rules.iter().any(|rule| rule.field.name == field::USER_NAME) {
            return Err(FileFault::new("mappings", "userName is required and not mapped"));
        }
        let enabled = enabled.unwrap_or_else(|| {
            warnings.push(format!(
                "{file}: mappings: nothing is mapped to active, so that disabling a user in PingOne does not reach the account"
            ));
            String::new()
        });
        Ok(Mapping::new(rules, status(&enabled)))
    }
}

/// The attribute and the field of a mapping; nothing if one is missing.
fn pair<'a>(members: &Members<'a>, mapping: &Value) -> Result<Option<(&'a str, &'a str)>, FileFault> {
    let text = |names: [&str; 2]| -> Result<Option<&'a str>, FileFault> {
        let [one, other] = [members.text(names[0])?, members.text(names[1])?];
        if let (Some(one), Some(other)) = (one, other)
            && one != other
        {
            let problem = format!("{} is {one:?}, and {} is {other:?}", names[0], names[1]);
            return Err(FileFault::new(members.place(names[1]), problem).with_remedy("keep one"));
        }
        Ok(one.or(other))
    };
    if !mapping["expression"].is_null() && members.text("expression")?.is_some() {
        return Err(FileFault::new(members.place("expression"), "has an expression, which is not evaluated")
            .with_remedy("map a source attribute instead"));
    }
    Ok(text(SOURCE)?.zip(text(TARGET)?))
}

fn incomplete(members: &Members<'_>, place: String) -> FileFault {
    let known = [SOURCE[0], TARGET[0]];
    match members.unknown(KEYS).find_map(|key| UnknownName::misspelling("key", key, known)) {
        Some(name) => FileFault::unknown(place, &name),
        None => FileFault::new(place, "needs sourceAttribute and targetAttribute"),
    }
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
