//! Whether a connection connects: discovery, then a page of one user.
//!
//! The sequence is Weir's own, because no console documents the requests that it sends.

use std::sync::Arc;

use weir_exchange::difference::at;
use weir_exchange::{Client, CredentialRefusal, EndpointError, EndpointErrorKind, Exchange, Request, scim_root};

use crate::client::Description;

/// The fault of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionTrouble {
    Url,
    Tls,
    Credentials,
    NotScim,
    Permission,
    NoAnswer,
}

impl ConnectionTrouble {
    /// The words used in output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Url => "wrong URL",
            Self::Tls => "TLS",
            Self::Credentials => "credentials",
            Self::NotScim => "not SCIM",
            Self::Permission => "no permission",
            Self::NoAnswer => "no answer",
        }
    }
}

/// Why a connection does not connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    pub trouble: ConnectionTrouble,
    /// One sentence.
    pub reason: String,
}

/// One request of the sequence.
#[derive(Debug)]
pub struct ProbeQuestion {
    /// The path below the base URL, with its query.
    pub path: String,
    pub answer: Result<Arc<Exchange>, EndpointError>,
}

/// The requests of a probe with their answers.
#[derive(Debug)]
pub struct Probe {
    pub questions: Vec<ProbeQuestion>,
    /// Absent if the connection connects.
    pub obstacle: Option<Obstacle>,
}

/// Asks for discovery and for one user, until a request has no answer. Discovery may be missing, closed or broken without
/// harm; the answer about the users decides.
pub async fn probe(client: &Client, description: &Description) -> Probe {
    let users = (description.user.path.as_ref(), Some(("count", "1")));
    let discovery = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"].map(|path| (path, None));
    let mut questions = Vec::new();
    let mut obstacle = None;
    for (path, query) in discovery.into_iter().chain([users]) {
        let mut request = Request::get(path);
        let mut shown = path.to_owned();
        if let Some((name, value)) = query {
            request = request.query(name, value);
            shown = format!("{path}?{name}={value}");
        }
        let answer = client.send(request).await;
        obstacle = match &answer {
            Ok(exchange) if query.is_some() => judge(client, exchange),
            Ok(_) => None,
            Err(error) => Some(unanswered(error)),
        };
        let is_last = answer.is_err();
        questions.push(ProbeQuestion { path: shown, answer });
        if is_last {
            break;
        }
    }
    if let Some(obstacle) = &mut obstacle
        && matches!(obstacle.trouble, ConnectionTrouble::Url | ConnectionTrouble::NotScim)
        && questions.iter().all(|question| question.answer.is_ok())
        && let Some(root) = scim_root::find(client).await
    {
        obstacle.reason = format!("{}; did you mean {root}?", obstacle.reason);
    }
    Probe { questions, obstacle }
}

fn unanswered(error: &EndpointError) -> Obstacle {
    let trouble = match error.kind {
        EndpointErrorKind::Refused | EndpointErrorKind::Dns | EndpointErrorKind::BadRequest => ConnectionTrouble::Url,
        EndpointErrorKind::Tls => ConnectionTrouble::Tls,
        EndpointErrorKind::NotHttp => ConnectionTrouble::NotScim,
        // The token endpoint says no in words of its own.
        EndpointErrorKind::Other if error.sentence.contains("token endpoint") => ConnectionTrouble::Credentials,
        _ => ConnectionTrouble::NoAnswer,
    };
    Obstacle { trouble, reason: error.sentence.clone() }
}

/// The meaning of the answer to the question for users; nothing if all is well.
fn judge(client: &Client, exchange: &Exchange) -> Option<Obstacle> {
    let detail = exchange.text("detail").map(|detail| format!(" ({detail})")).unwrap_or_default();
    let status = exchange.status;
    let (trouble, reason) = match status {
        200 => match exchange.json() {
            Err(why) => (ConnectionTrouble::NotScim, why.to_owned()),
            Ok(body) if at(body, "totalResults").is_some() => return None,
            Ok(_) => (
                ConnectionTrouble::NotScim,
                "the answer is JSON, but no list of resources (RFC 7644 section 3.4.2)".to_owned(),
            ),
        },
        300..=399 => {
            let place = exchange.header("location").unwrap_or("elsewhere");
            (ConnectionTrouble::Url, format!("status {status} points to {place}; take that for the SCIM URL"))
        }
        401 => (
            ConnectionTrouble::Credentials,
            format!("status 401{detail}: {}", CredentialRefusal::new(client, exchange)),
        ),
        403 => (
            ConnectionTrouble::Permission,
            format!("status 403{detail}; the credentials are accepted, but cannot read users"),
        ),
        404 | 405 | 410 => (
            ConnectionTrouble::Url,
            format!("status {status}{detail}; something answers there, but there are no users below the URL"),
        ),
        _ if exchange.json().is_err() => (ConnectionTrouble::NotScim, format!("status {status} without JSON")),
        _ => (ConnectionTrouble::NoAnswer, format!("status {status}{detail}")),
    };
    Some(Obstacle { trouble, reason })
}
