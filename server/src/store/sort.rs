//! The order of sorted answers (RFC 7644 section 3.4.2.3).

use std::cmp::Ordering;

use jiff::Timestamp;
use scim::resource::{Item, Record};
use scim::schema::{AttributeId, AttributeType, Registry, matching_rule};

use super::Sort;

/// What a resource is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub enum SortKey {
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    Instant(Timestamp),
    /// Prepared by the attribute's case rule.
    Text(Box<str>),
}

impl SortKey {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(left), Self::Boolean(right)) => left.cmp(right),
            (Self::Integer(left), Self::Integer(right)) => left.cmp(right),
            (Self::Instant(left), Self::Instant(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            _ => match (self.number(), other.number()) {
                (Some(left), Some(right)) => left.total_cmp(&right),
                // Values of one attribute have one type, apart from those that a tolerance let in.
                _ => self.kind().cmp(&other.kind()),
            },
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a decimal beside it is a double already")]
    const fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Decimal(value) => Some(*value),
            _ => None,
        }
    }

    const fn kind(&self) -> u8 {
        match self {
            Self::Boolean(_) => 0,
            Self::Integer(_) | Self::Decimal(_) => 1,
            Self::Instant(_) => 2,
            Self::Text(_) => 3,
        }
    }
}

/// What to sort by, looked up once.
#[derive(Clone, Copy, Debug)]
pub struct SortBy<'r> {
    registry: &'r Registry,
    attribute: AttributeId,
    /// Of a complex attribute that is sorted by without one, `value`.
    sub_attribute: Option<AttributeId>,
    primary: Option<AttributeId>,
    descending: bool,
}

impl<'r> SortBy<'r> {
    pub fn new(registry: &'r Registry, sort: &Sort) -> Self {
        Self {
            registry,
            attribute: sort.attribute,
            sub_attribute: sort.sub_attribute.or_else(|| registry.find_sub_attribute(sort.attribute, "value")),
            primary: registry.find_sub_attribute(sort.attribute, "primary"),
            descending: sort.descending,
        }
    }

    /// The key of a resource: of several values the primary one, else the first; `None` without value.
    pub fn key<'a, R: Record<'a>>(&self, record: R) -> Option<SortKey> {
        let mut values = record.get(self.attribute)?;
        let first = values.next()?;
        let Some(sub) = self.sub_attribute else { return self.scalar(self.attribute, &first) };
        let mut chosen = first;
        if !self.is_primary(&chosen)
            && let Some(primary) = values.find(|value| self.is_primary(value))
        {
            chosen = primary;
        }
        let Item::Complex(value) = chosen else { return None };
        self.scalar(sub, &value.get(sub)?.next()?)
    }

    fn is_primary<'a, R: Record<'a>>(&self, value: &Item<'a, R>) -> bool {
        let (Item::Complex(value), Some(primary)) = (value, self.primary) else { return false };
        value.get(primary).is_some_and(|mut flags| matches!(flags.next(), Some(Item::Boolean(true))))
    }

    fn scalar<R>(&self, leaf: AttributeId, item: &Item<'_, R>) -> Option<SortKey> {
        Some(match *item {
            Item::Boolean(value) => SortKey::Boolean(value),
            Item::Integer(value) => SortKey::Integer(value),
            Item::Decimal(value) => SortKey::Decimal(value),
            Item::Timestamp(at) => SortKey::Instant(at),
            Item::String(text) if self.registry.attribute(leaf).attribute_type == AttributeType::DateTime => {
                SortKey::Instant(scim::date_time::parse(text)?)
            }
            Item::String(_) | Item::ComposedText(_) => {
                SortKey::Text(matching_rule(self.registry, leaf).key(&item.text()?).into())
            }
            Item::Complex(_) => return None,
        })
    }

    /// Missing values come last in ascending order and first in descending order.
    pub fn compare(&self, left: Option<&SortKey>, right: Option<&SortKey>) -> Ordering {
        let ascending = match (left, right) {
            (Some(left), Some(right)) => left.compare(right),
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
        };
        if self.descending { ascending.reverse() } else { ascending }
    }
}
