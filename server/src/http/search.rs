//! Queries by POST (RFC 7644 section 3.4.3): the body of a `SearchRequest` is read into the parameters of a query.

use std::borrow::Cow;

use scim::tolerance::{Tolerance, Tolerances};
use scim::{Error, ErrorKind, Result, message};
use serde_json::Value;

use super::parameters::Parameters;

/// The parameters of a `SearchRequest`. Members that it does not have are ignored, as unknown parameters of a GET are.
///
/// # Errors
/// `invalidSyntax`: no object, or not marked as a `SearchRequest`. `invalidValue`: a member of another type than the RFC gives it.
pub fn parameters(body: &Value, tolerances: &Tolerances) -> Result<Parameters<'static>> {
    let Value::Object(members) = body else { return Err(syntax("the body of a search must be a JSON object")) };
    let mut parameters = Parameters::default();
    let mut marked = false;
    for (name, value) in members {
        if value.is_null() {
            continue;
        }
        let slot = match name.to_ascii_lowercase().as_str() {
            "schemas" => {
                marked = value.as_array().is_some_and(|schemas| {
                    let is_own = |schema: &Value| {
                        schema.as_str().is_some_and(|schema| schema.eq_ignore_ascii_case(message::SEARCH_REQUEST))
                    };
                    schemas.iter().any(is_own)
                });
                if !marked {
                    return Err(syntax(format!("schemas must name {}", message::SEARCH_REQUEST)));
                }
                continue;
            }
            "attributes" => (&mut parameters.attributes, names(name, value)?),
            "excludedattributes" => (&mut parameters.excluded_attributes, names(name, value)?),
            "filter" => (&mut parameters.filter, text(name, value)?),
            "sortby" => (&mut parameters.sort_by, text(name, value)?),
            "sortorder" => (&mut parameters.sort_order, text(name, value)?),
            "startindex" => (&mut parameters.start_index, number(name, value)?),
            "count" => (&mut parameters.count, number(name, value)?),
            "cursor" => (&mut parameters.cursor, text(name, value)?),
            _ => continue,
        };
        *slot.0 = Some(Cow::Owned(slot.1));
    }
    if marked || tolerances.allows(Tolerance::InferSchemas) {
        return Ok(parameters);
    }
    Err(syntax(format!("schemas is missing; a search is marked by {}", message::SEARCH_REQUEST)))
}

fn names(name: &str, value: &Value) -> Result<String> {
    let names = value.as_array().and_then(|names| names.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    names.map(|names| names.join(",")).ok_or_else(|| wrong(name, "a list of attribute names"))
}

fn text(name: &str, value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(name, "a text"))
}

fn number(name: &str, value: &Value) -> Result<String> {
    value.is_i64().then(|| value.to_string()).ok_or_else(|| wrong(name, "a whole number"))
}

fn wrong(name: &str, expected: &str) -> Error {
    Error::new(ErrorKind::InvalidValue, format!("{name} must be {expected}"))
}

fn syntax(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidSyntax, detail)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(mut body: Value) -> Result<Parameters<'static>> {
        body["schemas"] = json!([message::SEARCH_REQUEST]);
        parameters(&body, &Tolerances::strict())
    }

    #[test]
    fn every_parameter_is_read() {
        let body = json!({
            "attributes": ["userName", "emails.value"], "excludedAttributes": ["name"], "filter": "userName pr",
            "sortBy": "userName", "SortOrder": "descending", "startIndex": -1, "count": 5, "cursor": "", "other": 1,
        });
        let read = read(body).unwrap();
        assert_eq!(read.attributes.as_deref(), Some("userName,emails.value"));
        assert_eq!(read.excluded_attributes.as_deref(), Some("name"));
        assert_eq!(read.filter.as_deref(), Some("userName pr"));
        assert_eq!(read.sort_by.as_deref(), Some("userName"));
        assert_eq!(read.sort_order.as_deref(), Some("descending"));
        assert_eq!(read.start_index.as_deref(), Some("-1"));
        assert_eq!(read.count.as_deref(), Some("5"));
        assert_eq!(read.cursor.as_deref(), Some(""));
    }

    #[test]
    fn what_is_no_search_is_refused() {
        for (body, kind) in [
            (json!({"count": "5"}), ErrorKind::InvalidValue),
            (json!({"count": 1.5}), ErrorKind::InvalidValue),
            (json!({"attributes": "userName"}), ErrorKind::InvalidValue),
            (json!({"filter": ["userName pr"]}), ErrorKind::InvalidValue),
        ] {
            assert_eq!(read(body.clone()).unwrap_err().kind(), kind, "{body}");
        }
        for body in [json!([]), json!({}), json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]})] {
            assert_eq!(
                parameters(&body, &Tolerances::strict()).unwrap_err().kind(),
                ErrorKind::InvalidSyntax,
                "{body}"
            );
        }
        let lenient = Tolerances::from_iter([Tolerance::InferSchemas]);
        assert_eq!(parameters(&json!({}), &lenient).unwrap(), Parameters::default());
    }
}
