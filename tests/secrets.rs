//! Where secrets go: to the endpoint that the user named, and nowhere else.

#[path = "support/proxy.rs"]
mod proxy;
mod support;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use proxy::{Listener, Message};
use serde_json::Value;
use support::{Ran, Served, ran, run, weir};

const TWENTY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/twenty.ldif");

/// A listener at which nothing has to arrive.
fn stranger() -> Listener {
    Listener::answering(|_| Message::answer("200 OK", &[], "{}"))
}

/// The endpoint whose every URL, in bodies and headers, has the origin of `stranger`.
fn misnamed(served: &Served, stranger: &Listener) -> Listener {
    let url = served.value("URL").to_owned();
    let own = url[..url.find("/scim").expect("a base path")].to_owned();
    let other = stranger.origin.clone();
    Listener::before(&url, move |request, answer| {
        answer.replace(&own, &other);
        // The endpoint writes its URLs with the host that it is asked for.
        answer.replace(&format!("http://{}", request.header("host").expect("a host")), &other);
    })
}

fn assert_nothing_arrived(stranger: &Listener, what: &str) {
    let arrived: Vec<String> = stranger.take().iter().map(Message::text).collect();
    assert!(arrived.is_empty(), "{what}: another origin was sent\n{}", arrived.join("\n\n"));
}

#[test]
fn nothing_is_sent_to_an_origin_that_only_the_endpoint_names() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger-of-the-run"]);
    let stranger = stranger();
    let endpoint = misnamed(&served, &stranger);
    let url = format!("{}/scim/v2", endpoint.origin);
    let with_secrets = ["--bearer", "t1ger-of-the-run", "--header", "X-Extra: extra-s3cret"];
    let configuration = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("secrets-origins.toml");
    let configuration = configuration.to_str().expect("a path");
    for arguments in [
        &["check", &url, "--format", "json"][..],
        &["check", &url, "--as", "pingfederate-aquera", "--as", "pingone-scim", "--people", "5", "--format", "json"],
        &["provision", "--as", "pingfederate-aquera", "--source", TWENTY, &url],
        &["init", &url, "--output", configuration, "--force"],
        &["bench", &url, "--duration", "1", "--warm-up", "0", "--people", "5"],
        &["clean", &url, "--prefix", "weir-"],
    ] {
        let ran = run(&[arguments, &with_secrets].concat());
        assert!(matches!(ran.status, 0 | 1), "{arguments:?}: {}", ran.stderr);
        assert!(!endpoint.take().is_empty(), "{arguments:?}");
        assert_nothing_arrived(&stranger, &format!("{arguments:?}"));
        if arguments == ["check", &url, "--format", "json"] {
            let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
            for (check, place) in [
                ("create.location", "Location"),
                ("common-attributes.location", "meta.location"),
                ("bulk.location", "Operations[0].location"),
                ("groups.member-references", "the $ref"),
            ] {
                let message = format!("{place} has another origin than the endpoint's URL");
                assert_names(&report, check, &message, &stranger.origin);
            }
        }
    }
}

/// The report's finding of this check says so, and what came.
fn assert_names(report: &Value, check: &str, message: &str, observed: &str) {
    let checks = report["checks"].as_array().expect("checks");
    let finding = checks.iter().find(|finding| finding["id"] == check).unwrap_or_else(|| panic!("no {check}"));
    let found = finding["problems"].as_array().into_iter().flatten().any(|problem| {
        // What is asked in its place stands behind it.
        problem["message"].as_str().is_some_and(|text| text.starts_with(message))
            && problem["observed"].as_str().is_some_and(|text| text.starts_with(observed))
    });
    assert!(found, "{check} does not say {message:?}: {finding:#}");
}

