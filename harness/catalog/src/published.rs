//! Attributes as the endpoint publishes them, in their place, so that a check can set one and find it again.

use serde_json::Value;

use crate::check::{Context, Stop};
pub use crate::data::CERTIFICATE;
pub use crate::definition::{canonical_values, fits, flag, has_type, list, text, word};
use crate::discovery::ResourceType;
use crate::node;
pub use crate::node::SchemaNode;
use weir_judge::Because;

/// The attributes of a resource type, core first, without the common ones (RFC 7643 section 3.1).
pub fn attributes<'d>(context: &'d Context, kind: &'d ResourceType) -> Vec<SchemaNode<'d>> {
    node::attributes(context.discovery(), kind)
}

/// The resource types that the endpoint publishes with their schemas, or an end of the check.
pub fn kinds(context: &Context) -> Result<Vec<&ResourceType>, Stop> {
    let published: Vec<&ResourceType> = context
        .discovery()
        .resource_types()
        .iter()
        .filter(|kind| context.discovery().schema(&kind.schema).is_some() && can_be_created(context, kind))
        .collect();
    if published.is_empty() {
        return Err(Stop::Skip(
            Because::Published,
            "the endpoint publishes no schema of resources that can be created".into(),
        ));
    }
    Ok(published)
}

fn can_be_created(context: &Context, kind: &ResourceType) -> bool {
    use scim::capability::Capability;
    match kind.endpoint.as_str() {
        "/Users" => context.discovery().offers(Capability::CreateUsers),
        "/Groups" => context.discovery().offers(Capability::CreateGroups),
        _ => true,
    }
}

/// A value for an attribute, as [`Data::sample`] makes it.
///
/// [`Data::sample`]: crate::data::Data::sample
pub fn sample(context: &Context, own: &SchemaNode<'_>, person: Option<&str>, variant: usize) -> Option<Value> {
    context.data().sample(own, person, variant)
}

/// A resource with a value in every attribute that clients can set.
pub struct Full<'d> {
    pub resource: crate::check::Resource,
    /// What was sent.
    pub body: Value,
    /// The attributes that have a value.
    pub accepted: Vec<SchemaNode<'d>>,
    /// The attributes whose values were refused, with the refusal.
    pub refused: Vec<(SchemaNode<'d>, std::sync::Arc<weir_exchange::Exchange>)>,
}

/// Creates a resource with a value in every attribute that clients can set. Where the endpoint refuses that, each attribute
/// is tried alone, and those that it refuses are left out.
pub async fn full<'d>(
    context: &'d Context,
    kind: &'d ResourceType,
    person: Option<&str>,
    variant: usize,
) -> Result<Full<'d>, Stop> {
    let base = context.data().resource(kind);
    let mut cells: Vec<(SchemaNode<'d>, Value)> = Vec::new();
    for own in attributes(context, kind).into_iter().filter(SchemaNode::is_settable) {
        // What the data already gives a value, because it is required, keeps it.
        let Some(value) =
            own.values(&base).first().map(|value| (*value).clone()).or_else(|| sample(context, &own, person, variant))
        else {
            continue;
        };
        cells.push((own, value));
    }
    let whole = |cells: &[(SchemaNode<'d>, Value)]| {
        let mut body = base.clone();
        for (own, value) in cells {
            own.put(&mut body, value.clone());
        }
        body
    };
    let body = whole(&cells);
    let answer = context.send(weir_exchange::Request::post(&kind.endpoint).json(&body)).await?;
    let mut refused = Vec::new();
    if let Some(id) = answer.text("id").filter(|_| answer.is_success()) {
        let resource =
            crate::check::Resource { id: id.into(), endpoint: kind.endpoint.clone(), exchange: answer.clone() };
        return Ok(Full { resource, body, accepted: cells.into_iter().map(|(own, _)| own).collect(), refused });
    }
    let mut accepted = Vec::new();
    for (own, value) in cells {
        let mut alone = context.data().resource(kind);
        own.put(&mut alone, value);
        let answer = context.send(weir_exchange::Request::post(&kind.endpoint).json(&alone)).await?;
        if answer.is_success() { accepted.push(own) } else { refused.push((own, answer)) }
    }
    // Names that must be unique are taken by the attempts: the values are made anew.
    let mut body = context.data().resource(kind);
    for own in &accepted {
        if let Some(value) = sample(context, own, person, variant) {
            own.put(&mut body, value);
        }
    }
    let resource = context.create(&kind.endpoint, &body).await?;
    Ok(Full { resource, body, accepted, refused })
}

/// The id of a new user, for references by id; `None` where users cannot be created.
pub async fn person(context: &Context) -> Result<Option<String>, Stop> {
    if !context.discovery().offers(scim::capability::Capability::CreateUsers) {
        return Ok(None);
    }
    Ok(Some(context.user().await?.id))
}
