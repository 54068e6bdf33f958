//! The order of lists (RFC 7644 section 3.4.2.3).

mod page_by_page;

use actix_web::http::StatusCode;
use scim::ErrorKind;
use serde_json::{Value, json};

use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditBody, Fail, has, parameter};
use crate::deviations::part::query::EditQuery;
use crate::deviations::part::request::EditQueryString;
use crate::message::Head;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new(
        "sort.case-kept",
        "lists are sorted with capital letters before small ones, whatever caseExact says",
    )
    .breaks(&["RFC7644-3.4.2.3-10"])
    .when(|head, answer| answer.is_list() && by(head).is_some())
    .answer(&EditBody(|head, list| {
        if let (Some(resources), Some(name)) = (list["Resources"].as_array_mut(), by(head)) {
            resources.sort_by(|left, right| left[name].as_str().cmp(&right[name].as_str()));
        }
    })),
    Deviation::new("sort.descending-by-default", "without sortOrder a list is descending")
        .breaks(&["RFC7644-3.4.2.3-09", "RFC7644-3.4.2.3-03", "RFC7644-3.4.3-12"])
        .given(|incoming| {
            let query = incoming.query.as_deref().unwrap_or_default();
            query.contains("sortBy=") && !query.contains("sortOrder=")
        })
        .request(&EditQueryString(|query| format!("{query}&sortOrder=descending"))),
    Deviation::new("sort.ignored", "sortBy is ignored although sorting is published")
        .breaks(&["RFC7644-3.4.2.3-03", "RFC7644-3.4.2.3-08", "RFC7644-3.4.2.3-13", "RFC7644-3.4.3-12"])
        .request(&EditQuery(|query| query.sort = None)),
    Deviation::new("sort.last-value", "a list is sorted by the last of several values, whether primary or not")
        .breaks(&["RFC7644-3.4.2.3-04"])
        .when(|head, answer| answer.is_list() && sorts_by(head, "emails"))
        .answer(&EditBody(|_, list| {
            if let Some(resources) = list["Resources"].as_array_mut() {
                let key = |user: &Value| user["emails"].as_array()?.last()?["value"].as_str().map(str::to_owned);
                resources.sort_by_key(key);
            }
        })),
    Deviation::new("sort.missing-left-out", "resources without value are left out of a sorted list")
        .breaks(&["RFC7644-3.4.2.3-03", "RFC7644-3.4.2.3-06", "RFC7644-3.4.2.3-07"])
        .when(|head, answer| answer.is_list() && sorts_by(head, "nickName"))
        .answer(&EditBody(|_, list| {
            if let Some(resources) = list["Resources"].as_array_mut() {
                resources.retain(|resource| resource.get("nickName").is_some());
            }
        })),
    Deviation::new("sort.order-ignored", "sortOrder is ignored: every list is ascending")
        .breaks(&["RFC7644-3.4.2.3-08", "RFC7644-3.4.2.3-13", "RFC7644-3.4.3-15", "RFC7644-3.4.3-12"])
        .request(&EditQuery(|query| {
            if let Some(sort) = &mut query.sort {
                sort.descending = false;
            }
        })),
    Deviation::new("sort.page-by-page", "a list is cut into pages first, and each page is sorted by itself")
        .breaks(&["RFC7644-3.4.2.3-14", "RFC7644-3.4.2.4-06"])
        .request(&page_by_page::PageByPage),
    Deviation::new("sort.unknown-fails", "sorting by an unknown attribute is answered with 500")
        .breaks(&["RFC7644-3.4.2.3-15", "RFC7644-3.4.2.3-08"])
        .when(|head, answer| answer.status == StatusCode::BAD_REQUEST && has(head, "sortBy"))
        .answer(&Fail(ErrorKind::Internal, "the order is unknown")),
    Deviation::new("sort.unsupported-empty", "sorting is published as not supported, and a list with sortBy is empty")
        .breaks(&["RFC7644-3.4.2.2-04"])
        .when(|head, answer| {
            answer.status.is_success() && (has(head, "sortBy") || head.path.ends_with("/ServiceProviderConfig"))
        })
        .answer(&EditBody(|head, body| {
            if has(head, "sortBy") {
                body["totalResults"] = 0.into();
                body["Resources"] = json!([]);
            } else {
                body["sort"]["supported"] = false.into();
            }
        })),
];

/// The attribute of an ascending order over plain texts.
fn by<'h>(head: &Head<'h>) -> Option<&'h str> {
    let name = parameter(head, "sortBy").filter(|_| parameter(head, "sortOrder") != Some("descending"))?;
    matches!(name, "displayName" | "userName" | "nickName").then_some(name)
}

fn sorts_by(head: &Head<'_>, attribute: &str) -> bool {
    parameter(head, "sortBy").is_some_and(|name| name.starts_with(attribute))
}
