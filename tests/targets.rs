//! Targets, deviations together, and clients against deviations, through the built binary.

mod support;

use std::fmt::Write as _;

use serde_json::Value;
use support::run;

/// Every target that is built in, by name.
fn targets() -> Vec<String> {
    let listed = run(&["list", "targets", "--format", "json"]);
    let list: Value = serde_json::from_str(&listed.stdout).unwrap();
    list.as_array().unwrap().iter().map(|target| target["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_a_target_means_to_be_is_told_and_is_no_finding() {
    let targets = targets();
    assert!(targets.len() > 10, "{targets:?}");
    // The two that every other test uses are left to those.
    for target in targets.iter().filter(|name| !matches!(name.as_str(), "rfc" | "proof" | "aquera")) {
        let ran = run(&["check", "--target", target, "--seed", "7"]);
        assert_eq!(ran.status, 0, "{target}: {}{}", ran.stdout, ran.stderr);
        // What is undeclared is still found.
        if target == "slack" {
            let broken = run(&[
                "check",
                "--target",
                target,
                "--seed",
                "7",
                "--only",
                "create",
                "--deviate",
                "create.status-200",
            ]);
            assert_eq!(broken.status, 1, "{}", broken.stdout);
        }
    }
}

#[test]
fn a_target_is_explained_with_its_sources() {
    for target in targets() {
        let ran = run(&["explain", &target]);
        assert_eq!(ran.status, 0);
        for heading in ["Base paths", "Offers", "Limits", "Applications", "Sources, as of 20"] {
            assert!(ran.stdout.contains(heading), "{target}: {}", ran.stdout);
        }
        assert!(ran.stdout.contains("  https://"), "{target}");
    }
}

#[test]
fn a_plan_says_how_long_a_first_cycle_takes_within_a_vendors_limits() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("thousand.ldif");
    let mut people = String::from("version: 1\n");
    for number in 0..1000 {
        let _ = write!(
            people,
            "\ndn: uid=p{number},dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: p{number}\ncn: P{number}\nsn: Example\n\
             mail: p{number}@example.com\nentryUUID: {number}\n"
        );
    }
    std::fs::write(&path, people).unwrap();
    let path = path.display().to_string();
    for (limits, time) in
        [("slack/limited", "0 h 5 min 0 s"), ("slack", "0 h 5 min 0 s"), ("github-emu/limited", "0 h 0 min 0 s")]
    {
        let ran = run(&["provision", "--source", &path, "--dry-run", "--limits", limits]);
        let expected =
            format!("of 1000 people takes about 2000 requests and at least {time} within the limits of {limits}");
        assert!(
            ran.status == 0 && ran.stdout.contains(&expected),
            "{}{}",
            &ran.stdout[ran.stdout.len().saturating_sub(400)..],
            ran.stderr
        );
    }
    let ran = run(&["provision", "--source", &path, "--dry-run", "--limits", "slack/default"]);
    assert_eq!(
        (ran.status, ran.stderr.contains("slack/default has no limits of requests")),
        (2, true),
        "{}",
        ran.stderr
    );
}

#[test]
fn deviations_that_contradict_each_other_are_refused_by_name() {
    let ran = run(&["check", "--target", "rfc", "--deviate", "patch.refused", "--deviate", "patch.not-atomic"]);
    assert_eq!(ran.status, 2);
    let told = "patch.refused and patch.not-atomic contradict each other: patch.refused switches patch.users and patch.groups off";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    // A target's own deviations count as well.
    let ran = run(&["check", "--target", "slack", "--deviate", "delete.soft", "--only", "delete"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("delete.disables and delete.soft contradict each other"), "{}", ran.stderr);
}

#[test]
fn a_client_meets_deviations_and_the_same_becomes_of_it_every_time() {
    let only = ["--only", "patch.remove-ignored", "--only", "write.answer-lost", "--only", "patch.groups-refused"];
    let mut arguments = vec!["prove", "--as", "pingfederate-aquera", "--format", "json"];
    arguments.extend(only);
    let (first, second) = (run(&arguments), run(&arguments));
    assert_eq!((first.status, second.status), (0, 0), "{}", first.stderr);
    assert_eq!(first.stdout, second.stdout);
    let json: Value = serde_json::from_str(&first.stdout).unwrap();
    let outcome = |deviation: &str, step: &str| {
        let met = json[0]["deviations"].as_array().unwrap().iter().find(|met| met["deviation"] == deviation).unwrap();
        let steps = met["steps"].as_array().unwrap();
        steps.iter().find(|own| own["step"] == step).unwrap()["outcome"].as_str().unwrap().to_owned()
    };
    for (deviation, step, expected) in [
        ("patch.remove-ignored", "connect", "works"),
        ("patch.remove-ignored", "group.members", "degraded"),
        ("write.answer-lost", "first-cycle", "by fall-back"),
        ("patch.groups-refused", "group.create", "broken"),
    ] {
        assert_eq!(outcome(deviation, step), expected, "{deviation} {step}");
    }
    let wrong = run(&["prove", "--write", "nowhere/page.md"]);
    assert_eq!(
        (wrong.status, wrong.stderr.contains("--write needs --full, --innocent, --premises, --reduced, or --as")),
        (2, true),
        "{}",
        wrong.stderr
    );
    let unknown = run(&["prove", "--as", "nobody"]);
    assert_eq!((unknown.status, unknown.stderr.contains("unknown client \"nobody\"")), (2, true), "{}", unknown.stderr);
}
