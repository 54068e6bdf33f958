//! `weir provision --ledger`: what is remembered between runs, and that a provisioner which is killed at any exchange
//! loses and doubles nothing.

#[path = "support/gate.rs"]
mod gate;
mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use gate::{Gate, Moment, get};
use serde_json::Value;
use support::{Ran, Served, run, weir};

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ledger-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn person(uid: &str, more: &str) -> String {
    format!(
        "dn: uid={uid},dc=x\nobjectClass: inetOrgPerson\nentryUUID: guid-{uid}\nuid: {uid}\ncn: {uid}\nsn: {uid}\n{more}\n"
    )
}

fn group(cn: &str, guid: &str, members: &[&str]) -> String {
    let members: Vec<String> = members.iter().map(|member| format!("member: uid={member},dc=x\n")).collect();
    let members = members.concat();
    format!("dn: cn={cn},dc=x\nobjectClass: groupOfNames\nentryUUID: {guid}\ncn: {cn}\n{members}\n")
}

fn first() -> String {
    person("ada", "") + &person("cy", "") + &group("Core", "g1", &["ada"])
}

/// A mover, a leaver, a joiner, and a group that is renamed.
fn second() -> String {
    person("ada", "title: Countess\n") + &person("di", "") + &group("Kernel", "g1", &["ada", "di"])
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// One run of the provisioner; `url` may be that of a gate before the endpoint.
fn arguments<'a>(served: &'a Served, url: &'a str, source: &'a Path, ledger: &'a Path) -> Vec<&'a str> {
    let options = ["--remove-user-action", "delete", "--format", "json", "--bearer", served.value("bearer"), url];
    [&["provision", "--source", text(source), "--ledger", text(ledger)][..], &options].concat()
}

fn provision(served: &Served, source: &Path, ledger: &Path) -> Ran {
    run(&arguments(served, served.value("URL"), source, ledger))
}

fn only_cycle(ran: &Ran) -> Value {
    let cycles: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr));
    cycles[0].clone()
}

fn did(ran: &Ran) -> Vec<String> {
    let cycle = only_cycle(ran);
    let actions = cycle["actions"].as_array().unwrap().iter();
    actions.map(|one| format!("{} {} {}", one["kind"], one["action"], one["count"]).replace('"', "")).collect()
}

/// Names of users and of groups with their members, as the endpoint lists them.
fn held(served: &Served) -> Vec<String> {
    let list = |path: &str| -> Vec<Value> {
        let body = get(&format!("{}{path}?count=100", served.value("URL")), served.value("bearer"));
        let body: Value = serde_json::from_slice(&body).expect("a list");
        body["Resources"].as_array().cloned().unwrap_or_default()
    };
    let users = list("/Users");
    let name = |id: &Value| {
        let user = users.iter().find(|user| user["id"] == *id);
        user.map_or_else(|| "?".to_owned(), |user| user["userName"].as_str().unwrap().to_owned())
    };
    let mut lines: Vec<String> = users
        .iter()
        .map(|user| format!("{} {} {}", user["userName"], user["active"], user["title"]).replace('"', ""))
        .collect();
    for group in list("/Groups") {
        let members = group["members"].as_array().cloned().unwrap_or_default();
        let mut members: Vec<String> = members.iter().map(|member| name(&member["value"])).collect();
        members.sort();
        lines.push(format!("{}: {}", group["displayName"].as_str().unwrap(), members.join(" ")));
    }
    lines.sort();
    lines
}

