//! What discovery answers: the configuration, the resource types, and the lists of documents (RFC 7644 section 4).
//! What single schemas say is in [`schema`](super::schema).

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::{Method, StatusCode, header};
use scim::ErrorKind;
use scim::capability::Capability;
use scim::message;
use serde_json::{Map, Value, json};

use crate::application::AnswerSeam;
use crate::deviations::part::answer::{
    EditAnswer, EditBody, EditList, Empty, Fail, Replace, Reply, edit_bodies, empty_list, has, parameter, remove,
    values,
};
use crate::deviations::part::discovery::Documents::{ResourceTypes, Schemas, ServiceProviderConfig};
use crate::deviations::part::discovery::{EditDocument, reads};
use crate::deviations::part::request::EditPath;
use crate::deviations::part::rules::unannounce;
use crate::deviations::{Deviation, Parameter};
use crate::message::{Answer, Head};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("config.pagination-as-text", "the members of pagination are texts instead of booleans and numbers")
        .breaks(&["RFC9865-4-03", "RFC9865-4-04", "RFC9865-4-08"])
        .answer(&EditDocument(ServiceProviderConfig, |config| {
            for member in config["pagination"].as_object_mut().into_iter().flat_map(|members| members.values_mut()) {
                *member = member.to_string().into();
            }
        })),
    Deviation::new("discovery.bare-arrays", "/Schemas and /ResourceTypes are JSON arrays instead of ListResponses")
        .breaks(&["RFC7644-3.2-20", "RFC7644-4-06", "RFC7644-4-03"])
        .when(|head, answer| {
            let listed = head.path.ends_with("/Schemas") || head.path.ends_with("/ResourceTypes");
            answer.status.is_success() && listed
        })
        .answer(&EditBody(|_, body| *body = body["Resources"].take())),
    Deviation::new(
        "discovery.config-at-old-path",
        "the service provider configuration is at /ServiceProviderConfigs, and /ServiceProviderConfig is answered 404",
    )
    .breaks(&["RFC7644-4-02"])
    .seen(&["https://help.salesforce.com/s/articleView?id=xcloud.identity_scim_overview.htm"])
    .request(&EditPath(|path| match path.trim_matches('/') {
        "ServiceProviderConfigs" => Some("/ServiceProviderConfig".to_owned()),
        "ServiceProviderConfig" => Some("/Nothing".to_owned()),
        _ => None,
    })),
    Deviation::new("discovery.config-in-list", "ServiceProviderConfig comes inside a ListResponse")
        .breaks(&["RFC7644-3.2-14", "RFC7644-4-02"])
        .when(|head, answer| answer.status.is_success() && reads(head, ServiceProviderConfig))
        .answer(&EditBody(|_, document| wrap(document))),
    Deviation::new("discovery.config-incomplete", "what is not supported is left out, limits of bulk included")
        .breaks(&["RFC7643-5-07", "RFC7643-5-09", "RFC7643-5-10", "RFC7643-5-16"])
        .answer(&EditDocument(ServiceProviderConfig, |config| remove(config, &["bulk", "sort"]))),
    Deviation::new("discovery.core-only", "the schemas of extensions are listed, and not found under their URIs")
        .breaks(&["RFC7643-7-01", "RFC7644-4-04"])
        .when(|head, answer| {
            let extension = head.path.to_ascii_lowercase().contains("extension");
            answer.status.is_success() && extension && reads(head, Schemas)
        })
        .answer(&Replace(
            StatusCode::NOT_FOUND,
            || json!({ "schemas": [message::ERROR], "status": "404", "detail": "there is no such schema" }),
        )),
    Deviation::new("discovery.documents-bare", "resource types and schemas come without schemas, id and meta")
        .breaks(&["RFC7643-7-04", "RFC7643-3.1-01", "RFC7644-4-10"])
        .answer(&EditDocument(Schemas, |schema| remove(schema, &["schemas", "meta"]))),
    Deviation::new(
        "discovery.endpoint-with-base-path",
        "resource types publish their endpoint with the path of the base URL",
    )
    .breaks(&["RFC7643-6-10"])
    .seen(&["https://pypi.org/project/django-scim2/"])
    .answer(&EditDocument(ResourceTypes, |kind| {
        let location = kind["meta"]["location"].as_str().unwrap_or_default().to_owned();
        // What stands between the authority and the list of resource types.
        let base = location.split_once("/ResourceTypes").map_or("", |(base, _)| base);
        let path = base.splitn(4, '/').nth(3).unwrap_or_default();
        if let Some(endpoint) = kind["endpoint"].as_str().filter(|_| !path.is_empty()) {
            kind["endpoint"] = format!("/{path}{endpoint}").into();
        }
    })),
    Deviation::new("discovery.extensions-unnamed", "resource types name no extensions, and resources have them")
        .breaks(&["RFC7643-3-06"])
        .answer(&EditDocument(ResourceTypes, |kind| remove(kind, &["schemaExtensions"]))),
    // Whatever is looked for, nothing has that name.
    Deviation::new(
        "discovery.filter-applied",
        "a filter on /ResourceTypes or /Schemas is applied instead of ignored or refused",
    )
    .breaks(&["RFC7644-4-07"])
    .when(|head, answer| answer.status == StatusCode::FORBIDDEN && has(head, "filter") && reads_documents(head))
    .answer(&Replace(StatusCode::OK, empty_list)),
    Deviation::new(
        "discovery.filter-unannounced",
        "ServiceProviderConfig says that filters are not supported, and they work",
    )
    .permitted("an endpoint may do more than it announces, and a client that believes it asks for whole lists")
    .seen(&["https://github.com/goauthentik/authentik/blob/main/authentik/providers/scim/clients/base.py"])
    .rules(|rules| unannounce(rules, &[Capability::FilterUsers, Capability::FilterGroups])),
    Deviation::new("discovery.flags-as-text", "supported is published as the text true or false")
        .breaks(&["RFC7643-5-06", "RFC7643-5-08", "RFC7643-8.7.2-03", "RFC7643-8.7.2-05"])
        .answer(&EditDocument(ServiceProviderConfig, |config| {
            for feature in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
                let text = config[feature]["supported"].as_bool().unwrap_or_default().to_string();
                config[feature]["supported"] = json!(text);
            }
        })),
    Deviation::new("discovery.messages-listed", "/Schemas lists the schemas of messages too")
        .breaks(&["RFC7644-3.1-06"])
        .when(|head, _| reads(head, Schemas))
        .answer(&EditList(|list| add_copy_of_first(list, &[("id", message::PATCH_OP)]))),
    Deviation::new("discovery.paged", "/ResourceTypes and /Schemas obey count")
        .breaks(&["RFC7644-4-07"])
        .when(|head, answer| answer.is_list() && reads_documents(head) && count(head).is_some())
        .answer(&EditBody(|head, list| {
            if let (Some(count), Some(resources)) = (count(head), list["Resources"].as_array_mut()) {
                resources.truncate(count);
                list["itemsPerPage"] = resources.len().into();
            }
        })),
    Deviation::new(
        "discovery.patch-unannounced",
        "ServiceProviderConfig says that PATCH is not supported, and it works",
    )
    .breaks(&["RFC7644-3.5-03"])
    .rules(|rules| unannounce(rules, &[Capability::PatchUsers, Capability::PatchGroups])),
    Deviation::new("discovery.redirected", "GET /ServiceProviderConfig is redirected to a login page")
        .breaks(&["RFC7644-4-02"])
        .when(|head, _| reads(head, ServiceProviderConfig))
        .answer(&EditAnswer(|_, answer| {
            *answer = Answer::empty(StatusCode::FOUND).with_header(header::LOCATION, "https://login.example.com/");
        })),
    Deviation::new(
        "discovery.says-extension-required",
        "the enterprise extension is published as required, and a user without it is taken",
    )
    .breaks(&["RFC7643-6-17"])
    .answer(&EditDocument(ResourceTypes, |kind| {
        if let Some(extension) = values(kind, "schemaExtensions").next() {
            extension["required"] = json!(true);
        }
    })),
    Deviation::new("discovery.says-max-results", "filter.maxResults is published as less than what lists hold")
        .breaks(&["RFC7644-3.4.2.4-11", "RFC7643-5-13"])
        .parameter(Parameter {
            meaning: "the number that is published",
            default: "1",
            accepts: |text| text.parse::<u32>().is_ok(),
        })
        .when(|head, answer| answer.status.is_success() && reads(head, ServiceProviderConfig))
        .answer_with(|setup| {
            // A value is checked by `accepts` before it gets here.
            let number: u32 = setup.value.parse().unwrap_or(1);
            edit_bodies(move |_, config| config["filter"]["maxResults"] = number.into())
        }),
    Deviation::new("discovery.schema-location-dead", "meta.location of a schema leads nowhere")
        .breaks(&["RFC7643-3.1-30"])
        .seen(&["https://github.com/FusionAuth/fusionauth-issues/issues/3384"])
        .answer(&EditDocument(Schemas, |schema| {
            edit_location(schema, |location| location.replace("/Schemas/", "/Schemas/v2/Schemas/"));
        })),
    Deviation::new("discovery.schema-unlisted", "the resource types name an extension that /Schemas does not have")
        .breaks(&["RFC7643-6-14", "RFC7644-4-03", "RFC7643-3.2-01"])
        .answer(&EditDocument(ResourceTypes, |kind| {
            if let Some(extensions) = kind["schemaExtensions"].as_array_mut() {
                let uri = "urn:example:params:scim:schemas:extension:forgotten:2.0:User";
                extensions.push(json!({ "schema": uri, "required": false }));
            }
        })),
    Deviation::new("discovery.schemas-as-page", "GET /Schemas is answered with a page of markup")
        .breaks(&["RFC7644-4-03", "RFC7644-3.2-16"])
        .when(|head, _| reads(head, Schemas))
        .answer(&Reply(StatusCode::OK, "text/html", "<!doctype html><title>Sign in</title><form></form>")),
    Deviation::new("discovery.schemas-changing", "after the first GET of /Schemas the list lacks one schema")
        .breaks(&["RFC7644-4-03"])
        .when(|head, answer| answer.is_list() && reads(head, Schemas))
        .answer_with(|_| Box::new(LaterShort::default())),
    Deviation::new(
        "discovery.schemes-bare",
        "authentication schemes have neither type nor description, and all are primary",
    )
    .breaks(&["RFC7643-5-22", "RFC7643-5-24", "RFC7643-5-27"])
    .answer(&EditDocument(ServiceProviderConfig, |config| {
        for scheme in values(config, "authenticationSchemes") {
            remove(scheme, &["type", "description"]);
            scheme["primary"] = json!(true);
        }
    })),
    Deviation::new("discovery.single-wrapped", "a single schema or resource type is wrapped in a ListResponse")
        .breaks(&["RFC7644-3.4.1-03", "RFC7644-3.4.1-04", "RFC7643-7-03"])
        .when(|head, answer| {
            answer.status.is_success() && (head.path.contains("/Schemas/") || head.path.contains("/ResourceTypes/"))
        })
        .answer(&EditBody(|_, document| wrap(document))),
    Deviation::new("discovery.type-location-dead", "meta.location of a resource type leads nowhere")
        .breaks(&["RFC7643-3.1-30"])
        .seen(&["https://github.com/FusionAuth/fusionauth-issues/issues/2793"])
        .answer(&EditDocument(ResourceTypes, |kind| {
            edit_location(kind, |location| location.replace("/ResourceTypes/", "/types/"));
        })),
    Deviation::new("discovery.type-not-served", "/ResourceTypes lists a type whose endpoint does not exist")
        .breaks(&["RFC7643-6-10", "RFC7643-6-12"])
        .when(|head, _| reads(head, ResourceTypes))
        .answer(&EditList(|list| {
            let schema = "urn:example:params:scim:schemas:core:2.0:Device";
            let device = [("id", "Device"), ("name", "Device"), ("endpoint", "/Device"), ("schema", schema)];
            add_copy_of_first(list, &device);
        })),
    Deviation::new("discovery.type-without-name", "resource types have an id and no name, and required is a text")
        .breaks(&["RFC7643-6-05", "RFC7643-6-16", "RFC7643-8.7.2-24"])
        .answer(&EditDocument(ResourceTypes, |kind| {
            remove(kind, &["name"]);
            values(kind, "schemaExtensions").for_each(|extension| extension["required"] = json!("false"));
        })),
    Deviation::new("discovery.type-without-schema", "resource types do not name their schema")
        .breaks(&["RFC7643-6-11", "RFC7643-6-04", "RFC7644-4-05"])
        .answer(&EditDocument(ResourceTypes, |kind| remove(kind, &["schema"]))),
    Deviation::new("discovery.types-bare", "resource types come without schemas, and with an empty description")
        .breaks(&["RFC7643-6-01", "RFC7643-6-09"])
        .answer(&EditDocument(ResourceTypes, |kind| {
            remove(kind, &["schemas"]);
            kind["description"] = json!("");
        })),
    Deviation::new("discovery.types-failing", "GET /ResourceTypes is answered with 500")
        .breaks(&["RFC7644-4-06", "RFC7644-3.2-15"])
        .when(|head, _| reads(head, ResourceTypes))
        .answer(&Fail(ErrorKind::Internal, "internal error")),
    Deviation::new(
        "discovery.unknown-accepted",
        "an unknown schema or resource type is answered 200 with an empty object",
    )
    .breaks(&["RFC7644-4-04", "RFC7644-3.12-12"])
    .when(|head, answer| answer.status == StatusCode::NOT_FOUND && reads_documents(head))
    .answer(&Replace(StatusCode::OK, || json!({}))),
    Deviation::new("discovery.writable", "PUT on a discovery document is answered 204, as if it had been written")
        .breaks(&["RFC7643-5-02", "RFC7643-6-02", "RFC7643-7-02"])
        .when(|head, _| {
            let documents = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];
            *head.method == Method::PUT && documents.iter().any(|path| head.path.contains(path))
        })
        .answer(&Empty(StatusCode::NO_CONTENT)),
];

