//! Why nothing can be known of an endpoint.

use url::Url;
use weir_exchange::CredentialRefusal;
use weir_exchange::error::EndpointError;
use weir_files::name::UnknownName;

/// Why an endpoint cannot be tested at all.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    #[error("{url} answered {status}: {refusal}")]
    Credentials { url: String, status: u16, refusal: CredentialRefusal },
    #[error("{url} is not a SCIM endpoint: {fault}; {}", advice(.root.as_deref()))]
    NotScim {
        url: String,
        fault: String,
        /// What answers like SCIM at the same origin.
        root: Option<Box<Url>>,
    },
    /// A name in a configuration that the endpoint does not publish.
    #[error("{key}: {name}")]
    Unpublished { key: String, name: UnknownName },
    #[error(
        "{url}: an entry has a list of {found} entries, more than {most}; raise --check-entries if the endpoint is that large"
    )]
    TooLong { url: String, found: usize, most: usize },
    #[error(
        "{url}: the documents of discovery take {found} MiB once they are parsed, more than {most} MiB; raise --largest-answer if \
         the endpoint is that large"
    )]
    TooMuch { url: String, found: usize, most: usize },
}

/// What to do about a URL that is not a SCIM root.
fn advice(root: Option<&Url>) -> String {
    match root {
        Some(root) => format!("did you mean {root}?"),
        None => "give the base URL, below which /Users is found".to_owned(),
    }
}
