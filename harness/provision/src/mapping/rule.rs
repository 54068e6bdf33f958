//! One line of a mapping: which source attributes fill a target field, and what happens to the value on the way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Number, Value};

use super::field::{Field, FieldKind};
use crate::entry::{Dn, Entry, Flaw};

/// The options that the console offers for one field (`saasFieldInfo` in a connection's JSON).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRule {
    pub field: Field,
    /// The first of these with a value is taken.
    pub attribute_names: Vec<String>,
    /// Taken when no attribute has a value.
    pub default_value: Option<String>,
    /// Sent when the user is created, never afterwards.
    pub create_only: bool,
    pub trim: bool,
    pub character_case: CharacterCase,
    pub parser: ValueParser,
    /// The value is shown nowhere.
    pub masked: bool,
}

/// Longer values make the provisioner skip the whole entry, with a warning; it stopped in older releases (PF-36035).
pub const LONGEST: usize = 255;

/// `characterCase`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CharacterCase {
    #[default]
    None,
    Lower,
    Upper,
}

/// `parser`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValueParser {
    #[default]
    None,
    ExtractCnFromDn,
    ExtractUsernameFromEmail,
}

/// Why an entry gives no value to a field. Field and entry are named by the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueProblem {
    #[error("a value is required, but the entry has none in {0}")]
    Required(String),
    #[error("the value of {0} is not UTF-8 text")]
    NotText(String),
    #[error("{0:?} is not a distinguished name with a cn, which EXTRACT_CN_FROM_DN needs")]
    NoCn(String),
    #[error("{0:?} is not a mail address, which EXTRACT_USERNAME_FROM_EMAIL needs")]
    NoAddress(String),
    #[error("{0:?} is neither true nor false")]
    NotBoolean(String),
    #[error("{0:?} is not a date with time; write 2026-01-31T08:00:00Z or 20260131080000Z")]
    NotDateTime(String),
    #[error(
        "the value has {0} characters, and the provisioner skips an entry with more than {LONGEST} characters in one"
    )]
    TooLong(usize),
    #[error("{0:?} is not a number")]
    NotNumber(String),
    #[error("the value of {0} is not there: {1}")]
    NotThere(String, Flaw),
}

impl FieldRule {
    /// A rule that copies the first value of one of `attribute_names`.
    #[must_use]
    pub fn copy(field: Field, attribute_names: &[&str]) -> Self {
        Self {
            field,
            attribute_names: attribute_names.iter().map(|&name| name.to_owned()).collect(),
            default_value: None,
            create_only: false,
            trim: false,
            character_case: CharacterCase::None,
            parser: ValueParser::None,
            masked: false,
        }
    }

    /// The JSON value for the field: a scalar, or an array where the field takes several; nothing if there is none.
    ///
    /// # Errors
    /// A value that cannot become what the field needs.
    pub fn value(&self, entry: &Entry) -> Result<Option<Value>, ValueProblem> {
        for attribute in &self.attribute_names {
            let mut found = Vec::new();
            // A part of the values does for a field that takes one.
            if let Some(flaw) = entry.flaw(attribute)
                && (flaw == Flaw::ByUrl || self.field.is_multi_valued())
            {
                return Err(ValueProblem::NotThere(attribute.clone(), flaw));
            }
            for raw in entry.values(attribute) {
                if let Some(value) = self.convert(attribute, raw)? {
                    found.push(value);
                    if !self.field.is_multi_valued() {
                        break;
                    }
                }
            }
            if !found.is_empty() {
                return Ok(Some(self.shape(found)));
            }
        }
        match &self.default_value {
            Some(default) if !default.is_empty() => Ok(Some(self.shape(vec![self.typed(default)?]))),
            _ => Ok(None),
        }
    }

    fn shape(&self, mut values: Vec<Value>) -> Value {
        if self.field.is_multi_valued() { Value::Array(values) } else { values.swap_remove(0) }
    }

    fn convert(&self, attribute: &str, raw: &[u8]) -> Result<Option<Value>, ValueProblem> {
        if self.field.kind == FieldKind::Binary {
            return Ok((!raw.is_empty()).then(|| Value::String(STANDARD.encode(raw))));
        }
        let text = std::str::from_utf8(raw).map_err(|_| ValueProblem::NotText(attribute.to_owned()))?;
        let parsed = match self.parser {
            ValueParser::None => text.to_owned(),
            ValueParser::ExtractCnFromDn => common_name(text)?,
            ValueParser::ExtractUsernameFromEmail => user_part(text)?,
        };
        let trimmed = if self.trim { parsed.trim() } else { parsed.as_str() };
        if trimmed.is_empty() {
            return Ok(None);
        }
        let cased = match self.character_case {
            CharacterCase::None => trimmed.to_owned(),
            CharacterCase::Lower => trimmed.to_lowercase(),
            CharacterCase::Upper => trimmed.to_uppercase(),
        };
        self.typed(&cased).map(Some)
    }

    fn typed(&self, text: &str) -> Result<Value, ValueProblem> {
        match self.field.kind {
            FieldKind::Text => match text.chars().count() {
                0..=LONGEST => Ok(Value::String(text.to_owned())),
                count => Err(ValueProblem::TooLong(count)),
            },
            FieldKind::Binary => Ok(Value::String(text.to_owned())),
            FieldKind::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(ValueProblem::NotBoolean(text.to_owned())),
            },
            FieldKind::DateTime => date_time(text).map(Value::String),
            FieldKind::Integer => {
                text.parse::<i64>().map(Value::from).map_err(|_| ValueProblem::NotNumber(text.to_owned()))
            }
            FieldKind::Decimal => text
                .parse::<f64>()
                .ok()
                .and_then(Number::from_f64)
                .map(Value::Number)
                .ok_or_else(|| ValueProblem::NotNumber(text.to_owned())),
        }
    }
}

fn common_name(text: &str) -> Result<String, ValueProblem> {
    let dn = Dn::parse(text).map_err(|_| ValueProblem::NoCn(text.to_owned()))?;
    dn.first_value("cn").map(str::to_owned).ok_or_else(|| ValueProblem::NoCn(text.to_owned()))
}

fn user_part(text: &str) -> Result<String, ValueProblem> {
    match text.rsplit_once('@') {
        Some((user, domain)) if !user.is_empty() && !domain.is_empty() => Ok(user.to_owned()),
        _ => Err(ValueProblem::NoAddress(text.to_owned())),
    }
}

/// RFC 3339, or the generalized time of directories (RFC 4517 section 3.3.13), as an xsd:dateTime.
fn date_time(text: &str) -> Result<String, ValueProblem> {
    if text.parse::<jiff::Timestamp>().is_ok() {
        return Ok(text.to_owned());
    }
    let bad = || ValueProblem::NotDateTime(text.to_owned());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, zone) = text.split_at(digits);
    // Fractions of a second say nothing that a provisioner needs.
    let zone = zone.strip_prefix(['.', ',']).map_or(zone, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    if digits != 14 || zone != "Z" {
        return Err(bad());
    }
    let part = |from: usize, to: usize| &number[from..to];
    let written =
        format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14));
    if written.parse::<jiff::Timestamp>().is_ok() { Ok(written) } else { Err(bad()) }
}
