//! Directories that mean harm: whatever one answers, a run ends in time and within its memory, without breaking down, and shows
//! nothing that acts on a terminal and no secret.

mod support;

#[path = "support/hostile.rs"]
mod hostile;

use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::weir;

/// The most memory of a run, in KB: the program alone takes 45 MB of it, and the largest message that is read the rest.
const MOST_MEMORY: u64 = 180 * 1024;
const PASSWORD: &str = "pa55word-that-no-one-else-has";

const BIND: u8 = 0x60;
const BIND_ANSWER: u8 = 0x61;
const SEARCH: u8 = 0x63;
const ENTRY: u8 = 0x64;
const SEARCH_END: u8 = 0x65;
const REFERENCE: u8 = 0x73;
const SUCCESS: &[u8] = b"\x0a\x01\x00\x04\x00\x04\x00";

/// An element of BER.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("it is short").to_be_bytes();
    match content.len() {
        short @ ..0x80 => [&[tag, u8::try_from(short).expect("it is short")][..], content].concat(),
        _ => [&[tag, 0x84], &length[..], content].concat(),
    }
}

fn text(content: impl AsRef<[u8]>) -> Vec<u8> {
    element(4, content.as_ref())
}

/// A message with the number of the request, which stands in `number` as it came.
fn message(number: &[u8], parts: &[u8]) -> Vec<u8> {
    element(0x30, &[number, parts].concat())
}

fn end(number: &[u8]) -> Vec<u8> {
    message(number, &element(SEARCH_END, SUCCESS))
}

fn entry(number: &[u8], dn: &[u8], attributes: &[(&str, &[&[u8]])]) -> Vec<u8> {
    let attributes: Vec<u8> = attributes
        .iter()
        .flat_map(|(name, values)| {
            let values: Vec<u8> = values.iter().flat_map(text).collect();
            element(0x30, &[text(name), element(0x31, &values)].concat())
        })
        .collect();
    message(number, &element(ENTRY, &[text(dn), element(0x30, &attributes)].concat()))
}

fn person(number: &[u8], count: usize, more: &[(&str, &[&[u8]])]) -> Vec<u8> {
    let uid = format!("u{count}");
    let own: [(&str, &[&[u8]]); 5] = [
        ("objectClass", &[b"inetOrgPerson"]),
        ("uid", &[uid.as_bytes()]),
        ("cn", &[b"U"]),
        ("sn", &[b"S"]),
        ("entryUUID", &[uid.as_bytes()]),
    ];
    entry(number, format!("uid={uid},dc=example,dc=com").as_bytes(), &[&own[..], more].concat())
}

