use serde_json::{Value as Json, json};

use super::{Case, bare, case, difference, op, refused, remove_op, run};
use crate::resource::tests::{BADGE, group, user};
use crate::schema::ResourceTypeId;
use crate::schema::standard::{ENTERPRISE_USER, IAN_USER};
use crate::tolerance::Tolerance;

/// Each row succeeds with the tolerance and is refused, or means something else, without.
fn with(tolerance: Tolerance, kind: ResourceTypeId, cases: &[Case]) {
    run(kind, &[tolerance], cases);
    for case in cases.iter().filter(|case| case.after.is_ok()) {
        assert!(difference(kind, &[], case).is_some(), "{} needs no {tolerance}", case.operations);
    }
}

#[test]
fn operation_case() {
    with(
        Tolerance::OperationCase,
        user(),
        &[
            case(json!({}), op("Add", "title", json!("T")), json!({"title": "T"})),
            case(json!({"title": "T"}), op("REPLACE", "title", json!("U")), json!({"title": "U"})),
            case(json!({"title": "T"}), json!([{"op": "Remove", "path": "title"}]), json!({})),
            refused(json!({}), op("Move", "title", json!("T")), "invalidValue"),
        ],
    );
}

#[test]
fn boolean_strings() {
    with(
        Tolerance::BooleanStrings,
        user(),
        &[
            case(json!({}), op("replace", "active", json!("False")), json!({"active": false})),
            case(
                json!({"roles": [{"value": "r", "primary": true}]}),
                op("replace", "roles[primary eq \"True\"].value", json!("s")),
                json!({"roles": [{"value": "s", "primary": true}]}),
            ),
        ],
    );
}

#[test]
fn remove_with_value() {
    let (a, b) = (json!({"value": "a"}), json!({"value": "b"}));
    let before = json!({"members": [a, b]});
    let rows: [(Json, Json); 6] = [
        (json!([{"$ref": null, "value": "a"}]), json!({"members": [b]})),
        (json!({"value": "a"}), json!({"members": [b]})),
        (json!(["a"]), json!({"members": [b]})),
        (json!([{"value": "a"}, {"value": "b"}]), json!({})),
        (json!([{"value": "c"}]), before.clone()),
        (json!([]), before.clone()),
    ];
    let cases: Vec<Case> =
        rows.into_iter().map(|(value, after)| case(before.clone(), op("remove", "members", value), after)).collect();
    with(Tolerance::RemoveWithValue, group(), &cases);
    run(
        group(),
        &[Tolerance::RemoveWithValue],
        &[refused(before, op("remove", "members", json!([{}])), "invalidValue")],
    );

    let emails =
        json!([{"value": "x", "type": "work"}, {"value": "x", "type": "home"}, {"value": "y", "type": "home"}]);
    let before = json!({"emails": emails, IAN_USER: {"otherMails": ["m", "n"]}});
    let left = |emails: Json| json!({"emails": emails, IAN_USER: {"otherMails": ["m", "n"]}});
    with(
        Tolerance::RemoveWithValue,
        user(),
        &[
            case(
                before.clone(),
                op("remove", "emails", json!([{"value": "x", "type": "home"}])),
                left(json!([emails[0], emails[2]])),
            ),
            case(before.clone(), op("remove", "emails", json!([{"value": "X"}])), left(json!([emails[2]]))),
            case(before.clone(), op("remove", "emails", json!([{"type": "home"}])), left(json!([emails[0]]))),
            case(
                before.clone(),
                op("remove", "emails[type eq \"home\"]", json!([{"value": "x"}])),
                left(json!([emails[0], emails[2]])),
            ),
            case(
                before,
                op("remove", &format!("{IAN_USER}:otherMails"), json!("m")),
                json!({"emails": emails, IAN_USER: {"otherMails": ["n"]}}),
            ),
        ],
    );
}

#[test]
fn dotted_keys() {
    with(
        Tolerance::DottedKeys,
        user(),
        &[
            case(
                json!({"name": {"middleName": "M"}}),
                bare(
                    "replace",
                    json!({"name.givenName": "G", format!("{ENTERPRISE_USER}:employeeNumber"): "42", "title": "T"}),
                ),
                json!({"name": {"middleName": "M", "givenName": "G"}, "title": "T", ENTERPRISE_USER: {"employeeNumber": "42"}}),
            ),
            case(
                json!({"emails": [{"value": "a", "type": "work"}]}),
                bare("replace", json!({"emails[type eq \"work\"].value": "b"})),
                json!({"emails": [{"value": "b", "type": "work"}]}),
            ),
            case(
                json!({}),
                bare("add", json!({ENTERPRISE_USER: {"manager.value": "m"}})),
                json!({ENTERPRISE_USER: {"manager": {"value": "m"}}}),
            ),
            refused(json!({}), bare("replace", json!({"meta.created": "x"})), "mutability"),
        ],
    );
}

