//! Endpoints that answer with more than anybody reads, or not at all: what a run takes of memory and time has bounds, which it
//! names, and one signal ends it.

mod support;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Ran, Served, ran, run, weir};

/// The most memory of a command, in KB, a third above what was measured: what a few answers of the largest size take, whatever
/// the endpoint sends.
fn most_memory(command: &str) -> u64 {
    1024 * match command {
        "check" => 420,
        "bench" => 380,
        "clean" => 240,
        "provision" => 165,
        _ => 100,
    }
}
/// The longest that a run takes to its end when it is asked to end, on a busy machine. It is shorter than the ten seconds that
/// container engines wait.
const LONGEST_END: Duration = Duration::from_secs(10);

/// What a peer makes of a request line: a body, or no answer ever.
type Route = Arc<dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync>;

/// A peer that looks at the memory of the process which asks it, each time that it is asked.
struct Peer {
    url: String,
    asked: mpsc::Receiver<String>,
    pid: Arc<AtomicU32>,
    peak: Arc<AtomicU64>,
}

impl Peer {
    fn start(route: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}/scim/v2", listener.local_addr().expect("it is bound"));
        let (sender, asked) = mpsc::channel();
        let (pid, peak): (Arc<AtomicU32>, Arc<AtomicU64>) = Default::default();
        let (route, of, seen): (Route, _, _) = (Arc::new(route), Arc::clone(&pid), Arc::clone(&peak));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (route, of, seen, sender) =
                    (Arc::clone(&route), Arc::clone(&of), Arc::clone(&seen), sender.clone());
                std::thread::spawn(move || {
                    answer(stream, &route, |line| {
                        seen.fetch_max(memory(of.load(Ordering::Acquire)), Ordering::AcqRel);
                        // The test may be over.
                        let _ = sender.send(line.to_owned());
                    });
                });
            }
        });
        Self { url, asked, pid, peak }
    }

    fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = weir(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        self.pid.store(child.id(), Ordering::Release);
        child
    }

    /// Runs a command to its end, whose memory has to stay within the bound.
    fn run(&self, arguments: &[&str]) -> Ran {
        let ran = ran(&self.spawn(arguments).wait_with_output().expect("the binary ends"));
        let peak = self.peak.load(Ordering::Acquire);
        assert!(peak > 0 && peak < most_memory(arguments[0]), "{arguments:?} took {peak} KB");
        ran
    }

    /// Starts a command, and asks it to end when it has sent a request that begins so.
    fn interrupt(&self, arguments: &[&str], at: &str) -> (Child, Instant) {
        let child = self.spawn(arguments);
        while !self.asked.recv().expect("the peer lives").starts_with(at) {}
        terminate(&child);
        (child, Instant::now())
    }
}

fn terminate(child: &Child) {
    let killed = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status();
    assert!(killed.expect("kill runs").success());
}

/// The peak of a process's memory in KB; 0 if it is not there any more.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// Answers every request of a connection.
fn answer(stream: TcpStream, route: &Route, asked: impl Fn(&str)) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some((_, value)) = line.to_ascii_lowercase().split_once("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if line == "\r\n" {
                break;
            }
            if first.is_empty() {
                first = line;
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        asked(&first);
        let Some(body) = route(&first) else {
            // Until the other side has had enough.
            let _ = reader.read_to_end(&mut Vec::new());
            return;
        };
        let status = if first.starts_with("POST /scim/v2/Users ") { "201 Created" } else { "200 OK" };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        if reader.get_mut().write_all(head.as_bytes()).is_err() || reader.get_mut().write_all(&body).is_err() {
            return;
        }
    }
}

/// A list of so many small entries, which is a resource too.
fn list(entries: usize) -> Vec<u8> {
    let mut text = format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"id":"7","userName":"ada","nextCursor":"c","totalResults":{entries},"Resources":["#
    );
    for entry in 0..entries {
        let comma = if entry == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"id":"i{entry}","name":"T{entry}","userName":"u{entry}","displayName":"g{entry}","endpoint":"/E{entry}","schema":"urn:x:{entry}"}}"#
        );
    }
    text.push_str("]}");
    text.into()
}

