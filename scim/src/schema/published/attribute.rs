//! The definitions of attributes, member by member, so that a message names the attribute and not a line of the file.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::{FaultyPart, Members, PublishedDocuments, member, shown, shown_text};
use crate::error::json_kind;
use crate::noun::with_article;
use crate::schema::{Attribute, AttributeType, Mutability, Returned, SchemaError, Uniqueness};

impl PublishedDocuments {
    /// The attributes that can be taken; `levels` counts how deep they may nest, this level included.
    pub(super) fn attributes(
        &mut self,
        parent: &str,
        separator: char,
        definitions: &[Json],
        levels: usize,
    ) -> Result<Vec<Attribute>, SchemaError> {
        let mut attributes: Vec<Attribute> = Vec::with_capacity(definitions.len());
        let mut names = BTreeSet::new();
        for definition in definitions {
            let Some(attribute) = self.attribute(parent, separator, definition, levels)? else { continue };
            if !names.insert(attribute.name.to_ascii_lowercase()) {
                let place = format!("{parent}{separator}{}", attribute.name);
                self.refuse(place, "the name is defined twice; names are compared without case")?;
                continue;
            }
            attributes.push(attribute);
        }
        Ok(attributes)
    }

    fn attribute(
        &mut self,
        parent: &str,
        separator: char,
        definition: &Json,
        levels: usize,
    ) -> Result<Option<Attribute>, SchemaError> {
        let Json::Object(members) = definition else {
            let rule = format!("{} is not an attribute definition (an object)", shown(definition));
            return self.refuse(parent, rule).map(|()| None);
        };
        let Some(name) = member(members, "name").and_then(Json::as_str) else {
            return self.refuse(parent, "an attribute definition has no name (RFC 7643 section 7)").map(|()| None);
        };
        let place = format!("{parent}{separator}{name}");
        if !crate::schema::document::is_attribute_name(name) {
            let rule =
                "an attribute name is a letter followed by letters, digits, $, - or _ (or $ref for a sub-attribute)";
            return self.refuse(place, rule).map(|()| None);
        }
        let Some(attribute_type) = self.word::<AttributeType>(&place, "type", members)? else { return Ok(None) };
        let is_complex = attribute_type == AttributeType::Complex;
        if is_complex && levels == 1 {
            return self.refuse(place, "a sub-attribute cannot be complex (RFC 7643 section 2.3.8)").map(|()| None);
        }
        let parts = match member(members, "subAttributes") {
            None => &[][..],
            Some(Json::Array(parts)) => parts.as_slice(),
            Some(_) => {
                let rule = "subAttributes must be an array of attribute definitions";
                return self.refuse(place, rule).map(|()| None);
            }
        };
        let sub_attributes = if is_complex {
            let parts = self.attributes(&place, '.', parts, levels - 1)?;
            if parts.is_empty() {
                return self.refuse(place, "a complex attribute needs subAttributes").map(|()| None);
            }
            parts
        } else {
            if !parts.is_empty() {
                let sentence =
                    format!("it is {}, so that its subAttributes are left out", with_article(attribute_type.as_str()));
                self.note(&*place, sentence);
            }
            Vec::new()
        };
        let mut reference_types = self.texts(&place, "referenceTypes", members)?;
        if attribute_type == AttributeType::Reference && reference_types.is_empty() {
            self.note(&*place, "it is a reference without referenceTypes; it may refer to any URI");
            reference_types.push("uri".to_owned());
        }
        Ok(Some(Attribute {
            name: name.to_owned(),
            attribute_type,
            sub_attributes,
            multi_valued: self.flag(&place, "multiValued", member(members, "multiValued"))?,
            description: member(members, "description").and_then(Json::as_str).unwrap_or_default().to_owned(),
            required: self.flag(&place, "required", member(members, "required"))?,
            canonical_values: self.texts(&place, "canonicalValues", members)?,
            case_exact: self.flag(&place, "caseExact", member(members, "caseExact"))?,
            mutability: self.word(&place, "mutability", members)?.unwrap_or_default(),
            returned: self.word(&place, "returned", members)?.unwrap_or_default(),
            uniqueness: self.word(&place, "uniqueness", members)?.unwrap_or_default(),
            reference_types,
        }))
    }

    /// One of the words of a characteristic, in any letter case: `type` is not case-exact (RFC 7643 section 8.7.2), and the
    /// words of the others mean nothing else in other letters. `None` if it is none of them and the attribute is left out; the word
    /// of another characteristic is left out alone.
    fn word<W: Word>(&mut self, place: &str, name: &str, members: &Members) -> Result<Option<W>, SchemaError> {
        let Some(value) = member(members, name) else { return Ok(Some(W::default())) };
        let known = |word: &W| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(word.as_str()));
        let Some(word) = W::ALL.iter().find(|word| known(word)) else {
            let words: Vec<String> = W::ALL.iter().map(|word| format!("`{}`", word.as_str())).collect();
            let text = value.as_str().map_or_else(|| shown(value), shown_text);
            let words = format!("unknown variant `{text}`, expected one of {}", words.join(", "));
            // Without its type an attribute says nothing.
            if name != "type" && self.faulty_part == FaultyPart::LeftOut {
                let default = W::default();
                self.note(place, format!("{name} is left out: {words}; {} counts", default.as_str()));
                return Ok(Some(default));
            }
            return self.refuse(place, format!("{name}: {words}")).map(|()| None);
        };
        if value.as_str() != Some(word.as_str()) {
            self.note(place, format!("{name} {} is read as {}", shown(value), word.as_str()));
        }
        Ok(Some(*word))
    }

    /// A list of texts. A single text stands for a list of one, and numbers and booleans for their texts.
    fn texts(&mut self, place: &str, name: &str, members: &Map<String, Json>) -> Result<Vec<String>, SchemaError> {
        let values = match member(members, name) {
            None => return Ok(Vec::new()),
            Some(Json::Array(values)) => values.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        let mut texts: Vec<String> = Vec::with_capacity(values.len());
        for value in values {
            let text = match value {
                Json::String(text) => text.clone(),
                Json::Number(_) | Json::Bool(_) => value.to_string(),
                Json::Null => continue,
                other => {
                    self.refuse(place, format!("{name}: expected strings, got {}", json_kind(other)))?;
                    continue;
                }
            };
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        Ok(texts)
    }
}

/// A characteristic whose values are words.
trait Word: Copy + Default + 'static {
    const ALL: &'static [Self];
    fn as_str(&self) -> &'static str;
}

macro_rules! words {
    ($($word:ident: $($value:ident)*;)*) => {
        $(impl Word for $word {
            const ALL: &'static [Self] = &[$(Self::$value),*];

            fn as_str(&self) -> &'static str {
                Self::as_str(*self)
            }
        })*
    };
}

words! {
    AttributeType: String Boolean Decimal Integer DateTime Binary Reference Complex;
    Mutability: ReadOnly ReadWrite Immutable WriteOnly;
    Returned: Always Never Default Request;
    Uniqueness: None Server Global;
}
