//! The mapping of an exported connection. An export lists every field of the connector, whether something fills it or not,
//! and the fields of a custom schema by their own names.

use std::borrow::Cow;

use serde_json::Value;
use weir_files::fault::FileFault;

use super::field::{Field, FieldKind, Place};
use super::file::{MappingReader, collected, field_name};
use super::rule::FieldRule;
use super::{AccountStatus, Mapping, field};

/// The parts of a channel that its mapping is read from.
#[derive(Clone, Debug)]
pub struct MappingExport<'a> {
    /// `attributeMapping`, without members that say nothing.
    pub rules: &'a Value,
    /// `accountManagementSettings`
    pub status: &'a Value,
    /// How the source shows that an account is enabled, unless the export says so.
    pub default_status: AccountStatus,
    /// `customSchema` of the connection
    pub custom_schema: &'a Value,
    /// Fields with an expression are mapped from their attributes alone.
    pub ignores_expressions: bool,
}

/// The mapping of an export, with warnings for its owner.
#[derive(Clone, Debug)]
pub struct ExportedMapping {
    pub mapping: Mapping,
    pub warnings: Vec<String>,
}

impl MappingExport<'_> {
    /// Reads the mapping; `file` stands for the file in warnings.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn read(&self, file: &str) -> Result<ExportedMapping, FileFault> {
        let mut reader = MappingReader::default();
        let rules = self.rules.as_array().map_or(&[][..], Vec::as_slice);
        let rules = collected(rules, |rule, place| self.rule(&mut reader, rule, place))?;
        let status = if self.status.is_null() { self.default_status.clone() } else { reader.status(self.status)? };
        let warnings = reader.warnings.iter().map(|text| format!("{file}: {text}")).collect();
        Ok(ExportedMapping { mapping: Mapping::new(rules, status), warnings })
    }

    /// A rule; nothing if nothing fills its field.
    fn rule(&self, reader: &mut MappingReader, rule: &Value, place: &str) -> Result<Option<FieldRule>, FileFault> {
        let info = &rule["saasFieldInfo"];
        let has = |key: &str| !info[key].is_null();
        if !["attributeNames", "defaultValue", "expression"].into_iter().any(has) {
            return Ok(None);
        }
        let name = field_name(rule, place)?;
        let mut rule = rule.clone();
        if has("expression") {
            let place = format!("{place} ({name}).expression");
            if !self.ignores_expressions {
                return Err(FileFault::new(place, "expressions (OGNL) are not evaluated")
                    .with_remedy("map the field from attributeNames alone, which --ignore-expressions does"));
            }
            if let Some(info) = rule["saasFieldInfo"].as_object_mut() {
                info.remove("expression");
            }
            if !has("attributeNames") && !has("defaultValue") {
                reader.warnings.push(format!("{place}: the expression alone fills the field, which is not mapped now"));
                return Ok(None);
            }
        }
        let Some(field) = self.field(&name, place)? else {
            return Err(FileFault::unknown(format!("{place}.fieldName"), &field::unknown(&name)));
        };
        reader.rule_of(field, &rule, place).map(Some)
    }

    /// A field of the connector, or an attribute of the connection's custom schema.
    fn field(&self, name: &str, place: &str) -> Result<Option<Field>, FileFault> {
        if let Some(field) = field::find(name) {
            return Ok(Some(field));
        }
        let namespace = self.custom_schema["namespace"].as_str().unwrap_or_default();
        let attributes = self.custom_schema["attributes"].as_array().into_iter().flatten();
        let Some(attribute) =
            attributes.into_iter().find(|one| one["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)))
        else {
            return Ok(None);
        };
        let is_complex = ["subAttributes", "types"]
            .into_iter()
            .any(|key| attribute[key].as_array().is_some_and(|parts| !parts.is_empty()));
        if namespace.is_empty() || is_complex {
            let problem =
                format!("{name} is an attribute of the custom schema with parts of its own, or without a namespace");
            return Err(FileFault::new(format!("{place}.fieldName"), problem)
                .with_remedy("only simple attributes of a custom schema can be sent"));
        }
        let attribute_place = Place::Extension {
            urn: Cow::Owned(namespace.to_owned()),
            attribute: Cow::Owned(name.to_owned()),
            multi_valued: attribute["multiValued"] == true,
        };
        let full = format!("{namespace}:{name}");
        Ok(Some(Field { name: Cow::Owned(full), place: attribute_place, kind: FieldKind::Text }))
    }
}
