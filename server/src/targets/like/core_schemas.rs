//! What RFC 7643 demands of the schemas that it defines, where a product's documents say something else.

use scim::schema::{Attribute, AttributeType, Mutability, Returned, SchemaDocument, SchemaNote, Uniqueness, standard};

use super::note;

/// Gives the attributes of RFC 7643 what its section 4 demands of them, with a note for each that the documents have in
/// another way. What the section leaves to the provider stays as it is.
pub(super) fn align(schema: &mut SchemaDocument, notes: &mut Vec<SchemaNote>) {
    if let Ok(standard) = standard::document(&schema.id) {
        let place = format!("{}:", schema.id);
        align_attributes(&place, &mut schema.attributes, &standard.attributes, notes);
    }
}

fn align_attributes(parent: &str, own: &mut Vec<Attribute>, demands: &[Attribute], notes: &mut Vec<SchemaNote>) {
    for demand in demands {
        let place = format!("{parent}{}", demand.name);
        let Some(found) = own.iter_mut().find(|own| own.name.eq_ignore_ascii_case(&demand.name)) else {
            if demand.required {
                notes.push(note(place, "it is missing; RFC 7643 section 4 requires it, and so does this target"));
                own.push(demand.clone());
            }
            continue;
        };
        let is_complex = |attribute: &Attribute| attribute.attribute_type == AttributeType::Complex;
        if is_complex(found) == is_complex(demand) {
            align_attribute(&place, found, demand, notes);
            align_attributes(&format!("{place}."), &mut found.sub_attributes, &demand.sub_attributes, notes);
        } else {
            notes.push(differs(&place, "type", found.attribute_type.as_str(), demand.attribute_type.as_str()));
            *found = demand.clone();
        }
    }
}

fn align_attribute(place: &str, found: &mut Attribute, demand: &Attribute, notes: &mut Vec<SchemaNote>) {
    if found.attribute_type != demand.attribute_type {
        notes.push(differs(place, "type", found.attribute_type.as_str(), demand.attribute_type.as_str()));
        found.attribute_type = demand.attribute_type;
        found.reference_types.clone_from(&demand.reference_types);
    }
    if found.multi_valued != demand.multi_valued {
        notes.push(differs(place, "multiValued", &found.multi_valued.to_string(), &demand.multi_valued.to_string()));
        found.multi_valued = demand.multi_valued;
    }
    if demand.required && !found.required {
        notes.push(differs(place, "required", "false", "true"));
        found.required = true;
    }
    if found.uniqueness == Uniqueness::None && demand.uniqueness != Uniqueness::None {
        notes.push(differs(place, "uniqueness", found.uniqueness.as_str(), demand.uniqueness.as_str()));
        found.uniqueness = demand.uniqueness;
    }
    if demand.returned == Returned::Never && found.returned != Returned::Never {
        notes.push(differs(place, "returned", found.returned.as_str(), demand.returned.as_str()));
        found.returned = demand.returned;
    }
    if found.case_exact && !demand.case_exact && demand.uniqueness != Uniqueness::None {
        notes.push(differs(place, "caseExact", "true", "false"));
        found.case_exact = false;
    }
    // The server makes no user name: what is required of clients cannot be readOnly (RFC 7643 section 4.1.1).
    if demand.required && demand.mutability == Mutability::ReadWrite && found.mutability == Mutability::ReadOnly {
        notes.push(differs(place, "mutability", found.mutability.as_str(), demand.mutability.as_str()));
        found.mutability = demand.mutability;
    }
    let is_fixed = matches!(demand.mutability, Mutability::ReadOnly | Mutability::WriteOnly);
    if is_fixed && found.mutability != demand.mutability {
        notes.push(differs(place, "mutability", found.mutability.as_str(), demand.mutability.as_str()));
        found.mutability = demand.mutability;
    }
}

fn differs(place: &str, characteristic: &str, found: &str, demand: &str) -> SchemaNote {
    note(place, format!("{characteristic} is {found}; RFC 7643 section 4 has {demand}, and so does this target"))
}
