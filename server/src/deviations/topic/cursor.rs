//! Pages by cursor (RFC 9865).

mod other_query;

use std::collections::HashMap;

use actix_web::http::StatusCode;
use parking_lot::Mutex;
use scim::ErrorKind;

use crate::application::{AnswerSeam, RequestSeam};
use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditBody, EditList, EditResource, Fail, has, has_scim_type};
use crate::deviations::part::discovery::{Documents, EditDocument};
use crate::deviations::part::query::EditQuery;
use crate::deviations::part::request::{EditParameter, EditQueryString, EditRequestBody, NEGATIVE_COUNT_IS_ALL};
use crate::message::{Answer, Head, IncomingRequest};
use crate::store::Window;

/// What a cursor ends with that a URL has to escape.
const ESCAPED: &str = "/=";

/// Takes the cursors that end with it, in queries and in searches.
struct TakesEscapes;

impl RequestSeam for TakesEscapes {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        EditQueryString(|query| query.replace("%2F%3D", "").replace("/%3D", "").replace(ESCAPED, ""))
            .rewrite(incoming)?;
        EditRequestBody(|body| {
            let own = body["cursor"].as_str().and_then(|cursor| cursor.strip_suffix(ESCAPED)).map(str::to_owned);
            if let Some(own) = own {
                body["cursor"] = own.into();
            }
        })
        .rewrite(incoming)
    }
}

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("cursor.always-first", "a cursor is not looked at: every page of a walk is the first one")
        .breaks(&["RFC9865-2-21", "RFC9865-2-11", "RFC9865-2.1-02", "RFC9865-2.1-01"])
        .request(&EditParameter("cursor", |_| Some(String::new()))),
    Deviation::new(
        "cursor.answers-cached",
        "a page that a cursor led to is given to any client that sends the same query, without credentials as well",
    )
    .breaks(&["RFC9865-5.2-01", "RFC9865-5.2-03"])
    .answer_with(|_| Box::new(Cache::default())),
    Deviation::new("cursor.attributes-ignored", "in a walk, every page holds an attribute that was not asked for")
        .breaks(&["RFC9865-2-25"])
        .when(|head, answer| {
            let projects = has(head, "attributes") || has(head, "excludedAttributes");
            answer.is_list() && has(head, "cursor") && projects
        })
        .answer(&EditResource(|resource| resource["displayName"] = "Somebody".into())),
    Deviation::new("cursor.count-ignored", "in a walk, count is ignored")
        .breaks(&["RFC9865-2-06", "RFC9865-2-05", "RFC9865-2-04"])
        .request(&EditQuery(|query| {
            if let Window::After { count, .. } = &mut query.window {
                *count = 200;
            }
        })),
    Deviation::new(
        "cursor.default-unpublished",
        "pagination.defaultPaginationMethod is cursor, and lists are paged by index",
    )
    .breaks(&["RFC9865-2.4-02"])
    .answer(&EditDocument(Documents::ServiceProviderConfig, |config| {
        config["pagination"]["defaultPaginationMethod"] = "cursor".into();
    })),
    Deviation::new("cursor.filter-ignored-later", "only the first page of a walk is filtered")
        .breaks(&["RFC9865-2-24", "RFC9865-2-21"])
        .request(&EditQuery(|query| {
            if matches!(query.window, Window::After { mark: Some(_), .. }) {
                query.filter = None;
            }
        })),
    Deviation::new("cursor.forged-fails", "a cursor that cannot be read is answered with 500")
        .breaks(&["RFC9865-2.1-02", "RFC9865-2.1-01", "RFC9865-2-24"])
        .when(|head, answer| answer.status == StatusCode::BAD_REQUEST && has(head, "cursor"))
        .answer(&Fail(ErrorKind::Internal, "the cursor cannot be read")),
    Deviation::new(
        "cursor.invalid-unexplained",
        "a wrong cursor is refused as invalidValue, without the word that tells a client to start anew",
    )
    .breaks(&["RFC9865-2.1-02", "RFC9865-2.1-01", "RFC9865-5.2-06"])
    .when(|head, answer| {
        answer.status == StatusCode::BAD_REQUEST && has(head, "cursor") && has_scim_type(answer, "invalidCursor")
    })
    .answer(&EditBody(|_, error| error["scimType"] = "invalidValue".into())),
    Deviation::new("cursor.lost-by-changes", "a cursor is refused as expired whenever it is used")
        .breaks(&["RFC9865-2-10", "RFC9865-4-08", "RFC9865-2-21"])
        .when(|head, answer| answer.is_list() && goes_on(head))
        .answer(&Fail(ErrorKind::ExpiredCursor, "the list has changed")),
    Deviation::new("cursor.needs-escapes", "nextCursor has a slash and an equals sign in it")
        .breaks(&["RFC9865-2-03"])
        .exchange_with(|_| {
            (
                Box::new(TakesEscapes),
                Box::new(EditList(|list| {
                    if let Some(next) = list.get_mut("nextCursor")
                        && let Some(text) = next.as_str()
                    {
                        *next = format!("{text}{ESCAPED}").into();
                    }
                })),
            )
        }),
    Deviation::new(
        "cursor.negative-count-is-all",
        "in a walk, a negative count gives a full page instead of an empty one",
    )
    .breaks(&["RFC9865-2-04", "RFC7644-3.4.2.4-07"])
    .request(&NEGATIVE_COUNT_IS_ALL),
    Deviation::new("cursor.next-always", "the last page of a walk has a nextCursor too")
        .breaks(&["RFC9865-2-11"])
        .when(|head, _| has(head, "cursor"))
        .answer(&EditList(|list| {
            list.entry("nextCursor").or_insert_with(|| "end".into());
        })),
    Deviation::new("cursor.next-missing", "a walk ends after its first page, because nextCursor is left out")
        .breaks(&["RFC9865-2-10", "RFC9865-2-11", "RFC9865-2-02", "RFC9865-3-01"])
        .answer(&EditList(|list| drop(list.shift_remove("nextCursor")))),
    Deviation::new("cursor.order-ignored", "sortBy is ignored in a walk by cursor")
        .breaks(&["RFC9865-2.2-01", "RFC7644-3.4.2.3-03"])
        .request(&EditQuery(|query| {
            if matches!(query.window, Window::After { .. }) {
                query.sort = None;
            }
        })),
    Deviation::new(
        "cursor.other-query-unfiltered",
        "a cursor that comes with another filter than the one of its walk is answered with a list of everything",
    )
    .breaks(&["RFC7644-3.4.2.2-04", "RFC9865-2-24"])
    .exchange_with(|_| other_query::seams()),
    Deviation::new("cursor.page-size-too-low", "pagination.maxPageSize is published as 1, and longer pages are given")
        .breaks(&["RFC9865-4-07", "RFC9865-4-06", "RFC9865-2-08"])
        .answer(&EditDocument(Documents::ServiceProviderConfig, |config| {
            config["pagination"]["maxPageSize"] = 1.into();
        })),
    Deviation::new("cursor.position-of-start", "in a walk, itemsPerPage is the largest page")
        .breaks(&["RFC9865-2-20"])
        .when(|head, _| has(head, "cursor"))
        .answer(&EditList(|list| drop(list.insert("itemsPerPage".into(), 200.into())))),
    Deviation::new("cursor.previous-on-first-page", "the first page of a walk has a previousCursor")
        .breaks(&["RFC9865-2-14"])
        .when(|head, _| has(head, "cursor"))
        .answer(&EditList(|list| drop(list.insert("previousCursor".into(), "begin".into())))),
    // Only a list by index has a position.
    Deviation::new("cursor.total-missing", "the pages of a walk by cursor have no totalResults")
        .permitted("RFC 9865 section 2 lets an endpoint leave out a total that it does not know")
        .seen(&[
            "https://docs.aws.amazon.com/singlesignon/latest/developerguide/listusers.html",
            "https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference",
        ])
        .answer(&EditList(|list| {
            if !list.contains_key("startIndex") {
                list.shift_remove("totalResults");
            }
        })),
];

/// Whether the request asks for a later page.
fn goes_on(head: &Head<'_>) -> bool {
    head.query.is_some_and(|query| query.contains("cursor=") && !query.contains("cursor=&"))
}

/// Every later page is answered as it was the first time.
#[derive(Default)]
struct Cache(Mutex<HashMap<String, Answer>>);

impl AnswerSeam for Cache {
    fn concerns(&self, head: &Head<'_>, _: &Answer) -> bool {
        goes_on(head)
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let mut pages = self.0.lock();
        let query = head.query.unwrap_or_default();
        if let Some(page) = pages.get(query) {
            *answer = page.clone();
        } else if answer.status.is_success() {
            pages.insert(query.to_owned(), answer.clone());
        }
    }
}
