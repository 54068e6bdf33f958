//! The executor: carries out a cycle's operations with several threads, users before groups, and keeps the ledger.
//!
//! Nothing is lost or doubled wherever the program ends: before an account can be created, the ledger says that it may be
//! there; the outcome of an operation is written soon after it, in a group with others; and what the source needs to tell
//! changes is written when everything that it gave before has been dealt with.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinSet;

use super::context::{Context, CreateSent, OperationError, OperationResult, Outcome};
use super::decide::Refusal;
use super::groups;
use super::halt::Halt;
use super::outbox::Outbox;
use super::pass::{Item, Pass, PassError, UserWork};
use super::progress::Progress;
use super::report::{Action, Cause, CycleReport, Failure, IdentityReuse};
use super::slots::{QueuePlace, Slots};
use super::users;
use crate::channel::Channel;
use crate::client::Description;
use crate::client::wire::Wire;
use crate::ledger::{Kind, Ledger, LedgerError, Row};
use crate::options::Options;
use crate::source::Source;

/// Operations are decided in batches of at most this many, so that their intents are written together.
const BATCH: usize = 500;
/// After this many entries of the source, whether they need something or not, outcomes and signals get their turn.
const MOST_READ: usize = 2048;

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
    /// The source or the ledger cannot be read. Entries that were reached by then have been provisioned; no person counts
    /// as a leaver.
    pub async fn cycle(&self, source: &dyn Source) -> Result<CycleReport, PassError> {
        self.watched_cycle(source, &Arc::new(Progress::default())).await
    }

    /// As [`Self::cycle`], watched, and ended early if `progress` is asked to stop.
    ///
    /// # Errors
    /// As [`Self::cycle`].
    pub async fn watched_cycle(&self, source: &dyn Source, progress: &Arc<Progress>) -> Result<CycleReport, PassError> {
        let started = Instant::now();
        progress.begin();
        let mut executor = self.executor(progress);
        let pass = Pass::begin(source, &self.channel, &*self.ledger, &self.options)?;
        executor.run(pass).await?;
        if executor.report.aborted.is_none()
            && let Some(state) = source.settle()
        {
            self.ledger.set_source_state(Some(&self.marked(&state)))?;
        }
        let mut report = executor.report;
        // Several threads finish in any order; a report reads the same every time.
        report.trusted_empty.sort_unstable();
        report.reuses.sort_by(|left, right| left.dn.cmp(&right.dn));
        report.failures.sort_by(|left, right| (left.kind, &left.dn).cmp(&(right.kind, &right.dn)));
        report.elapsed = started.elapsed();
        Ok(report)
    }

    /// Lets the source take up where an earlier run of the program left off. With another channel than then it starts from
    /// its beginning: who did not change may have to be sent all the same.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn resume(&self, source: &dyn Source) -> Result<(), LedgerError> {
        let state = self.ledger.source_state()?;
        if let Some(state) = state.as_deref().and_then(|state| state.strip_prefix(&self.mark())) {
            source.resume(state);
        }
        Ok(())
    }

    fn marked(&self, state: &str) -> String {
        format!("{}{state}", self.mark())
    }

    fn mark(&self) -> String {
        format!("{:016x} ", self.channel.fingerprint())
    }

    fn executor(&self, progress: &Arc<Progress>) -> Executor {
        let context = Arc::new(Context {
            description: Arc::clone(&self.description),
            options: self.options.clone(),
            wire: Arc::clone(&self.wire),
            ledger: Arc::clone(&self.ledger),
            group_index: groups::GroupIndex::default(),
            slots: Slots::new(self.options.max_threads),
            outbox: Outbox::new(Arc::clone(&self.ledger)),
            halt: Halt::new(Arc::clone(progress)),
        });
        Executor {
            context,
            ledger: Arc::clone(&self.ledger),
            report: CycleReport::default(),
            held_back: Vec::new(),
            removed: HashSet::new(),
            progress: Arc::clone(progress),
        }
    }
}

pub(super) struct Executor {
    pub context: Arc<Context>,
    pub ledger: Arc<dyn Ledger>,
    pub report: CycleReport,
    /// Removals of people who are still in the source: they wait until it is known how many there are in all.
    held_back: Vec<UserWork>,
    /// Target ids of users that were deleted in this cycle, which takes them out of their groups.
    pub removed: HashSet<Box<str>>,
    pub progress: Arc<Progress>,
}

