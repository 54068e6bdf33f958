//! Causes: the findings of a run, gathered by the one thing that is wrong behind them.
//!
//! Each finding that is blocked, or worse than a note, belongs to one cause: that of its gravest problem, or, if it is blocked, that
//! of the finding which blocks it. Findings whose problems have the same [`Signature`] have one cause.

mod change;
mod headline;
mod location;
mod overview;
mod signature;
mod status;
mod step;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use overview::Overview;
use signature::Signature;

use crate::because::Because;
use crate::finding::{Finding, Origin};
use crate::verdict::Verdict;
use crate::weight::Weight;

/// The one thing wrong behind a group of findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The same for the same thing in every run, such as `status-post-200-201`.
    pub id: String,
    /// One sentence.
    pub headline: String,
    /// The gravest verdict of its findings.
    pub verdict: Verdict,
    /// The weight of the finding to look at.
    pub weight: Weight,
    /// The full names of its findings; the first is the one to look at.
    pub findings: Vec<String>,
    /// The resource types that its findings are about, as far as they name one.
    pub subjects: Vec<String>,
    /// How many of its findings are blocked, and how many others were skipped for it.
    pub held_up: usize,
    /// Ids of the requirements that its findings say are broken, those of the finding to look at first.
    pub requirements: Vec<String>,
}

impl Cause {
    /// How many findings stand behind it.
    pub const fn size(&self) -> usize {
        self.findings.len()
    }

    /// The finding to look at.
    pub fn lead(&self) -> &str {
        self.findings.first().map_or("", String::as_str)
    }
}

/// The causes of the findings of a run, what is to be mended first in front.
///
/// What others suffer from comes first (transport, credentials, discovery, what blocks, the frame of answers), then the gravest,
/// what most clients need, and what shows most often.
pub fn causes(findings: &[Arc<Finding>]) -> Vec<Cause> {
    let by_name: HashMap<_, &Finding> = findings.iter().map(|finding| (finding.name(), &**finding)).collect();
    let wrong = findings.iter().enumerate().filter(|(_, finding)| finding.verdict >= Verdict::Warn);
    let deciding: Vec<_> = wrong
        .map(|(position, finding)| {
            let root = root_of(finding, &by_name);
            (position, &**finding, root, Signature::of(root))
        })
        .collect();
    let overview = Overview::among(deciding.iter().map(|(_, finding, _, signature)| (*finding, signature)));
    let mut groups: BTreeMap<Signature, Group<'_>> = BTreeMap::new();
    for (position, finding, root, signature) in deciding {
        let signature = overview.behind(signature, root);
        let group = groups.entry(signature).or_insert_with(|| Group { position, ..Group::default() });
        group.findings.push(finding);
    }
    for skipped in findings.iter().filter(|finding| finding.because == Some(Because::Published)) {
        let Some(judge) = skipped.reason.as_deref().and_then(judge_named) else { continue };
        let is_of = |group: &&mut Group<'_>| group.findings.iter().any(|finding| finding.id == judge);
        if let Some(group) = groups.values_mut().find(is_of) {
            group.skipped += 1;
            group.skipped_elsewhere += usize::from(!judge.starts_with(&format!("{}.", skipped.topic())));
        }
    }
    let is_held_up = findings.iter().any(|finding| finding.verdict == Verdict::Blocked);
    let rank = |(signature, group): (Signature, Group<'_>)| group.ranked(&signature, is_held_up);
    let mut ranked: Vec<_> = groups.into_iter().map(rank).collect();
    ranked.sort_by_key(|(one, _)| *one);
    ranked.into_iter().map(|(_, cause)| cause).collect()
}

/// The id of the cause that a finding shows by itself.
pub fn cause_id(finding: &Finding) -> String {
    Signature::of(finding).id()
}

/// The finding at the end of a chain of blocked ones.
fn root_of<'f>(finding: &'f Finding, by_name: &HashMap<std::borrow::Cow<'_, str>, &'f Finding>) -> &'f Finding {
    let mut at = finding;
    for _ in 0..by_name.len() {
        let next = at.cause.as_deref().and_then(|cause| by_name.get(cause));
        match next {
            Some(next) if at.verdict == Verdict::Blocked && next.verdict >= Verdict::Warn => at = next,
            _ => break,
        }
    }
    at
}

/// The check that a reason names as the judge of what is missing.
fn judge_named(reason: &str) -> Option<&str> {
    reason.strip_suffix("` judges").and_then(|text| text.rsplit_once('`')).map(|(_, id)| id)
}

/// Findings of one signature.
#[derive(Default)]
struct Group<'f> {
    /// Where the first of them stood in the run.
    position: usize,
    findings: Vec<&'f Finding>,
    skipped: usize,
    /// Those of them that are of another topic than the finding which explains why.
    skipped_elsewhere: usize,
}

