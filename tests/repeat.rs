//! What is printed to be copied works when it is copied, and shows the same wrong answer again.

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::{Ran, Served, ran, run};

/// Runs a line that was printed in a shell that knows `weir` and the token of the endpoint.
fn copied(line: &str) -> Ran {
    let folder = Path::new(env!("CARGO_BIN_EXE_weir")).parent().expect("it is in a folder");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).env("PATH", path).env("WEIR_BEARER", "tok").env("COLUMNS", "100").stdin(Stdio::null());
    ran(&shell.output().expect("a shell starts"))
}

/// The finding of a check or rule in a report, which fails.
fn finding(report: &Value, name: &str) -> Value {
    let all = ["checks", "rules"].iter().filter_map(|list| report[*list].as_array()).flatten();
    let is_it = |finding: &&Value| {
        let id = finding["id"].as_str().unwrap_or_default();
        finding["subject"].as_str().map_or_else(|| id.to_owned(), |subject| format!("{id}[{subject}]")) == name
    };
    all.into_iter().find(is_it).unwrap_or_else(|| panic!("no finding {name}")).clone()
}

/// The lines that repeat a finding.
fn lines(finding: &Value) -> Vec<String> {
    let lines = finding["repeat"].as_array().unwrap_or_else(|| panic!("no line repeats {finding}"));
    lines.iter().map(|line| line.as_str().expect("a line is text").to_owned()).collect()
}

fn message(finding: &Value) -> &str {
    finding["problems"][0]["message"].as_str().expect("a problem has a message")
}

/// How many resources there are.
fn population(url: &str) -> Vec<String> {
    let count =
        |kind: &str| copied(&format!("curl -sS -H \"Authorization: Bearer $WEIR_BEARER\" '{url}/{kind}?count=0'"));
    ["Users", "Groups"].map(|kind| count(kind).stdout).to_vec()
}

/// The status of the last answer that curl has shown.
fn last_status(text: &str) -> u64 {
    let statuses = text.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
    statuses.reduce(|_, last| last).unwrap_or_else(|| panic!("no status in\n{text}"))
}

/// Each deviation with a check or rule that notices it; the requests of some need what the run has deleted.
const SAMPLE: [(&str, &str, bool); 9] = [
    ("create.status-200", "create.resource[User]", false),
    ("create.no-location", "create.location", false),
    ("discovery.single-wrapped", "read.discovery-document", false),
    ("patch.add-ignored", "patch.add[User]", true),
    ("patch.add-ignored", "patch.add[Group]", true),
    ("uniqueness.not-enforced", "create.duplicate-user-name", true),
    ("delete.soft", "delete.resource[User]", true),
    ("create.members-lost", "groups.created-with-members", true),
    ("list.total-missing", "lists.total", false),
];

#[test]
fn the_lines_of_a_finding_show_the_same_wrong_answer_again_and_leave_nothing_behind() {
    for (deviation, name, needs_the_run) in SAMPLE {
        let served = Served::start(&["--target", "rfc", "--bearer", "tok", "--deviate", deviation]);
        let url = served.value("URL");
        let before = population(url);
        let ran = run(&["check", url, "--bearer", "tok", "--seed", "7", "--only", name, "--format", "json"]);
        let report: Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{name}: {error}\n{}", ran.stderr));
        let mut found = finding(&report, name);
        assert!(["fail", "warn"].iter().any(|verdict| found["verdict"] == *verdict), "{deviation}: {found}");
        let mut repeat = lines(&found);
        assert!(!repeat.iter().any(|line| line.contains("tok ") || line.ends_with("tok")), "{repeat:?}");
        assert_eq!(repeat[0].contains("--keep"), needs_the_run, "{name}: {repeat:?}");
        let mut kept = Vec::new();
        if repeat[0].starts_with("weir ") {
            let again = copied(&format!("{} --format json", repeat[0]));
            let report: Value =
                serde_json::from_str(&again.stdout).unwrap_or_else(|error| panic!("{name}: {error}\n{}", again.stderr));
            let second = finding(&report, name);
            assert_eq!((message(&second), again.status), (message(&found), ran.status), "{name}");
            let left = report["leftovers"].as_array().into_iter().flatten();
            kept.extend(left.filter_map(|left| left["url"].as_str().map(str::to_owned)));
            assert_eq!(kept.is_empty(), !needs_the_run, "{name}: {kept:?}");
            (repeat, found) = (lines(&second), second);
        }
        if !repeat[0].starts_with("weir ") {
            let again = copied(&repeat.join("\n"));
            let deciding =
                found["problems"][0]["exchanges"].as_array().and_then(|all| all.last()).expect("an exchange");
            // What a creation answers stands on standard error, before the answer to the deletion.
            let answered = if again.stderr.is_empty() { &again.stdout } else { &again.stderr };
            assert_eq!(Some(last_status(answered)), deciding["status"].as_u64(), "{name}: {repeat:?}\n{answered}");
            if deciding["method"] == "GET" {
                let body = deciding["responseBody"].as_str().expect("a body");
                assert_eq!(answered.lines().last(), body.lines().last(), "{name}: {repeat:?}");
            }
        }
        for resource in kept {
            copied(&format!("curl -sS -X DELETE -H \"Authorization: Bearer $WEIR_BEARER\" '{resource}'"));
        }
        if deviation != "delete.soft" {
            assert_eq!(population(url), before, "{name}: something is left behind");
        }
    }
}

