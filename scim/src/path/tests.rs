use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::schema::{common, standard};

fn registry() -> Registry {
    standard::registry(&[standard::ENTERPRISE_USER, standard::IAN_USER]).unwrap()
}

#[test]
fn a_path_is_a_schema_an_attribute_and_a_sub_attribute() {
    for (text, schema, attribute, sub_attribute) in [
        ("userName", None, "userName", None),
        ("name.givenName", None, "name", Some("givenName")),
        ("members.$ref", None, "members", Some("$ref")),
        ("$ref", None, "$ref", None),
        ("a-b_c$9", None, "a-b_c$9", None),
        (
            "urn:ietf:params:scim:schemas:core:2.0:User:emails.value",
            Some("urn:ietf:params:scim:schemas:core:2.0:User"),
            "emails",
            Some("value"),
        ),
        ("urn:ietf:params:scim:schemas:core:2.0:User", Some("urn:ietf:params:scim:schemas:core:2.0"), "User", None),
        ("https://example.com/schemas/v1.2:a.b", Some("https://example.com/schemas/v1.2"), "a", Some("b")),
    ] {
        let path: AttributePath = text.parse().unwrap();
        assert_eq!(path.schema.as_deref(), schema, "{text}");
        assert_eq!(path.attribute, attribute, "{text}");
        assert_eq!(path.sub_attribute.as_deref(), sub_attribute, "{text}");
        assert_eq!(path.to_string(), text);
    }
}

#[test]
fn a_path_ends_at_the_first_character_that_none_can_have() {
    for (text, rest) in [
        ("userName eq 1", " eq 1"),
        ("emails[type pr]", "[type pr]"),
        ("a.b)", ")"),
        ("a\"", "\""),
        ("naïve", "ïve"),
        ("userName", ""),
    ] {
        assert_eq!(AttributePath::parse_prefix(text).unwrap().1, rest, "{text}");
    }
}

