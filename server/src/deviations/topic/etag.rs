//! Versions and conditional requests (RFC 7644 section 3.14).

mod letters;

use actix_web::http::header::{IF_MATCH, IF_NONE_MATCH};
use actix_web::http::{Method, StatusCode};

use crate::application::AnswerSeam as _;
use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditAnswer, EditHeader, EditMeta, EditResource, Empty, remove};
use crate::deviations::part::request::EditRequestHeader;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("etag.any-unknown", "If-Match: * matches nothing")
        .breaks(&["RFC7644-3.14-10"])
        .given(|incoming| incoming.headers.get(IF_MATCH).is_some_and(|tags| tags == "*"))
        .request(&EditRequestHeader("if-match", |_| Some("W/\"*\"".to_owned()))),
    Deviation::new("etag.case-ignored", "a tag in other letters matches")
        .breaks(&["RFC7643-3.1-32"])
        .exchange_with(|_| letters::seams(true)),
    Deviation::new("etag.frozen", "the ETag is the same for ever")
        .breaks(&["RFC7644-3.14-09", "RFC7643-3.1-31"])
        .answer(&EditHeader("etag", |_| Some("W/\"1\"".to_owned()))),
    Deviation::new("etag.if-match-ignored", "a change is made whatever If-Match says")
        .breaks(&["RFC7644-3.14-08", "RFC7644-3.5.1-19", "RFC7644-3.5.2-38", "RFC7644-3.6-09"])
        .request(&EditRequestHeader("if-match", |_| None)),
    Deviation::new("etag.if-match-ignored-on-delete", "a resource is deleted whatever If-Match says")
        .breaks(&["RFC7644-3.6-09"])
        .given(|incoming| *incoming.method == Method::DELETE)
        .request(&EditRequestHeader("if-match", |_| None)),
    Deviation::new(
        "etag.if-none-match-ignored",
        "a GET with the current version in If-None-Match gets the whole resource",
    )
    .breaks(&["RFC7644-3.14-05"])
    .request(&EditRequestHeader("if-none-match", |_| None)),
    Deviation::new("etag.letters", "versions have letters in them, as hashes do")
        .permitted("what stands between the quotes of an entity tag is the endpoint's own (RFC 9110 section 8.8.3)")
        .exchange_with(|_| letters::seams(false)),
    Deviation::new("etag.lower-case-mark", "an ETag is marked as weak with w/ instead of W/")
        .breaks(&["RFC7643-3.1-33"])
        .answer(&EditHeader("etag", |tag| Some(tag.replacen("W/", "w/", 1)))),
    Deviation::new("etag.missing", "answers have no ETag although etag is published as supported")
        .breaks(&["RFC7644-3.14-02", "RFC7644-3.3-17"])
        .answer(&EditHeader("etag", |_| None)),
    Deviation::new("etag.not-modified-always", "a GET with If-None-Match is answered 304 whatever the version")
        .breaks(&["RFC7644-3.14-06"])
        .when(|head, answer| {
            let conditional = *head.method == Method::GET && head.headers.contains_key(IF_NONE_MATCH);
            conditional && answer.status == StatusCode::OK
        })
        .answer(&Empty(StatusCode::NOT_MODIFIED)),
    Deviation::new("etag.strong", "versions are not marked as weak")
        .permitted("weak tags may be used, and need not be (RFC 7644 section 3.14)")
        .answer(&EditAnswer(|head, answer| {
            EditHeader("etag", |tag| Some(strong(tag))).rewrite(head, answer);
            EditMeta("version", |version| Some(strong(version).into())).rewrite(head, answer);
        })),
    Deviation::new("etag.version-missing", "resources have no meta.version although they have an ETag")
        .breaks(&["RFC7644-3.14-03"])
        .answer(&EditResource(|resource| {
            if let Some(meta) = resource.get_mut("meta") {
                remove(meta, &["version"]);
            }
        })),
    Deviation::new("etag.version-of-time", "meta.version is the time of the last change, and the ETag a number")
        .breaks(&["RFC7643-3.1-31"])
        .answer(&EditResource(|resource| {
            if let Some(time) = resource.get("meta").and_then(|meta| meta["lastModified"].as_str()) {
                resource["meta"]["version"] = format!("W/\"{time}\"").into();
            }
        })),
];

fn strong(tag: &str) -> String {
    tag.strip_prefix("W/").unwrap_or(tag).to_owned()
}
