use serde_json::{Value as Json, json};

use super::{BADGE, group, policy, read_as, refusing, registry, shown, stored, user};
use crate::Result;
use crate::resource::read::{self, Policy};
use crate::schema::standard::{ENTERPRISE_USER, USER};
use crate::tolerance::Tolerance;

/// A value of one attribute of a user, as an answer shows it.
fn value_of(name: &str, value: &Json, policy: &Policy) -> Result<Json> {
    let body = json!({"userName": "babs", name: value});
    let answer = stored(user(), &body, policy)?;
    Ok(answer.get(name).cloned().unwrap_or(Json::Null))
}

#[test]
fn names_ignore_case_and_come_back_as_defined() {
    let body = json!({"USERNAME": "babs", "Name": {"FAMILYNAME": "Jensen"}, "emails": [{"VALUE": "b@example.com"}],
        ENTERPRISE_USER.to_uppercase(): {"DEPARTMENT": "Tours"}});
    let expected = json!({"schemas": [USER, ENTERPRISE_USER], "userName": "babs", "name": {"familyName": "Jensen"},
        "emails": [{"value": "b@example.com"}], ENTERPRISE_USER: {"department": "Tours"}});
    assert_eq!(stored(user(), &body, &Policy::default()), Ok(expected));
}

#[test]
fn what_the_server_sets_is_dropped() {
    let body = json!({"id": "mine", "meta": {"resourceType": "X"}, "groups": [{"value": "g"}], "userName": "babs",
        ENTERPRISE_USER: {"manager": {"value": "m", "displayName": "Boss"}}, BADGE: {"serial": "1"}});
    let expected = json!({"schemas": [USER, ENTERPRISE_USER], "userName": "babs",
        ENTERPRISE_USER: {"manager": {"value": "m"}}});
    assert_eq!(stored(user(), &body, &Policy::default()), Ok(expected));
}

#[test]
fn null_an_empty_array_and_values_that_say_nothing_are_unassigned() {
    let body = json!({"userName": "babs", "nickName": null, "roles": [], "emails": [{}, {"value": null}], "name": {},
        "phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": null}, {}], ENTERPRISE_USER: null, BADGE: {}});
    let expected = json!({"schemas": [USER], "userName": "babs", "phoneNumbers": [{"value": "tel:+1-201-555-0123"}]});
    assert_eq!(stored(user(), &body, &Policy::default()), Ok(expected));
}

#[test]
fn values_have_the_type_of_their_attribute() {
    let accepted = [
        ("active", json!(false)),
        ("displayName", json!("\u{1F600} \u{4F60}\u{597D}")),
        ("nickName", json!("")),
        ("profileUrl", json!("https://example.com/~babs?a=%20#x")),
        ("locale", json!("en_US")),
        ("locale", json!("zh-Hant-CN")),
        ("preferredLanguage", json!("en-US, fr;q=0.5, *;q=0")),
        ("preferredLanguage", json!("en_US")),
        ("timezone", json!("America/Los_Angeles")),
        ("addresses", json!([{"country": "US", "type": "work"}, {"country": "de", "formatted": "a\nb"}])),
        ("photos", json!([{"value": "../photos/1.jpg", "type": "thumbnail"}])),
        ("emails", json!([{"value": "not a mailbox", "type": "zzz"}])),
        ("x509Certificates", json!([{"value": "MAMCAQE="}, {"value": "MAMCAQI"}])),
        (
            BADGE,
            json!({"level": -3, "ratio": 2.5, "issued": "2011-05-13T24:00:00", "image": "AAEC/w==",
            "page": "urn:example:page", "doors": ["a", "b"], "colour": "red"}),
        ),
    ];
    for (name, value) in accepted {
        assert_eq!(value_of(name, &value, &Policy::default()), Ok(value), "{name}");
    }
    assert_eq!(value_of(BADGE, &json!({"ratio": 2}), &Policy::default()), Ok(json!({"ratio": 2.0})));
}

