//! What went wrong while an endpoint was looked at, before the first check: it is reported by a check, and the run goes on with what
//! works.

use std::sync::Arc;

use scim::capability::Capability;
use weir_exchange::Exchange;

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultSource {
    /// `GET /ServiceProviderConfig`
    ServiceProviderConfig,
    /// `GET /ResourceTypes`
    ResourceTypes,
    /// `GET /Schemas`
    Schemas,
    /// The list of a resource type.
    List,
    /// A request that tries whether something is offered.
    Probe,
}

impl FaultSource {
    /// Whether it is a document of discovery.
    pub const fn is_document(self) -> bool {
        matches!(self, Self::ServiceProviderConfig | Self::ResourceTypes | Self::Schemas)
    }
}

/// How grave a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gravity {
    /// No endpoint may do that.
    Wrong,
    /// Allowed, and worth knowing.
    Remarkable,
}

/// One thing that went wrong.
#[derive(Clone, Debug)]
pub struct DiscoveryFault {
    pub source: FaultSource,
    pub gravity: Gravity,
    /// One sentence.
    pub message: String,
    /// What came, in a few words.
    pub observed: String,
    /// The answer, if one came.
    pub exchange: Option<Arc<Exchange>>,
    /// What was tried, if it was one thing that an endpoint can offer.
    pub capability: Option<Capability>,
    /// The requirements that it breaks, by their ids.
    pub requirements: &'static [&'static str],
}
