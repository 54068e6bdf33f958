//! The same state in another form: all of it is permitted, and clients stumble over it.

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use scim::schema::{Attribute, AttributeType, Mutability, Returned};
use serde_json::{Map, Value, json};

use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditBody, has, walk};
use crate::deviations::part::attributes::edit_attributes;
use crate::message::Head;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("form.empty-arrays", "multi-valued attributes without a value are shown as empty arrays")
        .permitted("an attribute without a value, null and an empty array are one state (RFC 7643 section 2.5)")
        .seen(&["https://github.com/goauthentik/authentik/issues/11972"])
        .exchange_with(|_| {
            edit_attributes(|head, attributes, members| {
                fill(head, attributes, members, |attribute| attribute.multi_valued.then(|| json!([])));
            })
        }),
    Deviation::new("form.member-order", "the members of every JSON object come in the opposite order")
        .permitted("the order of members has no meaning (RFC 7643 section 2.3.8)")
        .answer(&EditBody(|_, body| walk(body, reverse_members))),
    Deviation::new("form.names-in-capitals", "the names of attributes in resources are written in capital letters")
        .permitted("attribute names have no letter case (RFC 7643 section 2.1)")
        .last()
        .exchange_with(|_| edit_attributes(|_, attributes, members| capitalise(attributes, members))),
    Deviation::new("form.nulls", "attributes without a value are shown as null")
        .permitted("an attribute without a value, null and an empty array are one state (RFC 7643 section 2.5)")
        .seen(&["https://github.com/scimmyjs/scimmy/issues/81"])
        .exchange_with(|_| {
            edit_attributes(|head, attributes, members| fill(head, attributes, members, |_| Some(Value::Null)))
        }),
    Deviation::new(
        "form.times-with-offset",
        "times are written with an offset of two hours and six digits of a second's fraction",
    )
    .permitted("every form of xsd:dateTime is one, and times are compared by the instant (RFC 7643 section 2.3.5)")
    .exchange_with(|_| edit_attributes(|_, attributes, members| move_times(attributes, members))),
    Deviation::new("form.values-reversed", "the values of multi-valued attributes come in the opposite order")
        .permitted("no RFC gives the values of a multi-valued attribute an order")
        .exchange_with(|_| {
            edit_attributes(|_, attributes, members| {
                for attribute in attributes.iter().filter(|attribute| attribute.multi_valued) {
                    if let Some(Value::Array(values)) = members.get_mut(&attribute.name) {
                        values.reverse();
                    }
                }
            })
        }),
];

/// Shows what has no value, where the request leaves it to the endpoint what is shown.
fn fill(
    head: &Head<'_>,
    attributes: &[&Attribute],
    members: &mut Map<String, Value>,
    value: impl Fn(&Attribute) -> Option<Value>,
) {
    // The projection of a search stands in its body.
    if has(head, "attributes") || has(head, "excludedAttributes") || head.path.ends_with("/.search") {
        return;
    }
    let is_shown = |attribute: &&&Attribute| {
        attribute.returned == Returned::Default
            && attribute.mutability != Mutability::WriteOnly
            && !attribute.required
            && !members.contains_key(&attribute.name)
    };
    let more: Vec<_> = attributes
        .iter()
        .filter(is_shown)
        .filter_map(|attribute| Some((attribute.name.clone(), value(attribute)?)))
        .collect();
    members.extend(more);
}

fn reverse_members(value: &mut Value) {
    if let Value::Object(members) = value {
        *members = std::mem::take(members).into_iter().rev().collect();
    }
}

fn capitalise(attributes: &[&Attribute], members: &mut Map<String, Value>) {
    let is_attribute = |name: &str| attributes.iter().any(|attribute| attribute.name == name);
    let renamed = std::mem::take(members).into_iter();
    *members =
        renamed.map(|(name, value)| (if is_attribute(&name) { name.to_uppercase() } else { name }, value)).collect();
}

fn move_times(attributes: &[&Attribute], members: &mut Map<String, Value>) {
    for attribute in attributes.iter().filter(|attribute| attribute.attribute_type == AttributeType::DateTime) {
        match members.get_mut(&attribute.name) {
            Some(Value::Array(times)) => times.iter_mut().for_each(move_time),
            Some(time) => move_time(time),
            None => {}
        }
    }
}

fn move_time(value: &mut Value) {
    if let Some(instant) = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
        let there = instant.to_zoned(TimeZone::fixed(offset(2)));
        *value = there.strftime("%Y-%m-%dT%H:%M:%S%.6f%:z").to_string().into();
    }
}
