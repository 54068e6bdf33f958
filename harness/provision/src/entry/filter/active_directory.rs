//! The items that Active Directory evaluates by rules of its own: the short names of categories, and ambiguous name resolution.

use super::Truth;
use super::matching::name;
use crate::entry::Entry;
use crate::entry::dn::Dn;
use crate::entry::schema::{Comparison, Schema};

/// A class, and the category of its objects ("Object Class and Object Category" of Microsoft's documentation). Classes that
/// are not here have a category of their own, named as the class with hyphens between the words.
const CATEGORIES: &[(&str, &str)] = &[
    ("contact", "person"),
    ("domain", "domain-dns"),
    ("inetorgperson", "person"),
    ("organizationalperson", "person"),
    ("user", "person"),
];

/// Where ambiguous name resolution looks.
const NAMES: &[&str] = &[
    "displayName",
    "givenName",
    "legacyExchangeDN",
    "mail",
    "name",
    "physicalDeliveryOfficeName",
    "proxyAddresses",
    "sAMAccountName",
    "sn",
];

/// What every entry has, in lower case. An export holds what was asked for.
const OF_EVERY_ENTRY: [&str; 9] = [
    "distinguishedname",
    "instancetype",
    "name",
    "objectcategory",
    "objectguid",
    "usnchanged",
    "usncreated",
    "whenchanged",
    "whencreated",
];

pub(super) fn is_of_every_entry(key: &str) -> bool {
    OF_EVERY_ENTRY.contains(&key)
}

/// The value of an attribute that the entry has to have, and that its name and classes tell.
pub(super) fn left_out(entry: &Entry, attribute: &str) -> Option<String> {
    match Schema::ActiveDirectory.attribute(attribute)?.key.as_str() {
        "distinguishedname" => Some(entry.dn.to_string()),
        "name" => entry.dn.rdns().first()?.assertions.first()?.value.text().map(str::to_owned),
        "objectcategory" => {
            let parts = entry.dn.rdns().iter().filter(|rdn| rdn.to_string().to_ascii_lowercase().starts_with("dc="));
            let domain: Vec<String> = parts.map(ToString::to_string).collect();
            Some(format!("CN={},CN=Schema,CN=Configuration,{}", own_category(entry)?, domain.join(",")))
        }
        _ => None,
    }
}

/// The category of the entry's lowest class.
fn own_category(entry: &Entry) -> Option<String> {
    let schema = Schema::ActiveDirectory;
    let classes: Vec<&str> = entry.texts("objectClass").filter(|class| schema.has_class(class)).collect();
    let is_lowest = |class: &&&str| !classes.iter().any(|other| other != *class && schema.is_derived(other, class));
    let lowest = classes
        .iter()
        .filter(is_lowest)
        .max_by_key(|class| CATEGORIES.iter().any(|(own, _)| own.eq_ignore_ascii_case(class)))?;
    Some(category_of(lowest))
}

/// The name of the category of a class.
fn category_of(class: &str) -> String {
    let class = class.trim().to_ascii_lowercase();
    CATEGORIES.iter().find(|(own, _)| *own == class).map_or(class.clone(), |(_, category)| (*category).to_owned())
}

/// The value of the item; nothing for attributes that are compared by their syntax.
pub(super) fn equals(entry: &Entry, attribute: &str, value: &[u8]) -> Option<Truth> {
    let text = std::str::from_utf8(value).ok()?;
    if attribute.eq_ignore_ascii_case("objectCategory") && !text.contains('=') {
        return Some(category(entry, text));
    }
    attribute.eq_ignore_ascii_case("anr").then(|| resolves(entry, text))
}

/// A short name stands for the name of the class's category.
fn category(entry: &Entry, class: &str) -> Truth {
    let wanted = without_hyphens(&category_of(class));
    let mut own: Vec<Dn> = entry.values("objectCategory").filter_map(name).collect();
    if own.is_empty() {
        own.extend(left_out(entry, "objectCategory").and_then(|text| Dn::parse(&text).ok()));
    }
    if own.is_empty() {
        return Truth::Undefined;
    }
    Truth::from(
        own.into_iter()
            .any(|dn| dn.first_value("cn").is_some_and(|own| without_hyphens(&own.to_ascii_lowercase()) == wanted)),
    )
}

fn without_hyphens(text: &str) -> String {
    text.replace('-', "")
}

/// One of the names begins with the text, or given name and surname with its two words.
fn resolves(entry: &Entry, text: &str) -> Truth {
    let begins = |attribute: &str, word: &str| {
        let parts = [Box::from(word.as_bytes()), Box::default()];
        entry.values(attribute).any(|own| Comparison::Text.contains(own, &parts) == Truth::True)
    };
    let by_words = || {
        text.split_once(' ').is_some_and(|(one, other)| {
            (begins("givenName", one) && begins("sn", other)) || (begins("sn", one) && begins("givenName", other))
        })
    };
    Truth::from(NAMES.iter().any(|attribute| begins(attribute, text)) || by_words())
}
