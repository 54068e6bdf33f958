//! Bulk jobs (RFC 7644 section 3.7): that they are offered, and what their message is. Operations, references, failures and
//! limits have files of their own.

pub(super) mod failures;
mod job;
pub(super) mod limits;
pub(super) mod operations;
pub(super) mod references;
pub(super) mod results;

use job::{Job, JobAnswer, needs_creation, needs_creation_without_job};
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Request;

use crate::check::{Check, CheckResult, Context};

pub(super) const CHECKS: &[Check] = &[
    Check::new("bulk.create", "A job of one POST creates a resource and answers 200 with a BulkResponse", &create)
        .matters("Initial loads of ten thousand accounts are sent this way; everything else about bulk rests on it.")
        .requirements(&["RFC7644-3.2-07", "RFC7644-3.7-01", "RFC7644-3.7-03", "RFC7644-3.7-12", "RFC7644-3.7-22"])
        .needs(&[Capability::Bulk])
        .legal(&["200 with the BulkResponse URI, and one result of status 201 whose location leads to the resource"])
        .on_every_type(&[ResourceOperation::Create])
        .formerly(&[("bulk.user", "User")]),
    Check::new("bulk.not-offered", "An endpoint that publishes no bulk support refuses jobs", &not_offered)
        .matters("A client that probes and is answered 200 sends its whole load into nowhere.")
        .requirements(&["RFC7644-3.7-01"])
        .legal(&["501, 404, 405 or 403; where bulk is published, 200"]),
    Check::new("bulk.post-only", "/Bulk cannot be read", &post_only)
        .matters("A monitor that gets 200 for GET /Bulk reports a resource type that does not exist.")
        .requirements(&["RFC7644-3.2-17"])
        .needs(&[Capability::Bulk])
        .legal(&["404, 405 or 501"]),
    Check::new("bulk.schemas-missing", "A job without schemas is refused, or taken for what it is", &schemas_missing)
        .matters("A server that breaks down over it gives the client nothing to act on.")
        .requirements(&["RFC7644-3.7-02"])
        .needs(&[Capability::Bulk])
        .legal(&["400 with a SCIM Error", "200 with the results"]),
    Check::new("bulk.operations-missing", "A job without Operations is refused", &operations_missing)
        .matters("A misspelt member that is answered 200 looks like a load that went through.")
        .requirements(&["RFC7644-3.7-06"])
        .needs(&[Capability::Bulk])
        .legal(&["400 with a SCIM Error"]),
    Check::new("bulk.broken-message", "A job that is not JSON is refused as a whole", &broken_message)
        .matters("A body cut off by a proxy must not count as done.")
        .requirements(&["RFC7644-3.7-23"])
        .needs(&[Capability::Bulk])
        .legal(&["400 with a SCIM Error"]),
    Check::new(
        "bulk.fail-on-errors-optional",
        "failOnErrors may be sent or not, and is not repeated in the answer",
        &fail_on_errors_optional,
    )
    .matters(
        "A client that validates answers by the schema of the message stumbles over members that have no place there.",
    )
    .requirements(&["RFC7644-3.7-04", "RFC7644-3.7-05"])
    .needs(&[Capability::Bulk])
    .legal(&["200 with one result of status 201, with and without failOnErrors, and no failOnErrors in the answer"])
    .on_every_type(&[ResourceOperation::Create]),
];

async fn create(context: &Context) -> CheckResult {
    let body = context.body();
    let job = Job::new().post(context.collection(), "u1", &body);
    let exchange = context.send(Request::post("/Bulk").json(&job.body())).await?;
    context.expect(&exchange).under(&["RFC7644-3.2-07", "RFC7644-3.7-01", "RFC7644-3.7-22"]).status(&[200]);
    if exchange.status != 200 {
        return Ok(());
    }
    let urn = json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]);
    context.expect(&exchange).under(&["RFC7644-3.7-03"]).json().equals("schemas", &urn);
    let answered = JobAnswer::of(exchange, job);
    if !answered.is_success(0) {
        needs_creation_without_job(context, context.collection()).await?;
    }
    let exchange = answered.exchange;
    let results = exchange.at("Operations").and_then(Value::as_array).map_or(0, Vec::len);
    let status = exchange.at("Operations[0].status").map_or_else(|| "no status".into(), Value::to_string);
    context.expect(&exchange).under(&["RFC7644-3.7-12"]).that(
        results == 1 && status.contains("201"),
        "Operations[0].status of the only operation is not 201",
        format!("{results} results, {status}"),
    );
    let location = exchange.text("Operations[0].location").and_then(|location| exchange.url.join(location).ok());
    let Some(url) = location else { return Ok(()) };
    let under = &["RFC7644-3.7-12", "RFC7644-3.7-22"];
    let Some(read) = context.follow(&exchange, "location", url).await? else { return Ok(()) };
    let read = context.expect(&read).after(&exchange).under(under);
    let naming = context.naming()?;
    let named = naming.values(&body).first().copied().unwrap_or(&Value::Null);
    read.status(&[200]).json().equals(&naming.path(), named);
    Ok(())
}

async fn not_offered(context: &Context) -> CheckResult {
    context.may_try(Capability::Bulk)?;
    let answer = context.send(Request::post("/Bulk").json(&Job::new().delete("/Users/none").body())).await?;
    if context.discovery().offers(Capability::Bulk) {
        context.expect(&answer).status(&[200]);
    } else {
        context.expect(&answer).status(&[501, 404, 405, 403]);
    }
    Ok(())
}

async fn post_only(context: &Context) -> CheckResult {
    let answer = context.send(Request::get("/Bulk")).await?;
    context.expect(&answer).status(&[404, 405, 501]);
    Ok(())
}

async fn schemas_missing(context: &Context) -> CheckResult {
    let path = format!("/Users/{}", context.data().unknown_id());
    let mut body = Job::new().delete(&path).body();
    if let Some(members) = body.as_object_mut() {
        members.remove("schemas");
    }
    let answer = context.send(Request::post("/Bulk").json(&body)).await?;
    context.expect(&answer).status(&[400, 200]);
    Ok(())
}

async fn operations_missing(context: &Context) -> CheckResult {
    let mut body = Job::new().body();
    if let Some(members) = body.as_object_mut() {
        members.remove("Operations");
    }
    let answer = context.send(Request::post("/Bulk").json(&body)).await?;
    context.expect(&answer).refused(&[400], &["invalidSyntax", "invalidValue"]);
    Ok(())
}

async fn broken_message(context: &Context) -> CheckResult {
    let path = format!("/Users/{}", context.data().unknown_id());
    let whole = Job::new().delete(&path).body().to_string();
    let half = whole[..whole.len() - 2].to_owned();
    let answer = context.send(Request::post("/Bulk").body(half, "application/scim+json")).await?;
    context.expect(&answer).refused(&[400], &["invalidSyntax"]);
    Ok(())
}

async fn fail_on_errors_optional(context: &Context) -> CheckResult {
    for most in [None, Some(1)] {
        let mut job = Job::new().post(context.collection(), "u1", &context.body());
        if let Some(most) = most {
            job = job.fail_on_errors(most);
        }
        let answered = job.send(context).await?;
        if !answered.is_success(0) {
            needs_creation(context, context.collection(), &context.body()).await?;
        }
        let expect = context.expect(&answered.exchange);
        expect.under(&["RFC7644-3.7-04"]).that(
            answered.is_success(0),
            "the operation did not succeed",
            answered.outcomes(),
        );
        context.expect(&answered.exchange).under(&["RFC7644-3.7-05"]).lacks("failOnErrors");
    }
    Ok(())
}
