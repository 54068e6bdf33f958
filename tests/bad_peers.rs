//! What answers is not a SCIM endpoint, or one that breaks: one sentence each, the right exit status, and the report all the same.

#[path = "support/gate.rs"]
mod gate;
#[path = "support/proxy.rs"]
mod proxy;
mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use support::{Served, peer, run};

#[test]
fn each_kind_of_bad_peer_is_named_in_one_sentence() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port is free").local_addr().expect("it is bound");
    let page =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<html>hi</html>";
    let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let short = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\nConnection: close\r\n\r\n{\"schemas\":";
    let refused = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let moved =
        "HTTP/1.1 302 Found\r\nLocation: https://login.example.com/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for (name, url, expected) in [
        ("nobody listens", format!("http://{nobody}/scim/v2"), "connection refused; nothing listens on port"),
        ("no such host", "http://weir.invalid/scim/v2".into(), "is not known; check the spelling"),
        ("no TLS", format!("{}/scim/v2", peer(page).replace("http:", "https:")), "the port speaks HTTP, not TLS"),
        ("a web page", format!("{}/scim/v2", peer(page)), "not a SCIM endpoint"),
        ("nothing at all", format!("{}/scim/v2", peer(empty)), "not a SCIM endpoint"),
        ("a body cut short", format!("{}/scim/v2", peer(short)), "the connection ended before the answer was complete"),
        ("no HTTP", format!("{}/scim/v2", peer("220 smtp.example.com ESMTP\r\n")), "does not speak HTTP"),
        ("wrong credentials", format!("{}/scim/v2", peer(refused)), "the credentials were refused"),
        ("a login page", format!("{}/scim/v2", peer(moved)), "not a SCIM endpoint"),
        ("an endless answer", format!("{}/scim/v2", endless()), "exceeds 8388608 bytes"),
    ] {
        let ran = run(&["check", &url, "--bearer", "t1ger", "--yes", "--format", "json", "--timeout", "5"]);
        assert_eq!(ran.status, 3, "{name}: {}{}", ran.stdout, ran.stderr);
        let line = ran.stderr.lines().find(|line| line.starts_with("weir: ")).unwrap_or_default();
        assert!(line.contains(expected), "{name}: {}", ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{name}: {}", ran.stderr);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(report["failure"].as_str().is_some_and(|failure| failure.contains(expected)), "{name}: {report:#}");
    }
}

/// A peer whose answers never end.
fn endless() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    line.clear();
                }
                let mut stream = reader.into_inner();
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"Resources\":[");
                while stream.write_all(&[b' '; 4096]).is_ok() {}
            });
        }
    });
    format!("http://{address}")
}

/// Stands before an endpoint, and is gone for good after so many requests.
fn mortal(address: &str, requests: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let own = listener.local_addr().expect("it is bound");
    let (address, left) = (address.to_owned(), Arc::new(AtomicUsize::new(requests)));
    std::thread::spawn(move || {
        // Dropping the listener refuses whoever comes later.
        let mut threads = Vec::new();
        for stream in listener.incoming().flatten() {
            if left.load(Ordering::SeqCst) == 0 {
                break;
            }
            left.fetch_sub(1, Ordering::SeqCst);
            let address = address.clone();
            threads.push(std::thread::spawn(move || pass_on(stream, &address)));
        }
        drop(listener);
        for thread in threads {
            let _ = thread.join();
        }
    });
    format!("http://{own}")
}

/// The head of a request, without the empty line, and its body; nothing if the connection ends before.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

/// Passes one request on, and its answer back.
fn pass_on(stream: TcpStream, address: &str) {
    let mut reader = BufReader::new(stream);
    let Some((head, body)) = request(&mut reader) else { return };
    let Ok(mut to) = TcpStream::connect(address) else { return };
    let mut answer = Vec::new();
    if to.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).is_err()
        || to.write_all(&body).is_err()
        || to.read_to_end(&mut answer).is_err()
    {
        return;
    }
    let _ = reader.into_inner().write_all(&answer);
}

