//! What `weir serve` writes down of requests: secrets nowhere, the rest legible. And files that their owner alone can read.

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;
use support::{run, weir};

const JSON: &str = "application/scim+json";
const FORM: &str = "application/x-www-form-urlencoded";
const TWENTY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/twenty.ldif");
const TOKEN: &str = "zq-bearer-of-the-run";

fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("masking").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A request, written by hand so that nothing in it is encoded anew.
struct Sent {
    line: String,
    headers: String,
    body: Vec<u8>,
}

impl Sent {
    fn new(method: &str, target: &str, content_type: &str, body: &str) -> Self {
        let headers = if content_type.is_empty() { String::new() } else { format!("Content-Type: {content_type}\r\n") };
        Self { line: format!("{method} {target}"), headers, body: body.into() }
    }

    fn get(target: &str) -> Self {
        Self::new("GET", target, "", "")
    }

    fn header(mut self, line: &str) -> Self {
        self.headers += line;
        self.headers += "\r\n";
        self
    }

    /// Sends it, and gives the whole answer.
    fn to(&self, address: &str) -> String {
        let mut stream = TcpStream::connect(address).expect("the endpoint listens");
        let head = format!(
            "{} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n",
            self.line,
            self.body.len(),
            self.headers
        );
        stream.write_all(head.as_bytes()).expect("it takes the head");
        stream.write_all(&self.body).expect("it takes the body");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// Numbers secrets, so that one that is found says where it was sent.
#[derive(Default)]
struct Secrets(Vec<String>);

impl Secrets {
    fn next(&mut self) -> String {
        self.0.push(format!("zq{:03}x", self.0.len()));
        self.0.last().expect("one was pushed").clone()
    }
}

fn with_secret_headers(secrets: &mut Secrets) -> Vec<Sent> {
    let names = [
        "Authorization: Bearer ",
        "Authorization: Basic ",
        "authorization: ",
        "Proxy-Authorization: Basic ",
        "Cookie: theme=dark; session=",
        "X-Api-Key: ",
        "api-key: ",
        "X-Auth-Token: ",
        "X-Amz-Security-Token: ",
        "X-Client-Secret: ",
        "X-Hub-Signature: ",
        "X-Admin-Password: ",
        "Private-Token: ",
        "Referer: https://example.com/cb?state=visible-state&code=",
        "X-Original-URL: /cb?acc%65ss_token=",
    ];
    let sent = |name: &str| Sent::get("/scim/v2/Users?count=1").header(&format!("{name}{}", secrets.next()));
    names.into_iter().map(sent).collect()
}

fn with_secret_queries(secrets: &mut Secrets) -> Vec<Sent> {
    let queries = [
        "?access_token={}&x=visible-query",
        "?client%5Fsecret={}",
        "?acc%65ss%5ftoken={}",
        "?api+key={}",
        "?API-KEY={}",
        "?code={}&state=visible-state",
        "?client_assertion={}&assertion={}",
        "?SAMLResponse={}&signature={}",
        "?password=visible{}",
        "?filter=password%20eq%20%22{}%22",
        "?filter=p%61ssword+eq+%22{}%22%20and%20title%20eq%20%22visible-title%22",
        "?filter=urn:ietf:params:scim:schemas:core:2.0:User:password%20sw%20%22{}%22",
        "?filter=password%20{}",
        "?filter=password%20eq%20%22a%26{}%22",
        "?filter=password%20eq%20%27{}%27",
        "?filter=emails[password%20eq%20%22{}%22]",
        ";access_token={}",
        "&access_token={}",
        "?next=%2Fcb%3Fcode%3D{}",
        "?x=%7B%22password%22%3A%22{}%22%7D",
    ];
    let sent = |query: &str| Sent::get(&format!("/scim/v2/Users{}", filled(query, secrets)));
    queries.into_iter().map(sent).collect()
}

fn with_secret_forms(secrets: &mut Secrets) -> Vec<Sent> {
    let forms = [
        "grant_type=client_credentials&client_id=visible-client&client_secret={}",
        "grant_type=client_credentials&client_id=a&client%5Fsecret={}",
        "grant_type=client_credentials&cl%69ent_s%65cret={}&scope=visible-scope",
        "grant_type=authorization_code&code={}&code_verifier={}",
        "grant_type=refresh_token&refresh_token={}",
        "grant_type=password&username=visible-name&password={}",
        "grant_type=x&client_assertion_type=visible-type&client_assertion={}&assertion={}",
        "token={}&token_type_hint=access_token",
        "SAMLResponse={}&RelayState=visible-state",
    ];
    let mut sent: Vec<Sent> =
        forms.into_iter().map(|form| Sent::new("POST", "/oauth/token", FORM, &filled(form, secrets))).collect();
    sent.push(Sent::new("POST", "/scim/v2/Users", JSON, &filled("client_secret={}", secrets)));
    sent
}

fn with_secret_json(secrets: &mut Secrets) -> Vec<Sent> {
    let user = r#""schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]"#;
    let patch = r#""schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]"#;
    let bodies = [
        ("POST", "/Users", format!(r#"{{{user},"userName":"visible-user","password":"{{}}"}}"#)),
        ("POST", "/Users", format!(r#"{{{user},"userName":"u2","p\u0061ssw\u006frd":"{{}}"}}"#)),
        ("POST", "/Users", format!(r#"{{{user},"userName":"u3","PASSWORD":["{{}}"]}}"#)),
        ("POST", "/Users", format!(r#"{{{user},"userName":"u4","password":{{"value":"{{}}"}}}}"#)),
        ("POST", "/Users", format!(r#"{{{user},"urn:ietf:params:scim:schemas:core:2.0:User:password":"{{}}"}}"#)),
        ("POST", "/Users", r#"{"client\u005fsecret":"{}","api_key":"{}","id_token":"{}"}"#.to_owned()),
        ("POST", "/Users", r#"{"password":"{}""#.to_owned()),
        ("POST", "/Users", r#"{"p\u0061ssword":"{}",}"#.to_owned()),
        ("POST", "/Users", r#"{"note":"{\"p\\u0061ssword\":\"{}\"}"}"#.to_owned()),
        ("PATCH", "/Users/1", format!(r#"{{{patch},"Operations":[{{"op":"replace","path":"password","value":"{{}}"}}]}}"#)),
        (
            "PATCH",
            "/Users/1",
            format!(
                r#"{{{patch},"Operations":[{{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:password","value":{{"a":"{{}}"}}}}]}}"#
            ),
        ),
        ("PATCH", "/Users/1", format!(r#"{{{patch},"Operations":[{{"op":"add","value":{{"password":"{{}}"}}}}]}}"#)),
        ("PATCH", "/Users/1", format!(r#"{{{patch},"Operations":[{{"op":"add","path":"password {{}}","value":1}}]}}"#)),
        ("PATCH", "/Users/1", format!(r#"{{{patch},"Operations":[{{"op":"remove","path":"emails[password eq \"{{}}\"]"}}]}}"#)),
        ("PATCH", "/Users/1", format!(r#"{{{patch},"Operations":[{{"op":"remove","path":"password[value eq \"{{}}"}}]}}"#)),
        (
            "POST",
            "/Users/.search",
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"password eq \"{}\"","count":1}"#
                .to_owned(),
        ),
        (
            "POST",
            "/Bulk",
            format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
                {{"method":"POST","path":"/Users","bulkId":"visible-bulk","data":{{{user},"userName":"u5","password":"{{}}"}}}},
                {{"method":"PATCH","path":"/Users/1","data":{{{patch},"Operations":[{{"op":"add","path":"password","value":"{{}}"}}]}}}},
                {{"method":"PATCH","path":"/Users/1","data":{{{patch},"Operations":[{{"op":"add","path":"password eq {{}}"}}]}}}},
                {{"method":"DELETE","path":"/Users/1?access_token={{}}"}}]}}"#
            ),
        ),
    ];
    bodies
        .into_iter()
        .map(|(method, path, body)| Sent::new(method, &format!("/scim/v2{path}"), JSON, &filled(&body, secrets)))
        .collect()
}

fn with_secrets_that_nobody_can_read(secrets: &mut Secrets) -> Vec<Sent> {
    let wide = format!("{{\"password\":\"{}\"}}", secrets.next());
    let mut utf16 = Sent::new("POST", "/scim/v2/Users", "application/json; charset=utf-16", "");
    utf16.body = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let parts = format!("--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n{}\r\n--x--", secrets.next());
    let encoded = Sent::new("POST", "/scim/v2/Users", JSON, &secrets.next()).header("Content-Encoding: br");
    vec![utf16, Sent::new("POST", "/scim/v2/Users", "multipart/form-data; boundary=x", &parts), encoded]
}

/// Each `{}` is a new secret.
fn filled(text: &str, secrets: &mut Secrets) -> String {
    let mut parts = text.split("{}");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |filled, part| filled + &secrets.next() + part)
}

/// A text and the form in which UTF-16 would show it.
fn holds(text: &str, secret: &str) -> bool {
    let wide: String = secret.chars().flat_map(|sign| [sign, '\0']).collect();
    text.contains(secret) || text.contains(&wide) || text.contains(&wide.replace('\0', "\\u0000"))
}

/// How often the log is looked at before a line counts as lost.
const MOST_LOOKS: usize = 2000;

#[test]
fn no_secret_of_a_request_or_an_answer_is_written_down() {
    let folder = scratch("serve");
    let (archive, log) = (folder.join("serve.har"), folder.join("stderr"));
    let mut child = weir(&["serve", "--listen", "127.0.0.1:0", "--target", "rfc", "--bearer", TOKEN, "--log", "json"])
        .args(["--oauth-client", "visible-client:zq-secret-of-the-client", "--format", "json"])
        .arg("--record")
        .arg(&archive)
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).expect("a file"))
        .spawn()
        .expect("the binary starts");
    let mut greeting = String::new();
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut greeting).expect("a line");
    let greeting: Value = serde_json::from_str(&greeting).expect("the greeting is JSON");
    let control = greeting["control"]["url"].as_str().expect("a URL");
    let address = control.trim_start_matches("http://").split('/').next().expect("an address").to_owned();

    let mut secrets = Secrets::default();
    let mut sent = with_secret_headers(&mut secrets);
    let credentials = format!("Authorization: Bearer {TOKEN}");
    for requests in [with_secret_queries, with_secret_forms, with_secret_json, with_secrets_that_nobody_can_read] {
        sent.extend(requests(&mut secrets).into_iter().map(|request| request.header(&credentials)));
    }
    for request in &sent {
        let answer = request.to(&address);
        assert!(answer.starts_with("HTTP/1.1 "), "{}: {answer}", request.line);
    }
    // The answer of the token endpoint holds a secret that no request did.
    let form = "grant_type=client_credentials&client_id=visible-client&client_secret=zq-secret-of-the-client";
    let answer = Sent::new("POST", "/oauth/token", FORM, form).to(&address);
    let issued = answer.split("\"access_token\":\"").nth(1).and_then(|rest| rest.split('"').next());
    secrets.0.push(issued.unwrap_or_else(|| panic!("no token in {answer}")).to_owned());
    secrets.0.extend([TOKEN.to_owned(), "zq-secret-of-the-client".to_owned()]);

    let bearer = format!("Authorization: Bearer {}", greeting["control"]["bearer"].as_str().expect("a token"));
    let asked = |path: &str| Sent::get(&format!("/_weir/{path}")).header(&bearer).to(&address);
    let (journal, metrics) = (asked("journal"), asked("metrics"));
    // The line of a request may come after its answer.
    let lines = || std::fs::read_to_string(&log).expect("a file").lines().count();
    for _ in 0..MOST_LOOKS {
        if lines() > sent.len() {
            break;
        }
        asked("metrics");
    }
    let killed = std::process::Command::new("kill").arg("-TERM").arg(child.id().to_string()).status();
    assert!(killed.expect("kill runs").success());
    assert!(child.wait().expect("it ends").success());
    let [archive, log] = [&archive, &log].map(|path| std::fs::read_to_string(path).expect("a file"));

    for (place, text) in [("journal", &journal), ("metrics", &metrics), ("archive", &archive), ("log", &log)] {
        let found: Vec<&String> = secrets.0.iter().filter(|secret| holds(text, secret)).collect();
        let example = found.first().and_then(|secret| text.lines().find(|line| line.contains(secret.as_str())));
        assert!(found.is_empty(), "the {place} holds {found:?}: {}", example.unwrap_or_default());
    }
    // The test cannot pass because everything is hidden.
    for word in [
        "visible-query",
        "visible-state",
        "visible-title",
        "visible-client",
        "visible-scope",
        "visible-name",
        "visible-type",
        "visible-user",
        "visible-bulk",
    ] {
        assert!(journal.contains(word) && archive.contains(word), "{word} is not legible");
    }
    assert!(log.contains("visible-query") && log.contains("visible-title"), "{log}");
    assert_eq!(log.lines().count(), sent.len() + 1, "{log}");
}

#[cfg(unix)]
#[test]
fn every_file_that_a_command_writes_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = scratch("files");
    let at = |name: &str| folder.join(name).to_str().expect("a path").to_owned();
    let served = support::Served::start(&["--target", "rfc", "--bearer", TOKEN, "--record", &at("serve.har")]);
    let url = served.value("URL");
    let format_at = |format: &str| format!("{format}={}", at(format));
    let reports: Vec<String> =
        ["terminal", "json", "ndjson", "junit", "sarif", "markdown", "github", "html", "har"].map(format_at).into();
    let mut check = vec!["check", url, "--bearer", TOKEN, "--only", "read.resource", "--update-baseline"];
    let baseline = at("baseline.toml");
    check.extend(["--baseline", &baseline]);
    check.extend(reports.iter().flat_map(|report| ["--report", report]));
    let (ledger, cycle) = (at("ledger"), at("cycle.json"));
    let (configuration, figures, cycles) = (at("weir.toml"), at("bench.json"), format!("json={cycle}"));
    let commands: [&[&str]; 4] = [
        &check,
        &["init", url, "--bearer", TOKEN, "--output", &configuration],
        &[
            "bench",
            url,
            "--bearer",
            TOKEN,
            "--duration",
            "1",
            "--warm-up",
            "0",
            "--people",
            "3",
            "--concurrency",
            "1",
            "--output",
            &figures,
        ],
        &[
            "provision",
            "--as",
            "pingfederate-aquera",
            "--source",
            TWENTY,
            url,
            "--bearer",
            TOKEN,
            "--ledger",
            &ledger,
            "--report",
            &cycles,
        ],
    ];
    for arguments in commands {
        let ran = run(arguments);
        assert!(matches!(ran.status, 0 | 1), "{arguments:?}: {}", ran.stderr);
    }
    let variants = at("variants.toml");
    let calibrated = run(&["calibrate", "pingfederate-aquera", &at("serve.har"), "--output", &variants]);
    assert!(matches!(calibrated.status, 0 | 1), "{}", calibrated.stderr);

    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("its metadata").permissions().mode() & 0o777;
        names.push(entry.file_name().into_string().expect("a name"));
        assert_eq!(mode, 0o600, "{:?} has mode {mode:o}", entry.path());
    }
    assert_eq!(names.len(), 9 + 7, "{names:?}");

    // A file that exists keeps what its owner chose.
    let public = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&configuration, public).expect("a mode");
    assert_eq!(run(&["init", url, "--bearer", TOKEN, "--output", &configuration, "--force"]).status, 0);
    let kept = std::fs::metadata(&configuration).expect("its metadata").permissions().mode() & 0o777;
    assert_eq!(kept, 0o644);
}
