//! What has gone wrong between real clients and endpoints, and which checks would have shown it.

use std::sync::LazyLock;

const FAILURES: &str = include_str!("../../../fixtures/interoperability.tsv");

/// One failure of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What the endpoint gets wrong, or the client sends.
    pub failure: &'static str,
    /// Which clients meet it; `server` where it is the endpoint's alone.
    pub clients: &'static str,
    /// What a person sees of it.
    pub symptom: &'static str,
    /// The ids of the checks that show it.
    checks: &'static str,
    /// Public threads, divided by blanks.
    links: &'static str,
}

impl Failure {
    pub fn checks(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.checks.split(' ')
    }

    pub fn links(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.links.split(' ').filter(|link| !link.is_empty())
    }
}

static ALL: LazyLock<Vec<Failure>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let columns: Vec<&'static str> = line.split('\t').collect();
        let [_, failure, clients, symptom, checks, links] = columns[..] else { return None };
        Some(Failure { failure, clients, symptom, checks, links })
    };
    FAILURES.lines().skip(1).filter_map(row).collect()
});

/// Every failure, the most frequent first.
pub fn failures() -> &'static [Failure] {
    &ALL
}

/// The failures that the check `id` shows.
pub fn shown_by(id: &str) -> impl Iterator<Item = &'static Failure> {
    failures().iter().filter(move |failure| failure.checks().any(|check| check == id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::checks;

    #[test]
    fn every_line_is_read_and_names_checks_that_exist() {
        assert_eq!(failures().len(), FAILURES.lines().count() - 1);
        for failure in failures() {
            for check in failure.checks() {
                assert!(checks::find(check).is_some(), "{}: there is no check {check}", failure.failure);
            }
        }
    }

    /// What the conformance tools of the field check, and what none of them does: each row has checks of ours, or a reason
    /// after a dash.
    #[test]
    fn every_row_of_the_field_has_checks_or_a_reason() {
        const ROWS: &str = include_str!("../../../fixtures/field-checks.tsv");
        let mut numbers = BTreeSet::new();
        for line in ROWS.lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [number, _, title, _, checks] = columns[..] else { panic!("{line}: five columns are needed") };
            assert!(numbers.insert(number), "{number} is there twice");
            if let Some(reason) = checks.strip_prefix("- ") {
                assert!(reason.len() > 20, "{title}: {reason} is not a reason");
                continue;
            }
            for check in checks.split(' ') {
                assert!(checks::find(check).is_some(), "{title}: there is no check {check}");
            }
        }
        assert!((1..=357).all(|number| numbers.contains(number.to_string().as_str())));
    }
}
