//! What an endpoint answered, as a number: endpoints that answer alike have the same, however busy the machine is.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;
use weir_exchange::{Exchange, Observer};

/// The characters of a UUID.
const UUID: usize = 36;
/// The characters of a time without fractions and offset, such as `2026-01-01T00:00:00`.
const TIME: usize = 19;

/// The different exchanges seen so far. How often each was seen does not count: some reads are repeated until time has passed.
#[derive(Clone, Debug, Default)]
pub(super) struct Digest {
    seen: Arc<Mutex<HashSet<u64>>>,
    is_paused: Arc<AtomicBool>,
}

/// Whether the exchanges of a check count: those of a race come in any order.
pub(super) fn counts(check: &str) -> bool {
    !check.starts_with("concurrency.")
}

impl Digest {
    /// Sees each exchange of a client.
    pub(super) fn observer(&self) -> Observer {
        let own = self.clone();
        Observer::new(move |exchange| {
            if !own.is_paused.load(Ordering::Relaxed) {
                let number = number_of(exchange);
                own.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
            }
        })
    }

    /// Hears which check the next exchanges are of.
    pub(super) fn begins(&self, check: &str) {
        self.is_paused.store(!counts(check), Ordering::Relaxed);
    }

    /// The number of all of them, in whatever order they came.
    pub(super) fn number(&self) -> u64 {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().fold(0, |sum, own| sum.wrapping_add(*own))
    }
}

/// One exchange. The port, which each endpoint has its own of, and the time of sending do not count, and of ids,
/// times and cursors only which of them are equal.
fn number_of(exchange: &Exchange) -> u64 {
    let port = format!(":{}", exchange.url.port().unwrap_or_default());
    let mut masks = Masks::default();
    let mut hasher = DefaultHasher::new();
    exchange.method.as_str().hash(&mut hasher);
    exchange.status.hash(&mut hasher);
    for part in [exchange.url.path(), exchange.url.query().unwrap_or_default()] {
        masks.mask(part).hash(&mut hasher);
    }
    let headers = exchange.response_headers.iter().filter(|(name, _)| *name != "date");
    let mut headers: Vec<(&str, Cow<'_, str>)> =
        headers.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()))).collect();
    headers.sort_unstable();
    for (name, value) in headers {
        (name, masks.mask(&value.replace(&port, ""))).hash(&mut hasher);
    }
    masks.mask(&String::from_utf8_lossy(&exchange.response_body).replace(&port, "")).hash(&mut hasher);
    hasher.finish()
}

/// The ids, times and cursors of one exchange, which stand for themselves by their number.
#[derive(Default)]
struct Masks(Vec<String>);

impl Masks {
    /// The text, in which each id, time and cursor is the number of its first occurrence.
    fn mask(&mut self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some(found) = cursor(&masked, rest).or_else(|| variable(rest)) {
                let place = self.0.iter().position(|own| own == found).unwrap_or_else(|| {
                    self.0.push(found.to_owned());
                    self.0.len() - 1
                });
                // A String takes everything.
                let _ = write!(masked, "({place})");
                rest = &rest[found.len()..];
            } else {
                masked.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        masked
    }
}

/// The cursor that a text begins with, by what is before it: the parameter of a query, or a member of an answer in whatever letter
/// case. An endpoint may write the time of a walk into it.
fn cursor<'t>(before: &str, text: &'t str) -> Option<&'t str> {
    const BEFORE: [&[u8]; 2] = [b"cursor=", b"cursor\":\""];
    let is_after = |own: &&[u8]| {
        let start = before.len().checked_sub(own.len());
        start.is_some_and(|start| before.as_bytes()[start..].eq_ignore_ascii_case(own))
    };
    if !before.ends_with(['=', '"']) || !BEFORE.iter().any(is_after) {
        return None;
    }
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    text.get(..length).filter(|found| !found.is_empty())
}

/// The id or the time that a text begins with.
fn variable(text: &str) -> Option<&str> {
    // Nearly every character is looked at, so what both forms have is asked first.
    let bytes = text.as_bytes();
    if !bytes.first()?.is_ascii_hexdigit() || (bytes.get(8) != Some(&b'-') && bytes.get(4) != Some(&b'-')) {
        return None;
    }
    let is_id = |own: &&str| Uuid::try_parse(own).is_ok();
    text.get(..UUID).filter(is_id).or_else(|| {
        let length = text.get(..TIME).filter(|own| is_time(own))?.len();
        // The fraction belongs to it, the offset is a form.
        let fraction = text[length..]
            .strip_prefix('.')
            .map_or(0, |digits| 1 + digits.bytes().take_while(u8::is_ascii_digit).count());
        text.get(..length + fraction)
    })
}

fn is_time(text: &str) -> bool {
    let pattern = b"0000-00-00T00:00:00";
    text.bytes().zip(pattern).all(|(own, form)| if *form == b'0' { own.is_ascii_digit() } else { own == *form })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_ids_times_and_cursors_only_what_is_equal_counts() {
        let one = "019b76da-aa01-7000-9fcd-10ef51504e8a";
        let other = "019b76da-aa01-7000-9fcd-10ef51504e8b";
        let masked = |text: &str| Masks::default().mask(text);
        assert_eq!(masked(&format!("{one} {other} {one}")), "(0) (1) (0)");
        assert_eq!(masked("2026-01-01T00:00:00.513Z, 2026-01-01T00:00:00.513+01:00"), "(0)Z, (0)+01:00");
        assert_ne!(
            masked("2026-01-01T00:00:00Z 2026-01-01T00:00:01Z"),
            masked("2026-01-01T00:00:00Z 2026-01-01T00:00:00Z")
        );
        assert_eq!(masked("count=1&cursor=AAB-_w&startIndex=1"), "count=1&cursor=(0)&startIndex=1");
        assert_eq!(
            masked(r#"{"nextCursor":"AAB","previousCursor":"AAB"}"#),
            r#"{"nextCursor":"(0)","previousCursor":"(0)"}"#
        );
        assert_eq!(masked(r#"{"NEXTCURSOR":"","cursor":1}"#), r#"{"NEXTCURSOR":"","cursor":1}"#);
        assert_eq!(masked("a date of 2026-01-01 in Zürich"), "a date of 2026-01-01 in Zürich");
    }
}
