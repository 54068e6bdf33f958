//! `weir provision`: provisioning cycles as a client would run them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use url::Url;

use super::endpoint_flags::base_url;
use super::{EndpointFlags, Failure, Output, confirm, cycle_report, interrupt};
use crate::endpoint::Client;
use crate::exit;
use crate::provision::client::wire::{Call, Method, Wire};
use crate::provision::client::{self, Description, Put};
use crate::provision::engine::report::Abort;
use crate::provision::engine::{CycleReport, Provisioner};
use crate::provision::ledger::MemoryLedger;
use crate::provision::mapping::file;
use crate::provision::source::ldif::Warning;
use crate::provision::source::{Directory, Dn, EntryFilter, LdifFile, Source};
use crate::provision::{Channel, Options, RemoveUserAction};

const EXAMPLES: &str = "\
Examples:
  weir provision --as pingfederate-aquera --source people.ldif http://127.0.0.1:8080/scim/default
  weir provision --as pingfederate-aquera --source people.ldif --changes joiner.ldif leaver.ldif \\
      --remove-user-action delete --threads 8 http://127.0.0.1:8080/scim/default
  weir provision --as pingfederate-aquera --source people.ldif --dry-run        what the first cycle would do

The first cycle reads the source as it is; each --changes file is applied to it before one further cycle.";

/// What the report is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum CycleFormat {
    #[default]
    Text,
    Json,
}

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ProvisionArgs {
    /// The SCIM base URL of the endpoint
    #[arg(value_name = "URL", value_parser = base_url)]
    url: Option<Url>,
    /// The client to provision as; `weir list clients` shows them
    #[arg(long = "as", value_name = "CLIENT", default_value = "pingfederate-aquera")]
    client: String,
    /// The people and groups: an LDIF file of entries
    #[arg(long, value_name = "FILE")]
    source: PathBuf,
    /// An LDIF file of changes, applied before one further cycle; may be repeated
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "dry_run")]
    changes: Vec<PathBuf>,
    /// Which source attributes fill which fields, as JSON or TOML; without it the defaults for inetOrgPerson
    #[arg(long, value_name = "FILE", help_heading = "Channel")]
    mapping: Option<PathBuf>,
    /// Only entries at or below this name
    #[arg(long, value_name = "DN", help_heading = "Channel")]
    base_dn: Option<String>,
    /// Only people who match this LDAP filter; who stops matching has left
    #[arg(long, value_name = "FILTER", help_heading = "Channel")]
    user_filter: Option<EntryFilter>,
    /// Only groups that match this LDAP filter; one that stops matching is deleted
    #[arg(long, value_name = "FILTER", help_heading = "Channel")]
    group_filter: Option<EntryFilter>,
    /// How many operations are under way at once (Max Threads); --concurrency limits their requests
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Channel")]
    threads: u16,
    /// After how long an operation is given up and left to the next cycle (Timeout)
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..), help_heading = "Channel")]
    operation_timeout: u64,
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
    #[arg(long, value_enum, default_value = "disable", value_name = "ACTION", help_heading = "Target")]
    remove_user_action: RemoveUserAction,
    /// What a PUT holds: the user as read with the mapped values merged in, or the mapped values alone
    #[arg(long, value_enum, value_name = "VARIANT", help_heading = "Target")]
    put: Option<Put>,
    /// Show what the first cycle would do; sends nothing
    #[arg(long)]
    dry_run: bool,
    /// Agree to writing to an endpoint that is not on this machine
    #[arg(long)]
    yes: bool,
    /// The form of the report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Report")]
    format: CycleFormat,
    #[command(flatten)]
    endpoint: EndpointFlags,
}

/// What the cycles read: one file anew each time, or a directory that changes between them.
enum People {
    File(LdifFile),
    Directory(Box<Directory>),
}

