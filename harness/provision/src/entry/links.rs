//! Links between the entries of a file: members of groups, people and their managers. A directory server
//! keeps such links; of a file they are collected before a pass.

use std::collections::{BTreeMap, HashMap, HashSet};

use indexmap::IndexMap;

use super::Entry;
use super::dn::Dn;
use super::filter::Truth;

/// The attribute that names a person's groups, in lower case.
const MEMBER_OF: &str = "memberof";

/// Names of entries that entries name, by the attribute in which they do.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// The attributes that are followed, in lower case, each with what it names.
    named: BTreeMap<String, NamedEntries>,
    /// The attributes that name a group's members.
    member_attributes: Vec<String>,
    /// A member's groups count as its `memberOf`, whether its entry says so or not, and texts have an order.
    is_active_directory: bool,
}

/// By the key of an entry the entries that it names, each once: by its key, with its name as it was written.
type NamedEntries = HashMap<Box<str>, IndexMap<Box<str>, Box<str>>>;

impl Links {
    /// Links that are to be collected for these attributes.
    #[must_use]
    pub fn of(attributes: Vec<String>, member_attributes: &[String], is_active_directory: bool) -> Self {
        Self {
            named: attributes.into_iter().map(|attribute| (attribute, HashMap::new())).collect(),
            member_attributes: member_attributes.to_vec(),
            is_active_directory,
        }
    }

    /// Whether nothing has to be collected.
    #[must_use]
    pub fn is_needless(&self) -> bool {
        self.named.is_empty()
    }

    /// Whether Active Directory's rules hold.
    #[must_use]
    pub const fn is_active_directory(&self) -> bool {
        self.is_active_directory
    }

    /// Takes up what an entry says.
    pub fn collect(&mut self, entry: &Entry) {
        for (attribute, named) in &mut self.named {
            for value in entry.texts(attribute) {
                if let Ok(dn) = Dn::parse(value) {
                    link(named, entry.dn.key(), &dn);
                }
            }
        }
        let Some(named) = self.named.get_mut(MEMBER_OF) else { return };
        for value in self.member_attributes.iter().flat_map(|attribute| entry.texts(attribute)) {
            if let Ok(member) = Dn::parse(value) {
                link(named, member.key(), &entry.dn);
            }
        }
    }

    /// Key and name of each entry that the entry of this key names.
    fn from(&self, attribute: &str, key: &str) -> impl Iterator<Item = (&str, &str)> {
        let links = self.named.get(attribute).and_then(|named| named.get(key));
        links.into_iter().flatten().map(|(key, name)| (&**key, &**name))
    }

    /// The values of the attribute that other entries give.
    pub fn derived<'a>(&'a self, entry: &Entry, attribute: &str) -> impl Iterator<Item = &'a str> {
        let is_derived = self.is_active_directory && attribute.eq_ignore_ascii_case(MEMBER_OF);
        let links = is_derived.then(|| self.from(MEMBER_OF, entry.dn.key()));
        links.into_iter().flatten().map(|(_, name)| name)
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
            for (key, _) in self.from(&attribute, key) {
                if key == wanted.key() {
                    return Truth::True;
                }
                if seen.insert(key) {
                    next.push(key);
                }
            }
        }
        Truth::False
    }
}

fn link(named: &mut NamedEntries, from: &str, to: &Dn) {
    // No key is copied for an entry that is known.
    if !named.contains_key(from) {
        named.insert(from.into(), IndexMap::new());
    }
    if let Some(links) = named.get_mut(from)
        && !links.contains_key(to.key())
    {
        links.insert(to.key().into(), to.as_str().into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The time must not grow with the square of the members: half a million are one group of a large company.
    #[test]
    fn the_members_of_a_large_group_are_linked_once_each() {
        const MEMBERS: usize = 60_000;
        let mut group = Entry::new(Dn::parse("cn=All,dc=x").unwrap());
        for number in 0..MEMBERS {
            group.push("member", format!("uid=u{number},dc=x").into_bytes());
        }
        group.push("member", *b"UID=U0, DC=X");
        let mut links = Links::of(vec!["member".to_owned(), MEMBER_OF.to_owned()], &["member".to_owned()], true);
        links.collect(&group);
        let named: Vec<(&str, &str)> = links.from("member", group.dn.key()).collect();
        assert_eq!((named.len(), named[0].1, named[MEMBERS - 1].1), (MEMBERS, "uid=u0,dc=x", "uid=u59999,dc=x"));
        assert_eq!(links.reaches(&group, "member", b"uid=u59999,dc=x"), Truth::True);
        assert_eq!(links.reaches(&group, "member", b"uid=other,dc=x"), Truth::False);
        let member = Entry::new(Dn::parse("uid=u59999,dc=x").unwrap());
        assert_eq!(links.derived(&member, "memberOf").collect::<Vec<_>>(), ["cn=All,dc=x"]);
    }
}
