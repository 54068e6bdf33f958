//! The command line: one file a command. A command reads its flags, starts a run of the library, and says its exit status.

mod bench;
mod calibrate;
mod check;
mod clean;
mod connection;
mod connection_test;
mod diff;
mod dispute;
mod explain;
mod first_steps;
mod glossary;
mod health;
mod init;
mod init_questions;
mod like;
mod list;
mod manual;
mod mistake;
mod own_endpoint;
mod prose;
mod prove;
mod provision;
mod scenario;
mod serve;
mod setting;
mod shell;
mod variants;
mod vocabulary;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::exit;
use crate::failure::Failure;
use crate::interrupt;
use crate::output::{ColourChoice, Output, notice, printable};

/// Gauge SCIM 2.0: a reference endpoint, and the harness that checks an endpoint
#[derive(Parser)]
#[command(name = "weir", version, after_help = glossary::exit_statuses(), propagate_version = true)]
struct Cli {
    /// When to colour the output
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", hide_possible_values = true)]
    #[arg(help = "When to colour the output: auto, always or never")]
    color: ColourChoice,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check a SCIM endpoint. Without URL: check Weir's own demo endpoint, not yours
    Check(Box<check::CheckArgs>),
    /// Write a weir.toml for an endpoint, from its discovery documents
    Init(init::InitArgs),
    /// Compare the JSON reports of two runs
    Diff(diff::DiffArgs),
    /// Delete what an earlier run left behind
    Clean(clean::CleanArgs),
    /// Serve a SCIM endpoint that behaves like a target, such as an Aquera gateway
    Serve(serve::ServeArgs),
    /// Ask whether an endpoint that `weir serve` runs is ready
    Health(health::HealthArgs),
    /// Test Weir itself: does each deviation make its checks fail?
    Prove(prove::ProveArgs),
    /// Run provisioning cycles against an endpoint, as a client would
    Provision(Box<provision::ProvisionArgs>),
    /// Load an endpoint and measure it
    Bench(bench::BenchArgs),
    /// Read an exported PingFederate or PingOne connection: show it, test it, list its fields
    Connection(connection::ConnectionArgs),
    /// Compare recorded traffic with a client's description; write the variants it shows
    Calibrate(calibrate::CalibrateArgs),
    /// List what Weir knows: checks, deviations, targets, clients, disputes, settings and more
    List(list::ListArgs),
    /// Explain a check, requirement, deviation, target, client, or a word of a report
    Explain(explain::ExplainArgs),
    /// Print the completions for a shell
    Completions(shell::CompletionsArgs),
    /// Print the manual page of weir, or of one of its commands
    Man(manual::ManArgs),
}

impl Command {
    /// Whether warnings are left out: `--quiet` means the same for each command that has it.
    const fn is_quiet(&self) -> bool {
        match self {
            Self::Check(args) => args.is_quiet(),
            Self::Serve(args) => args.is_quiet(),
            _ => false,
        }
    }
}

/// Runs the command line of this process; the status is one of [`crate::exit`].
pub fn main() -> ExitCode {
    // Fails only if a provider is installed already, which then serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    printable::report_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let arguments: Vec<String> = std::env::args().skip(1).collect();
            if arguments.is_empty() {
                // What cannot be written there was not asked for.
                let _ = write!(std::io::stderr(), "{}", first_steps::FIRST_STEPS);
                return ExitCode::from(exit::USAGE);
            }
            let mut weir = Cli::command();
            // Gives each command its global flags.
            weir.build();
            let Some(sentence) = mistake::sentence(&error, &weir, &arguments) else { error.exit() };
            notice(sentence);
            return ExitCode::from(exit::USAGE);
        }
    };
    let logging = init_log(matches!(cli.command, Command::Serve(_)));
    let output = Output::new(cli.color).quieted(cli.command.is_quiet());
    if let Err(error) = logging {
        output.warn(&error.to_string());
    }
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let variables: Vec<String> = names.filter(|name| name.starts_with("WEIR_")).collect();
    if !variables.is_empty() {
        let mut weir = Cli::command();
        weir.build();
        for sentence in mistake::variables(&weir, &variables) {
            output.warn(&sentence);
        }
    }
    let status = match dispatch(cli.command, &output) {
        Ok(status) => status,
        // Whoever read the output has seen enough.
        Err(failure) if failure.is_broken_pipe() => exit::OK,
        Err(failure) => {
            notice(&failure);
            failure.status()
        }
    };
    ExitCode::from(status)
}

/// Warnings, but not those of the HTTP engine about an answer that a deviation cut off on purpose.
const LOG: &str = "warn,actix_http::h1::dispatcher=off";
/// As [`LOG`], for a command whose embedded endpoints are stopped at once: a connection that comes in that moment finds no worker,
/// which is an error for an endpoint that serves, and none here.
const LOG_OF_EMBEDDED: &str = "warn,actix_http::h1::dispatcher=off,actix_server::accept=off";

