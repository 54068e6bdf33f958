//! From a request to its answer. Every path comes here, so that every error is a SCIM Error body (RFC 7644 section 3.12).
//!
//! Outermost first: journal, the connection seam, the answer seam, limits, the application and its credentials, and then the
//! handlers, which decode, run an operation and encode.

mod body;
mod bulk;
mod compress;
mod condition;
mod discovery;
mod list;
mod me;
mod parameters;
mod resource;
mod root;
mod route;
mod search;
mod sort_by;
mod token;

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::poll;
use jiff::Timestamp;
use scim::capability::Capability;
use scim::schema::ResourceTypeId;
use scim::{ErrorKind, Result};
use tracing::Span;
use uuid::Uuid;

use parameters::Parameters;
use route::{Place, TypeCapabilities};

use crate::application::{Front, Next, Operation, Outcome};
use crate::auth::{self, Asked};
use crate::behaviour::Behaviour;
use crate::journal::Observed;
use crate::message::{Answer, Delivery, Fate, Head, Incoming, Refusal, SCIM_JSON, media_type, read_body};
use crate::server::{Running, Server};
use crate::store::{Perspective, Stored, Wanted};
use crate::targets::Placed;

/// Answers one request.
pub(crate) async fn handle(request: &HttpRequest, mut payload: Payload, running: &web::Data<Running>) -> HttpResponse {
    let server = running.server();
    let at = server.clock.now();
    let begun = Instant::now();
    let behaviour = server.behaviour.load();
    let uri = request.uri();
    let head = Head { method: request.method(), path: uri.path(), query: uri.query(), headers: request.headers() };

    let placed = server.target.place(uri.path());
    let seams = behaviour.seams(placed.as_ref().map(|placed| placed.application));
    let mut delivery = Delivery::Sent;
    for seam in &seams.connection {
        let fate = seam.before(&head);
        delivery = worse(delivery, undergo(&server, fate).await);
    }
    let (application, body, mut answer) = if delivery == Delivery::Lost {
        // What never arrived is not answered; the journal needs a status all the same.
        (None, Bytes::new(), Answer::empty(StatusCode::SERVICE_UNAVAILABLE))
    } else {
        // Where it stands: moving it would cost more than it does.
        let mut work = pin!(answer_to(request, &mut payload, &server, &behaviour, placed, at));
        let in_time = match poll!(work.as_mut()) {
            // Most answers are there at once and need no timer.
            Poll::Ready(answered) => Ok(answered),
            Poll::Pending => tokio::time::timeout(server.limits.request_timeout, work).await,
        };
        let (application, body, mut answer) = in_time.unwrap_or_else(|_| {
            let detail = format!("this took longer than {} s; ask for less", server.limits.request_timeout.as_secs());
            let refusal = Refusal::new(ErrorKind::ServiceUnavailable, detail);
            (None, Bytes::new(), refusal.into_answer(SCIM_JSON))
        });
        for seam in &seams.answer {
            if seam.concerns(&head, &answer) {
                seam.rewrite(&head, &mut answer);
            }
        }
        for seam in &seams.connection {
            let fate = seam.after(&head, &answer);
            delivery = worse(delivery, undergo(&server, fate).await);
        }
        (application, body, answer)
    };
    let application = application.map(|position| &*behaviour.fronts[position].name);
    let span = Span::current();
    span.record("status", answer.status.as_u16());
    application.map(|application| span.record("application", application));
    let duration = begun.elapsed();
    server.metrics.count(head.method, answer.status, delivery, duration);
    server.journal.record(&Observed {
        at,
        duration,
        client: request.peer_addr(),
        application,
        method: head.method.as_str(),
        uri,
        request_headers: head.headers,
        request_body: &body,
        answer: &answer,
        delivery,
    });
    if server.limits.compress {
        compress::compress(request, &mut answer).await;
    }
    respond(answer, delivery)
}

async fn undergo(server: &Server, fate: Fate) -> Delivery {
    if let Some(delay) = fate.delay {
        server.clock.sleep(delay).await;
    }
    fate.delivery
}

/// Of two deviations at the connection the one that leaves less counts.
fn worse(one: Delivery, other: Delivery) -> Delivery {
    match (one, other) {
        (Delivery::Lost, _) | (_, Delivery::Lost) => Delivery::Lost,
        (Delivery::Cut(one), Delivery::Cut(other)) => Delivery::Cut(one.min(other)),
        (Delivery::Cut(after), Delivery::Sent) | (Delivery::Sent, Delivery::Cut(after)) => Delivery::Cut(after),
        (Delivery::Sent, Delivery::Sent) => Delivery::Sent,
    }
}

