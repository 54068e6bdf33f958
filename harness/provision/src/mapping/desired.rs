//! The user that must stand in the target, and its fingerprint.

use std::sync::Arc;

use serde_json::Value;

use super::rule::FieldRule;

/// The user that source and mapping give for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredUser {
    pub user_name: String,
    /// In the order of the mapping; `userName` is among them.
    pub values: Vec<MappedValue>,
    pub active: bool,
}

/// One filled field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedValue {
    pub rule: Arc<FieldRule>,
    /// A scalar, or an array for a field that takes several values.
    pub value: Value,
}

impl DesiredUser {
    /// The text of a field, such as the one that identifies the user in the target.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        let found = self.values.iter().find(|value| value.rule.field.name == field)?;
        found.value.as_str()
    }

    /// The values that an update sends.
    pub fn updatable(&self) -> impl Iterator<Item = &MappedValue> {
        self.values.iter().filter(|value| !value.rule.create_only)
    }

    /// Changes whenever a value changes that an update would send; `active` is not part of it.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Fnv::default();
        for value in self.updatable() {
            hash.write(value.rule.field.name.as_bytes());
            hash.write(&[0]);
            hash.write(value.value.to_string().as_bytes());
            hash.write(&[0]);
        }
        hash.0
    }
}

/// A number of these bytes that stays the same in every run.
#[must_use]
pub fn fingerprint_of(bytes: &[u8]) -> u64 {
    let mut hash = Fnv::default();
    hash.write(bytes);
    hash.0
}

/// FNV-1a, 64 bits: the same in every version of the program, since a ledger may outlive one.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
