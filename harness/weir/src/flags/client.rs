//! The flags that say which client it is and how its connection is configured: settings of the console one by one, or all
//! of them from the file of an administrator's connection.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use clap::Args;
use secrecy::ExposeSecret as _;
use url::Url;
use weir_exchange::secrets;
use weir_exchange::{Client, ClientOptions, Credentials, TokenSource};
use weir_files::name::UnknownName;
use weir_provision::client;
use weir_provision::client::Description;
use weir_provision::client::settings::Reach;
use weir_provision::connection::{Connection, ConnectionChannel, ConnectionFile, Connector};

use super::endpoint::base_url;
use super::value::FlagError;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::output::Output;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Client")]
pub struct ClientFlags {
    /// A PingFederate or PingOne connection: JSON of its API, or saas-provisioner.xml; flags override it
    #[arg(long, value_name = "FILE")]
    pub connection: Option<PathBuf>,
    /// The connection to use, by name or id, of a file of several; see `weir connection list`
    #[arg(long, value_name = "NAME", requires = "connection")]
    pub connection_name: Option<String>,
    /// Run a connection, channel or rule that is switched off
    #[arg(long)]
    pub inactive: bool,
    /// Leave out what is not known of a connection or rule, and could change whom the run touches
    #[arg(long)]
    pub ignore_unknown_settings: bool,
    /// The connection's channel to use [default: the first that is active]
    #[arg(long, value_name = "NAME", requires = "connection")]
    pub channel: Option<String>,
    /// Map fields that have an expression (OGNL, not evaluated) from their attributes alone
    #[arg(long, requires = "connection")]
    pub ignore_expressions: bool,
    /// A console setting, such as 'Remove User Action=Delete'; repeat for more. `weir explain CLIENT` lists them
    #[arg(long = "setting", value_name = "NAME=VALUE", value_parser = pair)]
    pub settings: Vec<(String, String)>,
    /// Variants of the client's unknown details, as `weir calibrate` writes them
    #[arg(long, value_name = "FILE")]
    pub variant: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), FlagError> {
    let (name, value) = text.split_once('=').ok_or(FlagError::Pair)?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// A client as it is to run, and what its connection says about reaching the endpoint.
#[derive(Clone, Debug)]
pub struct ClientChoice {
    pub description: Description,
    pub channel: Option<ConnectionChannel>,
    /// The connection that has no channel, by its name.
    without_channel: Option<String>,
    /// The store of PingOne that the connection is, by its id.
    store: Option<String>,
    reach: BTreeMap<Reach, String>,
    /// Whether a file said so; only then is its method of authentication asked for.
    is_from_file: bool,
}

impl ClientFlags {
    /// The connection of the file, read; its warnings are told. `id` is the client that the run names.
    fn open(&self, id: Option<&str>, output: &Output) -> Result<Option<Connection>, Failure> {
        let Some(path) = &self.connection else { return Ok(None) };
        let file = ConnectionFile::open(path).map_err(Failure::usage)?;
        let listed = file.choose(self.connection_name.as_deref()).map_err(Failure::usage)?;
        if let (None, Some(refusal)) = (id, listed.connector.as_ref().and_then(Connector::refusal)) {
            return Err(Failure::Usage(format!("{}: {refusal}", path.display())));
        }
        if !listed.is_active && !self.inactive {
            return Err(inactive(&format!("{}: the connection {}", path.display(), listed.name)));
        }
        let read = listed.read(self.ignore_expressions).map_err(Failure::usage)?;
        for warning in &read.warnings {
            output.warn(warning);
        }
        let file = path.display().to_string();
        for member in &read.unknown {
            if !self.ignore_unknown_settings {
                return Err(Failure::usage(member.fault(&file)));
            }
            output.warn(&member.warning(&file));
        }
        Ok(Some(read))
    }

    /// Refuses a flag that would change nothing.
    pub fn refuse_unused(&self, has_rule: bool) -> Result<(), Failure> {
        if self.ignore_unknown_settings && self.connection.is_none() && !has_rule {
            let problem = "--ignore-unknown-settings is about a connection or a rule; give one";
            return Err(Failure::Usage(problem.to_owned()));
        }
        Ok(())
    }

    /// The client that `--as` names, or else that of the connection, or else `default`.
    pub fn choose(&self, id: Option<&str>, default: &str, output: &Output) -> Result<ClientChoice, Failure> {
        let connection = self.open(id, output)?;
        let of_connection = connection.as_ref().and_then(|connection| connection.connector.client());
        let description = client::named(id.or(of_connection).unwrap_or(default)).map_err(Failure::usage)?;
        self.configure(description, connection.as_ref(), output)
    }

    /// A client with the settings and variants of these flags.
    pub fn configure(
        &self,
        description: &Description,
        connection: Option<&Connection>,
        output: &Output,
    ) -> Result<ClientChoice, Failure> {
        let description = match &self.variant {
            Some(path) => description.with_variant_file(path).map_err(Failure::usage)?,
            None => description.clone(),
        };
        let from_file = connection.map(Connection::given).unwrap_or_default();
        let mut given: Vec<(String, String)> = from_file.clone();
        given.extend(self.settings.iter().cloned());
        for url in given.iter().filter_map(|(_, value)| Url::parse(value).ok()) {
            secrets::register_url(&url);
        }
        if let Some([one, other]) = description.contradiction(&from_file) {
            return Err(Failure::Usage(format!(
                "the connection sets {one} and {other}, which are names of one setting, to two values; keep one of them"
            )));
        }
        let configured = description.configured(&given).map_err(Failure::usage)?;
        self.judge(&description, connection, &configured.unknown, output)?;
        for conflict in configured.conflicts {
            // A file holds what an API took; what somebody asks for must be what the console can make.
            if self.settings.is_empty() {
                output.warn(&format!("{conflict}, and the connection has it so; it runs as the file says"));
            } else {
                return Err(Failure::Usage(format!("{conflict}; no such connection can be made")));
            }
        }
        let mut reach = BTreeMap::new();
        for (name, value) in &given {
            if let Some(kind) = description.setting(name).and_then(|setting| setting.reach)
                && !value.is_empty()
            {
                reach.insert(kind, value.clone());
            }
        }
        let channel = connection.map(|connection| self.channel_of(connection, output)).transpose()?.flatten();
        // A store of PingOne has none: a rule says what it provisions.
        let has_none = |connection: &&Connection| connection.is_without_channels();
        Ok(ClientChoice {
            description: configured.description,
            without_channel: connection.filter(has_none).map(|connection| connection.name.clone()),
            channel,
            store: connection.and_then(|connection| connection.store_id.clone()),
            reach,
            is_from_file: connection.is_some(),
        })
    }

    fn channel_of(&self, connection: &Connection, output: &Output) -> Result<Option<ConnectionChannel>, Failure> {
        let channels = &connection.channels;
        let active: Vec<&str> =
            channels.iter().filter(|channel| channel.active).map(|channel| channel.name.as_str()).collect();
        if let (None, [first, others @ ..]) = (&self.channel, active.as_slice())
            && !others.is_empty()
        {
            output.warn(&format!(
                "{} has {} active channels, each of which PingFederate runs; this run is of {first}, and --channel names another: {}",
                connection.name,
                active.len(),
                others.join(", ")
            ));
        }
        let found = match &self.channel {
            None => channels.iter().find(|channel| channel.active).or_else(|| channels.first()),
            Some(wanted) => Some(channels.iter().find(|channel| channel.name == *wanted).ok_or_else(|| {
                let known = channels.iter().map(|channel| channel.name.as_str());
                Failure::usage(UnknownName::new("channel of the connection", wanted, known))
            })?),
        };
        if let Some(wanted) = &self.channel
            && channels.iter().filter(|channel| channel.name == *wanted).count() > 1
        {
            return Err(Failure::Usage(format!(
                "two channels of {} are named {wanted:?}; rename one",
                connection.name
            )));
        }
        if let Some(channel) = found.filter(|channel| !channel.active && !self.inactive) {
            return Err(inactive(&format!("the channel {} of {}", channel.name, connection.name)));
        }
        Ok(found.cloned())
    }

    /// What is not a setting of the client. One that could change whom the run touches is never passed over in silence.
    fn judge(
        &self,
        description: &Description,
        connection: Option<&Connection>,
        unknown: &[String],
        output: &Output,
    ) -> Result<(), Failure> {
        let of_file = |name: &String| {
            connection.filter(|connection| connection.target.iter().any(|setting| setting.name == *name))
        };
        for name in unknown {
            let about = description.unknown_setting(name);
            match of_file(name) {
                None => return Err(Failure::usage(about)),
                Some(connection) if connection.is_harmless(name) || self.ignore_unknown_settings => {
                    output.warn(&format!("{}, so it is not used; {}", about.problem(), about.remedy()));
                }
                Some(_) => {
                    return Err(Failure::Usage(format!(
                        "{} of the connection, which could change whom the run touches; {}, and --ignore-unknown-settings leaves it out",
                        about.problem(),
                        about.remedy()
                    )));
                }
            }
        }
        Ok(())
    }
}

fn inactive(what: &str) -> Failure {
    Failure::Usage(format!("{what} is inactive, so it is not run; --inactive runs it all the same"))
}

impl ClientChoice {
    /// Refuses a connection in which nothing says what is provisioned.
    pub fn check_channel(&self) -> Result<(), Failure> {
        match &self.without_channel {
            Some(name) => Err(Failure::Usage(format!(
                "the connection {name} has no channel, so that nothing says which people it provisions; make one in the console, and export the connection again"
            ))),
            None => Ok(()),
        }
    }

    /// Refuses a rule that is for another store than the connection.
    pub fn check_store(&self, target: Option<&str>) -> Result<(), Failure> {
        match (&self.store, target) {
            (Some(store), Some(target)) if store != target => Err(Failure::Usage(format!(
                "the rule is for the store {target}, and the connection is the store {store}; give those that belong together"
            ))),
            _ => Ok(()),
        }
    }

    /// The SCIM base URL: as given, or the connection's.
    pub fn url(&self, given: Option<&Url>) -> Result<Option<Url>, Failure> {
        match (given, self.reach.get(&Reach::Url)) {
            (Some(url), _) => Ok(Some(url.clone())),
            (None, Some(text)) => base_url(text)
                .map(Some)
                .map_err(|error| Failure::Usage(format!("the connection's SCIM URL {text:?}: {error}"))),
            (None, None) => Ok(None),
        }
    }

    /// A client for the endpoint, with the credentials of the flags in the way of the connection.
    pub fn client(&self, base: &Url, flags: &EndpointFlags, output: &Output) -> Result<Client, Failure> {
        Client::new(base, self.options(base, flags, output)?).map_err(Failure::usage)
    }

    fn options(&self, base: &Url, flags: &EndpointFlags, output: &Output) -> Result<ClientOptions, Failure> {
        let method = self.method();
        let mut flags = flags.clone();
        if method == Some(Method::OauthClient) {
            self.token_endpoint(&mut flags)?;
        }
        let mut options = flags.options(base, output)?;
        if let Credentials::Oauth(source) = options.credentials {
            options.credentials = Credentials::Oauth(self.in_form(source));
        }
        if let (Some(method), Credentials::None, true) = (method, &options.credentials, self.is_from_file) {
            return Err(Failure::Usage(method.missing(self)));
        }
        if let Some(scheme) = self.scheme() {
            let credentials = std::mem::take(&mut options.credentials);
            options.headers.extend(authorization(scheme, &credentials)?);
        }
        Ok(options)
    }

    fn in_form(&self, source: TokenSource) -> TokenSource {
        if self.description.token.secret_in_form { source.with_secret_in_form() } else { source }
    }

    /// The word before the credentials, where it is not the usual one.
    fn scheme(&self) -> Option<&str> {
        let scheme = self.reach.get(&Reach::Scheme)?.as_str();
        let is_usual = ["basic", "bearer", "none", "oauth client credentials"];
        (!is_usual.iter().any(|usual| usual.eq_ignore_ascii_case(scheme))).then_some(scheme)
    }

    /// How the connection authenticates itself; nothing if it does not, or does not say.
    fn method(&self) -> Option<Method> {
        if let Some(method) = self.reach.get(&Reach::Method) {
            let method = method.to_ascii_lowercase();
            return match () {
                () if method.contains("client") => Some(Method::OauthClient),
                () if method.contains("bearer") || method.contains("token") => Some(Method::Bearer),
                () if method.contains("basic") => Some(Method::Basic),
                () => None,
            };
        }
        let has = |kind| self.reach.contains_key(&kind);
        // Where both are given the token wins, as Aquera's guide wants it.
        if has(Reach::Token) {
            Some(Method::Bearer)
        } else if has(Reach::User) || has(Reach::Password) {
            Some(Method::Basic)
        } else {
            None
        }
    }

    /// Puts the connection's token endpoint and scopes into the flags, where they are not given.
    fn token_endpoint(&self, flags: &mut EndpointFlags) -> Result<(), Failure> {
        if flags.oauth_token_url.is_none()
            && let Some(text) = self.reach.get(&Reach::TokenUrl)
        {
            let url = Url::parse(text).map_err(|error| {
                Failure::Usage(format!("the connection's Token Request Endpoint {text:?}: {error}"))
            })?;
            flags.oauth_token_url = Some(url);
        }
        if flags.oauth_scope.is_none()
            && let Some(scopes) = self.reach.get(&Reach::Scope)
        {
            let scopes: Vec<&str> = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty()).collect();
            flags.oauth_scope = Some(scopes.join(&self.description.token.scope_separator));
        }
        Ok(())
    }
}

