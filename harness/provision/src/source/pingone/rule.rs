//! A rule: the users that are provisioned, and the attribute of PingOne that fills each field.

use std::path::Path;

use serde_json::Value;
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::kind::DocumentKind;
use weir_files::member::Members;
use weir_files::name::UnknownName;
use weir_files::pages::PagedList;
use weir_files::template::Placeholders;

use super::expression::Expression;
use super::fault;
use super::rule_mappings::{RuleMappings, embedded, listed_mappings};
use crate::mapping::Mapping;
use crate::mapping::file::ignored;

/// The members that have a meaning.
const KEYS: &[&str] = &[
    "populationExpression",
    "userFilter",
    "filter",
    "populations",
    "mappings",
    "_embedded",
    "groups",
    "name",
    "active",
    "deprovision",
    "targetStore",
];

/// Members that say nothing about whom a run touches, and how: names, times, links, and where the rule belongs. `configuration` is
/// about LDAP gateways, and ignored for other stores.
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

/// Names that people give to a member of a rule, and its own.
const MEANT: &[(&str, &str)] = &[
    ("enabled", "active"),
    ("status", "active"),
    ("expression", "populationExpression"),
    ("population", "populations"),
    ("managed", "deprovision"),
];

const FILTERS: [&str; 3] = ["populationExpression", "userFilter", "filter"];

const RULES: PagedList<'_> = PagedList {
    names: &["rules", "propagationRules"],
    one: "rule",
    many: "rules",
    loss: "a rule that is on another would be missing",
};

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
    /// Members that are not known are left out, with a warning.
    pub ignores_unknown: bool,
}

impl Rule {
    /// Reads a rule's file: a rule, or a list of them.
    ///
    /// # Errors
    /// The first fault of the file, or of that of the mappings.
    pub fn open(path: &Path, choice: &RuleChoice<'_>) -> Result<Self, FileFault> {
        let text = document::read(path)?;
        let file = path.display().to_string();
        let own = match choice.mappings {
            None => None,
            Some(path) => Some(listed_mappings(&path.display().to_string(), &document::read(path)?)?),
        };
        Self::read_text(&file, &text, own, choice)
    }

    /// Reads a rule that is already in memory; `file` stands for the file in errors.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn parse(file: &str, text: &str) -> Result<Self, FileFault> {
        Self::read_text(file, text, None, &RuleChoice::default())
    }

    pub(super) fn read_text(
        file: &str,
        text: &str,
        apart: Option<RuleMappings>,
        choice: &RuleChoice<'_>,
    ) -> Result<Self, FileFault> {
        let document = chosen(file, text, choice.name)?;
        // A mapping names attributes of the user as `${user.name.given}`.
        let is_open = |path: &str, name: &str| !(path.contains("mappings[") && name.starts_with("user."));
        let rule = Placeholders::of_json(&document, text, &is_open)
            .refused()
            .and_then(|()| Self::read(file, &document, apart, choice));
        rule.map_err(|fault| if fault.file.is_empty() { fault.of(file) } else { fault })
    }

    fn read(
        file: &str,
        document: &Value,
        apart: Option<RuleMappings>,
        choice: &RuleChoice<'_>,
    ) -> Result<Self, FileFault> {
        let rule = Members::of(document, "")?;
        let mut warnings = Vec::new();
        let mut strange: Vec<String> = rule.unknown(&[KEYS, WITHOUT_PART].concat()).map(str::to_owned).collect();
        if let Some(embedded) = rule.object("_embedded")? {
            strange.extend(embedded.unknown(&["mappings"]).map(|key| embedded.place(key)));
        }
        for key in strange {
            if !choice.ignores_unknown {
                return Err(unknown(&key));
            }
            warnings.push(format!("{file}: {}", ignored(&key, &key, KEYS)));
        }
        let filter = filter(&rule, document)?;
        if filter.is_none() {
            warnings.push(format!("{file}: the rule has no populationExpression, so every user is provisioned"));
        }
        let deprovisions = rule.flag("deprovision")?.unwrap_or(true);
        if !deprovisions {
            warnings
                .push(format!("{file}: deprovision is false, so that a user who leaves the rule keeps the account"));
        }
        let mappings = match apart {
            Some(mappings) => mappings,
            None => RuleMappings { file: file.to_owned(), list: embedded(document)? },
        };
        let is_active = rule.flag("active")?;
        let read = Self {
            name: rule.text("name")?.unwrap_or_default().to_owned(),
            filter,
            mapping: mappings.read(choice.ignores_unknown, &mut warnings)?,
            deprovisions,
            target_store: rule.id("targetStore")?.map(str::to_owned),
            groups: rule.ids("groups")?,
            warnings,
        };
        // Last: a member that is not known may be a misspelt `active`.
        if choice.inactive { Ok(read) } else { refuse_inactive(is_active).map(|()| read) }
    }
}

