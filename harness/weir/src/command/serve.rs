//! `weir serve`: the endpoint, until Ctrl-C or SIGTERM.

use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::SecretString;
use serde::de::IgnoredAny;
use url::Url;
use weir_exchange::legible;
use weir_files::document;
use weir_files::fault::FileFault;
use weir_files::kind::DocumentKind;
use weir_server::{Config, JournalMode, PasswordCost, Target};

use super::like::{LikeFlags, LikeTarget};
use crate::config::SecretKind;
use crate::embedded;
use crate::exit;
use crate::failure::Failure;
use crate::flags::secret::{given_secret, pair_of, secret};
use crate::flags::serve::{AccessFlags, ControlFlags, ProtectionFlags};
use crate::flags::value::listen;
use crate::interrupt;
use crate::output::greeting;
use crate::output::greeting::GivenSecrets;
use crate::output::plural::{exchanges, plural};
use crate::output::recording;
use crate::output::request_lines;
use crate::output::{Output, Printable};
use crate::seed;

const EXAMPLES: &str = "\
Examples:
  weir serve                                  the Aquera gateway on http://127.0.0.1:7643
  weir serve --target rfc --listen 127.0.0.1:0
  weir serve --schema device.json             with an extension or a resource type of your own
  weir serve --like discovery/                as a product whose discovery documents lie there
  weir serve --data people.json --record exchanges.har
  weir serve --deviate write.answer-lost      lose answers after the work is done
  WEIR_BEARER=@token.txt weir serve --base-url https://scim.example.com";

/// How much of each exchange is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Journal {
    #[default]
    Full,
    Heads,
    Off,
}

/// The form of the greeting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum GreetingForm {
    #[default]
    Text,
    Json,
}

/// The form of the log of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum LogForm {
    Json,
}

/// The most notes on documents that are written one by one.
const MOST_NOTES: usize = 20;

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ServeArgs {
    /// The target to behave like: a name or a target file
    #[arg(long, value_name = "NAME|FILE", default_value = "aquera")]
    target: String,
    /// A JSON file with schemas or resource types to add; repeat for more
    #[arg(long = "schema", value_name = "FILE")]
    schemas: Vec<PathBuf>,
    /// Where to listen: a port of the loopback address, or ADDRESS:PORT; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7643", value_parser = listen)]
    listen: SocketAddr,
    /// Break the endpoint on purpose, such as `write.answer-lost`; repeat for more. `weir list deviations` shows all
    #[arg(long = "deviate", value_name = "ID[=VALUE]")]
    deviations: Vec<String>,
    /// The bearer token that every application takes, or @FILE that holds it
    #[arg(long, value_name = "TOKEN", env = "WEIR_BEARER", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    bearer: Option<SecretString>,
    /// The user and password that every application takes, or @FILE that holds them
    #[arg(long, value_name = "USER:PASS", env = "WEIR_BASIC", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    basic: Option<SecretString>,
    #[command(flatten)]
    control: ControlFlags,
    /// How much of each exchange the journal keeps: everything, no bodies, or nothing
    #[arg(long, value_enum, default_value_t, value_name = "MODE")]
    journal: Journal,
    /// The address to put into Location and meta.location, if clients reach Weir through another one
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
    /// Believe X-Forwarded-Proto and X-Forwarded-Host
    #[arg(long)]
    trust_proxy: bool,
    /// The same seed makes the same ids and credentials [default: random]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many invented users to put into the first application, with two groups
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed_people: usize,
    /// A JSON file with resources for the first application: a list, or an object with "Resources"
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Record every exchange in FILE, as an HTTP archive (HAR); credentials and passwords are masked
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Log every request to standard error; json writes one JSON object per line
    #[arg(long, value_enum, value_name = "FORM")]
    log: Option<LogForm>,
    /// The form of the greeting: text, or json for one line that a program can read
    #[arg(long, value_enum, default_value_t, value_name = "FORM", hide_possible_values = true)]
    format: GreetingForm,
    /// Stop when standard input ends, so that the endpoint does not outlive the program that started it
    #[arg(long)]
    until_eof: bool,
    /// Leave out the line per request, and warnings
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    like: LikeFlags,
    #[command(flatten)]
    access: AccessFlags,
    #[command(flatten)]
    protection: ProtectionFlags,
}

impl ServeArgs {
    pub(super) const fn is_quiet(&self) -> bool {
        self.quiet
    }
}

