//! `weir man`: the manual pages, from the same definitions as `--help`.

use std::collections::BTreeMap;

use clap::{Arg, ArgAction, Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};
use weir_files::name::UnknownName;

use super::glossary;
use super::prose::Prose;
use crate::exit;
use crate::failure::Failure;
use crate::output::{Output, Printable};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  weir man > weir.1\n  weir man check | man -l -\n  weir man connection show | man -l -"
)]
pub(super) struct ManArgs {
    /// The command whose page to print [default: weir itself]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Variables that have no flag: their name, the flag that a command must have to heed them, and what they do.
const VARIABLES: [(&str, Option<&str>, &str); 3] = [
    (
        "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY",
        Some("proxy"),
        "The proxies to use, and the hosts to reach without one, unless --proxy names one.",
    ),
    ("NO_COLOR", None, "If it has a value, the output has no colours unless --color asks for them."),
    (
        "WEIR_LOG",
        None,
        "The levels of the log on standard error, such as info or weir_server=debug. The default is warn.",
    ),
];

/// Files that have a meaning: the flag that a command must have to use them, their name, and what they hold.
const FILES: [(&str, &str, &str); 6] = [
    ("config", "weir.toml", "The configuration of the endpoint in this directory; weir init writes it."),
    ("baseline", "weir.baseline.toml", "The known findings, which --update-baseline writes and --baseline reads."),
    ("variant", "CLIENT.variants.toml", "The variants of a client, which weir calibrate writes and --variant reads."),
    (
        "ledger",
        "the file of --ledger",
        "The state of a channel: its source and the accounts at the endpoint as of the last cycle.",
    ),
    ("record", "the file of --record", "The exchanges as an HTTP archive (HAR); it holds personal data."),
    ("target", "a target file", "The description of an endpoint, in place of the name of a target."),
];

/// Prints the page of a command.
pub(super) fn man(args: &ManArgs, mut weir: Command, output: &Output) -> Result<u8, Failure> {
    weir.build();
    let mut found = &weir;
    let mut path = vec!["weir"];
    for name in &args.command {
        let known = found.get_subcommands().map(Command::get_name);
        let unknown = || UnknownName::new("command", name, known).listed_by(format!("{} --help", path.join(" ")));
        found = found.find_subcommand(name).ok_or_else(|| Failure::usage(unknown()))?;
        path.push(name);
    }
    // The page is called as one would type the command.
    let page = found.clone().display_name(path.join("-")).bin_name(path.join(" "));
    output.print(Printable::as_is(page_of(page, &weir)?))?;
    Ok(exit::OK)
}

fn page_of(command: Command, weir: &Command) -> Result<String, std::io::Error> {
    let prose = Prose::of(&command);
    let commands: Vec<Command> = visible_subcommands(&command).cloned().collect();
    let command = command.disable_help_subcommand(true).subcommand_help_heading("COMMANDS");
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    // A page has no date of its own: it is that of its version.
    let version = format!("weir {}", command.get_version().unwrap_or_default());
    Roff::new().control("TH", [name, "1", "\"\"", &version, "Weir"]).to_writer(&mut text)?;
    man.render_name_section(&mut text)?;
    let mut own = synopsis(&command);
    own.control("SH", ["DESCRIPTION"]);
    own.text([roman(command.get_about().map(ToString::to_string).unwrap_or_default() + ".")]);
    for paragraph in &prose.paragraphs {
        own.control("PP", []).text([roman(paragraph)]);
    }
    own.to_writer(&mut text)?;
    man.render_options_section(&mut text)?;
    let mut own = Roff::new();
    if !commands.is_empty() {
        let row = |own: &Command| (page_name(&command, own.get_name()), about(own));
        section(&mut own, "COMMANDS", commands.iter().map(row));
    }
    let status = |(status, meaning): &(u8, &str)| (status.to_string(), format!("{meaning}."));
    section(&mut own, "EXIT STATUS", glossary::STATUSES.iter().map(status));
    section(&mut own, "ENVIRONMENT", variables(&command));
    section(&mut own, "FILES", files(&command));
    if !prose.examples.is_empty() {
        own.control("SH", ["EXAMPLES"]).control("EX", []);
        for line in &prose.examples {
            own.text([roman(line)]);
        }
        own.control("EE", []);
    }
    let related = related(&command, &prose, weir);
    if !related.is_empty() {
        own.control("SH", ["SEE ALSO"]).text([roman(related.join(", "))]);
    }
    own.to_writer(&mut text)?;
    man.render_version_section(&mut text)?;
    Ok(with_one_preamble(&String::from_utf8_lossy(&text)))
}

/// Each part of a page has the definition of an apostrophe before it; one is enough.
fn with_one_preamble(page: &str) -> String {
    let preamble = Roff::new().render();
    preamble.clone() + &page.replace(&preamble, "")
}

fn about(command: &Command) -> String {
    command.get_about().map(|about| format!("{about}.")).unwrap_or_default()
}

fn page_name(command: &Command, subcommand: &str) -> String {
    format!("{}-{subcommand}(1)", command.get_display_name().unwrap_or_else(|| command.get_name()))
}

fn visible_subcommands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|own| !own.is_hide_set() && own.get_name() != "help")
}

