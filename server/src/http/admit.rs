//! What a request must pass before it is looked at: limits, the application that it means, credentials.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::{Method, Uri, header};
use bytes::Bytes;
use jiff::Timestamp;
use scim::ErrorKind;
use scim::capability::Capability;
use scim::tolerance::Tolerance;

use super::dispatch::dispatch;
use super::route::Route;
use super::{bulk, token};
use crate::active_configuration::ActiveConfiguration;
use crate::application::Front;
use crate::auth::{self, AccessRequest};
use crate::limits::Limits;
use crate::message::{Answer, IncomingRequest, Origin, Refusal, SCIM_JSON, media_type, read_body, readable_query};
use crate::server::Server;
use crate::targets::PathMatch;

/// The position of the application that answered, the request's body as far as it was read, and the answer.
pub async fn admit(
    request: &HttpRequest,
    payload: &mut Payload,
    server: &Server,
    configuration: &ActiveConfiguration,
    placed: Option<PathMatch<'_>>,
    at: Timestamp,
) -> (Option<usize>, Bytes, Answer) {
    let negotiated = media_type::negotiate(request.headers());
    let media_type = negotiated.as_ref().copied().unwrap_or(SCIM_JSON);
    let refuse = |refusal: Refusal| refusal.into_answer(media_type);
    let uri = request.uri();
    let credentials = |application: usize, rest: &str| {
        let front = &configuration.fronts[application];
        server.gate.check(&AccessRequest {
            headers: request.headers(),
            query: uri.query(),
            application,
            writes: auth::writes(request.method(), rest),
            anonymous: is_anonymous(rest, front) || front.rules.open.is_some_and(|open| open(request.method(), rest)),
            careless: &front.rules.careless,
            now: at,
        })
    };
    // What can be refused by its head is: its body is not read, unless it is short.
    let refused = server
        .rate
        .check(request.peer_addr().map(|peer| peer.ip()))
        .and_then(|()| check_head(request, &server.limits))
        .and_then(|()| match placed {
            _ if uri.path() == token::PATH => Ok(()),
            Some(placed) => credentials(placed.application, placed.rest),
            None => {
                let detail = format!(
                    "there is nothing at {}; the base URLs of the applications are printed at start",
                    uri.path()
                );
                Err(Refusal::new(ErrorKind::NotFound, detail))
            }
        });
    let body = match (&refused, read(request, payload, server, configuration, placed, refused.is_err()).await) {
        (_, Ok(body)) => body,
        (Ok(()), Err(refusal)) => return (None, Bytes::new(), refuse(refusal)),
        (Err(_), Err(_)) => Bytes::new(),
    };
    let application = placed.map(|placed| placed.application);
    if let Err(refusal) = refused {
        return (application, body, refuse(refusal));
    }
    let Some(placed) = placed.filter(|_| uri.path() != token::PATH) else {
        return (None, body.clone(), token::answer(request.method(), request.headers(), &body, &server.gate, at));
    };
    let front = &configuration.fronts[placed.application];
    let mut incoming = IncomingRequest {
        method: Cow::Borrowed(request.method()),
        path: Cow::Borrowed(placed.rest),
        query: uri
            .query()
            .map(|query| readable_query(query, front.rules.policy.tolerances.allows(Tolerance::PlusAsBlank))),
        headers: Cow::Borrowed(request.headers()),
        body,
    };
    let result = async {
        negotiated?;
        server.rates[placed.application].check(request.method().as_str(), placed.rest, incoming.body.len(), at)?;
        for seam in &front.seams.request {
            seam.rewrite(&mut incoming)?;
        }
        let base_url: Arc<str> = server.origin.base_url(request, placed.base).into();
        dispatch(server, front, &incoming, media_type, base_url).await
    }
    .await;
    (Some(placed.application), incoming.body, result.unwrap_or_else(refuse))
}

/// Reads the body, as long as the client is allowed to send; that of a refused request only if it is short, so that the
/// connection can go on.
async fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    server: &Server,
    configuration: &ActiveConfiguration,
    placed: Option<PathMatch<'_>>,
    is_refused: bool,
) -> Result<Bytes, Refusal> {
    const SHORT: usize = 16 << 10;
    if is_refused {
        let limits = Limits { body_bytes: SHORT.min(server.limits.body_bytes), ..server.limits.clone() };
        return if *request.method() == Method::CONNECT {
            Ok(Bytes::new())
        } else {
            read_body(request.headers(), payload, &limits).await
        };
    }
    // A bulk job has a limit of its own, which its refusal must name (RFC 7644 section 3.7.4).
    let bulk = placed.and_then(|placed| bulk::limits(&configuration.fronts[placed.application], placed.rest));
    match bulk {
        Some(bulk) => bulk::body(request.headers(), payload, &server.limits, bulk).await,
        None => read_body(request.headers(), payload, &server.limits).await,
    }
}

/// Refuses a head that no application has to look at.
fn check_head(request: &HttpRequest, limits: &Limits) -> Result<(), Refusal> {
    const KNOWN: [Method; 7] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    if !KNOWN.contains(request.method()) {
        let detail = format!("{:.20} means nothing here; the Allow header says what does", request.method().as_str());
        let allow = KNOWN.map(|method| method.to_string()).join(", ");
        return Err(Refusal::new(ErrorKind::MethodNotAllowed, detail).with_header(header::ALLOW, allow));
    }
    Origin::check(request.headers())?;
    check_length(request.uri(), limits)
}

fn check_length(uri: &Uri, limits: &Limits) -> Result<(), Refusal> {
    let length = uri.path().len() + uri.query().map_or(0, str::len);
    if length <= limits.uri_bytes {
        return Ok(());
    }
    let detail = format!(
        "path and query are {length} bytes long, and {} are taken; send a long filter by POST to .search",
        limits.uri_bytes
    );
    Err(Refusal::new(ErrorKind::UriTooLong, detail))
}

/// Whether the path may be read without credentials.
fn is_anonymous(path: &str, front: &Front) -> bool {
    if front.rules.anonymous.is_empty() {
        return false;
    }
    let capability = match Route::of(path, &front.registry) {
        Some(Route::ServiceProviderConfig) => Capability::ServiceProviderConfig,
        Some(Route::ResourceTypes | Route::ResourceType(_)) => Capability::ResourceTypes,
        Some(Route::Schemas | Route::Schema(_)) => Capability::Schemas,
        _ => return false,
    };
    front.rules.anonymous.contains(&capability)
}
