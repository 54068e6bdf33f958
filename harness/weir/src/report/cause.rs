//! How causes read in every report, and the command that goes on from one.

use std::collections::HashMap;
use std::sync::Arc;

use weir_judge::{Cause, EntryNews, Finding, OutdatedEntry, Verdict, causes};

use crate::output::plural::plural;
use crate::output::word::quoted;

/// The causes that stand on the first screen.
pub(super) const FIRST: usize = 5;
/// The causes that a report for people names.
pub(super) const MOST: usize = 20;
/// The findings of one cause that a report shows in full; the others have the same to show.
pub(super) const FULL: usize = 3;
/// The notes that a report shows in full.
const FULL_NOTES: usize = 20;
/// The problems of one finding that a report shows in full.
pub(super) const FULL_PROBLEMS: usize = 5;

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

/// Which findings a report shows with all their evidence, so that it grows with the causes: the first of each cause, and the first
/// notes.
#[derive(Default)]
pub(super) struct Detail {
    /// The findings that are shown in brief, with the one of the same cause that is shown in full.
    brief: HashMap<String, Option<String>>,
}

impl Detail {
    pub(super) fn of(findings: &[Arc<Finding>]) -> Self {
        let mut brief = HashMap::new();
        for cause in causes(findings) {
            let lead = cause.lead().to_owned();
            brief.extend(cause.findings.into_iter().skip(FULL).map(|name| (name, Some(lead.clone()))));
        }
        let notes = findings.iter().filter(|finding| finding.verdict < Verdict::Warn && !finding.problems.is_empty());
        brief.extend(notes.skip(FULL_NOTES).map(|note| (note.name().into_owned(), None)));
        Self { brief }
    }

    pub(super) fn is_full(&self, finding: &Finding) -> bool {
        !self.brief.contains_key(&*finding.name())
    }

    /// The finding whose evidence stands for that of one that is shown in brief.
    pub(super) fn lead(&self, finding: &Finding) -> Option<&str> {
        self.brief.get(&*finding.name())?.as_deref()
    }
}

/// What a run says about the baseline without failing for it, and the command that goes on from there; `base` is the command of the
/// run without a selection.
pub(super) fn news(base: &str, entries: &[OutdatedEntry]) -> Vec<String> {
    let of = |news: EntryNews| entries.iter().filter(move |entry| entry.news == Some(news)).map(|entry| &*entry.entry);
    let (mended, revealed): (Vec<_>, Vec<_>) = (of(EntryNews::Mended).collect(), of(EntryNews::Revealed).collect());
    let mut sentences = Vec::new();
    if !mended.is_empty() {
        let findings = plural(mended.len() as u64, "known finding is mended", "known findings are mended");
        sentences.push(format!("{findings}: {} takes {} out", update(base, &mended), them(&mended)));
    }
    if !revealed.is_empty() {
        let findings = plural(
            revealed.len() as u64,
            "finding was hidden when the baseline was written, and does not fail the run",
            "findings were hidden when the baseline was written, and do not fail the run",
        );
        let named = revealed.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
        let more = if revealed.len() > MOST { ", …" } else { "" };
        sentences.push(format!("{findings} ({named}{more}): {} takes {} in", update(base, &revealed), them(&revealed)));
    }
    sentences
}

const fn them(entries: &[&str]) -> &'static str {
    if entries.len() == 1 { "it" } else { "them" }
}

fn update(base: &str, entries: &[&str]) -> String {
    // A step is named with its client; the whole run judges it again.
    let checks: Vec<String> = entries.iter().filter(|entry| !entry.contains(' ')).map(|entry| quoted(entry)).collect();
    let only = if checks.len() == entries.len() && checks.len() <= MOST {
        format!(" --only {}", checks.join(" --only "))
    } else {
        String::new()
    };
    format!("`{base} --update-baseline{only}`")
}