#[test]
fn a_redirect_leads_nowhere() {
    let stranger = stranger();
    let location = format!("Location: {}/scim/v2/Users", stranger.origin);
    let endpoint = Listener::answering(move |_| Message::answer("307 Temporary Redirect", &[&location], "{}"));
    let url = format!("{}/scim/v2", endpoint.origin);
    let token_url = format!("{}/token", endpoint.origin);
    for arguments in [
        &["check", &url, "--bearer", "t1ger-of-the-run"][..],
        &["provision", "--as", "pingone-scim", "--source", TWENTY, &url, "--bearer", "t1ger-of-the-run"],
        &["check", &url, "--oauth-client", "weir:client-s3cret", "--oauth-token-url", &token_url],
        &["clean", &url, "--prefix", "weir-", "--basic", "u:passw0rd-of-u"],
    ] {
        let ran = run(arguments);
        assert!(matches!(ran.status, 1 | 3), "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        assert!(!endpoint.take().is_empty(), "{arguments:?}");
        assert_nothing_arrived(&stranger, &format!("{arguments:?}"));
    }
}

#[test]
fn each_of_two_tenants_gets_its_own_credentials_only() {
    let served = ["first-t0ken", "second-t0ken"].map(|token| Served::start(&["--target", "rfc", "--bearer", token]));
    let [first, second] = served.each_ref().map(|served| Listener::before(served.value("URL"), |_, _| {}));
    let [url, other] = [&first, &second].map(|endpoint| format!("{}/scim/v2", endpoint.origin));
    let arguments = ["check", &url, "--only", "multi-tenancy", "--bearer", "first-t0ken", "--format", "json"];
    let further = ["--header", "X-Extra: extra-s3cret", "--second-url", &other, "--second-bearer", "second-t0ken"];
    let ran = run(&[&arguments[..], &further].concat());
    assert!(matches!(ran.status, 0 | 1), "{}", ran.stderr);
    for (endpoint, own, others) in [
        (&first, &["first-t0ken", "extra-s3cret"][..], &["second-t0ken"][..]),
        (&second, &["second-t0ken"], &["first-t0ken", "extra-s3cret"]),
    ] {
        let arrived: Vec<String> = endpoint.take().iter().map(Message::text).collect();
        for secret in own {
            assert!(arrived.iter().any(|request| request.contains(secret)), "{secret} is not used");
        }
        for secret in others {
            assert!(!arrived.iter().any(|request| request.contains(secret)), "{secret} went to the other tenant");
        }
    }
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    assert!(report["leftovers"].as_array().is_some_and(Vec::is_empty), "{:#}", report["leftovers"]);
}

/// Everything that a request holds, as an endpoint that looks into it may repeat it.
fn seen_in(request: &Message) -> String {
    let basic = request.head.iter().filter_map(|line| line.split_once(": Basic "));
    let decoded: Vec<String> = basic
        .filter_map(|(_, value)| base64::engine::general_purpose::STANDARD.decode(value).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    format!("{} {}", request.head.join(" | "), decoded.join(" "))
}

/// A text in JSON as a server may write it: some or all characters escaped, for JSON, a URL or HTML, once or twice.
fn escaped(text: &str) -> [String; 6] {
    let json = |text: &str| {
        let quoted = Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let units = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
    let all = units(text);
    let mut at = 0;
    let third = |character: char| {
        at += 1;
        if at % 3 == 1 { units(&character.to_string()) } else { json(&character.to_string()) }
    };
    [
        text.chars().map(third).collect(),
        all.replace('\\', "\\\\"),
        all,
        json(text).replace('/', "\\/").replace('=', "\\u003d").replace('+', "\\u002B"),
        text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat(),
        text.chars().map(|character| format!("&#{};", u32::from(character))).collect::<Vec<_>>().concat(),
    ]
}

/// The values of the headers, each in base64.
fn encoded(request: &Message) -> String {
    let values = request.head[1..].iter().filter_map(|line| line.split_once(": "));
    values.map(|(_, value)| base64::engine::general_purpose::STANDARD.encode(value)).collect::<Vec<_>>().join(" ")
}

/// An endpoint that repeats what it is sent: in headers, in the detail of errors and in attributes.
fn echoing(served: &Served) -> Listener {
    Listener::before(served.value("URL"), |request, answer| {
        let seen = seen_in(request);
        let ascii: String = seen.chars().filter(char::is_ascii).collect();
        answer.head.push(format!("X-Seen: {ascii}"));
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) else { return };
        if body.contains_key("access_token") {
            return;
        }
        let is_error = body.contains_key("detail");
        for name in if is_error { &["detail", "seen"][..] } else { &["title", "displayName", "seen"] } {
            body.insert((*name).to_owned(), seen.clone().into());
        }
        body.insert(ascii.to_lowercase(), true.into());
        answer.body = Value::Object(body).to_string().into_bytes();
    })
}

/// An endpoint that repeats what it is sent with escapes, in another form each time.
fn escaping(served: &Served) -> Listener {
    let turn = AtomicUsize::new(0);
    Listener::before(served.value("URL"), move |request, answer| {
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) else { return };
        let forms = escaped(
            &request.header("authorization").into_iter().chain(request.header("x-extra")).collect::<Vec<_>>().join(" "),
        );
        let turn = turn.fetch_add(1, Ordering::Relaxed);
        let form = &forms[turn % forms.len()];
        for name in ["detail", "title", "displayName", "scimType"] {
            if body.contains_key(name) || name == "displayName" {
                body.insert(name.to_owned(), "PLACE".into());
            }
        }
        body.insert("seen".to_owned(), encoded(request).into());
        body.insert("all".to_owned(), "EVERY".into());
        let text = Value::Object(body).to_string().replace("PLACE", form).replace("EVERY", &forms.join(" | "));
        answer.body = text.into_bytes();
    })
}

/// An endpoint that refuses every change, and repeats what it is sent.
fn refusing(served: &Served) -> Listener {
    Listener::before(served.value("URL"), |request, answer| {
        if !request.head[0].starts_with("GET ") {
            let urn = "urn:ietf:params:scim:api:messages:2.0:Error";
            let body = serde_json::json!({"schemas": [urn], "status": "400", "detail": seen_in(request)});
            *answer = Message::answer("400 Bad Request", &[], &body.to_string());
        }
    })
}

fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("secrets").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Every form in which one of these stands in what was written.
fn found_in(written: &str, secrets: &[&str]) -> Vec<String> {
    let forms = secrets.iter().flat_map(|secret| {
        let json = Value::from(*secret).to_string();
        [
            (*secret).to_owned(),
            json[1..json.len() - 1].to_owned(),
            base64::engine::general_purpose::STANDARD.encode(secret),
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
            secret.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;"),
            base64::engine::general_purpose::STANDARD.encode(format!("Bearer {secret}")),
            // All but the first character, which alone was escaped.
            secret.chars().skip(1).collect(),
        ]
        .into_iter()
        .chain(escaped(secret))
        .chain(escaped(secret).map(|form| form.replace('\\', "\\\\")))
    });
    let written = written.to_lowercase();
    forms.filter(|form| written.contains(&form.to_lowercase())).collect()
}

fn assert_clean(what: &str, ran: &Ran, folder: Option<&PathBuf>, secrets: &[&str]) {
    let mut texts =
        vec![("standard output".to_owned(), ran.stdout.clone()), ("standard error".into(), ran.stderr.clone())];
    for entry in folder.into_iter().flat_map(|folder| std::fs::read_dir(folder).expect("a folder")) {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        texts.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    for (place, text) in &texts {
        let found = found_in(text, secrets);
        assert!(found.is_empty(), "{what}: {place} holds {found:?}");
    }
    assert!(
        texts.iter().any(|(_, text)| text.contains("***")),
        "{what}: no secret was repeated: {}{}",
        ran.stdout,
        ran.stderr
    );
}

const TOKEN: &str = "t1ger+of/the=run&<x>";
const EXTRA: &str = "extra \"s3cret\" of a header";
const PROXY: &str = "pr0xy-passw0rd";
const READER: &str = "reader-t0ken-of-the-run";
const SECOND: &str = "second-t0ken-of-the-run";

#[test]
fn no_report_repeats_what_an_endpoint_repeats_of_the_secrets() {
    let served = Served::start(&["--target", "rfc", "--bearer", TOKEN]);
    let endpoint = echoing(&served);
    let folder = scratch("reports");
    let file = |name: &str| folder.join(name).display().to_string();
    let reports: Vec<String> = ["json", "ndjson", "junit", "sarif", "markdown", "html", "github", "har", "terminal"]
        .iter()
        .map(|format| format!("{format}={}", file(format)))
        .collect();
    let url = format!("{}/scim/v2", endpoint.origin);
    let header = format!("X-Extra: {EXTRA}");
    let proxy = endpoint.origin.replace("http://", &format!("http://proxy-user:{PROXY}@"));
    let baseline = file("baseline.toml");
    let mut arguments = vec!["check", &url, "--bearer", TOKEN, "--header", &header, "--proxy", &proxy, "--verbose"];
    arguments.extend([
        "--reader-bearer",
        READER,
        "--second-bearer",
        SECOND,
        "--baseline",
        &baseline,
        "--update-baseline",
    ]);
    for topic in
        ["create", "errors", "auth", "discovery", "read", "security", "multi-tenancy", "round-trip", "media-types"]
    {
        arguments.extend(["--only", topic]);
    }
    for report in &reports {
        arguments.extend(["--report", report]);
    }
    let ran = ran(&weir(&arguments).env("WEIR_LOG", "debug").output().expect("the binary starts"));
    assert!(matches!(ran.status, 0 | 1), "{}", ran.stderr);
    assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 10, "nine reports and the baseline");
    let pair = format!("proxy-user:{PROXY}");
    assert_clean("check", &ran, Some(&folder), &[TOKEN, EXTRA, PROXY, &pair, READER, SECOND]);
}

#[test]
fn no_escape_hides_a_secret() {
    let pair = format!("weir-user:{TOKEN}");
    let header = format!("X-Extra: {EXTRA}");
    for (kind, given, secrets) in [
        ("--bearer", TOKEN, vec![TOKEN.to_owned(), format!("Bearer {TOKEN}"), EXTRA.to_owned()]),
        ("--basic", &pair, vec![TOKEN.to_owned(), pair.clone(), EXTRA.to_owned()]),
    ] {
        let served = Served::start(&["--target", "rfc", kind, given]);
        let endpoint = escaping(&served);
        let url = format!("{}/scim/v2", endpoint.origin);
        for further in [
            &["--only", "create", "--only", "errors", "--only", "read"][..],
            &["--as", "pingone-scim", "--people", "3"],
        ] {
            let folder = scratch(&format!("escapes{kind}{}", further[0]));
            let mut arguments =
                vec!["check".to_owned(), url.clone(), kind.into(), given.into(), "--header".into(), header.clone()];
            arguments.extend(further.iter().map(|word| (*word).to_owned()));
            for format in ["json", "ndjson", "junit", "sarif", "markdown", "html", "github", "har", "terminal"] {
                arguments.extend(["--report".to_owned(), format!("{format}={}", folder.join(format).display())]);
            }
            let ran = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
            assert!(matches!(ran.status, 0 | 1), "{}", ran.stderr);
            let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
            assert_clean(kind, &ran, Some(&folder), &secrets);
        }
    }
}

#[test]
fn a_secret_that_is_an_ordinary_word_leaves_the_words_of_weir() {
    for token in ["bearer", "secret", "scim", "http"] {
        let served = Served::start(&["--target", "rfc", "--bearer", token]);
        let folder = scratch(&format!("word-{token}"));
        let path = folder.join("weir.toml");
        let path = path.to_str().expect("a path");
        let url = served.value("URL");
        let header = format!("X-Extra: {EXTRA}");
        let ran = run(&["init", url, "--bearer", token, "--header", &header, "--output", path]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stdout.contains(&format!("is written, for {url} with User")), "{}", ran.stdout);
        let text = std::fs::read_to_string(path).expect("a configuration");
        assert!(text.contains(&format!("url = \"{url}\"")), "{text}");
        assert!(text.contains("\nbearer = { env = \"WEIR_BEARER\" }\n"), "{text}");
        assert!(!text.contains("***") && !text.contains(EXTRA), "{text}");
        let printed = run(&["init", url, "--bearer", token, "--output", "-"]);
        assert_eq!(printed.stdout, text);

        let check = ["check", "--config", path, "--bearer", token, "--only", "auth", "--format"];
        let ran = run(&[&check[..], &["json"]].concat());
        assert!(matches!(ran.status, 0 | 1), "{}", ran.stderr);
        let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
        assert_eq!(report["run"]["url"], url);
        let command = report["run"]["command"].as_str().expect("a command");
        assert!(
            command.starts_with(&format!("weir check --config {path} --bearer \"$WEIR_BEARER\" --only auth")),
            "{command}"
        );
        let ids: Vec<&str> =
            report["checks"].as_array().expect("checks").iter().filter_map(|one| one["id"].as_str()).collect();
        assert!(!ids.is_empty() && ids.iter().all(|id| !id.contains('*')), "{ids:?}");
        let ran = run(&[&check[..], &["terminal"]].concat());
        assert!(ran.stdout.contains(url), "{}", ran.stdout);
        assert!(ran.stdout.contains(&format!("weir check --config {path}")), "{}", ran.stdout);
    }
}

#[test]
fn no_other_command_repeats_them_either() {
    const PASSWORD: &str = "pa\"ss\\wörd";
    let pair = format!("weir-user:{PASSWORD}");
    let served = Served::start(&["--target", "rfc", "--basic", &pair, "--oauth-client", "weir-client:cl1ent/s3cret"]);
    let tokens = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&tokens);
    let issuer = Listener::before(served.value("URL"), move |_, answer| {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        kept.lock().expect("whole").extend(body["access_token"].as_str().map(str::to_owned));
    });
    let (endpoint, refuser) = (echoing(&served), refusing(&served));
    let [url, refusing] = [&endpoint, &refuser].map(|listener| format!("{}/scim/v2", listener.origin));
    let token_url = format!("{}/oauth/token", issuer.origin);
    let header = format!("X-Extra: {EXTRA}");
    let basic = ["--basic", &pair, "--header", &header];
    let oauth = ["--oauth-client", "weir-client:cl1ent/s3cret", "--oauth-token-url", &token_url, "--header", &header];
    let folder = scratch("commands");
    let file = |name: &str| folder.join(name).display().to_string();
    let (json, markdown) = (format!("json={}", file("cycles.json")), format!("markdown={}", file("cycles.md")));
    for arguments in [
        &["check", &url, "--as", "pingfederate-aquera", "--people", "3"][..],
        &["check", &url, "--as", "pingone-aquera", "--scenario", "partial-update"],
        &["check", &refusing, "--as", "pingfederate-aquera", "--people", "3", "--variants", "--format", "json"],
        &[
            "provision",
            "--as",
            "pingfederate-aquera",
            "--source",
            TWENTY,
            "--report",
            &json,
            "--report",
            &markdown,
            "--ledger",
            &file("ledger"),
            &refusing,
        ],
        &["bench", &refusing, "--duration", "1", "--warm-up", "0", "--people", "2"],
        &["clean", &refusing, "--prefix", "weir-"],
        &["init", &url, "--output", &file("weir.toml"), "--force"],
    ] {
        for credentials in [&basic[..], &oauth] {
            let ran = run(&[arguments, credentials].concat());
            let got: Vec<String> = tokens.lock().expect("whole").clone();
            let mut secrets = vec![PASSWORD, &pair, "cl1ent/s3cret", EXTRA];
            secrets.extend(got.iter().map(String::as_str));
            let what = format!("{arguments:?} {}", credentials[0]);
            for (place, text) in [("standard output", &ran.stdout), ("standard error", &ran.stderr)] {
                assert!(found_in(text, &secrets).is_empty(), "{what}: {place} holds {:?}", found_in(text, &secrets));
            }
        }
    }
    assert!(!tokens.lock().expect("whole").is_empty(), "a token was fetched");
    let got: Vec<String> = tokens.lock().expect("whole").clone();
    let mut secrets = vec![PASSWORD, &pair, "cl1ent/s3cret", EXTRA];
    secrets.extend(got.iter().map(String::as_str));
    let ran = Ran { status: 0, stdout: String::new(), stderr: String::new() };
    assert_clean("files", &ran, Some(&folder), &secrets);
}

