use std::sync::Arc;

use serde_json::json;
use weir_exchange::difference::Difference;

use super::*;
use crate::finding::Origin;
use crate::problem::Problem;
use crate::rule::sample::Sample;

pub(super) fn problem(message: &str, observed: &str, exchanges: Vec<Sample>) -> Problem {
    Problem {
        exchanges: exchanges.into_iter().map(Sample::exchange).collect(),
        ..Problem::new(Verdict::Fail, message, observed)
    }
}

pub(super) fn failing(id: &'static str, problem: Problem) -> Arc<Finding> {
    let finding = Finding::new(Origin::Check, id, "a title");
    Arc::new(Finding { verdict: problem.verdict, problems: vec![problem], ..finding })
}

fn without_answer(id: &'static str, verdict: Verdict, cause: Option<&str>, reason: &str) -> Arc<Finding> {
    let finding = Finding::new(Origin::Check, id, "a title");
    Arc::new(Finding { verdict, cause: cause.map(str::to_owned), reason: Some(reason.to_owned()), ..finding })
}

pub(super) fn read(findings: &[Arc<Finding>]) -> Vec<(String, usize, String)> {
    causes(findings).iter().map(|cause| (cause.headline.clone(), cause.size(), cause.lead().to_owned())).collect()
}

pub(super) fn row(headline: &str, size: usize, lead: &str) -> (String, usize, String) {
    (headline.to_owned(), size, lead.to_owned())
}

#[test]
fn a_keyword_in_another_letter_case_is_one_cause() {
    let refusal = |id: &'static str, expected: &str, came: &str, status: u16| {
        let answer = Sample::new("GET", "/Users?filter=x", status).body(&json!({"scimType": came}).to_string());
        failing(id, problem(&format!("scimType is not {expected}"), &format!("{came:?}"), vec![answer]))
    };
    let findings = [
        refusal("filter.incomplete", "invalidFilter", "InvalidFilter", 400),
        refusal("filter.grammar", "invalidFilter", "InvalidFilter", 400),
        refusal("create.duplicate-user-name", "uniqueness", "Uniqueness", 409),
    ];
    let headline = "scimType is Uniqueness instead of uniqueness: the letter case is wrong";
    assert_eq!(read(&findings), [row(headline, 3, "create.duplicate-user-name")]);
}

#[test]
fn an_announced_feature_that_is_refused_is_one_cause_with_what_it_blocks() {
    let refused = |id: &'static str, target: &str| {
        failing(id, problem("HTTP status is 501, expected 200", "501", vec![Sample::new("PATCH", target, 501)]))
    };
    let findings = [
        refused("patch.add", "/Users/7"),
        refused("patch.replace", "/Groups/8"),
        without_answer("patch.order", Verdict::Blocked, Some("patch.add"), "PATCH was answered with 501"),
        without_answer("patch.then-put", Verdict::Blocked, Some("patch.order"), "PATCH was answered with 501"),
    ];
    let found = causes(&findings);
    assert_eq!(read(&findings), [row("PATCH of a resource is answered 501, as if it was not offered", 4, "patch.add")]);
    assert_eq!(found[0].held_up, 2);
}

#[test]
fn a_filter_that_is_ignored_is_no_alarm_about_credentials() {
    let ignored = |id: &'static str, message: &str| {
        failing(
            id,
            problem(message, "ids 1, 2", vec![Sample::new("GET", "/Users?filter=userName%20eq%20%22a%22", 200)]),
        )
    };
    let findings = [
        ignored("auth.anonymous-write", "the list holds 3 resources too many"),
        ignored("filter.eq", "Resources holds the resource created as `b`, which the filter does not match"),
        ignored("filter.sw", "the list lacks 1 of 2 expected resources, and holds 4 resources too many"),
    ];
    let headline = "a filter does not narrow: lists hold resources that it does not match";
    assert_eq!(read(&findings), [row(headline, 3, "filter.eq")]);
}

