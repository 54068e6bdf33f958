//! `weir provision`: provisioning cycles as a client would run them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};
use url::Url;
use weir_exchange::Client;
use weir_provision::client::Description;
use weir_provision::client::wire::{Call, NoAnswer, Reply, Sender, Wire};
use weir_provision::engine::report::Abort;
use weir_provision::engine::{CycleReport, PassError, Progress, Provisioner};
use weir_provision::ledger::{Identity, Ledger, MemoryLedger};
use weir_provision::options::Put;
use weir_provision::source::ldif::Warning;
use weir_provision::source::{Directory, LdapSource, LdifFile, PingOne, Source, pingone};
use weir_provision::{Channel, Options, RemoveUserAction};

use crate::exit;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::flags::client::{Chosen, ClientFlags};
use crate::flags::cycle_report::CycleReportFlags;
use crate::flags::endpoint::base_url;
use crate::flags::ledger::LedgerFlags;
use crate::flags::pingone::{Incoming, PingOneFlags};
use crate::flags::source::{Place, SourceFlags, pass_failure};
use crate::interrupt;
use crate::output::Output;
use crate::output::confirm;
use crate::output::progress_bar::ProgressBar;
use crate::report::cycle::{Form, Title};
use crate::report::cycles::CycleReports;

const EXAMPLES: &str = "\
Examples:
  weir provision --as pingfederate-aquera --source people.ldif http://127.0.0.1:8080/scim/default
  weir provision --as pingfederate-aquera --source people.ldif --changes joiner.ldif leaver.ldif \\
      --remove-user-action delete --threads 8 http://127.0.0.1:8080/scim/default
  weir provision --as pingfederate-aquera --source people.ldif --dry-run        what the first cycle would do
  weir provision --source ldaps://dc.example.com --directory active-directory --base-dn dc=example,dc=com \\
      --bind-dn weir@example.com --bind-password @secret.txt --step http://127.0.0.1:8080/scim/default

  weir provision --source people.ldif --ledger people.ledger --watch http://127.0.0.1:8080/scim/default
  weir provision --source users.json --rule rule.json --events events.ndjson http://127.0.0.1:8080/scim/default
  weir provision --ledger people.ledger --show-channels                         what the ledger knows

The first cycle reads the source as it is; each --changes file is applied to it before one further cycle.";

/// The client that it is, unless somebody or a connection says otherwise.
const DEFAULT_CLIENT: &str = "pingfederate-aquera";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ProvisionArgs {
    /// The SCIM base URL of the endpoint
    #[arg(value_name = "URL", value_parser = base_url)]
    url: Option<Url>,
    /// The client to provision as; `weir list clients` shows them. Without it that of --connection, or pingfederate-aquera
    #[arg(long = "as", value_name = "CLIENT")]
    client: Option<String>,
    #[command(flatten)]
    configured: ClientFlags,
    /// An LDIF file of changes, applied before one further cycle; may be repeated
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "dry_run")]
    changes: Vec<PathBuf>,
    /// Wait for a line on standard input before each further cycle, so that the directory can be changed by hand; the input's
    /// end is the last cycle's
    #[arg(long, conflicts_with_all = ["dry_run", "changes"])]
    step: bool,
    /// Run a cycle every SECONDS, until Ctrl-C or SIGTERM; between two cycles that ends with the status of the last one
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "60")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..), conflicts_with_all = ["dry_run", "changes", "step"])]
    watch: Option<u64>,
    /// Show what the first cycle would do; sends nothing
    #[arg(long)]
    dry_run: bool,
    /// Agree to writing to an endpoint that is not on this machine
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    source: SourceFlags,
    #[command(flatten)]
    pingone: PingOneFlags,
    /// How many operations are under way at once (Max Threads); --concurrency limits their requests
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Channel")]
    threads: Option<u16>,
    /// After how long an operation is given up and left to the next cycle (Timeout)
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Channel")]
    operation_timeout: Option<u64>,
    /// Clear User Create: users without account get none
    #[arg(long, help_heading = "Target")]
    no_user_create: bool,
    /// Clear User Update: accounts are neither updated nor re-enabled
    #[arg(long, help_heading = "Target")]
    no_user_update: bool,
    /// Clear User Disable / Delete: nobody's account is removed
    #[arg(long, help_heading = "Target")]
    no_user_disable_delete: bool,
    /// Select Provision Disabled Users: users who are disabled in the source get a disabled account
    #[arg(long, help_heading = "Target")]
    provision_disabled_users: bool,
    /// What happens to the account of a user who is deleted, disabled or outside the filter
    #[arg(long, value_enum, value_name = "ACTION", help_heading = "Target")]
    remove_user_action: Option<RemoveUserAction>,
    /// What a PUT holds: the user as read with the mapped values merged in, or the mapped values alone
    #[arg(long, value_enum, value_name = "VARIANT", help_heading = "Target")]
    put: Option<Put>,
    #[command(flatten)]
    ledger: LedgerFlags,
    #[command(flatten)]
    report: CycleReportFlags,
    #[command(flatten)]
    endpoint: EndpointFlags,
}

