//! Values that fit attributes as they are published.

use serde_json::{Map, Value, json};
use weir_exchange::difference::at;

use super::Data;
use crate::definition::{canonical_values, flag, text};
use crate::node::SchemaNode;

/// Two self-signed certificates of nobody, DER in base64.
pub const CERTIFICATE: &str = include_str!("../certificate/first.base64");
const OTHER_CERTIFICATE: &str = include_str!("../certificate/second.base64");

impl Data {
    /// A value for an attribute that fits what is published and, for the attributes of RFC 7643, what its text says; values of
    /// different `variant` differ, as far as the type has two. `person` is the id of a user, for references by id. `None` if no
    /// value can be made up.
    pub fn sample(&self, own: &SchemaNode<'_>, person: Option<&str>, variant: usize) -> Option<Value> {
        let one = self.sample_one(own, person, variant)?;
        Some(if own.flag("multiValued") { json!([one]) } else { one })
    }

    fn sample_one(&self, own: &SchemaNode<'_>, person: Option<&str>, variant: usize) -> Option<Value> {
        let either = |first: &str, second: &str| Some(json!(if variant.is_multiple_of(2) { first } else { second }));
        let canonical = canonical_values(own.attribute);
        let parent = own.parent.map_or("", |parent| text(parent, "name"));
        match (parent, own.name()) {
            ("manager" | "members", "value") => return person.map(|id| json!(id)),
            // Bound to the value beside them: the endpoint fills them in.
            ("manager" | "members" | "groups", "$ref" | "display" | "type") if !own.flag("required") => return None,
            _ if !canonical.is_empty() => return Some(canonical[variant % canonical.len()].clone()),
            ("members", "type") => return Some(json!("User")),
            ("emails", "value") => return Some(json!(self.new_address())),
            ("", "userName") => return Some(json!(self.new_user_name())),
            ("phoneNumbers", "value") => return either("tel:+1-201-555-0123", "tel:+1-201-555-0124"),
            ("addresses", "country") => return either("US", "DE"),
            ("x509Certificates", "value") => return either(CERTIFICATE, OTHER_CERTIFICATE),
            ("", "locale") => return either("en-US", "de-DE"),
            ("", "preferredLanguage") => return either("en", "de"),
            ("", "timezone") => return either("America/Los_Angeles", "Europe/Berlin"),
            ("", "password") => return Some(json!(format!("Wq7!{}", self.name()))),
            _ if takes_no_value(own.attribute) && own.parent.is_some() => return None,
            _ => {}
        }
        match own.word("type") {
            "complex" => {
                let parts: Map<String, Value> = own
                    .parts()
                    .filter(|part| part.is_settable() && (part.name() != "primary" || part.flag("required")))
                    .filter_map(|part| Some((part.name().to_owned(), self.sample(&part, person, variant)?)))
                    .collect();
                (!parts.is_empty()).then_some(Value::Object(parts))
            }
            "boolean" => Some(json!(variant.is_multiple_of(2))),
            "integer" => Some(json!(self.integer(own.attribute, variant + 1))),
            "decimal" => Some(json!(if variant.is_multiple_of(2) { 1.5 } else { 2.25 })),
            "dateTime" => either("2020-02-29T12:00:00Z", "2021-03-01T08:30:00Z"),
            "binary" => either("V2Vpcg==", "UmVndWxhdG9y"),
            "reference" => either("https://example.com/weir", "https://example.com/dam"),
            _ => Some(json!(self.name())),
        }
    }
}

/// Whether the attribute is published with canonical values and none among them. An endpoint may take no other than those (RFC 7643
/// sections 2.3.1 and 7), so that such a one need not take any, and a value is left out where it can be.
pub fn takes_no_value(attribute: &Value) -> bool {
    at(attribute, "canonicalValues").and_then(Value::as_array).is_some_and(Vec::is_empty)
        && !flag(attribute, "required")
}
