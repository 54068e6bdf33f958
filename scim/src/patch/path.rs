//! The path of an operation: `attrPath / valuePath [subAttr]` (RFC 7644 section 3.5.2, Figure 7).

use crate::filter::parse::{Limits, parse_in_brackets};
use crate::filter::resolve::{resolve, resolve_in};
use crate::filter::{Comparison, Filter, Literal, Operator, ResolvedFilter};
use crate::path::{self, AttributePath, ResolvedPath, Target};
use crate::resource::read::{self, Policy};
use crate::resource::{Fields, Slot};
use crate::schema::{AttributeId, AttributeType, Mutability, Registry, ResourceTypeId, SchemaId, common};
use crate::tolerance::Tolerance;
use crate::{Error, ErrorKind, Result};

/// What a path names.
#[derive(Clone, Debug)]
pub(super) enum PatchTarget {
    Attribute(AttributeTarget),
    /// The bare URI of an extension.
    Extension(SchemaId),
}

/// An attribute, the values of it that a filter selects, and a sub-attribute of them.
#[derive(Clone, Debug)]
pub(super) struct AttributeTarget {
    pub attribute: AttributeId,
    pub selection: Option<Selection>,
    pub sub_attribute: Option<AttributeId>,
}

impl AttributeTarget {
    /// The whole of an attribute.
    pub const fn whole(attribute: AttributeId) -> Self {
        Self { attribute, selection: None, sub_attribute: None }
    }

    /// Refuses what a client may not change at all.
    pub fn check_writable(&self, registry: &Registry) -> Result<()> {
        for id in [Some(self.attribute), self.sub_attribute].into_iter().flatten() {
            if registry.attribute(id).mutability == Mutability::ReadOnly {
                let detail = format!("{} is readOnly: the server sets it", registry.short_name(id));
                return Err(Error::new(ErrorKind::Mutability, detail));
            }
        }
        Ok(())
    }
}

/// The filter in brackets.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    /// Over the sub-attributes of a complex value, or over the attribute itself for simple values.
    pub filter: ResolvedFilter,
    /// As written, for messages.
    pub text: String,
    /// The filter is `value eq "…"`: the key of a relation.
    pub key: Option<String>,
    /// The value that the filter describes when it is nothing but `eq` joined by `and`.
    pub template: Option<Fields>,
}

fn invalid_path(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidPath, detail)
}

/// Parses a path and looks it up in the schemas of the resource type.
///
/// # Errors
/// `invalidPath`: syntax of the path, unknown attribute, brackets where there is nothing to choose. `invalidFilter`: the
/// filter in the brackets.
pub(super) fn parse(
    registry: &Registry,
    resource_type: ResourceTypeId,
    text: &str,
    policy: &Policy,
) -> Result<PatchTarget> {
    let in_path = |error: Error| error.context(format_args!("path {text:?}"));
    let (path, rest) = AttributePath::parse_prefix(text).map_err(|error| in_path(invalid_path(error.to_string())))?;
    let target = path::resolve(registry, resource_type, &path, &policy.tolerances)
        .map_err(|error| in_path(invalid_path(error.to_string())))?;
    let resolved = match target {
        Target::Attribute(resolved) => resolved,
        Target::Schema(schema) => {
            let is_extension = schema != registry.resource_type(resource_type).schema;
            if rest.is_empty() && is_extension && policy.allows(Tolerance::BarePatchUrn) {
                return Ok(PatchTarget::Extension(schema));
            }
            return Err(in_path(invalid_path("this is a schema; name one of its attributes behind a colon")));
        }
    };
    if rest.is_empty() {
        let ResolvedPath { attribute, sub_attribute } = resolved;
        return Ok(PatchTarget::Attribute(AttributeTarget { attribute, selection: None, sub_attribute }));
    }
    let at = text.len() - rest.len();
    let Some(inside) = rest.strip_prefix('[') else {
        let found = path::found_at(text, at);
        let detail = format!("at offset {at}: expected a filter in brackets or the end of the path; got {found}");
        return Err(in_path(invalid_path(detail)));
    };
    if !inside.contains(']') {
        return Err(in_path(invalid_path(format!("the bracket at offset {at} is not closed"))));
    }
    let attribute = resolved.attribute;
    if resolved.sub_attribute.is_some() || !registry.attribute(attribute).multi_valued {
        let detail = format!(
            "{} is not multi-valued: brackets have nothing to choose from",
            registry.short_name(resolved.leaf())
        );
        return Err(in_path(invalid_path(detail)));
    }
    let (filter, rest) = parse_in_brackets(inside, Limits::default(), &policy.tolerances).map_err(|error| {
        let offset = at + 1 + error.offset;
        let detail = format!("at offset {offset}: expected {}; got {}", error.expected, error.found);
        in_path(Error::new(ErrorKind::InvalidFilter, detail))
    })?;
    let selection = select(registry, resource_type, attribute, &filter, policy).map_err(in_path)?;
    let behind = text.len() - rest.len() + 1;
    let sub_attribute = sub_attribute(registry, attribute, text, behind).map_err(in_path)?;
    Ok(PatchTarget::Attribute(AttributeTarget { attribute, selection: Some(selection), sub_attribute }))
}

