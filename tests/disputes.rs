//! docs/explain/disputes.md against checks and endpoints: each permitted answer, given by an endpoint, gets the verdict of its row
//! in `fixtures/disputes.tsv`.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;
use support::run;

const DOCUMENT: &str = include_str!("../docs/explain/disputes.md");
const ANSWERS: &str = include_str!("../fixtures/disputes.tsv");
const DISPUTED: &str = include_str!("../fixtures/disputed.tsv");
const RFC: &str = include_str!("../fixtures/targets/rfc.toml");

/// Answers that no endpoint of ours gives yet. The number only falls.
const NOT_GIVEN: usize = 41;

/// One permitted answer.
struct Answer {
    point: &'static str,
    /// What makes an endpoint give it; `none` if nothing does.
    given_by: &'static str,
    /// The gravest verdict that its checks give.
    verdict: &'static str,
    checks: Vec<&'static str>,
    why_not: &'static str,
}

fn answers() -> Vec<Answer> {
    let row = |line: &'static str| {
        let [point, given_by, verdict, checks, why_not] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("five columns: {line}");
        };
        Answer { point, given_by, verdict, checks: checks.split(' ').collect(), why_not }
    };
    ANSWERS.lines().skip(1).map(row).collect()
}

/// The disputes of the document, with what a check reports.
fn documented() -> BTreeMap<&'static str, &'static str> {
    let row = |line: &'static str| {
        let cells: Vec<_> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let is_point =
            cells[0].starts_with(|c: char| c.is_ascii_uppercase()) && cells[0].ends_with(|c: char| c.is_ascii_digit());
        (cells.len() == 6 && is_point).then(|| (cells[0], cells[5]))
    };
    DOCUMENT.lines().filter_map(row).collect()
}

fn listed(catalogue: &str) -> Vec<Value> {
    serde_json::from_str(&run(&["list", catalogue, "--format", "json"]).stdout).unwrap()
}

#[test]
fn every_dispute_names_its_permitted_answers_and_the_checks_that_judge_them() {
    let documented = documented();
    assert!(documented.len() > 120, "{}", documented.len());
    let checks = listed("checks");
    let checks: BTreeMap<&str, &Value> = checks.iter().map(|check| (check["id"].as_str().unwrap(), check)).collect();
    let deviations = listed("deviations");
    let permitted: BTreeMap<&str, bool> = deviations
        .iter()
        .map(|own| (own["id"].as_str().unwrap(), own["breaks"].as_array().is_none_or(Vec::is_empty)))
        .collect();
    let mut disputed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in DISPUTED.lines().skip(1) {
        let mut columns = line.split('\t');
        let (id, point) = (columns.next().unwrap(), columns.next().unwrap());
        disputed.entry(point).or_default().insert(id);
    }

    let answers = answers();
    let named: BTreeSet<&str> = answers.iter().map(|answer| answer.point).collect();
    for (point, report) in &documented {
        // L1 gathers sentences that have no more in common than a lower-case should, and R27 and H11 are options.
        let is_judged = !report.starts_with("nothing") && !matches!(*point, "L1" | "H11");
        if is_judged && !named.contains(point) {
            assert!(UNJUDGED.contains(point), "{point} has no permitted answer in fixtures/disputes.tsv");
        }
    }
    for Answer { point, given_by, verdict, checks: judging, why_not } in &answers {
        assert!(documented.contains_key(point), "{point} is no row of docs/explain/disputes.md");
        assert!(VERDICTS.contains(verdict), "{point}: {verdict}");
        let report = documented[point];
        let is_said = matches!(*verdict, "pass" | "skip") || report.contains(verdict);
        assert!(is_said, "{point}: the verdict is {verdict}, and the document says {report}");
        assert_eq!(*given_by == "none", !why_not.is_empty(), "{point}: only what is not given says why");
        for id in judging {
            assert!(checks.contains_key(id), "{point}: there is no check {id}");
        }
        if let Some(requirements) = disputed.get(point).filter(|_| *verdict == "note") {
            let cites = |id: &&str| {
                let own = checks[id]["requirements"].as_array().unwrap();
                own.iter().any(|own| requirements.contains(own.as_str().unwrap()))
            };
            assert!(judging.iter().any(cites), "{point}: none of {judging:?} cites the disputed requirement");
        }
        if let Some(id) = given_by.strip_prefix("deviation ") {
            let id = id.split('=').next().unwrap();
            let is_permitted = permitted.get(id).unwrap_or_else(|| panic!("{point}: there is no deviation {id}"));
            assert_eq!(*is_permitted, matches!(*verdict, "pass" | "note"), "{point}: {id} is {verdict}");
        }
    }
    let missing: Vec<&str> =
        answers.iter().filter(|answer| answer.given_by == "none").map(|answer| answer.point).collect();
    assert_eq!(missing.len(), NOT_GIVEN, "write the lower number down; not given: {}", missing.join(" "));
}