#[test]
fn what_is_left_out_of_documents_is_named_without_the_secrets() {
    let served = Served::start(&["--target", "rfc", "--bearer", "l1ke/t0ken"]);
    let url = format!("{}/scim/v2", echoing(&served).origin);
    let like = ["serve", "--listen", "127.0.0.1:0", "--schema", "nowhere.json", "--like", &url, "--like-bearer"];
    let ran = run(&[&like[..], &["l1ke/t0ken"]].concat());
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert_clean("--like-bearer", &ran, None, &["l1ke/t0ken"]);
    let ran = run(&[&like[..], &["an0ther/t0ken"]].concat());
    assert!(ran.stderr.contains("the token of --like-bearer was refused"), "{}", ran.stderr);
}

#[test]
fn secrets_that_a_configuration_names_are_known_too() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t0ken-of-a-command"]);
    let endpoint = echoing(&served);
    let folder = scratch("configuration");
    let path = folder.join("weir.toml");
    let text = format!(
        "url = \"{}/scim/v2\"\n[credentials]\nbearer = {{ command = [\"printf\", \"t0ken-of-%s\", \"a-command\"] }}\n\
         [headers]\nX-Extra = {{ env = \"SECRETS_TEST\" }}\n",
        endpoint.origin
    );
    std::fs::write(&path, text).expect("a file");
    let config = path.to_str().expect("a path");
    let mut command = weir(&["check", "--config", config, "--only", "errors", "--format", "json"]);
    let ran = ran(&command.env("SECRETS_TEST", "variable-s3cret").output().expect("the binary starts"));
    assert!(matches!(ran.status, 0 | 1), "{}", ran.stderr);
    assert_clean("check", &ran, None, &["t0ken-of-a-command", "variable-s3cret"]);
}

