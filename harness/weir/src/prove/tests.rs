use std::time::Duration;

use super::*;

fn deviation(id: &'static str, breaks: &'static [&'static str]) -> KnownDeviation {
    KnownDeviation { id, summary: "", breaks, can_be_limited: true }
}

fn trial(deviation: KnownDeviation, verdicts: &[(&'static str, Verdict)]) -> Trial {
    Trial {
        deviation,
        verdicts: verdicts.iter().map(|(check, verdict)| ((*check).to_owned(), *verdict)).collect(),
        cause: None,
        limit: None,
        is_on_proof: true,
        hiding: None,
        laws: Vec::new(),
        exchanges: 1,
        elapsed: Duration::ZERO,
    }
}

fn proof(trials: Vec<Trial>) -> Proof {
    Proof { complete: false, faithful: Verdicts::new(), trials, exchanges: 1 }
}

const BREAKS: &[&str] = &["RFC7644-3.3-07"];

#[test]
fn a_noticed_deviation_that_is_recorded_raises_no_complaint() {
    let proof = proof(vec![trial(deviation("a.b", BREAKS), &[("x.y", Verdict::Fail), ("x.z", Verdict::Pass)])]);
    let record = Record::of_proof(&proof);
    assert_eq!(judge(&proof, Some(&record)), []);
    assert_eq!(Record::parse(&record.to_string()).as_ref(), Ok(&record));
}

#[test]
fn each_kind_of_complaint_is_raised() {
    let record =
        Record::parse("deviation\tcheck\tverdict\na.recorded\tx.gone\tfail\n").expect("the record is well formed");
    let proof = Proof {
        faithful: Verdicts::from([("x.alarm".to_owned(), Verdict::Fail), ("x.note".to_owned(), Verdict::Note)]),
        ..proof(vec![
            trial(deviation("a.unnoticed", BREAKS), &[("x.y", Verdict::Note)]),
            trial(deviation("b.permitted", &[]), &[("x.y", Verdict::Fail), ("x.broken", Verdict::Error)]),
            trial(deviation("a.recorded", BREAKS), &[("x.gone", Verdict::Pass), ("x.new", Verdict::Warn)]),
        ])
    };
    let complaints: Vec<String> = judge(&proof, Some(&record)).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(complaints.join("\n"), @r"
    x.alarm is fail against the endpoint without any deviation; the endpoint or the check is wrong
    a.unnoticed breaks a requirement and no check notices it
    b.permitted is permitted, and x.y fails it
    x.broken broke down against b.permitted; this is a bug of Weir
    a.recorded: x.gone is recorded as fail and is silent now; if that is right, write the record with `weir prove --full --write`
    a.recorded: x.new is recorded as silent and is warn now; if that is right, write the record with `weir prove --full --write`
    b.permitted: x.y is recorded as silent and is fail now; if that is right, write the record with `weir prove --full --write`
    ");
}

#[test]
fn a_complete_proof_names_the_checks_that_never_fail() {
    let proof = Proof { complete: true, ..proof(Vec::new()) };
    let never = judge(&proof, None);
    assert!(never.iter().all(|complaint| matches!(complaint, Complaint::NeverFails { .. })));
    assert!(!never.is_empty());
}

#[test]
fn a_record_with_a_missing_column_is_refused_with_its_line() {
    let error =
        Record::parse("deviation\tcheck\tverdict\na.b\tx.y\tfail\na.b\tx.z\n").expect_err("a column is missing");
    assert_eq!(error.line, 3);
}
