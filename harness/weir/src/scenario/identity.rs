//! Whose account it is when names match and identities do not: a rehire, a newcomer with a leaver's name, a rename, two people
//! with one mail, and a GUID that changed when the directory was moved.

use serde_json::{Value, json};
use weir_provision::client::Description;
use weir_provision::engine::report::IdentityReuse;

use super::application::State;
use super::rehearsal::{Rehearsal, changed, person, removed};
use super::report::{NOTHING_TO_DO, Observations};
use super::write::Writes;
use super::{Scenario, ScenarioApplication, ScenarioError};

const SAME_MAIL: &str = "another newcomer has the same mail";

/// What a cycle made of an event.
pub(super) struct IdentityObservation {
    pub event: &'static str,
    pub writes: Writes,
    pub reported: State,
    /// Accounts that passed to another identity in the cycle.
    pub reuses: Vec<IdentityReuse>,
    pub failures: Vec<String>,
}

/// The events one after the other.
pub(super) struct Identities(pub Vec<IdentityObservation>);

impl Identities {
    /// Whether an account passed to another identity.
    fn passes(&self) -> bool {
        self.0.iter().any(|one| !one.reuses.is_empty())
    }

    /// Whether two people with one mail were taken for one.
    fn is_shared(&self) -> bool {
        self.0.iter().any(|one| one.event == SAME_MAIL && !one.failures.is_empty())
    }
}

impl Observations for Identities {
    const SCENARIO: Scenario = Scenario::IdentityReuse;
    const ABOUT: &'static str =
        "names match and identities do not: rehire, newcomer, rename, one mail for two, a new GUID";

    fn columns(&self) -> Vec<&'static str> {
        vec!["event", "sent", "the endpoint reports", "account passes to another identity"]
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let row = |one: &IdentityObservation| {
            let passes = match (one.reuses.first(), one.failures.len()) {
                (Some(reuse), _) => format!("from {} to {}", reuse.former_guid, reuse.guid),
                (None, 0) => "no".to_owned(),
                (None, _) => "no, the entry is refused".to_owned(),
            };
            vec![one.event.to_owned(), one.writes.to_string(), one.reported.as_str().to_owned(), passes]
        };
        self.0.iter().map(row).collect()
    }

    fn json(&self) -> Vec<Value> {
        let json = |one: &IdentityObservation| {
            json!({
                "event": one.event,
                "sent": one.writes.to_string(),
                "reported": one.reported.as_str(),
                "reuses": one.reuses.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "failures": one.failures,
            })
        };
        self.0.iter().map(json).collect()
    }

    fn is_found(&self) -> bool {
        self.passes() || self.is_shared()
    }

    fn answer(&self) -> [String; 3] {
        let [outcome, advice] = if self.passes() {
            [
                "A newcomer gets the account of a leaver of the same name, with the groups and rights that it still has.",
                "Delete accounts instead of disabling them, or never give a name twice.",
            ]
        } else if self.is_shared() {
            [
                "Of two people with one mail the second gets no account.",
                "Match accounts by a name that one person alone has, or give each person a mail.",
            ]
        } else {
            ["No account passes to another identity.", NOTHING_TO_DO]
        };
        let seen = if self.is_shared() && !self.passes() {
            "The client finds accounts by mail."
        } else if self.passes() {
            "The client finds accounts by name, and a name can pass to another person."
        } else {
            "People come back, change their names and share a mail."
        };
        [seen, outcome, advice].map(str::to_owned)
    }

    fn verdict(&self) -> Vec<String> {
        let mut verdict = vec![if self.passes() {
            "The client links by name: a newcomer gets the account of a leaver of the same name, with the groups and rights that it still has, and a person whose GUID changed loses the account for a cycle. Delete accounts instead of disabling them, or never give a name twice; before a directory is moved, see to it that its GUIDs are kept.".to_owned()
        } else {
            "No account passes to another identity.".to_owned()
        }];
        if self.is_shared() {
            verdict.push("The client finds accounts by mail: of two people with one mail the second gets no account, as long as the first has it, and would get the first one's once that person has left. Match by a name that one person alone has, or give each a mail.".to_owned());
        }
        verdict
    }
}

/// Acts the events out, each with the cycles that it needs.
pub(super) async fn identities(
    application: &ScenarioApplication,
    description: &Description,
) -> Result<Identities, ScenarioError> {
    let (ada, other) = (application.fresh_name(), application.fresh_name());
    let mut rehearsal = Rehearsal::new(application, description, &(person(&ada, "") + &person("unrelated", "")))?;
    // Somebody else stays, and is not provisioned.
    rehearsal.provisioner.channel.user_filter = format!("(|(uid={ada}*)(uid={other}))").parse().ok();
    rehearsal.prepare().await?;
    let renamed = format!("{ada}-new");
    let newcomer = person(&ada, "").replace(&format!("guid-{ada}"), &format!("guid-newcomer-of-{ada}"));
    let twin = person(&other, "").replace(&format!("{other}@example.com"), &format!("{ada}@example.com"));
    let rename =
        format!("dn: uid={ada},dc=example,dc=com\nchangetype: modrdn\nnewrdn: uid={renamed}\ndeleteoldrdn: 1\n");
    let moved = changed(&renamed, "entryUUID", &["guid-after-the-move"]);
    let events: [(&'static str, Option<String>, &str); 10] = [
        ("the user leaves", Some(removed(&ada)), &ada),
        ("the user comes back, with the same GUID", Some(added(&person(&ada, ""))), &ada),
        ("the user leaves", Some(removed(&ada)), &ada),
        ("a newcomer has the leaver's name, and another GUID", Some(added(&newcomer)), &ada),
        ("the newcomer is renamed", Some(rename), &renamed),
        (SAME_MAIL, Some(added(&twin)), &other),
        ("the directory is moved: the user's GUID changes", Some(moved), &renamed),
        ("another cycle", None, &renamed),
        ("another cycle", None, &renamed),
        ("the user leaves", Some(removed(&renamed)), &renamed),
    ];
    let mut observations = Vec::new();
    for (event, change, name) in events {
        if let Some(change) = change {
            rehearsal.change(&change)?;
        }
        let acted = rehearsal.cycle().await?;
        let reported = application.reported(name).await?;
        let failures = acted.report.failures.iter().map(ToString::to_string).collect();
        let reuses = acted.report.reuses.clone();
        observations.push(IdentityObservation { event, writes: acted.writes(), reported, reuses, failures });
    }
    Ok(Identities(observations))
}

/// An entry as a change that adds it.
fn added(entry: &str) -> String {
    entry.replacen("\nobjectClass", "\nchangetype: add\nobjectClass", 1)
}
