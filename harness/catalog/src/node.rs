//! An attribute in its place in a resource type, so that a value of it can be set and found again.

use std::sync::LazyLock;

use scim::schema::standard;
use serde_json::{Value, json};
use weir_exchange::difference::{at, take_member};

use crate::definition::{flag, list, text, word};
use crate::discovery::{Discovery, ResourceType};

/// One attribute or sub-attribute of a resource type.
#[derive(Clone, Copy, Debug)]
pub struct SchemaNode<'d> {
    pub schema: &'d str,
    /// Whether it is an extension's, so that its values stand in an object of the extension.
    pub extension: bool,
    /// The complex attribute that this one belongs to.
    pub parent: Option<&'d Value>,
    pub attribute: &'d Value,
}

impl<'d> SchemaNode<'d> {
    pub fn name(&self) -> &'d str {
        text(self.attribute, "name")
    }

    /// A characteristic that is a word, with its default.
    pub fn word(&self, characteristic: &str) -> &'d str {
        word(self.attribute, characteristic)
    }

    pub fn flag(&self, characteristic: &str) -> bool {
        flag(self.attribute, characteristic)
    }

    /// The attribute at the top: itself, or the one that it belongs to.
    pub fn top(&self) -> Self {
        Self { parent: None, attribute: self.parent.unwrap_or(self.attribute), ..*self }
    }

    /// Its name in a filter, a PATCH path or a projection: `name.familyName`, `urn:…:User:manager.value`.
    pub fn path(&self) -> String {
        let top = text(self.top().attribute, "name");
        let qualified = if self.extension { format!("{}:{top}", self.schema) } else { top.to_owned() };
        if self.parent.is_some() { format!("{qualified}.{}", self.name()) } else { qualified }
    }

    /// Whether clients can set it: neither it nor what it belongs to is readOnly.
    pub fn is_settable(&self) -> bool {
        self.word("mutability") != "readOnly" && self.top().word("mutability") != "readOnly"
    }

    /// Whether an ordinary answer shows it.
    pub fn is_shown(&self) -> bool {
        let shown = |published: &Self| {
            matches!(published.word("returned"), "default" | "always") && published.word("mutability") != "writeOnly"
        };
        shown(self) && shown(&self.top())
    }

    /// Whether `body` shows nothing of it but sub-attributes that are returned always. Of one that is returned always, below an
    /// attribute that is not, RFC 7643 section 7 and RFC 7644 section 3.9 do not say which of the two decides: an answer that
    /// leaves the attribute out may show it or not.
    pub fn is_minimum_in(&self, body: &Value) -> bool {
        let always: Vec<&str> =
            self.parts().filter(|part| part.word("returned") == "always").map(|part| part.name()).collect();
        let is_always = |name: &String| always.iter().any(|part| part.eq_ignore_ascii_case(name));
        let values = self.values(body);
        let items =
            values.iter().flat_map(|value| value.as_array().map_or(std::slice::from_ref(*value), Vec::as_slice));
        !always.is_empty()
            && items.map(Value::as_object).all(|item| item.is_some_and(|members| members.keys().all(is_always)))
    }

    /// Whether its values name resources: they have a `$ref`, or it is one of those of RFC 7643 that do, of which some
    /// endpoints publish the value alone.
    pub fn refers(&self) -> bool {
        let is_known = match self.name() {
            "members" => self.schema.eq_ignore_ascii_case(standard::GROUP),
            "groups" => self.schema.eq_ignore_ascii_case(standard::USER),
            _ => false,
        };
        is_known || self.parts().any(|part| part.name() == "$ref")
    }

    /// Whether its values name users: `$ref` says so, or nothing says otherwise of the members of a group.
    pub fn refers_to_users(&self) -> bool {
        let mut references = self.parts().filter(|part| part.name() == "$ref").peekable();
        if references.peek().is_none() {
            return self.name() == "members" && self.refers();
        }
        references.any(|part| list(part.attribute, "referenceTypes").iter().any(|kind| kind == "User"))
    }

    /// The sub-attributes.
    pub fn parts(&self) -> impl Iterator<Item = Self> + use<'d> {
        let (own, parts) = (*self, list(self.attribute, "subAttributes"));
        parts.iter().map(move |part| Self { parent: Some(own.attribute), attribute: part, ..own })
    }

    /// Puts `value` in its place in the body of a resource, and the extension's URI among the schemas.
    pub fn put(&self, body: &mut Value, value: Value) {
        let top = self.top();
        if self.extension {
            if !body[self.schema].is_object() {
                body[self.schema] = json!({});
            }
            if let Some(schemas) = body["schemas"].as_array_mut()
                && !schemas.iter().any(|uri| uri == self.schema)
            {
                schemas.push(json!(self.schema));
            }
            body[self.schema][top.name()] = value;
        } else {
            // Under the name in other letters stands the same attribute (RFC 7643 section 2.1).
            if let Some(members) = body.as_object_mut() {
                take_member(members, top.name());
            }
            body[top.name()] = value;
        }
    }

    /// Takes its values out of a body, of every element where what it belongs to is multi-valued.
    pub fn remove(&self, body: &mut Value) {
        let whole = if self.extension { body.get_mut(self.schema) } else { Some(body) };
        let Some(members) = whole.and_then(Value::as_object_mut) else { return };
        if self.parent.is_none() {
            take_member(members, self.name());
            return;
        }
        let top = self.top();
        let Some(found) = members.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(top.name())) else { return };
        let items = match found.1 {
            Value::Array(items) => items.iter_mut().collect(),
            one => vec![one],
        };
        for item in items.into_iter().filter_map(Value::as_object_mut) {
            take_member(item, self.name());
        }
    }

    /// The values that a body has for it, of every element where what it belongs to is multi-valued.
    pub fn values<'b>(&self, body: &'b Value) -> Vec<&'b Value> {
        let whole = if self.extension { at(body, self.schema) } else { Some(body) };
        let Some(found) = whole.and_then(|whole| at(whole, self.top().name())) else { return Vec::new() };
        if self.parent.is_none() {
            return vec![found];
        }
        let items = found.as_array().map_or(std::slice::from_ref(found), Vec::as_slice);
        items.iter().filter_map(|item| at(item, self.name())).collect()
    }
}