/// A peer whose discovery is right; `route` answers all else.
fn behind_right_discovery(route: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static) -> Peer {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger"]);
    let documents = ["ServiceProviderConfig", "ResourceTypes", "Schemas"].map(|name| {
        let url = served.value("URL").strip_prefix("http://").expect("it is http");
        let (address, path) = url.split_once('/').expect("it has a path");
        let mut stream = TcpStream::connect(address).expect("it is served");
        write!(
            stream,
            "GET /{path}/{name} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer t1ger\r\nConnection: close\r\n\r\n"
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers in text");
        let (_, body) = answer.split_once("\r\n\r\n").expect("it has a head");
        (format!("GET /scim/v2/{name} "), body.as_bytes().to_vec())
    });
    Peer::start(move |line| {
        let document = documents.iter().find(|(start, _)| line.starts_with(start.as_str()));
        document.map(|(_, document)| document.clone()).or_else(|| route(line))
    })
}

fn reasons(report: &Value) -> Vec<&str> {
    let checks = report["checks"].as_array().expect("there are checks").iter();
    checks.filter(|check| check["verdict"] == "blocked").filter_map(|check| check["reason"].as_str()).collect()
}

#[test]
fn a_long_list_as_the_answer_to_everything_is_bounded_and_the_bound_is_named() {
    let body = list(2000);
    let peer = Peer::start(move |_| Some(body.clone()));
    let ran = peer.run(&["check", &peer.url, "--yes", "--only", "discovery", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).expect("the report is whole");
    let named = reasons(&report).iter().filter(|reason| reason.contains("--check-entries")).count();
    assert!(named > 5, "{:#}", report["checks"]);
    assert_eq!(report["summary"]["checks"]["error"], 0, "{}", report["summary"]);
    assert!(report["summary"]["exchanges"].as_u64().is_some_and(|sent| sent < 1000), "{}", report["summary"]);
}

#[test]
fn an_answer_that_is_too_much_once_it_is_parsed_is_not_parsed() {
    let numbers = format!("[{}1]", "1,".repeat(3_900_000)).into_bytes();
    for body in [list(80_000), numbers] {
        let peer = Peer::start(move |_| Some(body.clone()));
        let ran = peer.run(&["check", &peer.url, "--yes", "--only", "discovery"]);
        assert_eq!(ran.status, 3, "{}", ran.stderr);
        assert!(ran.stderr.contains("raise --largest-answer"), "{}", ran.stderr);
    }
}

#[test]
fn many_answers_of_the_largest_size_at_once_take_little_more_than_one() {
    let name = "x".repeat(8 * 1024 * 1024 - 1024);
    let body = format!(r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"7","userName":"{name}"}}"#)
        .into_bytes();
    let peer = behind_right_discovery(move |_| Some(body.clone()));
    let ran = peer.run(&["check", &peer.url, "--yes", "--only", "create", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).expect("the report is whole");
    assert_eq!(report["summary"]["checks"]["error"], 0, "{}", report["summary"]);
}

#[test]
fn a_load_of_the_largest_answers_takes_little_more_than_one() {
    let body = format!(r#"{{"totalResults":1,"Resources":[],"x":"{}"}}"#, "x".repeat(8 * 1024 * 1024 - 1024));
    let peer = behind_right_discovery(move |_| Some(body.clone().into_bytes()));
    let mut arguments = vec!["bench", &peer.url, "--yes", "--shape", "list", "--concurrency", "32"];
    arguments.extend(["--people", "64", "--warm-up", "0", "--duration", "1"]);
    let ran = peer.run(&arguments);
    // Its answers are no users, as the first ones show; by then 32 of them came at once.
    assert!(ran.status == 3 && ran.stderr.contains("could not be created"), "{}", ran.stderr);
}

#[test]
fn a_list_without_end_does_not_fill_the_memory_of_a_clean_up() {
    let body = list(9000);
    let peer = behind_right_discovery(move |_| Some(body.clone()));
    let ran = peer.run(&["clean", &peer.url, "--prefix", "weir-", "--dry-run"]);
    assert!(ran.status <= 1, "{}", ran.stderr);
}

#[test]
fn a_recording_whose_bodies_are_too_much_is_refused() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bounds-har-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let entry = |body: &str| {
        serde_json::json!({
            "startedDateTime": "2026-01-01T00:00:00Z",
            "request": {"method": "POST", "url": "http://127.0.0.1/Users", "headers": [], "postData": {"text": body}},
            "response": {"status": 201, "headers": [], "content": {"text": "{}"}},
        })
    };
    let numbers = format!("[{}1]", "1,".repeat(2_000_000));
    let archive = serde_json::json!({"log": {"version": "1.2", "entries": [entry("{}"), entry(&numbers)]}});
    let file = folder.join("long.har");
    std::fs::write(&file, archive.to_string()).expect("the file can be written");
    let ran = run(&["calibrate", "pingone-scim", file.to_str().expect("it is text"), "--output", "-"]);
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("long.har: the bodies take more than 128 MiB once they are parsed"), "{}", ran.stderr);
}

#[test]
fn one_signal_ends_a_check_of_an_endpoint_with_long_answers() {
    let body = list(3000);
    let peer = behind_right_discovery(move |_| Some(body.clone()));
    let arguments = ["check", &peer.url, "--yes", "--only", "create", "--only", "index-paging", "--format", "json"];
    let (child, asked) = peer.interrupt(&arguments, "POST /scim/v2/Users ");
    let ran = ran(&child.wait_with_output().expect("the binary ends"));
    assert!(asked.elapsed() < LONGEST_END, "{:?}", asked.elapsed());
    assert_eq!(ran.status, 130, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).expect("the report is whole");
    assert_eq!(report["summary"]["interrupted"], true);
    let peak = peer.peak.load(Ordering::Acquire);
    assert!(peak < most_memory("check"), "{peak} KB");
}

#[test]
fn one_signal_ends_every_command_that_waits_for_an_endpoint() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/twenty.ldif");
    for (silent_from, arguments) in [
        ("GET /scim/v2/ServiceProviderConfig ", &["check", "--yes"][..]),
        ("GET /scim/v2/ServiceProviderConfig ", &["check", "--dry-run"]),
        ("GET /scim/v2/ServiceProviderConfig ", &["init"]),
        ("GET /scim/v2/ServiceProviderConfig ", &["bench", "--yes"]),
        ("GET /scim/v2/ServiceProviderConfig ", &["clean", "--run-seed", "7", "--yes"]),
        ("GET /scim/v2/", &["provision", "--source", directory, "--yes"]),
    ] {
        let peer = Peer::start(|_| None);
        let arguments: Vec<&str> = arguments.iter().copied().chain([peer.url.as_str(), "--bearer", "t1ger"]).collect();
        let (child, asked) = peer.interrupt(&arguments, silent_from);
        let ran = ran(&child.wait_with_output().expect("the binary ends"));
        assert_eq!(ran.status, 130, "{arguments:?}: {}", ran.stderr);
        assert!(asked.elapsed() < LONGEST_END, "{arguments:?}: {:?}", asked.elapsed());
    }
}

