//! The options of the console for a connection's target and a channel's manager.

use std::time::Duration;

use serde::Deserialize;

/// The settings of the Target page, and threads and timeout of the channel.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a check box of the console")]
pub struct Options {
    /// *User Create*
    pub user_create: bool,
    /// *User Update*, which re-enabling needs too.
    pub user_update: bool,
    /// Accounts may be disabled; with [`Self::user_deprovision`] PingFederate's *User Disable / Delete*.
    pub user_disable: bool,
    /// Something happens to the account of a user who has left the source.
    pub user_deprovision: bool,
    /// A user who is disabled in the source is treated as one who left: *Remove User Action* is for both.
    pub disabled_are_removed: bool,
    /// *Provision Disabled Users*
    pub provision_disabled_users: bool,
    /// *Remove User Action*
    pub remove_user_action: RemoveUserAction,
    /// *Deprovision on rule deletion*: who left because the rule itself was deleted counts as one who left.
    pub deprovision_on_rule_deletion: bool,
    /// The rule behind the source is deleted, so that no user is in it.
    #[serde(skip)]
    pub rule_deleted: bool,
    /// How many operations are under way at once.
    #[serde(skip)]
    pub max_threads: usize,
    /// After this long an operation is abandoned and repeated in the next cycle.
    #[serde(skip)]
    pub timeout: Duration,
    /// Overrides what the client's description says about a PUT's content.
    #[serde(skip)]
    pub put: Option<Put>,
    /// The limits that stop a cycle which would take away more than its owner may have meant.
    #[serde(skip)]
    pub guard: Guard,
    /// The time against which an account has expired; none has if absent.
    #[serde(skip)]
    pub now: Option<jiff::Timestamp>,
    /// An account that has expired in the source counts as disabled there.
    #[serde(skip)]
    pub expired_are_disabled: bool,
}

/// The limits that stop a cycle. The default stops none: what a library runs is what it was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// A cycle in which the source gave no person stops before it takes anything away.
    pub stops_without_people: bool,
    /// A cycle that would remove more of the known accounts stops before it removes one.
    pub removals: Option<RemovalLimit>,
}

impl Guard {
    /// Whether something could stop a cycle.
    #[must_use]
    pub const fn is_set(self) -> bool {
        self.stops_without_people || self.removals.is_some()
    }
}

/// How many accounts, groups or memberships a cycle may remove: as many as stand here, or a share of those that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovalLimit {
    pub count: u64,
    /// Percent of the known ones; 0 leaves the count alone.
    pub percent: u64,
}

impl Default for RemovalLimit {
    /// A fifth of the known ones, and one where that is less: of three people one may leave, and two of them are most.
    fn default() -> Self {
        Self { count: 1, percent: 20 }
    }
}

impl RemovalLimit {
    /// Whether so many of the known ones are too many.
    #[must_use]
    pub const fn is_exceeded(self, count: u64, known: u64) -> bool {
        count > self.count && (self.percent == 0 || count.saturating_mul(100) > self.percent.saturating_mul(known))
    }
}

impl std::fmt::Display for RemovalLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.percent {
            0 => write!(f, "{}", self.count),
            percent => write!(f, "{percent} % and more than {}", self.count),
        }
    }
}

/// The treatment of the account of a user who is deleted, disabled or outside the source's filter.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum RemoveUserAction {
    Disable,
    Delete,
}

impl RemoveUserAction {
    /// As the console has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "Disable",
            Self::Delete => "Delete",
        }
    }
}

impl Default for Options {
    /// PingFederate's own defaults.
    fn default() -> Self {
        Self {
            user_create: true,
            user_update: true,
            user_disable: true,
            user_deprovision: true,
            disabled_are_removed: true,
            provision_disabled_users: false,
            remove_user_action: RemoveUserAction::Disable,
            deprovision_on_rule_deletion: true,
            rule_deleted: false,
            max_threads: 1,
            timeout: Duration::from_mins(1),
            put: None,
            guard: Guard::default(),
            now: None,
            expired_are_disabled: false,
        }
    }
}

/// The body of a PUT of a user.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Put {
    /// The user as it was read, with the mapped values merged in.
    ReadMerge,
    /// The mapped values and nothing else: an endpoint that replaces loses the rest.
    MappedOnly,
}

/// The request that disables an account.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Disable {
    /// A PUT with `active` false in it.
    #[default]
    Put,
    /// A PATCH of `active`.
    Patch,
}

/// The source of a group's name in the target: *Group Name Source*.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub enum GroupNameSource {
    /// Its `cn`, which need not be the one in its distinguished name.
    #[default]
    #[serde(rename = "cn")]
    CommonName,
    /// Its whole distinguished name.
    #[serde(rename = "dn")]
    DistinguishedName,
}
