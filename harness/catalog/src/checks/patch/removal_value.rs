//! `remove` with a value, which RFC 7644 section 3.5.2.2 does not define, for each form of target. The endpoint may take away what
//! the path names, or what the value names, or refuse (disputed point P2). What it may not do is to set the value.

use serde_json::{Value, json};
use weir_exchange::difference::at;

use super::change::{WatchedPatch, send_watched};
use crate::check::{Check, CheckResult, Context, PATCHED, Resource, Stop};
use crate::node::{self, SchemaNode};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.remove-never-sets", "remove with a value never sets the value, whatever its path names", &never_sets)
        .matters("Entra ID names in the value what is to go; an endpoint that puts it in the place of the old value gives the account the address of somebody else.")
        .requirements(&[
            "RFC7644-3.5.2.2-02",
            "RFC7644-3.5.2.2-03",
            "RFC7644-3.5.2.2-04",
            "RFC7644-3.5.2.2-07",
            "RFC7644-3.5.2.2-12",
            "RFC7644-3.5.2.2-15",
        ])
        .legal(&[
            "200 or 204, and what the path names is gone",
            "200 or 204, and the resource as it was, since nothing has the value",
            "400",
        ])
        .on_every_type(PATCHED),
];

/// One removal.
struct Removal {
    /// Which form of target it is about.
    form: &'static str,
    path: String,
    value: Value,
    /// A text of the value that no resource has.
    new: String,
    /// What has to stay, whatever the endpoint takes away: a text of a sibling.
    stays: Option<String>,
    under: &'static [&'static str],
}

async fn never_sets(context: &Context) -> CheckResult {
    let mut body = context.body();
    let removals = removals(context, &mut body).await?;
    if removals.is_empty() {
        return context.skip("the resource type has no attribute that can be taken away");
    }
    let resource = context.create(context.collection(), &body).await?;
    // What was not kept cannot be missed afterwards.
    let before = context.read(&resource).await?;
    let before = before.json().unwrap_or(&Value::Null);
    for removal in removals {
        judge(context, &resource, removal, before).await?;
    }
    Ok(())
}

/// Sends the removal of a resource that a GET has shown since the latest write.
async fn judge(context: &Context, resource: &Resource, removal: Removal, before: &Value) -> CheckResult {
    let Removal { form, path, value, new, stays, under } = removal;
    let operations = json!([{"op": "remove", "path": path, "value": value}]);
    let WatchedPatch { answer, after } = send_watched(context, resource, &operations, true).await?;
    let Some(after) = after else {
        // Another refusal than 400 is the matter of other checks, but for an error of the server's own.
        context.expect(&answer).after(&resource.exchange).under(under).that(
            answer.status < 500 || answer.status == 501,
            &format!("remove with a value for {form} is answered {}", answer.status),
            answer.status.to_string(),
        );
        return Ok(());
    };
    let found = at(after.json().unwrap_or(&Value::Null), top_of(&path)).unwrap_or(&Value::Null);
    let expectation = context.expect(&after).after(&answer).under(under).that(
        !holds(found, &new),
        &format!("remove with a value for {form} sets the value"),
        found.to_string(),
    );
    let beside = at(before, top_of(&path)).unwrap_or(&Value::Null);
    if let Some(stays) = stays.filter(|stays| holds(beside, stays)) {
        let message = format!("remove with a value for {form} takes away more than its path names");
        expectation.that(holds(found, &stays), &message, "the value beside it is gone");
    }
    Ok(())
}

/// Whether one of the texts in a value is this one. A part of a text says nothing: an id can be a number of one digit.
fn holds(found: &Value, text: &str) -> bool {
    match found {
        Value::String(found) => found == text,
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(members) => members.values().any(|member| holds(member, text)),
        _ => false,
    }
}

/// The name of the attribute at the top, or of the extension.
fn top_of(path: &str) -> &str {
    match path.rsplit_once(':') {
        Some((uri, _)) if path.starts_with("urn:") && !uri.contains('[') => uri,
        _ => path.split(['.', '[']).next().unwrap_or(path),
    }
}

/// The removals that the subject allows, and in `body` what they are about. That of a whole list comes last, since it may take
/// everything away.
async fn removals(context: &Context, body: &mut Value) -> Result<Vec<Removal>, Stop> {
    let mut all = Vec::new();
    if let Ok(text) = context.optional_text(0) {
        text.put(body, json!(context.data().name()));
        let form = if text.extension { "an attribute of an extension" } else { "an attribute" };
        let under = if text.extension { &["RFC7644-3.5.2.2-15"] } else { &["RFC7644-3.5.2.2-02"] };
        all.push(of_text(context, form, text.path(), under));
    }
    if let Some(text) = context.extension_texts().into_iter().find(|own| !own.flag("required")) {
        text.put(body, json!(context.data().name()));
        all.push(of_text(context, "an attribute of an extension", text.path(), &["RFC7644-3.5.2.2-15"]));
    }
    all.extend(of_part(context, body));
    all.extend(of_elements(context, body));
    all.extend(of_references(context, body).await?);
    Ok(all)
}

