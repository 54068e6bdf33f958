//! Reports as other programs meet them: several at once, held to published schemas, opened in a browser.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::run;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes every report of one run that finds something.
fn reports(name: &str) -> PathBuf {
    let folder = folder(name);
    let report = |format: &str| format!("{format}={}", folder.join(format).display());
    let formats = ["json", "ndjson", "junit", "sarif", "markdown", "github", "html", "har"].map(report);
    let mut arguments = vec!["check", "--target", "rfc", "--deviate", "uniqueness.not-enforced", "--seed", "7"];
    arguments.extend(["--only", "create", "--only", "auth"]);
    for format in &formats {
        arguments.extend(["--report", format]);
    }
    let ran = run(&arguments);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("fail create.duplicate-user-name"), "a person gets a report too: {}", ran.stdout);
    folder
}

#[test]
fn several_reports_of_one_run_agree() {
    let folder = reports("several");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let json: Value = serde_json::from_str(&read("json")).unwrap();
    let failed = json["summary"]["checks"]["fail"].as_u64().unwrap();
    assert!(failed > 0);
    let lines = read("ndjson").lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>();
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).collect::<Vec<_>>();
    assert_eq!(of("check").iter().filter(|line| line["verdict"] == "fail").count() as u64, failed);
    assert_eq!(of("run-finished")[0]["checks"], json["summary"]["checks"]);
    assert_eq!(read("junit").matches("<failure").count() as u64, failed);
    let sarif: Value = serde_json::from_str(&read("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.iter().filter(|result| result["level"] == "error").count() as u64, failed);
    assert_eq!(read("github").matches("::error ").count() as u64, failed);
    assert_eq!(read("html").matches("data-verdict=\"fail\"").count() as u64, failed);
    assert_eq!(read("markdown").matches("<summary>fail ").count() as u64, failed);
    let archive = weir_exchange::har::read(&read("har")).unwrap();
    assert_eq!(archive.len() as u64, json["summary"]["exchanges"].as_u64().unwrap());
    assert!(archive.iter().all(|entry| !entry.request_headers.iter().any(|(_, value)| value.starts_with("Bearer "))));
}

#[test]
fn fingerprints_stay_from_run_to_run() {
    let fingerprints = |seed: &str| {
        let arguments = ["check", "--target", "rfc", "--deviate", "uniqueness.not-enforced", "--seed", seed];
        let ran = run(&[&arguments[..], &["--only", "create", "--format", "sarif"]].concat());
        let sarif: Value = serde_json::from_str(&ran.stdout).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|result| result["partialFingerprints"].to_string()).collect::<Vec<_>>()
    };
    let first = fingerprints("1");
    assert!(first.len() > 1 && first == fingerprints("2"), "{first:?}");
}

#[test]
fn a_report_that_cannot_be_is_said_before_anything_is_sent() {
    for (arguments, words) in [
        (&["check", "--report", "pdf"][..], "unknown report \"pdf\"; use one of terminal, json"),
        (
            &["check", "--embedded", "--report", "json", "--report", "github"],
            "only one report can go to standard output",
        ),
        (&["check", "--embedded", "--report", "har"], "an HTTP archive needs a file"),
        (
            &["check", "--embedded", "--report", "json=/no/such/folder/x"],
            "the report cannot be written to /no/such/folder/x",
        ),
        (&["check", "--report", "json", "--format", "json"], "cannot be used with"),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.status, ran.stderr.contains(words)), (2, true), "{arguments:?}: {}", ran.stderr);
    }
}

/// Where `.ci/run` installs what these tests need: `None`, or a failure where everything has to be there.
fn tools() -> Option<PathBuf> {
    let tools = std::env::var_os("WEIR_REPORT_TOOLS").map(PathBuf::from);
    assert!(
        tools.is_some() || std::env::var_os("WEIR_REQUIRE_REAL").is_none(),
        "WEIR_REPORT_TOOLS does not say where the schemas and the browser's driver are"
    );
    if tools.is_none() {
        eprintln!("skipped: WEIR_REPORT_TOOLS is not set");
    }
    tools
}

fn node(tools: &Path, script: &str, arguments: &[PathBuf]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reports").join(script);
    let mut command = Command::new("node");
    let output = command.env("NODE_PATH", tools.join("node_modules")).arg(script).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn sarif_har_and_junit_keep_to_their_published_schemas() {
    let Some(tools) = tools() else { return };
    let folder = reports("schemas");
    let (holds, said) = node(&tools, "validate.cjs", &[folder.join("sarif"), folder.join("har")]);
    assert!(holds, "{said}");
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--schema"]).arg(tools.join("junit-10.xsd")).arg(folder.join("junit"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_page_works_in_a_browser_by_mouse_and_by_keyboard() {
    let Some(tools) = tools() else { return };
    let folder = reports("browser");
    let page = folder.join("page.html");
    std::fs::copy(folder.join("html"), &page).unwrap();
    let (works, said) = node(&tools, "browser.cjs", &[page, folder]);
    assert!(works, "{said}");
}