/// The command with each flag and its value: `[--only PREFIX]...`.
fn synopsis(command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.control("SY", [command.get_bin_name().unwrap_or_else(|| command.get_name())]);
    let is_shown = |own: &&Arg| {
        !own.is_hide_set() && !matches!(own.get_action(), ArgAction::Help | ArgAction::HelpShort | ArgAction::Version)
    };
    for own in command.get_opts().chain(command.get_arguments().filter(|own| is_switch(own))).filter(is_shown) {
        let Some(long) = own.get_long() else { continue };
        let flag = format!("\\-\\-{}", long.replace('-', "\\-"));
        let value = value_of(own);
        if own.is_required_set() {
            roff.text([bold(format!("--{long}")), roman(" "), italic(value)]);
        } else if own.is_require_equals_set() {
            roff.control("OP", [format!("{flag}[={value}]").as_str()]);
        } else if value.is_empty() {
            roff.control("OP", [flag.as_str()]);
        } else {
            roff.control("OP", [flag.as_str(), value.as_str()]);
        }
    }
    for own in command.get_positionals().filter(is_shown) {
        let value = value_of(own);
        roff.text(if own.is_required_set() {
            vec![italic(value)]
        } else {
            vec![roman("["), italic(value), roman("]")]
        });
    }
    if visible_subcommands(command).next().is_some() {
        roff.text([italic("COMMAND")]);
    }
    roff.control("YS", []);
    roff
}

fn is_switch(argument: &Arg) -> bool {
    !argument.is_positional() && !argument.get_num_args().is_some_and(|range| range.takes_values())
}

/// The name of an argument's value, with dots where it is taken more than once.
fn value_of(argument: &Arg) -> String {
    let Some(names) = argument.get_value_names().filter(|_| !is_switch(argument)) else { return String::new() };
    let is_repeated = matches!(argument.get_action(), ArgAction::Append)
        || argument.get_num_args().is_some_and(|range| range.max_values() > 1);
    let dots = if is_repeated { "..." } else { "" };
    format!("{}{dots}", names.join(" "))
}

/// A section of terms with their meanings; none without a term.
fn section(roff: &mut Roff, heading: &str, rows: impl IntoIterator<Item = (String, String)>) {
    for (number, (term, meaning)) in rows.into_iter().enumerate() {
        if number == 0 {
            roff.control("SH", [heading]);
        }
        roff.control("TP", []).text([bold(term)]).text([roman(meaning)]);
    }
}

/// Whether the command, or one below it, has a flag.
fn has_flag(command: &Command, flag: &str) -> bool {
    command.get_arguments().any(|own| own.get_long() == Some(flag))
        || visible_subcommands(command).any(|own| has_flag(own, flag))
}

/// The variables that the command, or one below it, reads.
fn variables(command: &Command) -> Vec<(String, String)> {
    let mut found = BTreeMap::new();
    let mut pending = vec![command];
    while let Some(command) = pending.pop() {
        pending.extend(visible_subcommands(command));
        for own in command.get_arguments() {
            if let (Some(variable), Some(long)) = (own.get_env(), own.get_long()) {
                let meaning = format!("The value of --{long} where the flag is not given.");
                found.insert(variable.to_string_lossy().into_owned(), meaning);
            }
        }
    }
    for (name, flag, meaning) in VARIABLES {
        if flag.is_none_or(|flag| has_flag(command, flag)) {
            found.insert(name.to_owned(), meaning.to_owned());
        }
    }
    found.into_iter().collect()
}

fn files(command: &Command) -> Vec<(String, String)> {
    let of_command = FILES.iter().filter(|(flag, ..)| has_flag(command, flag));
    of_command.map(|(_, name, meaning)| ((*name).to_owned(), (*meaning).to_owned())).collect()
}

/// The page above this one, and those of the commands that this one speaks of.
fn related(command: &Command, prose: &Prose, weir: &Command) -> Vec<String> {
    let own = command.get_bin_name().unwrap_or_default();
    let Some((parent, _)) = own.rsplit_once(' ') else { return Vec::new() };
    let mut text = prose.text();
    for argument in command.get_arguments() {
        text += &argument.get_help().map(ToString::to_string).unwrap_or_default();
        text.push('\n');
    }
    let is_named = |other: &&Command| {
        let name = format!("weir {}", other.get_name());
        let ends = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '-');
        !own.starts_with(&name) && text.match_indices(&name).any(|(start, _)| ends(&text[start + name.len()..]))
    };
    let named = visible_subcommands(weir).filter(is_named).map(|other| page_name(weir, other.get_name()));
    std::iter::once(format!("{}(1)", parent.replace(' ', "-"))).chain(named).collect()
}
