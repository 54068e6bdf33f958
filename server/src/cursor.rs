//! Cursors of a walk through a list (RFC 9865): where the next page begins, for which query, and until when. They are
//! authenticated, so that nobody can make one up or use one for another query.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use scim::{Error, ErrorKind, Result};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::store::{Mark, SortKey};

/// How long a cursor can be used; published as `pagination.cursorTimeout`.
pub const TIMEOUT: SignedDuration = SignedDuration::from_hours(1);

const TAG: usize = 16;
const BLOCK: usize = 64;

/// A text that a cursor carries is cut to so many bytes: URLs have to hold it. Resources whose texts begin with as many equal bytes
/// may then be shown twice when the one at the end of a page is gone.
const LONGEST_TEXT: usize = 512;

/// Which way a cursor leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To what comes after the mark.
    Next,
    /// To what comes before the mark.
    Previous,
}

/// Makes and reads the cursors of one endpoint.
pub struct Cursors {
    key: [u8; 32],
}

impl Cursors {
    /// The key follows from the secret.
    pub fn new(secret: &SecretString) -> Self {
        Self { key: Sha256::digest(secret.expose_secret()).into() }
    }

    /// The cursor of the page on one side of `mark`, of the query that `query` describes.
    pub fn make(&self, direction: Direction, mark: &Mark, query: &[u8], now: Timestamp) -> String {
        let mut bytes = Vec::with_capacity(64);
        bytes.push(u8::from(direction == Direction::Previous));
        bytes.extend_from_slice(&mark.place.to_be_bytes());
        bytes.extend_from_slice(&now.as_second().to_be_bytes());
        write_key(&mut bytes, mark.key.as_ref());
        let tag = self.tag(&bytes, query);
        bytes.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a cursor means.
    ///
    /// # Errors
    /// `invalidCursor`: not made here, or for another query; the two cannot be told apart from outside (RFC 9865 section 5.2).
    /// `expiredCursor`: older than [`TIMEOUT`].
    pub fn read(&self, cursor: &str, query: &[u8], now: Timestamp) -> Result<(Direction, Mark)> {
        let invalid = || {
            Error::new(
                ErrorKind::InvalidCursor,
                "the cursor is none of this query; start the walk anew with an empty cursor",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        let (body, tag) = bytes.split_last_chunk::<TAG>().ok_or_else(invalid)?;
        if !bool::from(self.tag(body, query).as_slice().ct_eq(tag)) {
            return Err(invalid());
        }
        let (direction, rest) = body.split_first().ok_or_else(invalid)?;
        let (place, rest) = rest.split_first_chunk::<8>().ok_or_else(invalid)?;
        let (issued, key) = rest.split_first_chunk::<8>().ok_or_else(invalid)?;
        let issued = Timestamp::from_second(i64::from_be_bytes(*issued)).map_err(|_| invalid())?;
        if now.duration_since(issued) > TIMEOUT {
            return Err(Error::new(
                ErrorKind::ExpiredCursor,
                format!(
                    "the cursor is older than {} seconds; start the walk anew with an empty cursor",
                    TIMEOUT.as_secs()
                ),
            ));
        }
        let direction = if *direction == 0 { Direction::Next } else { Direction::Previous };
        Ok((direction, read_mark(u64::from_be_bytes(*place), key).ok_or_else(invalid)?))
    }

    /// HMAC-SHA-256 (RFC 2104), cut to 128 bits.
    fn tag(&self, bytes: &[u8], query: &[u8]) -> [u8; TAG] {
        let pad = |fill: u8| {
            let mut block = [fill; BLOCK];
            for (byte, key) in block.iter_mut().zip(self.key) {
                *byte ^= key;
            }
            block
        };
        let inner = Sha256::new_with_prefix(pad(0x36)).chain_update(bytes).chain_update(query).finalize();
        let outer = Sha256::new_with_prefix(pad(0x5c)).chain_update(inner).finalize();
        let mut tag = [0; TAG];
        tag.copy_from_slice(&outer[..TAG]);
        tag
    }
}

/// One byte for the kind, then the value.
fn write_key(out: &mut Vec<u8>, key: Option<&SortKey>) {
    let mut put = |kind: u8, bytes: &[u8]| {
        out.push(kind);
        out.extend_from_slice(bytes);
    };
    match key {
        None => put(0, &[]),
        Some(SortKey::Boolean(value)) => put(1, &[u8::from(*value)]),
        Some(SortKey::Integer(value)) => put(2, &value.to_be_bytes()),
        Some(SortKey::Decimal(value)) => put(3, &value.to_be_bytes()),
        Some(SortKey::Instant(at)) => put(4, &at.as_nanosecond().to_be_bytes()),
        Some(SortKey::Text(text)) => put(5, text[..text.floor_char_boundary(LONGEST_TEXT)].as_bytes()),
    }
}

/// `None` for bytes that [`write_key`] does not write.
fn read_mark(place: u64, key: &[u8]) -> Option<Mark> {
    let (kind, value) = key.split_first()?;
    let key = match kind {
        0 => return Some(Mark { place, key: None }),
        1 => SortKey::Boolean(value == [1]),
        2 => SortKey::Integer(i64::from_be_bytes(value.try_into().ok()?)),
        3 => SortKey::Decimal(f64::from_be_bytes(value.try_into().ok()?)),
        4 => SortKey::Instant(Timestamp::from_nanosecond(i128::from_be_bytes(value.try_into().ok()?)).ok()?),
        5 => SortKey::Text(std::str::from_utf8(value).ok()?.into()),
        _ => return None,
    };
    Some(Mark { place, key: Some(key) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &[u8] = b"/Users userName";

    fn cursors(secret: &str) -> Cursors {
        Cursors::new(&secret.to_owned().into())
    }

    fn mark(key: Option<SortKey>) -> Mark {
        Mark { place: 7, key }
    }

    fn make(cursors: &Cursors, now: Timestamp) -> String {
        cursors.make(Direction::Next, &mark(None), QUERY, now)
    }

    #[test]
    fn a_cursor_is_read_as_it_was_made() {
        let instant = Timestamp::new(-5, -1).unwrap();
        for key in [
            None,
            Some(SortKey::Boolean(true)),
            Some(SortKey::Integer(i64::MIN)),
            Some(SortKey::Decimal(-0.5)),
            Some(SortKey::Instant(instant)),
            Some(SortKey::Text("zoë".into())),
            Some(SortKey::Text("".into())),
        ] {
            for direction in [Direction::Next, Direction::Previous] {
                let cursor = cursors("a").make(direction, &mark(key.clone()), QUERY, Timestamp::UNIX_EPOCH);
                let read = cursors("a").read(&cursor, QUERY, Timestamp::UNIX_EPOCH + TIMEOUT);
                assert_eq!(read, Ok((direction, mark(key.clone()))));
                assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{cursor}");
            }
        }
        let long = mark(Some(SortKey::Text("é".repeat(1_000).into())));
        let cursor = cursors("a").make(Direction::Next, &long, QUERY, Timestamp::UNIX_EPOCH);
        let (_, read) = cursors("a").read(&cursor, QUERY, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(read.key, Some(SortKey::Text("é".repeat(256).into())));
    }

    #[test]
    fn an_old_cursor_has_expired() {
        let cursor = make(&cursors("a"), Timestamp::UNIX_EPOCH);
        let later = Timestamp::UNIX_EPOCH + TIMEOUT + SignedDuration::from_secs(1);
        assert_eq!(cursors("a").read(&cursor, QUERY, later).unwrap_err().kind(), ErrorKind::ExpiredCursor);
    }

    #[test]
    fn forged_and_foreign_cursors_are_refused_alike() {
        let at = Timestamp::UNIX_EPOCH;
        let cursor = make(&cursors("a"), at);
        let mut refusals = vec![
            cursors("b").read(&cursor, QUERY, at),
            cursors("a").read(&cursor, b"/Users title", at),
            cursors("a").read("", QUERY, at),
            cursors("a").read("!", QUERY, at),
            cursors("a").read("AAAA", QUERY, at),
        ];
        for index in 0..cursor.len() {
            let mut forged = cursor.clone().into_bytes();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            refusals.push(cursors("a").read(&String::from_utf8(forged).unwrap(), QUERY, at));
        }
        let first = refusals[0].clone().unwrap_err();
        assert_eq!(first.kind(), ErrorKind::InvalidCursor);
        assert!(refusals.iter().all(|refusal| refusal.as_ref() == Err(&first)));
    }
}
