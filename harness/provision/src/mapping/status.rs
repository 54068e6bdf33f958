//! Whether an entry's account is enabled: the channel's account-management settings.

use crate::entry::{Entry, Flaw};

/// How the source shows that an account is enabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountStatus {
    /// Such as `nsaccountlock` or `userAccountControl`.
    pub attribute: String,
    pub algorithm: StatusAlgorithm,
    /// The status of an entry without the attribute.
    pub default_status: bool,
}

/// How the attribute's value is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusAlgorithm {
    /// Active Directory's bit field: bit 2 (`ACCOUNTDISABLE`) disables.
    ActiveDirectory,
    /// Enabled means `status` where the value equals `value` (ignoring case), and the opposite elsewhere.
    Flag { value: String, status: bool },
}

const ACCOUNT_DISABLE: i64 = 0x2;
const ACCOUNT_EXPIRES: &str = "accountExpires";

impl Default for AccountStatus {
    /// `nsaccountlock: TRUE` locks, as 389 Directory Server and its relatives have it.
    fn default() -> Self {
        Self {
            attribute: "nsaccountlock".to_owned(),
            algorithm: StatusAlgorithm::Flag { value: "true".to_owned(), status: false },
            default_status: true,
        }
    }
}

/// A status that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    #[error("{attribute} is {value:?}, not the number that Active Directory has there")]
    NotNumber { attribute: String, value: String },
    #[error("the value of {0} is not there: {1}")]
    NotThere(String, Flaw),
}

impl AccountStatus {
    /// Active Directory's `userAccountControl`.
    #[must_use]
    pub fn active_directory() -> Self {
        Self {
            attribute: "userAccountControl".to_owned(),
            algorithm: StatusAlgorithm::ActiveDirectory,
            default_status: true,
        }
    }

    /// Whether Active Directory says that the account has expired. Times are counted in steps of 100 ns from 1601; 0 and the
    /// greatest number say that it does not expire.
    #[must_use]
    pub fn is_expired(&self, entry: &Entry, now: jiff::Timestamp) -> bool {
        /// Seconds from 1601 to 1970.
        const EPOCH: i64 = 11_644_473_600;
        let is_active_directory = self.algorithm == StatusAlgorithm::ActiveDirectory;
        let expires = entry.text(ACCOUNT_EXPIRES).and_then(|value| value.trim().parse::<i64>().ok());
        match expires.filter(|_| is_active_directory) {
            None | Some(i64::MIN..=0 | i64::MAX) => false,
            Some(expires) => expires / 10_000_000 - EPOCH <= now.as_second(),
        }
    }

    /// The attributes that say whether an account is enabled.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        let expires = (self.algorithm == StatusAlgorithm::ActiveDirectory).then_some(ACCOUNT_EXPIRES);
        std::iter::once(self.attribute.as_str()).chain(expires)
    }

    /// Whether the account is enabled.
    ///
    /// # Errors
    /// A bit field that is not a number.
    pub fn is_enabled(&self, entry: &Entry) -> Result<bool, StatusError> {
        if let Some(flaw) = entry.flaw(&self.attribute) {
            return Err(StatusError::NotThere(self.attribute.clone(), flaw));
        }
        let Some(value) = entry.text(&self.attribute) else { return Ok(self.default_status) };
        match &self.algorithm {
            StatusAlgorithm::ActiveDirectory => {
                let bits = value.trim().parse::<i64>();
                bits.map(|bits| bits & ACCOUNT_DISABLE == 0)
                    .map_err(|_| StatusError::NotNumber { attribute: self.attribute.clone(), value: value.to_owned() })
            }
            StatusAlgorithm::Flag { value: flag, status } => Ok(value.trim().eq_ignore_ascii_case(flag) == *status),
        }
    }
}
