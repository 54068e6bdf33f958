//! The partial-update limitation: a user joins, is deprovisioned in every way that the client has, and what the endpoint
//! reports afterwards is held against the account that the service behind it still has.

use futures_util::StreamExt as _;
use weir_provision::RemoveUserAction;
use weir_provision::client::Description;
use weir_provision::options::Disable;

use super::deprovisioning::{DeprovisionedUsers, DeprovisioningObservation, UserEvent};
use super::rehearsal::{Rehearsal, changed, person, removed};
use super::{ScenarioApplication, ScenarioError};

/// How many rows are acted out at once.
const AT_ONCE: usize = 4;

/// The shipped gateway, and beside each application without partial update one that takes PATCH on users, since nobody says
/// whether the gateway does.
const TWINS: &str = r#"
[[applications]]
name = "no-partial-update-refused-patch"
tenant = "example"
description = "As no-partial-update-refused, where PATCH on users is accepted."
with = ["patch.users"]
downstream = { partial_update = false, failed_update = "refused" }

[[applications]]
name = "no-partial-update-ignored-patch"
tenant = "example"
description = "As no-partial-update-ignored, where PATCH on users is accepted."
with = ["patch.users"]
downstream = { partial_update = false, failed_update = "ignored" }

[[applications]]
name = "no-partial-update-ignored-visible-patch"
tenant = "example"
description = "As no-partial-update-ignored-visible, where PATCH on users is accepted."
with = ["patch.users"]
downstream = { partial_update = false, failed_update = "ignored-visible" }
"#;

/// The target's text.
pub(super) fn target() -> String {
    format!("{}{TWINS}", include_str!("../../../../fixtures/targets/aquera.toml"))
}

/// One way to set the connection up, with the request that disables.
#[derive(Clone, Debug)]
struct Setup {
    /// As the console has it.
    label: String,
    action: RemoveUserAction,
    /// Whether accounts are disabled at all.
    disables: bool,
    description: Description,
}

/// Every deprovisioning that the client can do, in every application.
pub(super) async fn deprovisioned(
    applications: &[ScenarioApplication],
    description: &Description,
) -> Result<DeprovisionedUsers, ScenarioError> {
    let setups = setups(description)?;
    let mut acts = Vec::new();
    for application in applications {
        for setup in &setups {
            for event in user_events(setup) {
                acts.push(act(application, setup, event));
            }
        }
    }
    let mut observations = Vec::with_capacity(acts.len());
    let mut running = futures_util::stream::iter(acts).buffered(AT_ONCE);
    while let Some(observation) = running.next().await {
        observations.push(observation?);
    }
    Ok(DeprovisionedUsers { observations, is_observable: applications.iter().all(ScenarioApplication::is_observable) })
}

/// Every set-up that the console can make and that matters here.
fn setups(description: &Description) -> Result<Vec<Setup>, ScenarioError> {
    let missing = || ScenarioError::Unsuitable(format!("{} has no such settings", description.id));
    let action_name = description
        .settings
        .iter()
        .find(|setting| setting.values.values().any(|sets| sets.contains_key("options.remove_user_action")))
        .map(|setting| setting.name.clone())
        .ok_or_else(missing)?;
    let disable_name = description.option_name("options.user_disable").ok_or_else(missing)?.to_owned();
    let wires: Vec<&str> = description
        .with_choice()
        .filter(|detail| detail.places().any(|place| place == "user.disable"))
        .flat_map(|detail| detail.variants.iter().map(|variant| variant.id.as_str()))
        .collect();
    let variant = |wire: &str| {
        description.with_variants([("disable", wire)]).map_err(|error| ScenarioError::Unsuitable(error.to_string()))
    };
    let described = if wires.is_empty() {
        vec![description.clone()]
    } else {
        wires.iter().map(|wire| variant(wire)).collect::<Result<_, _>>()?
    };
    let mut setups = Vec::new();
    for (action, described) in [RemoveUserAction::Disable, RemoveUserAction::Delete]
        .into_iter()
        .flat_map(|action| described.iter().map(move |described| (action, described)))
    {
        let given = [(action_name.clone(), action.as_str().to_owned())];
        let configured = described.configured(&given).map_err(|error| ScenarioError::Unsuitable(error.to_string()))?;
        let label = format!("{action_name} {}", action.as_str());
        setups.push(Setup { label, action, disables: true, description: configured.description });
    }
    let given = [(disable_name.clone(), "false".to_owned())];
    let configured = description.configured(&given).map_err(|error| ScenarioError::Unsuitable(error.to_string()))?;
    setups.push(Setup {
        label: format!("{disable_name} off"),
        action: RemoveUserAction::Disable,
        disables: false,
        description: configured.description,
    });
    Ok(setups)
}

/// What can happen to a user of this set-up; what is sent alike for PUT and PATCH is acted out once.
fn user_events(setup: &Setup) -> Vec<UserEvent> {
    let description = &setup.description;
    let mut all = vec![UserEvent::Disabled, UserEvent::Deleted, UserEvent::OutOfFilter];
    if description.option_name("options.deprovision_on_rule_deletion").is_some() {
        all.push(UserEvent::RuleDeleted { deprovisions: true });
        all.push(UserEvent::RuleDeleted { deprovisions: false });
    }
    let is_second = description.user.disable == Disable::Patch;
    all.retain(|event| {
        let disables = match event {
            UserEvent::Disabled => {
                setup.action == RemoveUserAction::Disable || !description.options.disabled_are_removed
            }
            UserEvent::RuleDeleted { deprovisions: false } => false,
            _ => setup.action == RemoveUserAction::Disable,
        };
        !is_second || (setup.disables && disables)
    });
    all
}

async fn act(
    application: &ScenarioApplication,
    setup: &Setup,
    event: UserEvent,
) -> Result<DeprovisioningObservation, ScenarioError> {
    let uid = application.fresh_name();
    let mut rehearsal = Rehearsal::new(application, &setup.description, &person(&uid, ""))?;
    rehearsal.provisioner.channel.user_filter = "(title=Tester)".parse().ok();
    rehearsal.prepare().await?;
    match event {
        UserEvent::Disabled => rehearsal.change(&changed(&uid, "nsaccountlock", &["TRUE"]))?,
        UserEvent::Deleted => rehearsal.change(&removed(&uid))?,
        UserEvent::OutOfFilter => rehearsal.change(&changed(&uid, "title", &["Gardener"]))?,
        UserEvent::RuleDeleted { deprovisions } => {
            rehearsal.change(&removed(&uid))?;
            let options = &mut rehearsal.provisioner.options;
            options.rule_deleted = true;
            options.deprovision_on_rule_deletion = deprovisions;
        }
    }
    let acted = rehearsal.cycle().await?;
    Ok(DeprovisioningObservation {
        setup: setup.label.clone(),
        event,
        application: application.name.clone(),
        writes: acted.writes(),
        reported: application.reported(&uid).await?,
        account: application.account_state(&uid).await?,
    })
}
