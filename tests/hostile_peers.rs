//! Peers that mean harm: whatever one sends, every command that speaks to an endpoint ends in time and within its memory, with
//! one of its exit statuses, without breaking down, and shows nothing that acts on a terminal and no secret.

mod support;

#[path = "support/hostile.rs"]
mod hostile;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use support::weir;

/// The most memory of a command, in KB, a third above what was measured: the program alone takes 45 MB.
fn most_memory(command: &str) -> u64 {
    1024 * match command {
        "bench" => 315,
        "check" => 270,
        "init" | "clean" => 225,
        "calibrate" => 165,
        "connection" => 140,
        // `serve --like` of 20,000 attributes takes 112 to 118 MiB, as threads come and go.
        _ => 130,
    }
}
const TOKEN: &str = "t0ken-that-no-one-else-has";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const AQUERA: &str = include_str!("../fixtures/connections/pingfederate-aquera.json");

/// What one peer does with a connection on which a request has come.
type Mode = (&'static str, fn(&Asked, &mut TcpStream) -> std::io::Result<()>);

/// A request: its first line, its number, and where the peer is.
struct Asked {
    line: String,
    number: usize,
    origin: String,
}

impl Asked {
    fn creates(&self) -> bool {
        self.line.starts_with("POST ")
    }
}

fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}

fn ok(stream: &mut TcpStream, body: &str) -> std::io::Result<()> {
    answer(stream, "200 OK", "", body.as_bytes())
}

/// A list, to whatever was asked.
fn list(stream: &mut TcpStream, total: u64, more: &str, resources: &str) -> std::io::Result<()> {
    let body = format!("{{\"schemas\":[\"{LIST}\"],\"totalResults\":{total},{more}\"Resources\":[{resources}]}}");
    ok(stream, &body)
}

fn user(id: &str, more: &str) -> String {
    format!("{{\"schemas\":[\"{USER}\"],\"id\":\"{id}\",\"userName\":\"weir-{id}\",\"active\":true{more}}}")
}

/// A user: created, or in a list.
fn users(asked: &Asked, stream: &mut TcpStream, id: &str, more: &str, headers: &str) -> std::io::Result<()> {
    if asked.creates() {
        return answer(stream, "201 Created", headers, user(id, more).as_bytes());
    }
    list(stream, 1, "", &user(id, more))
}

/// Until the other side has had enough.
fn without_end(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    loop {
        stream.write_all(bytes)?;
    }
}

/// One byte at a time, as long as somebody listens.
fn drip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    for byte in bytes.iter().cycle().take(100_000) {
        stream.write_all(&[*byte])?;
        // Waits by reading what does not come.
        if matches!(stream.read(&mut [0]), Ok(0)) {
            return Ok(());
        }
    }
    Ok(())
}

fn silent(stream: &mut TcpStream) -> std::io::Result<()> {
    std::io::copy(stream, &mut std::io::sink()).map(drop)
}

fn gzip(bytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeroes = vec![b' '; 1 << 20];
    for _ in 0..(bytes >> 20) {
        encoder.write_all(&zeroes).expect("memory");
    }
    encoder.finish().expect("memory")
}

const HOSTILE_TEXT: &str = "\\u001b]0;title\\u0007\\u001b[2J\\u0000\\b\\u202e\\n::error::owned\\n##[error]owned\\r\\n<script>alert(1)</script>|`$(id)`";

