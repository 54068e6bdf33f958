//! Whether a resource satisfies a filter.
//!
//! An attribute stands for its values: of a multi-valued one each, of `emails.type` the `type` of each e-mail address, and
//! for "no value" where there is none. A comparison matches when one of them satisfies it (RFC 7644 section 3.4.2.2), so:
//!
//! - `ne` matches when some value differs, and when there is no value, which is not identical to any literal;
//! - `eq null` matches no value, `ne null` any value;
//! - every other operator matches values only;
//! - `not` is the complement, so `not (emails.type eq "work")` is not `emails.type ne "work"`;
//! - `pr` wants a value that is not empty: neither the empty string nor a complex value of such. `false` is a value.
//!
//! Strings are ordered by code point of the form that their matching rule compares, dates by instant, numbers by value.

use std::cmp::Ordering;

use super::resolve::Operand;
use super::{Operator, ResolvedComparison, ResolvedFilter};
use crate::resource::{Item, Record};
use crate::schema::AttributeId;

/// Whether `record` satisfies `filter`.
#[must_use]
pub fn matches<'a, R: Record<'a>>(filter: &ResolvedFilter, record: R) -> bool {
    match filter {
        ResolvedFilter::Present { attribute, sub_attribute } => {
            any_value(record, *attribute, *sub_attribute, |value| value.is_some_and(is_present))
        }
        ResolvedFilter::Compare(ResolvedComparison { attribute, sub_attribute, operator, value: operand }) => {
            any_value(record, *attribute, *sub_attribute, |value| satisfies(value, *operator, operand))
        }
        ResolvedFilter::ValuePath { attribute, filter } => record.get(*attribute).is_some_and(|mut values| {
            values.any(|value| matches!(value, Item::Complex(value) if matches(filter, value)))
        }),
        ResolvedFilter::Not(filter) => !matches(filter, record),
        ResolvedFilter::And(operands) => operands.iter().all(|operand| matches(operand, record)),
        ResolvedFilter::Or(operands) => operands.iter().any(|operand| matches(operand, record)),
        ResolvedFilter::Nothing => false,
    }
}

/// Whether `test` holds for some value that the path stands for, `None` being "no value".
fn any_value<'a, R: Record<'a>>(
    record: R,
    attribute: AttributeId,
    sub_attribute: Option<AttributeId>,
    test: impl Fn(Option<&Item<'a, R>>) -> bool,
) -> bool {
    let Some(mut values) = record.get(attribute) else { return test(None) };
    let Some(sub_attribute) = sub_attribute else { return values.any(|value| test(Some(&value))) };
    values.any(|value| match value {
        Item::Complex(value) => match value.get(sub_attribute) {
            Some(mut values) => values.any(|value| test(Some(&value))),
            None => test(None),
        },
        _ => test(None),
    })
}

fn is_present<'a, R: Record<'a>>(value: &Item<'a, R>) -> bool {
    match value {
        Item::String(text) => !text.is_empty(),
        Item::Boolean(_) | Item::Integer(_) | Item::Decimal(_) | Item::Timestamp(_) | Item::ComposedText(_) => true,
        Item::Complex(record) => record.fields().any(|(_, mut values)| values.any(|value| is_present(&value))),
    }
}

fn satisfies<R>(value: Option<&Item<'_, R>>, operator: Operator, operand: &Operand) -> bool {
    let Some(value) = value else {
        return match operator {
            Operator::Equal => *operand == Operand::Null,
            Operator::NotEqual => *operand != Operand::Null,
            _ => false,
        };
    };
    match operator {
        Operator::Equal => equals(value, operand),
        Operator::NotEqual => !equals(value, operand),
        Operator::GreaterThan => order(value, operand).is_some_and(Ordering::is_gt),
        Operator::GreaterOrEqual => order(value, operand).is_some_and(Ordering::is_ge),
        Operator::LessThan => order(value, operand).is_some_and(Ordering::is_lt),
        Operator::LessOrEqual => order(value, operand).is_some_and(Ordering::is_le),
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => {
            let (Some(text), Some((rule, key))) = (value.text(), operand.key()) else { return false };
            match operator {
                Operator::Contains => rule.contains(&text, key),
                Operator::StartsWith => rule.starts_with(&text, key),
                _ => rule.ends_with(&text, key),
            }
        }
    }
}

fn equals<R>(value: &Item<'_, R>, operand: &Operand) -> bool {
    match (value.text(), operand.key()) {
        (Some(text), Some((rule, key))) => rule.equal(&text, key),
        _ => order(value, operand) == Some(Ordering::Equal),
    }
}

/// The order of a value against the operand; `None` when they cannot be compared, as a stored dateTime that is none.
fn order<R>(value: &Item<'_, R>, operand: &Operand) -> Option<Ordering> {
    match (value, operand) {
        (Item::String(text), Operand::Instant(instant)) => Some(crate::date_time::parse(text)?.cmp(instant)),
        (Item::Timestamp(value), Operand::Instant(instant)) => Some(crate::date_time::as_written(*value).cmp(instant)),
        (Item::String(_) | Item::ComposedText(_), _) => {
            let (text, (rule, key)) = (value.text()?, operand.key()?);
            Some(rule.compare(&text, key))
        }
        (Item::Boolean(value), Operand::Boolean(operand)) => Some(value.cmp(operand)),
        (Item::Integer(value), Operand::Integer(operand)) => Some(value.cmp(operand)),
        (Item::Integer(value), Operand::Number(operand)) => compare_numbers(*value, *operand),
        (Item::Decimal(value), Operand::Integer(operand)) => compare_numbers(*operand, *value).map(Ordering::reverse),
        (Item::Decimal(value), Operand::Number(operand)) => value.partial_cmp(operand),
        _ => None,
    }
}

/// The order of an integer against a double, exactly: rounding the integer to a double would make neighbours beyond 2^53
/// equal.
fn compare_numbers(integer: i64, decimal: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if decimal.is_nan() {
        return None;
    }
    if decimal >= LIMIT {
        return Some(Ordering::Less);
    }
    if decimal < -LIMIT {
        return Some(Ordering::Greater);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the whole part is within the range of i64 here")]
    let whole = decimal.trunc() as i64;
    Some(integer.cmp(&whole).then_with(|| 0.0_f64.total_cmp(&(decimal.fract() + 0.0))))
}
