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
            let Some(flag) = flag.strip_prefix("--") else {
                // A value that no place takes is not a flag.
                return Some(format!("one value too many, {flag:?}; `{} --help` shows what is taken", command.path));
            };
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
            let name = listed(UnknownName::new(kind, value, known).to_string(), &command);
            Some(if flag.is_empty() { name } else { format!("{flag}: {name}") })
        }
        // The value may be a secret; what reads it decides what is repeated of it.
        ErrorKind::ValueValidation => {
            let problem = std::error::Error::source(error)?.to_string();
            let problem = match problem.as_str() {
                "invalid digit found in string" | "cannot parse integer from empty string" => {
                    format!("{:?} is not a whole number", text(ContextKind::InvalidValue)?)
                }
                _ => listed(problem, &command),
            };
            let flag = text(ContextKind::InvalidArg)?.split(' ').next()?.trim_matches(['<', '>', '[', ']', '.']);
            Some(format!("{flag}: {problem}"))
        }
        _ => None,
    }
}

/// A sentence for each of these variables of the environment that may be a misspelling of one that Weir takes. It stays a warning,
/// because a configuration may name any variable.
pub(super) fn variables(weir: &Command, names: &[String]) -> Vec<String> {
    let mut known = vec!["WEIR_LOG".to_owned()];
    let mut commands = vec![weir];
    while let Some(command) = commands.pop() {
        commands.extend(command.get_subcommands());
        known.extend(command.get_arguments().filter_map(|flag| Some(flag.get_env()?.to_str()?.to_owned())));
    }
    known.sort();
    known.dedup();
    let misspelt = names.iter().filter_map(|name| UnknownName::misspelling("variable", name, &known));
    misspelt.map(|name| name.to_string()).collect()
}

/// The sentence with the command that shows all values, unless it has them itself.
fn listed(sentence: String, command: &CommandMatch<'_>) -> String {
    if sentence.ends_with('?') { format!("{sentence} `{} --help` shows all", command.path) } else { sentence }
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
