//! The schema by which a directory file is searched: names, object identifiers and supertypes of attributes, the rules by which
//! their values are compared, and the classes with those that they are derived from.
//!
//! A server has a schema of its own, which an export does not hold. Two are stated here, each a table in
//! `fixtures/directories/schema`: the one of the RFCs that directories share (RFC 2307, 2589, 2798, 3296, 3672, 4512, 4519, 4523,
//! 4524, 4530, 5020) with the operational attributes of OpenLDAP and 389 Directory Server, and Active Directory's for people,
//! groups and what holds them, with those of Exchange that filters name. An attribute that an entry of the file has is defined as
//! well: its server took it.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const ATTRIBUTES: &str = include_str!("../../../../fixtures/directories/schema/attributes.tsv");
const CLASSES: &str = include_str!("../../../../fixtures/directories/schema/classes.tsv");

/// The schema of a directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Schema {
    /// Of the RFCs.
    #[default]
    Standard,
    /// Active Directory knows one name of an attribute, and no supertypes.
    ActiveDirectory,
}

/// How values are compared (RFC 4517).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Text,
    /// Of ASCII alone.
    AsciiText,
    ExactText,
    ExactAsciiText,
    /// Blanks and hyphens do not count (RFC 4517 section 4.2.29).
    Telephone,
    /// Digits, between which blanks do not count (RFC 4517 section 4.2.22).
    Digits,
    Integer,
    Boolean,
    Time,
    Name,
    /// A name, and perhaps a number behind it (RFC 4517 section 3.3.21).
    UniqueName,
    Octets,
    Identifier,
    Uuid,
    /// The number of a change in OpenLDAP.
    ChangeNumber,
    /// There is no rule of equality.
    Never,
    /// The schema does not have the attribute: the look of both values decides.
    ByLook,
}

/// One attribute type, with its subtypes.
#[derive(Debug)]
pub struct AttributeType {
    /// The first name, in lower case.
    pub key: String,
    /// Every name and object identifier of the type and of its subtypes, in lower case.
    names: HashSet<String>,
    pub equality: Comparison,
    pub is_ordered: bool,
    pub has_substrings: bool,
}

impl AttributeType {
    /// Whether it is the name of this type, or of a subtype.
    #[must_use]
    pub fn includes(&self, name: &str) -> bool {
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return self.names.contains(&name.to_ascii_lowercase());
        }
        self.names.contains(name)
    }
}

#[derive(Debug)]
struct ClassType {
    key: String,
    /// The classes that it is derived from, by their keys.
    ancestors: Vec<String>,
}

#[derive(Debug, Default)]
struct Tables {
    /// By every name and object identifier, in lower case.
    attributes: HashMap<String, usize>,
    types: Vec<AttributeType>,
    classes: HashMap<String, usize>,
    class_types: Vec<ClassType>,
}

static STANDARD: LazyLock<Tables> = LazyLock::new(|| Tables::of("standard"));
static ACTIVE_DIRECTORY: LazyLock<Tables> = LazyLock::new(|| Tables::of("active-directory"));

impl Schema {
    fn tables(self) -> &'static Tables {
        match self {
            Self::Standard => &STANDARD,
            Self::ActiveDirectory => &ACTIVE_DIRECTORY,
        }
    }

    /// The type of this name or object identifier; nothing if the schema does not define it.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<&'static AttributeType> {
        let tables = self.tables();
        tables.attributes.get(&key_of(name)).map(|&index| &tables.types[index])
    }

    fn class(self, name: &str) -> Option<&'static ClassType> {
        let tables = self.tables();
        tables.classes.get(&key_of(name)).map(|&index| &tables.class_types[index])
    }

    /// Whether the schema defines the class.
    #[must_use]
    pub fn has_class(self, name: &str) -> bool {
        self.class(name).is_some()
    }

    /// Whether an entry of the class `own` is of the class `wanted`: it is the same one, or derived from it.
    #[must_use]
    pub fn is_derived(self, own: &str, wanted: &str) -> bool {
        is_derived(self.class(own), self.class(wanted), own, wanted)
    }
}

/// Whether an entry of the class `own` is of the class `wanted` in either schema. What is a person or a group to a channel does
/// not depend on whose export it is.
#[must_use]
pub fn is_class(own: &str, wanted: &str) -> bool {
    let class = |name: &str| Schema::Standard.class(name).or_else(|| Schema::ActiveDirectory.class(name));
    own.eq_ignore_ascii_case(wanted) || is_derived(class(own), class(wanted), own, wanted)
}

