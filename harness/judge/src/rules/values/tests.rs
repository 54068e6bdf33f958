use serde_json::{Value, json};

use super::is_base64;
use crate::rule::sample::Outcome::{Broken, Pass, Skip};
use crate::rule::sample::{ENTERPRISE, Sample, USER, expect, finding, list, user};

fn read(more: &Value) -> Sample {
    Sample::get("/Users/1", &user("1", more))
}

#[test]
fn what_is_shown_is_defined_at_every_depth() {
    let id = "values.defined";
    expect(id, read(&json!({"displayName": "x", "externalId": "7", "NAME": {"GivenName": "y"}})), Pass);
    expect(id, read(&json!({"shoeSize": 44})), Broken);
    expect(id, read(&json!({"shoeSize": null, "hats": []})), Pass);
    expect(id, read(&json!({"name": {"nick": "x"}})), Broken);
    expect(id, read(&json!({"emails": [{"value": "x"}, {"verified": true}]})), Broken);
    expect(id, read(&json!({"meta": {"resourceType": "User", "author": "x"}})), Broken);
    let extension = |uri: &str, value: Value| read(&json!({"schemas": [USER, uri], uri: value}));
    expect(id, extension(ENTERPRISE, json!({"department": "x", "manager": {"value": "7"}})), Pass);
    expect(id, extension(ENTERPRISE, json!({"floor": 3})), Broken);
    expect(id, extension("urn:example:hats", json!({"size": 3})), Broken);
    expect(id, extension("urn:example:hats", json!({"size": null})), Pass);
    expect(
        id,
        Sample::new("POST", "/.search", 200).body(&list(&[json!({"meta": {"resourceType": "Hat"}})]).to_string()),
        Skip,
    );
}

#[test]
fn an_undefined_attribute_is_reported_once_with_the_number_of_exchanges() {
    let again = || read(&json!({"shoeSize": 44, "emails": [{"verified": true}, {"verified": true}]}));
    let finding = finding("values.defined", [again(), read(&json!({})), again()]);
    let mut messages: Vec<&str> = finding.problems.iter().map(|problem| problem.message.as_str()).collect();
    messages.sort_unstable();
    assert_eq!(
        messages,
        [
            "emails.verified of a User is shown, and no schema of it defines it (in 2 exchanges)",
            "shoeSize of a User is shown, and no schema of it defines it (in 2 exchanges)",
        ]
    );
    assert_eq!((finding.exchanges, finding.reason.as_deref()), (3, Some("seen in 2 of 3 exchanges")));
}

#[test]
fn an_array_stands_exactly_where_it_is_published() {
    let id = "values.array";
    expect(id, read(&json!({"emails": [{"value": "x"}], "nickNames": ["x"], "displayName": "x"})), Pass);
    expect(id, read(&json!({"emails": {"value": "x"}})), Broken);
    expect(id, read(&json!({"displayName": ["x"]})), Broken);
    expect(id, read(&json!({"name": {"givenName": ["x"]}})), Broken);
    expect(id, read(&json!({"emails": null, "displayName": []})), Pass);
}

#[test]
fn a_value_has_the_form_of_its_type() {
    let id = "values.type";
    expect(id, read(&json!({"active": true, "size": 7, "weight": 1, "since": "x", "name": {"givenName": "y"}})), Pass);
    for wrong in [
        json!({"active": "True"}),
        json!({"size": 7.5}),
        json!({"size": "7"}),
        json!({"weight": "1.5"}),
        json!({"displayName": 7}),
        json!({"since": 7}),
        json!({"name": "x"}),
        json!({"emails": ["x"]}),
        json!({"emails": [{"primary": "true"}]}),
        json!({"nickNames": [7]}),
        json!({"schemas": [USER, ENTERPRISE], ENTERPRISE: {"department": 7}}),
    ] {
        expect(id, read(&wrong), Broken);
    }
    expect(id, read(&json!({"active": null, "nickNames": [null]})), Pass);
}

#[test]
fn texts_have_the_form_of_their_type() {
    expect("values.date-time", read(&json!({"since": "2026-01-01T00:00:00.5+02:00"})), Pass);
    expect("values.date-time", read(&json!({"since": "2026-01-01"})), Broken);
    expect("values.date-time", read(&json!({"displayName": "2026-01-01"})), Skip);
    let certificate = |value: &str| read(&json!({"x509Certificates": [{"value": value}]}));
    expect("values.binary", certificate("V2Vpcg=="), Pass);
    expect("values.binary", certificate("-----BEGIN CERTIFICATE-----"), Broken);
    expect("values.binary", read(&json!({})), Skip);
    let url = |value: &str| read(&json!({"profileUrl": value}));
    expect("values.reference", url("../Users/1"), Pass);
    expect("values.reference", url("urn:uuid:7"), Pass);
    expect("values.reference", url("<https://example.com>"), Broken);
    expect("values.reference", url("my page"), Broken);
}

#[test]
fn base64_has_the_standard_alphabet() {
    for (text, expected) in [
        ("", true),
        ("Zm8=", true),
        ("Zm8", true),
        ("Z+/8", true),
        ("Zm\r\n8=", true),
        ("Z", false),
        ("Z-_8", false),
        ("Zm8=Zm8=", false),
        ("Z===", false),
    ] {
        assert_eq!(is_base64(text), expected, "{text:?}");
    }
}

#[test]
fn of_several_values_one_is_primary_and_none_is_repeated() {
    let emails = |values: Value| read(&json!({"emails": values}));
    let id = "values.one-primary";
    expect(id, emails(json!([{"value": "a", "primary": true}, {"value": "b", "primary": false}])), Pass);
    expect(id, emails(json!([{"value": "a", "primary": true}, {"value": "b", "Primary": true}])), Broken);
    expect(id, read(&json!({})), Skip);
    let id = "values.once";
    expect(id, emails(json!([{"value": "a", "type": "work"}, {"value": "a", "type": "home"}])), Pass);
    expect(id, emails(json!([{"value": "a", "type": "work"}, {"value": "b"}, {"value": "a", "type": "work"}])), Broken);
    expect(id, emails(json!([{"type": "work"}, {"type": "work"}])), Pass);
}

#[test]
fn a_name_can_be_written_in_a_path() {
    let id = "values.names";
    expect(id, read(&json!({"emails": [{"$ref": "x", "a-b_c$1": 1}], "urn:example:x.y": {}})), Pass);
    expect(id, read(&json!({"first name": "x"})), Broken);
    expect(id, read(&json!({"emails": [{"e.mail": "x"}]})), Broken);
    expect(id, read(&json!({"1st": "x"})), Broken);
}
