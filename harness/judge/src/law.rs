//! The laws of verdicts: what is blocked goes back to something that is wrong, what is skipped names what is missing, and what fails
//! breaks a MUST.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::because::Because;
use crate::dispute::verdict_of;
use crate::finding::{Finding, Origin};
use crate::verdict::Verdict;

/// A finding that breaks one of the laws.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenLaw {
    #[error("{finding} is skipped and does not say what is missing")]
    SkipWithoutReason { finding: String },
    #[error("{finding} is blocked and names no cause")]
    BlockedWithoutCause { finding: String },
    #[error("{finding} is blocked by {cause}, which is not in the run")]
    CauseMissing { finding: String, cause: String },
    #[error("{finding} is blocked by {cause}, which is {verdict}")]
    CauseInnocent { finding: String, cause: String, verdict: &'static str },
    #[error("{finding} is blocked in a circle")]
    Circle { finding: String },
    #[error("{finding} fails and cites no MUST, and nothing that follows from one")]
    FailWithoutMust { finding: String },
}

/// Whether a problem of the finding is a broken MUST, SHALL or REQUIRED, or a sentence that follows from one and is not disputed.
fn cites_a_must(finding: &Finding) -> bool {
    let requirements = finding.problems.iter().filter(|problem| problem.verdict == Verdict::Fail);
    requirements.flat_map(|problem| &problem.requirements).any(|id| verdict_of(&[id]) == Verdict::Fail)
}

/// Which findings of a run break a law.
pub fn broken_laws(findings: &[Finding]) -> Vec<BrokenLaw> {
    let by_name: BTreeMap<Cow<'_, str>, &Finding> = findings.iter().map(|finding| (finding.name(), finding)).collect();
    findings.iter().filter_map(|finding| broken_law(finding, &by_name)).collect()
}

/// Whether what blocks a finding lies outside of its run.
fn is_of_the_run(finding: &Finding) -> bool {
    matches!(finding.because, Some(Because::Run | Because::Option))
}

fn broken_law(finding: &Finding, by_name: &BTreeMap<Cow<'_, str>, &Finding>) -> Option<BrokenLaw> {
    let name = finding.name().into_owned();
    match finding.verdict {
        Verdict::Fail if !matches!(finding.origin, Origin::Step { .. }) && !cites_a_must(finding) => {
            Some(BrokenLaw::FailWithoutMust { finding: name })
        }
        Verdict::Skip if finding.because.is_none_or(|because| because == Because::Run) || finding.reason.is_none() => {
            Some(BrokenLaw::SkipWithoutReason { finding: name })
        }
        Verdict::Blocked if !is_of_the_run(finding) => {
            let mut at = finding;
            for _ in 0..by_name.len() {
                let Some(cause) = at.cause.as_deref() else {
                    return Some(BrokenLaw::BlockedWithoutCause { finding: name });
                };
                let Some(next) = by_name.get(cause) else {
                    return Some(BrokenLaw::CauseMissing { finding: name, cause: cause.to_owned() });
                };
                match next.verdict {
                    Verdict::Fail | Verdict::Warn | Verdict::Error => return None,
                    Verdict::Blocked if is_of_the_run(next) => return None,
                    Verdict::Blocked => at = next,
                    Verdict::Pass | Verdict::Skip | Verdict::Note => {
                        let verdict = next.verdict.as_str();
                        return Some(BrokenLaw::CauseInnocent { finding: name, cause: cause.to_owned(), verdict });
                    }
                }
            }
            Some(BrokenLaw::Circle { finding: name })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    fn finding(id: &'static str, verdict: Verdict, cause: Option<&'static str>, because: Option<Because>) -> Finding {
        Finding {
            verdict,
            cause: cause.map(str::to_owned),
            because,
            reason: Some("a reason".into()),
            problems: if verdict == Verdict::Fail { vec![broken("RFC7644-3.3-07")] } else { Vec::new() },
            ..Finding::new(Origin::Check, id, "a title")
        }
    }

    /// A problem with a requirement.
    fn broken(requirement: &str) -> Problem {
        Problem {
            requirements: vec![requirement.into()],
            ..Problem::new(Verdict::Fail, "HTTP status is 200, expected 201", "200")
        }
    }

    #[test]
    fn what_fails_cites_a_must() {
        let fails = |requirement| {
            let finding =
                Finding { problems: vec![broken(requirement)], ..finding("a.fails", Verdict::Fail, None, None) };
            broken_laws(&[finding]).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let wrong = ["a.fails fails and cites no MUST, and nothing that follows from one"];
        // A MUST, what follows from one, a SHOULD, a MAY, and a disputed reading.
        assert!(fails("RFC7644-3.3-07").is_empty() && fails("RFC7644-3.4.1-01").is_empty());
        for requirement in ["RFC7644-3.4.1-02", "RFC7644-3.11-08", "RFC7644-3.5.2-08"] {
            assert_eq!(fails(requirement), wrong, "{requirement}");
        }
    }

    #[test]
    fn each_way_to_break_a_law_is_told() {
        use Verdict::{Blocked, Fail, Pass, Skip};
        let findings = [
            finding("a.fails", Fail, None, None),
            finding("a.passes", Pass, None, None),
            finding("b.right", Blocked, Some("a.fails"), None),
            finding("b.chain", Blocked, Some("b.right"), None),
            finding("b.bound", Blocked, None, Some(Because::Run)),
            finding("b.nothing", Blocked, None, None),
            finding("b.stranger", Blocked, Some("z.none"), None),
            finding("b.innocent", Blocked, Some("a.passes"), None),
            finding("b.one", Blocked, Some("b.two"), None),
            finding("b.two", Blocked, Some("b.one"), None),
            finding("c.offer", Skip, None, Some(Because::Offer)),
            finding("c.nothing", Skip, None, None),
        ];
        let told: Vec<String> = broken_laws(&findings).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "b.nothing is blocked and names no cause",
                "b.stranger is blocked by z.none, which is not in the run",
                "b.innocent is blocked by a.passes, which is pass",
                "b.one is blocked in a circle",
                "b.two is blocked in a circle",
                "c.nothing is skipped and does not say what is missing",
            ]
        );
    }
}
