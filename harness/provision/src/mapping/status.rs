//! Whether an entry's account is enabled: the channel's account-management settings.

use crate::entry::Entry;

/// How the source tells that an account is enabled.
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

/// A bit field that is not a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{attribute} is {value:?}, not the number that Active Directory has there")]
pub struct StatusError {
    attribute: String,
    value: String,
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

    /// Whether the account is enabled.
    ///
    /// # Errors
    /// A bit field that is not a number.
    pub fn is_enabled(&self, entry: &Entry) -> Result<bool, StatusError> {
        let Some(value) = entry.text(&self.attribute) else { return Ok(self.default_status) };
        match &self.algorithm {
            StatusAlgorithm::ActiveDirectory => {
                let bits = value.trim().parse::<i64>();
                bits.map(|bits| bits & ACCOUNT_DISABLE == 0)
                    .map_err(|_| StatusError { attribute: self.attribute.clone(), value: value.to_owned() })
            }
            StatusAlgorithm::Flag { value: flag, status } => Ok(value.trim().eq_ignore_ascii_case(flag) == *status),
        }
    }
}
