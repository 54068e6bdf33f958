//! The characteristics of an attribute's definition as JSON (RFC 7643 section 7), with their defaults.

use serde_json::Value;
use weir_exchange::difference::at;

/// A characteristic that is a word; the empty text if it is not given.
pub fn text<'v>(attribute: &'v Value, characteristic: &str) -> &'v str {
    at(attribute, characteristic).and_then(Value::as_str).unwrap_or_default()
}

/// A characteristic that is a word, with its default of RFC 7643 section 2.2.
pub fn word<'v>(attribute: &'v Value, characteristic: &str) -> &'v str {
    let default = match characteristic {
        "type" => "string",
        "mutability" => "readWrite",
        "returned" => "default",
        "uniqueness" => "none",
        _ => "",
    };
    match text(attribute, characteristic) {
        "" => default,
        found => found,
    }
}

/// A characteristic that is true or false; false if it is not given.
pub fn flag(attribute: &Value, characteristic: &str) -> bool {
    at(attribute, characteristic).and_then(Value::as_bool).unwrap_or(false)
}

/// The sub-attributes of an attribute, or the attributes of a schema.
pub fn list<'v>(parent: &'v Value, member: &str) -> &'v [Value] {
    at(parent, member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The canonical values as values of the attribute's type: the schema of schemas lists them as texts (RFC 7643 section 8.7.2),
/// so that those of a number or a boolean stand in quotation marks in some documents.
pub fn canonical_values(attribute: &Value) -> Vec<Value> {
    let typed = |value: &Value| match (word(attribute, "type"), value) {
        ("integer" | "decimal" | "boolean", Value::String(text)) => {
            serde_json::from_str(text).ok().filter(|found| has_type(attribute, found))
        }
        _ => None,
    };
    list(attribute, "canonicalValues").iter().map(|value| typed(value).unwrap_or_else(|| value.clone())).collect()
}

/// Whether an attribute takes the value by its canonical values. What has another type than the attribute is no value of it, and is
/// not looked at.
pub fn is_canonical(attribute: &Value, value: &Value) -> bool {
    let canonical = canonical_values(attribute);
    let is_equal = |known: &Value| match (known.as_str(), value.as_str()) {
        (Some(known), Some(text)) if !flag(attribute, "caseExact") => known.to_lowercase() == text.to_lowercase(),
        _ => known == value,
    };
    canonical.is_empty() || !has_type(attribute, value) || canonical.iter().any(is_equal)
}

/// Whether a JSON value has the form of the attribute's type: one value, not a list of them.
pub fn has_type(attribute: &Value, value: &Value) -> bool {
    matches_type(word(attribute, "type"), value)
}

/// Whether a JSON value has the form of a data type (RFC 7643 section 2.3).
pub fn matches_type(data_type: &str, value: &Value) -> bool {
    match data_type {
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "decimal" => value.is_number(),
        "complex" => value.is_object(),
        // string, dateTime, binary, reference, and types of the endpoint's own
        _ => value.is_string(),
    }
}

/// What a JSON value is, with its article.
pub const fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Whether a JSON value has the form of the attribute: an array exactly if it is multi-valued, and values of its type.
pub fn fits(attribute: &Value, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => flag(attribute, "multiValued") && items.iter().all(|item| has_type(attribute, item)),
        single => !flag(attribute, "multiValued") && has_type(attribute, single),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_canonical_by_the_letter_case_of_its_attribute() {
        let types = json!({"type": "string", "canonicalValues": ["work", "home"]});
        let exact = json!({"type": "string", "caseExact": true, "canonicalValues": ["work"]});
        assert!(is_canonical(&types, &json!("Work")) && !is_canonical(&types, &json!("other")));
        assert!(!is_canonical(&exact, &json!("Work")));
        assert!(is_canonical(&exact, &json!(5)), "a value of another type");
        assert!(is_canonical(&json!({"type": "integer", "canonicalValues": ["1"]}), &json!(1)));
    }
}
