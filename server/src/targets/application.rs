//! One application of a target: what it offers, how it refuses the rest, and what stands behind it.

use std::collections::BTreeMap;

use scim::capability::{Capabilities, Capability};
use weir_files::name::UnknownName;

use super::RateRule;
use crate::application::downstream::Service;
use crate::credentials::FurtherCredentials;
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
    /// Limits of requests, the target's unless it says otherwise.
    pub rate: Vec<RateRule>,
    /// Deviations of its own, which act before those of the target.
    pub deviations: Vec<Activation>,
    /// The userName of the user that the application's credentials belong to (RFC 7644 section 3.11).
    pub me: Option<String>,
    /// The service that accepted changes are written to; `None` where the endpoint itself is the service.
    pub downstream: Option<Service>,
}

/// The first application or tenant of further credentials that is not among `applications`.
pub(super) fn stranger(further: &FurtherCredentials, applications: &[Application]) -> Option<UnknownName> {
    let names: Vec<&str> = applications.iter().map(|known| known.name.as_str()).collect();
    let tenants: Vec<&str> = applications.iter().filter_map(|known| known.tenant.as_deref()).collect();
    let unknown = |kind: &str, wanted: &[String], known: &[&str]| {
        let stranger = wanted.iter().find(|name| !known.contains(&name.as_str()))?;
        Some(UnknownName::new(kind, stranger, known))
    };
    unknown("application", &further.applications, &names).or_else(|| unknown("tenant", &further.tenants, &tenants))
}
