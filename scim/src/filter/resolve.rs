//! Looking the paths of a filter up in the schemas of a resource type, and checking each operator and literal against the
//! attribute's type.
//!
//! | type | operators | literal |
//! |---|---|---|
//! | string, reference | all | string |
//! | dateTime | all but `co`, `sw`, `ew` | string in the form of `xsd:dateTime` |
//! | integer, decimal | all but `co`, `sw`, `ew` | number |
//! | boolean | `eq`, `ne` | true, false |
//! | binary | `eq`, `ne` | string |
//! | complex | `pr` only; a multi-valued one stands for its `value` sub-attribute otherwise | |
//!
//! `null` stands for "no value" (RFC 7643 section 2.5) and can be compared with any attribute by `eq` and `ne`. Attributes
//! that are never returned cannot be filtered on, or the answers would disclose them.

use std::borrow::Cow;

use super::{Comparison, Filter, Literal, Operator};
use crate::path::{AttributePath, ResolvedPath, Target, UnknownPath};
use crate::schema::{AttributeId, AttributeType, Mutability, Registry, ResourceTypeId, Returned, matching_rule};
use crate::text::MatchingRule;
use crate::tolerance::{Tolerance, Tolerances};
use crate::{Error, ErrorKind, Result};

/// A filter whose paths are attribute ids and whose literals have the attribute's type.
#[derive(Clone, Debug, PartialEq)]
pub enum ResolvedFilter {
    /// The attribute has a value; `path` as in [`ResolvedComparison`].
    Present {
        attribute: AttributeId,
        sub_attribute: Option<AttributeId>,
    },
    Compare(ResolvedComparison),
    /// Some value of the complex attribute satisfies the inner filter, whose attributes are its sub-attributes.
    ValuePath {
        attribute: AttributeId,
        filter: Box<ResolvedFilter>,
    },
    Not(Box<ResolvedFilter>),
    And(Vec<ResolvedFilter>),
    Or(Vec<ResolvedFilter>),
    /// Never matches: an attribute that this resource type lacks, in a query over several types (RFC 7644 section 3.4.2.1).
    Nothing,
}

/// A comparison ready to evaluate.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedComparison {
    pub attribute: AttributeId,
    pub sub_attribute: Option<AttributeId>,
    pub operator: Operator,
    pub value: Operand,
}

/// A literal prepared for the attribute's type and case rule, so that evaluation folds or parses it once only.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// The comparison is with "no value".
    Null,
    Boolean(bool),
    Number(f64),
    Integer(i64),
    /// As written, for a caseExact attribute, a reference or a binary value.
    Exact(String),
    /// Full case folding, for a string attribute that is not caseExact.
    Folded(String),
    /// `UsernameCaseMapped`, for userName.
    Username(String),
    Instant(jiff::Timestamp),
}

impl Operand {
    fn text(rule: MatchingRule, text: &str) -> Self {
        let key = rule.key(text).into_owned();
        match rule {
            MatchingRule::Exact => Self::Exact(key),
            MatchingRule::Folded => Self::Folded(key),
            MatchingRule::Username => Self::Username(key),
        }
    }

    /// The key of a string operand, as [`comparison_key`](crate::schema::comparison_key) makes it of a stored value, and the rule that it was made by.
    #[must_use]
    pub fn key(&self) -> Option<(MatchingRule, &str)> {
        match self {
            Self::Exact(key) => Some((MatchingRule::Exact, key)),
            Self::Folded(key) => Some((MatchingRule::Folded, key)),
            Self::Username(key) => Some((MatchingRule::Username, key)),
            _ => None,
        }
    }
}