fn is_derived(own: Option<&ClassType>, wanted: Option<&ClassType>, own_name: &str, wanted_name: &str) -> bool {
    match (own, wanted) {
        // Every class is derived from it, also one that the schema does not define.
        (_, Some(wanted)) if wanted.key == "top" => true,
        (Some(own), Some(wanted)) => own.key == wanted.key || own.ancestors.contains(&wanted.key),
        _ => own_name.trim().eq_ignore_ascii_case(wanted_name.trim()),
    }
}

/// The first name of an attribute in the standard schema, in lower case; the name itself in lower case if it is not defined.
#[must_use]
pub(super) fn canonical_name(name: &str) -> String {
    let key = key_of(name);
    match key.as_str() {
        "cn" | "ou" | "dc" | "uid" | "o" | "c" | "l" | "st" => key,
        _ => Schema::Standard.attribute(&key).map_or(key, |kind| kind.key.clone()),
    }
}

/// Lower case, without the `OID.` that older writers put before a number.
fn key_of(name: &str) -> String {
    let lower = name.trim().to_ascii_lowercase();
    match lower.strip_prefix("oid.") {
        Some(number) => number.to_owned(),
        None => lower,
    }
}

/// A row of the table of attributes.
struct AttributeRow {
    names: Vec<&'static str>,
    oid: &'static str,
    superior: &'static str,
    equality: Comparison,
    is_ordered: bool,
    has_substrings: bool,
}

impl Tables {
    fn of(schema: &str) -> Self {
        let mut tables = Self::default();
        let rows: Vec<AttributeRow> = rows(ATTRIBUTES, schema).map(|cells| attribute_row(&cells)).collect();
        for (index, row) in rows.iter().enumerate() {
            let names: HashSet<String> =
                rows.iter().filter(|other| is_below(&rows, other, row)).flat_map(names_of).collect();
            tables.attributes.extend(names_of(row).map(|name| (name, index)));
            tables.types.push(AttributeType {
                key: row.names[0].to_ascii_lowercase(),
                names,
                equality: row.equality,
                is_ordered: row.is_ordered,
                has_substrings: row.has_substrings,
            });
        }
        let classes: Vec<[&str; 3]> = rows_of_classes(schema);
        for (index, [names, oid, _]) in classes.iter().enumerate() {
            let names = names.split(' ').chain([*oid]).map(str::to_ascii_lowercase);
            tables.classes.extend(names.map(|name| (name, index)));
        }
        for [names, ..] in &classes {
            let key = first_of(names);
            let ancestors = ancestors(&classes, &key);
            tables.class_types.push(ClassType { key, ancestors });
        }
        tables
    }
}

fn rows_of_classes(schema: &str) -> Vec<[&'static str; 3]> {
    rows(CLASSES, schema).map(|cells| [cells[0], cells[1], cells[2]]).collect()
}

fn first_of(names: &str) -> String {
    names.split(' ').next().unwrap_or_default().to_ascii_lowercase()
}

/// Every class that the class is derived from but `top`.
fn ancestors(classes: &[[&str; 3]], key: &str) -> Vec<String> {
    let superiors = |key: &str| -> Vec<String> {
        let row = classes.iter().find(|[names, ..]| first_of(names) == *key);
        row.map(|row| row[2].split_whitespace().map(str::to_ascii_lowercase).collect()).unwrap_or_default()
    };
    let mut found = superiors(key);
    let mut next = 0;
    while next < found.len() {
        let more = superiors(&found[next]);
        found.extend(more);
        next += 1;
    }
    found
}

fn names_of(row: &AttributeRow) -> impl Iterator<Item = String> {
    let oid = Some(row.oid).filter(|oid| !oid.is_empty());
    row.names.iter().copied().chain(oid).map(str::to_ascii_lowercase)
}

/// Whether `row` is `superior` or one of its subtypes.
fn is_below(rows: &[AttributeRow], row: &AttributeRow, superior: &AttributeRow) -> bool {
    let named = |name: &str| rows.iter().find(|row| row.names[0].eq_ignore_ascii_case(name));
    let chain = std::iter::successors(Some(row), |row| named(row.superior));
    chain.into_iter().any(|row| row.names[0] == superior.names[0])
}

