//! An entry of a directory: its name and its attributes with their values.

pub mod dn;
pub mod filter;
pub mod links;
pub(crate) mod ranges;
pub mod schema;

pub use dn::Dn;
pub use filter::EntryFilter;
pub use links::Links;

use dn::comparison_key;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub dn: Dn,
    attributes: Vec<Attribute>,
    flaws: Vec<(Box<str>, Flaw)>,
    found_as: Option<Role>,
    is_unchanged: bool,
}

/// Why the values of an attribute are not all there. It is a fault only where they are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The source has a URL in place of the value, which is not followed.
    ByUrl,
    /// The directory gave a part of the values, and the export holds no more.
    CutOff,
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ByUrl => {
                "the source has it by URL (`:<`), which is not followed; put the value itself there in base64 (`::`)"
            }
            Self::CutOff => {
                "the directory gave a part of the values (`;range=`), and the rest is not in the source; export all of them"
            }
        })
    }
}

/// The role of an entry in a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    User,
    Group,
}

/// One attribute of an entry. The description keeps its options, such as `userCertificate;binary`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub description: Box<str>,
    pub values: Vec<Box<[u8]>>,
}

impl Entry {
    /// An entry without attributes.
    #[must_use]
    pub fn new(dn: Dn) -> Self {
        Self { dn, attributes: Vec::new(), flaws: Vec::new(), found_as: None, is_unchanged: false }
    }

    /// An entry that the source's own search found, which settles what it is to the channel.
    #[must_use]
    pub fn found(dn: Dn, role: Role) -> Self {
        Self { found_as: Some(role), ..Self::new(dn) }
    }

    /// The entry as one that is still there and has not changed: it has its GUID, and may lack everything else.
    #[must_use]
    pub fn unchanged(self) -> Self {
        Self { is_unchanged: true, ..self }
    }

    /// The role by which the source's own search found it.
    #[must_use]
    pub const fn found_as(&self) -> Option<Role> {
        self.found_as
    }

    /// Whether only its presence was read.
    #[must_use]
    pub const fn is_unchanged(&self) -> bool {
        self.is_unchanged
    }

    /// The attributes in the order of the source.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Adds one value behind those that are there.
    pub fn push(&mut self, description: &str, value: impl Into<Box<[u8]>>) {
        match self.attribute_mut(description) {
            Some(attribute) => attribute.values.push(value.into()),
            None => {
                self.attributes.push(Attribute { description: description.into(), values: vec![value.into()] });
            }
        }
    }

    /// Notes that values of an attribute are not there.
    pub fn note_flaw(&mut self, attribute: &str, flaw: Flaw) {
        self.flaws.push((attribute.into(), flaw));
    }

    /// Why the values of an attribute are not all there; nothing if they are.
    #[must_use]
    pub fn flaw(&self, attribute: &str) -> Option<Flaw> {
        self.flaws.iter().find(|(own, _)| names(own, attribute)).map(|(_, flaw)| *flaw)
    }

    /// The attributes whose values are not all there.
    pub fn flaws(&self) -> impl Iterator<Item = &str> {
        self.flaws.iter().map(|(attribute, _)| &**attribute)
    }

    /// Takes an attribute out with all its values; says whether it was there.
    pub fn remove(&mut self, description: &str) -> bool {
        let before = self.attributes.len() + self.flaws.len();
        self.attributes.retain(|attribute| !attribute.description.eq_ignore_ascii_case(description));
        self.flaws.retain(|(attribute, _)| !attribute.eq_ignore_ascii_case(description));
        self.attributes.len() + self.flaws.len() < before
    }

    /// Takes one value out, compared as its attribute's kind is; says whether it was there.
    pub fn remove_value(&mut self, description: &str, value: &[u8]) -> bool {
        let Some(attribute) = self.attribute_mut(description) else { return false };
        let Some(position) = attribute.values.iter().position(|own| same_value(own, value)) else { return false };
        attribute.values.remove(position);
        if attribute.values.is_empty() {
            self.remove(description);
        }
        true
    }