impl People {
    fn source(&self) -> &dyn Source {
        match self {
            Self::File(file) => file,
            Self::Directory(directory) => &**directory,
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
        if self.url.is_none() && !self.dry_run {
            return Err(Failure::Usage("give the SCIM base URL of the endpoint, or --dry-run".into()));
        }
        Ok(())
    }
}

pub(super) async fn run(mut args: ProvisionArgs, output: Output) -> Result<u8, Failure> {
    args.take_url()?;
    let description = describe(&args.client)?;
    let channel = channel(&args)?;
    let people = read(&args)?;
    if args.dry_run {
        // Nothing is sent: the wire behind a plan is never used.
        let provisioner = provisioner(&args, channel, description, Arc::new(Nowhere));
        let plan = provisioner.plan(people.source()).map_err(Failure::usage)?;
        output.print(&cycle_report::plan(&plan, args.format))?;
        return Ok(if plan.failures.is_empty() { exit::OK } else { exit::FINDINGS });
    }
    let Some(url) = &args.url else { return Err(Failure::Usage("give the SCIM base URL of the endpoint".into())) };
    let client = args.endpoint.client(url)?;
    let what = format!("weir provisions users and groups from {}", args.source.display());
    confirm::before_writing(client.base_url(), &what, args.yes)?;
    connect(&client, description).await?;
    let provisioner = provisioner(&args, channel, description, Arc::new(client.clone()));
    let mut interrupted = interrupt::watch();
    tokio::select! {
        status = cycles(&args, &provisioner, people, output) => status,
        Ok(_) = interrupted.wait_for(|interrupted| *interrupted) => Ok(exit::INTERRUPTED),
    }
}

async fn cycles(
    args: &ProvisionArgs,
    provisioner: &Provisioner,
    mut people: People,
    output: Output,
) -> Result<u8, Failure> {
    let total = args.changes.len() + 1;
    let mut status = exit::OK;
    let mut reports = Vec::with_capacity(total);
    for number in 1..=total {
        let file = match number {
            1 => &args.source,
            _ => &args.changes[number - 2],
        };
        if let (People::Directory(directory), 2..) = (&mut people, number) {
            warn(file, &directory.apply_file(file).map_err(Failure::usage)?);
        }
        let report = provisioner.cycle(people.source()).await.map_err(Failure::usage)?;
        status = status.max(status_of(&report));
        let title = format!("cycle {number} of {total}: {}", file.display());
        let is_over = report.aborted.is_some();
        match args.format {
            CycleFormat::Text => output.print(&cycle_report::text(&title, &report))?,
            CycleFormat::Json => reports.push(cycle_report::json(number, file, &report)),
        }
        if is_over {
            break;
        }
    }
    if args.format == CycleFormat::Json {
        output.print(&format!("{:#}\n", serde_json::Value::Array(reports)))?;
    }
    Ok(status)
}

fn status_of(report: &CycleReport) -> u8 {
    match &report.aborted {
        Some(Abort::Credentials(_) | Abort::Unanswered(_)) => exit::UNREACHABLE,
        None if report.is_clean() => exit::OK,
        None => exit::FINDINGS,
    }
}

fn describe(id: &str) -> Result<&'static Description, Failure> {
    client::find(id).ok_or_else(|| Failure::Usage(client::unknown(id)))
}

fn channel(args: &ProvisionArgs) -> Result<Channel, Failure> {
    let mut channel = Channel {
        user_filter: args.user_filter.clone(),
        group_filter: args.group_filter.clone(),
        ..Channel::default()
    };
    if let Some(base) = &args.base_dn {
        channel.base_dn = Some(Dn::parse(base).map_err(|error| Failure::Usage(format!("--base-dn: {error}")))?);
    }
    if let Some(path) = &args.mapping {
        let read = file::open(path).map_err(Failure::usage)?;
        for warning in read.warnings {
            eprintln!("weir: {warning}");
        }
        channel.mapping = read.mapping;
    }
    Ok(channel)
}

/// Reads the source, and tries every change on it, before anything is sent.
fn read(args: &ProvisionArgs) -> Result<People, Failure> {
    if args.changes.is_empty() {
        let (file, warnings) = LdifFile::open(&args.source).map_err(Failure::usage)?;
        warn(&args.source, &warnings);
        return Ok(People::File(file));
    }
    let (directory, warnings) = Directory::open(&args.source).map_err(Failure::usage)?;
    warn(&args.source, &warnings);
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

fn provisioner(args: &ProvisionArgs, channel: Channel, description: &Description, wire: Arc<dyn Wire>) -> Provisioner {
    let options = Options {
        user_create: !args.no_user_create,
        user_update: !args.no_user_update,
        user_disable_delete: !args.no_user_disable_delete,
        provision_disabled_users: args.provision_disabled_users,
        remove_user_action: args.remove_user_action,
        max_threads: usize::from(args.threads),
        timeout: Duration::from_secs(args.operation_timeout),
        put: args.put,
    };
    Provisioner {
        channel,
        description: Arc::new(description.clone()),
        options,
        wire,
        ledger: Arc::new(MemoryLedger::new()),
    }
}

/// Tries URL and credentials before the first cycle, so that what is wrong with them is said once and not for each entry.
async fn connect(client: &Client, description: &Description) -> Result<(), Failure> {
    let call = Call::on(Method::Get, &description.user.path).query("count", "1");
    let reply = Wire::send(client, call)
        .await
        .map_err(|error| Failure::Unreachable(format!("{}: {error}", client.base_url())))?;
    let url = client.base_url();
    match reply.status {
        401 | 403 => Err(Failure::Unreachable(format!(
            "{url} refused the credentials with {}; give others with --bearer or --basic",
            reply.explained()
        ))),
        404 => Err(Failure::Unreachable(format!(
            "{url}{} was answered with status 404; check that the URL is the SCIM base URL",
            description.user.path
        ))),
        200..300 => match reply.json {
            Ok(_) => Ok(()),
            Err(why) => Err(Failure::Unreachable(format!("{url}{}: {why}", description.user.path))),
        },
        // Perhaps it only dislikes this question; the cycle will tell.
        _ => Ok(()),
    }
}

/// The wire of a dry run.
struct Nowhere;

impl Wire for Nowhere {
    fn send(
        &self,
        _: Call,
    ) -> futures_util::future::BoxFuture<'_, Result<client::wire::Reply, client::wire::NoAnswer>> {
        Box::pin(async { Err(client::wire::NoAnswer("a dry run sends nothing".to_owned())) })
    }
}
