//! The operations on a group, in a client's wire shapes.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use super::context::{Context, CreateSent, Done, Outcome, Trouble, id_of, is_named, list};
use super::decide::{self, GroupOperation};
use super::report::Action;
use crate::provision::client::body::{self, member};
use crate::provision::client::wire::{Call, Method, Reply};
use crate::provision::ledger::{Guid, Kind, Row, Sent};

/// All groups of the target by their folded names, once an operation had to list them; kept for the rest of the cycle.
pub(super) type GroupIndex = Mutex<Option<HashMap<String, Vec<String>>>>;

/// A page that brings nothing new ends a list; so does this many pages.
const MOST_PAGES: usize = 10_000;

/// One group with everything that an operation needs.
#[derive(Clone, Debug)]
pub(super) struct GroupWork {
    pub guid: Guid,
    /// Empty when the entry is gone.
    pub name: String,
    pub operation: GroupOperation,
    pub row: Row,
}

/// What [`run`] found out besides what it did.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    /// The group was created because a filter found nothing.
    pub trusted_empty: bool,
    pub warning: Option<String>,
}

/// Carries out one operation, members apart.
pub(super) async fn run(context: &Context, work: &GroupWork, create_sent: CreateSent) -> (Done, Remarks) {
    let run = GroupRun { context, create_sent, work };
    let mut remarks = Remarks::default();
    let done = match work.operation {
        GroupOperation::Join => run.join(&mut remarks).await,
        GroupOperation::Rename => run.rename().await,
        GroupOperation::Keep => Done { row: Some(work.row.clone()), outcome: Outcome::Silent },
        GroupOperation::Delete => run.delete(&work.row).await,
        GroupOperation::Settle => run.settle(&mut remarks).await,
        GroupOperation::Forget => Done { row: None, outcome: Outcome::Silent },
    };
    (done, remarks)
}

struct GroupRun<'a> {
    context: &'a Context,
    create_sent: CreateSent,
    work: &'a GroupWork,
}

enum Found {
    Group {
        id: String,
        others: usize,
    },
    /// `by_filter`: the endpoint's filter said so; otherwise the whole list was compared.
    Nothing {
        by_filter: bool,
    },
}

