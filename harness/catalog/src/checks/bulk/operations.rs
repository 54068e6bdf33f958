//! What single operations of a job do, and which of them are refused.

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::job::Job;
use crate::check::{Check, CheckResult, Context, Resource, patch_of};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("bulk.put", "A PUT in a job replaces the resource", &put)
        .matters("A nightly job of full updates is a list of PUTs.")
        .requirements(&["RFC7644-3.7.3-03"])
        .needs(&[Capability::Bulk])
        .legal(&["a result of status 200 or 204, and the resource as sent"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace]),
    Check::new("bulk.patch", "A PATCH in a job carries a PatchOp message and takes effect", &patch)
        .matters("Disabling a thousand leavers at once is a list of PATCHes.")
        .requirements(&["RFC7644-3.7-16", "RFC7644-3.7.3-03"])
        .needs(&[Capability::Bulk])
        .legal(&["a result of status 200 or 204, and the resource changed"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Patch]),
    Check::new("bulk.delete", "A DELETE in a job deletes the resource", &delete)
        .matters("An account that survives its deletion keeps its access.")
        .requirements(&["RFC7644-3.7.3-03"])
        .needs(&[Capability::Bulk])
        .legal(&["a result of status 204, and 404 for the resource afterwards"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Delete]),
    Check::new("bulk.version", "An operation whose version is stale changes nothing and has status 412", &version)
        .matters("Without it a bulk load overwrites what an administrator has just corrected.")
        .requirements(&["RFC7644-3.7-11", "RFC7644-3.7.3-03", "RFC7644-3.14-08"])
        .needs(&[Capability::Bulk, Capability::Etag])
        .legal(&["a result of status 412 (or 409) and the resource unchanged; with the current version, success"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace]),
    Check::new(
        "bulk.method-unknown",
        "An operation with a method other than POST, PUT, PATCH and DELETE, or with none, is refused",
        &method_unknown,
    )
    .matters("A GET that is answered as done makes the client wait for data that never come.")
    .requirements(&["RFC7644-3.7-07"])
    .needs(&[Capability::Bulk])
    .legal(&["a result of status 4xx, or 400 for the job"])
    .on_every_type(&[ResourceOperation::Create]),
    Check::new("bulk.path-kind", "A POST goes to an endpoint and the other methods to a resource", &path_kind)
        .matters("A DELETE of /Users that is taken at its word empties the directory.")
        .requirements(&["RFC7644-3.7-12", "RFC7644-3.7-13"])
        .needs(&[Capability::Bulk])
        .legal(&["results of status 4xx for POST to a resource, PUT to a collection and DELETE /ServiceProviderConfig"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("bulk.path-missing", "An operation without path is refused", &path_missing)
        .matters("A server that guesses the endpoint creates users where groups were meant.")
        .requirements(&["RFC7644-3.7-14"])
        .needs(&[Capability::Bulk])
        .legal(&["a result of status 4xx, or 400 for the job"]),
    Check::new("bulk.data-missing", "A POST, PUT or PATCH without data is refused", &data_missing)
        .matters("An operation whose data were lost on the way must not count as done.")
        .requirements(&["RFC7644-3.7-15"])
        .needs(&[Capability::Bulk])
        .legal(&["results of status 4xx, or 400 for the job; nothing changes"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new(
        "bulk.nested",
        "A job inside a job, and an operation on an endpoint that does not exist, are refused",
        &nested,
    )
    .matters("A job that carries itself would get round every limit.")
    .requirements(&["RFC7644-3.7-32"])
    .needs(&[Capability::Bulk])
    .legal(&["results of status 4xx or 501"]),
    Check::new("bulk.bulk-id-missing", "A POST without bulkId is refused, or carried out", &bulk_id_missing)
        .matters("Clients of other vendors leave it out when nothing refers to it.")
        .requirements(&["RFC7644-3.7-08"])
        .needs(&[Capability::Bulk])
        .legal(&["a result of status 400, or 400 for the job", "a result of status 201"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("bulk.bulk-id-twice", "Two operations with one bulkId do not go unnoticed", &bulk_id_twice)
        .matters("A reference to it would mean either of two resources.")
        .requirements(&["RFC7644-3.7-10"])
        .needs(&[Capability::Bulk])
        .legal(&["400 or 409 for the job, or for one of the operations"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("bulk.order-kept", "A DELETE that frees a name comes before the POST that takes it", &order_kept)
        .matters(
            "A rehire is sent as DELETE of the old account and POST of the new one; creations first would end in 409.",
        )
        .requirements(&["RFC7644-3.7-29"])
        .needs(&[Capability::Bulk])
        .legal(&["results of status 204 and 201, and the new resource there"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Delete]),
];

async fn put(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let user = context.resource().await?;
    let mut body = context.sendable(&user, user.body());
    text.put(&mut body, json!(context.data().name()));
    let answered = Job::new().put(&user.path(), &body).send(context).await?;
    let right = matches!(answered.status(0), Some(200 | 204));
    if !right {
        context.replace(&user, &body).await?;
    }
    context.expect(&answered.exchange).that(
        right,
        "Operations[0].status of the PUT is not 200 or 204",
        answered.outcomes(),
    );
    let read = context.read(&user).await?;
    context
        .expect(&read)
        .after(&answered.exchange)
        .equals(&text.path(), text.values(&body).first().copied().unwrap_or(&Value::Null));
    Ok(())
}

async fn patch(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let user = context.resource().await?;
    let name = json!(context.data().name());
    let operations = json!([{"op": "replace", "path": text.path(), "value": name}]);
    let answered = Job::new().patch(&user.path(), &operations).send(context).await?;
    let right = matches!(answered.status(0), Some(200 | 204));
    if !right {
        needs_change_without_job(context, &user, &operations).await?;
    }
    context.expect(&answered.exchange).that(
        right,
        "Operations[0].status of the PATCH is not 200 or 204",
        answered.outcomes(),
    );
    let read = context.read(&user).await?;
    context.expect(&read).after(&answered.exchange).equals(&text.path(), &name);
    Ok(())
}

/// Ends the check where the PATCH fails without a job as well, which `patch.replace` judges.
async fn needs_change_without_job(context: &Context, resource: &Resource, operations: &Value) -> CheckResult {
    let answer = context.send(resource.request(Method::PATCH).json(&patch_of(operations))).await?;
    if answer.is_success() {
        return Ok(());
    }
    let reason = format!("the PATCH, sent without a job, was answered with {}", answer.outcome());
    Err(context.blocked(reason, &context.on_subject("patch.replace"), vec![answer]))
}

async fn delete(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let answered = Job::new().delete(&user.path()).send(context).await?;
    let right = matches!(answered.status(0), Some(200 | 204));
    if !right {
        context.delete(&context.resource().await?).await?;
    }
    context.expect(&answered.exchange).that(
        right,
        "Operations[0].status of the DELETE is not 204",
        answered.outcomes(),
    );
    let read = context.send(user.request(Method::GET)).await?;
    context.expect(&read).after(&answered.exchange).status(&[404]);
    Ok(())
}

async fn version(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let user = context.resource().await?;
    let Some(stale) = user.exchange.header("etag").or_else(|| user.exchange.text("meta.version")) else {
        return context.unable("the new user has no ETag");
    };
    let mut body = context.sendable(&user, user.body());
    text.put(&mut body, json!(context.data().name()));
    context.replace(&user, &body).await?;
    let mut late = body.clone();
    text.put(&mut late, json!(context.data().name()));
    let path = user.path();
    let conditional = |version: &str| json!({"method": "PUT", "path": path, "version": version, "data": late});
    let answered = Job::new().operation(conditional(stale)).send(context).await?;
    let right = matches!(answered.status(0), Some(412 | 409));
    let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7-11", "RFC7644-3.7.3-03"]);
    expect.that(right, "Operations[0].status of the stale operation is not 412", answered.outcomes());
    let read = context.read(&user).await?;
    let expect = context.expect(&read).after(&answered.exchange).under(&["RFC7644-3.14-08"]);
    expect.equals(&text.path(), text.values(&body).first().copied().unwrap_or(&Value::Null));
    if let Some(current) = read.header("etag").or_else(|| read.text("meta.version")) {
        let answered = Job::new().operation(conditional(current)).send(context).await?;
        let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7-11"]);
        expect.that(answered.is_success(0), "the operation with the current version fails", answered.outcomes());
    }
    Ok(())
}

/// Refused by the result of one operation, or as a whole job. Says whether there are results to look at.
async fn refused(context: &Context, job: Job, what: &str) -> CheckResult {
    let exchange = context.send(Request::post("/Bulk").json(&job.body())).await?;
    if exchange.status == 400 {
        return Ok(());
    }
    let expect = context.expect(&exchange).status(&[200]);
    let status = |result: &Value| {
        let status = at(result, "status").map_or(Value::Null, |status| at(status, "code").unwrap_or(status).clone());
        status.as_str().map_or_else(|| status.to_string(), str::to_owned)
    };
    let statuses: Vec<_> =
        exchange.at("Operations").and_then(Value::as_array).into_iter().flatten().map(status).collect();
    let refused = statuses.iter().all(|status| status.starts_with('4') || status == "501");
    expect.that(!statuses.is_empty() && refused, what, format!("status {}", statuses.join(", ")));
    Ok(())
}

async fn method_unknown(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let path = user.path();
    let get = Job::new().operation(json!({"method": "GET", "path": path}));
    refused(context, get, "the operation with method GET is not refused").await?;
    let none = Job::new().operation(json!({"path": context.collection(), "bulkId": "u1", "data": context.body()}));
    refused(context, none, "the operation without method is not refused").await
}

async fn path_kind(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let path = user.path();
    let answered = Job::new().post(&path, "u1", &context.body()).send(context).await?;
    let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7-12"]);
    expect.that(answered.is_refused(0), "the POST to a resource is not refused", answered.outcomes());
    // PUT, since an endpoint that took DELETE /Users at its word would be emptied by the check.
    let jobs = [Job::new().put(context.collection(), &context.body()), Job::new().delete("/ServiceProviderConfig")];
    for job in jobs {
        let answered = job.send(context).await?;
        let refused = answered.is_refused(0) || answered.status(0) == Some(501);
        let expect = context.expect(&answered.exchange).under(&["RFC7644-3.7-13"]);
        expect.that(refused, "the operation on what is not a resource is not refused", answered.outcomes());
    }
    Ok(())
}

async fn path_missing(context: &Context) -> CheckResult {
    let job = Job::new().operation(json!({"method": "POST", "bulkId": "u1", "data": context.body()}));
    refused(context, job, "the operation without path is not refused").await
}

async fn data_missing(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let path = user.path();
    let post = Job::new().operation(json!({"method": "POST", "path": context.collection(), "bulkId": "u1"}));
    refused(context, post, "the POST without data is not refused").await?;
    for method in ["PUT", "PATCH"] {
        let job = Job::new().operation(json!({"method": method, "path": path}));
        refused(context, job, "the operation without data is not refused").await?;
    }
    Ok(())
}

async fn nested(context: &Context) -> CheckResult {
    let inner = Job::new().post(context.collection(), "u2", &context.body()).body();
    let job = Job::new().post("/Bulk", "u1", &inner);
    refused(context, job, "the job inside a job is not refused").await?;
    let endpoint = format!("/{}", context.data().name());
    let job = Job::new().post(&endpoint, "u1", &context.body());
    refused(context, job, "the operation on an unknown endpoint is not refused").await
}

async fn bulk_id_missing(context: &Context) -> CheckResult {
    let operation = json!({"method": "POST", "path": context.collection(), "data": context.body()});
    let exchange = context.send(Request::post("/Bulk").json(&Job::new().operation(operation).body())).await?;
    let status = exchange.at("Operations[0].status").map_or_else(String::new, Value::to_string);
    let right = exchange.status == 400 || status.contains("400") || status.contains("201");
    context.expect(&exchange).that(right, "the operation is neither refused nor carried out", status);
    Ok(())
}

async fn bulk_id_twice(context: &Context) -> CheckResult {
    let (first, second) = (context.body(), context.body());
    let job = Job::new().post(context.collection(), "u1", &first).post(context.collection(), "u1", &second);
    let exchange = context.send(Request::post("/Bulk").json(&job.body())).await?;
    let results = exchange.at("Operations").and_then(Value::as_array).into_iter().flatten();
    let statuses: Vec<_> =
        results.map(|result| at(result, "status").map_or_else(String::new, Value::to_string)).collect();
    let noticed = matches!(exchange.status, 400 | 409)
        || statuses.iter().any(|status| status.contains("400") || status.contains("409"));
    context.expect(&exchange).that(noticed, "both operations went through", statuses.join(", "));
    Ok(())
}

async fn order_kept(context: &Context) -> CheckResult {
    let naming = context.naming()?;
    let body = context.body();
    let user = context.create(context.collection(), &body).await?;
    let job = Job::new().delete(&user.path()).post(context.collection(), "u1", &body);
    let answered = job.send(context).await?;
    let right = answered.is_success(0) && answered.is_success(1);
    if !answered.is_success(0) {
        context.delete(&context.resource().await?).await?;
    }
    if answered.is_success(0) && !right && !context.post(&body).await?.is_success() {
        return context.unable("the name of a deleted resource is not free, whatever the order");
    }
    context.expect(&answered.exchange).that(right, "the name was not free in time", answered.outcomes());
    if answered.is_success(1) {
        let read = answered.read(context, 1).await?;
        context
            .expect(&read)
            .after(&answered.exchange)
            .status(&[200])
            .equals(&naming.path(), naming.values(&body).first().copied().unwrap_or(&Value::Null));
    }
    Ok(())
}
