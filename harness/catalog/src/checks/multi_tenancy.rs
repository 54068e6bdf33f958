//! Two tenants of one endpoint (RFC 7644 section 6; RFC 7643 sections 3.1 and 9.3). The second one's credentials, and its
//! base URL where that differs, are the operator's to give.

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::{Client, Request};

use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, Stop, patch_of};
use weir_judge::Because;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "multi-tenancy.foreign-id",
        "The id of another tenant's user is an unknown id, to read and to write",
        &foreign_id,
    )
    .matters("Ids leak in logs and links; whoever holds one must not be able to read, change or delete the account.")
    .requirements(&["RFC7644-6-02"])
    .needs(&[Capability::CreateUsers])
    .legal(&["404 or 403 for each method, and the user is as it was"])
    .on(Only("User", "not migrated")),
    Check::new(
        "multi-tenancy.foreign-lists",
        "Lists, filters and searches show nothing of another tenant",
        &foreign_lists,
    )
    .matters("One forgotten condition in a query shows one customer the people of all others.")
    .requirements(&["RFC7644-6-02"])
    .needs(&[Capability::CreateUsers, Capability::FilterUsers])
    .legal(&["200 without the other tenant's user", "501 for a search"])
    .on(Only("User", "not migrated")),
    Check::new("multi-tenancy.foreign-url", "The credentials of one tenant open no other tenant's URL", &foreign_url)
        .matters("Tenants differ by a word in the URL; whoever changes it must meet a closed door.")
        .requirements(&["RFC7644-6.1-03"])
        .legal(&["401, 403 or 404"]),
    Check::new(
        "multi-tenancy.external-id",
        "Two tenants may use one externalId, and each sees its own user by it",
        &external_id,
    )
    .matters("Every directory numbers its people from 1; the second customer could not be provisioned.")
    .requirements(&["RFC7643-3.1-17", "RFC7644-6.2-02", "RFC7643-9.3-03"])
    .needs(&[Capability::CreateUsers])
    .legal(&["201 for both, and each finds one user"])
    .on(Only("User", "not migrated")),
    Check::new(
        "multi-tenancy.separate-ids",
        "Users of two tenants have different ids, though they are alike",
        &separate_ids,
    )
    .matters("An id that follows from the name lets one customer find out whom the other employs.")
    .requirements(&["RFC7643-9.3-02"])
    .needs(&[Capability::CreateUsers])
    .legal(&["two ids"])
    .on(Only("User", "not migrated")),
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
    let user = context.user().await?;
    let name = context.data().name();
    let patch = patch_of(&json!([{"op": "replace", "path": "userName", "value": name}]));
    for request in [
        user.request(Method::GET),
        user.request(Method::PUT).json(&context.data().user()),
        user.request(Method::PATCH).json(&patch),
        user.request(Method::DELETE),
    ] {
        let answer = other.send(request).await.map_err(Stop::NoAnswer)?;
        context.expect(&answer).after(&user.exchange).that(
            !answer.is_success(),
            "another tenant's user is reached",
            answer.status.to_string(),
        );
    }
    let after = context.send(user.request(Method::GET)).await?;
    context.expect(&after).status(&[200]);
    if after.status == 200 {
        context.expect(&after).after(&user.exchange).equals("userName", user.value("userName"));
    }
    Ok(())
}

async fn foreign_lists(context: &Context) -> CheckResult {
    let other = other(context)?;
    let user = context.user().await?;
    let filter = format!("userName eq {}", user.value("userName"));
    let found = other.send(Request::get("/Users").query("filter", &filter)).await.map_err(Stop::NoAnswer)?;
    if found.status == 200 {
        context.expect(&found).after(&user.exchange).lists(&[]).equals("totalResults", &json!(0));
    }
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": filter,
    });
    for path in ["/Users/.search", "/.search"] {
        let found = other.send(Request::post(path).json(&search)).await.map_err(Stop::NoAnswer)?;
        if found.status == 200 {
            context.expect(&found).after(&user.exchange).lists(&[]);
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
    let answer = crossed.send(Request::get("/Users").query("count", "1")).await.map_err(Stop::NoAnswer)?;
    context.expect(&answer).status(&[401, 403, 404]);
    Ok(())
}

/// Creates a user as the other tenant; what it cannot create ends the check.
async fn create_there(
    context: &Context,
    other: &Client,
    body: &Value,
) -> Result<std::sync::Arc<weir_exchange::Exchange>, Stop> {
    let answer = other.send(Request::post("/Users").json(body)).await.map_err(Stop::NoAnswer)?;
    if matches!(answer.status, 401 | 403 | 501) {
        context.not_given(format!("the other tenant's credentials may not create users: {}", answer.status))?;
    }
    Ok(answer)
}

async fn external_id(context: &Context) -> CheckResult {
    let other = other(context)?;
    let external_id = context.data().name();
    let body = || {
        let mut body = context.data().user();
        body["externalId"] = json!(external_id);
        body
    };
    let here = context.create("/Users", &body()).await?;
    let there = create_there(context, &other, &body()).await?;
    context.expect(&there).after(&here.exchange).under(&["RFC7643-3.1-17", "RFC7644-6.2-02"]).status(&[201]);
    let is_kept = *here.value("externalId") == json!(external_id);
    if there.status == 201 && is_kept && context.discovery().offers(Capability::FilterUsers) {
        let filter = format!("externalId eq \"{external_id}\"");
        let found = context.send(Request::get("/Users").query("filter", &filter)).await?;
        if found.status == 200 {
            context.expect(&found).after(&there).under(&["RFC7643-3.1-17"]).lists(&[here.id.as_str()]);
        }
    }
    Ok(())
}

async fn separate_ids(context: &Context) -> CheckResult {
    let other = other(context)?;
    let body = context.data().user();
    let here = context.create("/Users", &body).await?;
    let there = create_there(context, &other, &body).await?;
    if let Some(id) = there.text("id").filter(|_| there.is_success()) {
        context.expect(&there).after(&here.exchange).that(id != here.id, "both users have one id", id);
    }
    Ok(())
}
