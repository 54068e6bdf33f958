//! Hands each exchange to each rule, and makes one finding of what a rule said.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use weir_exchange::{Evidence, Exchange, Observer};

use super::report::{Breach, RuleReport};
use super::view::ExchangeView;
use super::{Judgement, Rule, SequenceRule};
use crate::because::Because;
use crate::dispute::verdict_of;
use crate::finding::{Finding, Origin};
use crate::problem::Problem;
use crate::publication::Publication;
use crate::verdict::Verdict;

/// Different problems that a finding keeps; those behind them are counted.
const MOST_PROBLEMS: usize = 50;

/// What the description of a target says of a requirement: the word for what breaks it.
type Declaration = dyn Fn(&str) -> Option<&'static str> + Send + Sync;

/// Looks at exchanges with rules. Clones share what was seen.
#[derive(Clone)]
pub struct Examiner(Arc<Examination>);

struct Examination {
    published: Publication,
    evidence: Evidence,
    declared: Box<Declaration>,
    tallies: Mutex<Vec<RuleTally>>,
}

/// What one rule said so far.
struct RuleTally {
    rule: &'static Rule,
    sequence: Option<Box<dyn SequenceRule>>,
    judged: usize,
    breaking: usize,
    /// How many exchanges could have been judged, by what is not published.
    lacking: BTreeMap<&'static str, usize>,
    /// Each with the number of exchanges that show it.
    problems: Vec<(Problem, usize)>,
    left_out: usize,
}

impl Examiner {
    /// Looks with `rules` at what comes from an endpoint that has `published`; what it `declared` to break is a note.
    pub fn new(
        rules: impl IntoIterator<Item = &'static Rule>,
        published: Publication,
        evidence: Evidence,
        declared: impl Fn(&str) -> Option<&'static str> + Send + Sync + 'static,
    ) -> Self {
        let tally = |rule: &'static Rule| RuleTally {
            rule,
            sequence: match rule.judgement {
                Judgement::Exchange(_) => None,
                Judgement::Sequence(begin) => Some(begin()),
            },
            judged: 0,
            breaking: 0,
            lacking: BTreeMap::new(),
            problems: Vec::new(),
            left_out: 0,
        };
        let tallies = Mutex::new(rules.into_iter().map(tally).collect());
        Self(Arc::new(Examination { published, evidence, declared: Box::new(declared), tallies }))
    }

    /// Looks at each exchange of a client.
    pub fn observer(&self) -> Observer {
        let (seeing, losing) = (self.clone(), self.clone());
        Observer::new(move |exchange| seeing.see(exchange)).losing(move |unanswered| losing.lose(unanswered))
    }

    /// Takes notice of a request whose answer did not come, which no rule judges by itself.
    pub fn lose(&self, unanswered: &Arc<Exchange>) {
        let Some(view) = ExchangeView::of(unanswered, &self.0.published) else { return };
        let mut tallies = self.0.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        for tally in tallies.iter_mut() {
            let Some(sequence) = &mut tally.sequence else { continue };
            sequence.lose(&view);
            for report in sequence.settled() {
                self.0.count(tally, report, None);
            }
        }
    }

    /// Looks at one exchange.
    pub fn see(&self, exchange: &Arc<Exchange>) {
        let Some(view) = ExchangeView::of(exchange, &self.0.published) else { return };
        let mut tallies = self.0.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        for tally in tallies.iter_mut() {
            let mut report = RuleReport::default();
            match (&mut tally.sequence, tally.rule.judgement) {
                (Some(sequence), _) => sequence.look(&view, &mut report),
                (None, Judgement::Exchange(judge)) => judge(&view, &mut report),
                (None, Judgement::Sequence(_)) => {}
            }
            self.0.count(tally, report, Some(exchange));
            let settled = tally.sequence.as_mut().map(|sequence| sequence.settled());
            for report in settled.into_iter().flatten() {
                self.0.count(tally, report, None);
            }
        }
    }

    /// What the rules said of all exchanges so far, one finding a rule.
    pub fn findings(&self) -> Vec<Finding> {
        let mut tallies = self.0.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        for tally in tallies.iter_mut() {
            let open = tally.sequence.as_mut().map(|sequence| sequence.end_all(&self.0.published));
            for report in open.into_iter().flatten() {
                self.0.count(tally, report, None);
            }
        }
        tallies.iter().map(RuleTally::finding).collect()
    }
}