impl GroupRun<'_> {
    fn path(&self) -> &str {
        &self.context.description.group.path
    }

    fn failed(row: Row, trouble: Trouble) -> Done {
        Done { row: Some(Row { dirty: true, ..row }), outcome: Outcome::Failed(trouble) }
    }

    fn named(&self, row: Row) -> Row {
        Row { identifier: self.work.name.as_str().into(), ..row }
    }

    async fn send(&self, call: &Call) -> Result<Reply, Trouble> {
        send(self.context, call).await
    }

    async fn join(&self, remarks: &mut Remarks) -> Done {
        let unknown = self.named(Row { create_pending: self.work.row.create_pending, ..Row::default() });
        match self.find(&self.work.name).await {
            Err(trouble) => Self::failed(unknown, trouble),
            Ok(Found::Group { id, others }) => self.link(&id, others, remarks),
            Ok(Found::Nothing { by_filter }) => self.create(by_filter, remarks).await,
        }
    }

    fn link(&self, id: &str, others: usize, remarks: &mut Remarks) -> Done {
        let ledger = &self.context.ledger;
        let row = self.named(Row { target_id: Some(id.into()), ..Row::default() });
        let owner = match ledger.owner(Kind::Group, id) {
            Ok(owner) => owner.filter(|owner| *owner != self.work.guid),
            Err(error) => return Self::failed(self.named(Row::default()), Trouble::source(error.to_string())),
        };
        if let Some(owner) = owner {
            let why = format!("the group {id} of the target is linked to another entry ({owner}) already");
            return Self::failed(self.named(Row::default()), Trouble::source(why));
        }
        if others > 0 {
            remarks.warning = Some(format!(
                "the target has {} groups named {:?}; the first it lists is taken",
                others + 1,
                self.work.name
            ));
        }
        Done { row: Some(row), outcome: Outcome::Did(Action::Linked) }
    }

    async fn create(&self, by_filter: bool, remarks: &mut Remarks) -> Done {
        let template = &self.context.description.group.create;
        let filled = body::filled(template, &[("displayName", Value::from(self.work.name.as_str()))]);
        let call = Call::on(Method::Post, self.path()).body(filled);
        self.create_sent.set();
        let pending = self.named(Row { create_pending: true, ..Row::default() });
        let unknown = self.named(Row::default());
        let reply = match self.send(&call).await {
            Ok(reply) => reply,
            Err(trouble) => return Self::failed(pending, trouble),
        };
        match reply.status {
            200..300 => {
                let id = reply.json.as_ref().ok().and_then(Value::as_object).and_then(id_of).map(str::to_owned);
                let Some(id) = id else {
                    return Self::failed(
                        pending,
                        Trouble::unusable(&call, &reply, "the new group in it has no id").in_field("id"),
                    );
                };
                if let Some(index) = self.context.group_index.lock().await.as_mut() {
                    index.entry(scim::text::fold(&self.work.name).into_owned()).or_default().push(id.clone());
                }
                remarks.trusted_empty = by_filter;
                let sent = Sent::Group { members: BTreeSet::new() };
                let row = self.named(Row { target_id: Some(id.into()), sent: Some(sent), ..Row::default() });
                Done { row: Some(row), outcome: Outcome::Did(Action::Created) }
            }
            409 => match self.find(&self.work.name).await {
                Ok(Found::Group { id, others }) => self.link(&id, others, remarks),
                Ok(Found::Nothing { .. }) => {
                    Self::failed(unknown, Trouble::unusable(&call, &reply, "no group of this name is found"))
                }
                Err(trouble) => Self::failed(unknown, trouble),
            },
            500.. => Self::failed(pending, Trouble::answered(&call, &reply)),
            _ => Self::failed(unknown, Trouble::answered(&call, &reply)),
        }
    }

    async fn rename(&self) -> Done {
        let row = self.work.row.clone();
        let Some(id) = row.target_id.clone() else { return Self::failed(row, Trouble::source("the group has no id")) };
        let template = &self.context.description.group.rename;
        let filled = body::filled(template, &[("displayName", Value::from(self.work.name.as_str()))]);
        let call = Call::one(Method::Patch, self.path(), &id).body(filled);
        let reply = match self.send(&call).await {
            Ok(reply) => reply,
            Err(trouble) => return Self::failed(row, trouble),
        };
        match reply.status {
            200..300 => Done { row: Some(self.named(row)), outcome: Outcome::Did(Action::Renamed) },
            404 => Self::failed(lost(row), gone(&call, &reply)),
            _ => Self::failed(row, Trouble::answered(&call, &reply)),
        }
    }

    async fn delete(&self, row: &Row) -> Done {
        let Some(id) = row.target_id.clone() else { return Done { row: None, outcome: Outcome::Silent } };
        let call = Call::one(Method::Delete, self.path(), &id);
        match self.send(&call).await {
            Err(trouble) => Self::failed(row.clone(), trouble),
            // Somebody else was faster; what was wanted is the case.
            Ok(reply) if reply.is_success() || reply.status == 404 => {
                Done { row: None, outcome: Outcome::Did(Action::Deleted) }
            }
            Ok(reply) => Self::failed(row.clone(), Trouble::answered(&call, &reply)),
        }
    }

    async fn settle(&self, remarks: &mut Remarks) -> Done {
        let row = self.work.row.clone();
        match self.find(&row.identifier).await {
            Err(trouble) => Self::failed(row, trouble),
            Ok(Found::Nothing { .. }) => Done { row: None, outcome: Outcome::Silent },
            Ok(Found::Group { id, others }) if others > 0 => {
                remarks.warning = Some(format!(
                    "the target has {} groups named {:?}; none is deleted, because it cannot be told which was made here",
                    others + 1,
                    row.identifier
                ));
                let _ = id;
                Done { row: None, outcome: Outcome::Silent }
            }
            Ok(Found::Group { id, .. }) => self.delete(&Row { target_id: Some(id.into()), ..row }).await,
        }
    }

    async fn find(&self, name: &str) -> Result<Found, Trouble> {
        if let Some(index) = self.context.group_index.lock().await.as_ref() {
            return Ok(in_index(index, name));
        }
        let shape = &self.context.description.group;
        let call = Call::on(Method::Get, self.path()).query("filter", body::filter(&shape.find, name));
        let reply = self.send(&call).await?;
        if reply.is_success() {
            let (resources, total) = list(&call, &reply)?;
            if resources.is_empty() && total == 0 {
                return Ok(Found::Nothing { by_filter: true });
            }
            let matching: Vec<&Map<String, Value>> =
                resources.iter().filter(|resource| is_named(resource, "displayName", name)).collect();
            // Other names among the results: the filter was not heeded, so this is the beginning of the whole list.
            if matching.len() == resources.len() && !matching.is_empty() {
                return match id_of(matching[0]) {
                    Some(id) => Ok(Found::Group { id: id.to_owned(), others: matching.len() - 1 }),
                    None => Err(Trouble::unusable(&call, &reply, "the group in it has no id").in_field("id")),
                };
            }
        } else if !shape.fallback_statuses.contains(&reply.status) {
            return Err(Trouble::answered(&call, &reply));
        }
        let mut index = self.context.group_index.lock().await;
        if index.is_none() {
            *index = Some(self.list_all().await?);
        }
        Ok(index.as_ref().map_or(Found::Nothing { by_filter: false }, |index| in_index(index, name)))
    }

    async fn list_all(&self) -> Result<HashMap<String, Vec<String>>, Trouble> {
        let count = self.context.description.group.page_size;
        let mut index: HashMap<String, Vec<String>> = HashMap::new();
        let mut seen = HashSet::new();
        let mut start = 1;
        for _ in 0..MOST_PAGES {
            let call = Call::on(Method::Get, self.path())
                .query("startIndex", start.to_string())
                .query("count", count.to_string());
            let reply = self.send(&call).await?;
            if !reply.is_success() {
                return Err(Trouble::answered(&call, &reply));
            }
            let (resources, total) = list(&call, &reply)?;
            let mut is_new = false;
            for resource in &resources {
                let Some(id) = id_of(resource) else {
                    return Err(Trouble::unusable(&call, &reply, "a group in it has no id").in_field("id"));
                };
                if seen.insert(id.to_owned()) {
                    is_new = true;
                    let name = member(resource, "displayName").and_then(Value::as_str).unwrap_or_default();
                    index.entry(scim::text::fold(name).into_owned()).or_default().push(id.to_owned());
                }
            }
            start += resources.len();
            // An endpoint that ignores startIndex gives its first page again and again.
            if !is_new || start > total {
                break;
            }
        }
        Ok(index)
    }
}

