//! What the endpoint says about a resource in `meta` (RFC 7643 section 3.1).

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Exchange;
use weir_judge::date_time;

use crate::check::{CREATING, Check, CheckResult, Context, Resource, Stop};

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("common-attributes.resource-type", "meta.resourceType is the name of the resource type, to the letter", &resource_type)
        .matters("Clients that keep users and groups in one table tell them apart by this word.")
        .requirements(&["RFC7643-3-01", "RFC7643-3.1-25", "RFC7644-3.3.1-01"])
        .legal(&["the name under which /ResourceTypes lists the endpoint that was used"])
        .on_every_type(CREATING),
    Check::new("common-attributes.created", "created and lastModified of a new resource are the same instant, written as dateTime", &created)
        .matters("Clients that ask for what changed since their last visit compare these times.")
        .requirements(&[
            "RFC7643-2.3.5-01",
            "RFC7643-2.3.5-02",
            "RFC7643-2.3.5-03",
            "RFC7643-3.1-24",
            "RFC7643-3.1-26",
            "RFC7643-3.1-27",
        ])
        .legal(&["meta.created is a string with date, T and time, and meta.lastModified the same instant"])
        .on_every_type(CREATING),
    Check::new("common-attributes.last-modified", "A change moves lastModified forward and leaves created alone; reading moves neither", &last_modified)
        .matters("A change that keeps its old time is missed by everybody who synchronises by time.")
        .requirements(&["RFC7643-3.1-28", "RFC7644-3.5.1-20"])
        .legal(&[
            "after a PUT that changes the resource, meta.lastModified is later than before, or equal if the endpoint's times are too coarse to tell",
        ])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace]),
    Check::new("common-attributes.location", "meta.location leads to the resource", &location)
        .matters("Provisioners store this URI and send every later change to it.")
        .requirements(&["RFC7643-3.1-29", "RFC7643-3.1-30", "RFC7644-1.3-01"])
        .legal(&[
            "a URI without query string at which GET answers 200 with the same id; equal to Content-Location where that is sent",
        ])
        .on_every_type(CREATING),
    Check::new("common-attributes.location-behind-proxy", "meta.location stays whole when a proxy names another host", &location_behind_proxy)
        .matters("Behind a reverse proxy a location with half of its path leads every later change to nowhere.")
        .requirements(&["RFC7643-3.1-30"])
        .legal(&[
            "the same URI as without the X-Forwarded headers, which are then not trusted",
            "the same path below the host that the headers name",
        ])
        .on_every_type(CREATING),
    Check::new("common-attributes.meta-from-client", "What a client writes into meta has no effect", &meta_from_client)
        .matters("Clients send back what they read; if their meta counted, a restored backup would falsify every time.")
        .requirements(&["RFC7643-3.1-22"])
        .legal(&["POST and PUT succeed, and meta shows the endpoint's own values"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace]),
    Check::new("common-attributes.version", "meta.version is an entity tag", &version)
        .matters("Clients send meta.version back in If-Match; a text that is not an entity tag never matches.")
        .requirements(&["RFC7643-3.1-33", "RFC7643-3.1-34"])
        .needs(&[Capability::Etag])
        .legal(&["absent", "a quoted text, with W/ in upper case in front if it is weak"])
        .on_every_type(CREATING),
];

/// The instant at `path`.
fn instant(exchange: &Exchange, path: &str) -> Option<jiff::Timestamp> {
    exchange.text(path).and_then(date_time::instant)
}

fn shown(exchange: &Exchange, path: &str) -> String {
    exchange.at(path).map_or_else(|| "nothing".into(), Value::to_string)
}

async fn resource_type(context: &Context) -> CheckResult {
    let kind = context.needs_kind()?;
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    for answer in [&resource.exchange, &read] {
        context.expect(answer).equals("meta.resourceType", &json!(kind.name));
    }
    Ok(())
}

async fn created(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    for path in ["meta.created", "meta.lastModified"] {
        let text = read.text(path);
        if read.at(path).is_none() {
            context.expect(&read).under(&["RFC7643-3.1-24"]).has(path);
            continue;
        }
        context.expect(&read).under(&["RFC7643-2.3.5-03", "RFC7643-3.1-26"]).that(
            text.is_some(),
            &format!("{path} is not a string"),
            shown(&read, path),
        );
        if let Some(text) = text {
            context.expect(&read).under(&["RFC7643-2.3.5-01", "RFC7643-2.3.5-02", "RFC7643-3.1-26"]).that(
                date_time::is_date_time(text) && instant(&read, path).is_some(),
                &format!("{path} is not a dateTime"),
                text,
            );
        }
    }
    context.expect(&read).after(&resource.exchange).under(&["RFC7643-3.1-27"]).that(
        instant(&read, "meta.lastModified") == instant(&read, "meta.created"),
        "meta.lastModified is another instant than meta.created",
        format!("created {}, lastModified {}", shown(&read, "meta.created"), shown(&read, "meta.lastModified")),
    );
    Ok(())
}

