//! What only a raw connection can send: paths that clients tidy up, framing that two parsers read in two ways, and peers
//! that are slow or half gone.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::victim::Victim;

/// How long a connection may stay open before the test calls it hung.
const HUNG: Duration = Duration::from_secs(10);

/// What a peer does after its bytes.
#[derive(Clone, Copy, PartialEq)]
enum After {
    Waits,
    HalfCloses,
    Leaves,
}

/// Sends bytes and returns everything that comes until the connection ends. A connection that does not end is a failure.
fn exchange(victim: &Victim, bytes: &[u8], after: After) -> String {
    let mut stream = TcpStream::connect(victim.client.endpoint().address()).unwrap();
    stream.set_read_timeout(Some(HUNG)).unwrap();
    // The endpoint may have refused and closed before everything was written.
    let _ = stream.write_all(bytes);
    match after {
        After::Leaves => return String::new(),
        After::HalfCloses => drop(stream.shutdown(Shutdown::Write)),
        After::Waits => {}
    }
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&buffer[..read]),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                panic!("the connection hangs after {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(200)]))
            }
            // Closing while bytes are unread resets the connection.
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// The statuses of every answer on a connection.
fn statuses(answer: &str) -> Vec<u16> {
    answer.split("HTTP/1.").skip(1).filter_map(|part| part.get(2..5)?.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_leads_nowhere_else() {
    let victim = Victim::start().await;
    let token = &victim.client.token;
    for path in [
        "/scim/v2/Users/../../../etc/passwd",
        "/scim/v2/../../etc/passwd",
        "/scim/v2/Users/..%2f..%2f..%2fetc%2fpasswd",
        "/scim/v2/Users/%2e%2e/%2e%2e/_weir/journal",
        "/scim/v2/Users/..",
        "/scim/v2/Users/.",
        "/scim/v2/Users/%00",
        "/scim/v2/Users/%0d%0aX-Evil:%201",
        "/scim/v2/Users/%FF%FE",
        "/scim/v2/Users/%",
        "/scim/v2/Users/%zz",
        "/scim/v2/Users/;id=1",
        "/scim/v2/Users/a;b=c",
        "/scim/v2/Users/*",
        "/scim/v2/Users/%2a",
        "/scim/v2/Users/'or'1'='1",
        "/scim/v2/Users/$ref",
        "/scim/v2/Users/{id}",
        "/scim/v2/Users/%7bid%7d",
        "/scim/v2\\Users",
        "/scim/v2/users",
        "/scim/v2/USERS",
        "/scim/v2/Users/0/0/0/0",
        "/scim/v2/Schemas/../Users",
        "/scim/v2/Schemas/urn:x/..%2f",
        "/scim/v2/ResourceTypes/..",
        "/scim/v2/.well-known",
        "/scim/v2/.git/config",
        "/scim/v1/Users",
        "/scim/v2x/Users",
        "/etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/_weirx",
        "/_weir/../scim/v2/Users/x",
        "//evil.example.com/scim/v2/Nope",
    ] {
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
        let answer = exchange(&victim, head.as_bytes(), After::Waits);
        let status = statuses(&answer);
        assert!(matches!(status[..], [400..=499]), "{path}: {answer}");
        assert!(answer.contains("api:messages:2.0:Error") || status[0] == 400, "{path}: {answer}");
        assert!(!answer.contains("root:") && !answer.to_lowercase().contains("\nx-evil"), "{path}: {answer}");
    }
    victim.is_unharmed("strange paths").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn framing_that_can_be_read_in_two_ways_smuggles_nothing() {
    let victim = Victim::start().await;
    let (token, user) = (&victim.client.token, &victim.user);
    let post = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/scim+json\r\n"
    );
    // It would delete the user if a parser took it for a request of the one who is authenticated.
    let smuggled = format!("DELETE /scim/v2/Users/{user} HTTP/1.1\r\nHost: x\r\n\r\n");
    let length = smuggled.len();
    let get = format!("GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n");
    for request in [
        format!("{post}Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"),
        format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{smuggled}"),
        format!("{post}Content-Length: 0\r\nContent-Length: {length}\r\n\r\n{smuggled}"),
        format!("{post}Content-Length: {length}\r\nContent-Length: 0\r\n\r\n{smuggled}"),
        format!("{post}Content-Length: 0, {length}\r\n\r\n{smuggled}"),
        format!("{post}Content-Length: +{length}\r\n\r\n{smuggled}"),
        format!("{post}Content-Length: -1\r\n\r\n{smuggled}"),
        format!("{post}Content-Length: 0x10\r\n\r\n{smuggled}"),
        format!("{post}Content-Length: 99999999999999999999\r\n\r\n{smuggled}"),
        format!("{post}Content-Length: \r\n\r\n{smuggled}"),
        format!("{post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{smuggled}"),
        format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{smuggled}"),
        format!("{post}Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{{}}{smuggled}"),
        format!("{post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{smuggled}"),
        format!("{post}Transfer-Encoding:\tchunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n{smuggled}"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{smuggled}"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n-1\r\n{smuggled}"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n2;x=\"\r\n{{}}\r\n0\r\n\r\n{smuggled}"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{smuggled}"),
        format!("{post}X-Bad : 1\r\nContent-Length: 2\r\n\r\n{{}}"),
        format!("{post}X-Null: a\0b\r\nContent-Length: 2\r\n\r\n{{}}"),
        format!("{post} folded: 1\r\nContent-Length: 2\r\n\r\n{{}}"),
        format!("{get}X-Long: {}\r\n\r\n", "x".repeat(200_000)),
        format!("{get}{}\r\n", "X-Many: 1\r\n".repeat(500)),
        "GET /scim/v2/Users HTTP/9.9\r\nHost: x\r\n\r\n".to_owned(),
        "GET /scim/v2/Users\r\n\r\n".to_owned(),
        "GET  /scim/v2/Users HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "GET /scim/v2/Us ers HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "G\0T /scim/v2/Users HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "\r\n\r\n\r\n".to_owned(),
        "\0\0\0\0\0\0\0\0".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense that is not a frame".to_owned(),
        "\x16\x03\x01\x02\0\x01\0\x01\u{fc}\x03\x03".to_owned(),
        "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n".to_owned(),
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(),
    ] {
        let answer = exchange(&victim, request.as_bytes(), After::HalfCloses);
        let shown = request.chars().take(260).collect::<String>();
        assert!(statuses(&answer).iter().all(|status| (400..500).contains(status)), "{shown:?}: {answer}");
    }
    victim.is_unharmed("ambiguous framing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_that_are_slow_or_half_gone_are_let_go() {
    let victim = Victim::impatient().await;
    let token = &victim.client.token;
    let head = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\nContent-Type: application/scim+json\r\n"
    );
    let body = "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"eve\"";
    for (bytes, expected) in [
        (format!("{head}Content-Length: 500\r\n\r\n{body}"), Some(408)),
        (format!("{head}Content-Length: 500\r\n\r\n"), Some(408)),
        (format!("{head}Transfer-Encoding: chunked\r\n\r\n50\r\n{body}"), Some(408)),
        (format!("{head}Transfer-Encoding: chunked\r\n\r\n"), Some(408)),
        (format!("{head}Content-Length: 500\r\nX-Unfinished: "), None),
        ("POST /scim".to_owned(), None),
        (String::new(), None),
    ] {
        let shown = bytes.lines().last().unwrap_or_default().to_owned();
        let answer = exchange(&victim, bytes.as_bytes(), After::Waits);
        match expected {
            Some(status) => {
                assert_eq!(statuses(&answer), [status], "{shown:?}: {answer}");
                assert!(answer.contains("api:messages:2.0:Error"), "{shown:?}: {answer}");
            }
            // Below the parsed head the framework answers by itself, or not at all.
            None => {
                assert!(statuses(&answer).iter().all(|status| *status == 408 || *status == 400), "{shown:?}: {answer}");
            }
        }
        for after in [After::HalfCloses, After::Leaves] {
            let answer = exchange(&victim, bytes.as_bytes(), after);
            assert!(statuses(&answer).iter().all(|status| (400..500).contains(status)), "{shown:?}: {answer}");
        }
    }
    // Whoever says only that no more will come is answered all the same.
    let get =
        format!("GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
    let answer = exchange(&victim, get.as_bytes(), After::HalfCloses);
    assert!(matches!(statuses(&answer)[..], [200] | []), "{answer}");
    victim.is_unharmed("slow peers").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_head_says_is_refused_before_the_body_comes() {
    // The default limits would wait half a minute for each of these bodies.
    let victim = Victim::start().await;
    let token = &victim.client.token;
    let begun = std::time::Instant::now();
    let long = "a".repeat(5000);
    let with = |method: &str, path: &str, host: &str, token: &str| {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\nContent-Length: 900000\r\n\r\n"
        )
    };
    for (request, status) in [
        (with("POST", "/scim/v2/Users", "x", "wrong"), 401),
        (with("POST", "/nowhere/Users", "x", token), 404),
        (with("TRACE", "/scim/v2/Users", "x", token), 405),
        (with("FOO", "/scim/v2/Users", "x", token), 405),
        (format!("CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"), 405),
        (with("POST", "/scim/v2/Users", "[::1", token), 400),
        (with("POST", "/scim/v2/Users", "..", token), 400),
        (with("POST", "/scim/v2/Users", "a:99999", token), 400),
        (with("POST", "/scim/v2/Users", &long, token), 400),
        (with("POST", "/scim/v2/Users", "x\r\nHost: y/z", token), 400),
    ] {
        let answer = exchange(&victim, request.as_bytes(), After::Waits);
        assert_eq!(statuses(&answer), [status], "{request:.200}: {answer}");
        assert!(answer.contains("api:messages:2.0:Error"), "{request:.200}: {answer}");
        assert_eq!(answer.to_ascii_lowercase().contains("\r\nallow: get, "), status == 405, "{answer}");
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
    victim.is_unharmed("heads").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_http_is_answered_with_a_scim_error() {
    let victim = Victim::start().await;
    for request in [
        "GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET  /scim/v2/Users HTTP/1.1\r\n\r\n",
        "GET /scim/v2/\u{1}Users HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        "hello\r\n\r\n",
    ] {
        let answer = exchange(&victim, request.as_bytes(), After::Waits);
        assert_eq!(statuses(&answer), [400], "{request:?}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-type: application/scim+json"), "{request:?}: {answer}");
        let error: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"));
        assert_eq!(error["status"], "400", "{answer}");
    }
    victim.is_unharmed("what is not HTTP").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_head_has_no_more_time_than_the_first() {
    let victim = Victim::impatient().await;
    let get =
        format!("GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", victim.client.token);
    for rest in ["G", "GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nX-Unfinished: "] {
        // Also after an answer that refused the credentials.
        for first in [get.as_str(), "GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n\r\n"] {
            let mut stream = TcpStream::connect(victim.client.endpoint().address()).unwrap();
            stream.set_read_timeout(Some(HUNG)).unwrap();
            stream.write_all(first.as_bytes()).unwrap();
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap();
            let answer = String::from_utf8_lossy(&buffer[..read]);
            assert!(matches!(statuses(&answer)[..], [200 | 401]), "{answer}");
            stream.write_all(rest.as_bytes()).unwrap();
            // The end of the connection, whatever comes before it.
            let ended = std::io::copy(&mut stream, &mut std::io::sink());
            let hangs = |error: &std::io::Error| matches!(error.kind(), std::io::ErrorKind::WouldBlock);
            assert!(!ended.as_ref().is_err_and(hangs), "{rest:?}: {ended:?}");
        }
    }
    victim.is_unharmed("late heads").await;
}
