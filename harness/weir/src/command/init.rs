//! `weir init`: a commented configuration for an endpoint, from what its discovery says. At a terminal it asks for what the command
//! line does not say.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::ExposeSecret as _;
use url::Url;
use weir_catalog::discover;
use weir_exchange::legible;
use weir_exchange::secrets;
use weir_exchange::{Client, base_url};

use super::init_questions::Questions;
use crate::config;
use crate::config::{Config, CredentialSource, FILE, SecretSource};
use crate::exit;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::flags::endpoint::credentials_of;
use crate::output::word::quoted;
use crate::output::{Output, Printable};

const EXAMPLES: &str = "\
Only discovery and a few harmless requests are sent; nothing is changed. No credential is written into the file.
At a terminal, what the command line does not say is asked for: the URL, how the endpoint authenticates Weir, and where
the secret is.

Examples:
  weir init                                                  at a terminal
  weir init https://scim.example.com/v2 --bearer @token.txt
  weir init http://127.0.0.1:8080/scim/v2 --output ci/weir.toml";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct InitArgs {
    /// The SCIM base URL [default: asked for at a terminal]
    #[arg(value_name = "URL", value_parser = base_url)]
    url: Option<Url>,
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
    let (url, named) = named(&args)?;
    let mut options = args.endpoint.options(&url, output)?;
    if let NamedCredentials::Found(Some(source)) = &named {
        let config = Config { file: args.output.clone(), ..Config::default() };
        options.credentials = credentials_of(&config, source)?;
        options.credentials_origin = source.secret().origin();
    }
    let client = Client::new(&url, options).map_err(Failure::usage)?;
    let discovery = discover(&client).await.map_err(|error| Failure::Unreachable(error.to_string()))?;
    let types: Vec<String> =
        discovery.resource_types().iter().map(|kind| secrets::masked(&kind.name).into_owned()).collect();
    let missing: Vec<_> =
        discovery.all_offers().iter().filter(|offer| !offer.offered).map(|offer| offer.capability).collect();
    let source = match named {
        NamedCredentials::Found(source) => source.map(|source| beside(&args.output, source)).transpose()?,
        NamedCredentials::Unknown => Some(CredentialSource::Bearer(SecretSource::Environment("WEIR_BEARER".into()))),
    };
    let text = Printable::own(&config::commented(&url, &types, &missing, source.as_ref()));
    if to_output {
        output.print(text)?;
        return Ok(exit::OK);
    }
    text.write_to(&args.output)?;
    let mut summary = format!("{path} is written, for {url} with {}\n", legible::one_line(&types.join(", ")));
    for remark in discovery.remarks() {
        summary.push_str(&legible::one_line(&secrets::masked(remark)));
        summary.push('\n');
    }
    let place = match source.as_ref().map(CredentialSource::secret) {
        Some(SecretSource::Environment(name)) if std::env::var_os(name).is_none() => {
            format!("set {name}, or name the credentials in the file; then")
        }
        Some(secret) => format!("the credentials come from {}; now", legible::one_line(&secret.origin())),
        None => "it sends no credentials; now".to_owned(),
    };
    // That is the file which a run reads by itself.
    let config = if args.output == Path::new(FILE) { String::new() } else { format!(" --config {}", quoted(&path)) };
    output.print(Printable::own(&format!("{summary}{place}: weir check{config} --quick\n")))?;
    Ok(exit::OK)
}

/// How the endpoint authenticates Weir, as far as it is known.
enum NamedCredentials {
    /// By this, or not at all.
    Found(Option<CredentialSource>),
    /// Nothing was said, and there is nobody to ask.
    Unknown,
}

/// The endpoint and its credentials: as the command line says, or as a person at the terminal answers.
fn named(args: &InitArgs) -> Result<(Url, NamedCredentials), Failure> {
    let flags = &args.endpoint;
    let file = flags.bearer.as_ref().and_then(|given| given.expose_secret().strip_prefix('@'));
    let given = file.map(|file| CredentialSource::Bearer(SecretSource::File(file.into())));
    let says = given.is_some() || flags.sign().is_some();
    let is_watched = io::stdin().is_terminal() && io::stderr().is_terminal();
    let (mut input, mut terminal) = (io::stdin().lock(), io::stderr());
    let mut questions = Questions { input: &mut input, output: &mut terminal };
    let url = match &args.url {
        Some(url) => url.clone(),
        None if is_watched => questions.url()?,
        None => {
            return Err(Failure::Usage(
                "no URL, and there is no terminal to ask at; give the SCIM base URL: weir init https://scim.example.com/v2"
                    .into(),
            ));
        }
    };
    let credentials = match given {
        Some(source) => NamedCredentials::Found(Some(source)),
        None if says || !is_watched => NamedCredentials::Unknown,
        None => NamedCredentials::Found(questions.credentials()?),
    };
    Ok((url, credentials))
}

/// The same credentials as the configuration at `output` names them: a file relative to its own folder, or absolute if that is
/// another one.
fn beside(output: &Path, source: CredentialSource) -> Result<CredentialSource, Failure> {
    let is_here = output.parent().is_none_or(|folder| folder.as_os_str().is_empty());
    source.map_secret(|secret| match secret {
        SecretSource::File(file) if !is_here => {
            let absolute = std::path::absolute(&file);
            let failed = |error| Failure::Usage(format!("{}: {error}", file.display()));
            absolute.map(SecretSource::File).map_err(failed)
        }
        other => Ok(other),
    })
}
