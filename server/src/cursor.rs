//! Cursors of a walk through a list (RFC 9865): where the next page begins, for which query, and until when. They are
//! authenticated, so that nobody can make one up or use one for another query.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use scim::{Error, ErrorKind, Result};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// How long a cursor can be used; published as `pagination.cursorTimeout`.
pub const TIMEOUT: SignedDuration = SignedDuration::from_hours(1);

const PLACE: usize = 8;
const ISSUED: usize = 8;
const TAG: usize = 16;
const BLOCK: usize = 64;

/// Makes and reads the cursors of one endpoint.
pub struct Cursors {
    key: [u8; 32],
}

impl Cursors {
    /// The key follows from the secret.
    pub fn new(secret: &SecretString) -> Self {
        Self { key: Sha256::digest(secret.expose_secret()).into() }
    }

    /// The cursor of the page after `place` of the query that `query` describes.
    pub fn make(&self, place: u64, query: &[u8], now: Timestamp) -> String {
        let mut bytes = Vec::with_capacity(PLACE + ISSUED + TAG);
        bytes.extend_from_slice(&place.to_be_bytes());
        bytes.extend_from_slice(&now.as_second().to_be_bytes());
        let tag = self.tag(&bytes, query);
        bytes.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that a cursor means.
    ///
    /// # Errors
    /// `invalidCursor`: not made here, or for another query; the two cannot be told apart from outside (RFC 9865 section 5.2).
    /// `expiredCursor`: older than [`TIMEOUT`].
    pub fn read(&self, cursor: &str, query: &[u8], now: Timestamp) -> Result<u64> {
        let invalid = || {
            Error::new(
                ErrorKind::InvalidCursor,
                "the cursor is none of this query; start the walk anew with an empty cursor",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        let (place, rest) = bytes.split_first_chunk::<PLACE>().ok_or_else(invalid)?;
        let (issued, tag) = rest.split_first_chunk::<ISSUED>().ok_or_else(invalid)?;
        let expected = self.tag(&bytes[..PLACE + ISSUED], query);
        if !bool::from(expected.as_slice().ct_eq(tag)) {
            return Err(invalid());
        }
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
        Ok(u64::from_be_bytes(*place))
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

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &[u8] = b"/Users userName";

    fn cursors(secret: &str) -> Cursors {
        Cursors::new(&secret.to_owned().into())
    }

    #[test]
    fn a_cursor_is_read_as_it_was_made() {
        let cursor = cursors("a").make(7, QUERY, Timestamp::UNIX_EPOCH);
        assert_eq!(cursors("a").read(&cursor, QUERY, Timestamp::UNIX_EPOCH + TIMEOUT).unwrap(), 7);
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{cursor}");
    }

    #[test]
    fn an_old_cursor_has_expired() {
        let cursor = cursors("a").make(7, QUERY, Timestamp::UNIX_EPOCH);
        let later = Timestamp::UNIX_EPOCH + TIMEOUT + SignedDuration::from_secs(1);
        assert_eq!(cursors("a").read(&cursor, QUERY, later).unwrap_err().kind(), ErrorKind::ExpiredCursor);
    }

    #[test]
    fn forged_and_foreign_cursors_are_refused_alike() {
        let at = Timestamp::UNIX_EPOCH;
        let cursor = cursors("a").make(7, QUERY, at);
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