#[test]
fn ids_of_lists_that_single_requests_do_not_know_are_one_cause() {
    let unknown = |id: &'static str, target: &str| {
        failing(id, problem("HTTP status is 404, expected 200", "404", vec![Sample::new("GET", target, 404)]))
    };
    let findings = [unknown("read.list-elements", "/Users/7"), unknown("groups.member-ids", "/Groups/8-9")];
    assert_eq!(read(&findings), [row("GET of a resource is answered 404, expected 200", 2, "read.list-elements")]);
}

#[test]
fn a_change_without_effect_is_one_cause_whatever_attribute_shows_it() {
    let lost = |id: &'static str, message: &str, path: &str| {
        let patch = json!({"Operations": [{"op": "Remove", "path": path}]});
        let exchanges = vec![Sample::new("PATCH", "/Users/7", 200).sent(&patch), Sample::get("/Users/7", &json!({}))];
        let mut wrong = problem(message, "a value", exchanges);
        wrong.differences.push(Difference { path: path.to_owned(), expected: None, found: Some(json!("a value")) });
        failing(id, wrong)
    };
    let findings = [
        lost("patch.remove-list", "emails has a value, expected none", "emails"),
        lost("patch.remove", "displayName has a value, expected none", "displayName"),
    ];
    let headline = "PATCH with remove is answered as done, and the resource is not what it makes of it";
    assert_eq!(read(&findings), [row(headline, 2, "patch.remove")]);
}

#[test]
fn a_whole_that_is_not_there_is_one_cause_with_its_parts() {
    let missing = |id: &'static str, message: &str| {
        failing(id, problem(message, "nothing", vec![Sample::get("/Users/7", &json!({"id": "7"}))]))
    };
    let findings = [
        missing("common-attributes.id", "a User has no meta"),
        missing("common-attributes.created", "meta.created is not a string"),
        missing("common-attributes.resource-type", "meta.resourceType is not \"User\""),
    ];
    assert_eq!(read(&findings), [row("meta is missing", 3, "common-attributes.id")]);
}

#[test]
fn a_part_that_is_missing_is_not_the_whole_that_is_there() {
    let extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let shown = Sample::get("/Users/7", &json!({"id": "7", extension: {"manager": {"value": "8"}}}));
    let message = "manager.$ref does not lead to the manager";
    let findings = [failing("round-trip.manager", problem(message, "nothing", vec![shown]))];
    assert_eq!(read(&findings), [row("manager.$ref is missing", 1, "round-trip.manager")]);
}

#[test]
fn what_others_suffer_from_comes_first_then_severity_weight_and_number() {
    let status = |id: &'static str, method: &str, came: u16, due: u16, verdict: Verdict| {
        let message = format!("HTTP status is {came}, expected {due}");
        failing(id, Problem { verdict, ..problem(&message, "", vec![Sample::new(method, "/Users", came)]) })
    };
    let mut skipped = Finding::new(Origin::Check, "search.users", "a title");
    skipped.verdict = Verdict::Skip;
    skipped.because = Some(Because::Published);
    skipped.reason =
        Some("it is not known whether search is offered, which `discovery.first-requests` judges".to_owned());
    let findings = [
        status("bulk.put", "PUT", 302, 200, Verdict::Fail),
        status("delete.name-is-free", "POST", 202, 201, Verdict::Warn),
        status("delete.resource", "DELETE", 200, 204, Verdict::Fail),
        failing("discovery.first-requests", problem("POST /.search is answered 200", "200", vec![])),
        Arc::new(skipped),
        status("auth.connection-test", "GET", 401, 200, Verdict::Fail),
        failing("read.places", problem("the connection was closed", "no usable answer", vec![])),
    ];
    let leads: Vec<String> = causes(&findings).iter().map(|cause| cause.lead().to_owned()).collect();
    assert_eq!(
        leads,
        [
            "read.places",
            "auth.connection-test",
            "discovery.first-requests",
            "delete.resource",
            "bulk.put",
            "delete.name-is-free"
        ]
    );
    let again = causes(&findings);
    assert_eq!(again, causes(&findings));
    assert_eq!(again[1].id, "credentials-401");
}

