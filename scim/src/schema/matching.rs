//! How the values of an attribute are compared, as its schema says.

use std::borrow::Cow;

use super::{AttributeId, AttributeType, Registry, standard};
use crate::text::MatchingRule;

/// How the string values of an attribute are compared: `userName` of the core User schema as a user name, references and
/// binary values as they are, other strings by their `caseExact`.
#[must_use]
pub fn matching_rule(registry: &Registry, attribute: AttributeId) -> MatchingRule {
    let definition = registry.definition(attribute);
    if definition.attribute.attribute_type != AttributeType::String || definition.attribute.case_exact {
        MatchingRule::Exact
    } else if definition.parent.is_none()
        && definition.attribute.name.eq_ignore_ascii_case("userName")
        && registry.schema(definition.schema).document.id.eq_ignore_ascii_case(standard::USER)
    {
        MatchingRule::Username
    } else {
        MatchingRule::Folded
    }
}

/// The form of a stored string value that is equal for values that a filter takes for equal, for indexes and uniqueness.
#[must_use]
pub fn comparison_key<'t>(registry: &Registry, attribute: AttributeId, text: &'t str) -> Cow<'t, str> {
    matching_rule(registry, attribute).key(text)
}
