//! Causes that the findings of a run show together and none shows alone: a member that every answer has wrong, a store that loses all
//! that it is given, values that all come in another letter case, an answer that should have been a refusal.

use std::collections::{BTreeMap, BTreeSet};

use weir_exchange::Exchange;

use super::change::first_name;
use super::signature::{ListQuery, MemberFault, Signature, UrlKind};
use crate::finding::{Finding, Origin};

/// From how many members on another letter case is not that of a member.
const SOME_MEMBERS: usize = 3;

/// The id that a resource has in a list.
const LISTED_ID: &str = "Resources.id";

/// The evidence of all findings of a run.
pub(super) struct Overview {
    /// The members that are wrong in answers to other requests than a change, with the first such fault and the checks that see it.
    members: BTreeMap<String, (MemberFault, BTreeSet<String>)>,
    /// Whether PUT and each operation of PATCH are without the effect they should have.
    is_each: bool,
    /// Whether values come in another letter case, whatever the member.
    is_letter_case: bool,
    /// The signature of the exchanges that checks found answered with success where a refusal was due, by their numbers.
    accepted: BTreeMap<u64, Signature>,
    /// The fault that most lists with a filter show.
    filtered: Option<Signature>,
    /// Refusals whose status says that they are none.
    as_success: Option<Signature>,
}

impl Overview {
    /// `findings` comes with the signature of each.
    pub(super) fn among<'f>(findings: impl Iterator<Item = (&'f Finding, &'f Signature)>) -> Self {
        let mut members = BTreeMap::new();
        let mut changes = BTreeSet::new();
        let mut in_other_letters = BTreeSet::new();
        let mut accepted = BTreeMap::new();
        let mut as_success = None;
        let mut lists: BTreeMap<&Signature, usize> = BTreeMap::new();
        for (finding, signature) in findings {
            match signature {
                Signature::Member { name, fault } => {
                    if *fault == MemberFault::LetterCase {
                        in_other_letters.insert(first_name(name).to_owned());
                    }
                    if !follows_a_change(finding) {
                        let (first, checks) = members.entry(name.clone()).or_insert_with(|| (*fault, BTreeSet::new()));
                        if first == fault {
                            checks.insert(finding.id.clone().into_owned());
                        }
                    }
                }
                Signature::Effect { method, operation } => {
                    changes.insert((method.as_str(), operation.as_str()));
                }
                Signature::Status { came: 200..=299, due: 400.., .. }
                | Signature::AcceptedMethod { .. }
                | Signature::Open
                    if finding.origin == Origin::Check =>
                {
                    let exchange = finding.gravest_problem().and_then(|problem| problem.exchanges.last());
                    accepted.extend(exchange.map(|exchange| (exchange.number, signature.clone())));
                }
                Signature::ErrorAsSuccess { .. } => as_success = Some(signature.clone()),
                Signature::List { by: ListQuery::Filter, .. } => *lists.entry(signature).or_default() += 1,
                _ => {}
            }
        }
        let each = [("PUT", ""), ("PATCH", "add"), ("PATCH", "replace"), ("PATCH", "remove")];
        Self {
            members,
            is_each: each.iter().all(|change| changes.contains(change)),
            is_letter_case: in_other_letters.len() >= SOME_MEMBERS,
            accepted,
            filtered: lists.into_iter().max_by_key(|(_, size)| *size).map(|(signature, _)| signature.clone()),
            as_success,
        }
    }

    /// The signature of the cause of `finding`, which has `signature` by itself.
    pub(super) fn behind(&self, signature: Signature, finding: &Finding) -> Signature {
        if let Some(accepted) = self.accepted_before(finding) {
            return accepted;
        }
        // Lists that show other ids than the resources have show none of those that the run made.
        if let Some(listed @ Signature::Member { fault: MemberFault::Different, .. }) = self.wrong_member(LISTED_ID)
            && (matches!(signature, Signature::List { .. }) || shows_strangers(finding))
        {
            return listed;
        }
        match &signature {
            Signature::RefusedBody => self.shown_and_refused(finding).unwrap_or(signature),
            Signature::Member { fault: MemberFault::LetterCase, .. } if self.is_letter_case => Signature::LetterCase,
            Signature::Locations => self.wrong_member("meta.location").unwrap_or(signature),
            // A grammar is read wrongly where lists show it, and wherever else a filter stands.
            Signature::Grammar => self.filtered.clone().unwrap_or(signature),
            // A client that looks at the status alone takes a refusal for an open door.
            Signature::Open if finding.origin != Origin::Check => self.as_success.clone().unwrap_or(signature),
            Signature::Effect { .. } => self.behind_effect(finding).unwrap_or(signature),
            _ => signature,
        }
    }

    fn behind_effect(&self, finding: &Finding) -> Option<Signature> {
        let problem = finding.gravest_problem()?;
        let mut names: Vec<&str> = problem.differences.iter().map(|one| first_name(&one.path)).collect();
        if names.is_empty() {
            // A check of one attribute names it in its sentence.
            names.extend(problem.sentence().split(' ').filter(|word| self.members.contains_key(*word)).take(1));
        }
        names.dedup();
        if let [name] = names[..]
            && let Some((fault, checks)) = self.members.get(name)
            // One check may ask for a value that others do not send.
            && (*fault != MemberFault::Different || checks.len() > 1)
        {
            return self.wrong_member(name);
        }
        self.is_each.then_some(Signature::EffectOfEach)
    }

    /// The signature of the check which says that the answer a rule judges should have been a refusal.
    fn accepted_before(&self, finding: &Finding) -> Option<Signature> {
        if finding.origin != Origin::Rule {
            return None;
        }
        let problem = finding.gravest_problem()?;
        let mut shown = problem.exchanges.last().into_iter().chain(&problem.others);
        let first = self.accepted.get(&shown.next()?.number)?;
        shown.all(|exchange| self.accepted.contains_key(&exchange.number)).then(|| first.clone())
    }

    /// The member that every answer has wrong and for which the endpoint refuses a body that is made of such an answer.
    fn shown_and_refused(&self, finding: &Finding) -> Option<Signature> {
        let problem = finding.gravest_problem()?;
        if problem.exchanges.last().is_none_or(|exchange| exchange.method != "PUT") {
            return None;
        }
        let mut words = problem.observed.split(|character: char| !character.is_ascii_alphanumeric());
        words
            .find(|word| self.members.get(*word).is_some_and(|(fault, _)| *fault != MemberFault::Missing))
            .and_then(|word| self.wrong_member(word))
    }

    /// The signature of a member that is wrong in answers to other requests than a change.
    fn wrong_member(&self, name: &str) -> Option<Signature> {
        let (fault, _) = self.members.get(name)?;
        Some(Signature::Member { name: name.to_owned(), fault: *fault })
    }
}

/// Whether a list shows resources that the run does not know, in the place of those that it made.
fn shows_strangers(finding: &Finding) -> bool {
    let words = ["(stranger ", "that the run did not create"];
    finding.gravest_problem().is_some_and(|problem| {
        words.iter().any(|word| problem.observed.contains(word) || problem.sentence().contains(word))
    })
}

/// Whether a finding looks at what a resource is after something other than its creation.
fn follows_a_change(finding: &Finding) -> bool {
    let exchanges = finding.gravest_problem().map_or(&[][..], |problem| &problem.exchanges);
    exchanges.iter().any(|exchange| exchange.method != "GET" && !is_creation(exchange))
}

fn is_creation(exchange: &Exchange) -> bool {
    exchange.method == "POST" && UrlKind::of(exchange) == UrlKind::Collection
}

#[cfg(test)]
mod tests;
