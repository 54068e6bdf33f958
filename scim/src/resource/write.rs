//! Writing JSON straight to bytes, from whatever form a resource is kept in.

use super::projection::Projection;
use super::record::{ComposedText, written};
use super::{Item, Record, Visitor};
use crate::schema::{AttributeId, Registry, ResourceTypeId, SchemaId, common};
use uuid::Uuid;

/// Writes a resource as JSON: `schemas` first, then the other attributes in the order of their ids (common, core,
/// extensions as objects under their URIs), `meta` last. Nothing is written as null or empty.
///
/// `schemas` is what the record says, or else the core schema and the extensions of which something is written.
pub fn resource<'a, R: Record<'a>>(
    out: &mut Vec<u8>,
    registry: &Registry,
    resource_type: ResourceTypeId,
    record: R,
    projection: &Projection,
) {
    let core = registry.resource_type(resource_type).schema;
    let mut writer = Writer { out, registry, projection };
    writer.out.extend_from_slice(b"{\"schemas\":[");
    let stated = record.stated_schemas();
    let is_stated = stated.is_some();
    match stated {
        Some(uris) => {
            writer.values(uris);
        }
        None => string(writer.out, &registry.schema(core).document.id),
    }
    // Which extensions follow is known only when they have been written.
    let end_of_schemas = writer.out.len();
    writer.out.push(b']');

    let mut attributes = Attributes { writer, core, open: None, extensions: Vec::new() };
    record.visit(&mut attributes);
    let Attributes { mut writer, open, extensions, .. } = attributes;
    if open.is_some() {
        writer.out.push(b'}');
    }
    if projection.wants(common::META)
        && let Some(meta) = record.get(common::META)
    {
        writer.attribute(common::META, meta, false);
    }
    writer.out.push(b'}');

    if !is_stated && !extensions.is_empty() {
        let mut uris = Vec::new();
        for schema in extensions {
            uris.push(b',');
            string(&mut uris, &registry.schema(schema).document.id);
        }
        out.splice(end_of_schemas..end_of_schemas, uris);
    }
}

/// Writes the attributes of a resource but `schemas` and `meta`, those of extensions in objects of their own.
struct Attributes<'w> {
    writer: Writer<'w>,
    core: SchemaId,
    /// The extension whose object is open.
    open: Option<SchemaId>,
    /// Those of which something is written.
    extensions: Vec<SchemaId>,
}

impl<'a> Visitor<'a> for Attributes<'_> {
    fn field<R: Record<'a>>(&mut self, id: AttributeId, items: impl Iterator<Item = Item<'a, R>>) {
        if matches!(id, common::SCHEMAS | common::META) || !self.writer.projection.wants(id) {
            return;
        }
        let registry = self.writer.registry;
        let schema = registry.written(id).schema;
        let extension = (schema != self.core && schema != common::SCHEMA).then_some(schema);
        let out = &mut *self.writer.out;
        let start = out.len();
        let mut is_first = false;
        if extension != self.open {
            if self.open.is_some() {
                out.push(b'}');
            }
            if let Some(schema) = extension {
                out.push(b',');
                string(out, &registry.schema(schema).document.id);
                out.extend_from_slice(b":{");
                is_first = true;
            }
        }
        if self.writer.attribute(id, items, is_first) {
            self.open = extension;
            if is_first {
                self.extensions.extend(extension);
            }
        } else {
            // Takes back the opened extension too, and the closed one before it.
            self.writer.out.truncate(start);
        }
    }
}

struct Writer<'w> {
    out: &'w mut Vec<u8>,
    registry: &'w Registry,
    projection: &'w Projection,
}

