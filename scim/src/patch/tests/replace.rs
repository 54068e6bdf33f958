use serde_json::json;

use super::{bare, case, groups, op, refused, users};
use crate::resource::tests::BADGE;
use crate::schema::standard::{ENTERPRISE_USER, IAN_USER};

#[test]
fn of_a_singular_attribute() {
    users(&[
        case(json!({"displayName": "A"}), op("replace", "displayName", json!("B")), json!({"displayName": "B"})),
        case(json!({}), op("replace", "nickName", json!("N")), json!({"nickName": "N"})),
        case(json!({"nickName": "N"}), op("replace", "nickName", json!(null)), json!({})),
        case(
            json!({}),
            json!([{"op": "add", "path": "nickName", "value": "A"}, {"op": "replace", "path": "nickName", "value": "B"}]),
            json!({"nickName": "B"}),
        ),
        case(json!({}), op("replace", "userName", json!("c")), json!({"userName": "c"})),
        refused(
            json!({}),
            op("replace", "userName", json!(null)),
            "invalidValue: Operations[0]: userName is required and cannot be set to null",
        ),
        refused(json!({}), op("replace", "userName", json!("")), "invalidValue: userName is required and has no value"),
        refused(json!({}), op("replace", "active", json!("maybe")), "invalidValue"),
        refused(
            json!({"title": "T"}),
            json!([{"op": "replace", "path": "title", "value": "U"}, {"op": "replace", "path": "id", "value": "x"}]),
            "mutability: Operations[1]",
        ),
    ]);
}

#[test]
fn of_a_complex_attribute() {
    let name = json!({"familyName": "J", "givenName": "G"});
    users(&[
        case(
            json!({"name": name}),
            op("replace", "name", json!({"givenName": "H"})),
            json!({"name": {"familyName": "J", "givenName": "H"}}),
        ),
        case(
            json!({"name": name}),
            op("replace", "name", json!({"middleName": "M"})),
            json!({"name": {"familyName": "J", "givenName": "G", "middleName": "M"}}),
        ),
        case(
            json!({"name": name}),
            op("replace", "name.familyName", json!("X")),
            json!({"name": {"familyName": "X", "givenName": "G"}}),
        ),
        case(json!({"name": name}), op("replace", "name", json!({})), json!({"name": name})),
        case(json!({"name": name}), op("replace", "name", json!(null)), json!({})),
        case(
            json!({}),
            op("replace", &format!("{ENTERPRISE_USER}:manager"), json!({"value": "m", "displayName": "ignored"})),
            json!({ENTERPRISE_USER: {"manager": {"value": "m"}}}),
        ),
        refused(
            json!({BADGE: {"desk": {"building": "B"}}}),
            op("replace", &format!("{BADGE}:desk.building"), json!(null)),
            "invalidValue: Operations[0]: desk.building is required",
        ),
        refused(
            json!({}),
            op("replace", &format!("{BADGE}:desk.floor"), json!(1)),
            "invalidValue: desk.building is required",
        ),
    ]);
}

#[test]
fn of_a_multi_valued_attribute() {
    let new = json!([{"value": "n@example.com"}]);
    users(&[
        case(
            json!({"emails": [{"value": "a"}, {"value": "b"}]}),
            op("replace", "emails", new.clone()),
            json!({"emails": new}),
        ),
        case(json!({}), op("replace", "emails", new.clone()), json!({"emails": new})),
        case(json!({"emails": [{"value": "a"}]}), op("replace", "emails", json!([])), json!({})),
        case(json!({"emails": [{"value": "a"}]}), op("replace", "emails", json!(null)), json!({})),
        case(
            json!({"emails": [{"value": "a"}, {"value": "b"}]}),
            op("replace", "emails.type", json!("work")),
            json!({"emails": [{"value": "a", "type": "work"}, {"value": "b", "type": "work"}]}),
        ),
        case(
            json!({}),
            op("replace", &format!("{IAN_USER}:otherMails"), json!(["a", "b"])),
            json!({IAN_USER: {"otherMails": ["a", "b"]}}),
        ),
        refused(
            json!({}),
            op("replace", "emails", json!({"value": "a"})),
            "invalidValue: Operations[0]: emails: expected an array",
        ),
        refused(
            json!({}),
            op("replace", "emails", json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}])),
            "invalidValue: emails: more than one",
        ),
    ]);
}

