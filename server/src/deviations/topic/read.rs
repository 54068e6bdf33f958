//! Reading: the id of a resource, GET by id, and what users look like when they are read (RFC 7644 section 3.4.1).

mod is_external_id;
mod reassigned;

use actix_web::http::{Method, StatusCode};
use scim::ErrorKind;
use serde_json::Value;
use uuid::Uuid;

use crate::application::{AnswerSeam, Operation};
use crate::deviations::Deviation;
use crate::deviations::part::answer::{
    EditAnswer, EditResource, EditValues, Fail, LeaveOut, Replace, empty_list, lists_resources, values,
};
use crate::deviations::part::delayed::{DelayAnswer, seconds};
use crate::deviations::part::run::Run;
use crate::message::{Answer, Head};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("id.is-external-id", "the id of a user, in bodies and URLs, is the externalId, and changes with it")
        .breaks(&["RFC7643-3.1-08", "RFC7643-3.1-09"])
        .seen(&["https://docs.gitlab.com/development/internal_api/"])
        .exchange_with(|_| is_external_id::seams()),
    Deviation::new("id.missing-in-lists", "the resources in a list come without id")
        .breaks(&["RFC7643-3.1-06", "RFC7643-3.1-14"])
        .when(|_, answer| answer.is_list())
        .answer(&LeaveOut(&["id"])),
    Deviation::new("id.other-in-lists", "lists show ids that single requests do not know")
        .breaks(&["RFC7643-3.1-08"])
        .when(lists_resources)
        .answer(&EditResource(|resource| {
            if let Some(id) = resource["id"].as_str() {
                resource["id"] = id.chars().rev().collect::<String>().into();
            }
        })),
    Deviation::new(
        "id.reassigned",
        "a resource that is created with the userName or displayName of a deleted one is answered with that one's id",
    )
    .breaks(&["RFC7643-3.1-08"])
    .request_with(|_| Box::new(reassigned::ReassignedId::default())),
    Deviation::new("ids.malformed-500", "an id that is not a UUID is answered 500")
        .breaks(&["RFC7644-3.12-12"])
        .when(|head, answer| {
            let is_of_user = head.path.contains("/Users/") && !head.path.ends_with("/.search");
            let id = head.path.rsplit('/').next().unwrap_or_default();
            answer.status == StatusCode::NOT_FOUND && is_of_user && Uuid::try_parse(id).is_err()
        })
        .answer(&Fail(ErrorKind::Internal, "invalid input syntax for type uuid")),
    Deviation::new(
        "read.answer-delayed",
        "the first GET of users waits before it is answered, by the endpoint's clock",
    )
    .permitted("no RFC sets a time; a client needs a timeout of its own")
    .parameter(seconds("1"))
    .connection_with(|setup| {
        Box::new(DelayAnswer::new(setup, |head| *head.method == Method::GET && concerns_users(head)))
    }),
    Deviation::new("read.any-type", "GET of an id below the endpoint of another resource type finds the resource")
        .breaks(&["RFC7644-3.4.1-05"])
        .request(&Run(|operation, next| {
            Box::pin(async move {
                let Operation::Get { id, .. } = operation else { return next.run(operation).await };
                let mut outcome = next.run(operation).await;
                for (resource_type, _) in next.registry().resource_types() {
                    if outcome.is_ok() {
                        break;
                    }
                    outcome = next.run(Operation::Get { resource_type, id }).await;
                }
                outcome
            })
        })),
    Deviation::new("read.attribute-lost", "GET of one resource leaves out name, which the answer to POST shows")
        .breaks(&["RFC7644-3.3-11", "RFC7644-3.4.1-01", "RFC7643-7-38", "RFC7644-3.4-02"])
        .when(|head, answer| *head.method == Method::GET && !answer.is_list())
        .answer(&LeaveOut(&["name"])),
    Deviation::new("read.unknown-as-empty-list", "GET of an unknown id is answered with 200 and an empty list")
        .breaks(&["RFC7644-3.4.1-02", "RFC7644-3.6-02"])
        .when(|head, answer| *head.method == Method::GET && answer.status == StatusCode::NOT_FOUND)
        .answer(&Replace(StatusCode::OK, empty_list)),
    Deviation::new("users.group-type-unknown", "the type of a user's group is member instead of direct or indirect")
        .breaks(&["RFC7643-4.1.2-22"])
        .when(|head, _| concerns_users(head))
        .answer(&EditValues("groups", |group| group["type"] = "member".into())),
    Deviation::new("users.groups-by-name", "the value of a user's group is its name instead of its id")
        .breaks(&["RFC7643-4.1.2-25"])
        .when(|head, _| concerns_users(head))
        .answer(&EditValues("groups", |group| {
            if let Some(name) = group.get("display").cloned() {
                group["value"] = name;
            }
        })),
    Deviation::new("users.inactive-hidden", "a user who is not active is answered 404, and left out of lists")
        .breaks(&["RFC7644-3.4.1-01"])
        .seen(&["https://github.com/sourcegraph/sourcegraph-public-snapshot/issues/49325"])
        .when(|head, answer| *head.method == Method::GET && answer.status == StatusCode::OK)
        .answer(&EditAnswer(hide_inactive)),
    Deviation::new(
        "users.inactive-obfuscated",
        "a user who is not active is shown with other letters in userName and emails, until active again",
    )
    .breaks(&["RFC7644-3.2-11", "RFC7644-3.1-09"])
    .seen(&["https://docs.github.com/en/enterprise-cloud@latest/rest/enterprise-admin/scim"])
    .when(|head, _| concerns_users(head))
    .answer(&EditResource(|user| {
        if is_inactive(user) {
            obfuscate(&mut user["userName"]);
            values(user, "emails").for_each(|email| obfuscate(&mut email["value"]));
        }
    })),
];

fn concerns_users(head: &Head<'_>) -> bool {
    head.path.contains("/Users")
}

fn is_inactive(resource: &Value) -> bool {
    resource.get("active") == Some(&Value::Bool(false))
}

fn hide_inactive(head: &Head<'_>, answer: &mut Answer) {
    let Some(mut body) = answer.json() else { return };
    if is_inactive(&body) {
        Fail(ErrorKind::NotFound, "there is no such user").rewrite(head, answer);
    } else if answer.is_list()
        && let Some(resources) = body.get_mut("Resources").and_then(Value::as_array_mut)
    {
        let listed = resources.len();
        resources.retain(|resource| !is_inactive(resource));
        let hidden = listed - resources.len();
        let total = body["totalResults"].as_u64().unwrap_or_default();
        body["totalResults"] = total.saturating_sub(hidden as u64).into();
        answer.set_json(&body);
    }
}

/// The same text is hidden in the same way, so that it can be told from another.
fn obfuscate(text: &mut Value) {
    if let Some(plain) = text.as_str() {
        let sum = plain
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        *text = format!("{sum:016x}").into();
    }
}
