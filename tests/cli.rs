//! The command line: help, exit statuses, and one sentence for everything that a person can get wrong.

mod support;

use std::io::Read as _;
use std::net::TcpListener;
use std::process::Stdio;

use support::{Served, peer, run, weir};

#[test]
fn help_is_complete() {
    for command in
        ["", "check", "init", "diff", "clean", "serve", "provision", "connection", "bench", "list", "explain"]
    {
        let arguments: Vec<_> = [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        let ran = run(&arguments);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
        insta::assert_snapshot!(format!("help_{}", if command.is_empty() { "weir" } else { command }), ran.stdout);
    }
}

#[test]
fn wrong_usage_ends_with_2_and_one_sentence() {
    for (arguments, words) in [
        (&["check", "--nope"][..], "unknown flag \"--nope\""),
        (&["check", "not-a-url"], "give a whole URL"),
        (&["check", "ftp://example.com"], "only http and https URLs can be tested"),
        (&["check", "https://u:p@example.com/v2"], "credentials do not belong into the URL"),
        (&["check", "--only", "pach"], "unknown check or topic \"pach\""),
        (&["check", "--rate", "0"], "the rate must be greater than 0"),
        (
            &[
                "provision",
                "--source",
                concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/twenty.ldif"),
                "--dry-run",
                "--limits",
                "rfc",
            ],
            "rfc has no limits of requests",
        ),
        (&["check", "http://192.0.2.1/v2"], "add --yes to agree"),
        (
            &["check", "http://127.0.0.1:1/", "--bearer", "@/no/such/file"],
            "/no/such/file: the file cannot be read: there is no such file",
        ),
        (&["check", "http://127.0.0.1:1/", "--basic", "nobody"], "needs USER:PASS"),
        (&["check", "http://127.0.0.1:1/", "--bearer", "--yes"], "the value is missing"),
        (&["check", "http://127.0.0.1:1/", "--header", "nothing"], "needs a name, a colon and a value"),
        (&["check", "http://127.0.0.1:1/", "--target", "rfc"], "cannot be used with"),
        (&["check", "--target", "no-such-target"], "unknown target \"no-such-target\""),
        (&["check", "--deviate", "no.such-deviation"], "no.such-deviation"),
        (&["check", "--embedded", "--output", "/no/such/folder/report"], "the report cannot be written"),
        (&["explain", "create.locatin"], "did you mean \"create.location\"?"),
        (&["list", "checks", "--topic", "nothing"], "unknown check or topic \"nothing\""),
        (&["serve", "--listen", "nowhere"], "weir: --listen: give a port, or an address"),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.status, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn an_endpoint_that_cannot_be_tested_ends_with_3_and_one_sentence() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = format!("http://{free}/scim/v2");
    let tls = format!("https://{}", peer("HTTP/1.1 400 Bad Request\r\n\r\n").trim_start_matches("http://"));
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<!doctype html>";
    let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let locked = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n{";
    for (url, words) in [
        (refused, "connection refused; nothing listens on port"),
        (tls, "the port speaks HTTP, not TLS; did you mean http://127.0.0.1:"),
        (peer(page), "the body is a page of markup"),
        (peer(empty), "the body is empty where JSON is expected"),
        (peer(locked), "no credentials were given; set WEIR_BEARER, or --bearer @FILE"),
        (peer(short), "the connection ended before the answer was complete"),
        (peer("220 mail.example.com ESMTP\r\n"), "does not speak HTTP"),
    ] {
        let ran = run(&["check", &url, "--timeout", "5"]);
        assert_eq!(ran.status, 3, "{url}: {} {}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(words), "{url}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{url}: {}", ran.stderr);
    }
}

#[test]
fn a_run_that_finds_no_endpoint_still_writes_its_report() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = run(&["check", &format!("http://{free}"), "--format", "json", "--bearer", "t1ger", "--seed", "7"]);
    assert_eq!(ran.status, 3);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(report["failure"].as_str().unwrap().contains("connection refused"), "{report:#}");
    assert_eq!(report["run"]["seed"], 7);
    assert!(!ran.stdout.contains("t1ger") && !ran.stderr.contains("t1ger"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = weir(&["list", "requirements", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 16];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}

/// Each catalogue of `weir list`.
const CATALOGUES: [&str; 15] = [
    "checks",
    "rules",
    "requirements",
    "deviations",
    "targets",
    "clients",
    "topics",
    "capabilities",
    "disputes",
    "verdicts",
    "scenarios",
    "applications",
    "settings",
    "steps",
    "words",
];

#[test]
fn a_list_without_a_catalogue_names_all() {
    let ran = run(&["list"]);
    assert_eq!(ran.status, 2, "{}", ran.stdout);
    assert!(ran.stderr.lines().count() <= 3, "{}", ran.stderr);
    let names = CATALOGUES.join(", ");
    assert!(ran.stderr.contains(&format!("`weir list checks`: {names}")), "{}", ran.stderr);
}

#[test]
fn a_name_that_cannot_be_explained_gives_one_short_line() {
    for name in ["", " ", "[]", "nonsense", "."] {
        let ran = run(&["explain", name]);
        assert_eq!(ran.status, 2, "{name:?}: {}", ran.stdout);
        let expected = format!("weir: unknown name {name:?}; `weir list CATALOGUE` shows all\n");
        assert_eq!(ran.stderr, expected);
    }
}

#[test]
fn lists_have_the_same_entries_in_both_forms() {
    for catalogue in CATALOGUES {
        let lines = run(&["list", catalogue]).stdout.lines().count();
        let json: serde_json::Value =
            serde_json::from_str(&run(&["list", catalogue, "--format", "json"]).stdout).unwrap();
        assert_eq!(json.as_array().unwrap().len(), lines, "{catalogue}");
        assert!(lines > 0, "{catalogue}");
    }
}

#[test]
fn what_is_listed_can_be_explained() {
    // A unit test explains every entry of every catalogue; here a few of each go through the binary.
    for catalogue in ["checks", "deviations", "targets", "clients"] {
        let list: serde_json::Value =
            serde_json::from_str(&run(&["list", catalogue, "--format", "json"]).stdout).unwrap();
        for entry in list.as_array().unwrap().iter().step_by(29) {
            let id = entry.get("id").or_else(|| entry.get("name")).unwrap().as_str().unwrap();
            let ran = run(&["explain", id]);
            assert_eq!(ran.status, 0, "{id}: {}", ran.stderr);
            assert!(ran.stdout.contains(id), "{id}: {}", ran.stdout);
        }
    }
    // What covers a requirement grows; what the requirement says does not.
    let text = run(&["explain", "rfc7644-3.3-12"]).stdout;
    for words in [
        "requirement RFC7644-3.3-12\nRFC 7644 section 3.3, MUST, binds the server\n\nA conflicting create gives 409",
        "\n  create.duplicate-user-name: ",
        "\n  uniqueness.not-enforced: ",
    ] {
        assert!(text.contains(words), "{words:?} is missing in\n{text}");
    }
}

#[test]
fn a_url_that_misses_the_root_is_answered_with_the_root_at_the_same_origin() {
    let served = Served::start(&["--target", "rfc"]);
    let (root, token) = (served.value("URL").to_owned(), served.value("bearer").to_owned());
    let origin = root.trim_end_matches("/scim/v2");
    let meant = format!("did you mean {root}?");
    for path in ["/scim/v2/Users", "/scim/v2/Schemas", "", "/wrong"] {
        let url = format!("{origin}{path}");
        let ran = run(&["check", &url, "--bearer", &token]);
        assert_eq!(ran.status, 3, "{path}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(&meant), "{path}: {}", ran.stderr);
        assert!(!ran.stdout.contains("repeat with") && !ran.stdout.contains("exchanges"), "{path}: {}", ran.stdout);
    }
    let wrong = format!("{origin}/wrong");
    for command in [
        &["init", &wrong, "--output", "-"][..],
        &["clean", &wrong, "--run-seed", "7"],
        &["bench", &wrong, "--duration", "1"],
        &[
            "provision",
            &wrong,
            "--source",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/company.ldif"),
        ],
    ] {
        let ran = run(&[command, &["--bearer", &token]].concat());
        assert_eq!(ran.status, 3, "{command:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(&meant), "{command:?}: {}", ran.stderr);
    }
}

#[test]
fn a_secret_that_cannot_be_one_is_refused_before_anything_is_sent() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("secrets-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in
        [("empty", "\n"), ("two", "t1ger\nlion\n"), ("scheme", "Bearer t1ger"), ("mark", "\u{FEFF}t1ger\n")]
    {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let closed = peer(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a, b\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    let at = |name: &str| format!("@{}", folder.join(name).display());
    let checked = |flag: &str, value: &str, variables: &[(&str, &str)]| {
        let mut command = weir(&["check", &closed]);
        if !flag.is_empty() {
            command.args([flag, value]);
        }
        support::ran(&command.envs(variables.iter().copied()).output().expect("the binary starts"))
    };
    for (flag, value, status, words) in [
        ("--bearer", String::new(), 2, "--bearer is empty"),
        ("--bearer", at("empty"), 2, "empty is empty"),
        ("--bearer", at("two"), 2, "has a line break after 5 characters; give one line"),
        ("--bearer", at("scheme"), 2, "begins with `Bearer `; give what follows"),
        ("--bearer", "bearer t1ger".to_owned(), 2, "the secret of --bearer begins with `Bearer `"),
        ("--basic", "Basic dTpw".to_owned(), 2, "the secret of --basic begins with `Basic `"),
        ("--reader-bearer", "a\nb".to_owned(), 2, "the secret of --reader-bearer has a line break after 1 characters"),
        ("--header", "X-Key: a\u{7}b".to_owned(), 2, "the secret of --header X-Key has a control character"),
        (
            "--bearer",
            at("mark"),
            3,
            "the credentials were refused (the bearer token of --bearer), and the endpoint asks for Basic",
        ),
        ("--basic", "u:p".to_owned(), 3, "the credentials were refused (the user and password of --basic)"),
        (
            "",
            String::new(),
            3,
            "no credentials were given, and the endpoint asks for Basic; set WEIR_BEARER, or --bearer @FILE",
        ),
    ] {
        let ran = checked(flag, &value, &[]);
        assert_eq!(ran.status, status, "{flag} {value}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{flag} {value}: {words:?} is missing in {}", ran.stderr);
        assert!(!ran.stderr.contains("t1ger") && !ran.stderr.contains("lion"), "{flag}: {}", ran.stderr);
    }
    let unset = checked("", "", &[("WEIR_BEARER", "")]);
    assert_eq!((unset.status, unset.stderr.as_str()), (2, "weir: the variable WEIR_BEARER is empty\n"));
    std::fs::remove_dir_all(&folder).unwrap();
}
