//! `weir provision`: provisioning cycles as a client would run them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use url::Url;
use weir_catalog::interruption;
use weir_provision::client::wire::{Sender, Wire};
use weir_provision::engine::{Plan, Provisioner};
use weir_provision::ledger::{Identity, Kind, Ledger};
use weir_provision::source::{Directory, LdifFile, Source, pingone};
use weir_provision::{Channel, Options};

use crate::embedded;
use crate::exit;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::flags::account::{ExpiredFlag, PutFlag, RemoveUserFlag};
use crate::flags::client::{ClientChoice, ClientFlags};
use crate::flags::cycle_report::CycleReportFlags;
use crate::flags::endpoint::base_url;
use crate::flags::guard::GuardFlags;
use crate::flags::ledger::LedgerFlags;
use crate::flags::pingone::PingOneFlags;
use crate::flags::source::{SourceFlags, SourceLocation};
use crate::interrupt;
use crate::output::{Output, confirm};
use crate::report::cycle::PlannedPace;
use crate::report::scope;
use crate::session::provision::{Nowhere, Pace, People, ProvisionRun, connect, pass_failure, warn};
use crate::session::{EventSource, Interruptible};

const EXAMPLES: &str = "\
Examples:
  weir provision --as pingfederate-aquera --source people.ldif http://127.0.0.1:8080/scim/default
  weir provision --as pingfederate-aquera --source people.ldif --changes joiner.ldif leaver.ldif \\
      --remove-user-action delete --threads 8 http://127.0.0.1:8080/scim/default
  weir provision --as pingfederate-aquera --source people.ldif --dry-run  what the first cycle would do
  weir provision --source ldaps://dc.example.com --directory active-directory \\
      --base-dn dc=example,dc=com --bind-dn weir@example.com --bind-password @secret.txt --step \\
      http://127.0.0.1:8080/scim/default

  weir provision --source people.ldif --ledger people.ledger --watch \\
      http://127.0.0.1:8080/scim/default
  weir provision --source users.json --rule rule.json --events events.ndjson \\
      http://127.0.0.1:8080/scim/default
  weir provision --source people.ldif --user-filter '(title=*)' --explain-scope ada  why ada is in or out
  weir provision --ledger people.ledger --show-channels    what the ledger knows

The first cycle reads the source as it is; each --changes file is applied to it before one further cycle.";

/// How long a plan takes at least, within the limits of a target and at a rate.
fn planned_pace(plan: &Plan, limits: Option<&str>, rate: Option<f64>) -> Result<PlannedPace, Failure> {
    let requests = plan.operations.iter().flat_map(|operation| operation.requests.iter().copied());
    let count = requests.clone().count();
    let mut least = None;
    if let Some(name) = limits {
        let rules = embedded::limits(name).map_err(Failure::usage)?;
        least = Some((weir_server::least_seconds(&rules, &requests), format!("within the limits of {name}")));
    }
    // The number of requests is far below what a double counts exactly.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small numbers"
    )]
    let at_rate = rate.map(|rate| ((count as f64 / rate).ceil() as u64, format!("at {rate} requests a second")));
    least = least.into_iter().chain(at_rate).max_by_key(|(seconds, _)| *seconds);
    let people = plan.operations.iter().filter(|operation| operation.kind == Kind::User).count();
    Ok(PlannedPace { people, requests: count, least })
}

