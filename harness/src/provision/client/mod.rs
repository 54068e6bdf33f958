//! Clients: what the harness pretends to be. Each is a description in `fixtures/clients/`; the engine reads descriptions
//! and knows no client by name.

pub mod body;
pub mod wire;

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// The descriptions that are compiled in, as (file name, text); a test holds the list to the folder.
pub const DOCUMENTS: &[(&str, &str)] =
    &[("pingfederate-aquera.toml", include_str!("../../../../fixtures/clients/pingfederate-aquera.toml"))];

/// What one client sends, and how sure that is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Such as `pingfederate-aquera`; the value of `--as`.
    pub id: String,
    pub name: String,
    pub summary: String,
    pub user: UserShape,
    pub group: GroupShape,
    pub details: Vec<Detail>,
}

/// How users travel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserShape {
    pub path: String,
    /// The filter that finds a user; `${value}` stands for the escaped identifier.
    pub find: String,
    pub put: Put,
    /// Attributes that are read and not sent back.
    pub put_omits: Vec<String>,
    pub primary: Option<Primary>,
}

/// What a PUT of a user holds.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Put {
    /// The user as it was read, with the mapped values merged in.
    ReadMerge,
    /// The mapped values and nothing else: an endpoint that replaces loses the rest.
    MappedOnly,
}

/// The value that is marked primary unless another one is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Primary {
    pub attribute: String,
    #[serde(rename = "type")]
    pub type_value: String,
}

/// How groups travel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupShape {
    pub path: String,
    /// The filter that finds a group; `${value}` stands for the escaped name.
    pub find: String,
    /// Statuses that mean: groups cannot be filtered here, so list them all.
    pub fallback_statuses: Vec<u16>,
    /// Groups a page when all are listed.
    pub page_size: usize,
    pub create: Value,
    pub rename: Value,
    pub members: MembersShape,
}

/// The PATCH that changes members.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MembersShape {
    pub schemas: Vec<String>,
    /// One operation for all new members.
    pub add: Value,
    /// One operation for each member that goes.
    pub remove: Value,
}

/// One thing that the client does on the wire, and where the knowledge comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    pub id: String,
    pub says: String,
    pub standing: Standing,
    /// Tags of the vendor's documents.
    pub source: String,
    /// What else it could be; the first is the default.
    #[serde(default)]
    pub variants: Vec<String>,
}

/// How sure a detail is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Standing {
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

impl Standing {
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

static DESCRIPTIONS: LazyLock<Vec<Description>> = LazyLock::new(|| {
    DOCUMENTS
        .iter()
        // The documents are compiled in, and a test reads each of them.
        .map(|(file, text)| toml::from_str(text).unwrap_or_else(|error| panic!("fixtures/clients/{file}: {error}")))
        .collect()
});

/// Every client, in the order of the catalogue.
#[must_use]
pub fn all() -> &'static [Description] {
    &DESCRIPTIONS
}

/// A client by id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Description> {
    all().iter().find(|description| description.id == id)
}

/// What to tell somebody whose client is not known.
#[must_use]
pub fn unknown(id: &str) -> String {
    let known: Vec<&str> = all().iter().map(|description| description.id.as_str()).collect();
    format!("{id:?} is no client; use one of {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_compiled_in_and_can_be_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/clients");
        let mut files: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort_unstable();
        let listed: Vec<&str> = DOCUMENTS.iter().map(|(file, _)| *file).collect();
        assert_eq!(files, listed);
        for ((file, _), description) in DOCUMENTS.iter().zip(all()) {
            assert_eq!(*file, format!("{}.toml", description.id));
        }
    }

    #[test]
    fn details_have_ids_of_their_own_and_say_where_they_come_from() {
        for description in all() {
            let mut ids: Vec<&str> = description.details.iter().map(|detail| detail.id.as_str()).collect();
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), count, "{}", description.id);
            for detail in &description.details {
                assert!(detail.says.ends_with('.'), "{}: {}", description.id, detail.id);
                assert!(!detail.source.is_empty(), "{}: {}", description.id, detail.id);
            }
        }
    }
}
