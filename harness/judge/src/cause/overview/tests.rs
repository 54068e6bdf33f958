use std::sync::Arc;

use serde_json::json;
use weir_exchange::difference::Difference;

use crate::cause::causes;
use crate::cause::tests::{failing, problem, read, row};
use crate::finding::{Finding, Origin};
use crate::problem::Problem;
use crate::rule::sample::Sample;

fn by_rule(id: &'static str, problem: Problem) -> Arc<Finding> {
    let finding = Finding::new(Origin::Rule, id, "a title");
    Arc::new(Finding { verdict: problem.verdict, problems: vec![problem], ..finding })
}

#[test]
fn what_a_rule_sees_in_an_answer_that_should_be_a_refusal_is_of_the_same_cause() {
    let answer = || Sample::get("/Instruments/7-8", &json!({"id": "7-8"})).number(40);
    let check = failing("read.other-type", problem("HTTP status is 200, expected 404", "200", vec![answer()]));
    let rule = |number| {
        let seen = Sample::get("/Instruments/7-8", &json!({"id": "7-8"})).number(number);
        by_rule("resources.type", problem("meta.resourceType of an Instrument is another word", "User", vec![seen]))
    };
    let headline = "GET of a resource is answered 200 where it must be refused with 404";
    assert_eq!(read(&[rule(40), check.clone()]), [row(headline, 2, "read.other-type")]);
    assert_eq!(read(&[rule(41), check]).len(), 2, "another answer is another fault");
}

#[test]
fn links_that_lead_elsewhere_are_one_cause_with_the_header_that_differs_from_them() {
    let body = json!({"id": "7-8", "meta": {"location": "https://example.com/scim/Users/7-8"}});
    let created = || Sample::new("POST", "/Users", 201).body(&body.to_string());
    let differs = failing(
        "create.location",
        problem("meta.location of a User is not the URI of the Location header", "", vec![created()]),
    );
    let vain = Sample::new("GET", "", 404).at("https://example.com/scim/Users/7-8");
    let followed = failing(
        "common-attributes.location",
        problem("HTTP status is 404, expected 200", "404", vec![created(), vain]),
    );
    let found = causes(&[followed, differs.clone()]);
    assert_eq!((found.len(), found[0].lead(), found[0].size()), (1, "common-attributes.location", 2));
    let alone = "meta.location of a User is not the URI of the Location header";
    assert_eq!(read(&[differs]), [row(alone, 1, "create.location")]);
}

#[test]
fn a_resource_that_is_gone_at_its_own_place_is_no_link_that_leads_elsewhere() {
    let body = json!({"id": "7-8", "meta": {"location": "https://example.com/scim/v2/Users/7-8"}});
    let exchanges =
        vec![Sample::new("POST", "/Users", 201).body(&body.to_string()), Sample::new("GET", "/Users/7-8", 404)];
    let gone = failing("read.resource", problem("HTTP status is 404, expected 200", "404", exchanges));
    assert_eq!(read(&[gone])[0].0, "GET of a resource is answered 404, expected 200");
}

#[test]
fn an_attribute_of_an_extension_that_is_never_there_is_one_cause_under_its_whole_name() {
    let name = "urn:example:params:scim:schemas:extension:gauge:2.0:User:biography";
    let missing = failing(
        "schema.returned-default",
        problem(
            &format!("{name} is published as returned by default and is missing"),
            "nothing",
            vec![Sample::get("/Users/7-8", &json!({"id": "7-8"}))],
        ),
    );
    let patch = json!({"Operations": [{"op": "add", "path": name, "value": "x"}]});
    let exchanges = vec![Sample::new("PATCH", "/Users/7-8", 204).sent(&patch), Sample::get("/Users/7-8", &json!({}))];
    let lost = failing(
        "patch.matrix-add",
        problem(&format!("add of {name} was answered 204 and a GET does not show it"), "nothing", exchanges),
    );
    assert_eq!(read(&[lost, missing]), [row(&format!("{name} is missing"), 2, "schema.returned-default")]);
}

#[test]
fn another_letter_case_of_several_members_is_one_cause_in_any_script() {
    let kept = |id: &'static str, name: &str, sent: &str| {
        let answer = Sample::get("/Users/7-8", &json!({name: sent.to_lowercase()}));
        let mut wrong =
            problem(&format!("{name} is not {sent:?}"), &format!("{:?}", sent.to_lowercase()), vec![answer]);
        let (expected, found) = (Some(json!(sent)), Some(json!(sent.to_lowercase())));
        wrong.differences.push(Difference { path: name.to_owned(), expected, found });
        failing(id, wrong)
    };
    let two = [kept("create.resource", "externalId", "AbC"), kept("round-trip.strings", "displayName", "Zoë Ł")];
    assert_eq!(read(&two).len(), 2);
    let three = [&two[..], &[kept("patch.add", "nickName", "Ada")]].concat();
    let headline = "values come in another letter case: displayName is not \"Zoë Ł\"";
    assert_eq!(read(&three), [row(headline, 3, "round-trip.strings")]);
}

#[test]
fn a_grammar_that_is_read_wrongly_in_lists_and_elsewhere_is_one_cause() {
    let list = Sample::get("/Users?filter=a%20pr%20and%20b%20pr", &json!({"Resources": []}));
    let holds = failing("filter.and", problem("the list holds 3 resources too many", "3", vec![list]));
    let form = |id: &'static str, place: &str| {
        let answer = Sample::new("PATCH", "/Users/7-8", 200);
        failing(id, problem(&format!("and: a filter in {place} is not read as the grammar says"), "", vec![answer]))
    };
    let elsewhere = [form("patch.grammar", "the path of a PATCH"), form("filter.brackets", "square brackets")];
    assert_eq!(read(&elsewhere).len(), 1);
    let headline = "a filter does not narrow: lists hold resources that it does not match";
    assert_eq!(read(&[&elsewhere[..], &[holds]].concat()), [row(headline, 3, "filter.and")]);
}

