//! `weir clean`: deletes what an earlier run left behind.

use std::fmt::Write as _;

use clap::Args;
use url::Url;
use weir_catalog::discover;
use weir_catalog::run_prefix;
use weir_catalog::sweep::{Thoroughness, sweep};
use weir_exchange::base_url;
use weir_exchange::legible::Legible;
use weir_judge::Events;

use crate::exit;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::flags::value::FlagError;
use crate::output::Output;
use crate::output::confirm;
use crate::report::leftovers::Leftovers;

const EXAMPLES: &str = "\
Every name that a run makes begins with its prefix, which the run and its reports show; the run's seed gives it too.

Examples:
  weir clean https://scim.example.com/v2 --prefix weir-k3f9xq --dry-run --bearer @token.txt
  weir clean https://scim.example.com/v2 --run-seed 7 --bearer @token.txt --yes";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct CleanArgs {
    /// The SCIM base URL [default: that of weir.toml]
    #[arg(value_name = "URL", value_parser = base_url)]
    url: Option<Url>,
    /// The prefix of the names, such as weir-k3f9xq of one run, or weir- of every run
    #[arg(long, value_name = "PREFIX", value_parser = prefix)]
    prefix: Option<String>,
    /// The seed of the run, instead of its prefix
    #[arg(long, value_name = "N", conflicts_with = "prefix")]
    run_seed: Option<u64>,
    /// Show what would be deleted, and delete nothing
    #[arg(long)]
    dry_run: bool,
    /// Allow deletions at a remote endpoint without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    endpoint: EndpointFlags,
}

/// A prefix that no name of a person's own begins with.
fn prefix(text: &str) -> Result<String, FlagError> {
    if text.starts_with("weir-") {
        return Ok(text.to_owned());
    }
    Err(FlagError::Prefix)
}

pub(super) async fn run(args: CleanArgs, output: &Output) -> Result<u8, Failure> {
    let known = match &args.url {
        Some(url) => Some(url.clone()),
        None => args.endpoint.configuration(None, output)?.url,
    };
    let url =
        known.ok_or_else(|| Failure::Usage("give the URL of the endpoint, or a configuration that names it".into()))?;
    let prefix = args
        .prefix
        .clone()
        .or_else(|| args.run_seed.map(run_prefix))
        .ok_or_else(|| Failure::Usage("give --prefix or --run-seed, to limit what is deleted".into()))?;
    if !args.dry_run {
        let what = format!("weir deletes the users and groups whose names begin with {prefix}");
        confirm::before_writing(&url, &what, args.yes)?;
    }
    let client = args.endpoint.client(&url, output)?;
    let discovery = discover(&client).await.map_err(|error| Failure::Unreachable(error.to_string()))?;
    let left = Leftovers::default();
    let events = Events::new(vec![Box::new(left.clone())]);
    let swept = sweep(&client, &discovery, &events, &prefix, Thoroughness::Lists, args.dry_run).await;
    let left = left.take();
    let mut text = String::new();
    for url in &swept.found {
        let reason = left.iter().find(|left| left.url == *url).map(|left| &left.reason);
        let _ = match (reason, args.dry_run) {
            (Some(reason), _) => writeln!(text, "left     {url}: {}", Legible(reason)),
            (None, true) => writeln!(text, "found    {url}"),
            (None, false) => writeln!(text, "deleted  {url}"),
        };
    }
    for url in &swept.unsearched {
        let _ = writeln!(text, "left     {url} gives no list, so what is there cannot be found by name");
    }
    let found = swept.found.len();
    let remaining = swept.found.iter().filter(|url| left.iter().any(|left| left.url == **url)).count();
    let _ = if args.dry_run {
        writeln!(text, "{found} found")
    } else {
        writeln!(text, "{} deleted, {remaining} left", found - remaining)
    };
    output.print(text)?;
    Ok(if remaining > 0 || !swept.unsearched.is_empty() { exit::FINDINGS } else { exit::OK })
}