/// An endpoint that creates, and never answers a DELETE.
fn that_deletes_nothing() -> Peer {
    let created = br#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"7","userName":"weir-ada"}"#;
    behind_right_discovery(move |line| {
        let answer = if line.starts_with("POST /scim/v2/Users ") { &created[..] } else { b"{}" };
        (!line.starts_with("DELETE ")).then(|| answer.to_vec())
    })
}

#[test]
fn what_the_time_to_clean_up_does_not_reach_is_named() {
    let peer = that_deletes_nothing();
    let arguments = ["check", &peer.url, "--yes", "--only", "create", "--format", "json"];
    let (child, asked) = peer.interrupt(&arguments, "DELETE ");
    let ran = ran(&child.wait_with_output().expect("the binary ends"));
    assert!(asked.elapsed() < LONGEST_END, "{:?}", asked.elapsed());
    assert_eq!(ran.status, 130, "{}", ran.stderr);
    let Ok(report) = serde_json::from_str::<Value>(&ran.stdout) else { panic!("no report: {}", ran.stderr) };
    let left = report["leftovers"].as_array().expect("there is a list");
    assert!(left.iter().any(|left| left["url"].as_str().is_some_and(|url| url.ends_with("/Users/7"))), "{left:#?}");
}

#[test]
fn a_second_signal_ends_a_clean_up_that_hangs() {
    let peer = that_deletes_nothing();
    let (mut child, _) = peer.interrupt(&["check", &peer.url, "--yes", "--only", "create"], "DELETE ");
    let mut stderr = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut line = String::new();
    stderr.read_line(&mut line).expect("it is text");
    assert!(line.contains("again to end at once"), "{line}");
    terminate(&child);
    let again = Instant::now();
    assert_eq!(child.wait().expect("the binary ends").code(), Some(130));
    assert!(again.elapsed() < Duration::from_secs(3), "{:?}", again.elapsed());
}

