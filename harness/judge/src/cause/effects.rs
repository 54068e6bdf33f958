//! Which changes that are not there have something else behind them: a member that every answer has wrong, or a store that loses
//! whatever it is given.

use std::collections::{BTreeMap, BTreeSet};

use super::signature::{MemberFault, Signature};
use crate::finding::Finding;

/// What the other findings of a run say about changes that are answered as done and are not there.
pub(super) struct Effects {
    /// The members that are wrong in answers to other requests than a change, with the first such fault.
    members: BTreeMap<String, MemberFault>,
    /// Whether PUT and each operation of PATCH are without the effect they should have.
    is_each: bool,
}

impl Effects {
    pub(super) fn among<'s>(signatures: impl Iterator<Item = &'s Signature>) -> Self {
        let mut members = BTreeMap::new();
        let mut changes = BTreeSet::new();
        for signature in signatures {
            match signature {
                Signature::Member { name, fault } => {
                    members.entry(name.clone()).or_insert(*fault);
                }
                Signature::Effect { method, operation } => {
                    changes.insert((method.as_str(), operation.as_str()));
                }
                _ => {}
            }
        }
        let each = [("PUT", ""), ("PATCH", "add"), ("PATCH", "replace"), ("PATCH", "remove")];
        Self { members, is_each: each.iter().all(|change| changes.contains(change)) }
    }

    /// What is behind the `signature` of `finding`.
    pub(super) fn behind(&self, signature: Signature, finding: &Finding) -> Signature {
        if !matches!(signature, Signature::Effect { .. }) {
            return signature;
        }
        let differences = finding.gravest_problem().map_or(&[][..], |problem| &problem.differences);
        let mut names = differences.iter().map(|one| first_name(&one.path));
        if let Some(name) = names.next()
            && names.all(|other| other == name)
            && let Some(fault) = self.members.get(name)
        {
            return Signature::Member { name: name.to_owned(), fault: *fault };
        }
        if self.is_each { Signature::EffectOfEach } else { signature }
    }
}

/// The attribute that a path begins with.
fn first_name(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}