#[test]
fn an_endpoint_that_dies_in_the_middle_is_one_root_cause_and_what_remains_is_named() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger"]);
    let address =
        served.value("URL").strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("it has one");
    let url = format!("{}/scim/v2", mortal(address, 300));
    let ran = run(&["check", &url, "--bearer", "t1ger", "--format", "json", "--concurrency", "1"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).expect("the report is whole");
    let count = |verdict: &str| report["summary"]["checks"][verdict].as_u64().unwrap_or_default();
    assert!(count("pass") > 5 && count("blocked") > 100 && count("error") == 0, "{:#}", report["summary"]);
    let reasons: std::collections::BTreeSet<&str> = report["checks"]
        .as_array()
        .expect("there are checks")
        .iter()
        .filter(|check| check["verdict"] == "blocked")
        .filter_map(|check| check["reason"].as_str())
        .collect();
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert!(reasons.iter().all(|reason| reason.contains("cannot be reached any more")), "{reasons:?}");
    // What it had in hand when the endpoint died is told.
    for leftover in report["leftovers"].as_array().expect("there is a list") {
        assert!(leftover["url"].as_str().is_some_and(|left| left.starts_with(&url)), "{leftover:#}");
    }
}

/// A way to misbehave after so many requests.
#[derive(Clone, Copy)]
enum Misbehaviour {
    /// Reads requests and never answers.
    Hangs,
    /// Closes each connection without an answer.
    Closes,
    /// Sends half of each answer.
    CutsShort,
    /// Sends what is no HTTP.
    SpeaksOtherwise,
    /// Answers that it takes no request for an hour.
    TakesNoMore,
    /// Answers that the credentials are wrong.
    RefusesCredentials,
}

/// Stands before an endpoint, and misbehaves for good after so many requests.
fn misbehaving(address: &str, how: Misbehaviour, requests: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let own = listener.local_addr().expect("it is bound");
    let (address, left) = (address.to_owned(), Arc::new(AtomicUsize::new(requests)));
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming().flatten() {
            let is_over = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err();
            match how {
                _ if !is_over => {
                    let address = address.clone();
                    std::thread::spawn(move || pass_on(stream, &address));
                }
                Misbehaviour::Hangs => held.push(stream),
                Misbehaviour::Closes => drop(stream),
                Misbehaviour::CutsShort => {
                    write_behind_a_request(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
                }
                Misbehaviour::SpeaksOtherwise => write_behind_a_request(stream, b"220 smtp.example.com ESMTP\r\n"),
                Misbehaviour::TakesNoMore => write_behind_a_request(
                    stream,
                    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                ),
                Misbehaviour::RefusesCredentials => write_behind_a_request(
                    stream,
                    b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                ),
            }
        }
    });
    format!("http://{own}")
}

fn write_behind_a_request(stream: TcpStream, bytes: &[u8]) {
    let mut reader = BufReader::new(stream);
    if request(&mut reader).is_some() {
        // The client may have gone.
        let _ = reader.into_inner().write_all(bytes);
    }
}

#[test]
fn an_endpoint_that_gives_no_answer_any_more_is_accused_of_nothing_and_holds_up_no_report() {
    for (how, sign) in [
        (Misbehaviour::Hangs, "gives no answer any more"),
        (Misbehaviour::Closes, "gives no answer any more"),
        (Misbehaviour::CutsShort, "gives no answer any more"),
        (Misbehaviour::SpeaksOtherwise, "gives no answer any more"),
        (Misbehaviour::TakesNoMore, "takes no more requests: 429, to be sent again in 3600 s"),
        (Misbehaviour::RefusesCredentials, "refuses the credentials that it took before"),
    ] {
        let served = Served::start(&["--target", "rfc", "--bearer", "t1ger"]);
        let address =
            served.value("URL").strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("it has one");
        let url = format!("{}/scim/v2", misbehaving(address, how, 300));
        let ran = run(&["check", &url, "--bearer", "t1ger", "--format", "json", "--timeout", "1"]);
        let report: Value = serde_json::from_str(&ran.stdout).expect("the report is whole");
        let count = |verdict: &str| report["summary"]["checks"][verdict].as_u64().unwrap_or_default();
        assert!(count("pass") > 5 && count("blocked") > 300, "{:#}", report["summary"]);
        assert_eq!((count("fail"), count("warn"), count("error")), (0, 0, 0), "{:#}", report["causes"]);
        let blocked = report["checks"].as_array().expect("there are checks").iter();
        let reasons: std::collections::BTreeSet<&str> = blocked
            .filter(|check| check["verdict"] == "blocked")
            .filter_map(|check| check["reason"].as_str())
            .collect();
        assert!(reasons.iter().all(|reason| reason.contains(sign)), "{reasons:?}");
        let headlines: Vec<&Value> =
            report["causes"].as_array().expect("there are causes").iter().map(|cause| &cause["headline"]).collect();
        assert!(headlines.len() == 1 && headlines[0].as_str().is_some_and(|text| text.contains(sign)), "{headlines:?}");
        // What was looked for in vain is named.
        assert!(report["leftovers"].to_string().contains("weir clean --prefix"), "{:#}", report["leftovers"]);
        assert_eq!(ran.status, 1, "{}", ran.stderr);
    }
}

