mod clients;
mod laws;
mod target;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use target::{Fault, GroupFilter, Target};

use super::*;
use crate::client;
use crate::entry::EntryFilter;
use crate::ledger::{Kind, MemoryLedger};
use crate::options::Put;
use crate::source::Directory;
use crate::{Channel, Options, RemoveUserAction};

const NOTHING: [&str; 0] = [];

/// A provisioner before a simulated target.
struct Bench {
    target: Target,
    provisioner: Provisioner,
    source: Directory,
}

fn person(uid: &str, more: &str) -> String {
    format!(
        "dn: uid={uid},dc=x\nobjectClass: inetOrgPerson\nentryUUID: guid-{uid}\nuid: {uid}\ncn: {uid}\nsn: {uid}\n{more}\n"
    )
}

fn group(cn: &str, members: &[&str]) -> String {
    let mut text = format!("dn: cn={cn},dc=x\nobjectClass: groupOfNames\nentryUUID: guid-{cn}\ncn: {cn}\n");
    for member in members {
        let attribute = if member.starts_with(char::is_uppercase) { "cn" } else { "uid" };
        writeln!(text, "member: {attribute}={member},dc=x").unwrap();
    }
    text + "\n"
}

impl Bench {
    fn new(source: &str, options: Options) -> Self {
        let target = Target::new();
        let provisioner = Provisioner {
            channel: Channel::default(),
            description: Arc::new(client::find("pingfederate-aquera").unwrap().clone()),
            options,
            wire: Arc::new(target.clone()),
            ledger: Arc::new(MemoryLedger::new()),
        };
        Self { target, provisioner, source: Directory::parse("source.ldif", source).unwrap().0 }
    }

    fn step(&mut self, changes: &str) {
        self.source.apply("step.ldif", changes).unwrap();
    }

    async fn cycle(&self) -> CycleReport {
        self.provisioner.cycle(&self.source).await.unwrap()
    }

    async fn clean_cycle(&self) -> CycleReport {
        let report = self.cycle().await;
        let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
        assert!(report.is_clean(), "{failures:?} {:?}", report.aborted);
        report
    }

    /// The lines of a dry run.
    fn plan(&self) -> String {
        let plan = self.provisioner.plan(&self.source).unwrap();
        let lines: Vec<String> = plan
            .operations
            .iter()
            .map(|one| format!("{} {}: {}", one.kind.as_str(), one.identifier, one.operation))
            .collect();
        lines.join("\n")
    }
}

fn small() -> String {
    [
        person("ada", "mail: ada@example.com\n"),
        person("bo", "nsaccountlock: TRUE\n"),
        person("cy", ""),
        group("Top", &["Sub", "cy"]),
        group("Sub", &["ada", "bo"]),
    ]
    .concat()
}

fn set(uid: &str, attribute: &str, value: &str) -> String {
    format!("dn: uid={uid},dc=x\nchangetype: modify\nreplace: {attribute}\n{attribute}: {value}\n-\n")
}

