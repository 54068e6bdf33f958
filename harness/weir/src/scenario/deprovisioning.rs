//! What the deprovisioning of users led to: each case as it was observed, and what follows from all of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Scenario;
use super::application::State;
use super::report::{NOTHING_TO_DO, Observations};
use super::write::Writes;

/// What happens to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum UserEvent {
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

/// One user who was deprovisioned in one way in one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeprovisioningObservation {
    /// How the connection is set up, as the console has it.
    pub setup: String,
    pub event: UserEvent,
    pub application: String,
    pub writes: Writes,
    pub reported: State,
    pub account: State,
}

impl DeprovisioningObservation {
    /// Whether somebody who has left can still sign in, as far as can be seen.
    pub(super) fn is_left(&self) -> bool {
        match self.account {
            State::NotObservable => self.reported == State::Active,
            account => account == State::Active,
        }
    }

    fn sent(&self) -> String {
        self.writes.to_string()
    }

    fn json(&self) -> Value {
        json!({
            "configuration": self.setup,
            "event": self.event.as_str(),
            "application": self.application,
            "sent": self.sent(),
            "came": self.writes.statuses(),
            "reported": self.reported.as_str(),
            "account": self.account.as_str(),
            "leftActive": self.is_left(),
        })
    }
}

/// Users who were deprovisioned in every way that the client has, in every application.
pub(super) struct DeprovisionedUsers {
    pub observations: Vec<DeprovisioningObservation>,
    /// Whether the accounts behind the applications could be looked at.
    pub is_observable: bool,
}

impl DeprovisionedUsers {
    fn applications(&self) -> Vec<&str> {
        appearance(self.observations.iter().map(|one| one.application.as_str()))
    }

    /// Those in which an account stays active after a request that disables.
    fn left_by_disabling(&self) -> Vec<&DeprovisioningObservation> {
        self.observations.iter().filter(|one| one.writes.disables() && one.is_left()).collect()
    }

    fn how_it_disables(&self) -> String {
        let disabling = self.observations.iter().filter(|one| one.writes.disables());
        let requests = appearance(disabling.map(DeprovisioningObservation::sent));
        if requests.is_empty() {
            return "The client sends nothing that disables an account.".to_owned();
        }
        format!("Disabling goes out as {}.", requests.join(" or as "))
    }

    fn who_stays(&self) -> String {
        let left = self.left_by_disabling();
        if !self.is_observable {
            return if left.is_empty() {
                "The endpoint does not report the account active afterwards; whether it can still sign in is not seen here."
            } else {
                "The endpoint still reports the account active afterwards."
            }
            .to_owned();
        }
        let all = self.applications().len();
        let applications =
            |of: &[&&DeprovisioningObservation]| appearance(of.iter().map(|one| one.application.as_str())).len();
        let of_request = |sent: String| {
            let after: Vec<_> = left.iter().filter(|one| one.sent() == sent).collect();
            let silent: Vec<_> = after.iter().copied().filter(|one| one.reported != State::Active).collect();
            let although = match applications(&silent) {
                0 => String::new(),
                silent => format!(", in {silent} of them although the endpoint reports success"),
            };
            format!("after {sent} in {} of {all} applications{although}", applications(&after))
        };
        match appearance(left.iter().map(|one| one.sent())) {
            requests if requests.is_empty() => "No account stays active after it.".to_owned(),
            requests => {
                let parts: Vec<String> = requests.into_iter().map(of_request).collect();
                format!("The account stays active {}.", parts.join("; "))
            }
        }
    }

    fn advice(&self) -> String {
        if !self.is_observable {
            return "Deprovision a test user, look the account up in the console of the service itself, and try to sign in."
                .to_owned();
        }
        if self.left_by_disabling().is_empty() {
            return NOTHING_TO_DO.to_owned();
        }
        let deletes = |one: &&DeprovisioningObservation| one.writes.is_deletion();
        let label = self.observations.iter().find(deletes).map(|one| one.setup.as_str());
        let helps = self.observations.iter().filter(deletes).all(|one| !one.is_left());
        match label.filter(|_| helps) {
            Some(label) => {
                format!("Choose {label}, or deprovision one test user and look at the account in the service itself.")
            }
            None => "Deprovision one test user, and look at the account in the service itself.".to_owned(),
        }
    }
}

impl Observations for DeprovisionedUsers {
    const SCENARIO: Scenario = Scenario::PartialUpdate;
    const ABOUT: &'static str = "a user joins and is deprovisioned in every way that the console has; what the endpoint \
                                 reports is held against the account that the service behind it has";

    fn columns(&self) -> Vec<&'static str> {
        let mut columns =
            vec!["configuration and event", "sent", "came back", "the endpoint reports", "account downstream"];
        if self.applications().len() > 1 {
            columns.push("applications");
        }
        columns
    }

    fn rows(&self) -> Vec<Vec<String>> {
        condensed(&self.observations)
    }

    fn json(&self) -> Vec<Value> {
        self.observations.iter().map(DeprovisioningObservation::json).collect()
    }

    /// Somebody who has left can still sign in; where that is not observable, although something was sent.
    fn is_found(&self) -> bool {
        self.observations.iter().any(|one| one.is_left() && (self.is_observable || !one.writes.is_empty()))
    }

    fn answer(&self) -> [String; 3] {
        [self.how_it_disables(), self.who_stays(), self.advice()]
    }

    fn verdict(&self) -> Vec<String> {
        let applications = self.applications();
        let mut sentences = Vec::new();
        for sent in appearance(self.observations.iter().map(DeprovisioningObservation::sent)) {
            for reported in [State::Inactive, State::Gone, State::Active] {
                let is_case =
                    |one: &&DeprovisioningObservation| one.is_left() && one.reported == reported && one.sent() == sent;
                let left: Vec<&DeprovisioningObservation> = self.observations.iter().filter(is_case).collect();
                sentences.extend(sentence(&left, &applications, self.is_observable));
            }
        }
        sentences.extend(remedies(&self.observations, self.is_observable));
        sentences
    }
}