/// Stands before an endpoint, and shows the account of somebody who was there before for each user who is created.
fn somebody_elses(served: &Served) -> proxy::Listener {
    let theirs = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42","userName":"bjensen@example.com","displayName":"Barbara"}"#;
    proxy::Listener::before(served.value("URL"), move |request, answer| {
        if request.head[0].starts_with("POST ") && request.path().ends_with("/Users") && answer.head[0].contains(" 201")
        {
            answer.body = theirs.into();
        }
    })
}

#[test]
fn an_account_of_somebody_else_is_neither_changed_nor_deleted() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger"]);
    let proxy = somebody_elses(&served);
    let url = format!("{}/scim/v2", proxy.origin);
    let ran = run(&["check", &url, "--bearer", "t1ger", "--format", "json"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).expect("the report is whole");
    let finding = |name: &str| {
        let mut all = report["checks"].as_array().expect("there are checks").iter();
        all.find(|check| check["id"] == name && check["subject"] == "User").expect("it was run").clone()
    };
    // That the answer is the new resource is a SHOULD (RFC 7644 section 3.3).
    assert_eq!(finding("create.resource")["verdict"], "warn");
    assert!(finding("read.resource")["reason"].to_string().contains("a resource that was not sent"), "{report:#}");
    let touched: Vec<String> = proxy
        .take()
        .iter()
        .filter(|request| request.path().ends_with("/Users/42") && !request.head[0].starts_with("GET "))
        .map(|request| request.head[0].clone())
        .collect();
    assert_eq!(touched, Vec::<String>::new());
    // What was created all the same was found by its name.
    let answer =
        String::from_utf8(gate::get(&format!("{}/Users?count=5", served.value("URL")), "t1ger")).expect("text");
    assert!(answer.contains("\"totalResults\":0"), "{answer}");
}

#[test]
fn a_peer_that_answers_nonsense_to_everything_breaks_no_check() {
    // Discovery is right, and everything else is a page.
    for answer in ["<html>", "", "[]", "null", "{\"Resources\":{}}", "{\"totalResults\":\"many\",\"Resources\":[7]}"] {
        let ran = run(&["check", &nonsense(answer), "--bearer", "t1ger", "--format", "json"]);
        assert!(!ran.stderr.contains("panicked"), "{answer}: {}", ran.stderr);
        let report: Value = serde_json::from_str(&ran.stdout).expect("the report is whole");
        assert_eq!(report["summary"]["checks"]["error"], 0, "{answer}: {report:#}");
        assert!(matches!(ran.status, 1 | 3), "{answer}: {}", ran.status);
    }
}

/// A peer with a `ServiceProviderConfig` and nothing else that makes sense.
fn nonsense(answer: &'static str) -> String {
    const CONFIG: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],"patch":{"supported":true},"bulk":{"supported":true,"maxOperations":5,"maxPayloadSize":500},"filter":{"supported":true,"maxResults":5},"changePassword":{"supported":true},"sort":{"supported":true},"etag":{"supported":true},"authenticationSchemes":[]}"#;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                let Some((head, _)) = request(&mut reader) else { return };
                let body = if head.lines().next().is_some_and(|line| line.contains("/ServiceProviderConfig")) {
                    CONFIG
                } else {
                    answer
                };
                let text = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _ = reader.into_inner().write_all(text.as_bytes());
            });
        }
    });
    format!("http://{address}/scim/v2")
}
