//! What changed from one run to the next, from their JSON reports.

use std::collections::BTreeMap;

use serde_json::Value;
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::kind::DocumentKind;
use weir_judge::full_name;

/// The verdict of one check, or of one step of a client's lifecycle, in both runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The id of the check; of a step the client and the id.
    pub id: String,
    pub title: String,
    /// `None` where the run did not judge it.
    pub before: Option<String>,
    pub after: Option<String>,
    pub kind: ChangeKind,
}

/// In which direction a verdict went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    Worse,
    Better,
    /// Only the first run has it, or only the second one.
    Gone,
    New,
    /// From one verdict to another that is neither better nor worse, as from pass to skip.
    Other,
}

impl ChangeKind {
    /// The word in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Gone => "gone",
            Self::New => "new",
            Self::Other => "changed",
        }
    }
}

/// What two runs have and have not in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunDifference {
    /// Sorted by kind, then in the order of the runs.
    pub changes: Vec<Change>,
    /// How many verdicts are the same.
    pub unchanged: usize,
}

/// Why a report cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableReport {
    #[error(transparent)]
    Json(FileFault),
    #[error("the file is not a report of `weir check --format json`")]
    Form,
    #[error("the report has the version {0}, which this Weir does not know; write it anew")]
    Version(u64),
}

impl From<UnreadableReport> for FileFault {
    fn from(error: UnreadableReport) -> Self {
        match error {
            UnreadableReport::Json(fault) => fault,
            other => Self::new(Place::Whole, other.to_string()),
        }
    }
}

/// One run: what was judged, with title and verdict, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord(Vec<(String, String, String)>);

impl RunRecord {
    /// Reads the JSON report of a run.
    pub fn parse(text: &str) -> Result<Self, UnreadableReport> {
        let report: Value = document::json(text).map_err(UnreadableReport::Json)?;
        if report.get("format").and_then(Value::as_str) != Some("weir-report") {
            let kind = DocumentKind::of_json(&report);
            return Err(UnreadableReport::Json(kind.instead_of("a report of `weir check --format json`")));
        }
        let version = report.get("version").and_then(Value::as_u64).ok_or(UnreadableReport::Form)?;
        if version != u64::from(crate::report::json::VERSION) {
            return Err(UnreadableReport::Version(version));
        }
        let rows = |list: &str| report.get(list).and_then(Value::as_array).into_iter().flatten();
        let text = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let steps = rows("steps").map(|row| {
            (format!("{} {}", text(row, "client"), text(row, "id")), text(row, "title"), text(row, "verdict"))
        });
        let name = |row: &Value| {
            let (id, subject) = (text(row, "id"), text(row, "subject"));
            let name = if subject.is_empty() { id } else { full_name(&id, &subject) };
            weir_catalog::checks::current_name(&name).unwrap_or(name)
        };
        let checks = rows("checks").map(|row| (name(row), text(row, "title"), text(row, "verdict")));
        Ok(Self(steps.chain(checks).collect()))
    }

    fn find(&self, id: &str) -> Option<&str> {
        self.0.iter().find(|(other, ..)| other == id).map(|(.., verdict)| verdict.as_str())
    }
}

/// How grave a verdict is; a skip says nothing.
fn gravity(verdict: &str) -> Option<u8> {
    match verdict {
        "pass" => Some(0),
        "note" => Some(1),
        "warn" => Some(2),
        "blocked" => Some(3),
        "fail" => Some(4),
        "error" => Some(5),
        _ => None,
    }
}

/// Compares two runs.
pub fn difference(before: &RunRecord, after: &RunRecord) -> RunDifference {
    let mut result = RunDifference::default();
    let known: BTreeMap<&str, &str> = before.0.iter().map(|(id, _, verdict)| (id.as_str(), verdict.as_str())).collect();
    for (id, title, verdict) in &after.0 {
        let earlier = known.get(id.as_str()).copied();
        if earlier == Some(verdict.as_str()) {
            result.unchanged += 1;
            continue;
        }
        let kind = match (earlier.map(gravity), gravity(verdict)) {
            (None, _) => ChangeKind::New,
            (Some(Some(earlier)), Some(now)) if now > earlier => ChangeKind::Worse,
            (Some(Some(_)), Some(_)) => ChangeKind::Better,
            (Some(_), _) => ChangeKind::Other,
        };
        let (before, after) = (earlier.map(str::to_owned), Some(verdict.clone()));
        result.changes.push(Change { id: id.clone(), title: title.clone(), before, after, kind });
    }
    for (id, title, verdict) in &before.0 {
        if after.find(id).is_none() {
            let (before, kind) = (Some(verdict.clone()), ChangeKind::Gone);
            result.changes.push(Change { id: id.clone(), title: title.clone(), before, after: None, kind });
        }
    }
    result.changes.sort_by_key(|change| change.kind);
    result
}

impl RunDifference {
    /// How many changes are of this kind.
    pub fn count(&self, kind: ChangeKind) -> usize {
        self.changes.iter().filter(|change| change.kind == kind).count()
    }

    /// Whether something got worse, or something new is not right.
    pub fn is_regression(&self) -> bool {
        self.changes.iter().any(|change| match change.kind {
            ChangeKind::Worse => true,
            ChangeKind::New => change.after.as_deref().and_then(gravity).is_some_and(|gravity| gravity > 1),
            ChangeKind::Better | ChangeKind::Gone | ChangeKind::Other => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(verdicts: &[(&str, &str)]) -> RunRecord {
        let checks: Vec<Value> =
            verdicts.iter().map(|(id, verdict)| json!({"id": id, "title": "T", "verdict": verdict})).collect();
        let report = json!({"format": "weir-report", "version": 1, "steps": [], "checks": checks});
        RunRecord::parse(&report.to_string()).expect("it is a report")
    }

    #[test]
    fn each_change_has_its_direction() {
        let before = run(&[("a", "pass"), ("b", "fail"), ("c", "pass"), ("d", "skip"), ("e", "fail")]);
        let after = run(&[("a", "fail"), ("b", "pass"), ("c", "pass"), ("d", "pass"), ("f", "warn")]);
        let difference = difference(&before, &after);
        let kinds: Vec<(&str, ChangeKind)> =
            difference.changes.iter().map(|change| (change.id.as_str(), change.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("a", ChangeKind::Worse),
                ("b", ChangeKind::Better),
                ("e", ChangeKind::Gone),
                ("f", ChangeKind::New),
                ("d", ChangeKind::Other),
            ]
        );
        assert_eq!(difference.unchanged, 1);
        assert!(difference.is_regression());
    }

    #[test]
    fn what_only_gets_better_is_no_regression() {
        let difference = difference(&run(&[("a", "fail"), ("b", "pass")]), &run(&[("a", "note"), ("b", "pass")]));
        assert!(!difference.is_regression());
        assert_eq!(difference.count(ChangeKind::Better), 1);
    }

    #[test]
    fn what_is_no_report_is_refused() {
        assert!(matches!(RunRecord::parse("{"), Err(UnreadableReport::Json(_))));
        assert!(matches!(RunRecord::parse("{}"), Err(UnreadableReport::Json(_))));
        assert_eq!(RunRecord::parse(r#"{"format":"weir-report","version":9}"#), Err(UnreadableReport::Version(9)));
    }
}