fn respond(answer: Answer, delivery: Delivery) -> HttpResponse {
    if delivery == Delivery::Lost {
        return body::lost();
    }
    let mut response = HttpResponse::with_body(answer.status, BoxBody::new(()));
    for (name, value) in answer.headers {
        response.headers_mut().append(name, value);
    }
    match delivery {
        Delivery::Cut(after) => response.set_body(BoxBody::new(body::Broken::after(&answer.body, after))),
        // The framework would wait for the rest of a chunked body before it closes, and the rest is what does not come.
        _ if answer.status == StatusCode::REQUEST_TIMEOUT => {
            let all = answer.body.len();
            response.set_body(BoxBody::new(body::Broken::after(&answer.body, all)))
        }
        _ => response.set_body(BoxBody::new(answer.body)),
    }
}

/// The position of the application that answered, the request's body as far as it was read, and the answer.
async fn answer_to(
    request: &HttpRequest,
    payload: &mut Payload,
    server: &Server,
    behaviour: &Behaviour,
    placed: Option<Placed<'_>>,
    at: Timestamp,
) -> (Option<usize>, Bytes, Answer) {
    let limits = &server.limits;
    let negotiated = media_type::negotiate(request.headers());
    let media_type = negotiated.as_ref().copied().unwrap_or(SCIM_JSON);
    let refuse = |refusal: Refusal| refusal.into_answer(media_type);
    let uri = request.uri();
    if let Err(refusal) = server.rate.check(request.peer_addr().map(|peer| peer.ip())) {
        return (None, Bytes::new(), refuse(refusal));
    }
    // A bulk job has a limit of its own, which its refusal must name (RFC 7644 section 3.7.4).
    let bulk = placed.as_ref().and_then(|placed| bulk::limits(&behaviour.fronts[placed.application], placed.rest));
    let read = match bulk {
        Some(bulk) => bulk::body(request.headers(), payload, limits, bulk).await,
        None => read_body(request.headers(), payload, limits).await,
    };
    let body = match read {
        Ok(body) => body,
        Err(refusal) => return (None, Bytes::new(), refuse(refusal)),
    };
    let length = uri.path().len() + uri.query().map_or(0, str::len);
    if length > limits.uri_bytes {
        let detail = format!(
            "path and query are {length} bytes long, and {} are taken; send a long filter by POST to .search",
            limits.uri_bytes
        );
        return (None, body, refuse(Refusal::new(ErrorKind::UriTooLong, detail)));
    }
    if uri.path() == token::PATH {
        return (None, body.clone(), token::answer(request.method(), request.headers(), &body, &server.gate, at));
    }
    let Some(placed) = placed else {
        let detail =
            format!("there is nothing at {}; the base URLs of the applications are printed at start", uri.path());
        return (None, body, refuse(Refusal::new(ErrorKind::NotFound, detail)));
    };
    let front = &behaviour.fronts[placed.application];
    let mut incoming = Incoming {
        method: Cow::Borrowed(request.method()),
        path: Cow::Borrowed(placed.rest),
        query: uri.query().map(Cow::Borrowed),
        headers: Cow::Borrowed(request.headers()),
        body,
    };
    let anonymous = if front.rules.anonymous.is_empty() {
        false
    } else {
        Place::of(placed.rest, &front.registry).is_some_and(|place| is_anonymous(&place, front))
    };
    let result = async {
        server.gate.check(&Asked {
            headers: request.headers(),
            query: uri.query(),
            application: placed.application,
            writes: auth::writes(request.method(), placed.rest),
            anonymous,
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

fn is_anonymous(place: &Place<'_>, front: &Front) -> bool {
    let capability = match place {
        Place::ServiceProviderConfig => Capability::ServiceProviderConfig,
        Place::ResourceTypes | Place::ResourceType(_) => Capability::ResourceTypes,
        Place::Schemas | Place::Schema(_) => Capability::Schemas,
        _ => return false,
    };
    front.rules.anonymous.contains(&capability)
}

/// What a handler needs.
pub(crate) struct Call<'a> {
    pub server: &'a Server,
    pub front: &'a Front,
    pub incoming: &'a Incoming<'a>,
    pub parameters: Parameters<'a>,
    pub media_type: &'static str,
    pub base_url: Arc<str>,
}

impl Call<'_> {
    /// From where the client sees resources.
    fn perspective(&self) -> Perspective<'_> {
        self.front.perspective(&self.base_url)
    }

    /// A resource as it is stored, past the deviations at the request seam.
    async fn stored(&self, kind: ResourceTypeId, id: Uuid) -> Result<Stored> {
        Next::new(self.front, &self.server.passwords, Wanted::default()).stored(kind, id).await
    }

    /// Carries an operation out, by way of the deviations at the request seam.
    async fn run(&self, operation: Operation, wanted: Wanted) -> Result<Outcome> {
        let next = Next::new(self.front, &self.server.passwords, wanted);
        // Most applications have no deviation, and then no future needs a box.
        if next.is_clear() { next.execute(operation).await } else { next.run(operation).await }
    }
}

async fn dispatch(
    server: &Server,
    front: &Front,
    incoming: &Incoming<'_>,
    media_type: &'static str,
    base_url: Arc<str>,
) -> std::result::Result<Answer, Refusal> {
    let registry = &front.registry;
    let Some(place) = Place::of(&incoming.path, registry) else {
        let detail = format!("there is no endpoint {}; /ResourceTypes lists those of resources", incoming.path);
        return Err(Refusal::new(ErrorKind::NotFound, detail));
    };
    let rules = &front.rules;
    // HEAD is answered as GET; the connection leaves the body out.
    let method = if *incoming.method == Method::HEAD { &Method::GET } else { &*incoming.method };
    if method == Method::OPTIONS {
        return Ok(Answer::empty(StatusCode::NO_CONTENT).with_header(header::ALLOW, place.allow(registry, rules)));
    }
    let parameters = Parameters::parse(incoming.query.as_deref(), &rules.policy.tolerances)?;
    let mut call = Call { server, front, incoming, parameters, media_type, base_url };
    let require = |capability: Option<Capability>| {
        capability.map_or(Ok(()), |capability| rules.require(capability).map_err(|error| refused(error, &place, front)))
    };
    let of = |kind| TypeCapabilities::of(registry, kind);
    match (&place, method.as_str()) {
        (Place::Resource(kind, id), "GET") => resource::read(&call, *kind, id).await,
        (Place::Collection(kind), "GET") => list::answer(&call, *kind).await,
        (Place::Collection(kind), "POST") => {
            require(of(*kind).map(|own| own.create))?;
            resource::create(&call, *kind).await
        }
        (Place::Resource(kind, id), "PUT") => {
            require(of(*kind).map(|own| own.replace))?;
            resource::replace(&call, *kind, id).await
        }
        (Place::Resource(kind, id), "PATCH") => {
            require(of(*kind).map(|own| own.patch))?;
            resource::patch(&call, *kind, id).await
        }
        (Place::Resource(kind, id), "DELETE") => {
            require(of(*kind).map(|own| own.delete))?;
            resource::delete(&call, *kind, id).await
        }
        (Place::Root, "GET") => {
            require(Some(Capability::RootQuery))?;
            root::answer(&call).await
        }
        (Place::Search(kind), "POST") => {
            require(Some(Capability::Search))?;
            call.parameters = search::parameters(&incoming.json()?, &rules.policy.tolerances)?;
            if let Some(kind) = kind {
                list::answer(&call, *kind).await
            } else {
                require(Some(Capability::RootQuery))?;
                root::answer(&call).await
            }
        }
        (Place::Me, "GET" | "POST" | "PUT" | "PATCH" | "DELETE") => {
            require(Some(Capability::Me))?;
            me::answer(&call, method).await
        }
        (Place::Bulk, "POST") => {
            require(Some(Capability::Bulk))?;
            // Its own state is far larger than any other's, and all of them have the room of the largest.
            Box::pin(bulk::answer(&call)).await
        }
        (Place::ServiceProviderConfig, "GET") => {
            require(Some(Capability::ServiceProviderConfig))?;
            Ok(discovery::service_provider_config(&call))
        }
        (Place::ResourceTypes | Place::ResourceType(_), "GET") => {
            require(Some(Capability::ResourceTypes))?;
            discovery::resource_types(&call, &place)
        }
        (Place::Schemas | Place::Schema(_), "GET") => {
            require(Some(Capability::Schemas))?;
            discovery::schemas(&call, &place)
        }
        _ => Err(not_here(&place, method, front)),
    }
}

/// A method that HTTP knows here but the application does not offer is refused as the application refuses it; any other
/// is 405.
fn not_here(place: &Place<'_>, method: &Method, front: &Front) -> Refusal {
    let known = place.methods(&front.registry).into_iter().find(|(known, _)| known == method);
    if let Some((_, Some(capability))) = known
        && let Err(error) = front.rules.require(capability)
    {
        return refused(error, place, front);
    }
    let detail = format!("{method} is not possible here; the Allow header says what is");
    refused(scim::Error::new(ErrorKind::MethodNotAllowed, detail), place, front)
}

/// RFC 9110 section 15.5.6 wants `Allow` with a 405.
fn refused(error: scim::Error, place: &Place<'_>, front: &Front) -> Refusal {
    let not_allowed = error.kind() == ErrorKind::MethodNotAllowed;
    let refusal = Refusal::from(error);
    if not_allowed { refusal.with_header(header::ALLOW, place.allow(&front.registry, &front.rules)) } else { refusal }
}
