//! `weir completions` and `weir man`: what a shell and a manual reader want to know of the command line.

use clap::{Args, Command};
use clap_complete::Shell;
use weir_files::name::UnknownName;

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

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  weir man > weir.1\n  weir man check | man -l -")]
pub(super) struct ManArgs {
    /// The command whose page to print [default: weir itself]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(super) fn completions(args: &CompletionsArgs, mut weir: Command, output: &Output) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut weir, "weir", &mut text);
    output.print(Printable::as_is(String::from_utf8_lossy(&text).into_owned()))?;
    Ok(exit::OK)
}

pub(super) fn man(args: &ManArgs, weir: Command, output: &Output) -> Result<u8, Failure> {
    let page = match &args.command {
        None => weir,
        Some(name) => {
            let found = weir.find_subcommand(name).cloned().ok_or_else(|| {
                let known = weir.get_subcommands().map(Command::get_name);
                Failure::usage(UnknownName::new("command", name, known).listed_by("weir --help"))
            })?;
            // The page is called as one would type the command.
            found.display_name(format!("weir-{name}")).bin_name(format!("weir {name}"))
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    output.print(Printable::as_is(String::from_utf8_lossy(&text).into_owned()))?;
    Ok(exit::OK)
}
