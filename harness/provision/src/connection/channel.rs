//! A channel as a connection's file describes it.

use serde_json::{Map, Value};
use weir_files::fault::FileFault;

use super::TargetSetting;
use crate::channel::Channel;
use crate::mapping::Mapping;

/// A channel of a connection.
#[derive(Clone, Debug)]
pub struct ConnectionChannel {
    pub name: String,
    pub active: bool,
    /// The settings of channel and source that the console shows, by name.
    pub source: Vec<TargetSetting>,
    pub mapping: Mapping,
    /// The fields that are mapped, as the console shows them.
    pub fields: Vec<MappedField>,
    /// How many fields of the connector have nothing that fills them.
    pub unmapped: usize,
}

/// One line of the mapping page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappedField {
    pub name: String,
    pub attributes: Vec<String>,
    pub default: Option<String>,
    /// Where its value goes; absent if the field is not one of a SCIM target.
    pub place: Option<String>,
    /// The treatment of the value: parser, letter case, trim, create only, masked, an expression.
    pub treatment: Vec<String>,
}

/// The settings of a source that a run uses. Every other one is reported as not acting.
pub(super) const ACTING: &[&str] = &[
    "maxThreads",
    "timeout",
    "baseDn",
    "guidAttributeName",
    "guidBinary",
    "changeDetectionSettings.userObjectClass",
    "changeDetectionSettings.groupObjectClass",
    "changeDetectionSettings.changedUsersAlgorithm",
    "changeDetectionSettings.usnAttributeName",
    "changeDetectionSettings.timeStampAttributeName",
    "groupMembershipDetection.memberOfGroupAttributeName",
    "groupMembershipDetection.groupMemberAttributeName",
    "accountManagementSettings.accountStatusAttributeName",
    "accountManagementSettings.accountStatusAlgorithm",
    "accountManagementSettings.flagComparisonValue",
    "accountManagementSettings.flagComparisonStatus",
    "accountManagementSettings.defaultStatus",
    "userSourceLocation.groupDN",
    "userSourceLocation.nestedSearch",
    "userSourceLocation.filter",
    "groupSourceLocation.groupDN",
    "groupSourceLocation.nestedSearch",
    "groupSourceLocation.filter",
];

/// What a setting of a source does in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettingEffect {
    Acts,
    /// It is about the data store, in whose place `--source` stands.
    OfTheStore,
    Unknown,
}

impl SettingEffect {
    pub(super) fn of(name: &str) -> Self {
        let is_below = |known: &str| name.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known));
        match () {
            () if ACTING.iter().any(|own| own.eq_ignore_ascii_case(name)) => Self::Acts,
            () if is_below("dataSource") => Self::OfTheStore,
            () => Self::Unknown,
        }
    }
}

/// The source with the letter case in which the API writes each name: products of others write `baseDN`.
///
/// # Errors
/// Two members are one setting.
pub(super) fn canonical(source: &Value, place: &str) -> Result<Value, FileFault> {
    let Value::Object(members) = source else { return Ok(source.clone()) };
    let mut named: Map<String, Value> = Map::new();
    let mut written: Vec<(&str, &String)> = Vec::new();
    for (key, value) in members {
        let own =
            ACTING.iter().flat_map(|path| path.split('.')).find(|own| own.eq_ignore_ascii_case(key)).unwrap_or(key);
        if let Some((_, other)) = written.iter().find(|(name, _)| *name == own) {
            let problem = format!("is the same setting as {place}.{other}");
            return Err(FileFault::new(format!("{place}.{key}"), problem).with_remedy("keep one"));
        }
        written.push((own, key));
        named.insert(own.to_owned(), canonical(value, &format!("{place}.{key}"))?);
    }
    Ok(Value::Object(named))
}

/// Whether a source is an Active Directory by the way in which it finds changed people, or by the attribute with its GUID.
pub(super) fn is_active_directory(changed_users: Option<&str>, guid_attribute: Option<&str>) -> bool {
    changed_users.is_some_and(|word| word.eq_ignore_ascii_case("ACTIVE_DIRECTORY_USN"))
        || guid_attribute.is_some_and(|name| name.eq_ignore_ascii_case("objectGUID"))
}

impl ConnectionChannel {
    /// A setting by the path that the file has it at, such as `userSourceLocation.filter`.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        let found = self.source.iter().find(|setting| setting.name.eq_ignore_ascii_case(name))?;
        found.value.as_deref().filter(|value| !value.is_empty())
    }

    /// Why a setting of the source changes nothing; nothing if it acts.
    #[must_use]
    pub fn without_effect(name: &str) -> Option<&'static str> {
        match SettingEffect::of(name) {
            SettingEffect::Acts => None,
            SettingEffect::OfTheStore => Some("not used: --source says where the directory is"),
            SettingEffect::Unknown => Some("not known, and not used"),
        }
    }

    /// A setting that is a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.setting(name)?.parse().ok()
    }

    /// A setting that is true or false.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.setting(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Whether the source is an Active Directory, which its GUID or the way in which it finds changes says.
    #[must_use]
    pub fn is_active_directory(&self) -> bool {
        let status = self.setting("accountManagementSettings.accountStatusAlgorithm");
        is_active_directory(
            self.setting("changeDetectionSettings.changedUsersAlgorithm"),
            self.setting("guidAttributeName"),
        ) || status.is_some_and(|value| value.eq_ignore_ascii_case("ACCOUNT_STATUS_ALGORITHM_AD"))
    }

    /// Puts classes, GUID, members and mapping into a channel.
    pub fn apply_to(&self, channel: &mut Channel) {
        if let Some(name) = self.setting("guidAttributeName") {
            name.clone_into(&mut channel.guid_attribute);
            channel.guid_binary = self.flag("guidBinary") || name.eq_ignore_ascii_case("objectGUID");
        }
        let list = |name: &str| self.setting(name).map(|value| vec![value.to_owned()]);
        if let Some(classes) = list("changeDetectionSettings.userObjectClass") {
            channel.user_classes = classes;
        }
        if let Some(classes) = list("changeDetectionSettings.groupObjectClass") {
            channel.group_classes = classes;
        }
        if let Some(attributes) = list("groupMembershipDetection.groupMemberAttributeName") {
            channel.member_attributes = attributes;
        }
        channel.mapping = self.mapping.clone();
    }
}
