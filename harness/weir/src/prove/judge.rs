//! What is wrong with a proof.

use std::collections::{BTreeMap, BTreeSet};

use weir_catalog::assertion;
use weir_judge::Verdict;
use weir_judge::{parts_of_name, rules, verdict_of};

use super::{NamingFault, Proof, Record, Trial, exception, misnaming};

/// One reason why a proof fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Complaint {
    #[error("{check} is {verdict} against the endpoint without any deviation; the endpoint or the check is wrong", verdict = .verdict.as_str())]
    FalseAlarm { check: String, verdict: Verdict },
    #[error("{deviation} breaks a requirement and no check notices it")]
    Unnoticed { deviation: &'static str },
    #[error("{deviation} is not named: {misnaming}")]
    Misnamed { deviation: &'static str, misnaming: NamingFault },
    #[error("{deviation} is named, and prove/naming.rs lists it as an exception; take it out there")]
    NamedAfterAll { deviation: &'static str },
    #[error("{deviation} is permitted, and {check} fails it")]
    PermittedFails { deviation: &'static str, check: String },
    #[error(
        "{endpoint}, {deviation}: the record says {recorded:?} and it is {found:?} now; if that is right, write the record with `weir prove --reduced --write`"
    )]
    DiffersWhereReduced { endpoint: &'static str, deviation: &'static str, recorded: String, found: String },
    #[error("{check} is made to fail by no deviation")]
    NeverFails { check: String },
    #[error("{check} broke down against {deviation}; this is a bug of Weir")]
    BrokeDown { deviation: &'static str, check: String },
    #[error("{deviation}: {law}")]
    Law { deviation: &'static str, law: String },
    #[error(
        "{deviation}: {check} is recorded as {recorded} and is {found} now; if that is right, write the record with `weir prove --full --write`"
    )]
    Differs { deviation: &'static str, check: String, recorded: String, found: &'static str },
}

/// Compares what the checks said with what they must say, and with the record if there is one. A record of the whole matrix is for
/// complete proofs: under a deviation that mixes up everybody's data, what a check sees depends on which others run beside it.
pub fn judge(proof: &Proof, record: Option<&Record>) -> Vec<Complaint> {
    let mut complaints: Vec<Complaint> = proof
        .faithful
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Warn | Verdict::Blocked | Verdict::Fail | Verdict::Error))
        .map(|(check, verdict)| Complaint::FalseAlarm { check: check.clone(), verdict: *verdict })
        .collect();
    for trial in &proof.trials {
        complaints.extend(trial_complaints(trial));
        complaints.extend(record.into_iter().flat_map(|record| differences(trial, record, proof.complete)));
    }
    if proof.complete {
        complaints.extend(never_failing(proof));
    }
    complaints.sort();
    complaints
}

fn trial_complaints(trial: &Trial) -> Vec<Complaint> {
    let deviation = trial.deviation.id;
    let mut complaints: Vec<Complaint> = trial
        .verdicts
        .iter()
        .filter(|(_, verdict)| **verdict == Verdict::Error)
        .map(|(check, _)| Complaint::BrokeDown { deviation, check: check.clone() })
        .collect();
    complaints.extend(trial.laws.iter().map(|law| Complaint::Law { deviation, law: law.to_string() }));
    if trial.deviation.is_permitted() {
        let failing = trial.noticed().filter(|(_, verdict)| *verdict == Verdict::Fail);
        complaints.extend(failing.map(|(check, _)| Complaint::PermittedFails { deviation, check: check.to_owned() }));
    } else if trial.noticed().next().is_none() && trial.hiding.is_none() {
        complaints.push(Complaint::Unnoticed { deviation });
    }
    let is_named = trial.limit.is_none();
    complaints.extend(match (misnaming(trial).filter(|_| is_named), exception(deviation)) {
        (Some(misnaming), None) => Some(Complaint::Misnamed { deviation, misnaming }),
        (None, Some(_)) if is_named => Some(Complaint::NamedAfterAll { deviation }),
        _ => None,
    });
    complaints
}

/// Only what was run can differ. What a rule sees depends on all the checks beside it, so that the record of a rule is for
/// complete proofs.
fn differences(trial: &Trial, record: &Record, is_complete: bool) -> Vec<Complaint> {
    let deviation = trial.deviation.id;
    let recorded: BTreeMap<&str, &str> = record.of(deviation).collect();
    let noticed: BTreeMap<&str, &'static str> =
        trial.noticed().map(|(check, verdict)| (check, verdict.as_str())).collect();
    let run = trial
        .verdicts
        .keys()
        .map(String::as_str)
        .filter(|check| recorded.contains_key(check) || noticed.contains_key(check))
        .filter(|check| is_complete || rules::find(check).is_none());
    run.filter_map(|check| {
        let found = noticed.get(check).copied().unwrap_or("silent");
        let before = recorded.get(check).copied().unwrap_or("silent");
        (found != before).then(|| Complaint::Differs {
            deviation,
            check: check.to_owned(),
            recorded: before.to_owned(),
            found,
        })
    })
    .collect()
}

/// A check or rule that judges only disputed or optional points can never do more than note. What a check was skipped on, it
/// cannot be made to fail on.
fn never_failing(proof: &Proof) -> Vec<Complaint> {
    let failing: BTreeSet<&str> =
        proof.trials.iter().flat_map(|trial| trial.noticed().map(|(check, _)| check)).collect();
    let is_judging = |id: &str| {
        assertion::find(id).is_some_and(|own| matches!(verdict_of(own.requirements()), Verdict::Fail | Verdict::Warn))
    };
    let asked = proof.faithful.iter().filter(|(_, verdict)| **verdict == Verdict::Pass).map(|(check, _)| check);
    asked
        .filter(|check| is_judging(parts_of_name(check).0) && !failing.contains(check.as_str()))
        .map(|check| Complaint::NeverFails { check: check.clone() })
        .collect()
}
