//! How a client reaches an endpoint: proxy, timeouts, and the certificates that it trusts and shows.

use url::Url;

use super::{ClientOptions, is_loopback};
use crate::error::{ClientError, without_user_info};

/// The HTTP client of the options.
///
/// Without the certificates of any authority, as in an image that holds nothing but Weir, none can be built from those of the system.
/// Plain HTTP needs none, and `--ca` brings its own.
pub(super) fn build(base: &Url, options: &ClientOptions) -> Result<reqwest::Client, ClientError> {
    let needs_system = base.scheme() == "https" && options.authorities.is_empty();
    let built = match builder(base, options, Authorities::OfTheSystem)?.build() {
        Err(_) if !needs_system => builder(base, options, Authorities::Given)?.build(),
        built => built,
    };
    built.map_err(ClientError::Setup)
}

/// Whose certificates a client trusts.
#[derive(Clone, Copy)]
enum Authorities {
    /// Those of the system, and those that were given.
    OfTheSystem,
    Given,
}

fn builder(
    base: &Url,
    options: &ClientOptions,
    authorities: Authorities,
) -> Result<reqwest::ClientBuilder, ClientError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(options.connect_timeout)
        .timeout(options.timeout)
        .referer(false);
    if let Some(url) = &options.proxy {
        let proxy = reqwest::Proxy::all(url.clone())
            .map_err(|problem| ClientError::Proxy { url: without_user_info(url), problem })?;
        builder = builder.proxy(proxy);
    } else if is_loopback(base) {
        builder = builder.no_proxy();
    }
    if let Some(pem) = &options.identity {
        builder = builder.identity(reqwest::Identity::from_pem(pem).map_err(ClientError::Identity)?);
    }
    let mut given = Vec::new();
    for pem in &options.authorities {
        given.extend(reqwest::Certificate::from_pem_bundle(pem).map_err(ClientError::Authority)?);
    }
    builder = match authorities {
        Authorities::OfTheSystem => builder.tls_certs_merge(given),
        Authorities::Given => builder.tls_certs_only(given),
    };
    if options.insecure {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    Ok(builder)
}
