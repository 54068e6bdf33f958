//! The groups that a rule provisions: their names come from the management API's list, their members from the users, each of
//! whom names the groups that the user is in, those that contain them, and dynamic ones.

use std::path::Path;

use indexmap::IndexMap;
use serde_json::Value;
use weir_files::document;
use weir_files::fault::FileFault;
use weir_files::kind::DocumentKind;

use super::{Rule, all_pages, fault};
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
        let mut groups = Self::default();
        for (index, group) in listed(file, &document)?.iter().enumerate() {
            let text = |key: &str| group[key].as_str().filter(|text| !text.is_empty());
            let place = format!("group {}", index + 1);
            let (Some(id), Some(name)) = (text("id"), text("name")) else {
                return Err(fault(file, place.as_str(), "needs id and name"));
            };
            let is_chosen = rule.groups.is_empty() || rule.groups.iter().any(|chosen| chosen == id);
            if is_chosen && group["isExternal"] == true {
                groups.external += 1;
            } else if is_chosen && groups.names.insert(id.to_owned(), name.to_owned()).is_some() {
                return Err(fault(file, place.as_str(), format!("has the id {id:?} of a group before it")));
            }
        }
        let is_there = |id: &&String| groups.names.contains_key(*id);
        match rule.groups.iter().find(|id| !is_there(id)).filter(|_| groups.external == 0) {
            Some(id) => Err(fault(file, "", format!("the rule provisions the group {id}, which is not in the file"))),
            None => Ok(groups),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The groups that are left out, as a sentence.
    pub(super) fn left_out(&self) -> Option<String> {
        match self.external {
            0 => None,
            1 => Some("1 group is of an external directory, and PingOne provisions its own groups alone".to_owned()),
            count => {
                Some(format!("{count} groups are of external directories, and PingOne provisions its own groups alone"))
            }
        }
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

/// The groups of a document: the API's answer, or a list of the answers that make up all its pages.
fn listed(file: &str, document: &Value) -> Result<Vec<Value>, FileFault> {
    let is_page = |page: &Value| DocumentKind::of_json(page) == DocumentKind::PingOneGroups;
    let pages: Vec<&Value> = match document {
        Value::Array(pages) if !pages.is_empty() && pages.iter().all(is_page) => pages.iter().collect(),
        page if is_page(page) => vec![page],
        other => {
            let fault = DocumentKind::of_json(other).instead_of(WANTED).of(file);
            let remedy = "GET /environments/ID/groups of the management API gives one";
            return Err(if fault.remedy.is_empty() { fault.with_remedy(remedy) } else { fault });
        }
    };
    all_pages(file, &pages, "groups", "a group that is on another would count as deleted")
}
