//! What entries of a file say about each other: who is a member of which group, who works for whom. A directory server
//! keeps such links; of a file they are collected before a pass.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Entry;
use super::dn::Dn;
use super::filter::Truth;

/// The attribute that names a person's groups, in lower case.
const MEMBER_OF: &str = "memberof";

/// Names of entries that entries name, by the attribute in which they do.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// The attributes that are followed, in lower case.
    attributes: BTreeSet<String>,
    /// The attributes that name a group's members.
    member_attributes: Vec<String>,
    /// A member's groups count as its `memberOf`, whether its entry says so or not, and texts have an order.
    is_active_directory: bool,
    named: HashMap<String, HashMap<Box<str>, Vec<Link>>>,
}

#[derive(Clone, Debug)]
struct Link {
    key: Box<str>,
    /// As it was written.
    name: Box<str>,
}

impl Links {
    /// Links that are to be collected for these attributes.
    #[must_use]
    pub fn of(attributes: Vec<String>, member_attributes: &[String], is_active_directory: bool) -> Self {
        Self {
            attributes: attributes.into_iter().collect(),
            member_attributes: member_attributes.to_vec(),
            is_active_directory,
            named: HashMap::new(),
        }
    }

    /// Whether nothing has to be collected.
    #[must_use]
    pub fn is_needless(&self) -> bool {
        self.attributes.is_empty()
    }

    /// Whether Active Directory's rules hold.
    #[must_use]
    pub const fn is_active_directory(&self) -> bool {
        self.is_active_directory
    }

    /// Takes up what an entry says.
    pub fn collect(&mut self, entry: &Entry) {
        for attribute in self.attributes.clone() {
            for value in entry.texts(&attribute) {
                if let Ok(dn) = Dn::parse(value) {
                    self.link(&attribute, entry.dn.key(), &dn);
                }
            }
        }
        if self.attributes.contains(MEMBER_OF) {
            for attribute in self.member_attributes.clone() {
                for value in entry.texts(&attribute) {
                    if let Ok(member) = Dn::parse(value) {
                        self.link(MEMBER_OF, member.key(), &entry.dn);
                    }
                }
            }
        }
    }

    fn link(&mut self, attribute: &str, from: &str, to: &Dn) {
        let links = self.named.entry(attribute.to_owned()).or_default().entry(from.into()).or_default();
        if !links.iter().any(|link| *link.key == *to.key()) {
            links.push(Link { key: to.key().into(), name: to.as_str().into() });
        }
    }

    fn from(&self, attribute: &str, key: &str) -> &[Link] {
        self.named.get(attribute).and_then(|named| named.get(key)).map_or(&[], Vec::as_slice)
    }

    /// What the attribute holds by what others say.
    pub fn derived<'a>(&'a self, entry: &Entry, attribute: &str) -> impl Iterator<Item = &'a str> {
        let is_derived = self.is_active_directory && attribute.eq_ignore_ascii_case(MEMBER_OF);
        let links = if is_derived { self.from(MEMBER_OF, entry.dn.key()) } else { &[] };
        links.iter().map(|link| &*link.name)
    }

    /// Whether the attribute leads from the entry to a name, over any number of entries.
    #[must_use]
    pub fn reaches(&self, entry: &Entry, attribute: &str, name: &[u8]) -> Truth {
        let wanted = std::str::from_utf8(name).ok().and_then(|text| Dn::parse(text).ok());
        let Some(wanted) = wanted else { return Truth::Undefined };
        let attribute = attribute.to_ascii_lowercase();
        let mut seen = HashSet::from([entry.dn.key()]);
        let mut next = vec![entry.dn.key()];
        while let Some(key) = next.pop() {
            for link in self.from(&attribute, key) {
                if *link.key == *wanted.key() {
                    return Truth::True;
                }
                if seen.insert(&link.key) {
                    next.push(&link.key);
                }
            }
        }
        Truth::False
    }
}
