//! One application of a target: what it offers, how it refuses the rest, and what stands behind it.

use std::collections::BTreeMap;

use scim::capability::{Capabilities, Capability};
use scim::{Error, ErrorKind};

use super::AuthenticationMethod;
use crate::application::downstream::Service;
use crate::deviations::Activation;
use crate::rules::OnPut;

/// SCIM in front with credentials of its own, and what stands behind it.
#[derive(Clone, Debug)]
pub struct Application {
    pub name: String,
    pub tenant: Option<String>,
    /// One line for `weir explain` and the list of applications.
    pub description: String,
    /// What it offers, the target's defaults applied.
    pub capabilities: Capabilities,
    /// How it refuses the rest, the target's defaults applied.
    pub refusals: BTreeMap<Capability, u16>,
    pub on_put: OnPut,
    /// The largest page; `None` takes the target's.
    pub max_results: Option<usize>,
    /// How long a page is that is asked for without a number; `None` takes the target's.
    pub default_results: Option<usize>,
    /// The ways to authenticate, the target's unless it says otherwise.
    pub authentication: Vec<AuthenticationMethod>,
    /// Deviations of its own, which act before those of the target.
    pub deviations: Vec<Activation>,
    /// The userName of the user that the application's credentials belong to (RFC 7644 section 3.11).
    pub me: Option<String>,
    /// The service that accepted changes are written to; `None` where the endpoint itself is the service.
    pub downstream: Option<Service>,
}

/// The refusal of a capability that is off: with the status that the target file gives, 501 by default (RFC 7644
/// section 3.12).
pub fn refusal(refusals: &BTreeMap<Capability, u16>, capability: Capability) -> Error {
    let is_filter = matches!(capability, Capability::FilterUsers | Capability::FilterGroups);
    let kind = match refusals.get(&capability) {
        Some(400) if is_filter => ErrorKind::InvalidFilter,
        Some(400) => ErrorKind::BadRequest,
        Some(403) => ErrorKind::Forbidden,
        Some(404) => ErrorKind::NotFound,
        Some(405) => ErrorKind::MethodNotAllowed,
        // No target file may say so; a deviation does.
        Some(500) => ErrorKind::Internal,
        _ => ErrorKind::NotImplemented,
    };
    Error::new(kind, format!("{}; /ServiceProviderConfig and the documentation tell what is", sentence(capability)))
}

/// The statuses that [`refusal`] knows.
pub(super) const REFUSAL_STATUSES: [u16; 5] = [400, 403, 404, 405, 501];

const fn sentence(capability: Capability) -> &'static str {
    match capability {
        Capability::CreateUsers => "this application does not let users be created",
        Capability::CreateGroups => "this application does not let groups be created",
        Capability::ReplaceUsers => "PUT on a user is not supported here",
        Capability::ReplaceGroups => "PUT on a group is not supported here",
        Capability::PatchUsers => "PATCH on a user is not supported here",
        Capability::PatchGroups => "PATCH on a group is not supported here",
        Capability::DeleteUsers => "this application does not let users be deleted",
        Capability::DeleteGroups => "this application does not let groups be deleted",
        Capability::FilterUsers => "filtering users is not supported here",
        Capability::FilterGroups => "filtering groups is not supported here",
        Capability::Sort => "sorting is not supported here",
        Capability::IndexPaging | Capability::CursorPaging => "this way of paging is not supported here",
        Capability::Etag => "versions are not supported here",
        Capability::Bulk => "bulk operations are not supported here",
        Capability::Search => "querying by POST to /.search is not supported here",
        Capability::RootQuery => "querying the base URL is not supported here",
        Capability::Me => "/Me is not supported here",
        Capability::ChangePassword => "changing a password is not supported here",
        Capability::ServiceProviderConfig => "/ServiceProviderConfig is not supported here",
        Capability::ResourceTypes => "/ResourceTypes is not supported here",
        Capability::Schemas => "/Schemas is not supported here",
    }
}
