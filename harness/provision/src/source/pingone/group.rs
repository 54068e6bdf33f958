//! The groups that a rule provisions: their names come from the management API's list, their members from the users, each of
//! whom names the groups that the user is in, those that contain them, and dynamic ones.

use std::path::Path;

use indexmap::IndexMap;
use serde_json::Value;
use weir_files::count::counted;
use weir_files::document;
use weir_files::fault::FileFault;
use weir_files::kind::DocumentKind;
use weir_files::member::Members;
use weir_files::pages::PagedList;
use weir_files::template::Placeholders;

use super::{Rule, fault};
use crate::entry::dn::{Assertion, AssertionValue, Rdn};
use crate::entry::{Dn, Entry, Role};

/// The member of a user that names the user's groups by id; the API answers it where it is asked for.
pub(super) const GROUPS_OF_USER: &str = "memberOfGroupIDs";
/// The attribute under which a group's entry holds its members.
pub(super) const MEMBERS: &str = "member";
/// The document that is expected, as a sentence has it.
const WANTED: &str = "a list of PingOne's groups";

/// Groups by id, with their names.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    names: IndexMap<String, String>,
    /// Groups of external directories, which PingOne does not provision.
    external: usize,
}

impl Groups {
    /// Reads the groups of a file that the rule names, or all of them if it names none.
    ///
    /// # Errors
    /// The first fault of the file, or a group of the rule that it does not hold.
    pub fn open(path: &Path, rule: &Rule) -> Result<Self, FileFault> {
        Self::parse(&path.display().to_string(), &document::read(path)?, rule)
    }

    /// Reads groups that are already in memory; `file` stands for the file in errors.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn parse(file: &str, text: &str, rule: &Rule) -> Result<Self, FileFault> {
        let document: Value = document::unique(text).map_err(|fault| fault.of(file))?;
        let list = listed(&document).map_err(|fault| fault.of(file))?;
        Placeholders::of_json(&document, text, &|_, _| true).refused().map_err(|fault| fault.of(file))?;
        let mut groups = Self::default();
        for (index, group) in list.iter().enumerate() {
            groups.add(group, &format!("group {}", index + 1), rule).map_err(|fault| fault.of(file))?;
        }
        let is_there = |id: &&String| groups.names.contains_key(*id);
        match rule.groups.iter().find(|id| !is_there(id)).filter(|_| groups.external == 0) {
            Some(id) => Err(fault(file, "", format!("the rule provisions the group {id}, which is not in the file"))),
            None => Ok(groups),
        }
    }

    fn add(&mut self, group: &Value, place: &str, rule: &Rule) -> Result<(), FileFault> {
        let members = Members::of(group, place)?;
        let (Some(id), Some(name)) = (members.text("id")?, members.text("name")?) else {
            return Err(FileFault::new(place, "needs id and name"));
        };
        let is_external = members.flag("isExternal")?.unwrap_or_default();
        let is_chosen = rule.groups.is_empty() || rule.groups.iter().any(|chosen| chosen == id);
        if is_chosen && is_external {
            self.external += 1;
        } else if is_chosen && self.names.insert(id.to_owned(), name.to_owned()).is_some() {
            let problem = format!("has the id {id:?} of a group before it");
            return Err(FileFault::new(place, problem).with_remedy("keep one"));
        }
        Ok(())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The groups that are left out, as a sentence.
    pub(super) fn left_out(&self) -> Option<String> {
        let groups =
            counted(self.external as u64, "group is of an external directory", "groups are of external directories");
        (self.external > 0).then(|| format!("{groups}, and PingOne provisions its own groups alone"))
    }

    /// The entries of the groups, with these users as members, each as (the user, the name of the user's entry).
    pub(super) fn entries<'a>(&self, users: impl Iterator<Item = (&'a Value, Dn)>) -> Vec<Entry> {
        let mut entries: IndexMap<&str, Entry> =
            self.names.iter().map(|(id, name)| (id.as_str(), entry(id, name))).collect();
        for (user, dn) in users {
            for id in user[GROUPS_OF_USER].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if let Some(entry) = entries.get_mut(id) {
                    entry.push(MEMBERS, dn.as_str().as_bytes());
                }
            }
        }
        entries.into_values().collect()
    }
}

fn entry(id: &str, name: &str) -> Entry {
    let assertion = Assertion { attribute: "group".to_owned(), value: AssertionValue::Text(name.to_owned()) };
    let mut entry = Entry::found(Dn::under(Rdn { assertions: vec![assertion] }, &[]), Role::Group);
    entry.push("id", id.as_bytes());
    entry.push("cn", name.as_bytes());
    entry
}

const GROUPS: PagedList<'_> = PagedList {
    names: &["groups"],
    one: "group",
    many: "groups",
    loss: "a group that is on another would count as deleted",
};

/// The groups of a document: the API's answer, or a list of the answers that make up all its pages.
fn listed(document: &Value) -> Result<Vec<Value>, FileFault> {
    match DocumentKind::of_json(document) {
        DocumentKind::PingOneGroups => GROUPS.items(document),
        other => {
            let fault = other.instead_of(WANTED);
            let remedy = "GET /environments/ID/groups of the management API gives one";
            Err(if fault.remedy.is_empty() { fault.with_remedy(remedy) } else { fault })
        }
    }
}
