//! PingOne as a source: its users, the rule that says who of them is provisioned and how, and the events after that, each
//! of which is sent as it comes.
//!
//! Users and rule are the JSON of PingOne's management API. Events are a form of our own, one JSON object a line: PingOne
//! has no public one.

mod event;
mod expression;
mod group;
mod rule;
mod rule_mappings;
mod user;

use std::borrow::Cow;
use std::path::Path;

pub use event::{Event, EventError, EventKind, Events};
use expression::Expression;
pub use group::Groups;
use indexmap::IndexMap;
pub use rule::{Rule, RuleChoice};
use scim::path::AttributePath;
use serde_json::Value;
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::kind::DocumentKind;
use weir_files::pages::PagedList;
use weir_files::template::Placeholders;

use super::{Entries, LocatedEntry, Scope, Source, SourceError};
use crate::channel::Channel;
use crate::entry::Entry;
use crate::ledger::Guid;

/// The users of an environment, and which of them the last event touched.
#[derive(Debug)]
pub struct PingOne {
    users: IndexMap<String, UserVersion>,
    groups: Groups,
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
        let document: Value = document::unique(text).map_err(|fault| not_read(text, fault).of(file))?;
        let list = listed(&document).map_err(|fault| fault.of(file))?;
        let mut users = IndexMap::with_capacity(list.len());
        for (index, user) in list.iter().enumerate() {
            let place = format!("user {}", index + 1);
            let id = user::checked(user, &place).map_err(|fault| fault.of(file))?;
            let id = id.ok_or_else(|| {
                fault(
                    file,
                    place.as_str(),
                    "has no id; every user of PingOne has one, which stays when the name changes",
                )
            })?;
            let mut own = user.clone();
            user::normalise(&mut own);
            if let (at, Some(_)) = users.insert_full(id.to_owned(), UserVersion { user: own, said: None }) {
                let problem = format!("has the id {id:?} of user {}", at + 1);
                return Err(fault(file, place.as_str(), problem).with_remedy("keep one"));
            }
        }
        let needed = |path: &str, _: &str| is_needed(rule, path);
        Placeholders::of_json(&Value::Array(list), text, &needed).refused().map_err(|fault| fault.of(file))?;
        refuse_unknown_groups(rule, &users).map_err(|fault| fault.of(file))?;
        let groups = Groups::default();
        Ok(Self { users, groups, filter: rule.filter.clone(), is_rule_deleted: false, touched: None })
    }

    /// Provisions these groups as well; `file` stands for the file of the users in errors.
    ///
    /// # Errors
    /// No user says which groups the user is in, so that each group would lose its members.
    pub fn with_groups(self, file: &str, groups: Groups) -> Result<Self, FileFault> {
        let says_groups = |held: &UserVersion| held.user[group::GROUPS_OF_USER].is_array();
        if !groups.is_empty() && !self.users.values().any(says_groups) {
            let problem = format!("no user has {}, so that no group would have a member", group::GROUPS_OF_USER);
            return Err(fault(file, "", problem).with_remedy("ask for them with GET …/users?include=memberOfGroupIDs"));
        }
        Ok(Self { groups, ..self })
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
                    // The filter may ask for the member that changed.
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

    /// The attributes that the filter asks for and nobody has, as a sentence: the answer may have been asked for some attributes alone.
    fn unseen(&self) -> Option<String> {
        let attributes = self.filter.as_ref().map(Expression::attributes).unwrap_or_default();
        let is_unseen =
            |path: &&AttributePath| !self.users.values().any(|held| Expression::is_present(path, &held.user));
        let unseen: Vec<String> = attributes.iter().filter(is_unseen).map(ToString::to_string).collect();
        (!unseen.is_empty() && !self.users.is_empty()).then(|| {
            format!(
                "no user has {}, which the rule's filter names; if the file leaves it out, add it",
                unseen.join(" or ")
            )
        })
    }

    fn provisioned(&self, id: &str) -> Option<&UserVersion> {
        self.users.get(id).filter(|held| self.is_in_rule(held))
    }
}

/// The document that is expected, as a sentence has it.
const WANTED: &str = "a list of PingOne's users";

/// The fault of a text that cannot be read as JSON: an export of a directory needs no rule.
fn not_read(text: &str, fault: FileFault) -> FileFault {
    match DocumentKind::of(text) {
        kind @ (DocumentKind::Ldif | DocumentKind::Csvde) => {
            kind.instead_of(WANTED).with_remedy("leave out --rule, which is about PingOne's users")
        }
        _ => fault,
    }
}

const USERS: PagedList<'_> = PagedList {
    names: &["users"],
    one: "user",
    many: "users",
    loss: "a user who is on another would count as a leaver",
};

/// The users of a document: a list of them, the API's answer, or a list of the answers that make up all its pages.
fn listed(document: &Value) -> Result<Vec<Value>, FileFault> {
    let kind = DocumentKind::of_json(document);
    match (kind, document) {
        (DocumentKind::User, _) => Ok(vec![document.clone()]),
        (DocumentKind::Users, document) => USERS.items(document),
        (_, Value::Array(list)) if list.is_empty() || list.iter().all(|one| one["id"].is_string()) => Ok(list.clone()),
        _ => {
            let fault = kind.instead_of(WANTED);
            let remedy = "GET /environments/ID/users of the management API gives one";
            Err(if fault.remedy.is_empty() { fault.with_remedy(remedy) } else { fault })
        }
    }
}

