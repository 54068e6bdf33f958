//! The attributes that an endpoint publishes, one by one as a filter names them, with values to try each by.

use scim::schema::standard;
use serde_json::{Value, json};
use weir_exchange::difference::{at, member};

use crate::data::{USER, takes_no_value};
use crate::definition;
use crate::discovery::Discovery;

/// The types of RFC 7643 section 2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    String,
    Boolean,
    Integer,
    Decimal,
    DateTime,
    Reference,
    Binary,
    Complex,
}

impl Type {
    fn read(attribute: &Value) -> Self {
        match at(attribute, "type").and_then(Value::as_str).unwrap_or("string") {
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "decimal" => Self::Decimal,
            "dateTime" => Self::DateTime,
            "reference" => Self::Reference,
            "binary" => Self::Binary,
            "complex" => Self::Complex,
            _ => Self::String,
        }
    }
}

/// An attribute or sub-attribute of users that a client may set and read.
#[derive(Clone, Debug)]
pub struct FilterAttribute {
    /// As a filter names it.
    pub path: String,
    /// The members that lead to it, from the resource down.
    members: Vec<String>,
    /// Of which of `members` there may be several.
    several: Vec<bool>,
    pub kind: Type,
    pub case_exact: bool,
    /// No user is without it.
    pub required: bool,
    canonical: Vec<Value>,
}

impl FilterAttribute {
    /// Every attribute of users, as [`Self::of`].
    pub fn of_users(discovery: &Discovery) -> Vec<Self> {
        Self::of(discovery, "/Users", USER)
    }

    /// Every attribute of the resources at `endpoint`, whose own schema is `schema`: those of extensions included, in the order of
    /// the schemas, but no references to other resources. An endpoint that publishes none is taken to have those of RFC 7643.
    pub fn of(discovery: &Discovery, endpoint: &str, schema: &str) -> Vec<Self> {
        let mut all = Vec::new();
        let assumed = |(_, text): &(&str, &str)| serde_json::from_str(text).ok();
        let assumed = standard::DOCUMENTS.iter().filter_map(assumed).find(|own: &Value| own["id"] == schema);
        collect(discovery.schema(schema).unwrap_or(&assumed.unwrap_or_default()), None, &mut all);
        for uri in discovery.resource_type(endpoint).map_or(&[][..], |kind| &kind.extensions) {
            if let Some(schema) = discovery.schema(uri) {
                let before = all.len();
                collect(schema, Some(uri), &mut all);
                // It may be the only value of an extension that has to have one (RFC 7643 section 6).
                let is_required = discovery.requires_extension(endpoint, uri);
                all[before..].iter_mut().for_each(|own: &mut Self| own.required |= is_required);
            }
        }
        // A common attribute, which no schema needs to list (RFC 7643 section 3.1).
        if !all.iter().any(|own| own.path == "externalId") {
            let common = json!({"name": "externalId", "caseExact": true});
            all.extend(Self::new(&common, None, None));
        }
        all
    }

    /// One attribute for each type, case rule and number of values, apart from certificates, whose content an endpoint may
    /// look at.
    pub fn one_of_each_kind(discovery: &Discovery, endpoint: &str, schema: &str) -> Vec<Self> {
        let mut chosen: Vec<Self> = Vec::new();
        let all = Self::of(discovery, endpoint, schema);
        let plain = |is_part: bool| all.iter().filter(move |own| own.is_plain() && own.is_part() == is_part);
        for own in plain(false).chain(plain(true)).chain(&all).filter(|own| !own.path.contains("x509Certificates")) {
            let same = |other: &Self| {
                (own.kind, own.is_multi_valued()) == (other.kind, other.is_multi_valued())
                    && (own.kind != Type::String || own.case_exact == other.case_exact)
            };
            if !chosen.iter().any(same) {
                chosen.push(own.clone());
            }
        }
        chosen
    }

    fn new(attribute: &Value, uri: Option<&str>, parent: Option<&Value>) -> Option<Self> {
        let text = |attribute: &Value, path: &str| at(attribute, path).and_then(Value::as_str).map(str::to_owned);
        let flag = |attribute: &Value, path: &str| at(attribute, path).and_then(Value::as_bool).unwrap_or(false);
        for own in [Some(attribute), parent].into_iter().flatten() {
            let mutability = text(own, "mutability");
            let returned = text(own, "returned");
            if mutability.is_some_and(|word| word != "readWrite" && word != "immutable")
                || returned.is_some_and(|word| word != "default" && word != "always")
            {
                return None;
            }
        }
        let mut members: Vec<String> = uri.map(str::to_owned).into_iter().collect();
        let mut several: Vec<bool> = uri.map(|_| false).into_iter().collect();
        for own in [parent, Some(attribute)].into_iter().flatten() {
            members.push(text(own, "name")?);
            several.push(flag(own, "multiValued"));
        }
        let names = members[usize::from(uri.is_some())..].join(".");
        Some(Self {
            path: uri.map_or_else(|| names.clone(), |uri| format!("{uri}:{names}")),
            members,
            several,
            kind: Type::read(attribute),
            case_exact: flag(attribute, "caseExact"),
            required: flag(parent.unwrap_or(attribute), "required"),
            canonical: crate::definition::canonical_values(attribute),
        })
    }

    /// Whether its values may be any text, so that one of the run's own is nobody else's.
    pub fn takes_any_text(&self) -> bool {
        self.kind == Type::String && self.canonical.is_empty()
    }

