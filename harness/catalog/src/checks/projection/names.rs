//! How attributes are named in a projection (RFC 7644 sections 3.9 and 3.10).

use reqwest::Method;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_judge::Because;

use super::{is_unassigned, optional_names, published};
use crate::check::{CREATING, Check, CheckResult, Context, Resource, Stop};
use crate::node::SchemaNode;

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("projection.several", "Names are separated by commas", &several)
        .matters("Every client that asks for two attributes writes a comma between them.")
        .requirements(&["RFC7644-3.9-06", "RFC7644-3.9-07"])
        .legal(&["200 with both attributes and without the others"])
        .on_every_type(CREATING),
    Check::new("projection.sub-attribute", "A sub-attribute can be asked for", &sub_attribute)
        .matters(
            "A client that needs one part of a large attribute, such as the ids of members, asks for that part alone.",
        )
        .requirements(&["RFC7644-3.9-06", "RFC7644-3.9-18"])
        .legal(&["200 with the sub-attribute; the rest of its element may be there"])
        .on_every_type(CREATING),
    Check::new("projection.excluded-sub-attribute", "A sub-attribute can be left out", &excluded_sub_attribute)
        .matters("A client that leaves out one part and loses the whole attribute writes an empty one back.")
        .requirements(&["RFC7644-3.9-09"])
        .legal(&["200 with the element less the sub-attribute"])
        .on_every_type(CREATING),
    Check::new("projection.name-case", "Names in a projection are read without regard to letter case", &name_case)
        .matters(
            "Clients that write every name in lower case get an answer without the attribute, and take it for empty.",
        )
        .requirements(&["RFC7644-3.9-10", "RFC7643-2.1-01"])
        .legal(&[
            "200 with the attribute when its name is written in capitals, and without it when that name is excluded",
        ])
        .on_every_type(CREATING),
    Check::new("projection.qualified-name", "A core attribute can be named with its schema's URI", &qualified_name)
        .matters("Clients with several schemas qualify every name, so that none is taken for another.")
        .requirements(&["RFC7644-3.10-01"])
        .legal(&["200 with the attribute"])
        .on_every_type(CREATING),
    Check::new(
        "projection.extension-attribute",
        "An extension's attribute is named with the extension's URI",
        &extension_attribute,
    )
    .matters("Departments and managers stand in an extension; there is no other way to ask for them alone.")
    .requirements(&["RFC7644-3.9-06", "RFC7644-3.9-11"])
    .legal(&["200 with that attribute of the extension and no other"])
    .on_every_type(CREATING),
    Check::new("projection.extension", "The URI of an extension selects the extension", &extension)
        .matters("Some clients ask for a whole extension; whether they get it differs from endpoint to endpoint.")
        .requirements(&["RFC7644-3.9-12", "RFC7644-3.9-05"])
        .legal(&["200 with the extension", "200 without it", "400"])
        .on_every_type(CREATING),
    Check::new("projection.unknown-name", "A name that no schema knows is ignored", &unknown_name)
        .matters("Clients ask for the attributes of every product at once and live with what comes.")
        .requirements(&["RFC7644-3.9-06", "RFC7644-3.9-13"])
        .legal(&["200 with what the other names select", "400"])
        .on_every_type(CREATING),
    Check::new(
        "projection.both-parameters",
        "attributes and excludedAttributes together are refused",
        &both_parameters,
    )
    .matters("The client means one of them; which one wins is a guess.")
    .requirements(&["RFC7644-3.9-03"])
    .legal(&["400", "200 as if one of the two were not there"])
    .on_every_type(CREATING),
    Check::new("projection.schemas", "schemas stays in a projected answer", &schemas)
        .matters("Clients choose the parser by schemas, also for an answer that they asked to be short.")
        .requirements(&["RFC7644-3.9-17", "RFC7644-3.9-05"])
        .legal(&["200 with schemas", "200 without it, since it has no returned characteristic"])
        .on_every_type(CREATING),
];

/// A new resource with a value of every kind, and the names of what an answer leaves out when it is asked to.
async fn whole(context: &Context) -> Result<(Resource, Vec<String>), Stop> {
    let resource = context.whole_resource().await?;
    let read = context.read(&resource).await?;
    let names = optional_names(context, read.json().unwrap_or(&Value::Null));
    Ok((resource, names))
}