pub(super) async fn run(args: ServeArgs, output: &Output) -> Result<u8, Failure> {
    let (quiet, form) = (args.quiet, args.format);
    let given = GivenSecrets {
        bearer: args.bearer.is_some(),
        basic: args.basic.is_some(),
        control: args.control.control_token.is_some(),
        oauth: args.access.oauth_client.is_some(),
        reader: args.access.reader_bearer.is_some() || args.access.reader_basic.is_some(),
    };
    let (log, until_eof) = (args.log, args.until_eof);
    let (target, name) = target(&args, output).await?;
    let data = args.data.as_ref().map(|path| resources(path)).transpose()?;
    let data = data.zip(args.data.clone());
    let archive = args.record.as_deref().map(recording::create).transpose()?;
    let endpoint = weir_server::start(config(args, target)?).map_err(Failure::usage)?;
    if let Some((resources, path)) = data {
        let loaded = endpoint.load(None, resources.as_bytes());
        loaded.map_err(|problem| Failure::Usage(format!("{}: {problem}", path.display())))?;
    }
    let mut followers = tokio::task::JoinSet::new();
    if let Some(archive) = archive {
        followers.spawn(recording::follow(endpoint.journal().follow(), archive, endpoint.origin(), output.clone()));
    }
    // Whoever reads `ready` may end the process at once.
    let mut requests = interrupt::listen()?;
    // Its purpose is to hand out the credentials of the endpoint.
    output.print(Printable::as_is(match form {
        GreetingForm::Text => legible::lines(&greeting::text(&endpoint, &name, given)).into_owned(),
        GreetingForm::Json => format!("{}\n", greeting::json(&endpoint, &name)),
    }))?;
    if log == Some(LogForm::Json) {
        let print = |line: &str| writeln!(std::io::stderr(), "{line}").is_ok();
        followers.spawn(request_lines::follow_as_json(endpoint.journal().follow(), print));
    } else if !quiet && form == GreetingForm::Text && std::io::stdout().is_terminal() {
        let print = |line: &str| writeln!(std::io::stdout(), "{line}").is_ok();
        followers.spawn(request_lines::follow(endpoint.journal().follow(), print));
    }
    tokio::select! {
        () = requests.next() => {}
        () = end_of_input(), if until_eof => {}
    }
    interrupt::end_soon(requests);
    let acted = endpoint.journal().acted();
    // The followers end when the journal is gone, after the last exchange.
    endpoint.stop();
    while followers.join_next().await.is_some() {}
    if form == GreetingForm::Text {
        for (deviation, count) in acted {
            output.say(format!("{deviation} acted on {}", exchanges(count)))?;
        }
        output.print("stopped\n")?;
    }
    Ok(exit::OK)
}

/// Resolves when standard input ends. It is read in a thread of its own, which the end of the process does not wait for.
async fn end_of_input() {
    let (sender, ended) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        // An error is an end as well.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        drop(sender);
    });
    let _ = ended.await;
}

/// The text of a file of resources, which is JSON.
fn resources(path: &Path) -> Result<String, Failure> {
    let text = document::read(path).map_err(Failure::usage)?;
    let of_file = |fault: FileFault| Failure::usage(fault.of(path.display()));
    document::json::<IgnoredAny>(&text).map_err(of_file)?;
    match DocumentKind::of(&text) {
        DocumentKind::ScimList | DocumentKind::ScimResource | DocumentKind::Json => Ok(text),
        kind => Err(of_file(kind.instead_of("a list of SCIM resources"))),
    }
}

/// The target and what it is called. What could not be taken over from documents is said whatever the flags: it is the
/// difference between the rehearsal and the product.
async fn target(args: &ServeArgs, output: &Output) -> Result<(Target, String), Failure> {
    let (mut target, name) = match args.like.target().await? {
        Some(LikeTarget { target, name, notes }) => {
            for note in notes.iter().take(MOST_NOTES) {
                output.insist(note);
            }
            if notes.len() > MOST_NOTES {
                let more = plural((notes.len() - MOST_NOTES) as u64, "more note", "more notes");
                output.insist(&format!("{more} of this kind on the documents of {name}"));
            }
            (target, format!("like {name}"))
        }
        None => (embedded::target(&args.target).map_err(Failure::usage)?, args.target.clone()),
    };
    note_unused_credentials(args, &target, output);
    for note in embedded::add_schema_files(&mut target, &args.schemas).map_err(Failure::usage)? {
        output.insist(&note);
    }
    Ok((target, name))
}

/// Credentials that were given and that no application of the target takes: a client that sends them is refused.
fn note_unused_credentials(args: &ServeArgs, target: &Target, output: &Output) {
    let taken = target.ways_to_authenticate();
    for (is_given, way, what) in
        [(args.bearer.is_some(), "bearer", "bearer token"), (args.basic.is_some(), "basic", "user name and password")]
    {
        if is_given && !taken.contains(&way) {
            output.insist(&format!("--{way} is not used: the target takes no {what}; it takes {}", taken.join(", ")));
        }
    }
}

fn config(args: ServeArgs, target: Target) -> Result<Config, Failure> {
    let mut config = Config::new(target);
    config.listen = args.listen;
    config.deviations = embedded::deviations(&args.deviations).map_err(Failure::usage)?;
    config.bearer = args.bearer.as_ref().map(|token| secret(token, "--bearer", SecretKind::Token)).transpose()?;
    config.basic = args.basic.as_ref().map(|pair| pair_of(pair, "--basic")).transpose()?;
    args.control.apply(&mut config)?;
    config.base_url = args.base_url;
    config.trust_proxy = args.trust_proxy;
    config.journal = match args.journal {
        // What the journal does not keep cannot be recorded.
        _ if args.record.is_some() => JournalMode::Full,
        Journal::Full => JournalMode::Full,
        Journal::Heads => JournalMode::Heads,
        Journal::Off => JournalMode::Off,
    };
    config.seed = args.seed.unwrap_or_else(seed::draw);
    args.access.apply(&mut config)?;
    args.protection.apply(&mut config)?;
    config.people = args.seed_people;
    if !config.listen.ip().is_loopback() {
        // Others can reach it, so somebody may give it a password that matters.
        config.password_cost = PasswordCost::CAREFUL;
        if config.bearer.is_none() && config.basic.is_none() && config.oauth_client.is_none() {
            return Err(Failure::Usage(format!(
                "{} can be reached by others, and the credentials would be made up; give --bearer, --basic or --oauth-client",
                config.listen
            )));
        }
        config.given_credentials_only = true;
    }
    Ok(config)
}
