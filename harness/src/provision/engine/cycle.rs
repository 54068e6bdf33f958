//! The executor: carries out a cycle's operations with several threads, users before groups, and keeps the ledger.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinSet;

use super::context::{Context, CreateSent, Done, Outcome, Trouble};
use super::decide::{self, GroupOperation};
use super::groups::{self, GroupWork, Remarks};
use super::pass::{DesiredGroup, Item, Pass, PassError, UserWork};
use super::report::{Abort, Action, Cause, CycleReport, Failure};
use super::users;
use crate::provision::channel::Channel;
use crate::provision::client::Description;
use crate::provision::client::wire::Wire;
use crate::provision::ledger::{Guid, Kind, Ledger, LedgerError, Row, Sent};
use crate::provision::options::Options;
use crate::provision::source::Source;

/// After this many operations in a row without an answer the endpoint counts as gone.
const MOST_UNANSWERED: u32 = 20;
/// Outcomes are written to the ledger in groups of at most this many.
const LEDGER_GROUP: usize = 500;

/// One channel, ready to run cycles against one endpoint as one client.
pub struct Provisioner {
    pub channel: Channel,
    pub description: Arc<Description>,
    pub options: Options,
    pub wire: Arc<dyn Wire>,
    pub ledger: Arc<dyn Ledger>,
}

impl Provisioner {
    /// Runs one cycle. What fails stays dirty; the next cycle tries again.
    ///
    /// # Errors
    /// The source or the ledger cannot be read. Entries that were reached by then have been provisioned; nobody counts as
    /// a leaver.
    pub async fn cycle(&self, source: &dyn Source) -> Result<CycleReport, PassError> {
        let started = Instant::now();
        let context = Arc::new(Context {
            description: Arc::clone(&self.description),
            options: self.options.clone(),
            wire: Arc::clone(&self.wire),
            ledger: Arc::clone(&self.ledger),
            group_index: groups::GroupIndex::default(),
        });
        let mut executor = Executor {
            context,
            ledger: Arc::clone(&self.ledger),
            threads: self.options.max_threads.max(1),
            report: CycleReport::default(),
            unanswered: 0,
            unwritten: Vec::new(),
            removed: HashSet::new(),
        };
        let pass = Pass::begin(source, &self.channel, &*self.ledger, &self.options)?;
        executor.run(pass).await?;
        let mut report = executor.report;
        // Several threads finish in any order; a report reads the same every time.
        report.trusted_empty.sort_unstable();
        report.failures.sort_by(|left, right| (left.kind, &left.dn).cmp(&(right.kind, &right.dn)));
        report.elapsed = started.elapsed();
        Ok(report)
    }
}

struct Executor {
    context: Arc<Context>,
    ledger: Arc<dyn Ledger>,
    threads: usize,
    report: CycleReport,
    /// Operations in a row that got no answer.
    unanswered: u32,
    unwritten: Vec<(Kind, Guid, Option<Row>)>,
    /// Target ids of users that were deleted in this cycle, which takes them out of their groups.
    removed: HashSet<Box<str>>,
}

/// A task's result, and the entry that it belongs to.
struct UserDone {
    guid: Guid,
    dn: String,
    identifier: String,
    old_id: Option<Box<str>>,
    done: Done,
}

struct GroupDone {
    group: usize,
    done: Done,
    remarks: Remarks,
}

/// A group on its way through the two phases.
struct GroupProgress {
    guid: Guid,
    dn: String,
    name: String,
    row: Option<Row>,
    did: bool,
    failed: bool,
}

impl Executor {
    async fn run(&mut self, mut pass: Pass<'_>) -> Result<(), PassError> {
        let outcome = self.users(&mut pass).await;
        // What was done is remembered even if the source broke off.
        self.flush()?;
        outcome?;
        self.report.warnings.extend(pass.finish_warnings());
        if self.report.aborted.is_none() {
            self.groups(&mut pass).await?;
            self.flush()?;
        } else if !pass.groups.is_empty() {
            self.report
                .warnings
                .push("group changes were not sent, because those of the users did not finish".to_owned());
        }
        Ok(())
    }

