//! The load generator: keep-alive HTTP/1.1 connections, one thread each, requests one after another (closed loop).

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Connection {
    pub fn open(address: &str) -> Result<Self, String> {
        let stream = TcpStream::connect(address).map_err(|error| format!("{address}: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(|error| error.to_string())?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 << 10) })
    }

    /// Sends one request as written and reads the whole answer, which must have a Content-Length or no body.
    pub fn send(&mut self, request: &[u8]) -> Result<Answer, String> {
        self.stream.write_all(request).map_err(|error| error.to_string())?;
        self.buffer.clear();
        let mut chunk = [0_u8; 16 << 10];
        let (head, length) = loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break (end + 4, content_length(&self.buffer[..end]));
            }
            self.fill(&mut chunk)?;
        };
        while self.buffer.len() < head + length {
            self.fill(&mut chunk)?;
        }
        let status = std::str::from_utf8(&self.buffer[9..12]).ok().and_then(|text| text.parse().ok());
        Ok(Answer { status: status.ok_or("no status line")?, body: self.buffer[head..head + length].to_vec() })
    }

    fn fill(&mut self, chunk: &mut [u8]) -> Result<(), String> {
        let read = self.stream.read(chunk).map_err(|error| error.to_string())?;
        if read == 0 {
            return Err("the server closed the connection".into());
        }
        self.buffer.extend_from_slice(&chunk[..read]);
        Ok(())
    }
}

fn content_length(head: &[u8]) -> usize {
    String::from_utf8_lossy(head)
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0)
}

/// What one measurement saw.
pub struct Measured {
    /// In microseconds, in no order.
    pub latencies: Vec<u32>,
    pub seconds: f64,
}

/// Keeps `connections` busy for `seconds`; `request(connection, turn)` gives each request. Any status outside `expected` ends
/// the run with an error.
pub fn run(
    address: &str,
    connections: usize,
    seconds: f64,
    expected: &[u16],
    request: &(dyn Fn(usize, usize) -> Vec<u8> + Sync),
) -> Result<Measured, String> {
    run_where(address, connections, seconds, expected, request, &|_| true)
}

/// As [`run`], but only the connections for which `counts` says true are measured.
pub fn run_where(
    address: &str,
    connections: usize,
    seconds: f64,
    expected: &[u16],
    request: &(dyn Fn(usize, usize) -> Vec<u8> + Sync),
    counts: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Measured, String> {
    let stop = AtomicBool::new(false);
    let started = Instant::now();
    let outcome: Result<Vec<Vec<u32>>, String> = std::thread::scope(|scope| {
        let stop = &stop;
        let workers: Vec<_> = (0..connections)
            .map(|number| {
                scope.spawn(move || {
                    let mut connection = Connection::open(address)?;
                    let mut latencies = Vec::new();
                    let mut turn = 0;
                    while !stop.load(Ordering::Relaxed) && started.elapsed().as_secs_f64() < seconds {
                        let bytes = request(number, turn);
                        let sent = Instant::now();
                        let answer = connection.send(&bytes)?;
                        if counts(number) {
                            latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                        }
                        if !expected.contains(&answer.status) {
                            stop.store(true, Ordering::Relaxed);
                            return Err(format!("status {}: {}", answer.status, String::from_utf8_lossy(&answer.body)));
                        }
                        turn += 1;
                    }
                    Ok(latencies)
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(Err("a load thread panicked".into()))).collect()
    });
    Ok(Measured { latencies: outcome?.concat(), seconds: started.elapsed().as_secs_f64() })
}
