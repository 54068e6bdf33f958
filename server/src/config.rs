//! Everything that an endpoint is started with.

use std::net::{Ipv4Addr, SocketAddr};

use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::sync::watch;
use url::Url;

use crate::clock::Clock;
use crate::credentials::{FurtherCredentials, TOKEN_LIFETIME, generated};
use crate::deviations::Activation;
use crate::journal::JournalMode;
use crate::limits::Limits;
use crate::password::PasswordCost;
use crate::targets::Target;
use crate::tls::TlsFiles;

/// How an endpoint is to be started. [`Config::rfc`], [`Config::aquera`] and [`Config::new`] fill in what an embedded
/// endpoint needs: a free port on the loopback address, generated credentials, the whole journal.
#[derive(Clone, Debug)]
pub struct Config {
    /// Port 0 picks a free one; [`crate::Endpoint::address`] tells which.
    pub listen: SocketAddr,
    pub target: Target,
    /// The deviations to begin with, besides those of the target.
    pub deviations: Vec<Activation>,
    /// The bearer token of every application; without it each gets one of its own, made from `seed`.
    pub bearer: Option<SecretString>,
    /// User and password of every application; without it each gets its own, made from `seed`.
    pub basic: Option<(String, SecretString)>,
    /// Id and secret of a client of the token endpoint, for every application of a target that offers it; without them each
    /// application gets a client named as itself, its secret made from `seed`.
    pub oauth_client: Option<(String, SecretString)>,
    /// How long a token of the token endpoint is valid, by `clock`.
    pub token_lifetime: SignedDuration,
    /// Credentials besides those of the target.
    pub further: Vec<FurtherCredentials>,
    /// No application gets generated credentials: what is not given is not accepted.
    pub given_credentials_only: bool,
    /// Speaks TLS instead of plain HTTP.
    pub tls: Option<TlsFiles>,
    /// The token of the control API under `/_weir/`; without it one is made from `seed`.
    pub control_token: Option<SecretString>,
    /// The control API also answers other machines, as a container needs it; its token alone guards it then.
    pub remote_control: bool,
    /// The scheme, host and port that clients see, for `Location`, `meta.location` and `$ref`; without it the request's.
    pub base_url: Option<Url>,
    /// Whether `X-Forwarded-Proto` and `X-Forwarded-Host` are believed.
    pub trust_proxy: bool,
    pub journal: JournalMode,
    /// Makes ids, generated credentials and the choices of deviations repeatable.
    pub seed: u64,
    pub clock: Clock,
    /// For an endpoint inside the program that tests it: how many requests that the program sent together have no answer
    /// yet. Deviations that two requests must meet for let one wait as long as another can come; without it they wait for a
    /// short time of the machine's, within which requests that were sent together arrive unless the machine is busy.
    pub under_way: Option<watch::Receiver<usize>>,
    pub limits: Limits,
    pub password_cost: PasswordCost,
    /// How many invented people the first application begins with, and two groups of them, `ten` and `everyone`. A reset
    /// removes them like everything else.
    pub people: usize,
    /// Threads that answer requests.
    pub workers: usize,
}

impl Config {
    /// An embedded endpoint that behaves as `target`.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            target,
            deviations: Vec::new(),
            bearer: None,
            basic: None,
            oauth_client: None,
            token_lifetime: TOKEN_LIFETIME,
            further: Vec::new(),
            given_credentials_only: false,
            tls: None,
            control_token: None,
            remote_control: false,
            base_url: None,
            trust_proxy: false,
            journal: JournalMode::Full,
            seed: 1,
            clock: Clock::system(),
            under_way: None,
            limits: Limits::default(),
            password_cost: PasswordCost::CHEAP,
            people: 0,
            workers: std::thread::available_parallelism().map_or(1, usize::from).min(2),
        }
    }

    /// The token of the control API.
    pub(crate) fn control_token(&self) -> SecretString {
        self.control_token.clone().unwrap_or_else(|| generated(self.seed, "control"))
    }

    /// What URLs of the endpoint begin with.
    pub(crate) const fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// An embedded endpoint that takes the RFCs' reading of everything.
    #[must_use]
    pub fn rfc() -> Self {
        Self::new(Target::rfc())
    }

    /// An embedded Aquera endpoint.
    #[must_use]
    pub fn aquera() -> Self {
        Self::new(Target::aquera())
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::rfc()
    }
}