#[test]
fn what_passes_is_skipped_or_noted_has_no_cause() {
    let findings = [Verdict::Pass, Verdict::Skip, Verdict::Note]
        .map(|verdict| without_answer("read.list", verdict, None, "a reason"));
    assert_eq!(causes(&findings), []);
}

#[test]
fn a_refusal_with_the_status_of_a_success_is_one_cause_whatever_was_refused() {
    let error = json!({"schemas": [crate::rule::ERROR], "status": "404"});
    let accepted = |id: &'static str, method: &str, target: &str, message: &str| {
        failing(id, problem(message, "200", vec![Sample::new(method, target, 200).body(&error.to_string())]))
    };
    let findings = [
        accepted("discovery.filter", "GET", "/ResourceTypes?filter=x", "the filter on /ResourceTypes was applied"),
        accepted("errors.http-status", "POST", "/Users", "HTTP status is 200, expected 400"),
        accepted("read.unknown", "GET", "/Users/7-8", "HTTP status is 200, expected 404"),
    ];
    let headline = "refusals have the status 200: only the body says that the request failed";
    assert_eq!(read(&findings), [row(headline, 3, "errors.http-status")]);
}

#[test]
fn a_page_of_markup_is_one_cause_whatever_was_looked_for_in_it() {
    let page = |id: &'static str, message: &str, status: u16| {
        let answer = Sample::new("GET", "/Users?filter=x", status).body("<!DOCTYPE html><p>Welcome</p>");
        failing(id, problem(message, "", vec![answer]))
    };
    let findings = [
        page("filter.eq", "GET /Users was answered with 200, and the body is a page of markup, not JSON", 200),
        page("answers.json", "the body is a page of markup, not JSON", 200),
        page("answers.server-error", "the body is a page of markup, not JSON", 500),
        page("filter.sw", "GET breaks the endpoint down", 500),
    ];
    assert_eq!(
        read(&findings),
        [
            row("a page of markup comes where JSON is expected", 2, "filter.eq"),
            row("GET breaks the endpoint down: HTTP status is 500 where another is due", 2, "answers.server-error"),
        ]
    );
}

#[test]
fn a_method_that_is_not_offered_is_one_cause_with_every_url_that_takes_it() {
    let accepted = |id: &'static str, method: &str, target: &str, message: &str| {
        failing(id, problem(message, "200", vec![Sample::new(method, target, 200)]))
    };
    let findings = [
        accepted("discovery.read-only", "POST", "/Schemas", "POST on /Schemas is answered 200"),
        accepted("errors.method-not-offered", "PUT", "/Users", "HTTP status is 200, expected 404 or 405 or 501"),
    ];
    assert_eq!(read(&findings), [row("a method that is not offered is answered 200", 2, "errors.method-not-offered")]);
}

#[test]
fn what_resources_are_recognised_by_comes_before_what_is_not_found_without_it() {
    let list = |body: serde_json::Value| vec![Sample::get("/Users?filter=x", &body)];
    let lacking =
        |id: &'static str| failing(id, problem("the list lacks 1 of 1 expected resources", "", list(json!({}))));
    for (message, path, found, headline, size) in [
        ("id is missing", "id", None, "id is missing", 1),
        ("Resources is missing", "Resources", None, "Resources is missing", 1),
        // A resource that lists show under another id is not found in them.
        ("Resources[0].id is not \"7\"", "Resources[0].id", Some(json!("8")), "Resources[0].id is not \"7\"", 3),
    ] {
        let mut wrong = problem(message, "", list(json!({})));
        wrong.differences.push(Difference { path: path.to_owned(), expected: Some(json!("7")), found });
        let findings = [lacking("filter.eq"), lacking("filter.user-name"), failing("read.list-elements", wrong)];
        assert_eq!(read(&findings)[0], row(headline, size, "read.list-elements"), "{message}");
    }
}

