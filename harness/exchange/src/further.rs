//! Credentials besides those of the run.

use url::Url;

use super::credentials::Credentials;

/// Further credentials, for the checks of who may do what. Each is the operator's to give.
#[derive(Clone, Debug, Default)]
pub struct Further {
    /// For the same base URL; they may read and not write.
    pub reader: Option<Credentials>,
    /// Of another tenant, or another application, with its base URL.
    pub stranger: Option<(Url, Credentials)>,
}
