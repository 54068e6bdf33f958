use serde_json::json;

use super::*;
use crate::rule::sample::Outcome::{Broken, Note, Pass, Skip};
use crate::rule::sample::{BASE, Sample, expect, list, user};

fn read() -> Sample {
    Sample::get("/Users/1", &user("1", &json!({})))
}

fn refusal(status: u16, body: &Value) -> Sample {
    Sample::new("GET", "/Users/1", status).body(&body.to_string())
}

fn error(status: u16, more: &Value) -> Value {
    let mut error = json!({"schemas": [ERROR], "status": status.to_string()});
    for (name, value) in more.as_object().unwrap() {
        error[name] = value.clone();
    }
    error
}

#[test]
fn the_media_type_is_that_of_scim_or_the_json_that_was_asked_for() {
    let id = "answers.media-type";
    expect(id, read(), Pass);
    expect(id, read().header("content-type", "Application/SCIM+json; charset=utf-8"), Pass);
    expect(id, read().header("content-type", "application/json"), Broken);
    expect(id, read().asked("accept", "application/json;q=1").header("content-type", "application/json"), Pass);
    expect(id, read().asked("accept", "text/html, */*;q=0.1").header("content-type", "application/json"), Pass);
    expect(id, read().asked("accept", "text/html").header("content-type", "text/html"), Skip);
    expect(id, read().header("content-type", "text/html"), Broken);
    expect(id, Sample::new("DELETE", "/Users/1", 204), Skip);
    expect(id, Sample::new("GET", "/favicon.ico", 404).body("<html>").header("content-type", "text/html"), Skip);
    expect(id, Sample::new("GET", "/Users/1", 502).body("<html>").header("content-type", "text/html"), Skip);
}