impl Writer<'_> {
    /// Writes a member with its value unless nothing of it is wanted; says whether it did.
    fn attribute<'a, R: Record<'a>>(
        &mut self,
        id: AttributeId,
        mut items: impl Iterator<Item = Item<'a, R>>,
        is_first: bool,
    ) -> bool {
        let start = self.out.len();
        if !is_first {
            self.out.push(b',');
        }
        let registry = self.registry;
        let written = registry.written(id);
        self.out.extend_from_slice(&written.member);
        let is_written = if written.multi_valued {
            self.out.push(b'[');
            let is_written = self.values(items);
            self.out.push(b']');
            is_written
        } else {
            items.next().is_some_and(|item| self.item(item))
        };
        if !is_written {
            self.out.truncate(start);
        }
        is_written
    }

    /// Writes values with commas between them, leaving out complex values of which nothing is wanted; says whether there was
    /// one.
    fn values<'a, R: Record<'a>>(&mut self, items: impl Iterator<Item = Item<'a, R>>) -> bool {
        let mut is_first = true;
        for item in items {
            let start = self.out.len();
            if !is_first {
                self.out.push(b',');
            }
            if self.item(item) {
                is_first = false;
            } else {
                self.out.truncate(start);
            }
        }
        !is_first
    }

    fn item<'a, R: Record<'a>>(&mut self, item: Item<'a, R>) -> bool {
        match item {
            Item::String(text) => string(self.out, text),
            Item::Boolean(true) => self.out.extend_from_slice(b"true"),
            Item::Boolean(false) => self.out.extend_from_slice(b"false"),
            Item::Integer(value) => integer(self.out, value),
            Item::Decimal(value) => decimal(self.out, value),
            Item::Timestamp(value) => timestamp(self.out, value),
            Item::ComposedText(text) => composed(self.out, text),
            Item::Complex(fields) => return self.complex(fields),
        }
        true
    }

    fn complex<'a, R: Record<'a>>(&mut self, record: R) -> bool {
        self.out.push(b'{');
        let mut value = ComplexValue { writer: self, is_first: true };
        record.visit(&mut value);
        let is_empty = value.is_first;
        self.out.push(b'}');
        !is_empty
    }
}

/// Writes the sub-attributes of one complex value.
struct ComplexValue<'v, 'w> {
    writer: &'v mut Writer<'w>,
    is_first: bool,
}

impl<'a> Visitor<'a> for ComplexValue<'_, '_> {
    fn field<R: Record<'a>>(&mut self, id: AttributeId, items: impl Iterator<Item = Item<'a, R>>) {
        if self.writer.projection.wants(id) && self.writer.attribute(id, items, self.is_first) {
            self.is_first = false;
        }
    }
}

/// Writes a JSON string with its quotes.
pub fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    escaped(out, text);
    out.push(b'"');
}

/// Writes the inside of a JSON string.
fn escaped(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut rest = text.as_bytes();
    while let Some(at) = first_escaped(rest) {
        out.extend_from_slice(&rest[..at]);
        match rest[at] {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            byte => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 0xF)]);
            }
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

/// Writes a text of the endpoint's own making with its quotes.
fn composed(out: &mut Vec<u8>, text: ComposedText<'_>) {
    out.push(b'"');
    let id = |out: &mut Vec<u8>, id: &Uuid| out.extend_from_slice(written(id, &mut Uuid::encode_buffer()).as_bytes());
    match text {
        ComposedText::Id(own) => id(out, &own),
        ComposedText::Location { base_url, endpoint, id: own } => {
            escaped(out, base_url);
            escaped(out, endpoint);
            out.push(b'/');
            id(out, &own);
        }
        ComposedText::Version(version) => {
            out.extend_from_slice(b"W/\\\"");
            unsigned(out, version);
            out.extend_from_slice(b"\\\"");
        }
    }
    out.push(b'"');
}

/// Where the first byte stands that JSON does not take as it is. Eight bytes at a time, because most text has none.
fn first_escaped(bytes: &[u8]) -> Option<usize> {
    let is_escaped = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    let clean = match bytes.last_chunk::<8>() {
        // The last eight bytes overlap the words before them, which costs less than a look at each of the rest.
        Some(last) => is_clean(*last) && bytes.as_chunks::<8>().0.iter().copied().all(is_clean),
        None => !bytes.iter().copied().any(is_escaped),
    };
    if clean { None } else { bytes.iter().copied().position(is_escaped) }
}

/// Whether JSON takes eight bytes as they are.
fn is_clean(word: [u8; 8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let word = u64::from_ne_bytes(word);
    let control = word.wrapping_sub(ONES * u64::from(b' ')) & !word & HIGH;
    control | zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))) == 0
}

