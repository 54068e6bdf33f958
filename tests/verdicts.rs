//! A check fails for what it asks and for nothing else: where what it confirms an answer with is broken, it is blocked by the check that
//! judges that.

#[path = "support/gate.rs"]
mod gate;
#[path = "support/proxy.rs"]
mod proxy;
mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use proxy::{Listener, Message};
use serde_json::{Value, json};
use support::{Served, run};

const ERROR: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}"#;

/// The findings of the checks in a run with these arguments.
fn findings(arguments: &[&str]) -> Vec<Value> {
    let ran = run(&[&["check", "--seed", "7", "--format", "json"], arguments].concat());
    let report: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr));
    report["checks"].as_array().expect("a report has checks").clone()
}

/// Runs the checks on `rfc` with one deviation, where there are people whom the checks did not create.
fn with_deviation(deviation: &str, checks: &[&str]) -> Vec<Value> {
    let people = ["--seed-people", "3", "--seed", "1"];
    let served =
        Served::start(&[&["--target", "rfc", "--bearer", "t1ger", "--deviate", deviation][..], &people].concat());
    findings(&[served.value("URL"), "--bearer", "t1ger", "--only", &checks.join(",")])
}

/// Each finding of the checks as `ID VERDICT CAUSE`, where it is not a pass; the cause without its subject.
fn verdicts(findings: &[Value], checks: &[&str]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of_checks = findings.iter().filter(|own| checks.contains(&text(&own["id"]).as_str()));
    let mut all: Vec<String> = of_checks
        .filter(|own| own["verdict"] != "pass")
        .map(|own| {
            let cause = text(&own["cause"]);
            let cause = cause.split('[').next().unwrap_or_default();
            format!("{} {} {cause}", text(&own["id"]), text(&own["verdict"])).trim_end().to_owned()
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn a_list_that_says_nothing_is_no_evidence_against_a_write() {
    let ignored = [
        "auth.anonymous-write",
        "replace.unknown-resource",
        "search.creates-nothing",
        "bulk.fail-on-errors",
        "patch.inactive-is-found",
    ];
    let found = with_deviation("filter.ignored", &[&ignored[..], &["read.no-match", "create.found-at-once"]].concat());
    // A list in which there is nobody else at the moment says what it should.
    let all = verdicts(&found, &ignored);
    assert!(all.contains(&"auth.anonymous-write blocked read.no-match".to_owned()), "{all:?}");
    assert!(all.iter().all(|own| own.ends_with(" blocked read.no-match")), "{all:?}");
    // The location of what was created and the results of the job say it without a list.
    let bulk = ["bulk.failure-contained", "bulk.fail-on-errors", "bulk.fail-on-errors-counted"];
    for deviation in ["list.total-missing", "list.numbers-as-text", "list.total-of-all", "list.behind"] {
        let found = with_deviation(deviation, &[&bulk[..], &["search.creates-nothing"]].concat());
        assert_eq!(verdicts(&found, &[&bulk[..], &["search.creates-nothing"]].concat()), [""; 0], "{deviation}");
    }
}

#[test]
fn a_filter_that_is_not_followed_discloses_no_password_and_spoils_no_query() {
    let checks = ["password.filter", "read.encoded", "round-trip.unassigned"];
    let judges = ["filter.and", "filter.pr", "create.found-at-once"];
    let found = with_deviation("filter.ignored", &[&checks[..], &judges].concat());
    let all = verdicts(&found, &checks);
    assert!(all.iter().all(|own| own.contains(" blocked ")), "{all:?}");
    assert_eq!(all.len(), checks.len(), "{all:?}");
}

#[test]
fn a_job_is_not_blamed_for_what_fails_without_one() {
    for (deviation, judge) in [
        ("create.external-id-demanded", "create.resource"),
        ("groups.empty-refused", "create.resource"),
        ("required.made-up", "create.required-missing"),
    ] {
        let checks = ["bulk.create", "bulk.failure-contained", "bulk.fail-on-errors-counted"];
        let found = with_deviation(deviation, &[&checks[..], &[judge]].concat());
        let all = verdicts(&found, &checks);
        assert!(!all.is_empty(), "{deviation}");
        assert!(all.iter().all(|own| own.ends_with(&format!(" blocked {judge}"))), "{deviation}: {all:?}");
    }
    let references =
        ["bulk.reference-patch", "bulk.reference-backward", "bulk.reference-forward", "bulk.circle-of-groups"];
    for (deviation, judge) in
        [("create.no-location", "bulk.location"), ("create.members-lost", "groups.created-with-members")]
    {
        let found = with_deviation(deviation, &[&references[..], &[judge]].concat());
        let all = verdicts(&found, &references);
        assert!(!all.is_empty(), "{deviation}");
        assert!(all.iter().all(|own| own.ends_with(&format!(" blocked {judge}"))), "{deviation}: {all:?}");
    }
}

#[test]
fn a_filter_over_all_types_may_be_refused_as_any_other() {
    let checks = ["search.root-unknown-attribute"];
    let found = with_deviation("filter.broad-refused", &checks);
    assert_eq!(verdicts(&found, &checks), ["search.root-unknown-attribute note"]);
}

#[test]
fn an_answer_that_does_not_come_breaks_no_prohibition() {
    let checks = ["replace.unknown-resource", "delete.unknown", "patch.unknown-resource"];
    let found = with_deviation("errors.unanswered", &checks);
    let problems: Vec<&Value> = found.iter().flat_map(|own| own["problems"].as_array().into_iter().flatten()).collect();
    let lost: Vec<&&Value> = problems.iter().filter(|own| own["observed"] == "no usable answer").collect();
    assert!(!lost.is_empty(), "{problems:#?}");
    for problem in lost {
        let cited: Vec<&str> =
            problem["requirements"].as_array().into_iter().flatten().filter_map(|own| own["id"].as_str()).collect();
        assert_eq!(cited, ["RFC7644-3.8-13"], "{problem:#}");
    }
    // A refusal without a body cannot say that a filter is not supported.
    let filters = ["filter.blanks", "filter.complex-eq", "filter.quoted-boolean", "filter.value-path-suffix"];
    let all = verdicts(&with_deviation("errors.without-body", &filters), &filters);
    assert!(all.iter().all(|own| !own.contains(" fail")), "{all:?}");
}

#[test]
fn a_get_that_shows_another_resource_is_no_evidence_against_a_write() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger"]);
    let theirs =
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42","userName":"bjensen@example.com"}"#;
    let proxy = Listener::before(served.value("URL"), move |request, answer| {
        if request.head[0].starts_with("GET ") && request.path().contains("/Users/") && answer.head[0].contains(" 200")
        {
            answer.body = theirs.into();
        }
    });
    let checks = ["auth.anonymous-write", "etag.put-stale", "etag.patch-stale", "etag.delete-stale", "patch.atomic"];
    let only = [&checks[..], &["read.resource"]].concat().join(",");
    let url = format!("{}/scim/v2", proxy.origin);
    let found = findings(&[&url, "--bearer", "t1ger", "--only", &only]);
    let users: Vec<Value> = found.iter().filter(|own| own["subject"] != "Group").cloned().collect();
    let mut expected = checks.map(|check| format!("{check} blocked read.resource"));
    expected.sort();
    assert_eq!(verdicts(&users, &checks), expected);
    assert_eq!(verdicts(&users, &["read.resource"]), ["read.resource fail"]);
}

#[test]
fn pages_of_a_list_that_nothing_sorts_may_come_in_any_order() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger"]);
    let (url, requests) = (served.value("URL").to_owned(), AtomicUsize::new(0));
    let origin = url.strip_suffix("/scim/v2").expect("it is the usual path").to_owned();
    let proxy = Listener::before(&url, move |request, answer| {
        let path = request.path();
        if request.head[0].starts_with("GET ") && path.contains("startIndex") && !path.contains("sortBy") {
            let number = requests.fetch_add(1, Ordering::Relaxed);
            let order = if number % 2 == 0 { "ascending" } else { "descending" };
            answer.body = gate::get(&format!("{origin}{path}&sortBy=id&sortOrder={order}"), "t1ger");
        }
    });
    let checks = [
        "index-paging.walk",
        "index-paging.uneven-walk",
        "index-paging.start-below-one",
        "filter.paged",
        "search.parameters",
    ];
    let url = format!("{}/scim/v2", proxy.origin);
    let found = findings(&[&url, "--bearer", "t1ger", "--only", &checks.join(","), "--concurrency", "1"]);
    assert_eq!(verdicts(&found, &checks), [""; 0]);
}

#[test]
fn an_endpoint_without_resource_types_refuses_no_token() {
    let config = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],"patch":{"supported":false},"bulk":{"supported":false,"maxOperations":0,"maxPayloadSize":0},"filter":{"supported":false,"maxResults":0},"changePassword":{"supported":false},"sort":{"supported":false},"etag":{"supported":false},"authenticationSchemes":[{"type":"oauthbearertoken","name":"x","description":"y"}]}"#;
    let empty = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}"#;
    let peer = Listener::answering(move |request| {
        let is_let_in = request.header("authorization").is_some_and(|own| own.eq_ignore_ascii_case("bearer t1ger"));
        if !is_let_in {
            return Message::answer("401 Unauthorized", &["WWW-Authenticate: Bearer"], &ERROR.replace("404", "401"));
        }
        let path = request.path();
        match request.head[0].starts_with("GET ") {
            true if path.ends_with("/ServiceProviderConfig") => Message::answer("200 OK", &[], config),
            true if path.ends_with("/ResourceTypes") || path.ends_with("/Schemas") => {
                Message::answer("200 OK", &[], empty)
            }
            _ => Message::answer("404 Not Found", &[], ERROR),
        }
    });
    let checks = ["auth.scheme-case", "auth.token-without-scheme"];
    let url = format!("{}/scim/v2", peer.origin);
    let found = findings(&[&url, "--bearer", "t1ger", "--only", &checks.join(",")]);
    assert_eq!(verdicts(&found, &checks), ["auth.scheme-case skip", "auth.token-without-scheme skip"]);
}

