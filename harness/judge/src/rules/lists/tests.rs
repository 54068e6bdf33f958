use serde_json::json;

use crate::rule::sample::Outcome::{Broken, Pass, Skip};
use crate::rule::sample::{Sample, expect, list, user};

fn users(count: usize) -> Vec<serde_json::Value> {
    (0..count).map(|number| user(&number.to_string(), &json!({}))).collect()
}

#[test]
fn a_list_is_a_list_response() {
    let id = "lists.schema";
    expect(id, Sample::get("/Users", &list(&users(1))), Pass);
    expect(id, Sample::get("/Users", &json!({"totalResults": 0})), Broken);
    expect(id, Sample::get("/Users", &json!({"schemas": ["urn:scim:schemas:core:1.0"], "totalResults": 0})), Broken);
    expect(id, Sample::new("POST", "/Users/.search", 200).body(&list(&[]).to_string()), Pass);
    expect(id, Sample::get("/Users/1", &user("1", &json!({}))), Skip);
    expect(id, Sample::new("GET", "/Users", 400).body("{}"), Skip);
    // What the base URL is answered with is not laid down.
    expect(id, Sample::get("", &json!({"hello": "world"})), Skip);
}

#[test]
fn the_total_counts_at_least_what_is_shown() {
    let id = "lists.total";
    expect(id, Sample::get("/Users", &list(&users(2))), Pass);
    expect(id, Sample::get("/Users", &json!({"totalResults": "2", "Resources": users(2)})), Broken);
    expect(id, Sample::get("/Users", &json!({"totalResults": 1, "Resources": users(2)})), Broken);
    expect(id, Sample::get("/Users", &json!({"Resources": users(2)})), Broken);
    expect(id, Sample::get("/Users", &json!({"Resources": users(2), "nextCursor": "x"})), Skip);
    expect(id, Sample::get("/Users?cursor", &json!({"Resources": users(2)})), Skip);
    expect(id, Sample::get("/Users", &json!({"TotalResults": 2, "Resources": users(2)})), Pass);
}

#[test]
fn resources_are_objects_in_an_array() {
    let id = "lists.resources";
    expect(id, Sample::get("/Users", &list(&users(1))), Pass);
    expect(id, Sample::get("/Users", &json!({"totalResults": 0})), Pass);
    expect(id, Sample::get("/Users", &json!({"totalResults": 0, "Resources": null})), Pass);
    expect(id, Sample::get("/Users", &json!({"totalResults": 0, "Resources": []})), Pass);
    expect(id, Sample::get("/Users", &json!({"totalResults": 3})), Broken);
    expect(id, Sample::get("/Users?count=0", &json!({"totalResults": 3})), Pass);
    expect(id, Sample::get("/Users?startIndex=9", &json!({"totalResults": 3})), Pass);
    expect(id, Sample::new("POST", "/.search", 200).body(&json!({"totalResults": 3}).to_string()), Pass);
    expect(id, Sample::get("/Users", &json!({"totalResults": 1, "Resources": users(1)[0]})), Broken);
    expect(id, Sample::get("/Users", &json!({"totalResults": 1, "Resources": ["1"]})), Broken);
}

#[test]
fn a_partial_page_says_where_it_is() {
    let id = "lists.page";
    let page = |start: serde_json::Value, items: serde_json::Value, shown: usize| {
        Sample::get(
            "/Users?count=2",
            &json!({"totalResults": 9, "startIndex": start, "itemsPerPage": items, "Resources": users(shown)}),
        )
    };
    expect(id, page(json!(1), json!(2), 2), Pass);
    expect(id, page(json!(null), json!(2), 2), Broken);
    expect(id, page(json!(1), json!(null), 2), Broken);
    expect(id, page(json!("1"), json!(2), 2), Broken);
    expect(id, page(json!(1), json!(5), 2), Broken);
    // A page of none may repeat what was asked for.
    expect(id, page(json!(1), json!(2), 0), Pass);
    expect(id, page(json!(null), json!(null), 0), Skip);
    expect(id, Sample::get("/Users", &list(&users(2))), Skip);
    let cursor = json!({"totalResults": 9, "Resources": users(2), "nextCursor": "x"});
    expect(id, Sample::get("/Users?count=2", &cursor), Skip);
}
