//! `weir provision`, as a person runs it: cycles from files against a served endpoint, and what is said when something is
//! wrong.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{Ran, Served, peer, run};

const DIRECTORIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories");

fn fixture(name: &str) -> String {
    format!("{DIRECTORIES}/{name}")
}

/// A file of this test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn provision(served: &Served, arguments: &[&str]) -> Ran {
    let common = ["provision", "--as", "pingfederate-aquera", "--bearer", served.value("bearer"), "--threads", "4"];
    run(&[&common, arguments, &[served.value("URL")]].concat())
}

fn cycles(ran: &Ran) -> Vec<Value> {
    let Value::Array(cycles) = serde_json::from_str(&ran.stdout).unwrap() else { panic!("a list: {}", ran.stdout) };
    cycles
}

/// `created 3` and the like, of users or groups.
fn actions(cycle: &Value, kind: &str) -> Vec<String> {
    let of_kind = cycle["actions"].as_array().unwrap().iter().filter(|action| action["kind"] == kind);
    of_kind.map(|action| format!("{} {}", action["action"].as_str().unwrap(), action["count"])).collect()
}

#[test]
fn a_companys_year_is_provisioned_step_by_step() {
    let served = Served::start(&["--target", "aquera"]);
    let company = fixture("company.ldif");
    let steps = ["joiner.ldif", "mover.ldif", "disable.ldif", "enable.ldif", "leaver.ldif"].map(fixture);
    let mut arguments = vec!["--source", &company, "--format", "json", "--remove-user-action", "delete", "--changes"];
    arguments.extend(steps.iter().map(String::as_str));
    let ran = provision(&served, &arguments);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let did: Vec<(Vec<String>, Vec<String>)> =
        cycles(&ran).iter().map(|cycle| (actions(cycle, "user"), actions(cycle, "group"))).collect();
    let did = |number: usize| {
        let (users, groups) = &did[number];
        format!("{}; {}", users.join(", "), groups.join(", "))
    };
    assert_eq!(did(0), "created 208; created 24, members changed 24");
    assert_eq!(did(1), "created 3; members changed 1");
    assert_eq!(did(2), "updated 9; renamed 1, members changed 6");
    assert_eq!(did(3), "deleted 3; ");
    // Deleting took them out of their groups; whoever is enabled again is created and put back.
    assert!(did(4).starts_with("created 2; members changed "), "{}", did(4));
    assert_eq!(did(5), "updated 1, deleted 2; deleted 1");

    // A second provisioner, which remembers nothing, finds everybody again.
    let ran = provision(&served, &["--source", &company, "--format", "json"]);
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    let [cycle] = cycles(&ran).try_into().unwrap();
    assert_eq!(cycle["failures"], serde_json::json!([]));
    assert!(actions(&cycle, "user")[0].starts_with("created "), "who had left is new again: {cycle:#}");
    assert!(actions(&cycle, "user").iter().any(|action| action.starts_with("linked 20")), "{cycle:#}");
}