/// The client that it is, unless somebody or a connection says otherwise.
const DEFAULT_CLIENT: &str = "pingfederate-aquera";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ProvisionArgs {
    /// The SCIM base URL of the endpoint
    #[arg(value_name = "URL", value_parser = base_url)]
    url: Option<Url>,
    /// The client to provision as, see `weir list clients` [default: --connection, or pingfederate-aquera]
    #[arg(long = "as", value_name = "CLIENT")]
    client: Option<String>,
    #[command(flatten)]
    configured: ClientFlags,
    /// An LDIF file of changes, applied before one further cycle; repeat for more
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "dry_run")]
    changes: Vec<PathBuf>,
    /// Press Enter for each further cycle; Ctrl-D ends
    #[arg(long, conflicts_with_all = ["dry_run", "changes"])]
    step: bool,
    /// Run a cycle every SECONDS (60 if not given), until Ctrl-C or SIGTERM. The exit status is that of the last cycle
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "60")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..), conflicts_with_all = ["dry_run", "changes", "step"])]
    watch: Option<u64>,
    /// Show what the first cycle would do, and how long it takes at least; send nothing
    #[arg(long)]
    dry_run: bool,
    /// Say why a person is in or out of the channel: by name, uid, mail or GUID; send nothing
    #[arg(long, value_name = "PERSON", conflicts_with_all = ["changes", "step", "watch", "dry_run"])]
    explain_scope: Option<String>,
    /// For --dry-run: a target or target file whose limits of requests count, and an application of it
    #[arg(long, value_name = "TARGET[/APPLICATION]", requires = "dry_run")]
    limits: Option<String>,
    /// Allow writes to a remote endpoint without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    source: SourceFlags,
    #[command(flatten)]
    pingone: PingOneFlags,
    /// How many operations to run at once (Max Threads); --concurrency limits their requests
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Channel")]
    threads: Option<u16>,
    /// How long to wait for an operation before leaving it to the next cycle (Timeout)
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Channel")]
    operation_timeout: Option<u64>,
    /// Clear User Create: create no accounts
    #[arg(long, help_heading = "Target")]
    no_user_create: bool,
    /// Clear User Update: neither update nor re-enable accounts
    #[arg(long, help_heading = "Target")]
    no_user_update: bool,
    /// Clear User Disable / Delete: remove no account
    #[arg(long, help_heading = "Target")]
    no_user_disable_delete: bool,
    /// Select Provision Disabled Users: create disabled accounts for users disabled in the source
    #[arg(long, help_heading = "Target")]
    provision_disabled_users: bool,
    /// What to do with the account of a user who is deleted, disabled or outside the filter
    #[arg(long, value_enum, value_name = "ACTION", help_heading = "Target")]
    remove_user_action: Option<RemoveUserFlag>,
    /// How to count an account whose accountExpires is past, which the vendor leaves open
    #[arg(long, value_enum, value_name = "STATUS", help_heading = "Target")]
    expired: Option<ExpiredFlag>,
    /// The body of a PUT: the user as read with mapped values merged in, or mapped values alone
    #[arg(long, value_enum, value_name = "VARIANT", help_heading = "Target")]
    put: Option<PutFlag>,
    #[command(flatten)]
    guard: GuardFlags,
    #[command(flatten)]
    ledger: LedgerFlags,
    #[command(flatten)]
    report: CycleReportFlags,
    #[command(flatten)]
    endpoint: EndpointFlags,
}

impl ProvisionArgs {
    /// A URL behind the files of `--changes` is the endpoint's, not a file.
    fn take_url(&mut self) -> Result<(), Failure> {
        let last = self.changes.last().and_then(|path| path.to_str()).unwrap_or_default();
        if self.url.is_none() && (last.starts_with("http://") || last.starts_with("https://")) {
            self.url = Some(base_url(last).map_err(Failure::usage)?);
            self.changes.pop();
        }
        Ok(())
    }
}

