//! The operations on a group, in a client's wire shapes.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use super::context::{Context, CreateSent, OperationError, OperationResult, Outcome, id_of, is_named, list};
use super::decide;
use super::decide::GroupOperation;
use super::report::Action;
use crate::client::body;
use crate::client::body::member;
use crate::client::wire::{Call, Method, Reply};
use crate::client::{GroupShape, GroupUpdate, MembersStyle, Membership};
use crate::ledger::{Guid, Kind, Row, SentState};

/// All groups of the target by their folded names, once an operation had to list them; kept for the rest of the cycle.
pub(super) type GroupIndex = Mutex<Option<HashMap<String, Vec<String>>>>;

/// A page that brings nothing new ends a list; so does this many pages.
const MOST_PAGES: usize = 10_000;
/// Groups of an endpoint's list, and bytes of their ids and names. Without a filter the whole list is held, to be searched by name.
const MOST_GROUPS: usize = 500_000;
const MOST_TEXT: usize = 64 * 1024 * 1024;

/// One group with everything that an operation needs.
#[derive(Clone, Debug)]
pub(super) struct GroupWork {
    pub guid: Guid,
    /// Empty when the entry is gone.
    pub name: String,
    pub operation: GroupOperation,
    pub row: Row,
    /// Target ids that travel with the creation, for a client that does so.
    pub members: BTreeSet<Box<str>>,
}

/// The remarks of [`run`] beside its outcome.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    /// The group was created because a filter found nothing.
    pub trusted_empty: bool,
    pub warning: Option<String>,
}

/// Carries out one operation, members apart.
pub(super) async fn run(context: &Context, work: &GroupWork, create_sent: CreateSent) -> (OperationResult, Remarks) {
    let mut remarks = Remarks::default();
    // A client without groups has none in its channel.
    let Some(shape) = &context.description.group else {
        return (OperationResult { row: Some(work.row.clone()), outcome: Outcome::Silent }, remarks);
    };
    let run = GroupRun { context, shape, create_sent, work };
    let done = match work.operation {
        GroupOperation::Join => run.join(&mut remarks).await,
        GroupOperation::Rename => run.rename().await,
        GroupOperation::Keep => OperationResult { row: Some(work.row.clone()), outcome: Outcome::Silent },
        GroupOperation::Delete => run.delete(&work.row).await,
        GroupOperation::Settle => run.settle(&mut remarks).await,
        GroupOperation::Forget => OperationResult { row: None, outcome: Outcome::Silent },
    };
    (done, remarks)
}

struct GroupRun<'a> {
    context: &'a Context,
    shape: &'a GroupShape,
    create_sent: CreateSent,
    work: &'a GroupWork,
}

