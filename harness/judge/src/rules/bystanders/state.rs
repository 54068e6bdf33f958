//! What a resource is shown to be, and what differs between two such states.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};
use weir_exchange::Exchange;
use weir_exchange::difference::{Difference, member, same_state};

use crate::date_time::instant;
use crate::publication::{AttributeIndex, PublishedAttribute};
use crate::rule::{ExchangeView, Place, has_value};

/// A whole representation of a resource.
pub(super) struct State {
    pub(super) id: Option<String>,
    pub(super) exchange: Arc<Exchange>,
    value: Map<String, Value>,
    /// Ids of other resources that it shows: members of a group, a manager.
    refers: BTreeSet<String>,
}

/// Collects the ids that references below `value` name; `is_list_of_members` tells that they need no `$ref` for it.
fn collect_references(value: &Value, is_list_of_members: bool, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, is_list_of_members, found)),
        Value::Object(members) => {
            if (is_list_of_members || member(members, "$ref").is_some())
                && let Some(Value::String(id)) = member(members, "value")
            {
                found.insert(id.clone());
            }
            for (name, inner) in members {
                collect_references(inner, name.eq_ignore_ascii_case("members"), found);
            }
        }
        _ => {}
    }
}

impl State {
    /// What an answer shows, if it shows the resource alone and whole.
    pub(super) fn of(view: &ExchangeView<'_>) -> Option<Self> {
        let shown = view.representations.first().filter(|shown| shown.is_alone && shown.is_whole)?;
        let id = shown.id().map(str::to_owned);
        let mut refers = BTreeSet::new();
        for (name, inner) in shown.value {
            collect_references(inner, name.eq_ignore_ascii_case("members"), &mut refers);
        }
        Some(Self { id, exchange: Arc::new(view.exchange.unparsed()), value: shown.value.clone(), refers })
    }

    /// What a request asks for.
    pub(super) fn asked(exchange: &Arc<Exchange>) -> Option<Self> {
        let Value::Object(value) = serde_json::from_slice(&exchange.request_body).ok()? else { return None };
        Some(Self { id: None, exchange: Arc::clone(exchange), value, refers: BTreeSet::new() })
    }

    /// Whether it shows a reference to the resource.
    pub(super) fn refers_to(&self, id: &str) -> bool {
        self.refers.contains(id)
    }

    /// A text of `meta`.
    pub(super) fn meta(&self, name: &str) -> Option<String> {
        let meta = member(&self.value, "meta")?.as_object()?;
        member(meta, name)?.as_str().map(str::to_owned)
    }

    /// Whether the answer was there before `later` was sent.
    pub(super) fn is_over_before(&self, later: &Exchange) -> bool {
        is_over_before(&self.exchange, later)
    }

    /// Whether the request was sent after the answer to `earlier` was there.
    pub(super) fn begins_after(&self, earlier: &Exchange) -> bool {
        is_over_before(earlier, &self.exchange)
    }
}

fn is_over_before(earlier: &Exchange, later: &Exchange) -> bool {
    let end = jiff::SignedDuration::try_from(earlier.elapsed)
        .ok()
        .and_then(|elapsed| earlier.started.checked_add(elapsed).ok());
    // The clock is read before the request is sent, so that two that follow each other at once may share an instant.
    earlier.number < later.number && end.is_some_and(|end| end <= later.started)
}

/// What differs between two states, among what a client can write and an ordinary answer shows. Paths are `active`,
/// `name.givenName`, `urn:…:User:department`; a multi-valued attribute is compared as a whole.
pub(super) fn changes<'s>(
    view: &'s ExchangeView<'_>,
    before: &'s State,
    after: &'s State,
) -> impl Iterator<Item = Difference> + use<'s> {
    attributes(view).into_iter().filter_map(move |(path, place, definition)| {
        let (old, new) = (place.value_in(before), place.value_in(after));
        let is_same = canonical(old, definition) == canonical(new, definition);
        (!is_same).then(|| Difference { path, expected: old.cloned(), found: new.cloned() })
    })
}

/// What differs between two states of a resource whose schema is not published, among the attributes at the top that clients
/// write by the RFC.
pub(super) fn unpublished_changes(view: &ExchangeView<'_>, before: &State, after: &State) -> Vec<Difference> {
    const SERVERS: [&str; 4] = ["id", "meta", "schemas", "groups"];
    let Place::Resource(kind, _) = &view.place else { return Vec::new() };
    if view.published.schema(&kind.schema).is_some() {
        return Vec::new();
    }
    let written = before.value.iter().filter(|(name, _)| !SERVERS.iter().any(|own| own.eq_ignore_ascii_case(name)));
    written
        .filter_map(|(name, old)| {
            let new = member(&after.value, name);
            let is_same = same_state(Some(old), new);
            (!is_same).then(|| Difference { path: name.clone(), expected: Some(old.clone()), found: new.cloned() })
        })
        .collect()
}

