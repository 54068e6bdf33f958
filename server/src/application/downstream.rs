//! Downstream: the service behind an application, a second set of accounts that the gateway writes to after each
//! accepted change, as that service can.
//!
//! Only accounts are kept apart. Groups reach every service as they are in front (an application whose service cannot
//! create them refuses to), so the service's groups are those in front with the members whose accounts it has.

use std::collections::HashSet;

use indexmap::IndexMap;
use parking_lot::{Mutex, MutexGuard};
use scim::patch::Draft;
use scim::resource::{Slot, Value};
use scim::schema::AttributeId;
use scim::{Error, ErrorKind};
use uuid::Uuid;

use crate::store::StoredResource;

/// What a service can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// Without it a change of `active` to false, which the gateway turns into a partial update, fails.
    pub partial_update: bool,
    pub failed_update: FailedUpdate,
    /// Disabling a user deletes the account.
    pub delete_on_deactivation: bool,
    /// Without it deleting a user disables the account.
    pub hard_delete: bool,
}

/// How a failed partial update shows in front. Which of them a real gateway chooses is not published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailedUpdate {
    /// An error, and nothing changes.
    #[default]
    Refused,
    /// Success, and the user looks disabled; only the service still has an active account.
    Ignored,
    /// Success, and the user stays active.
    IgnoredVisible,
}

/// What an accepted change does to the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effect {
    /// The account becomes what the user is.
    #[default]
    Written,
    /// As [`Self::Written`], but it stays active.
    StaysActive,
    Deleted,
}

impl Service {
    /// Settles what a change that is about to be accepted means downstream. `was_active` is the state before; `draft` is the
    /// user as changed, and is changed back where the service's limits show.
    pub(crate) fn settle(self, active: AttributeId, was_active: bool, draft: &mut dyn Draft) -> scim::Result<Effect> {
        if !was_active || is_active(active, draft) {
            return Ok(Effect::Written);
        }
        if self.delete_on_deactivation {
            return Ok(Effect::Deleted);
        }
        if self.partial_update {
            return Ok(Effect::Written);
        }
        match self.failed_update {
            FailedUpdate::Refused => Err(Error::new(
                ErrorKind::NotImplemented,
                "the service behind this application cannot update an account partially, which disabling a user needs; \
                 delete the user instead",
            )),
            FailedUpdate::Ignored => Ok(Effect::StaysActive),
            FailedUpdate::IgnoredVisible => {
                draft.fields_mut().set(active, Slot::One(Value::Boolean(true)));
                Ok(Effect::Written)
            }
        }
    }
}

/// A user without `active` counts as active.
pub(crate) fn is_active(active: AttributeId, draft: &dyn Draft) -> bool {
    !matches!(draft.fields().values(active), [Value::Boolean(false)])
}

/// One account of the service.
#[derive(Clone, Debug)]
pub struct Account {
    pub user: StoredResource,
    /// What the service shows as `active` where it differs from the user.
    pub active: Option<bool>,
}

/// The accounts that a service holds.
#[derive(Debug)]
pub struct Downstream {
    service: Service,
    state: Mutex<AccountsState>,
}

/// A copy of the accounts that a service held at one time.
#[derive(Clone, Debug)]
pub(crate) struct Accounts(AccountsState);

#[derive(Clone, Debug, Default)]
struct AccountsState {
    accounts: IndexMap<Uuid, Account>,
    /// Users that are gone in front, so that a change which was accepted before and arrives later brings none back.
    deleted: HashSet<Uuid>,
}

impl Downstream {
    /// No accounts yet.
    #[must_use]
    pub fn new(service: Service) -> Self {
        Self { service, state: Mutex::default() }
    }

    /// What the service can do.
    #[must_use]
    pub const fn service(&self) -> Service {
        self.service
    }

    fn state(&self) -> MutexGuard<'_, AccountsState> {
        self.state.lock()
    }

    /// Writes an accepted change. Of two changes that arrive in the wrong order the later version stays.
    pub(crate) fn write(&self, effect: Effect, user: &StoredResource, active: Option<bool>) {
        let mut state = self.state();
        let before = state.accounts.get(&user.id);
        if before.is_some_and(|account| account.user.version > user.version) || state.deleted.contains(&user.id) {
            return;
        }
        let stays = effect == Effect::StaysActive || before.is_some_and(|account| account.active == Some(true));
        match effect {
            Effect::Deleted => {
                state.accounts.shift_remove(&user.id);
            }
            Effect::Written | Effect::StaysActive => {
                let kept_active = stays && active == Some(false);
                state.accounts.insert(user.id, Account { user: user.clone(), active: kept_active.then_some(true) });
            }
        }
    }

    /// Carries out a deletion, as the service can.
    pub(crate) fn delete(&self, id: Uuid) {
        let mut state = self.state();
        state.deleted.insert(id);
        if self.service.hard_delete {
            state.accounts.shift_remove(&id);
        } else if let Some(account) = state.accounts.get_mut(&id) {
            account.active = Some(false);
        }
    }

    /// The accounts as they are now.
    pub(crate) fn copy(&self) -> Accounts {
        Accounts(self.state().clone())
    }

    /// Holds other accounts from now on.
    pub(crate) fn replace(&self, accounts: Accounts) {
        *self.state() = accounts.0;
    }

    /// Every account, in the order of creation.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        self.state().accounts.values().cloned().collect()
    }
}
