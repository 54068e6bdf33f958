//! What a connection's channel says about the source, in the place of the flags that nobody gave.

use weir_provision::Channel;
use weir_provision::connection::ConnectionChannel;

use super::source::{ChangedUsers, DirectoryKind, SourceFlags};

/// Fills flags that were not given.
pub fn fill(flags: &mut SourceFlags, channel: &ConnectionChannel) {
    let text = |name: &str| channel.setting(name).map(str::to_owned);
    let or = |flag: &mut Option<String>, name: &str| {
        if flag.is_none() {
            *flag = text(name);
        }
    };
    or(&mut flags.base_dn, "baseDn");
    or(&mut flags.user_filter, "userSourceLocation.filter");
    or(&mut flags.group_filter, "groupSourceLocation.filter");
    or(&mut flags.ldap.user_group_dn, "userSourceLocation.groupDN");
    or(&mut flags.ldap.group_group_dn, "groupSourceLocation.groupDN");
    or(&mut flags.ldap.member_of_attribute, "groupMembershipDetection.memberOfGroupAttributeName");
    flags.ldap.nested |=
        channel.flag("userSourceLocation.nestedSearch") || channel.flag("groupSourceLocation.nestedSearch");
    let algorithm = channel.setting("changeDetectionSettings.changedUsersAlgorithm").unwrap_or_default();
    let changed = match algorithm {
        "ACTIVE_DIRECTORY_USN" => Some(ChangedUsers::Usn),
        "TIMESTAMP" => Some(ChangedUsers::Timestamp),
        "TIMESTAMP_NO_NEGATION" => Some(ChangedUsers::TimestampNoNegation),
        _ => None,
    };
    flags.ldap.changed_users = flags.ldap.changed_users.or(changed);
    let is_active_directory = algorithm == "ACTIVE_DIRECTORY_USN"
        || channel.setting("guidAttributeName").is_some_and(|name| name.eq_ignore_ascii_case("objectGUID"));
    if flags.directory.is_none() && is_active_directory {
        flags.directory = Some(DirectoryKind::ActiveDirectory);
    }
}

/// Puts classes, GUID, members and mapping into a channel.
pub fn apply(connected: &ConnectionChannel, channel: &mut Channel) {
    if let Some(name) = connected.setting("guidAttributeName") {
        name.clone_into(&mut channel.guid_attribute);
        channel.guid_binary = connected.flag("guidBinary") || name.eq_ignore_ascii_case("objectGUID");
    }
    let list = |name: &str| connected.setting(name).map(|value| vec![value.to_owned()]);
    if let Some(classes) = list("changeDetectionSettings.userObjectClass") {
        channel.user_classes = classes;
    }
    if let Some(classes) = list("changeDetectionSettings.groupObjectClass") {
        channel.group_classes = classes;
    }
    if let Some(attributes) = list("groupMembershipDetection.groupMemberAttributeName") {
        channel.member_attributes = attributes;
    }
    channel.mapping = connected.mapping.clone();
}
