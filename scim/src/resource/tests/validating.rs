use serde_json::{Value as Json, json};

use super::{BADGE, group, policy, read_as, registry, shown, stored, user, written};
use crate::resource::read::Policy;
use crate::resource::validate::{check, check_immutable};
use crate::schema::standard::{ENTERPRISE_USER, USER, document, user_resource_type};
use crate::schema::{Registry, ResourceTypeId};
use crate::tolerance::{Tolerance, Tolerances};

#[test]
fn required_attributes_have_a_value() {
    let cases = [
        (user(), json!({}), "userName is required and has no value"),
        (user(), json!({"userName": null}), "userName is required and has no value"),
        (user(), json!({"userName": ""}), "userName is required and has no value"),
        (group(), json!({"members": []}), "displayName is required and has no value"),
        (user(), json!({"userName": "b", BADGE: {"desk": {"floor": 1}}}), "desk.building is required and has no value"),
        (
            user(),
            json!({"userName": "b", BADGE: {"keys": [{"value": "1"}, {"label": "l"}]}}),
            "keys.value is required and has no value",
        ),
    ];
    for (kind, body, expected) in cases {
        let error = stored(kind, &body, &Policy::default()).expect_err(expected);
        assert_eq!(shown(&error), format!("invalidValue: {expected}"));
    }
    let body = json!({"userName": "b", BADGE: {"desk": null, "keys": []}});
    assert!(stored(user(), &body, &Policy::default()).is_ok(), "sub-attributes are required only where the parent is");
}

#[test]
fn a_required_extension_has_data() {
    let mut kind = user_resource_type(&[ENTERPRISE_USER]);
    kind.schema_extensions[0].required = true;
    let documents = vec![document(USER).unwrap(), document(ENTERPRISE_USER).unwrap()];
    let registry = Registry::build(documents, vec![kind]).unwrap();
    let read = |body: Json| {
        let kind = ResourceTypeId(0);
        let mut fields = crate::resource::read::resource(&registry, kind, &body, &Policy::default()).unwrap();
        check(&registry, kind, &mut fields, &Tolerances::strict()).map_err(|error| shown(&error))
    };
    assert_eq!(read(json!({"schemas": [USER], "userName": "b", ENTERPRISE_USER: {"division": "d"}})), Ok(()));
    assert_eq!(
        read(json!({"schemas": [USER, ENTERPRISE_USER], "userName": "b", ENTERPRISE_USER: {"division": null}})),
        Err(format!("invalidValue: the extension {ENTERPRISE_USER} is required for resource type User"))
    );
}

#[test]
fn one_value_at_most_is_primary() {
    let body = json!({"userName": "b", "emails": [
        {"value": "1", "primary": true}, {"value": "2"}, {"value": "3", "primary": true}]});
    let error = stored(user(), &body, &Policy::default()).expect_err("two are primary");
    assert_eq!(shown(&error), "invalidValue: emails: more than one value is primary; set primary to true once at most");
    let answer = stored(user(), &body, &policy(&[Tolerance::LastPrimaryWins])).unwrap();
    let expected = json!([{"value": "1", "primary": false}, {"value": "2"}, {"value": "3", "primary": true}]);
    assert_eq!(answer["emails"], expected);
}

#[test]
fn values_with_the_same_type_and_value_are_one() {
    let body = json!({"userName": "b",
        "emails": [{"value": "B@example.com", "type": "work"}, {"value": "b@example.com", "type": "home"},
            {"value": "b@example.com", "type": "WORK", "display": "Babs", "primary": true}],
        "addresses": [{"locality": "x"}, {"locality": "x"}],
        BADGE: {"doors": ["a", "A", "a"]}});
    let answer = stored(user(), &body, &Policy::default()).unwrap();
    let emails = json!([{"value": "b@example.com", "display": "Babs", "type": "WORK", "primary": true},
        {"value": "b@example.com", "type": "home"}]);
    assert_eq!(answer["emails"], emails);
    assert_eq!(answer["addresses"], json!([{"locality": "x"}, {"locality": "x"}]), "without value nothing is the same");
    assert_eq!(answer[BADGE]["doors"], json!(["a", "A"]), "the attribute is caseExact");
}

#[test]
fn immutable_values_stay() {
    let read = |badge: Json| read_as(user(), &json!({"userName": "b", BADGE: badge}), &Policy::default()).unwrap();
    let outcome = |before: Json, after: Json| {
        check_immutable(registry(), user(), &read(before), &read(after)).map_err(|error| shown(&error))
    };
    let refused = |text: &str| Err(format!("mutability: {text} immutable: a value that is set cannot be changed"));
    assert_eq!(outcome(json!({"number": "1"}), json!({"number": "1", "note": "n"})), Ok(()));
    assert_eq!(outcome(json!({}), json!({"number": "1"})), Ok(()));
    assert_eq!(outcome(json!({"number": "1"}), json!({"number": "2"})), refused("number is"));
    assert_eq!(outcome(json!({"number": "1"}), json!({})), refused("number is"));

    let desk = |room: Json| json!({"desk": {"building": "B", "room": room}});
    assert_eq!(outcome(desk(json!("1")), desk(json!("1"))), Ok(()));
    assert_eq!(outcome(desk(Json::Null), desk(json!("1"))), Ok(()));
    assert_eq!(outcome(desk(json!("1")), json!({})), Ok(()), "the desk may go as a whole");
    assert_eq!(outcome(desk(json!("1")), desk(json!("2"))), refused("desk has sub-attributes that are"));
    assert_eq!(outcome(desk(json!("1")), desk(Json::Null)), refused("desk has sub-attributes that are"));

    let keys = |values: &[&str]| {
        let keys: Vec<Json> = values.iter().map(|value| json!({"value": value})).collect();
        json!({"keys": keys})
    };
    assert_eq!(outcome(keys(&["1", "2"]), keys(&["3", "2"])), Ok(()), "values come and go");
}

#[test]
fn storing_drops_what_says_nothing() {
    let mut fields =
        read_as(user(), &json!({"userName": "b", "nickName": null, "name": {"givenName": null}}), &Policy::default())
            .unwrap();
    check(registry(), user(), &mut fields, &Tolerances::strict()).unwrap();
    assert_eq!(fields.iter().count(), 1);
    assert_eq!(written(user(), &fields), json!({"schemas": [USER], "userName": "b"}));
}