#[test]
fn a_ledger_remembers_from_run_to_run() {
    let folder = folder("runs");
    let (source, ledger) = (folder.join("people.ldif"), folder.join("people.ledger"));
    let served = Served::start(&["--target", "aquera"]);
    std::fs::write(&source, first()).unwrap();
    assert_eq!(
        did(&provision(&served, &source, &ledger)),
        ["user created 2", "group created 1", "group members changed 1"]
    );
    let ran = provision(&served, &source, &ledger);
    assert_eq!((ran.status, did(&ran)), (0, vec![]), "{}", ran.stderr);
    assert_eq!(only_cycle(&ran)["users"]["unchanged"], 2);
    std::fs::write(&source, second()).unwrap();
    let ran = provision(&served, &source, &ledger);
    let expected = ["user created 1", "user updated 1", "user deleted 1", "group renamed 1", "group members changed 1"];
    assert_eq!(did(&ran), expected, "{}", ran.stderr);
    assert_eq!(held(&served), ["Kernel: ada di", "ada true Countess", "di true null"]);

    let ran = run(&["provision", "--ledger", text(&ledger), "--show-channels"]);
    let shown: Vec<&str> = ran.stdout.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(shown, ["default", "2/0", "1/0", "pingfederate-aquera", served.value("URL")], "{}", ran.stdout);
    let ran = run(&["provision", "--ledger", text(&ledger), "--show-source"]);
    assert_eq!(ran.stdout, format!("source     an LDIF file\nread from  {}\n", source.display()));
    let ran = run(&["provision", "--ledger", text(&ledger), "--reset-group-timestamp"]);
    assert!(ran.status == 0 && ran.stdout.contains("knows no group's time stamp"), "{}{}", ran.stdout, ran.stderr);
    let ran = run(&["provision", "--ledger", text(&ledger), "--reset-all"]);
    assert_eq!(ran.stdout, "forgot 2 users and 1 group; the next cycle finds every account again\n", "{}", ran.stderr);
    let ran = provision(&served, &source, &ledger);
    assert_eq!(did(&ran), ["user linked 2", "group linked 1"], "{}", ran.stdout);
}

#[test]
fn a_ledger_that_cannot_be_used_is_refused_before_anything_is_sent() {
    let folder = folder("refused");
    let (source, ledger) = (folder.join("people.ldif"), folder.join("people.ledger"));
    let served = Served::start(&["--target", "aquera"]);
    std::fs::write(&source, first()).unwrap();
    provision(&served, &source, &ledger);
    let refused = |arguments: &[&str], words: &str| {
        let ran = run(arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "one sentence: {}", ran.stderr);
    };
    let base = [arguments(&served, served.value("URL"), &source, &ledger), vec!["--base-dn", "dc=x"]].concat();
    refused(&base, "belongs to the source \"an LDIF file\", not to \"an LDIF file below dc=x\"");
    let other = format!("{}/other", served.value("URL"));
    refused(&arguments(&served, &other, &source, &ledger), "belongs to the endpoint");
    refused(&arguments(&served, served.value("URL"), &source, &source), "is damaged or no ledger at all");
    assert_eq!(std::fs::read_to_string(&source).unwrap(), first(), "the file is left as it was");
    let bytes = std::fs::read(&ledger).unwrap();
    std::fs::write(&ledger, &bytes[..bytes.len() / 2]).unwrap();
    refused(&arguments(&served, served.value("URL"), &source, &ledger), "is damaged or no ledger at all");
    refused(&["provision", "--ledger", "/nowhere/l", "--show-channels"], "there is no ledger /nowhere/l");
}

/// Runs a provisioner, and kills it if the gate holds one of its exchanges; then runs it again.
fn run_through(served: &Served, gate: &Gate, source: &Path, ledger: &Path) -> bool {
    let run = || {
        let mut command = weir(&arguments(served, gate.url(), source, ledger));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts")
    };
    let mut child = run();
    let is_held = gate.wait(&mut child);
    if is_held {
        child.kill().expect("it can be killed");
        gate.open();
    }
    let status = child.wait().expect("it ends");
    if is_held {
        assert_eq!(run().wait().expect("it ends").code(), Some(0), "it goes on where it was killed");
    } else {
        assert_eq!(status.code(), Some(0));
    }
    is_held
}

fn kill_at_every_exchange(moment: Moment) {
    let folder = folder(&format!("{moment:?}"));
    let source = folder.join("people.ldif");
    for number in 1.. {
        let served = Served::start(&["--target", "aquera"]);
        let gate = Gate::before(served.value("URL"), moment, number);
        let ledger = folder.join(format!("{number}.ledger"));
        std::fs::write(&source, first()).unwrap();
        let mut is_held = run_through(&served, &gate, &source, &ledger);
        assert_eq!(held(&served), ["Core: ada", "ada true null", "cy true null"], "killed at exchange {number}");
        std::fs::write(&source, second()).unwrap();
        is_held |= run_through(&served, &gate, &source, &ledger);
        assert_eq!(
            held(&served),
            ["Kernel: ada di", "ada true Countess", "di true null"],
            "killed at exchange {number}"
        );
        if !is_held {
            assert!(number > 15, "there were only {number} exchanges");
            return;
        }
    }
}

