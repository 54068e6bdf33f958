//! Operations: what a request means once it is decoded, and how one application carries it out.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use scim::capability::Capability;
use scim::patch::{self, Draft, Patch};
use scim::resource::{Fields, Slot, Value, validate};
use scim::schema::{AttributeId, Registry, ResourceTypeId};
use scim::{Error, ErrorKind, Result};
use uuid::Uuid;

use super::downstream::{Effect, is_active};
use super::{Front, RequestSeam};
use crate::acted::{self, Passage};
use crate::password::Passwords;
use crate::rules::OnPut;
use crate::store::{Change, ChangeResult, Condition, Page, Perspective, Query, StoredResource, WantedRelations};

/// What a request means.
#[derive(Clone, Debug)]
pub enum Operation {
    Create { resource_type: ResourceTypeId, fields: Arc<Fields> },
    Get { resource_type: ResourceTypeId, id: Uuid },
    Replace { resource_type: ResourceTypeId, id: Uuid, fields: Arc<Fields>, condition: Condition },
    Patch { resource_type: ResourceTypeId, id: Uuid, patch: Arc<Patch>, condition: Condition },
    Delete { resource_type: ResourceTypeId, id: Uuid, condition: Condition },
    List(Query),
}

/// What an operation came to.
#[derive(Clone, Debug)]
pub enum Outcome {
    Created(StoredResource),
    Found(StoredResource),
    Changed(ChangeResult),
    Deleted,
    Listed(Page),
}

/// The rest of the way that an operation goes: further deviations at the request seam, then the application.
///
/// It is all that a deviation at the request seam has of the application: whatever the deviation changes goes through the
/// application's own pipeline, and the store is out of its reach.
#[derive(Clone, Copy)]
pub struct Next<'a> {
    seams: &'a [Arc<dyn RequestSeam>],
    front: &'a Front,
    passwords: &'a Passwords,
    wanted: WantedRelations,
}

impl<'a> Next<'a> {
    /// The whole way through an application, of an operation whose answer shows the `wanted` relations.
    pub(crate) fn new(front: &'a Front, passwords: &'a Passwords, wanted: WantedRelations) -> Self {
        Self { seams: &front.seams.request, front, passwords, wanted }
    }

    /// Whether no deviation sits on the way.
    pub(crate) const fn is_clear(&self) -> bool {
        self.seams.is_empty()
    }

    /// The same way, for an outcome that shows other relations.
    #[must_use]
    pub const fn showing(self, wanted: WantedRelations) -> Self {
        Self { wanted, ..self }
    }

