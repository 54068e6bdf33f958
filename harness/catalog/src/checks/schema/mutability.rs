//! Discovery never lies about mutability.

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::{at, differences, is_unassigned, same};

use crate::check::{Check, CheckResult, Context};
use crate::published;
use crate::published::{SchemaNode, full, kinds, person, sample};

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("schema.read-only", "No attribute that is published as readOnly can be set", &read_only)
        .matters("Clients show readOnly attributes as the endpoint's own word; if others can write them, memberships and times can be forged.")
        .requirements(&["RFC7643-7-28"])
        .legal(&["POST and PUT succeed and the value is not taken"]),
    Check::new("schema.read-write", "Every attribute that is published as readWrite, or without mutability, can be set and changed", &read_write)
        .matters("Provisioners keep sending a change that never takes effect, cycle after cycle.")
        .requirements(&["RFC7643-2.2-04"])
        .legal(&["PUT with another value succeeds, and a GET shows it"]),
    Check::new("schema.immutable", "Every attribute that is published as immutable takes its first value and keeps it", &immutable)
        .matters("Identifiers that others have stored must not change under them.")
        .requirements(&["RFC7643-7-30", "RFC7643-7-31"])
        .legal(&["201 with the first value; 400 with scimType mutability for another one, and a GET shows the first"]),
];

async fn read_only(context: &Context) -> CheckResult {
    let mut any = false;
    for kind in kinds(context)? {
        let mut body = context.data().resource(kind);
        let mut invented = Vec::new();
        for own in published::attributes(context, kind) {
            if own.word("mutability") == "readOnly" {
                let value = invention(context, &own);
                own.put(&mut body, value.clone());
                invented.push((own, value));
            }
        }
        if invented.is_empty() {
            continue;
        }
        any = true;
        let answer = context.send(Request::post(&kind.endpoint).json(&body)).await?;
        context.expect(&answer).status(&[201]);
        let Some(id) = answer.text("id").filter(|_| answer.is_success()) else { continue };
        let put = context.send(Request::put(&kind.endpoint).segment(id).json(&body)).await?;
        for exchange in [&answer, &put].into_iter().filter(|exchange| exchange.is_success()) {
            let found = exchange.json().unwrap_or(&Value::Null);
            for (own, value) in &invented {
                let taken = own.values(found).iter().any(|found| differences(value, found).is_empty());
                let message = format!("{} is published as readOnly and took the client's value", own.path());
                context.expect(exchange).that(!taken, &message, value.to_string());
            }
        }
    }
    if any { Ok(()) } else { context.skip("no attribute is published as readOnly") }
}

/// A value for what no client may set.
fn invention(context: &Context, own: &SchemaNode<'_>) -> Value {
    let value = match own.word("type") {
        "complex" => json!({"value": context.data().uuid(), "display": context.data().name()}),
        _ => context.data().value(own.attribute),
    };
    if own.flag("multiValued") { json!([value]) } else { value }
}

async fn read_write(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    for kind in kinds {
        let full = full(context, kind, id.as_deref(), 0).await?;
        let mut changed = full.body.clone();
        let mut expected = Vec::new();
        for own in &full.accepted {
            if own.word("mutability") != "readWrite" || !own.is_shown() {
                continue;
            }
            // An element whose parts cannot change is judged with those.
            let fixed = own.parts().any(|part| part.word("mutability") == "immutable");
            let Some(value) = sample(context, own, id.as_deref(), 1).filter(|_| !fixed) else { continue };
            own.put(&mut changed, value.clone());
            // What is not stored cannot be seen to change.
            let kept = context.kept_of(kind, &changed);
            if let Some(value) = own.values(&kept).first().filter(|value| !is_unassigned(value)) {
                expected.push((own, (*value).clone()));
            }
        }
        let mut put = context.send(full.resource.request(Method::PUT).json(&changed)).await?;
        if put.status == 400 {
            // One of them cannot be changed: each alone tells which.
            for (own, value) in &expected {
                let mut alone = full.body.clone();
                own.put(&mut alone, value.clone());
                put = context.send(full.resource.request(Method::PUT).json(&alone)).await?;
                let message = format!("{} is published as readWrite and cannot be changed", own.path());
                context.expect(&put).after(&full.resource.exchange).that(
                    put.is_success(),
                    &message,
                    put.status.to_string(),
                );
            }
            continue;
        }
        // Where PUT is not offered at all, another check says so.
        if !put.is_success() {
            continue;
        }
        let read = context.read(&full.resource).await?;
        let body = read.json().unwrap_or(&Value::Null);
        for (own, value) in expected {
            let shown = own.values(body);
            let right = shown.iter().any(|found| alike(&value, found));
            let message = format!("{} is published as readWrite and did not change", own.path());
            let observed = shown.first().map_or_else(|| "nothing".into(), ToString::to_string);
            context.expect(&read).after(&put).that(right, &message, observed);
        }
    }
    Ok(())
}

