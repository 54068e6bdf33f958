//! The explanation of a blocked finding. A check names the one that judges the request which failed under it. If that one passes,
//! because its own request was answered, another finding with the same fault explains it, or else it is a finding of its own.

use std::sync::Arc;

use weir_judge::{Because, Finding, Verdict, cause_id, verdict_of};

use crate::checks;

/// The findings of a run; blocked ones wait until their explanation is known.
#[derive(Default)]
pub(crate) struct BlockedFindings {
    reported: Vec<Arc<Finding>>,
    waiting: Vec<Finding>,
}

impl BlockedFindings {
    /// Hands a finding on, unless it has to wait.
    pub(crate) fn take(&mut self, finding: Finding) -> Option<Arc<Finding>> {
        let is_blocked = finding.verdict == Verdict::Blocked && finding.because.is_none();
        let is_explained = || {
            let cause = finding.cause.as_deref();
            self.reported.iter().any(|other| cause == Some(&*other.name()) && other.verdict >= Verdict::Warn)
        };
        if is_blocked && !is_explained() {
            self.waiting.push(finding);
            return None;
        }
        let finding = Arc::new(finding);
        self.reported.push(Arc::clone(&finding));
        Some(finding)
    }

    /// The findings that had to wait, at the end of the run.
    pub(crate) fn explained(self) -> Vec<Arc<Finding>> {
        let Self { reported, waiting } = self;
        let explained = waiting.into_iter().map(|mut finding| {
            let judge = finding.cause.as_deref().and_then(|cause| reported.iter().find(|one| one.name() == cause));
            if let Some(judge) = judge.filter(|judge| judge.verdict < Verdict::Warn) {
                explain(&mut finding, judge, &reported);
            }
            Arc::new(finding)
        });
        explained.collect()
    }
}

/// Names the explanation of `finding`, which names `judge` though nothing is wrong there.
fn explain(finding: &mut Finding, judge: &Finding, reported: &[Arc<Finding>]) {
    if judge.because == Some(Because::Option) {
        finding.because = Some(Because::Option);
        return;
    }
    let cause = cause_id(finding);
    let has_the_same = |other: &&Arc<Finding>| {
        matches!(other.verdict, Verdict::Fail | Verdict::Warn) && !other.problems.is_empty() && cause_id(other) == cause
    };
    let same = reported.iter().filter(has_the_same);
    if let Some(other) = same.max_by_key(|other| (other.subject == finding.subject, other.verdict)) {
        finding.cause = Some(other.name().into_owned());
        return;
    }
    // The answer breaks what the other check asks for, here and not there.
    let Some(check) = checks::find(&judge.id) else { return };
    let verdict = verdict_of(check.requirements);
    if let Some(problem) = finding.problems.iter_mut().find(|problem| problem.verdict == Verdict::Blocked) {
        problem.cite(check.requirements, check.legal);
        problem.verdict = verdict;
        (finding.verdict, finding.cause) = (verdict, None);
    }
}

#[cfg(test)]
mod tests {
    use weir_judge::{Origin, Problem};

    use super::*;

    fn finding(id: &'static str, verdict: Verdict, cause: Option<&str>, sentence: &str) -> Finding {
        let problems = if verdict < Verdict::Warn { Vec::new() } else { vec![Problem::new(verdict, sentence, "404")] };
        let own = Finding::new(Origin::Check, id, "a title");
        Finding { verdict, problems, cause: cause.map(str::to_owned), ..own }
    }

    fn names(findings: &[Arc<Finding>]) -> Vec<(&str, Verdict, Option<&str>)> {
        findings.iter().map(|one| (&*one.id, one.verdict, one.cause.as_deref())).collect()
    }

    #[test]
    fn a_finding_whose_cause_has_failed_does_not_wait() {
        let mut findings = BlockedFindings::default();
        assert!(findings.take(finding("read.resource", Verdict::Fail, None, "GET is answered 404")).is_some());
        let blocked = finding("etag.changes", Verdict::Blocked, Some("read.resource"), "GET is answered 404");
        assert!(findings.take(blocked).is_some());
        assert_eq!(names(&findings.explained()), []);
    }

    #[test]
    fn what_waits_for_a_later_failure_keeps_its_cause() {
        let mut findings = BlockedFindings::default();
        let blocked = finding("etag.changes", Verdict::Blocked, Some("read.resource"), "GET is answered 404");
        assert!(findings.take(blocked).is_none());
        assert!(findings.take(finding("read.resource", Verdict::Fail, None, "GET is answered 404")).is_some());
        assert_eq!(names(&findings.explained()), [("etag.changes", Verdict::Blocked, Some("read.resource"))]);
    }

    #[test]
    fn where_the_cause_passes_the_finding_with_the_same_thing_wrong_is_named() {
        let mut findings = BlockedFindings::default();
        assert!(findings.take(finding("read.resource", Verdict::Pass, None, "")).is_some());
        let sentence = "GET of what was written is answered 404";
        let blocked = finding("replace.omitted", Verdict::Blocked, Some("read.resource"), sentence);
        assert!(findings.take(blocked).is_none());
        let failed = finding("replace.put-stale", Verdict::Fail, None, sentence);
        assert!(findings.take(failed).is_some());
        assert_eq!(names(&findings.explained()), [("replace.omitted", Verdict::Blocked, Some("replace.put-stale"))]);
    }

    #[test]
    fn what_nothing_else_shows_is_a_finding_of_its_own() {
        let mut findings = BlockedFindings::default();
        assert!(findings.take(finding("read.resource", Verdict::Pass, None, "")).is_some());
        let blocked = finding("replace.omitted", Verdict::Blocked, Some("read.resource"), "GET is answered 404");
        assert!(findings.take(blocked).is_none());
        let explained = findings.explained();
        assert_eq!(names(&explained), [("replace.omitted", Verdict::Fail, None)]);
        let cited = &explained[0].problems[0].requirements;
        assert!(cited.iter().any(|id| id == "RFC7644-3.2-05"), "{cited:?}");
    }
}
