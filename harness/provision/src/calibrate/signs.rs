//! Signs: what a request shows about the places of a description. A sign that could mean several things shows none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::ObservedExchange;
use crate::client::Description;
use crate::client::body::mentions;
use crate::client::variants::Variant;

/// One request that shows values at places of a description.
#[derive(Clone, Debug)]
pub(super) struct Sign {
    pub request: String,
    values: Vec<(&'static str, ValueSign)>,
}

/// The known facts about a value.
#[derive(Clone, Debug, PartialEq)]
enum ValueSign {
    Is(Value),
    /// A template that has, or has not, a member of this name in its first operation.
    HasPath(bool),
    /// A template that mentions the placeholder of this name.
    Mentions(&'static str),
}

impl Sign {
    /// Whether a variant sets all places of the sign so. A variant that sets none of them does not fit.
    pub(super) fn fits(&self, variant: &Variant) -> bool {
        self.values.iter().all(|(place, shown)| match (variant.set.get(*place), shown) {
            (Some(own), ValueSign::Is(value)) => own == value,
            (Some(own), ValueSign::HasPath(has)) => has_path(own) == *has,
            (Some(own), ValueSign::Mentions(name)) => mentions(own, name),
            (None, _) => false,
        })
    }
}

/// Whether an operation, or the first of a PATCH, has a path.
fn has_path(template: &Value) -> bool {
    template.get("path").is_some() || template["Operations"][0].get("path").is_some()
}

/// Reads the signs of all requests.
pub(super) fn read(description: &Description, heard: &[ObservedExchange]) -> Vec<Sign> {
    let mut reader = SignReader {
        users: &description.user.path,
        groups: description.group.as_ref().map_or("/Groups", |group| group.path.as_str()),
        read: BTreeSet::new(),
        active: BTreeMap::new(),
        bare_groups: BTreeSet::new(),
        signs: Vec::new(),
    };
    if let Some(first) = heard.first() {
        reader.probe(first);
    }
    for one in heard {
        reader.request(one);
    }
    reader.signs
}

struct SignReader<'a> {
    users: &'a str,
    groups: &'a str,
    /// Users that were read since they were last written.
    read: BTreeSet<String>,
    /// Whether a user was active when last written.
    active: BTreeMap<String, bool>,
    /// Groups that were created without members, and whose members have not come yet.
    bare_groups: BTreeSet<String>,
    signs: Vec<Sign>,
}

/// Where a request goes: a collection, or one of its resources.
enum Target<'a> {
    Users(Option<&'a str>),
    Groups(Option<&'a str>),
    Elsewhere,
}

impl SignReader<'_> {
    fn show(&mut self, heard: &ObservedExchange, values: Vec<(&'static str, ValueSign)>) {
        self.signs.push(Sign { request: heard.named(), values });
    }

    fn show_one(&mut self, heard: &ObservedExchange, place: &'static str, value: impl Into<Value>) {
        self.show(heard, vec![(place, ValueSign::Is(value.into()))]);
    }

    fn target<'p>(&self, path: &'p str) -> Target<'p> {
        let below = |collection: &str| {
            let (base, rest) = path.rsplit_once(collection)?;
            let _ = base;
            match rest.strip_prefix('/') {
                Some(id) if !id.contains('/') => Some(Some(id)),
                None if rest.is_empty() => Some(None),
                _ => None,
            }
        };
        match (below(self.users), below(self.groups)) {
            (Some(id), _) => Target::Users(id),
            (None, Some(id)) => Target::Groups(id),
            (None, None) => Target::Elsewhere,
        }
    }

    /// The first request is the one that tries the credentials.
    fn probe(&mut self, heard: &ObservedExchange) {
        if heard.method != "GET" {
            return;
        }
        let has = |name: &str| heard.query(name).is_some();
        let probe = match self.target(&heard.path) {
            Target::Users(None) if has("filter") => "users-by-filter",
            Target::Users(None) => "users",
            Target::Groups(None) if !has("filter") && !has("startIndex") => "groups",
            _ if heard.path.ends_with("/ServiceProviderConfig") => "service-provider-config",
            _ if heard.path.ends_with("/Schemas") => "schemas",
            _ => return,
        };
        self.show_one(heard, "connect", probe);
    }

    fn request(&mut self, heard: &ObservedExchange) {
        if let (true, Some(_)) = (heard.method != "GET", &heard.body) {
            let media = heard.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            self.show_one(heard, "manner.media_type", media);
        }
        if heard.raw_query.contains('+') || heard.raw_query.contains("%20") {
            let blank = if heard.raw_query.contains('+') { "plus" } else { "percent" };
            self.show_one(heard, "manner.blank", blank);
        }
        match self.target(&heard.path) {
            Target::Users(id) => self.user(heard, id),
            Target::Groups(id) => self.group(heard, id),
            Target::Elsewhere => {}
        }
    }

