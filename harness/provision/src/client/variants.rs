//! Details: what a client does on the wire, how sure that is, and what else it might do. A file of chosen variants replaces
//! our defaults by what is known of one installation.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::name::UnknownName;

use super::{Description, DescriptionError};

/// One thing that the client does on the wire, and where the knowledge comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    pub id: String,
    pub says: String,
    pub standing: Confidence,
    /// Tags of the vendor's documents.
    pub source: String,
    /// The alternatives; the first is the default.
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
    /// Its changes of the description, by dotted place.
    pub set: BTreeMap<String, Value>,
    /// The capability without which an endpoint has to refuse it.
    pub needs: Option<String>,
    /// A known fault of it, at any endpoint.
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
    /// No document says it; our default can be changed.
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

/// A detail or variant that there is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VariantError {
    #[error(transparent)]
    Detail(UnknownName),
    #[error(transparent)]
    Variant(UnknownName),
    #[error(transparent)]
    Description(#[from] DescriptionError),
}

/// A file of variants: the client, and by detail the id of the variant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VariantFile {
    client: Spanned<String>,
    #[serde(default)]
    details: BTreeMap<Spanned<String>, Spanned<String>>,
}

impl Description {
    /// The description with these variants, as (detail, variant).
    ///
    /// # Errors
    /// A detail or variant that there is not.
    pub fn with_variants<'a>(
        &self,
        chosen: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, VariantError> {
        let mut values = Vec::new();
        for (id, wanted) in chosen {
            let variant = self.variant(id, wanted)?;
            values.extend(variant.set.iter().map(|(place, value)| (place.clone(), value.clone())));
        }
        Ok(self.with(&values)?)
    }

    fn variant(&self, id: &str, wanted: &str) -> Result<&Variant, VariantError> {
        let detail = self.with_choice().find(|detail| detail.id == id).ok_or_else(|| {
            let known = self.with_choice().map(|detail| detail.id.as_str());
            let name = UnknownName::new(format!("detail of {}", self.id), id, known);
            VariantError::Detail(name.listed_by(format!("weir explain {}", self.id)))
        })?;
        detail.variants.iter().find(|variant| variant.id == wanted).ok_or_else(|| {
            let known = detail.variants.iter().map(|variant| variant.id.as_str());
            VariantError::Variant(UnknownName::new(format!("variant of {id}"), wanted, known))
        })
    }

    /// The details that can be otherwise.
    pub fn with_choice(&self) -> impl Iterator<Item = &Detail> {
        self.details.iter().filter(|detail| !detail.variants.is_empty())
    }

    /// The description with the variants of a file (TOML: `client`, and `[details]` with a variant for each).
    ///
    /// # Errors
    /// A file that cannot be read, is about another client, or names what there is not.
    pub fn with_variant_file(&self, path: &Path) -> Result<Self, FileFault> {
        let text = document::read(path)?;
        self.with_variants_of(&text).map_err(|fault| fault.within(path.display(), &text))
    }

    pub(crate) fn with_variants_of(&self, text: &str) -> Result<Self, FileFault> {
        let read: VariantFile = document::toml(text)?;
        if *read.client.get_ref() != self.id {
            let problem = format!("the file holds variants of {}, not of {}", read.client.get_ref(), self.id);
            let remedy = "give the file to the client that it is about";
            return Err(FileFault::new(read.client.span(), problem).with_remedy(remedy));
        }
        for (detail, variant) in &read.details {
            self.variant(detail.get_ref(), variant.get_ref()).map_err(|error| match error {
                VariantError::Detail(name) => FileFault::unknown(detail.span(), &name),
                VariantError::Variant(name) => FileFault::unknown(variant.span(), &name),
                VariantError::Description(error) => FileFault::new(variant.span(), error.to_string()),
            })?;
        }
        let chosen =
            read.details.iter().map(|(detail, variant)| (detail.get_ref().as_str(), variant.get_ref().as_str()));
        self.with_variants(chosen).map_err(|error| FileFault::new(Place::Whole, error.to_string()))
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
        let said = |chosen| description.with_variants([chosen]).unwrap_err().to_string();
        assert_eq!(
            said(("update-user.putt", "read-merge")),
            "unknown detail of pingfederate-aquera \"update-user.putt\"; did you mean \"update-user.put\"? `weir explain pingfederate-aquera` shows all"
        );
        assert_eq!(
            said(("update-user.put", "never")),
            "unknown variant of update-user.put \"never\"; use one of read-merge, mapped-only"
        );
        let text = "client = \"pingfederate-aquera\"\n[details]\n\"update-user.put\" = \"read-merg\"\n";
        let fault = description.with_variants_of(text).unwrap_err().within("v.toml", text);
        assert_eq!(
            fault.to_string(),
            "v.toml, line 3, key `update-user.put`: unknown variant of update-user.put \"read-merg\"; did you mean \"read-merge\"?"
        );
    }
}