/// The order of causes: whether others suffer, severity, weight, whether only rules and the steps of clients see it, number of findings, and the place in
/// the run.
type Rank = (u8, Reverse<Verdict>, Weight, bool, Reverse<usize>, usize);

impl Group<'_> {
    /// What the gravest problems of its findings cite.
    fn requirements(&self) -> Vec<String> {
        let mut cited: Vec<String> = Vec::new();
        for requirement in
            self.findings.iter().filter_map(|own| own.gravest_problem()).flat_map(|own| &own.requirements)
        {
            if !cited.contains(requirement) {
                cited.push(requirement.clone());
            }
        }
        cited
    }

    /// `is_held_up` tells whether anything in the run waits for something else.
    fn ranked(mut self, signature: &Signature, is_held_up: bool) -> (Rank, Cause) {
        // What is blocked shows nothing by itself, and a check is seen again with fewer exchanges than a rule or a step; among the others
        // the gravest that most clients need explains best.
        let hides = |finding: &Finding| finding.verdict == Verdict::Blocked || finding.origin != Origin::Check;
        let is_away = |finding: &Finding| !signature.home().contains(&finding.topic());
        // What a change left is the longer way to see it.
        let is_by_effect =
            |finding: &Finding| signature.is_of_the_request(finding) || Signature::of(finding) != *signature;
        self.findings.sort_by_cached_key(|finding| {
            let order = (hides(finding), is_by_effect(finding), is_away(finding));
            (order, Reverse(finding.verdict), finding.weight())
        });
        let verdict = self.findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Pass);
        let weight = self.findings.first().map(|lead| lead.weight()).unwrap_or_default();
        let blocked = self.findings.iter().filter(|finding| finding.verdict == Verdict::Blocked).count();
        let held_up = blocked + self.skipped;
        let is_about_discovery = self.findings.first().is_some_and(|lead| is_about_discovery(lead));
        // A few that wait for something else do not make it what the others suffer from, and what waits in its own topic does not.
        let topic = self.findings.first().map_or("", |lead| lead.topic());
        let is_elsewhere = |finding: &&&Finding| finding.verdict == Verdict::Blocked && finding.topic() != topic;
        let elsewhere = self.findings.iter().filter(is_elsewhere).count() + self.skipped_elsewhere;
        let holds_up = elsewhere > 1 && held_up * 2 > self.findings.len();
        let is_seen_elsewhere = self.findings.first().is_some_and(|lead| lead.origin != Origin::Check);
        let class = match signature {
            _ if verdict < Verdict::Blocked => 4,
            Signature::NoAnswer => 0,
            Signature::Sentence { topic, text } if topic.is_empty() && text.starts_with("the endpoint ") => 0,
            // A door that is open is the worst, and a door that is closed hides the rest.
            Signature::Credentials { .. } | Signature::Open => 1,
            // A run goes by discovery, so that any other finding may come from its change.
            _ if is_lead_of(&self.findings, "discovery.unchanged") && verdict >= Verdict::Fail => 2,
            // Without the documents that every client reads, more is silent than what names them.
            _ if is_about_discovery
                && verdict >= Verdict::Fail
                && (held_up > 0 || is_held_up && weight == Weight::EveryClient) =>
            {
                2
            }
            _ if holds_up && blocked < self.findings.len() => 3,
            _ if signature.is_frame(weight)
                && !is_about_discovery
                && !is_seen_elsewhere
                && verdict >= Verdict::Fail
                && !self.findings.first().is_some_and(|lead| signature.is_of_the_request(lead)) =>
            {
                3
            }
            _ => 4,
        };
        let mut subjects: Vec<String> = self.findings.iter().filter_map(|finding| finding.subject.clone()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let cause = Cause {
            id: signature.id(),
            headline: self
                .findings
                .first()
                .map_or_else(String::new, |lead| headline::of(signature, lead, &self.findings)),
            verdict,
            weight,
            subjects,
            held_up,
            requirements: self.requirements(),
            findings: self.findings.iter().map(|finding| finding.name().into_owned()).collect(),
        };
        // What is only blocked says nothing of its own.
        let severity = if verdict == Verdict::Blocked { Verdict::Note } else { verdict };
        let size = Reverse(cause.size() + self.skipped);
        ((class, Reverse(severity), weight, is_seen_elsewhere, size, self.position), cause)
    }
}

fn is_lead_of(findings: &[&Finding], id: &str) -> bool {
    findings.first().is_some_and(|lead| lead.id == id)
}

/// Whether a finding is about what the endpoint says of itself.
fn is_about_discovery(finding: &Finding) -> bool {
    let deciding = finding.gravest_problem().and_then(|problem| problem.exchanges.last());
    // The first requests try what no document says.
    finding.id != "discovery.first-requests" && finding.topic() == "discovery"
        || deciding.is_some_and(|exchange| exchange.url.path().contains("/Schemas"))
}

#[cfg(test)]
mod tests;
