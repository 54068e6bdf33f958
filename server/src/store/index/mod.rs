//! The indexes of the memory store: which attributes have one, and the keys of a resource in them.

mod equality;
mod ranked;

use std::borrow::Cow;

use scim::filter::resolve::Operand;
use scim::resource::{Item, Record};
use scim::schema::{AttributeId, AttributeType, Registry, Returned, Uniqueness, matching_rule};
use scim::text::MatchingRule;
use scim::{Error, ErrorKind};

use super::packed::{PackedAttributes, PackedRecord};
pub use equality::{Equality, KeyHash, KeyHasher, RowHasher};
pub use ranked::RankedRows;

/// What provisioning clients look resources up by, beside whatever a schema wants to be unique.
const LOOKED_UP: [(&str, Option<&str>); 4] =
    [("externalId", None), ("userName", None), ("emails", Some("value")), ("displayName", None)];

/// The attributes that have an index. They never change while a store lives.
#[derive(Debug)]
pub struct IndexedAttributes {
    paths: Vec<IndexedPath>,
    hasher: KeyHasher,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct IndexedPath {
    attribute: AttributeId,
    sub_attribute: Option<AttributeId>,
    rule: MatchingRule,
    unique: bool,
}

/// One key of one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Which index.
    pub index: usize,
    pub hash: KeyHash,
    /// Kept where it must be unique.
    text: Option<Box<str>>,
}

impl IndexedAttributes {
    /// Of every resource type: what is looked up, and what is unique. Attributes that are never returned have none, for
    /// an index would disclose them.
    #[must_use]
    pub fn new(registry: &Registry) -> Self {
        let mut paths: Vec<IndexedPath> = Vec::new();
        let mut add = |attribute: AttributeId, sub_attribute: Option<AttributeId>| {
            let leaf = sub_attribute.unwrap_or(attribute);
            let characteristics = registry.attribute(leaf);
            let shown = characteristics.returned != Returned::Never
                && registry.attribute(attribute).returned != Returned::Never;
            if shown && !paths.iter().any(|path| path.leaf() == leaf) {
                paths.push(IndexedPath {
                    attribute,
                    sub_attribute,
                    rule: matching_rule(registry, leaf),
                    unique: characteristics.uniqueness != Uniqueness::None,
                });
            }
        };
        for (resource_type, _) in registry.resource_types() {
            for schema in registry.schemas_of(resource_type) {
                for &attribute in &registry.schema(schema).attributes {
                    // The store makes `id` and `meta` itself and has an index of ids.
                    if schema == scim::schema::common::SCHEMA && attribute != scim::schema::common::EXTERNAL_ID {
                        continue;
                    }
                    let definition = registry.definition(attribute);
                    let is_string = |id| registry.attribute(id).attribute_type == AttributeType::String;
                    for (name, sub) in LOOKED_UP {
                        if !definition.attribute.name.eq_ignore_ascii_case(name) {
                            continue;
                        }
                        match sub.map(|sub| registry.find_sub_attribute(attribute, sub)) {
                            None if is_string(attribute) => add(attribute, None),
                            Some(Some(sub)) if is_string(sub) => add(attribute, Some(sub)),
                            _ => {}
                        }
                    }
                    if definition.attribute.uniqueness != Uniqueness::None && definition.sub_attributes.is_empty() {
                        add(attribute, None);
                    }
                    for &sub in &definition.sub_attributes {
                        if registry.attribute(sub).uniqueness != Uniqueness::None {
                            add(attribute, Some(sub));
                        }
                    }
                }
            }
        }
        Self { paths, hasher: KeyHasher::default() }
    }

