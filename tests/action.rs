//! What the action of this repository runs, with its inputs in the environment.

mod support;

use std::path::Path;

use support::{Ran, Served, ran as ran_of};

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("the file is there")
}

/// The script of a step of the action, by its id.
fn step_of_the_action(id: &str) -> String {
    const ACTION: &str = include_str!("../action.yml");
    let step = ACTION.split_once(&format!("    - id: {id}\n")).expect("the action has the step").1;
    let script = step.split_once("run: |\n").expect("it runs a script").1;
    let lines = script.lines().map_while(|line| line.strip_prefix("        "));
    lines.fold(String::new(), |script, line| script + line + "\n")
}

/// Runs a step of the action in `folder`, with its inputs in the environment.
fn act(id: &str, folder: &Path, environment: &[(&str, &str)]) -> Ran {
    let ran = std::process::Command::new("bash")
        .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &step_of_the_action(id)])
        .current_dir(folder)
        .env("RUNNER_TEMP", folder)
        .env("GITHUB_STEP_SUMMARY", folder.join("summary.md"))
        .env("GITHUB_OUTPUT", folder.join("output"))
        .envs(environment.iter().copied())
        .output()
        .expect("bash is there");
    ran_of(&ran)
}

/// A program of a folder's own, which stands for one that is not here.
fn stand_in(folder: &Path, name: &str, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("programs").join(name);
    std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder can be made");
    std::fs::write(&path, format!("#!/usr/bin/env bash\n{script}")).expect("a file can be written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it can be made executable");
    format!("{}:{}", folder.join("programs").display(), std::env::var("PATH").unwrap_or_default())
}

#[test]
fn the_action_leaves_annotations_a_summary_and_files() {
    let served = Served::start(&["--target", "rfc", "--deviate", "put.creates"]);
    let temporary = tempfile::tempdir().expect("a folder can be made");
    let folder = temporary.path();
    let inputs = [
        ("WEIR", env!("CARGO_BIN_EXE_weir")),
        ("IMAGE", ""),
        ("WEIR_BEARER", served.value("bearer")),
        ("INPUT_URL", served.value("URL")),
        ("INPUT_ARGUMENTS", "--only replace"),
        ("BEFORE", "before/weir.json"),
    ];
    let ran = act("check", folder, &inputs);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("::error") && ran.stdout.contains("replace.unknown-resource"), "{}", ran.stdout);
    assert_eq!(read(folder, "output"), "status=1\n");
    assert!(read(folder, "summary.md").contains("replace.unknown-resource"));
    for file in ["weir.xml", "weir.sarif", "weir.html", "weir.json"] {
        assert!(read(folder, file).contains("replace.unknown-resource"), "{file}");
    }

    std::fs::create_dir(folder.join("before")).expect("a folder can be made");
    std::fs::rename(folder.join("weir.json"), folder.join("before/weir.json")).expect("the report is there");
    std::fs::remove_file(folder.join("output")).expect("the output is there");
    let ran = act("check", folder, &inputs);
    assert_eq!(read(folder, "output"), "status=1\ndifference=weir-diff.md\n", "{}{}", ran.stdout, ran.stderr);
    assert!(read(folder, "weir-diff.md").starts_with("0 worse, 0 better"), "{}", read(folder, "weir-diff.md"));
}

#[test]
fn the_action_runs_the_image_with_the_credentials_but_not_with_their_values_on_the_command_line() {
    let served = Served::start(&["--target", "rfc"]);
    let temporary = tempfile::tempdir().expect("a folder can be made");
    let folder = temporary.path();
    // It keeps what it was asked for, and runs the binary with what comes after the image.
    let docker = "printf '%s\\n' \"$@\" >docker.txt\nwhile [ \"$1\" != example/weir:1 ]; do shift; done\nshift\nexec \"$BINARY\" \"$@\"\n";
    let path = stand_in(folder, "docker", docker);
    let inputs = [
        ("WEIR", ""),
        ("IMAGE", "example/weir:1"),
        ("BINARY", env!("CARGO_BIN_EXE_weir")),
        ("PATH", path.as_str()),
        ("WEIR_BEARER", served.value("bearer")),
        ("INPUT_URL", served.value("URL")),
        ("INPUT_ARGUMENTS", "--only replace"),
        ("BEFORE", ""),
    ];
    let ran = act("check", folder, &inputs);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(read(folder, "output"), "status=0\n");
    let asked = read(folder, "docker.txt");
    assert!(asked.contains("--env\nWEIR_BEARER\n"), "{asked}");
    assert!(!asked.contains(served.value("bearer")), "{asked}");
}

#[test]
fn the_action_takes_a_binary_of_a_release_only_with_its_checksum() {
    for (sums, expected) in [("sha256sum -- weir-* >SHA256SUMS", 0), ("echo '0  weir-none' >SHA256SUMS", 1)] {
        let temporary = tempfile::tempdir().expect("a folder can be made");
        let folder = temporary.path();
        let gh = format!("printf '%s ' \"$@\" >\"$RUNNER_TEMP/gh.txt\"\ncd \"$7\"\necho binary >\"$9\"\n{sums}\n");
        let path = stand_in(folder, "gh", &gh);
        let inputs = [("PATH", path.as_str()), ("REPOSITORY", "example/weir"), ("VERSION", "1.2.3")];
        let ran = act("weir", folder, &inputs);
        assert_eq!(ran.status, expected, "{}{}", ran.stdout, ran.stderr);
        assert!(read(folder, "gh.txt").starts_with("release download v1.2.3 --repo example/weir --dir "));
        if expected == 0 {
            let output = read(folder, "output");
            let binary = output.trim().strip_prefix("binary=").expect("it says where the binary is");
            assert_eq!(std::fs::read_to_string(binary).expect("the binary is there"), "binary\n");
        }
    }
}
