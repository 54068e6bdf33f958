//! LDAP search filters (RFC 4515), evaluated on entries of a file as a directory server would: by the syntax of each
//! attribute, with the matching rules of Active Directory, and with the short names that it takes for categories.

mod active_directory;
mod matching;
mod parse;

use std::cmp::Ordering;
use std::fmt;
use std::fmt::Write as _;

use super::links::Links;
use crate::entry::Entry;
use matching::Syntax;
pub use matching::{MatchingRule, Truth};
pub use parse::FilterSyntaxError;

/// A condition on entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFilter {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Present(String),
    Equals(String, Box<[u8]>),
    /// The parts between the asterisks, the outer ones possibly empty.
    Substrings(String, Vec<Box<[u8]>>),
    AtLeast(String, Box<[u8]>),
    AtMost(String, Box<[u8]>),
    /// `~=`: evaluated as equality, which RFC 4511 section 4.5.1.7.6 allows.
    Approximately(String, Box<[u8]>),
    Extensible(Extensible),
}

/// `attribute:dn:rule:=value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extensible {
    /// Every attribute, if absent.
    pub attribute: Option<String>,
    /// The attributes of the entry's name count as well.
    pub with_dn: bool,
    /// The attribute's own rule, if absent.
    pub rule: Option<MatchingRule>,
    pub value: Box<[u8]>,
}

impl EntryFilter {
    /// Whether the entry meets the condition (RFC 4511 section 4.5.1.7). `links` knows what other entries say about it.
    #[must_use]
    pub fn evaluate(&self, entry: &Entry, links: &Links) -> Truth {
        match self {
            Self::And(filters) => all(filters.iter().map(|one| one.evaluate(entry, links))),
            Self::Or(filters) => any(filters.iter().map(|one| one.evaluate(entry, links))),
            Self::Not(inner) => inner.evaluate(entry, links).not(),
            Self::Present(attribute) => Truth::from(
                entry.values(attribute).next().is_some()
                    || entry.flaw(attribute).is_some()
                    || attribute.eq_ignore_ascii_case("objectClass")
                    || links.derived(entry, attribute).next().is_some(),
            ),
            Self::Equals(attribute, value) | Self::Approximately(attribute, value) => {
                equals(entry, links, attribute, value)
            }
            Self::Substrings(attribute, parts) => {
                let syntax = Syntax::of(attribute);
                any(entry.values(attribute).map(|own| syntax.contains(own, parts)))
            }
            Self::AtLeast(attribute, value) => ordered(entry, links, attribute, value, Ordering::is_ge),
            Self::AtMost(attribute, value) => ordered(entry, links, attribute, value, Ordering::is_le),
            Self::Extensible(extensible) => extensible.evaluate(entry, links),
        }
    }

    /// The items of the filter in their order, each with whether the entry meets it.
    #[must_use]
    pub fn items(&self, entry: &Entry, links: &Links) -> Vec<(String, Truth)> {
        match self {
            Self::And(filters) | Self::Or(filters) => {
                filters.iter().flat_map(|filter| filter.items(entry, links)).collect()
            }
            _ => vec![(self.to_string(), self.evaluate(entry, links))],
        }
    }

    /// The attributes whose links between entries the filter follows, in lower case.
    #[must_use]
    pub fn linked_attributes(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_linked(&mut found);
        found
    }

    fn collect_linked(&self, found: &mut Vec<String>) {
        match self {
            Self::And(filters) | Self::Or(filters) => {
                for filter in filters {
                    filter.collect_linked(found);
                }
            }
            Self::Not(inner) => inner.collect_linked(found),
            Self::Extensible(Extensible { attribute: Some(attribute), rule: Some(MatchingRule::InChain), .. }) => {
                found.push(attribute.to_ascii_lowercase());
            }
            Self::Present(attribute) | Self::Equals(attribute, _) if attribute.eq_ignore_ascii_case("memberOf") => {
                found.push(attribute.to_ascii_lowercase());
            }
            _ => {}
        }
    }
}

/// False if one is; undefined if none is false and one is undefined. The first false one ends the search.
fn all(truths: impl Iterator<Item = Truth>) -> Truth {
    let mut all = Truth::True;
    for truth in truths {
        all = all.and(truth);
        if all == Truth::False {
            break;
        }
    }
    all
}

/// True if one is; undefined if none is true and one is undefined. The first true one ends the search.
fn any(truths: impl Iterator<Item = Truth>) -> Truth {
    all(truths.map(Truth::not)).not()
}

