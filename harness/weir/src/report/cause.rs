//! How causes read in every report, and the command that goes on from one.

use std::sync::Arc;

use weir_judge::{Cause, Finding, causes};

use crate::output::plural::plural;
use crate::output::word::quoted;

/// The causes that stand on the first screen.
pub(super) const FIRST: usize = 5;
/// The causes that a report for people names.
pub(super) const MOST: usize = 20;
/// The findings of one cause that a report for people shows in full; the others have the same to show.
pub(super) const FULL: usize = 3;

/// The causes of what the baseline does not know.
pub(super) fn fresh(findings: &[Arc<Finding>]) -> Vec<Cause> {
    let fresh: Vec<_> = findings.iter().filter(|finding| finding.known.is_none()).map(Arc::clone).collect();
    causes(&fresh)
}

/// How many findings stand behind a cause, in words.
pub(super) fn counted(cause: &Cause) -> String {
    plural(cause.size() as u64, "finding", "findings")
}

/// The command that shows the finding to look at; `base` is that of the run without a selection.
pub(super) fn command(base: &str, cause: &Cause) -> String {
    // A step of a lifecycle is not run by itself.
    if base.is_empty() || cause.lead().contains('/') {
        return base.to_owned();
    }
    format!("{base} --only {}", quoted(cause.lead()))
}

/// Whether a report shows a finding in full: it is one of the first of its cause, or of none.
pub(super) fn is_shown_in_full(name: &str, causes: &[Cause]) -> bool {
    let place = |cause: &Cause| cause.findings.iter().position(|finding| finding == name);
    causes.iter().find_map(place).is_none_or(|place| place < FULL)
}

/// What takes the mended findings out of the baseline; `base` is the command of the run without a selection.
pub(super) fn mended(base: &str, entries: &[String]) -> String {
    // A step is named with its client; the whole run judges it again.
    let checks: Vec<String> = entries.iter().filter(|entry| !entry.contains(' ')).map(|entry| quoted(entry)).collect();
    let only = if checks.len() == entries.len() && checks.len() <= MOST {
        format!(" --only {}", checks.join(" --only "))
    } else {
        String::new()
    };
    let findings = plural(entries.len() as u64, "known finding is mended", "known findings are mended");
    let them = if entries.len() == 1 { "it" } else { "them" };
    format!("{findings}: `{base} --update-baseline{only}` takes {them} out")
}
