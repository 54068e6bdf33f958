//! `/Me`, the alias of the authenticated subject (RFC 7644 section 3.11). Nothing is changed of a subject that the check has
//! not registered itself.

use std::sync::Arc;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};

use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, Stop, patch_of};
use crate::data::USER;

pub(super) const CHECKS: &[Check] = &[
    Check::new("me.answer", "GET /Me shows the subject's resource, leads to it, or says that there is none", &answer)
        .matters("Self-service clients begin with /Me, and have to tell a missing feature from a failure.")
        .requirements(&["RFC7644-3.2-13", "RFC7644-3.11-02", "RFC7644-3.11-03", "RFC7644-3.11-04", "RFC7644-3.11-07"])
        .legal(&[
            "200 with the resource and its permanent location",
            "308 with a Location",
            "404 if no resource belongs to the subject",
            "501 if /Me is not offered (404 noted)",
        ])
        .alone(),
    Check::new("me.anonymous", "/Me without credentials is refused", &anonymous)
        .matters("/Me is an alias for the authenticated subject, and without credentials there is none.")
        .requirements(&["RFC7644-3.11-09"])
        .legal(&["401", "404 or 501 if /Me is not offered"]),
    Check::new(
        "me.register",
        "What POST /Me registers is a resource with a permanent location, and /Me from then on",
        &register,
    )
    .matters("Self-registration that answers with the alias leaves the client without the account's id.")
    .requirements(&["RFC7644-3.11-08", "RFC7644-3.11-01", "RFC7644-3.11-07", "RFC7644-3.2-13"])
    .needs(&[Capability::CreateUsers])
    .legal(&[
        "201 with a Location that is the resource's own, and GET /Me shows the same resource",
        "any 4xx or 501 if there is no registration",
    ])
    .on(Only("User", "RFC 7644 section 3.11 ties /Me to the resource of the subject, which is a User in RFC 7643"))
    .alone(),
    Check::new("me.change", "A change of /Me is a change of the subject's resource", &change)
        .matters("A person who changes a phone number in self-service expects it to be changed.")
        .requirements(&["RFC7644-3.11-06", "RFC7644-3.11-01", "RFC7644-3.11-07", "RFC7644-3.2-13"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 or 204, seen at the permanent location", "any 4xx or 501 if /Me cannot be changed"])
        .on(Only("User", "RFC 7644 section 3.11 ties /Me to the resource of the subject, which is a User in RFC 7643"))
        .alone(),
];

/// What refuses a feature that is not offered.
fn is_refused(answer: &Exchange) -> bool {
    (400..500).contains(&answer.status) || answer.status == 501
}

/// Judges that a direct answer tells the permanent location.
fn judge_location(context: &Context, answer: &Arc<Exchange>) {
    let location = answer.header("location").unwrap_or_default();
    let id = answer.json().ok().and_then(|json| at(json, "id")).and_then(Value::as_str).map(str::to_owned);
    context.expect(answer).under(&["RFC7644-3.11-07"]).header("location").that(
        !location.trim_end_matches('/').to_ascii_lowercase().ends_with("/me")
            && id.is_none_or(|id| location.ends_with(&id)),
        "Location is not the permanent one of the resource",
        location,
    );
    if let Some(own) = answer.json().ok().and_then(|json| at(json, "meta.location")).and_then(Value::as_str) {
        // Either may be relative (RFC 7231 section 7.1.2).
        let is_same = answer.url.join(own).ok() == answer.url.join(location).ok();
        context.expect(answer).under(&["RFC7644-3.11-07"]).that(is_same, "Location is not meta.location", location);
    }
}

async fn answer(context: &Context) -> CheckResult {
    let answer = context.send(Request::get("/Me").without_following()).await?;
    context.expect(&answer).under(&["RFC7644-3.2-13", "RFC7644-3.11-03"]).status(&[200, 308, 404, 501]);
    match answer.status {
        200 => judge_location(context, &answer),
        308 => {
            context.expect(&answer).under(&["RFC7644-3.11-04"]).header("location");
        }
        404 if !context.discovery().offers(Capability::Me) => {
            // A subject without resource looks the same, so only registration tells the two apart.
            let tried = context.send(Request::new(Method::OPTIONS, "/Me")).await?;
            let offered = tried.header("allow").is_some_and(|allow| allow.contains("POST"));
            context.expect(&answer).under(&["RFC7644-3.11-02"]).that(
                offered,
                "/Me is not offered, which 501 would say",
                "404",
            );
        }
        _ => {}
    }
    Ok(())
}

async fn anonymous(context: &Context) -> CheckResult {
    let answer = context.send(Request::get("/Me").without_credentials()).await?;
    let with = context.send(Request::get("/Me")).await?;
    let offered = with.is_success() || with.status == 308;
    let legal: &[u16] = if offered { &[401] } else { &[401, 404, 501] };
    context.expect(&answer).status(legal);
    Ok(())
}

/// Registers a user for the subject, if it has none and can.
async fn registered(context: &Context) -> Result<Arc<Exchange>, Stop> {
    let before = context.send(Request::get("/Me").without_following()).await?;
    if before.is_success() || before.status == 308 {
        context.not_given("the subject has a resource already, which is not ours to change")?;
    }
    let answer = context.send(Request::post("/Me").without_following().json(&context.data().user())).await?;
    if is_refused(&answer) {
        context.not_offered(format!("POST /Me is refused with {}: there is no registration", answer.status))?;
    }
    Ok(answer)
}

async fn register(context: &Context) -> CheckResult {
    let created = registered(context).await?;
    context.expect(&created).under(&["RFC7644-3.11-08"]).status(&[201]).json().has("id").has("meta.resourceType");
    judge_location(context, &created);
    let id = created.json().ok().and_then(|json| at(json, "id")).cloned().unwrap_or_default();
    let answer = context.send(Request::get("/Me").without_following()).await?;
    if answer.status != 308 {
        context.expect(&answer).after(&created).under(&["RFC7644-3.11-01"]).status(&[200]).json().equals("id", &id);
        judge_location(context, &answer);
    }
    let deleted = context.send(Request::delete("/Me").without_following()).await?;
    context.expect(&deleted).under(&["RFC7644-3.2-13"]).that(
        deleted.is_success() || is_refused(&deleted) || deleted.status == 308,
        "DELETE /Me is neither done nor refused",
        deleted.status.to_string(),
    );
    if deleted.status == 204 {
        let gone = context.send(Request::get("/Users").segment(id.as_str().unwrap_or_default())).await?;
        context.expect(&gone).after(&deleted).under(&["RFC7644-3.11-01"]).status(&[404]);
    }
    Ok(())
}

async fn change(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["nickName"])?;
    context.needs_kept(&["nickName"])?;
    let created = registered(context).await?;
    let id = created.json().ok().and_then(|json| at(json, "id")).and_then(Value::as_str).unwrap_or_default();
    let own = Request::get("/Users").segment(id);
    let patch = patch_of(&json!([{"op": "replace", "path": "nickName", "value": "Gauge"}]));
    let changed = context.send(Request::patch("/Me").without_following().json(&patch)).await?;
    if changed.is_success() {
        if changed.status == 200 {
            judge_location(context, &changed);
        }
        let found = context.send(own.clone()).await?;
        context.expect(&found).after(&changed).under(&["RFC7644-3.11-06"]).equals("nickName", &json!("Gauge"));
    }
    let mut body = created.json().ok().cloned().unwrap_or_default();
    body["nickName"] = "Weir".into();
    let replaced = context.send(Request::put("/Me").without_following().json(&body)).await?;
    if replaced.is_success() {
        judge_location(context, &replaced);
        let found = context.send(own).await?;
        context.expect(&found).after(&replaced).under(&["RFC7644-3.11-06"]).equals("nickName", &json!("Weir"));
    }
    for answer in [&changed, &replaced] {
        context.expect(answer).under(&["RFC7644-3.2-13"]).that(
            answer.is_success() || is_refused(answer) || answer.status == 308,
            "a change of /Me is neither done nor refused",
            answer.status.to_string(),
        );
    }
    Ok(())
}
