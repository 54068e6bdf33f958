//! What each resource says of itself: `schemas`, `id` and `meta` (RFC 7643 sections 3 and 3.1).

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use scim::noun::with_article;
use serde_json::Value;

use crate::date_time::{instant, is_date_time};
use crate::offer::Provenance;
use crate::publication::ResourceType;
use crate::rule::{ExchangeView, Place, Representation, Rule, RuleReport, SequenceRule, brief, has_value};

pub(super) const RULES: &[Rule] = &[
    Rule::new("resources.schemas", "Each resource names its schemas: an array of URIs, none of them twice", schemas)
        .matters("Clients decide by schemas how to read a resource; without it, or with an empty one, they refuse it.")
        .requirements(&["RFC7643-2.1-02", "RFC7643-3.3-02", "RFC7643-3-07"])
        .legal(&["schemas is an array of texts, each there once", "no schemas, where the request names the attributes that it wants"]),
    Rule::new("resources.base-schema", "schemas holds the schema of the resource type", base_schema)
        .matters("A client that knows the type by its schema takes the resource for something else.")
        .requirements(&["RFC7643-3.3-03"])
        .legal(&["the schema that /ResourceTypes names for the endpoint is one of the URIs"]),
    Rule::new("resources.foreign-schema", "schemas holds nothing but the schemas of the resource type", foreign_schema)
        .matters("A URI that discovery does not connect with the type cannot be looked up, and strict clients refuse the resource.")
        .requirements(&["RFC7643-3-06"])
        .legal(&["the type's schema and the extensions that /ResourceTypes lists for it"]),
    Rule::new("resources.extension-announced", "A resource with data of an extension lists the extension in schemas", extension_announced)
        .matters("Clients that read only the extensions which are announced lose the department and the manager.")
        .requirements(&["RFC7643-3.3-10"])
        .legal(&["the URI of each object of an extension is one of the URIs of schemas"]),
    Rule::new("resources.id", "Each resource has an id that is a text with characters in it, and without bulkId", id)
        .matters("The id is what a provisioner remembers; without it the next run creates everybody once more.")
        .requirements(&["RFC7643-3.1-06", "RFC7643-3.1-11"])
        .legal(&["a non-empty text, whatever attributes are asked for"]),
    Rule::new("resources.id-kept", "A resource is shown under the id by which it was asked for", id_kept)
        .matters("A client that asked for one person and gets another one's record writes into the wrong account.")
        .requirements(&["RFC7643-3.1-08"])
        .legal(&["the id of the answer to GET, PUT or PATCH is the one of the request's path, to the letter"]),
    Rule::sequence("resources.id-unique", "No two resources have the same id, not even of different types", || {
        Box::<IdOwners>::default()
    })
    .matters("A member of a group is known by its id alone: where a user and a group share one, the wrong one gets the access.")
    .requirements(&["RFC7643-3.1-07"])
    .legal(&["each id is shown at one endpoint"]),
    Rule::new("resources.type", "meta.resourceType is the name of the resource type, to the letter", resource_type)
        .matters("Clients that keep users and groups in one table tell them apart by this word.")
        .requirements(&["RFC7643-3-01", "RFC7643-3.1-25"])
        .legal(&["the name under which /ResourceTypes lists the endpoint"]),
    Rule::new("resources.times", "created and lastModified are dateTimes, and no change comes before the creation", times)
        .matters("Clients that ask for what changed since their last visit compare these times.")
        .requirements(&["RFC7643-2.3.5-01", "RFC7643-2.3.5-03", "RFC7643-3.1-26", "RFC7643-3.1-28"])
        .legal(&["texts with date, T and time, lastModified not before created", "neither of them, where meta has other members"]),
    Rule::new("resources.location", "meta.location is the URI of the resource", location)
        .matters("Provisioners store this URI and send every later change to it.")
        .requirements(&["RFC7643-3.1-29", "RFC7643-3.1-30", "RFC7644-1.3-01"])
        .legal(&["a URI that ends in the type's endpoint and the id, without query string; equal to Content-Location where that is sent"]),
    Rule::new("resources.version", "meta.version is an entity tag", version)
        .matters("Clients send meta.version back in If-Match; a text that is not an entity tag never matches.")
        .requirements(&["RFC7643-3.1-33", "RFC7643-3.1-34"])
        .legal(&["absent", "a quoted text, with W/ in upper case in front if it is weak"]),
];