pub(super) async fn run(mut args: ProvisionArgs, output: &Output) -> Result<u8, Failure> {
    if args.ledger.is_upkeep() {
        return args.ledger.upkeep(output);
    }
    args.take_url()?;
    let chosen = args.configured.choose(args.client.as_deref(), DEFAULT_CLIENT, output)?;
    let url = chosen.url(args.url.as_ref())?;
    args.source.refuse_unserved(args.pingone.rule.is_some())?;
    if url.is_none() && !args.sends_nothing() {
        return Err(Failure::Usage("give the SCIM base URL of the endpoint, or --dry-run".into()));
    }
    args.configured.refuse_unused(args.pingone.rule.is_some())?;
    let (description, connected) = (&chosen.description, chosen.channel.as_ref());
    if let Some(connected) = connected {
        args.source.fill_from(connected);
    }
    let rule = args.pingone.rule(args.configured.inactive, args.configured.ignore_unknown_settings, output)?;
    if rule.is_none() {
        chosen.check_channel()?;
    }
    let deprovisions = rule.as_ref().is_none_or(|rule| rule.deprovisions);
    let (channel, people) = if let Some(rule) = rule {
        chosen.check_store(rule.target_store.as_deref())?;
        let groups = args.pingone.groups(&rule, description)?;
        let channel = pingone::channel(&rule, &groups).for_client(description);
        (channel, People::PingOne(Box::new(PingOneFlags::source(args.source.name(), &rule, groups)?)))
    } else {
        let channel = args.source.channel_of(connected, output)?.for_client(description);
        let people = read(&args, &channel, output)?;
        (channel, people)
    };
    let events = args.pingone.events.as_deref().map(EventSource::open).transpose()?;
    let mut reports = args.report.open(output)?;
    let options = Options { user_deprovision: deprovisions, ..Options::default() };
    let options = options_of(&args, &chosen, &options);
    if args.sends_nothing() {
        if args.endpoint.config.is_some() {
            // It has no part in a plan, and is refused as it would be refused by the run.
            args.endpoint.configuration(url.as_ref(), output)?;
        }
        // Nothing is sent: the wire behind a plan is never used.
        let endpoint = url.as_ref().map(Url::as_str);
        let ledger = args.ledger.planned(|own| args.identity(endpoint.unwrap_or(own), &channel, &chosen), output)?;
        let provisioner = provisioner(channel, &chosen, options, Arc::new(Nowhere), ledger);
        if let Some(person) = &args.explain_scope {
            return explain_scope(&provisioner, people.source(), person, output);
        }
        provisioner.resume(people.source()).map_err(Failure::usage)?;
        let plan = provisioner.plan(people.source()).map_err(|error| pass_failure(&error))?;
        let pace = planned_pace(&plan, args.limits.as_deref(), args.endpoint.rate)?;
        reports.plan(&plan, &pace)?;
        let is_clean = plan.failures.is_empty() && plan.held.is_none();
        return Ok(if is_clean { exit::OK } else { exit::FINDINGS });
    }
    let Some(url) = url else { return Err(Failure::Usage("give the SCIM base URL of the endpoint".into())) };
    let client = chosen.client(&url, &args.endpoint, output)?;
    let what = format!("weir provisions users and groups from {}", args.source.name());
    confirm::before_writing(client.base_url(), &what, args.yes)?;
    let identity = args.identity(client.base_url().as_str(), &channel, &chosen);
    let ledger = args.ledger.open(&identity, &args.source.settings_shown())?;
    let interrupted = interrupt::watch();
    let sender = Sender::new(client.sharing_room(), description);
    let wire = Arc::new(Interruptible { sender, interrupted: interrupted.clone() });
    let provisioner = provisioner(channel, &chosen, options, wire, ledger);
    provisioner.resume(people.source()).map_err(Failure::usage)?;
    match interruption::unless_over(&interrupted, Duration::ZERO, connect(&client, description)).await {
        Some(connected) => connected?,
        None => return Ok(exit::INTERRUPTED),
    }
    let run = ProvisionRun {
        provisioner,
        people,
        source: args.source.name().to_owned(),
        pace: args.pace(),
        events,
        interrupted,
        output: output.clone(),
    };
    run.run(&mut reports).await
}

/// Says of each entry that the text names whether it is in the channel, and why.
fn explain_scope(provisioner: &Provisioner, source: &dyn Source, person: &str, output: &Output) -> Result<u8, Failure> {
    let answers = provisioner.explain(source, person).map_err(|error| pass_failure(&error))?;
    if answers.is_empty() {
        let problem =
            format!("neither the source nor the ledger has an entry whose name, uid, mail or GUID is {person:?}");
        return Err(Failure::Usage(problem));
    }
    output.print(answers.iter().map(scope::text).collect::<String>())?;
    Ok(exit::OK)
}