/// Whether a GET shows the value: texts may come back in another letter case, times in another zone.
fn alike(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(_)) => {
            expected.iter().all(|(name, value)| at(found, name).is_some_and(|found| alike(value, found)))
        }
        (Value::Array(expected), Value::Array(found)) => {
            expected.iter().all(|expected| found.iter().any(|found| alike(expected, found)))
        }
        (Value::String(sent), Value::String(shown)) => sent.eq_ignore_ascii_case(shown) || same(expected, found),
        _ => same(expected, found),
    }
}

async fn immutable(context: &Context) -> CheckResult {
    let mut any = false;
    for kind in kinds(context)? {
        let patches = match kind.endpoint.as_str() {
            "/Users" => context.discovery().offers(Capability::PatchUsers),
            "/Groups" => context.discovery().offers(Capability::PatchGroups),
            _ => true,
        };
        let attributes = published::attributes(context, kind);
        let inside = attributes.iter().filter(|own| !own.flag("multiValued")).flat_map(SchemaNode::parts);
        // The parts of members are disputed, and judged where members are.
        let immutable = attributes.iter().copied().chain(inside).filter(|own| own.word("mutability") == "immutable");
        for own in immutable.collect::<Vec<_>>() {
            any = true;
            one_immutable(context, kind, &own, patches).await?;
        }
    }
    if any { Ok(()) } else { context.skip("no attribute is published as immutable") }
}

async fn one_immutable(
    context: &Context,
    kind: &crate::discovery::ResourceType,
    own: &SchemaNode<'_>,
    patches: bool,
) -> CheckResult {
    let (Some(first), Some(second)) = (sample(context, own, None, 0), sample(context, own, None, 1)) else {
        return Ok(());
    };
    let whole = |base: &Value, value: &Value| {
        let mut body = base.clone();
        let mut element = value.clone();
        if own.parent.is_some() {
            // The parts that a value of the complex attribute needs.
            element = context.data().value(own.top().attribute);
            element[own.name()] = value.clone();
        }
        own.put(&mut body, element);
        body
    };
    let base = context.data().resource(kind);
    let resource = context.create(&kind.endpoint, &whole(&base, &first)).await?;
    if own.is_shown() {
        let kept = own.values(resource.body()).first().is_some_and(|found| same(found, &first));
        let message = format!("{} is published as immutable and did not take its first value", own.path());
        context.expect(&resource.exchange).under(&["RFC7643-7-30"]).that(kept, &message, first.to_string());
    }
    let change = if patches {
        let operations = json!([{"op": "replace", "path": own.path(), "value": second}]);
        resource.request(Method::PATCH).json(&crate::check::patch_of(&operations))
    } else {
        resource.request(Method::PUT).json(&whole(&base, &second))
    };
    let answer = context.send(change).await?;
    let message = format!("{} is published as immutable and was changed", own.path());
    let refused = answer.status == 400 || answer.status == 501 || answer.status == 405;
    let expectation = context.expect(&answer).after(&resource.exchange).under(&["RFC7643-7-31"]);
    expectation.that(refused, &message, answer.status.to_string());
    let read = context.read(&resource).await?;
    if own.is_shown() {
        let found = own.values(read.json().unwrap_or(&Value::Null));
        let kept = found.first().is_some_and(|found| same(found, &first));
        let observed = found.first().map_or_else(|| "nothing".into(), ToString::to_string);
        context.expect(&read).after(&answer).under(&["RFC7643-7-31"]).that(kept, &message, observed);
    }
    Ok(())
}