    fn user(&mut self, heard: &ObservedExchange, id: Option<&str>) {
        let body = heard.body.as_ref();
        match (heard.method.as_str(), id) {
            ("GET", None) => self.search(heard),
            ("GET", Some(id)) => {
                self.read.insert(id.to_owned());
            }
            ("POST", None) => {
                if let Some(id) = heard.answer.as_ref().and_then(|user| user["id"].as_str()) {
                    let is_active = body.is_none_or(|user| user["active"] != false);
                    self.active.insert(id.to_owned(), is_active);
                }
            }
            ("PUT", Some(id)) => {
                let id = id.to_owned();
                // A client that sends back the user as read sends the id along.
                let has_id = body.is_some_and(|user| user.get("id").is_some());
                let was_read = self.read.remove(&id);
                match (has_id, was_read) {
                    (true, _) => self.show_one(heard, "user.put", "read-merge"),
                    (false, false) => self.show_one(heard, "user.put", "mapped-only"),
                    (false, true) => {}
                }
                let is_active = body.is_none_or(|user| user["active"] != false);
                if !is_active && self.active.get(&id) == Some(&true) {
                    self.show_one(heard, "user.disable", "put");
                }
                if heard.is_success() {
                    self.active.insert(id, is_active);
                }
            }
            ("PATCH", Some(id)) => {
                let disables = body.is_some_and(|patch| {
                    let operations = patch["Operations"].as_array().into_iter().flatten();
                    operations.into_iter().any(|one| {
                        (one["path"] == "active" && one["value"] == false) || one["value"]["active"] == false
                    })
                });
                if disables {
                    self.show_one(heard, "user.disable", "patch");
                    if heard.is_success() {
                        self.active.insert(id.to_owned(), false);
                    }
                }
            }
            _ => {}
        }
    }

    fn search(&mut self, heard: &ObservedExchange) {
        let Some(filter) = heard.query("filter") else { return };
        if let Some(value) = filter.splitn(3, ' ').nth(2) {
            self.show_one(heard, "user.quotes_value", value.starts_with('"'));
        }
        let count = heard.query("count").and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
        let attributes = heard.query("attributes").unwrap_or_default();
        self.show(
            heard,
            vec![
                ("user.find_count", ValueSign::Is(json!(count))),
                ("user.find_attributes", ValueSign::Is(json!(attributes))),
            ],
        );
        let found = heard.answer.as_ref().and_then(|list| list["Resources"].as_array());
        for user in found.into_iter().flatten().filter(|_| attributes.is_empty()) {
            if let Some(id) = user["id"].as_str() {
                self.read.insert(id.to_owned());
                self.active.insert(id.to_owned(), user["active"] != false);
            }
        }
    }

    fn group(&mut self, heard: &ObservedExchange, id: Option<&str>) {
        let members = heard.body.as_ref().and_then(|group| group["members"].as_array()).map_or(0, Vec::len);
        match (heard.method.as_str(), id) {
            ("GET", None) if heard.query("filter").is_none() && heard.query("startIndex").is_some() => {
                match heard.query("count").as_deref() {
                    None => self.show_one(heard, "group.sends_negative_count", false),
                    Some("-1") => self.show_one(heard, "group.sends_negative_count", true),
                    Some(_) => {}
                }
            }
            ("POST", None) if members > 0 => self.show_one(heard, "group.creates_with_members", true),
            ("POST", None) => {
                if let Some(id) = heard.answer.as_ref().and_then(|group| group["id"].as_str()) {
                    self.bare_groups.insert(id.to_owned());
                }
            }
            ("PUT", Some(id)) => {
                self.show_one(heard, "group.update", "put");
                if members > 0 && self.bare_groups.remove(id) {
                    self.show_one(heard, "group.creates_with_members", false);
                }
            }
            ("PATCH", Some(id)) => {
                self.show_one(heard, "group.update", "patch");
                self.patch(heard, id);
            }
            _ => {}
        }
    }

    fn patch(&mut self, heard: &ObservedExchange, id: &str) {
        let operations = heard.body.as_ref().and_then(|patch| patch["Operations"].as_array()).cloned();
        let operations = operations.unwrap_or_default();
        let mut brings_members = false;
        let mut removals = Vec::new();
        for operation in &operations {
            let op = operation["op"].as_str().unwrap_or_default().to_ascii_lowercase();
            let path = operation["path"].as_str();
            let value = &operation["value"];
            match (op.as_str(), path) {
                ("replace", Some("displayName")) => self.show(heard, vec![("group.rename", ValueSign::HasPath(true))]),
                ("replace", None) if value.get("displayName").is_some() => {
                    self.show(heard, vec![("group.rename", ValueSign::HasPath(false))]);
                }
                ("replace", path) if path == Some("members") || (path.is_none() && value.get("members").is_some()) => {
                    brings_members = true;
                    let style = ("group.members.style", ValueSign::Is(json!("replace")));
                    self.show(heard, vec![style, ("group.members.replace", ValueSign::HasPath(path.is_some()))]);
                }
                ("add", Some("members")) => brings_members = true,
                ("remove", Some("members")) if value.is_array() => removals.push("members"),
                ("remove", Some(path)) if path.starts_with("members[") => removals.push("id"),
                _ => {}
            }
        }
        if let Some(name) = removals.first() {
            let style = ("group.members.style", ValueSign::Is(json!("incremental")));
            self.show(heard, vec![style, ("group.members.remove", ValueSign::Mentions(name))]);
        }
        if brings_members && self.bare_groups.remove(id) {
            self.show_one(heard, "group.creates_with_members", false);
        }
    }
}
