//! What a request must pass before it is looked at: limits, the application that it means, credentials.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::Uri;
use bytes::Bytes;
use jiff::Timestamp;
use scim::ErrorKind;
use scim::capability::Capability;

use super::dispatch::dispatch;
use super::route::Route;
use super::{bulk, token};
use crate::active_configuration::ActiveConfiguration;
use crate::application::Front;
use crate::auth::{self, AccessRequest};
use crate::limits::Limits;
use crate::message::{Answer, IncomingRequest, Refusal, SCIM_JSON, media_type, read_body};
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
    let body = match read(request, payload, server, configuration, placed).await {
        Ok(body) => body,
        Err(refusal) => return (None, Bytes::new(), refuse(refusal)),
    };
    if let Err(refusal) = check_length(uri, &server.limits) {
        return (None, body, refuse(refusal));
    }
    if uri.path() == token::PATH {
        return (None, body.clone(), token::answer(request.method(), request.headers(), &body, &server.gate, at));
    }
    let Some(placed) = placed else {
        let detail =
            format!("there is nothing at {}; the base URLs of the applications are printed at start", uri.path());
        return (None, body, refuse(Refusal::new(ErrorKind::NotFound, detail)));
    };
    let front = &configuration.fronts[placed.application];
    let mut incoming = IncomingRequest {
        method: Cow::Borrowed(request.method()),
        path: Cow::Borrowed(placed.rest),
        query: uri.query().map(Cow::Borrowed),
        headers: Cow::Borrowed(request.headers()),
        body,
    };
    let result = async {
        server.gate.check(&AccessRequest {
            headers: request.headers(),
            query: uri.query(),
            application: placed.application,
            writes: auth::writes(request.method(), placed.rest),
            anonymous: is_anonymous(placed.rest, front)
                || front.rules.open.is_some_and(|open| open(request.method(), placed.rest)),
            careless: &front.rules.careless,
            now: at,
        })?;
        negotiated?;
        for seam in &front.seams.request {
            seam.rewrite(&mut incoming)?;
        }
        let base_url: Arc<str> = server.origin.base_url(request, placed.base).into();
        dispatch(server, front, &incoming, media_type, base_url).await
    }
    .await;
    (Some(placed.application), incoming.body, result.unwrap_or_else(refuse))
}

/// Reads the body, as often and as long as the client is allowed to send.
async fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    server: &Server,
    configuration: &ActiveConfiguration,
    placed: Option<PathMatch<'_>>,
) -> Result<Bytes, Refusal> {
    server.rate.check(request.peer_addr().map(|peer| peer.ip()))?;
    // A bulk job has a limit of its own, which its refusal must name (RFC 7644 section 3.7.4).
    let bulk = placed.and_then(|placed| bulk::limits(&configuration.fronts[placed.application], placed.rest));
    match bulk {
        Some(bulk) => bulk::body(request.headers(), payload, &server.limits, bulk).await,
        None => read_body(request.headers(), payload, &server.limits).await,
    }
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
