//! A channel as a connection's file describes it.

use super::TargetSetting;
use crate::channel::Channel;
use crate::mapping::Mapping;

/// A channel of a connection.
#[derive(Clone, Debug)]
pub struct ConnectionChannel {
    pub name: String,
    pub active: bool,
    /// What the console shows of channel and source, by name.
    pub source: Vec<TargetSetting>,
    pub mapping: Mapping,
}

impl ConnectionChannel {
    /// A setting by the path that the file has it at, such as `userSourceLocation.filter`.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        let found = self.source.iter().find(|setting| setting.name.eq_ignore_ascii_case(name))?;
        found.value.as_deref().filter(|value| !value.is_empty())
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