/// Ends the check where the parameter does nothing at all, which the check of its usual form judges: `gone` is there all the same.
async fn needs_effect(
    context: &Context,
    resource: &Resource,
    parameter: &'static str,
    name: &str,
    gone: &str,
) -> CheckResult {
    let answer = context.send(resource.request(Method::GET).query(parameter, name)).await?;
    let is_ignored = answer.status == 200 && answer.at(gone).is_some_and(|value| !is_unassigned(value));
    if !is_ignored {
        return Ok(());
    }
    let judge = if parameter == "attributes" { "projection.attributes" } else { "projection.excluded" };
    let reason = format!("{parameter} has no effect: {gone} is there with {parameter}={name}");
    Err(Stop::Blocked { reason, cause: context.caused_by(judge), exchanges: vec![answer] })
}

async fn several(context: &Context) -> CheckResult {
    let naming = context.naming()?.path();
    let (resource, names) = whole(context).await?;
    let [first, second, ..] = names.as_slice() else {
        return context.skip("the resource shows fewer than two attributes that may be left out, besides its name");
    };
    needs_effect(context, &resource, "attributes", &naming, second).await?;
    needs_effect(context, &resource, "excludedAttributes", first, first).await?;
    let asked = format!("{naming},{first}");
    let answer = context.send(resource.request(Method::GET).query("attributes", &asked)).await?;
    context.expect(&answer).under(&["RFC7644-3.9-07"]).status(&[200]).json();
    let expectation = context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-06", "RFC7644-3.9-07"]);
    expectation.has(&naming).has(first);
    context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-07"]).lacks(second);
    let excluded = format!("{first},{second}");
    let answer = context.send(resource.request(Method::GET).query("excludedAttributes", &excluded)).await?;
    let expectation = context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-07"]).status(&[200]);
    let expectation = expectation.has(&naming).lacks(first).lacks(second);
    if let Some(third) = names.get(2) {
        expectation.has(third);
    }
    Ok(())
}

/// Two sub-attributes with a value of one complex attribute.
struct Pair {
    /// Their names in a projection.
    paths: [String; 2],
    /// Where an answer has them.
    places: [String; 2],
}

/// Of each complex attribute that `shown` has one value of, the first two sub-attributes that an answer leaves out when it is asked to.
fn pairs(context: &Context, shown: &Value) -> Vec<Pair> {
    let is_core = |own: &SchemaNode<'_>| !own.extension && own.word("type") == "complex" && own.is_shown();
    published(context).into_iter().filter(is_core).filter_map(|own| pair(&own, shown)).collect()
}

fn pair(own: &SchemaNode<'_>, shown: &Value) -> Option<Pair> {
    let place = match at(shown, own.name())? {
        Value::Array(items) if items.len() == 1 => format!("{}[0]", own.name()),
        Value::Object(_) => own.name().to_owned(),
        _ => return None,
    };
    let parts = own.parts().filter(|part| part.word("returned") == "default" && !part.name().starts_with('$'));
    let mut parts =
        parts.filter(|part| at(shown, &format!("{place}.{}", part.name())).is_some_and(|value| !value.is_null()));
    let (first, second) = (parts.next()?, parts.next()?);
    Some(Pair {
        paths: [first.path(), second.path()],
        places: [&first, &second].map(|part| format!("{place}.{}", part.name())),
    })
}

async fn sub_attribute(context: &Context) -> CheckResult {
    let (resource, _) = whole(context).await?;
    let read = context.read(&resource).await?;
    let pairs = pairs(context, read.json().unwrap_or(&Value::Null));
    if pairs.is_empty() {
        return context.skip(NO_PAIR);
    }
    for Pair { paths: [path, _], places: [place, sibling] } in &pairs {
        let answer = context.send(resource.request(Method::GET).query("attributes", path)).await?;
        let expectation = context.expect(&answer).after(&read).under(&["RFC7644-3.9-06"]).status(&[200]).json();
        expectation.equals(place, read.at(place).unwrap_or(&Value::Null));
        context.expect(&answer).after(&read).under(&["RFC7644-3.9-18"]).lacks(sibling);
    }
    Ok(())
}

const NO_PAIR: &str = "the resource shows no complex attribute with two sub-attributes that may be left out";

async fn excluded_sub_attribute(context: &Context) -> CheckResult {
    let (resource, names) = whole(context).await?;
    if let Some(name) = names.first() {
        needs_effect(context, &resource, "excludedAttributes", name, name).await?;
    }
    let read = context.read(&resource).await?;
    let pairs = pairs(context, read.json().unwrap_or(&Value::Null));
    let Some(Pair { paths: [path, _], places: [place, sibling] }) = pairs.first() else {
        return context.skip(NO_PAIR);
    };
    let answer = context.send(resource.request(Method::GET).query("excludedAttributes", path)).await?;
    context.expect(&answer).after(&read).status(&[200]).json().has("id").has(sibling).lacks(place);
    Ok(())
}

