//! The operations on a user, in a client's wire shapes.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use super::context::{Context, CreateSent, OperationError, OperationResult, Outcome, id_of, is_named, list};
use super::decide::{Refusal, UserOperation};
use super::pass::UserWork;
use super::report::{Action, IdentityReuse};
use crate::client::body;
use crate::client::wire::{Call, Method, Reply};
use crate::ledger::{Guid, Kind, Row, SentState};
use crate::mapping::DesiredUser;
use crate::mapping::field::USER_NAME;
use crate::options::RemoveUserAction;
use crate::options::{Disable, Put};

type Resource = Map<String, Value>;

/// The result of a search: found, not found, or unknown.
enum UserSearch {
    User(Resource, String),
    NotFound,
}

/// Carries out one operation.
pub(super) async fn run(
    context: &Context,
    work: UserWork,
    create_sent: CreateSent,
    reuse: ReuseNote,
) -> OperationResult {
    let UserWork { guid, operation, desired, row, .. } = work;
    let field = &context.description.user.identifier;
    let identifier = match &desired {
        Some(desired) => desired.text(field).map(str::to_owned),
        None => Some(row.identifier.to_string()),
    };
    let Some(identifier) = identifier else {
        let why =
            format!("the entry gives no {field}, by which users are found in the target (Unique User Identifier)");
        return OperationResult {
            row: Some(Row { dirty: true, ..row }),
            outcome: Outcome::Failed(OperationError::source(why)),
        };
    };
    let user = UserRun { context, create_sent, reuse, guid, row, desired: desired.as_ref(), identifier };
    match operation {
        UserOperation::Join { active } => user.join(active).await,
        UserOperation::Update { active } => user.update(active, Action::Updated).await,
        UserOperation::Enable => user.update(true, Action::Enabled).await,
        UserOperation::Disable => user.disable().await,
        UserOperation::Delete => user.delete().await,
        UserOperation::Settle => user.settle().await,
        UserOperation::Retire => {
            let row = Row { gone: true, dirty: false, ..user.row };
            OperationResult { row: Some(row), outcome: Outcome::Silent }
        }
        UserOperation::Forget => OperationResult { row: None, outcome: Outcome::Silent },
    }
}

/// Where an operation says that an account was another entry's.
#[derive(Clone, Default)]
pub(super) struct ReuseNote(Arc<Mutex<Option<IdentityReuse>>>);

impl ReuseNote {
    fn set(&self, reuse: IdentityReuse) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reuse);
    }

    /// The note, about the entry of this name.
    pub(super) fn take(&self, dn: &str) -> Option<IdentityReuse> {
        let reuse = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(IdentityReuse { dn: dn.to_owned(), ..reuse })
    }
}

struct UserRun<'a> {
    context: &'a Context,
    create_sent: CreateSent,
    reuse: ReuseNote,
    guid: crate::ledger::Guid,
    row: Row,
    desired: Option<&'a DesiredUser>,
    /// By which the user is found in the target.
    identifier: String,
}

