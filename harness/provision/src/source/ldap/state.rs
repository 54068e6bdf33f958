//! The state of a directory server's source between passes, and between runs of the program: where changes were read up
//! to, and the members of a Group DN as last read.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use super::LdapSettings;
use crate::mapping::desired::fingerprint_of;

#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// Changes from here on have not been read; absent before the first whole pass.
    pub since: Option<String>,
    /// The Group DN's members when its group last changed.
    pub membership: Option<GroupDnMembers>,
}

/// The members of a Group DN as last read.
#[derive(Clone, Debug, Default)]
pub(super) struct GroupDnMembers {
    /// Each group's name with its time stamp or number.
    pub marks: HashMap<Box<str>, String>,
    /// Names of the members, and their GUIDs as the directory gives them.
    pub members: HashMap<Box<[u8]>, Box<str>>,
}

/// The text in a ledger.
#[derive(Debug, Serialize, Deserialize)]
struct PassState {
    /// Numbers and time stamps of one server and one question mean nothing to another.
    settings: u64,
    since: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<Group>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Group {
    marks: BTreeMap<String, String>,
    /// GUIDs in base64, and names.
    members: BTreeMap<String, String>,
}

/// A state, for a person to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateSummary {
    /// The number or time stamp from which changes are read.
    pub since: Option<String>,
    /// The groups of a Group DN with the time stamp or number that they had when their members were read.
    pub groups: Vec<(String, String)>,
    pub members: usize,
}

pub(super) fn write(memory: &Memory, settings: &LdapSettings) -> Option<String> {
    let state = PassState {
        settings: fingerprint(settings),
        since: memory.since.clone(),
        group: memory.membership.as_ref().map(|membership| Group {
            marks: membership.marks.iter().map(|(name, mark)| (name.to_string(), mark.clone())).collect(),
            members: membership
                .members
                .iter()
                .map(|(guid, name)| (STANDARD_NO_PAD.encode(guid), name.to_string()))
                .collect(),
        }),
    };
    // A state is texts and numbers, which are always JSON.
    serde_json::to_string(&state).ok()
}

/// The memory behind a state; nothing if it belongs to other settings.
pub(super) fn read(text: &str, settings: &LdapSettings) -> Option<Memory> {
    let state: PassState = serde_json::from_str(text).ok()?;
    if state.settings != fingerprint(settings) {
        return None;
    }
    let membership = match state.group {
        Some(group) => {
            let members = group.members.into_iter();
            let members = members.map(|(guid, name)| Some((STANDARD_NO_PAD.decode(guid).ok()?.into(), name.into())));
            let marks = group.marks.into_iter().map(|(name, mark)| (name.into(), mark)).collect();
            Some(GroupDnMembers { marks, members: members.collect::<Option<_>>()? })
        }
        None => None,
    };
    Some(Memory { since: state.since, membership })
}

/// The state of a ledger, read; nothing if it is not one of a directory server.
#[must_use]
pub fn remembered(text: &str) -> Option<StateSummary> {
    let state: PassState = serde_json::from_str(text).ok()?;
    let (groups, members) = state
        .group
        .map(|group| {
            // The mark of a time stamp ends with a number of the members.
            let first = |mark: &str| mark.split(' ').next().unwrap_or_default().to_owned();
            let groups = group.marks.iter().map(|(name, mark)| (name.clone(), first(mark))).collect();
            (groups, group.members.len())
        })
        .unwrap_or_default();
    Some(StateSummary { since: state.since, groups, members })
}

/// The state without what it knows of a Group DN, so that its members are read again in the next cycle: the documented
/// remedy for deletions that went unnoticed. Nothing if it is not a state of a directory server.
#[must_use]
pub fn without_group_marks(text: &str) -> Option<String> {
    let state: PassState = serde_json::from_str(text).ok()?;
    serde_json::to_string(&PassState { group: None, ..state }).ok()
}

fn fingerprint(settings: &LdapSettings) -> u64 {
    let LdapSettings { url, base_dn, user_classes, excluded_classes, group_classes, users, groups, .. } = settings;
    let LdapSettings { guid_attribute, member_of_attribute, member_attributes, change_detection, mapped, .. } =
        settings;
    let where_and_what =
        format!("{url} {base_dn} {user_classes:?} {excluded_classes:?} {group_classes:?} {users:?} {groups:?}");
    let attributes =
        format!("{guid_attribute} {member_of_attribute:?} {member_attributes:?} {change_detection:?} {mapped:?}");
    fingerprint_of(format!("{where_and_what} {attributes}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ldap::{ChangeAlgorithm, ChangeDetection, Location};

    fn settings() -> LdapSettings {
        LdapSettings {
            url: "ldap://127.0.0.1:389".parse().unwrap(),
            starttls: false,
            bind: None,
            authorities: Vec::new(),
            insecure: false,
            timeout: std::time::Duration::from_secs(1),
            page_size: 10,
            base_dn: "dc=example,dc=com".into(),
            user_classes: vec!["person".into()],
            excluded_classes: Vec::new(),
            group_classes: vec!["group".into()],
            users: Location::default(),
            groups: Location::default(),
            guid_attribute: "objectGUID".into(),
            member_of_attribute: None,
            member_attributes: vec!["member".into()],
            change_detection: Some(ChangeDetection {
                algorithm: ChangeAlgorithm::ActiveDirectoryUsn,
                attribute: "uSNChanged".into(),
            }),
            mapped: vec!["mail".into()],
        }
    }

    fn memory() -> Memory {
        let guid: Box<[u8]> = Box::from([0_u8, 255, 7]);
        Memory {
            since: Some("91".into()),
            membership: Some(GroupDnMembers {
                marks: HashMap::from([("cn=all,dc=x".into(), "90 1f".into())]),
                members: HashMap::from([(guid, "uid=ada,dc=x".into())]),
            }),
        }
    }

    #[test]
    fn a_state_is_taken_up_by_the_same_settings_only() {
        let text = write(&memory(), &settings()).unwrap();
        let read_back = read(&text, &settings()).unwrap();
        assert_eq!(write(&read_back, &settings()).unwrap(), text);
        assert_eq!(read_back.membership.unwrap().members, memory().membership.unwrap().members);
        let elsewhere = LdapSettings { url: "ldap://127.0.0.2:389".parse().unwrap(), ..settings() };
        assert!(read(&text, &elsewhere).is_none(), "another server counts differently");
        assert!(read(&text, &LdapSettings { mapped: vec!["title".into()], ..settings() }).is_none());
        assert!(read(&text, &LdapSettings { page_size: 99, ..settings() }).is_some());
        assert!(read("nonsense", &settings()).is_none());
    }

    #[test]
    fn group_marks_are_shown_and_forgotten() {
        let text = write(&memory(), &settings()).unwrap();
        assert_eq!(
            remembered(&text).unwrap(),
            StateSummary { since: Some("91".into()), groups: vec![("cn=all,dc=x".into(), "90".into())], members: 1 }
        );
        let reset = without_group_marks(&text).unwrap();
        assert_eq!(remembered(&reset).unwrap(), StateSummary { since: Some("91".into()), ..StateSummary::default() });
        assert!(read(&reset, &settings()).unwrap().membership.is_none());
    }
}
