//! What an endpoint says about itself (RFC 7644 section 4; RFC 7643 sections 5 to 7).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};

use crate::check::{Check, CheckResult, Context, Stop};
use crate::data::{GROUP, USER};
use crate::discovery::Document;

pub(super) mod configuration;
pub(super) mod features;
pub(super) mod kinds;
pub(super) mod links;
pub(super) mod opening;

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const SCHEMAS: &[Capability] = &[Capability::Schemas];
const BOTH: &[Capability] = &[Capability::ResourceTypes, Capability::Schemas];

pub(super) const CHECKS: &[Check] = &[
    Check::boxed("discovery.schemas", "Schemas lists every schema that a resource type names", |context| {
            Box::pin(async move {
                schemas(context);
                Ok(())
            })
        })
        .matters("PingFederate's Refresh Fields and every generic client build their attribute lists from this answer.")
        .requirements(&[
            "RFC7643-1.2-02",
            "RFC7643-3.2-01",
            "RFC7643-6-12",
            "RFC7643-6-14",
            "RFC7643-7-04",
            "RFC7643-7-06",
            "RFC7644-3.2-16",
            "RFC7644-4-03",
            "RFC7644-4-06",
        ])
        .needs(SCHEMAS)
        .legal(&["200 with a ListResponse that holds each schema and extension of /ResourceTypes under its URI"]),
    Check::new("discovery.schema-by-uri", "Each schema is found under its URI, alone", &schema_by_uri)
        .matters("Clients that meet an unknown URN in schemas look it up here.")
        .requirements(&[
            "RFC7643-4.1-01",
            "RFC7643-4.2-01",
            "RFC7643-4.3-01",
            "RFC7644-3.4.1-03",
            "RFC7644-4-04",
            "RFC7644-3.4.1-04",
        ])
        .needs(SCHEMAS)
        .legal(&["200 with the schema, not inside a list"]),
    Check::new("discovery.unknown-document", "A schema or resource type that does not exist is not found", &unknown_document)
        .matters("A client that gets an empty document for an unknown URN takes it for a schema without attributes.")
        .requirements(&["RFC7644-4-04", "RFC7644-3.12-12"])
        .needs(BOTH)
        .legal(&["404 with a SCIM Error"]),
    Check::new("discovery.schemas-of-resources", "Every schema that a resource names is published", &schemas_of_resources)
        .matters("A value whose schema no client can read can be neither shown nor mapped.")
        .requirements(&["RFC7643-7-01"])
        .needs(SCHEMAS)
        .legal(&["200 for each URI in schemas of a resource"]),
    Check::new("discovery.message-schemas", "The schemas of messages are not among the schemas", &message_schemas)
        .matters("Consoles would offer PatchOp as a kind of data.")
        .requirements(&["RFC7644-3.1-06"])
        .needs(SCHEMAS)
        .legal(&["no URN of urn:ietf:params:scim:api in the list, and 404 for one"]),
    Check::new("discovery.parameters-ignored", "Paging, sorting and projection do not change the lists of discovery", &parameters_ignored)
        .matters("A client that always sends count would see a part of the schemas and take it for all.")
        .requirements(&["RFC7644-4-07"])
        .needs(BOTH)
        .legal(&["the same documents with count, startIndex, sortBy and attributes as without"]),
    Check::new("discovery.filter", "A filter on discovery is refused or ignored, not applied", &filter)
        .matters("A list that was filtered by accident looks like an endpoint without users.")
        .requirements(&["RFC7644-4-07", "RFC7644-4-08"])
        .needs(BOTH)
        .legal(&["403 with a SCIM Error", "200 with every document"]),
    Check::new("discovery.read-only", "The documents of discovery cannot be written", &read_only)
        .matters("Whoever can change a schema changes what every client may send.")
        .requirements(&["RFC7643-5-02", "RFC7643-6-02", "RFC7643-7-02"])
        .needs(BOTH)
        .legal(&["any refusal: 4xx or 501"]),
    Check::boxed("discovery.meta", "Discovery documents say what they are and where", |context| {
            Box::pin(async move {
                meta(context);
                Ok(())
            })
        })
        .matters("Generic clients treat them like any resource and read meta.")
        .requirements(&["RFC7643-3.1-01", "RFC7644-4-10"])
        .needs(BOTH)
        .legal(&[
            "meta.resourceType Schema, ResourceType or ServiceProviderConfig, and meta.location; schemas have an id and meta",
        ]),
];

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".into(), Value::to_string)
}

fn is_list(context: &Context, document: &Document, get: &'static [&'static str]) {
    context.expect(&document.exchange).under(get).status(&[200]).json();
    let count = document.all_entries().len();
    context
        .expect(&document.exchange)
        .under(&["RFC7644-4-06"])
        .equals("schemas", &json!([LIST]))
        .equals("totalResults", &json!(count));
}

