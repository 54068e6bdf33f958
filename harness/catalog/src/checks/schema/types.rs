//! Discovery never lies about data types: what is published is what is taken and what comes back.

use serde_json::{Value, json};
use weir_exchange::Request;

use crate::check::{Check, CheckResult, Context};
use crate::published;
use crate::published::{SchemaNode, fits, full, kinds, person};

const MATTERS: &str = "A mapping is checked against the published type; values of another type fail in production, or break clients that read them.";

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("schema.type-kept", "Every attribute takes a value of its published type and shows it in that type", &kept)
        .matters(MATTERS)
        .requirements(&["RFC7643-2.2-02", "RFC7643-2.2-07", "RFC7643-1.2-03", "RFC7643-7-13"])
        .legal(&[
            "201, and every attribute that is returned by default comes back in its type, as an array exactly if it is multi-valued",
            "400 for a text that does not follow a format which the endpoint demands",
        ]),
    Check::new("schema.type-enforced", "No attribute shows a value of another type than the published one", &enforced)
        .matters(MATTERS)
        .requirements(&[
            "RFC7643-2.3.1-01",
            "RFC7643-2.3.2-01",
            "RFC7643-2.3.3-01",
            "RFC7643-2.3.4-01",
            "RFC7643-2.3.5-01",
            "RFC7643-2.3.6-06",
            "RFC7643-2.3.7-01",
            "RFC7643-2.3.8-01",
            "RFC7643-2.4-02",
            "RFC7644-3.12-09",
        ])
        .legal(&[
            "400 for a value of another type",
            "for simple types also success, if what comes back has the published type or is left out",
        ]),
    Check::new("schema.multi-valued", "Every single-valued attribute has one value, every multi-valued one keeps several", &multi_valued)
        .matters("A list where one value is expected stops clients that read typed JSON; a second value that vanishes is lost data.")
        .requirements(&["RFC7643-1.2-03"])
        .legal(&[
            "400 for an array where the attribute is single-valued, or success with one value in the answer",
            "201 for two values of a multi-valued attribute, and both come back in an array",
        ]),
];

async fn kept(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    for kind in kinds {
        let full = full(context, kind, id.as_deref(), 0).await?;
        for (own, refusal) in &full.refused {
            // Texts may have to follow a format; a number or a boolean that is refused has another type than is published.
            let plain = matches!(own.word("type"), "boolean" | "integer" | "decimal" | "complex");
            let under: &'static [&'static str] = if plain { &["RFC7643-7-13"] } else { &["RFC7643-2.2-02"] };
            let lacking = crate::published::text(own.attribute, "type").is_empty();
            let under = if lacking { &["RFC7643-2.2-07"][..] } else { under };
            context.expect(refusal).under(under).that(
                false,
                &format!("a value of the type {} for {} is refused", own.word("type"), own.path()),
                refusal.status.to_string(),
            );
        }
        let read = context.read(&full.resource).await?;
        let body = read.json().unwrap_or(&Value::Null);
        let is_stored = |own: &&SchemaNode<'_>| !context.abilities().drops(&kind.endpoint, &own.path());
        for own in full.accepted.iter().filter(|own| own.is_shown()).filter(is_stored) {
            let found = own.values(body);
            // Whether it is shown at all is a question of `returned`.
            let right = found.iter().all(|value| fits(own.attribute, value));
            let observed = found.first().map_or_else(|| "nothing".into(), ToString::to_string);
            let message = format!("{} does not come back as {}", own.path(), form(own));
            context
                .expect(&read)
                .after(&full.resource.exchange)
                .under(&["RFC7643-1.2-03", "RFC7643-7-13"])
                .that(right, &message, observed);
            for part in own.parts().filter(SchemaNode::is_shown) {
                for value in part.values(body) {
                    let message = format!("{} does not come back as {}", part.path(), form(&part));
                    context
                        .expect(&read)
                        .after(&full.resource.exchange)
                        .under(&["RFC7643-1.2-03", "RFC7643-7-13"])
                        .that(fits(part.attribute, value), &message, value.to_string());
                }
            }
        }
    }
    Ok(())
}

fn form(own: &SchemaNode<'_>) -> String {
    if own.flag("multiValued") { format!("an array of {}", own.word("type")) } else { own.word("type").to_owned() }
}