/// What the cycles read: one file anew each time, or a directory that changes between them.
enum People {
    Server(LdapSource),
    File(LdifFile),
    Directory(Box<Directory>),
    PingOne(Box<PingOne>),
}

impl People {
    fn source(&self) -> &dyn Source {
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

impl ProvisionArgs {
    /// A URL behind the files of `--changes` is the endpoint's, not a file.
    fn take_url(&mut self) -> Result<(), Failure> {
        let last = self.changes.last().and_then(|path| path.to_str()).unwrap_or_default();
        if self.url.is_none() && (last.starts_with("http://") || last.starts_with("https://")) {
            self.url = Some(base_url(last).map_err(Failure::Usage)?);
            self.changes.pop();
        }
        Ok(())
    }
}

pub(super) async fn run(mut args: ProvisionArgs, output: Output) -> Result<u8, Failure> {
    if args.ledger.is_upkeep() {
        return args.ledger.upkeep(output);
    }
    args.take_url()?;
    let chosen = args.configured.choose(args.client.as_deref(), DEFAULT_CLIENT)?;
    let url = chosen.url(args.url.as_ref())?;
    if url.is_none() && !args.dry_run {
        return Err(Failure::Usage("give the SCIM base URL of the endpoint, or --dry-run".into()));
    }
    let (description, connected) = (&chosen.description, chosen.channel.as_ref());
    if let Some(connected) = connected {
        args.source.fill_from(connected);
    }
    let (channel, people) = if let Some(rule) = args.pingone.rule()? {
        let users = PingOneFlags::users(args.source.name(), &rule)?;
        (pingone::channel(&rule).for_client(description), People::PingOne(Box::new(users)))
    } else {
        let channel = args.source.channel_of(connected)?.for_client(description);
        let people = read(&args, &channel)?;
        (channel, people)
    };
    let incoming = args.pingone.incoming()?;
    let mut reports = args.report.open(output)?;
    if args.dry_run {
        // Nothing is sent: the wire behind a plan is never used.
        let ledger = args.planned_ledger(url.as_ref(), &channel, &chosen)?;
        let provisioner = provisioner(&args, channel, &chosen, Arc::new(Nowhere), ledger);
        provisioner.resume(people.source()).map_err(Failure::usage)?;
        let plan = provisioner.plan(people.source()).map_err(|error| pass_failure(&error))?;
        reports.plan(&plan)?;
        return Ok(if plan.failures.is_empty() { exit::OK } else { exit::FINDINGS });
    }
    let Some(url) = url else { return Err(Failure::Usage("give the SCIM base URL of the endpoint".into())) };
    let client = chosen.client(&url, &args.endpoint)?;
    let what = format!("weir provisions users and groups from {}", args.source.name());
    confirm::before_writing(client.base_url(), &what, args.yes)?;
    let identity = args.identity(client.base_url(), &channel, &chosen);
    let ledger = args.ledger.open(&identity, &args.source.settings_shown())?;
    let wire = Arc::new(Sender::new(client.clone(), description));
    let provisioner = provisioner(&args, channel, &chosen, wire, ledger);
    provisioner.resume(people.source()).map_err(Failure::usage)?;
    let mut interrupted = interrupt::watch();
    tokio::select! {
        connected = connect(&client, description) => connected?,
        Ok(_) = interrupted.wait_for(|interrupted| *interrupted) => return Ok(exit::INTERRUPTED),
    }
    let mut run = Run { args: &args, provisioner, people, progress: Arc::default(), interrupted };
    let mut status = run.cycles(&mut reports).await;
    if let (Ok(first @ (exit::OK | exit::FINDINGS)), Some(incoming)) = (&status, incoming) {
        status = run.events(incoming, &mut reports, *first).await;
    }
    reports.finish()?;
    status
}

/// Cycles one after the other.
struct Run<'a> {
    args: &'a ProvisionArgs,
    provisioner: Provisioner,
    people: People,
    progress: Arc<Progress>,
    interrupted: watch::Receiver<bool>,
}

/// Whether there is a further cycle.
enum Further {
    Yes,
    No,
    Interrupted,
}

impl Run<'_> {
    async fn cycles(&mut self, reports: &mut CycleReports) -> Result<u8, Failure> {
        self.stop_when_interrupted();
        let total = self.args.changes.len() + 1;
        let is_watch = self.args.watch.is_some();
        let form = if is_watch { Form::Watch } else { Form::Table };
        let total = (!self.args.step && !is_watch).then_some(total);
        let mut ticks = self.args.watch.map(ticks);
        let mut status = exit::OK;
        for number in 1.. {
            match self.further(number, total, ticks.as_mut()).await {
                Further::Yes => {}
                Further::No => break,
                Further::Interrupted if is_watch => break,
                Further::Interrupted => return Ok(exit::INTERRUPTED),
            }
            let source = self.change(number)?;
            let bar = ProgressBar::start(&self.progress, self.people.total());
            let report = self.provisioner.watched_cycle(self.people.source(), &self.progress).await;
            drop(bar);
            let report = match report {
                Ok(report) => report,
                // A source that cannot be read now may be readable in a minute.
                Err(error @ PassError::Source(_)) if is_watch => {
                    eprintln!("weir: cycle {number}: {}", pass_failure(&error));
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

    /// Sends each event as it comes. One that cannot be read, or is about nobody, is told and left out.
    async fn events(
        &mut self,
        mut incoming: Incoming,
        reports: &mut CycleReports,
        mut status: u8,
    ) -> Result<u8, Failure> {
        let file = self.args.pingone.events.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        for number in 2.. {
            let event = tokio::select! {
                biased;
                Ok(_) = self.interrupted.wait_for(|interrupted| *interrupted) => break,
                event = incoming.recv() => event,
            };
            let Some(event) = event else { break };
            let applied = event.map_err(|fault| fault.to_string()).and_then(|(line, event)| {
                let source = format!("{file}:{line} {event}");
                let applied = match &mut self.people {
                    People::PingOne(users) => users.apply(event),
                    _ => Ok(()),
                };
                applied.map_err(|problem| format!("{file}: line {line}: {problem}")).map(|()| source)
            });
            let source = match applied {
                Ok(source) => source,
                Err(problem) => {
                    eprintln!("weir: {problem}; the event is left out");
                    status = status.max(exit::FINDINGS);
                    continue;
                }
            };
            if let People::PingOne(users) = &self.people {
                self.provisioner.options.rule_deleted = users.is_rule_deleted();
            }
            let report = self.provisioner.watched_cycle(self.people.source(), &self.progress).await;
            let report = report.map_err(|error| pass_failure(&error))?;
            status = status.max(status_of(&report));
            reports.cycle(&Title { number, total: None, source: &source, form: Form::Event }, &report)?;
            if report.aborted.is_some() {
                break;
            }
        }
        Ok(status)
    }

    fn stop_when_interrupted(&self) {
        let (mut interrupted, progress) = (self.interrupted.clone(), Arc::clone(&self.progress));
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
        let change = number.checked_sub(2).and_then(|index| self.args.changes.get(index));
        let Some(change) = change else { return Ok(self.args.source.name().to_owned()) };
        if let People::Directory(directory) = &mut self.people {
            warn(change, &directory.apply_file(change).map_err(Failure::usage)?);
        }
        Ok(change.display().to_string())
    }
}

fn ticks(seconds: u64) -> Interval {
    let mut ticks = tokio::time::interval(Duration::from_secs(seconds));
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
        None if report.is_clean() => exit::OK,
        None => exit::FINDINGS,
    }
}

impl ProvisionArgs {
    /// Whose ledger this run needs.
    fn identity(&self, endpoint: &Url, channel: &Channel, chosen: &Chosen) -> Identity {
        Identity {
            endpoint: endpoint.as_str().trim_end_matches('/').to_owned(),
            client: chosen.description.id.clone(),
            channel: chosen.channel.as_ref().map(|channel| channel.name.clone()).unwrap_or_default(),
            source: match self.pingone.rule {
                Some(_) => "PingOne".to_owned(),
                None => self.source.identity(channel),
            },
        }
    }

    /// The ledger of a plan: the file if it is there, for the endpoint if one is given.
    fn planned_ledger(
        &self,
        url: Option<&Url>,
        channel: &Channel,
        chosen: &Chosen,
    ) -> Result<Arc<dyn Ledger>, Failure> {
        match (&self.ledger.ledger, url) {
            (Some(path), Some(url)) if path.exists() => {
                let identity = self.identity(url, channel, chosen);
                self.ledger.open(&identity, &self.source.settings_shown())
            }
            _ => Ok(Arc::new(MemoryLedger::new())),
        }
    }
}

/// Reads the source, and tries every change on it, before anything is sent.
fn read(args: &ProvisionArgs, channel: &Channel) -> Result<People, Failure> {
    let path = match args.source.place()? {
        Place::File(path) => path,
        Place::Ldap(_) if !args.changes.is_empty() => {
            return Err(Failure::Usage(
                "--changes is for an LDIF file; a directory server is changed where it is, use --step".into(),
            ));
        }
        Place::Ldap(url) => return args.source.connect(url, channel).map(People::Server),
    };
    if args.changes.is_empty() {
        let (file, warnings) = LdifFile::open(&path).map_err(Failure::usage)?;
        warn(&path, &warnings);
        return Ok(People::File(file));
    }
    let (directory, warnings) = Directory::open(&path).map_err(Failure::usage)?;
    warn(&path, &warnings);
    let mut rehearsal = directory.clone();
    for path in &args.changes {
        rehearsal.apply_file(path).map_err(Failure::usage)?;
    }
    Ok(People::Directory(Box::new(directory)))
}

fn warn(path: &std::path::Path, warnings: &[Warning]) {
    for warning in warnings {
        eprintln!("weir: {}:{}: {}", path.display(), warning.line, warning.text);
    }
}

/// What the flags say goes over what the description and the connection's channel say.
fn options(args: &ProvisionArgs, chosen: &Chosen) -> Options {
    let base = chosen.description.options.clone();
    let of_channel = |name| chosen.channel.as_ref().and_then(|channel| channel.number(name));
    let threads = args.threads.map(u64::from).or_else(|| of_channel("maxThreads")).unwrap_or(1).clamp(1, 256);
    let timeout = args.operation_timeout.or_else(|| of_channel("timeout")).unwrap_or(60).max(1);
    Options {
        user_create: base.user_create && !args.no_user_create,
        user_update: base.user_update && !args.no_user_update,
        user_disable: base.user_disable && !args.no_user_disable_delete,
        user_deprovision: base.user_deprovision && !args.no_user_disable_delete,
        provision_disabled_users: base.provision_disabled_users || args.provision_disabled_users,
        remove_user_action: args.remove_user_action.unwrap_or(base.remove_user_action),
        max_threads: usize::try_from(threads).unwrap_or(1),
        timeout: Duration::from_secs(timeout),
        put: args.put,
        ..base
    }
}

fn provisioner(
    args: &ProvisionArgs,
    channel: Channel,
    chosen: &Chosen,
    wire: Arc<dyn Wire>,
    ledger: Arc<dyn Ledger>,
) -> Provisioner {
    let options = options(args, chosen);
    Provisioner { channel, description: Arc::new(chosen.description.clone()), options, wire, ledger }
}

/// Tries URL and credentials before the first cycle, so that what is wrong with them is said once and not for each entry.
async fn connect(client: &Client, description: &Description) -> Result<(), Failure> {
    let call = description.connect.call(description);
    let path = call.path.clone();
    let reply = Sender::new(client.clone(), description)
        .send(call)
        .await
        .map_err(|error| Failure::Unreachable(format!("{}: {error}", client.base_url())))?;
    let url = client.base_url();
    match reply.status {
        401 | 403 => Err(Failure::Unreachable(format!(
            "{url} refused the credentials with {}; give others with --bearer or --basic",
            reply.explained()
        ))),
        404 => Err(Failure::Unreachable(format!(
            "{url}{path} was answered with status 404; check that the URL is the SCIM base URL"
        ))),
        200..300 => match reply.json {
            Ok(_) => Ok(()),
            Err(why) => Err(Failure::Unreachable(format!("{url}{path}: {why}"))),
        },
        // Perhaps it only dislikes this question; the cycle will tell.
        _ => Ok(()),
    }
}

/// The wire of a dry run.
struct Nowhere;

impl Wire for Nowhere {
    fn send(&self, _: Call) -> futures_util::future::BoxFuture<'_, Result<Reply, NoAnswer>> {
        Box::pin(async { Err(NoAnswer("a dry run sends nothing".to_owned())) })
    }
}
