//! The pure part: what must happen to one entry, given what the source says, what the ledger remembers, and the options.

use std::collections::BTreeSet;

use crate::ledger::{Row, SentState};
use crate::options::{Options, RemoveUserAction};

/// The state of a person in the source, as far as a decision needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserState {
    /// [`crate::mapping::DesiredUser::fingerprint`]
    pub fingerprint: u64,
    pub active: bool,
}

/// The operation that a user needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserOperation {
    /// Find the account by its identifier; link it and bring it up to date, or create it.
    Join { active: bool },
    /// Bring the mapped attributes up to date.
    Update { active: bool },
    /// As an update, with `active` true again.
    Enable,
    /// *Remove User Action* is Disable.
    Disable,
    /// *Remove User Action* is Delete.
    Delete,
    /// The entry is gone while a create was under way: find what became of it and remove it.
    Settle,
    /// The entry is gone and its account is disabled already: remember that, without a request.
    Retire,
    /// The entry is gone and has no account: forget it, without a request.
    Forget,
}

/// An option that keeps an operation from happening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    UserCreate,
    UserUpdate,
    /// Accounts are neither disabled nor is anything done about leavers.
    UserDisableDelete,
    UserDisable,
    UserDeprovision,
    RuleDeletion,
    ProvisionDisabledUsers,
}

impl Refusal {
    /// The option's name on PingFederate's console; [`Description::option_name`] knows what other consoles call
    /// [`Self::place`].
    ///
    /// [`Description::option_name`]: crate::client::Description::option_name
    #[must_use]
    pub const fn option(self) -> &'static str {
        match self {
            Self::UserCreate => "User Create",
            Self::UserUpdate => "User Update",
            Self::UserDisableDelete | Self::UserDisable | Self::UserDeprovision => "User Disable / Delete",
            Self::RuleDeletion => "Deprovision on rule deletion",
            Self::ProvisionDisabledUsers => "Provision Disabled Users",
        }
    }

    /// Where a client's description has the option.
    #[must_use]
    pub const fn place(self) -> &'static str {
        match self {
            Self::UserCreate => "options.user_create",
            Self::UserUpdate => "options.user_update",
            Self::UserDisableDelete | Self::UserDisable => "options.user_disable",
            Self::UserDeprovision => "options.user_deprovision",
            Self::RuleDeletion => "options.deprovision_on_rule_deletion",
            Self::ProvisionDisabledUsers => "options.provision_disabled_users",
        }
    }

    /// Whether the person has an account that is now out of date, instead of none.
    #[must_use]
    pub const fn leaves_account(self) -> bool {
        !matches!(self, Self::UserCreate | Self::ProvisionDisabledUsers)
    }
}

/// The outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The target is as the source wants it.
    Nothing,
    Do(UserOperation),
    /// Something should happen, but an option is cleared.
    Refused(Refusal),
}

/// The decision about a user. `state` is absent when the entry is not, or no longer, in the channel's source.
#[must_use]
pub fn user(state: Option<UserState>, row: Option<&Row>, options: &Options) -> Decision {
    match (state, row) {
        (None, None) => Decision::Nothing,
        (None, Some(row)) => leaver(row, options),
        (Some(state), Some(row)) if row.target_id.is_some() => known(state, row, options),
        (Some(state), row) => newcomer(state, row, options),
    }
}

fn leaver(row: &Row, options: &Options) -> Decision {
    if row.gone && !row.dirty {
        return Decision::Nothing;
    }
    if row.target_id.is_none() {
        return if row.create_pending {
            departure(options, UserOperation::Settle)
        } else {
            Decision::Do(UserOperation::Forget)
        };
    }
    match options.remove_user_action {
        RemoveUserAction::Delete => departure(options, UserOperation::Delete),
        RemoveUserAction::Disable if !was_active(row) && !row.dirty => Decision::Do(UserOperation::Retire),
        RemoveUserAction::Disable => departure(options, UserOperation::Disable),
    }
}

/// The operation for a person who has left, if the options allow it.
fn departure(options: &Options, operation: UserOperation) -> Decision {
    if let Some(refusal) = nothing_is_removed(options) {
        return Decision::Refused(refusal);
    }
    if !options.user_deprovision {
        return Decision::Refused(Refusal::UserDeprovision);
    }
    if options.rule_deleted && !options.deprovision_on_rule_deletion {
        return Decision::Refused(Refusal::RuleDeletion);
    }
    if operation == UserOperation::Disable && !options.user_disable {
        return Decision::Refused(Refusal::UserDisable);
    }
    Decision::Do(operation)
}

