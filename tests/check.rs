//! `weir check` against embedded endpoints: a right one passes, a wrong one is told what is wrong.

mod support;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use serde_json::Value;
use support::{Served, run, weir};

fn report(arguments: &[&str]) -> (i32, Value) {
    let ran = run(&[&["check", "--format", "json"], arguments].concat());
    let report =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr));
    (ran.status, report)
}

fn verdicts<'r>(report: &'r Value, verdict: &str) -> Vec<&'r str> {
    verdicts_of(report, "checks", verdict)
}

fn verdicts_of<'r>(report: &'r Value, list: &str, verdict: &str) -> Vec<&'r str> {
    report[list]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["verdict"] == verdict)
        .map(|check| check["id"].as_str().unwrap())
        .collect()
}

#[test]
fn the_embedded_endpoints_are_right() {
    for target in ["aquera", "rfc"] {
        let (status, report) = report(&["--target", target]);
        for verdict in ["fail", "warn", "blocked", "error"] {
            assert_eq!(verdicts(&report, verdict), Vec::<&str>::new(), "{target} {verdict}: {report:#}");
            assert_eq!(verdicts_of(&report, "steps", verdict), Vec::<&str>::new(), "{target} {verdict}: {report:#}");
        }
        assert_eq!((status, &report["leftovers"]), (0, &serde_json::json!([])), "{target}: {report:#}");
        assert!(verdicts(&report, "pass").len() >= 10, "{target}: {report:#}");
        assert!(verdicts_of(&report, "steps", "pass").contains(&"first-cycle"), "{target}: {report:#}");
    }
}

