//! From where resources are seen: the schemas, which of their attributes the store composes itself, and the base URL.

use std::sync::Arc;

use scim::schema::{AttributeId, AttributeType, Registry, ResourceTypeId, standard};

/// What reading a [`Stored`](super::Stored) needs besides itself. Make one for a registry and [rebase](Self::rebased) it for each
/// request; both clones and rebasing are cheap.
#[derive(Clone, Debug)]
pub struct Perspective {
    registry: Arc<Registry>,
    base_url: Arc<str>,
    layout: Arc<Layout>,
}

impl Perspective {
    /// The base URL is without trailing slash.
    #[must_use]
    pub fn new(registry: &Arc<Registry>, base_url: impl Into<Arc<str>>) -> Self {
        Self::of(Arc::clone(registry)).rebased(base_url)
    }

    /// With an empty base URL.
    pub(super) fn of(registry: Arc<Registry>) -> Self {
        let layout = Arc::new(Layout::new(&registry));
        Self { registry, base_url: "".into(), layout }
    }

    /// The same schemas under another base URL.
    #[must_use]
    pub fn rebased(&self, base_url: impl Into<Arc<str>>) -> Self {
        Self { base_url: base_url.into(), ..self.clone() }
    }

    /// The schemas.
    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The URL that locations begin with.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The location of a resource (RFC 7643 section 3.1).
    #[must_use]
    pub fn location(&self, resource_type: ResourceTypeId, id: uuid::Uuid) -> String {
        let endpoint = &self.registry.resource_type(resource_type).document.endpoint;
        let mut location = String::with_capacity(self.base_url.len() + endpoint.len() + 1 + 36);
        location.push_str(&self.base_url);
        location.push_str(endpoint);
        location.push('/');
        location.push_str(id.as_hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
        location
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }
}

/// The attributes that the store composes from its relations, looked up once.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// `Group.members`.
    pub members: Option<RelationAttributes>,
    /// `User.groups`.
    pub groups: Option<RelationAttributes>,
    /// The enterprise extension's `manager`.
    pub manager: Option<ManagerAttributes>,
    /// By resource type.
    types: Vec<TypeLayout>,
}

/// `manager` of the enterprise extension, and the type of resource that it refers to.
#[derive(Clone, Copy, Debug)]
pub(super) struct ManagerAttributes {
    pub attribute: AttributeId,
    pub value: AttributeId,
    pub reference: AttributeId,
    pub display: Option<AttributeId>,
    pub users: ResourceTypeId,
}

/// One relation and its sub-attributes, where the schema has them.
#[derive(Clone, Copy, Debug)]
pub(super) struct RelationAttributes {
    pub attribute: AttributeId,
    pub value: Option<AttributeId>,
    pub reference: Option<AttributeId>,
    pub kind: Option<AttributeId>,
    pub display: Option<AttributeId>,
}

#[derive(Clone, Debug)]
pub(super) struct TypeLayout {
    /// Where the name to show is taken from, the best first.
    pub display: Vec<AttributeId>,
    pub has_members: bool,
    pub has_groups: bool,
    pub may_be_member: bool,
}

impl RelationAttributes {
    fn new(registry: &Registry, attribute: AttributeId) -> Self {
        let find = |name| registry.find_sub_attribute(attribute, name);
        Self { attribute, value: find("value"), reference: find("$ref"), kind: find("type"), display: find("display") }
    }
}

impl ManagerAttributes {
    fn new(registry: &Registry) -> Option<Self> {
        let extension = registry.schema_id(standard::ENTERPRISE_USER)?;
        let manager = registry.find_in_schema(extension, "manager")?;
        let user = registry.schema_id(standard::USER)?;
        Some(Self {
            attribute: manager,
            value: registry.find_sub_attribute(manager, "value")?,
            reference: registry.find_sub_attribute(manager, "$ref")?,
            display: registry.find_sub_attribute(manager, "displayName"),
            users: registry.resource_types().find(|(_, kind)| kind.schema == user)?.0,
        })
    }
}

impl Layout {
    fn new(registry: &Registry) -> Self {
        let members = registry.members().map(|id| RelationAttributes::new(registry, id));
        let groups = registry.groups().map(|id| RelationAttributes::new(registry, id));
        let has = |kind: ResourceTypeId, relation: Option<RelationAttributes>| {
            relation.is_some_and(|relation| {
                let schema = registry.definition(relation.attribute).schema;
                registry.schemas_of(kind).any(|own| own == schema)
            })
        };
        let referable: &[String] = members
            .and_then(|members| members.reference)
            .map_or(&[], |reference| &registry.attribute(reference).reference_types);
        let types = registry
            .resource_types()
            .map(|(id, kind)| TypeLayout {
                display: ["displayName", "userName", "name", "title"]
                    .iter()
                    .filter_map(|name| registry.find_attribute(id, name))
                    .filter(|&attribute| {
                        let attribute = registry.attribute(attribute);
                        attribute.attribute_type == AttributeType::String && !attribute.multi_valued
                    })
                    .collect(),
                has_members: has(id, members),
                has_groups: has(id, groups),
                may_be_member: referable.contains(&kind.document.name),
            })
            .collect();
        Self { members, groups, manager: ManagerAttributes::new(registry), types }
    }

    pub fn of(&self, resource_type: ResourceTypeId) -> &TypeLayout {
        &self.types[usize::from(resource_type.0)]
    }
}
