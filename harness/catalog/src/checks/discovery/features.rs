//! What is announced works, and what works is announced.

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Request;

use crate::check::{Check, CheckResult, Context, patch_of};
use crate::data::{GROUP, USER};

const CONFIG: &[Capability] = &[Capability::ServiceProviderConfig];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new(
        "discovery.announced-features",
        "What ServiceProviderConfig announces is not refused when it is used",
        &announced,
    )
    .matters("A client that believes the announcement sends what is refused, and has no other way prepared.")
    .requirements(&["RFC7643-5-28"])
    .needs(CONFIG)
    .legal(&["patch, filter, sort, bulk and etag work where they are announced"]),
    Check::new("discovery.patch-as-announced", "PATCH works exactly where it is announced", &patch)
        .matters(
            "A client that is told there is no PATCH sends the whole resource, and overwrites what it does not know.",
        )
        .requirements(&["RFC7644-3.5-03"])
        .needs(&[Capability::ServiceProviderConfig])
        .legal(&["success where patch.supported is true", "501, 405, 403 or 404 where it is false"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("discovery.unannounced-features", "What works is announced", &unannounced)
        .matters("Clients do not use a feature that the endpoint denies.")
        .requirements(&["RFC7644-4-01"])
        .needs(CONFIG)
        .legal(&[
            "filter, bulk and sort are refused or without effect where they are not announced; that they work is noted",
        ]),
];

async fn announced(context: &Context) -> CheckResult {
    let discovery = context.discovery();
    for contradiction in discovery.contradictions() {
        let capability = contradiction.capability;
        let message = format!("{capability} is announced and refused");
        let observed = contradiction.exchange.status.to_string();
        let expectation = context.expect(&contradiction.exchange).after(&discovery.service_provider_config.exchange);
        if discovery.declared().missing.contains(&capability) {
            expectation.note(&format!("{message}, as the target's description declares"), observed);
        } else {
            expectation.that(false, &message, observed);
        }
    }
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "DELETE", "path": format!("/Users/{}", context.data().unknown_id())}],
    });
    let collection = context.collection();
    let sort_by = if collection == "/Users" { "userName" } else { "id" };
    let trials = [
        ("sort", Capability::Sort, Request::get(collection).query("sortBy", sort_by).query("count", "1")),
        ("bulk", Capability::Bulk, Request::post("/Bulk").json(&bulk)),
    ];
    for (feature, capability, request) in trials {
        if discovery.leaves_out(capability) || discovery.config(&format!("{feature}.supported")) != Some(&json!(true)) {
            continue;
        }
        let answer = context.send(request).await?;
        let refused = matches!(answer.status, 404 | 405 | 501);
        let message = format!("{feature} is announced and refused");
        let expectation = context.expect(&answer).after(&discovery.service_provider_config.exchange);
        expectation.that(!refused, &message, answer.status.to_string());
    }
    let announced = discovery.config("etag.supported") == Some(&json!(true)) && !discovery.leaves_out(Capability::Etag);
    if announced && discovery.offers(Capability::CreateUsers) {
        let user = context.user().await?;
        let read = context.read(&user).await?;
        let tagged = read.header("etag").is_some() || read.text("meta.version").is_some();
        let expectation = context.expect(&read).after(&discovery.service_provider_config.exchange);
        expectation.that(tagged, "etag is announced, and a user has neither ETag nor meta.version", "nothing");
    }
    Ok(())
}

async fn patch(context: &Context) -> CheckResult {
    let Some(capability) = ResourceOperation::Patch.at(context.collection()) else {
        return context.skip("patch.supported speaks of the resource types of RFC 7643, and this is another one");
    };
    context.may_try(capability)?;
    if ![USER, GROUP].iter().any(|own| own.eq_ignore_ascii_case(context.schema())) {
        return context.skip("patch.supported speaks of the resource types of RFC 7643, and this has another schema");
    }
    let Some(supported) = context.discovery().config("patch.supported").and_then(Value::as_bool) else {
        return context.skip("whether PATCH is supported is not announced");
    };
    if supported && !context.may(ResourceOperation::Patch) {
        return context.not_offered("PATCH is refused, which the check of announced features judges");
    }
    let user = context.resource().await?;
    let path = context.text(0)?.path();
    let change = patch_of(&json!([{"op": "replace", "path": path, "value": context.data().name()}]));
    let answer = context.send(user.request(Method::PATCH).json(&change)).await?;
    if answer.status == 404 {
        // A resource that is not found says nothing of PATCH.
        return context.unable("a resource that was just created is not found");
    }
    let message = if supported {
        format!("PATCH is announced and does not work: that of {path} is answered {}", answer.status)
    } else {
        "PATCH works and is not announced".to_owned()
    };
    let expectation = context.expect(&answer).after(&context.discovery().service_provider_config.exchange);
    expectation.that(answer.is_success() == supported, &message, answer.status.to_string());
    Ok(())
}

async fn unannounced(context: &Context) -> CheckResult {
    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": []});
    let nobody = format!("userName eq {}", json!(context.data().name()));
    let trials = [
        ("filter", Capability::FilterUsers, Request::get("/Users").query("filter", &nobody)),
        ("bulk", Capability::Bulk, Request::post("/Bulk").json(&bulk)),
    ];
    for (feature, capability, request) in trials {
        if context.discovery().leaves_out(capability)
            || context.discovery().config(&format!("{feature}.supported")) != Some(&json!(false))
        {
            continue;
        }
        let answer = context.send(request).await?;
        // A list that ignores the filter is none that works.
        let works = answer.is_success() && (feature != "filter" || answer.at("totalResults") == Some(&json!(0)));
        let expectation = context.expect(&answer).after(&context.discovery().service_provider_config.exchange);
        expectation.that(!works, &format!("{feature} works and is not announced"), answer.status.to_string());
    }
    Ok(())
}
