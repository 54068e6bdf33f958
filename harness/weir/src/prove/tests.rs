use std::collections::BTreeSet;
use std::time::Duration;

use weir_catalog::{Assertion, assertion};
use weir_judge::{Weight, verdict_of};

use super::*;

fn deviation(id: &'static str, breaks: &'static [&'static str]) -> KnownDeviation {
    KnownDeviation { id, summary: "", breaks, can_be_limited: true }
}

fn cause(requirements: &[&str]) -> Cause {
    Cause {
        id: "status-post-collection-200-400".to_owned(),
        headline: "POST of a new resource is answered 200 where it must be refused with 400".to_owned(),
        verdict: Verdict::Fail,
        weight: Weight::EveryClient,
        findings: vec!["x.y[User]".to_owned()],
        subjects: vec!["User".to_owned()],
        held_up: 0,
        requirements: requirements.iter().map(|id| (*id).to_owned()).collect(),
    }
}

fn trial(deviation: KnownDeviation, verdicts: &[(&'static str, Verdict)]) -> Trial {
    Trial {
        deviation,
        verdicts: verdicts.iter().map(|(check, verdict)| ((*check).to_owned(), *verdict)).collect(),
        cause: Some(cause(deviation.breaks)),
        limit: None,
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
fn a_deviation_is_named_by_its_first_requirement_and_its_resource_type() {
    let noticed = || trial(deviation("a.b", BREAKS), &[("x.y[User]", Verdict::Fail)]);
    let elsewhere = Trial { cause: Some(cause(&["RFC7644-3.3-10", "RFC7643-3.1-30"])), ..noticed() };
    let found = judge(&proof(vec![elsewhere]), None);
    insta::assert_snapshot!(found[0], @"a.b is not named: expected RFC7644-3.3-07, got RFC7644-3.3-10, RFC7643-3.1-30: POST of a new resource is answered 200 where it must be refused with 400 (x.y[User])");
    let same = Trial { cause: Some(cause(&["RFC7644-3.3-10"])), ..noticed() };
    let same = Trial { deviation: deviation("a.b", &["RFC7643-3.1-30"]), ..same };
    assert_eq!(misnaming(&same), None, "the rows state the same rule");
    let limited = |kind: &str| Trial { limit: Some(kind.to_owned()), ..noticed() };
    assert_eq!(misnaming(&limited("User")), None);
    assert!(matches!(misnaming(&limited("Group")), Some(NamingFault::OtherSubject { .. })));
}

#[test]
fn a_complete_proof_names_the_checks_that_never_fail() {
    let faithful = ["create.resource[User]", "create.resource[Group]", "sort.ascending[Group]"];
    let faithful = faithful.into_iter().zip([Verdict::Pass, Verdict::Pass, Verdict::Skip]);
    let trials = vec![trial(deviation("a.b", BREAKS), &[("create.resource[User]", Verdict::Fail)])];
    let faithful = faithful.map(|(check, verdict)| (check.to_owned(), verdict)).collect();
    let never = judge(&Proof { complete: true, faithful, ..proof(trials) }, None);
    assert_eq!(never, [Complaint::NeverFails { check: "create.resource[Group]".to_owned() }]);
}

#[test]
fn a_record_with_a_missing_column_is_refused_with_its_line() {
    let error =
        Record::parse("deviation\tcheck\tverdict\na.b\tx.y\tfail\na.b\tx.z\n").expect_err("a column is missing");
    assert_eq!(error.line, 3);
}

#[test]
fn each_check_and_rule_that_can_fail_is_in_the_record() {
    let record = Record::compiled_in().expect("the record is well formed");
    let known = embedded::known_deviations().map(|deviation| deviation.id);
    let failing: BTreeSet<&str> = known.flat_map(|id| record.of(id)).map(|(check, _)| parts_of_name(check).0).collect();
    let never: Vec<&str> = assertion::all()
        .filter(|own| matches!(verdict_of(own.requirements()), Verdict::Fail | Verdict::Warn))
        .map(Assertion::id)
        .filter(|id| !failing.contains(id))
        // The rule `values.defined` judges what it brings out; to fail itself it needs an endpoint with two faults at once.
        .filter(|id| *id != "create.unpublished-attribute")
        .collect();
    assert!(never.is_empty(), "made to fail by no deviation: {never:?}; write the record anew, or add a deviation");
}

#[test]
fn few_deviations_are_named_otherwise_and_each_is_known() {
    let breaking: Vec<_> = embedded::known_deviations().filter(|deviation| !deviation.is_permitted()).collect();
    let excepted = breaking.iter().filter(|deviation| exception(deviation.id).is_some()).count();
    assert_eq!(excepted, naming::exceptions().count(), "an exception names no deviation that breaks a requirement");
    assert!(excepted * 100 < breaking.len() * 2, "{excepted} of {} are named otherwise", breaking.len());
}

#[test]
fn each_row_that_states_the_same_rule_is_known() {
    let known: BTreeSet<&str> = scim::requirement::all().iter().map(|requirement| requirement.id).collect();
    for rule in same_rule::rules() {
        let ids: Vec<&str> = rule.collect();
        assert!(ids.len() > 1 && ids.iter().all(|id| known.contains(id)), "{ids:?}");
    }
}