impl Examination {
    fn count(&self, tally: &mut RuleTally, report: RuleReport, exchange: Option<&Arc<Exchange>>) {
        if let Some(what) = report.lacking {
            *tally.lacking.entry(what).or_default() += 1;
        }
        tally.judged += usize::from(report.is_judged);
        tally.breaking += usize::from(!report.breaches.is_empty());
        let mut counted: Vec<usize> = Vec::new();
        for breach in report.breaches {
            let known = tally.problems.iter().position(|(problem, _)| problem.message == breach.message);
            match known {
                // An exchange that shows something twice is one exchange.
                Some(place) if counted.contains(&place) => {}
                Some(place) => {
                    tally.problems[place].1 += 1;
                    counted.push(place);
                }
                None if tally.problems.len() < MOST_PROBLEMS => {
                    counted.push(tally.problems.len());
                    tally.problems.push((self.problem(tally.rule, breach, exchange), 1));
                }
                None => tally.left_out += 1,
            }
        }
    }

    fn problem(&self, rule: &Rule, breach: Breach, exchange: Option<&Arc<Exchange>>) -> Problem {
        let Breach { requirements, mut message, observed, earlier: mut exchanges, decided_by, differences } = breach;
        exchanges.extend(decided_by.or_else(|| exchange.cloned()));
        let undeclared: Vec<&str> = requirements.iter().copied().filter(|id| (self.declared)(id).is_none()).collect();
        let stranger = requirements.iter().find(|id| !rule.requirements.contains(id));
        let verdict = match (stranger, undeclared.is_empty(), requirements.first().and_then(|id| (self.declared)(id))) {
            (Some(stranger), ..) => {
                message = format!("the rule judges by {stranger}, which its record does not list: {message}");
                Verdict::Error
            }
            (None, true, Some(declared)) => {
                message = format!("{message}, as the target declares with {declared}");
                Verdict::Note
            }
            _ => verdict_of(&undeclared),
        };
        let problem = Problem {
            requirements: requirements.iter().map(|id| (*id).to_owned()).collect(),
            legal: rule.legal.iter().map(|legal| (*legal).to_owned()).collect(),
            exchanges,
            differences,
            ..Problem::new(verdict, message, observed)
        };
        problem.kept(&self.evidence)
    }
}

impl RuleTally {
    fn finding(&self) -> Finding {
        let mut finding = Finding::new(Origin::Rule, self.rule.id, self.rule.title);
        finding.exchanges = self.judged;
        if self.judged == 0 {
            finding.verdict = Verdict::Skip;
            let (because, reason) = match self.lacking.iter().next() {
                Some((what, count)) => {
                    let exchanges = if *count == 1 { "1 exchange".to_owned() } else { format!("{count} exchanges") };
                    let reason = format!("the endpoint publishes no {what}, by which {exchanges} could be judged");
                    (Because::Published, reason)
                }
                // What is not caused cannot be judged: the checks that cause it were not selected, or could not run.
                None => (Because::Option, "no exchange of this run shows what the rule is about".into()),
            };
            (finding.because, finding.reason) = (Some(because), Some(reason));
            return finding;
        }
        for (problem, count) in &self.problems {
            let mut problem = problem.clone();
            problem.count(*count);
            finding.problems.push(problem);
        }
        // What decides the verdict is read first.
        finding.problems.sort_by_key(|problem| std::cmp::Reverse(problem.verdict));
        finding.verdict = finding.problems.first().map_or(Verdict::Pass, |problem| problem.verdict);
        if !finding.problems.is_empty() {
            let more = match self.left_out {
                0 => String::new(),
                count => format!(", and {count} more problems, which are not kept"),
            };
            finding.reason = Some(format!("seen in {} of {} exchanges{more}", self.breaking, self.judged));
        }
        finding
    }
}
