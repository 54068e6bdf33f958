//! Which attributes an answer holds: each attribute's `returned` (RFC 7643 section 7) together with the parameters
//! `attributes` and `excludedAttributes` (RFC 7644 section 3.9).
//!
//! The rules are applied once, to a bit for every attribute; asking is a look at one bit. A complex attribute whose bit is
//! set has at least one sub-attribute whose bit is set.

use crate::path::{self, AttributePath, Target};
use crate::schema::{AttributeId, Mutability, Registry, ResourceTypeId, Returned, common};
use crate::tolerance::Tolerances;
use crate::{Error, ErrorKind, Result};

/// The attributes of one resource type that an answer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    bits: Vec<u64>,
}

/// What a request says about an attribute or sub-attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mention {
    /// No parameter speaks of it.
    Nothing,
    /// `attributes` is given, but neither names it nor its parent.
    Other,
    /// `attributes` names it.
    Named,
    /// `attributes` names its parent or its schema.
    Parent,
    /// `excludedAttributes` names it, its parent or its schema.
    Excluded,
}

impl Projection {
    /// From the `attributes` and `excludedAttributes` parameters: names in attribute notation, separated by commas, blanks
    /// around them ignored. A name of no attribute is ignored; the bare URI of a schema names all its attributes. A
    /// parameter without any name counts as not given.
    ///
    /// Attributes that are always returned cannot be left out, and those that are never returned (or `writeOnly`) cannot be
    /// had. Those returned on request have to be named themselves.
    ///
    /// # Errors
    /// `invalidValue` for both parameters at once, which exclude each other.
    pub fn new(
        registry: &Registry,
        resource_type: ResourceTypeId,
        attributes: Option<&str>,
        excluded_attributes: Option<&str>,
    ) -> Result<Self> {
        let given = |list: Option<&str>| {
            list.map(|list| list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect())
                .filter(|names: &Vec<String>| !names.is_empty())
        };
        let mut projection = Self { bits: vec![0; registry.attribute_count().div_ceil(64)] };
        let mut asked = vec![Mention::Nothing; registry.attribute_count()];
        match (given(attributes), given(excluded_attributes)) {
            (Some(_), Some(_)) => {
                return Err(Error::new(
                    ErrorKind::InvalidValue,
                    "attributes and excludedAttributes exclude each other (RFC 7644 section 3.9); send only one of them",
                ));
            }
            (Some(names), None) => {
                asked.fill(Mention::Other);
                for name in names {
                    mark(registry, resource_type, &name, Mention::Named, Mention::Parent, &mut asked);
                }
            }
            (None, Some(names)) => {
                for name in names {
                    mark(registry, resource_type, &name, Mention::Excluded, Mention::Excluded, &mut asked);
                }
            }
            (None, None) => {}
        }
        for schema in registry.schemas_of(resource_type) {
            for &id in &registry.schema(schema).attributes {
                projection.decide(registry, id, &asked);
            }
        }
        // Every representation names its schemas (RFC 7643 section 3), whatever is asked.
        projection.set(common::SCHEMAS);
        Ok(projection)
    }

    /// Without parameters: what is returned always or by default.
    #[must_use]
    pub fn everything(registry: &Registry, resource_type: ResourceTypeId) -> Self {
        // Only two parameters at once are an error.
        Self::new(registry, resource_type, None, None).unwrap_or(Self { bits: Vec::new() })
    }

    /// Whether attribute or sub-attribute `id` is in the answer, provided that it has a value.
    #[must_use]
    pub fn wants(&self, id: AttributeId) -> bool {
        self.bits.get(usize::from(id.0 / 64)).is_some_and(|word| word >> (id.0 % 64) & 1 == 1)
    }

    fn set(&mut self, id: AttributeId) {
        self.bits[usize::from(id.0 / 64)] |= 1 << (id.0 % 64);
    }

    fn decide(&mut self, registry: &Registry, id: AttributeId, asked: &[Mention]) {
        let subs = &registry.definition(id).sub_attributes;
        if subs.is_empty() {
            if is_returned(registry, id, asked[usize::from(id.0)]) {
                self.set(id);
            }
            return;
        }
        let attribute = registry.attribute(id);
        if attribute.returned == Returned::Never || attribute.mutability == Mutability::WriteOnly {
            return;
        }
        let whole = is_returned(registry, id, asked[usize::from(id.0)]);
        for &sub in subs {
            let returned = registry.attribute(sub).returned;
            let said = match asked[usize::from(sub.0)] {
                // A complex attribute that is always returned comes with what it has by default.
                Mention::Other if attribute.returned == Returned::Always => Mention::Nothing,
                said => said,
            };
            // A sub-attribute that is named brings its parent in; one that is always returned stays, whatever is left out.
            let reachable =
                whole || said == Mention::Named || returned == Returned::Always && is_common(attribute.returned);
            if reachable && is_returned(registry, sub, said) {
                self.set(sub);
                self.set(id);
            }
        }
    }
}

const fn is_common(returned: Returned) -> bool {
    matches!(returned, Returned::Always | Returned::Default)
}

fn is_returned(registry: &Registry, id: AttributeId, asked: Mention) -> bool {
    let attribute = registry.attribute(id);
    // A value that may only be written is never shown (RFC 7643 section 7), whatever the schema says of `returned`.
    if attribute.mutability == Mutability::WriteOnly {
        return false;
    }
    match attribute.returned {
        Returned::Always => true,
        Returned::Never => false,
        Returned::Default => matches!(asked, Mention::Nothing | Mention::Named | Mention::Parent),
        Returned::Request => asked == Mention::Named,
    }
}

/// Notes what the name says about attributes and sub-attributes.
fn mark(
    registry: &Registry,
    resource_type: ResourceTypeId,
    name: &str,
    itself: Mention,
    below: Mention,
    asked: &mut [Mention],
) {
    let Ok(path) = name.parse::<AttributePath>() else { return };
    let Ok(target) = path::resolve(registry, resource_type, &path, &Tolerances::strict()) else { return };
    let mut note = |id: AttributeId, said: Mention| {
        let place = &mut asked[usize::from(id.0)];
        if *place != Mention::Named {
            *place = said;
        }
    };
    match target {
        Target::Attribute(path) => {
            note(path.leaf(), itself);
            let stays = itself == Mention::Excluded && registry.attribute(path.leaf()).returned == Returned::Always;
            if path.sub_attribute.is_none() && !stays {
                for &sub in &registry.definition(path.attribute).sub_attributes {
                    note(sub, below);
                }
            }
        }
        Target::Schema(schema) => {
            for &id in &registry.schema(schema).attributes {
                note(id, below);
                if below == Mention::Excluded && registry.attribute(id).returned == Returned::Always {
                    continue;
                }
                for &sub in &registry.definition(id).sub_attributes {
                    note(sub, below);
                }
            }
        }
    }
}