    async fn users(&mut self, pass: &mut Pass<'_>) -> Result<(), PassError> {
        let mut tasks = JoinSet::new();
        while self.report.aborted.is_none() {
            match pass.next_user() {
                Ok(Some(item)) => self.user_item(&mut tasks, item).await?,
                Ok(None) => break,
                Err(error) => {
                    self.drain_users(&mut tasks).await?;
                    return Err(error);
                }
            }
        }
        self.drain_users(&mut tasks).await?;
        if self.report.aborted.is_some() {
            return Ok(());
        }
        for item in pass.leavers()? {
            if self.report.aborted.is_some() {
                break;
            }
            self.user_item(&mut tasks, item).await?;
        }
        self.drain_users(&mut tasks).await
    }

    async fn drain_users(&mut self, tasks: &mut JoinSet<UserDone>) -> Result<(), PassError> {
        while let Some(done) = tasks.join_next().await {
            self.user_done(done)?;
        }
        // Every row that later decisions read must be in the ledger by now.
        self.flush()?;
        Ok(())
    }

    async fn user_item(&mut self, tasks: &mut JoinSet<UserDone>, item: Item) -> Result<(), PassError> {
        match item {
            Item::Unchanged => self.report.users.unchanged += 1,
            Item::Refused { name, refusal } => self.report.refuse(refusal, &name),
            Item::Problem(failure) => self.report.fail(failure),
            Item::Work(work) => {
                while tasks.len() >= self.threads {
                    if let Some(done) = tasks.join_next().await {
                        self.user_done(done)?;
                    }
                }
                // What was waited for may have shown that going on cannot help.
                if self.report.aborted.is_none() {
                    tasks.spawn(user_task(Arc::clone(&self.context), work));
                }
            }
        }
        Ok(())
    }

    fn user_done(&mut self, joined: Result<UserDone, tokio::task::JoinError>) -> Result<(), PassError> {
        let UserDone { guid, dn, identifier, old_id, done } = joined.map_err(|error| stopped(&error))?;
        if let (Outcome::Did(Action::Deleted), Some(id)) = (&done.outcome, old_id) {
            self.removed.insert(id);
        }
        self.remember(Kind::User, guid, done.row)?;
        self.note_answer(&done.outcome);
        match done.outcome {
            Outcome::Did(action) => {
                self.report.act(Kind::User, action);
                self.report.succeed(Kind::User);
            }
            Outcome::Silent => self.report.users.unchanged += 1,
            Outcome::Refused(refusal) => self.report.refuse(refusal, &dn),
            Outcome::Failed(trouble) => self.report.fail(trouble.into_failure(Kind::User, &dn, &identifier)),
        }
        Ok(())
    }

    fn remember(&mut self, kind: Kind, guid: Guid, row: Option<Row>) -> Result<(), LedgerError> {
        self.unwritten.push((kind, guid, row));
        if self.unwritten.len() >= LEDGER_GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), LedgerError> {
        self.ledger.write(std::mem::take(&mut self.unwritten))
    }