#[test]
fn create_from_filter() {
    with(
        Tolerance::CreateFromFilter,
        user(),
        &[
            case(
                json!({}),
                op("add", "emails[type eq \"work\"].value", json!("w")),
                json!({"emails": [{"type": "work", "value": "w"}]}),
            ),
            case(
                json!({"emails": [{"type": "home", "value": "h", "primary": true}]}),
                op("replace", "emails[type eq \"work\" and primary eq true].value", json!("w")),
                json!({"emails": [{"type": "home", "value": "h", "primary": false}, {"type": "work", "primary": true, "value": "w"}]}),
            ),
            case(
                json!({}),
                op("replace", "addresses[type eq \"work\"]", json!({"locality": "L"})),
                json!({"addresses": [{"type": "work", "locality": "L"}]}),
            ),
            case(json!({}), op("replace", "emails[type eq \"work\"].value", json!(null)), json!({})),
            refused(json!({}), op("add", "emails[type ne \"work\"].value", json!("w")), "noTarget"),
            refused(json!({}), op("add", "emails[type eq \"work\" or type eq \"home\"].value", json!("w")), "noTarget"),
            refused(json!({}), op("add", "addresses[country eq \"USA\"].locality", json!("w")), "noTarget"),
        ],
    );
}

#[test]
fn shapes_of_values() {
    with(
        Tolerance::WrapSingleValue,
        user(),
        &[
            case(json!({}), op("replace", "emails", json!({"value": "a"})), json!({"emails": [{"value": "a"}]})),
            case(json!({}), op("add", "emails", json!("a")), json!({"emails": [{"value": "a"}]})),
        ],
    );
    let manager = format!("{ENTERPRISE_USER}:manager");
    with(
        Tolerance::ManagerString,
        user(),
        &[
            case(json!({}), op("add", &manager, json!("m")), json!({ENTERPRISE_USER: {"manager": {"value": "m"}}})),
            case(json!({ENTERPRISE_USER: {"manager": {"value": "m"}}}), op("replace", &manager, json!("")), json!({})),
            case(
                json!({ENTERPRISE_USER: {"manager": {"value": "m"}}}),
                op("replace", &manager, json!({"value": ""})),
                json!({}),
            ),
        ],
    );
}

#[test]
fn what_may_be_left_out_or_too_much() {
    with(
        Tolerance::IgnoreReadOnlyInPatch,
        user(),
        &[
            case(json!({}), bare("replace", json!({"id": "x", "meta": {}, "active": false})), json!({"active": false})),
            case(
                json!({}),
                bare("add", json!({BADGE: {"serial": "1", "colour": "red"}})),
                json!({BADGE: {"colour": "red"}}),
            ),
            refused(json!({}), op("replace", "id", json!("x")), "mutability"),
        ],
    );
    with(Tolerance::EmptyOperations, user(), &[case(json!({"title": "T"}), json!([]), json!({"title": "T"}))]);
    with(
        Tolerance::BarePatchUrn,
        user(),
        &[
            case(
                json!({ENTERPRISE_USER: {"division": "V"}}),
                op("add", ENTERPRISE_USER, json!({"department": "D"})),
                json!({ENTERPRISE_USER: {"division": "V", "department": "D"}}),
            ),
            case(
                json!({ENTERPRISE_USER: {"division": "V"}, "title": "T"}),
                remove_op(ENTERPRISE_USER),
                json!({"title": "T"}),
            ),
            refused(json!({BADGE: {"number": "1"}}), remove_op(BADGE), "mutability"),
            refused(json!({}), remove_op("urn:ietf:params:scim:schemas:core:2.0:User"), "invalidPath"),
        ],
    );
    with(
        Tolerance::LastPrimaryWins,
        user(),
        &[case(
            json!({}),
            op("add", "emails", json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}])),
            json!({"emails": [{"value": "a", "primary": false}, {"value": "b", "primary": true}]}),
        )],
    );
}
