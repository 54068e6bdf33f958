//! The group part of a cycle: groups are made and named, then get their members, then those that are gone are deleted.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::context::{Context, CreateSent, OperationError, OperationResult, Outcome};
use super::cycle::{Executor, abandoned, stopped};
use super::decide;
use super::decide::GroupOperation;
use super::groups;
use super::groups::{GroupWork, Remarks};
use super::pass::{DesiredGroup, Pass, PassError};
use super::report::Failure;
use super::slots::QueuePlace;
use crate::ledger::{Guid, Kind, Row, SentState};

/// Operations that wait while others run: each holds what it sends.
const MOST_WAITING: usize = 64;

/// The outcome of one group.
struct GroupDone {
    group: usize,
    /// The target has it.
    is_there: bool,
    outcome: Outcome,
    remarks: Remarks,
}

/// A group on its way through the phases.
struct GroupProgress {
    dn: String,
    name: String,
    /// It is in the target, so that it can have members.
    is_there: bool,
    did: bool,
    failed: bool,
    /// A fault of the entry, although it is provisioned.
    fault: Option<String>,
}

impl GroupProgress {
    fn new(dn: String, name: String) -> Self {
        Self { dn, name, is_there: false, did: false, failed: false, fault: None }
    }

    /// The fault of the entry's members.
    fn into_failure(self) -> Failure {
        let message = self.fault.unwrap_or_default();
        let mut failure = OperationError::source(message).into_failure(Kind::Group, &self.dn, &self.name);
        failure.field = Some("member".to_owned());
        failure
    }
}

impl Executor {
    pub(super) async fn groups(&mut self, pass: &mut Pass<'_>) -> Result<(), PassError> {
        for failure in std::mem::take(&mut pass.group_problems) {
            self.fail(failure);
            self.progress.add_group();
        }
        let groups = std::mem::take(&mut pass.groups);
        let mut progress = Vec::with_capacity(groups.len());
        let mut works = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let mut one = GroupProgress::new(group.dn.clone(), group.name.clone());
            one.fault.clone_from(&group.fault);
            let row = self.ledger.get(Kind::Group, &group.guid)?;
            let operation = decide::group(Some(&group.name), row.as_ref());
            one.is_there = operation == GroupOperation::Keep;
            progress.push(one);
            if operation != GroupOperation::Keep {
                let shape = self.context.description.group.as_ref();
                let sends_members = shape.is_some_and(|shape| shape.creates_with_members);
                let members = match operation {
                    GroupOperation::Join if sends_members => self.known_members(group, pass)?,
                    _ => BTreeSet::new(),
                };
                let work = GroupWork {
                    guid: group.guid.clone(),
                    name: group.name.clone(),
                    operation,
                    row: row.unwrap_or_default(),
                    members,
                };
                works.push((index, work));
            }
        }
        self.group_phase(works, &mut progress).await?;
        self.member_phase(&groups, pass, &mut progress).await?;
        self.delete_groups(pass, &mut progress).await?;
        for group in progress {
            match (group.failed, group.did) {
                (true, _) => {}
                (false, _) if group.fault.is_some() => self.fail(group.into_failure()),
                (false, true) => self.report.succeed(Kind::Group),
                (false, false) => self.report.groups.unchanged += 1,
            }
        }
        Ok(())
    }

    async fn group_phase(
        &mut self,
        works: Vec<(usize, GroupWork)>,
        progress: &mut [GroupProgress],
    ) -> Result<(), PassError> {
        for (_, work) in &works {
            if work.operation == GroupOperation::Join && !work.row.create_pending {
                self.context.outbox.push((Kind::Group, work.guid.clone(), Some(Row::intent(&work.name))));
            }
        }
        self.context.outbox.settle().await?;
        let mut tasks = JoinSet::new();
        for (group, work) in works {
            if self.is_halted() {
                break;
            }
            let place = self.context.slots.queue_up().await;
            tasks.spawn(group_task(Arc::clone(&self.context), place, group, work));
            self.group_room(&mut tasks, progress).await?;
        }
        self.drain_groups(&mut tasks, progress).await
    }

    async fn member_phase(
        &mut self,
        groups: &[DesiredGroup],
        pass: &Pass<'_>,
        progress: &mut [GroupProgress],
    ) -> Result<(), PassError> {
        let mut tasks = JoinSet::new();
        for (index, group) in groups.iter().enumerate() {
            self.progress.add_group();
            if progress[index].failed || !progress[index].is_there || self.is_halted() {
                continue;
            }
            let Some(mut row) = self.ledger.get(Kind::Group, &group.guid)?.filter(|row| row.target_id.is_some()) else {
                continue;
            };
            let wanted = self.known_members(group, pass)?;
            self.report.without_account.note(group.members.len().saturating_sub(wanted.len()) as u64, &group.dn);
            if let Some(SentState::Group { members }) = &mut row.sent {
                let before = members.len();
                // The target takes a deleted user out of its groups by itself.
                members.retain(|id| !self.removed.contains(id));
                let (is_shorter, is_settled) = (members.len() < before, *members == wanted && !row.dirty);
                if is_shorter && is_settled {
                    self.context.outbox.push((Kind::Group, group.guid.clone(), Some(row.clone())));
                }
                if is_settled {
                    continue;
                }
            }
            let place = self.context.slots.queue_up().await;
            tasks.spawn(member_task(Arc::clone(&self.context), place, index, group.guid.clone(), row, wanted));
            self.group_room(&mut tasks, progress).await?;
        }
        self.drain_groups(&mut tasks, progress).await
    }

    /// The target ids of those members that have one.
    fn known_members(&self, group: &DesiredGroup, pass: &Pass<'_>) -> Result<BTreeSet<Box<str>>, PassError> {
        let mut known = BTreeSet::new();
        for (kind, guid) in pass.members.find(&group.members) {
            known.extend(self.ledger.target_id(kind, guid)?);
        }
        Ok(known)
    }

    async fn delete_groups(&mut self, pass: &Pass<'_>, progress: &mut Vec<GroupProgress>) -> Result<(), PassError> {
        let mut works = Vec::new();
        for (guid, row) in pass.gone_groups()? {
            let operation = decide::group(None, Some(&row));
            let name = row.identifier.to_string();
            works.push((progress.len(), GroupWork { guid, name, operation, row, members: BTreeSet::new() }));
            let (_, work) = &works[works.len() - 1];
            progress.push(GroupProgress::new(format!("(gone) {}", work.name), work.name.clone()));
        }
        self.group_phase(works, progress).await
    }

    /// Waits until there are not too many operations that wait.
    async fn group_room(
        &mut self,
        tasks: &mut JoinSet<Option<GroupDone>>,
        progress: &mut [GroupProgress],
    ) -> Result<(), PassError> {
        while tasks.len() > MOST_WAITING {
            if let Some(done) = tasks.join_next().await {
                self.group_done(done, progress)?;
            }
        }
        Ok(())
    }

    async fn drain_groups(
        &mut self,
        tasks: &mut JoinSet<Option<GroupDone>>,
        progress: &mut [GroupProgress],
    ) -> Result<(), PassError> {
        while let Some(done) = tasks.join_next().await {
            self.group_done(done, progress)?;
        }
        // Every row that later decisions read must be in the ledger by now.
        Ok(self.context.outbox.settle().await?)
    }

    fn group_done(
        &mut self,
        joined: Result<Option<GroupDone>, tokio::task::JoinError>,
        progress: &mut [GroupProgress],
    ) -> Result<(), PassError> {
        let Some(GroupDone { group, is_there, outcome, remarks }) = joined.map_err(|error| stopped(&error))? else {
            return Ok(());
        };
        let group = &mut progress[group];
        group.is_there = is_there;
        self.report.warnings.extend(remarks.warning);
        if remarks.trusted_empty {
            self.report.trusted_empty.push(group.name.clone());
        }
        match outcome {
            Outcome::Did(action) => {
                group.did = true;
                self.report.act(Kind::Group, action);
            }
            Outcome::Silent | Outcome::Refused(_) => {}
            Outcome::Failed(trouble) => {
                group.failed = true;
                let failure = trouble.into_failure(Kind::Group, &group.dn, &group.name);
                self.fail(failure);
            }
        }
        Ok(())
    }
}

