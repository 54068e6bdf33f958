//! Settings: the fields of a console's page for the target, as data. What each changes in the description, and which
//! combinations the console does not let anybody make.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use weir_files::name::UnknownName;

use super::{Description, DescriptionError};

/// One field of the page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// As the console labels it.
    pub name: String,
    /// Its other names: keys of the API, older labels.
    #[serde(default)]
    pub keys: Vec<String>,
    /// As the console shows it; absent for an empty field.
    pub default: Option<String>,
    /// A check box: `true` or `false` goes to this place.
    pub flag: Option<String>,
    /// Text that goes to this place; an empty field changes nothing.
    pub text: Option<String>,
    /// A number that goes to this place.
    pub number: Option<String>,
    /// A list: what each choice changes, by dotted place.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, Value>>,
    /// Choices that the console has and Weir refuses, with the reason.
    #[serde(default)]
    pub refused: BTreeMap<String, String>,
    /// The part of reaching the endpoint that the field holds.
    pub reach: Option<Reach>,
    /// Names of check boxes without which the console does not offer this one.
    #[serde(default)]
    pub needs: Vec<String>,
}

/// A setting that is about reaching the endpoint and not about what is sent.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    Url,
    Method,
    Token,
    User,
    Password,
    TokenUrl,
    Client,
    Secret,
    Scope,
    /// The word before the credentials in the `Authorization` header.
    Scheme,
}

/// A description with settings.
#[derive(Clone, Debug)]
pub struct ConfiguredClient {
    pub description: Description,
    /// Combinations that the console does not let anybody make.
    pub conflicts: Vec<String>,
    /// Names that are not settings of this client.
    pub unknown: Vec<String>,
}

/// A value that a setting does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    #[error("{name} {given}: {why}")]
    Refused { name: String, given: String, why: String },
    #[error("{name} is true or false (selected or cleared), not {given:?}")]
    Flag { name: String, given: String },
    #[error("{name} is a number of at least 1, or -1 for as many as the target allows, not {given:?}")]
    Number { name: String, given: String },
    #[error(transparent)]
    Choice(UnknownName),
    #[error(transparent)]
    Description(#[from] DescriptionError),
}

impl Setting {
    /// Whether it is the check box for this place.
    #[must_use]
    pub fn sets_flag(&self, place: &str) -> bool {
        self.flag.as_deref() == Some(place)
            || self.values.values().any(|sets| sets.get(place).is_some_and(Value::is_boolean))
    }

    fn is_called(&self, name: &str) -> bool {
        std::iter::once(&self.name).chain(&self.keys).any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The changes of this value.
    fn changes(&self, given: &str) -> Result<Vec<(String, Value)>, SettingError> {
        let name = &self.name;
        // An export lists an untouched field with an empty value: it is as the console has it by itself.
        if given.trim().is_empty() {
            return Ok(Vec::new());
        }
        if let Some((_, why)) = self.refused.iter().find(|(choice, _)| choice.eq_ignore_ascii_case(given)) {
            return Err(SettingError::Refused { name: name.clone(), given: given.to_owned(), why: why.clone() });
        }
        if let Some(place) = &self.flag {
            return flag(given)
                .map(|on| vec![(place.clone(), Value::Bool(on))])
                .ok_or_else(|| SettingError::Flag { name: name.clone(), given: given.to_owned() });
        }
        if let Some(place) = &self.number {
            let wrong = || SettingError::Number { name: name.clone(), given: given.to_owned() };
            let number: i64 = given.trim().parse().map_err(|_| wrong())?;
            if number == 0 || number < -1 {
                return Err(wrong());
            }
            return Ok(vec![(place.clone(), Value::from(number))]);
        }
        if let Some(place) = &self.text {
            let text = given.trim();
            return Ok(if text.is_empty() { Vec::new() } else { vec![(place.clone(), Value::from(text))] });
        }
        if self.values.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.values.iter().find(|(choice, _)| {
            choice.eq_ignore_ascii_case(given) || flag(given).is_some_and(|on| flag(choice) == Some(on))
        });
        let Some((_, sets)) = found else {
            let choice = UnknownName::new(format!("value of {name}"), given, self.values.keys());
            return Err(SettingError::Choice(choice));
        };
        Ok(sets.iter().map(|(place, value)| (place.clone(), value.clone())).collect())
    }
}

/// A check box as files and people write it.
#[must_use]
pub fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "selected" | "on" | "yes" => Some(true),
        "false" | "cleared" | "off" | "no" => Some(false),
        _ => None,
    }
}

