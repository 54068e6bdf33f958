//! An endpoint that refuses what a check asks is not accused of what was never asked: writes that are refused whatever they say, changes
//! that need a version, methods that are not there, answers that are lost.

#[path = "support/proxy.rs"]
mod proxy;
mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use proxy::{Listener, Message};
use serde_json::Value;
use support::{Ran, Served, run};

/// The topics whose checks write most.
const WRITING: &str = "create,replace,patch,delete,common-attributes,internationalization,groups,errors,stateful";

/// The report of a run of the checks against the endpoint behind `listener`.
fn check(listener: &Listener, only: &str) -> Value {
    let ran = checked(listener, only, "json");
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr))
}

fn checked(listener: &Listener, only: &str, format: &str) -> Ran {
    let url = format!("{}/scim/v2", listener.origin);
    run(&["check", &url, "--bearer", "t1ger", "--seed", "7", "--only", only, "--format", format])
}

fn served() -> Served {
    Served::start(&["--target", "rfc", "--bearer", "t1ger", "--seed-people", "3", "--seed", "1"])
}

/// A refusal with this status.
fn refusal(status: &str) -> Message {
    let code = &status[..3];
    let body = format!(r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"{code}"}}"#);
    Message::answer(status, &[], &body)
}

/// A refusal with this word for a scimType.
fn worded(status: &str, word: &str) -> Message {
    let code = &status[..3];
    let schema = "urn:ietf:params:scim:api:messages:2.0:Error";
    Message::answer(status, &[], &format!(r#"{{"schemas":["{schema}"],"status":"{code}","scimType":"{word}"}}"#))
}

/// Whether the request has one of these methods and would write, with credentials, to a collection or to what is in one.
fn writes(request: &Message, methods: &[&str]) -> bool {
    let method = request.head[0].split(' ').next().unwrap_or_default();
    let path = request.path().split('?').next().unwrap_or_default();
    methods.contains(&method) && !path.ends_with("/.search") && request.header("authorization").is_some()
}

/// The checks with a verdict, each as `id`, without repetition.
fn with_verdict<'r>(report: &'r Value, verdict: &str) -> Vec<&'r str> {
    let checks = report["checks"].as_array().expect("a report has checks").iter();
    let mut ids: Vec<&str> =
        checks.filter(|own| own["verdict"] == verdict).filter_map(|own| own["id"].as_str()).collect();
    ids.dedup();
    ids
}

fn headlines(report: &Value) -> Vec<&str> {
    report["causes"]
        .as_array()
        .expect("a report has causes")
        .iter()
        .filter_map(|own| own["headline"].as_str())
        .collect()
}

const ALL: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

#[test]
fn writes_that_are_refused_whatever_they_say_are_one_cause() {
    for (status, headline) in [
        ("403 Forbidden", "the endpoint does not let these credentials write: POST /Users is answered 403"),
        ("401 Unauthorized", "the endpoint does not let these credentials write: POST /Users is answered 401"),
        ("503 Service Unavailable", "the endpoint is not available for writes: POST /Users is answered 503"),
    ] {
        let served = served();
        let listener =
            Listener::refusing(served.value("URL"), move |request| writes(request, &ALL).then(|| refusal(status)));
        let report = check(&listener, WRITING);
        assert_eq!(with_verdict(&report, "fail"), [""; 0], "{status}");
        assert_eq!(with_verdict(&report, "warn"), [""; 0], "{status}");
        assert!(with_verdict(&report, "blocked").contains(&"create.resource"), "{status}");
        assert!(with_verdict(&report, "pass").contains(&"errors.unknown-resource"), "{status}: reads are judged");
        assert_eq!(headlines(&report), [headline], "{status}");
    }
}

#[test]
fn an_endpoint_without_writes_is_accused_of_what_it_announces_alone() {
    let served = served();
    let listener = Listener::refusing(served.value("URL"), |request| {
        writes(request, &ALL).then(|| refusal("501 Not Implemented"))
    });
    let report = check(&listener, WRITING);
    assert_eq!(with_verdict(&report, "fail"), ["patch.supported"]);
    assert_eq!(
        headlines(&report)[0],
        "the endpoint offers no such write: POST /Users is answered 501",
        "{:?}",
        headlines(&report)
    );
}

#[test]
fn credentials_that_lose_their_rights_in_the_middle_break_nothing() {
    let served = served();
    let seen = AtomicUsize::new(0);
    let listener = Listener::refusing(served.value("URL"), move |request| {
        let is_late = writes(request, &ALL) && seen.fetch_add(1, Ordering::Relaxed) > 60;
        is_late.then(|| refusal("403 Forbidden"))
    });
    let report = check(&listener, WRITING);
    assert_eq!(with_verdict(&report, "fail"), [""; 0]);
    assert_eq!(headlines(&report).len(), 1, "{:?}", headlines(&report));
    // What was created before is left, and reported.
    assert!(report["leftovers"].as_array().is_some_and(|left| !left.is_empty()), "{}", report["leftovers"]);
}

