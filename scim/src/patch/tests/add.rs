use serde_json::json;

use super::{bare, case, groups, op, refused, users};
use crate::resource::tests::BADGE;
use crate::schema::standard::{ENTERPRISE_USER, IAN_USER, USER};

#[test]
fn to_a_singular_attribute() {
    users(&[
        case(json!({}), op("add", "title", json!("T")), json!({"title": "T"})),
        case(json!({"title": "A"}), op("add", "title", json!("B")), json!({"title": "B"})),
        case(json!({}), op("add", "TITLE", json!("T")), json!({"title": "T"})),
        case(json!({"title": "A"}), op("add", "title", json!(null)), json!({})),
        case(json!({}), op("add", "active", json!(false)), json!({"active": false})),
        case(json!({}), op("add", "externalId", json!("x")), json!({"externalId": "x"})),
        case(json!({}), op("add", &format!("{USER}:nickName"), json!("N")), json!({"nickName": "N"})),
        case(
            json!({}),
            op("add", &format!("{ENTERPRISE_USER}:department"), json!("D")),
            json!({ENTERPRISE_USER: {"department": "D"}}),
        ),
        refused(
            json!({}),
            op("add", "title", json!(5)),
            "invalidValue: Operations[0]: title: expected a string, got 5",
        ),
        refused(
            json!({}),
            op("add", "title", json!(["a"])),
            "invalidValue: Operations[0]: title: expected a string, got an array",
        ),
        refused(json!({}), op("add", "active", json!("True")), "invalidValue"),
    ]);
}

#[test]
fn to_a_complex_attribute() {
    users(&[
        case(
            json!({"name": {"familyName": "J"}}),
            op("add", "name", json!({"middleName": "M"})),
            json!({"name": {"familyName": "J", "middleName": "M"}}),
        ),
        case(json!({}), op("add", "name", json!({"givenName": "G"})), json!({"name": {"givenName": "G"}})),
        case(json!({}), op("add", "name.givenName", json!("G")), json!({"name": {"givenName": "G"}})),
        case(
            json!({"name": {"givenName": "G", "familyName": "J"}}),
            op("add", "name", json!({"givenName": null})),
            json!({"name": {"familyName": "J"}}),
        ),
        case(
            json!({}),
            op("add", &format!("{ENTERPRISE_USER}:manager.value"), json!("m")),
            json!({ENTERPRISE_USER: {"manager": {"value": "m"}}}),
        ),
        refused(json!({}), op("add", "name", json!("Babs")), "invalidValue: Operations[0]: name: expected an object"),
    ]);
}

#[test]
fn to_a_multi_valued_attribute() {
    let home = json!({"value": "h@example.com", "type": "home"});
    let work = json!({"value": "w@example.com", "type": "work"});
    users(&[
        case(json!({"emails": [home]}), op("add", "emails", json!([work])), json!({"emails": [home, work]})),
        case(json!({"emails": [home]}), op("add", "emails", work.clone()), json!({"emails": [home, work]})),
        case(json!({}), op("add", "emails", json!([home, work])), json!({"emails": [home, work]})),
        case(
            json!({"emails": [home]}),
            op("add", "emails", json!([home, work, work])),
            json!({"emails": [home, work]}),
        ),
        case(
            json!({"emails": [home]}),
            op("add", "emails", json!({"value": "H@EXAMPLE.COM", "type": "Home"})),
            json!({"emails": [home]}),
        ),
        case(json!({"emails": [home]}), op("add", "emails", json!([])), json!({"emails": [home]})),
        case(json!({"emails": [home]}), op("add", "emails", json!(null)), json!({"emails": [home]})),
        case(
            json!({}),
            op("add", &format!("{IAN_USER}:otherMails"), json!("a")),
            json!({IAN_USER: {"otherMails": ["a"]}}),
        ),
        case(
            json!({IAN_USER: {"otherMails": ["a"]}}),
            op("add", &format!("{IAN_USER}:otherMails"), json!(["b", "A", "b"])),
            json!({IAN_USER: {"otherMails": ["a", "b"]}}),
        ),
        case(json!({}), op("add", "emails.value", json!("x")), json!({"emails": [{"value": "x"}]})),
        refused(
            json!({}),
            op("add", "emails", json!("x")),
            "invalidValue: Operations[0]: emails: expected an array, got the string \"x\"",
        ),
        refused(
            json!({}),
            op("add", "emails", json!(["x"])),
            "invalidValue: Operations[0]: emails[0]: emails: expected an object",
        ),
    ]);
}

