//! The flags with which a person gives further credentials, for the checks of who may do what.

use clap::Args;
use secrecy::SecretString;
use url::Url;
use weir_exchange::{Credentials, Further};

use super::endpoint::base_url;
use super::secret::{given_secret, pair_of, secret};
use crate::config::SecretKind;
use crate::failure::Failure;

/// Credentials besides those of the run.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Further credentials")]
pub struct FurtherFlags {
    /// A bearer token that can read but not write, or @FILE that holds it
    #[arg(long, value_name = "TOKEN", env = "WEIR_READER_BEARER", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub reader_bearer: Option<SecretString>,
    /// User and password that can read but not write, or @FILE that holds them
    #[arg(long, value_name = "USER:PASS", env = "WEIR_READER_BASIC", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub reader_basic: Option<SecretString>,
    /// The bearer token of another tenant, or @FILE that holds it
    #[arg(long, value_name = "TOKEN", env = "WEIR_SECOND_BEARER", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub second_bearer: Option<SecretString>,
    /// User and password of another tenant, or @FILE that holds them
    #[arg(long, value_name = "USER:PASS", env = "WEIR_SECOND_BASIC", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub second_basic: Option<SecretString>,
    /// The other tenant's base URL, if it differs; --header values are sent to the same origin only
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub second_url: Option<Url>,
}

impl FurtherFlags {
    /// The flag, or the variable in its place, that speaks of somebody's endpoint.
    pub fn sign(&self) -> Option<&'static str> {
        [
            (self.reader_bearer.is_some(), "--reader-bearer"),
            (self.reader_basic.is_some(), "--reader-basic"),
            (self.second_bearer.is_some(), "--second-bearer"),
            (self.second_basic.is_some(), "--second-basic"),
        ]
        .into_iter()
        .find_map(|(given, flag)| given.then_some(flag))
    }

    /// What was given; `base` is the other tenant's URL too unless it has one of its own.
    pub fn read(&self, base: &Url) -> Result<Further, Failure> {
        let reader = credentials(self.reader_bearer.as_ref(), self.reader_basic.as_ref(), "--reader")?;
        let stranger = credentials(self.second_bearer.as_ref(), self.second_basic.as_ref(), "--second")?;
        if stranger.is_none() && self.second_url.is_some() {
            return Err(Failure::Usage("--second-url needs --second-bearer or --second-basic".into()));
        }
        let url = self.second_url.as_ref().unwrap_or(base).clone();
        Ok(Further { reader, stranger: stranger.map(|credentials| (url, credentials)) })
    }
}

fn credentials(
    bearer: Option<&SecretString>,
    basic: Option<&SecretString>,
    flags: &str,
) -> Result<Option<Credentials>, Failure> {
    if let Some(token) = bearer {
        let token = secret(token, &format!("{flags}-bearer"), SecretKind::Token)?;
        return Ok(Some(Credentials::Bearer(token)));
    }
    let Some(pair) = basic else { return Ok(None) };
    let (user, password) = pair_of(pair, &format!("{flags}-basic"))?;
    Ok(Some(Credentials::Basic { user, password }))
}