/// The outcome of a user, and the entry that it belongs to.
struct UserDone {
    dn: String,
    identifier: String,
    old_id: Option<Box<str>>,
    outcome: Outcome,
    reuse: Option<IdentityReuse>,
}

/// A task's result; nothing if it was not begun, because going on cannot help.
type TaskResult<T> = Result<Option<T>, tokio::task::JoinError>;

impl Executor {
    async fn run(&mut self, mut pass: Pass<'_>) -> Result<(), PassError> {
        let outcome = self.users(&mut pass).await;
        // Outcomes are remembered even if the source broke off.
        self.context.outbox.settle().await?;
        outcome?;
        self.report.warnings.extend(pass.finish_warnings());
        self.report.left_out = pass.left_out();
        self.report.aborted = self.report.aborted.take().or(self.context.halt.reason());
        if self.report.aborted.is_none() {
            pass.members.finish();
            self.report.aborted = match pass.too_many_groups(&self.context.options)? {
                None => pass.too_many_memberships(&self.context.options)?,
                held => held,
            };
        }
        if self.report.aborted.is_none() {
            self.groups(&mut pass).await?;
            self.context.outbox.settle().await?;
            self.report.aborted = self.context.halt.reason();
        } else if !pass.groups.is_empty() {
            self.report.warnings.push("group changes were not sent, because the cycle stopped before them".to_owned());
        }
        Ok(())
    }

    pub(super) fn is_halted(&self) -> bool {
        self.context.halt.reason().is_some()
    }

    async fn users(&mut self, pass: &mut Pass<'_>) -> Result<(), PassError> {
        self.carry_out(false, || pass.next_user().map(|item| (item, pass.read))).await?;
        if self.is_halted() {
            return Ok(());
        }
        // Every row that shows a leaver must be in the ledger by now.
        self.context.outbox.settle().await?;
        let read = pass.read;
        let leavers = pass.leavers()?;
        let held_back = std::mem::take(&mut self.held_back);
        let made = self.report.count(Kind::User, Action::Created) + self.report.count(Kind::User, Action::Linked);
        self.report.aborted = pass.removals_held(&leavers, &held_back, made, &self.context.options)?;
        if self.report.aborted.is_some() {
            return Ok(());
        }
        let mut removals = held_back.into_iter().map(Item::Work).chain(leavers);
        self.carry_out(true, || Ok((removals.next(), read))).await
    }

    /// Decides and carries out until there is nothing more, or going on cannot help. Removals wait for the last items.
    async fn carry_out(
        &mut self,
        is_last: bool,
        mut next: impl FnMut() -> Result<(Option<Item>, u64), PassError>,
    ) -> Result<(), PassError> {
        let mut tasks = JoinSet::new();
        let mut outcome = Ok(());
        let mut is_over = false;
        while !is_over && !self.is_halted() {
            let mut batch = Vec::new();
            match self.decide(is_last, &mut next, &mut batch) {
                Ok(over) => is_over = over,
                Err(error) => {
                    // Decisions before the fault are carried out all the same.
                    is_over = true;
                    outcome = Err(error);
                }
            }
            self.announce(&batch).await?;
            for work in batch {
                let place = self.context.slots.queue_up().await;
                tasks.spawn(user_task(Arc::clone(&self.context), place, work));
            }
            while let Some(done) = tasks.try_join_next() {
                self.user_done(done)?;
            }
            // A batch waits while the next one is read.
            while tasks.len() > BATCH {
                if let Some(done) = tasks.join_next().await {
                    self.user_done(done)?;
                }
            }
            tokio::task::yield_now().await;
        }
        while let Some(done) = tasks.join_next().await {
            self.user_done(done)?;
        }
        outcome
    }

    /// Takes items until a batch of work is full; whether there are no more.
    fn decide(
        &mut self,
        is_last: bool,
        next: &mut impl FnMut() -> Result<(Option<Item>, u64), PassError>,
        batch: &mut Vec<UserWork>,
    ) -> Result<bool, PassError> {
        let guard = self.context.options.guard;
        for _ in 0..MOST_READ {
            let (item, read) = next()?;
            self.progress.set_read(read);
            let Some(item) = item else { return Ok(true) };
            match item {
                Item::Work(work) if !is_last && work.removes() && guard.is_set() => self.held_back.push(work),
                Item::Work(work) => batch.push(work),
                item => self.without_work(item),
            }
            if batch.len() >= BATCH {
                break;
            }
        }
        Ok(false)
    }