#[test]
fn what_is_kept_is_deleted_by_the_lines_that_the_report_prints_for_it() {
    let served = Served::start(&["--target", "rfc", "--bearer", "tok", "--deviate", "patch.add-ignored"]);
    let url = served.value("URL");
    let before = population(url);
    let ran = copied(&format!("weir check {url} --bearer \"$WEIR_BEARER\" --seed 7 --only 'patch.add[User]' --keep"));
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert_ne!(population(url), before);
    let (_, printed) = ran.stdout.split_once("Kept for the lines above").expect("the report says what is kept");
    let deletions: Vec<_> = printed.lines().filter(|line| line.contains("curl")).collect();
    assert!(!deletions.is_empty(), "{}", ran.stdout);
    for line in deletions {
        copied(line);
    }
    assert_eq!(population(url), before);
}

#[test]
fn a_finding_about_an_embedded_endpoint_is_repeated_by_a_run_that_has_one() {
    let ran =
        run(&["check", "--target", "rfc", "--deviate", "patch.add-ignored", "--only", "patch.add", "--seed", "7"]);
    let (_, line) = ran.stdout.split_once("repeat     ").expect("a line repeats the finding");
    let line = line.lines().next().expect("there is a line");
    assert!(line.starts_with("weir check --target rfc --deviate patch.add-ignored"), "{line}");
    assert_eq!(copied(line).status, 1, "{line}");
    assert!(!ran.stdout.contains("curl"), "{}", ran.stdout);
}

#[test]
fn the_commands_of_an_explanation_run() {
    let names = [
        "create.resource",
        "lists.total",
        "essentials",
        "write.answer-lost",
        "rfc",
        "no-partial-update-ignored",
        "pingfederate-aquera",
        "partial-update",
        "joiner",
    ];
    for name in names {
        let ran = run(&["explain", name]);
        assert_eq!(ran.status, 0, "{name}: {}", ran.stderr);
        let commands: Vec<&str> =
            ran.stdout.lines().filter_map(|line| Some(line.split_once(" with: weir ")?.1)).collect();
        assert!(!commands.is_empty(), "{name}: {}", ran.stdout);
        for command in commands {
            let words: Vec<&str> = command.split(' ').collect();
            match words[0] {
                "serve" => drop(Served::start(&words[1..])),
                // Each variant is a life of its own, which takes long.
                _ if words.contains(&"--variants") => {
                    assert_eq!(run(&[&words[..], &["--help"]].concat()).status, 0, "{command}");
                }
                _ => {
                    let ran = run(&[&words[..], &["-q"]].concat());
                    assert_eq!(ran.status, 0, "{name}: {command}\n{}{}", ran.stdout, ran.stderr);
                }
            }
        }
    }
}

/// The lines of the examples in a help text.
fn examples(help: &str) -> Vec<String> {
    let (_, examples) = help.split_once("\nExamples:\n").unwrap_or(("", ""));
    // A line that goes on is one with the next; what stands behind two spaces is a remark.
    let mut whole = String::new();
    for line in examples.lines() {
        let goes_on = !whole.is_empty() && !whole.ends_with('\n');
        let line = if goes_on { format!(" {}", line.trim_start()) } else { line.to_owned() };
        match line.strip_suffix('\\') {
            Some(part) => whole.push_str(part.trim_end()),
            None => whole.extend([line.as_str(), "\n"]),
        }
    }
    let lines = whole.lines().filter_map(|line| line.strip_prefix("  weir "));
    lines.map(|line| line.split("  ").next().unwrap_or(line).trim().to_owned()).collect()
}

#[test]
fn the_examples_of_each_help_are_command_lines_that_the_binary_takes() {
    let help = run(&["--help"]).stdout;
    let commands = help.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    let mut seen = 0;
    for command in commands.filter(|word| word.chars().all(|c| c.is_ascii_lowercase())) {
        let examples = examples(&run(&[command, "--help"]).stdout);
        // Of a script the lines are those of several commands.
        for example in examples.iter().filter(|line| !line.contains([';', '>', '|'])) {
            let ran = copied(&format!("weir {example} --help"));
            assert_eq!(ran.status, 0, "{example}: {}", ran.stderr);
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} examples");
}

#[test]
fn the_ladder_begins_with_what_every_client_needs_and_ends_with_the_first_topic_that_fails() {
    let arguments = ["check", "--target", "rfc", "--only", "essentials", "--first", "--format", "json"];
    let report: Value = serde_json::from_str(&run(&arguments).stdout).expect("JSON");
    let checks = report["checks"].as_array().expect("checks");
    let ids: Vec<&str> = checks.iter().filter_map(|check| check["id"].as_str()).collect();
    assert!(ids[0].starts_with("discovery.") && ids[ids.len() - 1].starts_with("errors."), "{ids:?}");
    assert!(checks.iter().all(|check| check["verdict"] == "pass" || check["verdict"] == "skip"), "{checks:?}");

    let broken = [&arguments[..], &["--deviate", "create.status-200"]].concat();
    let ran = run(&broken);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let checks = report["checks"].as_array().expect("checks");
    let topics = |wanted: fn(&str) -> bool| -> Vec<&str> {
        let wanted = checks.iter().filter(|check| wanted(check["reason"].as_str().unwrap_or_default()));
        wanted.filter_map(|check| check["id"].as_str()?.split('.').next()).collect()
    };
    let left_out = topics(|reason| reason == "the run ends with the first topic that fails, create");
    assert!(
        left_out.contains(&"read") && left_out.contains(&"errors") && !left_out.contains(&"create"),
        "{left_out:?}"
    );
}