/// What a check can say about an answer, the gravest first.
const VERDICTS: [&str; 5] = ["fail", "warn", "note", "pass", "skip"];

/// Disputes about which no check asks a question of its own.
const UNJUDGED: [&str; 6] = ["Q14", "R10", "R15", "R16", "R17", "R38"];

/// The arguments that start the endpoint which gives an answer; a target file stands in `folder`.
fn arguments(given_by: &str, folder: &std::path::Path) -> Vec<String> {
    let (kind, value) = given_by.split_once(' ').unwrap_or((given_by, ""));
    let target = match kind {
        "tolerance" => format!("tolerances = [{value:?}]\n{RFC}"),
        "without" => {
            let (capability, status) = value.split_once('=').unwrap_or((value, "501"));
            let kept = RFC.replacen(&format!("\"{capability}\", "), "", 1);
            assert_ne!(kept, RFC, "{capability} is not a capability of the target rfc");
            format!("refusals = {{ {capability:?} = {status} }}\n{kept}")
        }
        "closed" => RFC.replacen("anonymous = [\"discovery.service-provider-config\"]", "anonymous = []", 1),
        _ => String::new(),
    };
    let mut arguments = vec!["check".to_owned(), "--target".to_owned()];
    if target.is_empty() {
        arguments.push("rfc".to_owned());
    } else {
        let path = folder.join(format!("{}.toml", given_by.replace([' ', '=', '.'], "-")));
        fs::write(&path, target).unwrap();
        arguments.push(path.display().to_string());
    }
    if kind == "deviation" {
        arguments.extend(["--deviate".to_owned(), value.to_owned()]);
    }
    arguments
}

#[test]
fn each_permitted_answer_gets_the_verdict_of_its_row() {
    let answers = answers();
    let mut by_endpoint: BTreeMap<&str, Vec<&Answer>> = BTreeMap::new();
    for answer in answers.iter().filter(|answer| answer.given_by != "none") {
        by_endpoint.entry(answer.given_by).or_default().push(answer);
    }
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (given_by, answers) in by_endpoint {
        let mut arguments = arguments(given_by, folder.path());
        let checks: BTreeSet<&str> = answers.iter().flat_map(|answer| answer.checks.iter().copied()).collect();
        arguments.extend(checks.iter().flat_map(|check| ["--only".to_owned(), (*check).to_owned()]));
        arguments.extend(["--format", "json", "--seed", "7"].map(str::to_owned));
        let ran = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{given_by}: {}", ran.stderr));
        // Of a check that runs on every resource type the gravest verdict counts.
        let mut found: BTreeMap<&str, &str> = BTreeMap::new();
        let gravity = |verdict: &str| VERDICTS.iter().position(|own| *own == verdict);
        for check in report["checks"].as_array().unwrap() {
            let verdict = check["verdict"].as_str().unwrap();
            let gravest = found.entry(check["id"].as_str().unwrap()).or_insert(verdict);
            if gravity(verdict) < gravity(gravest) {
                *gravest = verdict;
            }
        }
        for answer in answers {
            let verdicts: Vec<&str> =
                answer.checks.iter().map(|check| found.get(check).copied().unwrap_or("not run")).collect();
            let gravest = VERDICTS.into_iter().find(|verdict| verdicts.contains(verdict));
            // A check that could not ask its question says nothing about the answer.
            let is_asked = verdicts.iter().all(|verdict| VERDICTS.contains(verdict) && *verdict != "skip");
            if gravest != Some(answer.verdict) || !(is_asked || answer.verdict == "skip") {
                let pairs: Vec<_> =
                    answer.checks.iter().zip(&verdicts).map(|(check, verdict)| format!("{check} {verdict}")).collect();
                wrong.push(format!(
                    "{}, {given_by}: expected {}, got {}",
                    answer.point,
                    answer.verdict,
                    pairs.join(", ")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
