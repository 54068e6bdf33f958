//! Every part of a complex attribute answers for the one that is named.

use scim::filter::Resolved;
use scim::schema::{AttributeId, Registry};

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.sub-attribute-ignored",
    summary: "a filter on a sub-attribute is answered by the first sub-attribute of the same type",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-57", "RFC7644-3.4.2.2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Nodes(|filter, registry| match filter {
            Resolved::Compare(mut comparison) => {
                comparison.sub_attribute = comparison.sub_attribute.map(|named| first_alike(registry, named));
                Resolved::Compare(comparison)
            }
            other => other,
        }))
    }),
};

fn first_alike(registry: &Registry, named: AttributeId) -> AttributeId {
    let kind = registry.attribute(named).attribute_type;
    let parent = registry.definition(named).parent;
    let all = parent.map_or(&[][..], |parent| &registry.definition(parent).sub_attributes);
    all.iter().copied().find(|&id| registry.attribute(id).attribute_type == kind).unwrap_or(named)
}
