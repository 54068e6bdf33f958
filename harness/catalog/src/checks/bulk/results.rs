//! What the result of an operation says.

use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::difference::{at, take};
use weir_exchange::opaque_tag;
use weir_judge::Because;

use super::job::{Job, JobAnswer, needs_creation};
use crate::check::{Check, CheckResult, Context, Stop};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("bulk.all-reported", "Every processed operation has a result", &all_reported)
        .matters("An operation without result is sent again, or forgotten; both go wrong.")
        .requirements(&["RFC7644-3.7.3-01"])
        .needs(&[Capability::Bulk])
        .legal(&["three operations, the second of which fails, give three results"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("bulk.statuses", "Each result has the status that a request of its own would have had", &statuses)
        .matters("Retries and links to existing accounts are decided by these codes.")
        .requirements(&["RFC7644-3.7.3-03"])
        .needs(&[Capability::Bulk])
        .legal(&["201 for POST, 200 for PUT, 204 for DELETE, 404 for an unknown id, 409 for a taken userName"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace, ResourceOperation::Delete]),
    Check::new("bulk.status-string", "The status of a result is a string", &status_string)
        .matters("Clients in typed languages fail to read a number where the message has a string.")
        .requirements(&["RFC7644-3.7-20"])
        .needs(&[Capability::Bulk])
        .legal(&["a string such as \"201\"", "an object with the string as its code, as one example of the RFC has it"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("bulk.location", "Each result has the location of its resource, except a failed POST", &location)
        .matters("The id of a created resource is found here and nowhere else.")
        .requirements(&["RFC7644-3.7-17", "RFC7644-3.7.3-02"])
        .needs(&[Capability::Bulk])
        .legal(&["a location for POST, PUT, DELETE and for a PUT on an unknown id; none for a POST that failed"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace, ResourceOperation::Delete]),
    Check::new("bulk.bulk-id-returned", "The bulkId of a POST comes back with its result", &bulk_id_returned)
        .matters("Results are matched with accounts by it; without it a client guesses by the order.")
        .requirements(&["RFC7644-3.7-27"])
        .needs(&[Capability::Bulk])
        .legal(&["the same bulkId and a location in the result"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("bulk.method-repeated", "The method of an operation is repeated in its result", &method_repeated)
        .matters("Clients that log results by method cannot tell a lost deletion from a lost creation.")
        .requirements(&["RFC7644-3.7-30"])
        .needs(&[Capability::Bulk])
        .legal(&["POST and DELETE in the results of a POST and a DELETE"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Delete]),
    Check::new("bulk.result-version", "The version in a result is the one that the resource has", &result_version)
        .matters("The next conditional update is made with it, and fails if it is another.")
        .requirements(&["RFC7644-3.7-31"])
        .needs(&[Capability::Bulk, Capability::Etag])
        .legal(&["version has the opaque part of the ETag that a GET shows", "no version"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace]),
    Check::new("bulk.success-response", "A success has no response, or the resource", &success_response)
        .matters("A client that merges the response into its copy would take over somebody else's values.")
        .requirements(&["RFC7644-3.7-19"])
        .needs(&[Capability::Bulk])
        .legal(&["no response", "a response with the id and the name of the resource"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("bulk.result-order", "Results come in the order of the operations", &result_order)
        .matters("Many clients pair results with operations by position.")
        .requirements(&["RFC7644-3.7.3-06"])
        .needs(&[Capability::Bulk, Capability::CreateUsers, Capability::CreateGroups])
        .legal(&["the bulkIds in the order of the request, even where one operation refers forward"]),
];

/// A resource of the subject that cannot be created: the attribute that names it, which it must have, is missing.
///
/// # Errors
/// The check is skipped where the subject need not have it.
pub(super) fn nameless(context: &Context) -> Result<Value, Stop> {
    let naming = context.naming()?;
    if !naming.flag("required") && naming.name() != "userName" {
        return Err(Stop::Skip(Because::Published, format!("{} need not have a value", naming.path())));
    }
    let mut body = context.body();
    take(&mut body, naming.name());
    Ok(body)
}

async fn all_reported(context: &Context) -> CheckResult {
    let job = Job::new()
        .post(context.collection(), "u1", &context.body())
        .post(context.collection(), "u2", &nameless(context)?)
        .post(context.collection(), "u3", &context.body());
    let answered = job.send_with_failures(context).await?;
    let count = answered.results().len();
    let all = count == 3 && (0..3).all(|index| answered.result(index).is_some());
    context.expect(&answered.exchange).that(all, "not every operation has a result", format!("{count} of 3 results"));
    Ok(())
}

async fn statuses(context: &Context) -> CheckResult {
    let body = context.body();
    let user = context.create(context.collection(), &body).await?;
    let other = context.resource().await?;
    let nobody = format!("{}/{}", context.collection(), context.data().unknown_id());
    let job = Job::new()
        .post(context.collection(), "u1", &context.body())
        .put(&user.path(), &body)
        .delete(&other.path())
        .put(&nobody, &context.body())
        .post(context.collection(), "u2", &body);
    let answered = job.send_with_failures(context).await?;
    let naming = context.naming()?;
    let is_unique = naming.word("uniqueness") != "none" || naming.name() == "userName";
    let legal: [(&str, &[u16]); 5] = [
        ("POST", &[201]),
        ("PUT", &[200]),
        ("DELETE", &[204]),
        ("PUT on an unknown id", &[404]),
        ("second POST", if is_unique { &[409] } else { &[201, 409] }),
    ];
    for (index, (what, legal)) in legal.into_iter().enumerate() {
        let right = answered.status(index).is_some_and(|status| legal.contains(&status));
        let words: Vec<_> = legal.iter().map(u16::to_string).collect();
        let message = format!("Operations[{index}].status of the {what} is not {}", words.join(" or "));
        context.expect(&answered.exchange).that(right, &message, answered.outcomes());
    }
    Ok(())
}

async fn status_string(context: &Context) -> CheckResult {
    let job = Job::new().post(context.collection(), "u1", &context.body()).post(
        context.collection(),
        "u2",
        &nameless(context)?,
    );
    let answered = job.send_with_failures(context).await?;
    for result in answered.results() {
        let status = at(result, "status").unwrap_or(&Value::Null);
        let text = at(status, "code").unwrap_or(status);
        context.expect(&answered.exchange).that(
            text.is_string(),
            "Operations[].status is not a string",
            status.to_string(),
        );
    }
    Ok(())
}

async fn location(context: &Context) -> CheckResult {
    let body = context.body();
    let user = context.create(context.collection(), &body).await?;
    let other = context.resource().await?;
    let nobody = format!("{}/{}", context.collection(), context.data().unknown_id());
    let job = Job::new()
        .post(context.collection(), "u1", &context.body())
        .put(&user.path(), &body)
        .delete(&other.path())
        .put(&nobody, &context.body())
        .post(context.collection(), "u2", &nameless(context)?);
    let answered = job.send_with_failures(context).await?;
    for (index, what) in ["POST", "PUT", "DELETE", "PUT that failed"].into_iter().enumerate() {
        let requirements: &[&str] = if index == 3 { &["RFC7644-3.7.3-02"] } else { &["RFC7644-3.7-17"] };
        let message = format!("the result of the {what} has no location");
        let there = answered.location(index).is_some();
        context.expect(&answered.exchange).under(requirements).that(there, &message, answered.outcomes());
    }
    let none = answered.location(4).is_none() || answered.is_success(4);
    let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7.3-02"]);
    expect.that(none, "a POST that failed has a location", answered.location(4).unwrap_or_default());
    for index in 0..2 {
        let location = answered.location(index).and_then(|location| answered.exchange.url.join(location).ok());
        let Some(url) = location.filter(|_| answered.is_success(index)) else { continue };
        let place = format!("Operations[{index}].location");
        if let Some(read) = context.follow(&answered.exchange, &place, url).await? {
            context.expect(&read).after(&answered.exchange).under(&["RFC7644-3.7-17"]).status(&[200]);
        }
    }
    Ok(())
}

async fn bulk_id_returned(context: &Context) -> CheckResult {
    let name = context.data().name();
    let answered = Job::new().post(context.collection(), &name, &context.body()).send(context).await?;
    if !answered.is_success(0) {
        needs_creation(context, context.collection(), &context.body()).await?;
    }
    let expect = context.expect(&answered.exchange).equals("Operations[0].bulkId", &json!(name));
    expect.has("Operations[0].location");
    Ok(())
}

async fn method_repeated(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let job = Job::new().post(context.collection(), "u1", &context.body()).delete(&user.path());
    let answered = job.send(context).await?;
    let mut methods: Vec<_> = answered
        .results()
        .iter()
        .map(|result| at(result, "method").and_then(Value::as_str).unwrap_or("none"))
        .collect();
    methods.sort_unstable();
    let right = methods == ["DELETE", "POST"];
    context.expect(&answered.exchange).that(right, "the results do not repeat POST and DELETE", methods.join(", "));
    Ok(())
}

async fn result_version(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let user = context.resource().await?;
    let mut body = context.sendable(&user, user.body());
    text.put(&mut body, json!(context.data().name()));
    let job = Job::new().post(context.collection(), "u1", &context.body()).put(&user.path(), &body);
    let answered = job.send(context).await?;
    let versions: Vec<(usize, &str)> =
        (0..2).filter_map(|index| Some((index, at(answered.result(index)?, "version")?.as_str()?))).collect();
    if versions.is_empty() {
        // RFC 7644 section 3.7 demands none.
        return Err(Stop::Skip(Because::Ability, "the results of bulk jobs show no version, which is optional".into()));
    }
    for (index, version) in versions {
        let read = answered.read(context, index).await?;
        let shown = read.header("etag").or_else(|| read.text("meta.version"));
        let same = shown.is_some_and(|shown| opaque_tag(version) == opaque_tag(shown));
        let observed = format!("version {version}, ETag {}", shown.unwrap_or("missing"));
        let expect = context.expect(&read).after(&answered.exchange);
        expect.that(same, "the version in the result is not the resource's", observed);
    }
    Ok(())
}

async fn success_response(context: &Context) -> CheckResult {
    let body = context.body();
    let answered = Job::new().post(context.collection(), "u1", &body).send(context).await?;
    if !answered.is_success(0) {
        needs_creation(context, context.collection(), &context.body()).await?;
    }
    let response = answered.result(0).and_then(|result| at(result, "response")).filter(|response| !response.is_null());
    if response.is_some() {
        let expect = context.expect(&answered.exchange);
        let naming = context.naming()?;
        let named = naming.values(&body).first().copied().unwrap_or(&Value::Null);
        expect.equals(&format!("Operations[0].response.{}", naming.path()), named).has("Operations[0].response.id");
    }
    Ok(())
}

async fn result_order(context: &Context) -> CheckResult {
    context.needs_published_members()?;
    let mut group = context.data().group();
    group["members"] = json!([{"value": "bulkId:u2"}]);
    let job = Job::new()
        .post("/Groups", "u1", &group)
        .post("/Users", "u2", &context.data().user())
        .post("/Users", "u3", &nameless(context)?)
        .post("/Users", "u4", &context.data().user());
    let answered = job.send_with_failures(context).await?;
    let order: Vec<_> = answered.results().iter().filter_map(|result| at(result, "bulkId")?.as_str()).collect();
    if order.len() < 4 {
        return Err(blocked(&answered));
    }
    let right = order == ["u1", "u2", "u3", "u4"];
    context.expect(&answered.exchange).that(right, "the results have another order", order.join(", "));
    Ok(())
}

/// Results without bulkId cannot be put in order.
fn blocked(answered: &JobAnswer) -> Stop {
    Stop::Blocked {
        reason: "not every result has its bulkId".into(),
        cause: Some("bulk.bulk-id-returned".to_owned()),
        exchanges: vec![std::sync::Arc::clone(&answered.exchange)],
    }
}
