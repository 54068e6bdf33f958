//! Connections as administrators have them: the JSON of PingFederate's administrative API and of PingOne's management API.

mod channel;
mod pingfederate;
mod pingone;
pub mod probe;

use std::path::Path;

use serde_json::Value;

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

/// Why a file is no connection. `place` is a line, or the path of a setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {place}: {problem}")]
pub struct ConnectionError {
    file: String,
    place: String,
    problem: String,
}

/// Reads a connection. With `ignore_expressions` a field with an expression is mapped from its attributes alone.
///
/// # Errors
/// The first fault, with file and place.
pub fn open(path: &Path, ignore_expressions: bool) -> Result<Connection, ConnectionError> {
    let file = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&file, &text, ignore_expressions),
        Err(error) => Err(fault(&file, "the file", format!("cannot be read: {error}"))),
    }
}

/// As [`open`], from a text; `file` stands for the file in errors.
///
/// # Errors
/// As [`open`].
pub fn parse(file: &str, text: &str, ignore_expressions: bool) -> Result<Connection, ConnectionError> {
    if text.trim_start().starts_with('<') {
        let problem = "this is XML, as the console exports connections, and holds no provisioning settings; get the JSON with GET /pf-admin-api/v1/idp/spConnections/{id}";
        return Err(fault(file, "line 1", problem));
    }
    let document: Value = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        fault(file, format!("line {}", error.line()), format!("not JSON: {message}"))
    })?;
    if let Some(connection) = pingfederate::find(&document) {
        return pingfederate::read(file, connection, ignore_expressions);
    }
    if document.get("configuration").is_some_and(Value::is_object) {
        return pingone::read(file, &document);
    }
    let problem = "is no connection: there is neither outboundProvision, as PingFederate's administrative API has it, nor configuration, as PingOne's management API has it";
    Err(fault(file, "the file", problem))
}

fn fault(file: &str, place: impl Into<String>, problem: impl Into<String>) -> ConnectionError {
    ConnectionError { file: file.to_owned(), place: place.into(), problem: problem.into() }
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