fn of_text(context: &Context, form: &'static str, path: String, under: &'static [&'static str]) -> Removal {
    let new = context.data().name();
    Removal { form, path, value: json!(new), new, stays: None, under }
}

/// Whether a client may set the sub-attribute to any text.
fn is_free_text(part: &SchemaNode<'_>) -> bool {
    part.word("type") == "string"
        && part.word("mutability") == "readWrite"
        && !part.flag("required")
        && !part.flag("multiValued")
        && part.is_shown()
        && crate::definition::list(part.attribute, "canonicalValues").is_empty()
}

/// A sub-attribute of an attribute with one value, beside another.
fn of_part(context: &Context, body: &mut Value) -> Option<Removal> {
    let kind = context.kind()?;
    let complex = node::assumed_attributes(context.discovery(), kind).into_iter().find(|own| {
        own.word("type") == "complex"
            && !own.flag("multiValued")
            && !own.extension
            && own.word("mutability") == "readWrite"
            && own.parts().filter(is_free_text).filter(|part| part.name() != "formatted").count() > 1
    })?;
    let mut parts = complex.parts().filter(is_free_text).filter(|part| part.name() != "formatted");
    let (removed, kept) = (parts.next()?, parts.next()?);
    let (old, stays) = (context.data().name(), context.data().name());
    let mut whole = body.get(complex.name()).filter(|whole| whole.is_object()).cloned().unwrap_or_else(|| json!({}));
    whole[removed.name()] = json!(old);
    whole[kept.name()] = json!(stays);
    complex.put(body, whole);
    let removal = of_text(context, "a sub-attribute", removed.path(), &["RFC7644-3.5.2.2-07"]);
    Some(Removal { stays: Some(stays), ..removal })
}

/// The elements of a multi-valued attribute: a sub-attribute of one, one, and all of them.
fn of_elements(context: &Context, body: &mut Value) -> Vec<Removal> {
    let Ok(values) = context.values() else { return Vec::new() };
    let (first, second) = (context.value_of(&values, false), context.value_of(&values, false));
    let selected = format!("{}[value eq {}]", values.path(), first["value"]);
    let stays = second["value"].as_str().map(str::to_owned);
    values.put(body, json!([first, second]));
    let mut all = Vec::new();
    let new = || context.data().new_address();
    let text = |form, path: String, under| {
        let new = new();
        Removal { form, path, value: json!(new), new, stays: stays.clone(), under }
    };
    if let Some(part) = values.parts().find(|part| part.name() == "type" && !part.flag("required")) {
        let path = format!("{selected}.{}", part.name());
        all.push(text("a sub-attribute of a selected value", path, &["RFC7644-3.5.2.2-12"]));
    }
    if !values.parts().any(|part| part.name() == "value" && part.flag("required")) {
        let path = format!("{selected}.value");
        all.push(text("the value of a selected value", path, &["RFC7644-3.5.2.2-12"]));
    }
    let address = new();
    let element = json!({"value": address});
    all.push(Removal {
        form: "a selected value",
        path: selected,
        value: element.clone(),
        new: address.clone(),
        stays,
        under: &["RFC7644-3.5.2.2-04"],
    });
    if !values.flag("required") {
        all.push(Removal {
            form: "a list of values",
            path: values.path(),
            value: json!([element]),
            new: address,
            stays: None,
            under: &["RFC7644-3.5.2.2-03"],
        });
    }
    all
}

/// References to users: one that the resource has is taken out, and one that it does not have is not put in.
async fn of_references(context: &Context, body: &mut Value) -> Result<Vec<Removal>, Stop> {
    let creates = context.discovery().offers(scim::capability::Capability::CreateUsers);
    let Some(references) = context.user_references().filter(|_| creates) else { return Ok(Vec::new()) };
    let (first, second, stranger) = (context.user().await?, context.user().await?, context.user().await?);
    references.put(body, json!([{"value": first.id}, {"value": second.id}]));
    let selected = Removal {
        form: "a selected reference",
        path: format!("{}[value eq {}]", references.path(), json!(first.id)),
        value: json!([{"value": stranger.id}]),
        new: stranger.id.clone(),
        stays: Some(second.id),
        under: &["RFC7644-3.5.2.2-04"],
    };
    let whole = Removal {
        form: "a list of references",
        path: references.path(),
        value: json!([{"value": stranger.id}]),
        new: stranger.id,
        stays: None,
        under: &["RFC7644-3.5.2.2-03"],
    };
    Ok(if references.flag("required") { vec![selected] } else { vec![selected, whole] })
}