/// The header of an Authorization Header Type of one's own; a header's value is a secret as the credentials in it are.
fn authorization(scheme: &str, credentials: &Credentials) -> Result<Option<(String, String)>, Failure> {
    let value = match credentials {
        Credentials::None => return Ok(None),
        Credentials::Bearer(token) => token.expose_secret().to_owned(),
        Credentials::Basic { user, password } => {
            base64::engine::general_purpose::STANDARD.encode(format!("{user}:{}", password.expose_secret()))
        }
        Credentials::Oauth(_) => {
            return Err(Failure::Usage(format!(
                "the header type {scheme:?} goes with a token or a password; with OAuth 2 client credentials leave it empty"
            )));
        }
    };
    Ok(Some(("authorization".to_owned(), format!("{scheme} {value}"))))
}

/// How a connection authenticates itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Bearer,
    Basic,
    OauthClient,
}

impl Method {
    /// What to tell somebody who did not give the secret.
    fn missing(self, chosen: &ClientChoice) -> String {
        let of = |kind, placeholder: &str| chosen.reach.get(&kind).map_or(placeholder, String::as_str).to_owned();
        match self {
            Self::Bearer => {
                "the connection authenticates itself with a bearer token, and a file's token is not read; give it with --bearer or WEIR_BEARER"
                    .to_owned()
            }
            Self::Basic => format!(
                "the connection authenticates itself with user and password, and a file's password is not read; give --basic {}:PASSWORD or WEIR_BASIC",
                of(Reach::User, "USER")
            ),
            Self::OauthClient => format!(
                "the connection authenticates itself as an OAuth 2 client, and a file's secret is not read; give --oauth-client {}:SECRET or WEIR_OAUTH_CLIENT",
                of(Reach::Client, "CLIENT")
            ),
        }
    }
}
