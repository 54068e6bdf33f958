//! Bulk jobs (RFC 7644 section 3.7).

use actix_web::http::{Method, StatusCode};
use scim::ErrorKind;
use scim::capability::Capability;
use scim::message;
use serde_json::{Value, json};

use crate::bulk::BulkLimits;
use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditBody, Fail, Replace, remove};
use crate::deviations::part::job::{
    EditJob, EditJobAnswer, EditJobOperations, EditResult, EditResults, LeaveOutOfResults, answers_job, has_failed,
    is_job, is_post, results,
};
use crate::deviations::part::rules::unannounce;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("bulk.bulk-id-missing", "the bulkId of an operation does not come back")
        .breaks(&["RFC7644-3.7-27"])
        .answer(&LeaveOutOfResults("bulkId")),
    Deviation::new("bulk.creations-first", "the POSTs of a job come first, whatever their place")
        .breaks(&["RFC7644-3.7-29"])
        .request(&EditJobOperations(|operations| operations.sort_by_key(|operation| !is_post(operation)))),
    Deviation::new("bulk.error-missing", "failed operations have no response")
        .breaks(&["RFC7644-3.7-18", "RFC7644-3.7-21"])
        .answer(&LeaveOutOfResults("response")),
    Deviation::new("bulk.error-unexplained", "the Error of a failed operation has no detail")
        .breaks(&["RFC7644-3.7.3-04"])
        .answer(&EditResult(|result| {
            if has_failed(result) {
                remove(&mut result["response"], &["detail"]);
            }
        })),
    Deviation::new("bulk.fail-on-errors-ignored", "a job goes on whatever failOnErrors says")
        .breaks(&["RFC7644-3.7-25", "RFC7644-3.7.3-05"])
        .request(&EditJob(|message| drop(message.remove("failOnErrors")))),
    Deviation::new("bulk.fail-on-errors-repeated", "failOnErrors stands in the answer to a job")
        .breaks(&["RFC7644-3.7-05"])
        .answer(&EditJobAnswer(|body| body["failOnErrors"] = 1.into())),
    Deviation::new("bulk.fails-as-a-whole", "a job is answered 400 when one of its operations fails")
        .breaks(&["RFC7644-3.7-22"])
        .when(|head, answer| answers_job(head, answer) && results(answer).iter().any(has_failed))
        .answer(&Fail(ErrorKind::InvalidValue, "an operation of the job failed")),
    Deviation::new("bulk.failures-as-success", "failed operations have the status of a success and no response")
        .breaks(&["RFC7644-3.7.3-03", "RFC7644-3.7-18", "RFC7644-3.7-21"])
        .answer(&EditResult(|result| {
            if has_failed(result) {
                result["status"] = if is_post(result) { "201".into() } else { "200".into() };
                remove(result, &["response"]);
            }
        })),
    Deviation::new("bulk.failures-unreported", "failed operations are left out of the results")
        .breaks(&["RFC7644-3.7.3-01"])
        .answer(&EditResults(|results| results.retain(|result| !has_failed(result)))),
    Deviation::new(
        "bulk.forward-references-dropped",
        "a value that refers to a later operation is left out without a word",
    )
    .breaks(&["RFC7644-3.7-29", "RFC7644-3.7.1-01"])
    .request(&EditJobOperations(|operations| {
        let mut created: Vec<String> = Vec::new();
        for operation in operations {
            if let Some(data) = operation.get_mut("data") {
                drop_references(data, &|name| !created.iter().any(|created| created == name));
            }
            created.extend(operation["bulkId"].as_str().map(|id| format!("bulkId:{id}")));
        }
    })),
    Deviation::new("bulk.get-answered", "GET /Bulk is answered with an empty list")
        .breaks(&["RFC7644-3.2-17"])
        .when(|head, answer| *head.method == Method::GET && head.path.ends_with("/Bulk") && !answer.status.is_success())
        .answer(&Replace(StatusCode::OK, || json!({ "schemas": [message::LIST_RESPONSE], "totalResults": 0 }))),
    Deviation::new("bulk.limit-unnamed", "413 names neither the limit nor its number")
        .breaks(&["RFC7644-3.7.4-05"])
        .when(|head, answer| is_job(head) && answer.status == StatusCode::PAYLOAD_TOO_LARGE)
        .answer(&EditBody(|_, body| body["detail"] = "the request is too large".into())),
    Deviation::new("bulk.limits-missing", "maxOperations and maxPayloadSize are published as 0")
        .breaks(&["RFC7644-3.7.4-01"])
        .rules(|rules| rules.published_bulk = BulkLimits { max_operations: 0, max_payload_size: 0 }),
    Deviation::new("bulk.location-missing", "results have no location")
        .breaks(&["RFC7644-3.7-17", "RFC7644-3.7.3-02"])
        .answer(&LeaveOutOfResults("location")),
    Deviation::new("bulk.location-of-failed-post", "the result of a POST that failed has a location where nothing is")
        .breaks(&["RFC7644-3.7.3-02"])
        .answer(&EditResult(|result| {
            if has_failed(result) && is_post(result) {
                result["location"] = "/Users/none".into();
            }
        })),
    Deviation::new("bulk.method-missing", "the method of an operation does not come back")
        .breaks(&["RFC7644-3.7-30"])
        .answer(&LeaveOutOfResults("method")),
    Deviation::new("bulk.operation-limit-ignored", "jobs of more than maxOperations operations are carried out")
        .breaks(&["RFC7644-3.7.4-03"])
        .rules(|rules| rules.bulk.max_operations = usize::MAX),
    Deviation::new("bulk.payload-limit-ignored", "jobs of more than maxPayloadSize bytes are carried out")
        .breaks(&["RFC7644-3.7.4-04"])
        .rules(|rules| rules.bulk.max_payload_size = usize::MAX),
    Deviation::new("bulk.post-only", "PUT, PATCH and DELETE in a job are refused")
        .breaks(&["RFC7644-3.7.3-03", "RFC7644-3.7-16"])
        .request(&EditJobOperations(|operations| {
            for method in operations.iter_mut().filter_map(|operation| operation.get_mut("method")) {
                if matches!(method.as_str(), Some("PUT" | "PATCH" | "DELETE")) {
                    *method = "OPTIONS".into();
                }
            }
        })),
    Deviation::new("bulk.references-dropped", "values that refer to a bulkId are left out without a word")
        .breaks(&["RFC7644-3.7.2-01", "RFC7644-3.7-26", "RFC7644-3.7.2-03", "RFC7644-3.7.2-06"])
        .request(&EditJobOperations(|operations| {
            for data in operations.iter_mut().filter_map(|operation| operation.get_mut("data")) {
                drop_references(data, &|_| true);
            }
        })),
    Deviation::new("bulk.refusals-as-success", "a job that is refused as a whole is answered 200 with no results")
        .breaks(&["RFC7644-3.7-06", "RFC7644-3.7-23", "RFC7644-3.7.4-03", "RFC7644-3.7.4-04"])
        .when(|head, answer| {
            is_job(head) && matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE)
        })
        .answer(&Replace(StatusCode::OK, || json!({ "schemas": [message::BULK_RESPONSE], "Operations": [] }))),
    Deviation::new("bulk.request-urn", "the schemas of the answer to a job are those of the request")
        .breaks(&["RFC7644-3.7-03"])
        .answer(&EditJobAnswer(|body| body["schemas"] = json!([message::BULK_REQUEST]))),
    Deviation::new("bulk.status-always-200", "each operation that succeeds has the status 200")
        .breaks(&["RFC7644-3.7.3-03", "RFC7644-3.7-12"])
        .answer(&EditResult(|result| {
            if !has_failed(result) {
                result["status"] = "200".into();
            }
        })),
    Deviation::new("bulk.stops-at-first-error", "a job stops at the first error, whatever failOnErrors says")
        .breaks(&["RFC7644-3.7-24"])
        .request(&EditJob(|message| drop(message.insert("failOnErrors".into(), 1.into())))),
    Deviation::new("bulk.unannounced", "bulk is published as unsupported, and jobs are carried out")
        .breaks(&["RFC7644-3.7-01"])
        .rules(|rules| unannounce(rules, &[Capability::Bulk])),
    Deviation::new("bulk.version-before", "the version in a result is that before the operation")
        .breaks(&["RFC7644-3.7-31"])
        .answer(&EditResult(|result| {
            if result["version"].is_string() {
                result["version"] = "W/\"0\"".into();
            }
        })),
    Deviation::new("bulk.version-ignored", "an operation with a stale version is carried out")
        .breaks(&["RFC7644-3.7-11", "RFC7644-3.14-08"])
        .request(&EditJobOperations(|operations| operations.iter_mut().for_each(|own| remove(own, &["version"])))),
];

/// Takes out every member and value whose `value` is a `bulkId` reference that is not kept.
fn drop_references(value: &mut Value, is_dropped: &dyn Fn(&str) -> bool) {
    let keeps = |value: &Value| {
        let name = value["value"].as_str().filter(|name| name.starts_with("bulkId:"));
        !name.is_some_and(is_dropped)
    };
    match value {
        Value::Array(items) => {
            items.retain(keeps);
            for item in items {
                drop_references(item, is_dropped);
            }
        }
        Value::Object(members) => {
            members.retain(|_, member| keeps(member));
            for member in members.values_mut() {
                drop_references(member, is_dropped);
            }
        }
        _ => {}
    }
}
