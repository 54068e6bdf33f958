//! The faults of a directory, in sentences.

use ldap3::{LdapError, LdapResult};

/// Why a directory cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LdapFault {
    message: String,
    /// A new connection may help.
    pub(super) is_transport: bool,
    /// The question is wrong; the directory is not to blame.
    pub is_usage: bool,
}

impl LdapFault {
    /// A fault in one sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_transport: false, is_usage: false }
    }

    /// A fault of what was asked.
    pub(super) fn wrong(message: impl Into<String>) -> Self {
        Self { is_usage: true, ..Self::new(message) }
    }

    pub(super) fn lost(url: &url::Url, error: &LdapError) -> Self {
        Self {
            message: format!("{url}: the connection to the directory was lost: {error}"),
            is_transport: matches!(
                error,
                LdapError::Io { .. }
                    | LdapError::OpSend { .. }
                    | LdapError::ResultRecv { .. }
                    | LdapError::EndOfStream
                    | LdapError::IdScrubSend { .. }
                    | LdapError::MiscSend { .. }
            ),
            is_usage: false,
        }
    }

    pub(super) fn unreachable(url: &url::Url, error: &LdapError) -> Self {
        let advice = match error {
            LdapError::Io { source } if source.to_string().contains("certificate") => {
                "; give the certificate of its authority with --source-ca, and a name that the certificate has"
            }
            LdapError::Io { .. } => "; check host and port of --source",
            LdapError::Timeout { .. } => "; it did not answer in time",
            LdapError::LdapResult { .. } => "; it refuses StartTLS, use ldaps:// or leave --starttls out",
            _ => "",
        };
        Self::new(format!("{url}: the directory cannot be reached: {error}{advice}"))
    }

    /// The fault of the answer to a bind.
    pub(super) fn refused(url: &url::Url, result: &LdapResult) -> Self {
        let advice = match result.rc {
            49 => "; check --bind-dn and --bind-password",
            8 | 13 => "; it wants an encrypted connection, use ldaps:// or --starttls",
            _ => "",
        };
        Self::new(format!("{url}: the directory refuses the bind: {}{advice}", explained(result)))
    }

    /// The fault of the answer to a search.
    pub(super) fn search(url: &url::Url, base: &str, result: &LdapResult) -> Self {
        let advice = match result.rc {
            1 | 50 => "; give --bind-dn and --bind-password if it needs them",
            10 => "; another server holds this base, point --source there",
            32 => "; there is no such entry, check --base-dn",
            34 => "; this is not a distinguished name, check --base-dn",
            _ => "",
        };
        let base = if base.is_empty() { "the root" } else { base };
        let message = format!("{url}: the directory refuses to search {base}: {}{advice}", explained(result));
        Self { is_usage: matches!(result.rc, 32 | 34), ..Self::new(message) }
    }
}

/// Code, its name, and the server's own text.
pub(super) fn explained(result: &LdapResult) -> String {
    let name = match result.rc {
        1 => "operationsError",
        3 => "timeLimitExceeded",
        4 => "sizeLimitExceeded",
        8 => "strongerAuthRequired",
        10 => "referral",
        11 => "adminLimitExceeded",
        13 => "confidentialityRequired",
        32 => "noSuchObject",
        34 => "invalidDNSyntax",
        49 => "invalidCredentials",
        50 => "insufficientAccessRights",
        53 => "unwillingToPerform",
        _ => "",
    };
    let text = result.text.trim_end_matches('\0').trim();
    let name = if name.is_empty() { String::new() } else { format!(" ({name})") };
    let text = if text.is_empty() { String::new() } else { format!(", {text:?}") };
    format!("result code {}{name}{text}", result.rc)
}