    /// Carries an operation out. It may be called more than once.
    pub fn run(self, operation: Operation) -> BoxFuture<'a, Result<Outcome>> {
        if !acted::is_watched() {
            return self.run_unwatched(operation);
        }
        let passed = format!("{operation:?}");
        Box::pin(async move {
            let outcome = self.run_unwatched(operation).await;
            acted::passed(Passage { operation: passed, outcome: format!("{outcome:?}") });
            outcome
        })
    }

    fn run_unwatched(self, operation: Operation) -> BoxFuture<'a, Result<Outcome>> {
        match self.seams.split_first() {
            Some((seam, rest)) => seam.run(operation, Self { seams: rest, ..self }),
            None => Box::pin(self.execute(operation)),
        }
    }

    /// Changes a resource by an edit of the deviation's own, in place of a PUT or PATCH, and with all that the application
    /// does around one: preconditions, validation, required attributes, the password's hash, the write downstream, version
    /// and time. Deviations further on at the request seam see nothing of it. The edit may run more than once.
    pub fn edit(
        self,
        resource_type: ResourceTypeId,
        id: Uuid,
        condition: Condition,
        edit: impl Fn(&mut dyn Draft, &Registry) -> Result<()> + Send + Sync + 'static,
    ) -> BoxFuture<'a, Result<Outcome>> {
        let registry = Arc::clone(&self.front.registry);
        let edit: Change = Arc::new(move |draft: &mut dyn Draft| edit(draft, &registry));
        Box::pin(self.modify(resource_type, id, condition, edit))
    }

    /// Carries out a PATCH as the application does, and edits what came of it once the application has accepted it; the first
    /// attributes are those before the change. For a fault that consists in accepting what must be refused, which
    /// [`Self::edit`] would have refused.
    pub fn edit_accepted(
        self,
        resource_type: ResourceTypeId,
        id: Uuid,
        patch: Arc<Patch>,
        condition: Condition,
        edit: fn(&Registry, &Fields, &mut Fields),
    ) -> BoxFuture<'a, Result<Outcome>> {
        let patch = self.patching(resource_type, patch);
        Box::pin(self.modify_and(resource_type, id, condition, patch, Some(edit)))
    }

    /// The edit of a PUT with these attributes, as the application itself makes it; for use in [`Self::edit`].
    #[must_use]
    pub fn replacement(&self, resource_type: ResourceTypeId, fields: Arc<Fields>) -> Change {
        let registry = Arc::clone(&self.front.registry);
        if self.front.account.of(resource_type).is_some() && self.front.rules.on_put == OnPut::Merge {
            return Arc::new(move |draft: &mut dyn Draft| {
                let fields = merged(draft.fields(), &fields);
                patch::replace(&registry, resource_type, &fields, draft)
            });
        }
        Arc::new(move |draft: &mut dyn Draft| patch::replace(&registry, resource_type, &fields, draft))
    }

    /// The edit of a PATCH, as the application itself makes it; for use in [`Self::edit`].
    #[must_use]
    pub fn patching(&self, resource_type: ResourceTypeId, patch: Arc<Patch>) -> Change {
        let (registry, policy) = (Arc::clone(&self.front.registry), Arc::clone(&self.front.policy));
        Arc::new(move |draft: &mut dyn Draft| patch::apply(&registry, resource_type, &patch, &policy, draft))
    }

    /// A resource as it is stored, whatever deviations sit further on.
    pub async fn stored(self, resource_type: ResourceTypeId, id: Uuid) -> Result<StoredResource> {
        self.front.store.get(resource_type, id, self.wanted).await
    }

    /// The schemas of the application whose operation it is.
    #[must_use]
    pub const fn registry(&self) -> &'a Arc<Registry> {
        &self.front.registry
    }

    /// The view of a client that uses this base URL.
    #[must_use]
    pub fn perspective(&self, base_url: &'a str) -> Perspective<'a> {
        self.front.perspective(base_url)
    }

    /// Carries an operation out without any deviation at the request seam.
    pub(crate) async fn execute(self, operation: Operation) -> Result<Outcome> {
        let store = &self.front.store;
        match operation {
            Operation::Create { resource_type, fields } => self.create(resource_type, &fields).await,
            Operation::Get { resource_type, id } => store.get(resource_type, id, self.wanted).await.map(Outcome::Found),
            Operation::Replace { resource_type, id, fields, condition } => {
                self.modify(resource_type, id, condition, self.replacement(resource_type, fields)).await
            }
            Operation::Patch { resource_type, id, patch, condition } => {
                self.modify(resource_type, id, condition, self.patching(resource_type, patch)).await
            }
            Operation::Delete { resource_type, id, condition } => {
                store.delete(resource_type, id, condition).await?;
                if let Some(downstream) = self.downstream_of(resource_type) {
                    downstream.delete(id);
                }
                Ok(Outcome::Deleted)
            }
            Operation::List(query) => store.query(query).await.map(Outcome::Listed),
        }
    }

    async fn create(self, resource_type: ResourceTypeId, fields: &Fields) -> Result<Outcome> {
        let front = self.front;
        let mut fields = fields.clone();
        validate::check(&front.registry, resource_type, &mut fields, &front.rules.policy.tolerances)?;
        let password = front.account.of(resource_type).and_then(|account| account.password);
        if let Some(id) = password
            && let Some(plain) = fields.string(id)
        {
            let hash = self.passwords.hash(plain.to_owned()).await?;
            fields.set(id, Slot::One(Value::String(hash.into())));
        }
        let stored = front.store.create(resource_type, fields, self.wanted).await?;
        if let Some(downstream) = self.downstream_of(resource_type) {
            downstream.write(Effect::Written, &stored, front.active(&stored));
        }
        Ok(Outcome::Created(stored))
    }

    async fn modify(
        self,
        resource_type: ResourceTypeId,
        id: Uuid,
        condition: Condition,
        edit: Change,
    ) -> Result<Outcome> {
        self.modify_and(resource_type, id, condition, edit, None).await
    }

    /// A password must not be hashed under the store's lock: the edit stops when it meets one that has no hash yet, and runs
    /// again when it has.
    async fn modify_and(
        self,
        resource_type: ResourceTypeId,
        id: Uuid,
        condition: Condition,
        edit: Change,
        afterwards: Option<fn(&Registry, &Fields, &mut Fields)>,
    ) -> Result<Outcome> {
        let front = self.front;
        let mut hashed = None;
        // A patch sets one password at most, so the second run meets no other.
        for _ in 0..2 {
            let found = Arc::new(Mutex::new(EditReport::default()));
            let mut change = self.change(resource_type, Arc::clone(&edit), hashed.take(), &found);
            if let Some(afterwards) = afterwards {
                let (accepted, registry) = (change, Arc::clone(&front.registry));
                change = Arc::new(move |draft: &mut dyn Draft| {
                    let before = draft.fields().clone();
                    accepted(draft)?;
                    afterwards(&registry, &before, draft.fields_mut());
                    Ok(())
                });
            }
            let outcome = front.store.modify(resource_type, id, condition.clone(), change, self.wanted).await;
            let found = std::mem::take(&mut *found.lock());
            if let Some(plain) = found.password {
                let hash = self.passwords.hash(plain.clone()).await?;
                hashed = Some(HashedPassword { plain, hash });
                continue;
            }
            let changed = outcome?;
            if changed.modified
                && let Some(downstream) = self.downstream_of(resource_type)
            {
                downstream.write(found.effect, &changed.stored, front.active(&changed.stored));
            }
            return Ok(Outcome::Changed(changed));
        }
        Err(Error::new(ErrorKind::Internal, "the password changed while it was being hashed; send the request again"))
    }

    /// What the application does around an edit, under the store's lock.
    fn change(
        self,
        resource_type: ResourceTypeId,
        edit: Change,
        hashed: Option<HashedPassword>,
        found: &Arc<Mutex<EditReport>>,
    ) -> Change {
        let front = self.front;
        let registry = Arc::clone(&front.registry);
        let policy = Arc::clone(&front.policy);
        let account = front.account.of(resource_type);
        let service = self.downstream_of(resource_type).map(crate::application::downstream::Downstream::service);
        let rules = front.rules.clone();
        let found = Arc::clone(found);
        Arc::new(move |draft: &mut dyn Draft| {
            let before = account.map(|account| Before::of(account, draft));
            edit(draft)?;
            validate::check(&registry, resource_type, draft.fields_mut(), &policy.tolerances)?;
            let (Some(account), Some(before)) = (account, before) else { return Ok(()) };
            if let Some(id) = account.password
                && let Some(plain) = draft.fields().string(id)
                && before.password.as_deref() != Some(plain)
            {
                rules.require(Capability::ChangePassword)?;
                match &hashed {
                    Some(hashed) if hashed.plain == plain => {
                        let hash = hashed.hash.clone();
                        draft.fields_mut().set(id, Slot::One(Value::String(hash.into())));
                    }
                    _ => {
                        let plain = plain.to_owned();
                        found.lock().password = Some(plain);
                        return Err(Error::new(ErrorKind::Internal, "the password awaits its hash"));
                    }
                }
            }
            if let (Some(service), Some(active)) = (service, account.active) {
                let effect = service.settle(active, before.active, draft)?;
                found.lock().effect = effect;
            }
            Ok(())
        })
    }

    fn downstream_of(self, resource_type: ResourceTypeId) -> Option<&'a crate::application::downstream::Downstream> {
        self.front.account.of(resource_type)?;
        self.front.downstream.as_deref()
    }
}

struct HashedPassword {
    plain: String,
    hash: String,
}

/// What an edit has to report besides its result.
#[derive(Default)]
struct EditReport {
    password: Option<String>,
    effect: Effect,
}

/// The attributes of an account that a change must be compared by.
struct Before {
    password: Option<String>,
    active: bool,
}

impl Before {
    fn of(account: AccountAttributes, draft: &dyn Draft) -> Self {
        Self {
            password: account.password.and_then(|id| draft.fields().string(id)).map(str::to_owned),
            active: account.active.is_none_or(|id| is_active(id, draft)),
        }
    }
}

/// The attributes of User that are more than data to an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct AccountAttributes {
    pub active: Option<AttributeId>,
    pub password: Option<AttributeId>,
}

/// What is stored, overlaid by what the request names; its nulls unassign.
fn merged(stored: &Fields, request: &Fields) -> Fields {
    let mut fields = stored.clone();
    for (id, slot) in request.iter() {
        fields.set(id, slot.clone());
    }
    fields
}