#[test]
fn a_list_is_no_evidence_where_its_filter_is_not_followed() {
    let checks = [
        "patch.replace-user-name",
        "create.duplicate-user-name-case",
        "internationalization.filter",
        "read.list-elements",
        "read.unknown-parameter",
        "read.places",
        "round-trip.canonical-forms",
        "schema.case-exact",
    ];
    let judges = ["read.no-match", "create.found-at-once", "filter.and", "filter.eq", "filter.id"];
    let found = with_deviation("filter.ignored", &[&checks[..], &judges].concat());
    let all = verdicts(&found, &checks);
    let is_due = |own: &String| own.contains(" blocked ") || own.ends_with(" skip");
    assert!(all.iter().all(is_due), "{all:?}");
    assert!(all.contains(&"patch.replace-user-name blocked read.no-match".to_owned()), "{all:?}");
    assert!(all.contains(&"schema.case-exact blocked filter.and".to_owned()), "{all:?}");
    // The credentials of another tenant are those of the embedded endpoint, where others are created meanwhile.
    let only = ["multi-tenancy.external-id", "index-paging", "filter.eq"].join(",");
    let found = findings(&["--embedded", "--target", "rfc", "--deviate", "filter.ignored", "--only", &only]);
    let all = verdicts(&found, &["multi-tenancy.external-id"]);
    assert!(all.iter().all(|own| own == "multi-tenancy.external-id blocked filter.eq"), "{all:?}");
}

