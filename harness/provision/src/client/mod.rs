//! Clients: what the harness pretends to be. Each is a description in `fixtures/clients/`; the engine reads descriptions
//! and knows no client by name.

pub mod body;
pub mod document;
pub mod settings;
pub mod variants;
pub mod wire;

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;
use weir_files::document::{plain, toml};
use weir_files::fault::{FileFault, Place};
use weir_files::name::UnknownName;

pub use settings::Setting;
pub use variants::Detail;

use super::options::Options;
use crate::options::GroupNameSource;
use crate::options::{Disable, Put};
use wire::{Manner, ProbeRequest};

/// The descriptions that are compiled in, as (file name, text); a test holds the list to the folder. The first is the one
/// whose life `weir check` runs by itself.
pub const DOCUMENTS: &[(&str, &str)] = &[
    ("pingfederate-aquera.toml", include_str!("../../../../fixtures/clients/pingfederate-aquera.toml")),
    ("pingfederate-scim.toml", include_str!("../../../../fixtures/clients/pingfederate-scim.toml")),
    ("pingone-aquera.toml", include_str!("../../../../fixtures/clients/pingone-aquera.toml")),
    ("pingone-scim.toml", include_str!("../../../../fixtures/clients/pingone-scim.toml")),
];

/// Provisioners of the same vendor that do not speak SCIM, as (id, what to tell who asks for one).
pub const NOT_SCIM: &[(&str, &str)] = &[(
    "pingfederate-pingid",
    "pingfederate-pingid does not speak SCIM: the PingID Provisioner calls the PingID API (signed POST requests to \
     /pingid/rest/4/…/do on PingID's own hosts) and has no SCIM URL, so that no SCIM endpoint can be provisioned with it",
)];

/// The requests of one client, and how sure they are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Such as `pingfederate-aquera`; the value of `--as`.
    pub id: String,
    pub name: String,
    pub summary: String,
    /// The request that tries the credentials.
    #[serde(default)]
    pub connect: ProbeRequest,
    #[serde(default)]
    pub manner: Manner,
    #[serde(default)]
    pub token: TokenShape,
    pub user: UserShape,
    /// Absent for a client that provisions no groups.
    pub group: Option<GroupShape>,
    /// The defaults of the console's options.
    #[serde(default)]
    pub options: Options,
    /// The fields of the console's page for the target.
    #[serde(default)]
    pub settings: Vec<Setting>,
    pub details: Vec<Detail>,
    /// The mapping page lists the fields that the connector knows, and of the endpoint's schemas only further extensions;
    /// otherwise it lists what the schemas give.
    #[serde(default)]
    pub lists_fields: bool,
    /// The document that all of it was read from.
    #[serde(skip)]
    document: Value,
}

/// How a client of a token endpoint asks for tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenShape {
    /// The separator of two scopes of a request.
    pub scope_separator: String,
    /// Id and secret travel in the form instead of an `Authorization` header (RFC 6749 section 2.3.1).
    pub secret_in_form: bool,
}

impl Default for TokenShape {
    fn default() -> Self {
        Self { scope_separator: " ".to_owned(), secret_in_form: false }
    }
}

/// How users travel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserShape {
    pub path: String,
    /// The filter that finds a user; `${value}`, or the console's `%s`, stands for the escaped identifier.
    pub find: String,
    /// The field whose value is searched for.
    #[serde(default = "user_name")]
    pub identifier: String,
    /// The console's own filter, with `%s` for the identifier; it wins over [`Self::find`].
    pub filter_expression: Option<String>,
    /// Whether the value stands in quotes, as RFC 7644 has it.
    #[serde(default = "yes")]
    pub quotes_value: bool,
    /// A search asks for a page of this many; 0 asks for none.
    #[serde(default)]
    pub find_count: u64,
    /// A search asks for these attributes alone; empty asks for all.
    #[serde(default)]
    pub find_attributes: String,
    /// URNs of further extensions, separated by commas.
    #[serde(default)]
    pub schema_urns: String,
    pub put: Put,
    /// How an account is disabled.
    #[serde(default)]
    pub disable: Disable,
    /// The body of the PATCH that disables an account.
    #[serde(default)]
    pub disable_patch: Value,
    /// Attributes that are read and not sent back.
    pub put_omits: Vec<String>,
    pub primary: Option<Primary>,
    /// A read user with two emails of which one is empty gets the same address in both, each of them primary.
    #[serde(default)]
    pub fills_empty_email: bool,
}

const fn yes() -> bool {
    true
}

fn user_name() -> String {
    super::mapping::field::USER_NAME.to_owned()
}

