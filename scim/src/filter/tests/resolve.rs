use std::fmt::Write as _;

use super::super::parse::{Limits, parse};
use super::super::resolve::{Operand, equality_terms, resolve_in, resolve_or_nothing};
use super::super::{Operator, ResolvedComparison, ResolvedFilter};
use super::{registry, resolve_for_user, strict, tolerances, user_type};
use crate::path::{AttributePath, ResolvedPath, Target};
use crate::schema::{AttributeId, Registry, common, comparison_key, matching_rule, standard};
use crate::text::MatchingRule;
use crate::tolerance::Tolerances;

fn path(registry: &Registry, text: &str) -> ResolvedPath {
    let path: AttributePath = text.parse().unwrap();
    match crate::path::resolve(registry, user_type(registry), &path, &Tolerances::strict()).unwrap() {
        Target::Attribute(path) => path,
        Target::Schema(_) => panic!("{text} is a schema"),
    }
}

fn leaf(registry: &Registry, text: &str) -> AttributeId {
    path(registry, text).leaf()
}

/// The comparison that a filter of one comparison resolves to.
fn comparison(registry: &Registry, text: &str, names: &str) -> ResolvedComparison {
    match resolve_for_user(registry, text, &tolerances(names)) {
        Ok(ResolvedFilter::Compare(comparison)) => comparison,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn literals_become_operands_of_the_attributes_type() {
    let registry = registry();
    let instant = |text: &str| Operand::Instant(text.parse().unwrap());
    for (text, operand) in [
        (r#"userName eq "Ｂjensen""#, Operand::Username("bjensen".into())),
        (r#"userName eq "Straße""#, Operand::Username("straße".into())),
        (r#"displayName eq "Straße""#, Operand::Folded("strasse".into())),
        (r#"emails.value eq "A@Example.COM""#, Operand::Folded("a@example.com".into())),
        (r#"id eq "AbC""#, Operand::Exact("AbC".into())),
        (r#"externalId eq "AbC""#, Operand::Exact("AbC".into())),
        (r#"profileUrl eq "https://Example.com""#, Operand::Exact("https://Example.com".into())),
        (r#"schemas eq "urn:A""#, Operand::Exact("urn:A".into())),
        (r#"x509Certificates.value eq "AAec""#, Operand::Exact("AAec".into())),
        ("active eq true", Operand::Boolean(true)),
        ("emails.primary ne false", Operand::Boolean(false)),
        ("name.givenName eq null", Operand::Null),
        ("name eq null", Operand::Null),
        ("emails ne null", Operand::Null),
        (r#"meta.created ge "2011-05-13T04:42:34Z""#, instant("2011-05-13T04:42:34Z")),
        (r#"meta.created ge "2011-05-13T04:42:34.25+02:00""#, instant("2011-05-13T02:42:34.25Z")),
        (r#"meta.created lt "2011-05-13T24:00:00""#, instant("2011-05-14T00:00:00Z")),
    ] {
        assert_eq!(comparison(&registry, text, "").value, operand, "{text}");
    }
}

#[test]
fn tolerances_convert_literals() {
    let registry = registry();
    for (text, names, operand) in [
        ("active eq \"True\"", "boolean-strings", Operand::Boolean(true)),
        ("active eq \"false\"", "boolean-strings", Operand::Boolean(false)),
        ("active eq True", "boolean-strings filter.unquoted-values", Operand::Boolean(true)),
        ("title eq 42", "filter.unquoted-values", Operand::Folded("42".into())),
        ("title eq true", "filter.unquoted-values", Operand::Folded("true".into())),
        ("externalId eq 007", "filter.unquoted-values", Operand::Exact("007".into())),
        (
            "meta.created gt 2011-05-13T04:42:34Z",
            "filter.unquoted-values",
            Operand::Instant("2011-05-13T04:42:34Z".parse().unwrap()),
        ),
    ] {
        assert_eq!(comparison(&registry, text, names).value, operand, "{text}");
        assert!(resolve_for_user(&registry, text, &Tolerances::strict()).is_err(), "{text} is refused without {names}");
    }
    let yes = resolve_for_user(&registry, "active eq \"yes\"", &tolerances("boolean-strings"));
    insta::assert_snapshot!(yes.unwrap_err(), @r#"the filter cannot be applied: active is of type boolean and cannot be compared with "yes"; use true or false"#);
}

#[test]
fn a_multi_valued_complex_attribute_stands_for_its_value() {
    let registry = registry();
    for (text, target) in [
        (r#"emails co "example.com""#, "emails.value"),
        (r#"emails.value co "example.com""#, "emails.value"),
        (r#"groups eq "x""#, "groups.value"),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:emails EQ "x""#, "emails.value"),
        (r#"USERNAME eq "x""#, "userName"),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:meta.resourceType eq "User""#, "meta.resourceType"),
        (
            r#"URN:IETF:params:scim:schemas:extension:enterprise:2.0:User:Manager.Value eq "x""#,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        ),
    ] {
        let ResolvedComparison { attribute, sub_attribute, .. } = comparison(&registry, text, "");
        assert_eq!(ResolvedPath { attribute, sub_attribute }, path(&registry, target), "{text}");
    }
    // Without a literal, the attribute itself is meant.
    assert_eq!(comparison(&registry, "emails eq null", "").sub_attribute, None);
}

/// Syntactically valid filters that no User can be asked.
const REFUSED: &[&str] = &[
    r#"nickname2 eq "x""#,
    r#"name.nickName eq "x""#,
    r#"userName.value eq "x""#,
    r#"department eq "x""#,
    r#"urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq "x""#,
    "urn:example:unknown:userName pr",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr",
    "title pr and not (nosuch pr)",
    r#"password eq "secret""#,
    "password pr",
    r#"name eq "x""#,
    r#"addresses co "x""#,
    r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "x""#,
    "userName eq 5",
    "userName eq true",
    "title gt 1.5",
    r#"active eq "true""#,
    "active eq 1",
    "active gt true",
    r#"active co "t""#,
    r#"x509Certificates.value gt "AA""#,
    r#"x509Certificates.value sw "AA""#,
    r#"meta.created eq "yesterday""#,
    r#"meta.created co "2011""#,
    "meta.created gt 2011",
    "title gt null",
    "title co null",
    r#"title[value eq "x"]"#,
    r#"schemas[value eq "x"]"#,
    r#"name[givenName eq "x"]"#,
    r#"emails.value[type eq "x"]"#,
    r#"emails[emails.type eq "x"]"#,
    r#"emails[urn:x:y:type eq "x"]"#,
    r#"emails[givenName eq "x"]"#,
    "emails[primary gt true]",
];

#[test]
fn what_the_schemas_do_not_allow_is_refused() {
    let registry = registry();
    let mut refusals = String::new();
    for text in REFUSED {
        let error = resolve_for_user(&registry, text, &Tolerances::strict()).unwrap_err();
        assert_eq!(error.scim_type(), Some(crate::ScimType::InvalidFilter), "{text}");
        writeln!(refusals, "{text}\n  {}", error.detail().trim_start_matches("the filter cannot be applied: "))
            .unwrap();
    }
    insta::assert_snapshot!(refusals, @r#"
    nickname2 eq "x"
      nickname2: resource type User has no attribute nickname2
    name.nickName eq "x"
      name.nickName: name has no sub-attribute nickName
    userName.value eq "x"
      userName.value: userName has no sub-attribute value
    department eq "x"
      department: an attribute of an extension is written with its schema: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department
    urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq "x"
      urn:ietf:params:scim:schemas:core:2.0:Group:displayName: urn:ietf:params:scim:schemas:core:2.0:Group is not a schema of resource type User
    urn:example:unknown:userName pr
      urn:example:unknown:userName: urn:example:unknown is not a schema of resource type User
    urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr
      urn:ietf:params:scim:schemas:extension:enterprise:2.0:User is a schema; name one of its attributes
    title pr and not (nosuch pr)
      nosuch: resource type User has no attribute nosuch
    password eq "secret"
      password is never returned and so cannot be filtered on
    password pr
      password is never returned and so cannot be filtered on
    name eq "x"
      name is complex; name a sub-attribute as in name.formatted
    addresses co "x"
      addresses is complex; name a sub-attribute as in addresses.formatted
    urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "x"
      urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager is complex; name a sub-attribute as in urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value
    userName eq 5
      userName is of type string and cannot be compared with 5; use a string in double quotes
    userName eq true
      userName is of type string and cannot be compared with true; use a string in double quotes
    title gt 1.5
      title is of type string and cannot be compared with 1.5; use a string in double quotes
    active eq "true"
      active is of type boolean and cannot be compared with "true"; use true or false
    active eq 1
      active is of type boolean and cannot be compared with 1; use true or false
    active gt true
      active: the operator gt does not apply to the type boolean
    active co "t"
      active: the operator co does not apply to the type boolean
    x509Certificates.value gt "AA"
      x509Certificates.value: the operator gt does not apply to the type binary
    x509Certificates.value sw "AA"
      x509Certificates.value: the operator sw does not apply to the type binary
    meta.created eq "yesterday"
      meta.created is of type dateTime and cannot be compared with "yesterday"; use a string such as "2011-05-13T04:42:34Z"
    meta.created co "2011"
      meta.created: the operator co does not apply to the type dateTime
    meta.created gt 2011
      meta.created is of type dateTime and cannot be compared with 2011; use a string such as "2011-05-13T04:42:34Z"
    title gt null
      title gt: null can be compared by eq and ne only
    title co null
      title co: null can be compared by eq and ne only
    title[value eq "x"]
      title has no sub-attributes that a filter in brackets could test
    schemas[value eq "x"]
      schemas has no sub-attributes that a filter in brackets could test
    name[givenName eq "x"]
      name has one value at most, among which brackets cannot choose; name a sub-attribute as in name.formatted
    emails.value[type eq "x"]
      emails.value has no sub-attributes that a filter in brackets could test
    emails[emails.type eq "x"]
      emails.type: inside the brackets of emails, sub-attributes are named alone
    emails[urn:x:y:type eq "x"]
      urn:x:y:type: inside the brackets of emails, sub-attributes are named alone
    emails[givenName eq "x"]
      emails[givenName]: emails has no sub-attribute givenName
    emails[primary gt true]
      emails.primary: the operator gt does not apply to the type boolean
    "#);
}

#[test]
fn numbers_take_integers_and_decimals() {
    let schema = r#"{"id": "urn:example:Device", "attributes": [
        {"name": "ports", "type": "integer"}, {"name": "load", "type": "decimal"}]}"#;
    let document = crate::schema::SchemaDocument::parse(schema).unwrap();
    let kind = r#"{"name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device"}"#;
    let registry = Registry::build(vec![document], vec![serde_json::from_str(kind).unwrap()]).unwrap();
    let device = registry.resource_type_by_name("Device").unwrap();
    let resolve = |text: &str| super::super::resolve::resolve(&registry, device, &strict(text), &Tolerances::strict());
    for text in ["ports eq 1", "ports gt 0.5", "load le 1", "load ne 1.5", "load eq null"] {
        assert!(resolve(text).is_ok(), "{text}");
    }
    insta::assert_snapshot!(resolve("ports eq \"1\"").unwrap_err(), @r#"the filter cannot be applied: ports is of type integer and cannot be compared with "1"; use a number"#);
    insta::assert_snapshot!(resolve("load sw 1").unwrap_err(), @"the filter cannot be applied: load: the operator sw does not apply to the type decimal");
}

#[test]
fn over_several_types_an_unknown_attribute_has_no_value() {
    let registry = registry();
    let group = registry.resource_type_by_name("Group").unwrap();
    let resolved = |text: &str| resolve_or_nothing(&registry, group, &strict(text), &Tolerances::strict());
    let nothing = || ResolvedFilter::Nothing;
    let everything = || ResolvedFilter::Not(Box::new(ResolvedFilter::Nothing));
    for (text, expected) in [
        (r#"userName eq "x""#, nothing()),
        ("userName pr", nothing()),
        (r#"userName co "x""#, nothing()),
        (r#"userName ne "x""#, everything()),
        ("userName eq null", everything()),
        ("userName ne null", nothing()),
        (r#"emails[type eq "work"]"#, nothing()),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "x""#, nothing()),
        (
            r#"members[nosuch eq "x"]"#,
            ResolvedFilter::ValuePath { attribute: registry.members().unwrap(), filter: nothing().into() },
        ),
        ("not (title pr)", everything()),
    ] {
        assert_eq!(resolved(text).unwrap(), expected, "{text}");
    }
    assert!(resolved("displayName eq 5").is_err(), "a known attribute is checked");
    assert!(resolved("userName gt null").is_err(), "null is checked for any attribute");
}

#[test]
fn inside_brackets_names_are_sub_attributes() {
    let registry = registry();
    let emails = leaf(&registry, "emails");
    let inner = strict(r#"type eq "Work" and primary eq true"#);
    let ResolvedFilter::And(operands) = resolve_in(&registry, emails, &inner, &Tolerances::strict()).unwrap() else {
        panic!("a conjunction stays one")
    };
    assert_eq!(
        operands[0],
        ResolvedFilter::Compare(ResolvedComparison {
            attribute: leaf(&registry, "emails.type"),
            sub_attribute: None,
            operator: Operator::Equal,
            value: Operand::Folded("work".into()),
        })
    );
    let unknown = resolve_in(&registry, emails, &strict("userName pr"), &Tolerances::strict());
    insta::assert_snapshot!(unknown.unwrap_err(), @"the filter cannot be applied: emails[userName]: emails has no sub-attribute userName");
}

#[test]
fn equality_terms_are_those_that_every_match_has() {
    let registry = registry();
    let terms = |text: &str| -> Vec<(String, String)> {
        let filter = parse(text, Limits::default(), &Tolerances::strict()).unwrap();
        let filter =
            super::super::resolve::resolve(&registry, user_type(&registry), &filter, &Tolerances::strict()).unwrap();
        equality_terms(&filter)
            .map(|(id, operand)| {
                (registry.short_name(id), operand.key().map_or_else(String::new, |(_, key)| key.into()))
            })
            .collect()
    };
    let pair = |name: &str, key: &str| (name.to_owned(), key.to_owned());
    assert_eq!(terms(r#"userName eq "BJensen""#), [pair("userName", "bjensen")]);
    assert_eq!(
        terms(r#"title co "x" and userName eq "A" and emails[type eq "work" and value eq "B"]"#),
        [pair("userName", "a"), pair("emails.type", "work"), pair("emails.value", "b")]
    );
    assert_eq!(terms(r#"emails eq "B""#), [pair("emails.value", "b")]);
    for text in [
        r#"userName eq "a" or title pr"#,
        r#"not (userName eq "a")"#,
        r#"userName ne "a""#,
        "userName eq null",
        r#"emails[type eq "work" or value eq "b"]"#,
        r#"emails[not (value eq "b")]"#,
    ] {
        assert_eq!(terms(text), [], "{text}");
    }
}

#[test]
fn keys_of_stored_values_equal_keys_of_literals() {
    let registry = registry();
    for (name, rule, text, key) in [
        ("userName", MatchingRule::Username, "ＢJensen", "bjensen"),
        ("displayName", MatchingRule::Folded, "STRAßE", "strasse"),
        ("id", MatchingRule::Exact, "AbC", "AbC"),
        ("photos.value", MatchingRule::Exact, "HTTP://X", "HTTP://X"),
        ("x509Certificates.value", MatchingRule::Exact, "AbC", "AbC"),
    ] {
        let id = leaf(&registry, name);
        assert_eq!(matching_rule(&registry, id), rule, "{name}");
        assert_eq!(comparison_key(&registry, id, text), key, "{name}");
    }
    // Only the core schema's userName is a user name.
    assert_eq!(matching_rule(&registry, common::EXTERNAL_ID), MatchingRule::Exact);
    let ian = registry.schema_id(standard::IAN_USER).unwrap();
    let account = registry.find_in_schema(ian, "sAMAccountName").unwrap();
    assert_eq!(matching_rule(&registry, account), MatchingRule::Folded);
}

#[test]
fn a_complex_attribute_with_one_value_stands_for_that_value_with_the_tolerance() {
    let registry = registry();
    let both = tolerances("filter.complex-as-value extension.short-names");
    let long = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"m\"";
    let expected = resolve_for_user(&registry, long, &Tolerances::strict()).unwrap();
    assert_eq!(resolve_for_user(&registry, "manager eq \"m\"", &both).unwrap(), expected);
    assert!(resolve_for_user(&registry, "manager eq \"m\"", &tolerances("extension.short-names")).is_err());
    // There is no value in name.
    assert!(resolve_for_user(&registry, "name eq \"m\"", &both).is_err());
}