#[test]
fn lists_are_narrowed_by_what_shows_a_match_and_nobody_beside_it() {
    let checks = ["index-paging.walk", "cursor-paging.walk", "sort.ascending", "search.matches"];
    let blocked = checks.map(|check| format!("{check} blocked filter.sw"));
    let mut expected = blocked.to_vec();
    expected.sort();
    // Nobody is found by the beginning of a name.
    let found = with_deviation("filter.parts-as-equal", &[&checks[..], &["filter.sw"]].concat());
    assert_eq!(verdicts(&found, &checks), expected);
    // Everybody is found beside a match, and nobody where there is none.
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger", "--seed-people", "3", "--seed", "1"]);
    let url = served.value("URL").to_owned();
    let all = url.clone();
    let proxy = Listener::before(&url, move |request, answer| {
        let (path, query) = request.path().split_once('?').unwrap_or((request.path(), ""));
        let is_match = !String::from_utf8_lossy(&answer.body).contains("\"totalResults\":0");
        if request.head[0].starts_with("GET ") && query.contains("%20sw%20") && is_match {
            let collection = path.rsplit('/').next().unwrap_or_default();
            answer.body = gate::get(&format!("{all}/{collection}"), "t1ger");
        }
    });
    let only = [&checks[..3], &["filter.sw"]].concat().join(",");
    let found = findings(&[&format!("{}/scim/v2", proxy.origin), "--bearer", "t1ger", "--only", &only]);
    expected.retain(|own| !own.starts_with("search"));
    let of_users: Vec<Value> = found.into_iter().filter(|own| own["subject"] != "Group").collect();
    assert_eq!(verdicts(&of_users, &checks), expected);
}

