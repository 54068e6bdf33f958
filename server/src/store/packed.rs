//! The packed form of a resource's attributes: one immutable allocation, read in place.
//!
//! ```text
//! record  = *field                      in ascending order of attribute id
//! field   = varint(id * 2 + multi) varint(length of values) values
//! values  = 1*value                     exactly one unless multi
//! value   = varint(length * 8 + 0) text | 1 | 2 | 3 varint(zigzag) | 4 8OCTET | varint(length * 8 + 5) record
//! ```
//! Only what is assigned is kept (RFC 7643 section 2.5), so equal attributes have equal bytes.

use std::sync::Arc;

use scim::resource::{Fields, Item, Record, Slot, Value};
use scim::schema::AttributeId;

const STRING: u64 = 0;
const FALSE: u64 = 1;
const TRUE: u64 = 2;
const INTEGER: u64 = 3;
const DECIMAL: u64 = 4;
const COMPLEX: u64 = 5;

/// The attributes of one resource. Cloning shares them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed(Arc<[u8]>);

impl Packed {
    /// Packs what is assigned in `fields`, but not the attributes for which `leave_out` says true.
    #[must_use]
    pub fn encode(fields: &Fields, leave_out: impl Fn(AttributeId) -> bool) -> Self {
        let mut out = Vec::with_capacity(512);
        let mut values = Vec::with_capacity(128);
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
        PackedRecord(&self.0)
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

fn write_record(out: &mut Vec<u8>, fields: &Fields) {
    let mut values = Vec::new();
    for (id, slot) in fields.iter() {
        write_field(out, &mut values, id, slot);
    }
}

/// `values` is a buffer to reuse: the length stands before the values.
fn write_field(out: &mut Vec<u8>, values: &mut Vec<u8>, id: AttributeId, slot: &Slot) {
    values.clear();
    for value in slot.values() {
        write_value(values, value);
    }
    if !values.is_empty() {
        write_varint(out, u64::from(id.0) << 1 | u64::from(matches!(slot, Slot::Many(_))));
        write_varint(out, length(values.len()));
        out.extend_from_slice(values);
    }
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => {
            write_varint(out, length(text.len()) << 3 | STRING);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Boolean(false) => write_varint(out, FALSE),
        Value::Boolean(true) => write_varint(out, TRUE),
        Value::Integer(value) => {
            write_varint(out, INTEGER);
            write_varint(out, (value << 1 ^ value >> 63).cast_unsigned());
        }
        Value::Decimal(value) => {
            write_varint(out, DECIMAL);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::Complex(fields) => {
            let mut record = Vec::with_capacity(64);
            write_record(&mut record, fields);
            if !record.is_empty() {
                write_varint(out, length(record.len()) << 3 | COMPLEX);
                out.extend_from_slice(&record);
            }
        }
    }
}

/// Lengths are bounded by the memory of the machine, so that three bits above them are free.
fn length(length: usize) -> u64 {
    length as u64
}

fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        #[expect(clippy::cast_possible_truncation, reason = "the low seven bits are wanted")]
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the value is below 128")]
    out.push(value as u8);
}

fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    if first < 0x80 {
        return Some(u64::from(first));
    }
    let mut value = u64::from(first & 0x7F);
    let mut shift = 7;
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    Some(taken)
}

fn decode(record: PackedRecord<'_>) -> Fields {
    let mut rest = record.0;
    std::iter::from_fn(|| next_field(&mut rest))
        .map(|field| {
            let mut values = field.items().map(|item| match item {
                Item::String(text) => Value::String(text.into()),
                Item::Boolean(value) => Value::Boolean(value),
                Item::Integer(value) => Value::Integer(value),
                Item::Decimal(value) => Value::Decimal(value),
                Item::Timestamp(at) => Value::String(at.to_string().into()),
                Item::Complex(record) => Value::Complex(decode(record)),
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
    values: &'a [u8],
}

impl<'a> Field<'a> {
    const fn items(&self) -> PackedItems<'a> {
        PackedItems(self.values)
    }
}

fn next_field<'a>(bytes: &mut &'a [u8]) -> Option<Field<'a>> {
    let head = read_varint(bytes)?;
    let length = read_varint(bytes)?;
    let values = take(bytes, length)?;
    let id = AttributeId(u16::try_from(head >> 1).ok()?);
    Some(Field { id, multi: head & 1 == 1, values })
}

/// A cursor over packed attributes: a resource's, or those of one complex value. Nothing is allocated or copied.
#[derive(Clone, Copy, Debug)]
pub struct PackedRecord<'a>(&'a [u8]);

impl<'a> Record<'a> for PackedRecord<'a> {
    type Items = PackedItems<'a>;

    fn get(self, id: AttributeId) -> Option<PackedItems<'a>> {
        let mut rest = self.0;
        while let Some(field) = next_field(&mut rest) {
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
        self.get(id).map(|items| items.0) == other.get(id).map(|items| items.0)
    }

    /// As [`Record::fields`], with a name for the iterator.
    pub(super) const fn iter(self) -> PackedFields<'a> {
        PackedFields(self.0)
    }
}

/// The assigned attributes of a packed record, ascending.
#[derive(Clone, Debug)]
pub(super) struct PackedFields<'a>(&'a [u8]);

impl<'a> Iterator for PackedFields<'a> {
    type Item = (AttributeId, PackedItems<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        next_field(&mut self.0).map(|field| (field.id, field.items()))
    }
}

/// The values of one packed attribute.
#[derive(Clone, Debug)]
pub struct PackedItems<'a>(&'a [u8]);

impl<'a> Iterator for PackedItems<'a> {
    type Item = Item<'a, PackedRecord<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let head = read_varint(&mut self.0)?;
        Some(match head & 7 {
            STRING => {
                let bytes = take(&mut self.0, head >> 3)?;
                // The bytes came from a `str`; checking them again is what safe code costs.
                Item::String(std::str::from_utf8(bytes).unwrap_or_default().into())
            }
            FALSE => Item::Boolean(false),
            TRUE => Item::Boolean(true),
            INTEGER => {
                let zigzag = read_varint(&mut self.0)?;
                Item::Integer((zigzag >> 1).cast_signed() ^ -((zigzag & 1).cast_signed()))
            }
            DECIMAL => {
                let bytes = take(&mut self.0, 8)?;
                Item::Decimal(f64::from_le_bytes(bytes.try_into().unwrap_or_default()))
            }
            _ => Item::Complex(PackedRecord(take(&mut self.0, head >> 3)?)),
        })
    }
}

#[cfg(test)]
mod tests;
