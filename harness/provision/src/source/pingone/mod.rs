//! PingOne as a source: its users, the rule that says who of them is provisioned and how, and the events after that, each
//! of which is sent as it comes.
//!
//! Users and rule are the JSON of PingOne's management API. Events are a form of our own, one JSON object a line: PingOne
//! has no public one.

mod event;
mod expression;
mod rule;
mod user;

use std::borrow::Cow;
use std::path::Path;

pub use event::{Event, EventError, EventKind, Events};
use expression::Expression;
use indexmap::IndexMap;
pub use rule::Rule;
use serde_json::Value;
use weir_files::document;
use weir_files::fault::{FileFault, Place};

use super::{Entries, Scope, Source, SourceError};
use crate::channel::Channel;
use crate::entry::Entry;
use crate::ledger::Guid;

/// The users of an environment, and which of them the last event touched.
#[derive(Debug)]
pub struct PingOne {
    users: IndexMap<String, UserVersion>,
    filter: Option<Expression>,
    is_rule_deleted: bool,
    /// Absent while everybody is looked at: before the first event, and after the rule was deleted.
    touched: Option<Vec<String>>,
}

#[derive(Debug)]
struct UserVersion {
    user: Value,
    /// An event said that the user joined or left the rule's filter, which counts more than the filter.
    said: Option<bool>,
}

impl PingOne {
    /// Reads the users of a file: the management API's answer, or a list of users.
    ///
    /// # Errors
    /// The first fault of the file.
    pub fn open(path: &Path, rule: &Rule) -> Result<Self, FileFault> {
        Self::parse(&path.display().to_string(), &document::read(path)?, rule)
    }

    /// Reads users that are already in memory; `file` stands for the file in errors.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn parse(file: &str, text: &str, rule: &Rule) -> Result<Self, FileFault> {
        let document: Value = document::json(text).map_err(|fault| fault.of(file))?;
        let list = match &document {
            Value::Array(list) => Some(list),
            _ => document["_embedded"]["users"].as_array().or_else(|| document["users"].as_array()),
        };
        let Some(list) = list else {
            return Err(fault(
                file,
                "",
                "there are no users in it; give the answer of the management API's GET /environments/ID/users, or a list of users",
            ));
        };
        let mut users = IndexMap::with_capacity(list.len());
        for (index, user) in list.iter().enumerate() {
            let place = format!("user {}", index + 1);
            let id = user::id(user).ok_or_else(|| {
                fault(
                    file,
                    place.as_str(),
                    "has no id; every user of PingOne has one, which stays when the name changes",
                )
            })?;
            if users.insert(id.to_owned(), UserVersion { user: user.clone(), said: None }).is_some() {
                return Err(fault(file, place.as_str(), format!("has the id {id:?} of a user before it")));
            }
        }
        Ok(Self { users, filter: rule.filter.clone(), is_rule_deleted: false, touched: None })
    }

    /// Takes an event into account. The next pass is about what it touched, and nothing else.
    ///
    /// # Errors
    /// The event does not fit what is known.
    pub fn apply(&mut self, event: Event) -> Result<(), EventError> {
        let touched = |id: &str| Some(vec![id.to_owned()]);
        match event.change {
            EventKind::RuleDeleted => {
                self.is_rule_deleted = true;
                self.touched = None;
                return Ok(());
            }
            EventKind::Deleted => {
                self.known(&event.id)?;
                self.users.shift_remove(&event.id);
            }
            EventKind::Created if self.users.contains_key(&event.id) => {
                return Err(EventError::CreatedBefore(event.id));
            }
            EventKind::Created => {
                let user = event.user.ok_or(EventError::NoAttributes)?;
                self.users.insert(event.id.clone(), UserVersion { user, said: None });
            }
            change => {
                let held = self.known(&event.id)?;
                if let Some(user) = event.user {
                    user::merge(&mut held.user, user);
                }
                match change {
                    EventKind::Enabled => held.user["enabled"] = Value::Bool(true),
                    EventKind::Disabled => held.user["enabled"] = Value::Bool(false),
                    EventKind::JoinedRule => held.said = Some(true),
                    EventKind::LeftRule => held.said = Some(false),
                    // What changed may be what the filter asks for.
                    _ => held.said = None,
                }
            }
        }
        self.touched = touched(&event.id);
        Ok(())
    }

    fn known(&mut self, id: &str) -> Result<&mut UserVersion, EventError> {
        self.users.get_mut(id).ok_or_else(|| EventError::NoUser(id.to_owned()))
    }

    /// Whether an event has deleted the rule.
    #[must_use]
    pub const fn is_rule_deleted(&self) -> bool {
        self.is_rule_deleted
    }

    /// How many users there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.users.len()
    }

    /// Whether there are no users.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    fn is_in_rule(&self, held: &UserVersion) -> bool {
        let by_filter = || self.filter.as_ref().is_none_or(|filter| filter.matches(&held.user));
        !self.is_rule_deleted && held.said.unwrap_or_else(by_filter)
    }

    fn provisioned(&self, id: &str) -> Option<&UserVersion> {
        self.users.get(id).filter(|held| self.is_in_rule(held))
    }
}

fn fault(file: &str, place: impl Into<Place>, problem: impl Into<String>) -> FileFault {
    FileFault::new(place, problem).of(file)
}

/// The channel of a rule: users by their id, no groups.
#[must_use]
pub fn channel(rule: &Rule) -> Channel {
    Channel {
        guid_attribute: "id".to_owned(),
        guid_binary: false,
        user_classes: Vec::new(),
        group_classes: Vec::new(),
        member_attributes: Vec::new(),
        mapping: rule.mapping.clone(),
        ..Channel::default()
    }
}

impl Source for PingOne {
    fn entries(&self) -> Result<Entries<'_>, SourceError> {
        let entry = |held: &UserVersion| Ok(Cow::Owned(user::entry(&held.user)));
        Ok(match &self.touched {
            Some(touched) => Box::new(touched.iter().filter_map(|id| self.provisioned(id)).map(entry)),
            None => Box::new(self.users.values().filter(|held| self.is_in_rule(held)).map(entry)),
        })
    }

    fn scope(&self) -> Scope {
        match &self.touched {
            None => Scope::Everything,
            Some(touched) => {
                let gone = touched.iter().filter(|id| self.provisioned(id).is_none());
                Scope::Touched { gone: gone.map(|id| Guid::parse(id)).collect() }
            }
        }
    }
}

/// The entry of a user, for tests of mappings.
#[must_use]
pub fn entry(user: &Value) -> Entry {
    user::entry(user)
}

#[cfg(test)]
mod tests;