    /// Whether both index the same attributes in the same way, so that the tables of one serve the other.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.paths == other.paths
    }

    /// One empty table for each index.
    #[must_use]
    pub fn tables(&self) -> Vec<Equality> {
        self.paths.iter().map(|_| Equality::default()).collect()
    }

    /// The hash of a resource's id.
    #[must_use]
    pub fn hash_id(&self, id: uuid::Uuid) -> KeyHash {
        self.hasher.hash(id.as_bytes())
    }

    /// The key to look up for `leaf eq operand`, when there is an index for it.
    #[must_use]
    pub fn sought(&self, leaf: AttributeId, operand: &Operand) -> Option<(usize, KeyHash)> {
        let (rule, key) = operand.key()?;
        let index = self.paths.iter().position(|path| path.leaf() == leaf && path.rule == rule)?;
        Some((index, self.hasher.hash(key.as_bytes())))
    }

    /// Every key of a resource, each once.
    #[must_use]
    pub fn keys(&self, attributes: &PackedAttributes) -> Vec<Key> {
        let mut keys = Vec::with_capacity(self.paths.len());
        for index in 0..self.paths.len() {
            self.add_keys(attributes.record(), index, &mut keys);
        }
        sort(&mut keys);
        keys
    }

    /// The keys that a change takes away, and those that it adds.
    #[must_use]
    pub fn changed_keys(&self, before: &PackedAttributes, after: &PackedAttributes) -> (Vec<Key>, Vec<Key>) {
        let (mut gone, mut new) = (Vec::new(), Vec::new());
        for (index, path) in self.paths.iter().enumerate() {
            if !before.record().has_same(after.record(), path.attribute) {
                self.add_keys(before.record(), index, &mut gone);
                self.add_keys(after.record(), index, &mut new);
            }
        }
        // Different keys with one hash share an entry, so only hashes may be compared here.
        let entry = |key: &Key| (key.index, key.hash);
        sort(&mut gone);
        sort(&mut new);
        let stays = |key: &Key| new.binary_search_by_key(&entry(key), entry).is_ok();
        let only_gone = gone.iter().filter(|key| !stays(key)).cloned().collect();
        new.retain(|key| gone.binary_search(key).is_err());
        (only_gone, new)
    }

    fn add_keys(&self, record: PackedRecord<'_>, index: usize, keys: &mut Vec<Key>) {
        let path = self.paths[index];
        path.for_each_key(record, &mut |text| {
            let hash = self.hasher.hash(text.as_bytes());
            keys.push(Key { index, hash, text: path.unique.then(|| Box::from(text)) });
        });
    }

    /// Whether a resource has `key`, which must be unique. False for keys that need not be.
    #[must_use]
    pub fn conflicts(&self, key: &Key, with: &PackedAttributes) -> bool {
        let Some(wanted) = &key.text else { return false };
        let mut found = false;
        self.paths[key.index].for_each_key(with.record(), &mut |text| found |= text == &**wanted);
        found
    }

    /// 409 `uniqueness` (RFC 7644 section 3.3.1).
    #[must_use]
    pub fn conflict(&self, registry: &Registry, key: &Key) -> Error {
        let name = registry.short_name(self.paths[key.index].leaf());
        let value = key.text.as_deref().unwrap_or_default();
        Error::new(
            ErrorKind::Uniqueness,
            format!("{name} {value:?} is taken by another resource; choose another value, or find and update that one"),
        )
    }
}

/// A client may send thousands of values, so each key once, and in an order to search by.
fn sort(keys: &mut Vec<Key>) {
    keys.sort_unstable();
    keys.dedup();
}

impl IndexedPath {
    fn leaf(self) -> AttributeId {
        self.sub_attribute.unwrap_or(self.attribute)
    }

    fn for_each_key(self, record: PackedRecord<'_>, visit: &mut dyn FnMut(&str)) {
        let Some(items) = record.get(self.attribute) else { return };
        for item in items {
            match (item, self.sub_attribute) {
                (Item::Complex(value), Some(sub)) => {
                    value.get(sub).into_iter().flatten().for_each(|item| self.key_of(&item, visit));
                }
                (item, _) => self.key_of(&item, visit),
            }
        }
    }

    fn key_of(self, item: &Item<'_, PackedRecord<'_>>, visit: &mut dyn FnMut(&str)) {
        visit(&match item {
            Item::String(text) => self.rule.key(text),
            Item::Boolean(value) => Cow::Owned(value.to_string()),
            Item::Integer(value) => Cow::Owned(value.to_string()),
            // Written without a point when it is whole, so that it equals the integer.
            Item::Decimal(value) => Cow::Owned(value.to_string()),
            Item::Timestamp(at) => Cow::Owned(at.to_string()),
            Item::ComposedText(composed) => Cow::Owned(composed.text()),
            Item::Complex(_) => return,
        });
    }
}