#[test]
fn through_a_value_path() {
    let home = json!({"value": "h@example.com", "type": "home"});
    let before = json!({"emails": [home, {"value": "w@example.com", "type": "work"}]});
    users(&[
        case(
            before.clone(),
            op("add", "emails[type eq \"work\"].display", json!("W")),
            json!({"emails": [home, {"value": "w@example.com", "type": "work", "display": "W"}]}),
        ),
        case(
            before.clone(),
            op("add", "emails[type eq \"work\"]", json!({"display": "W"})),
            json!({"emails": [home, {"value": "w@example.com", "type": "work", "display": "W"}]}),
        ),
        refused(
            before.clone(),
            op("add", "emails[type eq \"other\"].display", json!("W")),
            "noTarget: Operations[0]: no value of emails matches [type eq \"other\"]",
        ),
        refused(json!({}), op("add", "emails[type eq \"work\"].value", json!("x")), "noTarget"),
    ]);
}

#[test]
fn without_path() {
    let old = json!({"value": "h@example.com", "type": "home"});
    let new = json!({"value": "babs@example.org", "type": "work"});
    users(&[
        case(
            json!({"emails": [old], "title": "T"}),
            bare("add", json!({"emails": [new], "nickname": "Babs"})),
            json!({"emails": [old, new], "title": "T", "nickName": "Babs"}),
        ),
        case(
            json!({"name": {"familyName": "J"}}),
            bare("add", json!({"name": {"givenName": "G"}})),
            json!({"name": {"familyName": "J", "givenName": "G"}}),
        ),
        case(
            json!({}),
            bare("add", json!({ENTERPRISE_USER: {"department": "D"}})),
            json!({ENTERPRISE_USER: {"department": "D"}}),
        ),
        case(
            json!({ENTERPRISE_USER: {"division": "V"}}),
            bare("add", json!({ENTERPRISE_USER.to_lowercase(): {"DEPARTMENT": "D"}})),
            json!({ENTERPRISE_USER: {"division": "V", "department": "D"}}),
        ),
        case(json!({"title": "T"}), bare("add", json!({ENTERPRISE_USER: null})), json!({"title": "T"})),
        case(json!({}), bare("add", json!({"schemas": [USER, ENTERPRISE_USER], "title": "T"})), json!({"title": "T"})),
        case(json!({}), bare("add", json!({"foo": 1, "title": "T", "name.givenName": "x"})), json!({"title": "T"})),
        refused(json!({}), bare("add", json!({ENTERPRISE_USER: "x"})), "invalidValue"),
        refused(json!({}), bare("add", json!({"meta": {"resourceType": "x"}})), "mutability"),
    ]);
}

#[test]
fn schemas_follow_by_themselves() {
    users(&[
        case(
            json!({}),
            json!([{"op": "add", "path": "schemas", "value": [ENTERPRISE_USER]},
                {"op": "add", "path": format!("{ENTERPRISE_USER}:department"), "value": "D"}]),
            json!({ENTERPRISE_USER: {"department": "D"}}),
        ),
        case(json!({}), op("add", "schemas", json!(ENTERPRISE_USER)), json!({})),
        refused(
            json!({}),
            op("add", "schemas", json!(5)),
            "invalidValue: Operations[0]: schemas: expected an array of URIs",
        ),
        refused(
            json!({}),
            op("replace", "schemas", json!([ENTERPRISE_USER])),
            "invalidValue: Operations[0]: schemas does not list",
        ),
        refused(json!({}), op("replace", "schemas", json!(null)), "invalidValue: Operations[0]: schemas"),
    ]);
}