#[test]
fn a_query_that_is_not_decoded_and_a_search_that_creates_are_noticed_on_every_type() {
    let (decoded, searched) = (["read.encoded"], ["search.creates-nothing"]);
    let found = with_deviation("query.letters-undecoded", &[&decoded[..], &["create.found-at-once"]].concat());
    assert_eq!(verdicts(&found, &decoded), ["read.encoded fail"]);
    assert_eq!(verdicts(&found, &["create.found-at-once"]), [""; 0]);
    for deviation in ["search.taken-for-collection", "requests.posts-stored[Group]"] {
        let found = with_deviation(deviation, &searched);
        let on = |subject: &str| found.iter().find(|own| own["subject"] == subject).map(|own| own["verdict"].clone());
        assert_eq!(on("Group"), Some("fail".into()), "{deviation}");
        let of_users = if deviation.ends_with(']') { "pass" } else { "fail" };
        assert_eq!(on("User"), Some(of_users.into()), "{deviation}");
    }
}

/// Runs the checks on `rfc` with a schema of its own, given as a file.
fn with_schema(schema: &Value, checks: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("schema.json");
    std::fs::write(&file, schema.to_string()).expect("the folder can be written to");
    let file = file.to_str().expect("the path is text");
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger", "--schema", file]);
    findings(&[served.value("URL"), "--bearer", "t1ger", "--only", &checks.join(",")])
}

#[test]
fn a_part_that_is_returned_always_keeps_its_attribute_in_every_answer() {
    let text = |name: &str, returned: &str| json!({"name": name, "type": "string", "multiValued": false, "returned": returned});
    let mut user_name = text("userName", "default");
    (user_name["required"], user_name["uniqueness"]) = (json!(true), json!("server"));
    let emails = json!({
        "name": "emails", "type": "complex", "multiValued": true, "returned": "default",
        "subAttributes": [text("value", "always"), text("type", "default")],
    });
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let schema = json!({"id": core, "name": "User", "attributes": [user_name, text("nickName", "default"), emails]});
    let checks = ["projection", "search.attributes", "cursor-paging.attributes", "patch.attributes"];
    let found = with_schema(&schema, &checks);
    let wrong: Vec<&Value> = found.iter().filter(|own| own["verdict"] != "pass" && own["verdict"] != "skip").collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(found.iter().any(|own| own["id"] == "search.attributes" && own["verdict"] == "pass"), "{found:#?}");
}

#[test]
fn a_user_of_another_schema_is_searched_by_what_it_has() {
    let schema = "urn:example:params:scim:schemas:directory:1.0:Person";
    let text = |name: &str| json!({"name": name, "type": "string", "multiValued": true});
    let published = json!({
        "schemas": [{"id": schema, "name": "Person", "attributes": [text("cn"), text("mail")]}],
        "resourceTypes": [{"name": "User", "endpoint": "/Users", "schema": schema}],
    });
    let found = with_schema(&published, &["discovery.first-requests", "search.without-filter", "errors.not-supported"]);
    let wrong: Vec<&Value> = found.iter().filter(|own| own["verdict"] != "pass" && own["verdict"] != "skip").collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(found.iter().any(|own| own["id"] == "discovery.first-requests" && own["verdict"] == "pass"), "{found:#?}");
}

#[test]
fn what_the_rfcs_permit_fails_no_step_of_a_lifecycle() {
    for deviation in ["list.order-changes", "reading.user-name-lowered", "reading.count-refused"] {
        let ran = run(&["check", "--target", "rfc", "--as", "pingfederate-aquera", "--deviate", deviation]);
        assert_eq!(ran.status, 0, "{deviation}: {}", ran.stdout);
    }
}