fn schemas(context: &Context) {
    let discovery = context.discovery();
    let document = &discovery.schemas;
    is_list(context, document, &["RFC7644-3.2-16", "RFC7643-1.2-02"]);
    let mut seen = Vec::new();
    for (index, entry) in document.entries().iter().enumerate() {
        let id = at(entry, "id").and_then(Value::as_str);
        context.expect(&document.exchange).under(&["RFC7643-7-06"]).that(
            id.is_some_and(|id| !seen.contains(&id)),
            &format!("Resources[{index}].id is not a unique URI"),
            shown(at(entry, "id")),
        );
        seen.extend(id);
        let own = "urn:ietf:params:scim:schemas:core:2.0:Schema";
        let listed =
            at(entry, "schemas").and_then(Value::as_array).is_some_and(|uris| uris.iter().any(|uri| uri == own));
        context.expect(&document.exchange).under(&["RFC7643-7-04"]).that(
            listed,
            &format!("schemas of Resources[{index}] does not name the schema of schemas"),
            shown(at(entry, "schemas")),
        );
    }
    for kind in discovery.resource_types() {
        let wanted = std::iter::once((&["RFC7643-6-12", "RFC7644-4-03", "RFC7643-3.2-01"], &kind.schema)).chain(
            kind.extensions.iter().map(|extension| (&["RFC7643-6-14", "RFC7644-4-03", "RFC7643-3.2-01"], extension)),
        );
        for (requirements, uri) in wanted {
            context.expect(&document.exchange).after(&discovery.resource_types.exchange).under(requirements).that(
                discovery.schema(uri).is_some(),
                &format!("the schema {uri} of resource type {} is not among them", kind.name),
                seen.join(", "),
            );
        }
    }
}

async fn schema_by_uri(context: &Context) -> CheckResult {
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let mut uris: Vec<&str> =
        context.discovery().schemas.entries().iter().filter_map(|entry| at(entry, "id")?.as_str()).collect();
    // Those of the resource types even if the list has left them out.
    for kind in context.discovery().resource_types() {
        uris.extend(std::iter::once(kind.schema.as_str()).chain(kind.extensions.iter().map(String::as_str)));
    }
    uris.sort_unstable();
    uris.dedup();
    for uri in uris {
        let answer = context.send(Request::get("/Schemas").segment(uri)).await?;
        let under: &'static [&'static str] = match uri {
            USER => &["RFC7643-4.1-01", "RFC7644-4-04", "RFC7644-3.4.1-03"],
            GROUP => &["RFC7643-4.2-01", "RFC7644-4-04", "RFC7644-3.4.1-03"],
            ENTERPRISE => &["RFC7643-4.3-01", "RFC7644-4-04", "RFC7644-3.4.1-03"],
            _ => &["RFC7644-4-04", "RFC7644-3.4.1-03"],
        };
        context.expect(&answer).under(under).status(&[200]).json();
        if answer.status == 200 {
            context.expect(&answer).under(&["RFC7644-3.4.1-04"]).lacks("Resources");
            let same = answer.text("id").is_some_and(|id| id == uri)
                || answer.json().is_ok_and(|body| at(body, "Resources").is_some());
            context.expect(&answer).under(under).that(
                same,
                &format!("the schema found under {uri} is another"),
                shown(answer.at("id")),
            );
        }
    }
    Ok(())
}

async fn unknown_document(context: &Context) -> CheckResult {
    for (path, name) in [("/Schemas", "urn:example:weir:nobody"), ("/ResourceTypes", "WeirNobody")] {
        let answer = context.send(Request::get(path).segment(name)).await?;
        let under: &'static [&'static str] =
            if path == "/Schemas" { &["RFC7644-4-04", "RFC7644-3.12-12"] } else { &["RFC7644-3.12-12"] };
        context.expect(&answer).under(under).status(&[404]);
    }
    Ok(())
}

async fn schemas_of_resources(context: &Context) -> CheckResult {
    let mut uris: Vec<(String, _)> = Vec::new();
    let mut resources: Vec<_> = context.one_of_each().await?.into_iter().map(|(_, resource)| resource).collect();
    if let Some((body, _, _)) = context.data().extended_user() {
        resources.push(context.create("/Users", &body).await?);
    }
    for resource in resources {
        let read = context.read(&resource).await?;
        for uri in read.at("schemas").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !uris.iter().any(|(known, _)| known == uri) {
                uris.push((uri.to_owned(), read.clone()));
            }
        }
    }
    for (uri, read) in uris {
        let answer = context.send(Request::get("/Schemas").segment(&uri)).await?;
        context.expect(&answer).after(&read).status(&[200]);
    }
    Ok(())
}

async fn message_schemas(context: &Context) -> CheckResult {
    let document = &context.discovery().schemas;
    for entry in document.entries() {
        let id = at(entry, "id").and_then(Value::as_str).unwrap_or_default();
        let message = id.to_ascii_lowercase().starts_with("urn:ietf:params:scim:api:");
        context.expect(&document.exchange).that(!message, "a schema of messages is listed", id);
    }
    let uri = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    let answer = context.send(Request::get("/Schemas").segment(uri)).await?;
    let found = answer.status == 200 && answer.text("id").is_some();
    context.expect(&answer).that(!found, "a schema of messages is found", answer.status.to_string());
    Ok(())
}