#[test]
fn operations_of_a_job_that_must_fail_and_are_reported_as_done_are_one_cause() {
    let job = |id: &'static str, message: &str, observed: &str| {
        failing(id, problem(message, observed, vec![Sample::new("POST", "/Bulk", 200)]))
    };
    let done = [
        job(
            "bulk.failure-contained",
            "not two operations of three are reported as done",
            "POST 201, POST 201, POST 201",
        ),
        job("bulk.version", "Operations[0].status of the stale operation is not 412", "PUT 200"),
        job(
            "bulk.statuses",
            "Operations[1].status of the PUT on an unknown id is not 404",
            "POST 201, PUT 200, POST 409",
        ),
        job("bulk.nested", "the job inside a job is not refused", "status 201"),
    ];
    let headline = "an operation of a bulk job that must fail is reported as done";
    assert_eq!(read(&done), [row(headline, 4, "bulk.failure-contained")]);
    let refused =
        job("bulk.statuses", "Operations[1].status of the PUT on an unknown id is not 404", "POST 201, PUT 400");
    assert_ne!(read(&[refused])[0].0, headline);
}

#[test]
fn a_creation_that_breaks_the_endpoint_down_is_that_in_whatever_list_of_outcomes_it_stands() {
    let seen = |id: &'static str, message: &str, observed: &str, target: &str| {
        failing(id, problem(message, observed, vec![Sample::new("POST", target, 201)]))
    };
    let findings = [
        seen("concurrency.user-name", "not exactly one creation succeeded", "500, 500, 201", "/Users"),
        seen("bulk.statuses", "Operations[1].status of the second POST is not 409", "PUT 200, POST 500", "/Bulk"),
    ];
    let headline = "POST breaks the endpoint down: HTTP status is 500 where another is due";
    assert_eq!(read(&findings), [row(headline, 2, "concurrency.user-name")]);
}

#[test]
fn a_page_in_the_place_of_an_error_is_one_cause_whatever_part_of_it_is_looked_at() {
    let page =
        || Sample::new("GET", "/Users/7-8", 404).body("<html>no such user</html>").header("content-type", "text/html");
    let findings = [
        failing("errors.not-found", problem("the body is a page of markup, not JSON", "<html>", vec![page()])),
        failing(
            "media-types.errors",
            problem("the Content-Type is not application/scim+json", "text/html", vec![page()]),
        ),
    ];
    let headline = "the body of a refusal is a page of markup, not a SCIM Error";
    assert_eq!(read(&findings), [row(headline, 2, "errors.not-found")]);
}

#[test]
fn a_resource_that_a_deletion_leaves_is_the_deletions() {
    let exchanges = vec![Sample::new("DELETE", "/Users/7-8", 204), Sample::get("/Users/7-8", &json!({"id": "7-8"}))];
    let left = failing("delete.gone", problem("HTTP status is 200, expected 404", "200", exchanges));
    assert!(read(&[left])[0].0.starts_with("after DELETE"));
}

#[test]
fn resources_that_have_another_id_in_lists_are_one_cause_with_the_lists_that_do_not_show_them() {
    let list = || Sample::get("/Users?filter=userName%20eq%20%22ada%22", &json!({"Resources": [{"id": "8-7"}]}));
    let other = failing("read.list-elements", problem("Resources[0].id is not \"7-8\"", "\"8-7\"", vec![list()]));
    let lacks = failing(
        "filter.eq",
        problem("Resources lacks the resource created as `a`", "1 that the run did not create", vec![list()]),
    );
    let order =
        failing("sort.ascending", problem("the order is not a, b", "(stranger 8-7), (stranger 9)", vec![list()]));
    let found = read(&[lacks.clone(), order, other]);
    assert_eq!(found, [row("Resources[0].id is not \"7-8\"", 3, "read.list-elements")]);
    assert_eq!(read(&[lacks])[0].0, "a list lacks resources that its filter matches");
}

#[test]
fn creations_side_by_side_that_all_succeed_are_creations_that_must_be_refused() {
    let twice = failing(
        "create.duplicate",
        problem("HTTP status is 201, expected 409", "201", vec![Sample::new("POST", "/Users", 201)]),
    );
    let seen = |observed: &str| {
        failing(
            "concurrency.user-name",
            problem(
                "not exactly one creation succeeded and the others 409",
                observed,
                vec![Sample::new("POST", "/Users", 201)],
            ),
        )
    };
    assert_eq!(read(&[twice.clone(), seen("201, 201, 201")]).len(), 1);
    assert_eq!(read(&[twice, seen("409, 409, 409")]).len(), 2);
}

#[test]
fn a_client_that_takes_a_refusal_with_success_for_an_open_door_meets_the_same_fault() {
    let error = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "401"});
    let refusal = failing(
        "errors.filter",
        problem("HTTP status is 200, expected 400", "200", vec![Sample::get("/Users", &error)]),
    );
    let mut step = Finding::new(Origin::Step { client: "pingfederate-aquera".to_owned() }, "connect", "a step");
    step.verdict = crate::verdict::Verdict::Fail;
    step.problems = vec![problem("GET /Users?count=1 with wrong credentials was answered with status 200", "", vec![])];
    assert_eq!(read(&[Arc::new(step.clone())])[0].1, 1);
    let both = read(&[Arc::new(step), refusal]);
    assert_eq!(
        both,
        [row("refusals have the status 200: only the body says that the request failed", 2, "errors.filter")]
    );
}
