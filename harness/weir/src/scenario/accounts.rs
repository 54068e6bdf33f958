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
use super::report::{Observations, three_sentences};
use super::write::Writes;
use super::{Scenario, ScenarioApplication, ScenarioError};

/// What the endpoint reports of one account under one connection.
pub(super) struct IdentifierObservation {
    pub connection: &'static str,
    pub account: &'static str,
    pub reported: State,
}

/// One person, provisioned by `uid` and then, by a new connection, by `mail`.
pub(super) struct FixedIdentifier {
    /// The account that is named by `uid`, under the first connection.
    pub before: State,
    /// The same account under the second.
    pub old: State,
    /// The account that is named by `mail`, under the second.
    pub new: State,
    /// How many users the second connection created.
    pub created: u64,
}

impl FixedIdentifier {
    fn observations(&self) -> [IdentifierObservation; 3] {
        let renewed = "userName from mail, new connection";
        [
            IdentifierObservation { connection: "userName from uid", account: "uid", reported: self.before },
            IdentifierObservation { connection: renewed, account: "uid", reported: self.old },
            IdentifierObservation { connection: renewed, account: "mail", reported: self.new },
        ]
    }
}

impl Observations for FixedIdentifier {
    const SCENARIO: Scenario = Scenario::FixedIdentifier;
    const ABOUT: &'static str = "a user is provisioned by one identifier, and then by another";

    fn columns(&self) -> Vec<&'static str> {
        vec!["connection", "account named by", "the endpoint reports"]
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let row = |one: &IdentifierObservation| [one.connection, one.account, one.reported.as_str()].map(str::to_owned);
        self.observations().iter().map(|one| row(one).to_vec()).collect()
    }

    fn json(&self) -> Vec<Value> {
        let json = |one: &IdentifierObservation| json!({ "connection": one.connection, "account": one.account, "reported": one.reported.as_str() });
        self.observations().iter().map(json).collect()
    }

    /// The person has two accounts.
    fn is_found(&self) -> bool {
        self.created == 1 && self.old != State::Gone
    }

    fn answer(&self) -> [String; 3] {
        three_sentences(
            "A new connection identifies users by another attribute.",
            self.is_found(),
            [
                "The same person has two accounts, and the first is no longer managed.",
                "Keep the Unique User Identifier for the life of a connection; to change it, rename the accounts in the target first.",
            ],
            "The person still has one account.",
        )
    }

    fn verdict(&self) -> Vec<String> {
        vec![if self.is_found() {
            "The same person has two accounts, and the first is no longer managed. The Unique User Identifier is fixed for the life of a connection, and connections to the same target share that of the first: to change it, rename the accounts in the target, delete the connection, restart PingFederate, and make the connection anew.".to_owned()
        } else {
            "The person has one account.".to_owned()
        }]
    }
}

/// What an event of a user's life led to under one setting of Provision Disabled Users.
pub(super) struct DisabledObservation {
    pub provisions: bool,
    pub event: &'static str,
    pub writes: Writes,
    pub reported: State,
}

impl DisabledObservation {
    const fn option(&self) -> &'static str {
        if self.provisions { "Provision Disabled Users selected" } else { "Provision Disabled Users cleared" }
    }
}

/// A user is disabled, and changes afterwards, with Provision Disabled Users cleared and then selected.
pub(super) struct ProvisionDisabled(pub Vec<DisabledObservation>);

impl Observations for ProvisionDisabled {
    const SCENARIO: Scenario = Scenario::ProvisionDisabledWithDelete;
    const ABOUT: &'static str = "Remove User Action is Delete; a user is disabled, and changes afterwards";

    fn columns(&self) -> Vec<&'static str> {
        vec!["option", "event", "sent", "the endpoint reports"]
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let row = |one: &DisabledObservation| {
            [one.option(), one.event, &one.writes.to_string(), one.reported.as_str()].map(str::to_owned).to_vec()
        };
        self.0.iter().map(row).collect()
    }

    fn json(&self) -> Vec<Value> {
        let json = |one: &DisabledObservation| json!({ "option": one.option(), "event": one.event, "sent": one.writes.to_string(), "reported": one.reported.as_str() });
        self.0.iter().map(json).collect()
    }

    /// The account was deleted when the user was disabled; what counts is where it stands after the last event.
    fn is_found(&self) -> bool {
        self.0.last().is_some_and(|last| last.provisions && last.reported == State::Inactive)
    }

    fn answer(&self) -> [String; 3] {
        three_sentences(
            "A user is disabled and therefore deleted, and changes afterwards.",
            self.is_found(),
            [
                "With Provision Disabled Users the deleted account comes back, disabled, at the next change.",
                "Clear Provision Disabled Users when Remove User Action is Delete.",
            ],
            "The deleted account does not come back.",
        )
    }

    fn verdict(&self) -> Vec<String> {
        vec![if self.is_found() {
            "With Provision Disabled Users the account that was deleted comes back, disabled, at the next change of an attribute: clear Provision Disabled Users when Remove User Action is Delete.".to_owned()
        } else {
            "The deleted account does not come back.".to_owned()
        }]
    }
}

/// Where a user's account stands after an event.
pub(super) struct DeletionObservation {
    pub event: &'static str,
    pub reported: State,
    pub account: State,
}

