//! Attributes of extensions have no value for a filter.

use scim::filter::Resolved;
use scim::schema::{AttributeId, Registry};

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.extension-not-found",
    summary: "a filter on an attribute of an extension finds nobody",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-56", "RFC7644-3.10-01", "RFC7644-3.4.2.2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Nodes(|filter, registry| match filter {
            Resolved::Compare(comparison) if is_of_extension(registry, comparison.attribute) => Resolved::Nothing,
            other => other,
        }))
    }),
};

fn is_of_extension(registry: &Registry, attribute: AttributeId) -> bool {
    let schema = registry.definition(attribute).schema;
    registry.resource_types().any(|(_, kind)| kind.extensions.iter().any(|(extension, _)| *extension == schema))
}