#[test]
fn a_bound_never_makes_an_endpoint_fail() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger"]);
    let common = ["check", served.value("URL"), "--bearer", "t1ger", "--format", "json"];
    for (bound, topics) in [
        (["--check-entries", "30"], &["--only", "discovery", "--only", "read"][..]),
        (["--check-entries", "1"], &["--only", "discovery", "--only", "schema"]),
        (["--check-requests", "3"], &["--only", "create", "--only", "patch", "--only", "groups", "--only", "filter"]),
    ] {
        let ran = run(&[&common[..], &bound, topics].concat());
        let Ok(report) = serde_json::from_str::<Value>(&ran.stdout) else { panic!("{}", ran.stderr) };
        if let Some(failure) = report["failure"].as_str() {
            assert!(ran.status == 3 && failure.contains(bound[0]), "{failure}");
            continue;
        }
        let count = |verdict: &str| report["summary"]["checks"][verdict].as_u64().unwrap_or_default();
        assert_eq!((count("fail"), count("warn"), count("error")), (0, 0, 0), "{bound:?}: {}", report["summary"]);
        assert!(reasons(&report).iter().all(|reason| reason.contains(bound[0])), "{bound:?}: {:?}", reasons(&report));
    }
}

#[test]
fn documents_of_discovery_that_are_too_much_together_are_not_kept() {
    let body = list(20_000);
    let peer = Peer::start(move |_| Some(body.clone()));
    let ran = peer.run(&["check", &peer.url, "--yes", "--only", "discovery"]);
    assert_eq!(ran.status, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("the documents of discovery") && ran.stderr.contains("raise --largest-answer"));
}

/// A directory server (RFC 4511) that accepts every bind, and answers every search with a page without entries behind which there
/// is another one (RFC 2696).
fn directory_of_empty_pages() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("ldap://{}", listener.local_addr().expect("it is bound"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || while empty_page(&mut stream).is_ok() {});
        }
    });
    url
}

/// Answers one request of a client of a directory.
fn empty_page(stream: &mut TcpStream) -> std::io::Result<()> {
    const BIND: u8 = 0x60;
    const SEARCH: u8 = 0x63;
    const ANOTHER_PAGE: &[u8] = b"\xa0\x24\x30\x22\x04\x161.2.840.113556.1.4.319\x04\x08\x30\x06\x02\x01\x00\x04\x01c";
    let mut head = [0; 2];
    stream.read_exact(&mut head)?;
    let length = match head[1] {
        length @ ..=0x7f => usize::from(length),
        form => {
            let mut bytes = vec![0; usize::from(form & 0x7f)];
            stream.read_exact(&mut bytes)?;
            bytes.iter().fold(0, |length, byte| length * 256 + usize::from(*byte))
        }
    };
    let mut message = vec![0; length];
    stream.read_exact(&mut message)?;
    // The number of the request, as it came.
    let (number, operation) = message.split_at(2 + usize::from(message[1]));
    let (response, controls) = match operation[0] {
        BIND => (0x61, &b""[..]),
        SEARCH => (0x65, ANOTHER_PAGE),
        _ => return Err(std::io::ErrorKind::ConnectionAborted.into()),
    };
    let success = [&[response, 7][..], b"\x0a\x01\x00\x04\x00\x04\x00"].concat();
    let body = [number, &success, controls].concat();
    let length = u8::try_from(body.len()).expect("it is short");
    stream.write_all(&[&[0x30, length][..], &body].concat())
}

#[test]
fn a_directory_of_empty_pages_without_end_is_an_error_that_names_the_bound() {
    let url = directory_of_empty_pages();
    let ran = run(&["provision", "--source", &url, "--base-dn", "dc=example,dc=com", "--dry-run"]);
    assert_eq!(ran.status, 3, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("more than 1000 pages in a row without an entry"), "{}", ran.stderr);
}

#[test]
fn a_pipe_that_never_ends_is_no_source() {
    for arguments in [
        &["provision", "--source", "/dev/zero", "--dry-run"][..],
        &["check", "--config", "/dev/zero", "--dry-run"],
        &["diff", "/dev/zero", "/dev/zero"],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.status, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("save it to a file") || ran.stderr.contains("larger than"), "{}", ran.stderr);
    }
}

#[test]
fn a_provisioner_takes_long_answers_in_hand_one_after_the_other() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/twenty.ldif");
    let body = list(25_000);
    let peer = Peer::start(move |_| Some(body.clone()));
    let ran = peer.run(&[
        "provision",
        "--source",
        directory,
        "--yes",
        "--threads",
        "16",
        "--user-filter",
        "(cn=*w*)",
        "--format",
        "json",
        &peer.url,
    ]);
    assert!(serde_json::from_str::<Value>(&ran.stdout).is_ok(), "{}{}", ran.stdout, ran.stderr);
}
