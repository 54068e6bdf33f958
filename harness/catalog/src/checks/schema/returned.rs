//! Discovery never lies about when an attribute is returned.

use reqwest::Method;
use serde_json::Value;

use crate::check::{Check, CheckResult, Context};
use crate::published::{SchemaNode, full, kinds, person};

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new(
        "schema.returned-default",
        "Every attribute that is returned by default is shown, and left out when asked for",
        &default,
    )
    .matters("Clients that compare what they read with what they hold send a change for everything that is missing.")
    .requirements(&["RFC7643-2.2-05", "RFC7643-7-38"])
    .legal(&["a value in an ordinary GET, none when the attribute is in excludedAttributes"]),
    Check::new(
        "schema.returned-always",
        "Every attribute that is returned always is shown whatever is asked for",
        &always,
    )
    .matters("Clients ask for two attributes and rely on the ids that come with them.")
    .requirements(&["RFC7643-7-35"])
    .legal(&["a value in a GET with attributes that does not name it, and in one whose excludedAttributes does"]),
    Check::new(
        "schema.returned-never",
        "No attribute that is returned never, or writeOnly, is shown in any answer",
        &never,
    )
    .matters("These are secrets: whoever can read users reads them.")
    .requirements(&["RFC7643-7-33", "RFC7643-7-36"])
    .legal(&["no value in the answer to POST and GET, even if attributes names it"]),
    Check::new(
        "schema.returned-request",
        "Every attribute that is returned on request is shown when asked for, and only then",
        &request,
    )
    .matters("Large values are published so to keep lists small, and are lost to clients if asking does not help.")
    .requirements(&["RFC7643-7-39"])
    .legal(&["no value in an ordinary GET, the value in one whose attributes names it; either after a write"]),
];

/// The word of the attribute as a whole: a secret part makes no secret of the rest.
fn is(own: &SchemaNode<'_>, word: &str) -> bool {
    own.word("returned") == word && own.word("mutability") != "writeOnly"
}

fn shows(own: &SchemaNode<'_>, body: &Value) -> bool {
    own.values(body).iter().any(|value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    })
}

/// Whether the answer shows more of it than sub-attributes that are returned always.
fn shows_beyond_minimum(own: &SchemaNode<'_>, body: &Value) -> bool {
    shows(own, body) && !own.is_minimum_in(body)
}

async fn default(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    for kind in kinds {
        let full = full(context, kind, id.as_deref(), 0).await?;
        let is_stored = |own: &&SchemaNode<'_>| !context.abilities().drops(&kind.endpoint, &own.path());
        let own: Vec<_> = full.accepted.iter().filter(|own| is(own, "default")).filter(is_stored).collect();
        let read = context.read(&full.resource).await?;
        let names = own.iter().map(|own| own.path()).collect::<Vec<_>>().join(",");
        let without = context.send(full.resource.request(Method::GET).query("excludedAttributes", &names)).await?;
        for own in &own {
            let message = format!("{} is published as returned by default and is not shown", own.path());
            let shown = shows(own, read.json().unwrap_or(&Value::Null));
            context.expect(&read).after(&full.resource.exchange).that(shown, &message, "nothing");
        }
        // Several names are one problem: an endpoint that ignores the parameter shows them all.
        let shown = own.iter().filter(|own| shows_beyond_minimum(own, without.json().unwrap_or(&Value::Null)));
        let shown: Vec<String> = shown.filter(|_| without.status == 200).map(|own| own.path()).collect();
        let (are, they) = if shown.len() == 1 { ("is", "it is") } else { ("are", "they are") };
        let message = format!("{} {are} shown although {they} excluded", shown.join(", "));
        context.expect(&without).after(&full.resource.exchange).that(shown.is_empty(), &message, "values");
    }
    Ok(())
}

async fn always(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    let mut any = false;
    for kind in kinds {
        let full = full(context, kind, id.as_deref(), 0).await?;
        let own: Vec<_> = full.accepted.iter().filter(|own| is(own, "always")).collect();
        if own.is_empty() {
            continue;
        }
        any = true;
        let names = own.iter().map(|own| own.path()).collect::<Vec<_>>().join(",");
        for (parameter, value) in [("attributes", "externalId"), ("excludedAttributes", names.as_str())] {
            let answer = context.send(full.resource.request(Method::GET).query(parameter, value)).await?;
            context.expect(&answer).after(&full.resource.exchange).status(&[200]);
            for own in own.iter().filter(|_| answer.status == 200) {
                let message = format!("{} is published as always returned and is not shown", own.path());
                let shown = shows(own, answer.json().unwrap_or(&Value::Null));
                context.expect(&answer).after(&full.resource.exchange).that(shown, &message, "nothing");
            }
        }
    }
    if any { Ok(()) } else { context.skip("no attribute besides id is published as always returned") }
}

async fn never(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    let mut any = false;
    for kind in kinds {
        let full = full(context, kind, id.as_deref(), 0).await?;
        let hidden = |own: &SchemaNode<'_>| own.word("returned") == "never" || own.word("mutability") == "writeOnly";
        let own: Vec<SchemaNode<'_>> =
            full.accepted.iter().flat_map(|own| std::iter::once(*own).chain(own.parts())).filter(hidden).collect();
        if own.is_empty() {
            continue;
        }
        any = true;
        let names = own.iter().map(SchemaNode::path).collect::<Vec<_>>().join(",");
        let read = context.read(&full.resource).await?;
        let asked = context.send(full.resource.request(Method::GET).query("attributes", &names)).await?;
        for exchange in [&full.resource.exchange, &read, &asked].into_iter().filter(|exchange| exchange.is_success()) {
            for own in &own {
                let message = format!("{} is published as never returned and is shown", own.path());
                let shown = shows(own, exchange.json().unwrap_or(&Value::Null));
                // The value is a secret, and so is not repeated here.
                context.expect(exchange).that(!shown, &message, "a value");
            }
        }
    }
    if any { Ok(()) } else { context.skip("no attribute is published as never returned") }
}

async fn request(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    let mut any = false;
    for kind in kinds {
        let full = full(context, kind, id.as_deref(), 0).await?;
        for own in full.accepted.iter().filter(|own| is(own, "request")) {
            any = true;
            let read = context.read(&full.resource).await?;
            let message = format!("{} is published as returned on request and is shown without one", own.path());
            let shown = shows_beyond_minimum(own, read.json().unwrap_or(&Value::Null));
            context.expect(&read).after(&full.resource.exchange).that(!shown, &message, "a value");
            let asked = context.send(full.resource.request(Method::GET).query("attributes", &own.path())).await?;
            let message = format!("{} is published as returned on request and is not shown when asked for", own.path());
            let shown = shows(own, asked.json().unwrap_or(&Value::Null));
            context.expect(&asked).after(&full.resource.exchange).that(shown, &message, "nothing");
        }
    }
    if any { Ok(()) } else { context.skip("no attribute is published as returned on request") }
}