/// The step in which the endpoint's times advance, as far as their writing shows it.
fn precision(exchange: &Exchange) -> Duration {
    let digits = |path: &str| {
        let fraction = exchange.text(path).and_then(|text| text.split_once('.')).map_or("", |(_, fraction)| fraction);
        fraction.bytes().take_while(u8::is_ascii_digit).count()
    };
    match digits("meta.created").min(digits("meta.lastModified")) {
        0..3 => Duration::from_secs(1),
        3..6 => Duration::from_millis(1),
        _ => Duration::from_micros(1),
    }
}

/// Reads a resource until the endpoint's clock has moved on by what its times can show, so that a change from now on shows
/// in `meta.lastModified`. The reads, and whether the clock has moved on: a slow clock is not waited for.
pub(in crate::checks) async fn outlast_clock(
    context: &Context,
    resource: &Resource,
) -> Result<(Vec<Arc<Exchange>>, bool), Stop> {
    /// A fast endpoint answers a dozen reads in a millisecond.
    const PATIENCE: usize = 200;
    let mut reads = vec![context.read(resource).await?];
    let step = precision(&reads[0]) * 2;
    let mut passed = reads[0].elapsed;
    while passed <= step && reads.len() < PATIENCE {
        let again = context.read(resource).await?;
        passed += again.elapsed;
        reads.push(again);
        // A clock of seconds would take thousands of reads.
        if step > Duration::from_millis(100) && reads.len() > 6 {
            break;
        }
    }
    Ok((reads, passed > step))
}

async fn last_modified(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let resource = context.resource().await?;
    let (reads, can_tell) = outlast_clock(context, &resource).await?;
    for (before, again) in reads.iter().zip(&reads[1..]) {
        context.expect(again).after(before).under(&["RFC7643-3.1-28"]).that(
            instant(again, "meta.lastModified") == instant(before, "meta.lastModified"),
            "reading moved meta.lastModified",
            format!("{} became {}", shown(before, "meta.lastModified"), shown(again, "meta.lastModified")),
        );
    }
    let before = &reads[reads.len() - 1];
    if before.at("meta.lastModified").is_none() {
        let reason = "meta.lastModified is missing, so that nothing can be seen to move".to_owned();
        let cause = context.caused_by("common-attributes.created");
        return Err(Stop::Blocked { reason, cause, exchanges: vec![Arc::clone(before)] });
    }
    context.replace(&resource, &context.with_new_text(&resource, &text)).await?;
    let after = context.read(&resource).await?;
    // Without the second look nothing is said of a movement.
    let is_shown = |answer: &Arc<Exchange>, path: &str| {
        let there = answer.at(path).is_some_and(|value| !value.is_null());
        let message = format!("{path} is missing after the change");
        context.expect(answer).after(before).under(&["RFC7643-3.1-28"]).that(there, &message, "nothing");
        there
    };
    if !is_shown(&after, "meta.lastModified") || !is_shown(&after, "meta.created") {
        return Ok(());
    }
    let (old, new) = (instant(before, "meta.lastModified"), instant(&after, "meta.lastModified"));
    context.expect(&after).after(before).under(&["RFC7643-3.1-28", "RFC7644-3.5.1-20"]).that(
        old.is_some() && if can_tell { new > old } else { new >= old },
        "meta.lastModified did not move forward",
        format!("before {}, after {}", shown(before, "meta.lastModified"), shown(&after, "meta.lastModified")),
    );
    let created = instant(before, "meta.created");
    context.expect(&after).after(before).under(&["RFC7643-3.1-28"]).that(
        instant(&after, "meta.created") == created && new >= created,
        "meta.created moved with the change",
        format!("before {}, after {}", shown(before, "meta.created"), shown(&after, "meta.created")),
    );
    Ok(())
}

async fn location(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    for answer in [&resource.exchange, &read] {
        judge_location(context, answer, &resource.id).await?;
    }
    Ok(())
}

