//! From where resources are seen: the schemas, which of their attributes the store composes itself, and the base URL.

use std::sync::Arc;

use scim::resource::ComposedText;
use scim::schema::{AttributeId, AttributeType, Registry, ResourceTypeId, standard};

/// From where a [`StoredResource`](super::StoredResource) is read: the schemas, and the base URL of the request that asks.
#[derive(Clone, Copy, Debug)]
pub struct Perspective<'a> {
    layout: &'a Layout,
    base_url: &'a str,
}

impl<'a> Perspective<'a> {
    /// The base URL is without trailing slash.
    #[must_use]
    pub const fn new(layout: &'a Layout, base_url: &'a str) -> Self {
        Self { layout, base_url }
    }

    /// The schemas.
    #[must_use]
    pub const fn registry(self) -> &'a Arc<Registry> {
        &self.layout.registry
    }

    /// The URL that locations begin with.
    #[must_use]
    pub const fn base_url(self) -> &'a str {
        self.base_url
    }

    /// The location of a resource (RFC 7643 section 3.1).
    #[must_use]
    pub fn location(self, resource_type: ResourceTypeId, id: uuid::Uuid) -> ComposedText<'a> {
        let endpoint = &self.registry().resource_type(resource_type).document.endpoint;
        ComposedText::Location { base_url: self.base_url, endpoint, id }
    }

    pub(super) const fn layout(self) -> &'a Layout {
        self.layout
    }
}

/// The schemas, with the attributes that the store composes from its relations, looked up once.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(super) registry: Arc<Registry>,
    /// `Group.members`.
    pub(super) members: Option<RelationAttributes>,
    /// `User.groups`.
    pub(super) groups: Option<RelationAttributes>,
    /// The enterprise extension's `manager`.
    pub(super) manager: Option<ManagerAttributes>,
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
    /// All of them, ascending, with gaps.
    pub all: [Option<AttributeId>; 5],
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
        let (value, reference, kind, display) = (find("value"), find("$ref"), find("type"), find("display"));
        let mut all = [value, reference, kind, display, None];
        all.sort_unstable();
        Self { attribute, value, reference, kind, display, all }
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
    /// The layout of a registry.
    #[must_use]
    pub fn new(registry: Arc<Registry>) -> Self {
        let members = registry.members().map(|id| RelationAttributes::new(&registry, id));
        let groups = registry.groups().map(|id| RelationAttributes::new(&registry, id));
        let has = |kind: ResourceTypeId, relation: Option<RelationAttributes>| {
            relation.is_some_and(|relation| {
                let schema = registry.definition(relation.attribute).schema;
                registry.schemas_of(kind).any(|own| own == schema)
            })
        };
        let reference = members.and_then(|members| members.reference);
        let named = reference.map_or(&[][..], |reference| registry.attribute(reference).reference_types.as_slice());
        // Where $ref is not published, or names no resource type, nothing says what members are: RFC 7643 section 4.2 does.
        let is_said = registry.resource_types().any(|(_, kind)| named.contains(&kind.document.name));
        let is_referable = |name: &String| {
            if is_said { named.contains(name) } else { members.is_some() && ["User", "Group"].contains(&name.as_str()) }
        };
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
                may_be_member: is_referable(&kind.document.name),
            })
            .collect();
        let manager = ManagerAttributes::new(&registry);
        Self { registry, members, groups, manager, types }
    }

    pub(super) fn of(&self, resource_type: ResourceTypeId) -> &TypeLayout {
        &self.types[usize::from(resource_type.0)]
    }
}