#[test]
fn one_value_is_primary() {
    let before = json!({"emails": [{"value": "a", "primary": true}, {"value": "b"}]});
    users(&[
        case(
            before.clone(),
            op("add", "emails", json!([{"value": "c", "primary": true}])),
            json!({"emails": [{"value": "a", "primary": false}, {"value": "b"}, {"value": "c", "primary": true}]}),
        ),
        case(
            before.clone(),
            op("add", "emails[value eq \"b\"].primary", json!(true)),
            json!({"emails": [{"value": "a", "primary": false}, {"value": "b", "primary": true}]}),
        ),
        case(
            before.clone(),
            op("add", "emails[value eq \"b\"]", json!({"primary": true})),
            json!({"emails": [{"value": "a", "primary": false}, {"value": "b", "primary": true}]}),
        ),
        case(
            before.clone(),
            op("add", "emails", json!([{"value": "c"}])),
            json!({"emails": [{"value": "a", "primary": true}, {"value": "b"}, {"value": "c"}]}),
        ),
        case(
            before.clone(),
            op("add", "emails", json!([{"value": "b", "primary": true}])),
            json!({"emails": [{"value": "a", "primary": false}, {"value": "b", "primary": true}]}),
        ),
        refused(
            before,
            op("add", "emails", json!([{"value": "c", "primary": true}, {"value": "d", "primary": true}])),
            "invalidValue: emails: more than one value is primary",
        ),
    ]);
}

#[test]
fn to_an_immutable_attribute() {
    let number = format!("{BADGE}:number");
    let room = format!("{BADGE}:desk.room");
    let desk = json!({"building": "B", "site": "s", "room": "1"});
    users(&[
        case(json!({}), op("add", &number, json!("1")), json!({BADGE: {"number": "1"}})),
        case(json!({BADGE: {"number": "1"}}), op("add", &number, json!("1")), json!({BADGE: {"number": "1"}})),
        refused(
            json!({BADGE: {"number": "1"}}),
            op("add", &number, json!("2")),
            "mutability: Operations[0]: number is immutable",
        ),
        refused(
            json!({}),
            json!([{"op": "add", "path": number, "value": "1"}, {"op": "replace", "path": number, "value": "2"}]),
            "mutability: Operations[1]: number is immutable",
        ),
        case(
            json!({BADGE: {"desk": {"building": "B", "site": "s"}}}),
            op("add", &room, json!("1")),
            json!({BADGE: {"desk": desk}}),
        ),
        refused(
            json!({BADGE: {"desk": desk}}),
            op("add", &room, json!("2")),
            "mutability: Operations[0]: desk.room is immutable",
        ),
        refused(
            json!({BADGE: {"desk": desk}}),
            op("add", &format!("{BADGE}:desk"), json!({"room": "2"})),
            "mutability",
        ),
        refused(
            json!({BADGE: {"desk": desk}}),
            bare("add", json!({BADGE: {"number": "1", "desk": {"room": null}}})),
            "mutability",
        ),
    ]);
}

#[test]
fn members() {
    let (a, b) = (json!({"value": "a", "type": "User"}), json!({"value": "b"}));
    groups(&[
        case(json!({"members": [a]}), op("add", "members", json!([b])), json!({"members": [a, b]})),
        case(json!({"members": [a]}), op("add", "members", json!([{"value": "a"}])), json!({"members": [a]})),
        case(
            json!({"members": [a]}),
            op("add", "members", json!([{"value": "a", "display": "A", "$ref": null}, b])),
            json!({"members": [a, b]}),
        ),
        case(json!({}), op("add", "members", json!([a, b, a])), json!({"members": [a, b]})),
        case(
            json!({"members": [b]}),
            op("add", "members[value eq \"b\"].type", json!("User")),
            json!({"members": [{"value": "b", "type": "User"}]}),
        ),
        refused(json!({"members": [a]}), op("add", "members[value eq \"a\"].type", json!("Group")), "mutability"),
        refused(json!({"members": [a]}), op("add", "members[value eq \"a\"].display", json!("A")), "mutability"),
        refused(json!({"members": [a]}), op("add", "members.value", json!("b")), "mutability"),
    ]);
}
