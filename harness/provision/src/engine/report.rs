//! The report of a cycle: the counters that administrators know, and the fault of each entry that failed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use weir_exchange::{Evidence, Exchange};

use super::decide::Refusal;
use crate::ledger::Kind;
use crate::options::RemovalLimit;

/// Counts entries of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Entries that needed something.
    pub impacted: u64,
    /// Entries whose account is now as the source wants it.
    pub success: u64,
    /// Entries without an account, because an option forbids to make one.
    pub unsynced: u64,
    /// Entries whose account is out of date, because an option forbids to change it.
    pub partially_synced: u64,
    pub failed: u64,
    /// Entries that needed nothing.
    pub unchanged: u64,
}

/// The operation on an entry, for the table of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    Created,
    Linked,
    Updated,
    Enabled,
    Disabled,
    Deleted,
    Renamed,
    MembersChanged,
}

impl Action {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Linked => "linked",
            Self::Updated => "updated",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
            Self::Renamed => "renamed",
            Self::MembersChanged => "members changed",
        }
    }
}

/// An entry that could not be brought to where it must be. It stays dirty: the next cycle tries again.
#[derive(Clone, Debug)]
pub struct Failure {
    pub kind: Kind,
    /// The entry, as its source names it.
    pub dn: String,
    /// `userName` or `displayName`, as far as known.
    pub identifier: String,
    /// The field to blame, when it is one.
    pub field: Option<String>,
    /// One sentence: what was tried and what came of it.
    pub message: String,
    pub cause: Cause,
    /// The exchange that failed.
    pub exchange: Option<Arc<Exchange>>,
}

/// Where a failure comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The entry itself.
    Source,
    /// The endpoint answered, but not as needed.
    Status(u16),
    /// No answer came, or none in time.
    NoAnswer,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.dn)?;
        if let Some(field) = &self.field {
            write!(f, ", field {field}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Why a cycle ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Abort {
    #[error("the endpoint refused the credentials (status {0}); the cycle stopped, give others and run it again")]
    Credentials(u16),
    #[error("{0} operations in a row got no answer; the cycle stopped, the rest is left for the next one")]
    Unanswered(u32),
    #[error("it was interrupted; what was done is remembered, the rest is left for the next cycle")]
    Interrupted,
    /// The source gave no person.
    #[error("{why}; {consequence}; nothing was sent, --allow-empty goes on all the same")]
    NoPerson { why: String, consequence: String },
    /// The groups of the source name their members by an attribute that the channel does not read.
    #[error(
        "no group of the source names members by {asked}, and {groups} by {attribute}: each would lose its members; none did, give --member-attribute {attribute}, or --allow-removals if it is meant"
    )]
    NoMembers { asked: String, groups: String, attribute: &'static str },
    /// More would be taken away than the limit allows.
    #[error(
        "{count} of {known} {what} would be {done}, which is more than the limit ({limit}); none was, --allow-removals agrees to it"
    )]
    Removals { count: u64, known: u64, what: &'static str, done: &'static str, limit: RemovalLimit },
}

/// An account that was one person's, and was linked to another entry because the names match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityReuse {
    /// The account's id in the target.
    pub account: String,
    pub user_name: String,
    /// The entry that it belongs to now, and its GUID.
    pub dn: String,
    pub guid: String,
    /// The GUID of the entry that it belonged to.
    pub former_guid: String,
    /// The groups that the account is in, as far as the target showed them.
    pub memberships: Vec<String>,
}

impl std::fmt::Display for IdentityReuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { account, user_name, dn, guid, former_guid, memberships } = self;
        write!(
            f,
            "the account {account} ({user_name}) of the entry {former_guid}, which has left, belongs to {dn} ({guid}) now, \
             because the names match; "
        )?;
        if memberships.is_empty() {
            f.write_str("the endpoint shows no groups that it is still in")?;
        } else {
            write!(f, "it is still in {}", memberships.join(", "))?;
        }
        f.write_str("; check that both are one person")
    }
}

/// The report of one cycle.
#[derive(Clone, Debug, Default)]
pub struct CycleReport {
    pub users: Counters,
    pub groups: Counters,
    pub actions: BTreeMap<(Kind, Action), u64>,
    /// Skipped for a cleared option: how many, and the first few by name.
    pub refusals: BTreeMap<Refusal, OptionRefusal>,
    pub failures: Vec<Failure>,
    pub warnings: Vec<String>,
    /// The entries of the source that the channel leaves out, as sentences.
    pub left_out: Vec<String>,
    /// Members of groups that have no account, and how many groups they are in.
    pub without_account: MemberGap,
    /// Accounts of leavers that newcomers got.
    pub reuses: Vec<IdentityReuse>,
    /// Names of groups that were created because a filter found nothing, and that was trusted.
    pub trusted_empty: Vec<String>,
    pub aborted: Option<Abort>,
    pub elapsed: Duration,
    /// The room for the exchanges of failures.
    evidence: Evidence,
}

/// Members that a group of the target lacks, because they have no account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberGap {
    pub members: u64,
    pub groups: u64,
    /// The first of the groups.
    pub first: Option<String>,
}

impl MemberGap {
    pub(super) fn note(&mut self, members: u64, group: &str) {
        if members > 0 {
            self.members += members;
            self.groups += 1;
            self.first.get_or_insert_with(|| group.to_owned());
        }
    }
}

/// Entries that an option kept from being provisioned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptionRefusal {
    /// The option's name on the client's console.
    pub option: String,
    pub count: u64,
    /// Up to [`SHOWN`] of them.
    pub first: Vec<String>,
}

/// How many names a warning lists.
pub const SHOWN: usize = 5;

impl CycleReport {
    /// The counters of a kind.
    pub fn counters(&mut self, kind: Kind) -> &mut Counters {
        match kind {
            Kind::User => &mut self.users,
            Kind::Group => &mut self.groups,
        }
    }

    /// Whether every entry is where it must be, or was skipped by an option.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.failures.is_empty() && self.aborted.is_none()
    }

    /// How often something was done.
    #[must_use]
    pub fn count(&self, kind: Kind, action: Action) -> u64 {
        self.actions.get(&(kind, action)).copied().unwrap_or_default()
    }

    pub(super) fn act(&mut self, kind: Kind, action: Action) {
        *self.actions.entry((kind, action)).or_default() += 1;
    }

    pub(super) fn fail(&mut self, failure: Failure) {
        let counters = self.counters(failure.kind);
        counters.impacted += 1;
        counters.failed += 1;
        let exchange = failure.exchange.as_deref().map(|exchange| self.evidence.of(exchange));
        self.failures.push(Failure { exchange, ..failure });
    }

    pub(super) fn refuse(&mut self, refusal: Refusal, option: &str, name: &str) {
        let counters = &mut self.users;
        counters.impacted += 1;
        if refusal.leaves_account() {
            counters.partially_synced += 1;
        } else {
            counters.unsynced += 1;
        }
        let refused = self.refusals.entry(refusal).or_default();
        option.clone_into(&mut refused.option);
        refused.count += 1;
        if refused.first.len() < SHOWN {
            refused.first.push(name.to_owned());
        }
    }

    pub(super) fn succeed(&mut self, kind: Kind) {
        let counters = self.counters(kind);
        counters.impacted += 1;
        counters.success += 1;
    }
}