#[test]
fn the_report_for_a_person_names_counters_and_what_was_skipped() {
    let served = Served::start(&["--target", "aquera"]);
    let ran = provision(&served, &["--source", &fixture("twenty.ldif")]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\(\d+\.\d s\)", "(0.0 s)");
    settings.add_filter(r"cycle 1 of 1: \S+/", "cycle 1 of 1: ");
    settings.bind(|| insta::assert_snapshot!(ran.stdout, @r#"
    cycle 1 of 1: twenty.ldif (0.0 s)
              impacted  success  unsynced  partially synced  failed  unchanged
      users   20        19       1         0                 0       0
      groups  3         3        0         0                 0       0
      users: created 19
      groups: created 3, members changed 3
      warning: 1 disabled user has no account, because Provision Disabled Users is cleared: uid=dfarrow,ou=People,dc=example,dc=org
      note: 1 member of the group cn=Everyone,ou=Groups,dc=example,dc=org has no account, and cannot be a member in the target
      note: created because the group filter found nothing, so that an endpoint which answers every group filter with an empty list may have them twice now: Everyone; Läden; Workshop, Mill Lane
    "#));
}

#[test]
fn a_dry_run_shows_the_plan_and_needs_no_endpoint() {
    let ran = run(&["provision", "--source", &fixture("twenty.ldif"), "--user-filter", "(cn=*w*)", "--dry-run"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout, @r#"
    user   hbrightwell                              find by userName; link and update, or create
    user   wgarrick                                 find by userName; link and update, or create
    user   ghale                                    find by userName; link and update, or create
    group  Workshop, Mill Lane                      find by displayName; link or create; up to 0 members
    group  Läden                                    find by displayName; link or create; up to 2 members
    group  Everyone                                 find by displayName; link or create; up to 4 members
    user   uid=dfarrow,ou=People,dc=example,dc=org  skip, because Provision Disabled Users is cleared
    note: 16 people are left out by the filter (cn=*w*)
    6 operations, 1 skipped, 0 unchanged, 0 would fail; nothing was sent
    a cycle of 3 people takes about 14 requests
    "#);
}

#[test]
fn options_of_the_console_are_flags() {
    let served = Served::start(&["--target", "aquera"]);
    let source = fixture("twenty.ldif");
    let counters = |arguments: &[&str]| {
        let ran = provision(&served, &[&["--source", &source, "--format", "json"], arguments].concat());
        assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
        let users = &cycles(&ran)[0]["users"];
        ["success", "unsynced", "partiallySynced"].map(|name| users[name].as_u64().unwrap())
    };
    assert_eq!(counters(&["--no-user-create", "--group-filter", "(cn=nothing)"]), [0, 20, 0]);
    assert_eq!(counters(&["--provision-disabled-users"]), [20, 0, 0]);
    assert_eq!(counters(&["--no-user-update", "--provision-disabled-users"]), [0, 0, 20]);
    assert_eq!(counters(&["--base-dn", "ou=Groups,dc=example,dc=org", "--allow-empty"]), [0, 0, 0]);
    let mapping = file(
        "mapping.toml",
        "[[attributeMapping]]\nfieldName = \"userName\"\nsaasFieldInfo = { attributeNames = [\"uid\"], characterCase = \"UPPER\" }\n",
    );
    assert_eq!(counters(&["--mapping", mapping.to_str().unwrap(), "--put", "mapped-only"]), [19, 1, 0]);
}

#[test]
fn entries_that_fail_end_with_1_and_a_line_that_repeats_the_request() {
    let served = Served::start(&["--target", "aquera", "--deviate", "patch.groups-refused"]);
    let ran = provision(&served, &["--source", &fixture("twenty.ldif")]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("failed: group cn=Everyone,ou=Groups,dc=example,dc=org: PATCH /Groups/"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("repeat: curl -sS -i -X PATCH -H \"Authorization: Bearer $WEIR_BEARER\""),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains(served.value("bearer")), "a secret is never shown");
}

#[test]
fn a_faulty_file_is_named_before_anything_is_sent() {
    let served = Served::start(&["--target", "aquera"]);
    let broken = file("broken.ldif", "dn: uid=a,dc=x\nobjectClass: inetOrgPerson\nuid a\n");
    let unfit = file("unfit.ldif", "dn: uid=nobody,dc=x\nchangetype: delete\n");
    let json = file("mapping.json", "{\"attributeMapping\": [{\"fieldName\": \"shoeSize\"}]}");
    let twenty = fixture("twenty.ldif");
    let path = |path: &PathBuf| path.to_str().unwrap().to_owned();
    for (arguments, expected) in [
        (vec!["--source", &path(&broken)], "broken.ldif, line 3: \"uid a\" has no colon"),
        (vec!["--source", "/nowhere.ldif"], "/nowhere.ldif: the file cannot be read"),
        (vec!["--source", &path(&unfit)], "unfit.ldif, line 1: this record changes an entry or deletes it"),
        (
            vec!["--source", &twenty, "--changes", &path(&unfit)],
            "unfit.ldif, line 1: there is no entry uid=nobody,dc=x",
        ),
        (vec!["--source", &twenty, "--changes", &twenty], "this is an entry, but a file of changes is expected"),
        (vec!["--source", &twenty, "--mapping", &path(&json)], "unknown field of the target \"shoeSize\""),
        (vec!["--source", &twenty, "--base-dn", "nonsense"], "--base-dn: \"nonsense\" is not a distinguished name"),
        (vec!["--source", &twenty, "--user-filter", "(cn=a"], "is not an LDAP filter"),
        (vec!["--source", &twenty, "--operation-timeout", "0"], "0 is not in 1.."),
    ] {
        let ran = provision(&served, &arguments);
        assert_eq!(ran.status, 2, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(expected), "{arguments:?}: {}", ran.stderr);
    }
    let ran = run(&["provision", "--as", "somebody", "--source", &twenty, served.value("URL")]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("unknown client \"somebody\"; `weir list clients` shows all"), "{}", ran.stderr);
    let ran = provision(&served, &["--source", &twenty, "--format", "json", "--no-user-create"]);
    assert_eq!(cycles(&ran)[0]["users"]["unsynced"], 20, "nothing had been sent: {}", ran.stdout);
}

#[test]
fn an_endpoint_that_cannot_be_used_ends_with_3_and_one_sentence() {
    let served = Served::start(&["--target", "aquera"]);
    let url = served.value("URL");
    let page = peer("HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>");
    let wrong = format!("{url}/elsewhere");
    for (url, expected) in [
        ("http://127.0.0.1:1/scim", "nothing listens on port 1"),
        (url, "refused the credentials with status 401"),
        (page.as_str(), "the body is a page of markup, not JSON"),
        (wrong.as_str(), "status 40"),
    ] {
        let ran = run(&["provision", "--source", &fixture("twenty.ldif"), "--bearer", "wrong", url]);
        assert_eq!(ran.status, 3, "{url}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(expected), "{url}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{url}");
    }
}

#[test]
fn an_answer_that_is_lost_is_made_up_for_in_the_next_cycle() {
    let served = Served::start(&["--target", "aquera", "--deviate", "write.answer-lost=first:1"]);
    let touch = file(
        "touch.ldif",
        "dn: uid=zpike,ou=People,dc=example,dc=org\nchangetype: modify\nreplace: title\ntitle: Lamplighter\n-\n",
    );
    let source = fixture("twenty.ldif");
    let ran = provision(&served, &["--source", &source, "--changes", touch.to_str().unwrap(), "--format", "json"]);
    assert_eq!(ran.status, 1, "the first cycle had a failure: {}", ran.stdout);
    let cycles = cycles(&ran);
    assert_eq!((&cycles[0]["users"]["failed"], &cycles[1]["users"]["failed"]), (&1.into(), &0.into()));
    assert_eq!(actions(&cycles[1], "user"), ["linked 1", "updated 1"]);
}

#[test]
fn the_lifecycle_runs_against_a_served_endpoint_and_leaves_nothing() {
    let served = Served::start(&["--target", "aquera"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let ran =
        run(&["check", "--as", "pingfederate-aquera", "--people", "4", "--bearer", token, "--format", "json", url]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let steps = report["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 16, "{report:#}");
    assert!(steps.iter().all(|step| step["verdict"] == "pass"), "{report:#}");
    let ran = provision(&served, &["--source", &fixture("twenty.ldif"), "--format", "json", "--no-user-create"]);
    assert_eq!(cycles(&ran)[0]["users"]["unsynced"], 20, "{}", ran.stdout);
}

/// An entry that cannot be provisioned beside one that can: a name for its files, the entries, a deviation, and what is told
/// of entry, field and reason.
struct Faulty(&'static str, String, &'static str, &'static str, &'static str, &'static str);

fn invented(uid: &str, more: &str) -> String {
    format!(
        "dn: uid={uid},dc=x\nobjectClass: inetOrgPerson\nentryUUID: guid-{uid}\nuid: {uid}\ncn: {uid}\nsn: {uid}\n{more}\n"
    )
}

fn faulty() -> Vec<Faulty> {
    let long = "x".repeat(256);
    let person = invented;
    let group = |cn: &str, more: &str| {
        format!("dn: cn={cn},dc=x\nobjectClass: groupOfNames\nentryUUID: guid-{cn}\ncn: {cn}\n{more}\n")
    };
    vec![
        Faulty(
            "long",
            person("bo", &format!("title: {long}\n")),
            "",
            "uid=bo,dc=x",
            "title",
            "the value has 256 characters",
        ),
        Faulty(
            "nameless",
            "dn: cn=bo,dc=x\nobjectClass: inetOrgPerson\nentryUUID: guid-bo\ncn: bo\nsn: bo\n\n".to_owned(),
            "",
            "cn=bo,dc=x",
            "userName",
            "a value is required, but the entry has none in uid",
        ),
        Faulty(
            "twins",
            person("bo", "").replace("uid: bo", "uid: ADA"),
            "",
            "uid=bo,dc=x",
            "userName",
            "two people cannot share an account",
        ),
        Faulty(
            "guids",
            person("bo", "").replace("guid-bo", "guid-ada"),
            "",
            "uid=bo,dc=x",
            "entryUUID",
            "another entry of the source has the same value",
        ),
        Faulty(
            "dn",
            "dn: nonsense\nobjectClass: inetOrgPerson\nuid: bo\ncn: bo\nsn: bo\n\n".to_owned(),
            "",
            "dn.ldif:8",
            "dn",
            "\"nonsense\" is not a distinguished name",
        ),
        Faulty(
            "member",
            group("Core", "member: uid=ada,dc=x\nmember: nonsense\n"),
            "",
            "cn=Core,dc=x",
            "member",
            "no distinguished name is \"nonsense\"",
        ),
        Faulty("group", group(&"g".repeat(256), ""), "", "cn=ggg", "displayName", "the value has 256 characters"),
        Faulty(
            "unmapped",
            String::new(),
            "create.display-name-demanded",
            "uid=ada,dc=x",
            "displayName",
            "POST /Users was answered with status 400 (displayName is required and has no value)",
        ),
        Faulty("ids", String::new(), "id.missing-in-lists", "uid=ada,dc=x", "id", "the user in it has no id"),
    ]
}

#[test]
fn what_is_wrong_with_entries_is_named_and_counted_and_the_rest_goes_on() {
    for Faulty(name, entries, deviation, entry, field, words) in faulty() {
        let source = file(&format!("{name}.ldif"), &(invented("ada", "") + &entries));
        let source = source.to_str().unwrap();
        let deviate: &[&str] = if deviation.is_empty() { &[] } else { &["--deviate", deviation] };
        let served = Served::start(&[&["--target", "aquera"], deviate].concat());
        let mapping = file(
            &format!("{name}.toml"),
            "attributeMapping = [\n  { fieldName = \"userName\", saasFieldInfo = { attributeNames = [\"uid\"] } },\n  { fieldName = \"title\", saasFieldInfo = { attributeNames = [\"title\"] } },\n]\n",
        );
        let arguments = ["--source", source, "--mapping", mapping.to_str().unwrap(), "--format", "json"];
        if name == "ids" {
            // An account that is there already is what a search finds.
            provision(&served, &arguments);
        }
        let ran = provision(&served, &arguments);
        assert_eq!(ran.status, 1, "{name}: {}{}", ran.stdout, ran.stderr);
        let cycle = &cycles(&ran)[0];
        let failures = cycle["failures"].as_array().unwrap();
        let failure = &failures[0];
        assert_eq!(failures.len(), 1, "{name}: {cycle:#}");
        assert!(failure["entry"].as_str().unwrap().contains(entry), "{name}: {failure:#}");
        assert_eq!(failure["field"], field, "{name}: {failure:#}");
        assert!(failure["message"].as_str().unwrap().contains(words), "{name}: {failure:#}");
        let counted = cycle["users"]["failed"].as_u64().unwrap() + cycle["groups"]["failed"].as_u64().unwrap();
        assert_eq!(counted, 1, "{name}: {cycle:#}");
        if deviation.is_empty() {
            assert_eq!(cycle["users"]["success"], 1, "{name}: the rest goes on: {cycle:#}");
        }
    }
}
