//! The control API under `/_weir/`: for the person at the machine, from the loopback address unless
//! other machines are let in, with a token of its own.

mod accounts;
mod data;
mod follow;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::SocketAddr;

use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use jiff::SignedDuration;
use scim::ErrorKind;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use weir_files::name::UnknownName;

pub(crate) use data::load;

use crate::active_configuration::ActiveConfiguration;
use crate::application::downstream::{FailedUpdate, Service};
use crate::auth::AccessRequest;
use crate::deviations::Activation;
use crate::message::{Answer, HandlerResult, Refusal, SCIM_JSON, decode, read_body};
use crate::server::{CurrentServer, Server};
use crate::targets::Target;

/// The longest body of `POST data`, in bytes.
const MOST_DATA: usize = 64 << 20;

/// How many people can be invented at once.
const MOST_PEOPLE: usize = 5_000_000;

const JSON: &str = "application/json";

/// Answers a request whose path goes on with `rest` after `/_weir/`.
pub async fn handle(request: &HttpRequest, rest: &str, payload: &mut Payload, current: &CurrentServer) -> HttpResponse {
    let server = current.server();
    let segments: Vec<_> = rest.split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
    let segments: Vec<&str> = segments.iter().map(|segment| &**segment).collect();
    if (request.method(), segments.as_slice()) == (&Method::GET, &["journal", "events"]) {
        return match permit(request, &server) {
            Ok(()) => follow::answer(&server.journal),
            Err(refusal) => respond(refusal.into_answer(SCIM_JSON)),
        };
    }
    respond(match answer(request, &segments, payload, current, &server).await {
        Ok(answer) => answer,
        Err(refusal) => refusal.into_answer(SCIM_JSON),
    })
}

fn respond(answer: Answer) -> HttpResponse {
    let mut response = HttpResponse::build(answer.status);
    for header in answer.headers {
        response.append_header(header);
    }
    response.body(answer.body)
}

