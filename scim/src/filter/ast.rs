//! The syntax tree of a filter, and its text form.

use std::fmt;

use crate::path::AttributePath;

/// A filter as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// `userName pr`
    Present(AttributePath),
    /// `userName eq "x"`
    Compare(Comparison),
    /// `emails[type eq "work"]`; the inner filter's paths are sub-attributes of the outer attribute.
    ValuePath(AttributePath, Box<Filter>),
    Not(Box<Filter>),
    /// At least two operands, none of them an `And`.
    And(Vec<Filter>),
    /// At least two operands, none of them an `Or`.
    Or(Vec<Filter>),
}

/// A comparison of an attribute with a literal.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub path: AttributePath,
    pub operator: Operator,
    pub value: Literal,
}

/// The comparison operators of RFC 7644 Table 3, without `pr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    GreaterThan,
    GreaterOrEqual,
    LessThan,
    LessOrEqual,
}

impl Operator {
    /// Every operator, in the order of Table 3.
    pub const ALL: [Self; 9] = [
        Self::Equal,
        Self::NotEqual,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::GreaterThan,
        Self::GreaterOrEqual,
        Self::LessThan,
        Self::LessOrEqual,
    ];

    /// The operator as written in a filter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::GreaterThan => "gt",
            Self::GreaterOrEqual => "ge",
            Self::LessThan => "lt",
            Self::LessOrEqual => "le",
        }
    }
}

/// A value in a filter: one of the JSON scalars.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Null,
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    String(String),
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            // The debug form keeps the point that tells a decimal from an integer.
            Self::Decimal(value) => write!(f, "{value:?}"),
            Self::String(text) => f.write_str(&serde_json::Value::from(text.as_str()).to_string()),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, operands: &[Self], word: &str, bracket: fn(&Self) -> bool| {
            for (index, operand) in operands.iter().enumerate() {
                if index > 0 {
                    write!(f, " {word} ")?;
                }
                if bracket(operand) {
                    write!(f, "({operand})")?;
                } else {
                    write!(f, "{operand}")?;
                }
            }
            Ok(())
        };
        match self {
            Self::Present(path) => write!(f, "{path} pr"),
            Self::Compare(Comparison { path, operator, value }) => write!(f, "{path} {} {value}", operator.as_str()),
            Self::ValuePath(path, filter) => write!(f, "{path}[{filter}]"),
            Self::Not(filter) => write!(f, "not ({filter})"),
            Self::And(operands) => join(f, operands, "and", |operand| matches!(operand, Self::And(_) | Self::Or(_))),
            Self::Or(operands) => join(f, operands, "or", |operand| matches!(operand, Self::Or(_))),
        }
    }
}