#[test]
fn the_encoding_is_utf_8_without_a_mark() {
    let id = "answers.utf-8";
    expect(id, Sample::new("GET", "/Users/1", 200).body(r#"{"displayName":"Zoë 🦦"}"#), Pass);
    expect(id, Sample::new("GET", "/Users/1", 200).bytes(b"{\"displayName\":\"Zo\xeb\"}"), Broken);
    expect(id, Sample::new("GET", "/Users/1", 200).bytes(b"\xef\xbb\xbf{}"), Broken);
    expect(id, Sample::new("GET", "/Users/1", 200).bytes(b"\xff\xfe{\0}\0"), Broken);
    expect(id, Sample::new("GET", "/Users/1", 200).body(r#"{"displayName":"\ud83e\udda6"}"#), Pass);
    expect(id, Sample::new("GET", "/Users/1", 200).body(r#"{"displayName":"\ud83e"}"#), Broken);
    expect(id, Sample::new("GET", "/Users/1", 200).bytes(b"\x1f\x8b").header("content-encoding", "gzip"), Skip);
    expect(id, Sample::new("HEAD", "/Users/1", 200), Skip);
}

#[test]
fn a_body_is_one_json_object() {
    let id = "answers.json";
    expect(id, read(), Pass);
    expect(id, Sample::get("/Users", &list(&[])), Pass);
    expect(id, Sample::new("GET", "/Users", 200).body("[]"), Broken);
    expect(id, Sample::new("GET", "/Users", 404).body("<!DOCTYPE html>"), Broken);
    expect(id, Sample::new("GET", "/Users", 200).body("{\"Resources\":["), Broken);
    expect(id, Sample::new("DELETE", "/Users/1", 204), Skip);
    // What no reader has a value for is JSON all the same.
    expect(id, Sample::new("GET", "/Users", 200).body(r#"{"title":"\ud800","order":1e999}"#), Pass);
    // The encoding has a rule of its own.
    expect(id, Sample::new("GET", "/Users", 200).bytes(b"{\"a\":\"\xeb\"}"), Skip);
}

#[test]
fn a_name_is_there_once_in_each_object() {
    let id = "answers.names-once";
    expect(id, Sample::new("GET", "/Users/1", 200).body(r#"{"a":{"x":1},"b":{"x":2},"c":[{"x":1},{"x":1}]}"#), Pass);
    expect(id, Sample::new("GET", "/Users/1", 200).body(r#"{"title":"title","x":"a,\"title\":{"}"#), Pass);
    expect(id, Sample::new("GET", "/Users/1", 200).body(r#"{"title":"a","Title":"b"}"#), Broken);
    expect(id, Sample::new("GET", "/Users/1", 200).body(r#"{"a":[1,{"b":2,"c":[],"b":3}]}"#), Broken);
    expect(id, Sample::new("GET", "/Users/1", 200).body("[1]"), Skip);
}

#[test]
fn a_name_that_is_repeated_is_found_behind_escapes() {
    assert_eq!(repeated_names(br#"{"\u0061":1,"a":2}"#), ["a"]);
    assert_eq!(repeated_names(br#"{"a":"\\","b":"}","a":2}"#), ["a"]);
    assert!(repeated_names(br#"{"a":"x","b":["a","a"]}"#).is_empty());
}

#[test]
fn five_hundred_is_never_right_and_what_is_in_front_is_not_the_endpoint() {
    let id = "answers.server-error";
    expect(id, Sample::new("PATCH", "/Users/1", 500), Broken);
    expect(id, Sample::new("PATCH", "/Users/1", 501), Pass);
    expect(id, Sample::new("PATCH", "/Users/1", 503), Pass);
    expect(id, Sample::new("GET", "/nowhere", 500), Skip);
}

#[test]
fn a_success_has_its_own_status() {
    let id = "answers.success-status";
    for (method, target, status, verdict) in [
        ("POST", "/Users", 201, Pass),
        ("POST", "/Users", 200, Broken),
        ("POST", "/Users", 409, Skip),
        ("POST", "/Users/.search", 200, Skip),
        ("PUT", "/Users/1", 200, Pass),
        ("PUT", "/Users/1", 201, Broken),
        ("PATCH", "/Users/1", 200, Pass),
        ("PATCH", "/Users/1", 204, Pass),
        ("PATCH", "/Users/1", 202, Broken),
        ("DELETE", "/Users/1", 204, Pass),
        ("DELETE", "/Users/1", 200, Broken),
        ("GET", "/Users/1", 200, Skip),
    ] {
        expect(id, Sample::new(method, target, status), verdict);
    }
    // An Error under 200 is judged elsewhere.
    expect(id, Sample::new("DELETE", "/Users/1", 200).body(&error(404, &json!({})).to_string()), Skip);
}

#[test]
fn a_creation_names_the_same_uri_twice() {
    let id = "answers.location";
    let created = || Sample::new("POST", "/Users", 201).body(&user("1", &json!({})).to_string());
    expect(id, created().header("location", &format!("{BASE}/Users/1")), Pass);
    expect(id, created().header("location", "/scim/v2/Users/1"), Pass);
    expect(id, created().header("location", "Users/1"), Pass);
    expect(id, created().header("location", &format!("{BASE}/Users/2")), Broken);
    expect(id, created(), Broken);
    expect(id, Sample::new("POST", "/Users", 201).header("location", "/scim/v2/Users/1"), Pass);
    let bare = user("1", &json!({"meta": {"resourceType": "User"}}));
    let bare = || Sample::new("POST", "/Users", 201).body(&bare.to_string()).header("location", "/Users/1");
    expect(id, bare(), Broken);
    let projected = Sample::new("POST", "/Users?attributes=userName", 201)
        .body(r#"{"id":"1"}"#)
        .header("location", "/scim/v2/Users/1");
    expect(id, projected, Pass);
    expect(id, Sample::new("POST", "/Users", 200), Skip);
}

#[test]
fn header_and_body_name_one_version() {
    let id = "answers.etag";
    let read = |version: &str| Sample::get("/Users/1", &user("1", &json!({"meta": {"version": version}})));
    expect(id, read("W/\"1\"").header("etag", "W/\"1\""), Pass);
    expect(id, read("1").header("etag", "W/\"1\""), Note);
    // Base64 that begins as a mark does.
    expect(id, read("w/Yhxl=").header("etag", "W/\"w/Yhxl=\""), Note);
    expect(id, read("W/Yhxl=").header("etag", "W/\"W/Yhxl=\""), Note);
    expect(id, read("w/Yhxl=").header("etag", "W/\"Yhxl=\""), Broken);
    expect(id, read("W/\"2\"").header("etag", "W/\"1\""), Broken);
    expect(id, read("W/\"1\""), Skip);
    expect(id, read("w/\"1\"").header("etag", "w/\"1\""), Broken);
    expect(id, Sample::new("PATCH", "/Users/1", 204).header("etag", "1"), Broken);
    expect(id, Sample::get("/Users", &list(&[])).header("etag", "1"), Skip);
}

#[test]
fn a_refusal_says_why_in_the_form_of_an_error() {
    expect("answers.error-body", Sample::new("GET", "/Users/1", 404), Broken);
    expect("answers.error-body", Sample::new("HEAD", "/Users/1", 404), Skip);
    expect("answers.error-body", Sample::new("GET", "/Users/1", 401), Skip);
    expect("answers.error-body", refusal(404, &error(404, &json!({}))), Pass);
    expect("answers.error-schema", refusal(404, &error(404, &json!({}))), Pass);
    expect("answers.error-schema", refusal(404, &json!({"schemas": [ERROR, "urn:x:y"], "status": "404"})), Broken);
    expect("answers.error-schema", refusal(404, &json!({"message": "not found"})), Broken);
    expect("answers.error-schema", Sample::new("GET", "/Users/1", 404).body("<html>"), Skip);
    expect("answers.error-status", refusal(404, &error(404, &json!({}))), Pass);
    expect("answers.error-status", refusal(404, &json!({"status": 404})), Broken);
    expect("answers.error-status", refusal(404, &json!({"status": "400"})), Broken);
    expect("answers.error-status", refusal(404, &json!({})), Broken);
    expect("answers.error-status", read(), Skip);
}

#[test]
fn a_keyword_is_written_as_the_rfc_has_it() {
    let id = "answers.scim-type";
    let with = |word: Value| refusal(400, &error(400, &json!({"scimType": word})));
    expect(id, with(json!("invalidFilter")), Pass);
    expect(id, with(json!("InvalidFilter")), Broken);
    expect(id, with(json!("Bad Request")), Note);
    expect(id, with(json!(7)), Note);
    expect(id, with(Value::Null), Skip);
    expect(id, refusal(400, &error(400, &json!({}))), Skip);
}
