//! Checks and rules under one roof: they share one set of ids, and reports, selections and baselines treat them alike.

use weir_judge::{Rule, rules};

use crate::check::Check;
use crate::checks;

/// A check or a rule: the origin of a finding about an endpoint.
#[derive(Clone, Copy)]
pub enum Assertion {
    Check(&'static Check),
    Rule(&'static Rule),
}

impl Assertion {
    pub const fn id(self) -> &'static str {
        match self {
            Self::Check(check) => check.id,
            Self::Rule(rule) => rule.id,
        }
    }

    /// The statement that holds if it passes.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Check(check) => check.title,
            Self::Rule(rule) => rule.title,
        }
    }

    /// Why anybody should care.
    pub const fn matters(self) -> &'static str {
        match self {
            Self::Check(check) => check.matters,
            Self::Rule(rule) => rule.matters,
        }
    }

    /// Ids of `fixtures/requirements.tsv`.
    pub const fn requirements(self) -> &'static [&'static str] {
        match self {
            Self::Check(check) => check.requirements,
            Self::Rule(rule) => rule.requirements,
        }
    }

    /// Every outcome that is right.
    pub const fn legal(self) -> &'static [&'static str] {
        match self {
            Self::Check(check) => check.legal,
            Self::Rule(rule) => rule.legal,
        }
    }
}

/// Every check and then every rule, in the order of the reports.
pub fn all() -> impl Iterator<Item = Assertion> {
    checks::all().map(Assertion::Check).chain(rules::all().map(Assertion::Rule))
}

/// The full name that a check or a rule has now, by one that it has or had.
pub fn current_name(name: &str) -> Option<String> {
    checks::current_name(name).or_else(|| Some(rules::find(name)?.id.to_owned()))
}

/// A check or a rule by its id; a rule by that of a check which asked nothing else as well.
pub fn find(id: &str) -> Option<Assertion> {
    checks::find(id).map(Assertion::Check).or_else(|| rules::find(id).map(Assertion::Rule))
}

/// Everything that names a check or a rule: ids, and those that checks had before a rule took their place.
pub fn names() -> impl Iterator<Item = &'static str> {
    let earlier = checks::all().flat_map(|check| check.earlier_names.iter().map(|(id, _)| *id));
    all().map(Assertion::id).chain(earlier).chain(rules::all().flat_map(|rule| rule.formerly.iter().copied()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn checks_and_rules_share_one_set_of_ids() {
        let mut seen = BTreeSet::new();
        for name in names() {
            assert!(seen.insert(name), "{name} is there twice");
            assert!(find(name).is_some() || checks::renamed(name).is_some(), "{name}");
        }
    }
}