async fn group_task(context: Arc<Context>, place: QueuePlace, group: usize, work: GroupWork) -> Option<GroupDone> {
    let _slot = place.slot().await?;
    if context.halt.reason().is_some() {
        return None;
    }
    let create_sent = CreateSent::default();
    let running = groups::run(&context, &work, create_sent.clone());
    let (done, remarks) = match tokio::time::timeout(context.options.timeout, running).await {
        Ok(done) => done,
        Err(_) => (abandoned(&context, &work.row, &work.name, &create_sent), Remarks::default()),
    };
    Some(finished(&context, group, work.guid, done, remarks))
}

async fn member_task(
    context: Arc<Context>,
    place: QueuePlace,
    group: usize,
    guid: Guid,
    row: Row,
    wanted: BTreeSet<Box<str>>,
) -> Option<GroupDone> {
    let _slot = place.slot().await?;
    if context.halt.reason().is_some() {
        return None;
    }
    let running = groups::set_members(&context, row.clone(), wanted);
    let done = match tokio::time::timeout(context.options.timeout, running).await {
        Ok(done) => done,
        Err(_) => abandoned(&context, &row, &row.identifier, &CreateSent::default()),
    };
    Some(finished(&context, group, guid, done, Remarks::default()))
}

fn finished(context: &Context, group: usize, guid: Guid, done: OperationResult, remarks: Remarks) -> GroupDone {
    let OperationResult { row, outcome } = done;
    let is_there = row.as_ref().is_some_and(|row| row.target_id.is_some());
    context.outbox.push((Kind::Group, guid, row));
    context.halt.note(&outcome);
    GroupDone { group, is_there, outcome, remarks }
}
