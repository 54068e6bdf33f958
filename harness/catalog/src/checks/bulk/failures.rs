//! Jobs of which a part fails.

use std::sync::Arc;

use scim::capability::{Capability, ResourceOperation};
use serde_json::Value;
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::job::{Job, JobAnswer, needs_creation};
use super::results::nameless;
use crate::check::{Check, CheckResult, Context, Stop};

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

/// Ends the check where the body whose operation was to fail is taken outside of a job as well, which `create.required-missing` judges.
async fn needs_refusal(context: &Context, answered: &JobAnswer, index: usize, body: &Value) -> CheckResult {
    if !answered.is_success(index) {
        return Ok(());
    }
    let alone = context.post(body).await?;
    // A name that the endpoint makes up may be the same each time.
    if !alone.is_success() && alone.status != 409 {
        return Ok(());
    }
    let reason = "the endpoint takes the resource without its name, by which an operation was to fail".to_owned();
    Err(context.blocked(reason, "create.required-missing", vec![Arc::clone(&answered.exchange), alone]))
}

/// Whether the resource is there that an operation of the job is said to have created: it is read at its location, because lists have
/// checks of their own, or else it is found by its name.
async fn is_there(context: &Context, answered: &JobAnswer, index: usize, body: &Value) -> Result<bool, Stop> {
    if answered.location(index).is_none() {
        let named = context.named_in_lists(body).await?;
        return Ok(named.is_none_or(|named| !named.is_empty()));
    }
    if answered.read(context, index).await?.status != 404 {
        return Ok(true);
    }
    // Nothing follows where no new resource can be read.
    let other = context.resource().await?;
    context.read(&other).await?;
    Ok(false)
}

async fn contained(context: &Context) -> CheckResult {
    let (first, failing, third) = (context.body(), nameless(context)?, context.body());
    let job = Job::new().post(context.collection(), "u1", &first).post(context.collection(), "u2", &failing).post(
        context.collection(),
        "u3",
        &third,
    );
    let exchange = context.send(Request::post("/Bulk").json(&job.body())).await?;
    context.expect(&exchange).under(&["RFC7644-3.7-22"]).status(&[200]);
    if exchange.status != 200 {
        return Ok(());
    }
    let answered = JobAnswer::of(exchange, job);
    needs_refusal(context, &answered, 1, &failing).await?;
    for (index, body) in [(0, &first), (2, &third)] {
        let is_done = answered.is_success(index) && is_there(context, &answered, index, body).await?;
        if !answered.is_success(index) {
            needs_creation(context, context.collection(), &context.body()).await?;
        }
        let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7-24"]);
        expect.that(is_done, "an operation beside the failed one was not carried out", answered.outcomes());
    }
    let done = (0..3).filter(|index| answered.is_success(*index)).count();
    let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7.3-03"]);
    expect.that(done == 2, "not two operations of three are reported as done", answered.outcomes());
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
            expect.that(false, "a failed operation has no response", answered.outcomes());
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
    let (failing, second, third) = (nameless(context)?, context.body(), context.body());
    let job = Job::new()
        .post(context.collection(), "u1", &failing)
        .post(context.collection(), "u2", &second)
        .post(context.collection(), "u3", &third)
        .fail_on_errors(1);
    // Whatever the job answers as a whole (docs/explain/disputes.md, B8), what matters is what it did.
    let exchange = context.send(Request::post("/Bulk").json(&job.body())).await?;
    let answered = JobAnswer::of(exchange, job);
    needs_refusal(context, &answered, 0, &failing).await?;
    let under: &'static [&'static str] = &["RFC7644-3.7-25", "RFC7644-3.7.3-05"];
    let done = (1..3).filter(|index| answered.is_success(*index)).count();
    let expect = context.expect(&answered.exchange).under(under);
    expect.that(done == 0, "operations after the first error are reported as done", answered.outcomes());
    for body in [&second, &third] {
        let Some(named) = context.named_in_lists(body).await? else { continue };
        let expect = context.expect(&named.list).after(&answered.exchange).under(under);
        expect.that(named.is_empty(), "an operation after the first error was carried out", answered.outcomes());
    }
    Ok(())
}

async fn fail_on_errors_counted(context: &Context) -> CheckResult {
    let (failing, between, behind) = (nameless(context)?, context.body(), context.body());
    let job = Job::new()
        .post(context.collection(), "u1", &failing)
        .post(context.collection(), "u2", &between)
        .post(context.collection(), "u3", &nameless(context)?)
        .post(context.collection(), "u4", &behind)
        .fail_on_errors(2);
    let answered = job.send_with_failures(context).await?;
    needs_refusal(context, &answered, 0, &failing).await?;
    if !answered.is_success(1) {
        needs_creation(context, context.collection(), &context.body()).await?;
    }
    let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7-24"]);
    expect.that(answered.is_success(1), "the operation after the first error was not carried out", answered.outcomes());
    let is_behind_done =
        answered.is_success(3) || context.named_in_lists(&behind).await?.is_some_and(|named| !named.is_empty());
    let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7.3-05"]);
    expect.that(!is_behind_done, "the operation after the second error was carried out", answered.outcomes());
    Ok(())
}