    /// Whether the attribute holds the value, compared as its kind is.
    #[must_use]
    pub fn has_value(&self, description: &str, value: &[u8]) -> bool {
        self.values(description).any(|own| same_value(own, value))
    }

    /// The values of an attribute, whose name ignores case; `;binary` is found without being asked for.
    pub fn values<'a>(&'a self, description: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.attributes
            .iter()
            .filter(move |attribute| names(&attribute.description, description))
            .flat_map(|attribute| attribute.values.iter().map(AsRef::as_ref))
    }

    /// The values that are text; others are left out.
    pub fn texts<'a>(&'a self, description: &'a str) -> impl Iterator<Item = &'a str> {
        self.values(description).filter_map(|value| std::str::from_utf8(value).ok())
    }

    /// The first value that is text.
    #[must_use]
    pub fn text<'a>(&'a self, description: &'a str) -> Option<&'a str> {
        self.texts(description).next()
    }

    /// Whether one of the entry's object classes is `class`, or is derived from it: an export may list the lowest class alone.
    #[must_use]
    pub fn is_a(&self, class: &str) -> bool {
        self.texts("objectClass").any(|own| schema::is_class(own, class))
    }

    fn attribute_mut(&mut self, description: &str) -> Option<&mut Attribute> {
        self.attributes.iter_mut().find(|attribute| attribute.description.eq_ignore_ascii_case(description))
    }
}

impl Attribute {
    /// The description without its options.
    #[must_use]
    pub fn name(&self) -> &str {
        self.description.split(';').next().unwrap_or_default()
    }

    /// Whether it is the attribute of this name; `;binary` is found without being asked for.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        names(&self.description, name)
    }
}

fn names(description: &str, wanted: &str) -> bool {
    description.eq_ignore_ascii_case(wanted)
        || description.get(..wanted.len()).is_some_and(|head| {
            head.eq_ignore_ascii_case(wanted) && description[wanted.len()..].eq_ignore_ascii_case(";binary")
        })
}

/// Without a schema the kind of an attribute is unknown: equal bytes are equal, so are texts that caseIgnoreMatch takes
/// for equal, and so are names that are written differently.
pub(crate) fn same_value(left: &[u8], right: &[u8]) -> bool {
    if left == right {
        return true;
    }
    let (Ok(left), Ok(right)) = (std::str::from_utf8(left), std::str::from_utf8(right)) else { return false };
    comparison_key(left) == comparison_key(right)
        || (left.contains('=')
            && right.contains('=')
            && matches!((Dn::parse(left), Dn::parse(right)), (Ok(left), Ok(right)) if left == right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let mut entry = Entry::new(Dn::parse("uid=ada,dc=x").unwrap());
        entry.push("objectClass", *b"inetOrgPerson");
        entry.push("mail", *b"ada@example.com");
        entry.push("MAIL", *b"a@example.com");
        entry.push("userCertificate;binary", *b"\x30\x00");
        entry.push("member", *b"cn=Sales\\, EMEA,dc=x");
        entry
    }

    #[test]
    fn attribute_names_ignore_case_and_the_binary_option() {
        let entry = entry();
        assert_eq!(entry.texts("Mail").collect::<Vec<_>>(), ["ada@example.com", "a@example.com"]);
        assert_eq!(entry.values("usercertificate").count(), 1);
        assert_eq!(entry.values("user").count(), 0);
        assert!(entry.is_a("INETORGPERSON"));
    }

    #[test]
    fn values_are_compared_as_text_and_as_names() {
        let mut entry = entry();
        assert!(entry.has_value("member", b"CN=sales\\2C emea, DC=X"));
        assert!(entry.has_value("mail", b"ADA@example.com"));
        assert!(!entry.has_value("mail", b"b@example.com"));
        assert!(entry.remove_value("mail", b"A@EXAMPLE.COM"));
        assert!(entry.remove_value("mail", b"ada@example.com"));
        assert!(!entry.remove("mail"), "an attribute without values is gone");
    }
}
