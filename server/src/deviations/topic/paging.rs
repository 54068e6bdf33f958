//! Pages by index (RFC 7644 section 3.4.2.4).

use actix_web::http::Method;
use scim::ErrorKind;
use serde_json::Value;

use crate::deviations::part::answer::{EditBody, EditList, Fail, edit_bodies, has, lists_resources, parameter};
use crate::deviations::part::query::EditQuery;
use crate::deviations::part::request::{DropParameters, EditParameter, NEGATIVE_COUNT_IS_ALL};
use crate::deviations::{Deviation, Parameter};
use crate::message::{Answer, Head};
use crate::store::Window;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("paging.count-ignored", "count is ignored: every page is as long as the endpoint likes")
        .breaks(&["RFC7644-3.4.2.4-09", "RFC7644-3.4.2.4-07", "RFC7644-3.4.2.4-08"])
        .request(&DropParameters(&["count"])),
    Deviation::new("paging.count-zero-is-all", "count=0 gives a full page instead of the total alone")
        .breaks(&["RFC7644-3.4.2.4-08"])
        .request(&EditParameter("count", |text| Some(text).filter(|text| text != "0"))),
    Deviation::new("paging.items-per-page-of-empty", "itemsPerPage of an empty list is this number")
        .breaks(&["RFC7644-3.4.2.4-12"])
        .seen(&["https://developer.atlassian.com/cloud/admin/user-provisioning/rest/"])
        .parameter(Parameter { meaning: "the number", default: "100", accepts: |text| text.parse::<u32>().is_ok() })
        .when(lists_resources)
        .answer_with(|setup| {
            // A value is checked by `accepts` before it gets here.
            let number: u32 = setup.value.parse().unwrap_or(100);
            edit_bodies(move |_, list| {
                if list["Resources"].as_array().is_none_or(Vec::is_empty) && list["itemsPerPage"] == 0 {
                    list["itemsPerPage"] = number.into();
                }
            })
        }),
    Deviation::new(
        "paging.items-per-page-of-request",
        "itemsPerPage is the count that was asked for, not the number of resources in the page",
    )
    .breaks(&["RFC7644-3.4.2-10", "RFC7644-3.4.2.4-12"])
    .when(|head, answer| answer.is_list() && count(head).is_some())
    .answer(&EditBody(|head, list| list["itemsPerPage"] = count(head).into())),
    Deviation::new(
        "paging.last-page-lost",
        "a last page with fewer resources than count is empty, so that a walk misses the last ones",
    )
    .breaks(&["RFC7644-3.4.2.4-15"])
    .when(|head, answer| answer.is_list() && count(head).is_some())
    .answer(&EditBody(|head, list| {
        let first = list["startIndex"].as_u64().unwrap_or(1);
        if let (Some(page), Some(count)) = (list["Resources"].as_array_mut(), count(head))
            && first > 1
            && usize::try_from(count).is_ok_and(|count| page.len() < count)
        {
            page.clear();
            list["itemsPerPage"] = 0.into();
        }
    })),
    Deviation::new("paging.negative-count-is-all", "a negative count gives a full page instead of an empty one")
        .breaks(&["RFC7644-3.4.2.4-07"])
        .request(&NEGATIVE_COUNT_IS_ALL),
    Deviation::new("paging.past-end-not-found", "a startIndex past the end is answered with 404")
        .breaks(&["RFC7644-3.4.2.4-05"])
        .when(|head, answer| answer.is_list() && has(head, "startIndex") && is_past_end(answer))
        .answer(&Fail(ErrorKind::NotFound, "there is no such page")),
    Deviation::new("paging.position-left-out", "startIndex and itemsPerPage are left out of every list")
        .breaks(&["RFC7644-3.4.2-09", "RFC7644-3.4.2-10", "RFC7644-3.4.2.4-12", "RFC7644-3.4.2.4-14"])
        .when(|head, _| *head.method == Method::GET)
        .answer(&EditList(|list| {
            list.shift_remove("startIndex");
            list.shift_remove("itemsPerPage");
        })),
    Deviation::new("paging.start-below-one-refused", "startIndex=0 is refused instead of being read as 1")
        .breaks(&["RFC7644-3.4.2.4-04"])
        .request(&EditParameter("startIndex", |text| {
            let below = text.parse::<i64>().is_ok_and(|start| start < 1);
            Some(if below { "refused".to_owned() } else { text })
        })),
    Deviation::new("paging.start-index-ignored", "startIndex is ignored: every page is the first one")
        .breaks(&["RFC7644-3.4.2.4-15", "RFC7644-3.4.2.4-06", "RFC7644-3.4.2.4-05"])
        .seen(&["https://github.com/wso2/product-is/issues/5106"])
        .request(&EditQuery(|query| {
            if let Window::Index { start, .. } = &mut query.window {
                *start = 1;
            }
        })),
    Deviation::new("paging.zero-based", "startIndex counts from 0: startIndex=1 begins with the second resource")
        .breaks(&["RFC7644-3.4.2.4-15", "RFC7644-3.4.2.4-06", "RFC7644-3.4.2.4-14", "RFC7644-3.4.2.4-04"])
        .exchange_with(|_| (Box::new(START_PLUS_ONE), edit_bodies(start_of_request))),
];

const START_PLUS_ONE: EditParameter = EditParameter("startIndex", |text| {
    Some(text.parse().map_or(text, |start: i64| start.saturating_add(1).to_string()))
});

/// The answer says that the page begins where the request wants it to.
fn start_of_request(head: &Head<'_>, list: &mut Value) {
    let start: Option<i64> = parameter(head, "startIndex").and_then(|start| start.parse().ok());
    if let Some(start) = start.filter(|_| list.get("totalResults").is_some()) {
        list["startIndex"] = start.into();
    }
}

fn count(head: &Head<'_>) -> Option<i64> {
    parameter(head, "count")?.parse().ok()
}

fn is_past_end(answer: &Answer) -> bool {
    answer
        .json()
        .is_some_and(|list| list["Resources"].as_array().is_none_or(Vec::is_empty) && list["totalResults"] != 0)
}
