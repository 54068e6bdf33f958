use serde_json::json;

use super::{case, groups, op, refused, remove_op, users};
use crate::resource::tests::BADGE;
use crate::schema::standard::{ENTERPRISE_USER, IAN_USER};

#[test]
fn of_an_attribute() {
    users(&[
        case(json!({"nickName": "N", "title": "T"}), remove_op("nickName"), json!({"title": "T"})),
        case(json!({"title": "T"}), remove_op("nickName"), json!({"title": "T"})),
        case(
            json!({"name": {"middleName": "M", "familyName": "J"}}),
            remove_op("name.middleName"),
            json!({"name": {"familyName": "J"}}),
        ),
        case(json!({"name": {"middleName": "M"}}), remove_op("name.middleName"), json!({})),
        case(json!({"name": {"familyName": "J"}}), remove_op("name"), json!({})),
        case(json!({"emails": [{"value": "a"}, {"value": "b"}]}), remove_op("emails"), json!({})),
        case(
            json!({ENTERPRISE_USER: {"department": "D", "division": "V"}}),
            remove_op(&format!("{ENTERPRISE_USER}:department")),
            json!({ENTERPRISE_USER: {"division": "V"}}),
        ),
        case(
            json!({ENTERPRISE_USER: {"department": "D"}}),
            remove_op(&format!("{ENTERPRISE_USER}:department")),
            json!({}),
        ),
        case(json!({"title": "T"}), op("remove", "title", json!("what it was")), json!({})),
        case(
            json!({"emails": [{"value": "a", "display": "A"}, {"value": "b", "display": "B"}]}),
            remove_op("emails.display"),
            json!({"emails": [{"value": "a"}, {"value": "b"}]}),
        ),
    ]);
}

#[test]
fn of_what_is_required_or_immutable() {
    let before = json!({BADGE: {"number": "1", "desk": {"building": "B", "site": "s", "room": "1"}, "keys": [{"value": "k", "label": "l"}]}});
    users(&[
        refused(
            json!({}),
            remove_op("userName"),
            "mutability: Operations[0]: userName is required and cannot be removed",
        ),
        refused(json!({}), remove_op("schemas"), "mutability: Operations[0]: schemas is required"),
        refused(
            before.clone(),
            remove_op(&format!("{BADGE}:number")),
            "mutability: Operations[0]: number is immutable",
        ),
        refused(
            before.clone(),
            remove_op(&format!("{BADGE}:desk.building")),
            "mutability: Operations[0]: desk.building is required",
        ),
        refused(
            before.clone(),
            remove_op(&format!("{BADGE}:desk.room")),
            "mutability: Operations[0]: desk.room is immutable",
        ),
        refused(
            before.clone(),
            remove_op(&format!("{BADGE}:keys[label eq \"l\"].value")),
            "mutability: Operations[0]: keys.value is required",
        ),
        case(
            before,
            json!([{"op": "remove", "path": format!("{BADGE}:desk")}, {"op": "remove", "path": format!("{BADGE}:keys")}]),
            json!({BADGE: {"number": "1"}}),
        ),
        case(json!({}), remove_op(&format!("{BADGE}:desk.building")), json!({})),
    ]);
}

#[test]
fn of_values_by_filter() {
    let (a, b, c) = (
        json!({"value": "a@example.com", "type": "work"}),
        json!({"value": "b@example.org", "type": "work"}),
        json!({"value": "c@example.com", "type": "home"}),
    );
    let before = json!({"emails": [a, b, c]});
    users(&[
        case(
            before.clone(),
            remove_op("emails[type eq \"work\" and value ew \"example.com\"]"),
            json!({"emails": [b, c]}),
        ),
        case(before.clone(), remove_op("emails[type eq \"work\"]"), json!({"emails": [c]})),
        case(before.clone(), remove_op("emails[not (type eq \"home\")]"), json!({"emails": [c]})),
        case(before.clone(), remove_op("emails[value pr]"), json!({})),
        case(before.clone(), remove_op("emails[type eq \"other\"]"), before.clone()),
        case(
            before.clone(),
            remove_op("emails[type eq \"work\"].type"),
            json!({"emails": [{"value": "a@example.com"}, {"value": "b@example.org"}, c]}),
        ),
        case(
            json!({"addresses": [{"type": "work", "region": "R"}, {"type": "home"}]}),
            remove_op("addresses[type eq \"work\"].region"),
            json!({"addresses": [{"type": "work"}, {"type": "home"}]}),
        ),
        case(
            json!({"addresses": [{"region": "R"}, {"type": "home"}]}),
            remove_op("addresses[region eq \"R\"].region"),
            json!({"addresses": [{"type": "home"}]}),
        ),
        case(json!({}), remove_op("emails[type eq \"work\"]"), json!({})),
        case(
            json!({IAN_USER: {"otherMails": ["a", "b"]}}),
            remove_op(&format!("{IAN_USER}:otherMails[value eq \"A\"]")),
            json!({IAN_USER: {"otherMails": ["b"]}}),
        ),
        case(
            json!({BADGE: {"doors": ["north", "south", "east"]}}),
            remove_op(&format!("{BADGE}:doors[value sw \"no\" or value ew \"th\"]")),
            json!({BADGE: {"doors": ["east"]}}),
        ),
    ]);
}

#[test]
fn of_members() {
    let (a, b) = (json!({"value": "a", "type": "User"}), json!({"value": "b", "type": "Group"}));
    let before = json!({"members": [a, b]});
    groups(&[
        case(before.clone(), remove_op("members[value eq \"a\"]"), json!({"members": [b]})),
        case(before.clone(), remove_op("members[type eq \"Group\"]"), json!({"members": [a]})),
        case(before.clone(), remove_op("members[value eq \"other\"]"), before.clone()),
        case(before.clone(), remove_op("members"), json!({})),
        case(
            before.clone(),
            json!([{"op": "remove", "path": "members[value eq \"a\"]"}, {"op": "add", "path": "members", "value": [{"value": "c"}]}]),
            json!({"members": [b, {"value": "c"}]}),
        ),
        case(before.clone(), json!([{"op": "remove", "path": "members", "value": null}]), json!({})),
        refused(
            before.clone(),
            op("remove", "members", json!([{"value": "a"}])),
            "invalidSyntax: Operations[0]: remove takes no value; say which values of members to remove in the path, as in members[value eq",
        ),
        refused(before.clone(), remove_op("members[value eq \"a\"].type"), "mutability"),
        refused(before, remove_op("displayName"), "mutability"),
    ]);
}
