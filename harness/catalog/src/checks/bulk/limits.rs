//! How much one job may hold (RFC 7644 section 3.7.4).

use scim::capability::Capability;
use serde_json::Value;
use weir_exchange::{Exchange, Request};

use super::job::Job;
use crate::check::{Check, CheckResult, Context};

/// What a check is willing to send, so that a generous endpoint is not loaded for the sake of a limit.
const MOST_OPERATIONS: u64 = 5_000;
const MOST_BYTES: u64 = 8 << 20;

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("bulk.limits-published", "maxOperations and maxPayloadSize are published", &published)
        .matters("A client that does not know the limits finds them by failing.")
        .requirements(&["RFC7644-3.7.4-01"])
        .needs(&[Capability::Bulk, Capability::ServiceProviderConfig])
        .legal(&["bulk.maxOperations and bulk.maxPayloadSize are positive integers"]),
    Check::new(
        "bulk.too-many-operations",
        "A job of more than maxOperations operations is refused as a whole",
        &too_many_operations,
    )
    .matters("An endpoint that takes the first thousand and drops the rest loses accounts without a word.")
    .requirements(&["RFC7644-3.7.4-03", "RFC7644-3.7.4-05", "RFC7644-3.12-15"])
    .needs(&[Capability::Bulk])
    .legal(&["413 with a SCIM Error whose detail names the limit or its number"]),
    Check::new(
        "bulk.payload-too-large",
        "A job of more than maxPayloadSize bytes is refused as a whole",
        &payload_too_large,
    )
    .matters("A job that is cut at the limit and carried out as far as it goes cannot be repeated safely.")
    .requirements(&["RFC7644-3.7.4-04", "RFC7644-3.7.4-05"])
    .needs(&[Capability::Bulk])
    .legal(&["413 with a SCIM Error whose detail names the limit or its number; the connection may close"]),
];

fn limit(context: &Context, name: &str) -> Option<u64> {
    context.discovery().config(&format!("bulk.{name}")).and_then(Value::as_u64).filter(|limit| *limit > 0)
}

async fn published(context: &Context) -> CheckResult {
    let config = context.send(Request::get("/ServiceProviderConfig")).await?;
    for name in ["maxOperations", "maxPayloadSize"] {
        let value = config.at(&format!("bulk.{name}"));
        let positive = value.and_then(Value::as_u64).is_some_and(|limit| limit > 0);
        let observed = value.map_or_else(|| "nothing".into(), Value::to_string);
        context.expect(&config).that(positive, &format!("bulk.{name} is not a positive integer"), observed);
    }
    Ok(())
}

/// Judges that the Error says which limit was exceeded.
fn names_limit(context: &Context, answer: &std::sync::Arc<Exchange>, name: &str, limit: u64) {
    if answer.status != 413 {
        return;
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let detail = answer.text("detail").unwrap_or_default();
    let named =
        detail.to_ascii_lowercase().contains(&name.to_ascii_lowercase()) || digits(detail).contains(&limit.to_string());
    let expect = context.expect(answer).under(&["RFC7644-3.7.4-05"]);
    expect.that(named, &format!("the Error names neither {name} nor {limit}"), detail);
}

async fn too_many_operations(context: &Context) -> CheckResult {
    let Some(most) = limit(context, "maxOperations") else { return context.skip("no maxOperations is published") };
    if most > MOST_OPERATIONS {
        return context.skip(format!("maxOperations is {most}, more than the {MOST_OPERATIONS} that a check sends"));
    }
    let path = format!("/Users/{}", context.data().unknown_id());
    let job = (0..=most).fold(Job::new(), |job, _| job.delete(&path));
    let answer = context.send(Request::post("/Bulk").json(&job.body())).await?;
    context.expect(&answer).under(&["RFC7644-3.7.4-03", "RFC7644-3.12-15"]).status(&[413]);
    names_limit(context, &answer, "maxOperations", most);
    Ok(())
}

async fn payload_too_large(context: &Context) -> CheckResult {
    let Some(most) = limit(context, "maxPayloadSize") else { return context.skip("no maxPayloadSize is published") };
    if most > MOST_BYTES {
        return context.skip(format!("maxPayloadSize is {most} bytes, more than the {MOST_BYTES} that a check sends"));
    }
    let path = format!("/Users/{}", context.data().unknown_id());
    let mut body = Job::new().delete(&path).body().to_string();
    // Blanks before the last brace leave the message what it is.
    body.pop();
    body.extend(std::iter::repeat_n(' ', usize::try_from(most).unwrap_or(usize::MAX)));
    body.push('}');
    let answer = match context.client().send(Request::post("/Bulk").body(body, "application/scim+json")).await {
        Ok(answer) => answer,
        // An endpoint may close the connection on a body that it will not read (RFC 9110 section 15.5.14).
        Err(error) if !error.is_unreachable() => return Ok(()),
        Err(error) => return Err(crate::check::Stop::NoAnswer(error)),
    };
    context.expect(&answer).under(&["RFC7644-3.7.4-04"]).status(&[413]);
    names_limit(context, &answer, "maxPayloadSize", most);
    Ok(())
}
