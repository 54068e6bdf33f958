//! The parameters `sortBy` and `sortOrder` (RFC 7644 section 3.4.2.3).

use scim::capability::Capability;
use scim::path::{AttributePath, ResolvedPath, Target};
use scim::schema::{AttributeType, Mutability, Registry, ResourceTypeId, Returned};
use scim::{Error, ErrorKind, Result};

use super::Call;
use crate::store::Sort;

/// The order that a request asks for. An application that does not sort ignores the wish, as the RFC allows.
///
/// # Errors
/// `invalidPath`: no attribute of the resource type, or a complex one that has no `value` to sort by. `invalidValue`: an
/// attribute that is never returned, because the order would disclose it; an order that is neither of the two.
pub fn sort(call: &Call<'_>, kind: ResourceTypeId) -> Result<Option<Sort>> {
    let Some(path) = wanted(call)? else { return Ok(None) };
    let descending = is_descending(call)?;
    let registry = &call.front.registry;
    match scim::path::resolve(registry, kind, &path, &call.front.rules.policy.tolerances) {
        Ok(Target::Attribute(target)) => sortable(registry, &path, target, descending).map(Some),
        Ok(Target::Schema(_)) => {
            Err(invalid(format!("sortBy is {path}, which is a schema; name one of its attributes")))
        }
        Err(unknown) => Err(invalid(format!("sortBy: {unknown}"))),
    }
}

/// As [`sort`], for one of several resource types: one that lacks the attribute has no value of it.
pub fn sort_if_known(call: &Call<'_>, kind: ResourceTypeId) -> Result<Option<Sort>> {
    let Some(path) = wanted(call)? else { return Ok(None) };
    match scim::path::resolve(&call.front.registry, kind, &path, &call.front.rules.policy.tolerances) {
        Err(_) => Ok(None),
        Ok(_) => sort(call, kind),
    }
}

/// The attribute to sort by, when the application sorts and the request wants it.
fn wanted(call: &Call<'_>) -> Result<Option<AttributePath>> {
    let given = call.parameters.sort_by.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let Some(text) = given.filter(|_| call.front.rules.offers(Capability::Sort)) else { return Ok(None) };
    let path = text.parse::<AttributePath>();
    path.map(Some).map_err(|error| invalid(format!("sortBy is {text:?}, which is not an attribute: {error}")))
}

fn is_descending(call: &Call<'_>) -> Result<bool> {
    match call.parameters.sort_order.as_deref() {
        None => Ok(false),
        Some(order) if order.eq_ignore_ascii_case("ascending") => Ok(false),
        Some(order) if order.eq_ignore_ascii_case("descending") => Ok(true),
        Some(order) => Err(Error::new(
            ErrorKind::InvalidValue,
            format!("sortOrder is {order:?}; it must be ascending or descending"),
        )),
    }
}

fn sortable(registry: &Registry, path: &AttributePath, target: ResolvedPath, descending: bool) -> Result<Sort> {
    for id in [Some(target.attribute), target.sub_attribute].into_iter().flatten() {
        let attribute = registry.attribute(id);
        if attribute.returned == Returned::Never || attribute.mutability == Mutability::WriteOnly {
            return Err(Error::new(
                ErrorKind::InvalidValue,
                format!("{path} is never returned and so cannot be sorted by"),
            ));
        }
    }
    let leaf = target.leaf();
    if registry.attribute(leaf).attribute_type == AttributeType::Complex
        && registry.find_sub_attribute(leaf, "value").is_none()
    {
        return Err(invalid(format!(
            "{path} consists of parts; sort by one of them, such as {path}.{}",
            first(registry, leaf)
        )));
    }
    Ok(Sort { attribute: target.attribute, sub_attribute: target.sub_attribute, descending })
}

fn first(registry: &Registry, parent: scim::schema::AttributeId) -> &str {
    let subs = &registry.definition(parent).sub_attributes;
    subs.first().map_or("value", |&id| registry.attribute(id).name.as_str())
}

fn invalid(detail: String) -> Error {
    Error::new(ErrorKind::InvalidPath, detail)
}
