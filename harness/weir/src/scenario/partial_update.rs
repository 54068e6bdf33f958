//! The partial-update limitation: a user joins, is deprovisioned in every way that the client has, and what the endpoint
//! reports afterwards is held against the account that the service behind it still has.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use weir_provision::RemoveUserAction;
use weir_provision::client::Description;
use weir_provision::options::Disable;

use super::application::State;
use super::rehearsal::{Rehearsal, changed, in_words, person, removed};
use super::{ScenarioApplication, ScenarioError, ScenarioReport};

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

/// What happens to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum UserEvent {
    Disabled,
    Deleted,
    OutOfFilter,
    RuleDeleted { deprovisions: bool },
}

impl UserEvent {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "user disabled",
            Self::Deleted => "user deleted",
            Self::OutOfFilter => "out of the filter",
            Self::RuleDeleted { deprovisions: true } => "rule deleted",
            Self::RuleDeleted { deprovisions: false } => "rule deleted (Deprovision on rule deletion off)",
        }
    }
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

/// One observation.
#[derive(Clone, Debug, PartialEq, Eq)]
struct DeprovisioningObservation {
    setup: String,
    happening: UserEvent,
    application: String,
    sent: String,
    came: String,
    reported: State,
    account: State,
}

pub(super) async fn run(
    places: &[ScenarioApplication],
    description: &Description,
) -> Result<ScenarioReport, ScenarioError> {
    let setups = setups(description)?;
    let mut acts = Vec::new();
    for place in places {
        for setup in &setups {
            for happening in happenings(setup) {
                acts.push(act(place, setup, happening));
            }
        }
    }
    let mut rows = Vec::with_capacity(acts.len());
    let mut running = futures_util::stream::iter(acts).buffered(AT_ONCE);
    while let Some(row) = running.next().await {
        rows.push(row?);
    }
    Ok(tell(places, description, &rows))
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
fn happenings(setup: &Setup) -> Vec<UserEvent> {
    let description = &setup.description;
    let mut all = vec![UserEvent::Disabled, UserEvent::Deleted, UserEvent::OutOfFilter];
    if description.option_name("options.deprovision_on_rule_deletion").is_some() {
        all.push(UserEvent::RuleDeleted { deprovisions: true });
        all.push(UserEvent::RuleDeleted { deprovisions: false });
    }
    let is_second = description.user.disable == Disable::Patch;
    all.retain(|happening| {
        let disables = match happening {
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
    place: &ScenarioApplication,
    setup: &Setup,
    happening: UserEvent,
) -> Result<DeprovisioningObservation, ScenarioError> {
    let uid = place.fresh_name();
    let mut rehearsal = Rehearsal::new(place, &setup.description, &person(&uid, ""))?;
    rehearsal.provisioner.channel.user_filter = "(title=Tester)".parse().ok();
    rehearsal.prepare().await?;
    match happening {
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
    let writes: Vec<String> = acted.writes().map(|exchange| in_words(exchange)).collect();
    let answers: Vec<String> = acted.writes().map(|exchange| exchange.status.to_string()).collect();
    let none = |list: &[String], word: &str| if list.is_empty() { word.to_owned() } else { list.join(", ") };
    Ok(DeprovisioningObservation {
        setup: setup.label.clone(),
        happening,
        application: place.name.clone(),
        sent: none(&writes, "nothing"),
        came: none(&answers, "-"),
        reported: place.reported(&uid).await?,
        account: place.account_state(&uid).await?,
    })
}

fn tell(
    places: &[ScenarioApplication],
    description: &Description,
    rows: &[DeprovisioningObservation],
) -> ScenarioReport {
    let is_observable = places.iter().all(ScenarioApplication::is_observable);
    let columns = ["configuration and event", "sent", "came back", "the endpoint reports", "account downstream"];
    let mut columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
    if places.len() > 1 {
        columns.push("applications".to_owned());
    }
    ScenarioReport {
        scenario: "partial-update",
        client: description.id.clone(),
        about: format!(
            "{}: a user joins and is deprovisioned in every way that the console has; what the endpoint reports is held \
             against the account that the service behind it has",
            description.name
        ),
        columns,
        rows: condensed(rows),
        verdict: verdict(rows, is_observable),
        is_found: rows.iter().any(|row| row.is_left() && (is_observable || row.sent != "nothing")),
        observations: rows.iter().map(DeprovisioningObservation::json).collect(),
    }
}

impl DeprovisioningObservation {
    /// Whether somebody who has left can still sign in, as far as can be seen.
    fn is_left(&self) -> bool {
        match self.account {
            State::NotObservable => self.reported == State::Active,
            account => account == State::Active,
        }
    }

    fn json(&self) -> Value {
        json!({
            "configuration": self.setup,
            "event": self.happening.as_str(),
            "application": self.application,
            "sent": self.sent,
            "came": self.came,
            "reported": self.reported.as_str(),
            "account": self.account.as_str(),
            "leftActive": self.is_left(),
        })
    }
}

/// What rows have in common that are told as one: what was sent, by its first appearance, and what came of it.
type Alike<'a> = (usize, State, State, &'a str);

/// Set-ups with what happened to the user, as one cell of the table.
type Cases<'a> = BTreeSet<(usize, &'a str, UserEvent)>;

/// Texts in the order in which they first appear.
fn appearance<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

fn position(list: &[&str], text: &str) -> usize {
    list.iter().position(|one| *one == text).unwrap_or(list.len())
}

/// Rows with the same outcome as one, for configurations, events and applications.
fn condensed(rows: &[DeprovisioningObservation]) -> Vec<Vec<String>> {
    let setups = appearance(rows.iter().map(|row| row.setup.as_str()));
    let requests = appearance(rows.iter().map(|row| row.sent.as_str()));
    let applications = appearance(rows.iter().map(|row| row.application.as_str()));
    let mut outcomes: BTreeMap<Alike<'_>, BTreeMap<&str, Cases<'_>>> = BTreeMap::new();
    for row in rows {
        let alike = (position(&requests, &row.sent), row.account, row.reported, row.came.as_str());
        let case = (position(&setups, &row.setup), row.setup.as_str(), row.happening);
        outcomes.entry(alike).or_default().entry(&row.application).or_default().insert(case);
    }
    let mut table = Vec::new();
    for ((request, account, reported, came), places) in outcomes {
        let mut alike: BTreeMap<&Cases<'_>, Vec<&str>> = BTreeMap::new();
        for (place, cases) in &places {
            alike.entry(cases).or_default().push(place);
        }
        for (cases, places) in alike {
            let mut cells = vec![
                in_one_cell(cases),
                requests[request].to_owned(),
                came.to_owned(),
                reported.as_str().to_owned(),
                account.as_str().to_owned(),
            ];
            if applications.len() > 1 {
                cells.push(named(&places, &applications));
            }
            table.push(cells);
        }
    }
    table
}

fn in_one_cell(cases: &Cases<'_>) -> String {
    let setups = appearance(cases.iter().map(|(_, setup, _)| *setup));
    let parts: Vec<String> = setups
        .into_iter()
        .map(|setup| {
            let happenings: Vec<&str> =
                cases.iter().filter(|(_, own, _)| *own == setup).map(|(_, _, happening)| happening.as_str()).collect();
            format!("{setup}: {}", happenings.join(", "))
        })
        .collect();
    parts.join("; ")
}

/// The names of some applications, or of those that are not among them.
fn named(some: &[&str], all: &[&str]) -> String {
    let others: Vec<&str> = all.iter().filter(|one| !some.contains(one)).copied().collect();
    match others.len() {
        0 => "all".to_owned(),
        1..=3 if some.len() > others.len() => format!("all but {}", others.join(", ")),
        _ => some.join(", "),
    }
}

fn verdict(rows: &[DeprovisioningObservation], is_observable: bool) -> Vec<String> {
    let applications = appearance(rows.iter().map(|row| row.application.as_str()));
    let mut sentences = Vec::new();
    for sent in appearance(rows.iter().map(|row| row.sent.as_str())) {
        for reported in [State::Inactive, State::Gone, State::Active] {
            let left: Vec<&DeprovisioningObservation> =
                rows.iter().filter(|row| row.sent == sent && row.reported == reported && row.is_left()).collect();
            if left.is_empty() {
                continue;
            }
            let setups = if sent == "nothing" {
                in_one_cell(&left.iter().map(|row| (0, row.setup.as_str(), row.happening)).collect())
            } else {
                appearance(left.iter().map(|row| row.setup.as_str())).join("; ")
            };
            let at = named(&appearance(left.iter().map(|row| row.application.as_str())), &applications);
            let at = if applications.len() > 1 { format!(" ({at})") } else { String::new() };
            sentences.push(match (sent, is_observable) {
                ("nothing", true) => format!("Nothing is sent, and the account stays active{at}: {setups}."),
                ("nothing", false) => {
                    format!("Nothing is sent: reported active by the endpoint; sign-in not observable ({setups}).")
                }
                (_, false) => format!(
                    "After {sent} ({setups}): reported {} by the endpoint; sign-in not observable.",
                    reported.as_str()
                ),
                (_, true) if reported == State::Active => {
                    format!("After {sent} ({setups}) the account stays active, and the endpoint says so{at}.")
                }
                (_, true) => format!(
                    "After {sent} ({setups}) the endpoint reports the user {}, but the account stays active, and no error is reported{at}.",
                    reported.as_str()
                ),
            });
        }
    }
    sentences.extend(remedies(rows, is_observable));
    sentences
}

/// What to change, as far as the rows show that it helps.
fn remedies(rows: &[DeprovisioningObservation], is_observable: bool) -> Vec<String> {
    let mut sentences = Vec::new();
    let deletes = |row: &&DeprovisioningObservation| row.sent == "DELETE";
    let label = rows.iter().find(deletes).map(|row| row.setup.clone());
    let disables = |row: &DeprovisioningObservation| row.sent.contains("active false");
    if let Some(label) = label {
        let is_helpful = rows.iter().filter(deletes).all(|row| !row.is_left());
        let hurts = rows.iter().any(|row| disables(row) && row.is_left());
        if is_helpful && hurts {
            sentences.push(format!("Choose {label}: after DELETE no account stays active."));
        } else if is_helpful {
            sentences.push(format!("After DELETE ({label}) no account stays active either."));
        } else {
            sentences.push(format!("{label} does not help everywhere: an account stays active after DELETE."));
        }
        let still = rows.iter().any(|row| row.setup == label && disables(row) && row.is_left());
        if still {
            sentences.push(format!(
                "A user who is only disabled in the source is disabled by a partial update with {label} too; delete the user, or take them out of the filter."
            ));
        }
    }
    let gone: BTreeSet<&str> = rows
        .iter()
        .filter(|row| disables(row) && row.account == State::Gone)
        .map(|row| row.application.as_str())
        .collect();
    if !gone.is_empty() {
        let places: Vec<&str> = gone.into_iter().collect();
        sentences.push(format!(
            "Where the application has deleteOnDeactivation ({}), disabling deletes the account, and no account stays active.",
            places.join(", ")
        ));
    }
    if !is_observable {
        let off: Vec<&str> = appearance(
            rows.iter()
                .filter(|row| row.sent != "nothing" && row.reported != State::Active)
                .map(|row| row.sent.as_str()),
        );
        if !off.is_empty() {
            sentences.push(format!(
                "After {}: reported inactive or gone by the endpoint; sign-in not observable, since the service behind it may not have followed.",
                off.join(", ")
            ));
        }
        sentences.push(
            "Check by hand: deprovision a test user, look the account up in the console of the service itself, and try to sign in as that user."
                .to_owned(),
        );
    }
    if sentences.is_empty() {
        sentences.push("No account stays active.".to_owned());
    }
    sentences
}