const MODES: &[Mode] = &[
    ("says nothing", |_, stream| silent(stream)),
    ("closes at once", |_, _| Ok(())),
    ("drips its head", |_, stream| drip(stream, b"HTTP/1.1 200 OK\r\nX: y\r\n")),
    ("drips its body", |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")?;
        drip(stream, b" ")
    }),
    ("has a body without end", |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"Resources\":[")?;
        without_end(stream, &[b' '; 65536])
    }),
    ("has headers without end", |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        without_end(stream, b"X-More: of the same\r\n")
    }),
    ("has a header of 8 MiB", |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nX-Long: ")?;
        stream.write_all(&vec![b'x'; 8 << 20])?;
        stream.write_all(b"\r\nContent-Length: 2\r\n\r\n{}")
    }),
    ("has a status line without end", |_, stream| {
        stream.write_all(b"HTTP/1.1 200 ")?;
        without_end(stream, &[b'O'; 65536])
    }),
    ("sends interim answers without end", |_, stream| {
        // As many as a build for tests reads without falling behind: what counts is that they never end.
        let many = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100);
        loop {
            stream.write_all(&many)?;
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }),
    ("ends in the middle of its body", |_, stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"schemas\":")
    }),
    ("says two lengths", |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}")
    }),
    ("says a length and chunks", |_, stream| {
        stream.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}{}x\r\n0\r\n\r\n",
        )
    }),
    ("says an impossible chunk", |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\r\n0\r\n\r\n")
    }),
    ("says a length of 2^64", |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n{}")
    }),
    ("speaks another protocol", |_, stream| stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n")),
    ("has a status that is none", |_, stream| stream.write_all(b"HTTP/1.1 abc Nothing\r\nContent-Length: 0\r\n\r\n")),
    ("has the status 999", |_, stream| stream.write_all(b"HTTP/1.1 999 Beyond\r\nContent-Length: 2\r\n\r\n{}")),
    ("redirects to itself", |asked, stream| {
        let location = format!("Location: {}/scim/v2/Users\r\n", asked.origin);
        answer(stream, "307 Temporary Redirect", &location, b"")
    }),
    ("redirects to a file", |_, stream| answer(stream, "302 Found", "Location: file:///etc/passwd\r\n", b"")),
    ("asks to wait for centuries", |_, stream| {
        answer(stream, "429 Too Many Requests", "Retry-After: 99999999999\r\n", b"{}")
    }),
    ("asks to wait until a date far away", |_, stream| {
        answer(stream, "503 Service Unavailable", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", b"{}")
    }),
    ("asks to wait in words", |_, stream| answer(stream, "429 Too Many Requests", "Retry-After: -1e9 soon\r\n", b"{}")),
    ("refuses every credential", |_, stream| {
        let challenge = format!("WWW-Authenticate: Bearer realm=\"{}\"\r\n", "x".repeat(10_000));
        answer(stream, "401 Unauthorized", &challenge, b"{}")
    }),
    ("nests 100,000 deep", |_, stream| ok(stream, &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)))),
    ("nests filters and objects deep", |_, stream| {
        ok(stream, &format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000)))
    }),
    ("lists 100,000 entries", |_, stream| {
        let mut entries = String::new();
        for number in 0..100_000 {
            let _ = write!(entries, "{}{{\"id\":\"{number}\"}}", if number == 0 { "" } else { "," });
        }
        list(stream, 100_000, "", &entries)
    }),
    ("lists numbers", |_, stream| list(stream, 1, "", &format!("1{}", ",1".repeat(1_000_000)))),
    ("has pages without end", |asked, stream| users(asked, stream, &format!("u{}", asked.number), "", "")),
    ("counts to 10^18", |asked, stream| {
        let id = format!("u{}", asked.number);
        list(stream, 1_000_000_000_000_000_000, "\"itemsPerPage\":1,\"startIndex\":1,", &user(&id, ""))
    }),
    ("has cursors without end", |asked, stream| {
        let more = format!("\"nextCursor\":\"c{}\",", asked.number);
        list(stream, 9, &more, &user(&format!("u{}", asked.number), ""))
    }),
    ("has ids that are paths", |asked, stream| users(asked, stream, "../../../etc/passwd?x#y", "", "")),
    ("has ids with line ends", |asked, stream| users(asked, stream, "7\\r\\nX-Injected: yes\\r\\n\\r\\n", "", "")),
    ("has an id of 1 MiB", |asked, stream| users(asked, stream, &"7".repeat(1 << 20), "", "")),
    ("names locations elsewhere", |asked, stream| {
        let more = ",\"meta\":{\"location\":\"http://127.0.0.1:1/steal\",\"resourceType\":\"User\"}";
        users(asked, stream, "7", more, "Location: http://127.0.0.1:1/steal\r\n")
    }),
    ("names locations that are none", |asked, stream| {
        let more = ",\"meta\":{\"location\":\"javascript:alert(1)\",\"created\":\"+99999999999-13-45T99:99:99Z\"}";
        users(asked, stream, "7", more, "Location: javascript:alert(1)\r\n")
    }),
    ("paints the terminal", |_, stream| {
        let error = format!(
            "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"400\",\"scimType\":\"{HOSTILE_TEXT}\",\"detail\":\"{HOSTILE_TEXT}\"}}"
        );
        answer(stream, "400 Bad Request", "", error.as_bytes())
    }),
    ("paints by its values", |asked, stream| {
        let more = format!(",\"displayName\":\"{HOSTILE_TEXT}\",\"{HOSTILE_TEXT}\":1");
        users(asked, stream, "7", &more, "X-Paint: \x1b[2J\r\n")
    }),
    ("paints by its headers", |_, stream| {
        stream.write_all(b"HTTP/1.1 200 \x1b[2JOK\r\nContent-Type: \x1b]0;t\x07\r\nContent-Length: 2\r\n\r\n{}")
    }),
    ("repeats what it was sent", |asked, stream| {
        let echo = asked.line.replace(['"', '\\'], "").trim_end().to_owned();
        let body = format!("{{\"detail\":\"Bearer {TOKEN} {echo}\"}}");
        answer(stream, "403 Forbidden", &format!("X-Token: {TOKEN}\r\n"), body.as_bytes())
    }),
    ("says that it is gzip", |_, stream| answer(stream, "200 OK", "Content-Encoding: gzip\r\n", b"{\"not\":\"gzip\"}")),
    ("is a compressed gigabyte", |_, stream| answer(stream, "200 OK", "Content-Encoding: gzip\r\n", &gzip(1 << 30))),
    ("is not UTF-8", |_, stream| answer(stream, "200 OK", "", b"{\"Resources\":[{\"id\":\"\xff\xfe\xc0\x80\"}]}")),
    ("is UTF-16", |_, stream| {
        let body: Vec<u8> = "{\"Resources\":[]}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        answer(stream, "200 OK", "", &[&[0xff, 0xfe], &*body].concat())
    }),
    ("has half a surrogate pair", |asked, stream| users(asked, stream, "7\\ud800", "", "")),
    ("has members twice", |asked, stream| {
        users(asked, stream, "7", ",\"id\":\"8\",\"id\":null,\"userName\":{},\"active\":\"no\"", "")
    }),
    ("has numbers beyond all types", |asked, stream| {
        users(asked, stream, "7", &format!(",\"weight\":1e999999,\"big\":{}", "9".repeat(10_000)), "")
    }),
    ("has other types everywhere", |_, stream| {
        ok(
            stream,
            "{\"schemas\":7,\"totalResults\":\"many\",\"Resources\":{\"id\":[]},\"attributes\":\"x\",\"endpoint\":[],\"patch\":[1]}",
        )
    }),
    ("defines 20,000 attributes", |_, stream| {
        let mut attributes = String::new();
        for number in 0..20_000 {
            let _ = write!(
                attributes,
                "{}{{\"name\":\"a{number}\",\"type\":\"string\"}}",
                if number == 0 { "" } else { "," }
            );
        }
        let schema = format!("{{\"id\":\"{USER}\",\"name\":\"User\",\"attributes\":[{attributes}]}}");
        list(stream, 1, "", &schema)
    }),
    ("defines attributes within attributes", |_, stream| {
        let open = "{\"name\":\"a\",\"type\":\"complex\",\"subAttributes\":[".repeat(60);
        let schema = format!("{{\"id\":\"{USER}\",\"name\":\"User\",\"attributes\":[{open}{}]}}", "]}".repeat(60));
        list(stream, 1, "", &schema)
    }),
    ("has types at endpoints of its own", |asked, stream| {
        let kind = |name: &str, endpoint: &str| {
            format!("{{\"id\":\"{name}\",\"name\":\"{name}\",\"endpoint\":\"{endpoint}\",\"schema\":\"{USER}\"}}")
        };
        let elsewhere = format!("http://127.0.0.1:1/{}", asked.number);
        let kinds = [kind("User", &elsewhere), kind("Other", "/../../admin"), kind("Query", "/Users?x=1#y")];
        list(stream, 3, "", &kinds.join(","))
    }),
];

