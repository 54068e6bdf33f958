//! A provisioning run: cycles one after the other, then a cycle for each event of a PingOne source.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};
use weir_exchange::{Client, CredentialRefusal, scim_root};
use weir_files::fault::{FileFault, Place};
use weir_provision::client::Description;
use weir_provision::client::wire::{Call, NoAnswer, Reply, Sender, Wire};
use weir_provision::engine::report::Abort;
use weir_provision::engine::{CycleReport, PassError, Progress, Provisioner};
use weir_provision::source::ldap::LdapFault;
use weir_provision::source::ldif::Warning;
use weir_provision::source::pingone::Event;
use weir_provision::source::{Directory, LdapSource, LdifFile, PingOne, Source, SourceError};

use super::events::EventSource;
use crate::exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::output::progress_bar::ProgressBar;
use crate::report::cycle::{Form, Title};
use crate::report::cycles::CycleReports;

/// What the cycles read: one file anew each time, or a directory that changes between them.
pub enum People {
    Server(LdapSource),
    File(LdifFile),
    Directory(Box<Directory>),
    PingOne(Box<PingOne>),
}

impl People {
    /// What a cycle reads from.
    pub fn source(&self) -> &dyn Source {
        match self {
            Self::Server(server) => server,
            Self::File(file) => file,
            Self::Directory(directory) => &**directory,
            Self::PingOne(users) => &**users,
        }
    }

    /// How many entries there are, where that is known.
    fn total(&self) -> Option<u64> {
        match self {
            Self::Server(_) => None,
            Self::File(file) => Some(file.len()),
            Self::Directory(directory) => u64::try_from(directory.len()).ok(),
            Self::PingOne(users) => u64::try_from(users.len()).ok(),
        }
    }
}

/// When there is a further cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pace {
    /// After each of these files of changes.
    Changes(Vec<PathBuf>),
    /// After each line on standard input.
    Step,
    /// After this time, until the run is interrupted.
    Watch(Duration),
}

/// Cycles one after the other.
pub struct ProvisionRun {
    pub provisioner: Provisioner,
    pub people: People,
    /// What is read, as it stands in a title.
    pub source: String,
    pub pace: Pace,
    pub events: Option<EventSource>,
    pub interrupted: watch::Receiver<bool>,
    pub output: Output,
}

/// Whether there is a further cycle.
enum Further {
    Yes,
    No,
    Interrupted,
}

impl ProvisionRun {
    /// Runs every cycle and writes each to `reports`; returns the exit status.
    pub async fn run(mut self, reports: &mut CycleReports) -> Result<u8, Failure> {
        let progress = Arc::default();
        let mut status = self.cycles(&progress, reports).await;
        if let (Ok(first @ (exit::OK | exit::FINDINGS)), Some(events)) = (&status, self.events.take()) {
            status = self.events(events, &progress, reports, *first).await;
        }
        reports.finish()?;
        status
    }

    async fn cycles(&mut self, progress: &Arc<Progress>, reports: &mut CycleReports) -> Result<u8, Failure> {
        self.stop_when_interrupted(progress);
        let is_watch = matches!(self.pace, Pace::Watch(_));
        let form = if is_watch { Form::Watch } else { Form::Table };
        let (total, mut ticks) = match &self.pace {
            Pace::Changes(changes) => (Some(changes.len() + 1), None),
            Pace::Step => (None, None),
            Pace::Watch(period) => (None, Some(ticks(*period))),
        };
        let mut status = exit::OK;
        for number in 1.. {
            match self.further(number, total, ticks.as_mut()).await {
                Further::Yes => {}
                Further::No => break,
                Further::Interrupted if is_watch => break,
                Further::Interrupted => return Ok(exit::INTERRUPTED),
            }
            let source = self.change(number)?;
            let bar = ProgressBar::start(progress, self.people.total());
            let report = self.provisioner.watched_cycle(self.people.source(), progress).await;
            drop(bar);
            let report = match report {
                Ok(report) => report,
                // A source that cannot be read now may be readable in a minute.
                Err(error @ PassError::Source(_)) if is_watch => {
                    self.output.warn(&format!("cycle {number}: {}", pass_failure(&error)));
                    status = pass_failure(&error).status();
                    continue;
                }
                Err(error) => return Err(pass_failure(&error)),
            };
            status = if is_watch { status_of(&report) } else { status.max(status_of(&report)) };
            reports.cycle(&Title { number, total, source: &source, form }, &report)?;
            if report.aborted.as_ref().is_some_and(|aborted| !is_watch || *aborted == Abort::Interrupted) {
                break;
            }
        }
        Ok(status)
    }

    /// Sends each event as it comes. One that cannot be read, or whose user is unknown, is left out with a warning.
    async fn events(
        &mut self,
        mut events: EventSource,
        progress: &Arc<Progress>,
        reports: &mut CycleReports,
        mut status: u8,
    ) -> Result<u8, Failure> {
        for number in 2.. {
            let event = tokio::select! {
                biased;
                Ok(_) = self.interrupted.wait_for(|interrupted| *interrupted) => break,
                event = events.incoming.recv() => event,
            };
            let Some(event) = event else {
                if number == 2 {
                    self.output.warn(&format!("{}: there is no event in it", events.name));
                }
                break;
            };
            let source = match self.apply(event, &events.name) {
                Ok(source) => source,
                Err(problem) => {
                    self.output.warn(&format!("{problem}; the event is left out"));
                    status = status.max(exit::FINDINGS);
                    continue;
                }
            };
            if let People::PingOne(users) = &self.people {
                self.provisioner.options.rule_deleted = users.is_rule_deleted();
            }
            let report = self.provisioner.watched_cycle(self.people.source(), progress).await;
            let report = report.map_err(|error| pass_failure(&error))?;
            status = status.max(status_of(&report));
            reports.cycle(&Title { number, total: None, source: &source, form: Form::Event }, &report)?;
            if report.aborted.is_some() {
                break;
            }
        }
        Ok(status)
    }