/// The cells behind the first of each row of one schema.
fn rows(table: &'static str, schema: &str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).filter_map(move |line| {
        let mut cells = line.split('\t');
        (cells.next() == Some(schema)).then(|| cells.collect())
    })
}

fn attribute_row(cells: &[&'static str]) -> AttributeRow {
    let is_yes = |cell: &str| cell == "yes";
    AttributeRow {
        names: cells[0].split(' ').collect(),
        oid: cells[1],
        superior: cells[2],
        equality: comparison(cells[3]),
        is_ordered: is_yes(cells[4]),
        has_substrings: is_yes(cells[5]),
    }
}

fn comparison(word: &str) -> Comparison {
    match word {
        "text" => Comparison::Text,
        "ia5" => Comparison::AsciiText,
        "exact" => Comparison::ExactText,
        "exact-ia5" => Comparison::ExactAsciiText,
        "telephone" => Comparison::Telephone,
        "numeric" => Comparison::Digits,
        "integer" => Comparison::Integer,
        "boolean" => Comparison::Boolean,
        "time" => Comparison::Time,
        "name" => Comparison::Name,
        "unique-name" => Comparison::UniqueName,
        "octets" => Comparison::Octets,
        "oid" => Comparison::Identifier,
        "uuid" => Comparison::Uuid,
        "csn" => Comparison::ChangeNumber,
        _ => Comparison::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_all_their_names_numbers_and_subtypes() {
        for (schema, name, other, is_included) in [
            (Schema::Standard, "sn", "surname", true),
            (Schema::Standard, "Surname", "SN", true),
            (Schema::Standard, "2.5.4.4", "sn", true),
            (Schema::Standard, "OID.2.5.4.4", "sn", true),
            (Schema::Standard, "name", "givenName", true),
            (Schema::Standard, "name", "2.5.4.3", true),
            (Schema::Standard, "name", "uid", false),
            (Schema::Standard, "givenName", "name", false),
            (Schema::Standard, "distinguishedName", "member", true),
            (Schema::Standard, "distinguishedName", "manager", false),
            (Schema::ActiveDirectory, "sn", "2.5.4.4", true),
            (Schema::ActiveDirectory, "name", "sn", false),
        ] {
            let kind = schema.attribute(name).unwrap_or_else(|| panic!("{name} is defined"));
            assert_eq!(kind.includes(other), is_included, "{schema:?} {name} {other}");
        }
        for (schema, name) in [
            (Schema::Standard, "userAccountControl"),
            (Schema::Standard, "nonsense"),
            (Schema::Standard, "2.5.4.99"),
            (Schema::ActiveDirectory, "surname"),
            (Schema::ActiveDirectory, "entryUUID"),
        ] {
            assert!(schema.attribute(name).is_none(), "{schema:?} {name}");
        }
    }

    #[test]
    fn classes_are_derived_from_each_other_whatever_they_are_called() {
        for (own, wanted, expected) in [
            ("inetOrgPerson", "person", true),
            ("inetOrgPerson", "2.5.6.6", true),
            ("2.16.840.1.113730.3.2.2", "PERSON", true),
            ("person", "inetOrgPerson", false),
            ("newPilotPerson", "pilotPerson", true),
            ("company-own", "COMPANY-OWN", true),
            ("company-own", "top", true),
            ("company-own", "person", false),
            ("computer", "user", true),
            ("contact", "organizationalPerson", true),
        ] {
            assert_eq!(is_class(own, wanted), expected, "{own} {wanted}");
        }
        assert!(Schema::ActiveDirectory.is_derived("inetOrgPerson", "user"));
        assert!(!Schema::Standard.is_derived("inetOrgPerson", "user"));
    }

    #[test]
    fn each_row_of_the_tables_has_its_cells_and_the_rows_are_in_order() {
        for (table, columns) in [(ATTRIBUTES, 7), (CLASSES, 4)] {
            let keys: Vec<(String, String)> = table
                .lines()
                .skip(1)
                .map(|line| {
                    let cells: Vec<&str> = line.split('\t').collect();
                    assert_eq!(cells.len(), columns, "{line}");
                    (cells[0].to_owned(), cells[1].to_ascii_lowercase())
                })
                .collect();
            assert!(keys.is_sorted(), "the rows are sorted by schema and name");
        }
        assert!(Schema::Standard.tables().types.iter().all(|kind| kind.equality != Comparison::ByLook));
    }
}