#[test]
fn an_allowed_body_that_is_refused_is_one_cause_whatever_the_method() {
    let refused = |id: &'static str, method: &str, target: &str, message: &str| {
        failing(id, problem(message, "400", vec![Sample::new(method, target, 400)]))
    };
    let findings = [
        refused("create.primary-once", "POST", "/Users", "HTTP status is 400, expected 201"),
        refused("replace.list-as-a-whole", "PUT", "/Users/7-8", "HTTP status is 400, expected 200"),
        refused("schema.canonical-values", "POST", "/Users", "\"work\" is refused for emails.type"),
        refused("schema.read-write", "PUT", "/Users/7-8", "emails is published as readWrite and cannot be changed"),
        refused("patch.replace", "PATCH", "/Users/7-8", "HTTP status is 400, expected 200 or 204"),
    ];
    assert_eq!(
        read(&findings),
        [
            row("POST of a new resource is answered 400, expected 201", 4, "create.primary-once"),
            row("PATCH of a resource is answered 400, expected 200", 1, "patch.replace"),
        ]
    );
}

fn without_effect(id: &'static str, method: &str, operation: &str, path: &str) -> Arc<Finding> {
    let name = path.split('.').next().expect("a path");
    let sent = if method == "PUT" {
        json!({name: {"givenName": "Ada"}})
    } else {
        json!({"Operations": [{"op": operation, "path": name}]})
    };
    let write = Sample::new(method, "/Users/7-8", 200).sent(&sent);
    let mut wrong = problem("the body differs", "", vec![write, Sample::get("/Users/7-8", &json!({}))]);
    wrong.differences.push(Difference { path: path.to_owned(), expected: Some(json!("Ada")), found: None });
    failing(id, wrong)
}

#[test]
fn changes_that_are_lost_by_every_kind_of_write_are_one_cause() {
    let put = without_effect("replace.resource", "PUT", "", "title");
    let patches = ["add", "replace", "remove"].map(|word| without_effect("patch.matrix", "PATCH", word, "title"));
    let findings: Vec<_> = std::iter::once(put).chain(patches).collect();
    let headline = "PUT and PATCH are answered as done, and the resource is not what they make of it";
    assert_eq!(read(&findings), [row(headline, 4, "replace.resource")]);
    assert_eq!(read(&findings[1..]).len(), 3, "PUT has the effect that it should have");
}

#[test]
fn a_member_that_every_answer_lacks_is_behind_the_change_after_which_it_lacks() {
    let created = Sample::new("POST", "/Users", 201).body("{}");
    let mut lacking = problem("name is missing", "nothing", vec![created]);
    lacking.differences.push(Difference { path: "name".to_owned(), expected: Some(json!({})), found: None });
    let findings = [
        without_effect("replace.resource", "PUT", "", "name.givenName"),
        failing("read.resource", lacking),
        without_effect("patch.replace-complex", "PATCH", "replace", "nickName"),
    ];
    let headline = "after PATCH with replace, the body differs";
    assert_eq!(
        read(&findings),
        [row("name is missing", 2, "read.resource"), row(headline, 1, "patch.replace-complex")]
    );
}

#[test]
fn what_waits_in_its_own_topic_does_not_make_a_cause_the_first() {
    let blocked = |id: &'static str| without_answer(id, Verdict::Blocked, Some("cursor-paging.walk"), "no cursor");
    let cursor = || {
        failing(
            "cursor-paging.walk",
            problem("nextCursor is missing", "nothing", vec![Sample::get("/Users?cursor=", &json!({}))]),
        )
    };
    let deletion = || {
        failing(
            "delete.resource",
            problem("HTTP status is 409, expected 204", "409", vec![Sample::new("DELETE", "/Users/7-8", 409)]),
        )
    };
    let leads =
        |findings: &[Arc<Finding>]| causes(findings).iter().map(|cause| cause.lead().to_owned()).collect::<Vec<_>>();
    let own = [cursor(), blocked("cursor-paging.count"), blocked("cursor-paging.start"), deletion()];
    assert_eq!(leads(&own), ["delete.resource", "cursor-paging.walk"]);
    let others = [cursor(), blocked("sort.ascending"), blocked("filter.pr"), deletion()];
    assert_eq!(leads(&others), ["cursor-paging.walk", "delete.resource"]);
}

