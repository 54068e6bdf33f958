//! The context of every operation, and the answers that they share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value};

use super::groups::GroupIndex;
use super::halt::Halt;
use super::outbox::Outbox;
use super::report::{Action, Cause, Failure};
use super::slots::Slots;
use crate::client::Description;
use crate::client::body::member;
use crate::client::wire::{Call, NoAnswer, Reply, Wire};
use crate::ledger::{Guid, Kind, Ledger, LedgerError, Row};
use crate::mapping::field::FIELDS;
use crate::options::Options;
use crate::options::Put;

/// Shared by the operations of one cycle.
pub(super) struct Context {
    pub description: Arc<Description>,
    pub options: Options,
    pub wire: Arc<dyn Wire>,
    pub ledger: Arc<dyn Ledger>,
    pub group_index: GroupIndex,
    /// Max Threads: an operation takes one while it runs.
    pub slots: Slots,
    pub outbox: Outbox,
    pub halt: Halt,
}

impl Context {
    /// The owner of a resource of the target, by the ledger or by a row on its way there.
    pub(super) fn owner(&self, kind: Kind, target_id: &str) -> Result<Option<Guid>, LedgerError> {
        match self.outbox.owner(kind, target_id) {
            Some(owner) => Ok(Some(owner)),
            None => self.ledger.owner(kind, target_id),
        }
    }

    pub(super) fn put(&self) -> Put {
        self.options.put.unwrap_or(self.description.user.put)
    }
}

/// Tells the executor, should it abandon an operation, whether a create was on its way by then.
#[derive(Clone, Default)]
pub(super) struct CreateSent(Arc<AtomicBool>);

impl CreateSent {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The outcome of an operation, and the row that the ledger is to remember (nothing: the row goes).
#[derive(Debug)]
pub(super) struct OperationResult {
    pub row: Option<Row>,
    pub outcome: Outcome,
}

#[derive(Debug)]
pub(super) enum Outcome {
    Did(Action),
    /// Nothing had to be sent.
    Silent,
    Refused(super::decide::Refusal),
    Failed(OperationError),
}

/// A failure that does not yet know which entry it belongs to.
#[derive(Debug)]
pub(super) struct OperationError {
    pub message: String,
    /// The field to blame, when it is one.
    pub field: Option<String>,
    pub cause: Cause,
    pub exchange: Option<Arc<weir_exchange::Exchange>>,
}

impl OperationError {
    /// The endpoint answered `reply` to `what`, which is not as needed.
    pub(super) fn answered(what: &Call, reply: &Reply) -> Self {
        Self {
            message: format!("{what} was answered with {}", reply.explained()),
            field: named_attribute(reply),
            cause: Cause::Status(reply.status),
            exchange: reply.exchange.clone(),
        }
    }

    /// As [`Self::answered`], where the status is fine and the content is not.
    pub(super) fn unusable(what: &Call, reply: &Reply, why: impl std::fmt::Display) -> Self {
        Self {
            message: format!("{what} was answered with status {}, but {why}", reply.status),
            field: None,
            cause: Cause::Status(reply.status),
            exchange: reply.exchange.clone(),
        }
    }

    pub(super) fn unanswered(what: &Call, error: &NoAnswer) -> Self {
        let message = format!("{what} got no answer: {error}");
        Self { message, field: None, cause: Cause::NoAnswer, exchange: None }
    }

    pub(super) fn source(message: impl Into<String>) -> Self {
        Self { message: message.into(), field: None, cause: Cause::Source, exchange: None }
    }

    /// The same, with the field that is to blame.
    pub(super) fn in_field(self, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..self }
    }

    pub(super) fn into_failure(self, kind: Kind, dn: &str, identifier: &str) -> Failure {
        Failure {
            kind,
            dn: dn.to_owned(),
            identifier: identifier.to_owned(),
            field: self.field,
            message: self.message,
            cause: self.cause,
            exchange: self.exchange,
        }
    }
}

/// The attribute that an endpoint names when it refuses a resource for its content, as far as it names one.
fn named_attribute(reply: &Reply) -> Option<String> {
    let detail = reply.json.as_ref().ok()?.get("detail")?.as_str().filter(|_| reply.status == 400)?;
    let is_known = |word: &&str| FIELDS.iter().any(|field| field.is_in(word));
    detail.split(|character: char| !character.is_ascii_alphanumeric()).find(is_known).map(str::to_owned)
}

/// The resources of a page, and how many there are on all pages.
pub(super) type Page<'r> = (Vec<&'r Map<String, Value>>, usize);

/// The resources of a list answer (RFC 7644 section 3.4.2), and how many there are in all.
pub(super) fn list<'r>(call: &Call, reply: &'r Reply) -> Result<Page<'r>, OperationError> {
    let body = reply.json.as_ref().map_err(|why| OperationError::unusable(call, reply, why.as_str()))?;
    let Some(body) = body.as_object() else {
        return Err(OperationError::unusable(call, reply, "the body is not a list"));
    };
    let resources: Vec<&Map<String, Value>> = match member(body, "Resources") {
        // Without results the member may be absent.
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_object).collect(),
        Some(_) => return Err(OperationError::unusable(call, reply, "Resources is not an array")),
    };
    let total = member(body, "totalResults").and_then(Value::as_u64).and_then(|total| usize::try_from(total).ok());
    Ok((resources, total.unwrap_or(0)))
}

/// The `id` of a resource.
pub(super) fn id_of(resource: &Map<String, Value>) -> Option<&str> {
    member(resource, "id").and_then(Value::as_str).filter(|id| !id.is_empty())
}

/// Whether the resource's `attribute` is this text, ignoring case as `userName` and `displayName` do.
pub(super) fn is_named(resource: &Map<String, Value>, attribute: &str, name: &str) -> bool {
    member(resource, attribute)
        .and_then(Value::as_str)
        .is_some_and(|own| own == name || scim::text::fold(own) == scim::text::fold(name))
}
