use serde_json::{Value, json};

use super::patch::TouchedAttributes;
use crate::rule::sample::Outcome::{Broken, Pass, Skip};
use crate::rule::sample::{ENTERPRISE, Outcome, Sample, USER, finding, user};

const PATCH: &str = "bystanders.patch";

fn patch(operations: &Value) -> Sample {
    Sample::new("PATCH", "/Users/1", 204).sent(&json!({"Operations": operations}))
}

fn put(body: &Value) -> Sample {
    Sample::new("PUT", "/Users/1", 200).sent(body).body(&body.to_string())
}

fn read(more: &Value) -> Sample {
    Sample::get("/Users/1", &user("1", more))
}

/// What a rule says of exchanges that follow each other.
fn outcome(id: &str, samples: Vec<Sample>) -> Outcome {
    let numbered = samples.into_iter().zip(1..).map(|(sample, number)| sample.number(number));
    Outcome::of(&finding(id, numbered))
}

fn around(operations: &Value, before: &Value, after: &Value) -> Outcome {
    outcome(PATCH, vec![read(before), patch(operations), read(after)])
}

#[test]
fn a_patch_changes_what_it_names() {
    let email = json!([{"op": "add", "path": "emails", "value": [{"value": "b"}]}]);
    let before = json!({"active": true, "emails": [{"value": "a"}], "name": {"givenName": "A", "familyName": "B"}});
    let after = |more: Value| {
        let mut after = before.clone();
        after["emails"] = json!([{"value": "a"}, {"value": "b"}]);
        for (name, value) in more.as_object().unwrap() {
            after[name] = value.clone();
        }
        after
    };
    assert_eq!(around(&email, &before, &after(json!({}))), Pass);
    assert_eq!(around(&email, &before, &after(json!({"active": false}))), Broken);
    assert_eq!(around(&email, &before, &after(json!({"active": null}))), Broken);
    // Null, an empty array and nothing are one state, and values have no order.
    assert_eq!(around(&email, &before, &after(json!({"displayName": null, "nickNames": []}))), Pass);
    let swapped = json!({"emails": [{"value": "b", "primary": false}, {"value": "a"}], "Active": true});
    let swapped = json!({"emails": swapped["emails"], "active": true, "name": before["name"]});
    assert_eq!(around(&email, &before, &swapped), Pass);
    let family = json!([{"op": "replace", "path": "name.familyName", "value": "C"}]);
    let changed = json!({"active": true, "emails": [{"value": "a"}], "name": {"givenName": "A", "familyName": "C"}});
    assert_eq!(around(&family, &before, &changed), Pass);
    // An endpoint may make a display name of a name.
    let derived = json!({"displayName": "A C", "active": true, "emails": [{"value": "a"}], "name": changed["name"]});
    assert_eq!(around(&family, &before, &derived), Pass);
}

#[test]
fn an_object_for_an_extension_leaves_what_it_does_not_name() {
    let operations = json!([{"op": "replace", "value": {ENTERPRISE: {"department": "X"}}}]);
    let with = |extension: Value| json!({"schemas": [USER, ENTERPRISE], ENTERPRISE: extension});
    let before = with(json!({"department": "A", "manager": {"value": "7"}}));
    assert_eq!(around(&operations, &before, &with(json!({"department": "X", "manager": {"value": "7"}}))), Pass);
    assert_eq!(around(&operations, &before, &with(json!({"department": "X"}))), Broken);
}

#[test]
fn what_is_not_sure_is_not_judged() {
    let name = json!([{"op": "replace", "path": "displayName", "value": "x"}]);
    let active = |is: bool| json!({"active": is});
    let (on, off) = (active(true), active(false));
    // Two writes between, a write that was not answered, a projection, a job, and a target that cannot be told.
    assert_eq!(outcome(PATCH, vec![read(&on), patch(&name), patch(&name), read(&off)]), Skip);
    let lost = Sample::new("PATCH", "/Users/1", 503);
    assert_eq!(outcome(PATCH, vec![read(&on), lost, patch(&name), read(&off)]), Skip);
    let part = Sample::get("/Users/1?attributes=displayName", &json!({"id": "1"}));
    assert_eq!(outcome(PATCH, vec![read(&on), patch(&name), part, read(&off)]), Broken);
    let job = Sample::new("POST", "/Bulk", 200).body("{}");
    assert_eq!(outcome(PATCH, vec![read(&on), patch(&name), job, read(&off)]), Skip);
    assert_eq!(around(&json!([{"op": "remove", "path": "a b"}]), &on, &off), Skip);
    assert_eq!(around(&json!([{"op": "replace", "value": true}]), &on, &off), Skip);
    let refused = Sample::new("PATCH", "/Users/1", 400);
    assert_eq!(outcome(PATCH, vec![read(&on), refused, read(&off)]), Skip);
}

