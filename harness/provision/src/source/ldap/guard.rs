//! What a directory sends, before the LDAP client reads it: the client takes every message for well built, keeps one until it has it
//! whole, and reads what is nested by recursion, so that a server could end the run, or fill its memory.
//!
//! Each message is looked at on its way. One that is too large or is not built as RFC 4511 says ends the connection, and the reason
//! is kept. Behind TLS nothing can be looked at: there the server has shown a certificate that is trusted.

use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use url::Url;

/// The largest message: a picture fits, and a group of 300,000 members.
const LARGEST_MESSAGE: usize = 32 * 1024 * 1024;
/// The most elements of one message. The client takes some hundred bytes for each.
const MOST_ELEMENTS: usize = 1_000_000;
/// How deep elements are nested at most; those of RFC 4511 are fewer.
const DEEPEST: usize = 16;
/// The control of pages (RFC 2696).
const PAGED_RESULTS: &[u8] = b"1.2.840.113556.1.4.319";

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const SEARCH_ENTRY: u8 = 0x64;
const SEARCH_REFERENCE: u8 = 0x73;
const INTERMEDIATE: u8 = 0x79;
const CONTROLS: u8 = 0xa0;

/// A message that is not handed on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum MalformedMessage {
    #[error("a message begins with the byte {0:#04x} and is not LDAP")]
    NotLdap(u8),
    #[error("the length of a message is not one")]
    Length,
    #[error("a message has {0} bytes, and {LARGEST_MESSAGE} are read")]
    TooLarge(usize),
    #[error("a message has more than {MOST_ELEMENTS} elements")]
    TooManyElements,
    #[error("a message is not built as BER says, or is nested deeper than any of LDAP")]
    NotBer,
    #[error("a message is not an answer as RFC 4511 defines them")]
    NoAnswer,
}

/// Why a connection was ended, if it was.
#[derive(Clone, Debug, Default)]
pub(super) struct WireFault(Arc<OnceLock<MalformedMessage>>);

impl WireFault {
    pub(super) fn get(&self) -> Option<&MalformedMessage> {
        self.0.get()
    }
}

/// A connection to the server of an `ldap://` URL whose messages have been looked at.
///
/// # Errors
/// The server cannot be reached.
pub(super) fn connect(url: &Url, timeout: Duration) -> std::io::Result<(TcpStream, WireFault)> {
    let remote = reach(url, timeout)?;
    let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let own = loop {
        // Another process of this machine may be faster.
        let (stream, from) = listener.accept()?;
        if from == client.local_addr()? {
            break stream;
        }
    };
    let fault = WireFault::default();
    let (mut to_server, mut from_client) = (remote.try_clone()?, own.try_clone()?);
    std::thread::spawn(move || {
        // Either side may end the connection.
        let _ = std::io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Both);
    });
    let said = fault.clone();
    std::thread::spawn(move || {
        if let Err(reason) = pass(&mut BufReader::new(remote), &own) {
            // The first reason is the one that counts.
            let _ = said.0.set(reason);
        }
        let _ = own.shutdown(Shutdown::Both);
    });
    Ok((client, fault))
}

fn reach(url: &Url, timeout: Duration) -> std::io::Result<TcpStream> {
    let host = url.host_str().filter(|host| !host.is_empty()).unwrap_or("localhost");
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut last = std::io::Error::from(std::io::ErrorKind::NotFound);
    for address in (host, url.port().unwrap_or(389)).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Hands messages on until either side ends the connection; an error is a message that is not handed on.
fn pass(server: &mut impl Read, mut client: &TcpStream) -> Result<(), MalformedMessage> {
    while let Some(message) = read_message(server)? {
        if client.write_all(&message).is_err() {
            break;
        }
    }
    Ok(())
}

/// One message with its head; nothing at the end of the connection.
fn read_message(server: &mut impl Read) -> Result<Option<Vec<u8>>, MalformedMessage> {
    let mut message = vec![0; 2];
    if server.read_exact(&mut message).is_err() {
        return Ok(None);
    }
    if message[0] != SEQUENCE {
        return Err(MalformedMessage::NotLdap(message[0]));
    }
    let mut length = usize::from(message[1]);
    if length >= 0x80 {
        let mut bytes = vec![0; length - 0x80];
        if bytes.is_empty() || bytes.len() > size_of::<u64>() {
            return Err(MalformedMessage::Length);
        }
        if server.read_exact(&mut bytes).is_err() {
            return Ok(None);
        }
        length =
            bytes.iter().fold(0, |length: usize, byte| length.saturating_mul(256).saturating_add(usize::from(*byte)));
        message.extend(bytes);
    }
    if length > LARGEST_MESSAGE {
        return Err(MalformedMessage::TooLarge(length));
    }
    let head = message.len();
    // What is announced may never come.
    let read = server.take(length as u64).read_to_end(&mut message);
    if read.is_err() || message.len() - head < length {
        return Ok(None);
    }
    check_message(&message[head..])?;
    Ok(Some(message))
}

/// An element of BER (X.690): its tag, and its content.
type Element<'b> = (u8, &'b [u8]);