/// PingOne runs active rules, and `active` defaults to false.
fn refuse_inactive(is_active: Option<bool>) -> Result<(), FileFault> {
    let problem = match is_active {
        Some(true) => return Ok(()),
        Some(false) => "the rule is switched off, so that nothing would be sent",
        None => "is missing, which PingOne reads as false: the rule is switched off, so that nothing would be sent",
    };
    Err(FileFault::new("active", problem).with_remedy("--inactive runs it all the same"))
}

/// The users whom a rule selects: by its filter, or by their populations, which older rules list; everybody, if it says neither.
fn filter(rule: &Members<'_>, document: &Value) -> Result<Option<Expression>, FileFault> {
    let mut filter: Option<(&str, Expression)> = None;
    for key in FILTERS {
        // An empty text is not a filter, and not everybody either.
        let Some(text) = rule.text(key)?.or_else(|| document[key].as_str()) else { continue };
        if let Some((other, _)) = filter {
            return Err(
                FileFault::new(key, format!("is a second filter of the rule, beside {other}")).with_remedy("keep one")
            );
        }
        let read = Expression::read(text).map_err(|error| {
            FileFault::new(key, error.to_string()).with_remedy("a filter is a text such as population.id eq \"…\"")
        })?;
        filter = Some((key, read));
    }
    let populations = rule.ids("populations")?;
    if populations.is_empty() {
        return Ok(filter.map(|(_, filter)| filter));
    }
    if let Some((key, _)) = filter {
        return Err(FileFault::new("populations", format!("selects users, and so does {key}")).with_remedy("keep one"));
    }
    let one = |id: &String| format!("population.id eq {}", Value::from(id.as_str()));
    let text = populations.iter().map(one).collect::<Vec<_>>().join(" or ");
    let read = Expression::read(&text).map_err(|error| FileFault::new("populations", error.to_string()))?;
    Ok(Some(read))
}

/// The fault of a member that is not known: it stands where a rule says whom it provisions.
pub(super) fn unknown(key: &str) -> FileFault {
    let meant = MEANT.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
    let remedy = match meant {
        Some((_, own)) => format!("did you mean {own:?}?"),
        None => UnknownName::new("key", key, KEYS).remedy(),
    };
    FileFault::new(key, "is unknown, and could change whom the run touches")
        .with_remedy(format!("{remedy} --ignore-unknown-settings leaves it out"))
}

/// The rule of a file.
fn chosen(file: &str, text: &str, name: Option<&str>) -> Result<Value, FileFault> {
    const WANTED: &str = "a rule of PingOne";
    let document = document::unique(text).map_err(|fault| fault.of(file))?;
    let kind = DocumentKind::of_json(&document);
    let list = match kind {
        DocumentKind::Rules => RULES.items(&document).map_err(|fault| fault.of(file))?,
        DocumentKind::Rule => vec![document],
        kind => return Err(kind.instead_of(WANTED).of(file)),
    };
    let name_of = |rule: &Value| rule["name"].as_str().unwrap_or_default().to_owned();
    let found: Vec<&Value> = list.iter().filter(|rule| name.is_none_or(|name| name_of(rule) == name)).collect();
    match (found.as_slice(), name) {
        ([one], _) => Ok((*one).clone()),
        ([], Some(name)) => {
            let known: Vec<String> = list.iter().map(name_of).collect();
            let name = UnknownName::new("rule", name, known.iter().map(String::as_str));
            Err(FileFault::unknown(Place::Whole, &name).of(file))
        }
        ([], None) => Err(fault(file, "", "the list of rules is empty")),
        (several, Some(name)) => Err(fault(file, "", format!("{} rules are named {name:?}", several.len()))
            .with_remedy("give a file with one of them")),
        (several, None) => {
            let names: Vec<String> = several.iter().map(|rule| name_of(rule)).collect();
            Err(fault(file, "", format!("there are {} rules in it", several.len()))
                .with_remedy(format!("name one of {} with --rule-name", names.join(", "))))
        }
    }
}
