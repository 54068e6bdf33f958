//! A resource, held against the published schemas of its type at every depth (RFC 7643 sections 2 and 7).

use serde_json::{Map, Value};

use super::view::{Representation, has_value};
use crate::offer::Provenance;
use crate::publication::{AttributeIndex, Publication, PublishedAttribute};

/// A value with its definition, one of several where the attribute is multi-valued.
pub(crate) struct DefinedValue<'v> {
    /// Its name with those around it, without indexes: `name.givenName`.
    pub(crate) path: String,
    pub(crate) definition: &'v PublishedAttribute,
    pub(crate) value: &'v Value,
}

/// What there is of a resource, held against the schemas of its type.
pub(crate) struct Inspection<'v> {
    /// Every attribute and sub-attribute that has a definition and a value, as it stands there.
    pub(crate) defined: Vec<DefinedValue<'v>>,
    /// The paths of those without definition.
    pub(crate) undefined: Vec<(String, &'v Value)>,
}

const COMMON: [&str; 4] = ["schemas", "id", "externalId", "meta"];
const META: [&str; 5] = ["resourceType", "created", "lastModified", "location", "version"];

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// Whether a member's name is the URI of a schema; no attribute's name has a colon.
pub(crate) fn is_uri(name: &str) -> bool {
    name.contains(':')
}

impl<'v> Inspection<'v> {
    /// `None` if the schema of the resource's type is not published.
    pub(super) fn of(published: &'v Publication, resource: &Representation<'v>) -> Option<Self> {
        let kind = resource.kind.filter(|kind| kind.provenance == Provenance::Published)?;
        let core = published.schema(&kind.schema)?;
        let mut inspection = Self { defined: Vec::new(), undefined: Vec::new() };
        for (name, value) in resource.value.iter().filter(|(_, value)| has_value(value)) {
            if is_one_of(&COMMON, name) {
                if name.eq_ignore_ascii_case("meta") {
                    let members = value.as_object().into_iter().flatten();
                    let strange = members.filter(|(name, value)| has_value(value) && !is_one_of(&META, name));
                    // An endpoint may publish sub-attributes of its own for meta.
                    let is_published = |name: &str| core.get("meta").is_some_and(|meta| meta.parts.get(name).is_some());
                    let strange = strange.filter(|(name, _)| !is_published(name));
                    inspection.undefined.extend(strange.map(|(name, value)| (format!("meta.{name}"), value)));
                }
            } else if let Some(definition) = core.get(name) {
                inspection.look(definition.name.clone(), definition, value);
            } else if is_uri(name) {
                inspection.look_at_extension(published, kind.has_schema(name), name, value);
            } else {
                inspection.undefined.push((name.clone(), value));
            }
        }
        Some(inspection)
    }

    fn look_at_extension(&mut self, published: &'v Publication, is_listed: bool, uri: &str, value: &'v Value) {
        let Some(members) = value.as_object() else {
            self.undefined.push((uri.to_owned(), value));
            return;
        };
        if members.values().all(|value| !has_value(value)) {
            return;
        }
        match published.schema(uri) {
            Some(attributes) if is_listed => self.look_into(uri, ":", attributes, members),
            // One that is listed and has no schema is a fault of discovery.
            None if is_listed => {}
            _ => self.undefined.push((uri.to_owned(), value)),
        }
    }

    fn look_into(
        &mut self,
        path: &str,
        separator: &str,
        attributes: &'v AttributeIndex,
        members: &'v Map<String, Value>,
    ) {
        for (name, value) in members.iter().filter(|(_, value)| has_value(value)) {
            match attributes.get(name) {
                Some(definition) => self.look(format!("{path}{separator}{}", definition.name), definition, value),
                None => self.undefined.push((format!("{path}{separator}{name}"), value)),
            }
        }
    }

    fn look(&mut self, path: String, definition: &'v PublishedAttribute, value: &'v Value) {
        // A complex attribute without published sub-attributes says nothing about them.
        if !definition.parts.is_empty() {
            let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for members in items.iter().filter_map(Value::as_object) {
                self.look_into(&path, ".", &definition.parts, members);
            }
        }
        self.defined.push(DefinedValue { path, definition, value });
    }
}
