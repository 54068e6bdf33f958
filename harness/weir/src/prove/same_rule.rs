//! `fixtures/same-rule.tsv`: rows of the catalogue of requirements that state the same rule in other words or at another place.

const RULES: &str = include_str!("../../../../fixtures/same-rule.tsv");

/// Whether two requirements state the same rule.
pub(super) fn are_the_same(one: &str, other: &str) -> bool {
    rules().any(|ids| ids.clone().any(|id| id == one) && ids.clone().any(|id| id == other))
}

/// The ids of each rule that stands in more than one row.
pub(super) fn rules() -> impl Iterator<Item = impl Iterator<Item = &'static str> + Clone> {
    let rows = RULES.lines().skip(1).filter_map(|line| line.split_once('\t'));
    rows.map(|(ids, _)| ids.split(' '))
}
