use std::collections::BTreeSet;
use std::path::Path;

use scim::requirement::{self, Actor, Rfc, Testable};

use super::*;

#[test]
fn ids_are_unique_and_begin_with_the_name_of_their_file() {
    let mut seen = BTreeSet::new();
    for (topic, checks) in TOPICS {
        assert!(!checks.is_empty(), "{topic} has no check");
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks").join(format!("{}.rs", topic.replace('-', "_")));
        assert!(file.is_file(), "{topic} has no file {}", file.display());
        for check in *checks {
            assert_eq!(check.topic(), *topic, "{}", check.id);
            assert!(seen.insert(check.id), "{} is there twice", check.id);
            let shape = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
            assert!(check.id.chars().all(shape), "{}: an id has lower-case letters, digits, - and .", check.id);
        }
    }
}

#[test]
fn every_topic_file_is_registered() {
    const FRAME: [&str; 11] = [
        "certificate",
        "cohort",
        "context",
        "data",
        "expectation",
        "field",
        "mod",
        "published",
        "severity",
        "template",
        "tests",
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
    let known: BTreeSet<_> = topics().collect();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().replace('_', "-");
        assert!(FRAME.contains(&stem.as_str()) || known.contains(stem.as_str()), "{stem}.rs is not in TOPICS");
    }
}

#[test]
fn every_check_cites_testable_requirements_that_exist() {
    for check in all() {
        assert!(!check.requirements.is_empty(), "{} cites nothing", check.id);
        for id in check.requirements {
            let requirement = requirement::find(id).unwrap_or_else(|| panic!("{}: {id} does not exist", check.id));
            assert_eq!(requirement.testable, Testable::Blackbox, "{}: {id} cannot be seen from outside", check.id);
        }
    }
}

#[test]
fn every_check_says_what_it_holds_and_why() {
    for check in all() {
        assert!(!check.legal.is_empty(), "{} lists no legal outcome", check.id);
        assert!(check.matters.ends_with('.'), "{}: matters is a sentence", check.id);
        assert!(!check.title.ends_with('.'), "{}: a title is not a sentence", check.id);
    }
}

/// Every requirement on a server that can be seen from outside is cited by a check or a rule, or has a written reason why none can
/// show it; never both.
#[test]
fn every_requirement_has_a_check_or_a_reason() {
    const REASONS: &str = include_str!("../../../../fixtures/coverage/reasons.tsv");
    let reasons: BTreeSet<&str> = REASONS.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    let cited: BTreeSet<&str> = crate::assertion::all().flat_map(|own| own.requirements().iter().copied()).collect();
    let wanted = requirement::all().iter().filter(|requirement| {
        requirement.testable == Testable::Blackbox
            && requirement.actor != Actor::Client
            && matches!(requirement.rfc, Rfc::Rfc7643 | Rfc::Rfc7644 | Rfc::Rfc9865)
    });
    let wrong: Vec<&str> =
        wanted.map(|requirement| requirement.id).filter(|id| cited.contains(id) == reasons.contains(id)).collect();
    assert!(wrong.is_empty(), "neither a check nor a reason, or both: {wrong:?}");
    let unknown: Vec<_> = reasons.iter().filter(|id| requirement::find(id).is_none()).collect();
    assert!(unknown.is_empty(), "reasons for requirements that do not exist: {unknown:?}");
}

/// How many checks run on users alone for no reason of an RFC. The number may only fall.
const NOT_MIGRATED: usize = 0;

#[test]
fn no_further_check_runs_on_users_alone_without_a_reason() {
    let not_migrated = all().filter(|check| check.on == On::Only("User", "not migrated")).count();
    assert_eq!(not_migrated, NOT_MIGRATED, "lower NOT_MIGRATED after a migration; a new check gives its reason");
    let reasons =
        all().filter_map(|check| if let On::Only(_, reason) = check.on { Some((check.id, reason)) } else { None });
    for (id, reason) in reasons {
        assert!(!reason.is_empty(), "{id} runs on one resource type and does not say why");
    }
}
