//! The configuration lies where SCIM 1.1 has it.

use std::borrow::Cow;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.config-at-old-path",
    summary: "the service provider configuration is at /ServiceProviderConfigs, and /ServiceProviderConfig is answered 404",
    breaks: Breaks::Requirements(&["RFC7644-4-02"]),
    seen: &["https://help.salesforce.com/s/articleView?id=xcloud.identity_scim_overview.htm"],
    parameter: None,
    seam: Seam::Request(|_| Box::new(AtOldPath)),
};

struct AtOldPath;

impl RequestSeam for AtOldPath {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        match incoming.path.trim_matches('/') {
            "ServiceProviderConfigs" => incoming.path = Cow::Borrowed("/ServiceProviderConfig"),
            "ServiceProviderConfig" => incoming.path = Cow::Borrowed("/Nothing"),
            _ => {}
        }
        Ok(())
    }
}
