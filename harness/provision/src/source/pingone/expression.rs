//! The filter of a rule: a SCIM filter (RFC 7644 section 3.4.2.2) over PingOne's users, such as
//! `population.id eq "…"`. Attributes are found by their paths, without a schema; text ignores case.

use scim::filter::parse::{Limits, parse};
use scim::filter::{Comparison, Filter, Literal, Operator};
use scim::path::AttributePath;
use scim::tolerance::Tolerances;
use serde_json::Value;
use weir_files::member::has_value;

use super::group::GROUPS_OF_USER;

/// A filter that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    filter: Filter,
    text: String,
}

impl std::fmt::Display for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// A text that is not a filter, with the place where reading ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a filter {error}")]
pub struct ExpressionError {
    text: String,
    error: String,
}

impl Expression {
    /// Reads a filter; the error says where it cannot be read.
    ///
    /// # Errors
    /// The text is not a filter.
    pub fn read(text: &str) -> Result<Self, ExpressionError> {
        parse(text, Limits::default(), &Tolerances::strict())
            .map(|filter| Self { filter, text: text.to_owned() })
            .map_err(|error| ExpressionError { text: text.to_owned(), error: error.to_string() })
    }

    /// The paths of the attributes that it asks for, each once.
    #[must_use]
    pub fn attributes(&self) -> Vec<AttributePath> {
        let mut found = Vec::new();
        collect(&self.filter, None, &mut found);
        found
    }

    /// Whether the user has a value at the path.
    #[must_use]
    pub fn is_present(path: &AttributePath, user: &Value) -> bool {
        values(user, path).iter().any(|value| has_value(value))
    }

    /// Whether the user meets it.
    #[must_use]
    pub fn matches(&self, user: &Value) -> bool {
        meets(&self.filter, user)
    }
}

fn collect(filter: &Filter, outer: Option<&AttributePath>, found: &mut Vec<AttributePath>) {
    let mut add = |path: &AttributePath| {
        let whole = match outer {
            None => path.clone(),
            Some(outer) => AttributePath { sub_attribute: Some(path.attribute.clone()), ..outer.clone() },
        };
        if !found.contains(&whole) {
            found.push(whole);
        }
    };
    match filter {
        Filter::Present(path) => add(path),
        Filter::Compare(comparison) => add(&comparison.path),
        Filter::ValuePath(path, inner) => collect(inner, Some(path), found),
        Filter::Not(inner) => collect(inner, outer, found),
        Filter::And(operands) | Filter::Or(operands) => {
            for operand in operands {
                collect(operand, outer, found);
            }
        }
    }
}

fn meets(filter: &Filter, at: &Value) -> bool {
    match filter {
        Filter::Present(path) => values(at, path).iter().any(|value| has_value(value)),
        Filter::Compare(comparison) => compares(comparison, at),
        Filter::ValuePath(path, inner) => values(at, path).iter().any(|value| meets(inner, value)),
        Filter::Not(inner) => !meets(inner, at),
        Filter::And(operands) => operands.iter().all(|operand| meets(operand, at)),
        Filter::Or(operands) => operands.iter().any(|operand| meets(operand, at)),
    }
}

/// The values at a path; those of a list one by one.
fn values<'a>(at: &'a Value, path: &AttributePath) -> Vec<&'a Value> {
    let mut found = member(at, &path.attribute);
    if let Some(sub) = &path.sub_attribute {
        found = found.into_iter().flat_map(|value| member(value, sub)).collect();
    }
    found
}

/// The groups of a user in filters. The API lists their ids under a name of its own.
pub(super) const GROUPS: &str = "memberOfGroups";

fn member<'a>(object: &'a Value, name: &str) -> Vec<&'a Value> {
    let find = |name: &str| object.as_object()?.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
    let found = match find(name) {
        None if name.eq_ignore_ascii_case(GROUPS) => find(GROUPS_OF_USER),
        found => found,
    };
    match found.map(|(_, value)| value) {
        // An id alone stands for the object that has it.
        None if object.is_string() && name.eq_ignore_ascii_case("id") => vec![object],
        Some(Value::Array(items)) => items.iter().collect(),
        Some(value) => vec![value],
        None => Vec::new(),
    }
}

fn compares(comparison: &Comparison, at: &Value) -> bool {
    let found = values(at, &comparison.path);
    let any = |operator| found.iter().any(|value| holds(operator, value, &comparison.value));
    match comparison.operator {
        // As for SCIM: not equal means that no value is equal.
        Operator::NotEqual => !any(Operator::Equal),
        operator => any(operator),
    }
}

fn holds(operator: Operator, value: &Value, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::String(own), Literal::String(wanted)) => text_holds(operator, own, wanted),
        (Value::Bool(own), Literal::Boolean(wanted)) => operator == Operator::Equal && own == wanted,
        (Value::Null, Literal::Null) => operator == Operator::Equal,
        (Value::Number(own), Literal::Integer(_) | Literal::Decimal(_)) => {
            let wanted = match literal {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "numbers of users are small; SCIM's decimals are doubles"
                )]
                Literal::Integer(number) => *number as f64,
                Literal::Decimal(number) => *number,
                _ => return false,
            };
            own.as_f64().and_then(|own| own.partial_cmp(&wanted)).is_some_and(|order| orders(operator, order))
        }
        _ => false,
    }
}

fn text_holds(operator: Operator, own: &str, wanted: &str) -> bool {
    let (own, wanted) = (scim::text::fold(own), scim::text::fold(wanted));
    match operator {
        Operator::Contains => own.contains(&*wanted),
        Operator::StartsWith => own.starts_with(&*wanted),
        Operator::EndsWith => own.ends_with(&*wanted),
        operator => orders(operator, own.cmp(&wanted)),
    }
}

const fn orders(operator: Operator, order: std::cmp::Ordering) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::GreaterThan => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        Operator::LessThan => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        _ => false,
    }
}
