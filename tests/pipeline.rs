//! An endpoint of one's own in a pipeline: configuration, ways to reach it, what a run costs, and the tools around a run.

mod support;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use support::{Ran, Served, ran as ran_of, run, weir};

/// A folder of its own for each test, in which `weir` is run.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pipeline-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        std::fs::write(self.0.join(name), text).expect("a file can be written");
        self
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).expect("the file is there")
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = weir(arguments);
        command.current_dir(&self.0).envs(variables.iter().copied());
        ran_of(&command.output().expect("the binary starts"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The users and groups that an endpoint holds.
fn population(url: &str, token: &str) -> u64 {
    let count = |collection: &str| {
        let folder = url.strip_prefix("http://").expect("plain HTTP");
        let (address, path) = folder.split_once('/').expect("it has a path");
        let mut stream = TcpStream::connect(address).expect("it listens");
        let request = format!(
            "GET /{path}/{collection}?count=0 HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("it takes requests");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers in text");
        let body = answer.split_once("\r\n\r\n").expect("it has a body").1;
        serde_json::from_str::<Value>(body).expect("it is JSON")["totalResults"].as_u64().expect("it is a number")
    };
    count("Users") + count("Groups")
}

#[test]
fn a_configuration_is_written_from_discovery_and_read_where_weir_is_run() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger"]);
    let url = served.value("URL");
    let folder = Folder::new("init");
    let written = folder.run_with(&["init", url], &[("WEIR_BEARER", "t1ger")]);
    assert_eq!(written.status, 0, "{}{}", written.stdout, written.stderr);
    assert!(
        written.stdout.contains("weir.toml is written") && written.stdout.contains("User, Group"),
        "{}",
        written.stdout
    );
    assert!(!folder.read("weir.toml").contains("t1ger"), "the token is in the file");
    let again = folder.run_with(&["init", url], &[("WEIR_BEARER", "t1ger")]);
    assert_eq!(again.status, 2);
    assert!(again.stderr.contains("weir.toml is there already"), "{}", again.stderr);

    let checked = folder.run_with(&["check", "--only", "read"], &[("WEIR_BEARER", "t1ger")]);
    assert_eq!(checked.status, 0, "{}{}", checked.stdout, checked.stderr);
    assert!(checked.stdout.starts_with(url), "{}", checked.stdout);

    // Without the variable the file's own word counts, which names the variable.
    let unset = folder.run(&["check", "--only", "read"]);
    assert_eq!(unset.status, 2, "{}", unset.stdout);
    assert!(
        unset.stderr.contains("weir.toml: [credentials], key `bearer`: the variable WEIR_BEARER is not set"),
        "{}",
        unset.stderr
    );

    // An embedded endpoint needs none of it.
    let embedded = folder.run(&["check", "--target", "rfc", "--only", "read"]);
    assert_eq!(embedded.status, 0, "{}{}", embedded.stdout, embedded.stderr);

    // Its credentials go to no other origin.
    let other = Served::start(&["--target", "rfc", "--bearer", "l1on"]);
    let elsewhere = folder.run(&["check", other.value("URL"), "--only", "read"]);
    assert_eq!(elsewhere.status, 3, "{}{}", elsewhere.stdout, elsewhere.stderr);
    assert_eq!(elsewhere.stderr.matches("does not count for").count(), 1, "{}", elsewhere.stderr);
}

#[test]
fn credentials_come_from_a_file_a_command_or_a_token_endpoint() {
    let served = Served::start(&["--target", "rfc"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let (client, secret) = served.value("oauth").split_once(':').expect("it has a secret");
    let folder = Folder::new("credentials");
    folder.write("token.txt", &format!("{token}\n")).write("client.txt", secret);
    for credentials in [
        "bearer = { file = \"token.txt\" }".to_owned(),
        "bearer = { command = [\"cat\", \"token.txt\"] }".to_owned(),
        format!("basic = {:?}", served.value("basic")),
        format!(
            "[credentials.oauth]\ntoken_url = {:?}\nclient = {client:?}\nsecret = {{ file = \"client.txt\" }}",
            served.value("tokens")
        ),
    ] {
        folder.write("weir.toml", &format!("url = {url:?}\n[credentials]\n{credentials}\n"));
        let ran = folder.run(&["check", "--only", "read.user"]);
        assert_eq!(ran.status, 0, "{credentials}: {}{}", ran.stdout, ran.stderr);
    }
    let expired = folder.write("weir.toml", &format!("url = {url:?}\n[credentials]\nbearer = \"yesterday\"\n"));
    let ran = expired.run(&["check", "--only", "read.user"]);
    assert_eq!(ran.status, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("the credentials were refused"), "{}", ran.stderr);
}

#[test]
fn a_wrong_configuration_ends_with_2_and_file_line_and_key() {
    let folder = Folder::new("wrong");
    for (text, expected) in [
        ("urls = \"x\"", "weir: weir.toml, line 1, key `urls`: unknown key \"urls\"; did you mean \"url\"?"),
        ("url = 3", "line 1, key `url`: expected a text, got the number 3"),
        (
            "url = \"http://127.0.0.1:9\"\n[credentials]\nbearer = \"a\"\nbasic = \"b:c\"",
            "line 2: [credentials] has more than one",
        ),
        ("[features]\nskip = [\"patches\"]", "line 2, key `skip`: unknown capability \"patches\""),
    ] {
        let ran = folder.write("weir.toml", text).run(&["check"]);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{text}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected) && ran.stderr.lines().count() == 1, "{text}: {}", ran.stderr);
    }
    let ran = folder.run(&["check", "--config", "other.toml"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("other.toml: the file cannot be read: there is no such file"), "{}", ran.stderr);
}

#[test]
fn what_a_configuration_says_about_values_features_and_types_is_kept_to() {
    let served = Served::start(&["--target", "rfc"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let folder = Folder::new("values");
    folder.write(
        "weir.toml",
        &format!(
            "url = {url:?}\nresource_types = [\"User\"]\n[credentials]\nbearer = {token:?}\n[features]\nskip = [\"bulk\", \"patch\"]\n\
             [attributes.User]\nuserName = \"{{word}}.{{n}}@mill.example.org\"\n\"emails.value\" = \"{{word}}{{n}}@mill.example.org\"\n\
             title = \"Miller\"\nleave_out = [\"nickName\"]\n"
        ),
    );
    let ran = folder.run(&["check", "--report", "json=run.json", "--report", "har=run.har"]);
    let report: Value = serde_json::from_str(&folder.read("run.json")).expect("it is JSON");
    let not_right: Vec<&Value> = report["checks"]
        .as_array()
        .expect("there are checks")
        .iter()
        .filter(|check| matches!(check["verdict"].as_str(), Some("fail" | "warn" | "blocked" | "error")))
        .collect();
    assert_eq!((ran.status, not_right), (0, Vec::new()), "{}", ran.stderr);
    let offered = |id: &str| {
        let all = report["capabilities"].as_array().expect("there are capabilities");
        all.iter().find(|offer| offer["id"] == id).map(|offer| (offer["offered"].clone(), offer["provenance"].clone()))
    };
    for id in ["bulk", "patch.users", "patch.groups", "create.groups"] {
        assert_eq!(offered(id), Some((false.into(), "configured".into())), "{id}");
    }
    let archive = folder.read("run.har");
    assert!(archive.contains("@mill.example.org") && archive.contains("Miller"), "no template was used");
    let archive: Value = serde_json::from_str(&archive).expect("it is JSON");
    for entry in archive["log"]["entries"].as_array().expect("it has entries") {
        let target = entry["request"]["url"].as_str().expect("it has a URL");
        assert!(!target.contains("/Groups/") && !target.ends_with("/Bulk"), "{target} was tried");
    }
    assert_eq!(population(url, token), 0);
    for (settings, fault) in [
        (
            "resource_types = [\"Person\"]\n",
            "weir.toml, line 2, key `resource_types`: unknown resource type \"Person\"; use one of User, Group",
        ),
        (
            "[attributes.Users]\ntitle = \"x\"\n",
            "weir.toml, line 2: unknown resource type \"Users\"; did you mean \"User\"?",
        ),
        (
            "[attributes.User]\ntitle = \"x\"\nnickNmae = \"y\"\n",
            "weir.toml, line 4, key `nickNmae`: unknown attribute of User \"nickNmae\"; did you mean \"nickName\"?",
        ),
        (
            "[attributes.User]\nleave_out = [\n  \"titel\",\n]\n",
            "key `leave_out`: unknown attribute of User \"titel\"; did you mean \"title\"?",
        ),
    ] {
        folder.write("weir.toml", &format!("url = {url:?}\n{settings}[credentials]\nbearer = {token:?}\n"));
        let ran = folder.run(&["check"]);
        assert_eq!(ran.status, 2, "{settings}: {}", ran.stdout);
        assert!(ran.stderr.contains(fault), "{settings}: {}", ran.stderr);
    }
}

#[test]
fn a_budget_is_kept_and_everything_is_deleted_all_the_same() {
    let served = Served::start(&["--target", "rfc"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let ran = run(&["check", url, "--bearer", token, "--budget", "300", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).expect("it is JSON");
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let count = |verdict: &str| report["summary"]["checks"][verdict].as_u64().unwrap_or_default();
    assert!(count("pass") > 10 && count("blocked") > 100 && count("fail") == 0, "{:#}", report["summary"]);
    let blocked =
        report["checks"].as_array().expect("there are checks").iter().find(|check| check["verdict"] == "blocked");
    assert_eq!(
        blocked.expect("one is blocked")["reason"],
        "the budget of 300 requests is spent; raise --budget, or run fewer checks"
    );
    assert_eq!(report["leftovers"], serde_json::json!([]));
    assert_eq!(population(url, token), 0);
}

#[test]
fn a_read_waits_until_a_change_has_settled() {
    let served = Served::start(&["--target", "rfc"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let folder = Folder::new("settle");
    let arguments =
        ["check", url, "--bearer", token, "--only", "read.user", "--settle", "0.15", "--report", "har=run.har"];
    let ran = folder.run(&arguments);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    let archive: Value = serde_json::from_str(&folder.read("run.har")).expect("it is JSON");
    let entries = archive["log"]["entries"].as_array().expect("it has entries");
    let when = |entry: &Value| {
        entry["startedDateTime"].as_str().expect("it has a time").parse::<jiff::Timestamp>().expect("it is a time")
    };
    let is = |method: &'static str| move |entry: &&Value| entry["request"]["method"] == method;
    let created = entries.iter().rfind(is("POST")).expect("a user is created");
    let read = entries.iter().rfind(is("GET")).expect("it is read");
    let waited = when(read).duration_since(when(created));
    assert!(waited >= jiff::SignedDuration::from_millis(150), "{waited:?}");
}

#[test]
fn leftovers_are_found_by_their_prefix_and_deleted() {
    let served = Served::start(&["--target", "rfc"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    for name in ["weir-abcdef-create.user-1@example.com", "ada@example.org"] {
        let body = format!(r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{name}"}}"#);
        post(url, token, "Users", &body);
    }
    let looked = run(&["clean", url, "--bearer", token, "--prefix", "weir-abcdef", "--dry-run"]);
    assert_eq!((looked.status, looked.stdout.lines().last()), (0, Some("1 found")), "{}", looked.stderr);
    assert_eq!(population(url, token), 2);
    let cleaned = run(&["clean", url, "--bearer", token, "--prefix", "weir-abcdef"]);
    assert_eq!((cleaned.status, cleaned.stdout.lines().last()), (0, Some("1 deleted, 0 left")), "{}", cleaned.stderr);
    assert_eq!(population(url, token), 1);
    let strange = run(&["clean", url, "--bearer", token, "--prefix", "ada"]);
    assert_eq!(strange.status, 2);
    assert!(strange.stderr.contains("no run has this prefix"), "{}", strange.stderr);
    let nothing = run(&["clean", url, "--bearer", token]);
    assert_eq!(nothing.status, 2);
    assert!(nothing.stderr.contains("give --prefix or --run-seed"), "{}", nothing.stderr);
}

fn post(url: &str, token: &str, collection: &str, body: &str) {
    let (address, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("it has a path");
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = format!(
        "POST /{path}/{collection} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("it takes requests");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers in text");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[test]
fn two_runs_are_compared() {
    let folder = Folder::new("diff");
    let check = |output: &str, more: &[&str]| {
        let arguments = ["check", "--target", "rfc", "--only", "replace", "--format", "json", "--output", output];
        folder.run(&[&arguments[..], more].concat())
    };
    assert_eq!(check("before.json", &[]).status, 0);
    assert_eq!(check("after.json", &["--deviate", "put.creates"]).status, 1);
    let worse = folder.run(&["diff", "before.json", "after.json"]);
    assert_eq!(worse.status, 1, "{}", worse.stderr);
    assert!(worse.stdout.contains("worse  pass -> fail  replace.unknown-resource[User]"), "{}", worse.stdout);
    let better = folder.run(&["diff", "after.json", "before.json", "--format", "markdown"]);
    assert_eq!(better.status, 0, "{}", better.stderr);
    assert!(better.stdout.contains("| better | fail | pass | `replace.unknown-resource[User]` |"), "{}", better.stdout);
    let none = folder.write("none.json", "{}").run(&["diff", "before.json", "none.json"]);
    assert_eq!((none.status, none.stdout.as_str()), (2, ""));
    assert!(
        none.stderr.contains("none.json: this is an empty JSON object, not a report of `weir check --format json`"),
        "{}",
        none.stderr
    );
}

#[test]
fn shells_and_manual_readers_are_served() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell]);
        assert!(ran.status == 0 && ran.stdout.contains("provision"), "{shell}: {}", ran.stderr);
    }
    let script = run(&["completions", "bash"]).stdout;
    for value in ["create.location", "uniqueness.not-enforced", "pingone-aquera", "partial-update", "RFC7644-3.3-12"] {
        assert!(script.contains(&format!(" {value} ")), "{value} is not completed");
    }
    let unknown = run(&["man", "chekc"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("unknown command \"chekc\"; did you mean \"check\"?"), "{}", unknown.stderr);
}

/// The sections of a manual page with their lines.
fn sections(page: &str) -> Vec<(&str, Vec<&str>)> {
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in page.lines() {
        match (line.strip_prefix(".SH "), sections.last_mut()) {
            (Some(heading), _) => sections.push((heading.trim_matches('"'), Vec::new())),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    sections
}

#[test]
fn manual_pages_have_the_sections_that_readers_look_for_and_flags_with_their_values() {
    let page = run(&["man"]).stdout;
    let headings: Vec<&str> = sections(&page).iter().map(|(heading, _)| *heading).collect();
    let expected =
        ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES", "VERSION"];
    assert_eq!(headings, expected);
    for (arguments, in_section) in [
        (
            &["man"][..],
            [("COMMANDS", "weir\\-check(1)"), ("ENVIRONMENT", "WEIR_CONTROL_TOKEN"), ("FILES", "weir.toml")],
        ),
        (
            &["man", "check"],
            [("SYNOPSIS", ".OP \\-\\-only ID..."), ("FILES", "weir.baseline.toml"), ("EXAMPLES", "weir check")],
        ),
        (&["man", "check"], [("EXIT STATUS", "130"), ("ENVIRONMENT", "WEIR_BEARER"), ("SEE ALSO", "weir(1)")]),
        (&["man", "provision"], [("SYNOPSIS", "watch[=SECONDS]"), ("FILES", "\\-\\-ledger"), ("SYNOPSIS", "URL")]),
        (
            &["man", "calibrate"],
            [("DESCRIPTION", "Record the real client"), ("SEE ALSO", "weir\\-serve(1)"), ("SYNOPSIS", "\\fIFILE")],
        ),
        (
            &["man", "connection", "show"],
            [
                ("NAME", "weir\\-connection\\-show"),
                ("SEE ALSO", "weir\\-connection(1)"),
                ("SYNOPSIS", "weir connection show"),
            ],
        ),
    ] {
        let ran = run(arguments);
        let sections = sections(&ran.stdout);
        assert!(!sections.iter().any(|(heading, _)| *heading == "EXTRA"), "{arguments:?}");
        for (heading, text) in in_section {
            let lines = sections.iter().find(|(own, _)| *own == heading).map(|(_, lines)| lines.join("\n"));
            assert!(lines.as_ref().is_some_and(|lines| lines.contains(text)), "{arguments:?} {heading}: {lines:?}");
        }
    }
}

/// Passes everything on to `address`, and counts the connections.
fn forward(mut from: impl std::io::Read + std::io::Write, address: &str) -> std::io::Result<()> {
    // One request a connection: what the peer sends is passed on when its head and body are there.
    let mut bytes = Vec::new();
    let (head, length) = loop {
        let mut chunk = [0; 8192];
        let count = from.read(&mut chunk)?;
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse::<usize>().unwrap_or(0));
            break (head.to_owned(), length);
        }
        if count == 0 {
            return Ok(());
        }
    };
    while bytes.len() < head.len() + 4 + length {
        let mut chunk = [0; 8192];
        let count = from.read(&mut chunk)?;
        bytes.extend_from_slice(&chunk[..count]);
    }
    // A proxy is asked with the whole URL; the endpoint wants the path.
    let text = String::from_utf8_lossy(&bytes).replacen(&format!("http://{address}"), "", 1);
    let text = text.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let mut to = TcpStream::connect(address)?;
    to.write_all(text.as_bytes())?;
    let mut answer = Vec::new();
    to.read_to_end(&mut answer)?;
    from.write_all(&answer)?;
    from.flush()
}

#[test]
fn a_proxy_leads_to_the_endpoint_and_a_dead_one_is_named() {
    let served = Served::start(&["--target", "rfc"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let address = url.strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("it has one").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let proxy = format!("http://{}", listener.local_addr().expect("it is bound"));
    let (seen, connections) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = seen.send(());
            let address = address.clone();
            // A client that goes early is not a fault of the proxy.
            std::thread::spawn(move || forward(stream, &address).ok());
        }
    });
    let ran = run(&["check", url, "--bearer", token, "--proxy", &proxy, "--only", "read.user"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(connections.try_iter().count() > 5, "the proxy was not asked");

    let gone = TcpListener::bind("127.0.0.1:0").expect("a port is free").local_addr().expect("it is bound");
    let ran = run(&["check", url, "--bearer", token, "--proxy", &format!("http://{gone}"), "--only", "read.user"]);
    assert_eq!(ran.status, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(&format!("the proxy http://{gone}/ does not lead there")), "{}", ran.stderr);
}

#[test]
fn a_client_certificate_opens_an_endpoint_that_asks_for_one() {
    let served = Served::start(&["--target", "rfc"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let address = url.strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("it has one").to_owned();
    let folder = Folder::new("certificate");
    let front = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("it is made");
    let client = rcgen::generate_simple_self_signed(["weir.example.com".to_owned()]).expect("it is made");
    let stranger = rcgen::generate_simple_self_signed(["eve.example.com".to_owned()]).expect("it is made");
    folder.write("ca.pem", &front.cert.pem());
    folder.write("client.pem", &client.cert.pem()).write("client.key", &client.signing_key.serialize_pem());
    folder.write("both.pem", &format!("{}{}", client.cert.pem(), client.signing_key.serialize_pem()));
    folder.write("eve.pem", &format!("{}{}", stranger.cert.pem(), stranger.signing_key.serialize_pem()));
    let port = tls_front(&front, &client, &address);
    let url = format!("https://127.0.0.1:{port}/scim/v2");
    let check = |more: &[&str]| {
        let base = ["check", &url, "--bearer", token, "--ca", "ca.pem", "--only", "read.user"];
        folder.run(&[&base[..], more].concat())
    };
    for flags in [&["--cert", "client.pem", "--key", "client.key"][..], &["--cert", "both.pem"]] {
        let ran = check(flags);
        assert_eq!(ran.status, 0, "{flags:?}: {}{}", ran.stdout, ran.stderr);
    }
    for flags in [&["--cert", "eve.pem"][..], &[]] {
        let ran = check(flags);
        assert_eq!(ran.status, 3, "{flags:?}: {}{}", ran.stdout, ran.stderr);
    }
    let ran = check(&["--cert", "client.pem"]);
    assert_eq!(ran.status, 2, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("no certificate with its key"), "{}", ran.stderr);
    let ran =
        folder.run(&["check", &url, "--bearer", token, "--insecure", "--cert", "both.pem", "--only", "read.user"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("any certificate is accepted"), "{}", ran.stderr);
}

type Made = rcgen::CertifiedKey<rcgen::KeyPair>;

/// A TLS front that asks for the certificate of `client`, on a free port, before the endpoint at `address`.
fn tls_front(server: &Made, client: &Made, address: &str) -> u16 {
    // Another test may have been first, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(client.cert.der().clone()).expect("it is a certificate");
    let verifier = rustls::server::WebPkiClientVerifier::builder(Arc::new(roots)).build().expect("it has a root");
    let key = rustls::pki_types::PrivateKeyDer::try_from(server.signing_key.serialize_der()).expect("it is a key");
    let config = rustls::ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![server.cert.der().clone()], key)
        .expect("certificate and key fit");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let address = address.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, address) = (Arc::clone(&config), address.clone());
            std::thread::spawn(move || {
                let connection = rustls::ServerConnection::new(config).expect("the configuration is right");
                let mut stream = rustls::StreamOwned::new(connection, stream);
                // Who has no right certificate is turned away, and that is not a fault of the front.
                let _ = forward(&mut stream, &address);
                stream.conn.send_close_notify();
                let _ = stream.flush();
            });
        }
    });
    port
}
