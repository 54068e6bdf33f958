//! Discovery never lies about what is required, of attributes and of extensions.

use scim::noun::with_article;
use serde_json::{Map, Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use crate::check::{Check, CheckResult, Context};
use crate::discovery::ResourceType;
use crate::published;
use crate::published::{SchemaNode, flag, kinds, list, sample, text};

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new("schema.required", "A resource without an attribute that is published as required is refused", &required)
        .matters("A client that trusts the schema leaves out nothing it needs; a request that is let through makes an account that cannot be used.")
        .requirements(&["RFC7643-7-19"])
        .legal(&["400 with a SCIM Error, for attributes and for sub-attributes of a value that is given"]),
    Check::new("schema.optional", "A resource with nothing but what is published as required is taken", &optional)
        .matters("A provisioner that maps what is required and no more is refused, and the schema does not say why.")
        .requirements(&["RFC7643-2.2-01"])
        .legal(&["201, also for a complex value that has one optional sub-attribute alone"]),
    Check::new("schema.required-extension", "An extension is demanded exactly where it is published as required", &required_extension)
        .matters("Clients build their requests from schemaExtensions; an extension that is demanded and not announced stops every creation.")
        .requirements(&["RFC7643-6-17", "RFC7643-6-18"])
        .legal(&["400 without an extension that is required; 201 without one that is not, or 400 for another reason"]),
];

async fn required(context: &Context) -> CheckResult {
    let mut any = false;
    for kind in kinds(context)? {
        for own in published::attributes(context, kind).into_iter().filter(SchemaNode::is_settable) {
            if own.flag("required") && !own.extension {
                any = true;
                let mut body = context.data().resource(kind);
                if let Some(members) = body.as_object_mut() {
                    members.retain(|name, _| !name.eq_ignore_ascii_case(own.name()));
                }
                refused(context, kind, &own, &body).await?;
            }
            let parts: Vec<_> = own.parts().filter(SchemaNode::is_settable).collect();
            for part in parts.iter().filter(|part| part.flag("required")) {
                // A value that has something else, since one that says nothing may be dropped.
                let others: Map<String, Value> = parts
                    .iter()
                    .filter(|other| other.name() != part.name() && other.name() != "primary")
                    .filter_map(|other| Some((other.name().to_owned(), sample(context, other, None, 0)?)))
                    .collect();
                if others.is_empty() {
                    continue;
                }
                any = true;
                let element = Value::Object(others);
                let mut body = context.data().resource(kind);
                own.put(&mut body, if own.flag("multiValued") { json!([element]) } else { element });
                refused(context, kind, part, &body).await?;
            }
        }
    }
    if any { Ok(()) } else { context.skip("no attribute is published as required") }
}

async fn refused(context: &Context, kind: &ResourceType, own: &SchemaNode<'_>, body: &Value) -> CheckResult {
    let answer = context.send(Request::post(&kind.endpoint).json(body)).await?;
    let message =
        format!("{} is published as required, and {} without it is not refused", own.path(), with_article(&kind.name));
    context.expect(&answer).that(answer.status == 400, &message, answer.status.to_string());
    Ok(())
}

async fn optional(context: &Context) -> CheckResult {
    for kind in kinds(context)? {
        let bare = match kind.endpoint.as_str() {
            "/Users" => context.data().bare_user(),
            _ => context.data().resource(kind),
        };
        let answer = context.send(Request::post(&kind.endpoint).json(&bare)).await?;
        let message = format!("{} with nothing but what is published as required is refused", with_article(&kind.name));
        context.expect(&answer).that(answer.is_success(), &message, answer.status.to_string());
        for own in published::attributes(context, kind).into_iter().filter(SchemaNode::is_settable) {
            // What a member or a manager is follows from its value.
            if matches!(own.name(), "members" | "manager") {
                continue;
            }
            let parts: Vec<_> = own.parts().filter(SchemaNode::is_settable).collect();
            if parts.is_empty() || parts.iter().any(|part| part.flag("required")) {
                continue;
            }
            // Of a single value each part alone, of a list's element its first: one that has only a label says little.
            let most = if own.flag("multiValued") { 1 } else { parts.len() };
            let alone = parts
                .iter()
                .filter(|part| part.name() != "primary")
                .filter_map(|part| Some((part.name(), sample(context, part, None, 0)?)))
                .take(most);
            for (part, value) in alone {
                let element = json!({(part): value});
                let mut body = context.data().resource(kind);
                own.put(&mut body, if own.flag("multiValued") { json!([element]) } else { element });
                let answer = context.send(Request::post(&kind.endpoint).json(&body)).await?;
                let message = format!(
                    "{} with {part} alone is refused, though nothing else of it is published as required",
                    own.path()
                );
                context.expect(&answer).that(answer.is_success(), &message, answer.status.to_string());
            }
        }
    }
    Ok(())
}

async fn required_extension(context: &Context) -> CheckResult {
    let mut any = false;
    for kind in kinds(context)? {
        let published =
            context.discovery().resource_types.all_entries().iter().find(|entry| text(entry, "name") == kind.name);
        for extension in published.map_or(&[][..], |entry| list(entry, "schemaExtensions")) {
            let uri = text(extension, "schema");
            any = true;
            let mut body = context.data().resource(kind);
            let had = at(&body, uri).is_some();
            if let Some(members) = body.as_object_mut() {
                members.remove(uri);
                if let Some(schemas) = members.get_mut("schemas").and_then(Value::as_array_mut) {
                    schemas.retain(|schema| schema != uri);
                }
            }
            let answer = context.send(Request::post(&kind.endpoint).json(&body)).await?;
            if flag(extension, "required") && had {
                let message =
                    format!("{uri} is published as required, and {} without it is taken", with_article(&kind.name));
                context.expect(&answer).under(&["RFC7643-6-17"]).that(
                    answer.status == 400,
                    &message,
                    answer.status.to_string(),
                );
            } else if !flag(extension, "required") {
                let message = format!(
                    "{uri} is not published as required, and {} without it is refused",
                    with_article(&kind.name)
                );
                // It is an option of the client's, so an endpoint that refuses it contradicts its own publication.
                let under: &'static [&'static str] = &["RFC7643-6-17", "RFC7643-6-18"];
                context.expect(&answer).under(under).that(answer.is_success(), &message, answer.status.to_string());
            }
        }
    }
    if any { Ok(()) } else { context.skip("no resource type is published with an extension") }
}
