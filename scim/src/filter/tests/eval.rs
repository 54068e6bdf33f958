use std::cmp::Ordering;

use proptest::prelude::*;

use super::super::eval::matches;
use super::{registry, resolve_for_user};
use crate::resource::{Fields, Item, Record, Slot, Value};
use crate::schema::{AttributeId, Registry, common, standard};
use crate::tolerance::Tolerances;

fn string(text: &str) -> Value {
    Value::String(text.into())
}

/// Builds a resource by attribute names.
struct Person<'r> {
    registry: &'r Registry,
    fields: Fields,
}

impl<'r> Person<'r> {
    fn new(registry: &'r Registry) -> Self {
        Self { registry, fields: Fields::new() }
    }

    fn attribute(&self, name: &str) -> AttributeId {
        let (schema, name) = name.rsplit_once(':').unwrap_or((standard::USER, name));
        let schema = self.registry.schema_id(schema).unwrap();
        self.registry.find_in_schema(schema, name).unwrap()
    }

    fn with(mut self, name: &str, slot: Slot) -> Self {
        self.fields.set(self.attribute(name), slot);
        self
    }

    fn text(self, name: &str, text: &str) -> Self {
        self.with(name, Slot::One(string(text)))
    }

    fn complex(&self, name: &str, subs: &[(&str, Value)]) -> Value {
        let parent = self.attribute(name);
        let sub = |name: &str| self.registry.find_sub_attribute(parent, name).unwrap();
        Value::Complex(subs.iter().map(|(name, value)| (sub(name), Slot::One(value.clone()))).collect())
    }
}

fn barbara(registry: &Registry) -> Fields {
    let person = Person::new(registry);
    let work = person.complex(
        "emails",
        &[("value", string("BJensen@example.com")), ("type", string("work")), ("primary", Value::Boolean(true))],
    );
    let home = person.complex("emails", &[("value", string("babs@example.org")), ("type", string("home"))]);
    let untyped = person.complex("emails", &[("value", string("b@example.net"))]);
    let name = person.complex("name", &[("familyName", string("Jensen")), ("givenName", string(""))]);
    let blank = person.complex("addresses", &[("locality", string(""))]);
    let manager = format!("{}:manager", standard::ENTERPRISE_USER);
    let boss = person.complex(&manager, &[("value", string("Boss-1"))]);
    let ian = |name: &str| format!("{}:{name}", standard::IAN_USER);
    let mut fields = person
        .text("userName", "BJensen")
        .with("name", Slot::One(name))
        .text("displayName", "Barbara Straße")
        .text("nickName", "")
        .text("title", "Tour Guide")
        .text("profileUrl", "https://example.com/BJensen")
        .with("active", Slot::One(Value::Boolean(false)))
        .with("emails", Slot::Many(vec![work, home, untyped]))
        .with("addresses", Slot::Many(vec![blank]))
        .with("phoneNumbers", Slot::Null)
        .with("roles", Slot::Many(Vec::new()))
        .with(&manager, Slot::One(boss))
        .with(&ian("otherMails"), Slot::Many(vec![string("one@example.com"), string("two@example.com")]))
        .text(&ian("createdDateTime"), "2011-05-13T06:42:34+02:00")
        .fields;
    let meta = [
        (common::META_RESOURCE_TYPE, Slot::One(string("User"))),
        (common::META_LAST_MODIFIED, Slot::One(string("2011-05-13T04:42:34Z"))),
    ];
    fields.set(common::ID, Slot::One(string("2819c223")));
    fields.set(common::SCHEMAS, Slot::Many(vec![string(standard::USER), string(standard::ENTERPRISE_USER)]));
    fields.set(common::META, Slot::One(Value::Complex(meta.into_iter().collect())));
    fields
}

fn holds(registry: &Registry, fields: &Fields, text: &str) -> bool {
    let filter =
        resolve_for_user(registry, text, &Tolerances::strict()).unwrap_or_else(|error| panic!("{text}: {error}"));
    matches(&filter, fields)
}

