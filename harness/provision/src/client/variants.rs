//! Details: what a client does on the wire, how sure that is, and what else it might do. A file of chosen variants replaces
//! our defaults by what is known of one installation.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::Description;

/// One thing that the client does on the wire, and where the knowledge comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    pub id: String,
    pub says: String,
    pub standing: Confidence,
    /// Tags of the vendor's documents.
    pub source: String,
    /// What else it could be; the first is the default.
    #[serde(default)]
    pub variants: Vec<Variant>,
}

/// One way in which a detail may be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    pub id: String,
    /// In words, as the end of "here it is".
    pub says: String,
    /// What it changes in the description, by dotted place.
    pub set: BTreeMap<String, Value>,
    /// The capability without which an endpoint has to refuse it.
    pub needs: Option<String>,
    /// What is known to go wrong with it, whatever the endpoint.
    pub known: Option<String>,
}

/// How sure a detail is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Confidence {
    /// The vendor's documentation states it.
    #[serde(rename = "S")]
    Stated,
    /// It follows from what is stated, without being said.
    #[serde(rename = "I")]
    Inferred,
    /// Nobody says; our default can be changed.
    #[serde(rename = "N")]
    Unknown,
}

impl Confidence {
    /// The letter used in tables.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Stated => "S",
            Self::Inferred => "I",
            Self::Unknown => "N",
        }
    }

    /// The word used in prose.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Inferred => "inferred",
            Self::Unknown => "unknown",
        }
    }
}

impl Detail {
    /// Every place that one of its variants changes.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().flat_map(|variant| variant.set.keys().map(String::as_str))
    }
}

/// Why a file of variants cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct VariantFileError {
    file: String,
    problem: String,
}

/// What a file of variants holds: the client, and by detail the id of the variant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VariantFile {
    client: String,
    #[serde(default)]
    details: BTreeMap<String, String>,
}

impl Description {
    /// The description with these variants, as (detail, variant).
    ///
    /// # Errors
    /// A detail or variant that there is not, as a sentence.
    pub fn with_variants<'a>(&self, chosen: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut values = Vec::new();
        for (id, wanted) in chosen {
            let detail = self.details.iter().find(|detail| detail.id == id && !detail.variants.is_empty());
            let detail = detail.ok_or_else(|| {
                let known: Vec<&str> = self.with_choice().map(|detail| detail.id.as_str()).collect();
                format!("{id} is no detail of {} with variants; those are {}", self.id, known.join(", "))
            })?;
            let variant = detail.variants.iter().find(|variant| variant.id == wanted).ok_or_else(|| {
                let known: Vec<&str> = detail.variants.iter().map(|variant| variant.id.as_str()).collect();
                format!("{wanted:?} is no variant of {id}; use one of {}", known.join(", "))
            })?;
            values.extend(variant.set.iter().map(|(place, value)| (place.clone(), value.clone())));
        }
        self.with(&values)
    }

    /// The details that can be otherwise.
    pub fn with_choice(&self) -> impl Iterator<Item = &Detail> {
        self.details.iter().filter(|detail| !detail.variants.is_empty())
    }

    /// The description with the variants of a file (TOML: `client`, and `[details]` with a variant for each).
    ///
    /// # Errors
    /// A file that cannot be read, is about another client, or names what there is not.
    pub fn with_variant_file(&self, path: &Path) -> Result<Self, VariantFileError> {
        let fault = |problem: String| VariantFileError { file: path.display().to_string(), problem };
        let text = std::fs::read_to_string(path).map_err(|error| fault(format!("cannot be read: {error}")))?;
        let read: VariantFile = toml::from_str(&text).map_err(|error| fault(error.message().to_owned()))?;
        if read.client != self.id {
            return Err(fault(format!("it holds variants of {}, not of {}", read.client, self.id)));
        }
        let chosen = read.details.iter().map(|(detail, variant)| (detail.as_str(), variant.as_str()));
        self.with_variants(chosen).map_err(fault)
    }
}

/// A file of variants; `chosen` is (detail, variant, remark).
#[must_use]
pub fn file_text(client: &str, head: &str, chosen: &[(String, String, String)]) -> String {
    let head = head.lines().map(|line| format!("# {line}"));
    let details = chosen.iter().flat_map(|(detail, variant, remark)| {
        [format!("# {remark}"), format!("{} = {}", Value::from(detail.as_str()), Value::from(variant.as_str()))]
    });
    let client = [format!("client = {}", Value::from(client)), String::new(), "[details]".to_owned()];
    let lines: Vec<String> = head.chain(client).chain(details).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use crate::client::find;

    #[test]
    fn what_there_is_not_is_told_with_what_there_is() {
        let description = find("pingfederate-aquera").unwrap();
        let error = description.with_variants([("retry", "never")]).unwrap_err();
        assert!(error.starts_with("retry is no detail of pingfederate-aquera with variants; those are "), "{error}");
        let error = description.with_variants([("update-user.put", "never")]).unwrap_err();
        assert_eq!(error, "\"never\" is no variant of update-user.put; use one of read-merge, mapped-only");
    }
}