/// What one directory makes of a search.
type Mode = (&'static str, fn(&[u8], &mut TcpStream) -> std::io::Result<()>);

const HOSTILE_TEXT: &str = "\u{1b}]0;t\u{7}\u{1b}[2J\u{202e}\n::error::owned\n##[error]owned";

const MODES: &[Mode] = &[
    ("says nothing", |_, stream| std::io::copy(stream, &mut std::io::sink()).map(drop)),
    ("closes at once", |_, stream| stream.shutdown(std::net::Shutdown::Both)),
    ("announces 2 GB and goes on", |_, stream| {
        stream.write_all(b"\x30\x84\x7f\xff\xff\xff")?;
        loop {
            stream.write_all(&[b'a'; 65536])?;
        }
    }),
    ("announces more than there is", |_, stream| stream.write_all(&[&[0x30, 0xfe][..], &[0xff; 126]].concat())),
    ("announces 16 MB and says nothing", |_, stream| {
        stream.write_all(b"\x30\x84\x00\xff\xff\xff")?;
        std::io::copy(stream, &mut std::io::sink()).map(drop)
    }),
    ("speaks another protocol", |_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")),
    ("sends an empty message", |_, stream| stream.write_all(b"\x30\x00")),
    ("sends a message without a number", |_, stream| {
        stream.write_all(&message(b"\x04\x01x", &element(SEARCH_END, SUCCESS)))
    }),
    ("sends a message with a negative number", |_, stream| {
        stream.write_all(&message(b"\x02\x01\xff", &element(SEARCH_END, SUCCESS)))
    }),
    ("answers another request", |_, stream| stream.write_all(&end(b"\x02\x02\x7f\xff"))),
    ("nests 50,000 deep", |_, stream| {
        let mut nested = Vec::new();
        for depth in 0..50_000_u32 {
            // From the inside, written backwards.
            let length = depth * 6;
            nested.extend(length.to_le_bytes());
            nested.extend([0x84, 0x30]);
        }
        nested.reverse();
        stream.write_all(&nested)
    }),
    ("cuts a message", |number, stream| {
        let whole = person(number, 1, &[]);
        stream.write_all(&whole[..whole.len() - 5])?;
        stream.shutdown(std::net::Shutdown::Both)
    }),
    ("ends with an empty result", |number, stream| stream.write_all(&message(number, &element(SEARCH_END, b"")))),
    ("has a page that is none", |number, stream| {
        let control = element(0x30, &[text("1.2.840.113556.1.4.319"), text("xx")].concat());
        let parts = [element(SEARCH_END, SUCCESS), element(0xa0, &control)].concat();
        stream.write_all(&message(number, &parts))
    }),
    ("has a control without a name", |number, stream| {
        let parts = [element(SEARCH_END, SUCCESS), element(0xa0, &element(0x30, b""))].concat();
        stream.write_all(&message(number, &parts))
    }),
    ("refers to a number", |number, stream| {
        stream.write_all(&message(number, &element(REFERENCE, b"\x02\x01\x00")))?;
        stream.write_all(&end(number))
    }),
    ("refers to itself without end", |number, stream| {
        let reference = message(number, &element(REFERENCE, &text("ldap://127.0.0.1:1/dc=example,dc=com")));
        loop {
            stream.write_all(&reference)?;
        }
    }),
    ("sends an entry without parts", |number, stream| {
        stream.write_all(&message(number, &element(ENTRY, b"")))?;
        stream.write_all(&end(number))
    }),
    ("has an entry of 300 MB", |number, stream| {
        stream.write_all(&person(number, 1, &[("jpegPhoto", &[&vec![b'x'; 300 << 20]])]))?;
        stream.write_all(&end(number))
    }),
    ("has three million values", |number, stream| {
        let values = vec![&b"x"[..]; 3_000_000];
        stream.write_all(&person(number, 1, &[("description", &values)]))?;
        stream.write_all(&end(number))
    }),
    ("paints by its values", |number, stream| {
        let attributes: [(&str, &[&[u8]]); 4] = [
            ("objectClass", &[b"inetOrgPerson"]),
            ("uid", &[HOSTILE_TEXT.as_bytes()]),
            (HOSTILE_TEXT, &[b"x"]),
            ("sn", &[HOSTILE_TEXT.as_bytes()]),
        ];
        stream.write_all(&entry(number, format!("uid={HOSTILE_TEXT},dc=example,dc=com").as_bytes(), &attributes))?;
        stream.write_all(&end(number))
    }),
    ("is not UTF-8", |number, stream| {
        let attributes: [(&str, &[&[u8]]); 3] =
            [("objectClass", &[b"inetOrgPerson"]), ("uid", &[b"\xc0\x80"]), ("sn", &[b"\xff\xfe"])];
        stream.write_all(&entry(number, b"uid=\xff\xfe,dc=example,dc=com", &attributes))?;
        stream.write_all(&end(number))
    }),
    ("refuses with the password that it was sent", |number, stream| {
        let result = [&b"\x0a\x01\x35\x04\x00"[..], &text(format!("{HOSTILE_TEXT} {PASSWORD}"))].concat();
        stream.write_all(&message(number, &element(SEARCH_END, &result)))
    }),
];

/// Answers every bind with a success, and each search as its mode does, as long as the process lives.
fn start(mode: &'static Mode) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("ldap://{}", listener.local_addr().expect("it is bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // The other side may have had enough.
            std::thread::spawn(move || serve(mode, stream));
        }
    });
    url
}

fn serve(mode: &'static Mode, mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut head = [0; 2];
        reader.read_exact(&mut head)?;
        let length = match head[1] {
            length @ ..=0x7f => usize::from(length),
            form => {
                let mut bytes = vec![0; usize::from(form & 0x7f)];
                reader.read_exact(&mut bytes)?;
                bytes.iter().fold(0, |length, byte| length * 256 + usize::from(*byte))
            }
        };
        let mut request = vec![0; length];
        reader.read_exact(&mut request)?;
        let (number, operation) = request.split_at(2 + usize::from(request[1]));
        match operation[0] {
            BIND => stream.write_all(&message(number, &element(BIND_ANSWER, SUCCESS)))?,
            SEARCH => (mode.1)(number, &mut stream)?,
            _ => return Ok(()),
        }
    }
}

fn try_mode(mode: &'static Mode) {
    let url = start(mode);
    let arguments = [
        "provision",
        "--source",
        &url,
        "--base-dn",
        "dc=example,dc=com",
        "--dry-run",
        "--source-timeout",
        "2",
        "--bind-dn",
        "cn=reader,dc=example,dc=com",
        "--bind-password",
        PASSWORD,
    ];
    let what = format!("a dry run from a directory that {}", mode.0);
    let child = weir(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let (status, stdout, stderr, peak) = hostile::watch(child, &what);
    assert!((1..=3).contains(&status), "{what} ends with {status}: {stdout}{stderr}");
    assert!(!stderr.contains("panicked"), "{what}: {stderr}");
    assert!(peak < MOST_MEMORY, "{what} takes {peak} KB");
    hostile::assert_harmless(&format!("standard output of {what}"), &stdout, PASSWORD);
    hostile::assert_harmless(&format!("standard error of {what}"), &stderr, PASSWORD);
}

#[test]
fn no_directory_does_harm() {
    let next = AtomicUsize::new(0);
    let faults = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(mode) = MODES.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if std::panic::catch_unwind(|| try_mode(mode)).is_err() {
                        faults.lock().expect("whole").push(mode.0);
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().expect("whole");
    assert!(faults.is_empty(), "{faults:?}");
}