#[test]
fn values_of_another_type_or_format_are_refused() {
    let cases = [
        ("displayName", json!(42), "displayName: expected a string, got 42"),
        ("displayName", json!(["x"]), "displayName: expected a string, got an array"),
        ("active", json!("True"), "active: expected true or false, got the string \"True\""),
        ("active", json!(1), "active: expected true or false, got 1"),
        ("password", json!(12345), "password: expected a string, got a number"),
        ("name", json!("Babs"), "name: expected an object, got the string \"Babs\""),
        ("emails", json!({"value": "b@example.com"}), "emails: expected an array, got an object"),
        ("emails", json!(["b@example.com"]), "emails[0]: emails: expected an object, got the string \"b@example.com\""),
        ("emails", json!([{"type": "work"}, {"value": 5}]), "emails[1]: emails.value: expected a string, got 5"),
        ("emails", json!([null]), "emails[0]: emails: expected an object, got null"),
        (
            "emails",
            json!([{"primary": "true"}]),
            "emails[0]: emails.primary: expected true or false, got the string \"true\"",
        ),
        ("profileUrl", json!("not a url"), "profileUrl: expected a URI or relative URI (RFC 3986), got \"not a url\""),
        (
            "profileUrl",
            json!("/me"),
            "profileUrl: expected an absolute URL such as https://example.com/~babs, got \"/me\"",
        ),
        ("locale", json!("en US"), "locale: expected a language tag such as en-US (RFC 5646), got \"en US\""),
        (
            "timezone",
            json!("Pacific Time"),
            "timezone: expected an IANA time zone name such as Europe/Berlin, got \"Pacific Time\"",
        ),
        (
            "preferredLanguage",
            json!("en US"),
            "preferredLanguage: expected languages as in an Accept-Language header, such as en-US, fr;q=0.5, got \"en US\"",
        ),
        (
            "addresses",
            json!([{"country": "USA"}]),
            "addresses[0]: addresses.country: expected an ISO 3166-1 alpha-2 code such as US, got \"USA\"",
        ),
        (
            "x509Certificates",
            json!([{"value": "MAMCAQEwAwIBAQ=="}]),
            "x509Certificates[0]: x509Certificates.value: expected the base64 of exactly one DER certificate, got \
             \"MAMCAQEwAwIBAQ==\"",
        ),
        (
            "x509Certificates",
            json!([{"value": "%%%"}]),
            "x509Certificates[0]: x509Certificates.value: expected base64 in the standard alphabet (RFC 4648 section 4), got \
             \"%%%\"",
        ),
        (BADGE, json!({"level": 1.5}), "level: expected an integer, got 1.5"),
        (BADGE, json!({"level": 1.0}), "level: expected an integer, got 1.0"),
        (BADGE, json!({"level": "1"}), "level: expected an integer, got the string \"1\""),
        (BADGE, json!({"ratio": "2.5"}), "ratio: expected a number, got the string \"2.5\""),
        (
            BADGE,
            json!({"issued": "2011-05-13"}),
            "issued: expected a date and time such as 2011-05-13T04:42:34Z (xsd:dateTime), got \"2011-05-13\"",
        ),
        (
            BADGE,
            json!({"image": "-_-_"}),
            "image: expected base64 in the standard alphabet (RFC 4648 section 4), got \"-_-_\"",
        ),
        (BADGE, json!({"page": "1x:y"}), "page: expected a URI or relative URI (RFC 3986), got \"1x:y\""),
        (BADGE, json!({"page": "a%2"}), "page: expected a URI or relative URI (RFC 3986), got \"a%2\""),
        (BADGE, json!({"doors": "a"}), "doors: expected an array, got the string \"a\""),
    ];
    for (name, value, expected) in cases {
        let got = value_of(name, &value, &Policy::default()).map_err(|error| shown(&error));
        assert_eq!(got, Err(format!("invalidValue: {expected}")), "{name} {value}");
    }
    let not_an_object = value_of(BADGE, &json!("x"), &Policy::default()).map_err(|error| shown(&error));
    assert_eq!(not_an_object, Err(format!("invalidSyntax: {BADGE} must be a JSON object, not a string")));
}

#[test]
fn a_member_is_of_a_type_that_exists() {
    let body = |kind: &str| json!({"displayName": "g", "members": [{"value": "1", "type": kind}]});
    assert!(stored(group(), &body("user"), &Policy::default()).is_ok());
    let error = stored(group(), &body("Device"), &Policy::default()).expect_err("no such type");
    assert_eq!(
        shown(&error),
        "invalidValue: members[0]: members.type: expected the name of a resource type of this endpoint, such as User, got \
         \"Device\""
    );
}

