//! The rules by which one application answers: what it offers and how it reads requests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix_web::http::Method;
use scim::capability::{Capabilities, Capability};
use scim::filter::parse::Limits as FilterLimits;
use scim::resource::read::Policy;
use scim::{Error, ErrorKind};

use crate::acted;
use crate::bulk::BulkLimits;

/// A way to authenticate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuthenticationMethod {
    Bearer,
    Basic,
    /// Tokens of the token endpoint, for a client's id and secret (RFC 6749 section 4.4).
    Oauth,
}

/// What PUT on a user does with attributes that the request does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnPut {
    /// They become unassigned (RFC 7644 section 3.5.1).
    #[default]
    Replace,
    /// They stay.
    Merge,
}

/// What the check of credentials may be careless about. A target is careless about nothing; deviations are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carelessness {
    /// A request without credentials passes.
    Missing,
    /// Any bearer token passes.
    AnyToken,
    /// Any user and password pass.
    AnyPassword,
    /// A token passes without the word `Bearer` before it.
    NoScheme,
    /// A token in the query passes.
    TokenInQuery,
    /// The credentials of every application open every application.
    OtherApplications,
    /// Credentials that may only read may write.
    Rights,
    /// The name of a scheme passes only as RFC 6750 and RFC 7617 write it.
    SchemeCase,
}

/// See the [module documentation](self). Deviations at the rules seam change them.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Which requests, by method and path below the base URL, need no credentials; a deviation says so.
    pub open: Option<fn(&Method, &str) -> bool>,
    /// What the application does.
    pub capabilities: Capabilities,
    /// What discovery publishes; the same, unless a deviation says otherwise.
    pub published: Capabilities,
    /// The statuses with which the rest is refused, 501 where none is given.
    pub refusals: BTreeMap<Capability, u16>,
    /// How bodies and filters are read.
    pub policy: Policy,
    pub filter_limits: FilterLimits,
    /// The largest page; without paging also the largest list.
    pub max_results: usize,
    /// How long a page is that is asked for without a number.
    pub default_results: usize,
    /// The ways to authenticate, in the order in which discovery publishes them.
    pub authentication: Vec<AuthenticationMethod>,
    pub on_put: OnPut,
    /// What one bulk job may hold.
    pub bulk: BulkLimits,
    /// What discovery publishes of it; the same, unless a deviation says otherwise.
    pub published_bulk: BulkLimits,
    /// A filter where none is offered is ignored instead of refused.
    pub missing_filter_ignored: bool,
    /// A PATCH is answered with the whole resource, not with 204.
    pub patch_shown: bool,
    /// The userName of the user that the application's credentials belong to (RFC 7644 section 3.11).
    pub me: Option<String>,
    /// What may be read without credentials.
    pub anonymous: Capabilities,
    /// The deviations that switched capabilities off.
    pub(crate) switched_off: BTreeMap<Capability, Arc<str>>,
    /// What the check of credentials is careless about: nothing, unless a deviation says otherwise.
    pub careless: BTreeSet<Carelessness>,
}

impl Rules {
    /// Whether the application does this.
    #[must_use]
    pub fn offers(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// The refusal that the application gives when it does not offer `capability`.
    pub fn require(&self, capability: Capability) -> scim::Result<()> {
        if self.offers(capability) {
            return Ok(());
        }
        if let Some(deviation) = self.switched_off.get(&capability) {
            acted::note(deviation);
        }
        Err(self.refusal(capability))
    }

    /// The refusal of a capability that is off: with the status that the target file gives, 501 by default (RFC 7644
    /// section 3.12).
    fn refusal(&self, capability: Capability) -> Error {
        let is_filter = matches!(capability, Capability::FilterUsers | Capability::FilterGroups);
        let kind = match self.refusals.get(&capability) {
            Some(400) if is_filter => ErrorKind::InvalidFilter,
            Some(400) => ErrorKind::BadRequest,
            Some(403) => ErrorKind::Forbidden,
            Some(404) => ErrorKind::NotFound,
            Some(405) => ErrorKind::MethodNotAllowed,
            // No target file may say so; a deviation does.
            Some(500) => ErrorKind::Internal,
            _ => ErrorKind::NotImplemented,
        };
        Error::new(kind, format!("{}; /ServiceProviderConfig and the documentation list what is", sentence(capability)))
    }
}

/// The statuses that a refusal can have.
pub(crate) const REFUSAL_STATUSES: [u16; 5] = [400, 403, 404, 405, 501];

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
