//! The protocol's version in the URL (RFC 7644 section 3.13).

use reqwest::Method;
use scim::noun::with_article;
use serde_json::Value;
use url::Url;
use weir_exchange::{Exchange, Request};

use super::word;
use crate::check::{Check, CheckResult, Context};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("errors.version-refused", "A version of the protocol that does not exist is refused", &refused)
        .matters("A client of a later protocol that is answered by this one reads attributes that mean something else.")
        .requirements(&["RFC7644-3.12-27", "RFC7644-3.13-01", "RFC7644-3.13-03"])
        .legal(&["404", "400 with scimType invalidVers"]),
    Check::new(
        "errors.version-in-locations",
        "Under a versioned base URL, locations keep the version right before the endpoint",
        &in_locations,
    )
    .matters("A client stores the location; without the version the next release of the endpoint answers there.")
    .requirements(&["RFC7644-3.13-02"])
    .legal(&["meta.location and Location hold /vN/ right before the endpoint of the resource type"]),
    Check::new(
        "errors.version-left-out",
        "Without a version in the URL the latest one answers, if any does",
        &left_out,
    )
    .matters("A client that is given the short URL expects SCIM 2.0, not an interface of its predecessor.")
    .requirements(&["RFC7644-3.13-04"])
    .legal(&["an answer like that of the versioned URL", "an error"]),
];

/// The version with which the base URL ends, such as `v2`.
fn version(base: &Url) -> Option<&str> {
    let last = base.path_segments()?.next_back()?;
    let digits = last.strip_prefix('v')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')).then_some(last)
}

/// The base URL with another last segment, or without one, and `/Users` after it.
fn users_at(base: &Url, version: Option<&str>) -> Option<Url> {
    let mut url = base.clone();
    {
        let mut segments = url.path_segments_mut().ok()?;
        segments.pop().extend(version).push("Users");
    }
    Some(url)
}

/// The request under another version; a base URL that ends with none ends the check.
fn elsewhere(context: &Context, other: Option<&str>) -> Result<Request, crate::check::Stop> {
    let base = context.client().base_url();
    let url = version(base).and_then(|_| users_at(base, other));
    let Some(url) = url else {
        context.not_given("the base URL does not end with a version")?;
        return Ok(Request::get("/Users"));
    };
    Ok(Request::absolute(Method::GET, url).query("count", "1"))
}

async fn refused(context: &Context) -> CheckResult {
    let answer = context.send(elsewhere(context, Some("v99"))?).await?;
    context.expect(&answer).under(&["RFC7644-3.13-03"]).that(
        !answer.is_success(),
        "a version that does not exist is served",
        answer.status.to_string(),
    );
    if answer.status == 400 {
        let found = word(&answer, "scimType");
        context.expect(&answer).under(&["RFC7644-3.12-27"]).that(
            found == Some("invalidVers"),
            "scimType is not invalidVers",
            found.unwrap_or("none"),
        );
    }
    Ok(())
}

async fn in_locations(context: &Context) -> CheckResult {
    let Some(version) = version(context.client().base_url()) else {
        return context.not_given("the base URL does not end with a version");
    };
    for (kind, resource) in context.one_of_each().await? {
        let expected = format!("/{version}{}/", kind.endpoint);
        let answer = context.read(&resource).await?;
        for (place, location) in
            [("Location", resource.exchange.header("location")), ("meta.location", answer.text("meta.location"))]
        {
            // That it is there is asked for elsewhere.
            let Some(location) = location else { continue };
            context.expect(&answer).after(&resource.exchange).that(
                location.contains(&expected),
                &format!("{place} of {} does not hold {expected}", with_article(&kind.name)),
                location,
            );
        }
    }
    Ok(())
}

/// What makes a list a list of SCIM 2.0.
fn shape(answer: &Exchange) -> Option<&Value> {
    answer.at("schemas")
}

async fn left_out(context: &Context) -> CheckResult {
    let answer = context.send(elsewhere(context, None)?).await?;
    if !answer.is_success() {
        return Ok(());
    }
    let versioned = context.send(Request::get("/Users").query("count", "1")).await?;
    context.expect(&answer).after(&versioned).that(
        shape(&answer) == shape(&versioned),
        "the URL without a version answers in another form than the versioned one",
        shape(&answer).map_or_else(|| "no schemas".into(), Value::to_string),
    );
    Ok(())
}
