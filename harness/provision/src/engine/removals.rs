//! Whether a cycle would take away more than its owner may have meant. It is known only behind the last entry of the source.

use std::collections::BTreeSet;

use weir_files::count::counted;

use super::decide;
use super::decide::{GroupOperation, UserOperation};
use super::pass::{Item, Pass, PassError, UserWork};
use super::report::Abort;
use crate::ledger::{Kind, LedgerError, SentState};
use crate::options::{Options, RemoveUserAction};

impl UserWork {
    /// Whether an account is disabled or deleted.
    #[must_use]
    pub const fn removes(&self) -> bool {
        matches!(self.operation, UserOperation::Disable | UserOperation::Delete | UserOperation::Settle)
    }
}

impl Pass<'_> {
    /// Why the removals of the cycle are held back; nothing if they are not. `made` accounts have come in this cycle.
    pub(super) fn removals_held(
        &self,
        leavers: &[Item],
        held_back: &[UserWork],
        made: u64,
        options: &Options,
    ) -> Result<Option<Abort>, PassError> {
        let guard = options.guard;
        let leaving = leavers.iter().filter(|item| matches!(item, Item::Work(work) if work.removes())).count();
        let count = (leaving + held_back.len()) as u64;
        let done = match options.remove_user_action {
            RemoveUserAction::Disable => "disabled",
            RemoveUserAction::Delete => "deleted",
        };
        if options.rule_deleted {
            return Ok(None);
        }
        if self.is_without_people() {
            // To agree to that is to agree to its consequences.
            if !guard.stops_without_people {
                return Ok(None);
            }
            let consequence = match count {
                0 => "no account would change".to_owned(),
                count => format!("{} would be {done}", counted(count, "account", "accounts")),
            };
            return Ok(Some(Abort::NoPerson { why: self.why_empty(), consequence }));
        }
        let Some(limit) = guard.removals.filter(|_| count > 0) else { return Ok(None) };
        let known = self.known(Kind::User)?.saturating_sub(made);
        Ok(limit.is_exceeded(count, known).then_some(Abort::Removals { count, known, what: "accounts", done, limit }))
    }

    /// As [`Self::removals_held`], of groups.
    pub(super) fn too_many_groups(&self, options: &Options) -> Result<Option<Abort>, PassError> {
        let Some(limit) = options.guard.removals else { return Ok(None) };
        let gone = self.gone_groups()?;
        let is_deleted =
            |row| matches!(decide::group(None, Some(row)), GroupOperation::Delete | GroupOperation::Settle);
        let count = gone.iter().filter(|(_, row)| is_deleted(row)).count() as u64;
        if count == 0 {
            return Ok(None);
        }
        let known = self.known(Kind::Group)?;
        let abort = Abort::Removals { count, known, what: "groups", done: "deleted", limit };
        Ok(limit.is_exceeded(count, known).then_some(abort))
    }

    /// As [`Self::removals_held`], of members whom groups would lose although their accounts stay. To be asked when the members
    /// can be found.
    pub(super) fn too_many_memberships(&self, options: &Options) -> Result<Option<Abort>, PassError> {
        let Some(limit) = options.guard.removals else { return Ok(None) };
        if let Some(held) = self.members_elsewhere() {
            return Ok(Some(held));
        }
        let (mut known, mut count) = (0, 0);
        for group in &self.groups {
            let row = self.ledger().get(Kind::Group, &group.guid)?;
            let Some(SentState::Group { members }) = row.and_then(|row| row.sent) else { continue };
            known += members.len() as u64;
            let mut wanted = BTreeSet::new();
            for (kind, guid) in self.members.find(&group.members) {
                wanted.extend(self.ledger().target_id(kind, guid)?);
            }
            for id in members.difference(&wanted) {
                count += u64::from(self.stays(id)?);
            }
        }
        let abort = Abort::Removals { count, known, what: "memberships", done: "removed", limit };
        Ok(limit.is_exceeded(count, known).then_some(abort))
    }

    /// Whether the account, or the group, is of an entry that is still there: who leaves is counted as an account.
    fn stays(&self, target_id: &str) -> Result<bool, LedgerError> {
        for kind in [Kind::User, Kind::Group] {
            if let Some(owner) = self.ledger().owner(kind, target_id)? {
                return Ok(self.holds(kind, &owner));
            }
        }
        Ok(false)
    }

    /// How many accounts, or groups, the ledger knows of entries that have not left.
    fn known(&self, kind: Kind) -> Result<u64, LedgerError> {
        let mut known = 0;
        self.ledger().scan(kind, &mut |_, row| known += u64::from(row.target_id.is_some() && !row.gone))?;
        Ok(known)
    }
}