#[test]
fn one_method_or_one_type_that_is_refused_is_blamed_for_nothing_else() {
    for (method, kind) in [("PUT", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/Groups")] {
        let served = served();
        let listener = Listener::refusing(served.value("URL"), move |request| {
            (writes(request, &[method]) && request.path().contains(kind)).then(|| refusal("403 Forbidden"))
        });
        let report = check(&listener, WRITING);
        assert_eq!(with_verdict(&report, "fail"), [""; 0], "{method} {kind}");
        assert_eq!(headlines(&report).len(), 1, "{method} {kind}: {:?}", headlines(&report));
    }
}

#[test]
fn where_nothing_can_be_deleted_the_deletion_alone_is_judged_and_what_is_left_is_counted() {
    let served = served();
    let listener = Listener::refusing(served.value("URL"), |request| {
        writes(request, &["DELETE"]).then(|| refusal("501 Not Implemented"))
    });
    let report = check(&listener, "groups,delete,stateful");
    assert_eq!(with_verdict(&report, "fail"), ["delete.resource"]);
    assert_eq!(with_verdict(&report, "blocked"), [""; 0]);
    let skipped = with_verdict(&report, "skip");
    assert!(["groups.deleted-member", "groups.deleted-group"].iter().all(|id| skipped.contains(id)), "{skipped:?}");
    let left = report["leftovers"].as_array().expect("a report has leftovers").len();
    let told = checked(&listener, "groups,delete", "terminal").stdout;
    let (_, end) = told.split_once("Left behind, to be deleted by hand").expect("what is left is reported");
    assert_eq!(end.matches("DELETE was answered with 501").count(), 10, "{end}");
    assert!(left > 10 && end.contains("more, which a report of the format json lists"), "{end}");
    assert!(end.contains("weir clean http://127.0.0.1:"), "{end}");
}

#[test]
fn a_version_that_is_demanded_is_given_from_then_on() {
    let served = served();
    let listener = Listener::refusing(served.value("URL"), |request| {
        let is_of_one = request.path().split('/').filter(|part| !part.is_empty()).count() > 3;
        let is_bare = is_of_one && writes(request, &ALL[1..]) && request.header("if-match").is_none();
        is_bare.then(|| refusal("428 Precondition Required"))
    });
    let report = check(&listener, "replace,patch,delete,groups,concurrency,etag");
    assert_eq!(with_verdict(&report, "fail"), [""; 0]);
    assert_eq!(with_verdict(&report, "blocked"), [""; 0]);
    assert!(with_verdict(&report, "pass").contains(&"replace.resource"));
    assert_eq!(report["leftovers"].as_array().map(Vec::len), Some(0), "{}", report["leftovers"]);
}

#[test]
fn what_a_client_makes_up_for_in_its_next_cycle_is_no_fault() {
    for deviation in ["throttle.unavailable-silent", "write.answer-cut", "write.answer-lost"] {
        let arguments = ["check", "--embedded", "--as", "pingfederate-aquera", "--target", "rfc", "--seed", "7"];
        let ran = run(&[&arguments[..], &["--deviate", deviation, "--format", "json"]].concat());
        let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
        let steps = report["steps"].as_array().expect("a report has steps");
        let wrong: Vec<&Value> =
            steps.iter().filter(|own| !["pass", "note", "skip"].contains(&own["verdict"].as_str().unwrap())).collect();
        assert!(wrong.is_empty(), "{deviation}: {wrong:#?}");
        // That it happened is said.
        assert!(steps.iter().any(|own| own["verdict"] == "note"), "{deviation}");
        assert_eq!(ran.status, 0, "{deviation}");
    }
    // What lasts is at fault.
    let arguments = ["check", "--embedded", "--as", "pingfederate-aquera", "--target", "rfc", "--seed", "7"];
    let ran = run(&[&arguments[..], &["--deviate", "write.request-lost=every:2"]].concat());
    assert_eq!(ran.status, 1, "{}", ran.stdout);
}

#[test]
fn a_list_that_is_refused_as_too_long_says_nothing_of_what_else_was_asked() {
    let served = served();
    let listener = Listener::refusing(served.value("URL"), |request| {
        let (path, query) = request.path().split_once('?').unwrap_or((request.path(), ""));
        let is_whole = request.head[0].starts_with("GET ") && path.ends_with("/Users") && !query.contains("filter=");
        is_whole.then(|| worded("400 Bad Request", "tooMany"))
    });
    let report = check(&listener, "media-types,index-paging,read,errors");
    assert_eq!(with_verdict(&report, "fail"), [""; 0]);
    assert_eq!(with_verdict(&report, "warn"), [""; 0]);
    assert!(with_verdict(&report, "skip").contains(&"media-types.accept-weights"));
}

#[test]
fn forms_of_filters_that_are_refused_without_a_word_are_not_accused_one_by_one() {
    let served = served();
    let listener = Listener::refusing(served.value("URL"), |request| {
        let (_, query) = request.path().split_once('?')?;
        let (_, filter) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "filter")?;
        // One attribute, `eq`, one value in quotes, and nothing behind it.
        let words = filter.split_once(' ').filter(|(path, _)| !path.contains(['(', '[', '"']));
        let value = words.and_then(|(_, rest)| rest.get(..4)?.eq_ignore_ascii_case("eq \"").then(|| &rest[4..]));
        let is_plain = value.and_then(|value| value.strip_suffix('"')).is_some_and(|value| !value.contains("\" "));
        (request.head[0].starts_with("GET ") && !is_plain).then(|| refusal("400 Bad Request"))
    });
    let report = check(&listener, "filter,sort,index-paging");
    for failed in
        report["checks"].as_array().expect("a report has checks").iter().filter(|own| own["verdict"] == "fail")
    {
        let messages = failed["problems"].as_array().into_iter().flatten().filter_map(|own| own["message"].as_str());
        assert!(messages.clone().any(|own| own.contains("scimType is not ")), "{failed:#}");
    }
    let skipped = with_verdict(&report, "note");
    assert!(["filter.co", "filter.or"].iter().all(|id| skipped.contains(id)), "{skipped:?}");
    assert!(with_verdict(&report, "pass").contains(&"filter.user-name"));
}