    /// The member of the resource under which it is found.
    pub fn top(&self) -> &str {
        self.members.first().map_or("", String::as_str)
    }

    /// Whether it is a part of a complex attribute.
    pub fn is_part(&self) -> bool {
        let names = self.members.iter().filter(|name| !name.starts_with("urn:"));
        names.count() > 1
    }

    pub fn is_multi_valued(&self) -> bool {
        self.several.contains(&true)
    }

    /// Whether any text would do for a string.
    fn is_plain(&self) -> bool {
        self.canonical.is_empty() && self.special(0).is_none()
    }

    /// Values that stay within a rule which no schema can publish.
    fn special(&self, step: usize) -> Option<String> {
        let pick = |pair: [&str; 2]| Some(pair[step % 2].to_owned());
        match self.path.as_str() {
            "userName" => Some(String::new()),
            "preferredLanguage" => pick(["de", "fr"]),
            "locale" => pick(["de-DE", "fr-FR"]),
            "timezone" => pick(["America/Denver", "Europe/Paris"]),
            "addresses.country" => pick(["DE", "FR"]),
            "phoneNumbers.value" => pick(["tel:+1-201-555-0123", "tel:+1-201-555-0199"]),
            _ => None,
        }
    }

    /// A value: that of step 1 is greater than that of step 0, and of numbers not as text; a text of step 2 holds that of step
    /// 0, apart from its first letter, and neither begins nor ends with it.
    pub fn sample(&self, step: usize, prefix: &str) -> Value {
        let letter = if step == 1 { "m" } else { "b" };
        if let Some(value) = self.canonical.get(step % self.canonical.len().max(1)) {
            return value.clone();
        }
        if let Some(special) = self.special(step) {
            return special.into();
        }
        let low = step != 1;
        match self.kind {
            Type::String if step == 2 => {
                let text = self.sample(0, prefix).as_str().unwrap_or_default().to_owned();
                json!(format!("a{text}.example.org"))
            }
            Type::String if self.path == "emails.value" => json!(format!("{prefix}-{letter}q@example.com")),
            Type::String | Type::Complex => json!(format!("{prefix}-{letter}q")),
            Type::Boolean => json!(!low),
            Type::Integer => json!(if low { 9 } else { 10 }),
            Type::Decimal => json!(if low { 9.5 } else { 10.25 }),
            Type::DateTime => json!(if low { "2020-02-29T10:00:00Z" } else { "2020-02-29T11:00:00Z" }),
            Type::Reference => json!(format!("https://example.com/{prefix}/{letter}q")),
            Type::Binary => json!(if low { "V2Vpcg==" } else { "d2VpcjI=" }),
        }
    }

    /// Puts a value into the body of a user, beside what is there.
    pub fn set(&self, body: &mut Value, value: Value) {
        let mut place = body;
        for (name, several) in self.members.iter().zip(&self.several) {
            let is_last = std::ptr::eq(name, self.members.last().unwrap_or(name));
            if !place.is_object() {
                *place = json!({});
            }
            let slot = &mut place[name.as_str()];
            if *several {
                if !slot.is_array() {
                    *slot = json!([null]);
                }
                place = &mut slot[0];
            } else {
                place = slot;
            }
            if is_last {
                *place = value;
                return;
            }
        }
    }

    /// The values that a representation shows; null is none.
    pub fn values<'v>(&self, resource: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![resource];
        for name in &self.members {
            found = found
                .into_iter()
                .filter_map(|value| member(value.as_object()?, name))
                .flat_map(|value| value.as_array().map_or_else(|| vec![value], |several| several.iter().collect()))
                .filter(|value| !value.is_null())
                .collect();
        }
        found
    }
}

fn collect(schema: &Value, uri: Option<&str>, all: &mut Vec<FilterAttribute>) {
    let list = |value: &'_ Value, path: &str| at(value, path).and_then(Value::as_array).cloned().unwrap_or_default();
    for attribute in list(schema, "attributes") {
        let name = at(&attribute, "name").and_then(Value::as_str).unwrap_or_default();
        // Members refer to resources that exist; no value can be made up for them.
        let is_of_group = at(schema, "id").and_then(Value::as_str).is_some_and(|id| id == crate::data::GROUP);
        let refers = list(&attribute, "subAttributes").iter().any(|part| at(part, "name") == Some(&json!("$ref")))
            || (name == "members" && is_of_group);
        let is_manager = name == "manager";
        // Two resources cannot share a value that is unique, and of texts alone there are as many as there are resources.
        let is_unique =
            definition::word(&attribute, "uniqueness") != "none" && definition::word(&attribute, "type") != "string";
        if matches!(name, "id" | "meta" | "schemas") || (refers && !is_manager) || is_unique {
            continue;
        }
        all.extend(FilterAttribute::new(&attribute, uri, None));
        let parts = list(&attribute, "subAttributes");
        for sub in &parts {
            // A value that needs another beside it cannot be set alone.
            // A reference leads to a resource that exists, and may be the endpoint's own.
            if takes_no_value(sub) || at(sub, "name") == Some(&json!("$ref")) {
                continue;
            }
            let is_other =
                |other: &Value| at(other, "name") != at(sub, "name") && at(other, "required") == Some(&json!(true));
            if parts.iter().any(is_other) {
                continue;
            }
            all.extend(FilterAttribute::new(sub, uri, Some(&attribute)));
        }
    }
}
