//! Which attributes each resource type keeps as they are sent. An endpoint may leave out or make up what it does not store, so
//! a check takes an attribute that was seen to be kept; `round-trip.every-attribute` judges those that are not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use reqwest::Method;
use scim::capability::ResourceOperation;
use serde_json::{Value, json};
use weir_exchange::difference::{is_unassigned, member, same};
use weir_exchange::{Client, EndpointError, EndpointErrorKind, Exchange, Request};

use super::is_of_the_whole_write;
use crate::data::Data;
use crate::discovery::{Discovery, ResourceType};
use crate::node::{self, SchemaNode};

/// The paths of attributes and sub-attributes that are not kept, by the endpoint of each resource type for which that is known.
#[derive(Clone, Debug, Default)]
pub struct Retention {
    seen: BTreeMap<String, Losses>,
    /// The statuses with which creations are refused, whatever is to be created, by the endpoint of the resource type.
    refused: BTreeMap<String, u16>,
}

/// The result of the creation of one resource.
enum Creation {
    Losses(Losses),
    /// Refused with this status.
    Refused(u16),
    Nothing,
}

/// What does not come back as it was sent.
#[derive(Clone, Debug, Default)]
struct Losses {
    /// The id of the resource that shows it.
    id: String,
    /// Not at all.
    dropped: BTreeSet<String>,
    /// Otherwise.
    changed: BTreeSet<String>,
}

impl Retention {
    /// Creates one resource of each of the `kinds` with a value in every attribute that clients can set, and reads it. The client is to
    /// note what it creates.
    ///
    /// # Errors
    /// An endpoint that cannot be reached. Any other answer leaves the resource type unknown.
    pub async fn learn(
        client: &Client,
        discovery: &Discovery,
        data: &Data,
        kinds: &[&ResourceType],
    ) -> Result<Self, EndpointError> {
        let mut seen = Self::default();
        let mut kinds: Vec<_> =
            kinds.iter().filter(|kind| discovery.operation(ResourceOperation::Create, kind).0).collect();
        // The members of groups are users.
        kinds.sort_by_key(|kind| kind.endpoint != "/Users");
        for kind in kinds {
            let person = seen.seen.get("/Users").map(|user| user.id.as_str());
            match losses(client, discovery, data, kind, person).await {
                Ok(Creation::Losses(losses)) => {
                    seen.seen.insert(kind.endpoint.clone(), losses);
                }
                Ok(Creation::Refused(status)) => {
                    seen.refused.insert(kind.endpoint.clone(), status);
                }
                Err(error) if error.is_unreachable() || error.kind == EndpointErrorKind::Timeout => return Err(error),
                Ok(Creation::Nothing) | Err(_) => {}
            }
        }
        Ok(seen)
    }

    /// The id of the resource of the type at `endpoint` that was created to see what is kept of it.
    pub fn id(&self, endpoint: &str) -> Option<&str> {
        self.seen.get(endpoint).map(|losses| losses.id.as_str())
    }

    /// The endpoints of the resource types whose creation is refused, whatever is to be created, each with the status.
    pub fn refused(&self) -> impl Iterator<Item = (&str, u16)> {
        self.refused.iter().map(|(endpoint, status)| (endpoint.as_str(), *status))
    }

    /// Whether the attribute at `path` of the resource type at `endpoint` was seen to come back changed, or not at all.
    pub fn loses(&self, endpoint: &str, path: &str) -> bool {
        self.seen.get(endpoint).is_some_and(|losses| losses.dropped.contains(path) || losses.changed.contains(path))
    }

    /// Whether the attribute at `path` of the resource type at `endpoint` was seen not to come back at all.
    pub fn drops(&self, endpoint: &str, path: &str) -> bool {
        self.seen.get(endpoint).is_some_and(|losses| losses.dropped.contains(path))
    }
}

