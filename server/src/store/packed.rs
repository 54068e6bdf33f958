//! The packed form of a resource's attributes: one immutable allocation, read in place.
//!
//! ```text
//! record  = *field                      in ascending order of attribute id
//! field   = number(id * 2 + multi) number(length of values) values
//! values  = 1*value                     exactly one unless multi
//! value   = number(length * 2 + 1) text
//!         / number(kind * 2) [ number(zigzag) / number(bits of a double) / number(length) record ]
//! number  = *(%x40-7F) %x00-3F          six bits each, the lowest first
//! ```
//! Numbers are written as ASCII, so that the whole is UTF-8 and texts are cut out of it without being looked through again.
//! Only what is assigned is kept (RFC 7643 section 2.5), so equal attributes have equal bytes.

use std::sync::Arc;

use scim::resource::{Fields, Item, Record, Slot, Value};
use scim::schema::AttributeId;

const FALSE: u64 = 0;
const TRUE: u64 = 1;
const INTEGER: u64 = 2;
const DECIMAL: u64 = 3;
const COMPLEX: u64 = 4;

/// The attributes of one resource. Cloning shares them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedAttributes(Arc<str>);

impl PackedAttributes {
    /// Packs what is assigned in `fields`, but not the attributes for which `leave_out` says true.
    #[must_use]
    pub fn encode(fields: &Fields, leave_out: impl Fn(AttributeId) -> bool) -> Self {
        let mut out = String::with_capacity(512);
        let mut values = String::with_capacity(128);
        for (id, slot) in fields.iter().filter(|&(id, _)| !leave_out(id)) {
            write_field(&mut out, &mut values, id, slot);
        }
        Self(out.into())
    }

    /// The attributes as a tree.
    #[must_use]
    pub fn decode(&self) -> Fields {
        decode(self.record())
    }

    /// The attributes through a cursor.
    #[must_use]
    pub fn record(&self) -> PackedRecord<'_> {
        PackedRecord(Cursor { text: &self.0, at: 0, end: self.0.len() })
    }

    /// Bytes taken, without the allocation's own header.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is assigned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn write_record(out: &mut String, fields: &Fields) {
    let mut values = String::new();
    for (id, slot) in fields.iter() {
        write_field(out, &mut values, id, slot);
    }
}

/// `values` is a buffer to reuse: the length stands before the values.
fn write_field(out: &mut String, values: &mut String, id: AttributeId, slot: &Slot) {
    values.clear();
    for value in slot.values() {
        write_value(values, value);
    }
    if !values.is_empty() {
        write_number(out, u64::from(id.0) << 1 | u64::from(matches!(slot, Slot::Many(_))));
        write_number(out, length(values.len()));
        out.push_str(values);
    }
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::String(text) => {
            write_number(out, length(text.len()) << 1 | 1);
            out.push_str(text);
        }
        Value::Boolean(false) => write_number(out, FALSE << 1),
        Value::Boolean(true) => write_number(out, TRUE << 1),
        Value::Integer(value) => {
            write_number(out, INTEGER << 1);
            write_number(out, (value << 1 ^ value >> 63).cast_unsigned());
        }
        Value::Decimal(value) => {
            write_number(out, DECIMAL << 1);
            write_number(out, value.to_bits());
        }
        Value::Complex(fields) => {
            let mut record = String::with_capacity(64);
            write_record(&mut record, fields);
            if !record.is_empty() {
                write_number(out, COMPLEX << 1);
                write_number(out, length(record.len()));
                out.push_str(&record);
            }
        }
    }
}

/// Lengths are bounded by the memory of the machine, so that a bit above them is free.
fn length(length: usize) -> u64 {
    length as u64
}

/// Says that more digits follow.
const MORE: u8 = 0x40;

fn write_number(out: &mut String, mut value: u64) {
    let digit = |value: u64| u8::try_from(value & 0x3F).unwrap_or_default();
    while value > 0x3F {
        out.push(char::from(digit(value) | MORE));
        value >>= 6;
    }
    out.push(char::from(digit(value)));
}

/// A part of a packed text, of which reading takes away the beginning.
#[derive(Clone, Copy, Debug)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
    end: usize,
}

impl<'a> Cursor<'a> {
    fn number(&mut self) -> Option<u64> {
        let bytes = self.text.as_bytes().get(..self.end)?;
        let first = *bytes.get(self.at)?;
        self.at += 1;
        if first < MORE {
            return Some(u64::from(first));
        }
        let mut value = u64::from(first & !MORE);
        let mut shift = 6;
        loop {
            let digit = *bytes.get(self.at)?;
            self.at += 1;
            value |= u64::from(digit & !MORE) << shift;
            if digit < MORE {
                return Some(value);
            }
            shift += 6;
        }
    }