fn nothing_is_removed(options: &Options) -> Option<Refusal> {
    (!options.user_disable && !options.user_deprovision).then_some(Refusal::UserDisableDelete)
}

fn newcomer(state: UserState, row: Option<&Row>, options: &Options) -> Decision {
    let is_pending = row.is_some_and(|row| row.create_pending);
    let deleted_as = row.filter(|row| !row.dirty && !is_pending).and_then(sent_fingerprint);
    match (state.active, deleted_as) {
        (true, _) => Decision::Do(UserOperation::Join { active: true }),
        // Deleted because disabled. With Provision Disabled Users, the next change of an attribute creates the account
        // anew, disabled: a trap that the vendor warns of.
        (false, Some(fingerprint)) if fingerprint == state.fingerprint || !options.provision_disabled_users => {
            Decision::Nothing
        }
        (false, _) if options.provision_disabled_users => Decision::Do(UserOperation::Join { active: false }),
        (false, _) if is_pending => switched_off(options, UserOperation::Settle),
        (false, _) => Decision::Refused(Refusal::ProvisionDisabledUsers),
    }
}

fn known(state: UserState, row: &Row, options: &Options) -> Decision {
    let is_changed = row.dirty || row.gone || sent_fingerprint(row) != Some(state.fingerprint);
    let update = |operation| {
        if options.user_update { Decision::Do(operation) } else { Decision::Refused(Refusal::UserUpdate) }
    };
    match (state.active, was_active(row)) {
        (true, false) => update(UserOperation::Enable),
        (false, true) => match options.remove_user_action {
            RemoveUserAction::Delete if options.disabled_are_removed => switched_off(options, UserOperation::Delete),
            RemoveUserAction::Disable | RemoveUserAction::Delete => switched_off(options, UserOperation::Disable),
        },
        (active, _) if is_changed => update(UserOperation::Update { active }),
        _ => Decision::Nothing,
    }
}

/// The operation for a person who is disabled in the source, if the options allow it.
fn switched_off(options: &Options, operation: UserOperation) -> Decision {
    match nothing_is_removed(options) {
        Some(refusal) => Decision::Refused(refusal),
        None if !options.user_disable => Decision::Refused(Refusal::UserDisable),
        None => Decision::Do(operation),
    }
}

/// An account of which nothing is known counts as active: disabling it twice does no harm.
fn was_active(row: &Row) -> bool {
    !matches!(row.sent, Some(SentState::User { active: false, .. }))
}

fn sent_fingerprint(row: &Row) -> Option<u64> {
    match row.sent {
        Some(SentState::User { fingerprint, .. }) => Some(fingerprint),
        _ => None,
    }
}

/// The operation that a group needs, members apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupOperation {
    /// Find the group by its name and link it, or create it.
    Join,
    Rename,
    /// Nothing but, perhaps, its members.
    Keep,
    Delete,
    /// The entry is gone while a create was under way: find what became of it and delete it.
    Settle,
    Forget,
}

/// The decision about a group. `name` is absent when the entry is not, or no longer, in the channel's source.
#[must_use]
pub fn group(name: Option<&str>, row: Option<&Row>) -> GroupOperation {
    match (name, row) {
        (Some(name), Some(row)) if row.target_id.is_some() => {
            if *row.identifier == *name {
                GroupOperation::Keep
            } else {
                GroupOperation::Rename
            }
        }
        (Some(_), _) => GroupOperation::Join,
        (None, Some(row)) if row.target_id.is_some() => GroupOperation::Delete,
        (None, Some(row)) if row.create_pending => GroupOperation::Settle,
        (None, _) => GroupOperation::Forget,
    }
}

/// The members to add and to remove, so that the source overwrites the target.
#[must_use]
pub fn members(wanted: &BTreeSet<Box<str>>, present: &BTreeSet<Box<str>>) -> (Vec<Box<str>>, Vec<Box<str>>) {
    (wanted.difference(present).cloned().collect(), present.difference(wanted).cloned().collect())
}

#[cfg(test)]
mod tests;