/// A URL of a connection or of a flag shows neither its password nor a parameter that is a secret, whether it is used or refused.
#[test]
fn no_url_shows_its_secrets() {
    const AQUERA: &str = include_str!("../fixtures/connections/pingfederate-aquera.json");
    for (url, secrets) in [
        ("https://svc:pw-s3cret@127.0.0.1:1/scim", &["pw-s3cret"][..]),
        ("https://svc:x1z@127.0.0.1:1/scim", &["x1z"]),
        ("https://t0ken-user@127.0.0.1:1/scim", &["t0ken-user"]),
        ("https://127.0.0.1:1/scim?token=t0ken-query&a=b", &["t0ken-query"]),
        ("https://127.0.0.1:1/scim?access%5Ftoken=t0ken-query#code=c0de-value", &["t0ken-query", "c0de-value"]),
    ] {
        let connection = support::file("url.json", AQUERA.replace("https://api.example.com/scim/hr", url));
        let markdown = support::file("url.md", "");
        for arguments in [
            &["connection", "show", &connection][..],
            &["connection", "list", &connection],
            &["connection", "test", &connection, "--bearer", "b3arer"],
            &["connection", "fields", &connection, "--bearer", "b3arer"],
            &["provision", "--connection", &connection, "--source", TWENTY, "--bearer", "b3arer"],
            &[
                "provision",
                "--connection",
                &connection,
                "--source",
                TWENTY,
                "--dry-run",
                "--report",
                &format!("markdown={markdown}"),
            ],
            &["provision", "--source", url, "--dry-run"],
            &["provision", "--source", &url.replace("https", "ldap"), "--dry-run"],
            &["check", url, "--bearer", "b3arer"],
            &["check", "--proxy", url, "http://127.0.0.1:1/scim", "--bearer", "b3arer"],
            &["init", url, "--bearer", "b3arer", "--output", "-"],
            &["clean", url, "--prefix", "weir-", "--yes"],
            &["bench", url, "--yes"],
            &["serve", "--listen", "127.0.0.1:0", "--like", url, "--schema", "nowhere.json"],
            &["serve", "--listen", "127.0.0.1:0", "--base-url", url, "--schema", "nowhere.json"],
        ] {
            let ran = run(arguments);
            let text = ran.stdout + &ran.stderr + &std::fs::read_to_string(&markdown).unwrap_or_default();
            let found = found_in(&text, secrets);
            assert!(found.is_empty(), "{arguments:?} shows {found:?}: {text}");
        }
        let shown = run(&["connection", "show", &connection]);
        assert!(shown.stdout.contains("***"), "{}", shown.stdout);
    }
}
