//! The observed behaviour of the endpoint, so that a check goes by it and not by what most endpoints do: an endpoint that narrows no
//! list by `sw`, which is legal (RFC 7644 sections 3.4.2.2 and 3.12), is not blamed for its pages because of that.

mod retention;

use std::collections::BTreeMap;

use reqwest::Method;
use scim::capability::ResourceOperation;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Client, EndpointError, EndpointErrorKind, Request};

use crate::data::Data;
use crate::discovery::{Discovery, ResourceType, patch_of};
use crate::node;
pub use retention::plain_texts;

/// The behaviour that was observed, by the endpoint of each resource type.
#[derive(Clone, Debug, Default)]
pub struct Abilities {
    /// The collections whose lists cannot be narrowed to names that begin alike, with the refusal.
    refused_narrowing: BTreeMap<String, String>,
    /// The collections whose lists show others than those whom the same filter asks for, with what was seen.
    ignored_narrowing: BTreeMap<String, String>,
    /// The collections and attributes by which no single resource can be looked up, with the refusal.
    refused_lookup: BTreeMap<(String, String), String>,
    /// The resource types whose resources cannot be changed by PATCH, with the refusal.
    refused_patch: BTreeMap<String, String>,
    /// The statuses with which each write of a method is refused, by the endpoint of the resource type and the method.
    refused_writes: BTreeMap<(String, String), u16>,
    retention: retention::Retention,
}

impl Abilities {
    /// Asks whether lists can be narrowed, and, where the run may write, creates a resource of each of the `kinds` to see what is
    /// kept of it. The client is to note what it creates.
    ///
    /// # Errors
    /// An endpoint that cannot be reached, or does not answer in time. Any other answer that is lost leaves open what it would have shown.
    pub async fn learn(
        client: &Client,
        discovery: &Discovery,
        data: &Data,
        kinds: &[&ResourceType],
        writes: bool,
    ) -> Result<Self, EndpointError> {
        let mut abilities = Self::default();
        // Of the lists too it is seen what they show while there is somebody in them.
        if writes {
            abilities.retention = retention::Retention::learn(client, discovery, data, kinds).await?;
            abilities.learn_changes(client, discovery, data, kinds).await?;
        }
        for kind in kinds.iter().filter(|kind| discovery.operation(ResourceOperation::Filter, kind).0) {
            let naming = node::naming(discovery, kind).map(|naming| naming.name().to_owned());
            for attribute in naming.iter().map(String::as_str).chain(["id"]) {
                if let Comparison::Refused(refusal) = comparison(client, &kind.endpoint, attribute, "eq").await? {
                    abilities.refused_lookup.insert((kind.endpoint.clone(), attribute.to_owned()), refusal);
                }
            }
            let Some(naming) = &naming else { continue };
            let mut narrowing = comparison(client, &kind.endpoint, naming, "sw").await?;
            if let (Comparison::Followed, Some(id)) = (&narrowing, abilities.retention.id(&kind.endpoint)) {
                narrowing = beside_a_match(client, &kind.endpoint, naming, id).await?;
            }
            match narrowing {
                Comparison::Refused(refusal) => {
                    abilities.refused_narrowing.insert(kind.endpoint.clone(), refusal);
                }
                Comparison::Ignored(seen) => {
                    abilities.ignored_narrowing.insert(kind.endpoint.clone(), seen);
                }
                Comparison::Followed => {}
            }
        }
        if writes {
            abilities.learn_deletions(client, discovery, kinds).await?;
        }
        Ok(abilities)
    }

    /// Sees which changes of the resources that were created are refused.
    async fn learn_changes(
        &mut self,
        client: &Client,
        discovery: &Discovery,
        data: &Data,
        kinds: &[&ResourceType],
    ) -> Result<(), EndpointError> {
        for (endpoint, status) in self.retention.refused() {
            self.refused_writes.insert((endpoint.to_owned(), Method::POST.to_string()), status);
        }
        for kind in kinds.iter().filter(|kind| discovery.operation(ResourceOperation::Patch, kind).0) {
            if let Some((path, status)) = self.patch_status(client, discovery, data, kind).await?
                && self.note_refusal(kind, &Method::PATCH, status)
                && matches!(status, 405 | 501)
            {
                let refusal = format!("a PATCH of {path} is answered {status}");
                self.refused_patch.insert(kind.endpoint.clone(), refusal);
            }
        }
        for kind in kinds.iter().filter(|kind| discovery.operation(ResourceOperation::Replace, kind).0) {
            if let Some(status) = self.put_status(client, kind).await? {
                self.note_refusal(kind, &Method::PUT, status);
            }
        }
        Ok(())
    }