#[test]
fn a_first_request_that_breaks_the_endpoint_down_is_a_breakdown() {
    let probe = |status: u16| {
        let message =
            format!("POST /Users/.search is answered {status}, which says neither that the endpoint offers search");
        failing("discovery.first-requests", problem(&message, "", vec![Sample::new("POST", "/Users/.search", status)]))
    };
    let broken = failing(
        "create.resource",
        problem("HTTP status is 500, expected 201", "500", vec![Sample::new("POST", "/Users", 500)]),
    );
    let headline = "POST breaks the endpoint down: HTTP status is 500 where another is due";
    assert_eq!(read(&[probe(500), broken])[0].0, headline);
    assert_eq!(
        read(&[probe(201)]),
        [row("a method that is not offered is answered 201", 1, "discovery.first-requests")]
    );
}

#[test]
fn a_change_without_effect_is_named_by_what_its_paths_have_in_common() {
    let lost = |id: &'static str, name: &str, path: &str| {
        let patch = json!({"Operations": [{"op": "replace", "path": path}]});
        let exchanges =
            vec![Sample::new("PATCH", "/Users/7-8", 200).sent(&patch), Sample::get("/Users/7-8", &json!({}))];
        let mut wrong = problem("the body differs", "", exchanges);
        wrong.differences.push(Difference { path: name.to_owned(), expected: Some(json!("Ada")), found: None });
        failing(id, wrong)
    };
    let filtered = lost("patch.value-path-record", "emails", "emails[type eq \"work\"]");
    let other = lost("patch.value-path-sub-attribute", "addresses", "addresses[type eq \"work\"].region");
    let headline = "PATCH with replace and a path with a value filter is answered as done, and the resource is not what it \
                    makes of it";
    assert_eq!(read(&[filtered.clone(), other.clone()]), [row(headline, 2, "patch.value-path-record")]);
    let dotted = lost("patch.path-dotted", "name", "name.familyName");
    let headline = "PATCH with replace and more than the name of an attribute is answered as done, and the resource is \
                    not what it makes of it";
    assert_eq!(read(&[filtered, other, dotted])[0].0, headline);
}

#[test]
fn a_put_that_leaves_out_what_is_required_and_is_carried_out_should_have_been_refused() {
    let put = Sample::new("PUT", "/Users/7-8", 200).sent(&json!({"displayName": "Ada"}));
    let mut wrong =
        problem("userName is not \"ada\"", "nothing", vec![put, Sample::get("/Users/7-8", &json!({"id": "7"}))]);
    wrong.differences.push(Difference { path: "userName".to_owned(), expected: Some(json!("ada")), found: None });
    let headline = "PUT of a resource is answered 200 where it must be refused with 400";
    assert_eq!(read(&[failing("replace.required-missing", wrong)]), [row(headline, 1, "replace.required-missing")]);
}

#[test]
fn a_step_of_a_client_has_the_cause_of_the_request_that_fails() {
    let step = |id: &'static str, messages: &[&str]| {
        let mut finding = Finding::new(Origin::Step { client: "pingfederate-aquera".to_owned() }, id, "a step");
        finding.verdict = Verdict::Fail;
        finding.problems = messages.iter().map(|message| problem(message, "", vec![])).collect();
        Arc::new(finding)
    };
    let refused = failing(
        "patch.replace",
        problem("HTTP status is 501, expected 200", "501", vec![Sample::new("PATCH", "/Users/7-8", 501)]),
    );
    let findings = [
        step("mover", &["user uid=ada,dc=x: PATCH /Users/7-8 was answered with status 501 (not here)"]),
        step("joiner", &["group All Staff is at the endpoint, but must not be there"]),
        refused,
    ];
    let state = "the steps of a client leave another state than they should: group All Staff is at the endpoint, but must \
                 not be there";
    assert_eq!(
        read(&findings),
        [
            row("PATCH of a resource is answered 501, as if it was not offered", 2, "patch.replace"),
            row(state, 1, "pingfederate-aquera/joiner")
        ]
    );
    let ignored = "GET /Users?filter=userName eq \"ada\" was answered with status 200, but none of the 5 users in it has this \
                   userName, so that the filter cannot be relied on";
    let headline = "a filter does not narrow: lists hold resources that it does not match";
    assert_eq!(read(&[step("first-cycle", &[ignored])])[0].0, headline);
}