#[test]
fn a_write_that_is_under_way_while_the_resource_is_read_explains_what_the_read_shows() {
    let named = |name: &str| json!({"displayName": name});
    let answered = || put(&user("1", &named("even"))).number(2);
    let shown = || read(&named("odd")).lasting(5, 10).number(4);
    let other = |began: i64| put(&user("1", &named("odd"))).lasting(began, 20).number(3);
    let outcome = |samples: Vec<Sample>| Outcome::of(&finding("bystanders.answer", samples));
    let first = || read(&named("a")).number(1);
    // Its answer comes after that of the read, in which its effect is seen.
    assert_eq!(outcome(vec![first(), answered(), shown(), other(1)]), Skip);
    assert_eq!(outcome(vec![first(), answered(), shown()]), Broken);
    // Others read beside it, and their answers come before that of the write.
    let beside = |began: i64| read(&named("odd")).lasting(began, began + 5).number(5);
    assert_eq!(outcome(vec![first(), answered(), shown(), beside(6), beside(11), other(1)]), Skip);
    assert_eq!(outcome(vec![first(), answered(), shown(), beside(6), beside(11), other(12).number(6)]), Broken);
    let refused = Sample::new("GET", "/Users/1", 429).lasting(6, 11).number(5);
    assert_eq!(outcome(vec![first(), answered(), shown(), refused, other(1)]), Skip);
    let later = put(&user("1", &named("odd"))).lasting(30, 40).number(5);
    assert_eq!(outcome(vec![first(), answered(), shown(), later]), Broken);
    let deleted = Sample::new("DELETE", "/Users/1", 204).lasting(30, 40).number(5);
    assert_eq!(outcome(vec![first(), answered(), shown(), deleted]), Broken);
}

#[test]
fn a_write_whose_answer_is_lost_explains_what_changes_of_its_own_resource_and_of_no_other() {
    let name = || patch(&json!([{"op": "replace", "path": "displayName", "value": "x"}]));
    let (on, off) = (json!({"active": true}), json!({"active": false}));
    for status in [0, 502, 504] {
        let lost = |method: &str, path: &str| Sample::new(method, path, status);
        let around = |lost: Sample| outcome(PATCH, vec![read(&on), lost, name(), read(&off)]);
        assert_eq!(around(lost("PATCH", "/Users/1")), Skip);
        assert_eq!(around(lost("PUT", "/Users/1")), Skip);
        assert_eq!(around(lost("POST", "/Bulk")), Skip);
        assert_eq!(around(lost("PATCH", "/Users/2")), Broken);
        assert_eq!(around(lost("GET", "/Users/1")), if status == 0 { Broken } else { Skip });
        // It may be carried out long after the endpoint has carried out others.
        let late = vec![read(&on), lost("PATCH", "/Users/1"), read(&on), name(), read(&off)];
        assert_eq!(outcome(PATCH, late), Skip);
        // What was complete before it was sent is judged.
        let before = vec![read(&on), name(), read(&off), lost("PATCH", "/Users/1").lasting(30, 40)];
        assert_eq!(outcome(PATCH, before), Broken);
    }
}

#[test]
fn a_deletion_explains_what_changes_where_the_resource_was_referred_to() {
    let manager = |id: &str| json!({ENTERPRISE: {"manager": {"value": id, "$ref": "../Users/2"}}});
    let title = json!([{"op": "replace", "path": "title", "value": "b"}]);
    let around = |between: Sample| {
        outcome(PATCH, vec![read(&manager("2")), patch(&title), between, read(&json!({"title": "b"}))])
    };
    assert_eq!(around(Sample::new("DELETE", "/Users/2", 204)), Skip);
    assert_eq!(around(Sample::new("DELETE", "/Users/3", 204)), Broken);
    assert_eq!(around(Sample::new("DELETE", "/Users/2", 404)), Broken);
}