async fn send(context: &Context, call: &Call) -> Result<Reply, Trouble> {
    context.wire.send(call.clone()).await.map_err(|error| Trouble::unanswered(call, &error))
}

fn in_index(index: &HashMap<String, Vec<String>>, name: &str) -> Found {
    match index.get(&*scim::text::fold(name)).map(Vec::as_slice) {
        Some([first, others @ ..]) => Found::Group { id: first.clone(), others: others.len() },
        _ => Found::Nothing { by_filter: false },
    }
}

fn lost(row: Row) -> Row {
    Row { target_id: None, sent: None, ..row }
}

fn gone(call: &Call, reply: &Reply) -> Trouble {
    Trouble::unusable(call, reply, "this group was there before; the next cycle looks for it by its name")
}

/// Brings the members of a linked group to `wanted` (target ids).
pub(super) async fn set_members(context: &Context, row: Row, wanted: BTreeSet<Box<str>>) -> Done {
    let Some(id) = row.target_id.clone() else {
        return GroupRun::failed(row, Trouble::source("the group has no id"));
    };
    let shape = &context.description.group;
    let present = match &row.sent {
        Some(Sent::Group { members }) if !row.dirty => members.clone(),
        // What is there is not known, and the source overwrites it.
        _ => match read_members(context, &id).await {
            Ok(members) => members,
            Err((trouble, true)) => return GroupRun::failed(lost(row), trouble),
            Err((trouble, false)) => return GroupRun::failed(row, trouble),
        },
    };
    let (add, remove) = decide::members(&wanted, &present);
    let settled = Row { sent: Some(Sent::Group { members: wanted }), dirty: false, ..row.clone() };
    if add.is_empty() && remove.is_empty() {
        return Done { row: Some(settled), outcome: Outcome::Silent };
    }
    let mut operations = Vec::with_capacity(remove.len() + 1);
    if !add.is_empty() {
        let added: Vec<Value> = add.iter().map(|id| json!({ "value": id })).collect();
        operations.push(body::filled(&shape.members.add, &[("members", Value::Array(added))]));
    }
    for id in &remove {
        operations.push(body::filled(&shape.members.remove, &[("id", Value::from(&**id))]));
    }
    let patch = json!({ "schemas": shape.members.schemas, "Operations": operations });
    let call = Call::one(Method::Patch, &shape.path, &id).body(patch);
    match send(context, &call).await {
        Err(trouble) => GroupRun::failed(row, trouble),
        Ok(reply) if reply.is_success() => Done { row: Some(settled), outcome: Outcome::Did(Action::MembersChanged) },
        Ok(reply) if reply.status == 404 => GroupRun::failed(lost(row), gone(&call, &reply)),
        Ok(reply) => GroupRun::failed(row, Trouble::answered(&call, &reply)),
    }
}

async fn read_members(context: &Context, id: &str) -> Result<BTreeSet<Box<str>>, (Trouble, bool)> {
    let call = Call::one(Method::Get, &context.description.group.path, id);
    let reply = send(context, &call).await.map_err(|trouble| (trouble, false))?;
    if reply.status == 404 {
        return Err((gone(&call, &reply), true));
    }
    if !reply.is_success() {
        return Err((Trouble::answered(&call, &reply), false));
    }
    let group = match &reply.json {
        Ok(Value::Object(group)) => group,
        Ok(_) => return Err((Trouble::unusable(&call, &reply, "the body is no group"), false)),
        Err(why) => return Err((Trouble::unusable(&call, &reply, why), false)),
    };
    let values = member(group, "members").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    Ok(values
        .iter()
        .filter_map(|value| member(value.as_object()?, "value").and_then(Value::as_str).map(Into::into))
        .collect())
}
