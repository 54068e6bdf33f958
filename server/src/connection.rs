//! A connection that waits for its client within limits: each head of a request has the same time, and a client that does not
//! read what it asked for is let go. The framework counts the time of the first head alone, and waits for readers without end.
//!
//! What the framework's parser refuses it answers without a body; here it gets the SCIM Error that RFC 7644 section 3.12 wants.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use scim::{Error, ErrorKind, message};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::message::SCIM_JSON;

/// How long a connection waits.
#[derive(Clone, Copy, Debug)]
pub struct WaitingTimes {
    /// From the first byte of a head to its last.
    pub head: Duration,
    /// While nothing can be written.
    pub write: Duration,
    /// From the end of an answer to the next byte of any request; longer than an answer can take, because a request may have
    /// come together with the one before.
    pub idle: Duration,
}

/// See the [module documentation](self).
pub struct PatientStream<S> {
    stream: S,
    patience: WaitingTimes,
    head: HeadWatch,
    head_ends: Option<Pin<Box<Sleep>>>,
    idle_ends: Option<Pin<Box<Sleep>>>,
    write_ends: Option<Pin<Box<Sleep>>>,
    /// What goes out in place of an answer of the framework's.
    replacement: Bytes,
}

impl<S> PatientStream<S> {
    pub const fn new(stream: S, patience: WaitingTimes) -> Self {
        let head = HeadWatch { state: HeadState::Awaited, matched: 0 };
        let replacement = Bytes::new();
        Self { stream, patience, head, head_ends: None, idle_ends: None, write_ends: None, replacement }
    }
}

/// Whether the client is in the middle of a head.
struct HeadWatch {
    state: HeadState,
    /// How much of the empty line has been read.
    matched: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum HeadState {
    /// Nothing of the first request has come.
    Awaited,
    Begun,
    /// Its request is the application's until the answer begins.
    Complete,
    /// The answer has begun, and nothing more has come.
    Answered,
}

impl HeadWatch {
    const END: &[u8] = b"\r\n\r\n";

    fn read(&mut self, bytes: &[u8]) {
        if self.state == HeadState::Complete || bytes.is_empty() {
            return;
        }
        self.state = HeadState::Begun;
        for &byte in bytes {
            self.matched = match byte {
                _ if byte == Self::END[self.matched] => self.matched + 1,
                b'\r' => 1,
                _ => 0,
            };
            if self.matched == Self::END.len() {
                *self = Self { state: HeadState::Complete, matched: 0 };
                return;
            }
        }
    }

    /// An answer goes out. After an interim one (RFC 9110 section 15.2) the body of the same request follows.
    fn write(&mut self, bytes: &[u8]) {
        if self.state == HeadState::Complete && !bytes.starts_with(b"HTTP/1.1 100 ") {
            self.state = HeadState::Answered;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for PatientStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if let Poll::Ready(result) = Pin::new(&mut self.stream).poll_read(context, buffer) {
            self.idle_ends = None;
            self.head.read(&buffer.filled()[before..]);
            if self.head.state != HeadState::Begun {
                self.head_ends = None;
            }
            // The time is looked at below even while bytes come: those of a slow head come all the time.
            if result.is_err() || self.head.state != HeadState::Begun {
                return Poll::Ready(result);
            }
            return match self.poll_head_timer(context) {
                Poll::Ready(()) => Poll::Ready(Err(too_slow("the head of a request"))),
                Poll::Pending => Poll::Ready(result),
            };
        }
        if self.head.state == HeadState::Begun {
            ready!(self.poll_head_timer(context));
            return Poll::Ready(Err(too_slow("the head of a request")));
        }
        if self.head.state == HeadState::Answered {
            let patience = self.patience.idle;
            ready!(self.idle_ends.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(context));
            return Poll::Ready(Err(too_slow("the next request")));
        }
        Poll::Pending
    }
}

impl<S> PatientStream<S> {
    fn poll_head_timer(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let patience = self.patience.head;
        self.head_ends.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(context)
    }
}

fn too_slow(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("{what} takes too long"))
}

impl<S: AsyncWrite + Unpin> PatientStream<S> {
    /// Writes, and ends the connection when nothing could be written for too long.
    fn poll_patiently<T>(
        &mut self,
        context: &mut Context<'_>,
        act: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let result = act(Pin::new(&mut self.stream), context);
        if result.is_ready() {
            self.write_ends = None;
            self.idle_ends = None;
            return result;
        }
        let patience = self.patience.write;
        ready!(self.write_ends.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(context));
        Poll::Ready(Err(too_slow("the client's reading")))
    }