/// Answers each request as its mode does, as long as the process lives.
fn start(mode: &'static Mode) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
    let own = origin.clone();
    std::thread::spawn(move || {
        let numbers: &'static AtomicUsize = Box::leak(Box::default());
        for stream in listener.incoming().flatten() {
            let origin = own.clone();
            std::thread::spawn(move || {
                let Some((line, mut stream)) = request(stream) else { return };
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                // The other side may have had enough.
                let _ = (mode.1)(&Asked { line, number, origin }, &mut stream);
            });
        }
    });
    origin
}

/// The first line of a request that has been read whole.
fn request(stream: TcpStream) -> Option<(String, TcpStream)> {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
        if first.is_empty() {
            first = line;
        }
    }
    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).ok()?;
    Some((first, reader.into_inner()))
}

/// The commands that speak to an endpoint, each in a folder of its own.
fn commands(origin: &str, folder: &Path) -> Vec<Vec<String>> {
    let file = |name: &str| folder.join(name).display().to_string();
    let connection = AQUERA.replace("https://api.example.com/scim/hr", &format!("{origin}/scim/v2"));
    std::fs::write(file("connection.json"), connection).expect("a file");
    let people = "dn: uid=ada,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: ada\ncn: Ada\nsn: Lock\nmail: ada@example.com\nentryUUID: 7\n";
    std::fs::write(file("people.ldif"), people).expect("a file");
    let url = format!("{origin}/scim/v2");
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let html = format!("html={}", file("check.html"));
    vec![
        texts(&["check", &url, "--only", "read.list", "--report", &html, "--report", "markdown", "--yes"]),
        texts(&["provision", &url, "--source", &file("people.ldif"), "--yes"]),
        texts(&["bench", &url, "--duration", "1", "--warm-up", "0", "--people", "1", "--yes"]),
        texts(&["connection", "test", &file("connection.json")]),
        texts(&["init", &url, "--output", &file("weir.toml"), "--force"]),
        texts(&["clean", &url, "--prefix", "weir-", "--yes"]),
        // It ends after the documents have been read, because the other file is not there.
        texts(&["serve", "--listen", "127.0.0.1:0", "--like", &url, "--schema", "nowhere.json"]),
    ]
}