#[test]
fn a_door_that_is_open_comes_before_what_shows_more_often() {
    let open = failing(
        "auth.anonymous-everywhere",
        problem("GET /Groups is let in without credentials", "200", vec![Sample::new("GET", "/Groups", 200)]),
    );
    let late = |id: &'static str| {
        failing(id, problem("HTTP status is 200, expected 201", "200", vec![Sample::new("POST", "/Users", 200)]))
    };
    let findings = [late("create.resource"), late("create.bare"), open];
    assert_eq!(read(&findings)[0], row("GET /Groups is let in without credentials", 1, "auth.anonymous-everywhere"));
}

#[test]
fn a_body_in_the_wrong_encoding_is_one_cause_whoever_meets_it() {
    let marked = |id: &'static str, message: &str| {
        failing(id, problem(message, "", vec![Sample::get("/ServiceProviderConfig", &json!({}))]))
    };
    let findings = [
        marked("answers.utf-8", "the body begins with a byte order mark"),
        marked(
            "discovery.documents",
            "/Schemas is read in spite of its encoding: the body begins with a byte order mark",
        ),
    ];
    assert_eq!(read(&findings).len(), 1);
}

#[test]
fn a_refused_change_that_is_there_is_no_change_without_effect() {
    let patch = Sample::new("PATCH", "/Groups/7-8", 400).sent(&json!({"Operations": [{"op": "replace"}]}));
    let shown = Sample::get("/Groups/7-8", &json!({"displayName": "after"}));
    let mut wrong = problem("displayName is not \"before\"", "\"after\"", vec![patch, shown]);
    let (before, after) = (Some(json!("before")), Some(json!("after")));
    wrong.differences.push(Difference { path: "displayName".to_owned(), expected: before, found: after });
    let headline = "a PATCH that is refused changes the resource: displayName is not \"before\"";
    assert_eq!(read(&[failing("patch.atomic", wrong)]), [row(headline, 1, "patch.atomic")]);
}

#[test]
fn a_body_that_is_refused_for_what_the_endpoint_shows_wrong_has_the_cause_of_that() {
    let shown = |id: &'static str| {
        let answer = Sample::get("/Users/7-8", &json!({"active": "True"}));
        let mut wrong = problem("active is not shown in its type", "\"True\"", vec![answer]);
        let (expected, found) = (Some(json!(true)), Some(json!("True")));
        wrong.differences.push(Difference { path: "active".to_owned(), expected, found });
        failing(id, wrong)
    };
    let refused = |id: &'static str, detail: &str| {
        failing(id, problem("HTTP status is 400, expected 200", detail, vec![Sample::new("PUT", "/Users/7-8", 400)]))
    };
    let own =
        refused("replace.whole-body-back", "400 invalidValue: active: expected true or false, got the string \"True\"");
    let findings = [own, shown("create.coerced-types"), shown("schema.type-kept")];
    assert_eq!(read(&findings).len(), 1);
    let other = refused("replace.resource", "400 invalidValue: title is too long");
    assert_eq!(read(&[other, shown("create.coerced-types")]).len(), 2);
}

#[test]
fn discovery_that_changes_under_a_run_comes_before_what_shows_more_often() {
    let read_twice = vec![Sample::get("/Schemas", &json!({})), Sample::get("/Schemas", &json!({}))];
    let changed = failing("discovery.unchanged", problem("/Schemas is another at the end of the run", "", read_twice));
    let late = |id: &'static str| {
        failing(id, problem("HTTP status is 200, expected 201", "200", vec![Sample::new("POST", "/Users", 200)]))
    };
    let findings = [late("create.resource"), late("create.bare"), changed];
    assert_eq!(read(&findings)[0].2, "discovery.unchanged");
}
