//! What `weir explain` says about a disputed reading: its row of `docs/explain/disputes.md`, the requirements whose reading it is about,
//! and the checks that judge it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use weir_judge::disputes;

const PAGE: &str = include_str!("../../../../docs/explain/disputes.md");
const ANSWERS: &str = include_str!("../../../../fixtures/disputes.tsv");

/// A row of the page.
struct Row {
    point: &'static str,
    disputed: &'static str,
    /// The side that the target `rfc` takes, and why.
    side: &'static str,
    because: &'static str,
    switch: &'static str,
    reports: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    PAGE.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
        let point = cells.next().filter(|cell| cell.chars().any(|own| own.is_ascii_digit()) && !cell.contains(' '))?;
        let mut next = || cells.next();
        Some(Row { point, disputed: next()?, side: next()?, because: next()?, switch: next()?, reports: next()? })
    })
}

/// The points of all disputes, such as `P7`.
pub(super) fn points() -> impl Iterator<Item = &'static str> {
    rows().map(|row| row.point)
}

/// A dispute by its point, whatever its letter case.
pub(super) fn explain(point: &str) -> Option<String> {
    let row = rows().find(|row| row.point.eq_ignore_ascii_case(point))?;
    let mut text = format!("dispute {}\n{}\n", row.point, row.disputed);
    for (title, cell) in [
        ("The target rfc takes this side", row.side),
        ("Because", row.because),
        ("Switch to the other side", row.switch),
        ("A check reports of an endpoint on the other side", row.reports),
    ] {
        let _ = write!(text, "\n{title}\n  {cell}\n");
    }
    for (id, dispute) in disputes().filter(|(_, dispute)| dispute.point == row.point) {
        let _ = write!(text, "\n{id}\n  {}\n", dispute.reading);
    }
    let checks = judges(row.point);
    if !checks.is_empty() {
        let _ = write!(text, "\nChecks\n  {}\n", checks.into_iter().collect::<Vec<_>>().join("\n  "));
    }
    Some(text)
}

/// The checks and rules that judge an answer of the dispute.
fn judges(point: &str) -> BTreeSet<&'static str> {
    let rows = ANSWERS.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        columns.next().filter(|own| *own == point)?;
        columns.nth(2)
    });
    rows.flat_map(|checks| checks.split([',', ' '])).filter(|check| !check.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dispute_says_what_is_disputed_and_which_checks_judge_it() {
        let known: BTreeSet<&str> = points().collect();
        assert!(disputes().all(|(id, dispute)| known.contains(dispute.point) || panic!("{id} has no row")));
        for point in known {
            let text = explain(point).unwrap_or_else(|| panic!("{point} is not explained"));
            assert!(text.contains("\nBecause\n  "), "{point}: {text}");
        }
        let merged = explain("p7").expect("P7 is a dispute");
        for part in [
            "dispute P7\n`replace` of a record",
            "\nRFC7644-3.5.2.3-14\n",
            "\nChecks\n  patch.reading-replaced-record\n",
        ] {
            assert!(merged.contains(part), "{part}: {merged}");
        }
        assert_eq!(explain("P999"), None);
    }
}
