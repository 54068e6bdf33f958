//! What must be there against what is there, as problems by path.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use weir_exchange::Exchange;
use weir_exchange::difference::Difference;
use weir_exchange::difference::{at, same};
use weir_judge::{Problem, Verdict};
use weir_provision::client::body::look_up;
use weir_provision::engine::CycleReport;
use weir_provision::mapping::field::Place;

use super::observation::{Observation, ReadBackError, id_of, name_of, same_name};
use super::step::StepSpec;
use super::world::{Account, World};
use crate::output::plural::plural;

/// Which side of an application was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// What SCIM shows.
    Front,
    /// What the service behind the application holds.
    Service,
}

impl Side {
    const fn place(self) -> &'static str {
        match self {
            Self::Front => "at the endpoint",
            Self::Service => "in the service behind the application",
        }
    }
}

/// What a comparison needs besides the two worlds.
pub(super) struct Comparison<'a> {
    pub spec: &'a StepSpec,
    pub side: Side,
    /// Whether nothing else may be there.
    pub is_exhaustive: bool,
    /// Whether the endpoint's schemas list the attribute; one that is not listed may be dropped.
    pub is_listed: &'a dyn Fn(&Place) -> bool,
}

impl Comparison<'_> {
    /// Every resource that is not as it must be.
    pub(super) fn problems(&self, world: &World, found: &Observation) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut expected = BTreeSet::new();
        let by_name = by_name(&found.users, "userName");
        for account in world.accounts.values() {
            let key = scim::text::fold(&account.user_name).into_owned();
            let matching = by_name.get(&key).map_or(&[][..], Vec::as_slice);
            problems.extend(self.user(account, matching, found));
            expected.insert(key);
        }
        if self.is_exhaustive {
            for user in &found.users {
                let name = name_of(user, "userName");
                if !expected.contains(&*scim::text::fold(name)) {
                    problems.push(self.problem(
                        format!("user {name} is {}, but must not be there", self.side.place()),
                        format!("an account with id {}", id_of(user)),
                        Vec::new(),
                        exchanges_of(found, id_of(user)),
                    ));
                }
            }
        }
        self.groups(world, found, &mut problems);
        problems
    }

    fn problem(
        &self,
        message: String,
        observed: String,
        differences: Vec<Difference>,
        exchanges: Vec<Arc<Exchange>>,
    ) -> Problem {
        Problem {
            requirements: self.spec.requirements.iter().map(|&id| id.to_owned()).collect(),
            legal: self.spec.legal.iter().map(|&legal| legal.to_owned()).collect(),
            exchanges,
            differences,
            ..Problem::new(Verdict::Fail, message, observed)
        }
    }

    fn user(&self, account: &Account, matching: &[&Value], found: &Observation) -> Option<Problem> {
        let name = &account.user_name;
        let user = match matching {
            [] => {
                let message = format!("user {name} has no account {}", self.side.place());
                return Some(self.problem(message, "no such user".into(), Vec::new(), last_exchange(found)));
            }
            [user] => user,
            several => {
                let ids: Vec<&str> = several.iter().map(|user| id_of(user)).collect();
                let message = format!("user {name} has {} accounts {}", several.len(), self.side.place());
                return Some(self.problem(
                    message,
                    format!("the ids {}", ids.join(", ")),
                    Vec::new(),
                    exchanges_of(found, ids[0]),
                ));
            }
        };
        let mut differences = Vec::new();
        let active = at(user, "active");
        // An account that says nothing about being active counts as active.
        if active.is_none_or(|active| active != false) != account.active {
            differences.push(Difference {
                path: "active".into(),
                expected: Some(Value::Bool(account.active)),
                found: active.cloned(),
            });
        }
        let is_grave = !differences.is_empty();
        let mut only_unlisted = !is_grave;
        for (path, (place, wanted)) in &account.values {
            let present = look_up(user, place);
            // userName is not caseExact (RFC 7643 section 4.1.1), so an endpoint may keep it in another letter case.
            let is_same_name = |present: &Value| {
                path == "userName"
                    && wanted.as_str().zip(present.as_str()).is_some_and(|(wanted, present)| same_name(wanted, present))
            };
            if present.as_ref().is_some_and(|present| same_value(place, wanted, present) || is_same_name(present)) {
                continue;
            }
            only_unlisted &= present.is_none() && !(self.is_listed)(place);
            differences.push(Difference { path: path.clone(), expected: Some(wanted.clone()), found: present });
        }
        if differences.is_empty() {
            return None;
        }
        let paths: Vec<&str> = differences.iter().map(|difference| difference.path.as_str()).collect();
        let message = format!("user {name} is not as the source wants it {}: {}", self.side.place(), paths.join(", "));
        let mut problem =
            self.problem(message, format!("id {}", id_of(user)), differences, exchanges_of(found, id_of(user)));
        if only_unlisted {
            problem.verdict = Verdict::Note;
            problem.message += "; the endpoint's schemas do not list these";
        }
        Some(problem)
    }

    fn groups(&self, world: &World, found: &Observation, problems: &mut Vec<Problem>) {
        let names = found.names();
        let mut expected = BTreeSet::new();
        let by_name = by_name(&found.groups, "displayName");
        for group in world.groups.values() {
            let key = scim::text::fold(&group.name).into_owned();
            let matching = by_name.get(&key).map_or(&[][..], Vec::as_slice);
            expected.insert(key);
            let name = &group.name;
            let present = match matching {
                [] => {
                    let message = format!("group {name} is missing {}", self.side.place());
                    problems.push(self.problem(message, "no such group".into(), Vec::new(), last_exchange(found)));
                    continue;
                }
                [present] => present,
                several => {
                    let ids: Vec<&str> = several.iter().map(|group| id_of(group)).collect();
                    let message = format!("group {name} is there {} times {}", several.len(), self.side.place());
                    let observed = format!("the ids {}", ids.join(", "));
                    problems.push(self.problem(message, observed, Vec::new(), exchanges_of(found, ids[0])));
                    continue;
                }
            };
            let wanted: BTreeMap<String, &str> = group
                .members
                .iter()
                .filter_map(|guid| world.name_of(guid))
                .map(|name| (scim::text::fold(name).into_owned(), name))
                .collect();
            let members = at(present, "members").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let mut there = BTreeMap::new();
            let mut differences = Vec::new();
            for (index, member) in members.iter().enumerate() {
                let id = name_of(member, "value");
                let name = names.get(id).copied();
                let key = name.map(|name| scim::text::fold(name).into_owned());
                match key.filter(|key| wanted.contains_key(key)) {
                    Some(key) if there.insert(key.clone(), index).is_none() => {}
                    _ => differences.push(Difference {
                        path: format!("members[{index}]"),
                        expected: None,
                        found: Some(Value::from(name.unwrap_or(id))),
                    }),
                }
            }
            for (key, name) in &wanted {
                if !there.contains_key(key) {
                    differences.push(Difference {
                        path: "members".into(),
                        expected: Some(Value::from(*name)),
                        found: None,
                    });
                }
            }
            if !differences.is_empty() {
                let message = format!("group {name} has other members than the source {}", self.side.place());
                let observed =
                    format!("{}, expected {}", plural(members.len() as u64, "member", "members"), wanted.len());
                problems.push(self.problem(message, observed, differences, exchanges_of(found, id_of(present))));
            }
        }
        if !self.is_exhaustive {
            return;
        }
        for group in &found.groups {
            let name = name_of(group, "displayName");
            if !expected.contains(&*scim::text::fold(name)) {
                let message = format!("group {name} is {}, but must not be there", self.side.place());
                let observed = format!("a group with id {}", id_of(group));
                problems.push(self.problem(message, observed, Vec::new(), exchanges_of(found, id_of(group))));
            }
        }
    }
}

