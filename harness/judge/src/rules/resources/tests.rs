use serde_json::{Value, json};

use crate::offer::Provenance;
use crate::publication::Publication;
use crate::rule::sample::Outcome::{Broken, Note, Pass, Skip};
use crate::rule::sample::{
    BASE, ENTERPRISE, GROUP, Outcome, Sample, USER, expect, finding, finding_by, list, published, user,
};

fn read(more: &Value) -> Sample {
    Sample::get("/Users/1", &user("1", more))
}

#[test]
fn schemas_is_an_array_of_distinct_uris() {
    let id = "resources.schemas";
    expect(id, read(&json!({})), Pass);
    expect(id, read(&json!({"schemas": []})), Broken);
    expect(id, read(&json!({"schemas": null})), Broken);
    expect(id, read(&json!({"schemas": USER})), Broken);
    expect(id, read(&json!({"schemas": [USER, USER.to_lowercase()]})), Broken);
    expect(id, read(&json!({"schemas": [1]})), Broken);
    expect(id, Sample::get("/Users/1?attributes=userName", &json!({"id": "1"})), Skip);
    expect(id, Sample::get("/Users", &list(&[json!({"id": "1"})])), Broken);
    expect(id, Sample::new("GET", "/Users/1", 404).body("{}"), Skip);
    expect(id, Sample::get("/Schemas/x", &json!({"id": "x"})), Skip);
}

#[test]
fn schemas_holds_what_the_type_has_and_nothing_else() {
    expect("resources.base-schema", read(&json!({"schemas": [USER.to_lowercase()]})), Pass);
    expect("resources.base-schema", read(&json!({"schemas": [ENTERPRISE]})), Broken);
    expect("resources.base-schema", Sample::get("/Groups/1", &json!({"schemas": [USER]})), Broken);
    expect("resources.foreign-schema", read(&json!({"schemas": [USER, ENTERPRISE]})), Pass);
    expect("resources.foreign-schema", read(&json!({"schemas": [USER, GROUP]})), Broken);
    expect("resources.extension-announced", read(&json!({ENTERPRISE: {"department": "x"}})), Broken);
    expect("resources.extension-announced", read(&json!({ENTERPRISE: {}})), Skip);
    let announced = json!({"schemas": [USER, ENTERPRISE], ENTERPRISE: {"department": "x"}});
    expect("resources.extension-announced", read(&announced), Pass);
}

#[test]
fn types_that_are_only_assumed_accuse_nobody() {
    let kinds = published().types().to_vec();
    let assumed = kinds.into_iter().map(|kind| crate::ResourceType { provenance: Provenance::Assumed, ..kind });
    let assumed = Publication::new(&BASE.parse().unwrap(), assumed.collect(), &[]);
    for id in ["resources.base-schema", "resources.foreign-schema", "resources.type", "values.defined", "values.type"] {
        let finding = finding_by(id, assumed.clone(), [read(&json!({"schemas": [GROUP], "strange": 1}))]);
        assert_eq!(Outcome::of(&finding), Skip, "{id}");
        assert!(finding.reason.unwrap().contains("1 exchange"), "{id}");
    }
}

#[test]
fn an_id_is_a_text_and_the_one_that_was_asked_for() {
    let id = "resources.id";
    expect(id, read(&json!({})), Pass);
    expect(id, read(&json!({"id": ""})), Broken);
    expect(id, read(&json!({"id": 1})), Broken);
    expect(id, read(&json!({"id": null})), Broken);
    expect(id, read(&json!({"id": "bulkId:1"})), Broken);
    expect("resources.id-kept", read(&json!({})), Pass);
    expect("resources.id-kept", read(&json!({"id": "2"})), Broken);
    expect("resources.id-kept", Sample::get("/Users/a%20b", &user("a b", &json!({}))), Pass);
    expect("resources.id-kept", Sample::get("/Users", &list(&[user("1", &json!({}))])), Skip);
    expect("resources.id-kept", Sample::get("/Me", &user("1", &json!({}))), Skip);
}

#[test]
fn an_id_belongs_to_one_type() {
    let group = |id: &str| Sample::get(&format!("/Groups/{id}"), &json!({"id": id})).number(2);
    assert_eq!(Outcome::of(&finding("resources.id-unique", [read(&json!({})), group("2"), read(&json!({}))])), Pass);
    let twice = finding("resources.id-unique", [read(&json!({})), group("1")]);
    assert_eq!(Outcome::of(&twice), Broken);
    assert!(twice.problems[0].observed.contains("exchange #1"), "{}", twice.problems[0].observed);
}

#[test]
fn meta_says_which_type_and_when() {
    let meta = |more: Value| read(&json!({"meta": more}));
    let id = "resources.type";
    expect(id, read(&json!({})), Pass);
    expect(id, meta(json!({"resourceType": "user"})), Broken);
    expect(id, meta(json!({})), Broken);
    expect(id, Sample::get("/Users/1?excludedAttributes=meta", &json!({"id": "1"})), Skip);
    expect(id, Sample::get("/Me", &user("1", &json!({}))), Skip);
    let id = "resources.times";
    expect(id, meta(json!({"created": "2026-01-01T00:00:00Z", "lastModified": "2026-01-01T01:00:00+01:00"})), Pass);
    expect(id, meta(json!({"created": "2026-01-01T00:00:00"})), Pass);
    expect(id, meta(json!({"created": "2026-01-02T00:00:00Z", "lastModified": "2026-01-01T00:00:00Z"})), Broken);
    expect(id, meta(json!({"created": "2026-01-01 00:00:00"})), Broken);
    expect(id, meta(json!({"lastModified": 1_700_000_000})), Broken);
    expect(id, meta(json!({"resourceType": "User"})), Skip);
    let id = "resources.version";
    expect(id, meta(json!({"version": "W/\"1\""})), Pass);
    expect(id, meta(json!({"version": "w/YhxlWWpDs="})), Note);
    expect(id, meta(json!({"version": "1"})), Note);
    expect(id, meta(json!({"version": "w/\"1\""})), Broken);
    expect(id, meta(json!({"version": null})), Skip);
}

#[test]
fn a_location_is_the_uri_of_the_resource() {
    let id = "resources.location";
    let at = |location: &str| read(&json!({"meta": {"location": location}}));
    expect(id, at(&format!("{BASE}/Users/1")), Pass);
    expect(id, at("Users/1"), Pass);
    // Another host, or another path in front, is what stands before the endpoint.
    expect(id, at("https://scim.example.org/Users/1"), Pass);
    expect(id, at(&format!("{BASE}/Users/2")), Broken);
    expect(id, at(&format!("{BASE}/Groups/1")), Broken);
    expect(id, at(&format!("{BASE}/Users/1?tenant=7")), Broken);
    expect(id, at(&format!("<{BASE}/Users/1>")), Broken);
    expect(id, read(&json!({"meta": {"location": 1}})), Broken);
    expect(id, read(&json!({"meta": {}})), Skip);
    expect(id, read(&json!({})).header("content-location", "/scim/v2/Users/1"), Pass);
    expect(id, read(&json!({})).header("content-location", "/scim/v2/Users/2"), Broken);
}
