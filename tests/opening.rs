//! The opening of a run: what discovery and the first answers get wrong is named once, and the run goes on with what works; what an
//! endpoint takes for a creation is deleted again.

#[path = "support/gate.rs"]
mod gate;
mod support;

use std::collections::BTreeMap;

use gate::get;
use serde_json::{Value, json};
use support::{Served, run};

fn checked(url: &str, token: &str, more: &[&str]) -> (i32, Value) {
    let ran = run(&[&["check", url, "--bearer", token, "--seed", "7", "--format", "json"], more].concat());
    let report =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr));
    (ran.status, report)
}

/// The checks of each verdict.
fn by_verdict(report: &Value) -> BTreeMap<&str, Vec<&str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for check in report["checks"].as_array().into_iter().flatten() {
        let (ids, id) = (all.entry(check["verdict"].as_str().unwrap()).or_default(), check["id"].as_str().unwrap());
        // A check that is run on every resource type stands there as often.
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    all
}

fn of<'r>(report: &'r Value, verdict: &str) -> Vec<&'r str> {
    by_verdict(report).remove(verdict).unwrap_or_default()
}

#[test]
fn a_fault_of_discovery_is_named_once_and_the_run_goes_on() {
    let only = ["--only", "discovery", "--only", "create", "--only", "read", "--only", "media-types.utf-8"];
    for (deviation, named, remark) in [
        ("discovery.endpoint-with-base-path", &["discovery.resource-types"][..], "it is taken as /Users"),
        ("discovery.type-without-schema", &["discovery.resource-types"], "has no schema; it is taken as urn:ietf"),
        ("discovery.extensions-unnamed", &["discovery.unnamed-extensions"], "no resource type names urn:ietf"),
        ("discovery.types-failing", &["discovery.documents"], "/ResourceTypes cannot be used (the status is 500)"),
        ("discovery.schemas-as-page", &["discovery.documents"], "/Schemas cannot be used (the body is a page"),
        ("discovery.redirected", &["discovery.service-provider-config"], "a redirect to https://login.example.com/"),
        ("encoding.answers-marked", &["discovery.documents", "media-types.utf-8"], "begins with a byte order mark"),
        ("discovery.schema-location-dead", &["discovery.links"], ""),
        ("discovery.type-location-dead", &["discovery.links"], ""),
        ("discovery.schemas-changing", &["discovery.unchanged"], ""),
        ("groups.unlisted-failing", &["discovery.first-requests"], ""),
        ("root.fails", &["discovery.first-requests"], ""),
        ("paths.slash-moved", &["discovery.first-requests"], "every request below /Users ends with a slash"),
    ] {
        let served = Served::start(&["--target", "rfc", "--bearer", "t1ger", "--deviate", deviation]);
        let (status, report) = checked(served.value("URL"), "t1ger", &only);
        assert_eq!((status, of(&report, "fail").as_slice()), (1, named), "{deviation}: {report:#}");
        assert_eq!(of(&report, "blocked"), Vec::<&str>::new(), "{deviation}: {report:#}");
        assert!(of(&report, "pass").len() > 40, "{deviation}: {:?}", by_verdict(&report));
        assert!(report["remarks"].to_string().contains(remark), "{deviation}: {}", report["remarks"]);
        assert_eq!(report["leftovers"], json!([]), "{deviation}");
    }
}

#[test]
fn a_redirect_that_clients_have_to_follow_is_noted() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger", "--deviate", "paths.slash-redirected"]);
    let only = ["--only", "discovery", "--only", "create", "--only", "read", "--only", "media-types"];
    let (status, report) = checked(served.value("URL"), "t1ger", &only);
    assert_eq!(status, 0, "{report:#}");
    assert!(of(&report, "note").contains(&"discovery.first-requests"), "{report:#}");
    let remark =
        "GET /Users is redirected to /scim/v2/Users/, which is followed; from here on every request below /Users";
    assert!(report["remarks"].to_string().contains(remark), "{}", report["remarks"]);
}

#[test]
fn an_answer_that_does_not_come_does_not_end_the_run() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger", "--deviate", "errors.unanswered"]);
    let (status, report) = checked(served.value("URL"), "t1ger", &["--only", "discovery", "--only", "create"]);
    assert_eq!(status, 1, "{report:#}");
    assert!(of(&report, "fail").contains(&"discovery.first-requests"), "{report:#}");
    assert!(of(&report, "pass").iter().any(|id| id.starts_with("create.")), "{report:#}");
    assert!(report.to_string().contains("look at the log of the server"), "{report:#}");
}

#[test]
fn a_post_that_is_stored_by_mistake_is_deleted_again_or_reported() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger", "--deviate", "requests.posts-stored"]);
    let url = served.value("URL");
    let only = ["errors", "search", "discovery", "media-types", "me", "bulk", "security", "read"];
    let only: Vec<&str> = only.iter().flat_map(|topic| ["--only", topic]).collect();
    let (_, report) = checked(url, "t1ger", &only);
    let answer = String::from_utf8(get(&format!("{url}/Users?count=100"), "t1ger")).unwrap();
    let body = answer.split_once("\r\n\r\n").map_or(answer.as_str(), |(_, body)| body);
    let list: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"));
    let reported = report["leftovers"].to_string();
    for user in list["Resources"].as_array().into_iter().flatten() {
        assert!(reported.contains(user["id"].as_str().unwrap()), "{user:#} is not reported: {reported}");
    }
    assert!(list["totalResults"].as_u64().unwrap() <= 1, "{list:#} {reported}");
}

#[test]
fn a_base_url_that_is_redirected_is_told_with_its_cure() {
    let moved = support::peer(
        "HTTP/1.1 301 Moved Permanently\r\nLocation: https://scim.example.com/v2/Users?count=1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    let ran = run(&["check", &format!("{moved}/v2"), "--bearer", "t1ger"]);
    assert_eq!(ran.status, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("a redirect to https://scim.example.com/v2/Users?count=1"), "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean https://scim.example.com/v2?"), "{}", ran.stderr);
}