#[test]
fn schemas_name_what_the_resource_is() {
    let read = |schemas: Json, policy: &Policy| {
        let body = json!({"schemas": schemas, "userName": "babs", ENTERPRISE_USER: {"division": "d"}});
        read::resource(registry(), user(), &body, policy).map(|_| ()).map_err(|error| shown(&error))
    };
    let lenient = Policy::default();
    assert_eq!(read(json!([USER]), &lenient), Ok(()));
    assert_eq!(read(json!([ENTERPRISE_USER, USER, USER, "urn:example:other"]), &lenient), Ok(()));
    assert_eq!(
        read(json!([USER, "urn:example:other"]), &refusing()),
        Err(format!(
            "invalidValue: schemas: \"urn:example:other\" is not a schema of resource type User; it has {USER}, \
             {ENTERPRISE_USER}, urn:ietf:params:scim:schemas:ian:2.0:User, {BADGE}"
        ))
    );
    let missing_core = format!(
        "invalidValue: schemas does not list {USER}, the schema of resource type User (URIs are compared exactly)"
    );
    assert_eq!(read(json!([]), &lenient), Err(missing_core.clone()));
    assert_eq!(read(json!([ENTERPRISE_USER]), &lenient), Err(missing_core.clone()));
    assert_eq!(read(json!([USER.to_uppercase()]), &lenient), Err(missing_core));
    assert_eq!(
        read(json!(USER), &lenient),
        Err("invalidValue: schemas: expected an array of URIs, got a string".into())
    );
    assert_eq!(read(json!([1]), &lenient), Err("invalidValue: schemas: expected a URI, got a number".into()));
    let missing = format!("invalidValue: schemas is missing; list at least {USER:?}");
    assert_eq!(read(Json::Null, &lenient), Err(missing));
    assert_eq!(read(Json::Null, &policy(&[Tolerance::InferSchemas])), Ok(()));
    assert_eq!(read(json!(USER), &policy(&[Tolerance::WrapSingleValue])), Ok(()));
}

#[test]
fn unknown_attributes_are_ignored_or_refused_by_policy() {
    let cases = [
        (json!({"foo": 1}), "resource type User has no attribute or extension \"foo\"; leave it out"),
        (
            json!({"employeeNumber": "1"}),
            "resource type User has no attribute or extension \"employeeNumber\"; leave it out",
        ),
        (
            json!({"name.givenName": "x"}),
            "resource type User has no attribute or extension \"name.givenName\"; leave it out",
        ),
        (json!({"urn:x:y": {}}), "resource type User has no attribute or extension \"urn:x:y\"; leave it out"),
        (json!({"name": {"foo": 1}}), "name has no sub-attribute \"foo\"; leave it out"),
        (json!({BADGE: {"foo": 1}}), "urn:example:params:scim:schemas:extension:badge:2.0:User has no attribute foo"),
    ];
    for (mut body, expected) in cases {
        body["userName"] = json!("babs");
        let expected_answer = json!({"schemas": [USER], "userName": "babs"});
        assert_eq!(stored(user(), &body, &Policy::default()), Ok(expected_answer), "{body}");
        let error = read_as(user(), &body, &refusing()).expect_err(expected);
        assert_eq!(shown(&error), format!("invalidSyntax: {expected}"));
    }
}

#[test]
fn tolerances_bring_values_into_shape() {
    let manager = |value: Json| json!({"manager": value});
    let cases = [
        (Tolerance::BooleanStrings, "active", json!("True"), json!(true)),
        (
            Tolerance::BooleanStrings,
            "emails",
            json!([{"value": "a", "primary": "FALSE"}]),
            json!([{"value": "a", "primary": false}]),
        ),
        (Tolerance::WrapSingleValue, "emails", json!({"value": "a"}), json!([{"value": "a"}])),
        (Tolerance::WrapSingleValue, "emails", json!("a"), json!([{"value": "a"}])),
        (Tolerance::WrapSingleValue, BADGE, json!({"doors": "a"}), json!({"doors": ["a"]})),
        (Tolerance::ManagerString, ENTERPRISE_USER, manager(json!("m")), manager(json!({"value": "m"}))),
        (
            Tolerance::ManagerString,
            ENTERPRISE_USER,
            manager(json!([{"value": "m", "$ref": "../Users/m"}])),
            manager(json!({"value": "m", "$ref": "../Users/m"})),
        ),
        (Tolerance::ManagerString, ENTERPRISE_USER, manager(json!("")), Json::Null),
        (Tolerance::ManagerString, ENTERPRISE_USER, manager(json!({"value": ""})), Json::Null),
    ];
    for (tolerance, name, value, expected) in cases {
        assert_eq!(value_of(name, &value, &policy(&[tolerance])), Ok(expected), "{tolerance} {value}");
        if !value.to_string().contains("\"value\":\"\"") {
            assert!(value_of(name, &value, &Policy::default()).is_err(), "without {tolerance}: {value}");
        }
    }
    let still_refused = [
        (Tolerance::BooleanStrings, "active", json!("maybe")),
        (Tolerance::BooleanStrings, "active", json!(1)),
        (Tolerance::WrapSingleValue, "emails", json!(5)),
        (Tolerance::ManagerString, ENTERPRISE_USER, manager(json!(["a", "b"]))),
    ];
    for (tolerance, name, value) in still_refused {
        assert!(value_of(name, &value, &policy(&[tolerance])).is_err(), "{tolerance} {value}");
    }
}