#[test]
fn a_deviation_is_caught_and_shown_with_its_evidence() {
    let (status, report) = report(&["--target", "rfc", "--deviate", "put.creates", "--only", "replace"]);
    assert_eq!(status, 1, "{report:#}");
    assert!(verdicts(&report, "fail").contains(&"replace.unknown-resource"), "{report:#}");
    let checks = report["checks"].as_array().unwrap();
    let problem = &checks.iter().find(|check| check["id"] == "replace.unknown-resource").unwrap()["problems"][0];
    let ids: Vec<_> = problem["requirements"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert!(ids.contains(&&serde_json::json!("RFC7644-3.5.1-02")), "{problem:#}");
    let curl = problem["exchanges"][0]["curl"].as_str().unwrap();
    assert!(curl.contains("-X PUT") && curl.contains("$WEIR_BEARER"), "{curl}");
}

#[test]
fn the_terminal_report_names_the_rule_and_how_to_repeat_it() {
    let ran = run(&["check", "--target", "rfc", "--deviate", "put.creates", "--seed", "7", "--only", "replace"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    for words in [
        "fail    replace.unknown-resource",
        "RFC7644-3.5.1-02 (MUST NOT)",
        "404 with a SCIM Error",
        "repeat     weir check --target rfc --deviate put.creates --seed 7 --only 'replace.unknown-resource[User]'",
        "repeat with: weir check --target rfc --deviate put.creates --only replace --seed 7",
    ] {
        assert!(ran.stdout.contains(words), "{words:?} is missing in\n{}", ran.stdout);
    }
}

#[test]
fn the_same_seed_gives_the_same_report() {
    // Times differ, and so do the requests that ran beside each other.
    let told = || {
        let (_, report) =
            report(&["--target", "rfc", "--seed", "7", "--only", "create", "--only", "delete", "--only", "patch.g*"]);
        let check = |check: &Value| format!("{} {} {}", check["id"], check["verdict"], check["exchanges"]);
        report["checks"].as_array().unwrap().iter().map(check).collect::<Vec<_>>()
    };
    assert_eq!(told(), told());
}

/// Base64url tokens are common, and one in 64 begins so.
#[test]
fn a_token_that_begins_with_a_hyphen_is_a_token() {
    let served = Served::start(&["--target", "rfc", "--bearer", "-t1ger"]);
    let (status, report) = report(&[served.value("URL"), "--bearer", "-t1ger", "--only", "discovery"]);
    assert_eq!(status, 0, "{report:#}");
}

#[test]
fn an_endpoint_at_a_url_is_checked_and_left_as_it_was() {
    let served = Served::start(&["--target", "rfc"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let (status, first) = report(&[url, "--bearer", token]);
    assert_eq!((status, verdicts(&first, "fail")), (0, vec![]), "{first:#}");
    assert_eq!(first["leftovers"], serde_json::json!([]));
    assert!(!first.to_string().contains(token), "the token is in the report");

    let (status, wrong) = report(&[url, "--bearer", "nobody"]);
    assert_eq!(status, 3, "{wrong:#}");
    assert!(wrong["failure"].as_str().unwrap().contains("the credentials were refused"), "{wrong:#}");
}

#[test]
fn a_client_lives_at_an_endpoint_at_a_url_with_a_few_invented_people() {
    let served = Served::start(&["--target", "aquera"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let (status, report) = report(&[url, "--bearer", token, "--as", "pingfederate-aquera", "--people", "4"]);
    assert_eq!(status, 0, "{report:#}");
    assert_eq!(report["checks"], serde_json::json!([]));
    assert!(verdicts_of(&report, "steps", "pass").contains(&"first-cycle"), "{report:#}");
    assert_eq!(report["leftovers"], serde_json::json!([]), "{report:#}");

    let ran = run(&["check", "--as", "pingfederate"]);
    assert_eq!(
        (ran.status, ran.stderr.contains("did you mean \"pingfederate-scim\" or \"pingfederate-aquera\"?")),
        (2, true),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_dry_run_tells_what_would_run_and_writes_nothing() {
    let served = Served::start(&["--target", "aquera"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let ran = run(&["check", url, "--bearer", token, "--dry-run"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.lines().any(|line| line.starts_with("run ") && line.contains("create.resource[User]")),
        "{}",
        ran.stdout
    );
    let ran = run(&["check", url, "--bearer", token, "--dry-run", "--read-only"]);
    assert!(ran.stdout.lines().any(|line| line.starts_with("skip  create.resource[User]")), "{}", ran.stdout);
}

#[tokio::test]
async fn an_interrupted_run_cleans_up_and_says_so() {
    let served = Served::start(&["--target", "rfc"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    // Slow enough not to be over before it is interrupted.
    let mut child =
        weir(&["check", url, "--bearer", token, "--rate", "50", "--verbose"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("\nChecks\n") {
        assert!(stdout.read_line(&mut text).unwrap() > 0, "the run was over too soon:\n{text}");
    }
    assert!(Command::new("kill").arg("-INT").arg(child.id().to_string()).status().unwrap().success());
    stdout.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{text}");
    assert!(text.contains("The run was interrupted; this report is partial."), "{text}");
    assert!(!text.contains("Left behind"), "{text}");

    // Another test may have been first, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for collection in ["Users", "Groups"] {
        let list = client.get(format!("{url}/{collection}?count=0")).bearer_auth(token).send().await.unwrap();
        assert_eq!(list.json::<Value>().await.unwrap()["totalResults"], 0, "{collection} are left");
    }
}

#[test]
fn a_baseline_lets_known_findings_pass_and_fails_on_what_is_new_has_expired_or_passes_where_it_is_strict() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("baseline-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("weir.baseline.toml");
    let path = file.to_str().unwrap();
    let flags = ["--target", "rfc", "--only", "replace", "--only", "delete.user", "--seed", "7", "--baseline", path];
    let broken = [&flags[..], &["--deviate", "put.creates"]].concat();
    let check = |arguments: &[&str], more: &[&str]| report(&[arguments, more].concat());

    let missing = run(&[&["check"], &broken[..]].concat());
    assert_eq!((missing.status, missing.stdout.as_str()), (2, ""));
    assert!(missing.stderr.contains("--update-baseline writes it"), "{}", missing.stderr);

    assert_eq!(check(&broken, &["--update-baseline"]).0, 0);
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.contains("check = \"replace.unknown-resource[User]\""), "{written}");
    let (status, known) = check(&broken, &[]);
    assert_eq!((status, &known["outdated"]), (0, &serde_json::json!([])), "{known:#}");
    let finding = known["checks"].as_array().unwrap().iter().find(|check| check["id"] == "replace.unknown-resource");
    assert_eq!(finding.unwrap()["known"]["reason"], "not looked at yet");
    assert_eq!(finding.unwrap()["verdict"], "fail");
    assert_eq!(check(&broken, &["--update-baseline"]).0, 0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written, "a second update changes nothing");

    let (status, new) =
        check(&broken, &["--deviate", "uniqueness.not-enforced", "--only", "create.duplicate-user-name"]);
    assert_eq!((status, &new["outdated"]), (1, &serde_json::json!([])), "{new:#}");

    let ran = run(&[&["check"], &flags[..]].concat());
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    assert!(
        ran.stdout.contains("mended: `weir check --target rfc") && ran.stdout.contains("--update-baseline"),
        "{}",
        ran.stdout
    );
    let ran = run(&[&["check"], &flags[..], &["--strict-baseline"]].concat());
    assert_eq!(ran.status, 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("replace.unknown-resource[User]: it passes now; take the entry out"), "{}", ran.stdout);

    std::fs::write(&file, written.replace("reason = ", "expires = 2020-01-31\nreason = ")).unwrap();
    let ran = run(&[&["check"], &broken[..]].concat());
    assert_eq!(ran.status, 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("the entry expired on 2020-01-31"), "{}", ran.stdout);
    assert_eq!(check(&broken, &["--update-baseline"]).0, 1, "only a person can give an entry another day");

    std::fs::write(&file, written.replace("reason = ", "because = ")).unwrap();
    let ran = run(&[&["check"], &broken[..]].concat());
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("weir.baseline.toml, line ") && ran.stderr.contains("key `because`"), "{}", ran.stderr);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_repeated_run_tells_what_is_not_judged_alike_in_every_round() {
    let arguments = ["check", "--target", "rfc", "--only", "read.user", "--seed", "7"];
    let ran = run(&[&arguments[..], &["--repeat", "3"]].concat());
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("3 rounds, not stable between them: none"), "{}", ran.stdout);

    // The run sees what the endpoint keeps by a creation of its own; the next two are those of the check.
    let served = Served::start(&["--target", "rfc", "--deviate", "write.answer-lost=first:3"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let (_, told) = report(&[url, "--bearer", token, "--only", "read.user", "--repeat", "2"]);
    let finding = told["checks"].as_array().unwrap().iter().find(|check| check["id"] == "read.resource").unwrap();
    assert_eq!(finding["rounds"], serde_json::json!(["blocked", "pass"]), "{finding:#}");
    let reason = finding["reason"].as_str().unwrap();
    assert!(reason.starts_with("not stable: pass in 1, blocked in 1 of 2 rounds"), "{reason}");

    assert_eq!(run(&["check", "--repeat", "0"]).status, 2);
}
