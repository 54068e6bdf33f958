//! One request written by hand, without the `Accept` header that the HTTP library adds to each.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::answer_reader::AnswerReader;
use super::{Client, authentication, masked, redirect};
use crate::error::{EndpointError, EndpointErrorKind};
use crate::exchange::{Exchange, ParsedBody};
use crate::meter::BoundError;
use crate::request::Request;

impl Client {
    /// Sends a request without body and without `Accept`. `None` for an endpoint behind TLS, which this does not speak. A
    /// body that comes in pieces is kept with their lengths, so that only status and headers are to be judged then.
    pub async fn send_without_accept(&self, request: &Request) -> Result<Option<Arc<Exchange>>, EndpointError> {
        let mut answer = self.send_plain(request).await?;
        for _ in 0..redirect::MOST_REDIRECTS {
            let Some(next) = answer.as_ref().and_then(|answer| redirect::next(request, answer)) else { break };
            answer = self.send_plain(&next).await?;
        }
        Ok(answer)
    }

    async fn send_plain(&self, request: &Request) -> Result<Option<Arc<Exchange>>, EndpointError> {
        let url = self.url_of(request);
        let Some(host) = url.host_str().filter(|_| url.scheme() == "http") else { return Ok(None) };
        let port = url.port_or_known_default().unwrap_or(80);
        let mut headers = self.headers(request, &url).await?;
        headers.remove(ACCEPT);
        let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let mut head = format!("{} {target} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n", request.method);
        // Writing to a String cannot fail.
        for (name, value) in &headers {
            let _ = write!(head, "{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes()));
        }
        head.push_str("\r\n");

        let permit = self.shared.pace.turn().await;
        let number = self.count(request, &url)?;
        let (at, started) = (super::now(), Instant::now());
        let broken = |kind, sentence: String| EndpointError::new(kind, &request.method, &url, sentence);
        let speak = async {
            let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
            stream.write_all(head.as_bytes()).await?;
            let mut answer = Vec::new();
            let largest = u64::try_from(self.shared.bounds.answer).unwrap_or(u64::MAX);
            stream.take(largest.saturating_add(1)).read_to_end(&mut answer).await?;
            Ok::<_, std::io::Error>(answer)
        };
        let answer = tokio::time::timeout(self.shared.timeout, speak)
            .await
            .map_err(|_| broken(EndpointErrorKind::Timeout, "no complete answer within the time".into()))?
            .map_err(|error| broken(EndpointErrorKind::CutShort, format!("the connection broke: {error}")))?;
        drop(permit);
        let elapsed = started.elapsed();
        let most = self.shared.bounds.answer;
        if answer.len() > most {
            return Err(broken(EndpointErrorKind::TooLarge, BoundError::Answer { most }.to_string()));
        }
        let Some((status, response_headers, body)) = parse(&answer) else {
            return Err(broken(EndpointErrorKind::CutShort, "the answer is not HTTP".into()));
        };
        let body = &*if is_chunked(&response_headers) {
            let whole = unchunked(body);
            Cow::Owned(
                whole
                    .ok_or_else(|| broken(EndpointErrorKind::CutShort, "a chunk of the answer is not whole".into()))?,
            )
        } else {
            Cow::Borrowed(body)
        };
        let too_large = |bound: BoundError| broken(EndpointErrorKind::TooLarge, bound.to_string());
        let in_hand = AnswerReader::new(self).json(body).await.map_err(too_large)?;
        let exchange = Arc::new(Exchange {
            number,
            method: request.method.clone(),
            url: url.clone(),
            authentication: authentication(&headers),
            request_headers: masked(headers),
            request_body: Bytes::new(),
            status,
            response_headers,
            response_body: Bytes::copy_from_slice(body),
            started: at,
            elapsed,
            parsed: ParsedBody::new(in_hand),
        });
        self.note(&exchange);
        Ok(Some(exchange))
    }
}

fn is_chunked(headers: &HeaderMap) -> bool {
    let coding = headers.get("transfer-encoding").and_then(|value| value.to_str().ok()).unwrap_or_default();
    coding.rsplit(',').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("chunked"))
}

/// The body without the lengths of its chunks (RFC 9112 section 7.1); `None` if a chunk is not whole.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|window| window == b"\r\n")?;
        let line = std::str::from_utf8(&body[..end]).ok()?;
        let length = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        body = &body[end + 2..];
        if length == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(body.get(..length)?);
        body = body.get(length..)?.strip_prefix(b"\r\n")?;
    }
}

/// Status, headers and the rest of an answer.
fn parse(answer: &[u8]) -> Option<(u16, HeaderMap, &[u8])> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        headers.append(HeaderName::try_from(name.trim()).ok()?, HeaderValue::from_str(value.trim()).ok()?);
    }
    Some((status, headers, &answer[end + 4..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together_and_a_broken_one_is_no_body() {
        assert_eq!(unchunked(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").as_deref(), Some(b"abcde".as_slice()));
        for broken in ["", "3\r\nab", "x\r\n", "3\r\nabcd\r\n0\r\n\r\n", "2\r\nab\r\n"] {
            assert_eq!(unchunked(broken.as_bytes()), None, "{broken:?}");
        }
    }

    #[test]
    fn an_answer_is_taken_apart() {
        let (status, headers, body) =
            parse(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nx: a:b\r\n\r\n{}").unwrap();
        assert_eq!(
            (status, headers["content-type"].as_bytes(), &headers["x"], body),
            (404, b"text/html".as_slice(), &"a:b".parse::<HeaderValue>().unwrap(), b"{}".as_slice())
        );
        for broken in ["", "HTTP/1.1 200 OK\r\n", "HTTP/2 200\r\n\r\n", "SSH-2.0\r\n\r\n", "HTTP/1.1 x y\r\n\r\n"] {
            assert!(parse(broken.as_bytes()).is_none(), "{broken:?}");
        }
    }
}
