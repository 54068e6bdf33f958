//! The control API under `/_weir/`: for the person at the machine, from the loopback address only, with a token of its own.

use std::collections::{BTreeSet, HashSet};
use std::io::Write as _;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use scim::resource::write;
use scim::{Error, ErrorKind};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::Asked;
use crate::front::Front;
use crate::http::{Answer, Refusal, SCIM_JSON, read_body};
use crate::server::Server;
use crate::store::{Perspective, Query, Store, Wanted, Window};
use crate::target::decode;
use crate::target::deviations::Activation;
use crate::target::downstream::{FailedUpdate, Service};

type Answered = Result<Answer, Refusal>;

const JSON: &str = "application/json";

/// Answers a request whose path goes on with `rest` after `/_weir/`.
pub async fn handle(request: &HttpRequest, rest: &str, payload: &mut Payload, server: &Server) -> HttpResponse {
    let answer = match answer(request, rest, payload, server).await {
        Ok(answer) => answer,
        Err(refusal) => refusal.into_answer(SCIM_JSON),
    };
    let mut response = HttpResponse::build(answer.status);
    for header in answer.headers {
        response.append_header(header);
    }
    response.body(answer.body)
}

async fn answer(request: &HttpRequest, rest: &str, payload: &mut Payload, server: &Server) -> Answered {
    let body = read_body(request.headers(), payload, &server.limits).await?;
    let segments: Vec<_> = rest.split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
    let segments: Vec<&str> = segments.iter().map(|segment| &**segment).collect();
    if segments != ["health"] {
        permit(request, server)?;
    }
    match (request.method(), segments.as_slice()) {
        (&Method::GET, ["health"]) => Ok(ok(&json!({ "status": "up", "target": server.target.name }))),
        (&Method::POST, ["reset"]) => {
            server.reset().map_err(internal)?;
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        (&Method::GET, ["deviations"]) => Ok(deviations(server)),
        (&Method::PUT, ["deviations"]) => {
            server
                .set_deviations(activations(&body)?)
                .map_err(|problem| Refusal::new(ErrorKind::BadRequest, problem))?;
            Ok(deviations(server))
        }
        (&Method::GET, ["journal"]) => Ok(journal(server)),
        (&Method::DELETE, ["journal"]) => {
            server.journal.clear();
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        (&Method::GET, ["applications"]) => Ok(applications(server)),
        (&Method::GET, ["applications", name, "accounts"]) => accounts(server, name).await,
        _ => not_here(&segments),
    }
}

/// What there is, with its methods.
const PLACES: &[(&str, &str)] = &[
    ("health", "GET"),
    ("reset", "POST"),
    ("deviations", "GET, PUT"),
    ("journal", "GET, DELETE"),
    ("applications", "GET"),
];

fn not_here(segments: &[&str]) -> Answered {
    let allow = match segments {
        ["applications", _, "accounts"] => Some("GET"),
        [one] => PLACES.iter().find(|(place, _)| place == one).map(|(_, allow)| *allow),
        _ => None,
    };
    let Some(allow) = allow else {
        let places: Vec<&str> = PLACES.iter().map(|(place, _)| *place).collect();
        let detail = format!("the control API has {} and applications/NAME/accounts below /_weir/", places.join(", "));
        return Err(Refusal::new(ErrorKind::NotFound, detail));
    };
    let refusal = Refusal::new(ErrorKind::MethodNotAllowed, format!("here the control API takes {allow}"));
    Err(refusal.with_header(header::ALLOW, allow))
}

/// A browser page on the same machine could reach the loopback address, but it has no token.
fn permit(request: &HttpRequest, server: &Server) -> Result<(), Refusal> {
    if !request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback()) {
        let detail = "the control API is for the machine that the endpoint runs on; use 127.0.0.1";
        return Err(Refusal::new(ErrorKind::Forbidden, detail));
    }
    let careless = BTreeSet::new();
    server.control.check(&Asked {
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

fn internal(problem: String) -> Refusal {
    Refusal::new(ErrorKind::Internal, problem)
}

fn deviations(server: &Server) -> Answer {
    let behaviour = server.behaviour.load();
    let active: Vec<String> = behaviour.activations.iter().map(ToString::to_string).collect();
    ok(&json!({ "active": active }))
}

/// `["ID", "ID=VALUE"]`, or the object that GET gives.
fn activations(body: &[u8]) -> Result<Vec<Activation>, Refusal> {
    let refuse = |detail: String| Refusal::new(ErrorKind::BadRequest, detail);
    let shape = || refuse("send a JSON list of deviations, such as [\"write.answer-lost=first:1\"]".to_owned());
    let json: Value = serde_json::from_slice(body).map_err(|_| shape())?;
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
    let behaviour = server.behaviour.load();
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
            let offered = &behaviour.fronts[position].rules.capabilities;
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

/// What the service behind an application holds. An application without a service of its own shows its resources.
async fn accounts(server: &Server, name: &str) -> Answered {
    let behaviour = server.behaviour.load_full();
    let Some(position) = behaviour.fronts.iter().position(|front| &*front.name == name) else {
        let detail = format!("there is no application {name:?}; /_weir/applications lists those there are");
        return Err(Refusal::new(ErrorKind::NotFound, detail));
    };
    let front = &behaviour.fronts[position];
    let mut paths = server.target.base_paths.iter();
    let path = paths.find_map(|base| base.of(position, &server.target.applications)).unwrap_or_default();
    let perspective = front.perspective.rebased(server.origin.own() + &path);
    let users = match &front.downstream {
        Some(downstream) => downstream
            .accounts()
            .iter()
            .map(|account| (account.user.id, account_json(front, &perspective, account)))
            .collect(),
        None => resources(front, &perspective, "User").await?,
    };
    let ids: HashSet<Uuid> = users.iter().map(|(id, _)| *id).collect();
    let mut groups = resources(front, &perspective, "Group").await?;
    let group_ids: HashSet<Uuid> = groups.iter().map(|(id, _)| *id).collect();
    for (_, group) in &mut groups {
        if let Some(members) = group.get_mut("members").and_then(Value::as_array_mut) {
            members.retain(|member| {
                let id = member["value"].as_str().and_then(|id| id.parse().ok());
                id.is_some_and(|id: Uuid| ids.contains(&id) || group_ids.contains(&id))
            });
        }
    }
    let values = |resources: Vec<(Uuid, Value)>| resources.into_iter().map(|(_, json)| json).collect::<Vec<_>>();
    Ok(ok(&json!({ "application": name, "accounts": values(users), "groups": values(groups) })))
}

fn account_json(front: &Front, perspective: &Perspective, account: &crate::target::downstream::Account) -> Value {
    let mut json = resource_json(front, perspective, &account.user);
    if let Some(members) = json.as_object_mut() {
        // A service knows no versions and locations of the gateway, nor its groups on accounts.
        members.shift_remove("meta");
        members.shift_remove("groups");
        if let Some(active) = account.active {
            members.insert("active".to_owned(), active.into());
        }
    }
    json
}

fn resource_json(front: &Front, perspective: &Perspective, stored: &crate::store::Stored) -> Value {
    let mut body = Vec::with_capacity(1024);
    let kind = stored.resource_type;
    write::resource(&mut body, &front.registry, kind, stored.record(perspective), front.usual_projection(kind));
    serde_json::from_slice(&body).unwrap_or_default()
}

/// Every resource of one type.
async fn resources(front: &Front, perspective: &Perspective, name: &str) -> Result<Vec<(Uuid, Value)>, Error> {
    const PAGE: usize = 1000;
    let Some(kind) = front.registry.resource_type_by_name(name) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut place = None;
    loop {
        let query = Query {
            resource_type: kind,
            filter: None,
            sort: None,
            window: Window::After { place, count: PAGE },
            wanted: Wanted { members: true, groups: false },
            base_url: Arc::from(perspective.base_url()),
        };
        let page = front.base.query(query).await?;
        found.extend(page.resources.iter().map(|stored| (stored.id, resource_json(front, perspective, stored))));
        place = page.next;
        if place.is_none() {
            return Ok(found);
        }
    }
}