#[test]
fn nothing_is_sent_but_canonical_values_where_they_are_published() {
    let text = |name: &str| json!({"name": name, "type": "string", "multiValued": false});
    let mut kind = text("type");
    kind["canonicalValues"] = json!(["work", "home"]);
    let (mut user_name, mut post) = (text("userName"), text("userType"));
    (user_name["required"], user_name["uniqueness"]) = (json!(true), json!("server"));
    post["canonicalValues"] = json!(["crew", "officer"]);
    let primary = json!({"name": "primary", "type": "boolean", "multiValued": false});
    let emails = json!({
        "name": "emails", "type": "complex", "multiValued": true, "subAttributes": [text("value"), kind, primary],
    });
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let attributes = [user_name, post, text("nickName"), text("title"), emails];
    let schema = json!({"id": core, "name": "User", "attributes": attributes});
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("schema.json");
    std::fs::write(&file, schema.to_string()).expect("the folder can be written to");
    let file = file.to_str().expect("the path is text");
    let enforced = ["--deviate", "reading.canonical-enforced"];
    let served = Served::start(&[&["--target", "rfc", "--bearer", "t1ger", "--schema", file][..], &enforced].concat());
    let checks = ["patch", "round-trip", "schema", "create", "replace", "bulk", "sort", "filter"];
    let found = findings(&[served.value("URL"), "--bearer", "t1ger", "--only", &checks.join(",")]);
    let is_wrong = |own: &&Value| !matches!(own["verdict"].as_str(), Some("pass" | "skip" | "note"));
    let wrong: Vec<&Value> = found.iter().filter(is_wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for asked in ["patch.add-values", "patch.replace-list", "round-trip.several-values", "schema.other-values"] {
        assert!(found.iter().any(|own| own["id"] == asked && own["verdict"] == "pass"), "{asked} is not asked");
    }
}

#[test]
fn links_of_another_origin_are_judged_by_where_they_lead() {
    let checks = [
        "create.location",
        "common-attributes.location",
        "discovery.links",
        "groups.member-references",
        "groups.of-user-resolve",
        "bulk.create",
        "bulk.location",
        "bulk.version",
    ];
    let found = with_deviation("reading.origin-of-proxy", &checks);
    assert!(found.len() >= checks.len(), "{found:#?}");
    for own in &found {
        assert!(["pass", "note", "skip"].contains(&own["verdict"].as_str().expect("a text")), "{own:#}");
    }
    // The path is what decides.
    let noticed = with_deviation("meta.location-of-collection", &["common-attributes.location"]);
    assert_eq!(verdicts(&noticed, &["common-attributes.location"]), ["common-attributes.location fail"]);
}

/// Products without a largest page publish 0. RFC 7643 section 5 wants an integer there, and 0 resources are no page.
#[test]
fn a_largest_page_of_0_is_none() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger"]);
    let checks = ["index-paging.max-results", "discovery.largest-page"];
    for (published, expected) in [(0, "skip"), (1, "fail"), (200, "pass")] {
        let front = Listener::before(served.value("URL"), move |request, answer| {
            if request.path().ends_with("/ServiceProviderConfig") {
                answer.replace("\"maxResults\":200", &format!("\"maxResults\":{published}"));
            }
        });
        let found = findings(&[&format!("{}/scim/v2", front.origin), "--bearer", "t1ger", "--only", &checks.join(",")]);
        let verdicts: Vec<&str> = found.iter().filter_map(|own| own["verdict"].as_str()).collect();
        assert!(!verdicts.is_empty() && verdicts.iter().all(|own| *own == expected), "{published}: {verdicts:?}");
    }
}

/// The extension that [`with_own_extension`] adds.
const ORIGIN: &str = "urn:example:params:scim:schemas:extension:origin:1.0:User";

/// Adds an extension with a readOnly attribute to each user that an answer shows, and to what discovery says of users.
fn with_own_extension(request: &Message, answer: &mut Message) {
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return };
    if request.path().ends_with("/Schemas") {
        let source = json!({
            "name": "source", "type": "string", "multiValued": false, "description": "Where it comes from",
            "required": false, "mutability": "readOnly", "returned": "default", "uniqueness": "none", "caseExact": false,
        });
        let schema = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": ORIGIN, "name": "Origin", "attributes": [source]});
        body["Resources"].as_array_mut().expect("a list").push(schema);
        for figure in ["totalResults", "itemsPerPage"] {
            body[figure] = json!(body[figure].as_u64().expect("a number") + 1);
        }
    }
    let add = |shown: &mut Value| {
        if shown["name"] == "User" && shown.get("endpoint").is_some() {
            let named = json!({"schema": ORIGIN, "required": false});
            shown["schemaExtensions"].as_array_mut().expect("a list").push(named);
        } else if shown["meta"]["resourceType"] == "User" {
            shown["schemas"].as_array_mut().expect("a list").push(json!(ORIGIN));
            shown[ORIGIN] = json!({"source": "scim"});
        }
    };
    match body["Resources"].as_array_mut() {
        Some(list) => list.iter_mut().for_each(add),
        None => add(&mut body),
    }
    answer.body = body.to_string().into_bytes();
}

#[test]
fn an_extension_that_the_endpoint_fills_in_is_no_other_resource() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger"]);
    let proxy = Listener::before(served.value("URL"), with_own_extension);
    let url = format!("{}/scim/v2", proxy.origin);
    let checks = ["create.resource[User]", "replace.resource[User]", "read.resource[User]"];
    let found = findings(&[&url, "--bearer", "t1ger", "--only", &checks.join(",")]);
    assert_eq!(found.len(), checks.len(), "{found:#?}");
    assert!(found.iter().all(|own| own["verdict"] == "pass"), "{found:#?}");
}
