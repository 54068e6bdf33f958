//! Why a request got no usable answer, in one sentence each.

use reqwest::Method;
use url::Url;

/// The cause, by which callers decide what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndpointErrorKind {
    /// Nothing listens at the address.
    Refused,
    /// The host name is unknown.
    Dns,
    /// The TLS handshake or the certificate failed.
    Tls,
    /// The endpoint did not answer in time.
    Timeout,
    /// The answer is larger than the harness is willing to read.
    TooLarge,
    /// The connection ended before the answer was complete.
    CutShort,
    /// What answers does not speak HTTP.
    NotHttp,
    /// The harness threw the answer away on purpose, after the endpoint had given it.
    Discarded,
    /// The request could not be built: a header or URL that HTTP does not allow.
    BadRequest,
    /// The URL has another origin than the endpoint, so that nothing was sent.
    OtherOrigin,
    /// The resource may be somebody's, so that no change of it was sent.
    Foreign,
    /// The run may send no further request.
    Budget,
    /// The endpoint takes no further request for longer than the harness waits.
    Throttled,
    /// Anything else, with the cause in the sentence.
    Other,
}

impl EndpointErrorKind {
    /// A few words, for counting.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::Dns => "unknown host",
            Self::Tls => "TLS failed",
            Self::Timeout => "timeout",
            Self::TooLarge => "answer too large",
            Self::CutShort => "connection cut",
            Self::NotHttp => "no HTTP",
            Self::Discarded => "answer discarded",
            Self::BadRequest => "request not sendable",
            Self::OtherOrigin => "another origin",
            Self::Foreign => "somebody's resource",
            Self::Budget => "budget spent",
            Self::Throttled => "too many requests",
            Self::Other => "no answer",
        }
    }
}

/// A request without a usable answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{method} {url}: {sentence}")]
pub struct EndpointError {
    pub kind: EndpointErrorKind,
    pub method: Method,
    /// Without credentials.
    pub url: String,
    /// What happened and what to do, without the request line.
    pub sentence: String,
}

impl EndpointError {
    /// Whether no connection came about, so that nothing can be said about the endpoint.
    pub const fn is_unreachable(&self) -> bool {
        matches!(self.kind, EndpointErrorKind::Refused | EndpointErrorKind::Dns | EndpointErrorKind::Tls)
    }

    /// Whether a bound of the run, or of what the endpoint takes in a time, ended it, which says nothing about the endpoint.
    pub const fn is_of_a_bound(&self) -> bool {
        matches!(self.kind, EndpointErrorKind::Budget | EndpointErrorKind::TooLarge | EndpointErrorKind::Throttled)
    }

    pub(super) fn new(kind: EndpointErrorKind, method: &Method, url: &Url, sentence: impl Into<String>) -> Self {
        Self { kind, method: method.clone(), url: without_user_info(url).into(), sentence: sentence.into() }
    }

    /// Classifies what reqwest reports; the chain of causes is read because reqwest's own text names only the outermost.
    pub(super) fn from_reqwest(
        error: &reqwest::Error,
        method: &Method,
        url: &Url,
        proxy: Option<&Url>,
        base: &Url,
        timeout: std::time::Duration,
    ) -> Self {
        // What cannot be connected to is the proxy, and not the endpoint behind it.
        let (kind, mut sentence) = classify(error, proxy.unwrap_or(url), proxy.unwrap_or(base), timeout);
        if let Some(proxy) = proxy
            && error.is_connect()
        {
            sentence = format!("the proxy {} does not lead there: {sentence}", without_user_info(proxy));
        }
        Self::new(kind, method, url, sentence)
    }
}

