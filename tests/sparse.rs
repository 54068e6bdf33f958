//! An endpoint that stores little, leaves out the members of groups and answers PATCH with 501 though it announces it, as small servers
//! do: each of these is one finding, and no check blames the endpoint for what it could not ask.

#[path = "support/peer.rs"]
mod peer;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use peer::read_request;
use scim::schema::standard;
use serde_json::{Map, Value, json};
use support::run;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// What the endpoint holds: the resources of both types by their ids.
#[derive(Default)]
struct Endpoint {
    base: String,
    resources: BTreeMap<String, Value>,
    next: u64,
    /// Seconds since the endpoint began, of which every write takes one.
    clock: u64,
}

type Answer = (u16, Option<Value>);

fn refusal(status: u16, detail: &str) -> Answer {
    (status, Some(json!({"schemas": [ERROR], "status": status.to_string(), "detail": detail})))
}

fn list(resources: &[Value]) -> Answer {
    let body = json!({
        "schemas": [LIST], "totalResults": resources.len(), "startIndex": 1, "itemsPerPage": resources.len(),
        "Resources": resources,
    });
    (200, Some(body))
}

impl Endpoint {
    fn answer(&mut self, request: &str) -> Answer {
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
        let mut line = head.split(' ');
        let (method, target) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
        let path = target.split('?').next().unwrap_or_default().trim_start_matches("/scim/v2");
        let Ok(body) = serde_json::from_str::<Value>(if body.is_empty() { "{}" } else { body }) else {
            return refusal(400, "the body is not JSON");
        };
        match (method, path) {
            ("GET", "/ServiceProviderConfig") => (200, Some(self.config())),
            ("GET", "/ResourceTypes") => list(&["User", "Group"].map(|name| self.resource_type(name))),
            ("GET", "/Schemas") => list(&schemas()),
            ("GET", "/Users" | "/Groups") => {
                let all = self.resources.iter().filter(|(key, _)| key.starts_with(&format!("{path}/")));
                list(&all.map(|(_, one)| one.clone()).collect::<Vec<_>>())
            }
            ("POST", "/Users" | "/Groups") => {
                self.next += 1;
                self.store(201, &format!("{path}/{}", self.next), &body)
            }
            (_, path) if !self.resources.contains_key(path) => refusal(404, "nothing is there"),
            ("GET", path) => (200, self.resources.get(path).cloned()),
            ("PUT", path) => self.store(200, path, &body),
            ("DELETE", path) => {
                self.resources.remove(path);
                (204, None)
            }
            ("PATCH", _) => refusal(501, "PATCH is not there yet"),
            _ => refusal(405, "there is no such method"),
        }
    }

    fn config(&self) -> Value {
        let no = json!({"supported": false});
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": {"supported": true}, "sort": no, "etag": no, "changePassword": no,
            "filter": {"supported": false, "maxResults": 0},
            "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
            "authenticationSchemes": [],
            "meta": {"resourceType": "ServiceProviderConfig", "location": format!("{}/ServiceProviderConfig", self.base)},
        })
    }

    fn resource_type(&self, name: &str) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name, "name": name, "endpoint": format!("/{name}s"),
            "schema": format!("urn:ietf:params:scim:schemas:core:2.0:{name}"),
            "meta": {"resourceType": "ResourceType", "location": format!("{}/ResourceTypes/{name}", self.base)},
        })
    }

    /// Keeps what the endpoint has columns for, and makes up a displayName.
    fn store(&mut self, status: u16, place: &str, sent: &Value) -> Answer {
        let (kind, kept): (_, &[&str]) = if place.starts_with("/Users") {
            ("User", &["userName", "name", "active", "externalId"])
        } else {
            ("Group", &["displayName", "externalId"])
        };
        let named = if kind == "User" { "userName" } else { "displayName" };
        if sent[named].as_str().is_none_or(str::is_empty) {
            return refusal(400, "a name is required");
        }
        let mut one: Map<String, Value> =
            kept.iter().filter_map(|name| Some(((*name).to_owned(), sent.get(*name)?.clone()))).collect();
        if kind == "User" {
            one.insert("displayName".into(), json!("Somebody"));
            if let Some(value) = sent.pointer("/emails/0/value") {
                one.insert("emails".into(), json!([{"value": value}]));
            }
        }
        self.clock += 1;
        let now =
            json!(format!("2026-01-01T{:02}:{:02}:{:02}Z", self.clock / 3600, self.clock / 60 % 60, self.clock % 60));
        let created = self.resources.get(place).map_or_else(|| now.clone(), |known| known["meta"]["created"].clone());
        one.insert("schemas".into(), json!([format!("urn:ietf:params:scim:schemas:core:2.0:{kind}")]));
        one.insert("id".into(), json!(place.rsplit('/').next()));
        one.insert(
            "meta".into(),
            json!({
                "resourceType": kind, "location": format!("{}{place}", self.base),
                "created": created, "lastModified": now,
            }),
        );
        let one = Value::Object(one);
        self.resources.insert(place.to_owned(), one.clone());
        (status, Some(one))
    }
}

