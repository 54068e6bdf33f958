//! Passwords at rest: argon2id, computed on the blocking pool, a bounded number at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use scim::{Error, ErrorKind, Result};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

const HASH_BYTES: usize = 32;

/// What one password hash (argon2id) costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB, at least 8.
    pub memory_kib: u32,
    /// Passes over the memory, at least 1.
    pub passes: u32,
    /// How many hashes are computed at the same time; further requests wait.
    pub concurrency: usize,
}

impl PasswordCost {
    /// For endpoints that hold nobody's real password: rehearsals and tests.
    pub const CHEAP: Self = Self { memory_kib: 64, passes: 1, concurrency: 2 };
    /// 19 MiB and two passes.
    pub const CAREFUL: Self = Self { memory_kib: 19 << 10, passes: 2, concurrency: 2 };
}

/// A cost that argon2 does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password cost of {} KiB and {} passes: {source}", .cost.memory_kib, .cost.passes)]
pub struct PasswordCostError {
    pub cost: PasswordCost,
    source: argon2::Error,
}

/// Turns passwords into hashes in the PHC string format, which is what the store keeps.
#[derive(Debug)]
pub struct Passwords {
    argon2: Argon2<'static>,
    permits: Arc<Semaphore>,
    seed: u64,
    count: AtomicU64,
}

impl Passwords {
    /// # Errors
    /// A cost that argon2 does not take.
    pub fn new(cost: PasswordCost, seed: u64) -> std::result::Result<Self, PasswordCostError> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(HASH_BYTES))
            .map_err(|source| PasswordCostError { cost, source })?;
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            permits: Arc::new(Semaphore::new(cost.concurrency.max(1))),
            seed,
            count: AtomicU64::new(0),
        })
    }

    /// Waits for its turn and hashes `password`, prepared by PRECIS (RFC 7644 section 5). `invalidValue` when it cannot be
    /// one.
    pub async fn hash(&self, password: String) -> Result<String> {
        let closed = || Error::new(ErrorKind::Internal, "the password could not be hashed");
        let key = scim::text::password_key(&password)
            .map_err(|error| Error::new(ErrorKind::InvalidValue, format!("password: {error}")))?
            .into_owned();
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| closed())?;
        let (argon2, salt) = (self.argon2.clone(), self.salt());
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut hash = [0; HASH_BYTES];
            argon2.hash_password_into(key.as_bytes(), &salt, &mut hash).ok()?;
            let params = argon2.params();
            let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
            let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
            Some(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}"))
        })
        .await
        .ok()
        .flatten()
        .ok_or_else(closed)
    }

    /// A salt need not be secret, only different each time.
    fn salt(&self) -> [u8; 16] {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let digest = Sha256::new_with_prefix(b"salt")
            .chain_update(self.seed.to_be_bytes())
            .chain_update(number.to_be_bytes())
            .finalize();
        let mut salt = [0; 16];
        salt.copy_from_slice(&digest[..16]);
        salt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_is_in_phc_format_and_never_twice_the_same() {
        let passwords = Passwords::new(PasswordCost::CHEAP, 7).unwrap();
        let first = passwords.hash("t1meMa$heen".into()).await.unwrap();
        let second = passwords.hash("t1meMa$heen".into()).await.unwrap();
        assert!(first.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{first}");
        assert_ne!(first, second);
        assert!(!first.contains("t1meMa"));
    }

    #[test]
    fn an_impossible_cost_is_refused() {
        let cost = PasswordCost { memory_kib: 1, passes: 0, concurrency: 1 };
        assert!(Passwords::new(cost, 1).unwrap_err().to_string().contains("1 KiB and 0 passes"));
    }
}
