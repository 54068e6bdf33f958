//! What an endpoint says about itself (RFC 7644 section 4; RFC 7643 sections 5 to 7).

use std::sync::Arc;

use scim::capability::Capability;
use serde_json::{Value, json};

use super::{Check, Context};
use crate::difference::at;
use crate::endpoint::discovery::Document;

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "discovery.service-provider-config",
        title: "ServiceProviderConfig is there, with every feature announced",
        matters: "Clients choose between PUT and PATCH, and between filter and full listing, by what is announced here.",
        requirements: &[
            "RFC7644-4-02",
            "RFC7643-5-06",
            "RFC7643-5-08",
            "RFC7643-5-09",
            "RFC7643-5-10",
            "RFC7643-5-12",
            "RFC7643-5-13",
            "RFC7643-5-15",
            "RFC7643-5-17",
            "RFC7643-5-19",
            "RFC7643-5-20",
        ],
        needs: &[],
        legal: &["200 with an object of the ServiceProviderConfig schema that has every required member in its type"],
        alone: false,
        run: |context| {
            Box::pin(async move {
                service_provider_config(context);
                Ok(())
            })
        },
    },
    Check {
        id: "discovery.resource-types",
        title: "ResourceTypes lists each type with name, endpoint and schema",
        matters: "A client that finds its endpoints here cannot start without them.",
        requirements: &["RFC7644-4-06", "RFC7643-6-05", "RFC7643-6-10", "RFC7643-6-11"],
        needs: &[Capability::ResourceTypes],
        legal: &["200 with a ListResponse of resource types, each with name, endpoint and schema"],
        alone: false,
        run: |context| {
            Box::pin(async move {
                resource_types(context);
                Ok(())
            })
        },
    },
    Check {
        id: "discovery.schemas",
        title: "Schemas describes every schema that a resource type names",
        matters: "PingFederate's Refresh Fields and every generic client build their attribute lists from this answer.",
        requirements: &["RFC7644-4-06", "RFC7644-4-03", "RFC7643-7-06", "RFC7643-6-12", "RFC7643-6-14"],
        needs: &[Capability::Schemas],
        legal: &["200 with a ListResponse that holds each schema and extension of /ResourceTypes under its URI"],
        alone: false,
        run: |context| {
            Box::pin(async move {
                schemas(context);
                Ok(())
            })
        },
    },
    Check {
        id: "discovery.announced-features",
        title: "What ServiceProviderConfig announces is not refused when it is used",
        matters: "A client that believes the announcement sends what is refused, and has no other way prepared.",
        requirements: &["RFC7643-5-28"],
        needs: &[Capability::ServiceProviderConfig],
        legal: &["patch and filter work on users and on groups where patch.supported and filter.supported are true"],
        alone: false,
        run: |context| {
            Box::pin(async move {
                announced_features(context);
                Ok(())
            })
        },
    },
];

fn announced_features(context: &Context) {
    let discovery = context.discovery();
    for contradiction in discovery.contradictions() {
        let capability = contradiction.capability;
        let message = format!("{capability} is announced and refused");
        let observed = contradiction.exchange.status.to_string();
        let expectation = context.expect(&contradiction.exchange).after(&discovery.service_provider_config.exchange);
        if discovery.declared().missing.contains(&capability) {
            expectation.note(&format!("{message}, as the target's description declares"), observed);
        } else {
            expectation.that(false, &message, observed);
        }
    }
}

fn service_provider_config(context: &Context) {
    let document = &context.discovery().service_provider_config;
    let schema = json!(["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]);
    context.expect(&document.exchange).under(&["RFC7644-4-02"]).status(&[200]).json().equals("schemas", &schema);
    let Some(config) = document.json() else { return };
    let flags: [(&'static [&'static str], &str); 6] = [
        (&["RFC7643-5-06"], "patch.supported"),
        (&["RFC7643-5-08"], "bulk.supported"),
        (&["RFC7643-5-12"], "filter.supported"),
        (&["RFC7643-5-15"], "changePassword.supported"),
        (&["RFC7643-5-17"], "sort.supported"),
        (&["RFC7643-5-19"], "etag.supported"),
    ];
    for (requirement, path) in flags {
        let value = at(config, path);
        context.expect(&document.exchange).under(requirement).that(
            value.is_some_and(Value::is_boolean),
            &format!("{path} is no boolean"),
            shown(value),
        );
    }
    let numbers: [(&'static [&'static str], &str); 3] = [
        (&["RFC7643-5-09"], "bulk.maxOperations"),
        (&["RFC7643-5-10"], "bulk.maxPayloadSize"),
        (&["RFC7643-5-13"], "filter.maxResults"),
    ];
    for (requirement, path) in numbers {
        let value = at(config, path);
        context.expect(&document.exchange).under(requirement).that(
            value.is_some_and(Value::is_u64),
            &format!("{path} is no integer from 0"),
            shown(value),
        );
    }
    let schemes = at(config, "authenticationSchemes");
    context.expect(&document.exchange).under(&["RFC7643-5-20"]).that(
        schemes.is_some_and(Value::is_array),
        "authenticationSchemes is no array",
        shown(schemes),
    );
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".into(), Value::to_string)
}

fn is_list(context: &Context, document: &Document) {
    let count = document.entries().len();
    context
        .expect(&document.exchange)
        .under(&["RFC7644-4-06"])
        .status(&[200])
        .json()
        .equals("schemas", &json!([LIST]))
        .equals("totalResults", &json!(count));
}

fn resource_types(context: &Context) {
    let document = &context.discovery().resource_types;
    is_list(context, document);
    let members: [(&'static [&'static str], &str); 3] =
        [(&["RFC7643-6-05"], "name"), (&["RFC7643-6-10"], "endpoint"), (&["RFC7643-6-11"], "schema")];
    for (index, entry) in document.entries().iter().enumerate() {
        for (requirement, name) in members {
            let value = at(entry, name);
            context.expect(&document.exchange).under(requirement).that(
                value.and_then(Value::as_str).is_some_and(|text| !text.is_empty()),
                &format!("Resources[{index}].{name} is no text"),
                shown(value),
            );
        }
    }
}

fn schemas(context: &Context) {
    let discovery = context.discovery();
    let document = &discovery.schemas;
    is_list(context, document);
    let mut seen = Vec::new();
    for (index, entry) in document.entries().iter().enumerate() {
        let id = at(entry, "id").and_then(Value::as_str);
        context.expect(&document.exchange).under(&["RFC7643-7-06"]).that(
            id.is_some_and(|id| !seen.contains(&id)),
            &format!("Resources[{index}].id is no unique URI"),
            shown(at(entry, "id")),
        );
        seen.extend(id);
    }
    for kind in discovery.resource_types() {
        let wanted = std::iter::once((&["RFC7643-6-12", "RFC7644-4-03"], &kind.schema))
            .chain(kind.extensions.iter().map(|extension| (&["RFC7643-6-14", "RFC7644-4-03"], extension)));
        for (requirements, uri) in wanted {
            let types = Arc::clone(&discovery.resource_types.exchange);
            context.expect(&document.exchange).after(&types).under(requirements).that(
                discovery.schema(uri).is_some(),
                &format!("the schema {uri} of resource type {} is not among them", kind.name),
                seen.join(", "),
            );
        }
    }
}
