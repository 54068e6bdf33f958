//! Markdown for the summary page of a CI job: totals, then what is wrong with everything that is known about it folded in.

use std::fmt::Write as _;
use std::io::{self, Write};

use weir_exchange::legible::LegibleWriter;
use weir_judge::{Event, Summary, Verdict};

use super::legible::{LegibleEvent, TextReport};
use super::markup::{code, fenced, html, text};
use super::plain::{details, message};
use super::table::duration;
use crate::output::plural::exchanges;

/// Job pages are cut off at a megabyte; more findings than this are counted.
const MOST: usize = 100;

/// Collects the run and writes one document to `out`.
pub struct MarkdownReport<W> {
    out: LegibleWriter<W>,
    subject: String,
    command: String,
    /// The grave ones first.
    worth_reading: Vec<(Verdict, String)>,
    rest: String,
}

impl<W: Write> MarkdownReport<W> {
    pub fn new(out: W) -> Self {
        let out = LegibleWriter::new(out, false);
        Self { out, subject: String::new(), command: String::new(), worth_reading: Vec::new(), rest: String::new() }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
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
        self.worth_reading.sort_by_key(|(verdict, _)| std::cmp::Reverse(*verdict));
        for (_, finding) in self.worth_reading.iter().take(MOST) {
            self.out.write_all(finding.as_bytes())?;
        }
        if self.worth_reading.len() > MOST {
            writeln!(self.out, "… and {} more\n", self.worth_reading.len() - MOST)?;
        }
        self.out.write_all(self.rest.as_bytes())?;
        if summary.interrupted {
            writeln!(self.out, "The run was interrupted.\n")?;
        }
        writeln!(self.out, "Repeat with {}", code(&self.command))?;
        self.out.flush()
    }
}

impl<W: Write + Send> TextReport for MarkdownReport<W> {
    fn event(&mut self, event: &LegibleEvent) -> io::Result<()> {
        match &**event {
            Event::RunStarted { command, url, target, .. } => {
                self.command.clone_from(command);
                self.subject =
                    target.as_ref().map_or_else(|| code(url), |target| format!("the embedded target {}", code(target)));
            }
            Event::Leftover { url, reason } => {
                let _ = writeln!(self.rest, "Left behind: {}: {}\n", code(url), text(reason));
            }
            Event::Outdated(outdated) => {
                let _ = writeln!(self.rest, "Baseline: {}: {}\n", code(&outdated.entry), text(&outdated.reason));
            }
            Event::RunFailed { reason } => {
                let _ = writeln!(self.rest, "The run ended before its time: {}\n", text(reason));
            }
            Event::RunFinished { summary } => self.finish(summary)?,
            Event::Finding(finding) => {
                if matches!(finding.verdict, Verdict::Pass | Verdict::Skip) || finding.known.is_some() {
                    return Ok(());
                }
                let text = format!(
                    "<details><summary>{} {} {}</summary>\n\n{}\n\n{}\n</details>\n\n",
                    finding.verdict.as_str(),
                    html(&finding.name()),
                    html(&message(finding)),
                    text(&finding.titled()),
                    fenced(&details(finding))
                );
                self.worth_reading.push((finding.verdict, text));
            }
            _ => {}
        }
        Ok(())
    }
}
