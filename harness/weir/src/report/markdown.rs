//! Markdown for the summary page of a CI job: totals, then what is wrong with everything that is known about it folded in.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

use weir_exchange::legible::LegibleWriter;
use weir_judge::{Cause, Event, Finding, OutdatedEntry, Summary, Verdict};

use super::cause;
use super::cause::Detail;
use super::leftovers;
use super::legible::{LegibleEvent, TextReport};
use super::markup::{code, fenced, html, text};
use super::plain::{FindingTexts, message};
use super::repeat::Repetition;
use super::table::duration;
use crate::output::plural::exchanges;

/// Job pages are cut off at a megabyte; more findings than this are counted.
const MOST: usize = 100;
/// Findings that have the same to show as others of their cause are a line each, up to these.
const MOST_LINES: usize = 400;

/// Collects the run and writes one document to `out`.
pub struct MarkdownReport<W> {
    out: LegibleWriter<W>,
    subject: String,
    findings: Vec<Arc<Finding>>,
    texts: FindingTexts,
    news: Vec<OutdatedEntry>,
    rest: String,
    left: usize,
}

impl<W: Write> MarkdownReport<W> {
    pub fn new(out: W) -> Self {
        let out = LegibleWriter::new(out, false);
        Self {
            out,
            subject: String::new(),
            findings: Vec::new(),
            texts: FindingTexts::default(),
            news: Vec::new(),
            rest: String::new(),
            left: 0,
        }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if let Some(more) = leftovers::more(self.left) {
            let _ = writeln!(self.rest, "{more}\n");
        }
        let wrong = [Verdict::Fail, Verdict::Blocked, Verdict::Error].iter().any(|verdict| summary.fresh(*verdict) > 0);
        let mark = if wrong || summary.outdated > 0 { "❌" } else { "✅" };
        writeln!(self.out, "## {mark} weir check of {}\n", self.subject)?;
        let counted = [
            Verdict::Pass,
            Verdict::Fail,
            Verdict::Warn,
            Verdict::Note,
            Verdict::Blocked,
            Verdict::Error,
            Verdict::Skip,
        ];
        let heads: Vec<&str> = counted.iter().map(|verdict| verdict.as_str()).collect();
        writeln!(self.out, "| | {} | known |\n|---{}|---|", heads.join(" | "), "|---:".repeat(heads.len()))?;
        for (name, tally) in [("steps", &summary.steps), ("checks", &summary.checks), ("rules", &summary.rules)] {
            if tally.iter().sum::<usize>() > 0 {
                let cells: Vec<String> = counted.iter().map(|verdict| tally[*verdict as usize].to_string()).collect();
                let known =
                    if name == "checks" { summary.known.iter().sum::<usize>().to_string() } else { String::new() };
                writeln!(self.out, "| {name} | {} | {known} |", cells.join(" | "))?;
            }
        }
        writeln!(self.out, "\n{} in {}\n", exchanges(summary.exchanges), duration(summary.elapsed))?;
        let causes = cause::fresh(&self.findings);
        self.causes(&causes)?;
        self.news()?;
        self.texts.detail = Detail::of(&self.findings);
        self.findings()?;
        self.out.write_all(self.rest.as_bytes())?;
        if summary.interrupted {
            writeln!(self.out, "The run was interrupted.\n")?;
        }
        writeln!(self.out, "Repeat with {}", code(&self.texts.repetition.command))?;
        self.out.flush()
    }
}

impl<W: Write> MarkdownReport<W> {
    /// What is wrong, and the command that shows each.
    fn causes(&mut self, causes: &[Cause]) -> io::Result<()> {
        if causes.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "### Start here\n")?;
        for (place, cause) in causes.iter().take(cause::MOST).enumerate() {
            let headline = text(&cause.headline);
            write!(self.out, "{}. {headline} ({})", place + 1, cause::counted(cause))?;
            let command = cause::command(&self.texts.repetition.base, cause);
            if place < cause::FIRST && !command.is_empty() {
                write!(self.out, ": {}", code(&command))?;
            }
            writeln!(self.out)?;
        }
        if causes.len() > cause::MOST {
            writeln!(self.out, "\n… and {} more causes", causes.len() - cause::MOST)?;
        }
        writeln!(self.out)
    }

    fn news(&mut self) -> io::Result<()> {
        let news = std::mem::take(&mut self.news);
        for sentence in cause::news(&self.texts.repetition.base, &news) {
            writeln!(self.out, "{sentence}\n")?;
        }
        Ok(())
    }

    /// The findings, the gravest first, those that have the same to show as others of their cause in one line.
    fn findings(&mut self) -> io::Result<()> {
        let mut findings = std::mem::take(&mut self.findings);
        findings.retain(|finding| finding.verdict > Verdict::Skip && finding.known.is_none());
        findings.sort_by_key(|finding| finding.rank());
        let (shown, counted): (Vec<_>, Vec<_>) =
            findings.into_iter().partition(|finding| self.texts.detail.is_full(finding));
        for finding in shown.iter().take(MOST) {
            writeln!(
                self.out,
                "<details><summary>{} {} {}</summary>\n\n{}\n\n{}\n</details>\n",
                finding.verdict.as_str(),
                html(&finding.name()),
                html(&message(finding)),
                text(&finding.titled()),
                fenced(&self.texts.details(finding))
            )?;
        }
        for finding in counted.iter().take(MOST_LINES) {
            let (verdict, name) = (finding.verdict.as_str(), text(&finding.name()));
            writeln!(self.out, "- {verdict} {name}: {}", text(&message(finding)))?;
        }
        let more = counted.len().saturating_sub(MOST_LINES) + shown.len().saturating_sub(MOST);
        if more > 0 {
            writeln!(self.out, "\n… and {more} more, which the other reports have")?;
        }
        if !counted.is_empty() || more > 0 {
            writeln!(self.out)?;
        }
        Ok(())
    }
}

impl<W: Write + Send> TextReport for MarkdownReport<W> {
    fn event(&mut self, event: &LegibleEvent) -> io::Result<()> {
        match &**event {
            Event::RunStarted { url, target, .. } => {
                self.texts.repetition = Repetition::of_run(event);
                self.subject =
                    target.as_ref().map_or_else(|| code(url), |target| format!("the embedded target {}", code(target)));
            }
            Event::Leftover { url, reason } => {
                self.left += 1;
                if self.left <= leftovers::MOST_NAMED {
                    let _ = writeln!(self.rest, "Left behind: {}: {}\n", code(url), text(reason));
                }
            }
            Event::Outdated(outdated) if outdated.news.is_some() => self.news.push(outdated.clone()),
            Event::Outdated(outdated) => {
                let _ = writeln!(self.rest, "Baseline: {}: {}\n", code(&outdated.entry), text(&outdated.reason));
            }
            Event::RunFailed { reason } => {
                let _ = writeln!(self.rest, "The run ended before its time: {}\n", text(reason));
            }
            Event::RunFinished { summary } => self.finish(summary)?,
            Event::Finding(finding) => {
                self.findings.push(Arc::clone(finding));
            }
            _ => {}
        }
        Ok(())
    }
}