/// A user who is targeted through a Group DN: before the deletion in LDAP, in the cycle after it, in another one, and after
/// a change of the group.
pub(super) struct GroupDnDeletion(pub Vec<DeletionObservation>);

impl Observations for GroupDnDeletion {
    const SCENARIO: Scenario = Scenario::GroupDnDeletion;
    const ABOUT: &'static str = "users are targeted through a Group DN, and one is deleted in LDAP";

    fn columns(&self) -> Vec<&'static str> {
        vec!["event", "the endpoint reports", "account downstream"]
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let row =
            |one: &DeletionObservation| [one.event, one.reported.as_str(), one.account.as_str()].map(str::to_owned);
        self.0.iter().map(|one| row(one).to_vec()).collect()
    }

    fn json(&self) -> Vec<Value> {
        let json = |one: &DeletionObservation| json!({ "event": one.event, "reported": one.reported.as_str(), "account": one.account.as_str() });
        self.0.iter().map(json).collect()
    }

    /// The account stays active until the group changes.
    fn is_found(&self) -> bool {
        let mut unnoticed = self.0.iter().skip(1).take(2);
        unnoticed.all(|after| after.reported == State::Active)
    }

    fn answer(&self) -> [String; 3] {
        three_sentences(
            "A user who is targeted through a Group DN is deleted in LDAP.",
            self.is_found(),
            [
                "The account stays active until the group itself changes.",
                "Take people out of the group before they are deleted, or target them by a filter.",
            ],
            "The deletion is noticed in the next cycle.",
        )
    }

    fn verdict(&self) -> Vec<String> {
        vec![if self.is_found() {
            "The deletion is not noticed until the group itself changes: the account stays active until another user joins the group. Take people out of the group before they are deleted, target them by a filter, or run provmgr --reset-group-timestamp (weir provision --reset-group-timestamp) after deletions.".to_owned()
        } else {
            "The deletion is noticed in the next cycle.".to_owned()
        }]
    }
}

/// The identifier's source changes after users were provisioned.
pub(super) async fn fixed_identifier(
    application: &ScenarioApplication,
    description: &Description,
) -> Result<FixedIdentifier, ScenarioError> {
    let uid = application.fresh_name();
    let mail = format!("{uid}@example.com");
    let mut rehearsal = Rehearsal::new(application, description, &person(&uid, ""))?;
    rehearsal.prepare().await?;
    let before = application.reported(&uid).await?;
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
    let (old, new) = (application.reported(&uid).await?, application.reported(&mail).await?);
    Ok(FixedIdentifier { before, old, new, created })
}

/// Provision Disabled Users together with Remove User Action Delete.
pub(super) async fn provision_disabled(
    application: &ScenarioApplication,
    description: &Description,
) -> Result<ProvisionDisabled, ScenarioError> {
    if !description.options.disabled_are_removed {
        return Err(ScenarioError::Unsuitable(format!(
            "{} disables who is disabled in the source whatever the Remove Action is, so that this cannot happen; use --as pingfederate-aquera",
            description.id
        )));
    }
    let mut observations = Vec::new();
    for provisions in [false, true] {
        let uid = application.fresh_name();
        let mut rehearsal = Rehearsal::new(application, description, &person(&uid, ""))?;
        rehearsal.provisioner.options.provision_disabled_users = provisions;
        rehearsal.provisioner.options.remove_user_action = RemoveUserAction::Delete;
        rehearsal.prepare().await?;
        for (event, change) in [
            ("disabled in the source", changed(&uid, "nsaccountlock", &["TRUE"])),
            ("then the title changes", changed(&uid, "title", &["Gardener"])),
        ] {
            rehearsal.change(&change)?;
            let acted = rehearsal.cycle().await?;
            let reported = application.reported(&uid).await?;
            observations.push(DisabledObservation { provisions, event, writes: acted.writes(), reported });
        }
    }
    Ok(ProvisionDisabled(observations))
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
    application: &ScenarioApplication,
    description: &Description,
) -> Result<GroupDnDeletion, ScenarioError> {
    let (ada, bo) = (application.fresh_name(), application.fresh_name());
    let group = application.fresh_name();
    let member = |uid: &str| format!("uid={uid},dc=example,dc=com");
    let ldif = format!(
        "{}{}dn: cn={group},dc=example,dc=com\nobjectClass: groupOfNames\ncn: {group}\nmember: {}\n\n",
        person(&ada, ""),
        person(&bo, ""),
        member(&ada)
    );
    let mut rehearsal = Rehearsal::new(application, description, &ldif)?;
    let memory = Mutex::default();
    let mut observations = Vec::new();
    let joins =
        format!("dn: cn={group},dc=example,dc=com\nchangetype: modify\nadd: member\nmember: {}\n-\n", member(&bo));
    for (event, change) in [
        ("the user is a member of the group", String::new()),
        ("the user is deleted in LDAP", removed(&ada)),
        ("another cycle", String::new()),
        ("another user joins the group", joins),
    ] {
        if !change.is_empty() {
            rehearsal.change(&change)?;
        }
        let source = GroupDn { directory: &rehearsal.directory.clone(), group: group.clone(), memory: &memory };
        rehearsal.cycle_from(&source).await?;
        let reported = application.reported(&ada).await?;
        let account = application.account_state(&ada).await?;
        observations.push(DeletionObservation { event, reported, account });
    }
    Ok(GroupDnDeletion(observations))
}