/// The type of a resource, if the endpoint publishes it; what is only assumed accuses no endpoint.
fn published_type<'v>(resource: &Representation<'v>, report: &mut RuleReport) -> Option<&'v ResourceType> {
    if let Some(kind) = resource.kind.filter(|kind| kind.provenance == Provenance::Published) {
        Some(kind)
    } else {
        report.lacks("resource types");
        None
    }
}

fn uris<'v>(resource: &Representation<'v>) -> Vec<&'v str> {
    let schemas = resource.get("schemas").and_then(Value::as_array);
    schemas.into_iter().flatten().filter_map(Value::as_str).collect()
}

fn is_same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

fn schemas(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in &view.representations {
        match resource.get("schemas") {
            // A projection may leave it out (disputed reading Q1).
            None if !resource.is_whole => {}
            None => {
                report.breach(&["RFC7643-2.1-02", "RFC7643-3.3-02"], "schemas is missing, or empty", "nothing");
            }
            Some(Value::Array(all)) if all.iter().all(Value::is_string) => {
                report.judged();
                let uris = uris(resource);
                let twice =
                    uris.iter().enumerate().find(|(place, uri)| uris[..*place].iter().any(|own| is_same(own, uri)));
                if let Some((_, uri)) = twice {
                    report.breach(&["RFC7643-3-07"], "schemas holds a URI twice", *uri);
                }
            }
            Some(other) => {
                report.breach(&["RFC7643-2.1-02"], "schemas is not an array of texts", brief(other));
            }
        }
    }
}

fn base_schema(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in &view.representations {
        let uris = uris(resource);
        if uris.is_empty() {
            continue;
        }
        let Some(kind) = published_type(resource, report) else { continue };
        let message = format!("schemas of {} lacks {}", with_article(&kind.name), kind.schema);
        let is_there = uris.iter().any(|uri| is_same(uri, &kind.schema));
        report.expect(is_there, &["RFC7643-3.3-03"], message, || uris.join(", "));
    }
}

fn foreign_schema(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in &view.representations {
        let uris = uris(resource);
        if uris.is_empty() {
            continue;
        }
        let Some(kind) = published_type(resource, report) else { continue };
        report.judged();
        for uri in uris.into_iter().filter(|uri| !kind.has_schema(uri)) {
            let message = format!(
                "schemas of {} holds {uri}, which /ResourceTypes does not list for it",
                with_article(&kind.name)
            );
            report.breach(&["RFC7643-3-06"], message, uri);
        }
    }
}

fn extension_announced(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in &view.representations {
        let announced = uris(resource);
        if announced.is_empty() {
            continue;
        }
        // No attribute's name has a colon, so that a name with one is the URI of a schema.
        let is_empty = |value: &Value| !has_value(value) || value.as_object().is_some_and(serde_json::Map::is_empty);
        for (name, _) in resource.value.iter().filter(|(name, value)| name.contains(':') && !is_empty(value)) {
            let message = format!("there is data of {name}, which schemas does not hold");
            let is_there = announced.iter().any(|uri| is_same(uri, name));
            report.expect(is_there, &["RFC7643-3.3-10"], message, || announced.join(", "));
        }
    }
}

fn id(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in &view.representations {
        match resource.get("id") {
            Some(Value::String(id)) => {
                report.expect(!id.is_empty(), &["RFC7643-3.1-06"], "an id is empty", || "\"\"".into());
                report
                    .expect(!id.contains("bulkId"), &["RFC7643-3.1-11"], "an id holds the text bulkId", || id.clone());
            }
            Some(other) => {
                report.breach(&["RFC7643-3.1-06"], "an id is not a text", brief(other));
            }
            None => {
                report.breach(&["RFC7643-3.1-06"], "a resource has no id", "nothing");
            }
        }
    }
}

fn id_kept(view: &ExchangeView<'_>, report: &mut RuleReport) {
    let Place::Resource(_, asked) = &view.place else { return };
    let Some(found) = view.representations.first().and_then(Representation::id) else { return };
    report.expect(found == asked, &["RFC7643-3.1-08"], "the id in the answer is not the one of the path", || {
        format!("asked for {asked}, got {found}")
    });
}

/// At which endpoint each id was shown first, and by which exchange.
#[derive(Default)]
struct IdOwners(HashMap<String, (String, u64)>);

/// Ids that are remembered; those behind them are not compared.
const MOST_IDS: usize = 20_000;