/// The published attributes of a resource type, core first, without the common ones (RFC 7643 section 3.1).
pub fn attributes<'d>(discovery: &'d Discovery, kind: &'d ResourceType) -> Vec<SchemaNode<'d>> {
    nodes(kind, |uri| discovery.schema(uri))
}

/// As [`attributes`], and where the endpoint publishes no schema of the resource type, those of RFC 7643.
pub fn assumed_attributes<'d>(discovery: &'d Discovery, kind: &'d ResourceType) -> Vec<SchemaNode<'d>> {
    nodes(kind, |uri| discovery.schema(uri).or_else(|| standard_schema(uri)))
}

/// The schema of RFC 7643 with this URI.
pub fn standard_schema(uri: &str) -> Option<&'static Value> {
    STANDARD.iter().find(|schema| text(schema, "id").eq_ignore_ascii_case(uri))
}

/// `externalId`, which every resource type has and no schema need list (RFC 7643 section 3.1).
pub fn external_id(kind: &ResourceType) -> SchemaNode<'_> {
    SchemaNode { schema: &kind.schema, extension: false, parent: None, attribute: &EXTERNAL_ID }
}

fn nodes<'d>(kind: &'d ResourceType, schema: impl Fn(&str) -> Option<&'d Value>) -> Vec<SchemaNode<'d>> {
    std::iter::once((kind.schema.as_str(), false))
        .chain(kind.extensions.iter().map(|uri| (uri.as_str(), true)))
        .flat_map(|(uri, extension)| {
            let attributes = schema(uri).map_or(&[][..], |found| list(found, "attributes"));
            attributes.iter().map(move |attribute| SchemaNode { schema: uri, extension, parent: None, attribute })
        })
        .filter(|own| !own.name().is_empty())
        .filter(|own| own.extension || !matches!(own.name(), "id" | "externalId" | "meta" | "schemas"))
        .collect()
}

/// The schemas of RFC 7643.
static STANDARD: LazyLock<Vec<Value>> =
    LazyLock::new(|| standard::DOCUMENTS.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect());

static EXTERNAL_ID: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "name": "externalId", "type": "string", "multiValued": false, "required": false, "caseExact": true,
        "mutability": "readWrite", "returned": "default", "uniqueness": "none",
    })
});

/// The attribute that distinguishes resources of a type for people: `userName`, `displayName`, or the first text that must be
/// unique, or that must be there.
pub fn naming<'d>(discovery: &'d Discovery, kind: &'d ResourceType) -> Option<SchemaNode<'d>> {
    let rank = |own: &SchemaNode<'_>| match own.name() {
        "userName" => 0,
        "displayName" => 1,
        _ if own.word("uniqueness") != "none" => 2,
        _ if own.flag("required") => 3,
        _ => 4,
    };
    let is_name = |own: &SchemaNode<'_>| {
        !own.extension
            && own.word("type") == "string"
            && !own.flag("multiValued")
            && own.word("mutability") != "readOnly"
            && own.is_shown()
            && list(own.attribute, "canonicalValues").is_empty()
    };
    assumed_attributes(discovery, kind).into_iter().filter(is_name).min_by_key(rank)
}
