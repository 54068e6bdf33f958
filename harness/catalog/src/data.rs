//! Test data: names that carry the run's prefix, and bodies that satisfy the schemas which the endpoint publishes.

mod published_attribute;
mod sample;
mod shown;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};
use weir_exchange::difference::{at, is_unassigned, member, take_member};
use weir_judge::Provenance;

use super::template::{Template, TemplateValues, Templates};
use crate::definition::{canonical_values, fits, flag, is_canonical, list, text, word};
use crate::discovery::{Discovery, ResourceType};
pub use published_attribute::PublishedAttribute;
pub use sample::{CERTIFICATE, takes_no_value};

/// The core User schema's URI.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The core Group schema's URI.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// What every name that a run creates begins with, so that its leftovers can be found. The seed decides.
pub fn run_prefix(seed: u64) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstvwxyz23456789";
    let mut state = seed;
    let letters = (0..6).map(|_| {
        state = scramble(state);
        // The remainder is below 30.
        char::from(LETTERS[usize::try_from(state % LETTERS.len() as u64).unwrap_or(0)])
    });
    format!("weir-{}", letters.collect::<String>())
}

/// One step of the `SplitMix64` generator (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
pub const fn scramble(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Makes the data of one check: the same check under the same seed gets the same data, whatever runs beside it.
pub struct Data {
    run: String,
    prefix: String,
    /// Letters that stand for the check, for names that may hold nothing else.
    word: String,
    discovery: Arc<Discovery>,
    templates: Arc<Templates>,
    next: AtomicU64,
}

impl Data {
    /// Data for the check `check`, whose id becomes part of every name.
    pub fn new(seed: u64, check: &str, discovery: Arc<Discovery>) -> Self {
        let run = run_prefix(seed);
        let prefix = format!("{run}-{check}");
        let mut state = prefix.bytes().fold(seed, |state, byte| scramble(state ^ u64::from(byte)));
        let letters = (0..7).map(|_| {
            state = scramble(state);
            // The remainder is below 26.
            char::from(b'a' + u8::try_from(state % 26).unwrap_or(0))
        });
        let word = letters.collect();
        Self { run, prefix, word, discovery, templates: Arc::default(), next: AtomicU64::new(1) }
    }

    /// The same data, with values made as the templates say.
    #[must_use]
    pub fn with_templates(self, templates: Arc<Templates>) -> Self {
        Self { templates, ..self }
    }

    /// What every name of this check begins with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A name that no other check of this run uses.
    pub fn name(&self) -> String {
        self.named(&self.number().to_string())
    }

    /// A number that no other resource of this check has.
    pub fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// `usual`, or for an attribute that is published as unique, an integer that no other resource of the run has.
    pub fn integer(&self, attribute: &Value, usual: usize) -> u64 {
        if word(attribute, "uniqueness") == "none" {
            return u64::try_from(usual).unwrap_or(1);
        }
        let own = self.prefix.bytes().fold(self.number(), |state, byte| scramble(state ^ u64::from(byte)));
        // Many endpoints keep integers in 32 bits.
        own % (1 << 31)
    }

    fn named(&self, own: &str) -> String {
        format!("{}-{own}", self.prefix)
    }

    fn filling<'a>(&'a self, own: &'a str) -> TemplateValues<'a> {
        TemplateValues { prefix: &self.run, check: &self.prefix, word: &self.word, own }
    }

    /// The name of the resource type at `endpoint`.
    fn kind(&self, endpoint: &str) -> &str {
        let usual = if endpoint == "/Groups" { "Group" } else { "User" };
        self.discovery.resource_type(endpoint).map_or(usual, |kind| kind.name.as_str())
    }

    fn text(&self, name: &str, part: Option<&str>) -> Option<&Template> {
        self.templates.text(self.kind("/Users"), name, part)
    }

    /// The `userName` of the user that `own` tells apart from others of this check.
    pub fn user_name(&self, own: &str) -> String {
        self.text("userName", None)
            .map_or_else(|| format!("{}@example.com", self.named(own)), |template| template.fill(self.filling(own)))
    }

    /// A `userName` that no other user has.
    pub fn new_user_name(&self) -> String {
        self.user_name(&self.number().to_string())
    }

    /// What the names of this check's users begin with, and nobody else's.
    pub fn user_name_start(&self) -> String {
        self.text("userName", None)
            .map_or_else(|| format!("{}-", self.prefix), |template| template.start(self.filling("")))
    }

    /// The `userName` template, if there is one, with a key in the place of the number.
    pub fn cohort_name(&self, key: &str) -> Option<(String, String)> {
        let template = self.text("userName", None)?;
        // Users of no cohort have a number behind the same word.
        let (check, word) = (format!("{}.", self.prefix), format!("{}x", self.word));
        let filling = TemplateValues { prefix: &self.run, check: &check, word: &word, own: key };
        Some((template.start(filling), template.fill(filling)))
    }

    /// The email address of the user that `own` tells apart.
    fn address(&self, own: &str) -> String {
        self.text("emails", Some("value"))
            .map_or_else(|| format!("{}@example.com", self.named(own)), |template| template.fill(self.filling(own)))
    }

    /// An email address that nobody has.
    pub fn new_address(&self) -> String {
        self.address(&self.number().to_string())
    }

    /// A source of numbers that look random: the same for the same check under the same seed. It gives one below its argument.
    pub fn random(&self) -> impl FnMut(u64) -> u64 + Send + use<> {
        let mut state = self.prefix.bytes().fold(0, |state, byte| scramble(state ^ u64::from(byte)));
        move |below| {
            state = scramble(state);
            state % below.max(1)
        }
    }

    /// An id that the endpoint has not assigned: a UUID, so that one that assigns UUIDs cannot tell by the form alone.
    pub fn unknown_id(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let half = |salt: u64| {
            self.prefix.bytes().fold(scramble(number ^ salt), |state, byte| scramble(state ^ u64::from(byte)))
        };
        uuid::Builder::from_random_bytes((u128::from(half(1)) << 64 | u128::from(half(2))).to_be_bytes())
            .into_uuid()
            .to_string()
    }

    /// A random-looking UUID, as clients send that choose ids themselves.
    pub fn uuid(&self) -> String {
        let mixed = self.name().bytes().fold(0, |state, byte| scramble(state ^ u64::from(byte)));
        uuid::Builder::from_random_bytes(uuid::Uuid::from_u64_pair(mixed, scramble(mixed)).into_bytes())
            .into_uuid()
            .to_string()
    }

    /// The body of a user: a few attributes that everybody knows, as far as the endpoint has them, and everything that
    /// it requires.
    pub fn user(&self) -> Value {
        let own = self.number().to_string();
        let name = self.named(&own);
        let full = json!({
            "schemas": [USER],
            "userName": self.user_name(&own),
            "name": {"givenName": "Ada", "familyName": "Example"},
            "displayName": format!("Ada Example {name}"),
            "emails": [{"value": self.address(&own), "type": "work", "primary": true}],
            "active": true,
        });
        let mut body = self.fit("/Users", USER, full);
        self.templates.apply(self.kind("/Users"), &mut body, self.filling(&own));
        body
    }

    /// The body of a resource of any type.
    pub fn resource(&self, kind: &ResourceType) -> Value {
        match kind.endpoint.as_str() {
            "/Users" => self.user(),
            "/Groups" => self.group(),
            endpoint => {
                let mut body = self.fit(endpoint, &kind.schema, json!({"schemas": [kind.schema]}));
                self.templates.apply(&kind.name, &mut body, self.filling(&self.number().to_string()));
                body
            }
        }
    }

    /// The body of a user with nothing but what is required.
    pub fn bare_user(&self) -> Value {
        self.fit("/Users", USER, json!({"schemas": [USER], "userName": self.new_user_name()}))
    }

    /// The URI of the schema that users have.
    pub fn user_schema(&self) -> &str {
        self.discovery.resource_type("/Users").map_or(USER, |kind| kind.schema.as_str())
    }

    /// The body of a user with attributes of every kind that the core schema knows, as far as the endpoint has them.
    pub fn full_user(&self) -> Value {
        let mut body = self.user();
        let name = self.name();
        let more = json!({
            "externalId": name,
            "nickName": "Ada",
            "title": "Engineer",
            "userType": "Employee",
            "preferredLanguage": "en",
            "locale": "en-GB",
            "timezone": "Europe/London",
            "profileUrl": "https://example.com/ada",
            "phoneNumbers": [{"value": "+44 20 7946 0000", "type": "work"}],
            "addresses": [{"locality": "London", "country": "GB", "type": "work"}],
            "roles": [{"value": "engineer"}],
        });
        let schema = self.user_schema();
        let published = self.attributes(schema);
        for (name, mut value) in more.as_object().cloned().into_iter().flatten() {
            let is_kept = published.map_or_else(
                || self.publishes(schema, &name),
                |own| name == "externalId" || attribute(own, &name).is_some_and(|own| keep_published(own, &mut value)),
            );
            if is_kept && body.get(&name).is_none() {
                body[&name] = value;
            }
        }
        body
    }

    /// The body of a user with a value in an extension, the extension's URI, and the name of the attribute that has the
    /// value; `None` if no extension of User has a plain string that a client may set.
    pub fn extended_user(&self) -> Option<(Value, String, String)> {
        let extensions = &self.discovery.resource_type("/Users")?.extensions;
        let (uri, name) = extensions.iter().find_map(|uri| {
            let text = |attribute: &Value, path: &str| at(attribute, path).and_then(Value::as_str).map(str::to_owned);
            let attribute = self.attributes(uri)?.iter().find(|attribute| {
                let is = |path: &str, default: &str, expected: &str| {
                    text(attribute, path).unwrap_or_else(|| default.into()) == expected
                };
                is("type", "string", "string")
                    && is("mutability", "readWrite", "readWrite")
                    && is("returned", "default", "default")
                    && at(attribute, "multiValued").is_none_or(|value| value == false)
                    && at(attribute, "canonicalValues[0]").is_none()
            })?;
            Some((uri.clone(), text(attribute, "name")?))
        })?;
        let mut body = self.user();
        let mut values = body.get(&uri).and_then(Value::as_object).cloned().unwrap_or_default();
        values.insert(name.clone(), json!(self.name()));
        if !body["schemas"].as_array().is_some_and(|schemas| schemas.iter().any(|schema| *schema == uri)) {
            body["schemas"].as_array_mut()?.push(json!(uri));
        }
        body[&uri] = Value::Object(values);
        Some((body, uri, name))
    }

    /// Every attribute that the endpoint publishes for a resource type, those of its extensions included.
    pub fn published<'d>(&'d self, kind: &'d ResourceType) -> Vec<PublishedAttribute<'d>> {
        let core = std::iter::once((None, kind.schema.as_str()));
        let extensions = kind.extensions.iter().map(|uri| (Some(uri.as_str()), uri.as_str()));
        let mut all = Vec::new();
        for (extension, uri) in core.chain(extensions) {
            for definition in self.attributes(uri).unwrap_or_default() {
                if let Some(name) = at(definition, "name").and_then(Value::as_str) {
                    all.push(PublishedAttribute { extension, name, definition });
                }
            }
        }
        all
    }

    /// Whether the schema `uri` has the attribute at `path`: a name, or a name and a sub-attribute with a dot between. Where
    /// the schema is not published, every attribute is assumed. The common attributes need not be published.
    pub fn publishes(&self, uri: &str, path: &str) -> bool {
        // A schema that no resource type names, though it is published, says nothing of resources (RFC 7643 section 6).
        if self.is_unlisted(uri) {
            return false;
        }
        let Some(attributes) = self.attributes(uri) else { return true };
        let (name, part) = path.split_once('.').map_or((path, None), |(name, part)| (name, Some(part)));
        if matches!(name, "id" | "externalId" | "meta" | "schemas") {
            return true;
        }
        attribute(attributes, name).is_some_and(|found| {
            part.is_none_or(|part| {
                at(found, "subAttributes")
                    .and_then(Value::as_array)
                    .is_some_and(|parts| attribute(parts, part).is_some())
            })
        })
    }

    /// The word of `characteristic` that the endpoint publishes for the attribute at `path`, or for what it belongs to, where it is
    /// neither the usual one nor that of RFC 7643: `readOnly` or `immutable`, returned on `request` or `never`.
    pub fn narrower(&self, uri: &str, path: &str, characteristic: &str) -> Option<&str> {
        let standard = crate::node::standard_schema(uri).map_or(&[][..], |schema| list(schema, "attributes"));
        let (mut own, mut known) = (self.attributes(uri)?, standard);
        for name in path.split('.') {
            let (found, usual) = (attribute(own, name)?, attribute(known, name));
            let published = word(found, characteristic);
            let is_usual = usual.is_some_and(|usual| word(usual, characteristic) == published);
            if !is_usual && !matches!(published, "readWrite" | "default" | "always") {
                return Some(published);
            }
            (own, known) = (list(found, "subAttributes"), usual.map_or(&[][..], |usual| list(usual, "subAttributes")));
        }
        None
    }

    /// Whether the endpoint publishes its resource types, and none of them has the schema.
    fn is_unlisted(&self, uri: &str) -> bool {
        let types = self.discovery.resource_types();
        types.iter().any(|kind| kind.provenance == Provenance::Published) && !self.discovery.is_named_by_a_type(uri)
    }

    /// The body of a group without members.
    pub fn group(&self) -> Value {
        let own = self.number().to_string();
        let mut body = self.fit("/Groups", GROUP, json!({"schemas": [GROUP], "displayName": self.named(&own)}));
        self.templates.apply(self.kind("/Groups"), &mut body, self.filling(&own));
        body
    }

    /// The body as the endpoint's resource type wants it: with the URI of its own schema, without what that does not have, and
    /// with what it requires (RFC 7643 sections 6 and 7).
    fn fit(&self, endpoint: &str, schema: &str, mut body: Value) -> Value {
        let schema = self.discovery.resource_type(endpoint).map_or(schema, |kind| kind.schema.as_str());
        let Some(members) = body.as_object_mut() else { return body };
        members.insert("schemas".into(), json!([schema]));
        if let Some(attributes) = self.attributes(schema) {
            members.retain(|name, value| {
                name == "schemas" || attribute(attributes, name).is_some_and(|own| keep_published(own, value))
            });
        }
        self.complete(endpoint, schema, members, &Value::Null);
        self.add_required_parts(members, self.attributes(schema).unwrap_or_default());
        body
    }

    /// A body with everything that the extensions and the complex attributes in it require: a check puts one attribute of an
    /// extension into a body, or one sub-attribute.
    pub fn with_required_parts<'b>(&self, endpoint: &str, body: &'b Value) -> Cow<'b, Value> {
        let Some(kind) = self.discovery.resource_type(endpoint) else { return Cow::Borrowed(body) };
        let mut whole = body.clone();
        if let Some(members) = whole.as_object_mut() {
            self.add_required_parts(members, self.attributes(&kind.schema).unwrap_or_default());
        }
        for uri in &kind.extensions {
            let Some(attributes) = self.attributes(uri) else { continue };
            if let Some(values) = whole.get_mut(uri).and_then(Value::as_object_mut)
                && !values.values().all(is_unassigned)
            {
                self.add_required(values, attributes, &Value::Null);
                self.add_required_parts(values, attributes);
            }
        }
        Cow::Owned(whole)
    }

    /// Adds what the resource type requires and the body does not have: from `sent`, or made up.
    fn complete(&self, endpoint: &str, schema: &str, members: &mut Map<String, Value>, sent: &Value) {
        self.add_required(members, self.attributes(schema).unwrap_or_default(), sent);
        let kind = self.discovery.resource_type(endpoint);
        for uri in kind.map_or(&[][..], |kind| kind.required_extensions.as_slice()) {
            let sent = at(sent, uri).unwrap_or(&Value::Null);
            let mut values = take_member(members, uri).and_then(|own| own.as_object().cloned()).unwrap_or_default();
            self.add_required(&mut values, self.attributes(uri).unwrap_or_default(), sent);
            if values.values().all(is_unassigned) {
                values.extend(sent.as_object().cloned().unwrap_or_default());
                values.extend(self.one_value(uri).filter(|_| sent.is_null()));
            }
            members.insert(uri.clone(), Value::Object(values));
            if let Some(schemas) = members.get_mut("schemas").and_then(Value::as_array_mut)
                && !schemas.iter().any(|known| known.as_str().is_some_and(|known| known.eq_ignore_ascii_case(uri)))
            {
                schemas.push(uri.as_str().into());
            }
        }
    }

    /// One value of an extension that requires none: an object without a value is none (RFC 7643 section 2.5).
    fn one_value(&self, uri: &str) -> Option<(String, Value)> {
        let attributes = self.attributes(uri)?;
        let own = attributes.iter().find(|own| word(own, "mutability") != "readOnly")?;
        Some((text(own, "name").to_owned(), self.whole_value(own)))
    }

    /// The published attributes of a schema; `None` if it is not published.
    pub fn attributes(&self, schema: &str) -> Option<&[Value]> {
        self.discovery
            .schema(schema)
            .and_then(|schema| at(schema, "attributes"))
            .and_then(Value::as_array)
            .map(Vec::as_slice)
    }

    /// An attribute of a schema as it is published.
    pub fn attribute(&self, schema: &str, name: &str) -> Option<&Value> {
        attribute(self.attributes(schema)?, name)
    }

    fn add_required(&self, members: &mut Map<String, Value>, attributes: &[Value], sent: &Value) {
        for attribute in attributes {
            let read_only = word(attribute, "mutability") == "readOnly";
            let Some(name) = at(attribute, "name").and_then(Value::as_str) else { continue };
            // These may be listed, though the endpoint assigns them (RFC 7643 section 3.1).
            let common = matches!(name, "id" | "meta" | "schemas");
            if flag(attribute, "required") && !read_only && !common && member(members, name).is_none_or(is_unassigned) {
                take_member(members, name);
                let value = at(sent, name).cloned().unwrap_or_else(|| self.whole_value(attribute));
                members.insert(name.into(), value);
            }
        }
    }

    /// Adds to each complex value that has any sub-attribute the ones that are required.
    fn add_required_parts(&self, members: &mut Map<String, Value>, attributes: &[Value]) {
        for own in attributes.iter().filter(|own| word(own, "type") == "complex") {
            let Some(value) = members.get_mut(text(own, "name")) else { continue };
            let items = match value {
                Value::Array(items) => items.iter_mut().collect(),
                one => vec![one],
            };
            for item in items.into_iter().filter_map(Value::as_object_mut) {
                if !item.values().all(is_unassigned) {
                    self.add_required(item, list(own, "subAttributes"), &Value::Null);
                }
            }
        }
    }

    /// The value by which the resource `id` of `endpoint` is a member of a group, with the sub-attributes that are published
    /// as required.
    pub fn member(&self, endpoint: &str, id: &str) -> Value {
        let kind = self.discovery.resource_type("/Groups");
        let schema = kind.map_or(GROUP, |kind| kind.schema.as_str());
        let mut value = Map::from_iter([("value".to_owned(), json!(id))]);
        if let Some(members) = self.attribute(schema, "members") {
            let parts = list(members, "subAttributes");
            let named = json!(self.discovery.resource_type(endpoint).map_or("User", |kind| kind.name.as_str()));
            let is_type = |part: &&Value| text(part, "name").eq_ignore_ascii_case("type") && flag(part, "required");
            if let Some(part) = parts.iter().find(is_type).filter(|part| {
                let canonical = canonical_values(part);
                canonical.is_empty() || canonical.contains(&named)
            }) {
                value.insert(text(part, "name").to_owned(), named);
            }
            self.add_required(&mut value, parts, &Value::Null);
        }
        Value::Object(value)
    }

    /// A value that fits an attribute, in a list where it takes several.
    fn whole_value(&self, attribute: &Value) -> Value {
        let value = self.value(attribute);
        if flag(attribute, "multiValued") { json!([value]) } else { value }
    }

    /// A value that fits an attribute's published characteristics.
    pub fn value(&self, attribute: &Value) -> Value {
        if let Some(canonical) = canonical_values(attribute).into_iter().next() {
            return canonical;
        }
        match at(attribute, "type").and_then(Value::as_str).unwrap_or("string") {
            "boolean" => json!(true),
            "integer" => json!(self.integer(attribute, 1)),
            "decimal" => json!(1.5),
            "dateTime" => json!("2020-02-29T12:00:00Z"),
            "binary" => json!("V2Vpcg=="),
            "reference" => json!("https://example.com/weir"),
            "complex" => {
                let mut members = Map::new();
                let parts = at(attribute, "subAttributes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                self.add_required(&mut members, parts, &Value::Null);
                let is_plain = |part: &&Value| {
                    word(part, "mutability") != "readOnly" && text(part, "name") != "primary" && !takes_no_value(part)
                };
                // An object without a value is none (RFC 7643 section 2.5).
                if members.is_empty()
                    && let Some(part) = parts.iter().find(is_plain)
                {
                    members.insert(text(part, "name").to_owned(), self.whole_value(part));
                }
                Value::Object(members)
            }
            // No part of a name that answers show, so that a password which comes back is seen (RFC 7643 section 4.1.1).
            _ if text(attribute, "name").eq_ignore_ascii_case("password") => json!(format!("Wq7!{}", self.name())),
            _ => json!(self.name()),
        }
    }
}