/// The ids or names of the documents in a list, sorted.
fn names(json: &Value) -> Vec<String> {
    let entries = at(json, "Resources").or(Some(json)).and_then(Value::as_array);
    let name = |entry: &Value| at(entry, "id").or_else(|| at(entry, "name")).map_or_else(String::new, Value::to_string);
    let mut names: Vec<String> = entries.into_iter().flatten().map(name).collect();
    names.sort();
    names
}

const LISTS: [&str; 2] = ["/ResourceTypes", "/Schemas"];

async fn parameters_ignored(context: &Context) -> CheckResult {
    for path in LISTS {
        let request = Request::get(path)
            .query("count", "1")
            .query("startIndex", "2")
            .query("sortBy", "name")
            .query("sortOrder", "descending")
            .query("attributes", "name");
        let plain = context.send(Request::get(path)).await?;
        let answer = context.send(request).await?;
        let expectation = context.expect(&answer).after(&plain).status(&[200]);
        let Ok(json) = answer.json() else { continue };
        let (whole, found) = (listed(&plain), names(json));
        let is_as_without = answer.status != 200 || whole == found || changes_by_itself(context, path, &whole).await?;
        let message = format!("{path} has other documents with parameters than without");
        expectation.that(is_as_without, &message, found.join(", "));
    }
    Ok(())
}

/// Whether a list of discovery is another now than `whole`, so that a difference says nothing about parameters;
/// `discovery.unchanged` judges that.
async fn changes_by_itself(context: &Context, path: &str, whole: &[String]) -> Result<bool, Stop> {
    Ok(listed(&*context.send(Request::get(path)).await?) != whole)
}

/// The names of the documents in an answer; none if it is no list.
fn listed(answer: &Exchange) -> Vec<String> {
    answer.json().map(names).unwrap_or_default()
}

async fn filter(context: &Context) -> CheckResult {
    for path in LISTS {
        let plain = context.send(Request::get(path)).await?;
        let answer = context.send(Request::get(path).query("filter", "name eq \"WeirNobody\"")).await?;
        if answer.status == 200 {
            let (whole, found) = (listed(&plain), listed(&answer));
            let expectation = context.expect(&answer).after(&plain);
            let applied = whole != found && !changes_by_itself(context, path, &whole).await?;
            let expectation = expectation.under(&["RFC7644-4-07"]);
            expectation.that(!applied, &format!("the filter on {path} was applied"), found.join(", "));
        }
        context.expect(&answer).under(&["RFC7644-4-08"]).status(&[403]);
    }
    Ok(())
}

async fn read_only(context: &Context) -> CheckResult {
    let body = json!({"schemas": [], "name": context.data().name(), "description": "written by a client"});
    let targets: [(&'static [&'static str], &str, Option<&str>); 5] = [
        (&["RFC7643-5-02"], "/ServiceProviderConfig", None),
        (&["RFC7643-6-02"], "/ResourceTypes", Some("User")),
        (&["RFC7643-6-02"], "/ResourceTypes", None),
        (&["RFC7643-7-02"], "/Schemas", Some(USER)),
        (&["RFC7643-7-02"], "/Schemas", None),
    ];
    for (under, path, name) in targets {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            // A DELETE that works would take the discovery of somebody's endpoint away: only on what is not there.
            let name = if method == Method::DELETE { name.map(|_| "WeirNobody") } else { name };
            let mut request = Request::new(method.clone(), path);
            if let Some(name) = name {
                request = request.segment(name);
            }
            if method != Method::DELETE {
                request = request.json(&body);
            }
            let answer = context.send(request).await?;
            let message = format!("{method} on {path} is answered {}", answer.status);
            context.expect(&answer).under(under).that(!answer.is_success(), &message, answer.status.to_string());
        }
    }
    Ok(())
}

fn meta(context: &Context) {
    let discovery = context.discovery();
    let config: Vec<&Value> = discovery.service_provider_config.json().into_iter().collect();
    let sets: [(&Document, Vec<&Value>, &str, &'static [&'static str]); 3] = [
        (&discovery.service_provider_config, config, "ServiceProviderConfig", &["RFC7644-4-10"]),
        (
            &discovery.resource_types,
            discovery.resource_types.entries().iter().collect(),
            "ResourceType",
            &["RFC7644-4-10"],
        ),
        (
            &discovery.schemas,
            discovery.schemas.entries().iter().collect(),
            "Schema",
            &["RFC7643-3.1-01", "RFC7644-4-10"],
        ),
    ];
    for (document, entries, name, under) in sets {
        for (index, entry) in entries.into_iter().enumerate() {
            let right = at(entry, "meta.resourceType").is_some_and(|found| found == name)
                && at(entry, "meta.location").is_some_and(Value::is_string);
            let message = format!("meta of {name} {index} does not say what it is and where");
            context.expect(&document.exchange).under(under).that(right, &message, shown(at(entry, "meta")));
        }
    }
}