impl SequenceRule for IdOwners {
    fn look(&mut self, view: &ExchangeView<'_>, report: &mut RuleReport) {
        for resource in &view.representations {
            let (Some(id), Some(kind)) = (resource.id(), resource.kind) else { continue };
            report.judged();
            match self.0.get(id) {
                Some((endpoint, first)) if *endpoint != kind.endpoint => {
                    let message = format!("an id at {endpoint} is also one at {}", kind.endpoint);
                    report.breach(&["RFC7643-3.1-07"], message, format!("{id}, first shown by exchange #{first}"));
                }
                None if self.0.len() < MOST_IDS => {
                    self.0.insert(id.to_owned(), (kind.endpoint.clone(), view.exchange.number));
                }
                Some(_) | None => {}
            }
        }
    }
}

fn resource_type(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in view.representations.iter().filter(|resource| resource.is_whole) {
        // Without its place the name decides the type, and nothing is left to compare.
        if matches!(view.place, Place::Root | Place::Me) {
            continue;
        }
        let Some(kind) = published_type(resource, report) else { continue };
        match resource.meta("resourceType") {
            None => {
                report.breach(
                    &["RFC7643-3-01"],
                    format!("{} has no meta.resourceType", with_article(&kind.name)),
                    "nothing",
                );
            }
            Some(found) => {
                let message = format!("meta.resourceType of {} is another word", with_article(&kind.name));
                report.expect(found.as_str() == Some(&kind.name), &["RFC7643-3.1-25"], message, || brief(found));
            }
        }
    }
}

fn times(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in &view.representations {
        for name in ["created", "lastModified"] {
            let Some(value) = resource.meta(name) else { continue };
            let Some(text) = value.as_str() else {
                let under = &["RFC7643-2.3.5-03", "RFC7643-3.1-26"];
                report.breach(under, format!("meta.{name} is not a text"), brief(value));
                continue;
            };
            let under: &'static [&'static str] = &["RFC7643-2.3.5-01", "RFC7643-3.1-26"];
            report.expect(is_date_time(text), under, format!("meta.{name} is not a dateTime"), || text.to_owned());
        }
        let time = |name: &str| resource.meta(name).and_then(Value::as_str).and_then(instant);
        if let (Some(created), Some(modified)) = (time("created"), time("lastModified")) {
            let message = "meta.lastModified is before meta.created";
            report.expect(modified >= created, &["RFC7643-3.1-28"], message, || {
                format!("created {created}, lastModified {modified}")
            });
        }
    }
}

fn location(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in &view.representations {
        let Some(value) = resource.meta("location") else { continue };
        let Some(text) = value.as_str() else {
            report.breach(&["RFC7643-3.1-30"], "meta.location is not a text", brief(value));
            continue;
        };
        let Ok(uri) = view.exchange.url.join(text) else {
            report.breach(&["RFC7643-3.1-30"], "meta.location is not a URI", text);
            continue;
        };
        report.expect(!text.contains(['<', '>', ' ', '"']), &["RFC7643-3.1-30"], "meta.location is not a URI", || {
            text.to_owned()
        });
        report
            .expect(uri.query().is_none(), &["RFC7644-1.3-01"], "meta.location has a query string", || text.to_owned());
        let content_location = view.exchange.header("content-location").filter(|_| resource.is_alone);
        if let Some(header) = content_location {
            let is_same = header == text || view.exchange.url.join(header).is_ok_and(|header| header == uri);
            report.expect(is_same, &["RFC7643-3.1-29"], "meta.location is not the URI of Content-Location", || {
                format!("Content-Location {header}, meta.location {text}")
            });
        }
        // Host and path in front are the endpoint's, or those of what stands before it.
        if let (Some(kind), Some(id)) = (resource.kind, resource.id()) {
            let path = percent_decode_str(uri.path()).decode_utf8_lossy();
            let end = format!("{}/{id}", kind.endpoint);
            let message = format!("meta.location of {} does not end in its endpoint and id", with_article(&kind.name));
            report.expect(
                path.trim_end_matches('/').ends_with(end.trim_start_matches('/')),
                &["RFC7643-3.1-30"],
                message,
                || format!("id {id}, meta.location {text}"),
            );
        }
    }
}

fn version(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in &view.representations {
        let Some(version) = resource.meta("version") else { continue };
        let text = version.as_str().unwrap_or_default();
        let message = "meta.version is not a version, or marked weak with another letter than W";
        // A text without quotes may begin with these letters by chance, as base64 does.
        report.expect(!text.is_empty() && !text.starts_with("w/\""), &["RFC7643-3.1-33"], message, || brief(version));
        let opaque = text.strip_prefix("W/").unwrap_or(text);
        let is_quoted = opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"');
        report.expect(
            is_quoted,
            &["RFC7643-3.1-34"],
            "meta.version is written without the quotes of an entity tag",
            || brief(version),
        );
    }
}

#[cfg(test)]
mod tests;
