//! The attributes that a request asks for (RFC 7644 section 3.9).

use actix_web::http::Method;
use serde_json::Value;

use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditResource, LeaveOut, SERVER_ERROR_PAGE, has, names};
use crate::deviations::part::request::{DropParameters, EditRequest, KeepNames, edit_parameters};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("projection.attributes-ignored", "the parameter attributes is ignored")
        .breaks(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-02", "RFC7644-3.9-04", "RFC7644-3.9-07"])
        .request(&DropParameters(&["attributes"])),
    Deviation::new(
        "projection.case-sensitive",
        "names in attributes and excludedAttributes that are not written as in the schema are ignored",
    )
    .breaks(&["RFC7644-3.9-10", "RFC7643-2.1-01"])
    .request(&KeepNames(|name| !name.starts_with(|first: char| first.is_ascii_uppercase()))),
    Deviation::new("projection.excluded-500", "a query with excludedAttributes is answered 500 with a page")
        .breaks(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07", "RFC7644-3.12-01", "RFC7644-3.12-32"])
        .seen(&["https://github.com/scimmyjs/scimmy/issues/37"])
        .when(|head, _| has(head, "excludedAttributes"))
        .answer(&SERVER_ERROR_PAGE),
    Deviation::new(
        "projection.excluded-extensions-lost",
        "an answer to excludedAttributes holds nothing of any extension",
    )
    .breaks(&["RFC7644-3.4.2.5-07", "RFC7643-7-38"])
    .when(|head, _| has(head, "excludedAttributes"))
    .answer(&EditResource(drop_extensions)),
    Deviation::new("projection.excluded-ignored", "the parameter excludedAttributes is ignored")
        .breaks(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07", "RFC7644-3.9-08", "RFC7644-3.9-09"])
        .request(&DropParameters(&["excludedAttributes"])),
    Deviation::new(
        "projection.extensions-lost",
        "an answer to attributes holds nothing of any extension, asked for or not",
    )
    .breaks(&["RFC7644-3.9-06", "RFC7644-3.9-11", "RFC7644-3.9-14", "RFC7643-7-39"])
    .when(|head, _| has(head, "attributes"))
    .answer(&EditResource(drop_extensions)),
    Deviation::new(
        "projection.first-name-only",
        "of a list of names in attributes or excludedAttributes only the first counts",
    )
    .breaks(&["RFC7644-3.9-06", "RFC7644-3.9-07"])
    .request(&EditRequest(|incoming| {
        edit_parameters(incoming, |name, value| {
            let list = matches!(name, "attributes" | "excludedAttributes");
            let first = value.split(',').next().unwrap_or(value);
            Some(if list { first } else { value }.to_owned())
        });
    })),
    Deviation::new("projection.id-excluded", "excludedAttributes=id leaves out the id")
        .breaks(&["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.4.2.5-06", "RFC7644-3.9-08"])
        .when(|head, _| names(head, "excludedAttributes", "id"))
        .answer(&LeaveOut(&["id"])),
    Deviation::new(
        "projection.ignored-in-lists",
        "attributes and excludedAttributes work for one resource and are ignored for lists",
    )
    .breaks(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-02", "RFC7644-3.4.2.5-07"])
    .given(|incoming| matches!(&*incoming.path, "/Users" | "/Groups") && *incoming.method == Method::GET)
    .request(&DropParameters(&["attributes", "excludedAttributes"])),
    Deviation::new("projection.minimum-lost", "an answer to attributes holds what was asked for and no id")
        .breaks(&["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.9-05"])
        .when(|head, _| has(head, "attributes"))
        .answer(&LeaveOut(&["id"])),
    Deviation::new(
        "projection.qualified-unknown",
        "names in attributes and excludedAttributes that begin with a schema's URI are ignored",
    )
    .breaks(&["RFC7644-3.10-01", "RFC7644-3.9-11"])
    .request(&KeepNames(|name| !name.contains(':'))),
    Deviation::new(
        "projection.sub-attributes-unknown",
        "names with a dot in attributes and excludedAttributes are ignored",
    )
    .breaks(&["RFC7644-3.9-06", "RFC7644-3.9-09"])
    .request(&KeepNames(|name| name.contains(':') || !name.contains('.'))),
    Deviation::new("projection.writes-whole", "attributes and excludedAttributes are ignored in POST, PUT and PATCH")
        .breaks(&["RFC7644-3.9-16", "RFC7644-3.5.1-21"])
        .given(|incoming| *incoming.method != Method::GET)
        .request(&DropParameters(&["attributes", "excludedAttributes"])),
];

fn drop_extensions(resource: &mut Value) {
    if let Value::Object(members) = resource {
        members.retain(|name, _| !name.contains(':'));
    }
}
