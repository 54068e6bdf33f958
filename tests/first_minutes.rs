//! What a person meets in the first minutes: the name alone, a check without a URL, questions, progress, and terminals of every width.

mod support;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use support::{Ran, Served, ran, run, weir};

/// The built binary at a terminal, with these lines typed; what the terminal showed.
fn at_a_terminal(folder: &Path, arguments: &str, typed: &str) -> Ran {
    let command = format!("{} {arguments}", env!("CARGO_BIN_EXE_weir"));
    let mut script = weir(&[]);
    // The variables that the binary listens to are removed from this one's environment.
    let variables: Vec<_> = script.get_envs().map(|(name, _)| name.to_owned()).collect();
    script = std::process::Command::new("script");
    for variable in variables {
        script.env_remove(variable);
    }
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).current_dir(folder);
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = script.spawn().expect("script of util-linux is installed");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin.write_all(typed.as_bytes()).expect("the terminal takes lines");
    let output = child.wait_with_output().expect("script ends");
    drop(stdin);
    ran(&output)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

#[test]
fn the_name_alone_shows_three_things_to_try() {
    let ran = run(&[]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    let commands: Vec<&str> = ran.stderr.lines().filter_map(|line| line.strip_prefix("  weir ")).collect();
    assert_eq!(commands.len(), 3, "{}", ran.stderr);
    for command in commands {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        assert_eq!(run(&arguments).status, 0, "{command}");
    }
    assert!(ran.stderr.contains("`weir init`") && ran.stderr.contains("`weir --help`"), "{}", ran.stderr);
}

#[test]
fn a_check_without_a_url_begins_with_whose_endpoint_it_is_and_ends_with_what_to_do_next() {
    let shown = at_a_terminal(folder().path(), "check --only read.user", "");
    assert_eq!(shown.status, 0, "{}", shown.stdout);
    let lines: Vec<&str> = shown.stdout.lines().filter(|line| !line.trim().is_empty()).collect();
    assert!(lines[0].contains("this is Weir's own endpoint, not yours"), "{}", shown.stdout);
    let last = lines.last().expect("it says something");
    for word in ["next: `weir check URL", "`weir init`", "`weir explain NAME`"] {
        assert!(last.contains(word), "{word} is missing in {last}");
    }
    let piped = run(&["check"]);
    assert_eq!(piped.status, 2);
    assert!(piped.stderr.contains("`weir init` writes one"), "{}", piped.stderr);
}

#[test]
fn init_asks_at_a_terminal_and_writes_a_file_that_runs() {
    let served = Served::start(&["--target", "rfc", "--bearer", "a-token-of-the-test"]);
    let folder = folder();
    std::fs::write(folder.path().join("token.txt"), "a-token-of-the-test\n").expect("a file can be written");
    let typed = format!("{}\n1\n2\nnot-there.txt\n2\ntoken.txt\n", served.value("URL"));
    let shown = at_a_terminal(folder.path(), "init", &typed);
    assert_eq!(shown.status, 0, "{}", shown.stdout);
    for words in ["The SCIM base URL", "How does the endpoint authenticate", "not-there.txt", "weir.toml is written"] {
        assert!(shown.stdout.contains(words), "{words} is missing in {}", shown.stdout);
    }
    let written = std::fs::read_to_string(folder.path().join("weir.toml")).expect("the file is there");
    assert!(written.contains("bearer = { file = \"token.txt\" }"), "{written}");
    assert!(!written.contains("a-token-of-the-test"), "{written}");
    let checked = ran(&weir(&["check", "--only", "read.user"]).current_dir(folder.path()).output().expect("it starts"));
    assert_eq!(checked.status, 0, "{}{}", checked.stdout, checked.stderr);
}

#[test]
fn init_without_a_terminal_asks_nothing() {
    let folder = folder();
    let asked = ran(&weir(&["init"]).current_dir(folder.path()).output().expect("it starts"));
    assert_eq!((asked.status, asked.stdout.as_str()), (2, ""), "{}", asked.stderr);
    assert!(asked.stderr.contains("no URL, and there is no terminal to ask at"), "{}", asked.stderr);
    let served = Served::start(&["--target", "rfc"]);
    let mut command = weir(&["init", served.value("URL")]);
    let written = ran(&command.env("WEIR_BEARER", served.value("bearer")).current_dir(folder.path()).output().unwrap());
    assert_eq!((written.status, written.stderr.as_str()), (0, ""), "{}", written.stdout);
    assert!(folder.path().join("weir.toml").exists());
}

#[test]
fn a_run_shows_a_bar_for_each_area_at_a_terminal_and_none_in_a_pipe() {
    let shown = at_a_terminal(folder().path(), "check --target rfc --only patch --seed 7", "");
    assert_eq!(shown.status, 0, "{}", shown.stdout);
    let bar = shown.stdout.split('\r').find(|part| part.contains("begun")).unwrap_or_default();
    assert!(bar.contains("patch ") && bar.contains('░') && bar.contains(" exchanges · "), "{:?}", shown.stdout);
    let piped = run(&["check", "--target", "rfc", "--only", "read", "--seed", "7"]);
    assert!(!piped.stdout.contains('░') && !piped.stderr.contains('░'), "{}", piped.stderr);
}

/// The lines that are longer than `width`, but for what is to be copied whole.
fn too_long(text: &str, width: usize) -> Vec<&str> {
    let is_copied = |line: &&str| ["http", "weir ", "curl "].iter().any(|word| line.contains(word));
    text.lines().filter(|line| line.chars().count() > width).filter(|line| !is_copied(line)).collect()
}

#[test]
fn every_scenario_begins_with_three_sentences_at_every_width() {
    for width in [60, 80, 120, 200] {
        let arguments = ["check", "--as", "pingone-aquera", "--scenario", "partial-update"];
        let ran = ran(&weir(&arguments).env("COLUMNS", width.to_string()).output().expect("it starts"));
        assert_eq!(too_long(&ran.stdout, width), [""; 0], "{width}:\n{}", ran.stdout);
        let answer = ran.stdout.split("\n\n").next().expect("there is a first part").replace('\n', " ");
        assert!(answer.starts_with("Disabling goes out as PUT with active false"), "{answer}");
        assert!(answer.contains("Choose Remove Action Delete"), "{answer}");
        assert_eq!(answer.matches(". ").count() + usize::from(answer.ends_with('.')), 3, "{answer}");
    }
}

#[test]
fn tables_and_explanations_fit_the_terminal() {
    for width in [60, 80, 120, 200] {
        for arguments in [
            &["check", "--target", "rfc", "--only", "create", "--only", "auth", "--deviate", "uniqueness.not-enforced"]
                [..],
            &["check", "--target", "rfc", "--dry-run", "--only", "create"],
            &["list", "deviations", "--topic", "patch"],
            &["list", "checks", "--topic", "create"],
            &["explain", "create.user"],
            &["explain", "aquera"],
        ] {
            let ran = ran(&weir(arguments).env("COLUMNS", width.to_string()).output().expect("it starts"));
            assert_eq!(ran.stderr, "", "{arguments:?}");
            let mut long = too_long(&ran.stdout, width);
            if arguments.contains(&"--deviate") {
                // Sentences below the table are the terminal's to break.
                long.retain(|line| line.starts_with("  ") && !line.starts_with("    ") && !line.starts_with("  1."));
            }
            assert_eq!(long, [""; 0], "{arguments:?} at {width}");
        }
    }
}

#[test]
fn explain_knows_every_name_of_a_report() {
    let report = run(&[
        "check",
        "--target",
        "rfc",
        "--deviate",
        "put.refused",
        "--seed",
        "7",
        "--only",
        "replace,create",
        "--format",
        "json",
    ]);
    let report: serde_json::Value = serde_json::from_str(&report.stdout).expect("it is JSON");
    let mut names: Vec<String> = Vec::new();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    for offer in report["capabilities"].as_array().expect("there are capabilities") {
        names.extend(
            offer.as_object().into_iter().flat_map(|offer| offer.values()).filter(|value| value.is_string()).map(text),
        );
    }
    for part in ["checks", "rules", "steps"] {
        let findings = report[part].as_array().expect("there are findings");
        for finding in
            findings.iter().filter(|finding| finding["verdict"] != "pass").take(8).chain(findings.iter().take(2))
        {
            names.extend([text(&finding["id"]), text(&finding["verdict"])]);
            names.extend(finding["requirements"].as_array().into_iter().flatten().take(2).map(text));
        }
    }
    for cause in report["causes"].as_array().expect("there are causes") {
        names.extend(cause["findings"].as_array().into_iter().flatten().take(2).map(text));
    }
    names.sort();
    names.dedup();
    names.retain(|name| !name.is_empty() && !name.contains(' '));
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        let explained = run(&["explain", &name]);
        assert_eq!(explained.status, 0, "{name}: {}", explained.stderr);
    }
}