#[test]
fn through_a_value_path() {
    let home = json!({"type": "home", "locality": "H", "country": "US"});
    let before = json!({"addresses": [home, {"type": "work", "locality": "W", "country": "US"}, {"type": "work", "region": "R", "country": "US"}]});
    users(&[
        case(
            before.clone(),
            op("replace", "addresses[type eq \"work\"]", json!({"type": "work", "postalCode": "1"})),
            json!({"addresses": [home, {"type": "work", "postalCode": "1"}, {"type": "work", "postalCode": "1"}]}),
        ),
        case(
            before.clone(),
            op("replace", "addresses[type eq \"work\"].country", json!("FR")),
            json!({"addresses": [home, {"type": "work", "locality": "W", "country": "FR"}, {"type": "work", "region": "R", "country": "FR"}]}),
        ),
        case(
            before.clone(),
            op("replace", "addresses[type eq \"work\"].locality", json!("X")),
            json!({"addresses": [home, {"type": "work", "locality": "X", "country": "US"}, {"type": "work", "locality": "X", "region": "R", "country": "US"}]}),
        ),
        case(before.clone(), op("replace", "addresses[type eq \"work\"]", json!(null)), json!({"addresses": [home]})),
        case(
            before.clone(),
            op("replace", "addresses[locality eq \"W\"].locality", json!(null)),
            json!({"addresses": [home, {"type": "work", "country": "US"}, {"type": "work", "region": "R", "country": "US"}]}),
        ),
        refused(
            before.clone(),
            op("replace", "addresses[type eq \"zzz\"].country", json!("US")),
            "noTarget: Operations[0]: no value of addresses matches [type eq \"zzz\"]",
        ),
        refused(json!({}), op("replace", "addresses[type eq \"work\"]", json!({"country": "US"})), "noTarget"),
        refused(before.clone(), op("replace", "addresses[type eq \"work\"]", json!("x")), "invalidValue"),
        refused(
            before.clone(),
            op("replace", "addresses[type eq \"work\"]", json!([{"country": "US"}])),
            "invalidValue",
        ),
        refused(before, op("replace", "addresses[type eq \"work\"].country", json!("USA")), "invalidValue"),
        case(
            json!({IAN_USER: {"otherMails": ["a", "b"]}}),
            op("replace", &format!("{IAN_USER}:otherMails[value eq \"a\"]"), json!("c")),
            json!({IAN_USER: {"otherMails": ["c", "b"]}}),
        ),
        case(
            json!({IAN_USER: {"otherMails": ["a", "b"]}}),
            op("replace", &format!("{IAN_USER}:otherMails[value eq \"a\"]"), json!(null)),
            json!({IAN_USER: {"otherMails": ["b"]}}),
        ),
    ]);
}

#[test]
fn resets_the_other_primary() {
    let before = json!({"addresses": [{"type": "home", "primary": true}, {"type": "work", "locality": "W"}]});
    let after =
        json!({"addresses": [{"type": "home", "primary": false}, {"type": "work", "locality": "W", "primary": true}]});
    users(&[
        case(before.clone(), op("replace", "addresses[type eq \"work\"].primary", json!(true)), after.clone()),
        case(
            before.clone(),
            op("replace", "addresses[type eq \"work\"]", json!({"type": "work", "locality": "W", "primary": true})),
            after.clone(),
        ),
        case(
            after.clone(),
            op("replace", "addresses[primary eq true].locality", json!("V")),
            json!({"addresses": [{"type": "home", "primary": false}, {"type": "work", "locality": "V", "primary": true}]}),
        ),
        refused(
            before,
            op("replace", "addresses.primary", json!(true)),
            "invalidValue: addresses: more than one value is primary",
        ),
    ]);
}

#[test]
fn without_path() {
    users(&[
        case(
            json!({"title": "T", "emails": [{"value": "a"}], "nickName": "N"}),
            bare("replace", json!({"emails": [{"value": "b"}], "title": "U"})),
            json!({"title": "U", "emails": [{"value": "b"}], "nickName": "N"}),
        ),
        case(
            json!({"name": {"familyName": "J"}}),
            bare("replace", json!({"name": {"givenName": "G"}})),
            json!({"name": {"familyName": "J", "givenName": "G"}}),
        ),
        case(
            json!({ENTERPRISE_USER: {"department": "D", "division": "V"}}),
            bare("replace", json!({ENTERPRISE_USER: {"department": "E"}})),
            json!({ENTERPRISE_USER: {"department": "E", "division": "V"}}),
        ),
        case(
            json!({ENTERPRISE_USER: {"department": "D"}, "title": "T"}),
            bare("replace", json!({ENTERPRISE_USER: null})),
            json!({"title": "T"}),
        ),
        case(json!({"title": "T"}), bare("replace", json!({"title": null})), json!({})),
        refused(json!({}), bare("replace", json!({"userName": null})), "invalidValue"),
        refused(
            json!({BADGE: {"number": "1"}}),
            bare("replace", json!({BADGE: null})),
            "mutability: Operations[0]: number is immutable",
        ),
    ]);
}

#[test]
fn of_members() {
    let (a, b) = (json!({"value": "a", "type": "User"}), json!({"value": "b", "type": "Group"}));
    let before = json!({"members": [a, b]});
    groups(&[
        case(
            before.clone(),
            op("replace", "members", json!([{"value": "c"}, {"value": "b"}])),
            json!({"members": [{"value": "c"}, b]}),
        ),
        case(before.clone(), op("replace", "members", json!([])), json!({})),
        case(
            before.clone(),
            bare("replace", json!({"displayName": "x", "members": [{"value": "a"}]})),
            json!({"displayName": "x", "members": [a]}),
        ),
        case(before.clone(), op("replace", "members[value eq \"a\"]", json!({"value": "a"})), before.clone()),
        case(
            before.clone(),
            op("replace", "members[value eq \"a\"].value", json!("A")),
            json!({"members": [{"value": "A", "type": "User"}, b]}),
        ),
        refused(
            before.clone(),
            op("replace", "members[value eq \"a\"].value", json!("c")),
            "mutability: Operations[0]: members.value is immutable",
        ),
        refused(before.clone(), op("replace", "members[value eq \"a\"]", json!({"value": "c"})), "mutability"),
        refused(before.clone(), op("replace", "members", json!([{"value": "a", "type": "Group"}])), "mutability"),
        refused(before.clone(), op("replace", "members[value eq \"c\"]", json!({"value": "c"})), "noTarget"),
        refused(before, op("replace", "members[value eq \"a\"].display", json!("x")), "mutability"),
    ]);
}