/// The first element of `bytes`, and what is behind it.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let (digits, behind) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if digits.is_empty() || digits.len() > size_of::<u32>() {
            return None;
        }
        length = digits.iter().fold(0, |length, byte| length * 256 + usize::from(*byte));
        rest = behind;
    }
    let (content, behind) = rest.split_at_checked(length)?;
    // A tag of several bytes is none of LDAP.
    (tag & 0x1f != 0x1f).then_some(((tag, content), behind))
}

/// The elements of a content.
fn elements(mut bytes: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (own, rest) = element(bytes)?;
        all.push(own);
        bytes = rest;
    }
    Some(all)
}

/// Whether everything inside is built of elements, none too deep, and all together not too many.
fn is_built(mut bytes: &[u8], depth: usize, left: &mut usize) -> bool {
    while !bytes.is_empty() {
        let Some(((tag, content), rest)) = element(bytes) else { return false };
        let Some(fewer) = left.checked_sub(1) else { return false };
        *left = fewer;
        let is_constructed = tag & 0x20 != 0;
        if is_constructed && (depth == 0 || !is_built(content, depth - 1, left)) {
            return false;
        }
        bytes = rest;
    }
    true
}

/// Looks at the content of a message: its number, its operation and its controls (RFC 4511 section 4.1.1).
fn check_message(content: &[u8]) -> Result<(), MalformedMessage> {
    let mut left = MOST_ELEMENTS;
    if !is_built(content, DEEPEST, &mut left) {
        return Err(if left == 0 { MalformedMessage::TooManyElements } else { MalformedMessage::NotBer });
    }
    let parts = elements(content).unwrap_or_default();
    let is_known = match parts.as_slice() {
        // Active Directory puts the name of a notice of disconnection behind it.
        [(INTEGER, number), operation] | [(INTEGER, number), operation, (0x8a, _)] => {
            is_number(number) && is_operation(*operation)
        }
        [(INTEGER, number), operation, (CONTROLS, controls)] => {
            is_number(number) && is_operation(*operation) && are_controls(controls)
        }
        _ => false,
    };
    if is_known { Ok(()) } else { Err(MalformedMessage::NoAnswer) }
}

/// A number from 0 to 2^31 - 1.
fn is_number(bytes: &[u8]) -> bool {
    matches!(bytes, [0..=0x7f] | [0..=0x7f, _] | [0..=0x7f, _, _] | [0..=0x7f, _, _, _])
}

fn is_operation((tag, content): Element<'_>) -> bool {
    let parts = elements(content).unwrap_or_default();
    let is_text = |part: &Element<'_>| part.0 == OCTET_STRING;
    match tag {
        SEARCH_ENTRY => match parts.as_slice() {
            [(OCTET_STRING, _), (SEQUENCE, attributes)] => {
                elements(attributes).unwrap_or_default().iter().all(|part| {
                    let parts = if part.0 == SEQUENCE { elements(part.1).unwrap_or_default() } else { Vec::new() };
                    match parts.as_slice() {
                        [(OCTET_STRING, _), (SET, values)] => elements(values).unwrap_or_default().iter().all(is_text),
                        _ => false,
                    }
                })
            }
            _ => false,
        },
        SEARCH_REFERENCE => !parts.is_empty() && parts.iter().all(is_text),
        INTERMEDIATE => true,
        // The answers to bind, search, modify, add, delete, rename, compare and extended operations begin with a result.
        0x61 | 0x65 | 0x67 | 0x69 | 0x6b | 0x6d | 0x6f | 0x78 => {
            matches!(parts.as_slice(), [(ENUMERATED, code), (OCTET_STRING, _), (OCTET_STRING, _), ..] if is_number(code))
        }
        _ => false,
    }
}

fn are_controls(content: &[u8]) -> bool {
    elements(content).unwrap_or_default().iter().all(|(tag, control)| {
        let parts = if *tag == SEQUENCE { elements(control).unwrap_or_default() } else { Vec::new() };
        match parts.as_slice() {
            [(OCTET_STRING, PAGED_RESULTS), rest @ ..] => {
                matches!(rest.last(), Some((OCTET_STRING, value)) if is_page(value))
            }
            [(OCTET_STRING, _)] | [(OCTET_STRING, _), (OCTET_STRING | 0x01, _)] => true,
            [(OCTET_STRING, _), (0x01, flag), (OCTET_STRING, _)] => flag.len() == 1,
            _ => false,
        }
    })
}

/// The value of the control of pages: an estimate and a cookie.
fn is_page(value: &[u8]) -> bool {
    let mut left = MOST_ELEMENTS;
    let Some(((SEQUENCE, content), _)) = element(value).filter(|_| is_built(value, 1, &mut left)) else { return false };
    matches!(elements(content).unwrap_or_default().as_slice(), [(INTEGER, size), (OCTET_STRING, _)] if is_number(size))
}