    /// Applies an event to the users; what it is, as a title says it.
    fn apply(&mut self, event: Result<(usize, Event), FileFault>, file: &str) -> Result<String, FileFault> {
        let (line, event) = event?;
        let source = format!("{file}:{line} {event}");
        match &mut self.people {
            People::PingOne(users) => {
                let place = Place::Line(line as u64, None);
                users.apply(event).map_err(|error| FileFault::new(place, error.to_string()).of(file))?;
            }
            People::Server(_) | People::File(_) | People::Directory(_) => {}
        }
        Ok(source)
    }

    fn stop_when_interrupted(&self, progress: &Arc<Progress>) {
        let (mut interrupted, progress) = (self.interrupted.clone(), Arc::clone(progress));
        tokio::spawn(async move {
            if interrupted.wait_for(|interrupted| *interrupted).await.is_ok() {
                progress.stop();
            }
        });
    }

    /// Waits for the next cycle's turn.
    async fn further(&mut self, number: usize, total: Option<usize>, ticks: Option<&mut Interval>) -> Further {
        let turn = async {
            match (total, ticks) {
                (Some(total), _) => number <= total,
                (None, Some(ticks)) => {
                    ticks.tick().await;
                    true
                }
                (None, None) => number == 1 || next_line().await,
            }
        };
        tokio::select! {
            biased;
            Ok(_) = self.interrupted.wait_for(|interrupted| *interrupted) => Further::Interrupted,
            is_further = turn => if is_further { Further::Yes } else { Further::No },
        }
    }

    /// Applies the changes that belong to a cycle; what it reads, as a title says it.
    fn change(&mut self, number: usize) -> Result<String, Failure> {
        let change = match &self.pace {
            Pace::Changes(changes) => number.checked_sub(2).and_then(|index| changes.get(index)),
            Pace::Step | Pace::Watch(_) => None,
        };
        let Some(change) = change else { return Ok(self.source.clone()) };
        if let People::Directory(directory) = &mut self.people {
            warn(&self.output, change, &directory.apply_file(change).map_err(Failure::usage)?);
        }
        Ok(change.display().to_string())
    }
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Waits for a line on standard input; `false` at its end.
async fn next_line() -> bool {
    let read = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    matches!(read.await, Ok(Ok(1..)))
}

fn status_of(report: &CycleReport) -> u8 {
    match &report.aborted {
        Some(Abort::Credentials(_) | Abort::Unanswered(_)) => exit::UNREACHABLE,
        Some(Abort::Interrupted) => exit::INTERRUPTED,
        // Whose account it is must be decided by a person.
        None if report.is_clean() && report.reuses.is_empty() => exit::OK,
        None | Some(Abort::NoPerson { .. } | Abort::NoMembers { .. } | Abort::Removals { .. }) => exit::FINDINGS,
    }
}

/// Tells what a reader of LDIF passed over.
pub fn warn(output: &Output, path: &std::path::Path, warnings: &[Warning]) {
    for warning in warnings {
        output.warn(&format!("{}:{}: {}", path.display(), warning.line, warning.text));
    }
}

/// What is wrong with a directory, as a failure of the run.
pub fn directory_failure(fault: &LdapFault) -> Failure {
    if fault.is_usage { Failure::Usage(fault.to_string()) } else { Failure::Unreachable(fault.to_string()) }
}

/// Why a cycle could not be run.
pub fn pass_failure(error: &PassError) -> Failure {
    match error {
        PassError::Source(SourceError::Ldap(fault)) => directory_failure(fault),
        _ => Failure::usage(error),
    }
}

/// Tries URL and credentials before the first cycle, so that what is wrong with them is said once and not for each entry.
pub async fn connect(client: &Client, description: &Description) -> Result<(), Failure> {
    let call = description.connect.call(description);
    let path = call.path.clone();
    let reply = Sender::new(client.clone(), description)
        .send(call)
        .await
        .map_err(|error| Failure::Unreachable(format!("{}: {error}", client.base_url())))?;
    let url = client.base_url();
    match reply.status {
        401 | 403 => {
            let refusal = reply.exchange.as_deref().map(|exchange| CredentialRefusal::new(client, exchange));
            let refusal = refusal.map(|refusal| format!(": {refusal}")).unwrap_or_default();
            Err(Failure::Unreachable(format!("{url} refused the credentials with {}{refusal}", reply.explained())))
        }
        404 => {
            let advice = match scim_root::find(client).await {
                Some(root) => format!("did you mean {root}?"),
                None => "check that the URL is the SCIM base URL".to_owned(),
            };
            let url = url.as_str().trim_end_matches('/');
            Err(Failure::Unreachable(format!("{url}{path} was answered with status 404; {advice}")))
        }
        200..300 => match reply.json {
            Ok(_) => Ok(()),
            Err(why) => Err(Failure::Unreachable(format!("{url}{path}: {why}"))),
        },
        // Perhaps it only dislikes this question; the cycle will tell.
        _ => Ok(()),
    }
}

/// The wire of a dry run.
pub struct Nowhere;

impl Wire for Nowhere {
    fn send(&self, _: Call) -> futures_util::future::BoxFuture<'_, Result<Reply, NoAnswer>> {
        Box::pin(async { Err(NoAnswer("a dry run sends nothing".to_owned())) })
    }
}
