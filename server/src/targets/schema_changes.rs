//! Changes of the schemas that a target takes over: what it requires, what it lacks, and what it has besides.

use scim::schema::{Attribute, Definitions, SchemaDocument, SchemaError};
use serde::Deserialize;

/// What a target does differently from one schema.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaChange {
    /// The URI of the schema.
    pub schema: String,
    /// Attributes, `name` or `name.part`, that must be there although the schema does not say so.
    #[serde(default)]
    pub required: Vec<String>,
    /// Attributes, `name` or `name.part`, that the target does not have.
    #[serde(default)]
    pub without: Vec<String>,
    /// Attributes that it has besides, as RFC 7643 section 7 defines them.
    #[serde(default)]
    pub with: Vec<Attribute>,
}

/// Makes the changes.
///
/// # Errors
/// A schema or an attribute that is not there, or one that is there already.
pub(super) fn apply(definitions: &mut Definitions, changes: &[SchemaChange]) -> Result<(), SchemaError> {
    for change in changes {
        let fail = |rule: String| SchemaError { place: format!("schema {}", change.schema), rule };
        let found = definitions.schemas.iter_mut().find(|schema| schema.id.eq_ignore_ascii_case(&change.schema));
        let schema = found.ok_or_else(|| fail("the target has no such schema; correct the URI".to_owned()))?;
        let missing = |path: &str| fail(format!("it has no attribute {path:?}; correct the name"));
        for path in &change.required {
            attribute(schema, path).ok_or_else(|| missing(path))?.required = true;
        }
        for path in &change.without {
            let (parent, name) =
                path.rsplit_once('.').map_or((None, path.as_str()), |(parent, name)| (Some(parent), name));
            let siblings = match parent {
                None => Some(&mut schema.attributes),
                Some(parent) => attribute(schema, parent).map(|parent| &mut parent.sub_attributes),
            };
            let siblings = siblings.ok_or_else(|| missing(path))?;
            let position = siblings.iter().position(|own| own.name == name).ok_or_else(|| missing(path))?;
            siblings.remove(position);
        }
        for own in &change.with {
            if attribute(schema, &own.name).is_some() {
                return Err(fail(format!("it has the attribute {:?} already; leave it out", own.name)));
            }
            schema.attributes.push(own.clone());
        }
    }
    Ok(())
}

/// Takes a resource type away, and its schema if no other type has it.
///
/// # Errors
/// A resource type that is not there.
pub(super) fn remove_type(definitions: &mut Definitions, name: &str) -> Result<(), SchemaError> {
    let Some(position) = definitions.resource_types.iter().position(|kind| kind.name == name) else {
        let rule = "the target has no such resource type; correct the name".to_owned();
        return Err(SchemaError { place: format!("resource type {name}"), rule });
    };
    let schema = definitions.resource_types.remove(position).schema;
    if definitions.resource_types.iter().all(|kind| kind.schema != schema) {
        definitions.schemas.retain(|own| own.id != schema);
    }
    Ok(())
}

fn attribute<'s>(schema: &'s mut SchemaDocument, path: &str) -> Option<&'s mut Attribute> {
    let mut names = path.split('.');
    let first = names.next()?;
    let found = schema.attributes.iter_mut().find(|own| own.name == first)?;
    names.try_fold(found, |parent, name| parent.sub_attributes.iter_mut().find(|own| own.name == name))
}