/// Whether each filter matches [`barbara`].
const TABLE: &[(bool, &str)] = &[
    (
        true,
        r#"
        userName eq "bjensen"
        userName eq "ｂｊｅｎｓｅｎ"
        userName co "JENS"
        userName sw "bj"
        userName ew "SEN"
        userName sw "bjensen"
        userName ge "bjensen"
        userName gt "BJENSEM"
        userName lt "c"
        displayName eq "barbara STRASSE"
        displayName co "straß"
        displayName ew "SSE"
        displayName gt "barbara"
        id eq "2819c223"
        profileUrl sw "https://example.com/B"
        active eq false
        active ne true
        active pr
        title pr and userName pr
        title eq "x" or title co "guide"
        not (title eq "x") and userName pr
        meta.lastModified eq "2011-05-13T04:42:34.000Z"
        meta.lastModified ge "2011-05-13T06:42:34+02:00"
        meta.lastModified lt "2011-05-13T04:42:34.001Z"
        meta.resourceType eq "User"
        urn:ietf:params:scim:schemas:ian:2.0:User:createdDateTime eq "2011-05-13T04:42:34Z"
        schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "Boss-1"
        urn:ietf:params:scim:schemas:ian:2.0:User:otherMails eq "TWO@example.com"
        emails co "example.org"
        emails.type eq "HOME"
        emails.type eq "work" and emails.value co "example.org"
        emails[type eq "work" and value co "example.com"]
        emails[type eq "home" or primary eq true]
        emails[not (type eq "work")]
        emails pr
        emails.primary pr
        name.familyName pr
        name pr
    "#,
    ),
    (
        false,
        r#"
        userName eq "babs"
        userName gt "bjensen"
        displayName eq "Barbara Strase"
        id eq "2819C223"
        profileUrl co "bjensen"
        active eq true
        title sw "guide"
        title ew "tour"
        meta.lastModified gt "2011-05-13T04:42:34Z"
        urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "boss-1"
        schemas eq "URN:ietf:params:scim:schemas:core:2.0:User"
        emails[type eq "work" and value co "example.org"]
        emails.type eq "other"
        not (emails.type eq "work")
        phoneNumbers[type eq "work"]
        phoneNumbers[not (type eq "work")]
    "#,
    ),
    // No value: RFC 7643 section 2.5, and ne as "not identical".
    (
        true,
        r#"
        nickName eq ""
        nickName ne null
        name.givenName eq ""
        userType eq null
        userType ne "Employee"
        userType ne ""
        not (userType eq "Employee")
        not (userType pr)
        phoneNumbers eq null
        phoneNumbers.type eq null
        phoneNumbers ne "1"
        roles eq null
        name.middleName eq null
        title ne null
    "#,
    ),
    (
        false,
        r#"
        nickName pr
        nickName eq null
        name.givenName pr
        addresses pr
        addresses.locality pr
        userType pr
        userType eq ""
        userType co ""
        userType lt "x"
        userType ne null
        phoneNumbers pr
        roles pr
        title eq null
        title ne "tour guide"
    "#,
    ),
    // Any of several values, among them the one that lacks the sub-attribute.
    (
        true,
        r#"
        emails.type ne "work"
        emails.type eq null
        emails.type ne null
        emails[type eq null and value eq "b@example.net"]
        emails[type ne "work" and type ne "home"]
        urn:ietf:params:scim:schemas:ian:2.0:User:otherMails ne "one@example.com"
        title co ""
        title sw ""
        title ew ""
    "#,
    ),
];

#[test]
fn filters_hold_as_the_rfc_reads() {
    let registry = registry();
    let barbara = barbara(&registry);
    for (expected, filters) in TABLE {
        for filter in filters.lines().map(str::trim).filter(|line| !line.is_empty()) {
            assert_eq!(holds(&registry, &barbara, filter), *expected, "{filter}");
        }
    }
}

#[test]
fn a_stored_date_that_is_none_differs_from_every_instant() {
    let registry = registry();
    let created = format!("{}:createdDateTime", standard::IAN_USER);
    let fields = Person::new(&registry).text(&created, "last week").fields;
    let instant = r#""2011-05-13T04:42:34Z""#;
    assert!(holds(&registry, &fields, &format!("{created} ne {instant}")));
    for operator in ["eq", "gt", "ge", "lt", "le"] {
        assert!(!holds(&registry, &fields, &format!("{created} {operator} {instant}")), "{operator}");
    }
}

/// A resource whose `meta.lastModified` is a time of the endpoint's own.
#[derive(Clone, Copy)]
struct Touched(jiff::Timestamp);

impl<'a> Record<'a> for Touched {
    type Items = std::option::IntoIter<Item<'a, Self>>;

    fn get(self, id: AttributeId) -> Option<Self::Items> {
        match id {
            common::META => Some(Some(Item::Complex(self)).into_iter()),
            common::META_LAST_MODIFIED => Some(Some(Item::Timestamp(self.0)).into_iter()),
            _ => None,
        }
    }

    fn fields(self) -> impl Iterator<Item = (AttributeId, Self::Items)> {
        [common::META].into_iter().filter_map(move |id| Some((id, self.get(id)?)))
    }
}

