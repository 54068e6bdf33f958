//! What the result of an operation says.

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;

use super::job::{Job, JobAnswer};
use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, Stop};
use crate::data::USER;

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("bulk.all-reported", "Every processed operation has a result", &all_reported)
        .matters("An operation without result is sent again, or forgotten; both go wrong.")
        .requirements(&["RFC7644-3.7.3-01"])
        .needs(&[Capability::Bulk, Capability::CreateUsers])
        .legal(&["three operations, the second of which fails, give three results"])
        .on(Only("User", "not migrated")),
    Check::new("bulk.statuses", "Each result has the status that a request of its own would have had", &statuses)
        .matters("Retries and links to existing accounts are decided by these codes.")
        .requirements(&["RFC7644-3.7.3-03"])
        .needs(&[Capability::Bulk, Capability::CreateUsers, Capability::ReplaceUsers, Capability::DeleteUsers])
        .legal(&["201 for POST, 200 for PUT, 204 for DELETE, 404 for an unknown id, 409 for a taken userName"])
        .on(Only("User", "not migrated")),
    Check::new("bulk.status-string", "The status of a result is a string", &status_string)
        .matters("Clients in typed languages fail to read a number where the message has a string.")
        .requirements(&["RFC7644-3.7-20"])
        .needs(&[Capability::Bulk, Capability::CreateUsers])
        .legal(&["a string such as \"201\"", "an object with the string as its code, as one example of the RFC has it"])
        .on(Only("User", "not migrated")),
    Check::new("bulk.location", "Each result has the location of its resource, except a failed POST", &location)
        .matters("The id of a created user is found here and nowhere else.")
        .requirements(&["RFC7644-3.7-17", "RFC7644-3.7.3-02"])
        .needs(&[Capability::Bulk, Capability::CreateUsers, Capability::ReplaceUsers, Capability::DeleteUsers])
        .legal(&["a location for POST, PUT, DELETE and for a PUT on an unknown id; none for a POST that failed"])
        .on(Only("User", "not migrated")),
    Check::new("bulk.bulk-id-returned", "The bulkId of a POST comes back with its result", &bulk_id_returned)
        .matters("Results are matched with accounts by it; without it a client guesses by the order.")
        .requirements(&["RFC7644-3.7-27"])
        .needs(&[Capability::Bulk, Capability::CreateUsers])
        .legal(&["the same bulkId and a location in the result"])
        .on(Only("User", "not migrated")),
    Check::new("bulk.method-repeated", "The method of an operation is repeated in its result", &method_repeated)
        .matters("Clients that log results by method cannot tell a lost deletion from a lost creation.")
        .requirements(&["RFC7644-3.7-30"])
        .needs(&[Capability::Bulk, Capability::CreateUsers, Capability::DeleteUsers])
        .legal(&["POST and DELETE in the results of a POST and a DELETE"])
        .on(Only("User", "not migrated")),
    Check::new("bulk.result-version", "The version in a result is the one that the resource has", &result_version)
        .matters("The next conditional update is made with it, and fails if it is another.")
        .requirements(&["RFC7644-3.7-31"])
        .needs(&[Capability::Bulk, Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag])
        .legal(&["version has the opaque part of the ETag that a GET shows"])
        .on(Only("User", "not migrated")),
    Check::new("bulk.success-response", "A success has no response, or the resource", &success_response)
        .matters("A client that merges the response into its copy would take over somebody else's values.")
        .requirements(&["RFC7644-3.7-19"])
        .needs(&[Capability::Bulk, Capability::CreateUsers])
        .legal(&["no response", "a response with the id and the userName of the user"])
        .on(Only("User", "not migrated")),
    Check::new("bulk.result-order", "Results come in the order of the operations", &result_order)
        .matters("Many clients pair results with operations by position.")
        .requirements(&["RFC7644-3.7.3-06"])
        .needs(&[Capability::Bulk, Capability::CreateUsers, Capability::CreateGroups])
        .legal(&["the bulkIds in the order of the request, even where one operation refers forward"]),
];

/// A user that cannot be created: it has no userName.
pub(super) fn nameless(context: &Context) -> Value {
    let mut body = context.data().user();
    if let Some(members) = body.as_object_mut() {
        members.remove("userName");
    }
    body
}

async fn all_reported(context: &Context) -> CheckResult {
    let job = Job::new().post("/Users", "u1", &context.data().user()).post("/Users", "u2", &nameless(context)).post(
        "/Users",
        "u3",
        &context.data().user(),
    );
    let answered = job.send(context).await?;
    let count = answered.results().len();
    let all = count == 3 && (0..3).all(|index| answered.result(index).is_some());
    context.expect(&answered.exchange).that(all, "not every operation has a result", format!("{count} of 3 results"));
    Ok(())
}