/// Whether a request asks for the value at `path` that was shown before.
pub(super) fn is_repeated(view: &ExchangeView<'_>, before: &State, asked: &State, path: &str) -> bool {
    attributes(view).into_iter().any(|(own, place, definition)| {
        own == path && {
            let (old, wanted) = (place.value_in(before), place.value_in(asked));
            wanted.is_some() && canonical(old, definition) == canonical(wanted, definition)
        }
    })
}

/// Where an attribute stands in a resource.
struct AttributePlace<'p> {
    extension: Option<&'p str>,
    parent: Option<&'p str>,
    name: &'p str,
}

impl AttributePlace<'_> {
    fn value_in<'s>(&self, state: &'s State) -> Option<&'s Value> {
        let mut whole = &state.value;
        for name in [self.extension, self.parent].into_iter().flatten() {
            whole = member(whole, name)?.as_object()?;
        }
        member(whole, self.name).filter(|value| has_value(value))
    }
}

/// The attributes that are compared. Those of an extension and the parts of a single complex attribute stand alone.
fn attributes<'v>(view: &'v ExchangeView<'_>) -> Vec<(String, AttributePlace<'v>, &'v PublishedAttribute)> {
    let Place::Resource(kind, _) = &view.place else { return Vec::new() };
    let mut all = Vec::new();
    let schemas =
        std::iter::once((&kind.schema, None)).chain(kind.extensions.iter().map(|uri| (uri, Some(uri.as_str()))));
    for (uri, extension) in schemas {
        let Some(attributes) = view.published.schema(uri) else { continue };
        collect(extension, attributes, &mut all);
    }
    all.sort_by(|(left, ..), (right, ..)| left.cmp(right));
    all
}

fn collect<'v>(
    extension: Option<&'v str>,
    attributes: &'v AttributeIndex,
    all: &mut Vec<(String, AttributePlace<'v>, &'v PublishedAttribute)>,
) {
    const COMMON: [&str; 3] = ["id", "meta", "schemas"];
    for attribute in attributes.iter().filter(|attribute| is_compared(attribute)) {
        let name = attribute.name.as_str();
        if extension.is_none() && COMMON.iter().any(|common| common.eq_ignore_ascii_case(name)) {
            continue;
        }
        let path = extension.map_or_else(|| name.to_owned(), |uri| format!("{uri}:{name}"));
        if attribute.data_type == "complex" && !attribute.multi_valued && !attribute.parts.is_empty() {
            // What refers to a resource is known by its value; the rest of it follows from that.
            let is_reference = attribute.parts.get("$ref").is_some();
            let is_own = |part: &&PublishedAttribute| !is_reference || part.name.eq_ignore_ascii_case("value");
            for part in attribute.parts.iter().filter(|part| is_compared(part)).filter(is_own) {
                let place = AttributePlace { extension, parent: Some(name), name: &part.name };
                all.push((format!("{path}.{}", part.name), place, part));
            }
        } else {
            all.push((path, AttributePlace { extension, parent: None, name }, attribute));
        }
    }
}

fn is_compared(attribute: &PublishedAttribute) -> bool {
    attribute.mutability != "readOnly"
        && matches!(attribute.returned.as_str(), "default" | "always")
        && !attribute.is_secret()
}

/// A text that two values share exactly if they mean the same: in any order, without what is readOnly or has no value, times
/// by their instant.
fn canonical(value: Option<&Value>, definition: &PublishedAttribute) -> Option<String> {
    let value = value.filter(|value| has_value(value))?;
    if let Some(items) = value.as_array() {
        let mut texts: Vec<String> = items.iter().filter_map(|item| canonical_single(item, definition)).collect();
        texts.sort_unstable();
        texts.dedup();
        return (!texts.is_empty()).then(|| texts.join("\n"));
    }
    canonical_single(value, definition)
}

fn canonical_single(value: &Value, definition: &PublishedAttribute) -> Option<String> {
    match value {
        Value::Object(members) => {
            // A member of a group is known by its value; what else is shown of it is the endpoint's.
            let is_reference = definition.parts.get("$ref").is_some();
            let parts = members.iter().filter(|(name, value)| {
                let is_shown = definition.parts.get(name).is_none_or(is_compared);
                has_value(value) && is_shown && (!is_reference || name.eq_ignore_ascii_case("value"))
                    // A missing primary means false (RFC 7643 section 2.4).
                    && !(name.eq_ignore_ascii_case("primary") && **value == Value::Bool(false))
            });
            let mut texts: Vec<String> =
                parts.map(|(name, value)| format!("{}={value}", name.to_ascii_lowercase())).collect();
            texts.sort_unstable();
            (!texts.is_empty()).then(|| texts.join(","))
        }
        Value::String(text) if definition.data_type == "dateTime" => {
            Some(instant(text).map_or_else(|| text.clone(), |instant| instant.to_string()))
        }
        Value::Number(number) => Some(number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string())),
        other => Some(other.to_string()),
    }
}
