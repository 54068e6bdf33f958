//! Resource types (RFC 7643 section 6).

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::{is_list, shown};
use crate::check::{Check, CheckResult, Context};

const NEEDS: &[Capability] = &[Capability::ResourceTypes];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::boxed("discovery.resource-types", "ResourceTypes lists each type with name, endpoint and schema", |context| {
            Box::pin(async move {
                entries(context);
                Ok(())
            })
        })
        .matters("A client that finds its endpoints here cannot start without them.")
        .requirements(&[
            "RFC7643-6-01",
            "RFC7643-6-04",
            "RFC7643-6-05",
            "RFC7643-6-06",
            "RFC7643-6-09",
            "RFC7643-6-10",
            "RFC7643-6-11",
            "RFC7644-3.2-15",
            "RFC7644-4-05",
            "RFC7644-4-06",
        ])
        .needs(NEEDS)
        .legal(&[
            "200 with a ListResponse of resource types, each with a name of its own, an endpoint below the base URL, and a schema",
        ]),
    Check::boxed("discovery.extension-entries", "Each extension of a resource type has a schema and says whether it is required", |context| {
            Box::pin(async move {
                extensions(context);
                Ok(())
            })
        })
        .matters("A client that does not learn of a required extension cannot create anything.")
        .requirements(&["RFC7643-6-13", "RFC7643-6-15", "RFC7643-6-16"])
        .needs(NEEDS)
        .legal(&["schemaExtensions missing, or an array whose entries have a URI as schema and a boolean as required"]),
    Check::new("discovery.resource-type-by-name", "Each resource type is found by its id or its name, alone", &by_name)
        .matters("meta.resourceType is a name that clients look up here.")
        .requirements(&["RFC7643-3-02", "RFC7643-6-03", "RFC7643-6-07", "RFC7644-4-09", "RFC7644-3.4.1-03"])
        .needs(NEEDS)
        .legal(&["200 with the resource type under its id or under its name, not inside a list"]),
    Check::new("discovery.endpoints", "Each published endpoint is there", &endpoints)
        .matters("Clients build every URL from these paths.")
        .requirements(&["RFC7643-6-10"])
        .needs(NEEDS)
        .legal(&["200 with a ListResponse at base URL and endpoint; any answer but 404 where listing is not allowed"]),
    Check::boxed("discovery.plural-endpoints", "Endpoints are plural names", |context| {
            Box::pin(async move {
                plural(context);
                Ok(())
            })
        })
        .matters("People guess the URL of a type from its name.")
        .requirements(&["RFC7644-3.2-03"])
        .needs(NEEDS)
        .legal(&["an endpoint whose name is a plural: Users, People"]),
];

fn entries(context: &Context) {
    let document = &context.discovery().resource_types;
    is_list(context, document, &["RFC7644-3.2-15"]);
    let mut seen = Vec::new();
    for (index, entry) in document.entries().iter().enumerate() {
        let expect = |under: &'static [&'static str], holds: bool, message: &str, value: Option<&Value>| {
            context.expect(&document.exchange).under(under).that(
                holds,
                &format!("Resources[{index}]{message}"),
                shown(value),
            );
        };
        let own = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
        let uris = at(entry, "schemas");
        let listed = uris.and_then(Value::as_array).is_some_and(|uris| uris.iter().any(|uri| uri == own));
        expect(&["RFC7643-6-01"], listed, ".schemas does not name the schema of resource types", uris);
        let members: [(&'static [&'static str], &str); 3] = [
            (&["RFC7643-6-04", "RFC7643-6-05", "RFC7643-6-06"], "name"),
            (&["RFC7643-6-04", "RFC7643-6-10", "RFC7644-4-05"], "endpoint"),
            (&["RFC7643-6-04", "RFC7643-6-11", "RFC7644-4-05"], "schema"),
        ];
        for (under, member) in members {
            let value = at(entry, member);
            let is_text = value.and_then(Value::as_str).is_some_and(|text| !text.is_empty());
            expect(under, is_text, &format!(".{member} is not a string"), value);
        }
        let name = at(entry, "name");
        expect(&["RFC7643-6-06"], name.is_none() || !seen.contains(&name), ".name is that of another type too", name);
        seen.push(name);
        let endpoint = at(entry, "endpoint");
        let base = context.client().base_url().path().trim_matches('/');
        let absolute = endpoint.and_then(Value::as_str).is_some_and(|text| {
            let repeats = text.trim_start_matches('/').strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
            text.contains("://") || (repeats && !base.is_empty())
        });
        expect(&["RFC7643-6-10"], !absolute, ".endpoint is not relative to the base URL", endpoint);
        let description = at(entry, "description").filter(|found| !found.is_null());
        let is_text = description.is_none_or(|found| found.as_str().is_some_and(|text| !text.is_empty()));
        expect(&["RFC7643-6-09"], is_text, ".description is there and no text", description);
    }
}