impl UserRun<'_> {
    fn path(&self) -> &str {
        &self.context.description.user.path
    }

    fn identifier(&self) -> &str {
        &self.identifier
    }

    /// Nothing was achieved: the next cycle tries again.
    fn failed(&self, trouble: OperationError) -> OperationResult {
        self.failed_with(Row { dirty: true, ..self.row.clone() }, trouble)
    }

    fn failed_with(&self, row: Row, trouble: OperationError) -> OperationResult {
        let row = Row { identifier: self.identifier().into(), ..row };
        OperationResult { row: Some(row), outcome: Outcome::Failed(trouble) }
    }

    /// The account is now as wanted.
    fn settled(&self, id: &str, active: bool, sent_body: Option<&Value>) -> Row {
        let fingerprint = self.desired.map_or_else(|| self.known_fingerprint(), DesiredUser::fingerprint);
        let keeps_body = self.context.put() == Put::MappedOnly;
        let body = sent_body.filter(|_| keeps_body).map(|body| body.to_string().into());
        Row {
            target_id: Some(id.into()),
            sent: Some(SentState::User { fingerprint, active, body }),
            identifier: self.identifier().into(),
            gone: self.desired.is_none(),
            ..Row::default()
        }
    }

    fn known_fingerprint(&self) -> u64 {
        match self.row.sent {
            Some(SentState::User { fingerprint, .. }) => fingerprint,
            _ => 0,
        }
    }

    async fn send(&self, call: &Call) -> Result<Reply, OperationError> {
        self.context.wire.send(call.clone()).await.map_err(|error| OperationError::unanswered(call, &error))
    }

    async fn find(&self) -> Result<UserSearch, OperationError> {
        let name = self.identifier();
        let shape = &self.context.description.user;
        let mut call = Call::on(Method::Get, self.path()).query("filter", body::filter(&shape.find(), name));
        if shape.find_count > 0 {
            call = call.query("startIndex", "1").query("count", shape.find_count.to_string());
        }
        if !shape.find_attributes.is_empty() {
            call = call.query("attributes", shape.find_attributes.clone());
        }
        let reply = self.send(&call).await?;
        if !reply.is_success() {
            return Err(OperationError::answered(&call, &reply));
        }
        let (resources, _) = list(&call, &reply)?;
        let others = resources.len();
        let is_wanted = |resource: &&Resource| {
            is_named(resource, USER_NAME, name) || (shape.identifier != USER_NAME && has_email(resource, name))
        };
        let wanted: Vec<&Resource> = resources.into_iter().filter(is_wanted).collect();
        if shape.identifier != USER_NAME && wanted.len() > 1 {
            let ids: Vec<&str> = wanted.iter().filter_map(|resource| id_of(resource)).collect();
            let why = format!(
                "{} users in it have this {} ({}), so that it does not say whose account it is",
                wanted.len(),
                shape.identifier,
                ids.join(", ")
            );
            return Err(OperationError::unusable(&call, &reply, why).in_field(&shape.identifier));
        }
        match wanted.into_iter().next() {
            None if others == 0 => Ok(UserSearch::NotFound),
            None => {
                let why = format!(
                    "{} this {}, so that the filter cannot be relied on",
                    if others == 1 {
                        "the user in it does not have".to_owned()
                    } else {
                        format!("none of the {others} users in it has")
                    },
                    shape.identifier
                );
                Err(OperationError::unusable(&call, &reply, why))
            }
            Some(resource) => match id_of(resource).map(str::to_owned) {
                Some(id) => Ok(UserSearch::User(resource.clone(), id)),
                None => Err(OperationError::unusable(&call, &reply, "the user in it has no id").in_field("id")),
            },
        }
    }

    async fn join(&self, active: bool) -> OperationResult {
        match self.find().await {
            Err(trouble) => self.failed(trouble),
            Ok(UserSearch::User(resource, id)) => self.link(resource, &id, active).await,
            Ok(UserSearch::NotFound) if !self.context.options.user_create => {
                OperationResult { row: None, outcome: Outcome::Refused(Refusal::UserCreate) }
            }
            Ok(UserSearch::NotFound) => self.create(active).await,
        }
    }

    async fn create(&self, active: bool) -> OperationResult {
        let Some(desired) = self.desired else { return OperationResult { row: None, outcome: Outcome::Silent } };
        let user = body::new_user(&self.context.description, &desired.values, active);
        let call = Call::on(Method::Post, self.path()).body(user);
        self.create_sent.set();
        let pending = Row { dirty: true, create_pending: true, ..Row::default() };
        let reply = match self.send(&call).await {
            Ok(reply) => reply,
            Err(trouble) => return self.failed_with(pending, trouble),
        };
        match reply.status {
            409 => match self.find().await {
                Ok(UserSearch::User(resource, id)) => self.link(resource, &id, active).await,
                Ok(UserSearch::NotFound) => {
                    let why = OperationError::unusable(&call, &reply, "no user with this userName is found");
                    self.failed_with(Row { dirty: true, ..Row::default() }, why)
                }
                Err(trouble) => self.failed_with(Row { dirty: true, ..Row::default() }, trouble),
            },
            200..300 => {
                let id = reply.json.as_ref().ok().and_then(Value::as_object).and_then(id_of).map(str::to_owned);
                match id {
                    Some(id) => {
                        let row = self.settled(&id, active, call.body.as_ref());
                        OperationResult { row: Some(row), outcome: Outcome::Did(Action::Created) }
                    }
                    None => self.failed_with(
                        pending,
                        OperationError::unusable(&call, &reply, "the new user in it has no id").in_field("id"),
                    ),
                }
            }
            // A gateway that gives up may have passed the request on.
            500.. => self.failed_with(pending, OperationError::answered(&call, &reply)),
            _ => self.failed_with(Row { dirty: true, ..Row::default() }, OperationError::answered(&call, &reply)),
        }
    }

    async fn link(&self, resource: Resource, id: &str, active: bool) -> OperationResult {
        let former = match self.claim(id) {
            Ok(former) => former,
            Err(trouble) => return self.failed_with(Row { dirty: true, ..Row::default() }, trouble),
        };
        if let Some(former) = former {
            self.reuse.set(IdentityReuse {
                account: id.to_owned(),
                user_name: self.identifier().to_owned(),
                dn: String::new(),
                guid: self.guid.to_string(),
                former_guid: former.to_string(),
                memberships: memberships(&resource),
            });
        }
        if !self.context.options.user_update {
            let row = Row { target_id: Some(id.into()), identifier: self.identifier().into(), ..Row::default() };
            return OperationResult { row: Some(row), outcome: Outcome::Refused(Refusal::UserUpdate) };
        }
        let linked = Row { target_id: Some(id.into()), dirty: true, ..Row::default() };
        // A search for some attributes has not read the user.
        let read = Some(resource).filter(|_| self.context.description.user.find_attributes.is_empty());
        self.replace(id, read, active, Action::Linked, linked).await
    }

    /// An account belongs to one entry; one whose entry is gone may be taken over. Gives the entry that it is taken from.
    fn claim(&self, id: &str) -> Result<Option<Guid>, OperationError> {
        let ledger = &self.context.ledger;
        let refused = |error: crate::ledger::LedgerError| OperationError::source(error.to_string());
        let field = &self.context.description.user.identifier;
        // Names are one person's; a mail can be a mailbox of several, by which the second is taken for the first.
        let by_mail = if field == USER_NAME {
            String::new()
        } else {
            format!(", and both are looked for by {field} {:?}", self.identifier())
        };
        let shared = |owner: &Guid| {
            OperationError::source(format!(
                "the account {id} is linked to another entry ({owner}){by_mail}; two people cannot share an account; if that entry has left the source, the next cycle links it"
            ))
            .in_field(field)
        };
        // One that was linked a moment ago may not be in the ledger yet.
        if let Some(owner) = self.context.outbox.owner(Kind::User, id).filter(|owner| *owner != self.guid) {
            return Err(shared(&owner));
        }
        let Some(owner) = ledger.owner(Kind::User, id).map_err(refused)? else { return Ok(None) };
        let is_gone = owner == self.guid || ledger.get(Kind::User, &owner).map_err(refused)?.is_none_or(|row| row.gone);
        if !is_gone {
            return Err(shared(&owner));
        }
        if owner == self.guid {
            return Ok(None);
        }
        ledger.write(vec![(Kind::User, owner.clone(), None)]).map_err(refused)?;
        Ok(Some(owner))
    }

    async fn update(&self, active: bool, action: Action) -> OperationResult {
        let Some(id) = self.row.target_id.clone() else { return self.join(active).await };
        let row = Row { dirty: true, ..self.row.clone() };
        self.replace(&id, None, active, action, row).await
    }

    /// PUT, after reading the user where the client does that. `on_failure` is remembered if it does not come off.
    async fn replace(
        &self,
        id: &str,
        read: Option<Resource>,
        active: bool,
        action: Action,
        on_failure: Row,
    ) -> OperationResult {
        let lost = Row { target_id: None, sent: None, ..on_failure.clone() };
        let values = self.desired.into_iter().flat_map(DesiredUser::updatable);
        let description = &self.context.description;
        let user = match (self.context.put(), read) {
            (Put::ReadMerge, Some(read)) => body::merged_user(description, &read, values, active),
            (Put::ReadMerge, None) => match self.read(id).await {
                Ok(read) => body::merged_user(description, &read, values, active),
                Err((trouble, is_lost)) => return self.failed_with(if is_lost { lost } else { on_failure }, trouble),
            },
            (Put::MappedOnly, _) if self.desired.is_none() => self.remembered(active),
            (Put::MappedOnly, _) => body::new_user(description, values, active),
        };
        let call = Call::one(Method::Put, self.path(), id).body(user);
        let reply = match self.send(&call).await {
            Ok(reply) => reply,
            Err(trouble) => return self.failed_with(on_failure, trouble),
        };
        if reply.status == 404 {
            return self.failed_with(lost, gone(&call, &reply));
        }
        if !reply.is_success() {
            return self.failed_with(on_failure, OperationError::answered(&call, &reply));
        }
        OperationResult { row: Some(self.settled(id, active, call.body.as_ref())), outcome: Outcome::Did(action) }
    }

    /// As an update with `active` false, or by the PATCH of a client that does so.
    async fn disable(&self) -> OperationResult {
        let shape = &self.context.description.user;
        let (Disable::Patch, Some(id)) = (shape.disable, self.row.target_id.clone()) else {
            return self.update(false, Action::Disabled).await;
        };
        let dirty = Row { dirty: true, ..self.row.clone() };
        let call = Call::one(Method::Patch, self.path(), &id).body(shape.disable_patch.clone());
        let reply = match self.send(&call).await {
            Ok(reply) => reply,
            Err(trouble) => return self.failed_with(dirty, trouble),
        };
        match reply.status {
            200..300 => {
                let mut row = self.settled(&id, false, None);
                // Nothing but `active` has travelled; what else has changed is sent in the next cycle.
                let body = match &self.row.sent {
                    Some(SentState::User { body, .. }) => body.clone(),
                    _ => None,
                };
                row.sent = Some(SentState::User { fingerprint: self.known_fingerprint(), active: false, body });
                OperationResult { row: Some(row), outcome: Outcome::Did(Action::Disabled) }
            }
            404 => self.failed_with(Row { target_id: None, sent: None, ..dirty }, gone(&call, &reply)),
            _ => self.failed_with(dirty, OperationError::answered(&call, &reply)),
        }
    }

    /// The values that were last sent, for an entry that is gone and a client that does not read before it writes.
    fn remembered(&self, active: bool) -> Value {
        let sent = match &self.row.sent {
            Some(SentState::User { body: Some(body), .. }) => serde_json::from_str(body).ok(),
            _ => None,
        };
        let mut user = sent.unwrap_or_else(|| body::new_user(&self.context.description, [], active));
        if user[USER_NAME].is_null() {
            user[USER_NAME] = Value::from(self.identifier());
        }
        user["active"] = Value::Bool(active);
        user
    }

    async fn read(&self, id: &str) -> Result<Resource, (OperationError, bool)> {
        let call = Call::one(Method::Get, self.path(), id);
        let reply = self.send(&call).await.map_err(|trouble| (trouble, false))?;
        if reply.status == 404 {
            return Err((gone(&call, &reply), true));
        }
        if !reply.is_success() {
            return Err((OperationError::answered(&call, &reply), false));
        }
        match &reply.json {
            Ok(Value::Object(user)) => Ok(user.clone()),
            Ok(_) => Err((OperationError::unusable(&call, &reply, "the body is not a user"), false)),
            Err(why) => Err((OperationError::unusable(&call, &reply, why), false)),
        }
    }

    async fn delete(&self) -> OperationResult {
        let Some(id) = self.row.target_id.clone() else {
            return OperationResult { row: None, outcome: Outcome::Silent };
        };
        let call = Call::one(Method::Delete, self.path(), &id);
        let reply = match self.send(&call).await {
            Ok(reply) => reply,
            Err(trouble) => return self.failed(trouble),
        };
        // Somebody else was faster; what was wanted is the case.
        if !reply.is_success() && reply.status != 404 {
            return self.failed(OperationError::answered(&call, &reply));
        }
        // An entry that is still there, disabled, is remembered: it must not be provisioned again as it is.
        let row = self.desired.map(|desired| Row {
            sent: Some(SentState::User { fingerprint: desired.fingerprint(), active: false, body: None }),
            identifier: self.identifier().into(),
            ..Row::default()
        });
        OperationResult { row, outcome: Outcome::Did(Action::Deleted) }
    }

    async fn settle(&self) -> OperationResult {
        let id = match self.find().await {
            Err(trouble) => return self.failed(trouble),
            Ok(UserSearch::NotFound) => return OperationResult { row: None, outcome: Outcome::Silent },
            Ok(UserSearch::User(_, id)) => id,
        };
        if let Err(trouble) = self.claim(&id) {
            return self.failed(trouble);
        }
        let run = UserRun {
            context: self.context,
            create_sent: self.create_sent.clone(),
            reuse: self.reuse.clone(),
            guid: self.guid.clone(),
            row: Row { target_id: Some(id.into()), dirty: true, create_pending: false, ..self.row.clone() },
            desired: self.desired,
            identifier: self.identifier.clone(),
        };
        match self.context.options.remove_user_action {
            RemoveUserAction::Delete => run.delete().await,
            RemoveUserAction::Disable => run.disable().await,
        }
    }
}

/// Whether one of the resource's emails is this one.
fn has_email(resource: &Resource, email: &str) -> bool {
    let emails = body::member(resource, "emails").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    emails.iter().any(|value| value.as_object().is_some_and(|value| is_named(value, "value", email)))
}

fn gone(call: &Call, reply: &Reply) -> OperationError {
    OperationError::unusable(
        call,
        reply,
        "this account was there before; the next cycle looks for it by its identifier",
    )
}

/// The groups that an account is in, by the name that the endpoint shows, or by id.
fn memberships(resource: &Resource) -> Vec<String> {
    let groups = body::member(resource, "groups").and_then(Value::as_array);
    let name = |group: &Value| {
        ["display", "value"]
            .into_iter()
            .find_map(|key| body::member(group.as_object()?, key)?.as_str())
            .map(str::to_owned)
    };
    groups.into_iter().flatten().filter_map(name).collect()
}
