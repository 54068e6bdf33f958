//! A gate before an endpoint: passes exchanges on one by one, and holds a chosen one for ever, so that its client can be
//! killed in the middle of it.

#![allow(dead_code, reason = "each test binary uses its part of this module")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Child;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Where in an exchange the client is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The request does not reach the endpoint.
    BeforeTheWork,
    /// The endpoint has done the work, and its answer does not come.
    AfterTheWork,
}

pub struct Gate {
    url: String,
    state: Arc<Mutex<State>>,
    held: Receiver<()>,
}

struct State {
    upstream: String,
    moment: Moment,
    /// How many exchanges still pass before one is held; nothing if all pass.
    left: Option<usize>,
    held: Sender<()>,
}

impl Gate {
    /// A gate before the endpoint at `url`, which holds the exchange with this number, from 1.
    pub fn before(url: &str, moment: Moment, number: usize) -> Self {
        let (scheme, rest) = url.split_once("://").expect("a URL");
        assert_eq!(scheme, "http");
        let (upstream, path) = rest.split_once('/').expect("a path");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let (sender, held) = channel();
        let state = State { upstream: upstream.to_owned(), moment, left: Some(number - 1), held: sender };
        let state = Arc::new(Mutex::new(state));
        let gate = Self { url: format!("http://{address}/{path}"), state: Arc::clone(&state), held };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&state);
                std::thread::spawn(move || pass(stream, &state));
            }
        });
        gate
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits until the exchange is held, or the client has ended without it; whether it is held.
    pub fn wait(&self, client: &mut Child) -> bool {
        loop {
            if self.held.recv_timeout(Duration::from_millis(5)).is_ok() {
                return true;
            }
            if client.try_wait().expect("the client can be asked").is_some() {
                return false;
            }
        }
    }

    /// From now on everything passes.
    pub fn open(&self) {
        self.state.lock().unwrap().left = None;
    }
}

/// One connection of the client.
fn pass(stream: TcpStream, state: &Mutex<State>) {
    let upstream = state.lock().unwrap().upstream.clone();
    let Ok(endpoint) = TcpStream::connect(upstream) else { return };
    let mut requests = BufReader::new(stream.try_clone().expect("a socket can be cloned"));
    let mut answers = BufReader::new(endpoint.try_clone().expect("a socket can be cloned"));
    let (mut client, mut endpoint) = (stream, endpoint);
    while let Some(request) = message(&mut requests, true) {
        let moment = {
            let mut state = state.lock().unwrap();
            let is_held = state.left == Some(0);
            state.left = state.left.and_then(|left| left.checked_sub(1));
            is_held.then_some(state.moment)
        };
        if moment != Some(Moment::BeforeTheWork) {
            endpoint.write_all(&request).expect("the endpoint listens");
            let answer = message(&mut answers, false).expect("the endpoint answers");
            if moment.is_none() {
                if client.write_all(&answer).is_err() {
                    return;
                }
                continue;
            }
        }
        state.lock().unwrap().held.send(()).expect("the test waits");
        // Until the client is gone.
        let _ = requests.read_to_end(&mut Vec::new());
        return;
    }
}

/// Head and body of one message; nothing at the end of the connection.
fn message(reader: &mut BufReader<TcpStream>, is_request: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut length = 0;
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        bytes.extend_from_slice(&line);
        let line = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        assert!(!line.starts_with("transfer-encoding:"), "bodies have a length: request {is_request}");
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    bytes.extend(body);
    Some(bytes)
}

/// The body of a GET.
pub fn get(url: &str, bearer: &str) -> Vec<u8> {
    let (address, path) = url.strip_prefix("http://").expect("a URL").split_once('/').expect("a path");
    let mut stream = TcpStream::connect(address).expect("the endpoint listens");
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {bearer}\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("the endpoint listens");
    let answer = message(&mut BufReader::new(stream), false).expect("the endpoint answers");
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    answer[head + 4..].to_vec()
}
