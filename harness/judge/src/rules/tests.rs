use std::collections::BTreeSet;
use std::path::Path;

use scim::requirement::{self, Testable};

use super::*;

#[test]
fn ids_are_unique_and_begin_with_the_name_of_their_file() {
    let mut seen = BTreeSet::new();
    for (topic, rules) in TOPICS {
        let file = format!("src/rules/{}.rs", topic.replace('-', "_"));
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file).is_file(), "{topic} has no file {file}");
        for rule in *rules {
            assert_eq!(rule.topic(), *topic, "{}", rule.id);
            assert!(seen.insert(rule.id), "{} is there twice", rule.id);
        }
    }
}

#[test]
fn every_rule_says_what_it_holds_why_and_by_what() {
    for rule in all() {
        assert!(!rule.legal.is_empty(), "{} lists no legal outcome", rule.id);
        assert!(rule.matters.ends_with('.'), "{}: matters is a sentence", rule.id);
        assert!(!rule.title.ends_with('.'), "{}: a title is not a sentence", rule.id);
        assert!(!rule.requirements.is_empty(), "{} cites nothing", rule.id);
        for id in rule.requirements {
            let requirement = requirement::find(id).unwrap_or_else(|| panic!("{}: {id} does not exist", rule.id));
            assert_eq!(requirement.testable, Testable::Blackbox, "{}: {id} cannot be seen from outside", rule.id);
        }
    }
}
