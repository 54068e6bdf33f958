//! The exchanges that are kept, in two buffers that go round: one of heads, which have a fixed size, one of texts, one behind
//! the other. Keeping an exchange allocates nothing of its own, and memory is written in the order in which it lies.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use weir_mask::{BodyHead, Masker};

use super::{Exchange, ObservedExchange, RecordedBody, mask};
use crate::message::Delivery;

/// How many texts an exchange has: application, method, target, headers and body of the request, those of the answer, deviations.
const TEXTS: usize = 8;

/// An exchange without its texts.
#[derive(Clone, Debug)]
struct EntryHead {
    number: u64,
    at: Timestamp,
    micros: u64,
    client: Option<SocketAddr>,
    status: u16,
    delivery: Delivery,
    has_application: bool,
    lengths: [u32; TEXTS],
    /// How long the bodies were as sent, where they are kept.
    bodies: [Option<u32>; 2],
}

impl EntryHead {
    fn text_bytes(&self) -> usize {
        self.lengths.iter().map(|&length| length as usize).sum()
    }

    fn exchange(&self, texts: &[u8]) -> Exchange {
        let mut rest = texts;
        let [application, method, target, request_headers, request_body, answer_headers, answer_body, deviations] =
            self.lengths.map(|length| {
                let (text, after) = rest.split_at(rest.len().min(length as usize));
                rest = after;
                text
            });
        let text = |bytes: &[u8]| Box::from(String::from_utf8_lossy(bytes));
        let body = |length: Option<u32>, bytes: &[u8]| {
            length.map(|length| RecordedBody { bytes: Bytes::copy_from_slice(bytes), length: length as usize })
        };
        Exchange {
            number: self.number,
            at: self.at,
            micros: self.micros,
            client: self.client,
            application: self.has_application.then(|| Arc::from(String::from_utf8_lossy(application))),
            method: text(method),
            target: text(target),
            status: self.status,
            delivery: self.delivery,
            request_headers: text(request_headers),
            request_body: body(self.bodies[0], request_body),
            answer_headers: text(answer_headers),
            answer_body: body(self.bodies[1], answer_body),
            deviations: String::from_utf8_lossy(deviations).lines().map(Box::from).collect(),
        }
    }
}

/// An exchange written down, secrets masked.
#[derive(Debug)]
pub(super) struct RingEntry {
    head: EntryHead,
    texts: Vec<u8>,
}

impl RingEntry {
    /// With at most so many bytes of each body, or without bodies.
    pub fn new(observed: &ObservedExchange<'_>, body_bytes_kept: Option<usize>) -> Self {
        let mut texts = Vec::with_capacity(512);
        let (request, answer) = (observed.request_body, &observed.answer.body);
        let kept = |body: &Bytes| body_bytes_kept.filter(|_| !body.is_empty());
        // The request comes first, so that what it holds is known when its answer is masked.
        let masker = &mut Masker::default();
        let body = |texts: &mut Vec<u8>, masker: &mut Masker, head: BodyHead<'_>, body: &Bytes| {
            grown(texts, |texts| kept(body).into_iter().for_each(|limit| mask::body(texts, masker, head, body, limit)))
        };
        let lengths = [
            grown(&mut texts, |texts| texts.extend_from_slice(observed.application.unwrap_or_default().as_bytes())),
            grown(&mut texts, |texts| texts.extend_from_slice(observed.method.as_bytes())),
            grown(&mut texts, |texts| mask::target(texts, masker, observed.uri)),
            grown(&mut texts, |texts| mask::headers(texts, masker, observed.request_headers.iter())),
            body(&mut texts, masker, mask::request_head(observed.request_headers), request),
            grown(&mut texts, |texts| {
                mask::headers(texts, masker, observed.answer.headers.iter().map(|(name, value)| (name, value)));
            }),
            body(&mut texts, masker, mask::answer_head(&observed.answer.headers), answer),
            grown(&mut texts, |texts| {
                for deviation in observed.deviations {
                    texts.extend_from_slice(deviation.as_bytes());
                    texts.push(b'\n');
                }
            }),
        ];
        let head = EntryHead {
            number: 0,
            at: observed.at,
            micros: u64::try_from(observed.duration.as_micros()).unwrap_or(u64::MAX),
            client: observed.client,
            status: observed.answer.status.as_u16(),
            delivery: observed.delivery,
            has_application: observed.application.is_some(),
            lengths,
            bodies: [request, answer].map(|body| kept(body).map(|_| small(body.len()))),
        };
        Self { head, texts }
    }

    /// With the number that the ring gave it.
    pub fn exchange(&self) -> Exchange {
        self.head.exchange(&self.texts)
    }
}

/// By how much writing one text has made them longer.
fn grown(texts: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> u32 {
    let before = texts.len();
    write(texts);
    // Whatever is beyond cannot be found again.
    texts.truncate(before.saturating_add(u32::MAX as usize));
    small(texts.len() - before)
}

fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// See the [module documentation](self).
#[derive(Clone, Debug, Default)]
pub(super) struct Ring {
    heads: VecDeque<EntryHead>,
    texts: VecDeque<u8>,
    /// Of the last exchange, from 1.
    number: u64,
}

impl Ring {
    /// Numbers an exchange, and keeps it unless it takes more than `limit` bytes by itself; the oldest ones give way.
    pub fn add(&mut self, written: &mut RingEntry, limit: usize) {
        self.number += 1;
        written.head.number = self.number;
        if size_of::<EntryHead>() + written.texts.len() > limit {
            return;
        }
        self.heads.push_back(written.head.clone());
        self.texts.extend(&written.texts);
        while self.size() > limit
            && let Some(oldest) = self.heads.pop_front()
        {
            self.texts.drain(..oldest.text_bytes());
        }
    }

    /// Forgets every exchange; numbers go on.
    pub fn forget(&mut self) {
        self.heads.clear();
        self.texts.clear();
    }

    /// How many bytes the exchanges take.
    pub fn size(&self) -> usize {
        size_of::<EntryHead>() * self.heads.len() + self.texts.len()
    }

    /// Every exchange that is kept, the oldest first.
    pub fn exchanges(mut self) -> Vec<Arc<Exchange>> {
        let mut texts: &[u8] = self.texts.make_contiguous();
        let exchange = |head: &EntryHead| {
            let (own, rest) = texts.split_at(head.text_bytes());
            texts = rest;
            Arc::new(head.exchange(own))
        };
        self.heads.iter().map(exchange).collect()
    }
}