impl UserShape {
    /// The filter that finds a user, with its placeholder.
    #[must_use]
    pub fn find(&self) -> String {
        let filter = self.filter_expression.as_ref().unwrap_or(&self.find).replace("%s", "${value}");
        if self.quotes_value { filter } else { filter.replace("\"${value}\"", "${value}") }
    }
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
    /// The filter that finds a group; `${value}` stands for the escaped name. Empty: all groups are listed and compared.
    pub find: String,
    /// Statuses that mean: groups cannot be filtered here, so list them all.
    pub fallback_statuses: Vec<u16>,
    /// Groups a page when all are listed; -1 for as many as the target allows.
    pub page_size: i64,
    /// Whether a page size of -1 travels as `count=-1`, or no count is sent.
    #[serde(default)]
    pub sends_negative_count: bool,
    #[serde(default)]
    pub name_source: GroupNameSource,
    #[serde(default)]
    pub membership: Membership,
    #[serde(default)]
    pub update: GroupUpdate,
    pub create: Value,
    /// Members travel with the POST instead of after it.
    #[serde(default)]
    pub creates_with_members: bool,
    pub rename: Value,
    /// The body of a PUT.
    pub put: Value,
    pub members: MembersShape,
}

/// The treatment of members that the source does not know.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Membership {
    /// They go.
    #[default]
    Overwrite,
    /// They stay.
    Merge,
}

/// The request that changes a group's name and members.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum GroupUpdate {
    #[default]
    Patch,
    /// The whole group, by PUT.
    Put,
}

/// The PATCH that changes members.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MembersShape {
    pub schemas: Vec<String>,
    #[serde(default)]
    pub style: MembersStyle,
    /// One operation for all new members.
    pub add: Value,
    /// One operation for each member that goes (`${id}`), or one for all of them (`${members}`).
    pub remove: Value,
    /// One operation with all members that there must be.
    pub replace: Value,
}

/// Which operations change members.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum MembersStyle {
    /// Those that come and those that go.
    #[default]
    Incremental,
    /// All that there must be.
    Replace,
}

/// Why a description cannot be changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    #[error(transparent)]
    Place(#[from] document::PlaceError),
    #[error(transparent)]
    Value(FileFault),
}

impl Description {
    /// Reads a description; `file` stands for the file in errors.
    ///
    /// # Errors
    /// The text is not TOML, or not a description.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileFault> {
        // Read twice: only from the text do faults have a line, and only from the document do places have a value.
        let read: Result<(Self, Value), FileFault> = toml(text).and_then(|description| Ok((description, toml(text)?)));
        let (description, document) = read.map_err(|fault| fault.within(file, text))?;
        Ok(Self { document, ..description })
    }

    /// The description with other values at these dotted places, such as `user.put`.
    ///
    /// # Errors
    /// A value that does not suit its place.
    pub fn with(&self, values: &[(String, Value)]) -> Result<Self, DescriptionError> {
        let mut document = self.document.clone();
        for (place, value) in values {
            document::set(&mut document, place, value.clone())?;
        }
        let description: Self = serde_json::from_value(document.clone())
            .map_err(|error| DescriptionError::Value(plain(Place::Whole, &error.to_string())))?;
        Ok(Self { document, ..description })
    }

    /// The value at a dotted place, such as `user.put`; null if there is none.
    #[must_use]
    pub fn at(&self, place: &str) -> &Value {
        document::get(&self.document, place)
    }

    /// The console's name of the option at a place such as `options.user_create`.
    #[must_use]
    pub fn option_name(&self, place: &str) -> Option<&str> {
        let found = self.settings.iter().find(|setting| setting.sets_flag(place));
        found.map(|setting| setting.name.as_str())
    }
}

static DESCRIPTIONS: LazyLock<Vec<Description>> = LazyLock::new(|| {
    DOCUMENTS
        .iter()
        // The documents are compiled in, and a test reads each of them.
        .map(|(file, text)| Description::parse(file, text).unwrap_or_else(|fault| panic!("{fault}")))
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

/// The message about a provisioner that is known and does not speak SCIM.
#[must_use]
pub fn not_scim(id: &str) -> Option<&'static str> {
    NOT_SCIM.iter().find(|(known, _)| *known == id).map(|(_, why)| *why)
}

/// A client that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownClient {
    #[error("{0}")]
    NotScim(&'static str),
    #[error(transparent)]
    Unknown(UnknownName),
}

/// A client by id, or what to say where there is none.
///
/// # Errors
/// The id is not known, or that of a provisioner which does not speak SCIM.
pub fn named(id: &str) -> Result<&'static Description, UnknownClient> {
    find(id).ok_or_else(|| {
        not_scim(id).map_or_else(
            || {
                let known = all().iter().map(|description| description.id.as_str());
                UnknownClient::Unknown(UnknownName::new("client", id, known).listed_by("weir list clients"))
            },
            UnknownClient::NotScim,
        )
    })
}

#[cfg(test)]
mod tests;