/// The sub-attribute that `text` names from the offset `behind` on, where its brackets have ended.
fn sub_attribute(
    registry: &Registry,
    attribute: AttributeId,
    text: &str,
    behind: usize,
) -> Result<Option<AttributeId>> {
    let rest = &text[behind..];
    if rest.is_empty() {
        return Ok(None);
    }
    let Some(name) = rest.strip_prefix('.') else {
        let found = path::found_at(text, behind);
        return Err(invalid_path(format!(
            "at offset {behind}: expected a dot and a sub-attribute, or the end of the path; got {found}"
        )));
    };
    match registry.find_sub_attribute(attribute, name) {
        Some(id) => Ok(Some(id)),
        None => Err(invalid_path(format!("{} has no sub-attribute {name:?}", registry.short_name(attribute)))),
    }
}

fn select(
    registry: &Registry,
    resource_type: ResourceTypeId,
    attribute: AttributeId,
    filter: &Filter,
    policy: &Policy,
) -> Result<Selection> {
    let text = filter.to_string();
    if registry.attribute(attribute).attribute_type != AttributeType::Complex {
        let filter = over_attribute(registry, attribute, filter)?;
        let filter = resolve(registry, resource_type, &filter, &policy.tolerances)?;
        return Ok(Selection { filter, text, key: None, template: None });
    }
    let resolved = resolve_in(registry, attribute, filter, &policy.tolerances)?;
    let key = match filter {
        Filter::Compare(Comparison { path, operator: Operator::Equal, value: Literal::String(key) })
            if path.attribute.eq_ignore_ascii_case("value") =>
        {
            Some(key.clone())
        }
        _ => None,
    };
    let mut template = Fields::new();
    let is_template = describe(registry, attribute, filter, policy, &mut template);
    Ok(Selection { filter: resolved, text, key, template: is_template.then_some(template) })
}

/// Collects what `eq` comparisons say about a value; false when the filter says anything else.
fn describe(
    registry: &Registry,
    attribute: AttributeId,
    filter: &Filter,
    policy: &Policy,
    template: &mut Fields,
) -> bool {
    match filter {
        Filter::And(operands) => {
            operands.iter().all(|operand| describe(registry, attribute, operand, policy, template))
        }
        Filter::Compare(Comparison { path, operator: Operator::Equal, value }) => {
            let Some(id) = registry.find_sub_attribute(attribute, &path.attribute) else { return false };
            let value = match value {
                Literal::Null => return false,
                Literal::Boolean(value) => (*value).into(),
                Literal::Integer(value) => (*value).into(),
                Literal::Decimal(value) => (*value).into(),
                Literal::String(text) => text.as_str().into(),
            };
            let is_settable = registry.attribute(id).mutability != Mutability::ReadOnly;
            match read::slot(registry, id, &value, policy) {
                Ok(slot @ Slot::One(_)) if is_settable => {
                    template.set(id, slot);
                    true
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// A multi-valued attribute of simple type has its values themselves under the name `value` (RFC 7644 section 3.5.2.2 speaks
/// of comparing a "value"): each such path becomes one to the attribute.
fn over_attribute(registry: &Registry, attribute: AttributeId, filter: &Filter) -> Result<Filter> {
    let definition = registry.definition(attribute);
    let over = |path: &AttributePath| {
        if path.schema.is_some() || path.sub_attribute.is_some() || !path.attribute.eq_ignore_ascii_case("value") {
            let name = &definition.attribute.name;
            let detail = format!(
                "the values of {name} are simple: inside the brackets only \"value\" can be tested, not {path}"
            );
            return Err(Error::new(ErrorKind::InvalidFilter, detail));
        }
        let schema =
            (definition.schema != common::SCHEMA).then(|| registry.schema(definition.schema).document.id.clone());
        Ok(AttributePath { schema, attribute: definition.attribute.name.clone(), sub_attribute: None })
    };
    let all = |operands: &[Filter]| {
        operands.iter().map(|operand| over_attribute(registry, attribute, operand)).collect::<Result<Vec<_>>>()
    };
    Ok(match filter {
        Filter::Present(path) => Filter::Present(over(path)?),
        Filter::Compare(comparison) => {
            Filter::Compare(Comparison { path: over(&comparison.path)?, ..comparison.clone() })
        }
        Filter::ValuePath(path, _) => {
            let detail = format!("{path}[…]: brackets do not nest");
            return Err(Error::new(ErrorKind::InvalidFilter, detail));
        }
        Filter::Not(inner) => Filter::Not(Box::new(over_attribute(registry, attribute, inner)?)),
        Filter::And(operands) => Filter::And(all(operands)?),
        Filter::Or(operands) => Filter::Or(all(operands)?),
    })
}
