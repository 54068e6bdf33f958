//! `weir init`: a commented configuration for an endpoint, from what its discovery says.

use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::ExposeSecret as _;
use url::Url;
use weir_catalog::discover;
use weir_exchange::base_url;
use weir_exchange::legible;
use weir_exchange::secrets;

use crate::config;
use crate::config::FILE;
use crate::exit;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::output::{Output, Printable};

const EXAMPLES: &str = "\
Only discovery and a few harmless requests are sent; nothing is changed. No credential is written into the file.

Examples:
  weir init https://scim.example.com/v2 --bearer @token.txt
  weir init http://127.0.0.1:8080/scim/v2 --output ci/weir.toml";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct InitArgs {
    /// The SCIM base URL
    #[arg(value_name = "URL", value_parser = base_url)]
    url: Url,
    /// Where to write the configuration; - is standard output
    #[arg(long, value_name = "FILE", default_value = FILE)]
    output: PathBuf,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    endpoint: EndpointFlags,
}

pub(super) async fn run(args: InitArgs, output: &Output) -> Result<u8, Failure> {
    let path = args.output.display().to_string();
    let to_output = path == "-";
    if !to_output && !args.force && args.output.exists() {
        return Err(Failure::Usage(format!("{path} is there already; --force writes over it, --output names another")));
    }
    let client = args.endpoint.client(&args.url, output)?;
    let discovery = discover(&client).await.map_err(|error| Failure::Unreachable(error.to_string()))?;
    let types: Vec<String> =
        discovery.resource_types().iter().map(|kind| secrets::masked(&kind.name).into_owned()).collect();
    let missing: Vec<_> =
        discovery.all_offers().iter().filter(|offer| !offer.offered).map(|offer| offer.capability).collect();
    let token = token_file(&args)?;
    let text = Printable::own(&config::commented(&args.url, &types, &missing, token.as_deref()));
    if to_output {
        output.print(text)?;
        return Ok(exit::OK);
    }
    text.write_to(&args.output)?;
    let mut summary = format!("{path} is written, for {} with {}\n", args.url, legible::one_line(&types.join(", ")));
    for remark in discovery.remarks() {
        summary.push_str(&legible::one_line(&secrets::masked(remark)));
        summary.push('\n');
    }
    summary.push_str(match token {
        Some(_) => "it names the file of the token; now: weir check\n",
        None => "set WEIR_BEARER, or name the credentials in the file; then: weir check\n",
    });
    output.print(Printable::own(&summary))?;
    Ok(exit::OK)
}

/// The file of `--bearer @FILE`, as the configuration names it: relative to its own folder, or absolute if that is another one.
fn token_file(args: &InitArgs) -> Result<Option<PathBuf>, Failure> {
    let given = args.endpoint.bearer.as_ref().and_then(|given| given.expose_secret().strip_prefix('@'));
    let Some(file) = given.map(Path::new) else { return Ok(None) };
    let is_here = args.output.parent().is_none_or(|folder| folder.as_os_str().is_empty());
    if is_here {
        return Ok(Some(file.to_owned()));
    }
    let absolute = std::path::absolute(file);
    absolute.map(Some).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
}