#[test]
fn a_time_of_the_endpoint_is_compared_as_it_is_written() {
    let registry = registry();
    let touched = Touched("2011-05-13T04:42:34.123456789Z".parse().unwrap());
    let holds = |text: &str| matches(&resolve_for_user(&registry, text, &Tolerances::strict()).unwrap(), touched);
    assert!(holds(r#"meta.lastModified eq "2011-05-13T04:42:34.123Z""#));
    assert!(!holds(r#"meta.lastModified gt "2011-05-13T04:42:34.123Z""#));
    assert!(holds(r#"meta.lastModified gt "2011-05-13T04:42:34.122Z""#));
    assert!(holds("meta.lastModified pr"));
}

/// A registry with one resource type that has an integer and a decimal.
fn devices() -> Registry {
    let schema = r#"{"id": "urn:example:Device", "attributes": [
        {"name": "ports", "type": "integer"}, {"name": "load", "type": "decimal"}]}"#;
    let document = crate::schema::SchemaDocument::parse(schema).unwrap();
    let kind = r#"{"name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device"}"#;
    Registry::build(vec![document], vec![serde_json::from_str(kind).unwrap()]).unwrap()
}

fn device_holds(fields: &Fields, text: &str) -> bool {
    let registry = devices();
    let device = registry.resource_type_by_name("Device").unwrap();
    let filter =
        super::super::resolve::resolve(&registry, device, &super::strict(text), &Tolerances::strict()).unwrap();
    matches(&filter, fields)
}

/// `value` in the attribute called `name`.
fn device(name: &str, value: Value) -> Fields {
    let registry = devices();
    let id = registry.find_attribute(registry.resource_type_by_name("Device").unwrap(), name).unwrap();
    std::iter::once((id, Slot::One(value))).collect()
}

#[test]
fn numbers_compare_by_value_whatever_their_form() {
    for (value, text, order) in [
        (Value::Integer(5), "5", Ordering::Equal),
        (Value::Integer(5), "5.0", Ordering::Equal),
        (Value::Integer(5), "5.5", Ordering::Less),
        (Value::Integer(-5), "-5.5", Ordering::Greater),
        (Value::Integer(0), "-0.0", Ordering::Equal),
        (Value::Integer(0), "-0.5", Ordering::Greater),
        (Value::Integer(10), "9", Ordering::Greater),
        (Value::Integer(i64::MAX), "9223372036854775806", Ordering::Greater),
        // As doubles these two would be equal.
        (Value::Integer(i64::MAX), "9223372036854775808.0", Ordering::Less),
        (Value::Integer(9_007_199_254_740_993), "9007199254740992.0", Ordering::Greater),
        (Value::Integer(i64::MIN), "-9223372036854775808.0", Ordering::Equal),
        (Value::Integer(i64::MIN), "-1e300", Ordering::Greater),
    ] {
        let fields = device("ports", value.clone());
        for (operator, expected) in [
            ("eq", order.is_eq()),
            ("ne", order.is_ne()),
            ("gt", order.is_gt()),
            ("ge", order.is_ge()),
            ("lt", order.is_lt()),
            ("le", order.is_le()),
        ] {
            assert_eq!(
                device_holds(&fields, &format!("ports {operator} {text}")),
                expected,
                "{value:?} {operator} {text}"
            );
        }
    }
    let half = device("load", Value::Decimal(0.5));
    for (text, expected) in [
        ("load eq 0.5", true),
        ("load eq 5e-1", true),
        ("load gt 0", true),
        ("load lt 1", true),
        ("load gt -1", true),
        ("load ge 1", false),
        ("load ne 0", true),
    ] {
        assert_eq!(device_holds(&half, text), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn an_integer_and_a_decimal_compare_as_two_integers_would(value in -1000_i64..1000, other in -1000_i32..1000) {
        let fields = device("ports", Value::Integer(value));
        for operator in ["eq", "ne", "gt", "ge", "lt", "le"] {
            prop_assert_eq!(
                device_holds(&fields, &format!("ports {operator} {other}")),
                device_holds(&fields, &format!("ports {operator} {:?}", f64::from(other)))
            );
        }
    }

    #[test]
    fn a_value_relates_to_a_literal_in_one_way(stored in "[ -~ßéΣς]{0,6}", literal in "[ -~ßéΣς]{0,6}") {
        let registry = registry();
        let literal = serde_json::Value::from(literal).to_string();
        for name in ["userName", "title", "profileUrl"] {
            let fields = Person::new(&registry).text(name, &stored).fields;
            let test = |operator: &str| holds(&registry, &fields, &format!("{name} {operator} {literal}"));
            let relations = [test("lt"), test("eq"), test("gt")];
            prop_assert_eq!(relations.iter().filter(|&&holds| holds).count(), 1);
            prop_assert_eq!(test("ne"), !test("eq"));
            prop_assert_eq!(test("ge"), !test("lt"));
            prop_assert_eq!(test("le"), !test("gt"));
            prop_assert!(!test("eq") || (test("co") && test("sw") && test("ew")));
            prop_assert!(test("co") || !(test("sw") || test("ew")));
            prop_assert_eq!(holds(&registry, &fields, &format!("not ({name} co {literal})")), !test("co"));
        }
    }
}