/// Takes out of a value the sub-attributes that are not published; says whether the rest fits the attribute.
fn keep_published(own: &Value, value: &mut Value) -> bool {
    let parts = list(own, "subAttributes");
    let each: Vec<&mut Value> = match &mut *value {
        Value::Array(items) => items.iter_mut().collect(),
        single => vec![single],
    };
    for members in each.into_iter().filter_map(Value::as_object_mut) {
        let is_taken = |own: &Value, part: &Value| fits(own, part) && is_canonical(own, part);
        members.retain(|name, part| attribute(parts, name).is_some_and(|own| is_taken(own, part)));
    }
    // An endpoint ignores what it publishes as readOnly (RFC 7643 section 7).
    fits(own, value) && is_canonical(own, value) && (word(own, "mutability") != "readOnly" || flag(own, "required"))
}

fn attribute<'v>(attributes: &'v [Value], name: &str) -> Option<&'v Value> {
    attributes.iter().find(|attribute| {
        at(attribute, "name").and_then(Value::as_str).is_some_and(|other| other.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_follows_from_the_seed() {
        assert_eq!(run_prefix(7), run_prefix(7));
        assert_ne!(run_prefix(7), run_prefix(8));
        assert_eq!(run_prefix(u64::MAX).len(), "weir-".len() + 6);
    }
}
