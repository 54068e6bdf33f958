//! Connections as administrators have them: the JSON of PingFederate's administrative API and of PingOne's management API.

mod channel;
mod pingfederate;
mod pingone;
pub mod probe;

use std::path::Path;

use serde_json::Value;
use weir_files::document;
use weir_files::fault::{FileFault, Place};

pub use channel::ConnectionChannel;

/// A connection's file, read.
#[derive(Clone, Debug)]
pub struct Connection {
    pub name: String,
    /// As the file has it; the client is chosen by it.
    pub type_id: String,
    /// Such as `pingfederate-aquera`; nothing if the type does not tell.
    pub client: Option<&'static str>,
    /// The fields of the Target page, in the order of the file.
    pub target: Vec<TargetSetting>,
    pub channels: Vec<ConnectionChannel>,
    pub warnings: Vec<String>,
}

/// One field of the Target page. A secret is never kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetSetting {
    pub name: String,
    /// Absent for a secret.
    pub value: Option<String>,
}

/// Reads a connection. With `ignore_expressions` a field with an expression is mapped from its attributes alone.
///
/// # Errors
/// The first fault, with file and place.
pub fn open(path: &Path, ignore_expressions: bool) -> Result<Connection, FileFault> {
    let text = document::read(path)?;
    parse(&path.display().to_string(), &text, ignore_expressions)
}

/// As [`open`], from a text; `file` stands for the file in errors.
///
/// # Errors
/// As [`open`].
pub fn parse(file: &str, text: &str, ignore_expressions: bool) -> Result<Connection, FileFault> {
    if text.trim_start().starts_with('<') {
        let problem = "this is XML, as the console exports connections, and holds no provisioning settings";
        let remedy = "get the JSON with GET /pf-admin-api/v1/idp/spConnections/{id}";
        return Err(FileFault::new(Place::Line(1, None), problem).with_remedy(remedy).of(file));
    }
    let document: Value = document::json(text).map_err(|fault| fault.of(file))?;
    if let Some(connection) = pingfederate::find(&document) {
        return pingfederate::read(file, connection, ignore_expressions);
    }
    if document.get("configuration").is_some_and(Value::is_object) {
        return pingone::read(file, &document);
    }
    let problem = "it is not a connection: there is neither outboundProvision, as PingFederate's administrative API has it, nor configuration, as PingOne's management API has it";
    Err(FileFault::whole(file, problem))
}

fn fault(file: &str, place: impl Into<Place>, problem: impl Into<String>) -> FileFault {
    FileFault::new(place, problem).of(file)
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

    /// The SCIM base URL as the file has it.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.setting("SCIM URL").or_else(|| self.setting("SCIM_URL")).filter(|url| !url.is_empty())
    }
}

/// Whether a field of this name holds a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', " ");
    ["password", "token", "secret", "api key"].iter().any(|word| name.ends_with(word))
}

/// Text, numbers and booleans as text; objects and lists as JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