/// A filter on the groups of users selects nobody, and its negation everybody, where no user says which groups they are.
fn refuse_unknown_groups(rule: &Rule, users: &IndexMap<String, UserVersion>) -> Result<(), FileFault> {
    let Some(filter) = &rule.filter else { return Ok(()) };
    let attributes = filter.attributes();
    let groups = attributes.iter().find(|path| path.attribute.eq_ignore_ascii_case(expression::GROUPS));
    let says_groups =
        |held: &UserVersion| held.user[group::GROUPS_OF_USER].is_array() || held.user[expression::GROUPS].is_array();
    match groups {
        Some(path) if !users.is_empty() && !users.values().any(says_groups) => Err(FileFault::new(
            Place::Whole,
            format!(
                "no user has {}, so that the filter of the rule on {path} selects no user, and its negation every one",
                group::GROUPS_OF_USER
            ),
        )
        .with_remedy("ask for them with GET …/users?include=memberOfGroupIDs")),
        _ => Ok(()),
    }
}

/// Whether a run with this rule uses the member of a user at a path such as `[3].name.given`.
fn is_needed(rule: &Rule, path: &str) -> bool {
    const ALWAYS: [&str; 3] = ["id", "username", group::GROUPS_OF_USER];
    let member = path.split_once("].").map_or(path, |(_, member)| member);
    let member = member.split('[').next().unwrap_or_default();
    let is_in_filter = || rule.filter.as_ref().is_some_and(|filter| filter.to_string().contains(member));
    ALWAYS.contains(&member) || rule.mapping.source_attributes().iter().any(|own| own == member) || is_in_filter()
}

fn fault(file: &str, place: impl Into<Place>, problem: impl Into<String>) -> FileFault {
    FileFault::new(place, problem).of(file)
}

/// The channel of a rule: users by their id, and groups if some are given.
#[must_use]
pub fn channel(rule: &Rule, groups: &Groups) -> Channel {
    let groups = |name: &str| if groups.is_empty() { Vec::new() } else { vec![name.to_owned()] };
    Channel {
        guid_attribute: "id".to_owned(),
        guid_binary: false,
        user_classes: Vec::new(),
        group_classes: groups("group"),
        member_attributes: groups(group::MEMBERS),
        mapping: rule.mapping.clone(),
        ..Channel::default()
    }
}

impl Source for PingOne {
    fn entries(&self) -> Result<Entries<'_>, SourceError> {
        let entry = |held: &UserVersion| user::entry(&held.user);
        let within = || self.users.iter().filter(|(_, held)| self.is_in_rule(held));
        let users: Box<dyn Iterator<Item = Entry> + Send> = match &self.touched {
            Some(touched) if self.groups.is_empty() => {
                Box::new(touched.iter().filter_map(|id| self.provisioned(id)).map(entry))
            }
            // A group has members whom the event did not touch.
            Some(touched) => {
                Box::new(within().map(
                    move |(id, held)| {
                        if touched.contains(id) { entry(held) } else { entry(held).unchanged() }
                    },
                ))
            }
            None => Box::new(within().map(move |(_, held)| entry(held))),
        };
        let groups = if self.is_rule_deleted {
            Vec::new()
        } else {
            self.groups.entries(within().map(|(_, held)| (&held.user, entry(held).dn)))
        };
        Ok(Box::new(users.chain(groups).map(|entry| Ok(Cow::Owned(entry)))))
    }

    fn locate(&self, person: &str, channel: &Channel) -> Result<Option<Vec<LocatedEntry>>, SourceError> {
        let called = |entry: &Entry| {
            let is_one = |attribute: &&str| entry.has_value(attribute, person.as_bytes());
            ["id", "username", "email", "externalId", "name.formatted"].iter().any(is_one)
                || channel.guid(entry).0.to_string().eq_ignore_ascii_case(person)
        };
        let entries =
            self.users.values().map(|held| (held, user::entry(&held.user))).filter(|(_, entry)| called(entry));
        let located = entries.map(|(held, entry)| {
            let mut facts = Vec::new();
            if let Some(filter) = &self.filter {
                let answer = if filter.matches(&held.user) { "true" } else { "false" };
                facts.push((format!("the rule's filter {filter}"), answer.to_owned()));
            } else {
                facts.push(("the rule's filter".to_owned(), "there is none, so every user is in".to_owned()));
            }
            LocatedEntry { is_within: self.is_in_rule(held), entry, facts }
        });
        Ok(Some(located.collect()))
    }

    fn left_out(&self) -> Vec<String> {
        if self.touched.is_some() || self.is_rule_deleted {
            return Vec::new();
        }
        let count = self.users.values().filter(|held| !self.is_in_rule(held)).count();
        let verb = if count == 1 { "user does" } else { "users do" };
        let filter = self.filter.as_ref().filter(|_| count > 0);
        let users = filter.map(|filter| format!("{count} {verb} not meet the rule's filter {filter}"));
        users.into_iter().chain(self.unseen()).chain(self.groups.left_out()).collect()
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

/// The mapping of a file of mappings, for tests of readers.
#[cfg(test)]
pub(crate) fn mappings_of(file: &str, text: &str) -> Result<crate::mapping::Mapping, FileFault> {
    rule_mappings::listed_mappings(file, text)?.read(false, &mut Vec::new())
}

/// The entry of a user, for tests of mappings.
#[must_use]
pub fn entry(user: &Value) -> Entry {
    user::entry(user)
}

#[cfg(test)]
mod tests;
