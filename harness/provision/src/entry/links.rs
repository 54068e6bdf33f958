//! What the entries of a file say about each other, and what all of them together show: members of groups, people and their
//! managers, entries below entries, and the attributes and classes that are in use. A directory server knows it; of a file it is
//! collected before a pass.

use std::collections::{BTreeMap, HashMap, HashSet};

use indexmap::IndexMap;

use super::Entry;
use super::dn::Dn;
use super::filter::{EntryFilter, Extensible, MatchingRule, Truth};
use super::schema::Schema;

/// The attribute that names a person's groups, in lower case.
const MEMBER_OF: &str = "memberof";

/// Names of entries that entries name, by the attribute in which they do.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// The attributes that are followed, in lower case, each with what it names.
    named: BTreeMap<String, NamedEntries>,
    /// The attributes that name a group's members.
    member_attributes: Vec<String>,
    /// Of Active Directory, a member's groups count as its `memberOf`, whether its entry says so or not.
    schema: Schema,
    /// The attributes of the filters that the schema does not define, in lower case, each with whether an entry has it.
    foreign_attributes: BTreeMap<String, bool>,
    /// The same of classes.
    foreign_classes: BTreeMap<String, bool>,
    /// The keys of the entries above others, if a filter asks for them.
    superiors: Option<HashSet<Box<str>>>,
}

/// By the key of an entry the entries that it names, each once: by its key, with its name as it was written.
type NamedEntries = HashMap<Box<str>, IndexMap<Box<str>, Box<str>>>;

impl Links {
    /// What has to be collected to evaluate these filters.
    #[must_use]
    pub fn of(filters: &[&EntryFilter], member_attributes: &[String], schema: Schema) -> Self {
        let mut links = Self { member_attributes: member_attributes.to_vec(), schema, ..Self::default() };
        for filter in filters {
            filter.each_item(&mut |item| links.ask(item));
        }
        links
    }

    fn ask(&mut self, item: &EntryFilter) {
        let Some(attribute) = item.attribute() else { return };
        let name = attribute.split(';').next().unwrap_or_default().to_ascii_lowercase();
        let key = self.schema.attribute(&name).map(|kind| kind.key.as_str());
        match (item, key) {
            (EntryFilter::Extensible(Extensible { rule: Some(MatchingRule::InChain), .. }), _) => {
                self.named.entry(name).or_default();
            }
            (EntryFilter::Present(_) | EntryFilter::Equals(..), Some(MEMBER_OF)) => {
                self.named.entry(MEMBER_OF.to_owned()).or_default();
            }
            (_, Some("hassubordinates")) => self.superiors = Some(HashSet::new()),
            (EntryFilter::Equals(_, value), Some("objectclass" | "structuralobjectclass")) => {
                if let Ok(class) = std::str::from_utf8(value)
                    && !self.schema.has_class(class)
                {
                    self.foreign_classes.insert(class.to_ascii_lowercase(), false);
                }
            }
            // It stands for several attributes.
            (_, None) if name == "anr" && self.schema == Schema::ActiveDirectory => {}
            (_, None) => {
                self.foreign_attributes.insert(name, false);
            }
            _ => {}
        }
    }

    /// Whether nothing has to be collected.
    #[must_use]
    pub fn is_needless(&self) -> bool {
        self.named.is_empty()
            && self.foreign_attributes.is_empty()
            && self.foreign_classes.is_empty()
            && self.superiors.is_none()
    }

    /// The schema by which entries are compared.
    #[must_use]
    pub const fn schema(&self) -> Schema {
        self.schema
    }

    /// Whether a filter asks for the attribute and some entry has it.
    #[must_use]
    pub fn has_attribute(&self, name: &str) -> bool {
        !self.foreign_attributes.is_empty() && self.foreign_attributes.get(&name.to_ascii_lowercase()) == Some(&true)
    }

    /// Whether a filter asks for the class and some entry has it.
    #[must_use]
    pub fn has_class(&self, name: &str) -> bool {
        !self.foreign_classes.is_empty() && self.foreign_classes.get(&name.to_ascii_lowercase()) == Some(&true)
    }

    /// Whether there are entries below the entry.
    #[must_use]
    pub fn has_subordinates(&self, entry: &Entry) -> bool {
        self.superiors.as_ref().is_some_and(|superiors| superiors.contains(entry.dn.key()))
    }

    /// The attributes and classes that a filter asks for, and that neither the schema nor an entry has.
    pub fn undefined(&self) -> impl Iterator<Item = &str> {
        let both = self.foreign_attributes.iter().chain(&self.foreign_classes);
        both.filter(|(_, is_there)| !**is_there).map(|(name, _)| name.as_str())
    }

    /// Takes up what an entry says.
    pub fn collect(&mut self, entry: &Entry) {
        for (attribute, is_there) in &mut self.foreign_attributes {
            *is_there |= entry.attributes().iter().any(|own| own.name().eq_ignore_ascii_case(attribute));
        }
        for (class, is_there) in &mut self.foreign_classes {
            *is_there |= entry.texts("objectClass").any(|own| own.trim().eq_ignore_ascii_case(class));
        }
        if let Some(superiors) = &mut self.superiors
            && let [_, above @ ..] = entry.dn.rdns()
            && !above.is_empty()
        {
            superiors.insert(Dn::of(above).key().into());
        }
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
        let is_derived = self.schema == Schema::ActiveDirectory && attribute.eq_ignore_ascii_case(MEMBER_OF);
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
        let filter = "(|(member:1.2.840.113556.1.4.1941:=cn=a,dc=x)(memberOf=*))".parse().unwrap();
        let mut links = Links::of(&[&filter], &["member".to_owned()], Schema::ActiveDirectory);
        links.collect(&group);
        let named: Vec<(&str, &str)> = links.from("member", group.dn.key()).collect();
        assert_eq!((named.len(), named[0].1, named[MEMBERS - 1].1), (MEMBERS, "uid=u0,dc=x", "uid=u59999,dc=x"));
        assert_eq!(links.reaches(&group, "member", b"uid=u59999,dc=x"), Truth::True);
        assert_eq!(links.reaches(&group, "member", b"uid=other,dc=x"), Truth::False);
        let member = Entry::new(Dn::parse("uid=u59999,dc=x").unwrap());
        assert_eq!(links.derived(&member, "memberOf").collect::<Vec<_>>(), ["cn=All,dc=x"]);
    }
}