/// What every match of `filter` has: each pair is an attribute or sub-attribute, of which some value equals the operand.
/// A store may look any one of them up in an index, and then evaluates the whole filter on what it finds.
pub fn equality_terms(filter: &ResolvedFilter) -> impl Iterator<Item = (AttributeId, &Operand)> {
    let (mut next, mut pending) = (Some(filter), Vec::new());
    std::iter::from_fn(move || {
        loop {
            match next.take().or_else(|| pending.pop())? {
                ResolvedFilter::Compare(ResolvedComparison {
                    attribute,
                    sub_attribute,
                    operator: Operator::Equal,
                    value,
                }) if *value != Operand::Null => {
                    return Some((sub_attribute.unwrap_or(*attribute), value));
                }
                ResolvedFilter::And(operands) => pending.extend(operands.iter().rev()),
                ResolvedFilter::ValuePath { filter, .. } => next = Some(filter),
                _ => {}
            }
        }
    })
}

/// Resolves a filter for one resource type.
///
/// # Errors
/// `invalidFilter`: unknown attribute, operator that the type does not know, literal of another type.
pub fn resolve(
    registry: &Registry,
    resource_type: ResourceTypeId,
    filter: &Filter,
    tolerances: &Tolerances,
) -> Result<ResolvedFilter> {
    Resolver { registry, tolerances, scope: Scope::Resource(resource_type), unknown: OnUnknown::Refuse }.filter(filter)
}

/// Resolves a filter for one of several resource types that a query goes over: an attribute that this type lacks counts as
/// one without value (RFC 7644 section 3.4.2.1), so `eq` and `pr` never match and `ne` always does.
///
/// # Errors
/// As [`resolve`], apart from unknown attributes.
pub fn resolve_or_nothing(
    registry: &Registry,
    resource_type: ResourceTypeId,
    filter: &Filter,
    tolerances: &Tolerances,
) -> Result<ResolvedFilter> {
    Resolver { registry, tolerances, scope: Scope::Resource(resource_type), unknown: OnUnknown::NoValue }.filter(filter)
}

/// Resolves the filter inside the brackets of a value path over the complex attribute `parent`.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_in(
    registry: &Registry,
    parent: AttributeId,
    filter: &Filter,
    tolerances: &Tolerances,
) -> Result<ResolvedFilter> {
    Resolver { registry, tolerances, scope: Scope::ValueOf(parent), unknown: OnUnknown::Refuse }.filter(filter)
}

/// Where the paths of a filter begin.
#[derive(Clone, Copy)]
enum Scope {
    Resource(ResourceTypeId),
    ValueOf(AttributeId),
}

/// What an unknown attribute is.
#[derive(Clone, Copy)]
enum OnUnknown {
    Refuse,
    NoValue,
}

#[derive(Clone, Copy)]
struct Resolver<'a> {
    registry: &'a Registry,
    tolerances: &'a Tolerances,
    scope: Scope,
    unknown: OnUnknown,
}