/// What observations have in common that share a row: what was sent, by its first appearance, and what came of it.
type CommonOutcome = (usize, State, State, String);

/// Set-ups with what happened to the user, as one cell of the table.
type Cases<'a> = BTreeSet<(usize, &'a str, UserEvent)>;

/// Texts in the order in which they first appear.
fn appearance<T: PartialEq>(texts: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

fn position(list: &[String], text: &str) -> usize {
    list.iter().position(|one| one == text).unwrap_or(list.len())
}

/// Observations with the same outcome as one row, for configurations, events and applications.
fn condensed(observations: &[DeprovisioningObservation]) -> Vec<Vec<String>> {
    let setups = appearance(observations.iter().map(|one| one.setup.as_str()));
    let requests = appearance(observations.iter().map(DeprovisioningObservation::sent));
    let applications = appearance(observations.iter().map(|one| one.application.as_str()));
    let mut outcomes: BTreeMap<CommonOutcome, BTreeMap<&str, Cases<'_>>> = BTreeMap::new();
    for one in observations {
        let request = position(&requests, &one.sent());
        let outcome = (request, one.account, one.reported, one.writes.statuses());
        let setup = setups.iter().position(|setup| *setup == one.setup).unwrap_or(setups.len());
        let case = (setup, one.setup.as_str(), one.event);
        outcomes.entry(outcome).or_default().entry(&one.application).or_default().insert(case);
    }
    let mut table = Vec::new();
    for ((request, account, reported, statuses), by_application) in outcomes {
        let mut alike: BTreeMap<&Cases<'_>, Vec<&str>> = BTreeMap::new();
        for (application, cases) in &by_application {
            alike.entry(cases).or_default().push(application);
        }
        for (cases, some) in alike {
            let mut cells = vec![
                in_one_cell(cases),
                requests[request].clone(),
                statuses.clone(),
                reported.as_str().to_owned(),
                account.as_str().to_owned(),
            ];
            if applications.len() > 1 {
                cells.push(named(&some, &applications));
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
            let events: Vec<&str> =
                cases.iter().filter(|(_, own, _)| *own == setup).map(|(_, _, event)| event.as_str()).collect();
            format!("{setup}: {}", events.join(", "))
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

/// What is said of the observations with one request, after which the endpoint reports one state and the account stays
/// active.
fn sentence(left: &[&DeprovisioningObservation], applications: &[&str], is_observable: bool) -> Option<String> {
    let first = left.first()?;
    let (sent, reported) = (first.sent(), first.reported.as_str());
    let setups = appearance(left.iter().map(|one| one.setup.as_str())).join("; ");
    let at = named(&appearance(left.iter().map(|one| one.application.as_str())), applications);
    let at = if applications.len() > 1 { format!(" ({at})") } else { String::new() };
    Some(if first.writes.is_empty() {
        let cases = in_one_cell(&left.iter().map(|one| (0, one.setup.as_str(), one.event)).collect());
        if is_observable {
            format!("Nothing is sent, and the account stays active{at}: {cases}.")
        } else {
            format!("Nothing is sent: reported active by the endpoint; sign-in not observable ({cases}).")
        }
    } else if !is_observable {
        format!("After {sent} ({setups}): reported {reported} by the endpoint; sign-in not observable.")
    } else if first.reported == State::Active {
        format!("After {sent} ({setups}) the account stays active, and the endpoint says so{at}.")
    } else {
        format!(
            "After {sent} ({setups}) the endpoint reports the user {reported}, but the account stays active, and no error is reported{at}."
        )
    })
}

/// What to change, as far as the observations show that it helps.
fn remedies(observations: &[DeprovisioningObservation], is_observable: bool) -> Vec<String> {
    let mut sentences = Vec::new();
    let deletes = |one: &&DeprovisioningObservation| one.writes.is_deletion();
    let label = observations.iter().find(deletes).map(|one| one.setup.clone());
    let disables = |one: &DeprovisioningObservation| one.writes.disables();
    if let Some(label) = label {
        let is_helpful = observations.iter().filter(deletes).all(|one| !one.is_left());
        let hurts = observations.iter().any(|one| disables(one) && one.is_left());
        if is_helpful && hurts {
            sentences.push(format!("Choose {label}: after DELETE no account stays active."));
        } else if is_helpful {
            sentences.push(format!("After DELETE ({label}) no account stays active either."));
        } else {
            sentences.push(format!("{label} does not help everywhere: an account stays active after DELETE."));
        }
        let still = observations.iter().any(|one| one.setup == label && disables(one) && one.is_left());
        if still {
            sentences.push(format!(
                "A user who is only disabled in the source is disabled by a partial update with {label} too; delete the user, or take them out of the filter."
            ));
        }
    }
    let gone: BTreeSet<&str> = observations
        .iter()
        .filter(|one| disables(one) && one.account == State::Gone)
        .map(|one| one.application.as_str())
        .collect();
    if !gone.is_empty() {
        let names: Vec<&str> = gone.into_iter().collect();
        sentences.push(format!(
            "Where the application has deleteOnDeactivation ({}), disabling deletes the account, and no account stays active.",
            names.join(", ")
        ));
    }
    if !is_observable {
        let off = appearance(
            observations
                .iter()
                .filter(|one| !one.writes.is_empty() && one.reported != State::Active)
                .map(DeprovisioningObservation::sent),
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