    fn without_work(&mut self, item: Item) {
        let stale = match item {
            Item::Unchanged | Item::Work(_) => {
                self.report.users.unchanged += 1;
                None
            }
            Item::Refused { name, refusal, stale } => {
                self.refuse(refusal, &name);
                stale
            }
            Item::Problem { failure, stale } => {
                self.fail(failure);
                stale
            }
        };
        if let Some((guid, row)) = stale {
            self.context.outbox.push((Kind::User, guid, Some(row)));
        }
        self.progress.add_user();
    }

    fn refuse(&mut self, refusal: Refusal, name: &str) {
        let option = self.context.description.option_name(refusal.place()).unwrap_or_else(|| refusal.option());
        self.report.refuse(refusal, option, name);
    }

    pub(super) fn fail(&mut self, failure: Failure) {
        self.progress.add_failure();
        self.report.fail(failure);
    }

    /// Writes the intents of a batch, before any of it is begun.
    async fn announce(&self, batch: &[UserWork]) -> Result<(), LedgerError> {
        let mut is_any = false;
        for work in batch {
            if let Some(row) = work.intent(&self.context.options, &self.context.description.user.identifier) {
                self.context.outbox.push((Kind::User, work.guid.clone(), Some(row)));
                is_any = true;
            }
        }
        if is_any { self.context.outbox.settle().await } else { Ok(()) }
    }

    fn user_done(&mut self, joined: TaskResult<UserDone>) -> Result<(), PassError> {
        let Some(UserDone { dn, identifier, old_id, outcome, reuse }) = joined.map_err(|error| stopped(&error))? else {
            return Ok(());
        };
        if let (Outcome::Did(Action::Deleted), Some(id)) = (&outcome, old_id) {
            self.removed.insert(id);
        }
        self.report.reuses.extend(reuse);
        match outcome {
            Outcome::Did(action) => {
                self.report.act(Kind::User, action);
                self.report.succeed(Kind::User);
            }
            Outcome::Silent => self.report.users.unchanged += 1,
            Outcome::Refused(refusal) => self.refuse(refusal, &dn),
            Outcome::Failed(trouble) => self.fail(trouble.into_failure(Kind::User, &dn, &identifier)),
        }
        self.progress.add_user();
        Ok(())
    }
}

async fn user_task(context: Arc<Context>, place: QueuePlace, work: UserWork) -> Option<UserDone> {
    let _slot = place.slot().await?;
    if context.halt.reason().is_some() {
        return None;
    }
    let create_sent = CreateSent::default();
    let row = work.row.clone();
    let (guid, dn) = (work.guid.clone(), work.dn.clone());
    let identifier =
        work.desired.as_ref().map_or_else(|| row.identifier.to_string(), |desired| desired.user_name.clone());
    let reuse = users::ReuseNote::default();
    let running = users::run(&context, work, create_sent.clone(), reuse.clone());
    let OperationResult { row: after, outcome } = match tokio::time::timeout(context.options.timeout, running).await {
        Ok(done) => done,
        Err(_) => abandoned(&context, &row, &identifier, &create_sent),
    };
    context.outbox.push((Kind::User, guid, after));
    context.halt.note(&outcome);
    Some(UserDone { reuse: reuse.take(&dn), dn, identifier, old_id: row.target_id, outcome })
}

/// An operation that takes too long is given up; it is dirty, and the next cycle repeats it.
pub(super) fn abandoned(context: &Context, row: &Row, identifier: &str, create_sent: &CreateSent) -> OperationResult {
    let seconds = context.options.timeout.as_secs_f32();
    let trouble = OperationError {
        message: format!(
            "the operation was given up after {seconds} s and is repeated in the next cycle; raise --timeout if the endpoint is slow"
        ),
        field: None,
        cause: Cause::NoAnswer,
        exchange: None,
    };
    let row = Row {
        dirty: true,
        create_pending: row.create_pending || create_sent.is_set(),
        identifier: identifier.into(),
        ..row.clone()
    };
    OperationResult { row: Some(row), outcome: Outcome::Failed(trouble) }
}

pub(super) fn stopped(error: &tokio::task::JoinError) -> LedgerError {
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
