//! JSON: members by their name, the value of a PATCH operation by its path, filters, and prose.

use serde_json::Value;

use crate::{Masker, names};

/// Members whose text may quote the request (RFC 7644 section 3.12, RFC 6749 section 5.2, RFC 9457).
const PROSE: [&str; 7] = ["detail", "error_description", "message", "title", "reason", "description", "error"];
/// Members that name what another member is the value of.
const NAMING: [&str; 7] = ["path", "name", "key", "attribute", "attributename", "field", "type"];
/// Those other members.
const VALUES: [&str; 6] = ["value", "values", "newvalue", "oldvalue", "defaultvalue", "content"];
/// Members of a request for a token.
const OF_A_GRANT: [&str; 4] = ["grant_type", "client_id", "grantType", "clientId"];

impl Masker {
    /// Masks every secret in `json`, and says whether there was one.
    pub fn json(&mut self, json: &mut Value) -> bool {
        self.any(json, false)
    }

    /// `is_prose` where the text may quote a secret without its name.
    fn any(&mut self, json: &mut Value, is_prose: bool) -> bool {
        match json {
            Value::Array(values) => values.iter_mut().fold(false, |hidden, value| self.any(value, is_prose) | hidden),
            Value::Object(_) => self.object(json),
            Value::String(text) => match self.string(text, is_prose) {
                Some(masked) => {
                    *text = masked;
                    true
                }
                None => false,
            },
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn object(&mut self, json: &mut Value) -> bool {
        let Value::Object(members) = json else { return false };
        let is_grant = OF_A_GRANT.iter().any(|name| members.contains_key(*name));
        // A PATCH operation names the attribute in one member and gives the value in another.
        let names_a_secret = members.iter().any(|(name, value)| is_one_of(name, &NAMING) && names_a_secret(value));
        let mut hidden = false;
        let mut is_renamed = false;
        for (name, value) in members.iter_mut() {
            let is_secret = names::is_secret_member(name)
                || is_grant && names::is_secret_in_pairs(name)
                || names_a_secret && is_one_of(name, &VALUES);
            is_renamed |= name.contains([' ', '[', '"']);
            hidden |= match value {
                value if is_secret => self.hide(value),
                Value::String(text) if is_one_of(name, &["filter", "path"]) => match self.expression(text) {
                    Some(masked) => {
                        *text = masked.text;
                        true
                    }
                    None => self.any(value, false),
                },
                value => self.any(value, is_one_of(name, &PROSE)),
            };
        }
        // A member of PATCH without a path can be named by one.
        if is_renamed {
            let rename = |(name, value): (String, Value)| match self.expression(&name) {
                Some(masked) => {
                    hidden = true;
                    (masked.text, value)
                }
                None => (name, value),
            };
            *members = std::mem::take(members).into_iter().map(rename).collect();
        }
        hidden
    }

    /// Hides the value of a secret, unless it says nothing: null, or whether a change of it is supported.
    fn hide(&mut self, value: &mut Value) -> bool {
        let is_statement = match &*value {
            Value::Null | Value::Bool(_) => true,
            Value::Object(members) => members.len() == 1 && members.get("supported").is_some_and(Value::is_boolean),
            _ => false,
        };
        if !is_statement {
            self.note_all(value);
            *value = self.word.into();
        }
        !is_statement
    }

    fn note_all(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.note(text),
            Value::Number(number) => self.note(&number.to_string()),
            Value::Array(values) => values.iter().for_each(|value| self.note_all(value)),
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                self.note(name);
                self.note_all(value);
            }),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// A text that may be JSON, a URL or prose; `None` if it holds no secret.
    pub(crate) fn string(&mut self, text: &str, is_prose: bool) -> Option<String> {
        if !crate::may_speak(text.as_bytes()) {
            return if is_prose { self.without_noted(text) } else { None };
        }
        if text.trim_start().starts_with(['{', '[', '"'])
            && let Ok(mut json) = serde_json::from_str::<Value>(text)
        {
            return self.any(&mut json, is_prose).then(|| json.to_string());
        }
        // JSON that was cut off, with names that only its parser could read.
        if text.contains("\\u00") {
            self.note(text);
            return Some(self.word.to_owned());
        }
        let is_url = !text.contains(|sign: char| sign.is_whitespace() || matches!(sign, '"' | '<' | '>'));
        if is_url && text.contains('?') {
            return self.url(text);
        }
        if is_prose { self.prose(text) } else { self.without_notes(|masker| masker.prose(text)) }
    }

    /// A URL with a query, and perhaps a fragment, which is read as one.
    fn url(&mut self, url: &str) -> Option<String> {
        let (url, fragment) = url.split_once('#').map_or((url, None), |(url, fragment)| (url, Some(fragment)));
        let target = self.target(url);
        let masked = fragment.and_then(|fragment| self.query(fragment));
        if target.is_none() && masked.is_none() {
            return None;
        }
        let mut shown = target.unwrap_or_else(|| url.to_owned());
        if let Some(fragment) = fragment {
            shown.push('#');
            shown.push_str(masked.as_deref().unwrap_or(fragment));
        }
        Some(shown)
    }

    /// Runs `mask` without the secrets that were noted before: outside prose a value is no quotation.
    fn without_notes<T>(&mut self, mask: impl FnOnce(&mut Self) -> T) -> T {
        let noted = std::mem::take(&mut self.noted);
        let masked = mask(self);
        self.noted.splice(0..0, noted);
        masked
    }
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// Whether a text of the value names a secret, as a path does that leads to one.
fn names_a_secret(value: &Value) -> bool {
    match value {
        Value::String(text) => crate::expression::end_of_secret_name(text).is_some(),
        Value::Array(values) => values.iter().any(names_a_secret),
        _ => false,
    }
}
