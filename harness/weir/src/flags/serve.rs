//! The flags with which `weir serve` is guarded: who gets in, and what protects it.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use weir_server::{BasicCredentials, Config, Credentials, FurtherCredentials, TlsFiles};

use super::secret::{given_secret, pair_of, secret};
use crate::config::SecretKind;
use crate::failure::Failure;

/// Who gets at the control API.
#[derive(Args, Clone, Debug, Default)]
pub struct ControlFlags {
    /// The token of the control API under /_weir/, or @FILE that holds it
    #[arg(long, value_name = "TOKEN", env = "WEIR_CONTROL_TOKEN", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub control_token: Option<SecretString>,
    /// Let the control API answer other machines too, as it must in a container; needs --control-token
    #[arg(long, requires = "control_token")]
    pub control_remote: bool,
}

impl ControlFlags {
    /// Puts what was given into the configuration.
    pub fn apply(&self, config: &mut Config) -> Result<(), Failure> {
        let token = self.control_token.as_ref();
        config.control_token = token.map(|token| secret(token, "--control-token", SecretKind::Token)).transpose()?;
        config.remote_control = self.control_remote;
        Ok(())
    }
}

/// Who gets in, besides `--bearer` and `--basic`.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Access")]
pub struct AccessFlags {
    /// Id and secret of an OAuth client, or @FILE that holds them, if the target offers OAuth
    #[arg(long, value_name = "CLIENT:SECRET", env = "WEIR_OAUTH_CLIENT", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub oauth_client: Option<SecretString>,
    /// How long a token of the token endpoint is valid
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u32).range(1..))]
    pub token_lifetime: u32,
    /// A bearer token that can read but not write, or @FILE that holds it
    #[arg(long, value_name = "TOKEN", env = "WEIR_READER_BEARER", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub reader_bearer: Option<SecretString>,
    /// User and password that can read but not write, or @FILE that holds them
    #[arg(long, value_name = "USER:PASS", env = "WEIR_READER_BASIC", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub reader_basic: Option<SecretString>,
}

impl AccessFlags {
    /// Puts what was given into the configuration.
    pub fn apply(&self, config: &mut Config) -> Result<(), Failure> {
        config.oauth_client = self.oauth_client.as_ref().map(|pair| pair_of(pair, "--oauth-client")).transpose()?;
        config.token_lifetime = jiff::SignedDuration::from_secs(i64::from(self.token_lifetime));
        let bearer =
            self.reader_bearer.as_ref().map(|token| secret(token, "--reader-bearer", SecretKind::Token)).transpose()?;
        let basic = self.reader_basic.as_ref().map(|pair| pair_of(pair, "--reader-basic")).transpose()?;
        if bearer.is_some() || basic.is_some() {
            let basic = basic.map(|(user, password)| BasicCredentials { user, password });
            // Those of the target would be made up.
            config.target.credentials.clear();
            config.further.push(FurtherCredentials {
                name: "reader".into(),
                writes: false,
                applications: Vec::new(),
                tenants: Vec::new(),
                credentials: Credentials { bearer, basic, oauth: None },
            });
        }
        Ok(())
    }
}

/// What protects the endpoint.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Protection")]
pub struct ProtectionFlags {
    /// The endpoint's certificate chain, PEM; the endpoint then speaks TLS 1.2 and 1.3
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// How many requests per second one client address can send; more are answered 429
    #[arg(long, value_name = "N")]
    pub rate_limit: Option<NonZeroU32>,
    /// The largest request body in bytes; a larger one is answered 413
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    pub max_body: usize,
    /// How many connections each thread holds at once
    #[arg(long, value_name = "N", default_value_t = 4096)]
    pub max_connections: usize,
    /// How long to wait for the head of a request
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub head_timeout: u64,
    /// How long to wait for the body of a request
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub body_timeout: u64,
    /// How long to work on a request at most
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub request_timeout: u64,
}

impl ProtectionFlags {
    /// Puts what was given into the configuration.
    pub fn apply(&self, config: &mut Config) -> Result<(), Failure> {
        config.tls =
            self.tls_cert.clone().zip(self.tls_key.clone()).map(|(certificate, key)| TlsFiles { certificate, key });
        let limits = &mut config.limits;
        limits.rate = self.rate_limit;
        limits.body_bytes = self.max_body;
        limits.connections = self.max_connections;
        limits.head_timeout = Duration::from_secs(self.head_timeout);
        limits.body_timeout = Duration::from_secs(self.body_timeout);
        limits.request_timeout = Duration::from_secs(self.request_timeout);
        limits.compress = true;
        if limits.request_timeout < limits.body_timeout {
            return Err(Failure::Usage("--request-timeout must not be shorter than --body-timeout".into()));
        }
        Ok(())
    }
}