#[tokio::test]
async fn a_first_cycle_creates_people_before_groups_and_a_second_sends_nothing() {
    let bench = Bench::new(&small(), Options::default());
    insta::assert_snapshot!(bench.plan(), @r#"
    user ada: find by userName; link and update, or create
    user cy: find by userName; link and update, or create
    group Top: find by displayName; link or create; up to 2 members
    group Sub: find by displayName; link or create; up to 2 members
    "#);
    let report = bench.clean_cycle().await;
    assert_eq!(bench.target.accounts(), ["ada true", "cy true"]);
    assert_eq!(bench.target.groups(), ["Sub: ada", "Top: Sub cy"]);
    assert_eq!(
        (report.users, report.groups),
        (
            Counters { impacted: 3, success: 2, unsynced: 1, ..Counters::default() },
            Counters { impacted: 2, success: 2, ..Counters::default() }
        )
    );
    assert_eq!(report.refusals[&Refusal::ProvisionDisabledUsers].first, ["uid=bo,dc=x"]);
    assert_eq!(report.trusted_empty, ["Sub", "Top"]);
    insta::assert_snapshot!(bench.target.take_calls().join("\n"), @r#"
    GET /Users?filter=userName eq "ada"
    POST /Users
    GET /Users?filter=userName eq "cy"
    POST /Users
    GET /Groups?filter=displayName eq "Top"
    POST /Groups
    GET /Groups?filter=displayName eq "Sub"
    POST /Groups
    PATCH /Groups/g0003
    PATCH /Groups/g0004
    "#);

    let report = bench.clean_cycle().await;
    assert_eq!(bench.target.take_calls(), NOTHING);
    assert_eq!((report.users.unchanged, report.groups.unchanged), (2, 2));
    assert_eq!(bench.plan(), "group Top: up to 2 members\ngroup Sub: up to 2 members");
}

#[tokio::test]
async fn an_existing_account_is_linked_merged_and_kept() {
    let bench = Bench::new(&small(), Options::default());
    bench.target.with(|state| {
        state
            .users
            .insert("x1".into(), json!({ "id": "x1", "userName": "ADA", "nickName": "Countess", "active": false }));
        state.groups.insert(
            "x2".into(),
            json!({ "id": "x2", "displayName": "sub", "members": [{ "value": "x1" }, { "value": "stranger" }] }),
        );
    });
    let report = bench.clean_cycle().await;
    assert_eq!((report.count(Kind::User, Action::Linked), report.count(Kind::Group, Action::Linked)), (1, 1));
    let ada = bench.target.user("ada");
    assert_eq!((&ada["id"], &ada["nickName"], &ada["active"]), (&json!("x1"), &json!("Countess"), &json!(true)));
    assert_eq!(bench.target.groups(), ["Top: cy sub", "sub: ADA"].map(|text| text.replace("ADA", "ada")));
    assert!(bench.target.take_writes().contains(&"PATCH /Groups/x2".to_owned()));
}

#[tokio::test]
async fn movers_disabling_and_enabling_travel_in_puts() {
    let mut bench = Bench::new(&small(), Options::default());
    bench.clean_cycle().await;
    bench.target.take_calls();
    bench.step(&set("ada", "sn", "Lovelace"));
    bench.clean_cycle().await;
    assert_eq!(bench.target.user("ada")["name"]["familyName"], "Lovelace");
    bench.step(&set("ada", "nsaccountlock", "TRUE"));
    let report = bench.clean_cycle().await;
    assert_eq!(report.count(Kind::User, Action::Disabled), 1);
    assert_eq!(bench.target.user("ada")["active"], false);
    bench.step(&set("ada", "nsaccountlock", "FALSE"));
    let report = bench.clean_cycle().await;
    assert_eq!(report.count(Kind::User, Action::Enabled), 1);
    assert_eq!(bench.target.user("ada")["active"], true);
    assert_eq!(
        bench.target.take_calls(),
        ["GET /Users/u0001", "PUT /Users/u0001"].repeat(3),
        "each change is a read and a PUT"
    );
    bench.step("dn: uid=ada,dc=x\nchangetype: modify\ndelete: mail\n-\n");
    bench.clean_cycle().await;
    assert_eq!(bench.target.user("ada")["emails"][0]["value"], "ada@example.com", "attributes are never cleared");
}

#[tokio::test]
async fn a_leaver_is_disabled_or_deleted_once() {
    let leaves = "dn: cn=Sub,dc=x\nchangetype: modify\ndelete: member\nmember: uid=ada,dc=x\n-\n\ndn: uid=ada,dc=x\nchangetype: delete\n";
    for (action, accounts, groups) in [
        (RemoveUserAction::Disable, vec!["ada false", "cy true"], ["Sub: ", "Top: Sub cy"]),
        (RemoveUserAction::Delete, vec!["cy true"], ["Sub: ", "Top: Sub cy"]),
    ] {
        let mut bench = Bench::new(&small(), Options { remove_user_action: action, ..Options::default() });
        bench.clean_cycle().await;
        bench.step(leaves);
        bench.clean_cycle().await;
        assert_eq!(bench.target.accounts(), accounts, "{action:?}");
        assert_eq!(bench.target.groups(), groups, "{action:?}");
        bench.target.take_calls();
        bench.clean_cycle().await;
        assert_eq!(bench.target.take_calls(), NOTHING, "{action:?}");
        bench.step(&person("ada", "").replacen('\n', "\nchangetype: add\n", 1));
        bench.clean_cycle().await;
        assert_eq!(bench.target.user("ada")["active"], true, "{action:?}: who comes back has an account again");
        assert_eq!(bench.target.accounts().len(), 2, "{action:?}: and only one");
    }
}

#[tokio::test]
async fn a_disabled_user_who_is_deleted_comes_back_disabled_at_the_next_change() {
    let options =
        Options { remove_user_action: RemoveUserAction::Delete, provision_disabled_users: true, ..Options::default() };
    let mut bench = Bench::new(&person("ada", ""), options);
    bench.clean_cycle().await;
    bench.step(&set("ada", "nsaccountlock", "TRUE"));
    bench.clean_cycle().await;
    assert_eq!(bench.target.accounts(), NOTHING);
    bench.clean_cycle().await;
    assert_eq!(bench.target.accounts(), NOTHING, "as long as nothing changes");
    bench.step(&set("ada", "sn", "Lovelace"));
    bench.clean_cycle().await;
    assert_eq!(bench.target.accounts(), ["ada false"], "the documented trap");
}

#[tokio::test]
async fn leaving_the_filter_is_leaving() {
    let mut bench = Bench::new(&small(), Options::default());
    bench.clean_cycle().await;
    bench.provisioner.channel.user_filter = Some("(!(uid=cy))".parse::<EntryFilter>().unwrap());
    bench.provisioner.channel.group_filter = Some("(cn=Sub)".parse().unwrap());
    bench.clean_cycle().await;
    assert_eq!(bench.target.accounts(), ["ada true", "cy false"]);
    assert_eq!(bench.target.groups(), ["Sub: ada"]);
}

#[tokio::test]
async fn cleared_options_skip_and_are_counted() {
    let options = Options { user_create: false, user_update: false, ..Options::default() };
    let bench = Bench::new(&small(), options);
    bench.target.with(|state| {
        state.users.insert("x1".into(), json!({ "id": "x1", "userName": "ada", "title": "Kept" }));
    });
    let report = bench.clean_cycle().await;
    assert_eq!((report.users.unsynced, report.users.partially_synced), (2, 1));
    assert_eq!(report.refusals[&Refusal::UserCreate].first, ["uid=cy,dc=x"]);
    assert_eq!(report.refusals[&Refusal::UserUpdate].first, ["uid=ada,dc=x"]);
    assert_eq!(bench.target.user("ada"), json!({ "id": "x1", "userName": "ada", "title": "Kept" }));
    assert_eq!(bench.target.groups(), ["Sub: ada", "Top: Sub"], "a linked account is a member all the same");

    let mut bench =
        Bench::new(&small(), Options { user_disable: false, user_deprovision: false, ..Options::default() });
    bench.clean_cycle().await;
    bench.step(&set("ada", "nsaccountlock", "TRUE"));
    bench.step("dn: uid=cy,dc=x\nchangetype: delete\n");
    let report = bench.clean_cycle().await;
    assert_eq!(report.refusals[&Refusal::UserDisableDelete].count, 2);
    assert_eq!(bench.target.accounts(), ["ada true", "cy true"]);
}

#[tokio::test]
async fn mapped_only_sends_the_mapped_values_and_remembers_them_for_leavers() {
    let mut bench = Bench::new(&small(), Options { put: Some(Put::MappedOnly), ..Options::default() });
    bench.clean_cycle().await;
    bench.target.with(|state| state.users.get_mut("u0001").unwrap()["nickName"] = json!("Countess"));
    bench.step(&set("ada", "title", "Dr"));
    bench.clean_cycle().await;
    let ada = bench.target.user("ada");
    assert_eq!(
        (&ada["title"], &ada["nickName"]),
        (&json!("Dr"), &json!(null)),
        "an endpoint that replaces loses the rest"
    );
    bench.target.take_calls();
    bench.step("dn: uid=ada,dc=x\nchangetype: delete\n");
    bench.clean_cycle().await;
    let ada = bench.target.user("ada");
    assert_eq!((&ada["title"], &ada["active"]), (&json!("Dr"), &json!(false)));
    assert_eq!(bench.target.take_calls()[0], "PUT /Users/u0001", "nothing is read before");
}

#[tokio::test]
async fn groups_are_renamed_and_deleted() {
    let mut bench = Bench::new(&small(), Options::default());
    bench.clean_cycle().await;
    bench.target.take_calls();
    bench.step(
        "dn: cn=Sub,dc=x\nchangetype: modrdn\nnewrdn: cn=New\\, \"Sub\"\ndeleteoldrdn: 1\n"
            .replace('"', "\\\"")
            .as_str(),
    );
    bench.step("dn: cn=Top,dc=x\nchangetype: modify\nreplace: member\nmember: cn=New\\, \\\"Sub\\\",dc=x\nmember: uid=cy,dc=x\n-\n");
    bench.clean_cycle().await;
    assert_eq!(bench.target.groups(), ["New, \"Sub\": ada", "Top: New, \"Sub\" cy"]);
    assert_eq!(bench.target.take_calls(), ["PATCH /Groups/g0004"], "members that are the same are not sent");
    bench.step("dn: cn=Top,dc=x\nchangetype: delete\n");
    let report = bench.clean_cycle().await;
    assert_eq!(report.count(Kind::Group, Action::Deleted), 1);
    assert_eq!(bench.target.groups(), ["New, \"Sub\": ada"]);
}

#[tokio::test]
async fn a_target_without_group_filter_is_listed_once_a_cycle() {
    for status in [400, 403, 404, 405, 501] {
        let bench = Bench::new(&small(), Options::default());
        bench.target.with(|state| {
            state.group_filter = GroupFilter::Refused(status);
            state.page = 2;
            for number in 0..5 {
                let id = format!("x{number}");
                let name = if number == 4 { "SUB".to_owned() } else { format!("Other {number}") };
                state.groups.insert(id.clone(), json!({ "id": id, "displayName": name, "members": [] }));
            }
        });
        let report = bench.clean_cycle().await;
        assert_eq!(report.count(Kind::Group, Action::Linked), 1, "{status}");
        assert_eq!(bench.target.groups().len(), 6, "{status}");
        let searches: Vec<String> =
            bench.target.take_calls().into_iter().filter(|call| call.starts_with("GET /Groups?")).collect();
        assert_eq!(
            searches,
            [
                "GET /Groups?filter=displayName eq \"Top\"",
                "GET /Groups?startIndex=1&count=1000",
                "GET /Groups?startIndex=3&count=1000",
                "GET /Groups?startIndex=5&count=1000",
            ],
            "{status}"
        );
        assert_eq!(report.trusted_empty, NOTHING);
    }
}

#[tokio::test]
async fn a_filter_that_is_ignored_gives_the_list_and_one_that_answers_nothing_is_trusted() {
    let with = |group_filter| {
        let bench = Bench::new(&small(), Options::default());
        bench.target.with(|state| {
            state.group_filter = group_filter;
            for name in ["Other", "Sub"] {
                state.groups.insert(name.into(), json!({ "id": name, "displayName": name, "members": [] }));
            }
        });
        bench
    };
    let bench = with(GroupFilter::Ignored);
    let report = bench.clean_cycle().await;
    assert_eq!(bench.target.groups().len(), 3);
    assert_eq!(report.trusted_empty, NOTHING);

    let bench = with(GroupFilter::AnswersEmpty);
    let report = bench.clean_cycle().await;
    assert_eq!(bench.target.groups(), ["Other: ", "Sub: ", "Sub: ada", "Top: Sub cy"], "a duplicate came of it");
    assert_eq!(report.trusted_empty, ["Sub", "Top"], "and the report names it");

    let bench = with(GroupFilter::Refused(500));
    let report = bench.cycle().await;
    assert_eq!(report.groups.failed, 2, "500 does not mean that filters are unknown");
}

#[tokio::test]
async fn a_failure_stays_dirty_and_is_repeated_alone() {
    let bench = Bench::new(&small(), Options::default());
    // Find ada, create ada (503).
    bench.target.with(|state| state.faults.insert(1, Fault::Status(503)));
    let report = bench.cycle().await;
    let [failure] = report.failures.as_slice() else { panic!("one failure") };
    assert_eq!(failure.to_string(), "user uid=ada,dc=x: POST /Users was answered with status 503 (as told)");
    assert_eq!((report.users.failed, report.users.success), (1, 1));
    assert_eq!(bench.target.groups(), ["Sub: ", "Top: Sub cy"]);
    bench.target.take_calls();
    bench.target.with(|state| state.faults.clear());
    bench.clean_cycle().await;
    assert_eq!(bench.target.groups(), ["Sub: ada", "Top: Sub cy"]);
    assert_eq!(
        bench.target.take_calls(),
        ["GET /Users?filter=userName eq \"ada\"", "POST /Users", "PATCH /Groups/g0003"]
    );
}

#[tokio::test]
async fn a_lost_answer_doubles_nothing() {
    let bench = Bench::new(&small(), Options::default());
    bench.target.with(|state| {
        state.faults.insert(1, Fault::AnswerLost);
        // ada is not linked yet: find cy, create cy, find Top, create Top.
        state.faults.insert(5, Fault::AnswerLost);
    });
    let report = bench.cycle().await;
    assert_eq!((report.users.failed, report.groups.failed), (1, 1));
    bench.target.take_calls();
    bench.target.with(|state| state.faults.clear());
    let report = bench.clean_cycle().await;
    assert_eq!((report.count(Kind::User, Action::Linked), report.count(Kind::Group, Action::Linked)), (1, 1));
    assert_eq!(bench.target.accounts(), ["ada true", "cy true"]);
    assert_eq!(bench.target.groups(), ["Sub: ada", "Top: Sub cy"]);
}

#[tokio::test]
async fn who_leaves_while_the_answer_to_the_create_is_lost_is_removed_all_the_same() {
    let mut bench = Bench::new(&person("ada", ""), Options::default());
    bench.target.with(|state| state.faults.insert(1, Fault::AnswerLost));
    bench.cycle().await;
    bench.target.with(|state| state.faults.clear());
    bench.step("dn: dc=x\nchangetype: add\ndc: x\n\ndn: uid=ada,dc=x\nchangetype: delete\n");
    bench.clean_cycle().await;
    assert_eq!(bench.target.accounts(), ["ada false"]);
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_given_up_and_repeated() {
    // What the simulated target answers at all it answers at once, so that no time has to pass.
    let bench = Bench::new(&person("ada", ""), Options { timeout: Duration::ZERO, ..Options::default() });
    bench.target.with(|state| state.faults.insert(1, Fault::Hang));
    let report = bench.cycle().await;
    assert_eq!(
        report.failures[0].message,
        "the operation was given up after 0 s and is repeated in the next cycle; raise --timeout if the endpoint is slow"
    );
    bench.target.with(|state| state.faults.clear());
    let report = bench.clean_cycle().await;
    assert_eq!(report.count(Kind::User, Action::Linked), 1);
    assert_eq!(bench.target.accounts(), ["ada true"]);
}

#[tokio::test]
async fn an_account_that_vanished_is_made_again_in_the_next_cycle() {
    let mut bench = Bench::new(&small(), Options::default());
    bench.clean_cycle().await;
    bench.target.with(|state| {
        state.users.remove("u0001");
        state.groups.remove("g0004");
    });
    bench.step(&set("ada", "sn", "Lovelace"));
    bench.step("dn: cn=Sub,dc=x\nchangetype: modify\nadd: member\nmember: uid=cy,dc=x\n-\n");
    let report = bench.cycle().await;
    assert_eq!((report.users.failed, report.groups.failed), (1, 1));
    bench.clean_cycle().await;
    bench.clean_cycle().await;
    assert_eq!(bench.target.accounts(), ["ada true", "cy true"]);
    assert!(bench.target.groups().contains(&"Sub: ada cy".to_owned()));
}

#[tokio::test]
async fn entries_that_cannot_be_provisioned_are_named_and_the_rest_goes_on() {
    let source = [
        person("ada", ""),
        "dn: cn=nameless,dc=x\nobjectClass: inetOrgPerson\nentryUUID: 1\ncn: x\nsn: x\n\n".to_owned(),
        person("bo", "").replace("guid-bo", "guid-ada"),
        person("cy", "").replace("uid: cy", "uid: ADA"),
        "dn: uid=dan,dc=x\nobjectClass: inetOrgPerson\nuid: dan\ncn: dan\nsn: dan\n\n".to_owned(),
        group("Sub", &["ada", "dan"]),
        group("Sub2", &[]).replace("cn: Sub2", "cn: sub"),
        "dn: o=nameless,dc=x\nobjectClass: groupOfNames\nentryUUID: 9\nmember: not a name\n\n".to_owned(),
        "dn: cn=Odd,dc=x\nobjectClass: groupOfNames\nentryUUID: 10\ncn: Odd\nmember: not a name\nmember:\nmember: uid=dan,dc=x\n".to_owned(),
    ]
    .concat();
    let bench = Bench::new(&source, Options::default());
    let report = bench.cycle().await;
    assert_eq!(bench.target.accounts(), ["ada true", "dan true"]);
    assert_eq!(bench.target.groups(), ["Odd: dan", "Sub: ada dan"]);
    let told: Vec<String> =
        report.failures.iter().map(ToString::to_string).chain(report.warnings.iter().cloned()).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    user cn=nameless,dc=x, field userName: a value is required, but the entry has none in uid
    user uid=bo,dc=x, field entryUUID: another entry of the source has the same value (guid-ada); give each its own
    user uid=cy,dc=x, field userName: another entry of the source already gives the user name "ADA"; two people cannot share an account
    group cn=Odd,dc=x, field member: no distinguished name is "not a name"; left out as a member
    group cn=Sub2,dc=x, field displayName: another group of the source is also named "sub"; they would overwrite each other's members
    group o=nameless,dc=x, field displayName: a value is required, but the entry has none in cn
    1 entry has no entryUUID, it is uid=dan,dc=x: its name serves instead, so that a rename looks like a leaver and a joiner
    "#);
    assert!(report.failures.iter().all(Failure::is_source));
}

#[tokio::test]
async fn answers_that_cannot_be_used_are_named() {
    let bench = Bench::new(&person("ada", ""), Options::default());
    bench.target.with(|state| {
        state.users.insert("x".into(), json!({ "userName": "ada" }));
    });
    let mut told = vec![bench.cycle().await.failures[0].message.clone()];
    bench.target.with(|state| {
        state.calls.clear();
        state.users.clear();
        state.faults.insert(0, Fault::Status(200));
        state.faults.insert(1, Fault::Status(201));
    });
    told.push(bench.cycle().await.failures[0].message.clone());
    let row = bench.provisioner.ledger.get(Kind::User, &crate::ledger::Guid::parse("guid-ada")).unwrap();
    assert!(row.unwrap().create_pending, "a create without id may have happened");
    bench.target.with(|state| {
        state.calls.clear();
        state.faults.insert(0, Fault::Status(200));
        state.faults.insert(1, Fault::Status(409));
        state.faults.insert(2, Fault::Status(200));
    });
    told.push(bench.cycle().await.failures[0].message.clone());
    insta::assert_snapshot!(told.join("\n"), @r#"
    GET /Users?filter=userName eq "ada" was answered with status 200, but the user in it has no id
    POST /Users was answered with status 201, but the new user in it has no id
    POST /Users was answered with status 409, but no user with this userName is found
    "#);
}

#[tokio::test]
async fn a_conflict_on_create_is_resolved_by_finding() {
    let bench = Bench::new(&person("ada", ""), Options::default());
    bench.target.with(|state| {
        state.users.insert("x1".into(), json!({ "id": "x1", "userName": "ada" }));
        // The search finds nothing, as one does that is behind the writes.
        state.faults.insert(0, Fault::Status(200));
    });
    let report = bench.clean_cycle().await;
    assert_eq!(report.count(Kind::User, Action::Linked), 1);
    assert_eq!(bench.target.user("ada")["id"], "x1");
}

#[tokio::test]
async fn two_entries_never_share_an_account() {
    let mut bench = Bench::new(&person("ada", ""), Options::default());
    bench.clean_cycle().await;
    // Another entry takes the user name of one that is still there under another name.
    bench.step(&set("ada", "uid", "ada2"));
    bench.step(&person("new", "").replace("uid: new", "uid: ada").replacen('\n', "\nchangetype: add\n", 1));
    bench.provisioner.options.user_update = false;
    let report = bench.cycle().await;
    assert_eq!(
        report.failures[0].message,
        "the account u0001 is linked to another entry (guid-ada); two people cannot share an account; if that entry has left the source, the next cycle links it"
    );
    assert_eq!(bench.target.accounts(), ["ada true"]);
}

#[tokio::test]
async fn a_cycle_stops_when_going_on_cannot_help() {
    let source: String =
        (0..60).map(|number| person(&format!("p{number}"), "")).chain([group("Sub", &["p1"])]).collect();
    let bench = Bench::new(&source, Options::default());
    bench.target.with(|state| state.crash_at = Some(4));
    let report = bench.cycle().await;
    assert_eq!(report.aborted, Some(report::Abort::Unanswered(20)));
    assert_eq!((report.users.success, report.users.failed), (2, 20));
    assert_eq!(bench.target.groups(), NOTHING, "groups wait for their users");
    assert!(!report.is_clean());

    let bench = Bench::new(&source, Options::default());
    bench.target.with(|state| state.faults.insert(2, Fault::Status(401)));
    let report = bench.cycle().await;
    assert_eq!(report.aborted, Some(report::Abort::Credentials(401)));
    assert_eq!(report.users.failed, 1);
}

#[tokio::test]
async fn several_threads_do_the_same_work() {
    let source: String = (0..200)
        .map(|number| person(&format!("p{number}"), ""))
        .chain((0..20).map(|number| group(&format!("G{number}"), &["p1", "p2", &format!("p{number}")])))
        .collect();
    let bench = Bench::new(&source, Options { max_threads: 8, ..Options::default() });
    let report = bench.clean_cycle().await;
    assert_eq!((report.users.success, report.groups.success), (200, 20));
    assert_eq!((bench.target.accounts().len(), bench.target.groups().len()), (200, 20));
    bench.target.take_calls();
    bench.clean_cycle().await;
    assert_eq!(bench.target.take_calls(), NOTHING);
}
