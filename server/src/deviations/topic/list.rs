//! Lists of resources and their envelope (RFC 7644 section 3.4.2).

mod behind;
mod other_order;

use actix_web::http::Method;
use behind::Behind;
use other_order::OtherOrder;
use scim::ErrorKind;
use scim::message;
use serde_json::{Value, json};

use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditBody, EditList, Fail, LeaveOut, has, lists_nothing, lists_resources};
use crate::deviations::part::delayed::seconds;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new(
        "list.behind",
        "the first list that should hold a new resource does not; from the second on it is there",
    )
    .breaks(&["RFC7644-3.3-19"])
    .request_with(|setup| Box::new(Behind::for_one_list(setup))),
    Deviation::new(
        "list.behind-for",
        "a new resource is missing from every list for a number of seconds, by the endpoint's clock",
    )
    .breaks(&["RFC7644-3.3-19"])
    .parameter(seconds("5"))
    .request_with(|setup| Box::new(Behind::for_seconds(setup))),
    Deviation::new("list.elements-short", "the resources in a list come without schemas and emails")
        .breaks(&["RFC7644-3.4.2-12", "RFC7644-3.4-02"])
        .when(lists_resources)
        .answer(&LeaveOut(&["schemas", "emails"])),
    Deviation::new("list.empty-404", "a list without a match is answered 404")
        .breaks(&["RFC7644-3.4.2-11"])
        .when(|_, answer| lists_nothing(answer))
        .answer(&NO_MATCH),
    Deviation::new("list.figures-of-parts", "startIndex and itemsPerPage stand only in a list that is a part of all")
        .permitted("they are REQUIRED when partial results are returned (RFC 7644 section 3.4.2)")
        .when(lists_resources)
        .answer(&EditList(|list| {
            let shown = list.get("Resources").and_then(Value::as_array).map_or(0, Vec::len);
            let is_whole = list.get("totalResults").and_then(Value::as_u64) == Some(shown as u64);
            if is_whole && !list.contains_key("previousCursor") {
                list.shift_remove("startIndex");
                list.shift_remove("itemsPerPage");
            }
        })),
    Deviation::new("list.first-resource-hidden", "a list with one match has a totalResults of 1 and no Resources")
        .breaks(&["RFC7644-3.4.2-06"])
        .when(lists_resources)
        .answer(&EditList(|list| drop(list.shift_remove("Resources")))),
    Deviation::new("list.lower-case-resources", "the member Resources of a list is written resources")
        .breaks(&["RFC7644-3.4.2-07"])
        .when(lists_resources)
        .answer(&EditList(|list| {
            let named = std::mem::take(list).into_iter();
            *list = named
                .map(|(name, value)| (if name == "Resources" { "resources".into() } else { name }, value))
                .collect();
        })),
    Deviation::new("list.no-match-404", "a list that would be empty is answered with 404")
        .breaks(&["RFC7644-3.4.2-11"])
        .when(|_, answer| lists_nothing(answer))
        .answer(&NO_MATCH),
    Deviation::new("list.numbers-as-text", "totalResults, startIndex and itemsPerPage are texts")
        .breaks(&["RFC7644-3.4.2-05"])
        .seen(&["https://github.com/okta/okta-developer-docs/pull/800"])
        .when(lists_resources)
        .answer(&EditList(|list| {
            for name in ["totalResults", "startIndex", "itemsPerPage"] {
                if let Some(number) = list.get_mut(name).filter(|number| number.is_number()) {
                    *number = number.to_string().into();
                }
            }
        })),
    Deviation::new("list.order-changes", "lists that nothing sorts come in the opposite order at every second request")
        .permitted("a list that is not sorted has no order (RFC 7644 section 3.4.2.3)")
        .seen(&["https://github.com/Metatavu/keycloak-scim-server/issues/114"])
        .request_with(|_| Box::new(OtherOrder::default())),
    Deviation::new("list.resources-absent", "an empty list has no member Resources")
        .permitted("Resources is REQUIRED if totalResults is not zero (RFC 7644 section 3.4.2)")
        .when(|_, answer| lists_nothing(answer))
        .answer(&EditList(|list| drop(list.shift_remove("Resources")))),
    Deviation::new(
        "list.synthetic-without-filter",
        "a list without filter holds one resource that does not exist, with the id 1",
    )
    .breaks(&["RFC7644-3.4.2-05", "RFC7644-3.4.2-13"])
    .seen(&["https://docs.snowflake.com/release-notes/bcr-bundles/2026_03/bcr-2276"])
    .when(|head, answer| *head.method == Method::GET && lists_resources(head, answer) && !has(head, "filter"))
    .answer(&EditBody(|head, list| {
        let (name, value, kind) = if head.path.contains("/Groups") {
            ("displayName", "synthesis_group", "Group")
        } else {
            ("userName", "synthesis_user", "User")
        };
        let schema = format!("urn:ietf:params:scim:schemas:core:2.0:{kind}");
        *list = json!({
            "schemas": [message::LIST_RESPONSE],
            "totalResults": 1,
            "itemsPerPage": 1,
            "startIndex": 1,
            "Resources": [{ "schemas": [schema], "id": "1", name: value, "meta": { "resourceType": kind } }],
        });
    })),
    Deviation::new("list.total-missing", "totalResults is left out of every list")
        .breaks(&["RFC7644-3.4.2-05"])
        .seen(&["https://github.com/15five/django-scim2/issues/159"])
        .when(lists_resources)
        .answer(&EditList(|list| drop(list.shift_remove("totalResults")))),
    // As many again do not match.
    Deviation::new("list.total-of-all", "totalResults of a filtered list counts resources that do not match")
        .breaks(&["RFC7644-3.4.2-13", "RFC7644-3.4.2.4-13", "RFC7644-3.4.2.2-04", "RFC7644-3.4.2-05"])
        .when(|head, _| has(head, "filter"))
        .answer(&EditList(|list| {
            let total = list.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
            list.insert("totalResults".into(), (total * 2 + 1).into());
        })),
    Deviation::new(
        "list.total-of-page",
        "totalResults is the number of resources on the page, not of those that match",
    )
    .breaks(&["RFC7644-3.4.2-13", "RFC7644-3.4.2.4-13"])
    .seen(&["https://github.com/15five/django-scim2/issues/159"])
    .answer(&EditList(|list| {
        let shown = list.get("Resources").and_then(Value::as_array).map_or(0, Vec::len);
        list.insert("totalResults".into(), shown.into());
    })),
    Deviation::new("list.without-urn", "a list comes without the ListResponse URI in schemas")
        .breaks(&["RFC7644-3.4.2-04"])
        .answer(&EditList(|list| drop(list.shift_remove("schemas")))),
    Deviation::new("messages.urns-altered", "lists are labelled urn:scim:schemas:core:1.0")
        .breaks(&["RFC7644-3.1-05", "RFC7644-8.2-01", "RFC7644-3.4.2-04"])
        .answer(&EditList(|list| drop(list.insert("schemas".into(), json!(["urn:scim:schemas:core:1.0"]))))),
];

const NO_MATCH: Fail = Fail(ErrorKind::NotFound, "no resource matches");
