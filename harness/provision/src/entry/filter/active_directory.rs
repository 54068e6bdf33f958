//! The items that Active Directory evaluates by rules of its own: the short names of categories, and ambiguous name resolution.

use super::Truth;
use super::matching::{Syntax, name};
use crate::entry::Entry;

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
    let class = class.trim().to_ascii_lowercase();
    let wanted = CATEGORIES.iter().find(|(own, _)| *own == class).map_or(class.as_str(), |(_, category)| category);
    let wanted = without_hyphens(wanted);
    let own = entry.values("objectCategory").filter_map(name);
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
        entry.values(attribute).any(|own| Syntax::Text.contains(own, &parts) == Truth::True)
    };
    let by_words = || {
        text.split_once(' ').is_some_and(|(one, other)| {
            (begins("givenName", one) && begins("sn", other)) || (begins("sn", one) && begins("givenName", other))
        })
    };
    Truth::from(NAMES.iter().any(|attribute| begins(attribute, text)) || by_words())
}