/// Leaves out the last of a list, every time but the first.
#[derive(Default)]
struct LaterShort(AtomicBool);

impl AnswerSeam for LaterShort {
    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut list) = answer.json().filter(|_| self.0.swap(true, Ordering::Relaxed)) else { return };
        if let Some(documents) = list["Resources"].as_array_mut() {
            documents.pop();
            list["totalResults"] = documents.len().into();
            answer.set_json(&list);
        }
    }
}

fn reads_documents(head: &Head<'_>) -> bool {
    reads(head, ResourceTypes) || reads(head, Schemas)
}

fn count(head: &Head<'_>) -> Option<usize> {
    parameter(head, "count")?.parse().ok()
}

fn edit_location(document: &mut Value, edit: fn(&str) -> String) {
    if let Some(location) = document["meta"]["location"].as_str() {
        document["meta"]["location"] = edit(location).into();
    }
}

/// Puts a document into a list of one.
fn wrap(document: &mut Value) {
    *document = json!({ "schemas": [message::LIST_RESPONSE], "totalResults": 1, "Resources": [document.take()] });
}

/// Adds one more document to a list: the first again, with other members and without extensions.
fn add_copy_of_first(list: &mut Map<String, Value>, members: &[(&str, &str)]) {
    let Some(documents) = list.get_mut("Resources").and_then(Value::as_array_mut) else { return };
    let mut copy = documents.first().cloned().unwrap_or_default();
    for (member, value) in members {
        copy[*member] = json!(value);
    }
    if copy.get("schemaExtensions").is_some() {
        copy["schemaExtensions"] = json!([]);
    }
    documents.push(copy);
    let total = documents.len();
    list.insert("totalResults".into(), total.into());
}
