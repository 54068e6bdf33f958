//! *Refresh Fields*: the attributes of an endpoint as the console's mapping page lists them.

use std::collections::BTreeSet;

use scim::schema::standard;
use serde_json::Value;

use super::mapping::Mapping;
use super::mapping::field::{FIELDS, IAN_PREFIX, Place, SCIM_FIELDS, USER_NAME};

/// One line of the mapping page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedField {
    /// As the console shows it; Aquera's own attributes have the prefix `IANUser:`.
    pub label: String,
    /// The console marks it with an asterisk.
    pub is_required: bool,
}

impl std::fmt::Display for OfferedField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.label, if self.is_required { " *" } else { "" })
    }
}

/// The fields that the endpoint's user schemas offer. `schemas` are the documents of `/Schemas`; those of groups and of
/// discovery itself are left out.
#[must_use]
pub fn offered(schemas: &[Value]) -> Vec<OfferedField> {
    let mut fields = Vec::new();
    for schema in schemas {
        let Some(urn) = schema["id"].as_str() else { continue };
        if urn.eq_ignore_ascii_case(standard::USER) || urn.eq_ignore_ascii_case(standard::ENTERPRISE_USER) {
            standard_fields(urn, schema, &mut fields);
        } else if urn.eq_ignore_ascii_case(standard::IAN_USER) {
            own_fields(IAN_PREFIX, schema, &mut fields);
        } else if urn.to_ascii_lowercase().contains(":extension:") {
            let name = schema["name"].as_str().unwrap_or(urn);
            own_fields(name, schema, &mut fields);
        }
    }
    fields
}

/// The fields of a connector that knows them by itself, with the attributes of the endpoint's further extensions: those named
/// as the connector expects, and those in `urns`, which are separated by commas.
#[must_use]
pub fn listed(schemas: &[Value], urns: &str) -> Vec<OfferedField> {
    let known = FIELDS.iter().chain(SCIM_FIELDS);
    let mut fields: Vec<OfferedField> = known
        .map(|field| OfferedField { label: field.name.to_string(), is_required: field.name == USER_NAME })
        .collect();
    let given: Vec<&str> = urns.split(',').map(str::trim).filter(|urn| !urn.is_empty()).collect();
    for schema in schemas {
        let Some(urn) = schema["id"].as_str().filter(|urn| !urn.eq_ignore_ascii_case(standard::ENTERPRISE_USER)) else {
            continue;
        };
        if is_expected(urn) || given.iter().any(|own| own.eq_ignore_ascii_case(urn)) {
            own_fields(urn, schema, &mut fields);
        }
    }
    fields
}

/// `urn:ietf:params:scim:schemas:extension:<Organization Name>:2.0:User`
fn is_expected(urn: &str) -> bool {
    let parts: Vec<String> = urn.split(':').map(str::to_ascii_lowercase).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    matches!(parts.as_slice(), ["urn", "ietf", "params", "scim", "schemas", "extension", _, "2.0", "user"])
}

/// The mapped fields that the endpoint does not offer.
#[must_use]
pub fn missing(mapping: &Mapping, offered: &[OfferedField]) -> Vec<String> {
    let labels: BTreeSet<String> = offered.iter().map(|field| field.label.to_lowercase()).collect();
    mapping
        .rules()
        .iter()
        .map(|rule| rule.field.name.to_string())
        .filter(|name| !labels.contains(&name.to_lowercase()))
        .collect()
}

fn attributes<'a>(document: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    document[key].as_array().into_iter().flatten()
}

fn find<'a>(document: &'a Value, key: &str, name: &str) -> Option<&'a Value> {
    attributes(document, key)
        .find(|attribute| attribute["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)))
}

fn standard_fields(urn: &str, schema: &Value, fields: &mut Vec<OfferedField>) {
    for field in FIELDS {
        let found = match &field.place {
            Place::Core(attribute) if urn.eq_ignore_ascii_case(standard::USER) => find(schema, "attributes", attribute),
            Place::Values(attribute) if urn.eq_ignore_ascii_case(standard::USER) => {
                find(schema, "attributes", attribute)
            }
            Place::Sub(attribute, sub) | Place::Typed { attribute, sub, .. }
                if urn.eq_ignore_ascii_case(standard::USER) =>
            {
                find(schema, "attributes", attribute).and_then(|complex| find(complex, "subAttributes", sub))
            }
            Place::Extension { urn: own, attribute, .. } if urn.eq_ignore_ascii_case(own) => {
                find(schema, "attributes", attribute)
            }
            _ => None,
        };
        // A sub-attribute is required inside its attribute, not of the user.
        let is_top = matches!(field.place, Place::Core(_) | Place::Extension { .. });
        if let Some(found) = found {
            fields
                .push(OfferedField { label: field.name.to_string(), is_required: is_top && found["required"] == true });
        }
    }
}

fn own_fields(prefix: &str, schema: &Value, fields: &mut Vec<OfferedField>) {
    for attribute in attributes(schema, "attributes") {
        if let Some(name) = attribute["name"].as_str() {
            fields.push(OfferedField { label: format!("{prefix}:{name}"), is_required: attribute["required"] == true });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_mapping_page_lists_what_the_schemas_offer() {
        let schemas: Vec<Value> =
            standard::DOCUMENTS.iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
        let fields = offered(&schemas);
        let labels: Vec<String> = fields.iter().map(ToString::to_string).collect();
        assert!(labels.contains(&"userName *".to_owned()));
        assert!(labels.contains(&"workEmail".to_owned()));
        assert!(labels.contains(&"department".to_owned()));
        assert!(labels.contains(&"IANUser:officeLocation".to_owned()));
        assert_eq!(labels.iter().filter(|label| label.ends_with('*')).count(), 1, "{labels:?}");
        assert_eq!(missing(&Mapping::inet_org_person(), &fields), Vec::<String>::new());
    }

    #[test]
    fn a_mapping_that_asks_for_more_is_told_what_is_missing() {
        let schemas = [
            json!({ "id": standard::USER, "attributes": [{ "name": "USERNAME", "required": true }] }),
            json!({ "id": "urn:x:extension:y", "name": "Y", "attributes": [{ "name": "z" }] }),
            json!({ "id": standard::GROUP, "attributes": [{ "name": "displayName" }] }),
            json!("no document"),
        ];
        let fields = offered(&schemas);
        assert_eq!(fields.iter().map(|field| field.label.as_str()).collect::<Vec<_>>(), ["userName", "Y:z"]);
        let missing = missing(&Mapping::inet_org_person(), &fields);
        assert!(missing.contains(&"workEmail".to_owned()) && !missing.contains(&"userName".to_owned()));
    }
}
