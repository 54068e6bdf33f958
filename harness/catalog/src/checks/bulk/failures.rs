//! Jobs of which a part fails.

use scim::capability::{Capability, ResourceOperation};
use serde_json::Value;
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::job::{Job, JobAnswer};
use super::results::nameless;
use crate::check::{Check, CheckResult, Context};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("bulk.failure-contained", "One bad operation spoils no other, and the job answers 200", &contained)
        .matters("A load of ten thousand that stops at the first bad row is sent again from the start, for ever.")
        .requirements(&["RFC7644-3.7-22", "RFC7644-3.7-24", "RFC7644-3.7.3-03"])
        .needs(&[Capability::Bulk])
        .legal(&["200; of three operations the second fails, and the first and the third took effect"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new(
        "bulk.failure-explained",
        "The result of a failed operation holds the Error that a request of its own would have got",
        &explained,
    )
    .matters("Whoever repairs the data sees only this text.")
    .requirements(&["RFC7644-3.7-18", "RFC7644-3.7-21", "RFC7644-3.7.3-04"])
    .needs(&[Capability::Bulk])
    .legal(&["a response with the Error URI, a status equal to the result's, and a detail"])
    .on_every_type(&[ResourceOperation::Create]),
    Check::new(
        "bulk.fail-on-errors",
        "After as many errors as failOnErrors says nothing more is carried out",
        &fail_on_errors,
    )
    .matters("It is the brake of a load that goes wrong; without it every row is spoilt.")
    .requirements(&["RFC7644-3.7-25", "RFC7644-3.7.3-05"])
    .needs(&[Capability::Bulk])
    .legal(&["the operations after the first error are left out of the answer, or listed as failed, and not done"])
    .on_every_type(&[ResourceOperation::Create]),
    Check::new(
        "bulk.fail-on-errors-counted",
        "failOnErrors 2 stops at the second error and not before",
        &fail_on_errors_counted,
    )
    .matters("A job that may have two bad rows must not stop at the first.")
    .requirements(&["RFC7644-3.7-24", "RFC7644-3.7.3-05"])
    .needs(&[Capability::Bulk])
    .legal(&["what stands between the first and the second error is done, what stands behind the second is not"])
    .on_every_type(&[ResourceOperation::Create]),
];

/// Whether a resource of this name is there, found by its location or by filter.
async fn exists(
    context: &Context,
    answered: &JobAnswer,
    index: usize,
    body: &Value,
) -> Result<bool, crate::check::Stop> {
    if answered.is_success(index) {
        return Ok(true);
    }
    if !context.may(ResourceOperation::Filter) {
        return Ok(false);
    }
    let filter = context.filter_by_name(body)?;
    let list = context.look_up(Request::get(context.collection()).query("filter", &filter)).await?;
    Ok(list.at("totalResults").and_then(Value::as_u64).is_some_and(|total| total > 0))
}

async fn contained(context: &Context) -> CheckResult {
    let (first, third) = (context.body(), context.body());
    let job = Job::new()
        .post(context.collection(), "u1", &first)
        .post(context.collection(), "u2", &nameless(context)?)
        .post(context.collection(), "u3", &third);
    let exchange = context.send(Request::post("/Bulk").json(&job.body())).await?;
    context.expect(&exchange).under(&["RFC7644-3.7-22"]).status(&[200]);
    if exchange.status != 200 {
        return Ok(());
    }
    let statuses: Vec<_> = exchange
        .at("Operations")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|result| at(result, "status").map_or_else(|| "none".into(), Value::to_string))
        .collect();
    for body in [&first, &third] {
        if context.may(ResourceOperation::Filter) {
            let filter = context.filter_by_name(body)?;
            let list = context.look_up(Request::get(context.collection()).query("filter", &filter)).await?;
            let there = list.at("totalResults").and_then(Value::as_u64) == Some(1);
            let expect = context.expect(&list).after(&exchange).under(&["RFC7644-3.7-24"]);
            expect.that(there, "an operation beside the failed one was not carried out", statuses.join(", "));
        }
    }
    let done = statuses.iter().filter(|status| status.contains("201")).count();
    let expect = context.expect(&exchange).under(&["RFC7644-3.7.3-03"]);
    expect.that(done == 2, "not two operations of three are reported as done", statuses.join(", "));
    Ok(())
}