    fn take(&mut self, length: u64) -> Option<Self> {
        let end = self.at.checked_add(usize::try_from(length).ok()?).filter(|&end| end <= self.end)?;
        let taken = Self { end, ..*self };
        self.at = end;
        Some(taken)
    }

    fn rest(&self) -> Option<&'a str> {
        self.text.get(self.at..self.end)
    }

    fn field(&mut self) -> Option<Field<'a>> {
        let head = self.number()?;
        let length = self.number()?;
        let values = self.take(length)?;
        let id = AttributeId(u16::try_from(head >> 1).ok()?);
        Some(Field { id, multi: head & 1 == 1, values })
    }
}

fn decode(record: PackedRecord<'_>) -> Fields {
    let mut cursor = record.0;
    std::iter::from_fn(|| cursor.field())
        .map(|field| {
            let mut values = field.items().map(|item| match item {
                Item::Boolean(value) => Value::Boolean(value),
                Item::Integer(value) => Value::Integer(value),
                Item::Decimal(value) => Value::Decimal(value),
                Item::Timestamp(at) => Value::String(at.to_string().into()),
                Item::Complex(record) => Value::Complex(decode(record)),
                Item::String(text) => Value::String(text.into()),
                Item::ComposedText(composed) => Value::String(composed.text().into()),
            });
            let slot =
                if field.multi { Slot::Many(values.collect()) } else { values.next().map_or(Slot::Null, Slot::One) };
            (field.id, slot)
        })
        .collect()
}

struct Field<'a> {
    id: AttributeId,
    multi: bool,
    values: Cursor<'a>,
}

impl<'a> Field<'a> {
    const fn items(&self) -> PackedItems<'a> {
        PackedItems(self.values)
    }
}

/// A cursor over packed attributes: a resource's, or those of one complex value. Nothing is allocated or copied.
#[derive(Clone, Copy, Debug)]
pub struct PackedRecord<'a>(Cursor<'a>);

impl<'a> Record<'a> for PackedRecord<'a> {
    type Items = PackedItems<'a>;

    fn get(self, id: AttributeId) -> Option<PackedItems<'a>> {
        let mut cursor = self.0;
        while let Some(field) = cursor.field() {
            if field.id >= id {
                return (field.id == id).then(|| field.items());
            }
        }
        None
    }

    fn fields(self) -> impl Iterator<Item = (AttributeId, PackedItems<'a>)> {
        self.iter()
    }
}

impl<'a> PackedRecord<'a> {
    /// Whether the values of `id` are the same in both.
    pub(super) fn has_same(self, other: Self, id: AttributeId) -> bool {
        self.get(id).map(|items| items.0.rest()) == other.get(id).map(|items| items.0.rest())
    }

    /// As [`Record::fields`], with a name for the iterator.
    pub(super) const fn iter(self) -> PackedFields<'a> {
        PackedFields(self.0)
    }
}

/// The assigned attributes of a packed record, ascending.
#[derive(Clone, Debug)]
pub(super) struct PackedFields<'a>(Cursor<'a>);

impl<'a> Iterator for PackedFields<'a> {
    type Item = (AttributeId, PackedItems<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.field().map(|field| (field.id, field.items()))
    }
}

/// The values of one packed attribute.
#[derive(Clone, Debug)]
pub struct PackedItems<'a>(Cursor<'a>);

impl<'a> Iterator for PackedItems<'a> {
    type Item = Item<'a, PackedRecord<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let cursor = &mut self.0;
        let head = cursor.number()?;
        if head & 1 == 1 {
            return Some(Item::String(cursor.take(head >> 1)?.rest()?));
        }
        Some(match head >> 1 {
            FALSE => Item::Boolean(false),
            TRUE => Item::Boolean(true),
            INTEGER => {
                let zigzag = cursor.number()?;
                Item::Integer((zigzag >> 1).cast_signed() ^ -((zigzag & 1).cast_signed()))
            }
            DECIMAL => Item::Decimal(f64::from_bits(cursor.number()?)),
            _ => {
                let length = cursor.number()?;
                Item::Complex(PackedRecord(cursor.take(length)?))
            }
        })
    }
}

#[cfg(test)]
mod tests;
