//! Limitations in what becomes of accounts: the identifier that cannot be changed, deletions behind a Group DN, and disabled
//! users who are deleted and come back.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use weir_provision::RemoveUserAction;
use weir_provision::client::Description;
use weir_provision::engine::Action;
use weir_provision::entry::Entry;
use weir_provision::ledger::{Kind, MemoryLedger};
use weir_provision::mapping::{FieldRule, Mapping, field};
use weir_provision::source::{Directory, Entries, Source, SourceError};

use super::application::State;
use super::rehearsal::{Rehearsal, changed, person, removed};
use super::{ScenarioApplication, ScenarioError, ScenarioReport};

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// What the endpoint reports of one account under one connection.
struct IdentifierObservation {
    connection: &'static str,
    account: &'static str,
    reported: State,
}

impl IdentifierObservation {
    fn row(&self) -> Vec<String> {
        [self.connection, self.account, self.reported.as_str()].map(str::to_owned).to_vec()
    }

    fn json(&self) -> Value {
        json!({ "connection": self.connection, "account": self.account, "reported": self.reported.as_str() })
    }
}

/// What an event of a user's life led to under one setting of Provision Disabled Users.
struct DisabledObservation {
    provisions: bool,
    event: &'static str,
    /// The requests in words.
    sent: String,
    reported: State,
}

impl DisabledObservation {
    const fn option(&self) -> &'static str {
        if self.provisions { "Provision Disabled Users selected" } else { "Provision Disabled Users cleared" }
    }

    fn row(&self) -> Vec<String> {
        [self.option(), self.event, &self.sent, self.reported.as_str()].map(str::to_owned).to_vec()
    }

    fn json(&self) -> Value {
        json!({ "option": self.option(), "event": self.event, "sent": self.sent, "reported": self.reported.as_str() })
    }
}

/// Where a user's account stands after an event.
struct DeletionObservation {
    event: &'static str,
    reported: State,
    account: State,
}

impl DeletionObservation {
    fn row(&self) -> Vec<String> {
        [self.event, self.reported.as_str(), self.account.as_str()].map(str::to_owned).to_vec()
    }

    fn json(&self) -> Value {
        json!({ "event": self.event, "reported": self.reported.as_str(), "account": self.account.as_str() })
    }
}

fn first(places: &[ScenarioApplication]) -> Result<&ScenarioApplication, ScenarioError> {
    places.first().ok_or_else(|| ScenarioError::Unsuitable("the target has no application".to_owned()))
}

/// The identifier's source changes after users were provisioned.
pub(super) async fn fixed_identifier(
    places: &[ScenarioApplication],
    description: &Description,
) -> Result<ScenarioReport, ScenarioError> {
    let place = first(places)?;
    let uid = place.fresh_name();
    let mail = format!("{uid}@example.com");
    let mut rehearsal = Rehearsal::new(place, description, &person(&uid, ""))?;
    rehearsal.prepare().await?;
    let before = place.reported(&uid).await?;
    // The connection is made anew with another attribute as userName, and remembers nothing.
    rehearsal.provisioner.ledger = std::sync::Arc::new(MemoryLedger::new());
    let rules = rehearsal.provisioner.channel.mapping.rules().iter().map(|rule| match rule.field.name.as_ref() {
        field::USER_NAME => FieldRule { attribute_names: vec!["mail".to_owned()], ..(**rule).clone() },
        _ => (**rule).clone(),
    });
    let status = rehearsal.provisioner.channel.mapping.status.clone();
    rehearsal.provisioner.channel.mapping = Mapping::new(rules.collect(), status);
    let acted = rehearsal.cycle().await?;
    let created = acted.report.count(Kind::User, Action::Created);
    let (old, new) = (place.reported(&uid).await?, place.reported(&mail).await?);
    let renewed = "userName from mail, new connection";
    let observations = [
        IdentifierObservation { connection: "userName from uid", account: "uid", reported: before },
        IdentifierObservation { connection: renewed, account: "uid", reported: old },
        IdentifierObservation { connection: renewed, account: "mail", reported: new },
    ];
    let doubled = created == 1 && old != State::Gone;
    Ok(ScenarioReport {
        scenario: "fixed-identifier",
        client: description.id.clone(),
        about: format!("{}: a user is provisioned by one identifier, and then by another", description.name),
        columns: columns(&["connection", "account named by", "the endpoint reports"]),
        verdict: vec![if doubled {
            "The same person has two accounts, and the first is no longer managed. The Unique User Identifier is fixed for the life of a connection, and connections to the same target share that of the first: to change it, rename the accounts in the target, delete the connection, restart PingFederate, and make the connection anew.".to_owned()
        } else {
            "The person has one account.".to_owned()
        }],
        is_found: doubled,
        rows: observations.iter().map(IdentifierObservation::row).collect(),
        observations: observations.iter().map(IdentifierObservation::json).collect(),
    })
}