impl Description {
    /// The setting that the console or an API calls so; case does not count.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.is_called(name))
    }

    /// The message about a name that is not a setting of this client.
    #[must_use]
    pub fn unknown_setting(&self, name: &str) -> UnknownName {
        let known = self.settings.iter().flat_map(|setting| std::iter::once(&setting.name).chain(&setting.keys));
        UnknownName::new(format!("setting of {}", self.id), name, known).listed_by(format!("weir explain {}", self.id))
    }

    /// A setting that is given twice, by its name and by a code or older name, with two values: the names as given.
    #[must_use]
    pub fn contradiction<'a>(&self, given: &'a [(String, String)]) -> Option<[&'a str; 2]> {
        let mut seen: BTreeMap<&str, &(String, String)> = BTreeMap::new();
        let given = given.iter().filter(|(_, value)| !value.trim().is_empty());
        for pair in given {
            let Some(setting) = self.setting(&pair.0) else { continue };
            match seen.insert(&setting.name, pair) {
                Some(before) if !before.1.eq_ignore_ascii_case(&pair.1) => return Some([&before.0, &pair.0]),
                _ => {}
            }
        }
        None
    }

    /// The description with settings as given, as (name, value); what is not given has the console's default.
    ///
    /// # Errors
    /// A value that its field does not take.
    pub fn configured(&self, given: &[(String, String)]) -> Result<ConfiguredClient, SettingError> {
        let mut values = Vec::new();
        let mut unknown = Vec::new();
        let mut chosen: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, value) in given {
            match self.setting(name) {
                None => unknown.push(name.clone()),
                Some(setting) => {
                    values.extend(setting.changes(value)?);
                    chosen.insert(&setting.name, value);
                }
            }
        }
        let conflicts = self.conflicts(&chosen);
        Ok(ConfiguredClient { description: self.with(&values)?, conflicts, unknown })
    }

    /// A field that was touched although a check box that it needs is cleared.
    fn conflicts(&self, chosen: &BTreeMap<&str, &str>) -> Vec<String> {
        let is_on = |name: &str| {
            let value =
                chosen.get(name).copied().or_else(|| self.setting(name).and_then(|need| need.default.as_deref()));
            value.and_then(flag) == Some(true)
        };
        let mut conflicts = Vec::new();
        for setting in &self.settings {
            let Some(value) = chosen.get(setting.name.as_str()) else { continue };
            // A cleared box needs nothing.
            if flag(value) == Some(false) {
                continue;
            }
            for need in setting.needs.iter().filter(|need| !is_on(need)) {
                conflicts.push(format!("the console offers {} {value} only with {need}", setting.name));
            }
        }
        conflicts
    }
}

#[cfg(test)]
mod tests {
    use crate::RemoveUserAction;
    use crate::client::find;

    fn given(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_console_of_pingone_makes_some_combinations_and_not_others() {
        let description = find("pingone-aquera").unwrap();
        for (pairs, conflicts) in [
            (&[("Remove Action", "Delete")][..], 0),
            (&[("Enable users disable", "false")], 0),
            (&[("Enable users disable", "false"), ("Remove Action", "Delete")], 1),
            (&[("Enable users updation", "false"), ("Enable users disable", "true")], 1),
            (&[("UPDATE_USERS", "false"), ("DISABLE_USERS", "false")], 0),
            (&[("Enable users deprovision", "false"), ("Deprovision on rule deletion", "true")], 1),
        ] {
            let made = description.configured(&given(pairs)).unwrap();
            assert_eq!(made.conflicts.len(), conflicts, "{pairs:?}: {:?}", made.conflicts);
        }
        let made = description.configured(&given(&[("remove_action", "delete"), ("COLOUR", "blue")])).unwrap();
        assert_eq!(made.description.options.remove_user_action, RemoveUserAction::Delete);
        assert_eq!(made.unknown, ["COLOUR"]);
    }

    #[test]
    fn the_settings_of_the_scim_provisioner_change_what_is_sent() {
        let description = find("pingfederate-scim").unwrap();
        let made = description
            .configured(&given(&[
                ("Unique User Identifier", "workEmail"),
                ("Results Per Page", "-1"),
                ("Users API Path", "/People"),
                ("Group Name Source", "Distinguished Name (DN)"),
                ("Use PATCH for Group Updates", "Selected"),
            ]))
            .unwrap()
            .description;
        let group = made.group.unwrap();
        assert_eq!((made.user.find.as_str(), made.user.identifier.as_str()), ("emails eq \"${value}\"", "workEmail"));
        assert_eq!((made.user.path.as_str(), group.page_size), ("/People", -1));
        let error = description.configured(&given(&[("SCIM Version", "1.1")])).unwrap_err();
        assert!(error.to_string().starts_with("SCIM Version 1.1: "), "{error}");
        for wrong in [("Results Per Page", "0"), ("Group Name Source", "UID"), ("User Create", "perhaps")] {
            assert!(description.configured(&given(&[wrong])).is_err(), "{wrong:?}");
        }
        // A filter of one's own wins over the identifier's, whichever comes first.
        for pairs in [
            [("Filter Expression", "email co \"%s\""), ("Unique User Identifier", "workEmail")],
            [("Unique User Identifier", "workEmail"), ("Filter Expression", "email co \"%s\"")],
        ] {
            let made = description.configured(&given(&pairs)).unwrap().description;
            assert_eq!(made.user.find(), "email co \"${value}\"");
        }
    }
}