fn extensions(context: &Context) {
    let document = &context.discovery().resource_types;
    for (index, entry) in document.entries().iter().enumerate() {
        let Some(found) = at(entry, "schemaExtensions").filter(|found| !found.is_null()) else { continue };
        let expect = |under: &'static [&'static str], holds: bool, message: &str, value: Option<&Value>| {
            let message = format!("Resources[{index}].schemaExtensions{message}");
            context.expect(&document.exchange).under(under).that(holds, &message, shown(value));
        };
        expect(&["RFC7643-6-13"], found.is_array(), " is not an array", Some(found));
        for extension in found.as_array().into_iter().flatten() {
            let schema = at(extension, "schema");
            let is_uri = schema.and_then(Value::as_str).is_some_and(|uri| uri.contains(':'));
            expect(&["RFC7643-6-15"], is_uri, " has an entry without a URI", schema);
            let required = at(extension, "required");
            expect(
                &["RFC7643-6-16"],
                required.is_some_and(Value::is_boolean),
                " does not say whether it is required",
                required,
            );
        }
    }
}

async fn by_name(context: &Context) -> CheckResult {
    for entry in context.discovery().resource_types.entries() {
        let text = |member: &str| at(entry, member).and_then(Value::as_str);
        let mut keys: Vec<&str> = text("id").into_iter().chain(text("name")).collect();
        keys.dedup();
        let mut found = None;
        for key in keys {
            let answer = context.send(Request::get("/ResourceTypes").segment(key)).await?;
            let done = answer.status == 200;
            found = Some(answer);
            if done {
                break;
            }
        }
        let Some(answer) = found else { continue };
        let expectation = context.expect(&answer).under(&["RFC7644-4-09", "RFC7644-3.4.1-03"]).status(&[200]).json();
        if answer.status == 200 {
            expectation.lacks("Resources").equals("endpoint", &at(entry, "endpoint").cloned().unwrap_or_default());
        }
    }
    for (kind, resource) in context.one_of_each().await? {
        let read = context.read(&resource).await?;
        context.expect(&read).under(&["RFC7643-6-07", "RFC7643-3-02"]).equals("meta.resourceType", &json!(kind.name));
    }
    Ok(())
}

async fn endpoints(context: &Context) -> CheckResult {
    for kind in context.discovery().resource_types() {
        let answer = context.send(Request::get(&kind.endpoint).query("count", "1")).await?;
        let message = format!("the endpoint {} of {} does not exist", kind.endpoint, kind.name);
        context.expect(&answer).that(answer.status != 404, &message, answer.status.to_string());
        if answer.status == 200 {
            context.expect(&answer).json().has("totalResults");
        }
    }
    Ok(())
}

/// Whether the name of an endpoint is a plural: it ends in s, or in one of the plurals that do not.
fn is_plural(endpoint: &str) -> bool {
    const OTHERS: [&str; 6] = ["people", "children", "men", "data", "media", "criteria"];
    let name = endpoint.to_ascii_lowercase();
    name.ends_with('s') || OTHERS.iter().any(|plural| name.ends_with(plural))
}

fn plural(context: &Context) {
    let exchange = &context.discovery().resource_types.exchange;
    for kind in context.discovery().resource_types() {
        let message = format!("the endpoint {} is not a plural", kind.endpoint);
        context.expect(exchange).that(is_plural(&kind.endpoint), &message, &kind.endpoint);
    }
}
