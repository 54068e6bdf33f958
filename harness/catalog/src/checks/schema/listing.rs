//! The standard schemas as an endpoint publishes them, against the listings of RFC 7643 section 8.7.

use scim::capability::Capability;
use serde_json::Value;
use weir_exchange::difference::at;

use super::listed;
use super::listed::ListedAttribute;
use crate::check::{Check, CheckResult, Context, cut};
use crate::discovery::Document;
use crate::published::{flag, list, text, word};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const SCHEMAS: &[Capability] = &[Capability::Schemas];
const LEGAL: &[&str] = &[
    "each attribute that is published has the type of the listing, and is multi-valued where it is",
    "other characteristics may differ where the prose permits; they are noted",
];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::boxed("schema.core-user", "The User schema has the attributes of the RFC, with their types", |context| {
        Box::pin(async move { resource_schema(context, crate::data::USER, listed::USER, &["RFC7643-4.1-01"]) })
    })
    .matters("Mappings that work with every other endpoint rest on these definitions.")
    .requirements(listed::USER_IDS)
    .needs(SCHEMAS)
    .legal(LEGAL),
    Check::boxed("schema.core-group", "The Group schema has the attributes of the RFC, with their types", |context| {
        Box::pin(async move { resource_schema(context, crate::data::GROUP, listed::GROUP, &["RFC7643-4.2-01"]) })
    })
    .matters("Mappings that work with every other endpoint rest on these definitions.")
    .requirements(listed::GROUP_IDS)
    .needs(SCHEMAS)
    .legal(LEGAL),
    Check::boxed(
        "schema.enterprise-user",
        "The enterprise extension has the attributes of the RFC, with their types",
        |context| {
            Box::pin(async move { resource_schema(context, ENTERPRISE, listed::ENTERPRISE_USER, &["RFC7643-4.3-01"]) })
        },
    )
    .matters("Mappings that work with every other endpoint rest on these definitions.")
    .requirements(listed::ENTERPRISE_USER_IDS)
    .needs(SCHEMAS)
    .legal(LEGAL),
    Check::boxed("schema.service-provider-config", "ServiceProviderConfig is as its schema has it", |context| {
        Box::pin(async move {
            let document = &context.discovery().service_provider_config;
            let instances: Vec<&Value> = document.json().into_iter().collect();
            discovery_schema(context, "ServiceProviderConfig", listed::SERVICE_PROVIDER_CONFIG, document, &instances);
            Ok(())
        })
    })
    .matters("Clients written against the listing read these members and no others.")
    .requirements(listed::SERVICE_PROVIDER_CONFIG_IDS)
    .needs(&[Capability::ServiceProviderConfig])
    .legal(&[
        "the document has every required member in its type, and the schema, where it is published, says the same",
    ]),
    Check::boxed("schema.resource-type", "Resource types are as their schema has them", |context| {
        Box::pin(async move {
            let document = &context.discovery().resource_types;
            let instances: Vec<&Value> = document.entries().iter().collect();
            discovery_schema(context, "ResourceType", listed::RESOURCE_TYPE, document, &instances);
            Ok(())
        })
    })
    .matters("Clients written against the listing read these members and no others.")
    .requirements(listed::RESOURCE_TYPE_IDS)
    .needs(&[Capability::ResourceTypes])
    .legal(&["each entry has every required member in its type, and the schema, where it is published, says the same"]),
    Check::boxed("schema.schema", "Schemas are as the schema of schemas has them", |context| {
        Box::pin(async move {
            let document = &context.discovery().schemas;
            let instances: Vec<&Value> = document.entries().iter().collect();
            discovery_schema(context, "Schema", listed::SCHEMA, document, &instances);
            Ok(())
        })
    })
    .matters("Clients written against the listing read these members and no others.")
    .requirements(listed::SCHEMA_IDS)
    .needs(SCHEMAS)
    .legal(&[
        "each definition has every required member in its type, and the schema, where it is published, says the same",
    ]),
];

/// The published definition at a path such as `name.familyName`.
fn published<'d>(schema: &'d Value, path: &str) -> Option<&'d Value> {
    let mut attributes = list(schema, "attributes");
    let mut found = None;
    for name in path.split('.') {
        let attribute = attributes.iter().find(|own| text(own, "name").eq_ignore_ascii_case(name))?;
        attributes = list(attribute, "subAttributes");
        found = Some(attribute);
    }
    found
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".into(), Value::to_string)
}