    /// Stops the cycle when going on cannot help.
    fn note_answer(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Failed(Trouble { cause: Cause::NoAnswer, .. }) => {
                self.unanswered += 1;
                if self.unanswered >= MOST_UNANSWERED {
                    self.report.aborted.get_or_insert(Abort::Unanswered(self.unanswered));
                }
            }
            Outcome::Failed(Trouble { cause: Cause::Status(status @ 401), .. }) => {
                self.report.aborted.get_or_insert(Abort::Credentials(*status));
            }
            _ => self.unanswered = 0,
        }
    }

    async fn groups(&mut self, pass: &mut Pass<'_>) -> Result<(), PassError> {
        for failure in std::mem::take(&mut pass.group_problems) {
            self.report.fail(failure);
        }
        let groups = std::mem::take(&mut pass.groups);
        let mut progress = Vec::with_capacity(groups.len());
        let mut works = Vec::with_capacity(groups.len());
        for group in &groups {
            let row = self.ledger.get(Kind::Group, &group.guid)?;
            let operation = decide::group(Some(&group.name), row.as_ref());
            works.push(GroupWork {
                guid: group.guid.clone(),
                name: group.name.clone(),
                operation,
                row: row.unwrap_or_default(),
            });
            progress.push(GroupProgress {
                guid: group.guid.clone(),
                dn: group.dn.clone(),
                name: group.name.clone(),
                row: None,
                did: false,
                failed: false,
            });
        }
        self.group_phase(works, &mut progress).await?;
        self.member_phase(&groups, &pass.by_dn, &mut progress).await?;
        self.delete_groups(pass, &mut progress).await?;
        for group in progress {
            match (group.failed, group.did) {
                (true, _) => {}
                (false, true) => self.report.succeed(Kind::Group),
                (false, false) => self.report.groups.unchanged += 1,
            }
        }
        Ok(())
    }

    async fn group_phase(&mut self, works: Vec<GroupWork>, progress: &mut [GroupProgress]) -> Result<(), PassError> {
        let offset = progress.len() - works.len();
        let mut tasks = JoinSet::new();
        for (index, work) in works.into_iter().enumerate() {
            let group = offset + index;
            if work.operation == GroupOperation::Keep {
                progress[group].row = Some(work.row);
                continue;
            }
            if self.report.aborted.is_some() {
                break;
            }
            while tasks.len() >= self.threads {
                if let Some(done) = tasks.join_next().await {
                    self.group_done(done, progress)?;
                }
            }
            tasks.spawn(group_task(Arc::clone(&self.context), group, work));
        }
        while let Some(done) = tasks.join_next().await {
            self.group_done(done, progress)?;
        }
        self.flush()?;
        Ok(())
    }

    async fn member_phase(
        &mut self,
        groups: &[DesiredGroup],
        by_dn: &HashMap<Box<str>, (Kind, Guid)>,
        progress: &mut [GroupProgress],
    ) -> Result<(), PassError> {
        let mut tasks = JoinSet::new();
        for (index, group) in groups.iter().enumerate() {
            let Some(mut row) = progress[index].row.clone().filter(|row| row.target_id.is_some()) else { continue };
            if progress[index].failed || self.report.aborted.is_some() {
                continue;
            }
            let mut wanted = BTreeSet::new();
            for member in &group.members {
                let Some((kind, guid)) = by_dn.get(member) else { continue };
                if let Some(id) = self.ledger.get(*kind, guid)?.and_then(|row| row.target_id) {
                    wanted.insert(id);
                }
            }
            if let Some(Sent::Group { members }) = &mut row.sent {
                let before = members.len();
                // The target takes a deleted user out of its groups by itself.
                members.retain(|id| !self.removed.contains(id));
                let (is_shorter, is_settled) = (members.len() < before, *members == wanted && !row.dirty);
                if is_shorter && is_settled {
                    self.remember(Kind::Group, group.guid.clone(), Some(row.clone()))?;
                }
                if is_settled {
                    continue;
                }
            }
            while tasks.len() >= self.threads {
                if let Some(done) = tasks.join_next().await {
                    self.group_done(done, progress)?;
                }
            }
            tasks.spawn(member_task(Arc::clone(&self.context), index, row, wanted));
        }
        while let Some(done) = tasks.join_next().await {
            self.group_done(done, progress)?;
        }
        Ok(())
    }

    async fn delete_groups(&mut self, pass: &Pass<'_>, progress: &mut Vec<GroupProgress>) -> Result<(), PassError> {
        let mut works = Vec::new();
        for (guid, row) in pass.gone_groups()? {
            let operation = decide::group(None, Some(&row));
            progress.push(GroupProgress {
                guid: guid.clone(),
                dn: format!("(gone) {}", row.identifier),
                name: row.identifier.to_string(),
                row: None,
                did: false,
                failed: false,
            });
            works.push(GroupWork { guid, name: row.identifier.to_string(), operation, row });
        }
        self.group_phase(works, progress).await
    }

    fn group_done(
        &mut self,
        joined: Result<GroupDone, tokio::task::JoinError>,
        progress: &mut [GroupProgress],
    ) -> Result<(), PassError> {
        let GroupDone { group, done, remarks } = joined.map_err(|error| stopped(&error))?;
        let group = &mut progress[group];
        group.row.clone_from(&done.row);
        self.report.warnings.extend(remarks.warning);
        if remarks.trusted_empty {
            self.report.trusted_empty.push(group.name.clone());
        }
        self.note_answer(&done.outcome);
        match done.outcome {
            Outcome::Did(action) => {
                group.did = true;
                self.report.act(Kind::Group, action);
            }
            Outcome::Silent | Outcome::Refused(_) => {}
            Outcome::Failed(trouble) => {
                group.failed = true;
                self.report.fail(trouble.into_failure(Kind::Group, &group.dn, &group.name));
            }
        }
        let guid = group.guid.clone();
        self.remember(Kind::Group, guid, done.row)?;
        Ok(())
    }
}

