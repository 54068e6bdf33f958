//! Comparison of text: the matching rules of attribute values, and the preparation of user names and passwords.
//!
//! `userName` is compared by the PRECIS profile `UsernameCaseMapped` and `password` by `OpaqueString` (RFC 7644
//! section 5, RFC 8265); every other string whose `caseExact` is false by full default case folding. The two differ on
//! `ß`, fullwidth letters and combining marks, so a key made by one rule must never meet a key made by the other.
//!
//! A comparison has a value as stored and a *key*: the other side, mapped once by [`MatchingRule::key`]. Values of ASCII
//! text, nearly all in practice, are compared without allocation.

use std::borrow::Cow;
use std::cmp::Ordering;

use caseless::Caseless;
use precis_core::profile::{PrecisFastInvocation, Rules};
use precis_profiles::{OpaqueString, UsernameCaseMapped};

/// How the values of a string attribute are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchingRule {
    /// By code points, for a caseExact attribute.
    Exact,
    /// By full default case folding.
    Folded,
    /// By the mappings of `UsernameCaseMapped`: width, lower case, composition.
    Username,
}

impl MatchingRule {
    /// The form of `text` that is equal for equal values. Total: validity is a matter for [`username_key`].
    #[must_use]
    pub fn key(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Exact => Cow::Borrowed(text),
            Self::Folded => fold(text),
            Self::Username => map_username(text),
        }
    }

    /// Whether `text` equals the value that `key` was made from.
    #[must_use]
    pub fn equal(self, text: &str, key: &str) -> bool {
        match self {
            Self::Exact => text == key,
            _ if text.is_ascii() => lower_case_equal(text.as_bytes(), key.as_bytes()),
            Self::Folded => text.chars().default_case_fold().eq(key.chars()),
            Self::Username => map_username(text) == key,
        }
    }

    /// Whether `key` occurs in `text`.
    #[must_use]
    pub fn contains(self, text: &str, key: &str) -> bool {
        match self {
            Self::Exact => text.contains(key),
            _ if text.is_ascii() => lower_case_contains(text.as_bytes(), key.as_bytes()),
            _ => self.key(text).contains(key),
        }
    }

    /// Whether `text` begins with `key`.
    #[must_use]
    pub fn starts_with(self, text: &str, key: &str) -> bool {
        match self {
            Self::Exact => text.starts_with(key),
            _ if text.is_ascii() => {
                text.as_bytes().get(..key.len()).is_some_and(|start| lower_case_equal(start, key.as_bytes()))
            }
            _ => self.key(text).starts_with(key),
        }
    }

    /// Whether `text` ends with `key`.
    #[must_use]
    pub fn ends_with(self, text: &str, key: &str) -> bool {
        match self {
            Self::Exact => text.ends_with(key),
            _ if text.is_ascii() => {
                let start = text.len().checked_sub(key.len());
                start.is_some_and(|start| lower_case_equal(&text.as_bytes()[start..], key.as_bytes()))
            }
            _ => self.key(text).ends_with(key),
        }
    }

    /// The order of `text` against `key`, by code points of the mapped form.
    #[must_use]
    pub fn compare(self, text: &str, key: &str) -> Ordering {
        match self {
            Self::Exact => text.cmp(key),
            _ if text.is_ascii() => text.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(key.bytes()),
            Self::Folded => text.chars().default_case_fold().cmp(key.chars()),
            Self::Username => map_username(text).as_ref().cmp(key),
        }
    }
}

/// `text` in ASCII, of any case; `key` in lower case, so that one with other characters never matches.
fn lower_case_equal(text: &[u8], key: &[u8]) -> bool {
    text.len() == key.len() && text.iter().zip(key).all(|(byte, wanted)| byte.to_ascii_lowercase() == *wanted)
}

fn lower_case_contains(text: &[u8], key: &[u8]) -> bool {
    let Some((&first, others)) = key.split_first() else { return true };
    let Some(last_start) = text.len().checked_sub(key.len()) else { return false };
    text[..=last_start]
        .iter()
        .enumerate()
        .any(|(at, byte)| byte.to_ascii_lowercase() == first && lower_case_equal(&text[at + 1..at + key.len()], others))
}

/// Full default case folding (Unicode section 3.13), for comparison only.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { lower_ascii(text) } else { Cow::Owned(text.chars().default_case_fold().collect()) }
}

fn lower_ascii(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// The mappings of `UsernameCaseMapped` without its checks, so that a fragment of a user name (`userName sw "Ł"`) has a
/// key too. It agrees with [`username_key`] wherever that one succeeds.
fn map_username(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return lower_ascii(text);
    }
    let profile = UsernameCaseMapped::new();
    profile
        .width_mapping_rule(text)
        .and_then(|wide| profile.case_mapping_rule(wide))
        .and_then(|lower| profile.normalization_rule(lower))
        // The rules map any text; the profile's error type is there for others that do not.
        .unwrap_or(Cow::Borrowed(text))
}

/// Text that a PRECIS profile refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreparationError {
    /// Nothing to prepare, or nothing left of it.
    #[error("it is empty")]
    Empty,
    /// A user name is words with blanks between them.
    #[error("it begins or ends with a blank")]
    OuterBlank,
    /// Counted in characters from 0.
    #[error("character U+{code_point:04X} at position {position} is not allowed")]
    Character { code_point: u32, position: usize },
    /// As [`Self::Character`], in a password, of which nothing may be shown.
    #[error("the character at position {position} is not allowed")]
    SecretCharacter { position: usize },
    /// RFC 5893 section 2.
    #[error("its mixture of left-to-right and right-to-left characters is not allowed")]
    Direction,
}

impl PreparationError {
    fn new(error: &precis_core::Error, text: &str, characters_before: usize) -> Self {
        match error {
            precis_core::Error::BadCodepoint(info) => {
                Self::Character { code_point: info.cp, position: characters_before + info.position }
            }
            _ if text.is_empty() => Self::Empty,
            _ => Self::Direction,
        }
    }
}

/// The form of a user name that is equal for equal names: the profile `UsernameCaseMapped` (RFC 8265 section 3.3)
/// enforced on each of the words between blanks (section 3.1). Blanks are kept as they are.
///
/// # Errors
/// Not a user name by the profile.
pub fn username_key(text: &str) -> Result<Cow<'_, str>, PreparationError> {
    if text.is_empty() {
        return Err(PreparationError::Empty);
    }
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err(PreparationError::OuterBlank);
    }
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(lower_ascii(text));
    }
    let mut key = String::with_capacity(text.len());
    let mut characters_before = 0;
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            key.push(' ');
        }
        // Several blanks in a row leave empty words between them.
        if !word.is_empty() {
            let enforced = UsernameCaseMapped::enforce(word)
                .map_err(|error| PreparationError::new(&error, word, characters_before))?;
            key.push_str(&enforced);
        }
        characters_before += word.chars().count() + 1;
    }
    Ok(Cow::Owned(key))
}

/// The form of a password that is hashed and compared: the profile `OpaqueString` (RFC 8265 section 4.2).
///
/// # Errors
/// Not a password by the profile: empty, or with a control character. The error never holds the text.
pub fn password_key(text: &str) -> Result<Cow<'_, str>, PreparationError> {
    if !text.is_empty() && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(Cow::Borrowed(text));
    }
    OpaqueString::enforce(text).map_err(|error| match PreparationError::new(&error, text, 0) {
        // Which character it was is part of a secret.
        PreparationError::Character { position, .. } => PreparationError::SecretCharacter { position },
        other => other,
    })
}

#[cfg(test)]
mod tests;
