//! One application of a target: what it offers, how it refuses the rest, and what stands behind it.

use std::collections::BTreeMap;

use scim::capability::{Capabilities, Capability};

use crate::application::downstream::Service;
use crate::deviations::Activation;
use crate::rules::{AuthenticationMethod, OnPut};

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
