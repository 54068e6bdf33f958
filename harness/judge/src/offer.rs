//! What an endpoint offers, and how the harness knows.

use scim::capability::Capability;

/// Where the knowledge that an endpoint offers something comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provenance {
    /// The endpoint's own discovery says so.
    Published,
    /// A request showed it.
    Probed,
    /// Nobody says anything; the RFC's default is taken.
    Assumed,
    /// The configuration says so.
    Configured,
    /// The description of a target of our own says so.
    Declared,
}

impl Provenance {
    /// The word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Probed => "probed",
            Self::Assumed => "assumed",
            Self::Configured => "configured",
            Self::Declared => "declared",
        }
    }
}

/// Whether the endpoint offers a capability, and how the harness knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    pub capability: Capability,
    pub offered: bool,
    pub provenance: Provenance,
}
