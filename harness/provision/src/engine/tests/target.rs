//! A simulated target: users and groups in memory, with the faults that a cycle must survive.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::client::wire::{Call, Method, NoAnswer, Reply, Wire};

/// The treatment of the call with this number (from 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call never arrives.
    Lost,
    /// The work is done, the answer never comes.
    AnswerLost,
    /// The endpoint answers with this status and does nothing.
    Status(u16),
    /// The work takes for ever.
    Hang,
}

/// The target's answer to a filter on groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupFilter {
    Works,
    Refused(u16),
    Ignored,
    AnswersEmpty,
}

#[derive(Debug)]
pub struct State {
    pub users: BTreeMap<String, Value>,
    pub groups: BTreeMap<String, Value>,
    pub calls: Vec<Call>,
    pub faults: BTreeMap<usize, Fault>,
    /// From this call on nothing arrives any more: the provisioner has crashed.
    pub crash_at: Option<usize>,
    pub group_filter: GroupFilter,
    pub page: usize,
    /// An error for a `remove` that finds no member.
    pub strict_remove: bool,
    next: u32,
}

#[derive(Clone, Debug)]
pub struct Target(pub Arc<Mutex<State>>);

impl Target {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            calls: Vec::new(),
            faults: BTreeMap::new(),
            crash_at: None,
            group_filter: GroupFilter::Works,
            page: 1000,
            strict_remove: true,
            next: 0,
        })))
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }

    /// The calls since the last time, as text.
    pub fn take_calls(&self) -> Vec<String> {
        self.with(|state| std::mem::take(&mut state.calls)).iter().map(Call::to_string).collect()
    }

    pub fn take_writes(&self) -> Vec<String> {
        self.with(|state| std::mem::take(&mut state.calls))
            .iter()
            .filter(|call| call.is_write())
            .map(Call::to_string)
            .collect()
    }

    pub fn user(&self, name: &str) -> Value {
        self.with(|state| state.users.values().find(|user| user["userName"] == name).cloned().unwrap_or(Value::Null))
    }

    /// `name: member names`, sorted.
    pub fn groups(&self) -> Vec<String> {
        self.with(|state| {
            let mut groups: Vec<String> = state.groups.values().map(|group| state.describe(group)).collect();
            groups.sort();
            groups
        })
    }

    /// `name active` for each account, sorted.
    pub fn accounts(&self) -> Vec<String> {
        self.with(|state| {
            let mut accounts: Vec<String> = state
                .users
                .values()
                .map(|user| format!("{} {}", user["userName"].as_str().unwrap(), user["active"]))
                .collect();
            accounts.sort();
            accounts
        })
    }
}

impl Wire for Target {
    fn send(&self, call: Call) -> BoxFuture<'_, Result<Reply, NoAnswer>> {
        let (answer, hangs) = self.with(|state| {
            let number = state.calls.len();
            state.calls.push(call.clone());
            let is_crashed = state.crash_at.is_some_and(|at| number >= at);
            match state.faults.get(&number).copied() {
                _ if is_crashed => (Err(NoAnswer("crashed".into())), false),
                Some(Fault::Lost) => (Err(NoAnswer("lost".into())), false),
                Some(Fault::AnswerLost) => {
                    state.answer(&call);
                    (Err(NoAnswer("answer lost".into())), false)
                }
                Some(Fault::Status(status)) => (Ok(reply(status, json!({ "detail": "as told" }))), false),
                Some(Fault::Hang) => {
                    state.answer(&call);
                    (Err(NoAnswer("hangs".into())), true)
                }
                None => (Ok(state.answer(&call)), false),
            }
        });
        Box::pin(async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            answer
        })
    }
}

fn reply(status: u16, body: Value) -> Reply {
    Reply { status, json: Ok(body), exchange: None }
}

impl State {
    fn describe(&self, group: &Value) -> String {
        let mut members: Vec<String> = group["members"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|member| {
                let id = member["value"].as_str().unwrap();
                let user = self.users.get(id).map(|user| user["userName"].clone());
                let name = user.or_else(|| self.groups.get(id).map(|group| group["displayName"].clone()));
                name.unwrap_or_else(|| json!("?")).as_str().unwrap().to_owned()
            })
            .collect();
        members.sort();
        format!("{}: {}", group["displayName"].as_str().unwrap(), members.join(" "))
    }