/// A value of another type, the requirement that judges it, and whether the request has to be refused.
fn misfit(own: &SchemaNode<'_>) -> Option<(Value, &'static [&'static str], bool)> {
    Some(match own.word("type") {
        "string" => (json!({"depth": [1]}), &["RFC7643-2.3.1-01"], false),
        "boolean" => (json!("sometimes"), &["RFC7643-2.3.2-01"], false),
        "decimal" => (json!("much"), &["RFC7643-2.3.3-01"], false),
        "integer" => (json!(1.5), &["RFC7643-2.3.4-01"], false),
        "dateTime" => (json!("yesterday"), &["RFC7643-2.3.5-01"], false),
        "binary" => (json!("%%%"), &["RFC7643-2.3.6-06"], true),
        "reference" => (json!({"uri": "here"}), &["RFC7643-2.3.7-01"], false),
        // A bare text for manager is disputed, and judged where the manager is.
        "complex" if own.name() == "manager" => return None,
        "complex" => (json!("x"), &["RFC7643-2.3.8-01"], true),
        _ => return None,
    })
}

/// Whether what came back is of the published type: for the types that travel as text, by the text.
fn is_legal(own: &SchemaNode<'_>, value: &Value) -> bool {
    match own.word("type") {
        "dateTime" => value.as_str().is_some_and(|text| text != "yesterday"),
        _ => fits(own.attribute, value),
    }
}

async fn enforced(context: &Context) -> CheckResult {
    for kind in kinds(context)? {
        for own in published::attributes(context, kind).into_iter().filter(SchemaNode::is_settable) {
            one_misfit(context, &kind.endpoint, kind, own).await?;
            for part in own.parts().filter(SchemaNode::is_settable) {
                one_misfit(context, &kind.endpoint, kind, part).await?;
            }
        }
    }
    Ok(())
}

async fn one_misfit(
    context: &Context,
    endpoint: &str,
    kind: &crate::discovery::ResourceType,
    own: SchemaNode<'_>,
) -> CheckResult {
    let Some((value, under, must)) = misfit(&own) else { return Ok(()) };
    // References to resources are judged where members are.
    if matches!(own.name(), "$ref") {
        return Ok(());
    }
    let value = if own.flag("multiValued") { json!([value]) } else { value };
    let value = match own.parent {
        None => value,
        Some(parent) => {
            let element = json!({(own.name()): value});
            if published::flag(parent, "multiValued") { json!([element]) } else { element }
        }
    };
    let mut body = context.data().resource(kind);
    own.put(&mut body, value);
    let answer = context.send(Request::post(endpoint).json(&body)).await?;
    if !answer.is_success() {
        let refused = (400..500).contains(&answer.status);
        let message = format!("a value of another type for {} is answered {}", own.path(), answer.status);
        context.expect(&answer).under(under).that(refused, &message, answer.status.to_string());
        return Ok(());
    }
    let found = answer.json().map(|json| own.values(json)).unwrap_or_default();
    let observed = found.first().map_or_else(|| answer.status.to_string(), ToString::to_string);
    let inside = own.parent.is_some_and(|parent| published::flag(parent, "multiValued"));
    // What is not stored is not taken either.
    let is_dropped = |path: &str| context.abilities().drops(endpoint, path);
    let must = must && !is_dropped(&own.path()) && !is_dropped(&own.top().path());
    let under = if inside && !must { &["RFC7643-2.4-02"][..] } else { under };
    let what = if must {
        "is given a value of another type, and the request succeeds"
    } else {
        "took a value of another type"
    };
    let is_legal = found.iter().all(|value| is_legal(&own, value));
    // The provider may ignore posted values (RFC 7644 section 3.3), though a violation of the schema SHOULD give 400 (section 3.12).
    let under = if is_legal { &["RFC7644-3.12-09"][..] } else { under };
    let message = format!("{}, which is published as {}, {what}", own.path(), form(&own));
    // Inside an element everything that does not fit has to be refused only where the type leaves no doubt.
    context.expect(&answer).under(under).that(!must && is_legal, &message, observed);
    Ok(())
}

async fn multi_valued(context: &Context) -> CheckResult {
    let kinds = kinds(context)?;
    let id = person(context).await?;
    for kind in kinds {
        let mut several = context.data().resource(kind);
        let mut expected = Vec::new();
        for own in published::attributes(context, kind).into_iter().filter(SchemaNode::is_settable) {
            let (first, second) = (
                published::sample(context, &own, id.as_deref(), 0),
                published::sample(context, &own, id.as_deref(), 1),
            );
            let (Some(first), Some(second)) = (first, second) else { continue };
            if own.flag("multiValued") {
                let both = json!([first[0], second[0]]);
                let is_dropped = context.abilities().drops(&kind.endpoint, &own.path());
                if first != second && own.is_shown() && !is_dropped {
                    own.put(&mut several, both);
                    expected.push(own);
                }
                continue;
            }
            let mut body = context.data().resource(kind);
            own.put(&mut body, json!([first, second]));
            let answer = context.send(Request::post(&kind.endpoint).json(&body)).await?;
            if answer.is_success() {
                let found = answer.json().map(|json| own.values(json)).unwrap_or_default();
                let message = format!("the single-valued {} took an array", own.path());
                let observed = found.first().map_or_else(String::new, ToString::to_string);
                context.expect(&answer).that(found.iter().all(|value| !value.is_array()), &message, observed);
            }
        }
        if expected.is_empty() {
            continue;
        }
        let answer = context.send(Request::post(&kind.endpoint).json(&several)).await?;
        // Values may have to follow formats; that they are taken at all is judged by another check.
        if !answer.is_success() {
            continue;
        }
        for own in expected {
            let found = answer.json().map(|json| own.values(json)).unwrap_or_default();
            let count = found.first().and_then(|value| value.as_array()).map_or(0, Vec::len);
            let message = format!("two values of the multi-valued {} come back as {count}", own.path());
            context.expect(&answer).that(
                count == 2,
                &message,
                found.first().map_or_else(|| "nothing".into(), ToString::to_string),
            );
        }
    }
    Ok(())
}