/// Provision Disabled Users together with Remove User Action Delete.
pub(super) async fn provision_disabled(
    places: &[ScenarioApplication],
    description: &Description,
) -> Result<ScenarioReport, ScenarioError> {
    if !description.options.disabled_are_removed {
        return Err(ScenarioError::Unsuitable(format!(
            "{} disables who is disabled in the source whatever the Remove Action is, so that this cannot happen; use --as pingfederate-aquera",
            description.id
        )));
    }
    let place = first(places)?;
    let mut observations = Vec::new();
    for provisions in [false, true] {
        let uid = place.fresh_name();
        let mut rehearsal = Rehearsal::new(place, description, &person(&uid, ""))?;
        rehearsal.provisioner.options.provision_disabled_users = provisions;
        rehearsal.provisioner.options.remove_user_action = RemoveUserAction::Delete;
        rehearsal.prepare().await?;
        for (event, change) in [
            ("disabled in the source", changed(&uid, "nsaccountlock", &["TRUE"])),
            ("then the title changes", changed(&uid, "title", &["Gardener"])),
        ] {
            rehearsal.change(&change)?;
            let acted = rehearsal.cycle().await?;
            let sent: Vec<String> = acted.writes().map(|exchange| super::rehearsal::in_words(exchange)).collect();
            let sent = if sent.is_empty() { "nothing".to_owned() } else { sent.join(", ") };
            let reported = place.reported(&uid).await?;
            observations.push(DisabledObservation { provisions, event, sent, reported });
        }
    }
    // The account was deleted when the user was disabled; what counts is where it stands after the last event.
    let returns = observations.last().is_some_and(|last| last.provisions && last.reported == State::Inactive);
    Ok(ScenarioReport {
        scenario: "provision-disabled-with-delete",
        client: description.id.clone(),
        about: format!(
            "{}: Remove User Action is Delete; a user is disabled, and changes afterwards",
            description.name
        ),
        columns: columns(&["option", "event", "sent", "the endpoint reports"]),
        verdict: vec![if returns {
            "With Provision Disabled Users the account that was deleted comes back, disabled, at the next change of an attribute: clear Provision Disabled Users when Remove User Action is Delete.".to_owned()
        } else {
            "The deleted account does not come back.".to_owned()
        }],
        is_found: returns,
        rows: observations.iter().map(DisabledObservation::row).collect(),
        observations: observations.iter().map(DisabledObservation::json).collect(),
    })
}

/// Users targeted through a Group DN: the members are read again only when the group has changed.
struct GroupDn<'a> {
    directory: &'a Directory,
    group: String,
    /// The members' lines as they were when last read, and the entries behind them.
    memory: &'a Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    members: BTreeSet<String>,
    entries: Vec<Entry>,
}

impl Source for GroupDn<'_> {
    fn entries(&self) -> Result<Entries<'_>, SourceError> {
        let group = self.directory.iter().find(|entry| entry.text("cn") == Some(&self.group));
        let members: BTreeSet<String> =
            group.into_iter().flat_map(|group| group.texts("member")).map(str::to_owned).collect();
        // An assignment cannot be half-done.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.members != members {
            let is_member = |entry: &&Entry| members.contains(entry.dn.as_str());
            memory.entries = self.directory.iter().filter(is_member).cloned().collect();
            memory.members = members;
        }
        let entries: Vec<Entry> = memory.entries.clone();
        Ok(Box::new(entries.into_iter().map(|entry| Ok(Cow::Owned(entry)))))
    }
}

/// A user is deleted in LDAP; the group that targets them still lists the name.
pub(super) async fn group_dn_deletion(
    places: &[ScenarioApplication],
    description: &Description,
) -> Result<ScenarioReport, ScenarioError> {
    let place = first(places)?;
    let (ada, bo) = (place.fresh_name(), place.fresh_name());
    let group = place.fresh_name();
    let member = |uid: &str| format!("uid={uid},dc=example,dc=com");
    let ldif = format!(
        "{}{}dn: cn={group},dc=example,dc=com\nobjectClass: groupOfNames\ncn: {group}\nmember: {}\n\n",
        person(&ada, ""),
        person(&bo, ""),
        member(&ada)
    );
    let mut rehearsal = Rehearsal::new(place, description, &ldif)?;
    let memory = Mutex::default();
    let mut observations = Vec::new();
    let joins =
        format!("dn: cn={group},dc=example,dc=com\nchangetype: modify\nadd: member\nmember: {}\n-\n", member(&bo));
    for (event, change) in [
        ("the user is a member of the group", String::new()),
        ("the user is deleted in LDAP", removed(&ada)),
        ("another cycle", String::new()),
        ("somebody else joins the group", joins),
    ] {
        if !change.is_empty() {
            rehearsal.change(&change)?;
        }
        let source = GroupDn { directory: &rehearsal.directory.clone(), group: group.clone(), memory: &memory };
        rehearsal.cycle_from(&source).await?;
        let reported = place.reported(&ada).await?;
        let account = place.account_state(&ada).await?;
        observations.push(DeletionObservation { event, reported, account });
    }
    // Before the deletion, in the cycle after it, in another one, and after a change of the group.
    let lingers = observations[1..=2].iter().all(|after| after.reported == State::Active);
    Ok(ScenarioReport {
        scenario: "group-dn-deletion",
        client: description.id.clone(),
        about: format!("{}: users are targeted through a Group DN, and one is deleted in LDAP", description.name),
        columns: columns(&["event", "the endpoint reports", "account downstream"]),
        verdict: vec![if lingers {
            "The deletion is not noticed until the group itself changes: the account stays active until somebody else joins the group. Take people out of the group before they are deleted, target them by a filter, or run provmgr --reset-group-timestamp (weir provision --reset-group-timestamp) after deletions.".to_owned()
        } else {
            "The deletion is noticed in the next cycle.".to_owned()
        }],
        is_found: lingers,
        rows: observations.iter().map(DeletionObservation::row).collect(),
        observations: observations.iter().map(DeletionObservation::json).collect(),
    })
}