    fn answer(&mut self, call: &Call) -> Reply {
        let is_user = call.path == "/Users";
        match (call.method, &call.id) {
            (Method::Get, None) => self.search(call, is_user),
            (Method::Post, None) => self.create(call, is_user),
            (method, Some(id)) => {
                let collection = if is_user { &mut self.users } else { &mut self.groups };
                if !collection.contains_key(id) {
                    return reply(404, json!({}));
                }
                match method {
                    Method::Get => reply(200, collection[id].clone()),
                    Method::Put => {
                        let mut body = call.body.clone().unwrap();
                        body["id"] = json!(id);
                        collection.insert(id.clone(), body.clone());
                        reply(200, body)
                    }
                    Method::Patch if is_user => reply(501, json!({})),
                    Method::Patch => self.patch(id, call.body.as_ref().unwrap()),
                    Method::Delete => {
                        collection.remove(id);
                        for group in self.groups.values_mut() {
                            group["members"].as_array_mut().unwrap().retain(|member| member["value"] != **id);
                        }
                        reply(204, Value::Null)
                    }
                    Method::Post => reply(405, json!({})),
                }
            }
            _ => reply(405, json!({})),
        }
    }

    fn search(&self, call: &Call, is_user: bool) -> Reply {
        let query = |name: &str| call.query.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str());
        let collection = if is_user { &self.users } else { &self.groups };
        let attribute = if is_user { "userName" } else { "displayName" };
        let mut found: Vec<&Value> = collection.values().collect();
        if let Some(filter) = query("filter") {
            match self.group_filter {
                GroupFilter::Refused(status) if !is_user => return reply(status, json!({ "detail": "no filter" })),
                GroupFilter::AnswersEmpty if !is_user => found.clear(),
                GroupFilter::Ignored if !is_user => {}
                _ => {
                    let value = filter.split_once(" eq ").or_else(|| filter.split_once(" Eq ")).unwrap().1;
                    let wanted: String = serde_json::from_str(value).unwrap();
                    found.retain(|resource| {
                        if filter.starts_with("emails") {
                            let emails = resource["emails"].as_array().into_iter().flatten();
                            return emails.into_iter().any(|email| email["value"] == *wanted);
                        }
                        resource[attribute].as_str().unwrap().to_lowercase() == wanted.to_lowercase()
                    });
                }
            }
        }
        let total = found.len();
        let start: usize = query("startIndex").map_or(1, |text| text.parse().unwrap());
        let page: Vec<&Value> = found.into_iter().skip(start - 1).take(self.page).collect();
        reply(200, json!({ "totalResults": total, "startIndex": start, "Resources": page }))
    }

    fn create(&mut self, call: &Call, is_user: bool) -> Reply {
        let mut body = call.body.clone().unwrap();
        let is_taken = is_user && self.users.values().any(|user| user["userName"] == body["userName"]);
        if is_taken {
            return reply(409, json!({ "scimType": "uniqueness" }));
        }
        self.next += 1;
        let id = format!("{}{:04}", if is_user { "u" } else { "g" }, self.next);
        body["id"] = json!(id);
        if !is_user {
            body["members"] = json!([]);
        }
        if is_user { &mut self.users } else { &mut self.groups }.insert(id, body.clone());
        reply(201, body)
    }

    fn patch(&mut self, id: &str, body: &Value) -> Reply {
        let mut group = self.groups[id].clone();
        for operation in body["Operations"].as_array().unwrap() {
            let path = operation["path"].as_str().unwrap();
            let members = group["members"].as_array_mut().unwrap();
            match operation["op"].as_str().unwrap() {
                "replace" => group[path] = operation["value"].clone(),
                "add" => {
                    for member in operation["value"].as_array().unwrap() {
                        let id = member["value"].as_str().unwrap();
                        if !self.users.contains_key(id) && !self.groups.contains_key(id) {
                            return reply(400, json!({ "scimType": "invalidValue" }));
                        }
                        if !members.contains(member) {
                            members.push(member.clone());
                        }
                    }
                }
                "remove" => {
                    let wanted = path.split('"').nth(1).unwrap();
                    let before = members.len();
                    members.retain(|member| member["value"] != wanted);
                    if self.strict_remove && members.len() == before {
                        return reply(400, json!({ "scimType": "noTarget" }));
                    }
                }
                other => panic!("no such op: {other}"),
            }
        }
        self.groups.insert(id.to_owned(), group);
        reply(204, Value::Null)
    }
}