impl Resolver<'_> {
    fn filter(self, filter: &Filter) -> Result<ResolvedFilter> {
        let all = |operands: &[Filter]| operands.iter().map(|operand| self.filter(operand)).collect::<Result<Vec<_>>>();
        match filter {
            Filter::Present(path) => self.present(path),
            Filter::Compare(comparison) => self.compare(comparison),
            Filter::ValuePath(path, inner) => self.value_path(path, inner),
            Filter::Not(inner) => Ok(ResolvedFilter::Not(Box::new(self.filter(inner)?))),
            Filter::And(operands) => Ok(ResolvedFilter::And(all(operands)?)),
            Filter::Or(operands) => Ok(ResolvedFilter::Or(all(operands)?)),
        }
    }

    fn present(self, path: &AttributePath) -> Result<ResolvedFilter> {
        let Some(ResolvedPath { attribute, sub_attribute }) = self.locate(path)? else {
            return Ok(ResolvedFilter::Nothing);
        };
        Ok(ResolvedFilter::Present { attribute, sub_attribute })
    }

    fn compare(self, Comparison { path, operator, value }: &Comparison) -> Result<ResolvedFilter> {
        let operator = *operator;
        if *value == Literal::Null && !matches!(operator, Operator::Equal | Operator::NotEqual) {
            return Err(invalid(format!("{path} {}: null can be compared by eq and ne only", operator.as_str())));
        }
        let Some(mut target) = self.locate(path)? else {
            let matches_no_value = (operator == Operator::NotEqual) != (*value == Literal::Null)
                && matches!(operator, Operator::Equal | Operator::NotEqual);
            return Ok(if matches_no_value {
                ResolvedFilter::Not(Box::new(ResolvedFilter::Nothing))
            } else {
                ResolvedFilter::Nothing
            });
        };
        let value = if *value == Literal::Null {
            Operand::Null
        } else {
            target = self.comparable(path, target)?;
            self.operand(target.leaf(), operator, value)?
        };
        let ResolvedPath { attribute, sub_attribute } = target;
        Ok(ResolvedFilter::Compare(ResolvedComparison { attribute, sub_attribute, operator, value }))
    }

    /// RFC 7644 section 3.4.2.2: the brackets choose among several values of a complex attribute.
    fn value_path(self, path: &AttributePath, inner: &Filter) -> Result<ResolvedFilter> {
        let Some(target) = self.locate(path)? else {
            return Ok(ResolvedFilter::Nothing);
        };
        let attribute = self.registry.attribute(target.leaf());
        if attribute.attribute_type != AttributeType::Complex {
            return Err(invalid(format!("{path} has no sub-attributes that a filter in brackets could test")));
        }
        if !attribute.multi_valued {
            return Err(invalid(format!(
                "{path} has one value at most, among which brackets cannot choose; {}",
                self.advise_sub_attribute(path, target.attribute)
            )));
        }
        let inner = Self { scope: Scope::ValueOf(target.attribute), ..self }.filter(inner)?;
        Ok(ResolvedFilter::ValuePath { attribute: target.attribute, filter: Box::new(inner) })
    }

    /// What `path` names; `None` when it is unknown and that is not an error.
    fn locate(self, path: &AttributePath) -> Result<Option<ResolvedPath>> {
        let found = match self.scope {
            Scope::Resource(resource_type) => crate::path::resolve(self.registry, resource_type, path, self.tolerances),
            Scope::ValueOf(parent) => self.locate_sub_attribute(parent, path)?,
        };
        match found {
            Ok(Target::Attribute(target)) => {
                self.refuse_hidden(target)?;
                Ok(Some(target))
            }
            Ok(Target::Schema(_)) => Err(invalid(format!("{path} is a schema; name one of its attributes"))),
            Err(unknown) => match self.unknown {
                OnUnknown::Refuse => Err(invalid(unknown.to_string())),
                OnUnknown::NoValue => Ok(None),
            },
        }
    }

    fn locate_sub_attribute(
        self,
        parent: AttributeId,
        path: &AttributePath,
    ) -> Result<std::result::Result<Target, UnknownPath>> {
        let name = &self.registry.attribute(parent).name;
        if path.schema.is_some() || path.sub_attribute.is_some() {
            return Err(invalid(format!("{path}: inside the brackets of {name}, sub-attributes are named alone")));
        }
        let found = self.registry.find_sub_attribute(parent, &path.attribute);
        Ok(found.map(|attribute| Target::Attribute(ResolvedPath { attribute, sub_attribute: None })).ok_or_else(|| {
            UnknownPath::SubAttribute {
                path: format!("{name}[{path}]"),
                attribute: name.clone(),
                sub_attribute: path.attribute.clone(),
            }
        }))
    }

    fn refuse_hidden(self, target: ResolvedPath) -> Result<()> {
        for id in [Some(target.attribute), target.sub_attribute].into_iter().flatten() {
            let attribute = self.registry.attribute(id);
            if attribute.returned == Returned::Never || attribute.mutability == Mutability::WriteOnly {
                return Err(invalid(format!(
                    "{} is never returned and so cannot be filtered on",
                    self.registry.short_name(id)
                )));
            }
        }
        Ok(())
    }

    /// RFC 7644 section 3.4.2.2 wants the sub-attribute of a complex attribute named, yet its examples compare `emails`;
    /// so a multi-valued attribute alone stands for its `value`.
    fn comparable(self, path: &AttributePath, target: ResolvedPath) -> Result<ResolvedPath> {
        let attribute = self.registry.attribute(target.leaf());
        if attribute.attribute_type != AttributeType::Complex {
            return Ok(target);
        }
        let stands_for_value = attribute.multi_valued || self.tolerances.allows(Tolerance::ComplexAsValue);
        let value = self.registry.find_sub_attribute(target.attribute, "value").filter(|_| stands_for_value);
        match value {
            Some(_) => Ok(ResolvedPath { sub_attribute: value, ..target }),
            None => Err(invalid(format!("{path} is complex; {}", self.advise_sub_attribute(path, target.attribute)))),
        }
    }

    fn advise_sub_attribute(self, path: &AttributePath, parent: AttributeId) -> String {
        let first = self.registry.definition(parent).sub_attributes.first();
        // A schema whose complex attribute has no sub-attributes is refused when it is read.
        let example =
            first.map_or_else(String::new, |&sub| format!(" as in {path}.{}", self.registry.attribute(sub).name));
        format!("name a sub-attribute{example}")
    }

    fn operand(self, id: AttributeId, operator: Operator, literal: &Literal) -> Result<Operand> {
        let attribute = self.registry.attribute(id);
        let kind = attribute.attribute_type;
        if !operator_applies(kind, operator) {
            return Err(invalid(format!(
                "{}: the operator {} does not apply to the type {}",
                self.registry.short_name(id),
                operator.as_str(),
                kind.as_str()
            )));
        }
        self.convert(id, kind, literal).ok_or_else(|| {
            let wanted = match kind {
                AttributeType::Boolean => "true or false",
                AttributeType::Integer | AttributeType::Decimal => "a number",
                AttributeType::DateTime => "a string such as \"2011-05-13T04:42:34Z\"",
                _ => "a string in double quotes",
            };
            invalid(format!(
                "{} is of type {} and cannot be compared with {literal}; use {wanted}",
                self.registry.short_name(id),
                kind.as_str()
            ))
        })
    }

    /// The literal as a value of the attribute's type.
    fn convert(self, id: AttributeId, kind: AttributeType, literal: &Literal) -> Option<Operand> {
        let text = || match literal {
            Literal::String(text) => Some(Cow::Borrowed(text.as_str())),
            // Without quotes, what was meant as text reads as a number or a truth value. Of a decimal number the digits
            // as written are lost.
            Literal::Integer(_) | Literal::Boolean(_) if self.tolerances.allows(Tolerance::UnquotedFilterValues) => {
                Some(Cow::Owned(literal.to_string()))
            }
            _ => None,
        };
        match kind {
            AttributeType::String | AttributeType::Reference | AttributeType::Binary => {
                Some(Operand::text(matching_rule(self.registry, id), &text()?))
            }
            AttributeType::DateTime => crate::date_time::parse(&text()?).map(Operand::Instant),
            AttributeType::Integer | AttributeType::Decimal => match *literal {
                Literal::Integer(value) => Some(Operand::Integer(value)),
                Literal::Decimal(value) => Some(Operand::Number(value)),
                _ => None,
            },
            AttributeType::Boolean => match literal {
                Literal::Boolean(value) => Some(Operand::Boolean(*value)),
                Literal::String(text) if self.tolerances.allows(Tolerance::BooleanStrings) => {
                    let is = |word: &str| text.eq_ignore_ascii_case(word);
                    (is("true") || is("false")).then(|| Operand::Boolean(is("true")))
                }
                _ => None,
            },
            AttributeType::Complex => None,
        }
    }
}

fn operator_applies(kind: AttributeType, operator: Operator) -> bool {
    match operator {
        Operator::Equal | Operator::NotEqual => true,
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => {
            matches!(kind, AttributeType::String | AttributeType::Reference)
        }
        Operator::GreaterThan | Operator::GreaterOrEqual | Operator::LessThan | Operator::LessOrEqual => {
            !matches!(kind, AttributeType::Boolean | AttributeType::Binary | AttributeType::Complex)
        }
    }
}

fn invalid(problem: String) -> Error {
    Error::new(ErrorKind::InvalidFilter, problem).context("the filter cannot be applied")
}