impl ProvisionArgs {
    /// Whether the endpoint is left alone.
    const fn sends_nothing(&self) -> bool {
        self.dry_run || self.explain_scope.is_some()
    }

    /// When there is a further cycle.
    fn pace(&self) -> Pace {
        match self.watch {
            Some(seconds) => Pace::Watch(Duration::from_secs(seconds)),
            None if self.step => Pace::Step,
            None => Pace::Changes(self.changes.clone()),
        }
    }

    /// Whose ledger this run needs.
    fn identity(&self, endpoint: &str, channel: &Channel, chosen: &ClientChoice) -> Identity {
        Identity {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            client: chosen.description.id.clone(),
            channel: chosen.channel.as_ref().map(|channel| channel.name.clone()).unwrap_or_default(),
            source: match self.pingone.rule {
                Some(_) => "PingOne".to_owned(),
                None => self.source.identity(channel),
            },
        }
    }
}

/// Reads the source, and tries every change on it, before anything is sent.
fn read(args: &ProvisionArgs, channel: &Channel, output: &Output) -> Result<People, Failure> {
    let path = match args.source.place()? {
        SourceLocation::File(path) => path,
        SourceLocation::Ldap(_) if !args.changes.is_empty() => {
            return Err(Failure::Usage(
                "--changes is for an LDIF file; a directory server is changed where it is, use --step".into(),
            ));
        }
        SourceLocation::Ldap(url) => return args.source.connect(url, channel, output).map(People::Server),
    };
    if args.changes.is_empty() {
        let (file, warnings) = LdifFile::open(&path).map_err(Failure::usage)?;
        warn(output, &path, &warnings);
        return Ok(People::File(file));
    }
    let (directory, warnings) = Directory::open(&path).map_err(Failure::usage)?;
    warn(output, &path, &warnings);
    let mut rehearsal = directory.clone();
    for path in &args.changes {
        rehearsal.apply_file(path).map_err(Failure::usage)?;
    }
    // A template among the changes is refused before the first cycle.
    rehearsal.surroundings(channel).map_err(Failure::usage)?;
    Ok(People::Directory(Box::new(directory)))
}

/// What the flags say goes over what the description and the connection's channel say. A rule takes away more.
fn options_of(args: &ProvisionArgs, chosen: &ClientChoice, rule: &Options) -> Options {
    let base = chosen.description.options.clone();
    let of_channel = |name| chosen.channel.as_ref().and_then(|channel| channel.number(name));
    let threads = args.threads.map(u64::from).or_else(|| of_channel("maxThreads")).unwrap_or(1).clamp(1, 256);
    let timeout = args.operation_timeout.or_else(|| of_channel("timeout")).unwrap_or(60).max(1);
    Options {
        user_create: base.user_create && !args.no_user_create,
        user_update: base.user_update && !args.no_user_update,
        user_disable: base.user_disable && !args.no_user_disable_delete,
        user_deprovision: base.user_deprovision && rule.user_deprovision && !args.no_user_disable_delete,
        provision_disabled_users: base.provision_disabled_users || args.provision_disabled_users,
        remove_user_action: args.remove_user_action.map_or(base.remove_user_action, Into::into),
        max_threads: usize::try_from(threads).unwrap_or(1),
        timeout: Duration::from_secs(timeout),
        put: args.put.map(Into::into),
        guard: args.guard.guard(),
        now: Some(now()),
        expired_are_disabled: args.expired == Some(ExpiredFlag::Disabled),
        ..base
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whether an account has expired is asked of the time at which a person runs weir"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

fn provisioner(
    channel: Channel,
    chosen: &ClientChoice,
    options: Options,
    wire: Arc<dyn Wire>,
    ledger: Arc<dyn Ledger>,
) -> Provisioner {
    Provisioner { channel, description: Arc::new(chosen.description.clone()), options, wire, ledger }
}