/// The URL without user and password.
pub(super) fn without_user_info(url: &Url) -> Url {
    let mut url = url.clone();
    // Both fail only for URLs that cannot carry user information, which then hold none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// `given` is the URL of the peer as a person gave it, so that the proposal can be given instead.
fn classify(
    error: &reqwest::Error,
    url: &Url,
    given: &Url,
    timeout: std::time::Duration,
) -> (EndpointErrorKind, String) {
    use EndpointErrorKind as Kind;
    let host = url.host_str().unwrap_or_default();
    let causes = causes(error);
    let innermost = causes.last().cloned().unwrap_or_else(|| error.to_string());
    let io_kind = io_kind(error);
    if error.is_timeout() {
        let sentence = if error.is_connect() {
            format!("no connection within {} s; check the address, the proxy and the firewall", timeout.as_secs())
        } else {
            format!("no complete answer within {} s; raise --timeout if the endpoint is slow", timeout.as_secs())
        };
        return (Kind::Timeout, sentence);
    }
    if speaks_no_tls(error) {
        let mut meant = without_user_info(given);
        let (port, _) = (given.port_or_known_default(), meant.set_scheme("http"));
        // Only for a URL without host, which cannot have been connected to.
        let _ = meant.set_port(port);
        return (Kind::Tls, format!("the port speaks HTTP, not TLS; did you mean {meant}?"));
    }
    if let Some(cause) = tls_cause(error) {
        let sentence = format!(
            "TLS failed ({cause}); give the authority's certificate with --ca FILE, or another one to the endpoint"
        );
        return (Kind::Tls, sentence);
    }
    if error.is_dns() || causes.iter().any(|cause| cause.contains("dns error") || cause.contains("failed to lookup")) {
        return (Kind::Dns, format!("the host name {host:?} is not known; check the spelling and the name server"));
    }
    if io_kind == Some(std::io::ErrorKind::ConnectionRefused) {
        let port = url.port_or_known_default().unwrap_or_default();
        return (Kind::Refused, format!("connection refused; nothing listens on port {port} of {host}"));
    }
    if causes.iter().any(|cause| is_cut_short(cause))
        || matches!(
            io_kind,
            Some(
                std::io::ErrorKind::ConnectionReset
                    | std::io::ErrorKind::UnexpectedEof
                    | std::io::ErrorKind::BrokenPipe
            )
        )
    {
        return (
            Kind::CutShort,
            "the connection ended before the answer was complete; the endpoint or a proxy in front of it closed it"
                .into(),
        );
    }
    if causes.iter().any(|cause| is_not_http(cause)) {
        return (Kind::NotHttp, format!("what answers there does not speak HTTP ({innermost}); check scheme and port"));
    }
    if error.is_builder() {
        return (Kind::BadRequest, format!("the request cannot be sent: {innermost}"));
    }
    if error.is_decode() || error.is_body() {
        return (Kind::CutShort, format!("the answer's body cannot be read to its end: {innermost}"));
    }
    (Kind::Other, format!("no answer: {innermost}"))
}

type Cause<'e> = &'e (dyn std::error::Error + 'static);

/// The causes of an error, the outermost first. An `io::Error` hides what it wraps from `source` and shows it through
/// `get_ref` only.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = Cause<'_>> {
    std::iter::successors(std::error::Error::source(error), |cause| {
        let wrapped = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        wrapped.map(|wrapped| wrapped as Cause<'_>).or_else(|| cause.source())
    })
}

fn causes(error: &reqwest::Error) -> Vec<String> {
    chain(error).map(ToString::to_string).collect()
}

fn io_kind(error: &reqwest::Error) -> Option<std::io::ErrorKind> {
    chain(error).filter_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind).last()
}

/// Whether what came was not a record of TLS at all, as from a port that speaks plain HTTP.
fn speaks_no_tls(error: &reqwest::Error) -> bool {
    chain(error)
        .filter_map(|cause| cause.downcast_ref::<rustls::Error>())
        .any(|cause| matches!(cause, rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType)))
}

fn tls_cause(error: &reqwest::Error) -> Option<String> {
    chain(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()).map(ToString::to_string)
}

// The HTTP library's error type is not ours to name, so its text decides.
fn is_cut_short(cause: &str) -> bool {
    cause.contains("connection closed before message completed")
        || cause.contains("end of file before message length reached")
        || cause.contains("unexpected EOF during chunk")
        || cause.contains("unexpected end of file")
}

fn is_not_http(cause: &str) -> bool {
    cause.contains("invalid HTTP")
        || cause.contains("received unexpected message from connection")
        || cause.contains("message head is too large")
}

/// Why no client can be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("{url}: only http and https URLs can be tested")]
    Scheme { url: Url },
    #[error("the certificate file holds no certificate that can be read: {0}")]
    Authority(reqwest::Error),
    #[error("the file of the client's certificate holds no certificate with its key that can be read: {0}")]
    Identity(reqwest::Error),
    #[error("{url} cannot be a proxy: {problem}")]
    Proxy { url: Url, problem: reqwest::Error },
    #[error("header {name:?}: name or value is not allowed in HTTP")]
    Header { name: String },
    #[error(
        "the HTTP client cannot be set up: {}; where a machine has no certificates of authorities, install ca-certificates, or \
         give a file of them with --ca",
        innermost(.0)
    )]
    Setup(reqwest::Error),
}

/// The reason at the end of the chain: an HTTP client's own words for it are "builder error".
fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
