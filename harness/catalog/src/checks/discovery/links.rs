//! The links of discovery, and schemas that resources have and resource types do not name.

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::{at, same};

use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context};
use crate::definition::{flag, word};
use crate::discovery::Document;

/// Links that are followed in one kind of document.
const MOST: usize = 20;

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("discovery.links", "Every document of discovery is found where its meta.location says", &links)
        .matters("Generic clients follow the link of a schema or a resource type instead of building its URL.")
        .requirements(&["RFC7643-3.1-30"])
        .legal(&["200 with the same document at each meta.location"]),
    Check::new("discovery.unchanged", "Discovery says the same at the end of a run as at its beginning", &unchanged)
        .matters("A client reads it once, and plans with it for days.")
        .requirements(&["RFC7644-4-02", "RFC7644-4-03", "RFC7644-4-06"])
        .legal(&["the same resource types, schemas and capabilities with every GET, in any order"])
        .alone(),
    Check::new(
        "discovery.unnamed-extensions",
        "A resource has no extension that its resource type does not name",
        &unnamed_extensions,
    )
    .matters("Clients learn from the resource type what a resource can have; what is not named there is neither shown nor mapped.")
    .requirements(&["RFC7643-3-06"])
    .needs(&[Capability::ResourceTypes, Capability::Schemas, Capability::CreateUsers])
    .legal(&[
        "a user with an extension that is published, and that no resource type names, is refused, or comes back without it",
    ])
    .on(Only("User", "RFC 7643 section 4.3 publishes an extension for users alone")),
];

/// A document without what may differ from one GET to the next: the order of a list, and `meta`.
fn essence(document: &Value) -> Value {
    let without_meta = |entry: &Value| {
        let mut entry = entry.clone();
        if let Some(members) = entry.as_object_mut() {
            members.retain(|name, _| name != "meta");
        }
        entry
    };
    let list = at(document, "Resources").or(Some(document)).and_then(Value::as_array);
    let Some(list) = list else { return without_meta(document) };
    let mut entries: Vec<Value> = list.iter().map(without_meta).collect();
    entries
        .sort_by_key(|entry| at(entry, "id").or_else(|| at(entry, "name")).map_or_else(String::new, Value::to_string));
    Value::Array(entries)
}

async fn unchanged(context: &Context) -> CheckResult {
    let discovery = context.discovery();
    let documents: [(&'static [&'static str], &str, &Document); 3] = [
        (&["RFC7644-4-02"], "/ServiceProviderConfig", &discovery.service_provider_config),
        (&["RFC7644-4-06"], "/ResourceTypes", &discovery.resource_types),
        (&["RFC7644-4-03"], "/Schemas", &discovery.schemas),
    ];
    for (under, path, before) in documents {
        let Some(expected) = before.json() else { continue };
        let answer = context.send(Request::get(path)).await?;
        // What cannot be read any more has changed, too.
        let same = answer.status == 200 && answer.json().is_ok_and(|found| same(&essence(expected), &essence(found)));
        let message = format!("{path} says something else than at the beginning of the run");
        context.expect(&answer).after(&before.exchange).under(under).that(same, &message, answer.outcome());
    }
    Ok(())
}

async fn links(context: &Context) -> CheckResult {
    let discovery = context.discovery();
    let documents = [
        (&discovery.service_provider_config, "schemas"),
        (&discovery.resource_types, "name"),
        (&discovery.schemas, "id"),
    ];
    let mut followed = 0;
    for (document, key) in documents {
        for entry in each(document).into_iter().take(MOST) {
            let Some(place) = at(entry, "meta.location").and_then(Value::as_str) else { continue };
            // A relative one is a fault of its own, which the check of meta judges.
            let Ok(url) = document.exchange.url.join(place) else { continue };
            let Some(answer) = context.follow(&document.exchange, "meta.location", url).await? else {
                continue;
            };
            followed += 1;
            let found = at(entry, key);
            let is_same = answer.status == 200 && answer.at(key) == found;
            let message = format!("meta.location of {} leads nowhere", found.map_or_else(|| "it".into(), name));
            context.expect(&answer).after(&document.exchange).that(is_same, &message, answer.outcome());
        }
    }
    if followed == 0 {
        return context.skip("no document of discovery says where it is");
    }
    Ok(())
}

/// The documents that a request for one kind of them gives.
fn each(document: &Document) -> Vec<&Value> {
    let entries = document.entries();
    if entries.is_empty() { document.json().into_iter().collect() } else { entries.iter().collect() }
}

fn name(value: &Value) -> String {
    value.as_str().map_or_else(|| "the service provider's configuration".to_owned(), str::to_owned)
}

async fn unnamed_extensions(context: &Context) -> CheckResult {
    let discovery = context.discovery();
    let candidates = discovery.schemas.entries().iter().filter_map(|schema| {
        let uri = at(schema, "id").and_then(Value::as_str)?;
        let is_extension = uri.to_ascii_lowercase().contains(":extension:") && !discovery.is_named_by_a_type(uri);
        let text = |attribute: &&Value| {
            word(attribute, "type") == "string"
                && word(attribute, "mutability") == "readWrite"
                && word(attribute, "returned") == "default"
                && !flag(attribute, "multiValued")
                && at(attribute, "canonicalValues[0]").is_none()
        };
        let own = context.data().attributes(uri)?.iter().find(text)?;
        Some((uri, at(own, "name").and_then(Value::as_str)?)).filter(|_| is_extension)
    });
    let mut tried = false;
    for (uri, attribute) in candidates.take(MOST) {
        tried = true;
        let mut body = context.data().user();
        body["schemas"].as_array_mut().into_iter().for_each(|schemas| schemas.push(json!(uri)));
        body[uri] = json!({ attribute: context.data().name() });
        let created = context.send(Request::post("/Users").json(&body)).await?;
        let Some(id) = created.text("id").filter(|_| created.is_success()) else { continue };
        let read = context.send(Request::new(Method::GET, "/Users").segment(id)).await?;
        let shown = read.json().ok().and_then(|resource| resource.get(uri)).filter(|values| !values.is_null());
        let message = format!("users have values of {uri}, which their resource type does not name");
        context.expect(&read).after(&discovery.resource_types.exchange).that(
            shown.is_none(),
            &message,
            shown.map_or_else(String::new, Value::to_string),
        );
    }
    if !tried {
        return context.skip("every extension that is published is named by a resource type");
    }
    Ok(())
}
