//! An attribute that a filter asks for, as the schema has it, and its values in an entry (RFC 4512 section 2.5): also those under
//! another name of it, of its subtypes and with more options, and those that a server makes up when it is asked.

use std::borrow::Cow;

use super::active_directory;
use super::matching::Truth;
use crate::entry::Entry;
use crate::entry::links::Links;
use crate::entry::schema::{AttributeType, Comparison, Schema};

/// What every entry of a server has, and an export may leave out: its value is not known then.
const OF_EVERY_ENTRY: [&str; 7] = [
    "createtimestamp",
    "creatorsname",
    "entrycsn",
    "entryuuid",
    "modifiersname",
    "modifytimestamp",
    "structuralobjectclass",
];

pub(super) struct AskedAttribute<'a> {
    entry: &'a Entry,
    links: &'a Links,
    /// Without its options.
    pub name: &'a str,
    options: Vec<&'a str>,
    kind: Option<&'static AttributeType>,
    is_defined: bool,
}

impl<'a> AskedAttribute<'a> {
    pub(super) fn of(description: &'a str, entry: &'a Entry, links: &'a Links) -> Self {
        let mut parts = description.split(';');
        let name = parts.next().unwrap_or_default();
        let options: Vec<&str> = parts.collect();
        let kind = links.schema().attribute(name);
        let is_in_entry = || entry.attributes().iter().any(|own| own.name().eq_ignore_ascii_case(name));
        let is_defined = (kind.is_some() || links.has_attribute(name) || is_in_entry())
            && options.iter().all(|option| is_known_option(option));
        Self { entry, links, name, options, kind, is_defined }
    }

    /// Whether neither the schema nor the source has the attribute: each assertion about it is undefined (RFC 4511 section 4.5.1.7).
    pub(super) const fn is_undefined(&self) -> bool {
        !self.is_defined
    }

    /// Whether it is the attribute of this first name.
    pub(super) fn is(&self, key: &str) -> bool {
        self.kind.map_or_else(|| self.name.eq_ignore_ascii_case(key), |kind| kind.key == key)
    }

    pub(super) fn equality(&self) -> Comparison {
        self.kind.map_or(Comparison::ByLook, |kind| kind.equality)
    }

    pub(super) fn is_ordered(&self) -> bool {
        self.kind.is_none_or(|kind| kind.is_ordered)
    }

    pub(super) fn has_substrings(&self) -> bool {
        self.kind.is_none_or(|kind| kind.has_substrings)
    }

    fn includes(&self, name: &str) -> bool {
        self.kind.map_or_else(|| self.name.eq_ignore_ascii_case(name), |kind| kind.includes(name))
    }

    /// Whether a value under this description counts: of the type or a subtype, with every option that is asked for.
    fn covers(&self, description: &str) -> bool {
        let mut parts = description.split(';');
        if !self.includes(parts.next().unwrap_or_default()) {
            return false;
        }
        let own: Vec<&str> = parts.collect();
        self.options.iter().all(|wanted| own.iter().any(|own| is_within_option(own, wanted)))
    }

    pub(super) fn values(&self) -> Vec<Cow<'a, [u8]>> {
        if let Some(made_up) = self.made_up() {
            return made_up;
        }
        let own = self.entry.attributes().iter().filter(|own| self.covers(&own.description));
        let mut values: Vec<Cow<'a, [u8]>> =
            own.flat_map(|own| own.values.iter().map(|value| Cow::Borrowed(&**value))).collect();
        values.extend(self.links.derived(self.entry, self.name).map(|value| Cow::Borrowed(value.as_bytes())));
        if values.is_empty() && self.links.schema() == Schema::ActiveDirectory {
            values
                .extend(active_directory::left_out(self.entry, self.name).map(|value| Cow::Owned(value.into_bytes())));
        }
        values
    }

    /// The values that a server does not keep: it answers for them by itself, whatever an export of it says.
    fn made_up(&self) -> Option<Vec<Cow<'a, [u8]>>> {
        if !is_made_up(self.name, self.links.schema()) {
            return None;
        }
        match self.kind?.key.as_str() {
            "entrydn" => Some(vec![Cow::Borrowed(self.entry.dn.as_str().as_bytes())]),
            "hassubordinates" => {
                let value: &[u8] = if self.links.has_subordinates(self.entry) { b"TRUE" } else { b"FALSE" };
                Some(vec![Cow::Borrowed(value)])
            }
            // The server shows it, and compares it with nothing.
            "subschemasubentry" => Some(Vec::new()),
            _ => None,
        }
    }

    /// Whether values of the attribute are missing in the source, so that it is not known whether one of them matches.
    pub(super) fn is_unknown(&self) -> bool {
        let is_cut_off = self.entry.flaws().any(|own| self.covers(own));
        is_cut_off || (self.is_of_every_entry() && self.values().is_empty())
    }

    fn is_of_every_entry(&self) -> bool {
        match self.links.schema() {
            Schema::Standard => self.kind.is_some_and(|kind| OF_EVERY_ENTRY.contains(&kind.key.as_str())),
            Schema::ActiveDirectory => self.kind.is_some_and(|kind| active_directory::is_of_every_entry(&kind.key)),
        }
    }

    pub(super) fn is_present(&self) -> Truth {
        if self.is_undefined() {
            return Truth::Undefined;
        }
        let is_made_up = || self.is("subschemasubentry") && self.links.schema() == Schema::Standard;
        Truth::from(self.is("objectclass") || is_made_up() || self.is_unknown() || !self.values().is_empty())
    }

    /// The values of the attributes in the entry's name, each with the name of its attribute.
    pub(super) fn values_in_name(&self) -> Vec<&'a [u8]> {
        let named = self.entry.dn.rdns().iter().flat_map(|rdn| &rdn.assertions);
        let own = named.filter(|assertion| self.includes(&assertion.attribute));
        own.filter_map(|assertion| assertion.value.text()).map(str::as_bytes).collect()
    }
}

/// Whether a server makes up the values of the attribute when it is asked. It keeps none of them.
pub(super) fn is_made_up(name: &str, schema: Schema) -> bool {
    let kind = if schema == Schema::Standard { schema.attribute(name) } else { None };
    kind.is_some_and(|kind| matches!(kind.key.as_str(), "entrydn" | "hassubordinates" | "subschemasubentry"))
}

/// RFC 4512 section 2.5.2 and RFC 3866: other options make a description that is not defined.
fn is_known_option(option: &str) -> bool {
    let option = option.to_ascii_lowercase();
    option == "binary" || option.starts_with("lang-") || option.starts_with("range=")
}

/// `lang-` and `lang-en-` are ranges of languages (RFC 3866 section 3.2).
fn is_within_option(own: &str, wanted: &str) -> bool {
    own.eq_ignore_ascii_case(wanted)
        || (wanted.ends_with('-') && own.get(..wanted.len()).is_some_and(|head| head.eq_ignore_ascii_case(wanted)))
}
