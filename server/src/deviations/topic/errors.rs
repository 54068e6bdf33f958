//! Errors and refusals (RFC 7644 section 3.12).

use actix_web::http::StatusCode;
use scim::ErrorKind;
use scim::capability::Capability;
use serde_json::{Value, json};

use crate::application::AnswerSeam;
use crate::deviations::Deviation;
use crate::deviations::part::answer::{
    EditAnswer, EditBody, Fail, Reply, SetStatus, drop_body, edit_bodies, remove, values,
};
use crate::deviations::part::occurrence::{Occurrence, on_answers};
use crate::message::{Answer, Fate, Head, SCIM_JSON};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("errors.as-200", "errors come with status 200 and the real status in the body")
        .breaks(&["RFC7644-3.2-21", "RFC7644-3.12-09", "RFC7644-3.12-12"])
        .when(|_, answer| answer.status.is_client_error())
        .answer(&SetStatus(StatusCode::OK)),
    Deviation::new("errors.further-members", "the body of an Error also has schema, exceptionRequestId and timeStamp")
        .permitted(
            "RFC 7644 section 3.12 does not close the list of members; a client must overlook those it does not know",
        )
        .seen(&["https://github.com/slashdevops/idp-scim-sync/issues/62"])
        .when(|_, answer| !answer.status.is_success())
        .answer_with(|setup| {
            let clock = setup.clock.clone();
            edit_bodies(move |_, body| {
                let now = clock.now();
                body["schema"] = body["schemas"].clone();
                body["exceptionRequestId"] = format!("00000000-0000-4000-8000-{:012x}", now.as_millisecond()).into();
                body["timeStamp"] = now.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string().into();
            })
        }),
    Deviation::new("errors.markup", "404 comes with a page of markup")
        .breaks(&["RFC7644-3.12-01", "RFC7644-3.12-06", "RFC7644-3.2-22"])
        .when(|_, answer| answer.status == StatusCode::NOT_FOUND)
        .answer(&Reply(StatusCode::NOT_FOUND, "text/html", "<h1>Not Found</h1>")),
    Deviation::new("errors.schema-altered", "the schemas of an Error are urn:ietf:params:scim:schemas:core:2.0:Error")
        .breaks(&["RFC7644-3.12-02", "RFC7644-3.1-05", "RFC7644-8.2-01"])
        .when(is_error)
        .answer(&EditBody(|_, body| body["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:Error"]))),
    Deviation::new("errors.status-number", "the status of an Error is a JSON number")
        .breaks(&["RFC7644-3.12-03"])
        .when(is_error)
        .answer(&EditAnswer(|head, answer| {
            let status = answer.status.as_u16();
            edit_bodies(move |_, body| body["status"] = status.into()).rewrite(head, answer);
        })),
    Deviation::new("errors.unanswered", "the connection closes without an answer where 404 would be right")
        .breaks(&["RFC7644-3.8-13", "RFC7644-3.12-01", "RFC7644-3.12-12"])
        .parameter(Occurrence::parameter("always"))
        .connection_with(|setup| {
            on_answers(setup, |_, answer| (answer.status == StatusCode::NOT_FOUND).then_some(Fate::LOST))
        }),
    Deviation::new("errors.without-body", "errors come without a body")
        .breaks(&["RFC7644-3.12-01", "RFC7644-3.2-22"])
        .when(|_, answer| answer.status.is_client_error())
        .answer(&EditAnswer(|_, answer| drop_body(answer))),
    Deviation::new("errors.without-keyword", "an Error has no scimType where no rule names one")
        .permitted("scimType is OPTIONAL (RFC 7644 section 3.12)")
        .when(is_error)
        .answer(&EditBody(|_, body| {
            if matches!(body["scimType"].as_str(), Some("invalidSyntax" | "invalidValue")) {
                remove(body, &["scimType"]);
            }
        })),
    Deviation::new(
        "errors.words-confused",
        "scimType is invalidSyntax where the fault is none of syntax, and mutability where it is",
    )
    .breaks(&["RFC7644-3.12-23", "RFC7644-3.12-18", "RFC7644-3.12-22", "RFC7644-3.12-24"])
    .when(|head, answer| answer.status == StatusCode::BAD_REQUEST || head.path.ends_with("/Bulk"))
    .answer(&EditBody(|_, body| {
        confuse(body);
        values(body, "Operations").filter_map(|result| result.get_mut("response")).for_each(confuse);
    })),
    Deviation::new("errors.words-in-capitals", "scimType begins with a capital letter")
        .breaks(&["RFC7644-3.12-18", "RFC7644-3.12-04"])
        .seen(&["https://github.com/databricks/databricks-sdk-py/issues/90"])
        .when(is_error)
        .answer(&EditBody(|_, body| {
            if let Some((first, rest)) = body["scimType"].as_str().and_then(|word| word.split_at_checked(1)) {
                body["scimType"] = format!("{}{rest}", first.to_uppercase()).into();
            }
        })),
    Deviation::new("features.unsupported-500", "bulk jobs are published as unsupported and answered 500")
        .breaks(&["RFC7644-3.12-17", "RFC7644-3.12-32"])
        .rules(|rules| {
            rules.capabilities.remove(&Capability::Bulk);
            rules.published.remove(&Capability::Bulk);
            rules.refusals.insert(Capability::Bulk, 500);
        }),
    Deviation::new("methods.accepted", "a method that an endpoint does not offer is answered 200")
        .breaks(&["RFC7644-3.2-23"])
        .when(|_, answer| answer.status == StatusCode::METHOD_NOT_ALLOWED)
        .answer(&Reply(StatusCode::OK, SCIM_JSON, "{}")),
    Deviation::new(
        "sensitive.status-differs",
        "a filter on the password is answered 403 sensitive with the status 400 in the body",
    )
    .breaks(&["RFC7644-7.5.2-04"])
    .when(|head, _| head.query.is_some_and(|query| query.contains("filter=password")))
    .answer(&EditAnswer(|head, answer| {
        Fail(ErrorKind::Sensitive, "this attribute must not stand in a URL").rewrite(head, answer);
        EditBody(|_, body| body["status"] = "400".into()).rewrite(head, answer);
    })),
];

fn is_error(_: &Head<'_>, answer: &Answer) -> bool {
    answer.status.as_u16() >= 400
}

fn confuse(error: &mut Value) {
    let other = match error.get("scimType").and_then(Value::as_str) {
        None => return,
        Some("invalidSyntax") => "mutability",
        Some(_) => "invalidSyntax",
    };
    error["scimType"] = other.into();
}