/// A schema with other attributes is another schema, so that simple against complex, one value against several, and what the
/// prose of RFC 7643 section 4 requires or hides is judged by `identity`: the requirement that names the schema by its URI.
/// The listing is an example (RFC 7643 section 8.7.1), so that everything else is only noted.
fn resource_schema(
    context: &Context,
    uri: &str,
    rows: &'static [ListedAttribute],
    identity: &'static [&'static str],
) -> CheckResult {
    let Some(schema) = context.discovery().schema(uri) else {
        return context.skip(format!("the endpoint does not publish {uri}"));
    };
    let exchange = &context.discovery().schemas.exchange;
    for row in rows {
        let Some(found) = published(schema, row.path) else {
            // Attributes are optional except the one without which there is no resource.
            context.expect(exchange).under(identity).that(
                !row.required,
                &format!("{} is not among the attributes", row.path),
                "nothing",
            );
            continue;
        };
        let wrong = |what: &str, holds: bool, by: &'static [&'static str]| {
            context.expect(exchange).under(by).that(
                holds,
                &format!("{what} of {} is another", row.path),
                shown(at(found, what)),
            );
        };
        let kind = word(found, "type");
        let has_other_structure = (kind == "complex") != (row.kind == "complex");
        wrong("type", kind == row.kind, if has_other_structure { identity } else { row.id });
        wrong("multiValued", flag(found, "multiValued") == row.multi_valued, identity);
        wrong("required", flag(found, "required") || !row.required, identity);
        wrong("uniqueness", word(found, "uniqueness") != "none" || row.uniqueness == "none", row.id);
        wrong("returned", word(found, "returned") == "never" || row.returned != "never", identity);
        let fixed = matches!(row.mutability, "readOnly" | "writeOnly") && !row.path.starts_with("groups.");
        wrong("mutability", word(found, "mutability") == row.mutability || !fixed, row.id);
        for (what, same) in differing(found, row) {
            if !same {
                let message = format!("{what} of {} is not what the listing has", row.path);
                context.expect(exchange).under(&["RFC7643-8.7.1-01"]).that(false, &message, shown(at(found, what)));
            }
        }
    }
    Ok(())
}

/// The characteristics that a provider may change, each with whether it is as listed. Where the RFC and its errata
/// disagree, both are.
fn differing(found: &Value, row: &ListedAttribute) -> Vec<(&'static str, bool)> {
    let words = |member: &str| list(found, member).iter().filter_map(Value::as_str).collect::<Vec<_>>();
    let mut all = vec![
        (
            "required",
            !flag(found, "required") || row.required || row.path == "displayName" || row.path == "manager.value",
        ),
        ("uniqueness", word(found, "uniqueness") == "none" || row.uniqueness != "none"),
        ("returned", word(found, "returned") == row.returned),
    ];
    let display = row.path.ends_with(".display") || row.path.ends_with("$ref") || row.path.ends_with("members.type");
    all.push(("mutability", word(found, "mutability") == row.mutability || display || row.path == "members.value"));
    let either_case = row.kind == "reference" || row.kind == "binary" || row.path == "manager.value";
    let same_case = row.case_exact.is_none_or(|exact| flag(found, "caseExact") == exact);
    all.push(("caseExact", same_case || either_case));
    let canonical = words("canonicalValues");
    all.push(("canonicalValues", row.canonical_values.iter().all(|value| canonical.contains(value))));
    let types = words("referenceTypes");
    all.push((
        "referenceTypes",
        row.reference_types.is_empty() || row.reference_types.iter().any(|own| types.contains(own)),
    ));
    all
}

fn discovery_schema(
    context: &Context,
    name: &str,
    rows: &'static [ListedAttribute],
    document: &Document,
    instances: &[&Value],
) {
    let schema = context.discovery().schema(&format!("urn:ietf:params:scim:schemas:core:2.0:{name}"));
    for row in rows {
        // Where the schema itself is published, which no endpoint has to do.
        if let Some(schema) = schema {
            let exchange = &context.discovery().schemas.exchange;
            match published(schema, row.path) {
                None => {
                    let message = format!("the schema of {name} does not have {}", row.path);
                    context.expect(exchange).under(row.id).that(false, &message, "nothing");
                }
                Some(found) => {
                    for (what, same) in [
                        (
                            "type",
                            word(found, "type") == row.kind || (row.path.ends_with("type") && row.kind == "string"),
                        ),
                        ("multiValued", flag(found, "multiValued") == row.multi_valued),
                        ("required", flag(found, "required") || !row.required),
                        ("mutability", word(found, "mutability") == "readOnly"),
                    ] {
                        let message = format!("{what} of {} in the schema of {name} is another", row.path);
                        context.expect(exchange).under(row.id).that(same, &message, shown(at(found, what)));
                    }
                }
            }
        }
        for (index, instance) in instances.iter().enumerate() {
            for problem in instance_problems(instance, row) {
                let place = if instances.len() > 1 { format!("Resources[{index}].") } else { String::new() };
                let message = format!("{place}{} {}", row.path, problem.0);
                context.expect(&document.exchange).under(row.id).that(false, &message, problem.1);
            }
        }
    }
}

/// What is wrong with the values at a row's path: missing though required, or of another type.
fn instance_problems(instance: &Value, row: &ListedAttribute) -> Vec<(&'static str, String)> {
    let mut problems = Vec::new();
    let mut owners = vec![instance];
    let names: Vec<&str> = row.path.split('.').collect();
    for name in &names[..names.len() - 1] {
        owners = owners
            .into_iter()
            .filter_map(|owner| at(owner, name))
            .flat_map(|found| found.as_array().map_or(std::slice::from_ref(found), Vec::as_slice))
            .collect();
    }
    let last = names[names.len() - 1];
    for owner in owners {
        let found = at(owner, last).filter(|found| !found.is_null());
        let Some(found) = found else {
            if row.required {
                problems.push(("is missing", cut(&owner.to_string(), 120)));
            }
            continue;
        };
        let single = |value: &Value| match row.kind {
            "boolean" => value.is_boolean(),
            "integer" => value.is_u64(),
            "complex" => value.is_object(),
            _ => value.is_string(),
        };
        let right = match found {
            Value::Array(items) => row.multi_valued && items.iter().all(single),
            value => !row.multi_valued && single(value),
        };
        if !right {
            problems.push(("has another type", cut(&found.to_string(), 120)));
        }
    }
    problems
}