/// A folder that nobody can write to, for whoever is not root.
fn read_only() -> (tempfile::TempDir, PathBuf) {
    use std::os::unix::fs::PermissionsExt as _;

    let outer = folder();
    let inner = outer.path().join("inner");
    std::fs::create_dir(&inner).expect("a folder can be made");
    std::fs::set_permissions(&inner, std::fs::Permissions::from_mode(0o555)).expect("it can be closed");
    (outer, inner)
}

#[test]
fn a_run_needs_no_home_no_terminal_and_nothing_to_write_to() {
    let (_outer, folder) = read_only();
    let mut command = weir(&["check", "--target", "rfc", "--only", "read.user"]);
    let checked = ran(&command.env_clear().current_dir(folder).output().expect("it starts"));
    assert_eq!((checked.status, checked.stderr.as_str()), (0, ""), "{}", checked.stdout);
    assert!(!checked.stdout.contains('\u{1b}'), "{}", checked.stdout);
}

#[test]
fn no_color_is_kept_at_a_terminal() {
    let folder = folder();
    let coloured = at_a_terminal(folder.path(), "check --embedded --only read.user", "");
    assert!(coloured.stdout.contains("\u{1b}["), "{:?}", coloured.stdout);
    std::fs::write(folder.path().join("run.sh"), format!("NO_COLOR=1 exec {} \"$@\"\n", env!("CARGO_BIN_EXE_weir")))
        .unwrap();
    let mut script = std::process::Command::new("script");
    script.args([
        "--quiet",
        "--return",
        "--command",
        "sh run.sh check --embedded --only read.user --quiet",
        "/dev/null",
    ]);
    let plain = ran(&script.current_dir(folder.path()).stdin(Stdio::null()).output().expect("script is installed"));
    assert!(!plain.stdout.contains("\u{1b}[3") && !plain.stdout.contains("\u{1b}[1m"), "{:?}", plain.stdout);
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it is bound").to_string();
    let ran = run(&["serve", "--target", "rfc", "--listen", &address]);
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains(&address) && ran.stderr.contains("in use"), "{}", ran.stderr);
}

#[test]
fn a_proxy_of_the_environment_is_not_asked_about_this_machine() {
    let served = Served::start(&["--target", "rfc"]);
    let mut command = weir(&["check", served.value("URL"), "--bearer", served.value("bearer"), "--only", "read.user"]);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"] {
        command.env(name, "http://127.0.0.1:9");
    }
    let checked = ran(&command.output().expect("it starts"));
    assert_eq!(checked.status, 0, "{}{}", checked.stdout, checked.stderr);
}
