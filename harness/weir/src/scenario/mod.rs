//! Scenarios: the known limitations of the provisioners and of what they provision, each acted out with a verdict in plain
//! words. Against an endpoint of our own the service behind each application is looked at as well; against somebody's,
//! nothing is touched that the run did not create.

mod accounts;
mod application;
mod attributes;
mod deprovisioning;
mod groups;
mod identity;
mod partial_update;
mod rehearsal;
mod report;
mod schemas;
mod write;

use tokio::sync::watch;
use weir_exchange::Client;
use weir_judge::Events;
use weir_provision::client::Description;

use crate::embedded::EmbeddedEndpoint;

pub use application::ScenarioApplication;
pub use report::ScenarioReport;

/// What is acted out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Scenario {
    /// a user is deprovisioned, and the service behind the endpoint cannot update an account partially
    PartialUpdate,
    /// an attribute loses its value in the source and keeps it in the target
    NeverCleared,
    /// a user is deleted in LDAP who is targeted through a Group DN
    GroupDnDeletion,
    /// the attribute that identifies users changes
    FixedIdentifier,
    /// the target omits type and primary of emails, phones and addresses
    TypeOrPrimaryOmitted,
    /// the endpoint's schemas are invalid, as Aquera's can be
    InvalidSchemas,
    /// groups of one name, in one channel and in two
    GroupNameCollision,
    /// Provision Disabled Users together with Remove User Action Delete
    ProvisionDisabledWithDelete,
    /// a PUT of mapped values alone against an endpoint that replaces
    MappedOnlyReplaces,
    /// names match and identities do not: rehire, newcomer, rename, one mail for two, a GUID that changed
    IdentityReuse,
}

/// Whose endpoint it is.
pub enum ScenarioEndpoint<'a> {
    /// Our own, with what its applications hold.
    Embedded(&'a EmbeddedEndpoint),
    /// Somebody's, with the prefix of every name that is made there.
    Foreign { client: &'a Client, prefix: &'a str },
}

/// Why a scenario could not be acted out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// The endpoint cannot be reached, or refuses what everything else needs.
    #[error("{0}")]
    Unreachable(String),
    /// The scenario is not for this client or this endpoint.
    #[error("{0}")]
    Unsuitable(String),
    #[error("the run was interrupted")]
    Interrupted,
}

impl Scenario {
    /// The name on the command line.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::PartialUpdate => "partial-update",
            Self::NeverCleared => "never-cleared",
            Self::GroupDnDeletion => "group-dn-deletion",
            Self::FixedIdentifier => "fixed-identifier",
            Self::TypeOrPrimaryOmitted => "type-or-primary-omitted",
            Self::InvalidSchemas => "invalid-schemas",
            Self::GroupNameCollision => "group-name-collision",
            Self::ProvisionDisabledWithDelete => "provision-disabled-with-delete",
            Self::MappedOnlyReplaces => "mapped-only-replaces",
            Self::IdentityReuse => "identity-reuse",
        }
    }

    /// The target that shows it, as (name, text), where the scenario brings its own.
    #[must_use]
    pub fn target(self) -> Option<(&'static str, String)> {
        match self {
            Self::PartialUpdate => Some(("aquera", partial_update::target())),
            _ => None,
        }
    }
}

/// Acts a scenario out. What was made at somebody's endpoint is deleted at the end; what is left goes to `events`.
///
/// # Errors
/// The endpoint cannot be used for it, or the run was interrupted.
pub async fn run(
    scenario: Scenario,
    endpoint: &ScenarioEndpoint<'_>,
    description: &Description,
    events: &Events,
    mut interrupted: watch::Receiver<bool>,
) -> Result<ScenarioReport, ScenarioError> {
    let applications = application::all(endpoint)?;
    let report = tokio::select! {
        report = act(scenario, &applications, description) => report,
        Ok(_) = interrupted.wait_for(|interrupted| *interrupted) => Err(ScenarioError::Interrupted),
    };
    for application in &applications {
        application.clean_up(events, report.is_err(), &interrupted).await;
    }
    report
}

async fn act(
    scenario: Scenario,
    applications: &[ScenarioApplication],
    client: &Description,
) -> Result<ScenarioReport, ScenarioError> {
    let first =
        applications.first().ok_or_else(|| ScenarioError::Unsuitable("the target has no application".to_owned()))?;
    Ok(match scenario {
        Scenario::PartialUpdate => {
            ScenarioReport::of(&partial_update::deprovisioned(applications, client).await?, client)
        }
        Scenario::NeverCleared => ScenarioReport::of(&attributes::never_cleared(first, client).await?, client),
        Scenario::GroupDnDeletion => ScenarioReport::of(&accounts::group_dn_deletion(first, client).await?, client),
        Scenario::FixedIdentifier => ScenarioReport::of(&accounts::fixed_identifier(first, client).await?, client),
        Scenario::TypeOrPrimaryOmitted => ScenarioReport::of(&attributes::type_omitted(first, client).await?, client),
        Scenario::InvalidSchemas => ScenarioReport::of(&schemas::invalid_schemas(first).await?, client),
        Scenario::GroupNameCollision => ScenarioReport::of(&groups::collision(first, client).await?, client),
        Scenario::ProvisionDisabledWithDelete => {
            ScenarioReport::of(&accounts::provision_disabled(first, client).await?, client)
        }
        Scenario::MappedOnlyReplaces => {
            ScenarioReport::of(&attributes::mapped_only(applications, client).await?, client)
        }
        Scenario::IdentityReuse => ScenarioReport::of(&identity::identities(first, client).await?, client),
    })
}

#[cfg(test)]
mod tests;
