//! `weir completions`: what a shell can complete on the command line.

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, Command};
use clap_complete::Shell;
use weir_catalog::{Assertion, assertion, checks};
use weir_judge::rules;
use weir_provision::client;
use weir_server::{Deviation, Target};

use super::explain;
use crate::exit;
use crate::failure::Failure;
use crate::output::{Output, Printable};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  weir completions bash > /etc/bash_completion.d/weir\n  weir completions zsh > ~/.zfunc/_weir"
)]
pub(super) struct CompletionsArgs {
    /// The shell: bash, elvish, fish, powershell or zsh
    #[arg(value_enum, value_name = "SHELL", hide_possible_values = true)]
    shell: Shell,
}

pub(super) fn completions(args: &CompletionsArgs, weir: Command, output: &Output) -> Result<u8, Failure> {
    let mut weir = with_values(weir);
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut weir, "weir", &mut text);
    output.print(Printable::as_is(String::from_utf8_lossy(&text).into_owned()))?;
    Ok(exit::OK)
}

/// The command with the names that its arguments take, for a shell to propose. Weir itself reads them with other parsers,
/// which take files and values besides and propose what is near.
fn with_values(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let with_names = |argument: Arg| match names(&name, argument.get_long()) {
        Some(names) => argument.value_parser(PossibleValuesParser::new(names)),
        None => argument,
    };
    command.mut_args(with_names).mut_subcommands(with_values)
}

/// The names that a flag of a command takes, or the command itself.
fn names(command: &str, flag: Option<&str>) -> Option<Vec<&'static str>> {
    Some(match (command, flag) {
        ("prove", Some("only")) | (_, Some("deviate")) => Deviation::all().iter().map(|own| own.id).collect(),
        (_, Some("only" | "skip")) => {
            checks::topics().chain(rules::topics()).chain(assertion::all().map(Assertion::id)).collect()
        }
        (_, Some("target")) => Target::names().collect(),
        ("check" | "prove", Some("as")) => client::all().iter().map(|own| own.id.as_str()).chain(["all"]).collect(),
        (_, Some("as")) => client::all().iter().map(|own| own.id.as_str()).collect(),
        // A shell divides ids at their blanks: `MUST NOT`.
        ("explain", None) => explain::ids().filter(|id| !id.contains(' ')).collect(),
        _ => return None,
    })
}
