//! LDAP search filters (RFC 4515), evaluated on entries of a file as a directory server would: by the syntax of each
//! attribute, with the matching rules of Active Directory, and with the short names that it takes for categories. The names,
//! supertypes and rules of attributes are those of [`Schema`].

mod active_directory;
mod attribute;
mod matching;
mod parse;

use std::cmp::Ordering;
use std::fmt;
use std::fmt::Write as _;

use super::links::Links;
use super::schema::{Comparison, Schema};
use crate::entry::Entry;
use attribute::AskedAttribute;
pub use matching::{MatchingRule, Truth};
pub use parse::{Evaluator, FilterSyntaxError};

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
    /// `~=`: to Active Directory the same as equality, which RFC 4511 section 4.5.1.7.6 allows.
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
            Self::Present(attribute) => AskedAttribute::of(attribute, entry, links).is_present(),
            Self::Equals(attribute, value) | Self::Approximately(attribute, value) => {
                equals(entry, links, attribute, value)
            }
            Self::Substrings(attribute, parts) => {
                let asked = AskedAttribute::of(attribute, entry, links);
                if asked.is_undefined() || !asked.has_substrings() {
                    return Truth::Undefined;
                }
                let comparison = asked.equality();
                among(&asked, |own| comparison.contains(own, parts))
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

    /// Each item of the filter, also those behind a negation.
    pub fn each_item<'f>(&'f self, found: &mut dyn FnMut(&'f Self)) {
        match self {
            Self::And(filters) | Self::Or(filters) => {
                for filter in filters {
                    filter.each_item(found);
                }
            }
            Self::Not(inner) => inner.each_item(found),
            item => found(item),
        }
    }

    /// Whether the entry has the attribute as a filter sees it: under another name of it, of a subtype, or as a server makes it up. One
    /// that nothing defines counts as seen, because it is known to be undefined.
    #[must_use]
    pub fn sees(attribute: &str, entry: &Entry, links: &Links) -> bool {
        AskedAttribute::of(attribute, entry, links).is_present() != Truth::False
    }

    /// The attribute that an item asks for; nothing where it asks for every one.
    #[must_use]
    pub fn attribute(&self) -> Option<&str> {
        match self {
            Self::Present(attribute)
            | Self::Equals(attribute, _)
            | Self::Substrings(attribute, _)
            | Self::AtLeast(attribute, _)
            | Self::AtMost(attribute, _)
            | Self::Approximately(attribute, _)
            | Self::Extensible(Extensible { attribute: Some(attribute), .. }) => Some(attribute),
            _ => None,
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

/// Whether one of the values is met; what is missing in the source is not known.
fn among(asked: &AskedAttribute<'_>, is_met: impl Fn(&[u8]) -> Truth) -> Truth {
    let own = any(asked.values().iter().map(|own| is_met(own)));
    if asked.is_unknown() { own.or(Truth::Undefined) } else { own }
}

fn equals(entry: &Entry, links: &Links, attribute: &str, value: &[u8]) -> Truth {
    if links.schema() == Schema::ActiveDirectory
        && let Some(truth) = active_directory::equals(entry, attribute, value)
    {
        return truth;
    }
    let asked = AskedAttribute::of(attribute, entry, links);
    if asked.is_undefined() {
        return Truth::Undefined;
    }
    if asked.is("objectclass") || asked.is("structuralobjectclass") {
        return is_of_class(&asked, links, value);
    }
    let comparison = asked.equality();
    if !comparison.takes(value, links.schema()) {
        return Truth::Undefined;
    }
    among(&asked, |own| comparison.equals(own, value))
}

/// A class stands for those that are derived from it. One that is not defined makes the assertion undefined.
fn is_of_class(asked: &AskedAttribute<'_>, links: &Links, value: &[u8]) -> Truth {
    let schema = links.schema();
    let Some(wanted) = std::str::from_utf8(value).ok().filter(|class| !class.is_empty()) else {
        return Truth::Undefined;
    };
    let truth = among(asked, |own| {
        std::str::from_utf8(own).map_or(Truth::Undefined, |own| Truth::from(schema.is_derived(own, wanted)))
    });
    let is_defined = schema.has_class(wanted) || links.has_class(wanted) || truth == Truth::True;
    if is_defined { truth } else { Truth::Undefined }
}

/// By an ordering rule. Texts have one in Active Directory alone; the schemas of RFC 4519 give them none.
fn ordered(entry: &Entry, links: &Links, attribute: &str, value: &[u8], is_met: fn(Ordering) -> bool) -> Truth {
    let asked = AskedAttribute::of(attribute, entry, links);
    let comparison = asked.equality();
    if asked.is_undefined() || !asked.is_ordered() || !comparison.takes(value, links.schema()) {
        return Truth::Undefined;
    }
    among(&asked, |own| comparison.compares(own, value).map_or(Truth::Undefined, |order| Truth::from(is_met(order))))
}

impl Extensible {
    fn evaluate(&self, entry: &Entry, links: &Links) -> Truth {
        let Self { attribute, with_dn, rule, value } = self;
        let Some(attribute) = attribute else {
            return rule.as_ref().map_or(Truth::Undefined, |rule| self.among_all(rule, entry, links));
        };
        let asked = AskedAttribute::of(attribute, entry, links);
        if asked.is_undefined() {
            return Truth::Undefined;
        }
        let comparison = asked.equality();
        let Some(rule) = rule else {
            let own = equals(entry, links, attribute, value);
            return if *with_dn { own.or(among_names(&asked, |own| comparison.equals(own, value))) } else { own };
        };
        if !rule.suits(comparison) || !rule.takes(value, links.schema()) {
            return Truth::Undefined;
        }
        if *rule == MatchingRule::InChain {
            return links.reaches(entry, attribute, value);
        }
        let own = among(&asked, |own| rule.compares(own, value));
        if *with_dn { own.or(among_names(&asked, |own| rule.compares(own, value))) } else { own }
    }

    /// The rule is asked of every attribute that it suits.
    fn among_all(&self, rule: &MatchingRule, entry: &Entry, links: &Links) -> Truth {
        let schema = links.schema();
        if !rule.takes(&self.value, schema) {
            return Truth::Undefined;
        }
        let suits = |name: &str| rule.suits(schema.attribute(name).map_or(Comparison::ByLook, |kind| kind.equality));
        let own =
            entry.attributes().iter().filter(|own| suits(own.name()) && !attribute::is_made_up(own.name(), schema));
        let own = any(own.flat_map(|own| &own.values).map(|one| rule.compares(one, &self.value)));
        if !self.with_dn {
            return own;
        }
        let named = entry.dn.rdns().iter().flat_map(|rdn| &rdn.assertions).filter(|part| suits(&part.attribute));
        own.or(any(named.filter_map(|part| part.value.text()).map(|text| rule.compares(text.as_bytes(), &self.value))))
    }
}

fn among_names(asked: &AskedAttribute<'_>, is_met: impl Fn(&[u8]) -> Truth) -> Truth {
    any(asked.values_in_name().into_iter().map(is_met))
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
