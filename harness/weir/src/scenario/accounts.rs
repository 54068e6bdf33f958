//! Limitations in what becomes of accounts: the identifier that cannot be changed, deletions behind a Group DN, and disabled
//! users who are deleted and come back.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde_json::json;
use weir_provision::RemoveUserAction;
use weir_provision::client::Description;
use weir_provision::engine::Action;
use weir_provision::entry::Entry;
use weir_provision::ledger::{Kind, MemoryLedger};
use weir_provision::mapping::{FieldRule, Mapping, field};
use weir_provision::source::{Directory, Entries, Source, SourceError};

use super::rehearsal::{Rehearsal, changed, person, removed};
use super::{Place, ScenarioError, Told};

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn first(places: &[Place]) -> Result<&Place, ScenarioError> {
    places.first().ok_or_else(|| ScenarioError::Unsuitable("the target has no application".to_owned()))
}

/// The identifier's source changes after users were provisioned.
pub(super) async fn fixed_identifier(places: &[Place], description: &Description) -> Result<Told, ScenarioError> {
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
    let rows = vec![
        vec!["userName from uid".to_owned(), "uid".to_owned(), before.as_str().to_owned()],
        vec!["userName from mail, new connection".to_owned(), "uid".to_owned(), old.as_str().to_owned()],
        vec!["userName from mail, new connection".to_owned(), "mail".to_owned(), new.as_str().to_owned()],
    ];
    let doubled = created == 1 && old != super::place::State::Gone;
    Ok(Told {
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
        observations: rows
            .iter()
            .map(|row| json!({ "connection": row[0], "account": row[1], "reported": row[2] }))
            .collect(),
        rows,
    })
}

/// Provision Disabled Users together with Remove User Action Delete.
pub(super) async fn provision_disabled(places: &[Place], description: &Description) -> Result<Told, ScenarioError> {
    if !description.options.disabled_are_removed {
        return Err(ScenarioError::Unsuitable(format!(
            "{} disables who is disabled in the source whatever the Remove Action is, so that this cannot happen; use --as pingfederate-aquera",
            description.id
        )));
    }
    let place = first(places)?;
    let mut rows = Vec::new();
    for provisions in [false, true] {
        let uid = place.fresh_name();
        let mut rehearsal = Rehearsal::new(place, description, &person(&uid, ""))?;
        rehearsal.provisioner.options.provision_disabled_users = provisions;
        rehearsal.provisioner.options.remove_user_action = RemoveUserAction::Delete;
        rehearsal.prepare().await?;
        let setting = if provisions { "Provision Disabled Users selected" } else { "Provision Disabled Users cleared" };
        for (event, change) in [
            ("disabled in the source", changed(&uid, "nsaccountlock", &["TRUE"])),
            ("then the title changes", changed(&uid, "title", &["Gardener"])),
        ] {
            rehearsal.change(&change)?;
            let acted = rehearsal.cycle().await?;
            let sent: Vec<String> = acted.writes().map(|exchange| super::rehearsal::in_words(exchange)).collect();
            let sent = if sent.is_empty() { "nothing".to_owned() } else { sent.join(", ") };
            rows.push(vec![
                setting.to_owned(),
                event.to_owned(),
                sent,
                place.reported(&uid).await?.as_str().to_owned(),
            ]);
        }
    }
    let returns = rows[3][3] == "inactive";
    Ok(Told {
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
        observations: rows
            .iter()
            .map(|row| json!({ "option": row[0], "event": row[1], "sent": row[2], "reported": row[3] }))
            .collect(),
        rows,
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
pub(super) async fn group_dn_deletion(places: &[Place], description: &Description) -> Result<Told, ScenarioError> {
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
    let mut rows = Vec::new();
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
        rows.push(vec![
            event.to_owned(),
            reported.as_str().to_owned(),
            place.account_state(&ada).await?.as_str().to_owned(),
        ]);
    }
    let lingers = rows[1][1] == "active" && rows[2][1] == "active";
    Ok(Told {
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
        observations: rows
            .iter()
            .map(|row| json!({ "event": row[0], "reported": row[1], "account": row[2] }))
            .collect(),
        rows,
    })
}
