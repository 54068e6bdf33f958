//! An endpoint without one feature is failed where that feature is judged, and nowhere else: a check that uses it as a means is
//! skipped or blocked.

mod support;

use std::collections::BTreeSet;

use serde_json::Value;
use support::run;

/// The topics of the checks that fail an endpoint with the deviation.
fn failing_topics(deviation: &str, topics: &str) -> BTreeSet<String> {
    let arguments = ["check", "--target", "proof", "--deviate", deviation, "--only", topics, "--seed", "7"];
    let ran = run(&[&arguments[..], &["--format", "json"]].concat());
    let report: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr));
    let checks = report["checks"].as_array().expect("a report has checks");
    let failing = checks.iter().filter(|check| check["verdict"] == "fail");
    let id = |check: &Value| check["id"].as_str().unwrap_or_default().to_owned();
    failing.map(id).map(|id| id.split('.').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_feature_that_is_missing_is_blamed_where_it_is_judged() {
    let few_forms = "filter.forms-only=Users: userName eq; externalId eq; id eq | Groups: displayName eq; id eq";
    for (deviation, topics, judged_in) in [
        // Filters are optional: nothing fails.
        (few_forms, "filter,sort,index-paging,cursor-paging,search,delete", &[][..]),
        ("groups.members-never-shown", "groups,patch,delete,filter,round-trip", &["groups", "round-trip"]),
        ("create.members-lost", "groups,patch,delete,filter,round-trip", &["groups", "round-trip"]),
    ] {
        let allowed: BTreeSet<String> = judged_in.iter().map(|topic| (*topic).to_owned()).collect();
        let failing = failing_topics(deviation, topics);
        assert!(failing.is_subset(&allowed), "{deviation} fails {failing:?}");
    }
}
