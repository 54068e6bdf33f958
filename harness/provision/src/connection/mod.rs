//! Connections as administrators have them: the JSON of PingFederate's administrative API, `saas-provisioner.xml` of its
//! server profile, and the JSON of PingOne's management API.

mod channel;
mod connector;
mod listed;
mod location;
mod pingfederate;
mod pingone;
pub mod probe;
mod provisioner_xml;

use serde_json::{Map, Value};
use weir_files::fault::FileFault;
use weir_files::name::UnknownName;

pub use channel::{ConnectionChannel, MappedField};
pub use connector::Connector;
pub use listed::{ConnectionFile, ListedConnection};
pub use location::is_attribute;

/// A connection, read.
#[derive(Clone, Debug)]
pub struct Connection {
    pub name: String,
    /// As the file has it; the client is chosen by it.
    pub type_id: String,
    pub connector: Connector,
    /// The id of a PingOne store, by which rules name it.
    pub store_id: Option<String>,
    /// The fields of the Target page, in the order of the file. Headings are not among them.
    pub target: Vec<TargetSetting>,
    pub channels: Vec<ConnectionChannel>,
    /// PingFederate's connections have channels; a store of PingOne has rules in their place.
    is_of_pingfederate: bool,
    /// Members that are not known and stand where a connection says whom it provisions, and how.
    pub unknown: Vec<UnknownMember>,
    pub warnings: Vec<String>,
}

/// A member of a connection that is not known. It could change whom a run touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMember {
    pub place: String,
    /// The member that may be meant, as a question; else empty.
    meant: String,
}

impl UnknownMember {
    fn new(place: &str, key: &str, known: &[&str]) -> Self {
        let remedy = UnknownName::new("key", key, known).remedy();
        let meant = if remedy.starts_with("did you mean") { remedy } else { String::new() };
        let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        // `userSourceLocation.searchFilter` stands for a filter of the people, wherever it stands.
        let part = known.iter().find(|own| meant.is_empty() && own.contains('.') && last(key).ends_with(&last(own)));
        let meant = part.map_or(meant, |own| format!("did you mean {own:?}?"));
        Self { place: if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") }, meant }
    }

    /// The warning about one that is left out; `file` is where it stands.
    #[must_use]
    pub fn warning(&self, file: &str) -> String {
        let meant = if self.meant.is_empty() { String::new() } else { format!("; {}", self.meant) };
        format!("{file}: {} is unknown and not used{meant}", self.place)
    }

    /// The fault of a run that would have to leave it out.
    #[must_use]
    pub fn fault(&self, file: &str) -> FileFault {
        let meant = if self.meant.is_empty() { String::new() } else { format!("{} ", self.meant) };
        FileFault::new(self.place.as_str(), "is unknown, and could change whom the run touches")
            .with_remedy(format!("{meant}--ignore-unknown-settings leaves it out"))
            .of(file)
    }
}

/// One field of the Target page. A secret is never kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetSetting {
    pub name: String,
    /// Absent for a secret.
    pub value: Option<String>,
}

impl Connection {
    /// The value of a target field, whose name ignores case.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.target.iter().find(|setting| setting.name.eq_ignore_ascii_case(name))?.value.as_deref()
    }

    /// The fields of the Target page as given, as (name, value). A secret counts as given, without its value.
    #[must_use]
    pub fn given(&self) -> Vec<(String, String)> {
        let value = |setting: &TargetSetting| setting.value.clone().unwrap_or_else(|| "(secret)".to_owned());
        self.target.iter().map(|setting| (setting.name.clone(), value(setting))).collect()
    }

    /// Whether it is a connection of PingFederate in which no channel says what is provisioned.
    #[must_use]
    pub fn is_without_channels(&self) -> bool {
        self.is_of_pingfederate && self.channels.is_empty()
    }

    /// Whether a field of this name is a secret, or has no value: it cannot change whom a run touches.
    #[must_use]
    pub fn is_harmless(&self, name: &str) -> bool {
        let found = self.target.iter().find(|setting| setting.name == name);
        found.is_none_or(|setting| setting.value.as_deref().is_none_or(str::is_empty))
    }
}

/// Whether a field of this name holds a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace([' ', '_'], "");
    ["password", "token", "secret", "apikey"].iter().any(|word| name.ends_with(word))
}

/// The value as a connection keeps it; nothing for a secret, and for a value that a secret stands in.
fn kept(name: &str, value: &Value) -> Option<String> {
    (!is_secret(name) && !holds_secret(value)).then(|| shown(value))
}

/// Whether a secret stands in the value: below a name of its own, or beside it, as in a list of `name` and `value`.
fn holds_secret(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_secret),
        Value::Object(members) => {
            names_secret(value) || members.iter().any(|(name, value)| is_secret(name) || holds_secret(value))
        }
        _ => false,
    }
}

/// Whether the value is a setting whose `name` is that of a secret.
fn names_secret(value: &Value) -> bool {
    value["name"].as_str().is_some_and(is_secret)
}

/// Text, numbers and booleans as text; objects and lists as JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The value without what says nothing: an export writes a member that is not set as null, `""`, `[]` or `{}`, or leaves it
/// out. Nothing if nothing is left.
fn without_empty(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| value.clone()),
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().filter_map(without_empty).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(members) => {
            let members: Map<String, Value> =
                members.iter().filter_map(|(key, value)| Some((key.clone(), without_empty(value)?))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        _ => Some(value.clone()),
    }
}

#[cfg(test)]
mod tests;
