//! From a search result on the wire to an entry.

use ldap3::ResultEntry;

use super::super::fault::EntryFault;
use crate::entry::{Dn, Entry, Role};

/// An entry as it was received: name and attributes with their values.
pub(super) struct RawEntry {
    pub dn: String,
    pub attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl RawEntry {
    /// `SearchResultEntry` (RFC 4511 section 4.5.2); nothing if it is not built so.
    pub(super) fn read(result: ResultEntry) -> Option<Self> {
        let mut parts = result.0.match_id(4)?.expect_constructed()?.into_iter();
        let dn = text(parts.next()?.expect_primitive()?);
        let mut attributes = Vec::new();
        for attribute in parts.next()?.expect_constructed()? {
            let mut parts = attribute.expect_constructed()?.into_iter();
            let description = text(parts.next()?.expect_primitive()?);
            let values = parts.next()?.expect_constructed()?;
            attributes.push((
                description,
                values.into_iter().filter_map(ldap3::asn1::StructureTag::expect_primitive).collect(),
            ));
        }
        Some(Self { dn, attributes })
    }

    /// Bytes of its values.
    pub(super) fn size(&self) -> usize {
        self.attributes.iter().flat_map(|(_, values)| values).map(Vec::len).sum()
    }

    /// The first attribute of which the server sent a part only, as Active Directory does with more than 1,500 values:
    /// its name, and where the rest begins.
    pub(super) fn cut_off(&self) -> Option<(String, u64)> {
        self.attributes.iter().find_map(|(description, _)| {
            let (name, range) = split_range(description)?;
            let (_, last) = range.split_once('-')?;
            Some((name.to_owned(), last.parse::<u64>().ok()? + 1))
        })
    }

    /// Adds the values that were read apart, and takes the range out of the attribute's name.
    pub(super) fn complete(&mut self, name: &str, further: Vec<Vec<u8>>) {
        for (description, values) in &mut self.attributes {
            if split_range(description).is_some_and(|(own, _)| own.eq_ignore_ascii_case(name)) {
                name.clone_into(description);
                values.extend(further);
                return;
            }
        }
    }

    /// The values of an attribute, whatever part of them this is.
    pub(super) fn part_of(&self, name: &str) -> Option<(Vec<Vec<u8>>, Option<u64>)> {
        let (description, values) = self.attributes.iter().find(|(description, _)| {
            split_range(description).map_or(description.as_str(), |(own, _)| own).eq_ignore_ascii_case(name)
        })?;
        let last = split_range(description).and_then(|(_, range)| range.split_once('-')?.1.parse::<u64>().ok());
        Some((values.clone(), last.map(|last| last + 1)))
    }

    /// The entry.
    ///
    /// # Errors
    /// A name that is none.
    pub(super) fn into_entry(self, role: Role) -> Result<Entry, EntryFault> {
        let dn = Dn::parse(&self.dn).map_err(|error| EntryFault {
            entry: self.dn.clone(),
            role,
            field: "dn".to_owned(),
            message: error.to_string(),
            hides_others: true,
        })?;
        let mut entry = Entry::found(dn, role);
        for (description, values) in self.attributes {
            for value in values {
                entry.push(&description, value);
            }
        }
        Ok(entry)
    }
}

fn split_range(description: &str) -> Option<(&str, &str)> {
    description.split_once(";range=")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_were_cut_off_are_put_together() {
        let mut received = RawEntry {
            dn: "cn=all,dc=x".into(),
            attributes: vec![("cn".into(), vec![]), ("member;range=0-1".into(), vec![b"a".to_vec(), b"b".to_vec()])],
        };
        assert_eq!(received.cut_off(), Some(("member".into(), 2)));
        received.complete("member", vec![b"c".to_vec()]);
        assert_eq!(received.cut_off(), None);
        let entry = received.into_entry(Role::Group).unwrap();
        assert_eq!(entry.texts("member").collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn the_last_part_has_no_end() {
        let received =
            RawEntry { dn: String::new(), attributes: vec![("member;range=2-*".into(), vec![b"c".to_vec()])] };
        assert_eq!(received.cut_off(), None);
        assert_eq!(received.part_of("MEMBER"), Some((vec![b"c".to_vec()], None)));
    }

    #[test]
    fn a_name_that_is_none_is_told_with_the_entry() {
        let received = RawEntry { dn: "not a name".into(), attributes: vec![] };
        let fault = received.into_entry(Role::User).unwrap_err();
        assert_eq!((fault.entry.as_str(), fault.field.as_str(), fault.hides_others), ("not a name", "dn", true));
    }
}
