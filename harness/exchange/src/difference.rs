//! Finding a value in raw JSON by its SCIM path, and telling two values apart path by path.
//!
//! This works on what an endpoint sent, byte for byte parsed as JSON. What RFC 7643 makes one state is one state here, at every
//! depth, so that no check has to know it:
//!
//! - null, an empty array and absence are no value (section 2.5), and so is an object without a value;
//! - attribute names have no letter case (section 2.1);
//! - the values of a multi-valued attribute have no order (section 2.4);
//! - numbers are compared by value, and texts that are times by the instant (section 2.3.5).

mod pairing;

use jiff::Timestamp;
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

/// The value at `path`, as [`at`], if it is one: null and an empty array are none (RFC 7643 section 2.5).
pub fn assigned<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    at(value, path).filter(|found| !is_unassigned(found))
}

/// Whether a value stands for no value: null, an empty array and absence are one state (RFC 7643 section 2.5), and so is an
/// object in which nothing has a value.
pub fn is_unassigned(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().all(is_unassigned),
        Value::Object(members) => members.values().all(is_unassigned),
        _ => false,
    }
}

/// Whether two JSON values are the same state.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::String(left), Value::String(right)) => same_text(left, right),
        (Value::Array(left), Value::Array(right)) => {
            let count = |items: &[Value]| items.iter().filter(|item| !is_unassigned(item)).count();
            count(left) == count(right) && pairing::of(left, right, same).is_complete()
        }
        (Value::Object(left), Value::Object(right)) => {
            let within = |one: &Map<String, Value>, other: &Map<String, Value>| {
                one.iter().all(|(name, value)| {
                    is_unassigned(value) || member(other, name).is_some_and(|other| same(value, other))
                })
            };
            let count = |members: &Map<String, Value>| members.values().filter(|own| !is_unassigned(own)).count();
            count(left) == count(right) && within(left, right)
        }
        _ => left == right || (is_unassigned(left) && is_unassigned(right)),
    }
}

/// As [`same`], of values that may be absent.
pub fn same_state(left: Option<&Value>, right: Option<&Value>) -> bool {
    same(left.unwrap_or(&Value::Null), right.unwrap_or(&Value::Null))
}

/// Texts are the same to the letter, or times of one instant.
fn same_text(left: &str, right: &str) -> bool {
    let instant = |text: &str| {
        let may_be_time = matches!(text.as_bytes().get(10), Some(b'T' | b't'));
        may_be_time.then(|| text.parse::<Timestamp>().ok()).flatten()
    };
    left == right || instant(left).is_some_and(|left| instant(right) == Some(left))
}

/// Where `found` lacks or contradicts what `expected` says. Members that `expected` does not name are not looked at; a list has
/// exactly the values of `expected`, each with perhaps more members.
pub fn differences(expected: &Value, found: &Value) -> Vec<Difference> {
    let mut all = Vec::new();
    compare(String::new(), expected, Some(found), &mut all);
    all
}

fn compare(path: String, expected: &Value, found: Option<&Value>, all: &mut Vec<Difference>) {
    match (expected, found.filter(|found| found.is_object() || !is_unassigned(found))) {
        (expected, None) if is_unassigned(expected) => {}
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
        (Value::Array(expected), Some(Value::Array(found))) => compare_lists(&path, expected, found, all),
        (expected, Some(found)) if same(expected, found) => {}
        (expected, found) => {
            all.push(Difference { path, expected: Some(expected.clone()), found: found.cloned() });
        }
    }
}

/// What has no partner is compared in its order.
fn compare_lists(path: &str, expected: &[Value], found: &[Value], all: &mut Vec<Difference>) {
    let pairing = pairing::of(expected, found, |expected, found| {
        let mut any = Vec::new();
        compare(String::new(), expected, Some(found), &mut any);
        any.is_empty()
    });
    let mut left_over = pairing.left_over.iter();
    for index in pairing.alone {
        let partner = left_over.next().map(|place| &found[*place]);
        compare(format!("{path}[{index}]"), &expected[index], partner, all);
    }
    for index in left_over {
        all.push(Difference { path: format!("{path}[{index}]"), expected: None, found: Some(found[*index].clone()) });
    }
}

/// Whether the path ends in a schema URN, after which an attribute follows with a colon.
fn is_urn(path: &str) -> bool {
    path.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:")) && !path.contains('[')
}

/// Takes the value at `path` out: attribute names joined by dots.
pub fn take(value: &mut Value, path: &str) -> Option<Value> {
    let members = value.as_object_mut()?;
    let Some((name, rest)) = path.split_once('.') else { return take_member(members, path) };
    let own = members.keys().find(|own| own.eq_ignore_ascii_case(name)).cloned()?;
    take(members.get_mut(&own)?, rest)
}

/// Takes a member out by its name without letter case.
pub fn take_member(object: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let own = object.keys().find(|own| own.eq_ignore_ascii_case(name)).cloned()?;
    object.shift_remove(&own)
}

/// A member by its name without letter case.
pub fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object
        .get(name)
        .or_else(|| object.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

#[cfg(test)]
mod tests;
