//! How clients reach the applications: their base URLs, and the credentials that open them.

use std::collections::BTreeSet;

use weir_files::name::UnknownName;

use crate::auth::token::Tokens;
use crate::auth::{Gate, Grant};
use crate::config::Config;
use crate::credentials::{BasicCredentials, Credentials, FurtherCredentials, OauthClient, generated};
use crate::message::Origin;
use crate::rules::AuthenticationMethod;
use crate::targets::Target;

/// The user of generated Basic credentials.
const BASIC_USER: &str = "weir";

/// How a client reaches one application.
#[derive(Clone, Debug)]
pub struct ApplicationAccess {
    pub name: String,
    /// The tenant whose application it is, in targets that have tenants.
    pub tenant: Option<String>,
    /// Every base URL that leads to it, without trailing slash; the first is the one to recommend.
    pub base_urls: Vec<String>,
    pub credentials: Credentials,
    /// Credentials that open it besides, perhaps with fewer rights.
    pub further: Vec<FurtherAccess>,
}

/// Credentials besides those that an application has of its own.
#[derive(Clone, Debug)]
pub struct FurtherAccess {
    pub name: String,
    /// Without it they only read.
    pub writes: bool,
    pub credentials: Credentials,
}

/// Further credentials for what the target does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("credentials {credentials}: {unknown}")]
pub struct CredentialsError {
    /// Their name.
    pub credentials: String,
    /// The application or tenant.
    pub unknown: UnknownName,
}

/// The ways into each application, and the gate that they open.
pub(crate) fn access(config: &Config, origin: &Origin) -> Result<(Vec<ApplicationAccess>, Gate), CredentialsError> {
    let target = &config.target;
    let mut applications: Vec<ApplicationAccess> =
        (0..target.applications.len()).map(|position| own(config, position, origin)).collect();
    let mut gate = Gate::new(Tokens::new(config.seed, config.token_lifetime));
    for (position, access) in applications.iter().enumerate() {
        gate.add(&access.credentials, &Grant { applications: BTreeSet::from([position]), writes: true });
    }
    for further in target.credentials.iter().chain(&config.further) {
        let opened = opened(further, target)?;
        let mut credentials = further.credentials.clone();
        if credentials.is_empty() {
            credentials.bearer = Some(generated(config.seed, &format!("further {}", further.name)));
        }
        gate.add(&credentials, &Grant { applications: opened.clone(), writes: further.writes });
        for position in opened {
            let (name, writes) = (further.name.clone(), further.writes);
            applications[position].further.push(FurtherAccess { name, writes, credentials: credentials.clone() });
        }
    }
    Ok((applications, gate))
}

/// The positions of the applications that further credentials open.
fn opened(further: &FurtherCredentials, target: &Target) -> Result<BTreeSet<usize>, CredentialsError> {
    if let Some(unknown) = target.stranger(further) {
        return Err(CredentialsError { credentials: further.name.clone(), unknown });
    }
    let everything = further.applications.is_empty() && further.tenants.is_empty();
    let opens = |application: &crate::targets::Application| {
        everything
            || further.applications.contains(&application.name)
            || application.tenant.as_ref().is_some_and(|tenant| further.tenants.contains(tenant))
    };
    Ok(target.applications.iter().enumerate().filter(|(_, known)| opens(known)).map(|(at, _)| at).collect())
}

/// The credentials that one application has of its own.
fn own(config: &Config, position: usize, origin: &Origin) -> ApplicationAccess {
    let target = &config.target;
    let application = &target.applications[position];
    let name = &application.name;
    let offers = |method| application.authentication.contains(&method);
    let generated =
        |kind: &str| (!config.given_credentials_only).then(|| generated(config.seed, &format!("{kind} {name}")));
    let bearer = || config.bearer.clone().or_else(|| generated("bearer"));
    let basic = || match config.basic.clone() {
        Some((user, password)) => Some(BasicCredentials { user, password }),
        None => Some(BasicCredentials { user: BASIC_USER.into(), password: generated("basic")? }),
    };
    // A client id has to name the application, because the token endpoint is one for all.
    let oauth = || match config.oauth_client.clone() {
        Some((id, secret)) => Some(OauthClient { id, secret }),
        None => Some(OauthClient { id: name.clone(), secret: generated("oauth")? }),
    };
    let own_url = origin.own();
    let paths = target.base_paths.iter().filter_map(|base| base.of(position, &target.applications));
    ApplicationAccess {
        name: name.clone(),
        tenant: application.tenant.clone(),
        base_urls: paths.map(|path| format!("{own_url}{path}")).collect(),
        credentials: Credentials {
            bearer: offers(AuthenticationMethod::Bearer).then(bearer).flatten(),
            basic: offers(AuthenticationMethod::Basic).then(basic).flatten(),
            oauth: offers(AuthenticationMethod::Oauth).then(oauth).flatten(),
        },
        further: Vec::new(),
    }
}
