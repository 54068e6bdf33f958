//! The member `meta` of resources and the locations in it (RFC 7643 section 3.1).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::deviations::Deviation;
use crate::deviations::part::answer::{
    EditAnswer, EditBody, EditMeta, EditResource, edit_resources, shows_resources, walk,
};
use crate::deviations::part::recall::{Recall, recall};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new(
        "location.proxy-path-lost",
        "under X-Forwarded-Host meta.location is built from that host and the last two parts of the path",
    )
    .breaks(&["RFC7643-3.1-30"])
    .when(|head, answer| shows_resources(head, answer) && head.headers.contains_key("x-forwarded-host"))
    .answer(&EditAnswer(|head, answer| {
        let host = head.headers.get("x-forwarded-host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        edit_resources(answer, |resource| {
            let location = resource.get("meta").and_then(|meta| meta["location"].as_str()).unwrap_or_default();
            let mut parts = location.rsplitn(3, '/');
            if let (Some(id), Some(collection)) = (parts.next(), parts.next()) {
                resource["meta"]["location"] = format!("https://{host}/{collection}/{id}").into();
            }
        });
    })),
    Deviation::new("meta.created-from-client", "a meta.created in the body of a POST is taken over")
        .breaks(&["RFC7643-3.1-22", "RFC7644-3.3-02"])
        .request_with(|_| {
            let read = |body: &Value| body["meta"]["created"].as_str()?.parse::<Timestamp>().ok();
            recall(Recall::Always, read, |stored, created| stored.created = created)
        }),
    Deviation::new("meta.last-modified-ahead", "meta.lastModified of a new resource is a second after meta.created")
        .breaks(&["RFC7643-3.1-27"])
        .answer(&EditMeta("lastModified", |text| {
            let instant = text.parse::<Timestamp>().ok()?;
            Some((instant + SignedDuration::from_secs(1)).to_string().into())
        })),
    Deviation::new("meta.last-modified-frozen", "meta.lastModified is the time of creation for ever")
        .breaks(&["RFC7643-3.1-28", "RFC7644-3.5.1-20"])
        .answer(&EditResource(|resource| {
            if let Some(created) = resource.get("meta").and_then(|meta| meta.get("created")).cloned() {
                resource["meta"]["lastModified"] = created;
            }
        })),
    Deviation::new(
        "meta.location-of-collection",
        "meta.location leads to the collection, without the id of the resource",
    )
    .breaks(&["RFC7643-3.1-30", "RFC7644-3.3-10"])
    .answer(&EditMeta("location", |location| Some(location.rsplit_once('/')?.0.into()))),
    Deviation::new("meta.location-relative", "meta.location is relative to the base URL, as in Users/ID")
        .breaks(&["RFC7643-3.1-30", "RFC7644-3.3-10"])
        .seen(&["https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference"])
        .answer(&EditMeta("location", |location| {
            let mut parts = location.rsplit('/');
            let (id, endpoint) = (parts.next()?, parts.next()?);
            Some(format!("{endpoint}/{id}").into())
        })),
    Deviation::new(
        "meta.location-with-query",
        "meta.location ends in a query string with the version of the interface",
    )
    .breaks(&["RFC7644-1.3-01"])
    .answer(&EditMeta("location", |location| Some(format!("{location}?api-version=2").into()))),
    Deviation::new("meta.resource-type-of-path", "meta.resourceType says Users and Groups instead of User and Group")
        .breaks(&["RFC7643-3-01", "RFC7643-3.1-25", "RFC7644-3.3.1-01"])
        .answer(&EditMeta("resourceType", |name| Some(format!("{name}s").into()))),
    Deviation::new("meta.resource-type-only", "meta has resourceType and no other member")
        .breaks(&["RFC7644-3.3-10", "RFC7643-3.1-24", "RFC7643-3.1-02"])
        .seen(&["https://docs.gitlab.com/development/internal_api/"])
        .answer(&EditResource(|resource| {
            if let Some(kind) = resource["meta"].get("resourceType").cloned() {
                resource["meta"] = json!({ "resourceType": kind });
            }
        })),
    Deviation::new("meta.time-as-number", "meta.created and meta.lastModified are seconds since 1970")
        .breaks(&["RFC7643-2.3.5-03", "RFC7643-2.3.5-01", "RFC7643-2.3.5-02", "RFC7643-3.1-26"])
        .answer(&EditResource(|resource| {
            for name in ["created", "lastModified"] {
                let text = resource.get("meta").and_then(|meta| meta[name].as_str());
                if let Some(instant) = text.and_then(|text| text.parse::<Timestamp>().ok()) {
                    resource["meta"][name] = instant.as_second().into();
                }
            }
        })),
    Deviation::new("meta.version-frozen", "meta.version is the same for ever")
        .breaks(&["RFC7644-3.5.1-20"])
        .answer(&EditMeta("version", |_| Some("W/\"1\"".into()))),
    Deviation::new("meta.version-mark", "meta.version is marked as weak with w/ instead of W/")
        .breaks(&["RFC7643-3.1-33"])
        .answer(&EditMeta("version", |version| Some(version.replacen("W/", "w/", 1).into()))),
    Deviation::new("reference.no-uri", "meta.location is written between angle brackets, as in a mail")
        .breaks(&["RFC7643-2.3.7-01", "RFC7643-3.1-30"])
        .answer(&EditMeta("location", |location| Some(format!("<{location}>").into()))),
    Deviation::new("references.bare-id", "$ref holds the id of the resource instead of its URI")
        .breaks(&["RFC7643-2.3.7-01"])
        .when(shows_resources)
        .answer(&EditBody(|_, body| walk(body, shorten))),
];

/// Puts the bare id into a reference.
fn shorten(value: &mut Value) {
    if let Value::Object(members) = value
        && members.contains_key("$ref")
        && let Some(id) = members.get("value").cloned()
    {
        members.insert("$ref".into(), id);
    }
}
