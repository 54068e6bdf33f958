//! Definitions: schemas and resource types that belong together, as files hold them and as a registry is built from.

use super::{Registry, ResourceTypeDocument, SchemaDocument, SchemaError, SchemaExtension, standard};

/// Schemas and resource types that belong together, as files hold them and as a registry is built from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definitions {
    pub schemas: Vec<SchemaDocument>,
    pub resource_types: Vec<ResourceTypeDocument>,
}

impl Definitions {
    /// Adds the schemas that `kind` names, that are neither here nor in `more`, and that are compiled in.
    fn add_compiled_in(&mut self, kind: &ResourceTypeDocument, more: &[SchemaDocument]) {
        let named =
            std::iter::once(&kind.schema).chain(kind.schema_extensions.iter().map(|extension| &extension.schema));
        for uri in named {
            let is_known = |schema: &SchemaDocument| schema.id.eq_ignore_ascii_case(uri);
            if !self.schemas.iter().any(is_known)
                && !more.iter().any(is_known)
                && let Ok(document) = standard::document(uri)
            {
                self.schemas.push(document);
            }
        }
    }

    /// Adds `more`. A schema takes the place of one with the same id, and a resource type that of one with the same name. A
    /// schema of `more` that no resource type names extends, without being required, the resource type that the last
    /// segment of its id names, as in `urn:example:params:scim:schemas:extension:example:2.0:User`. A schema that is compiled
    /// in need not be given.
    ///
    /// # Errors
    /// A schema that no resource type names, and whose id ends in the name of none.
    pub fn add(&mut self, more: Self) -> Result<(), SchemaError> {
        for kind in more.resource_types {
            self.add_compiled_in(&kind, &more.schemas);
            match self.resource_types.iter_mut().find(|own| own.name.eq_ignore_ascii_case(&kind.name)) {
                Some(own) => *own = kind,
                None => self.resource_types.push(kind),
            }
        }
        for schema in more.schemas {
            if let Some(own) = self.schemas.iter_mut().find(|own| own.id.eq_ignore_ascii_case(&schema.id)) {
                *own = schema;
                continue;
            }
            self.attach(&schema)?;
            self.schemas.push(schema);
        }
        Ok(())
    }

    fn attach(&mut self, schema: &SchemaDocument) -> Result<(), SchemaError> {
        let names = |kind: &ResourceTypeDocument| {
            std::iter::once(&kind.schema)
                .chain(kind.schema_extensions.iter().map(|extension| &extension.schema))
                .any(|uri| uri.eq_ignore_ascii_case(&schema.id))
        };
        if self.resource_types.iter().any(names) {
            return Ok(());
        }
        let last = schema.id.rsplit(':').next().unwrap_or_default();
        let Some(kind) = self.resource_types.iter_mut().find(|kind| kind.name.eq_ignore_ascii_case(last)) else {
            return Err(SchemaError::new(
                format!("schema {}", schema.id),
                format!(
                    "no resource type has it; add a ResourceType document that names it as schema or in schemaExtensions, or \
                     let its id end in the resource type that it extends, such as {}:User",
                    schema.id
                ),
            ));
        };
        kind.schema_extensions.push(SchemaExtension { schema: schema.id.clone(), required: false });
        Ok(())
    }

    /// The registry of these definitions.
    ///
    /// # Errors
    /// See [`Registry::build`].
    pub fn registry(self) -> Result<Registry, SchemaError> {
        Registry::build(self.schemas, self.resource_types)
    }
}

/// The schemas and resource types of [`standard::registry`].
///
/// # Errors
/// An extension that is not compiled in.
pub fn standard_definitions(user_extensions: &[&str]) -> Result<Definitions, SchemaError> {
    let mut uris = vec![standard::USER, standard::GROUP];
    uris.extend(user_extensions);
    uris.extend([standard::SERVICE_PROVIDER_CONFIG, standard::RESOURCE_TYPE, standard::SCHEMA]);
    Ok(Definitions {
        schemas: uris.into_iter().map(standard::document).collect::<Result<Vec<_>, _>>()?,
        resource_types: vec![standard::user_resource_type(user_extensions), standard::group_resource_type()],
    })
}

#[cfg(test)]
mod tests;