    /// Deletes the resources that were created, those first that refer to others, to see whether that is refused.
    async fn learn_deletions(
        &mut self,
        client: &Client,
        discovery: &Discovery,
        kinds: &[&ResourceType],
    ) -> Result<(), EndpointError> {
        let mut kinds: Vec<_> = kinds.to_vec();
        kinds.sort_by_key(|kind| kind.endpoint == "/Users");
        for kind in kinds.iter().filter(|kind| discovery.operation(ResourceOperation::Delete, kind).0) {
            let Some(id) = self.retention.id(&kind.endpoint) else { continue };
            match client.send(Request::new(Method::DELETE, &kind.endpoint).segment(id)).await {
                Ok(answer) => {
                    self.note_refusal(kind, &Method::DELETE, answer.status);
                }
                Err(error) if error.is_unreachable() => return Err(error),
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Takes note of a write that is refused whatever it says; whether it is.
    fn note_refusal(&mut self, kind: &ResourceType, method: &Method, status: u16) -> bool {
        let is_refused = is_of_the_whole_write(status);
        if is_refused {
            self.refused_writes.insert((kind.endpoint.clone(), method.to_string()), status);
        }
        is_refused
    }

    /// The status with which each write of this method of the type at `endpoint` is refused, whatever it says, if so.
    pub(crate) fn refused_write(&self, endpoint: &str, method: &Method) -> Option<u16> {
        self.refused_writes.get(&(endpoint.to_owned(), method.to_string())).copied()
    }

    /// Why the lists of `endpoint` cannot be narrowed to what one check created, if so.
    pub fn refuses_narrowing(&self, endpoint: &str) -> Option<&str> {
        self.refused_narrowing.get(endpoint).map(String::as_str)
    }

    /// How the lists of `endpoint` were seen to show others than those whom a filter by the beginning of the name asks for, if so.
    pub fn ignores_narrowing(&self, endpoint: &str) -> Option<&str> {
        self.ignored_narrowing.get(endpoint).map(String::as_str)
    }

    /// Why no single resource of `endpoint` can be looked up by the attribute, if so.
    pub fn refuses_lookup(&self, endpoint: &str, attribute: &str) -> Option<&str> {
        self.refused_lookup.get(&(endpoint.to_owned(), attribute.to_owned())).map(String::as_str)
    }

    /// Whether a resource of `endpoint` was seen to be created.
    pub fn was_created(&self, endpoint: &str) -> bool {
        self.retention.id(endpoint).is_some()
    }

    /// Why no resource of `endpoint` can be changed by PATCH, if so: a text that is kept was refused as not implemented.
    pub fn refuses_patch(&self, endpoint: &str) -> Option<&str> {
        self.refused_patch.get(endpoint).map(String::as_str)
    }

    /// Why no resource of `endpoint` can be replaced, if so: a PUT of one that exists was refused as not implemented.
    pub fn refuses_put(&self, endpoint: &str) -> Option<String> {
        let status = self.refused_write(endpoint, &Method::PUT).filter(|status| matches!(status, 405 | 501))?;
        Some(format!("a PUT below {endpoint} is answered {status}"))
    }

    /// Whether the attribute at `path` of the resource type at `endpoint` was seen to come back changed, or not at all.
    pub fn loses(&self, endpoint: &str, path: &str) -> bool {
        self.retention.loses(endpoint, path)
    }

    /// Whether the attribute at `path` of the resource type at `endpoint` was seen not to come back at all.
    pub fn drops(&self, endpoint: &str, path: &str) -> bool {
        self.retention.drops(endpoint, path)
    }

    /// The status of a PUT of a resource that exists. Its body is one that changes nothing.
    async fn put_status(&self, client: &Client, kind: &ResourceType) -> Result<Option<u16>, EndpointError> {
        let Some(id) = self.retention.id(&kind.endpoint) else { return Ok(None) };
        let request = Request::new(Method::PUT, &kind.endpoint).segment(id).json(&json!({"schemas": []}));
        match client.send(request).await {
            Ok(answer) => Ok(Some(answer.status)),
            Err(error) if error.is_unreachable() => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// The path of a text that is kept, and the status of a PATCH of it. That of an id which nobody has, as the opening sends it, may be
    /// answered before anything looks at the method.
    async fn patch_status(
        &self,
        client: &Client,
        discovery: &Discovery,
        data: &Data,
        kind: &ResourceType,
    ) -> Result<Option<(String, u16)>, EndpointError> {
        let Some(id) = self.retention.id(&kind.endpoint) else { return Ok(None) };
        let mut texts = plain_texts(discovery, kind).into_iter().map(|text| text.path());
        let Some(path) = texts.find(|path| !self.loses(&kind.endpoint, path)) else { return Ok(None) };
        let change = patch_of(&json!([{"op": "replace", "path": path, "value": data.name()}]));
        match client.send(Request::new(Method::PATCH, &kind.endpoint).segment(id).json(&change)).await {
            Ok(answer) => Ok(Some((path, answer.status))),
            Err(error) if error.is_unreachable() => Err(error),
            Err(_) => Ok(None),
        }
    }
}

/// Whether a write may be refused with this status before anything looks at its body (RFC 7644 section 3.12, Table 8; RFC 9110 section
/// 15.6.4).
pub(crate) const fn is_of_the_whole_write(status: u16) -> bool {
    matches!(status, 401 | 403 | 405 | 501 | 503)
}

/// How an endpoint treats a comparison, judged by one that no resource matches and one that a resource matches.
enum Comparison {
    /// As it should, or nobody can tell.
    Followed,
    Refused(String),
    Ignored(String),
}

async fn comparison(
    client: &Client,
    endpoint: &str,
    attribute: &str,
    operator: &str,
) -> Result<Comparison, EndpointError> {
    let filter = format!("{attribute} {operator} \"weir-no-match\"");
    match client.send(Request::get(endpoint).query("filter", &filter).query("count", "1")).await {
        Ok(answer) if matches!(answer.status, 400 | 501) => {
            Ok(Comparison::Refused(format!("`{attribute} {operator}` is answered {}", answer.status)))
        }
        Ok(answer) if answer.at("Resources").and_then(Value::as_array).is_some_and(|list| !list.is_empty()) => {
            Ok(Comparison::Ignored(format!("`{filter}` finds resources with other names")))
        }
        Err(error) if error.is_unreachable() || error.kind == EndpointErrorKind::Timeout => Err(error),
        Ok(_) | Err(_) => Ok(Comparison::Followed),
    }
}

/// Whether a list of those whose names begin as that of the resource `id` does holds the resource, and nobody whose name begins
/// otherwise. An endpoint whose lists lag behind shows it by no filter at first, so that `eq` has to find it before and afterwards.
async fn beside_a_match(
    client: &Client,
    endpoint: &str,
    attribute: &str,
    id: &str,
) -> Result<Comparison, EndpointError> {
    let Some(name) = name_of(client, endpoint, attribute, id).await? else { return Ok(Comparison::Followed) };
    let mut start = name.clone();
    start.pop();
    if start.is_empty() {
        return Ok(Comparison::Followed);
    }
    let filter = |operator: &str, text: &str| format!("{attribute} {operator} {}", json!(text));
    let alone = names(client, endpoint, attribute, &filter("eq", &name)).await?;
    let narrowed = names(client, endpoint, attribute, &filter("sw", &start)).await?;
    let again = names(client, endpoint, attribute, &filter("eq", &name)).await?;
    let (Some(alone), Some(narrowed), Some(again)) = (alone, narrowed, again) else { return Ok(Comparison::Followed) };
    let folded = |text: &str| text.to_lowercase();
    let begins = |own: &String| folded(own).starts_with(&folded(&start));
    let is_it = |own: &String| folded(own) == folded(&name);
    let sw = filter("sw", &start);
    if !narrowed.iter().all(begins) {
        return Ok(Comparison::Ignored(format!("`{sw}` finds resources with other names")));
    }
    if alone.iter().any(is_it) && again.iter().any(is_it) && narrowed.is_empty() {
        return Ok(Comparison::Ignored(format!("`{sw}` does not find {name}, which `eq` finds")));
    }
    Ok(Comparison::Followed)
}

/// The names of the resources that a filter finds, as far as they are shown; `None` where the answer is no list.
async fn names(
    client: &Client,
    endpoint: &str,
    attribute: &str,
    filter: &str,
) -> Result<Option<Vec<String>>, EndpointError> {
    match client.send(Request::get(endpoint).query("filter", filter)).await {
        Ok(answer) if answer.status == 200 && answer.json().is_ok_and(Value::is_object) => {
            let list = answer.at("Resources").and_then(Value::as_array).into_iter().flatten();
            let shown = list.filter_map(|resource| at(resource, attribute)?.as_str());
            Ok(Some(shown.map(str::to_owned).collect()))
        }
        Err(error) if error.is_unreachable() || error.kind == EndpointErrorKind::Timeout => Err(error),
        Ok(_) | Err(_) => Ok(None),
    }
}

/// The name that a GET shows of a resource.
async fn name_of(client: &Client, endpoint: &str, attribute: &str, id: &str) -> Result<Option<String>, EndpointError> {
    match client.send(Request::get(endpoint).segment(id)).await {
        Ok(answer) if answer.status == 200 => Ok(answer.text(attribute).map(str::to_owned)),
        Err(error) if error.is_unreachable() || error.kind == EndpointErrorKind::Timeout => Err(error),
        Ok(_) | Err(_) => Ok(None),
    }
}