async fn statuses(context: &Context) -> CheckResult {
    let body = context.data().user();
    let user = context.create("/Users", &body).await?;
    let other = context.user().await?;
    let nobody = format!("/Users/{}", context.data().unknown_id());
    let job = Job::new()
        .post("/Users", "u1", &context.data().user())
        .put(&format!("/Users/{}", user.id), &body)
        .delete(&format!("/Users/{}", other.id))
        .put(&nobody, &context.data().user())
        .post("/Users", "u2", &body);
    let answered = job.send(context).await?;
    let legal: [(&str, &[u16]); 5] = [
        ("POST", &[201]),
        ("PUT", &[200]),
        ("DELETE", &[204]),
        ("PUT on an unknown id", &[404]),
        ("second POST", &[409]),
    ];
    for (index, (what, legal)) in legal.into_iter().enumerate() {
        let right = answered.status(index).is_some_and(|status| legal.contains(&status));
        let words: Vec<_> = legal.iter().map(u16::to_string).collect();
        let message = format!("the {what} has not status {}", words.join(" or "));
        context.expect(&answered.exchange).that(right, &message, answered.told());
    }
    Ok(())
}

async fn status_string(context: &Context) -> CheckResult {
    let job = Job::new().post("/Users", "u1", &context.data().user()).post("/Users", "u2", &nameless(context));
    let answered = job.send(context).await?;
    for result in answered.results() {
        let status = at(result, "status").unwrap_or(&Value::Null);
        let text = at(status, "code").unwrap_or(status);
        context.expect(&answered.exchange).that(text.is_string(), "the status is not a string", status.to_string());
    }
    Ok(())
}

async fn location(context: &Context) -> CheckResult {
    let body = context.data().user();
    let user = context.create("/Users", &body).await?;
    let other = context.user().await?;
    let nobody = format!("/Users/{}", context.data().unknown_id());
    let job = Job::new()
        .post("/Users", "u1", &context.data().user())
        .put(&format!("/Users/{}", user.id), &body)
        .delete(&format!("/Users/{}", other.id))
        .put(&nobody, &context.data().user())
        .post("/Users", "u2", &nameless(context));
    let answered = job.send(context).await?;
    for (index, what) in ["POST", "PUT", "DELETE", "PUT that failed"].into_iter().enumerate() {
        let requirements: &[&str] = if index == 3 { &["RFC7644-3.7.3-02"] } else { &["RFC7644-3.7-17"] };
        let message = format!("the result of the {what} has no location");
        let there = answered.location(index).is_some();
        context.expect(&answered.exchange).under(requirements).that(there, &message, answered.told());
    }
    let none = answered.location(4).is_none() || answered.is_success(4);
    let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7.3-02"]);
    expect.that(none, "a POST that failed has a location", answered.location(4).unwrap_or_default());
    for index in 0..2 {
        let location = answered.location(index).and_then(|location| answered.exchange.url.join(location).ok());
        let Some(url) = location.filter(|_| answered.is_success(index)) else { continue };
        let place = format!("Operations[{index}].location");
        if let Some(read) = context.follow(&answered.exchange, &place, url, &["RFC7644-3.7-17"]).await? {
            context.expect(&read).after(&answered.exchange).under(&["RFC7644-3.7-17"]).status(&[200]);
        }
    }
    Ok(())
}

async fn bulk_id_returned(context: &Context) -> CheckResult {
    let name = context.data().name();
    let answered = Job::new().post("/Users", &name, &context.data().user()).send(context).await?;
    let expect = context.expect(&answered.exchange).equals("Operations[0].bulkId", &json!(name));
    expect.has("Operations[0].location");
    Ok(())
}

async fn method_repeated(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let job = Job::new().post("/Users", "u1", &context.data().user()).delete(&format!("/Users/{}", user.id));
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

/// The part of an entity tag between the quotes; a bare text is that already.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"')
}

async fn result_version(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["displayName"])?;
    let user = context.user().await?;
    let mut body = context.sendable(&user, user.body());
    body["displayName"] = json!(context.data().name());
    let job = Job::new().post("/Users", "u1", &context.data().user()).put(&format!("/Users/{}", user.id), &body);
    let answered = job.send(context).await?;
    for index in 0..2 {
        let read = answered.read(context, index).await?;
        let told = answered.result(index).and_then(|result| at(result, "version")).and_then(Value::as_str);
        let shown = read.header("etag").or_else(|| read.text("meta.version"));
        let same = told.is_some() && told.map(opaque) == shown.map(opaque);
        let observed = format!("version {}, ETag {}", told.unwrap_or("missing"), shown.unwrap_or("missing"));
        let expect = context.expect(&read).after(&answered.exchange);
        expect.that(same, "the version in the result is not the resource's", observed);
    }
    Ok(())
}

async fn success_response(context: &Context) -> CheckResult {
    let body = context.data().user();
    let answered = Job::new().post("/Users", "u1", &body).send(context).await?;
    let response = answered.result(0).and_then(|result| at(result, "response")).filter(|response| !response.is_null());
    if response.is_some() {
        let expect = context.expect(&answered.exchange);
        expect.equals("Operations[0].response.userName", &body["userName"]).has("Operations[0].response.id");
    }
    Ok(())
}

async fn result_order(context: &Context) -> CheckResult {
    let mut group = context.data().group();
    group["members"] = json!([{"value": "bulkId:u2"}]);
    let job = Job::new()
        .post("/Groups", "u1", &group)
        .post("/Users", "u2", &context.data().user())
        .post("/Users", "u3", &nameless(context))
        .post("/Users", "u4", &context.data().user());
    let answered = job.send(context).await?;
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