async fn answer(
    request: &HttpRequest,
    segments: &[&str],
    payload: &mut Payload,
    current: &CurrentServer,
    server: &Server,
) -> HandlerResult {
    if segments != ["health"] {
        permit(request, server)?;
    }
    let mut limits = server.limits.clone();
    if segments == ["data"] {
        limits.body_bytes = MOST_DATA;
    }
    let body = read_body(request.headers(), payload, &limits).await?;
    known_parameters(request, if segments == ["data"] { &["application"] } else { &[] })?;
    let application = query_value(request, "application");
    match (request.method(), segments) {
        (&Method::GET, ["health"]) => Ok(ok(&json!({ "status": "up", "target": server.target.name }))),
        (&Method::POST, ["reset"]) => {
            server.reset().map_err(|problem| Refusal::new(ErrorKind::Internal, problem.to_string()))?;
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        (&Method::GET, ["target"]) => Ok(ok(&target(server))),
        (&Method::PUT, ["target"]) => {
            let refuse = |problem: String| Refusal::new(ErrorKind::BadRequest, problem);
            current.switch(asked_target(&body)?).map_err(|error| refuse(error.to_string()))?;
            Ok(ok(&target(&current.server())))
        }
        (&Method::GET, ["deviations"]) => Ok(deviations(server)),
        (&Method::PUT, ["deviations"]) => {
            server
                .set_deviations(activations(&body)?)
                .map_err(|problem| Refusal::new(ErrorKind::BadRequest, problem.to_string()))?;
            Ok(deviations(server))
        }
        (&Method::GET, ["clock"]) => Ok(clock(server)),
        (&Method::POST, ["clock"]) => {
            server.clock.advance(advance(&body)?);
            Ok(clock(server))
        }
        (&Method::GET, ["data"]) => data::read(server, application.as_deref()).await,
        (&Method::POST, ["data"]) => {
            let loaded = load(server, application.as_deref(), &body).await?;
            Ok(ok(&json!({ "loaded": loaded })))
        }
        (&Method::POST, ["people"]) => {
            invent(current, people(&body)?).await?;
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        (&Method::GET, ["snapshots"]) => Ok(ok(&json!(server.snapshots.names()))),
        (&Method::PUT, ["snapshots", name]) => {
            server.snapshots.take(name, &server.configuration.load().fronts)?;
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        (&Method::POST, ["snapshots", name]) => {
            server.snapshots.restore(name, &server.configuration.load().fronts)?;
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        (&Method::DELETE, ["snapshots", name]) => {
            server.snapshots.delete(name)?;
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        (&Method::GET, ["journal"]) => Ok(journal(server)),
        (&Method::DELETE, ["journal"]) => {
            server.journal.clear();
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        (&Method::GET, ["metrics"]) => Ok(metrics(server)),
        (&Method::GET, ["applications"]) => Ok(applications(server)),
        (&Method::GET, ["applications", name, "accounts"]) => accounts::accounts(server, name).await,
        _ => not_here(segments),
    }
}

/// What there is, with its methods.
const PLACES: &[(&[&str], &str)] = &[
    (&["health"], "GET"),
    (&["reset"], "POST"),
    (&["target"], "GET, PUT"),
    (&["deviations"], "GET, PUT"),
    (&["clock"], "GET, POST"),
    (&["data"], "GET, POST"),
    (&["people"], "POST"),
    (&["snapshots"], "GET"),
    (&["snapshots", "NAME"], "PUT, POST, DELETE"),
    (&["journal"], "GET, DELETE"),
    (&["journal", "events"], "GET"),
    (&["metrics"], "GET"),
    (&["applications"], "GET"),
    (&["applications", "NAME", "accounts"], "GET"),
];

fn not_here(segments: &[&str]) -> HandlerResult {
    let is_here = |place: &[&str]| {
        place.len() == segments.len() && place.iter().zip(segments).all(|(own, asked)| *own == "NAME" || own == asked)
    };
    let Some((_, allow)) = PLACES.iter().find(|(place, _)| is_here(place)) else {
        let places: Vec<String> = PLACES.iter().map(|(place, _)| place.join("/")).collect();
        let unknown = UnknownName::new("place of the control API", &segments.join("/"), &places);
        let detail = format!("{unknown}; below /_weir/ there are {}", places.join(", "));
        return Err(Refusal::new(ErrorKind::NotFound, detail));
    };
    let refusal = Refusal::new(ErrorKind::MethodNotAllowed, format!("here the control API takes {allow}"));
    Err(refusal.with_header(header::ALLOW, *allow))
}

/// Refuses the first query parameter that has no meaning.
fn known_parameters(request: &HttpRequest, known: &[&str]) -> Result<(), Refusal> {
    let names = request.query_string().split('&').filter_map(|pair| pair.split('=').next());
    let stranger = names.into_iter().find(|name| !name.is_empty() && !known.contains(name));
    stranger.map_or(Ok(()), |name| {
        Err(Refusal::new(ErrorKind::BadRequest, UnknownName::new("query parameter", name, known).to_string()))
    })
}

/// A query parameter, decoded.
fn query_value(request: &HttpRequest, name: &str) -> Option<String> {
    let pairs = request.query_string().split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.into_iter().find(|(own, _)| *own == name)?.1;
    Some(decode(value).into_owned())
}

/// The position of an application by its name, of the first one without.
fn front_of(configuration: &ActiveConfiguration, name: Option<&str>) -> Result<usize, Refusal> {
    let Some(name) = name else { return Ok(0) };
    configuration.fronts.iter().position(|front| &*front.name == name).ok_or_else(|| {
        let known = configuration.fronts.iter().map(|front| &*front.name);
        let unknown = UnknownName::new("application", name, known).listed_by("GET /_weir/applications");
        Refusal::new(ErrorKind::NotFound, unknown.to_string())
    })
}

fn is_this_machine(peer: Option<SocketAddr>) -> bool {
    peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
}

/// A browser page on the same machine could reach the loopback address, but it has no token.
fn permit(request: &HttpRequest, server: &Server) -> Result<(), Refusal> {
    if !server.remote_control && !is_this_machine(request.peer_addr()) {
        let detail = "the control API is for the machine that the endpoint runs on; use 127.0.0.1, or start it with --control-remote";
        return Err(Refusal::new(ErrorKind::Forbidden, detail));
    }
    let careless = BTreeSet::new();
    server.control.check(&AccessRequest {
        headers: request.headers(),
        query: None,
        application: 0,
        writes: true,
        anonymous: false,
        careless: &careless,
        now: server.clock.now(),
    })
}

fn ok(body: &Value) -> Answer {
    Answer::with_body(StatusCode::OK, JSON, body.to_string())
}

fn deviations(server: &Server) -> Answer {
    let configuration = server.configuration.load();
    let active: Vec<String> = configuration.activations.iter().map(ToString::to_string).collect();
    let counts = server.journal.acted();
    let mut acted: serde_json::Map<String, Value> =
        counts.iter().map(|(label, count)| (label.to_string(), (*count).into())).collect();
    for activation in &configuration.activations {
        let untouched = if configuration.is_seen(activation) { json!(0) } else { Value::Null };
        acted.entry(activation.label()).or_insert(untouched);
    }
    ok(&json!({ "active": active, "acted": acted }))
}

/// Refuses the first member of an object that has no meaning.
fn known_members(json: &Value, known: &[&str]) -> Result<(), Refusal> {
    let stranger = json.as_object().and_then(|object| object.keys().find(|key| !known.contains(&key.as_str())));
    stranger.map_or(Ok(()), |name| {
        Err(Refusal::new(ErrorKind::BadRequest, UnknownName::new("member", name, known).to_string()))
    })
}

/// `["ID", "ID=VALUE"]`, or the object that GET gives.
fn activations(body: &[u8]) -> Result<Vec<Activation>, Refusal> {
    let refuse = |detail: String| Refusal::new(ErrorKind::BadRequest, detail);
    let shape = || refuse("send a JSON list of deviations, such as [\"write.answer-lost=first:1\"]".to_owned());
    let json: Value = serde_json::from_slice(body).map_err(|_| shape())?;
    known_members(&json, &["active", "acted"])?;
    let list = json.get("active").unwrap_or(&json).as_array().ok_or_else(shape)?;
    list.iter()
        .map(|text| text.as_str().ok_or_else(shape)?.parse::<Activation>().map_err(|error| refuse(error.to_string())))
        .collect()
}

/// One exchange a line (NDJSON), the oldest first.
fn journal(server: &Server) -> Answer {
    let mut lines = Vec::new();
    for exchange in server.journal.exchanges() {
        let written = writeln!(lines, "{}", exchange.to_json());
        debug_assert!(written.is_ok(), "writing to memory does not fail");
    }
    Answer::with_body(StatusCode::OK, "application/x-ndjson", lines)
}

fn applications(server: &Server) -> Answer {
    let own = server.origin.own();
    let configuration = server.configuration.load();
    let applications: Vec<Value> = server
        .target
        .applications
        .iter()
        .enumerate()
        .map(|(position, application)| {
            let paths = server.target.base_paths.iter();
            let urls: Vec<String> = paths
                .filter_map(|base| base.of(position, &server.target.applications))
                .map(|path| format!("{own}{path}"))
                .collect();
            let offered = &configuration.fronts[position].rules.capabilities;
            json!({
                "name": application.name,
                "tenant": application.tenant,
                "description": application.description,
                "baseUrls": urls,
                "capabilities": offered.iter().map(|capability| capability.id()).collect::<Vec<_>>(),
                "downstream": application.downstream.map(service),
            })
        })
        .collect();
    ok(&json!(applications))
}

/// What the target declares about the service behind an application.
fn service(service: Service) -> Value {
    json!({
        "partialUpdate": service.partial_update,
        "failedUpdate": match service.failed_update {
            FailedUpdate::Refused => "refused",
            FailedUpdate::Ignored => "ignored",
            FailedUpdate::IgnoredVisible => "ignored-visible",
        },
        "deleteOnDeactivation": service.delete_on_deactivation,
        "hardDelete": service.hard_delete,
    })
}

fn clock(server: &Server) -> Answer {
    ok(&json!({ "now": server.clock.now().to_string() }))
}

/// `{"advance": "PT1H"}`, or any duration as people write it, such as `90 min`.
fn advance(body: &[u8]) -> Result<SignedDuration, Refusal> {
    let refuse = || {
        let detail =
            "send how far to move the clock forward, such as {\"advance\": \"PT1H\"} or {\"advance\": \"90 s\"}";
        Refusal::new(ErrorKind::BadRequest, detail)
    };
    let json: Value = serde_json::from_slice(body).map_err(|_| refuse())?;
    known_members(&json, &["advance"])?;
    let by: SignedDuration =
        json.get("advance").and_then(Value::as_str).ok_or_else(refuse)?.parse().map_err(|_| refuse())?;
    if by.is_negative() { Err(refuse()) } else { Ok(by) }
}

/// `{"count": 1000}`
fn people(body: &[u8]) -> Result<usize, Refusal> {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    json.as_ref().map_or(Ok(()), |json| known_members(json, &["count"]))?;
    let count = json.as_ref().and_then(|json| json.get("count")).and_then(Value::as_u64);
    count.and_then(|count| usize::try_from(count).ok()).filter(|count| (1..=MOST_PEOPLE).contains(count)).ok_or_else(
        || {
            let detail = format!("send how many people to invent, such as {{\"count\": 1000}}, at most {MOST_PEOPLE}");
            Refusal::new(ErrorKind::BadRequest, detail)
        },
    )
}

/// On a thread that may work long: a million takes seconds.
async fn invent(current: &CurrentServer, count: usize) -> Result<(), Refusal> {
    let server = current.shared();
    let runtime = tokio::runtime::Handle::current();
    let work = tokio::task::spawn_blocking(move || runtime.block_on(crate::server::invent(&server, count)));
    work.await.unwrap_or_else(|_| Err(scim::Error::new(ErrorKind::Internal, "inventing people broke down")))?;
    Ok(())
}

/// `{"target": "rfc"}` for one that is shipped, `{"name": "mine", "toml": "…"}` for one of the person's own.
fn asked_target(body: &[u8]) -> Result<Target, Refusal> {
    let refuse = |detail: String| Refusal::new(ErrorKind::BadRequest, detail);
    let shape = || refuse("send {\"target\": \"rfc\"}, or {\"toml\": \"…\"} with the text of a target file".to_owned());
    let json: Value = serde_json::from_slice(body).map_err(|_| shape())?;
    known_members(&json, &["target", "name", "toml"])?;
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    if let Some(toml) = text("toml") {
        return Target::parse(text("name").unwrap_or("target"), toml).map_err(|error| refuse(error.to_string()));
    }
    let name = text("target").ok_or_else(shape)?;
    Target::find(name).ok_or_else(|| {
        refuse(UnknownName::new("target", name, Target::names()).listed_by("weir list targets").to_string())
    })
}

/// The target, and what a client needs for each application. The control API's own token has opened this, and who has it
/// may do anything anyway.
fn target(server: &Server) -> Value {
    let applications: Vec<Value> = server
        .applications
        .iter()
        .map(|access| {
            let credentials = &access.credentials;
            let basic =
                credentials.basic.as_ref().map(|basic| format!("{}:{}", basic.user, basic.password.expose_secret()));
            let oauth =
                credentials.oauth.as_ref().map(|oauth| format!("{}:{}", oauth.id, oauth.secret.expose_secret()));
            json!({
                "name": access.name,
                "tenant": access.tenant,
                "baseUrls": access.base_urls,
                "bearer": credentials.bearer.as_ref().map(ExposeSecret::expose_secret),
                "basic": basic,
                "oauth": oauth,
            })
        })
        .collect();
    json!({ "target": server.target.name, "applications": applications })
}

fn metrics(server: &Server) -> Answer {
    let configuration = server.configuration.load();
    let counts = configuration.fronts.iter().flat_map(|front| {
        let kinds = front.registry.resource_types();
        kinds.map(|(kind, own)| (front.name.to_string(), own.document.name.clone(), front.base.count(kind)))
    });
    // The version that the exposition format of OpenMetrics has.
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Answer::with_body(StatusCode::OK, content_type, server.metrics.text(counts))
}

#[cfg(test)]
mod tests {
    use super::is_this_machine;

    #[test]
    fn only_the_loopback_addresses_are_this_machine() {
        for (peer, expected) in [
            ("127.0.0.1:1", true),
            ("127.9.8.7:1", true),
            ("[::1]:1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("203.0.113.9:1", false),
            ("[::ffff:203.0.113.9]:1", false),
            ("[2001:db8::1]:1", false),
        ] {
            assert_eq!(is_this_machine(Some(peer.parse().expect("an address"))), expected, "{peer}");
        }
        assert!(!is_this_machine(None));
    }
}
