//! Changes of the schemas that a target takes over: what it requires, what it lacks, and what it has besides.

use scim::schema::{Attribute, Definitions, SchemaDocument, SchemaError};
use serde::Deserialize;
use weir_files::name::UnknownName;

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

/// A rule that a name breaks because it is not known.
fn unknown<N: AsRef<str>>(place: String, kind: &str, name: &str, known: impl IntoIterator<Item = N>) -> SchemaError {
    SchemaError { place, rule: UnknownName::new(kind, name, known).to_string() }
}

/// Looks at the schemas that the resource types name.
///
/// # Errors
/// A schema that is not there.
pub(super) fn check_types(definitions: &Definitions) -> Result<(), SchemaError> {
    for kind in &definitions.resource_types {
        let extensions = kind.schema_extensions.iter().map(|extension| &extension.schema);
        for uri in std::iter::once(&kind.schema).chain(extensions) {
            if !definitions.schemas.iter().any(|schema| schema.id.eq_ignore_ascii_case(uri)) {
                let known = definitions.schemas.iter().map(|schema| &schema.id);
                return Err(unknown(format!("resource type {}", kind.name), "schema", uri, known));
            }
        }
    }
    Ok(())
}

/// Makes the changes.
///
/// # Errors
/// A schema or an attribute that is not there, or one that is there already.
pub(super) fn apply(definitions: &mut Definitions, changes: &[SchemaChange]) -> Result<(), SchemaError> {
    for change in changes {
        let fail = |rule: String| SchemaError { place: format!("schema {}", change.schema), rule };
        let is_changed = |schema: &SchemaDocument| schema.id.eq_ignore_ascii_case(&change.schema);
        let Some(position) = definitions.schemas.iter().position(is_changed) else {
            let known = definitions.schemas.iter().map(|schema| &schema.id);
            return Err(unknown("the target".to_owned(), "schema", &change.schema, known));
        };
        let schema = &mut definitions.schemas[position];
        let names = paths(schema);
        let missing = |path: &str| unknown(format!("schema {}", change.schema), "attribute", path, &names);
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
        let known = definitions.resource_types.iter().map(|kind| &kind.name);
        return Err(unknown("the target".to_owned(), "resource type", name, known));
    };
    let schema = definitions.resource_types.remove(position).schema;
    if definitions.resource_types.iter().all(|kind| kind.schema != schema) {
        definitions.schemas.retain(|own| own.id != schema);
    }
    Ok(())
}

/// Attributes and sub-attributes, as a change names them.
fn paths(schema: &SchemaDocument) -> Vec<String> {
    let below = |own: &Attribute| {
        let parts = own.sub_attributes.iter().map(|part| format!("{}.{}", own.name, part.name));
        std::iter::once(own.name.clone()).chain(parts).collect::<Vec<_>>()
    };
    schema.attributes.iter().flat_map(below).collect()
}

fn attribute<'s>(schema: &'s mut SchemaDocument, path: &str) -> Option<&'s mut Attribute> {
    let mut names = path.split('.');
    let first = names.next()?;
    let found = schema.attributes.iter_mut().find(|own| own.name == first)?;
    names.try_fold(found, |parent, name| parent.sub_attributes.iter_mut().find(|own| own.name == name))
}
