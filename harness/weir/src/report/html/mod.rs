//! The report as one HTML page: everything in one file, no network, for a browser, a keyboard and a screen reader.
//!
//! What an endpoint sent is untrusted: it is escaped wherever it stands, and the page's own policy runs no script but its own.

mod coverage;
mod page;
mod picture;

use std::io::{self, Write};
use std::sync::Arc;

use coverage::Coverage;
use weir_catalog::Assertion;
use weir_exchange::legible::LegibleWriter;
use weir_judge::Offer;
use weir_judge::{Cause, Event, Finding, OutdatedEntry, Summary};

use super::cause;
use super::cause::Detail;
use super::leftovers;
use super::legible::{LegibleEvent, TextReport};
use super::plain::{FindingTexts, assertion_of};
use super::repeat::Repetition;

/// Everything that the page tells.
#[derive(Default)]
struct RunPage {
    pub causes: Vec<Cause>,
    pub news: Vec<OutdatedEntry>,
    pub subject: String,
    pub offers: Vec<Offer>,
    pub remarks: Vec<String>,
    pub findings: Vec<Arc<Finding>>,
    pub texts: FindingTexts,
    pub coverage: Coverage,
    /// Leftovers, outdated entries of the baseline, why the run ended early: one sentence each.
    pub messages: Vec<String>,
}

/// Collects the run and writes one page to `out`.
pub struct HtmlReport<W> {
    out: LegibleWriter<W>,
    run: RunPage,
    left: usize,
}

impl<W: Write> HtmlReport<W> {
    pub fn new(out: W) -> Self {
        Self { out: LegibleWriter::new(out, false), run: RunPage::default(), left: 0 }
    }

    fn keep(&mut self, finding: &Arc<Finding>) {
        for id in requirements_of(finding) {
            self.run.coverage.add(id, finding.verdict);
        }
        self.run.findings.push(Arc::clone(finding));
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.interrupted {
            self.run.messages.push("The run was interrupted; what had been judged until then is shown.".into());
        }
        // What wants attention first; the order of the run among equals.
        self.run.causes = cause::fresh(&self.run.findings);
        self.run.texts.detail = Detail::of(&self.run.findings);
        self.run.findings.sort_by_key(|finding| (finding.known.is_some(), finding.rank()));
        self.run.messages.extend(cause::news(&self.run.texts.repetition.base, &self.run.news));
        self.out.write_all(page::page(&self.run, summary).into_string().as_bytes())?;
        self.out.flush()
    }
}

impl<W: Write + Send> TextReport for HtmlReport<W> {
    fn event(&mut self, event: &LegibleEvent) -> io::Result<()> {
        match &**event {
            Event::RunStarted { url, target, .. } => {
                self.run.texts.repetition = Repetition::of_run(event);
                self.run.subject = match target {
                    Some(target) => format!("{url} (embedded target {target})"),
                    None => url.clone(),
                };
            }
            Event::Discovered { offers, remarks } => {
                self.run.offers.clone_from(offers);
                self.run.remarks.clone_from(remarks);
            }
            Event::Leftover { url, reason } => {
                self.left += 1;
                if self.left <= leftovers::MOST_NAMED {
                    self.run.messages.push(format!("Left behind: {url}: {reason}"));
                }
            }
            Event::Outdated(outdated) if outdated.news.is_some() => self.run.news.push(outdated.clone()),
            Event::Outdated(outdated) => {
                self.run.messages.push(format!("Baseline: {}: {}", outdated.entry, outdated.reason));
            }
            Event::RunFailed { reason } => self.run.messages.push(format!("The run ended before its time: {reason}")),
            Event::RunFinished { summary } => {
                self.run.messages.extend(leftovers::more(self.left));
                self.finish(summary)?;
            }
            Event::Finding(finding) => self.keep(finding),
            _ => {}
        }
        Ok(())
    }
}

/// The requirements of the check or rule that a finding comes from.
fn requirements_of(finding: &Finding) -> &'static [&'static str] {
    assertion_of(finding).map_or(&[], Assertion::requirements)
}
