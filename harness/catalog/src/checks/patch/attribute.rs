//! Which attributes of the endpoint's own schemas a check can change.

use serde_json::Value;

use crate::check::{Context, Stop};
use crate::definition::{flag, list, text};
use crate::node::SchemaNode;
use weir_judge::Because;

/// The core User schema's URI.
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Singular strings without further meaning, the ones to take first.
const PLAIN: [&str; 4] = ["nickName", "title", "displayName", "userType"];

/// Singular strings whose values have to follow a syntax, or mean something to the endpoint.
const PARTICULAR: [&str; 10] = [
    "id",
    "externalId",
    "userName",
    "password",
    "locale",
    "timezone",
    "preferredLanguage",
    "profileUrl",
    "schemas",
    "meta",
];

/// The attributes that the endpoint publishes for a schema; `None` if it publishes no schemas at all.
fn published<'c>(context: &'c Context, schema: &str) -> Option<&'c [Value]> {
    if context.discovery().schemas.entries().is_empty() {
        return None;
    }
    Some(context.discovery().schema(schema).map_or(&[], |schema| list(schema, "attributes")))
}

/// Ends the check unless the endpoint's users have these attributes, and clients may write them. Without published
/// schemas those of RFC 7643 are taken for granted.
pub(in crate::checks) fn need(context: &Context, paths: &[&str]) -> Result<(), Stop> {
    need_of(context, USER, paths)
}

/// Ends the check if User requires the attribute, which then cannot be taken away.
pub(in crate::checks) fn need_optional(context: &Context, name: &str) -> Result<(), Stop> {
    let attributes = published(context, USER).unwrap_or_default();
    let found = attributes.iter().find(|attribute| text(attribute, "name").eq_ignore_ascii_case(name));
    if found.is_some_and(|attribute| flag(attribute, "required")) {
        return Err(Stop::Skip(
            Because::Published,
            format!("{name} is published as required, so that it cannot be taken away"),
        ));
    }
    Ok(())
}

/// As [`need`], for the resources of another schema.
pub(in crate::checks) fn need_of(context: &Context, schema: &str, paths: &[&str]) -> Result<(), Stop> {
    for path in paths {
        let (schema, names) = match path.rsplit_once(':') {
            Some((extension, names)) => (extension, names),
            None => (schema, *path),
        };
        if !context.data().publishes(schema, names) {
            return Err(Stop::Skip(
                Because::Published,
                format!("the endpoint publishes no {path} that clients may write"),
            ));
        }
        if let Some(returned) = context.data().narrower(schema, names, "returned") {
            let reason = format!("the endpoint publishes {path} with returned {returned}");
            return Err(Stop::Skip(Because::Published, reason));
        }
        context.needs_changeable(schema, names)?;
        let Some(mut attributes) = published(context, schema) else { continue };
        for name in names.split('.') {
            let found = attributes.iter().find(|attribute| text(attribute, "name").eq_ignore_ascii_case(name));
            let Some(found) = found.filter(|attribute| text(attribute, "mutability") != "readOnly") else {
                return Err(Stop::Skip(
                    Because::Published,
                    format!("the endpoint publishes no {path} that clients may write"),
                ));
            };
            attributes = list(found, "subAttributes");
        }
    }
    Ok(())
}

/// The names of `count` singular string attributes of the subject, or of users, that take any text and may be without value, or
/// an end of the check.
pub(in crate::checks) fn plain(context: &Context, count: usize) -> Result<Vec<String>, Stop> {
    if context.is_about_a_type() {
        return (0..count).map(|n| context.optional_text(n)).map(|text| own_path(text?)).collect();
    }
    let Some(attributes) = published(context, USER) else {
        return Ok(PLAIN.iter().take(count).map(|name| (*name).to_owned()).collect());
    };
    let is_plain = |attribute: &&Value| {
        matches!(text(attribute, "type"), "string" | "")
            && !flag(attribute, "multiValued")
            && !flag(attribute, "required")
            && matches!(text(attribute, "mutability"), "readWrite" | "")
            && matches!(text(attribute, "uniqueness"), "none" | "")
            && matches!(text(attribute, "returned"), "always" | "default" | "")
            && list(attribute, "canonicalValues").is_empty()
            && !PARTICULAR.iter().any(|name| name.eq_ignore_ascii_case(text(attribute, "name")))
    };
    let is_lost = |name: &&str| context.loses(name);
    let mut names: Vec<&str> = attributes.iter().filter(is_plain).map(|attribute| text(attribute, "name")).collect();
    let lost: Vec<&str> = names.iter().copied().filter(is_lost).collect();
    names.retain(|name| !lost.contains(name));
    names.sort_by_key(|name| PLAIN.iter().position(|plain| plain.eq_ignore_ascii_case(name)).unwrap_or(PLAIN.len()));
    if names.len() < count {
        let seen = match lost.as_slice() {
            [] => String::new(),
            lost => format!("; `round-trip.every-attribute` judges that it does not keep {}", lost.join(", ")),
        };
        let reason = format!(
            "the endpoint publishes only {} plain text attributes of users that can be changed{seen}",
            names.len()
        );
        return Err(Stop::Skip(Because::Published, reason));
    }
    Ok(names.into_iter().take(count).map(str::to_owned).collect())
}

/// As [`plain`], for one.
pub(in crate::checks) fn plain_one(context: &Context) -> Result<String, Stop> {
    Ok(plain(context, 1)?.swap_remove(0))
}

/// The paths of `count` singular attributes of the subject that take any text, whether it needs a value or not.
pub(in crate::checks) fn texts(context: &Context, count: usize) -> Result<Vec<String>, Stop> {
    (0..count).map(|n| own_path(context.text(n)?)).collect()
}

/// The path of an attribute of the subject's own schema.
fn own_path(text: SchemaNode<'_>) -> Result<String, Stop> {
    if text.extension {
        return Err(Stop::Skip(
            Because::Published,
            "the resource type's own schema has no further attribute that takes any text".into(),
        ));
    }
    Ok(text.path())
}
