//! Invented people and groups in any number, the same for the same numbers: for load tests and big directories.

use scim::resource::{Fields, Slot, Value};
use scim::schema::{AttributeId, Registry, ResourceTypeId};
use uuid::Uuid;

const GIVEN_NAMES: [&str; 32] = [
    "Ada", "Bela", "Carin", "Dario", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jonna", "Kenji", "Lucía", "Mirko",
    "Nadia", "Olaf", "Paz", "Quirin", "Rosa", "Søren", "Tarek", "Ursa", "Vito", "Wanda", "Xenia", "Yusuf", "Zoë",
    "Anouk", "Bruno", "Chiara", "Dmitri", "Esther", "Fenna",
];
const FAMILY_NAMES: [&str; 32] = [
    "Abbot",
    "Bergström",
    "Castell",
    "Dorn",
    "Eriksen",
    "Fontaine",
    "Greco",
    "Hollis",
    "Ibarra",
    "Jansen",
    "Kovács",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Quist",
    "Rossi",
    "Sandoval",
    "Tamm",
    "Ueda",
    "Varga",
    "Weber",
    "Xu",
    "Yilmaz",
    "Zeman",
    "Alder",
    "Brandt",
    "Corvin",
    "Duarte",
    "Engel",
    "Farrow",
];
const TITLES: [&str; 8] =
    ["Analyst", "Buyer", "Chemist", "Designer", "Engineer", "Field Technician", "Gauge Keeper", "Hydrologist"];

/// Makes people and groups for one registry.
#[derive(Debug)]
pub struct Seed {
    user: TypeNames,
    group: TypeNames,
}

/// The ids of what is filled in, looked up once.
#[derive(Debug)]
struct TypeNames {
    resource_type: ResourceTypeId,
    attributes: Vec<(&'static str, AttributeId)>,
}

impl TypeNames {
    fn new(registry: &Registry, resource_type: &str, names: &[&'static str]) -> Option<Self> {
        let resource_type = registry.resource_type_by_name(resource_type)?;
        let attributes = names
            .iter()
            .map(|&name| {
                let (parent, sub) = name.split_once('.').map_or((name, None), |(parent, sub)| (parent, Some(sub)));
                let parent = registry.find_attribute(resource_type, parent)?;
                let id = sub.map_or(Some(parent), |sub| registry.find_sub_attribute(parent, sub))?;
                Some((name, id))
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self { resource_type, attributes })
    }

    fn id(&self, name: &str) -> AttributeId {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map(|&(_, id)| id).expect("the name is one of those given to TypeNames::new")
    }

    /// A complex value from sub-attributes of `parent`.
    fn complex<const N: usize>(&self, parent: &str, subs: [(&str, Value); N]) -> Value {
        Value::Complex(
            subs.into_iter().map(|(sub, value)| (self.id(&format!("{parent}.{sub}")), Slot::One(value))).collect(),
        )
    }
}

impl Seed {
    /// `None` when the registry lacks the standard User and Group.
    #[must_use]
    pub fn new(registry: &Registry) -> Option<Self> {
        let user = TypeNames::new(
            registry,
            "User",
            &[
                "externalId",
                "userName",
                "name",
                "name.givenName",
                "name.familyName",
                "name.formatted",
                "displayName",
                "title",
                "active",
                "emails",
                "emails.value",
                "emails.type",
                "emails.primary",
                "phoneNumbers",
                "phoneNumbers.value",
                "phoneNumbers.type",
            ],
        )?;
        let group = TypeNames::new(registry, "Group", &["displayName", "members", "members.value"])?;
        Some(Self { user, group })
    }

    /// The person with this number; about 600 bytes as JSON with `meta`.
    #[must_use]
    pub fn person(&self, number: usize) -> (ResourceTypeId, Fields) {
        let given = GIVEN_NAMES[number % GIVEN_NAMES.len()];
        let family = FAMILY_NAMES[number / GIVEN_NAMES.len() % FAMILY_NAMES.len()];
        let full = format!("{given} {family}");
        let names = &self.user;
        let text = |text: String| Value::String(text.into());
        let name = names.complex(
            "name",
            [("givenName", text(given.into())), ("familyName", text(family.into())), ("formatted", text(full.clone()))],
        );
        let email = names.complex(
            "emails",
            [
                ("value", text(format!("person.{number}@example.com"))),
                ("type", text("work".into())),
                ("primary", Value::Boolean(true)),
            ],
        );
        let phone = names.complex(
            "phoneNumbers",
            [("value", text(format!("tel:+1-555-{:07}", number % 10_000_000))), ("type", text("work".into()))],
        );
        let fields = Fields::from_iter([
            (names.id("externalId"), Slot::One(text(format!("employee-{number}")))),
            (names.id("userName"), Slot::One(text(format!("person.{number}@example.com")))),
            (names.id("name"), Slot::One(name)),
            (names.id("displayName"), Slot::One(text(format!("{full} {number}")))),
            (names.id("title"), Slot::One(text(format!("{} {}", TITLES[number % TITLES.len()], number % 97)))),
            (names.id("active"), Slot::One(Value::Boolean(true))),
            (names.id("emails"), Slot::Many(vec![email])),
            (names.id("phoneNumbers"), Slot::Many(vec![phone])),
        ]);
        (names.resource_type, fields)
    }

    /// A group with the given members.
    #[must_use]
    pub fn group(&self, name: &str, members: &[Uuid]) -> (ResourceTypeId, Fields) {
        let names = &self.group;
        let member = |id: &Uuid| names.complex("members", [("value", Value::String(id.to_string().into()))]);
        let mut fields = Fields::from_iter([(names.id("displayName"), Slot::One(Value::String(name.into())))]);
        if !members.is_empty() {
            fields.set(names.id("members"), Slot::Many(members.iter().map(member).collect()));
        }
        (names.resource_type, fields)
    }
}

#[cfg(test)]
mod tests {
    use scim::schema::standard;

    use super::*;

    #[test]
    fn people_are_distinct_and_repeatable() {
        let registry = standard::registry(&[]).expect("the standard schemas are valid");
        let seed = Seed::new(&registry).expect("the registry has User and Group");
        assert_eq!(seed.person(7), seed.person(7));
        let user_name = registry.find_attribute(seed.user.resource_type, "userName").expect("User has userName");
        let names: std::collections::BTreeSet<_> =
            (0..5_000).map(|number| seed.person(number).1.string(user_name).map(str::to_owned)).collect();
        assert_eq!(names.len(), 5_000);
    }
}