/// How many commands there are for each mode.
const COMMANDS: usize = 7;

/// One command against one peer.
fn try_one(mode: &'static Mode, origin: &str, command: usize) {
    let name = format!("{}-{command}", mode.0.replace([' ', ',', '^'], "-"));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hostile-peers").join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    let commands = commands(origin, &folder);
    assert_eq!(commands.len(), COMMANDS);
    let arguments = &commands[command];
    let what = format!("weir {} against a peer that {}", arguments.join(" "), mode.0);
    let given: &[&str] = if arguments[0] == "serve" {
        &["--like-bearer", TOKEN, "--like-timeout", "1"]
    } else {
        &["--bearer", TOKEN, "--timeout", "1"]
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(given.iter().copied()).collect();
    let child = weir(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let (status, stdout, stderr, peak) = hostile::watch(child, &what);
    assert!((0..=3).contains(&status), "{what} ends with {status}: {stderr}");
    assert!(!stderr.contains("panicked"), "{what}: {stderr}");
    assert!(peak < most_memory(arguments[0]), "{what} takes {peak} KB");
    hostile::assert_harmless(&format!("standard output of {what}"), &stdout, TOKEN);
    hostile::assert_harmless(&format!("standard error of {what}"), &stderr, TOKEN);
    for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        assert!(
            !text.contains(TOKEN) || entry.file_name() == "connection.json",
            "{} holds the token",
            entry.path().display()
        );
    }
    std::fs::remove_dir_all(&folder).expect("a folder");
}

/// What may stand in a recording: each is a body that an endpoint answered, and a part of a URL.
fn recordings() -> Vec<(&'static str, String)> {
    let entry = |body: &str| {
        let quoted = |text: &str| serde_json::to_string(text).expect("a text");
        let name = |name: &str, value: &str| format!("{{\"name\":{},\"value\":{}}}", quoted(name), quoted(value));
        format!(
            "{{\"startedDateTime\":\"2026-01-01T00:00:00Z\",\"time\":1e999,\"request\":{{\"method\":\"GET\",\"url\":{},\"headers\":[{}],\
             \"queryString\":[],\"cookies\":[],\"headersSize\":-1,\"bodySize\":99999999999999}},\"response\":{{\"status\":200,\
             \"headers\":[{}],\"content\":{{\"size\":1,\"mimeType\":\"application/scim+json\",\"text\":{}}}}}}}",
            quoted("https://scim.example.com/v2/Users?filter=userName eq \"\u{1b}[2J\""),
            name("Authorization", &format!("Bearer {TOKEN}")),
            name("X-Paint", "\u{1b}]0;t\u{7}\n::error::owned"),
            quoted(body)
        )
        .replace("1e999", "1")
    };
    let archive = |entries: &str| format!("{{\"log\":{{\"version\":\"1.2\",\"entries\":[{entries}]}}}}");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    vec![
        ("paints", archive(&entry(&user("7", &format!(",\"displayName\":\"{HOSTILE_TEXT}\""))))),
        ("nests 100,000 deep in a body", archive(&entry(&deep))),
        ("nests 100,000 deep", archive(&deep)),
        ("has 20,000 exchanges", archive(&vec![entry("{}"); 20_000].join(","))),
        ("has a body of 8 MiB", archive(&entry(&"x".repeat(8 << 20)))),
        ("has ids that are paths", archive(&entry(&user("../../../etc/passwd", "")))),
        ("has entries that are none", archive("7,null,\"x\",{},[],{\"request\":7}")),
        ("is cut", archive(&entry("{}"))[..300].to_owned()),
    ]
}

#[test]
fn no_recording_does_harm_to_a_calibration() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hostile-recordings");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (number, (what, text)) in recordings().iter().enumerate() {
        let file = folder.join(format!("{number}.har")).display().to_string();
        std::fs::write(&file, text).expect("a file");
        let what = format!("weir calibrate of a recording that {what}");
        let child = weir(&["calibrate", "pingfederate-scim", &file, "--output", "-"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let (status, stdout, stderr, peak) = hostile::watch(child.expect("the binary starts"), &what);
        assert!((0..=3).contains(&status) && !stderr.contains("panicked"), "{what} ends with {status}: {stderr}");
        assert!(peak < most_memory("calibrate"), "{what} takes {peak} KB");
        hostile::assert_harmless(&what, &(stdout + &stderr), TOKEN);
    }
    std::fs::remove_dir_all(&folder).expect("a folder");
}

/// The peers for which commands wait longest: they are tried first, so that the others are tried meanwhile.
const AWAITED: &[&str] =
    &["asks to wait in words", "counts to 10^18", "defines 20,000 attributes", "has an id of 1 MiB"];

#[test]
fn no_peer_does_harm() {
    assert!(MODES.len() >= 25, "{}", MODES.len());
    let peers: Vec<(&Mode, String)> = MODES.iter().map(|mode| (mode, start(mode))).collect();
    let mut tries: Vec<(&Mode, &str, usize)> = Vec::new();
    for command in 0..COMMANDS {
        tries.extend(peers.iter().map(|(mode, origin)| (*mode, origin.as_str(), command)));
    }
    tries.sort_by_key(|(mode, ..)| AWAITED.iter().position(|one| *one == mode.0).unwrap_or(AWAITED.len()));
    let next = AtomicUsize::new(0);
    let faults = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        // Most of them wait, and take no processor meanwhile.
        for _ in 0..12 {
            scope.spawn(|| {
                while let Some((mode, origin, command)) = tries.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if std::panic::catch_unwind(|| try_one(mode, origin, *command)).is_err() {
                        faults.lock().expect("whole").push((mode.0, *command));
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().expect("whole");
    assert!(faults.is_empty(), "{faults:?}");
}
