//! STUB
use crate::Result;
use crate::schema::{AttributeId, Registry, ResourceTypeId};

/// Which attributes an answer holds (RFC 7644 section 3.9 and each attribute's `returned`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projection {
    include: Option<Vec<AttributeId>>,
    exclude: Vec<AttributeId>,
}

impl Projection {
    /// From the `attributes` and `excludedAttributes` parameters; unknown names are ignored.
    ///
    /// # Errors
    /// Both parameters at once.
    pub fn new(
        registry: &Registry,
        resource_type: ResourceTypeId,
        attributes: Option<&str>,
        excluded_attributes: Option<&str>,
    ) -> Result<Self> {
        let _ = (registry, resource_type, attributes, excluded_attributes);
        unimplemented!()
    }

    /// Whether attribute or sub-attribute `id` is in the answer.
    #[must_use]
    pub fn includes(&self, registry: &Registry, id: AttributeId) -> bool {
        let _ = (registry, id, &self.include, &self.exclude);
        unimplemented!()
    }
}
