//! The identity of a ledger's owner.

use serde::{Deserialize, Serialize};

/// The endpoint, client, channel and source that a ledger belongs to. Used for anything else, its rows would make everybody a leaver, or name accounts that are not
/// there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The SCIM base URL without trailing slash.
    pub endpoint: String,
    /// Such as `pingfederate-aquera`.
    pub client: String,
    /// The channel's name; empty where there is only one.
    pub channel: String,
    /// The kind of source, and the part of it, such as `a directory server below dc=example,dc=com`.
    pub source: String,
}

impl Identity {
    /// The first difference, as a sentence's middle: whose the ledger is, and who asks for it.
    #[must_use]
    pub fn difference(&self, asked: &Self) -> Option<String> {
        let pairs = [
            ("the endpoint", &self.endpoint, &asked.endpoint),
            ("the client", &self.client, &asked.client),
            ("the channel", &self.channel, &asked.channel),
            ("the source", &self.source, &asked.source),
        ];
        pairs
            .into_iter()
            .find(|(_, own, asked)| own != asked)
            .map(|(what, own, asked)| format!("belongs to {what} {own:?}, not to {asked:?}"))
    }
}