    /// Writes what stands in place of an answer.
    fn poll_replacement(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.replacement.has_remaining() {
            let rest = self.replacement.clone();
            let written = ready!(self.poll_patiently(context, |stream, context| stream.poll_write(context, &rest)))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.replacement.advance(written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for PatientStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_replacement(context))?;
        self.head.write(bytes);
        if let Some(answer) = with_body(bytes) {
            self.replacement = answer;
            // What is left of it goes out with the next write or flush.
            if let Poll::Ready(Err(error)) = self.poll_replacement(context) {
                return Poll::Ready(Err(error));
            }
            return Poll::Ready(Ok(bytes.len()));
        }
        self.poll_patiently(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_replacement(context))?;
        self.poll_patiently(context, AsyncWrite::poll_flush)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_replacement(context))?;
        self.poll_patiently(context, AsyncWrite::poll_shutdown)
    }
}

/// The answer with a SCIM Error body, if it is one that the framework's parser gave: empty, and the connection's last.
fn with_body(answer: &[u8]) -> Option<Bytes> {
    let head = answer.strip_prefix(b"HTTP/1.1 ")?.strip_suffix(b"\r\n\r\n")?;
    if head.len() > 200 || head.windows(4).any(|four| four == b"\r\n\r\n") {
        return None;
    }
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    let (kind, detail) = match lines.next()?.split(' ').next()? {
        "400" => (ErrorKind::BadRequest, "the request is not HTTP/1.1 as RFC 9112 has it"),
        "408" => (ErrorKind::RequestTimeout, "the head of the request did not arrive in time; send the request again"),
        "413" => (ErrorKind::PayloadTooLarge, "the head of the request is too long; send less"),
        _ => return None,
    };
    let headers: Vec<&str> = lines.collect();
    // An application's answer has other headers, or lets the connection live.
    let is_bare = headers.iter().all(|line| {
        let name = line.split(':').next().unwrap_or_default();
        matches!(name.to_ascii_lowercase().as_str(), "content-length" | "connection" | "date")
    });
    let has = |wanted: &str| headers.iter().any(|line| line.eq_ignore_ascii_case(wanted));
    if !is_bare || !has("content-length: 0") || !has("connection: close") {
        return None;
    }
    let body = message::error_body(&Error::new(kind, detail));
    let status = head.split("\r\n").next()?;
    let date = headers.iter().find(|line| line.to_ascii_lowercase().starts_with("date:"));
    let mut text = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {SCIM_JSON}\r\ncontent-length: {}\r\nconnection: close\r\n",
        body.len()
    );
    if let Some(date) = date {
        text.push_str(date);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&body);
    Some(bytes.into())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;

    const PATIENCE: WaitingTimes = WaitingTimes {
        head: Duration::from_millis(100),
        write: Duration::from_millis(150),
        idle: Duration::from_millis(300),
    };
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    const ANSWER: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

    fn pair() -> (DuplexStream, PatientStream<DuplexStream>) {
        let (client, server) = duplex(64 << 10);
        (client, PatientStream::new(server, PATIENCE))
    }

    /// Reads until the connection is ended, and says why.
    async fn end(server: &mut PatientStream<DuplexStream>) -> io::Error {
        let mut buffer = [0; 1024];
        loop {
            match server.read(&mut buffer).await {
                Ok(0) => panic!("the client has not closed"),
                Ok(_) => {}
                Err(error) => return error,
            }
        }
    }

    #[tokio::test]
    async fn every_head_has_the_same_time_however_it_comes() {
        let (mut client, mut server) = pair();
        let mut buffer = [0; 1024];
        for _ in 0..3 {
            client.write_all(REQUEST).await.unwrap();
            assert!(server.read(&mut buffer).await.unwrap() > 0);
            server.write_all(ANSWER).await.unwrap();
        }
        // What comes does not make the time longer.
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        let dripping = async {
            loop {
                ticks.tick().await;
                client.write_all(b"G").await.unwrap();
            }
        };
        tokio::select! {
            () = dripping => unreachable!("it has no end"),
            error = end(&mut server) => assert_eq!(error.kind(), io::ErrorKind::TimedOut),
        }
    }

    #[tokio::test]
    async fn a_body_has_all_the_time() {
        let (mut client, mut server) = pair();
        let mut buffer = [0; 1024];
        let mut ticks = tokio::time::interval(PATIENCE.idle + PATIENCE.head);
        ticks.tick().await;
        client.write_all(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n").await.unwrap();
        assert!(server.read(&mut buffer).await.unwrap() > 0);
        server.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.unwrap();
        let reading = server.read(&mut buffer);
        tokio::pin!(reading);
        tokio::select! {
            read = &mut reading => panic!("nothing has come: {read:?}"),
            _ = ticks.tick() => {}
        }
        client.write_all(b"x").await.unwrap();
        assert_eq!(reading.await.unwrap(), 1);
    }

    #[tokio::test]
    async fn the_beginning_of_a_head_that_came_with_the_request_before_keeps_nothing_open() {
        let (mut client, mut server) = pair();
        let mut buffer = [0; 1024];
        client.write_all(&[REQUEST, b"GET / HT"].concat()).await.unwrap();
        assert!(server.read(&mut buffer).await.unwrap() > 0);
        server.write_all(ANSWER).await.unwrap();
        assert_eq!(end(&mut server).await.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_let_go() {
        let (_client, server) = duplex(16);
        let mut server = PatientStream::new(server, PATIENCE);
        assert_eq!(server.write_all(&[b'x'; 100]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn only_what_the_framework_answers_itself_gets_a_body() {
        let bare = "content-length: 0\r\nconnection: close\r\ndate: Mon, 30 Nov 2026 04:02:52 GMT\r\n\r\n";
        for status in ["400 Bad Request", "408 Request Timeout"] {
            let answer = with_body(format!("HTTP/1.1 {status}\r\n{bare}").as_bytes()).unwrap();
            let answer = String::from_utf8(answer.to_vec()).unwrap();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")) && head.contains("date: Mon"), "{head}");
            assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
            assert!(body.contains("messages:2.0:Error") && body.contains(&status[..3]), "{body}");
        }
        for other in [
            format!("HTTP/1.1 200 OK\r\n{bare}"),
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_owned(),
            format!("HTTP/1.1 400 Bad Request\r\nallow: GET\r\n{bare}"),
            format!("HTTP/1.1 400 Bad Request\r\n{bare}x"),
            "HTTP/1.1 400 Bad".to_owned(),
            String::new(),
        ] {
            assert!(with_body(other.as_bytes()).is_none(), "{other:?}");
        }
    }
}
