//! Values that a directory handed over in parts, as Active Directory does with more than 1,500: `member;range=0-1499`.

use super::{Entry, Flaw};

/// The range of an option: its first number, and its last, which is absent in the last part.
pub(crate) fn range(option: &str) -> Option<(u64, Option<u64>)> {
    let head = option.get(..6).filter(|head| head.eq_ignore_ascii_case("range="))?;
    let (first, last) = option[head.len()..].split_once('-')?;
    let last = if last == "*" { None } else { Some(last.parse().ok()?) };
    Some((first.parse().ok()?, last))
}

impl Entry {
    /// Puts the parts of an attribute together. Where one is missing the attribute has a flaw.
    pub(crate) fn join_ranges(&mut self) {
        let mut parts: Vec<(String, u64, Option<u64>)> = Vec::new();
        for attribute in &self.attributes {
            let option = attribute.description.split(';').skip(1).find_map(range);
            if let Some((first, last)) = option {
                parts.push((attribute.name().to_owned(), first, last));
            }
        }
        parts.sort();
        let mut names: Vec<String> = parts.iter().map(|(name, ..)| name.clone()).collect();
        names.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
        for name in names {
            let mut next = Some(0);
            for (_, first, last) in parts.iter().filter(|(own, ..)| own.eq_ignore_ascii_case(&name)) {
                next = if next == Some(*first) { last.map(|last| last + 1).or(Some(u64::MAX)) } else { None };
            }
            let joined: Vec<Box<[u8]>> = self
                .attributes
                .iter_mut()
                .filter(|attribute| {
                    attribute.name().eq_ignore_ascii_case(&name)
                        && attribute.description.split(';').skip(1).any(|option| range(option).is_some())
                })
                .flat_map(|attribute| std::mem::take(&mut attribute.values))
                .collect();
            self.attributes.retain(|attribute| !attribute.values.is_empty());
            for value in joined {
                self.push(&name, value);
            }
            if next != Some(u64::MAX) {
                self.note_flaw(&name, Flaw::CutOff);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Dn;

    #[test]
    fn parts_are_joined_and_a_missing_one_is_a_flaw() {
        for (ranges, flaw) in [
            (&["0-1", "2-*"][..], None),
            (&["2-*", "0-1"], None),
            (&["0-*"], None),
            (&["0-1"], Some(Flaw::CutOff)),
            (&["2-*"], Some(Flaw::CutOff)),
            (&["0-1", "3-*"], Some(Flaw::CutOff)),
        ] {
            let mut entry = Entry::new(Dn::parse("cn=all,dc=x").unwrap());
            for range in ranges {
                entry.push(&format!("member;range={range}"), format!("cn={range}").into_bytes());
            }
            entry.join_ranges();
            assert_eq!(entry.values("member").count(), ranges.len(), "{ranges:?}");
            assert_eq!(entry.flaw("member"), flaw, "{ranges:?}");
        }
    }
}