async fn explained(context: &Context) -> CheckResult {
    let nobody = format!("{}/{}", context.collection(), context.data().unknown_id());
    let job = Job::new().post(context.collection(), "u1", &nameless(context)?).delete(&nobody);
    let answered = job.send_with_failures(context).await?;
    for index in 0..2 {
        let response = answered.result(index).and_then(|result| at(result, "response"));
        let Some(response) = response.filter(|response| response.is_object()) else {
            let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7-18", "RFC7644-3.7-21"]);
            expect.that(false, "a failed operation has no response", answered.told());
            continue;
        };
        let text = |path: &str| at(response, path).and_then(Value::as_str).unwrap_or_default();
        let status = answered.status(index).map(|status| status.to_string()).unwrap_or_default();
        let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7-21"]);
        expect
            .that(
                text("schemas[0]") == "urn:ietf:params:scim:api:messages:2.0:Error",
                "the response of a failed operation is not an Error",
                response.to_string(),
            )
            .that(
                text("status") == status,
                "response.status of a failed operation is not its Operations[].status",
                response.to_string(),
            );
        let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7.3-04"]);
        expect.that(!text("detail").trim().is_empty(), "the Error explains nothing", response.to_string());
    }
    Ok(())
}

async fn fail_on_errors(context: &Context) -> CheckResult {
    let (second, third) = (context.body(), context.body());
    let job = Job::new()
        .post(context.collection(), "u1", &nameless(context)?)
        .post(context.collection(), "u2", &second)
        .post(context.collection(), "u3", &third)
        .fail_on_errors(1);
    // Whatever the job answers as a whole (docs/explain/disputes.md, B8), what matters is what it did.
    let exchange = context.send(Request::post("/Bulk").json(&job.body())).await?;
    for body in [&second, &third] {
        if context.may(ResourceOperation::Filter) {
            let filter = context.filter_by_name(body)?;
            let list = context.look_up(Request::get(context.collection()).query("filter", &filter)).await?;
            let absent = list.at("totalResults").and_then(Value::as_u64) == Some(0);
            let expect = context.expect(&list).after(&exchange).under(&["RFC7644-3.7-25", "RFC7644-3.7.3-05"]);
            expect.that(absent, "an operation after the first error was carried out", list.status.to_string());
        }
    }
    let results = exchange.at("Operations").and_then(Value::as_array).into_iter().flatten();
    let done = results
        .filter(|result| at(result, "status").map_or_else(String::new, Value::to_string).contains("201"))
        .count();
    let expect = context.expect(&exchange).under(&["RFC7644-3.7.3-05"]);
    expect.that(done == 0, "operations after the first error are reported as done", format!("{done} done"));
    Ok(())
}

async fn fail_on_errors_counted(context: &Context) -> CheckResult {
    let (between, behind) = (context.body(), context.body());
    let job = Job::new()
        .post(context.collection(), "u1", &nameless(context)?)
        .post(context.collection(), "u2", &between)
        .post(context.collection(), "u3", &nameless(context)?)
        .post(context.collection(), "u4", &behind)
        .fail_on_errors(2);
    let answered = job.send_with_failures(context).await?;
    let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7-24"]);
    expect.that(answered.is_success(1), "the operation after the first error was not carried out", answered.told());
    let behind = exists(context, &answered, 3, &behind).await?;
    let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7.3-05"]);
    expect.that(!behind, "the operation after the second error was carried out", answered.told());
    Ok(())
}