enum GroupSearch {
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
        &self.shape.path
    }

    fn failed(row: Row, trouble: OperationError) -> OperationResult {
        OperationResult { row: Some(Row { dirty: true, ..row }), outcome: Outcome::Failed(trouble) }
    }

    fn named(&self, row: Row) -> Row {
        Row { identifier: self.work.name.as_str().into(), ..row }
    }

    async fn send(&self, call: &Call) -> Result<Reply, OperationError> {
        send(self.context, call).await
    }

    async fn join(&self, remarks: &mut Remarks) -> OperationResult {
        let unknown = self.named(Row { create_pending: self.work.row.create_pending, ..Row::default() });
        match self.find(&self.work.name).await {
            Err(trouble) => Self::failed(unknown, trouble),
            Ok(GroupSearch::Group { id, others }) => self.link(&id, others, remarks),
            Ok(GroupSearch::Nothing { by_filter }) => self.create(by_filter, remarks).await,
        }
    }

    fn link(&self, id: &str, others: usize, remarks: &mut Remarks) -> OperationResult {
        let row = self.named(Row { target_id: Some(id.into()), ..Row::default() });
        let owner = match self.context.owner(Kind::Group, id) {
            Ok(owner) => owner.filter(|owner| *owner != self.work.guid),
            Err(error) => return Self::failed(self.named(Row::default()), OperationError::source(error.to_string())),
        };
        if let Some(owner) = owner {
            let why = format!("the group {id} of the target is linked to another entry ({owner}) already");
            return Self::failed(self.named(Row::default()), OperationError::source(why));
        }
        if others > 0 {
            remarks.warning = Some(format!(
                "the target has {} groups named {:?}; the first it lists is taken",
                others + 1,
                self.work.name
            ));
        }
        OperationResult { row: Some(row), outcome: Outcome::Did(Action::Linked) }
    }

    async fn create(&self, by_filter: bool, remarks: &mut Remarks) -> OperationResult {
        let mut group = body::filled(&self.shape.create, &[("displayName", Value::from(self.work.name.as_str()))]);
        if !self.work.members.is_empty() {
            group["members"] = values_of(&self.work.members);
        }
        let call = Call::on(Method::Post, self.path()).body(group);
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
                        OperationError::unusable(&call, &reply, "the new group in it has no id").in_field("id"),
                    );
                };
                if let Some(index) = self.context.group_index.lock().await.as_mut() {
                    index.entry(scim::text::fold(&self.work.name).into_owned()).or_default().push(id.clone());
                }
                remarks.trusted_empty = by_filter;
                let sent = SentState::Group { members: self.work.members.clone() };
                let row = self.named(Row { target_id: Some(id.into()), sent: Some(sent), ..Row::default() });
                OperationResult { row: Some(row), outcome: Outcome::Did(Action::Created) }
            }
            409 => match self.find(&self.work.name).await {
                Ok(GroupSearch::Group { id, others }) => self.link(&id, others, remarks),
                Ok(GroupSearch::Nothing { .. }) => {
                    Self::failed(unknown, OperationError::unusable(&call, &reply, "no group of this name is found"))
                }
                Err(trouble) => Self::failed(unknown, trouble),
            },
            500.. => Self::failed(pending, OperationError::answered(&call, &reply)),
            _ => Self::failed(unknown, OperationError::answered(&call, &reply)),
        }
    }

    async fn rename(&self) -> OperationResult {
        let row = self.work.row.clone();
        let Some(id) = row.target_id.clone() else {
            return Self::failed(row, OperationError::source("the group has no id"));
        };
        let name = Value::from(self.work.name.as_str());
        let call = match self.shape.update {
            GroupUpdate::Patch => {
                let filled = body::filled(&self.shape.rename, &[("displayName", name)]);
                Call::one(Method::Patch, self.path(), &id).body(filled)
            }
            // The whole group: its members as they were last sent, or as they are.
            GroupUpdate::Put => {
                let members = match &row.sent {
                    Some(SentState::Group { members })
                        if !row.dirty && self.shape.membership == Membership::Overwrite =>
                    {
                        members.clone()
                    }
                    _ => match read_members(self.context, self.shape, &id).await {
                        Ok(members) => members,
                        Err((trouble, is_lost)) => return Self::failed(if is_lost { lost(row) } else { row }, trouble),
                    },
                };
                put(self.shape, &id, name, &members)
            }
        };
        let reply = match self.send(&call).await {
            Ok(reply) => reply,
            Err(trouble) => return Self::failed(row, trouble),
        };
        match reply.status {
            200..300 => OperationResult { row: Some(self.named(row)), outcome: Outcome::Did(Action::Renamed) },
            404 => Self::failed(lost(row), gone(&call, &reply)),
            _ => Self::failed(row, OperationError::answered(&call, &reply)),
        }
    }

    async fn delete(&self, row: &Row) -> OperationResult {
        let Some(id) = row.target_id.clone() else { return OperationResult { row: None, outcome: Outcome::Silent } };
        let call = Call::one(Method::Delete, self.path(), &id);
        match self.send(&call).await {
            Err(trouble) => Self::failed(row.clone(), trouble),
            // Somebody else was faster; what was wanted is the case.
            Ok(reply) if reply.is_success() || reply.status == 404 => {
                OperationResult { row: None, outcome: Outcome::Did(Action::Deleted) }
            }
            Ok(reply) => Self::failed(row.clone(), OperationError::answered(&call, &reply)),
        }
    }

    async fn settle(&self, remarks: &mut Remarks) -> OperationResult {
        let row = self.work.row.clone();
        match self.find(&row.identifier).await {
            Err(trouble) => Self::failed(row, trouble),
            Ok(GroupSearch::Nothing { .. }) => OperationResult { row: None, outcome: Outcome::Silent },
            Ok(GroupSearch::Group { id, others }) if others > 0 => {
                remarks.warning = Some(format!(
                    "the target has {} groups named {:?}; none is deleted, because nothing shows which one this client created",
                    others + 1,
                    row.identifier
                ));
                let _ = id;
                OperationResult { row: None, outcome: Outcome::Silent }
            }
            Ok(GroupSearch::Group { id, .. }) => self.delete(&Row { target_id: Some(id.into()), ..row }).await,
        }
    }

    async fn find(&self, name: &str) -> Result<GroupSearch, OperationError> {
        if let Some(index) = self.context.group_index.lock().await.as_ref() {
            return Ok(in_index(index, name));
        }
        let shape = self.shape;
        if shape.find.is_empty() {
            return self.find_in_list(name).await;
        }
        let call = Call::on(Method::Get, self.path()).query("filter", body::filter(&shape.find, name));
        let reply = self.send(&call).await?;
        if reply.is_success() {
            let (resources, total) = list(&call, &reply)?;
            if resources.is_empty() && total == 0 {
                return Ok(GroupSearch::Nothing { by_filter: true });
            }
            let matching: Vec<&Map<String, Value>> =
                resources.iter().copied().filter(|resource| is_named(resource, "displayName", name)).collect();
            // Other names among the results: the filter was not heeded, so this is the beginning of the whole list.
            if matching.len() == resources.len() && !matching.is_empty() {
                return match id_of(matching[0]) {
                    Some(id) => Ok(GroupSearch::Group { id: id.to_owned(), others: matching.len() - 1 }),
                    None => Err(OperationError::unusable(&call, &reply, "the group in it has no id").in_field("id")),
                };
            }
        } else if !shape.fallback_statuses.contains(&reply.status) {
            return Err(OperationError::answered(&call, &reply));
        }
        // A client that reads the whole list needs the room that this answer takes.
        drop(reply);
        self.find_in_list(name).await
    }

    async fn find_in_list(&self, name: &str) -> Result<GroupSearch, OperationError> {
        let mut index = self.context.group_index.lock().await;
        if index.is_none() {
            *index = Some(self.list_all().await?);
        }
        Ok(index.as_ref().map_or(GroupSearch::Nothing { by_filter: false }, |index| in_index(index, name)))
    }

    async fn list_all(&self) -> Result<HashMap<String, Vec<String>>, OperationError> {
        let count = match self.shape.page_size {
            size @ 1.. => Some(size),
            size if self.shape.sends_negative_count => Some(size),
            _ => None,
        };
        let mut index: HashMap<String, Vec<String>> = HashMap::new();
        let mut seen = HashSet::new();
        let (mut start, mut text) = (1, 0);
        for _ in 0..MOST_PAGES {
            let mut call = Call::on(Method::Get, self.path()).query("startIndex", start.to_string());
            if let Some(count) = count {
                call = call.query("count", count.to_string());
            }
            let reply = self.send(&call).await?;
            if !reply.is_success() {
                return Err(OperationError::answered(&call, &reply));
            }
            let (resources, total) = list(&call, &reply)?;
            if resources.is_empty() && start == 1 && total > 0 {
                let why = format!(
                    "it counts {total} groups and lists none of them, so that all of them would be made again; RFC 7644 \
                     reads a negative count as 0, so set Results Per Page to a number"
                );
                return Err(OperationError::unusable(&call, &reply, why));
            }
            let mut is_new = false;
            for resource in &resources {
                let Some(id) = id_of(resource) else {
                    return Err(OperationError::unusable(&call, &reply, "a group in it has no id").in_field("id"));
                };
                if seen.insert(id.to_owned()) {
                    is_new = true;
                    let name = member(resource, "displayName").and_then(Value::as_str).unwrap_or_default();
                    text += id.len() + name.len();
                    if seen.len() > MOST_GROUPS || text > MOST_TEXT {
                        let why = format!(
                            "its list of groups is longer than {MOST_GROUPS} groups or {MOST_TEXT} bytes of names; use a client \
                             that finds groups by a filter"
                        );
                        return Err(OperationError::unusable(&call, &reply, why));
                    }
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

async fn send(context: &Context, call: &Call) -> Result<Reply, OperationError> {
    context.wire.send(call.clone()).await.map_err(|error| OperationError::unanswered(call, &error))
}

fn in_index(index: &HashMap<String, Vec<String>>, name: &str) -> GroupSearch {
    match index.get(&*scim::text::fold(name)).map(Vec::as_slice) {
        Some([first, others @ ..]) => GroupSearch::Group { id: first.clone(), others: others.len() },
        _ => GroupSearch::Nothing { by_filter: false },
    }
}

fn lost(row: Row) -> Row {
    Row { target_id: None, sent: None, ..row }
}

fn gone(call: &Call, reply: &Reply) -> OperationError {
    OperationError::unusable(call, reply, "this group was there before; the next cycle looks for it by its name")
}

/// Brings the members of a linked group to `wanted` (target ids).
pub(super) async fn set_members(context: &Context, row: Row, wanted: BTreeSet<Box<str>>) -> OperationResult {
    let Some(shape) = &context.description.group else {
        return OperationResult { row: Some(row), outcome: Outcome::Silent };
    };
    let Some(id) = row.target_id.clone() else {
        return GroupRun::failed(row, OperationError::source("the group has no id"));
    };
    let merges = shape.membership == Membership::Merge;
    let present = match &row.sent {
        Some(SentState::Group { members }) if !row.dirty || merges => members.clone(),
        // A member that is there and was not sent from here stays.
        _ if merges => BTreeSet::new(),
        // The present members are not known, and the source overwrites them.
        _ => match read_members(context, shape, &id).await {
            Ok(members) => members,
            Err((trouble, true)) => return GroupRun::failed(lost(row), trouble),
            Err((trouble, false)) => return GroupRun::failed(row, trouble),
        },
    };
    let (add, remove) = decide::members(&wanted, &present);
    let settled = Row { sent: Some(SentState::Group { members: wanted }), dirty: false, ..row.clone() };
    // With a merge, what failed in the last cycle is repeated even if nothing else has changed.
    if add.is_empty() && remove.is_empty() && !(merges && row.dirty) {
        return OperationResult { row: Some(settled), outcome: Outcome::Silent };
    }
    let everything = shape.update == GroupUpdate::Put || shape.members.style == MembersStyle::Replace;
    let all = match (everything, merges) {
        (false, _) => BTreeSet::new(),
        (true, false) => wanted_of(&settled),
        (true, true) => match read_members(context, shape, &id).await {
            Ok(there) => {
                let gone: BTreeSet<Box<str>> = remove.iter().cloned().collect();
                there.difference(&gone).cloned().chain(wanted_of(&settled)).collect()
            }
            Err((trouble, is_lost)) => return GroupRun::failed(if is_lost { lost(row) } else { row }, trouble),
        },
    };
    let call = match (shape.update, shape.members.style) {
        (GroupUpdate::Put, _) => put(shape, &id, Value::from(&*row.identifier), &all),
        (GroupUpdate::Patch, MembersStyle::Replace) => {
            let replace = body::filled(&shape.members.replace, &[("members", values_of(&all))]);
            patch(shape, &id, &[replace])
        }
        (GroupUpdate::Patch, MembersStyle::Incremental) => {
            let add = if merges && row.dirty { wanted_of(&settled).into_iter().collect() } else { add };
            patch(shape, &id, &increments(shape, &add, &remove))
        }
    };
    match send(context, &call).await {
        Err(trouble) => GroupRun::failed(row, trouble),
        Ok(reply) if reply.is_success() => {
            OperationResult { row: Some(settled), outcome: Outcome::Did(Action::MembersChanged) }
        }
        Ok(reply) if reply.status == 404 => GroupRun::failed(lost(row), gone(&call, &reply)),
        Ok(reply) => GroupRun::failed(row, OperationError::answered(&call, &reply)),
    }
}

fn wanted_of(settled: &Row) -> BTreeSet<Box<str>> {
    match &settled.sent {
        Some(SentState::Group { members }) => members.clone(),
        _ => BTreeSet::new(),
    }
}

/// Members as they stand in a group.
fn values_of<'a>(ids: impl IntoIterator<Item = &'a Box<str>>) -> Value {
    ids.into_iter().map(|id| json!({ "value": id })).collect()
}

fn patch(shape: &GroupShape, id: &str, operations: &[Value]) -> Call {
    let body = json!({ "schemas": shape.members.schemas, "Operations": operations });
    Call::one(Method::Patch, &shape.path, id).body(body)
}

fn put(shape: &GroupShape, id: &str, name: Value, members: &BTreeSet<Box<str>>) -> Call {
    let filled = body::filled(&shape.put, &[("displayName", name), ("members", values_of(members))]);
    Call::one(Method::Put, &shape.path, id).body(filled)
}

/// The operations that bring some members and take others.
fn increments(shape: &GroupShape, add: &[Box<str>], remove: &[Box<str>]) -> Vec<Value> {
    let mut operations = Vec::with_capacity(remove.len() + 1);
    if !add.is_empty() {
        operations.push(body::filled(&shape.members.add, &[("members", values_of(add))]));
    }
    if body::mentions(&shape.members.remove, "members") {
        if !remove.is_empty() {
            operations.push(body::filled(&shape.members.remove, &[("members", values_of(remove))]));
        }
    } else {
        for id in remove {
            operations.push(body::filled(&shape.members.remove, &[("id", Value::from(&**id))]));
        }
    }
    operations
}

async fn read_members(
    context: &Context,
    shape: &GroupShape,
    id: &str,
) -> Result<BTreeSet<Box<str>>, (OperationError, bool)> {
    let call = Call::one(Method::Get, &shape.path, id);
    let reply = send(context, &call).await.map_err(|trouble| (trouble, false))?;
    if reply.status == 404 {
        return Err((gone(&call, &reply), true));
    }
    if !reply.is_success() {
        return Err((OperationError::answered(&call, &reply), false));
    }
    let group = match &reply.json {
        Ok(Value::Object(group)) => group,
        Ok(_) => return Err((OperationError::unusable(&call, &reply, "the body is not a group"), false)),
        Err(why) => return Err((OperationError::unusable(&call, &reply, why), false)),
    };
    let values = member(group, "members").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    Ok(values
        .iter()
        .filter_map(|value| member(value.as_object()?, "value").and_then(Value::as_str).map(Into::into))
        .collect())
}
