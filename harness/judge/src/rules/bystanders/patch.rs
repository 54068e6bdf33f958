//! What a PATCH names.

use serde_json::Value;
use weir_exchange::difference::member;

/// The attributes that the operations of a PATCH name: `emails`, `name.givenname`, `urn:…:user:department`, in lower case.
pub(super) struct TouchedAttributes(Vec<String>);

impl TouchedAttributes {
    /// `None` if it cannot be told what an operation is about.
    pub(super) fn by(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let operations = member(body.as_object()?, "Operations")?.as_array()?;
        let mut named = Vec::new();
        for operation in operations {
            let operation = operation.as_object()?;
            match member(operation, "path").filter(|path| !path.is_null()) {
                Some(path) => named.extend(targets(path.as_str()?, member(operation, "value"))?),
                None => named.extend(members(member(operation, "value")?)?),
            }
        }
        Some(Self(named))
    }

    /// Whether a change of `path` may come from what is named: it is named itself, or what it is a part of, or a part of it,
    /// or an endpoint may derive it.
    pub(super) fn covers(&self, path: &str) -> bool {
        let path = path.to_ascii_lowercase();
        // An extension's attribute may be found by its name alone (disputed reading P21).
        let short = if path.starts_with("urn:") { path.rsplit(':').next() } else { None };
        self.0.iter().any(|named| {
            // The URI of a reference and its value are two names of one resource.
            let named = named.strip_suffix(".$ref").unwrap_or(named);
            let is_meant = |path: &str| is_within(path, named) || is_within(named, path);
            is_meant(&path) || short.is_some_and(is_meant) || is_derived(&path, named)
        })
    }
}

/// Whether `path` is `whole`, or a part of it.
fn is_within(path: &str, whole: &str) -> bool {
    path.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
}

/// Whether an endpoint may make one of the other: names of each other, and a userName of an address.
fn is_derived(path: &str, named: &str) -> bool {
    const FAMILY: [&str; 5] = ["name", "displayname", "nickname", "username", "emails"];
    let top = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
    FAMILY.contains(&top(path).as_str()) && FAMILY.contains(&top(named).as_str())
}

/// What a path is about, with the value for it. A path that cannot be read is about nothing that is known.
fn targets(path: &str, value: Option<&Value>) -> Option<Vec<String>> {
    let path = path.trim().to_ascii_lowercase();
    // What stands in brackets selects among the values; behind them stands a part of one.
    let bare = match path.split_once('[') {
        Some((before, _)) => before.to_owned(),
        None => path,
    };
    if bare.is_empty() || bare.contains(char::is_whitespace) {
        return None;
    }
    if bare.starts_with("urn:") && !bare.rsplit(':').next()?.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    match value.and_then(Value::as_object) {
        // Sub-attributes that are not given stay (RFC 7644 sections 3.5.2.1 and 3.5.2.3).
        Some(parts) if !parts.is_empty() && !bare.contains("urn:") => {
            Some(parts.keys().map(|part| format!("{bare}.{}", part.to_ascii_lowercase())).collect())
        }
        // The core schema's URI may stand in front of its attributes.
        _ => Some(vec![without_core(&bare)]),
    }
}

/// What a value without path is about: its members, and of an object the parts that it has.
fn members(value: &Value) -> Option<Vec<String>> {
    let mut named = Vec::new();
    for (name, value) in value.as_object()? {
        let name = name.to_ascii_lowercase();
        let separator = if name.contains(':') { ':' } else { '.' };
        match value.as_object() {
            Some(parts) if !parts.is_empty() => {
                named.extend(parts.keys().map(|part| format!("{name}{separator}{}", part.to_ascii_lowercase())));
            }
            // A dotted or qualified name may be read as a path (disputed reading P9).
            _ => named.push(without_core(&name)),
        }
    }
    Some(named)
}

fn without_core(path: &str) -> String {
    let core = ["urn:ietf:params:scim:schemas:core:2.0:user:", "urn:ietf:params:scim:schemas:core:2.0:group:"];
    core.iter().find_map(|uri| path.strip_prefix(uri)).unwrap_or(path).to_owned()
}