/// Resources by their folded names.
fn by_name<'a>(resources: &'a [Value], attribute: &str) -> BTreeMap<String, Vec<&'a Value>> {
    let mut by_name: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for resource in resources {
        by_name.entry(scim::text::fold(name_of(resource, attribute)).into_owned()).or_default().push(resource);
    }
    by_name
}

/// Values of a multi-valued attribute have no order.
fn same_value(place: &Place, wanted: &Value, present: &Value) -> bool {
    let is_set = matches!(place, Place::Values(_) | Place::Extension { multi_valued: true, .. });
    match (wanted, present) {
        (Value::Array(wanted), Value::Array(present)) if is_set => {
            wanted.len() == present.len() && wanted.iter().all(|one| present.iter().any(|other| same(one, other)))
        }
        _ => same(wanted, present),
    }
}

/// The exchange that shows the resource: the one that was asked for it, or the list that holds it.
fn exchanges_of(found: &Observation, id: &str) -> Vec<Arc<Exchange>> {
    let shows = |exchange: &&Arc<Exchange>| {
        exchange.url.path().ends_with(&format!("/{id}"))
            || exchange.parse().is_ok_and(|body| {
                ["Resources", "accounts", "groups"]
                    .iter()
                    .any(|key| body[*key].as_array().is_some_and(|all| all.iter().any(|one| id_of(one) == id)))
            })
    };
    found.exchanges.iter().find(shows).cloned().into_iter().collect()
}

fn last_exchange(found: &Observation) -> Vec<Arc<Exchange>> {
    found.exchanges.last().cloned().into_iter().collect()
}

/// What a cycle could not do, as problems of the step that ran it.
pub(super) fn failures(spec: &StepSpec, report: &CycleReport) -> Vec<Problem> {
    let mut problems: Vec<Problem> = report
        .failures
        .iter()
        .map(|failure| Problem {
            requirements: spec.requirements.iter().map(|&id| id.to_owned()).collect(),
            legal: spec.legal.iter().map(|&legal| legal.to_owned()).collect(),
            exchanges: failure.exchange.iter().cloned().collect(),
            ..Problem::new(Verdict::Fail, failure.to_string(), failure.message.clone())
        })
        .collect();
    if let Some(aborted) = &report.aborted {
        problems.push(Problem::new(Verdict::Blocked, aborted.to_string(), "the cycle was not finished"));
    }
    problems
}

/// Reading back did not work.
pub(super) fn unreadable(spec: &StepSpec, error: &ReadBackError) -> Problem {
    let exchanges = match error {
        ReadBackError::NoAnswer(_) => Vec::new(),
        ReadBackError::Unusable { exchange, .. } => vec![Arc::clone(exchange)],
    };
    let verdict = if exchanges.is_empty() { Verdict::Blocked } else { Verdict::Fail };
    Problem {
        requirements: ["RFC7644-3.4.1-01", "RFC7644-3.4.2-07"].map(str::to_owned).to_vec(),
        legal: vec!["status 200 with what is there".into()],
        exchanges,
        ..Problem::new(verdict, error.to_string(), spec.title)
    }
}
