//! Which changes that are not there have something else behind them: a member that every answer has wrong, or a store that loses
//! whatever it is given.

use std::collections::{BTreeMap, BTreeSet};

use weir_exchange::Exchange;

use super::change::first_name;
use super::signature::{MemberFault, Signature, UrlKind};
use crate::finding::Finding;

/// What the other findings of a run say about changes that are answered as done and are not there.
pub(super) struct Effects {
    /// The members that are wrong in answers to other requests than a change, with the first such fault and the checks that see it.
    members: BTreeMap<String, (MemberFault, BTreeSet<String>)>,
    /// Whether PUT and each operation of PATCH are without the effect they should have.
    is_each: bool,
}

impl Effects {
    /// `findings` comes with the signature of each.
    pub(super) fn among<'f>(findings: impl Iterator<Item = (&'f Finding, &'f Signature)>) -> Self {
        let mut members = BTreeMap::new();
        let mut changes = BTreeSet::new();
        for (finding, signature) in findings {
            match signature {
                Signature::Member { name, fault } if !follows_a_change(finding) => {
                    let (first, checks) = members.entry(name.clone()).or_insert_with(|| (*fault, BTreeSet::new()));
                    if first == fault {
                        checks.insert(finding.id.clone().into_owned());
                    }
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
        if signature == Signature::RefusedBody
            && let Some(refused) = self.shown_and_refused(finding)
        {
            return refused;
        }
        if !matches!(signature, Signature::Effect { .. }) {
            return signature;
        }
        let differences = finding.gravest_problem().map_or(&[][..], |problem| &problem.differences);
        let mut names = differences.iter().map(|one| first_name(&one.path));
        if let Some(name) = names.next()
            && names.all(|other| other == name)
            && let Some((fault, checks)) = self.members.get(name)
            // One check may ask for a value that others do not send.
            && (*fault != MemberFault::Different || checks.len() > 1)
        {
            return Signature::Member { name: name.to_owned(), fault: *fault };
        }
        if self.is_each { Signature::EffectOfEach } else { signature }
    }

    /// The member that every answer has wrong and for which the endpoint refuses a body that is made of such an answer.
    fn shown_and_refused(&self, finding: &Finding) -> Option<Signature> {
        let problem = finding.gravest_problem()?;
        if problem.exchanges.last().is_none_or(|exchange| exchange.method != "PUT") {
            return None;
        }
        let mut words = problem.observed.split(|character: char| !character.is_ascii_alphanumeric());
        let is_wrong = |word: &str| self.members.get(word).filter(|(fault, _)| *fault != MemberFault::Missing);
        words.find_map(|word| {
            is_wrong(word).map(|(fault, _)| Signature::Member { name: word.to_owned(), fault: *fault })
        })
    }
}

/// Whether a finding looks at what a resource is after something other than its creation.
fn follows_a_change(finding: &Finding) -> bool {
    let exchanges = finding.gravest_problem().map_or(&[][..], |problem| &problem.exchanges);
    exchanges.iter().any(|exchange| exchange.method != "GET" && !is_creation(exchange))
}

fn is_creation(exchange: &Exchange) -> bool {
    exchange.method == "POST" && UrlKind::of(exchange) == UrlKind::Collection
}