#[test]
fn a_path_names_its_attribute_and_its_parts() {
    let named = |operation: Value| TouchedAttributes::by(json!({"Operations": [operation]}).to_string().as_bytes());
    let covers = |operation: Value, path: &str| named(operation).is_some_and(|named| named.covers(path));
    assert!(covers(json!({"op": "remove", "path": "phones[type eq \"work\"].value"}), "phones"));
    assert!(covers(json!({"op": "replace", "path": "manager", "value": {"value": "7"}}), "manager.value"));
    assert!(!covers(json!({"op": "replace", "path": "manager", "value": {"value": "7"}}), "manager.display"));
    assert!(covers(json!({"op": "remove", "path": "manager"}), "manager.display"));
    assert!(covers(json!({"op": "add", "path": format!("{USER}:title"), "value": "x"}), "title"));
    assert!(covers(
        json!({"op": "add", "path": format!("{ENTERPRISE}:manager.value"), "value": "x"}),
        &format!("{ENTERPRISE}:manager.value")
    ));
    assert!(covers(json!({"op": "remove", "path": ENTERPRISE}), &format!("{ENTERPRISE}:department")));
    assert!(covers(json!({"op": "add", "path": "manager.$ref", "value": "/Users/7"}), "manager.value"));
    // The short name of an extension's attribute, which some endpoints find (disputed reading P21).
    for path in ["manager", "manager.value", "employeeNumber"] {
        let changed = format!("{ENTERPRISE}:{}", path.replace(".value", ""));
        assert!(covers(json!({"op": "add", "path": path, "value": "x"}), &changed), "{path}");
    }
    assert!(covers(json!({"op": "add", "value": {"employeeNumber": "7"}}), &format!("{ENTERPRISE}:employeeNumber")));
    assert!(!covers(json!({"op": "add", "path": "number", "value": "x"}), &format!("{ENTERPRISE}:employeeNumber")));
    assert!(!covers(json!({"op": "add", "path": "title", "value": "x"}), "titles"));
    assert!(named(json!({"op": "add"})).is_none());
}

#[test]
fn a_put_keeps_what_it_repeats() {
    let id = "bystanders.put";
    let before = json!({"active": true, "emails": [{"value": "a"}]});
    let asked = json!({"userName": "x", "active": true, "emails": [{"value": "b"}]});
    let kept = read(&json!({"active": true, "emails": [{"value": "b"}]}));
    assert_eq!(outcome(id, vec![read(&before), put(&asked), kept]), Pass);
    let lost = read(&json!({"active": false, "emails": [{"value": "b"}]}));
    assert_eq!(outcome(id, vec![read(&before), put(&asked), lost]), Broken);
    // What a PUT leaves out, an endpoint may clear, keep, or set to a default (disputed reading R22).
    let silent = json!({"userName": "x"});
    assert_eq!(outcome(id, vec![read(&before), put(&silent), read(&json!({"active": false}))]), Pass);
}

#[test]
fn a_change_moves_the_version_and_no_change_need_not() {
    let id = "bystanders.version";
    let at = |version: &str, name: &str| {
        read(&json!({"displayName": name, "meta": {"version": version, "lastModified": "2026-01-02T00:00:00Z"}}))
    };
    let name = || patch(&json!([{"op": "replace", "path": "displayName", "value": "x"}]));
    assert_eq!(outcome(id, vec![at("1", "a"), name(), at("2", "x")]), Pass);
    assert_eq!(outcome(id, vec![at("1", "a"), name(), at("1", "x")]), Broken);
    assert_eq!(outcome(id, vec![at("1", "a"), name(), at("1", "a")]), Pass);
    let earlier = read(&json!({"displayName": "x", "meta": {"lastModified": "2026-01-01T00:00:00Z"}}));
    assert_eq!(outcome(id, vec![at("1", "a"), name(), earlier]), Broken);
    assert_eq!(outcome(id, vec![read(&json!({"meta": {}})), name(), read(&json!({"meta": {}}))]), Skip);
}

#[test]
fn an_answer_shows_what_the_next_read_shows() {
    let id = "bystanders.answer";
    let named = |name: &str| json!({"displayName": name});
    let answer = |name: &str| put(&user("1", &named(name)));
    assert_eq!(outcome(id, vec![read(&named("a")), answer("b"), read(&named("b"))]), Pass);
    assert_eq!(outcome(id, vec![read(&named("a")), answer("a"), read(&named("b"))]), Broken);
    // A read that shows the state before may not have seen the change yet.
    assert_eq!(outcome(id, vec![read(&named("a")), answer("b"), read(&named("a"))]), Skip);
}