async fn judge_location(context: &Context, answer: &Arc<Exchange>, id: &str) -> CheckResult {
    let location = answer.text("meta.location").and_then(|location| answer.url.join(location).ok());
    let Some(location) = location else {
        context.expect(answer).under(&["RFC7643-3.1-30"]).that(
            false,
            "meta.location is not a URI",
            shown(answer, "meta.location"),
        );
        return Ok(());
    };
    context.expect(answer).under(&["RFC7644-1.3-01"]).that(
        location.query().is_none(),
        "meta.location has a query string",
        location.as_str(),
    );
    if let Some(content_location) = answer.header("content-location") {
        context.expect(answer).under(&["RFC7643-3.1-29"]).that(
            answer.url.join(content_location).is_ok_and(|url| url == location),
            "meta.location is not the URI of the Content-Location header",
            content_location,
        );
    }
    if let Some(found) = context.follow(answer, "meta.location", location).await? {
        context.expect(&found).after(answer).under(&["RFC7643-3.1-30"]).status(&[200]).equals("id", &json!(id));
    }
    Ok(())
}

async fn location_behind_proxy(context: &Context) -> CheckResult {
    const HOST: &str = "proxy.example.com";
    let resource = context.resource().await?;
    let usual = context.read(&resource).await?;
    let location =
        |exchange: &Exchange| exchange.text("meta.location").and_then(|location| exchange.url.join(location).ok());
    let Some(expected) = location(&usual) else { return context.unable("meta.location is not a URI") };
    let request = resource.request(Method::GET).header("x-forwarded-host", HOST).header("x-forwarded-proto", "https");
    let answer = context.send(request).await?;
    context.expect(&answer).after(&usual).status(&[200]);
    if answer.status == 200 {
        let found = location(&answer);
        let untouched = found.as_ref() == Some(&expected);
        let moved =
            found.as_ref().is_some_and(|found| found.host_str() == Some(HOST) && found.path() == expected.path());
        context.expect(&answer).after(&usual).that(
            untouched || moved,
            "meta.location is neither the URI as before nor the same path below the host of the proxy",
            shown(&answer, "meta.location"),
        );
    }
    Ok(())
}

async fn meta_from_client(context: &Context) -> CheckResult {
    let meta = json!({
        "resourceType": "Intruder",
        "created": "2001-02-03T04:05:06Z",
        "lastModified": "2001-02-03T04:05:06Z",
        "location": "https://example.org/intruder",
    });
    let judge = |answer: &Arc<Exchange>| {
        for (name, value) in meta.as_object().into_iter().flatten() {
            let path = format!("meta.{name}");
            context.expect(answer).that(
                answer.at(&path).is_none_or(|found| !same_instant(found, value)),
                &format!("the client's {path} was taken"),
                shown(answer, &path),
            );
        }
    };
    let mut body = context.body();
    body["meta"] = meta.clone();
    let answer = context.post(&body).await?;
    context.expect(&answer).status(&[201]);
    let resource = match Resource::created_by(&answer, context.collection()) {
        Some(resource) => {
            judge(&resource.exchange);
            judge(&context.read(&resource).await?);
            resource
        }
        None => context.resource().await?,
    };
    let answer = context.send(resource.request(Method::PUT).json(&body)).await?;
    context.expect(&answer).after(&resource.exchange).status(&[200]);
    judge(&answer);
    judge(&context.read(&resource).await?);
    Ok(())
}

/// Whether two texts are equal, or name the same instant in different words.
fn same_instant(found: &Value, sent: &Value) -> bool {
    let instant = |value: &Value| value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    found == sent || (instant(found).is_some() && instant(found) == instant(sent))
}

async fn version(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    for answer in [&resource.exchange, &read] {
        let Some(version) = answer.at("meta.version").filter(|version| !version.is_null()) else { continue };
        let text = version.as_str().unwrap_or_default();
        context.expect(answer).under(&["RFC7643-3.1-33"]).that(
            // A text without quotes may begin with these letters by chance, as base64 does.
            !text.is_empty() && !text.starts_with("w/\""),
            "meta.version is not a version, or marked weak with another letter than W",
            version.to_string(),
        );
        let opaque = text.strip_prefix("W/").unwrap_or(text);
        context.expect(answer).under(&["RFC7643-3.1-34"]).that(
            opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"'),
            "meta.version is written without the quotes of an entity tag",
            version.to_string(),
        );
    }
    Ok(())
}
