//! The report as one HTML page: everything in one file, no network, for a browser, a keyboard and a screen reader.
//!
//! What an endpoint sent is untrusted: it is escaped wherever it stands, and the page's own policy runs no script but its own.

mod coverage;
mod page;

use std::io::{self, Write};
use std::time::Duration;

use coverage::Coverage;
use weir_judge::Offer;
use weir_judge::{Consumer, Event, Known, Problem, Summary, Verdict};

use super::outcome::Outcome;

/// A finding or a step, kept until the page is written.
struct Kept {
    pub id: String,
    pub title: String,
    pub topic: String,
    pub verdict: Verdict,
    pub reason: Option<String>,
    pub cause: Option<&'static str>,
    pub known: Option<Known>,
    pub problems: Vec<Problem>,
    pub exchanges: usize,
    pub elapsed: Duration,
    pub requirements: Vec<&'static str>,
}

/// Everything that the page tells.
#[derive(Default)]
struct Run {
    pub command: String,
    pub subject: String,
    pub offers: Vec<Offer>,
    pub remarks: Vec<String>,
    pub outcomes: Vec<Kept>,
    pub coverage: Coverage,
    /// Leftovers, outdated entries of the baseline, why the run ended early: one sentence each.
    pub messages: Vec<String>,
}

/// Collects the run and writes one page to `out`.
pub struct HtmlReport<W> {
    out: W,
    run: Run,
}

impl<W: Write> HtmlReport<W> {
    pub fn new(out: W) -> Self {
        Self { out, run: Run::default() }
    }

    fn keep(&mut self, outcome: &Outcome<'_>) {
        let requirements = outcome.check().map_or_else(Vec::new, |check| check.requirements.to_vec());
        for id in &requirements {
            self.run.coverage.add(id, outcome.verdict);
        }
        self.run.outcomes.push(Kept {
            id: outcome.id.clone(),
            title: outcome.title.to_owned(),
            topic: outcome.topic.to_owned(),
            verdict: outcome.verdict,
            reason: outcome.reason.map(str::to_owned),
            cause: outcome.cause,
            known: outcome.known.cloned(),
            problems: outcome.problems.to_vec(),
            exchanges: outcome.exchanges,
            elapsed: outcome.elapsed,
            requirements,
        });
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.interrupted {
            self.run.messages.push("The run was interrupted; what had been judged until then is shown.".into());
        }
        // What wants attention first; the order of the run within.
        self.run.outcomes.sort_by_key(|outcome| (outcome.known.is_some(), std::cmp::Reverse(outcome.verdict)));
        self.out.write_all(page::page(&self.run, summary).into_string().as_bytes())?;
        self.out.flush()
    }
}

impl<W: Write + Send> Consumer for HtmlReport<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { command, url, target, .. } => {
                self.run.command.clone_from(command);
                self.run.subject = match target {
                    Some(target) => format!("{url} (embedded target {target})"),
                    None => url.clone(),
                };
            }
            Event::Discovered { offers, remarks } => {
                self.run.offers.clone_from(offers);
                self.run.remarks.clone_from(remarks);
            }
            Event::Leftover { url, reason } => self.run.messages.push(format!("Left behind: {url}: {reason}")),
            Event::Outdated(outdated) => {
                self.run.messages.push(format!("Baseline: {}: {}", outdated.entry, outdated.reason));
            }
            Event::RunFailed { reason } => self.run.messages.push(format!("The run ended before its time: {reason}")),
            Event::RunFinished { summary } => self.finish(summary)?,
            _ => {
                if let Some(outcome) = Outcome::of(event) {
                    self.keep(&outcome);
                }
            }
        }
        Ok(())
    }
}