fn equals(entry: &Entry, links: &Links, attribute: &str, value: &[u8]) -> Truth {
    if let Some(truth) = active_directory::equals(entry, attribute, value) {
        return truth;
    }
    if attribute.eq_ignore_ascii_case("objectClass") {
        return std::str::from_utf8(value).map_or(Truth::Undefined, |class| Truth::from(entry.is_a(class.trim())));
    }
    if entry.flaw(attribute).is_some() {
        return Truth::Undefined;
    }
    let syntax = Syntax::of(attribute);
    let own = entry.values(attribute).map(|own| syntax.equals(own, value));
    let derived = links.derived(entry, attribute).map(|own| syntax.equals(own.as_bytes(), value));
    any(own.chain(derived))
}

/// By an ordering rule. Texts have one in Active Directory alone; the schemas of RFC 4519 give them none.
fn ordered(entry: &Entry, links: &Links, attribute: &str, value: &[u8], is_met: fn(Ordering) -> bool) -> Truth {
    let syntax = Syntax::of(attribute);
    if matches!(syntax, Syntax::Text | Syntax::Telephone) && !links.is_active_directory() {
        return Truth::Undefined;
    }
    let compared = |own| syntax.compares(own, value).map_or(Truth::Undefined, |order| Truth::from(is_met(order)));
    any(entry.values(attribute).map(compared))
}

impl Extensible {
    fn evaluate(&self, entry: &Entry, links: &Links) -> Truth {
        let value = &self.value;
        let attribute = self.attribute.as_deref();
        if self.rule == Some(MatchingRule::InChain) {
            let Some(attribute) = attribute else { return Truth::Undefined };
            return links.reaches(entry, attribute, value);
        }
        let own = match attribute {
            Some(attribute) if self.rule.is_none() => equals(entry, links, attribute, value),
            _ => any(entry
                .attributes()
                .iter()
                .filter(|own| attribute.is_none_or(|name| own.is_named(name)))
                .flat_map(|own| own.values.iter().map(|one| (own.name(), one)))
                .map(|(name, one)| self.compares(name, one))),
        };
        if !self.with_dn {
            return own;
        }
        let named = entry.dn.rdns().iter().flat_map(|rdn| &rdn.assertions);
        let in_name = named
            .filter(|assertion| attribute.is_none_or(|name| assertion.attribute.eq_ignore_ascii_case(name)))
            .filter_map(|assertion| assertion.value.text().map(|text| (assertion.attribute.as_str(), text)))
            .map(|(name, text)| self.compares(name, text.as_bytes()));
        own.or(any(in_name))
    }

    fn compares(&self, attribute: &str, own: &[u8]) -> Truth {
        self.rule.map_or_else(|| Syntax::of(attribute).equals(own, &self.value), |rule| rule.compares(own, &self.value))
    }
}

impl fmt::Display for EntryFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |f: &mut fmt::Formatter<'_>, filters: &[Self]| filters.iter().try_for_each(|one| write!(f, "{one}"));
        f.write_str("(")?;
        match self {
            Self::And(filters) => f.write_str("&").and_then(|()| all(f, filters))?,
            Self::Or(filters) => f.write_str("|").and_then(|()| all(f, filters))?,
            Self::Not(inner) => write!(f, "!{inner}")?,
            Self::Present(attribute) => write!(f, "{attribute}=*")?,
            Self::Equals(attribute, value) => write!(f, "{attribute}={}", escaped(value))?,
            Self::AtLeast(attribute, value) => write!(f, "{attribute}>={}", escaped(value))?,
            Self::AtMost(attribute, value) => write!(f, "{attribute}<={}", escaped(value))?,
            Self::Approximately(attribute, value) => write!(f, "{attribute}~={}", escaped(value))?,
            Self::Substrings(attribute, parts) => {
                let parts: Vec<String> = parts.iter().map(|part| escaped(part)).collect();
                write!(f, "{attribute}={}", parts.join("*"))?;
            }
            Self::Extensible(Extensible { attribute, with_dn, rule, value }) => {
                f.write_str(attribute.as_deref().unwrap_or_default())?;
                f.write_str(if *with_dn { ":dn" } else { "" })?;
                if let Some(rule) = rule {
                    write!(f, ":{}", rule.oid())?;
                }
                write!(f, ":={}", escaped(value))?;
            }
        }
        f.write_str(")")
    }
}

/// RFC 4515 section 3; bytes that are not UTF-8 as pairs of digits.
fn escaped(value: &[u8]) -> String {
    let mut out = String::new();
    for chunk in value.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '*' => out.push_str("\\2a"),
                '(' => out.push_str("\\28"),
                ')' => out.push_str("\\29"),
                '\\' => out.push_str("\\5c"),
                '\0' => out.push_str("\\00"),
                _ => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            // Writing to a text cannot fail.
            let _ = write!(out, "\\{byte:02x}");
        }
    }
    out
}

#[cfg(test)]
mod tests;
