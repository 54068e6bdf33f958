//! Representations that an endpoint returns: the part of a body that they hold, and a body made of one.

use std::borrow::Cow;

use serde_json::{Map, Value};
use weir_exchange::difference::take_member;

use super::{Data, attribute};
use crate::definition::{list, text, word};
use crate::discovery::ResourceType;

impl Data {
    /// The representation `shown` as a body that can be sent back: names are spelled as published, and an attribute that is required
    /// and that no answer shows has the value that it has in `sent`, or a new one.
    pub fn sendable(&self, endpoint: &str, shown: &Value, sent: &Value) -> Value {
        let mut body = shown.clone();
        let kind = self.discovery.resource_type(endpoint);
        if let (Some(kind), Some(members)) = (kind, body.as_object_mut()) {
            self.spell(members, kind);
            self.complete(endpoint, &kind.schema, members, sent);
        }
        body
    }

    /// Spells the names of a resource's members as the endpoint publishes them: they have no letter case (RFC 7643 section 2.1).
    fn spell(&self, members: &mut Map<String, Value>, kind: &ResourceType) {
        let common = ["schemas", "id", "externalId", "meta"];
        let own = self.attributes(&kind.schema).unwrap_or_default();
        let names = own.iter().map(|own| text(own, "name")).chain(kind.extensions.iter().map(String::as_str));
        rename(members, names.chain(common));
        for attribute in own {
            spell_parts(members, attribute);
        }
        for uri in &kind.extensions {
            let attributes = self.attributes(uri).unwrap_or_default();
            if let Some(values) = members.get_mut(uri).and_then(Value::as_object_mut) {
                rename(values, attributes.iter().map(|own| text(own, "name")));
                for attribute in attributes {
                    spell_parts(values, attribute);
                }
            }
        }
    }

    /// What an ordinary answer shows of a resource that was sent: without what is returned never or on request, and without an
    /// extension of which nothing is left (RFC 7643 section 7). A body that names no resource type stays as it is.
    pub fn shown<'b>(&self, sent: &'b Value) -> Cow<'b, Value> {
        let names = |uri: &str| {
            list(sent, "schemas").iter().any(|own| own.as_str().is_some_and(|own| own.eq_ignore_ascii_case(uri)))
        };
        let Some(kind) = self.discovery.resource_types().iter().find(|kind| names(&kind.schema)) else {
            return Cow::Borrowed(sent);
        };
        let mut shown = sent.clone();
        let Some(members) = shown.as_object_mut() else { return Cow::Borrowed(sent) };
        keep_shown(members, self.attributes(&kind.schema).unwrap_or_default());
        for uri in &kind.extensions {
            let attributes = self.attributes(uri).unwrap_or_default();
            let Some(values) = members.get_mut(uri).and_then(Value::as_object_mut) else { continue };
            let had_any = !values.is_empty();
            keep_shown(values, attributes);
            if had_any && values.is_empty() {
                members.shift_remove(uri);
                if let Some(schemas) = members.get_mut("schemas").and_then(Value::as_array_mut) {
                    schemas.retain(|own| own != uri);
                }
            }
        }
        Cow::Owned(shown)
    }
}

/// Gives the members these names, where they have them in other letters. Of members that differ in letter case alone one is kept: an
/// endpoint may refuse both.
fn rename<'n>(members: &mut Map<String, Value>, names: impl Iterator<Item = &'n str>) {
    for name in names.filter(|name| !name.is_empty()) {
        if members.contains_key(name) {
            members.retain(|own, _| own == name || !own.eq_ignore_ascii_case(name));
        } else if let Some(value) = take_member(members, name) {
            members.retain(|own, _| !own.eq_ignore_ascii_case(name));
            members.insert(name.to_owned(), value);
        }
    }
}

/// Gives the sub-attributes of an attribute their published names.
fn spell_parts(members: &mut Map<String, Value>, attribute: &Value) {
    let names = || list(attribute, "subAttributes").iter().map(|part| text(part, "name"));
    match members.get_mut(text(attribute, "name")) {
        Some(Value::Object(parts)) => rename(parts, names()),
        Some(Value::Array(items)) => {
            items.iter_mut().filter_map(Value::as_object_mut).for_each(|parts| rename(parts, names()));
        }
        _ => {}
    }
}

/// Leaves what an ordinary answer shows.
fn keep_shown(members: &mut Map<String, Value>, attributes: &[Value]) {
    let is_shown =
        |own: &Value| matches!(word(own, "returned"), "default" | "always") && word(own, "mutability") != "writeOnly";
    members.retain(|name, _| attribute(attributes, name).is_none_or(is_shown));
    for own in attributes {
        let parts = list(own, "subAttributes");
        match members.get_mut(text(own, "name")) {
            Some(Value::Object(value)) => keep_shown(value, parts),
            Some(Value::Array(items)) => {
                items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| keep_shown(item, parts));
            }
            _ => {}
        }
    }
}
