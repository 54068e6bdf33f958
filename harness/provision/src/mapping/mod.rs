//! From an entry of the source to the user that must stand in the target.

pub mod desired;
pub mod export;
pub mod field;
pub mod file;
pub mod rule;
pub mod status;

use std::sync::Arc;

pub use desired::{DesiredUser, MappedValue};
pub use field::Field;
pub use rule::FieldRule;
pub use status::AccountStatus;

use crate::entry::Entry;
use field::USER_NAME;
use rule::ValueProblem;

/// The rules of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    rules: Vec<Arc<FieldRule>>,
    pub status: AccountStatus,
}

/// An entry that gives no user, with the field that is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct MappingProblem {
    pub field: String,
    pub problem: String,
}

impl Mapping {
    /// A mapping of these rules. `userName` must be among them and no field twice; [`file::parse`] sees to that.
    #[must_use]
    pub fn new(rules: Vec<FieldRule>, status: AccountStatus) -> Self {
        Self { rules: rules.into_iter().map(Arc::new).collect(), status }
    }

    /// The mapping for `inetOrgPerson` entries (RFC 2798), used when no mapping file is given.
    #[must_use]
    pub fn inet_org_person() -> Self {
        const PAIRS: &[(&str, &[&str])] = &[
            ("userName", &["uid"]),
            ("displayName", &["displayName", "cn"]),
            ("formattedName", &["cn"]),
            ("givenName", &["givenName"]),
            ("familyName", &["sn"]),
            ("title", &["title"]),
            ("userType", &["employeeType"]),
            ("preferredLanguage", &["preferredLanguage"]),
            ("workEmail", &["mail"]),
            ("workPhone", &["telephoneNumber"]),
            ("mobilePhone", &["mobile"]),
            ("homePhone", &["homePhone"]),
            ("pagerPhone", &["pager"]),
            ("faxPhone", &["facsimileTelephoneNumber"]),
            ("workStreetAddress", &["street"]),
            ("workCity", &["l"]),
            ("workState", &["st"]),
            ("workPostalCode", &["postalCode"]),
            ("workCountry", &["c"]),
            ("employeeNumber", &["employeeNumber"]),
            ("organization", &["o"]),
            ("department", &["ou"]),
            ("costCenter", &["departmentNumber"]),
        ];
        Self::of_pairs(PAIRS, AccountStatus::default())
    }

    /// The mapping for the users of Active Directory.
    #[must_use]
    pub fn active_directory() -> Self {
        const PAIRS: &[(&str, &[&str])] = &[
            ("userName", &["sAMAccountName"]),
            ("displayName", &["displayName", "cn"]),
            ("formattedName", &["displayName", "cn"]),
            ("givenName", &["givenName"]),
            ("familyName", &["sn"]),
            ("middleName", &["middleName"]),
            ("title", &["title"]),
            ("userType", &["employeeType"]),
            ("preferredLanguage", &["preferredLanguage"]),
            ("workEmail", &["mail"]),
            ("workPhone", &["telephoneNumber"]),
            ("mobilePhone", &["mobile"]),
            ("homePhone", &["homePhone"]),
            ("pagerPhone", &["pager"]),
            ("faxPhone", &["facsimileTelephoneNumber"]),
            ("workStreetAddress", &["streetAddress"]),
            ("workCity", &["l"]),
            ("workState", &["st"]),
            ("workPostalCode", &["postalCode"]),
            ("workCountry", &["c"]),
            ("employeeNumber", &["employeeID", "employeeNumber"]),
            ("organization", &["company"]),
            ("division", &["division"]),
            ("department", &["department"]),
        ];
        Self::of_pairs(PAIRS, AccountStatus::active_directory())
    }

    fn of_pairs(pairs: &[(&str, &[&str])], status: AccountStatus) -> Self {
        let rules = pairs
            .iter()
            .filter_map(|(name, attributes)| Some(FieldRule::copy(field::find(name)?, attributes)))
            .collect();
        Self::new(rules, status)
    }

    /// Every source attribute that is read for a person.
    #[must_use]
    pub fn source_attributes(&self) -> Vec<String> {
        let status = self.status.attributes().map(str::to_owned);
        self.rules.iter().flat_map(|rule| rule.attribute_names.iter().cloned()).chain(status).collect()
    }

    /// The rules in their order.
    #[must_use]
    pub fn rules(&self) -> &[Arc<FieldRule>] {
        &self.rules
    }

    /// The user that must stand in the target for `entry`.
    ///
    /// # Errors
    /// The first field that cannot be filled as it must be.
    pub fn desired(&self, entry: &Entry) -> Result<DesiredUser, MappingProblem> {
        let problem = |rule: &FieldRule, problem: &ValueProblem| MappingProblem {
            field: rule.field.name.to_string(),
            problem: if rule.masked { "the value does not suit the field".to_owned() } else { problem.to_string() },
        };
        let mut user_name = None;
        let mut values = Vec::with_capacity(self.rules.len());
        for rule in &self.rules {
            let value = rule.value(entry).map_err(|error| problem(rule, &error))?;
            if rule.field.name == USER_NAME {
                user_name = value.as_ref().and_then(|value| value.as_str()).map(str::to_owned);
                if user_name.is_none() {
                    let sources = rule.attribute_names.join(", ");
                    return Err(problem(rule, &ValueProblem::Required(sources)));
                }
            }
            if let Some(value) = value {
                values.push(MappedValue { rule: Arc::clone(rule), value });
            }
        }
        let user_name = user_name.ok_or_else(|| MappingProblem {
            field: USER_NAME.to_owned(),
            problem: "the mapping has no rule for it".to_owned(),
        })?;
        let active = self
            .status
            .is_enabled(entry)
            .map_err(|error| MappingProblem { field: "active".to_owned(), problem: error.to_string() })?;
        Ok(DesiredUser { user_name, values, active })
    }
}

#[cfg(test)]
mod tests;
