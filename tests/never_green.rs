//! A run that tests nothing, or something else than was meant, never ends with 0.

mod support;

use std::fs;
use std::process::Command;

use support::{ran, run, weir};

/// Runs in an empty folder, with this file in it.
fn in_folder(name: &str, file: Option<&str>, arguments: &[&str], change: impl Fn(&mut Command)) -> support::Ran {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("never-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    if let Some(text) = file {
        fs::write(folder.join("weir.toml"), text).unwrap();
    }
    let mut command = weir(arguments);
    command.current_dir(&folder);
    change(&mut command);
    let ran = ran(&command.output().unwrap());
    fs::remove_dir_all(&folder).unwrap();
    ran
}

#[test]
fn without_a_url_whatever_speaks_of_somebodys_endpoint_is_refused() {
    for (name, file, arguments, sign) in [
        ("bearer", None, &["check", "--bearer", "t1ger"][..], "--bearer or WEIR_BEARER is given"),
        ("basic", None, &["check", "--basic", "a:b"], "--basic or WEIR_BASIC is given"),
        ("header", None, &["check", "--header", "x-key: 1"], "--header is given"),
        ("proxy", None, &["check", "--proxy", "http://127.0.0.1:1"], "--proxy is given"),
        ("insecure", None, &["check", "--insecure"], "--insecure is given"),
        ("ca", None, &["check", "--ca", "none.pem"], "--ca is given"),
        ("yes", None, &["check", "--yes"], "--yes is given"),
        ("baseline", None, &["check", "--baseline", "weir.baseline.toml"], "--baseline is given"),
        ("update", None, &["check", "--update-baseline"], "--update-baseline is given"),
        ("reader", None, &["check", "--reader-bearer", "t1ger"], "--reader-bearer is given"),
        ("rehearsal", None, &["check", "--as", "pingfederate-aquera", "--bearer", "t1ger"], "--bearer or WEIR_BEARER"),
        ("empty-file", Some(""), &["check"], "there is a weir.toml without `url`"),
        ("file", Some("[credentials]\nbearer = \"x\"\n"), &["check"], "there is a weir.toml without `url`"),
        ("nothing", None, &["check"], "there is no terminal"),
        ("quiet", None, &["check", "-q", "--report", "github"], "there is no terminal"),
        ("dry-run", None, &["check", "--dry-run"], "there is no terminal"),
        ("bench", None, &["bench", "--bearer", "t1ger"], "--bearer or WEIR_BEARER is given"),
    ] {
        let ran = in_folder(name, file, arguments, |_| {});
        assert_eq!(ran.status, 2, "{name}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(sign) && ran.stderr.contains("no URL, though "), "{name}: {}", ran.stderr);
    }
    let variable = in_folder("variable", None, &["check"], |command| {
        command.env("WEIR_BEARER", "t1ger");
    });
    assert_eq!(variable.status, 2, "{}", variable.stderr);
    let in_ci = in_folder("ci", None, &["check", "--only", "read.user"], |command| {
        command.env("CI", "true");
    });
    assert!(in_ci.status == 2 && in_ci.stderr.contains("CI is set"), "{}", in_ci.stderr);
}

#[test]
fn weirs_own_endpoint_is_checked_where_it_is_asked_for() {
    for (name, arguments) in [
        ("embedded", &["check", "--embedded", "--only", "read.user"][..]),
        ("target", &["check", "--target", "rfc", "--only", "read.user"]),
        ("client", &["check", "--as", "pingfederate-aquera", "--dry-run"]),
    ] {
        let ran = in_folder(name, None, arguments, |command| {
            command.env("CI", "true");
        });
        assert_eq!(ran.status, 0, "{name}: {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn a_run_that_tests_nothing_is_not_green() {
    for (arguments, said) in [
        // No check of this topic runs without credentials of another tenant, or at an endpoint that offers no jobs.
        (&["check", "--target", "aquera", "--only", "bulk.put"][..], "nothing was tested: every check was skipped"),
        (
            &["check", "--target", "rfc", "--only", "patch[Groups]"],
            "unknown resource type \"Groups\"; did you mean \"Group\"?",
        ),
        (
            &["check", "--target", "rfc", "--only", "read", "--skip", "patch[Users]"],
            "--skip: unknown resource type \"Users\"",
        ),
        (&["check", "--target", "rfc", "--read-only", "--only", "create.user"], "nothing was tested"),
        (
            &["check", "--target", "rfc", "--read-only", "--only", "create.user", "--fail-on", "never"],
            "nothing was tested",
        ),
        (&["check", "--target", "rfc", "--second-url", "http://127.0.0.1:1"], "--second-url is not used"),
        (
            &[
                "check",
                "http://127.0.0.1:1",
                "--second-url",
                "http://127.0.0.1:2",
                "--second-bearer",
                "x",
                "--only",
                "read",
            ],
            "--second-url is for the checks of multi-tenancy",
        ),
        (&["check", ""], "the URL is empty"),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.status, 2, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
    let empty = in_folder("empty-token", None, &["check", "http://127.0.0.1:1"], |command| {
        command.env("WEIR_BEARER", "");
    });
    assert_eq!(empty.status, 2, "{}", empty.stderr);
}
