//! Tokens that the token endpoint has issued (RFC 6749 section 4.4): opaque, bound to the grant of their client, valid for
//! a time by the endpoint's clock.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Digest, Grant, digest};
use crate::credentials::generated;

/// How many tokens are valid at once; the oldest goes first.
const MOST: usize = 10_000;

/// The issued tokens, by digest.
pub struct Tokens {
    seed: u64,
    lifetime: SignedDuration,
    issued: Mutex<IssuedTokens>,
}

#[derive(Default)]
struct IssuedTokens {
    by_digest: HashMap<Digest, Token>,
    /// In the order of issue, which is that of expiry.
    order: VecDeque<Digest>,
    count: u64,
}

struct Token {
    grant: Arc<Grant>,
    writes: bool,
    expires: Timestamp,
}

impl Default for Tokens {
    fn default() -> Self {
        Self::new(0, SignedDuration::from_hours(1))
    }
}

impl Tokens {
    /// Tokens that follow from `seed` and are valid for `lifetime`.
    pub fn new(seed: u64, lifetime: SignedDuration) -> Self {
        Self { seed, lifetime, issued: Mutex::default() }
    }

    /// How long a token is valid.
    pub const fn lifetime(&self) -> SignedDuration {
        self.lifetime
    }

    fn lock(&self) -> MutexGuard<'_, IssuedTokens> {
        self.issued.lock()
    }

    /// A new token of `grant`; without `writes` it only reads, whatever the grant says.
    pub fn issue(&self, grant: &Arc<Grant>, writes: bool, now: Timestamp) -> SecretString {
        let mut issued = self.lock();
        issued.count += 1;
        let token = generated(self.seed, &format!("token {}", issued.count));
        let digest = digest(token.expose_secret());
        // Beyond the end of time a token does not run out.
        let expires = now.checked_add(self.lifetime).unwrap_or(Timestamp::MAX);
        issued.by_digest.insert(digest, Token { grant: Arc::clone(grant), writes, expires });
        issued.order.push_back(digest);
        while let Some(oldest) = issued.order.front().copied() {
            let over = issued.by_digest.get(&oldest).is_none_or(|token| token.expires <= now);
            if !over && issued.order.len() <= MOST {
                break;
            }
            issued.order.pop_front();
            issued.by_digest.remove(&oldest);
        }
        token
    }

    /// Whether the token writes, and its grant, while it is valid.
    pub(super) fn find(&self, given: &Digest, now: Timestamp) -> Option<(bool, Arc<Grant>)> {
        let issued = self.lock();
        let token = issued.by_digest.get(given).filter(|token| now < token.expires)?;
        Some((token.writes, Arc::clone(&token.grant)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_token_makes_room_for_the_newest() {
        let tokens = Tokens::new(1, SignedDuration::from_hours(1));
        let grant = Arc::new(Grant { applications: [0].into(), writes: true });
        let issue = || tokens.issue(&grant, true, Timestamp::UNIX_EPOCH);
        let found = |token: &SecretString| tokens.find(&digest(token.expose_secret()), Timestamp::UNIX_EPOCH).is_some();
        let (first, second) = (issue(), issue());
        for _ in 0..MOST - 1 {
            issue();
        }
        assert!(!found(&first) && found(&second));
    }
}