#[test]
fn a_provisioner_that_is_killed_before_the_work_of_any_exchange_loses_and_doubles_nothing() {
    kill_at_every_exchange(Moment::BeforeTheWork);
}

#[test]
fn a_provisioner_that_is_killed_after_the_work_of_any_exchange_loses_and_doubles_nothing() {
    kill_at_every_exchange(Moment::AfterTheWork);
}

#[test]
fn who_leaves_after_the_provisioner_was_killed_is_removed_all_the_same() {
    let folder = folder("leaver");
    let (source, ledger) = (folder.join("people.ldif"), folder.join("people.ledger"));
    let served = Served::start(&["--target", "aquera"]);
    // The question whether it connects, the search, and the create, whose answer never comes.
    let gate = Gate::before(served.value("URL"), Moment::AfterTheWork, 3);
    std::fs::write(&source, person("ada", "")).unwrap();
    let mut child = weir(&arguments(&served, gate.url(), &source, &ledger)).stdout(Stdio::null()).spawn().unwrap();
    assert!(gate.wait(&mut child), "the create is held");
    child.kill().unwrap();
    child.wait().unwrap();
    gate.open();
    assert_eq!(held(&served), ["ada true null"]);
    std::fs::write(&source, person("cy", "")).unwrap();
    let ran = run(&arguments(&served, gate.url(), &source, &ledger));
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(held(&served), ["cy true null"]);
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
    assert!(status.expect("kill runs").success());
}

#[test]
fn watching_runs_cycle_after_cycle_and_ends_when_it_is_asked_to() {
    let folder = folder("watch");
    let (source, ledger, report) =
        (folder.join("people.ldif"), folder.join("people.ledger"), folder.join("report.json"));
    let served = Served::start(&["--target", "aquera"]);
    std::fs::write(&source, first()).unwrap();
    let json = format!("json={}", text(&report));
    let mut child = weir(&["provision", "--source", text(&source), "--ledger", text(&ledger), "--watch=1"])
        .args(["--report", "text", "--report", &json, "--bearer", served.value("bearer"), served.value("URL")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut until = |words: &str| {
        let line = lines.by_ref().find(|line| line.contains(words));
        line.unwrap_or_else(|| panic!("it ended without {words}"))
    };
    until("users: created 2");
    assert!(until("cycle 2: ").ends_with(": 2 users and 1 group unchanged"));
    // As a whole, or a cycle could meet half of it.
    let next = folder.join("next.ldif");
    std::fs::File::create(&next).unwrap().write_all(second().as_bytes()).unwrap();
    std::fs::rename(&next, &source).unwrap();
    until("users: created 1, updated 1, disabled 1");
    until("unchanged");
    signal(&child, "TERM");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "the last cycle was clean");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "weir: interrupted; cleaning up (again to end at once)\n");
    let cycles: Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    assert!(cycles.as_array().unwrap().len() >= 4, "{cycles:#}");
    let ran = run(&["provision", "--ledger", text(&ledger), "--show-channels"]);
    assert!(ran.stdout.contains(" 3/0 "), "the leaver is remembered too: {}", ran.stdout);
}

#[test]
fn a_cycle_that_is_interrupted_writes_what_was_done() {
    let folder = folder("interrupted");
    let (source, ledger) = (folder.join("people.ldif"), folder.join("people.ledger"));
    let served = Served::start(&["--target", "aquera"]);
    std::fs::write(&source, (0..50).map(|number| person(&format!("p{number}"), "")).collect::<Vec<_>>().concat())
        .unwrap();
    // The search for the fifth does not come back before the operation is given up.
    let gate = Gate::before(served.value("URL"), Moment::AfterTheWork, 10);
    let mut child =
        weir(&[&arguments(&served, gate.url(), &source, &ledger)[..], &["--operation-timeout", "1"]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
    assert!(gate.wait(&mut child));
    signal(&child, "INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let cycles: Value = serde_json::from_slice(&output.stdout).expect("the report is whole");
    assert!(cycles[0]["stopped"].as_str().unwrap().contains("it was interrupted"), "{cycles:#}");
    assert_eq!(cycles[0]["users"]["success"], 4, "{cycles:#}");
    gate.open();
    let ran = run(&arguments(&served, gate.url(), &source, &ledger));
    assert_eq!(did(&ran), ["user created 46"], "{}", ran.stdout);
    assert_eq!(only_cycle(&ran)["users"]["unchanged"], 4, "{}", ran.stdout);
}
