//! Names on the command line that are not known: commands, flags and the values of flags.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use weir_files::name::UnknownName;

/// The sentence for a name that is not known, as for every other name; nothing for what clap says better.
pub(super) fn sentence(error: &Error, weir: &Command, arguments: &[String]) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let command = command_of(weir, arguments);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let known = command.command.get_subcommands().map(Command::get_name);
            let name = UnknownName::new("command", text(ContextKind::InvalidSubcommand)?, known);
            Some(name.listed_by(format!("{} --help", command.path)).to_string())
        }
        ErrorKind::UnknownArgument => {
            let flag = text(ContextKind::InvalidArg)?.split('=').next()?;
            // A value that no place takes is not a flag.
            let flag = flag.strip_prefix("--")?;
            let known = command.command.get_arguments().filter_map(|argument| argument.get_long());
            let name = UnknownName::new("flag", flag, known).with_prefix("--");
            Some(name.listed_by(format!("{} --help", command.path)).to_string())
        }
        ErrorKind::InvalidValue => {
            let Some(ContextValue::Strings(known)) = error.get(ContextKind::ValidValue) else { return None };
            let value = text(ContextKind::InvalidValue).filter(|value| !value.is_empty())?;
            let argument = text(ContextKind::InvalidArg)?;
            let (flag, kind) = argument.split_once(' ').unwrap_or(("", argument));
            let kind = kind.trim_matches(['<', '>', '[', ']', '.']).to_lowercase();
            let name = UnknownName::new(kind, value, known);
            Some(if flag.is_empty() { name.to_string() } else { format!("{flag}: {name}") })
        }
        _ => None,
    }
}

/// A command with the words that lead to it.
struct CommandMatch<'c> {
    command: &'c Command,
    path: String,
}

fn command_of<'c>(weir: &'c Command, arguments: &[String]) -> CommandMatch<'c> {
    let mut found = CommandMatch { command: weir, path: "weir".to_owned() };
    for argument in arguments {
        if let Some(command) = found.command.find_subcommand(argument) {
            found = CommandMatch { command, path: format!("{} {argument}", found.path) };
        }
    }
    found
}