async fn losses(
    client: &Client,
    discovery: &Discovery,
    data: &Data,
    kind: &ResourceType,
    person: Option<&str>,
) -> Result<Creation, EndpointError> {
    let mut body = data.resource(kind);
    let texts = plain_texts(discovery, kind);
    for text in &texts {
        if text.values(&body).is_empty() {
            text.put(&mut body, json!(data.name()));
        }
    }
    // One attribute that the endpoint refuses makes it refuse all, and texts alone are what most checks go by.
    let whole = with_every_attribute(discovery, data, kind, person, &body);
    let mut sent = &whole;
    let mut created = client.send(Request::post(&kind.endpoint).json(sent)).await?;
    if !created.is_success() {
        sent = &body;
        created = client.send(Request::post(&kind.endpoint).json(sent)).await?;
    }
    if is_of_the_whole_write(created.status) {
        return Ok(Creation::Refused(created.status));
    }
    let Some((id, state)) = state_of(client, kind, &created).await? else { return Ok(Creation::Nothing) };
    let mut losses = Losses { id, ..Losses::default() };
    let own = node::assumed_attributes(discovery, kind).into_iter().chain([node::external_id(kind)]);
    // What the two answers say otherwise is for checks: it says nothing about what is stored.
    let told = created.json().unwrap_or(&Value::Null);
    for own in own.filter(|own| own.is_settable() && own.is_shown()) {
        losses.compare(&own, sent, told, &state);
    }
    losses.forgive_what_is_stored(client, discovery, kind).await?;
    Ok(Creation::Losses(losses))
}

/// The id of the new resource, and what a GET shows of it.
async fn state_of(
    client: &Client,
    kind: &ResourceType,
    created: &Arc<Exchange>,
) -> Result<Option<(String, Value)>, EndpointError> {
    let Some(id) = created.text("id").filter(|_| created.is_success()) else { return Ok(None) };
    let read = client.send(Request::new(Method::GET, &kind.endpoint).segment(id)).await?;
    Ok(read.json().ok().filter(|_| read.status == 200).map(|state| (id.to_owned(), state.clone())))
}

/// The body with a value in every attribute that clients can set. `person` is the id of a user, for references.
fn with_every_attribute(
    discovery: &Discovery,
    data: &Data,
    kind: &ResourceType,
    person: Option<&str>,
    body: &Value,
) -> Value {
    let mut whole = body.clone();
    for own in node::assumed_attributes(discovery, kind).iter().filter(|own| own.is_settable()) {
        let Some(sample) = data.sample(own, person, 0) else { continue };
        let value = match own.values(&whole).first() {
            Some(value) => with_the_parts_of(value, &sample),
            None => sample,
        };
        own.put(&mut whole, value);
    }
    whole
}

/// A complex value, or the first of several, with the sub-attributes of a sample that it lacks.
fn with_the_parts_of(value: &Value, sample: &Value) -> Value {
    let mut whole = value.clone();
    let (one, sample) = match (&mut whole, sample) {
        (Value::Array(values), Value::Array(samples)) => (values.first_mut(), samples.first()),
        (one, sample) => (Some(one), Some(sample)),
    };
    if let (Some(Value::Object(parts)), Some(Value::Object(more))) = (one, sample) {
        for (name, part) in more {
            if member(parts, name).is_none() {
                parts.insert(name.clone(), part.clone());
            }
        }
    }
    whole
}

impl Losses {
    fn compare(&mut self, own: &SchemaNode<'_>, sent: &Value, told: &Value, state: &Value) {
        let (values, found) = (own.values(sent), own.values(state));
        if values.is_empty() || values.iter().all(|value| is_unassigned(value)) {
            return;
        }
        let is_in = |found: &[&Value]| values.iter().all(|sent| found.iter().any(|found| same(sent, found)));
        if is_in(&own.values(told)) != is_in(&found) && told.is_object() {
            return;
        }
        if found.iter().all(|value| is_nothing(value)) {
            self.dropped.insert(own.path());
        } else if own.word("type") == "complex" {
            own.parts().filter(SchemaNode::is_shown).for_each(|part| self.compare(&part, sent, told, state));
        } else if !is_in(&found) {
            self.changed.insert(own.path());
        }
    }

    /// Takes back what is stored and only shown when it is asked for.
    async fn forgive_what_is_stored(
        &mut self,
        client: &Client,
        discovery: &Discovery,
        kind: &ResourceType,
    ) -> Result<(), EndpointError> {
        if self.dropped.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = self.dropped.iter().map(String::as_str).collect();
        let request = Request::new(Method::GET, &kind.endpoint).segment(&self.id).query("attributes", &names.join(","));
        let asked = client.send(request).await?;
        let Some(shown) = asked.json().ok().filter(|_| asked.status == 200) else { return Ok(()) };
        let whole = node::assumed_attributes(discovery, kind);
        for own in whole.iter().copied().chain(whole.iter().flat_map(SchemaNode::parts)) {
            if own.values(shown).iter().any(|value| !is_nothing(value)) {
                self.dropped.remove(&own.path());
            }
        }
        Ok(())
    }
}

/// Whether a value stands for none: some endpoints show an empty text for what they do not store.
fn is_nothing(value: &Value) -> bool {
    is_unassigned(value) || value == ""
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
