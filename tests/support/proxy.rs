//! A proxy before an endpoint that changes its answers, and a listener that answers and keeps what it is sent.

#![allow(dead_code, reason = "each test binary uses its part of this module")]

use std::io::{BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request or an answer.
#[derive(Clone, Debug)]
pub struct Message {
    /// The first line and the headers, without line ends.
    pub head: Vec<String>,
    pub body: Vec<u8>,
}

impl Message {
    /// An answer with a JSON body.
    pub fn answer(status: &str, headers: &[&str], body: &str) -> Self {
        let mut head = vec![format!("HTTP/1.1 {status}"), "Content-Type: application/scim+json".to_owned()];
        head.extend(headers.iter().map(|header| (*header).to_owned()));
        Self { head, body: body.into() }
    }

    pub fn path(&self) -> &str {
        self.head[0].split(' ').nth(1).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head[1..].iter().filter_map(|line| line.split_once(':'));
        headers.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// Everything that was sent, as text.
    pub fn text(&self) -> String {
        format!("{}\n\n{}", self.head.join("\n"), String::from_utf8_lossy(&self.body))
    }

    /// Replaces a text in the headers and in the body.
    pub fn replace(&mut self, from: &str, to: &str) {
        for line in &mut self.head {
            *line = line.replace(from, to);
        }
        if let Ok(text) = std::str::from_utf8(&self.body) {
            self.body = text.replace(from, to).into_bytes();
        }
    }

    /// Reads one; `None` at the end of the connection. The answer to a HEAD has a length and no body.
    fn read(reader: &mut impl std::io::BufRead, is_bodiless: bool) -> Option<Self> {
        let mut head = Vec::new();
        loop {
            let mut line = Vec::new();
            if reader.read_until(b'\n', &mut line).ok()? == 0 {
                return None;
            }
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if line.is_empty() {
                break;
            }
            head.push(line);
        }
        let mut message = Self { head, body: Vec::new() };
        assert!(message.header("transfer-encoding").is_none(), "bodies have a length: {:?}", message.head);
        let length = message.header("content-length").filter(|_| !is_bodiless).map(str::parse);
        message.body = vec![0; length.transpose().expect("a length").unwrap_or(0)];
        reader.read_exact(&mut message.body).ok()?;
        Some(message)
    }

    fn write(&self, stream: &mut TcpStream, is_bodiless: bool) -> std::io::Result<()> {
        let mut head = self.head.clone();
        if !is_bodiless {
            head.retain(|line| !line.to_ascii_lowercase().starts_with("content-length:"));
            head.push(format!("Content-Length: {}", self.body.len()));
        }
        let mut bytes = format!("{}\r\n\r\n", head.join("\r\n")).into_bytes();
        bytes.extend_from_slice(&self.body);
        stream.write_all(&bytes)
    }
}

type Respond = dyn Fn(&Message) -> Message + Send + Sync;

/// Listens on a free port as long as the process lives, and keeps every request.
pub struct Listener {
    /// Without a slash at its end.
    pub origin: String,
    requests: Arc<Mutex<Vec<Message>>>,
}

impl Listener {
    /// Answers each request so.
    pub fn answering(respond: impl Fn(&Message) -> Message + Send + Sync + 'static) -> Self {
        let respond: Arc<Respond> = Arc::new(respond);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (respond, kept) = (Arc::clone(&respond), Arc::clone(&kept));
                std::thread::spawn(move || serve(stream, &*respond, &kept));
            }
        });
        Self { origin, requests }
    }

    /// Passes each request on to the endpoint at `url`, and its answer back as `change` leaves it.
    pub fn before(url: &str, change: impl Fn(&Message, &mut Message) + Send + Sync + 'static) -> Self {
        let upstream = upstream(url);
        Self::answering(move |request| {
            let mut answer = pass(&upstream, request);
            change(request, &mut answer);
            answer
        })
    }

    /// Passes on to the endpoint at `url` what `refuse` has no answer for.
    pub fn refusing(url: &str, refuse: impl Fn(&Message) -> Option<Message> + Send + Sync + 'static) -> Self {
        let upstream = upstream(url);
        Self::answering(move |request| refuse(request).unwrap_or_else(|| pass(&upstream, request)))
    }

    /// What came since it was asked last.
    pub fn take(&self) -> Vec<Message> {
        std::mem::take(&mut *self.requests.lock().expect("no thread panics with it"))
    }
}

fn upstream(url: &str) -> String {
    url.strip_prefix("http://").expect("a URL").split('/').next().expect("a host").to_owned()
}

/// The answer of the endpoint to the request.
fn pass(upstream: &str, request: &Message) -> Message {
    let mut stream = TcpStream::connect(upstream).expect("the endpoint listens");
    let mut passed = request.clone();
    // As a proxy is asked.
    let absolute = format!("http://{}", request.header("host").unwrap_or_default());
    passed.head[0] = passed.head[0].replacen(&absolute, "", 1);
    passed.head.retain(|line| !line.to_ascii_lowercase().starts_with("accept-encoding:"));
    passed.head.push("Connection: close".into());
    passed.write(&mut stream, request.body.is_empty()).expect("the endpoint listens");
    let is_bodiless = request.head[0].starts_with("HEAD ");
    let mut answer = Message::read(&mut BufReader::new(stream), is_bodiless).expect("the endpoint answers");
    answer.head.retain(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    answer
}

/// One connection.
fn serve(mut stream: TcpStream, respond: &Respond, kept: &Mutex<Vec<Message>>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a socket can be cloned"));
    while let Some(request) = Message::read(&mut reader, false) {
        kept.lock().expect("no thread panics with it").push(request.clone());
        let is_bodiless = request.head[0].starts_with("HEAD ");
        let is_last = request.header("connection").is_some_and(|word| word.eq_ignore_ascii_case("close"));
        if respond(&request).write(&mut stream, is_bodiless).is_err() || is_last {
            return;
        }
    }
}
