//! Finding a value in raw JSON by its SCIM path, and telling two values apart path by path.
//!
//! This works on what an endpoint sent, byte for byte parsed as JSON, and normalises nothing but the letter case of
//! attribute names (RFC 7643 section 2.1).

use serde_json::{Map, Value};

/// One place at which a JSON value is not what it must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Such as `emails[0].type`; empty for the whole value.
    pub path: String,
    /// Absent if nothing must be there.
    pub expected: Option<Value>,
    /// Absent if nothing is there.
    pub found: Option<Value>,
}

/// The value at `path`: attribute names joined by dots, `[index]` after a name, a schema URN and a colon in front of
/// an extension's attribute. The empty path is `value` itself.
///
/// ```
/// let user = serde_json::json!({"emails": [{"value": "a@example.com"}]});
/// assert_eq!(weir_exchange::difference::at(&user, "emails[0].value").unwrap(), "a@example.com");
/// ```
pub fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if path.is_empty() {
        return Some(value);
    }
    if let Some(rest) = path.strip_prefix('[') {
        let (index, rest) = rest.split_once(']')?;
        let item = value.as_array()?.get(index.parse::<usize>().ok()?)?;
        return at(item, rest.strip_prefix('.').unwrap_or(rest));
    }
    // A URN holds dots, so the members that are there decide where a name ends: the longest that fits.
    let (name, member) = value
        .as_object()?
        .iter()
        .filter(|(name, _)| {
            path.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                && matches!(path.as_bytes().get(name.len()), None | Some(b'.' | b'[' | b':'))
        })
        .max_by_key(|(name, _)| name.len())?;
    let rest = &path[name.len()..];
    at(member, rest.strip_prefix(['.', ':']).unwrap_or(rest))
}

/// Whether two JSON values mean the same: numbers by value, attribute names without letter case, members in any order.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| member(right, name).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

/// Where `found` lacks or contradicts what `expected` says. Members that `expected` does not name are not looked at;
/// arrays are compared whole, in their order.
pub fn differences(expected: &Value, found: &Value) -> Vec<Difference> {
    let mut all = Vec::new();
    compare(String::new(), expected, Some(found), &mut all);
    all
}

fn compare(path: String, expected: &Value, found: Option<&Value>, all: &mut Vec<Difference>) {
    match (expected, found) {
        (Value::Object(expected), Some(Value::Object(found))) => {
            for (name, value) in expected {
                let separator = if path.is_empty() {
                    ""
                } else if is_urn(&path) {
                    ":"
                } else {
                    "."
                };
                compare(format!("{path}{separator}{name}"), value, member(found, name), all);
            }
        }
        (Value::Array(expected), Some(Value::Array(found))) => {
            for (index, value) in expected.iter().enumerate() {
                compare(format!("{path}[{index}]"), value, found.get(index), all);
            }
            for (index, extra) in found.iter().enumerate().skip(expected.len()) {
                all.push(Difference { path: format!("{path}[{index}]"), expected: None, found: Some(extra.clone()) });
            }
        }
        (expected, Some(found)) if same(expected, found) => {}
        (expected, found) => {
            all.push(Difference { path, expected: Some(expected.clone()), found: found.cloned() });
        }
    }
}

/// Whether the path ends in a schema URN, after which an attribute follows with a colon.
fn is_urn(path: &str) -> bool {
    path.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:")) && !path.contains('[')
}

/// A member by its name without letter case.
pub fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object
        .get(name)
        .or_else(|| object.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    #[test]
    fn a_path_leads_through_names_indexes_and_urns() {
        let user = json!({
            "userName": "b",
            "emails": [{"value": "a"}, {"value": "b"}],
            (ENTERPRISE): {"manager": {"value": "7"}},
        });
        for (path, expected) in [
            ("username", Some(json!("b"))),
            ("emails[1].value", Some(json!("b"))),
            ("emails[2].value", None),
            ("userName.value", None),
            ("user", None),
            (&format!("{ENTERPRISE}:manager.value"), Some(json!("7"))),
            ("URN:ietf:params:scim:schemas:extension:enterprise:2.0:user:MANAGER.value", Some(json!("7"))),
        ] {
            assert_eq!(at(&user, path), expected.as_ref(), "{path}");
        }
    }

    #[test]
    fn differences_name_the_path_and_both_values() {
        let expected = json!({"name": {"givenName": "A", "familyName": "B"}, "emails": [{"value": "x"}], "n": 1});
        let found =
            json!({"id": "1", "name": {"GivenName": "A"}, "emails": [{"value": "y"}, {"value": "z"}], "n": 1.0});
        let all = differences(&expected, &found);
        let lines: Vec<_> = all.iter().map(|d| (d.path.as_str(), d.expected.clone(), d.found.clone())).collect();
        assert_eq!(
            lines,
            [
                ("name.familyName", Some(json!("B")), None),
                ("emails[0].value", Some(json!("x")), Some(json!("y"))),
                ("emails[1]", None, Some(json!({"value": "z"}))),
            ]
        );
    }

    #[test]
    fn an_extension_attribute_is_named_with_a_colon() {
        let all = differences(&json!({(ENTERPRISE): {"department": "D"}}), &json!({(ENTERPRISE): {}}));
        assert_eq!(all[0].path, format!("{ENTERPRISE}:department"));
    }
}
