use serde_json::{Value, json};

use crate::rule::sample::Outcome::{Broken, Pass, Skip};
use crate::rule::sample::{ENTERPRISE, Outcome, Sample, expect, finding, user};

fn read(more: &Value) -> Sample {
    Sample::get("/Users/1", &user("1", more))
}

#[test]
fn what_is_never_returned_is_not_shown() {
    let id = "secrets.not-shown";
    expect(id, read(&json!({})), Pass);
    expect(id, read(&json!({"password": null})), Pass);
    expect(id, read(&json!({"Password": "$2b$12$abcdefgh"})), Broken);
    expect(id, read(&json!({ENTERPRISE: {"badge": "7"}})), Broken);
    expect(id, Sample::new("GET", "/Users/1", 404).body("{}"), Skip);
    let finding = finding(id, [read(&json!({"password": "t1ger-t1ger"}))]);
    assert!(!finding.problems[0].observed.contains("t1ger"));
}

#[test]
fn a_password_that_was_sent_is_in_no_answer() {
    let id = "secrets.not-repeated";
    let create = |body: Value| Sample::new("POST", "/Users", 201).sent(&body).body("{}");
    let sent = || create(json!({"userName": "ann", "password": "t1ger-t1ger"}));
    assert_eq!(Outcome::of(&finding(id, [sent(), read(&json!({}))])), Pass);
    assert_eq!(Outcome::of(&finding(id, [sent(), read(&json!({"title": "was t1ger-t1ger"}))])), Broken);
    let patch = Sample::new("PATCH", "/Users/1", 204)
        .sent(&json!({"Operations": [{"op": "replace", "path": "password", "value": "l1on-l1on-l1on"}]}));
    assert_eq!(Outcome::of(&finding(id, [patch, read(&json!({"title": "l1on-l1on-l1on"}))])), Broken);
    // A text that stands elsewhere in the request, that is short, or that the query holds, comes from there.
    let elsewhere = create(json!({"userName": "t1ger-t1ger", "password": "t1ger-t1ger"}));
    assert_eq!(Outcome::of(&finding(id, [elsewhere, read(&json!({"title": "t1ger-t1ger"}))])), Skip);
    let short = create(json!({"password": "abc"}));
    assert_eq!(Outcome::of(&finding(id, [short, read(&json!({"title": "abc"}))])), Skip);
    let quoted = Sample::new("GET", "/Users?filter=password%20eq%20%22t1ger-t1ger%22", 400)
        .body(r#"{"detail":"bad filter: password eq \"t1ger-t1ger\""}"#);
    assert_eq!(Outcome::of(&finding(id, [sent(), quoted])), Pass);
}
