//! What `weir serve` says when it is ready, to a person or to a program.

use std::fmt::Write as _;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;
use weir_exchange::Credentials;
use weir_server::Endpoint;

use crate::embedded;

/// Which secrets the person brought along; they are not printed back.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each tells of one secret")]
pub struct GivenSecrets {
    pub bearer: bool,
    pub basic: bool,
    pub control: bool,
    pub oauth: bool,
    pub reader: bool,
}

/// What a program needs to use the endpoint, in one line of JSON; credentials that were given stand in it too.
pub fn json(endpoint: &Endpoint, target: &str) -> Value {
    let applications: Vec<Value> = embedded::applications(endpoint)
        .iter()
        .map(|application| {
            let pair = |pair: &(String, SecretString)| format!("{}:{}", pair.0, pair.1.expose_secret());
            let reader = match &application.reader {
                Some(Credentials::Bearer(token)) => Some(token.expose_secret()),
                _ => None,
            };
            json!({
                "name": application.name,
                "tenant": application.tenant,
                "urls": application.base_urls.iter().map(Url::as_str).collect::<Vec<_>>(),
                "bearer": application.bearer.as_ref().map(ExposeSecret::expose_secret),
                "basic": application.basic.as_ref().map(pair),
                "oauth": application.oauth.as_ref().map(pair),
                "reader": reader,
            })
        })
        .collect();
    json!({
        "ready": true,
        "target": target,
        "applications": applications,
        "control": {
            "url": format!("{}/_weir/", endpoint.origin()),
            "bearer": endpoint.control_token().expose_secret(),
        },
    })
}

/// What a person needs to use the endpoint. The last line is `ready`, for programs that wait for it.
pub fn text(endpoint: &Endpoint, target: &str, given: GivenSecrets) -> String {
    let mut text = format!("target {target} on {}\n", endpoint.origin());
    let shown = |given: bool, value: &str| if given { "(as given)".to_owned() } else { value.to_owned() };
    for application in embedded::applications(endpoint) {
        let tenant = application.tenant.as_ref().map(|tenant| format!(" of tenant {tenant}")).unwrap_or_default();
        let _ = writeln!(text, "application {}{tenant}", application.name);
        for (index, url) in application.base_urls.iter().enumerate() {
            let _ = writeln!(text, "  {:<10}{url}", if index == 0 { "URL" } else { "also" });
        }
        if let Some(token) = &application.bearer {
            let _ = writeln!(text, "  {:<10}{}", "bearer", shown(given.bearer, token.expose_secret()));
        }
        if let Some((user, password)) = &application.basic {
            let pair = format!("{user}:{}", password.expose_secret());
            let _ = writeln!(text, "  {:<10}{}", "basic", shown(given.basic, &pair));
        }
        if let Some((client, secret)) = &application.oauth {
            let pair = format!("{client}:{}", secret.expose_secret());
            let _ = writeln!(text, "  {:<10}{}", "oauth", shown(given.oauth, &pair));
        }
        if let Some(Credentials::Bearer(token)) = application.reader.as_ref().filter(|_| !given.reader) {
            let _ = writeln!(text, "  {:<10}{}", "reader", token.expose_secret());
        }
    }
    if embedded::applications(endpoint).iter().any(|application| application.oauth.is_some()) {
        let _ = writeln!(text, "tokens {}/oauth/token", endpoint.origin());
    }
    let token = shown(given.control, endpoint.control_token().expose_secret());
    let _ = writeln!(text, "control API {}/_weir/\n  {:<10}{token}\nready", endpoint.origin(), "bearer");
    text
}
