//! Which attributes each resource type keeps as they are sent. An endpoint may leave out or make up what it does not store, so
//! a check takes an attribute that was seen to be kept; `round-trip.every-attribute` judges those that are not.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use scim::capability::ResourceOperation;
use serde_json::json;
use weir_exchange::difference::same;
use weir_exchange::{Client, EndpointError, Request};

use crate::data::Data;
use crate::discovery::{Discovery, ResourceType};
use crate::node::{self, SchemaNode};

/// The paths of the attributes that are kept, by the endpoint of each resource type for which that is known.
#[derive(Clone, Debug, Default)]
pub struct Retention(BTreeMap<String, BTreeSet<String>>);

impl Retention {
    /// Creates one resource of each of the `kinds` with a text in every attribute that takes one, and reads it. The client is to note
    /// what it creates.
    ///
    /// # Errors
    /// An endpoint that cannot be reached. Any other answer leaves the resource type unknown.
    pub async fn learn(
        client: &Client,
        discovery: &Discovery,
        data: &Data,
        kinds: &[&ResourceType],
    ) -> Result<Self, EndpointError> {
        let mut seen = BTreeMap::new();
        for kind in kinds.iter().filter(|kind| discovery.operation(ResourceOperation::Create, kind).0) {
            match kept(client, discovery, data, kind).await {
                Ok(Some(paths)) => {
                    seen.insert(kind.endpoint.clone(), paths);
                }
                Err(error) if error.is_unreachable() => return Err(error),
                Ok(None) | Err(_) => {}
            }
        }
        Ok(Self(seen))
    }

    /// Whether the attribute at `path` of the resource type at `endpoint` was seen to come back changed, or not at all.
    pub fn loses(&self, endpoint: &str, path: &str) -> bool {
        self.0.get(endpoint).is_some_and(|kept| !kept.contains(path))
    }
}

async fn kept(
    client: &Client,
    discovery: &Discovery,
    data: &Data,
    kind: &ResourceType,
) -> Result<Option<BTreeSet<String>>, EndpointError> {
    let mut body = data.resource(kind);
    let texts = plain_texts(discovery, kind);
    for text in &texts {
        if text.values(&body).is_empty() {
            text.put(&mut body, json!(data.name()));
        }
    }
    let created = client.send(Request::post(&kind.endpoint).json(&body)).await?;
    let Some(id) = created.text("id").filter(|_| created.is_success()) else { return Ok(None) };
    let read = client.send(Request::new(Method::GET, &kind.endpoint).segment(id)).await?;
    let Some(state) = read.json().ok().filter(|_| read.status == 200) else { return Ok(None) };
    let is_kept = |text: &&SchemaNode<'_>| {
        let (sent, found) = (text.values(&body), text.values(state));
        sent.len() == found.len() && sent.iter().zip(found).all(|(sent, found)| same(sent, found))
    };
    Ok(Some(texts.iter().filter(is_kept).map(SchemaNode::path).collect()))
}

/// Names that read well in a report, in the order in which they are taken.
const FAMILIAR: [&str; 4] = ["displayName", "nickName", "title", "userType"];

/// The attributes of a resource type that take one text of any content, which nothing else depends on: the familiar ones
/// first, then those of the schema, then `externalId`, then those of the extensions.
pub fn plain_texts<'d>(discovery: &'d Discovery, kind: &'d ResourceType) -> Vec<SchemaNode<'d>> {
    let mut texts: Vec<SchemaNode<'_>> = node::assumed_attributes(discovery, kind);
    texts.push(node::external_id(kind));
    texts.retain(is_plain_text);
    texts.sort_by_key(|own| {
        let familiar = FAMILIAR.iter().position(|name| !own.extension && own.name() == *name);
        let is_common = !own.extension && own.name() == "externalId";
        (own.extension, is_common, familiar.unwrap_or(FAMILIAR.len()))
    });
    texts
}

fn is_plain_text(own: &SchemaNode<'_>) -> bool {
    /// RFC 7643 section 4.1.1 gives these a form.
    const WITH_A_FORM: [&str; 4] = ["locale", "timezone", "preferredLanguage", "userName"];
    own.word("type") == "string"
        && !own.flag("multiValued")
        && own.word("mutability") == "readWrite"
        && own.is_shown()
        && own.word("uniqueness") == "none"
        && crate::definition::list(own.attribute, "canonicalValues").is_empty()
        && (own.extension || !WITH_A_FORM.contains(&own.name()))
}
