//! Looking the paths of a filter up in the schemas of a resource type, and checking each operator and literal against the
//! attribute's type.

use crate::schema::AttributeId;

use super::Operator;

/// A filter whose paths are attribute ids and whose literals have the attribute's type.
#[derive(Clone, Debug)]
pub enum Resolved {
    /// The attribute has a value; `path` as in [`ResolvedComparison`].
    Present {
        attribute: AttributeId,
        sub_attribute: Option<AttributeId>,
    },
    Compare(ResolvedComparison),
    /// Some value of the complex attribute satisfies the inner filter, whose attributes are its sub-attributes.
    ValuePath {
        attribute: AttributeId,
        filter: Box<Resolved>,
    },
    Not(Box<Resolved>),
    And(Vec<Resolved>),
    Or(Vec<Resolved>),
    /// Never matches: an attribute that this resource type lacks, in a query over several types (RFC 7644 section 3.4.2.1).
    Nothing,
}

/// A comparison ready to evaluate.
#[derive(Clone, Debug)]
pub struct ResolvedComparison {
    pub attribute: AttributeId,
    pub sub_attribute: Option<AttributeId>,
    pub operator: Operator,
    pub value: Operand,
}

/// A literal prepared for the attribute's type and case rule, so that evaluation folds or parses it once only.
#[derive(Clone, Debug)]
pub enum Operand {
    /// The comparison is with "no value".
    Null,
    Boolean(bool),
    Number(f64),
    Integer(i64),
    /// As written, for a caseExact attribute, a reference or a binary value.
    Exact(String),
    /// Full case folding, for a string attribute that is not caseExact.
    Folded(String),
    /// `UsernameCaseMapped`, for userName.
    Username(String),
    Instant(jiff::Timestamp),
}

/// Resolves a filter for one resource type. Errors are `invalidFilter`.
///
/// # Errors
/// Unknown attribute, operator that the type does not know, literal of another type.
pub fn resolve(
    registry: &crate::schema::Registry,
    resource_type: crate::schema::ResourceTypeId,
    filter: &super::Filter,
    tolerances: &crate::tolerance::Tolerances,
) -> crate::Result<Resolved> {
    let _ = (registry, resource_type, filter, tolerances);
    unimplemented!()
}

/// Resolves the filter inside the brackets of a value path over the complex attribute `parent`.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_in(
    registry: &crate::schema::Registry,
    parent: AttributeId,
    filter: &super::Filter,
    tolerances: &crate::tolerance::Tolerances,
) -> crate::Result<Resolved> {
    let _ = (registry, parent, filter, tolerances);
    unimplemented!()
}
