//! The rules by which one application answers: what it offers and how it reads requests.

use std::collections::{BTreeMap, BTreeSet};

use scim::Error;
use scim::capability::{Capabilities, Capability};
use scim::filter::parse::Limits as FilterLimits;
use scim::resource::read::{Policy, UnknownPolicy};

use crate::bulk::BulkLimits;
use crate::targets::{Application, AuthenticationMethod, Target, refusal};

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
}

/// See the [module documentation](self). Deviations at the rules seam change them.
#[derive(Clone, Debug)]
pub struct Rules {
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
    /// The userName of the user that the application's credentials belong to (RFC 7644 section 3.11).
    pub me: Option<String>,
    /// What may be read without credentials.
    pub anonymous: Capabilities,
    /// What the check of credentials is careless about: nothing, unless a deviation says otherwise.
    pub careless: BTreeSet<Carelessness>,
}

impl Rules {
    /// The rules of an application before any deviation.
    pub(crate) fn new(target: &Target, application: &Application) -> Self {
        let max_results = application.max_results.unwrap_or(target.max_results);
        let default_results = application.default_results.or(target.default_results);
        Self {
            capabilities: application.capabilities.clone(),
            published: application.capabilities.clone(),
            refusals: application.refusals.clone(),
            policy: Policy { unknown: UnknownPolicy::Ignore, tolerances: target.tolerances.clone() },
            filter_limits: FilterLimits::default(),
            max_results,
            default_results: default_results.unwrap_or(max_results).min(max_results),
            authentication: application.authentication.clone(),
            on_put: application.on_put,
            bulk: target.bulk,
            published_bulk: target.bulk,
            missing_filter_ignored: false,
            me: application.me.clone(),
            anonymous: target.anonymous.clone(),
            careless: BTreeSet::new(),
        }
    }

    /// Whether the application does this.
    #[must_use]
    pub fn offers(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// The refusal that the application gives when it does not offer `capability`.
    pub fn require(&self, capability: Capability) -> scim::Result<()> {
        if self.offers(capability) { Ok(()) } else { Err(self.refusal(capability)) }
    }

    fn refusal(&self, capability: Capability) -> Error {
        refusal(&self.refusals, capability)
    }
}