/// Writes an integer.
pub fn integer(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    unsigned(out, value.unsigned_abs());
}

fn unsigned(out: &mut Vec<u8>, value: u64) {
    // Twenty digits hold any u64; counting from the end saves the formatting machinery.
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = value;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Writes the shortest digits that read back as the same double, with at least one on each side of the point (RFC 7643
/// section 2.3.3). A value that is not finite cannot have been read and is written as zero.
fn decimal(out: &mut Vec<u8>, value: f64) {
    let text = if value.is_finite() { value.to_string() } else { "0".into() };
    out.extend_from_slice(text.as_bytes());
    if !text.contains('.') {
        out.extend_from_slice(b".0");
    }
}

/// Writes an instant in UTC with milliseconds, which every xsd:dateTime reader understands.
fn timestamp(out: &mut Vec<u8>, value: jiff::Timestamp) {
    out.push(b'"');
    crate::date_time::write(out, value);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::tests::{BADGE, read_as, registry, user};
    use crate::resource::{Fields, Slot, Value, read::Policy};
    use crate::schema::standard::USER;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn instants_are_in_utc_with_milliseconds() {
        for (instant, expected) in [
            ("2011-05-13T04:42:34Z", "2011-05-13T04:42:34.000Z"),
            ("2011-05-13T06:42:34.5678+02:00", "2011-05-13T04:42:34.567Z"),
        ] {
            let instant: jiff::Timestamp = instant.parse().unwrap();
            assert_eq!(text(|out| timestamp(out, instant)), format!("\"{expected}\""));
        }
    }

    #[test]
    fn strings_are_escaped_wherever_the_character_stands() {
        for (character, escaped) in [
            ('"', "\\\""),
            ('\\', "\\\\"),
            ('\n', "\\n"),
            ('\r', "\\r"),
            ('\t', "\\t"),
            ('\0', "\\u0000"),
            ('\u{1f}', "\\u001f"),
            (' ', " "),
            ('\u{7f}', "\u{7f}"),
            ('é', "é"),
            ('\u{2028}', "\u{2028}"),
        ] {
            for length in 0..20 {
                for at in 0..=length {
                    let (before, after) = ("x".repeat(at), "y".repeat(length - at));
                    let written = text(|out| string(out, &format!("{before}{character}{after}{character}")));
                    assert_eq!(written, format!("\"{before}{escaped}{after}{escaped}\""));
                }
            }
        }
    }

    #[test]
    fn a_decimal_reads_back_as_the_same_double() {
        for bits in (0..2_000_u64).map(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15)) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                let written = text(|out| decimal(out, value));
                let read: f64 = serde_json::from_str(&written).unwrap();
                assert_eq!(read.to_bits(), value.to_bits(), "{written}");
            }
        }
    }

    #[test]
    fn the_order_is_schemas_id_core_extensions_meta() {
        let body = serde_json::json!({BADGE: {"colour": "red", "level": 1}, "title": "T", "userName": "b",
            "externalId": "x", "name": {"givenName": "G"}});
        let mut fields = read_as(user(), &body, &Policy::default()).unwrap();
        let string = |text: &str| Slot::One(Value::String(text.into()));
        fields.set(common::ID, string("1"));
        let version = Fields::from_iter([(common::META_VERSION, string("W/\"1\""))]);
        fields.set(common::META, Slot::One(Value::Complex(version)));
        let everything = Projection::everything(registry(), user());
        let written = |fields: &Fields| text(|out| resource(out, registry(), user(), fields, &everything));
        insta::assert_snapshot!(written(&fields), @r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:example:params:scim:schemas:extension:badge:2.0:User"],"id":"1","externalId":"x","userName":"b","name":{"givenName":"G"},"title":"T","urn:example:params:scim:schemas:extension:badge:2.0:User":{"colour":"red","level":1},"meta":{"version":"W/\"1\""}}"#);
        fields.set(common::SCHEMAS, Slot::Many(vec![Value::String(USER.into())]));
        assert!(written(&fields).starts_with(&format!("{{\"schemas\":[\"{USER}\"],\"id\":\"1\"")), "schemas as stated");
    }
}