#[test]
fn what_is_no_path_is_refused_where_it_goes_wrong() {
    let mut refusals = String::new();
    for text in [
        "", " a", "9lives", "-a", "a..b", "a.", ".a", "a.b.c", "a.9", "urn:x:", "urn:x:.a", "User:a", ":a", "a b",
        "a[", "$", "a+b",
    ] {
        let error = text.parse::<AttributePath>().unwrap_err();
        writeln!(refusals, "{text:?}: {error}").unwrap();
    }
    insta::assert_snapshot!(refusals, @r#"
    "": at offset 0: expected an attribute name (a letter first); got the end
    " a": at offset 0: expected an attribute name (a letter first); got a blank
    "9lives": at offset 0: expected an attribute name (a letter first); got "9lives"
    "-a": at offset 0: expected an attribute name (a letter first); got "-a"
    "a..b": at offset 2: expected one sub-attribute name after the dot; got ".b"
    "a.": at offset 2: expected one sub-attribute name after the dot; got the end
    ".a": at offset 0: expected an attribute name (a letter first); got ".a"
    "a.b.c": at offset 3: expected one sub-attribute name after the dot; got ".c"
    "a.9": at offset 2: expected one sub-attribute name after the dot; got "9"
    "urn:x:": at offset 6: expected an attribute name (a letter first); got the end
    "urn:x:.a": at offset 6: expected an attribute name (a letter first); got ".a"
    "User:a": at offset 0: expected a schema URI such as urn:…:User before the colon; got "User"
    ":a": at offset 0: expected a schema URI such as urn:…:User before the colon; got ":"
    "a b": at offset 1: expected the end of the attribute path; got a blank
    "a[": at offset 1: expected the end of the attribute path; got "["
    "$": at offset 0: expected an attribute name (a letter first); got "$"
    "a+b": at offset 1: expected the end of the attribute name; got "+"
    "#);
}

#[test]
fn names_are_looked_up_in_the_schemas_of_the_resource_type() {
    let registry = registry();
    let user = registry.resource_type_by_name("User").unwrap();
    let found = |text: &str| match resolve(&registry, user, &text.parse().unwrap(), &Tolerances::strict()) {
        Ok(Target::Attribute(path)) => registry.full_name(path.leaf()),
        Ok(Target::Schema(schema)) => format!("schema {}", registry.schema(schema).document.id),
        Err(unknown) => unknown.to_string(),
    };
    let mut table = String::new();
    for text in [
        "username",
        "NAME.GIVENNAME",
        "emails",
        "emails.value",
        "id",
        "meta.lastmodified",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName",
        "URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER:USERNAME",
        "urn:ietf:params:scim:schemas:core:2.0:User:id",
        "urn:ietf:params:scim:schemas:core:2.0:User:meta.created",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref",
        "urn:ietf:params:scim:schemas:ian:2.0:User:cn",
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user",
        "department",
        "members",
        "name.nosuch",
        "userName.value",
        "urn:ietf:params:scim:schemas:core:2.0:Group:displayName",
        "urn:ietf:params:scim:schemas:core:2.0:Group",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:id",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:userName",
    ] {
        writeln!(table, "{text}\n  {}", found(text)).unwrap();
    }
    insta::assert_snapshot!(table, @r"
    username
      urn:ietf:params:scim:schemas:core:2.0:User:userName
    NAME.GIVENNAME
      urn:ietf:params:scim:schemas:core:2.0:User:name.givenName
    emails
      urn:ietf:params:scim:schemas:core:2.0:User:emails
    emails.value
      urn:ietf:params:scim:schemas:core:2.0:User:emails.value
    id
      id
    meta.lastmodified
      meta.lastModified
    urn:ietf:params:scim:schemas:core:2.0:User:userName
      urn:ietf:params:scim:schemas:core:2.0:User:userName
    URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER:USERNAME
      urn:ietf:params:scim:schemas:core:2.0:User:userName
    urn:ietf:params:scim:schemas:core:2.0:User:id
      id
    urn:ietf:params:scim:schemas:core:2.0:User:meta.created
      meta.created
    urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref
      urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref
    urn:ietf:params:scim:schemas:ian:2.0:User:cn
      urn:ietf:params:scim:schemas:ian:2.0:User:cn
    urn:ietf:params:scim:schemas:core:2.0:User
      schema urn:ietf:params:scim:schemas:core:2.0:User
    urn:ietf:params:scim:schemas:extension:enterprise:2.0:user
      schema urn:ietf:params:scim:schemas:extension:enterprise:2.0:User
    department
      department: an attribute of an extension is written with its schema: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department
    members
      members: resource type User has no attribute members
    name.nosuch
      name.nosuch: name has no sub-attribute nosuch
    userName.value
      userName.value: userName has no sub-attribute value
    urn:ietf:params:scim:schemas:core:2.0:Group:displayName
      urn:ietf:params:scim:schemas:core:2.0:Group:displayName: urn:ietf:params:scim:schemas:core:2.0:Group is not a schema of resource type User
    urn:ietf:params:scim:schemas:core:2.0:Group
      urn:ietf:params:scim:schemas:core:2.0:Group: urn:ietf:params:scim:schemas:core:2.0:Group is not a schema of resource type User
    urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:id
      urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:id: resource type User has no attribute id
    urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:userName
      urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:userName: resource type User has no attribute userName
    ");
}

#[test]
fn the_leaf_is_what_the_path_ends_at() {
    let whole = ResolvedPath { attribute: common::META, sub_attribute: None };
    assert_eq!(whole.leaf(), common::META);
    let part = ResolvedPath { sub_attribute: Some(common::META_CREATED), ..whole };
    assert_eq!(part.leaf(), common::META_CREATED);
}

proptest! {
    #[test]
    fn parsing_is_the_inverse_of_display(
        schema in proptest::option::of("urn:[a-z0-9.:/]{0,12}[a-zA-Z0-9.]"),
        attribute in "[$]?[a-zA-Z][a-zA-Z0-9$_-]{0,8}",
        sub_attribute in proptest::option::of("[$]?[a-zA-Z][a-zA-Z0-9$_-]{0,8}"),
    ) {
        let path = AttributePath { schema, attribute, sub_attribute };
        prop_assert_eq!(path.to_string().parse(), Ok(path));
    }

    #[test]
    fn any_text_is_parsed_or_refused_at_one_of_its_characters(text in prop_oneof![any::<String>(), "[a-z:.$ 9]{0,10}"]) {
        match AttributePath::parse_prefix(&text) {
            Ok((path, rest)) => prop_assert_eq!(format!("{path}{rest}"), text),
            Err(error) => prop_assert!(text.is_char_boundary(error.offset)),
        }
    }

    #[test]
    fn every_attribute_is_found_by_its_full_name(which in any::<proptest::sample::Index>()) {
        let registry = registry();
        let user = registry.resource_type_by_name("User").unwrap();
        let own: Vec<_> = registry.schemas_of(user).flat_map(|schema| registry.schema(schema).attributes.clone()).collect();
        let all: Vec<_> =
            own.iter().flat_map(|&id| std::iter::once(id).chain(registry.definition(id).sub_attributes.clone())).collect();
        let id = *which.get(&all);
        let path: AttributePath = registry.full_name(id).parse().unwrap();
        match resolve(&registry, user, &path, &Tolerances::strict()) {
            Ok(Target::Attribute(found)) => prop_assert_eq!(found.leaf(), id),
            other => prop_assert!(false, "{}: {:?}", path, other),
        }
    }
}

#[test]
fn an_attribute_of_an_extension_is_named_alone_with_the_tolerance() {
    let registry = registry();
    let user = registry.resource_type_by_name("User").unwrap();
    let lenient = Tolerances::from_iter([Tolerance::ExtensionShortNames]);
    for (text, expected) in [
        ("manager", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"),
        ("MANAGER.value", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"),
        ("employeeNumber", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber"),
        // An attribute of the core schema comes first.
        ("userName", "urn:ietf:params:scim:schemas:core:2.0:User:userName"),
    ] {
        let Ok(Target::Attribute(found)) = resolve(&registry, user, &text.parse().unwrap(), &lenient) else {
            panic!("{text} is found");
        };
        assert_eq!(registry.full_name(found.leaf()), expected);
    }
    let other = "urn:ietf:params:scim:schemas:core:2.0:User:manager".parse().unwrap();
    assert!(resolve(&registry, user, &other, &lenient).is_err(), "a URN that is given counts");
    assert!(resolve(&registry, user, &"manager".parse().unwrap(), &Tolerances::strict()).is_err());
}