async fn user_task(context: Arc<Context>, work: UserWork) -> UserDone {
    let create_sent = CreateSent::default();
    let row = work.row.clone();
    let (guid, dn) = (work.guid.clone(), work.dn.clone());
    let identifier =
        work.desired.as_ref().map_or_else(|| row.identifier.to_string(), |desired| desired.user_name.clone());
    let running = users::run(&context, work, create_sent.clone());
    let done = match tokio::time::timeout(context.options.timeout, running).await {
        Ok(done) => done,
        Err(_) => abandoned(&context, &row, &identifier, &create_sent),
    };
    UserDone { guid, dn, identifier, old_id: row.target_id, done }
}

async fn group_task(context: Arc<Context>, group: usize, work: GroupWork) -> GroupDone {
    let create_sent = CreateSent::default();
    let running = groups::run(&context, &work, create_sent.clone());
    let (done, remarks) = match tokio::time::timeout(context.options.timeout, running).await {
        Ok(done) => done,
        Err(_) => (abandoned(&context, &work.row, &work.name, &create_sent), Remarks::default()),
    };
    GroupDone { group, done, remarks }
}

async fn member_task(context: Arc<Context>, group: usize, row: Row, wanted: BTreeSet<Box<str>>) -> GroupDone {
    let running = groups::set_members(&context, row.clone(), wanted);
    let done = match tokio::time::timeout(context.options.timeout, running).await {
        Ok(done) => done,
        Err(_) => abandoned(&context, &row, &row.identifier, &CreateSent::default()),
    };
    GroupDone { group, done, remarks: Remarks::default() }
}

/// An operation that takes too long is given up; it is dirty, and the next cycle repeats it.
fn abandoned(context: &Context, row: &Row, identifier: &str, create_sent: &CreateSent) -> Done {
    let seconds = context.options.timeout.as_secs_f32();
    let trouble = Trouble {
        message: format!(
            "the operation was given up after {seconds} s and is repeated in the next cycle; raise --timeout if the endpoint is slow"
        ),
        cause: Cause::NoAnswer,
        exchange: None,
    };
    let row = Row {
        dirty: true,
        create_pending: row.create_pending || create_sent.is_set(),
        identifier: identifier.into(),
        ..row.clone()
    };
    Done { row: Some(row), outcome: Outcome::Failed(trouble) }
}

fn stopped(error: &tokio::task::JoinError) -> LedgerError {
    LedgerError(format!("cannot be kept: an operation ended without a result ({error})"))
}

/// Names of entries in a failure, for callers that group failures by entry.
impl Failure {
    /// Whether the entry itself is to blame.
    #[must_use]
    pub fn is_source(&self) -> bool {
        self.cause == Cause::Source
    }
}