fn schemas() -> Vec<Value> {
    let documents = standard::DOCUMENTS.iter().filter_map(|(_, text)| serde_json::from_str::<Value>(text).ok());
    let is_core =
        |schema: &Value| schema["id"].as_str().is_some_and(|id| id.ends_with(":User") || id.ends_with(":Group"));
    documents.filter(|schema| is_core(schema) && !schema["id"].to_string().contains("extension")).collect()
}

/// Serves the endpoint until the program ends, and gives its URL.
fn serve() -> String {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let base = format!("http://{}/scim/v2", listener.local_addr().unwrap());
            sender.send(base.clone()).unwrap();
            let mut endpoint = Endpoint { base, ..Endpoint::default() };
            while let Ok((mut stream, _)) = listener.accept().await {
                let (status, body) = endpoint.answer(&read_request(&mut stream).await);
                let body = body.map(|body| body.to_string()).unwrap_or_default();
                let place = if status == 201 { location(&body) } else { String::new() };
                let head = format!(
                    "HTTP/1.1 {status} Answer\r\n{place}Content-Type: application/scim+json\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
    });
    receiver.recv().unwrap()
}

fn location(body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    format!("Location: {}\r\n", body["meta"]["location"].as_str().unwrap_or_default())
}

fn full_name(check: &Value) -> String {
    let id = check["id"].as_str().unwrap_or_default();
    check["subject"].as_str().map_or_else(|| id.to_owned(), |subject| format!("{id}[{subject}]"))
}

#[test]
fn what_an_endpoint_does_not_store_or_refuses_is_one_finding_each() {
    let url = serve();
    let topics = "discovery,schema,round-trip,internationalization,media-types,create,replace,projection,patch,groups,password,\
                  stateful,common-attributes";
    let ran = run(&["check", &url, "--seed", "7", "--only", topics, "--format", "json"]);
    let report: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr));
    let checks = report["checks"].as_array().expect("a report has checks");
    let of = |verdicts: &[&str]| -> BTreeSet<String> {
        let is_one = |check: &&Value| verdicts.iter().any(|verdict| check["verdict"] == **verdict);
        checks.iter().filter(is_one).map(full_name).collect()
    };
    let found = of(&["fail", "warn", "error"]);
    for named in [
        "discovery.patch-as-announced[User]",
        "discovery.patch-as-announced[Group]",
        "round-trip.every-attribute",
        "groups.created-with-members",
    ] {
        assert!(found.contains(named), "{named} is not among {found:?}");
    }
    // Each of these asks about something that the endpoint was seen not to have.
    let about = |name: &String| {
        ["patch.", "password.", "stateful.", "internationalization.text", "media-types.utf-8", "round-trip.formats"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    assert_eq!(found.iter().filter(|name| about(name)).collect::<Vec<_>>(), Vec::<&String>::new());
    for name in [
        "schema.type-kept",
        "schema.canonical-values",
        "create.member-order[User]",
        "projection.default-set[User]",
        "groups.deleted-member",
        "groups.nested",
        "groups.put-members",
        "replace.resource[User]",
        "round-trip.several-values",
        "round-trip.binary",
    ] {
        assert!(!found.contains(name), "{name} is among {found:?}");
    }
    // What is blocked goes back to a finding of this run.
    let blocked = checks.iter().filter(|check| check["verdict"] == "blocked");
    for check in blocked {
        let cause = check["cause"].as_str().unwrap_or_default();
        assert!(
            found.contains(cause) || of(&["blocked"]).contains(cause),
            "{} is blocked by {cause}: {}",
            full_name(check),
            check["reason"]
        );
    }
}