/// Levels in the environment that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("WEIR_LOG: {0}; write levels such as info,weir_server=debug")]
struct LogError(tracing_subscriber::filter::ParseError);

/// Logs what `WEIR_LOG` asks for, or the default where it cannot be read.
fn init_log(is_serving: bool) -> Result<(), LogError> {
    let default = || if is_serving { LOG } else { LOG_OF_EMBEDDED }.parse::<Targets>().unwrap_or_default();
    let (wanted, outcome) = match std::env::var("WEIR_LOG").ok().filter(|text| !text.trim().is_empty()) {
        None => (default(), Ok(())),
        Some(text) => match text.parse() {
            Ok(wanted) => (wanted, Ok(())),
            Err(error) => (default(), Err(LogError(error))),
        },
    };
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let log = tracing_subscriber::fmt::layer().with_ansi(colour).with_writer(printable::Log::new(colour));
    tracing_subscriber::registry().with(log).with(wanted).init();
    outcome
}

/// Threads of a command that waits for others. While two are busy with long answers there is one that reads and hears signals.
const THREADS: usize = 4;

/// Runs a command that waits for others.
fn to_its_end(command: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
    let runtime = runtime.map_err(Failure::Runtime)?;
    let status = runtime.block_on(command);
    // A read of standard input or of a directory that does not come to its end must not keep the process.
    runtime.shutdown_background();
    status
}

fn dispatch(command: Command, output: &Output) -> Result<u8, Failure> {
    match command {
        Command::Check(args) => to_its_end(check::run(*args, output)),
        Command::Serve(args) => to_its_end(serve::run(args, output)),
        Command::Prove(args) => to_its_end(interrupt::or_leave(prove::run(args, output))),
        Command::Provision(args) => to_its_end(provision::run(*args, output)),
        Command::Bench(args) => to_its_end(bench::run(args, output)),
        Command::Init(args) => to_its_end(interrupt::or_leave(init::run(args, output))),
        Command::Clean(args) => to_its_end(interrupt::or_leave(clean::run(args, output))),
        Command::Health(args) => to_its_end(interrupt::or_leave(health::run(args, output))),
        Command::Diff(args) => diff::run(&args, output),
        Command::Completions(args) => shell::completions(&args, Cli::command(), output),
        Command::Man(args) => manual::man(&args, Cli::command(), output),
        Command::Connection(args) => to_its_end(interrupt::or_leave(connection::run(args, output))),
        Command::Calibrate(args) => calibrate::run(&args, output),
        Command::List(args) => list::run(&args, output),
        Command::Explain(args) => explain::run(&args, output),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    /// The longest sentence that help may have.
    const LONGEST: usize = 100;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn quiet_leaves_out_the_warnings_of_each_command_that_has_it() {
        let root = super::Cli::command();
        let is_quiet = |argument: &&clap::Arg| argument.get_id() == "quiet";
        let quiet: Vec<_> = root
            .get_subcommands()
            .filter_map(|command| Some((command.get_name(), command.get_arguments().find(is_quiet)?)))
            .collect();
        assert_eq!(quiet.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["check", "serve"]);
        for (name, argument) in quiet {
            assert!(argument.get_help().is_some_and(|help| help.to_string().ends_with("and warnings")), "{name}");
            let is_quiet =
                |line: &[&str]| super::Cli::try_parse_from(line).expect("it is a command").command.is_quiet();
            assert!(is_quiet(&["weir", name, "--quiet"]) && !is_quiet(&["weir", name]), "{name}");
        }
    }

    #[test]
    fn help_says_it_in_short_sentences_and_shows_defaults() {
        let mut root = super::Cli::command();
        root.build();
        let mut pending = vec![&root];
        let mut faults = Vec::new();
        while let Some(command) = pending.pop() {
            pending.extend(command.get_subcommands().filter(|command| command.get_name() != "help"));
            let about = command.get_about().map(ToString::to_string);
            faults.extend(help_faults(command.get_name(), about));
            for argument in command.get_arguments() {
                let name = format!("{} {}", command.get_name(), argument.get_id());
                let help = argument.get_help().map(ToString::to_string);
                let hides_default = argument.is_hide_default_value_set() && !argument.get_default_values().is_empty();
                if hides_default && !help.as_ref().is_some_and(|help| help.contains("[default: ")) {
                    faults.push(format!("{name}: the default is not shown"));
                }
                faults.extend(help_faults(&name, help));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// What is wrong with the help of one command or argument.
    fn help_faults(name: &str, help: Option<String>) -> Vec<String> {
        let Some(help) = help else { return vec![format!("{name}: there is no help")] };
        help.split_inclusive(". ")
            .filter(|sentence| sentence.chars().count() > LONGEST)
            .map(|sentence| format!("{name}: longer than {LONGEST} characters: {sentence}"))
            .chain(help.ends_with('.').then(|| format!("{name}: help ends without a full stop: {help}")))
            .collect()
    }
}
