//! A group, as far as the model follows it: who is a member.

use std::collections::BTreeSet;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};

use super::Model;
use crate::check::{Context, Resource, Stop, patch_of};
use weir_judge::Because;

/// How many users come and go.
const PEOPLE: usize = 5;

/// See the [module documentation](self).
pub struct Group {
    resource: Resource,
    /// What a PUT begins with: the new resource, as it can be sent back.
    body: Value,
    people: Vec<Resource>,
    /// What each of them is as a member.
    values: Vec<Value>,
    members: BTreeSet<usize>,
    patches: bool,
    replaces: bool,
}

/// One change of the members, who are named by their place among the people of the model.
#[derive(Clone)]
pub enum GroupStep {
    Put(Vec<usize>),
    Add(Vec<usize>),
    /// By one operation each, in one request.
    Remove(Vec<usize>),
    Replace(Vec<usize>),
    RemoveAll,
}

impl Group {
    fn values(&self, members: &[usize]) -> Value {
        members.iter().map(|&at| self.values[at].clone()).collect()
    }
}

impl Model for Group {
    type Step = GroupStep;

    async fn create(context: &Context) -> Result<Self, Stop> {
        context.needs_published_members()?;
        let offers = |capability| context.discovery().offers(capability);
        let (patches, replaces) = (offers(Capability::PatchGroups), offers(Capability::ReplaceGroups));
        if !patches && !replaces {
            return Err(Stop::Skip(Because::Offer, "the endpoint offers neither PUT nor PATCH of groups".into()));
        }
        let mut people = Vec::new();
        for _ in 0..PEOPLE {
            people.push(context.user().await?);
        }
        let resource = context.group(&people.iter().take(1).collect::<Vec<_>>()).await?;
        let body = context.sendable(&resource, resource.body());
        let values = people.iter().map(|person| context.member(person)).collect();
        Ok(Self { resource, body, people, values, members: BTreeSet::from([0]), patches, replaces })
    }

    fn draw(&self, _: &Context, random: &mut (dyn FnMut(u64) -> u64 + Send)) -> GroupStep {
        let mut pick = |length: usize| usize::try_from(random(length as u64)).unwrap_or(0);
        let some: BTreeSet<usize> = (0..=pick(3)).map(|_| pick(PEOPLE)).collect();
        let some: Vec<usize> = some.into_iter().collect();
        let there = |who: &[usize]| who.iter().copied().filter(|at| self.members.contains(at)).collect::<Vec<_>>();
        if !self.patches || (self.replaces && pick(6) == 0) {
            return GroupStep::Put(some);
        }
        match pick(8) {
            4 | 5 if !there(&some).is_empty() => GroupStep::Remove(there(&some)),
            6 => GroupStep::Replace(some),
            7 => GroupStep::RemoveAll,
            _ => GroupStep::Add(some),
        }
    }

    fn describe(step: &GroupStep) -> String {
        let names = |members: &[usize]| {
            let names: Vec<String> = members.iter().map(|at| format!("user {}", at + 1)).collect();
            names.join(" and ")
        };
        match step {
            GroupStep::Put(members) => format!("PUT with {}", names(members)),
            GroupStep::Add(members) => format!("add {}", names(members)),
            GroupStep::Remove(members) => format!("remove {}", names(members)),
            GroupStep::Replace(members) => format!("replace by {}", names(members)),
            GroupStep::RemoveAll => "remove members".into(),
        }
    }

    fn request(&self, step: &GroupStep) -> Request {
        let operations = match step {
            GroupStep::Put(members) => {
                let mut body = self.body.clone();
                body["members"] = self.values(members);
                return self.resource.request(Method::PUT).json(&body);
            }
            GroupStep::Add(members) => json!([{"op": "add", "path": "members", "value": self.values(members)}]),
            GroupStep::Remove(members) => members
                .iter()
                .map(|&at| json!({"op": "remove", "path": format!("members[value eq {}]", json!(self.people[at].id))}))
                .collect(),
            GroupStep::Replace(members) => json!([{"op": "replace", "path": "members", "value": self.values(members)}]),
            GroupStep::RemoveAll => json!([{"op": "remove", "path": "members"}]),
        };
        self.resource.request(Method::PATCH).json(&patch_of(&operations))
    }

    fn apply(&mut self, step: &GroupStep) {
        match step {
            GroupStep::Put(members) | GroupStep::Replace(members) => self.members = members.iter().copied().collect(),
            GroupStep::Add(members) => self.members.extend(members),
            GroupStep::Remove(members) => self.members.retain(|at| !members.contains(at)),
            GroupStep::RemoveAll => self.members.clear(),
        }
    }

    fn resource(&self) -> &Resource {
        &self.resource
    }

    fn difference(&self, read: &Exchange) -> Option<String> {
        let listed = read.at("members").and_then(Value::as_array).into_iter().flatten();
        let found: BTreeSet<&str> = listed.filter_map(|member| at(member, "value").and_then(Value::as_str)).collect();
        let expected: BTreeSet<&str> = self.members.iter().map(|&at| self.people[at].id.as_str()).collect();
        let name = |id: &&str| {
            let place = self.people.iter().position(|person| person.id == *id);
            place.map_or_else(|| format!("the stranger {id}"), |at| format!("user {}", at + 1))
        };
        let missing: Vec<String> = expected.difference(&found).map(name).collect();
        let more: Vec<String> = found.difference(&expected).map(name).collect();
        match (missing.is_empty(), more.is_empty()) {
            (true, true) => None,
            (false, true) => Some(format!("{} missing", missing.join(", "))),
            (true, false) => Some(format!("{} too many", more.join(", "))),
            (false, false) => Some(format!("{} missing, {} too many", missing.join(", "), more.join(", "))),
        }
    }
}
