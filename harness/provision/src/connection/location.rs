//! The parts of a channel's source that become a part of a search: filters, names and attributes. Each is checked by itself,
//! before it is put beside others: what stands behind its end would be taken for another condition.

use weir_files::fault::FileFault;

use super::TargetSetting;
use crate::entry::filter::Evaluator;
use crate::entry::{Dn, EntryFilter};

const FILTERS: [&str; 2] = ["userSourceLocation.filter", "groupSourceLocation.filter"];
const NAMES: [&str; 3] = ["baseDn", "userSourceLocation.groupDN", "groupSourceLocation.groupDN"];
const ATTRIBUTES: [&str; 6] = [
    "guidAttributeName",
    "changeDetectionSettings.usnAttributeName",
    "changeDetectionSettings.timeStampAttributeName",
    "groupMembershipDetection.memberOfGroupAttributeName",
    "groupMembershipDetection.groupMemberAttributeName",
    "accountManagementSettings.accountStatusAttributeName",
];

/// Refuses the first setting that is not what it has to be. The place is that of the channel in the file.
pub(super) fn check(file: &str, place: &str, settings: &[TargetSetting]) -> Result<(), FileFault> {
    for setting in settings {
        let Some(value) = setting.value.as_deref().filter(|value| !value.trim().is_empty()) else { continue };
        let is_one_of = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(&setting.name));
        let problem = if is_one_of(&FILTERS) {
            EntryFilter::parse(value, Evaluator::Server).err().map(|error| error.to_string())
        } else if is_one_of(&NAMES) {
            Dn::parse(value).err().map(|error| error.to_string())
        } else if is_one_of(&ATTRIBUTES) && !is_attribute(value) {
            Some(format!(
                "{value:?} is not the name of an attribute; letters, digits and hyphens make one, such as memberOf"
            ))
        } else {
            None
        };
        if let Some(problem) = problem {
            let place = format!("{place}.channelSource.{}", setting.name);
            return Err(FileFault::new(place, problem).of(file));
        }
    }
    Ok(())
}

/// Whether it is an attribute description (RFC 4512 section 2.5): a name or a number, with options.
#[must_use]
pub fn is_attribute(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
    };
    text.split(';').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_would_end_the_condition_it_stands_in_is_refused_with_its_place() {
        for (name, value, expected) in [
            ("userSourceLocation.filter", "(a=1)(b=2)", Some("at offset 5")),
            ("userSourceLocation.filter", "a=1)(b=2", Some("at offset 3")),
            ("groupSourceLocation.filter", "(cn=W**l)", Some("at offset 6")),
            ("userSourceLocation.filter", "(cn:1.2.3:=x)", None),
            ("userSourceLocation.filter", " ", None),
            ("userSourceLocation.groupDN", "Staff", Some("is not a distinguished name")),
            ("groupMembershipDetection.memberOfGroupAttributeName", "memberOf=*)(uid", Some("is not the name")),
            ("guidAttributeName", "userCertificate;binary", None),
        ] {
            let setting = TargetSetting { name: name.to_owned(), value: Some(value.to_owned()) };
            let refusal = check("c.json", "channels[0]", &[setting]).err().map(|fault| fault.to_string());
            assert_eq!(refusal.is_some(), expected.is_some(), "{name} {value}: {refusal:?}");
            if let (Some(refusal), Some(expected)) = (refusal, expected) {
                let place = format!("c.json, channels[0].channelSource.{name}");
                assert!(refusal.starts_with(&place) && refusal.contains(expected), "{refusal}");
            }
        }
    }
}