async fn name_case(context: &Context) -> CheckResult {
    let naming = context.naming()?.path();
    let (resource, names) = whole(context).await?;
    let Some(name) = names.first() else {
        return context.skip("the resource shows no attribute that may be left out, besides its name");
    };
    needs_effect(context, &resource, "attributes", &naming, name).await?;
    needs_effect(context, &resource, "excludedAttributes", name, name).await?;
    let capitals = name.to_ascii_uppercase();
    let answer = context.send(resource.request(Method::GET).query("attributes", &capitals)).await?;
    let expectation = context.expect(&answer).after(&resource.exchange).status(&[200]).json().has(name);
    if let Some(other) = names.get(1) {
        expectation.lacks(other);
    }
    let answer = context.send(resource.request(Method::GET).query("excludedAttributes", &capitals)).await?;
    context.expect(&answer).after(&resource.exchange).status(&[200]).json().has(&naming).lacks(name);
    Ok(())
}

async fn qualified_name(context: &Context) -> CheckResult {
    let naming = context.naming()?;
    let resource = context.resource().await?;
    let path = format!("{}:{}", naming.schema, naming.name());
    let answer = context.send(resource.request(Method::GET).query("attributes", &path)).await?;
    context.expect(&answer).after(&resource.exchange).status(&[200]).json().has(naming.name());
    Ok(())
}

/// The first text of an extension, a second one of the same extension, and a body with both.
fn extended(context: &Context) -> Result<(SchemaNode<'_>, Option<SchemaNode<'_>>, Value), Stop> {
    let mut texts = context.extension_texts().into_iter();
    let Some(own) = texts.next() else {
        return Err(Stop::Skip(
            Because::Published,
            "no extension of the resource type has a text that a client may set".into(),
        ));
    };
    let other = texts.find(|other| other.schema == own.schema);
    let mut body = context.full_body();
    for text in [Some(own), other].into_iter().flatten() {
        text.put(&mut body, json!(context.data().name()));
    }
    Ok((own, other, body))
}

async fn extension_attribute(context: &Context) -> CheckResult {
    let (own, other, body) = extended(context)?;
    let resource = context.create(context.collection(), &body).await?;
    let read = context.read(&resource).await?;
    let path = own.path();
    let answer = context.send(resource.request(Method::GET).query("attributes", &path)).await?;
    let expectation = context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-06", "RFC7644-3.9-11"]);
    expectation.status(&[200]).json().equals(&path, own.values(&body).first().unwrap_or(&&Value::Null));
    let expectation = context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-11"]);
    let expectation = match optional_names(context, read.json().unwrap_or(&Value::Null)).first() {
        Some(core) => expectation.lacks(core),
        None => expectation,
    };
    if let Some(other) = other.as_ref().filter(|other| other.word("returned") == "default") {
        expectation.lacks(&other.path());
    }
    let answer = context.send(resource.request(Method::GET).query("excludedAttributes", &path)).await?;
    let expectation = context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-11"]).status(&[200]);
    let expectation = expectation.has("id");
    let expectation = if own.word("returned") == "default" { expectation.lacks(&path) } else { expectation };
    if let Some(other) = &other {
        expectation.has(&other.path());
    }
    Ok(())
}

async fn extension(context: &Context) -> CheckResult {
    let (own, _, body) = extended(context)?;
    let resource = context.create(context.collection(), &body).await?;
    let answer = context.send(resource.request(Method::GET).query("attributes", own.schema)).await?;
    context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-12"]).status(&[200]).has(&own.path());
    if answer.is_success() {
        context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-05"]).has("id");
    }
    Ok(())
}

async fn unknown_name(context: &Context) -> CheckResult {
    let naming = context.naming()?.path();
    let resource = context.resource().await?;
    let names = format!("weirUnknown,{naming}");
    let answer = context.send(resource.request(Method::GET).query("attributes", &names)).await?;
    context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-13"]).status(&[200]);
    if answer.is_success() {
        context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-06"]).has(&naming);
    }
    Ok(())
}

async fn both_parameters(context: &Context) -> CheckResult {
    let naming = context.naming()?.path();
    let resource = context.resource().await?;
    let request = resource.request(Method::GET).query("attributes", &naming).query("excludedAttributes", "meta");
    let answer = context.send(request).await?;
    // Both readings keep the id, and the minimum is judged elsewhere: one outcome of two is worth a note.
    context.expect(&answer).after(&resource.exchange).status(&[400]);
    Ok(())
}

async fn schemas(context: &Context) -> CheckResult {
    let naming = context.naming()?.path();
    let resource = context.resource().await?;
    let answer = context.send(resource.request(Method::GET).query("attributes", &naming)).await?;
    context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-17"]).status(&[200]).has("schemas");
    context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.9-05"]).has("id");
    Ok(())
}
