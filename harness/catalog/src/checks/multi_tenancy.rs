//! Two tenants of one endpoint (RFC 7644 section 6; RFC 7643 sections 3.1 and 9.3). The second one's credentials, and its
//! base URL where that differs, are the operator's to give.

use reqwest::Method;
use scim::capability::ResourceOperation;
use serde_json::{Value, json};
use weir_exchange::{Client, Request};

use crate::check::cohort::ids_in;
use crate::check::{Check, CheckResult, Context, Stop, patch_of};
use weir_judge::Because;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "multi-tenancy.foreign-id",
        "The id of another tenant's resource is an unknown id, to read and to write",
        &foreign_id,
    )
    .matters("Ids leak in logs and links; whoever holds one must not be able to read, change or delete the resource.")
    .requirements(&["RFC7644-6-02"])
    .legal(&["404 or 403 for each method, and the resource is as it was"])
    .on_every_type(&[ResourceOperation::Create]),
    Check::new(
        "multi-tenancy.foreign-lists",
        "Lists, filters and searches show nothing of another tenant",
        &foreign_lists,
    )
    .matters("One forgotten condition in a query shows one customer the people of all others.")
    .requirements(&["RFC7644-6-02"])
    .legal(&["200 without the other tenant's resource", "501 for a search"])
    .on_every_type(&[ResourceOperation::Create, ResourceOperation::Filter]),
    Check::new("multi-tenancy.foreign-url", "The credentials of one tenant open no other tenant's URL", &foreign_url)
        .matters("Tenants differ by a word in the URL; whoever changes it must meet a closed door.")
        .requirements(&["RFC7644-6.1-03"])
        .legal(&["401, 403 or 404"])
        .on_every_type(&[]),
    Check::new(
        "multi-tenancy.external-id",
        "Two tenants may use one externalId, and each finds its own resource by it",
        &external_id,
    )
    .matters("Every directory numbers its people from 1; the second customer could not be provisioned.")
    .requirements(&["RFC7643-3.1-17", "RFC7644-6.2-02", "RFC7643-9.3-03"])
    .legal(&["201 for both, and each finds one resource"])
    .on_every_type(&[ResourceOperation::Create]),
    Check::new(
        "multi-tenancy.separate-ids",
        "Resources of two tenants have different ids, though they are alike",
        &separate_ids,
    )
    .matters("An id that follows from the name lets one customer find out whom the other employs.")
    .requirements(&["RFC7643-9.3-02"])
    .legal(&["two ids"])
    .on_every_type(&[ResourceOperation::Create]),
];

/// A client of the other tenant; without one the check ends.
fn other(context: &Context) -> Result<Client, Stop> {
    context.stranger().ok_or_else(|| {
        Stop::Skip(
            Because::Option,
            "no credentials of another tenant were given (--second-bearer, --second-basic, --second-url)".into(),
        )
    })
}

async fn foreign_id(context: &Context) -> CheckResult {
    let other = other(context)?;
    let resource = context.resource().await?;
    let name = context.data().name();
    let naming = context.naming()?;
    let patch = patch_of(&json!([{"op": "replace", "path": naming.path(), "value": name}]));
    for request in [
        resource.request(Method::GET),
        resource.request(Method::PUT).json(&context.body()),
        resource.request(Method::PATCH).json(&patch),
        resource.request(Method::DELETE),
    ] {
        let answer = other.send(request).await.map_err(Stop::NoAnswer)?;
        context.expect(&answer).after(&resource.exchange).that(
            !answer.is_success(),
            "another tenant's resource is reached",
            answer.status.to_string(),
        );
    }
    let after = context.send(resource.request(Method::GET)).await?;
    context.expect(&after).status(&[200]);
    if after.status == 200 {
        let name = naming.values(resource.body()).first().copied().unwrap_or(&Value::Null);
        context.expect(&after).after(&resource.exchange).equals(&naming.path(), name);
    }
    Ok(())
}

async fn foreign_lists(context: &Context) -> CheckResult {
    let other = other(context)?;
    let resource = context.named_resource().await?;
    let filter = context.filter_by_name(&context.sent(&resource))?;
    let found =
        other.send(Request::get(context.collection()).query("filter", &filter)).await.map_err(Stop::NoAnswer)?;
    if found.status == 200 {
        context.expect(&found).after(&resource.exchange).lists(&[]).equals("totalResults", &json!(0));
    }
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": filter,
    });
    for path in [format!("{}/.search", context.collection()), "/.search".to_owned()] {
        let found = other.send(Request::post(&path).json(&search)).await.map_err(Stop::NoAnswer)?;
        if found.status == 200 {
            context.expect(&found).after(&resource.exchange).lists(&[]);
        }
    }
    Ok(())
}

async fn foreign_url(context: &Context) -> CheckResult {
    let other = other(context)?;
    if other.base_url() == context.client().base_url() {
        return context.not_given("both tenants have one base URL, so the credentials alone name the tenant");
    }
    if other.base_url().origin() != context.client().base_url().origin() {
        return context.not_given("the other tenant has another origin, to which these credentials are not sent");
    }
    let crossed = context.client().elsewhere(other.base_url(), context.client().credentials().clone());
    let answer = crossed.send(Request::get(context.collection()).query("count", "1")).await.map_err(Stop::NoAnswer)?;
    context.expect(&answer).status(&[401, 403, 404]);
    Ok(())
}

/// Creates a resource as the other tenant; what it cannot create ends the check.
async fn create_there(
    context: &Context,
    other: &Client,
    body: &Value,
) -> Result<std::sync::Arc<weir_exchange::Exchange>, Stop> {
    let answer = other.send(Request::post(context.collection()).json(body)).await.map_err(Stop::NoAnswer)?;
    if matches!(answer.status, 401 | 403 | 501) {
        context.not_given(format!("the other tenant's credentials may not create resources: {}", answer.status))?;
    }
    Ok(answer)
}

async fn external_id(context: &Context) -> CheckResult {
    let other = other(context)?;
    let external_id = context.data().name();
    let body = || {
        let mut body = context.body();
        body["externalId"] = json!(external_id);
        body
    };
    let here = context.create(context.collection(), &body()).await?;
    let there = create_there(context, &other, &body()).await?;
    context.expect(&there).after(&here.exchange).under(&["RFC7643-3.1-17", "RFC7644-6.2-02"]).status(&[201]);
    let is_kept = *here.value("externalId") == json!(external_id);
    if there.status == 201 && is_kept && context.may(ResourceOperation::Filter) {
        let filter = format!("externalId eq \"{external_id}\"");
        let found = context.look_up(Request::get(context.collection()).query("filter", &filter)).await?;
        if found.status == 200 {
            // A list of others than these two shows that the filter is not followed, and nothing of tenants.
            let own = [Some(here.id.as_str()), there.text("id")];
            if ids_in(&found).into_iter().any(|id| !own.contains(&Some(id))) {
                context.needs_followed("externalId", "filter.eq").await?;
            }
            context.expect(&found).after(&there).under(&["RFC7643-3.1-17"]).lists(&[here.id.as_str()]);
        }
    }
    Ok(())
}

async fn separate_ids(context: &Context) -> CheckResult {
    let other = other(context)?;
    let body = context.body();
    let here = context.create(context.collection(), &body).await?;
    let there = create_there(context, &other, &body).await?;
    if let Some(id) = there.text("id").filter(|_| there.is_success()) {
        context.expect(&there).after(&here.exchange).that(id != here.id, "both resources have one id", id);
    }
    Ok(())
}
