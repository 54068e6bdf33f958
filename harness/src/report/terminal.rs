//! The report for a person at a terminal: a table of steps and checks while they happen, then every finding that is
//! worth reading, the gravest first, and the totals in the last line.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::problem;
use crate::event::{Consumer, Event, Finding, Offer, Problem, Provenance, Step, Summary, Verdict};

/// How the report looks.
#[derive(Clone, Copy, Debug)]
pub struct TerminalOptions {
    /// Columns.
    pub width: usize,
    pub colour: bool,
    /// Leaves out the table's lines that passed or were skipped.
    pub quiet: bool,
}

/// The escape sequences of the styles, empty without colour.
pub(super) struct Palette {
    pub(super) bold: String,
    pub(super) dim: String,
    pub(super) reset: String,
    verdicts: [String; 7],
}

impl Palette {
    fn new(colour: bool) -> Self {
        let render = |style: Style| if colour { style.render().to_string() } else { String::new() };
        let tint = |verdict: &Verdict| {
            let colour = match verdict {
                Verdict::Pass => AnsiColor::Green,
                Verdict::Skip => AnsiColor::BrightBlack,
                Verdict::Note => AnsiColor::Cyan,
                Verdict::Warn => AnsiColor::Yellow,
                Verdict::Blocked => AnsiColor::Magenta,
                Verdict::Fail | Verdict::Error => AnsiColor::Red,
            };
            render(colour.on_default().bold())
        };
        Self {
            bold: render(Style::new().bold()),
            dim: render(Style::new().dimmed()),
            reset: if colour { anstyle::Reset.render().to_string() } else { String::new() },
            verdicts: Verdict::ALL.each_ref().map(tint),
        }
    }

    fn verdict(&self, verdict: Verdict) -> &str {
        &self.verdicts[verdict as usize]
    }
}

/// One line of the table, whether a step or a check.
#[derive(Clone)]
struct Line {
    id: String,
    title: String,
    verdict: Verdict,
    reason: Option<String>,
    cause: Option<&'static str>,
    problems: Vec<Problem>,
    exchanges: usize,
    elapsed: Duration,
}

impl From<&Finding> for Line {
    fn from(finding: &Finding) -> Self {
        Self {
            id: finding.check.into(),
            title: finding.title.into(),
            verdict: finding.verdict,
            reason: finding.reason.clone(),
            cause: finding.cause,
            problems: finding.problems.clone(),
            exchanges: finding.exchanges,
            elapsed: finding.elapsed,
        }
    }
}

impl From<&Step> for Line {
    fn from(step: &Step) -> Self {
        Self {
            id: step.id.clone(),
            title: step.title.clone(),
            verdict: step.verdict,
            reason: step.reason.clone(),
            cause: None,
            problems: step.problems.clone(),
            exchanges: step.exchanges,
            elapsed: step.elapsed,
        }
    }
}

/// Writes the report to `out`.
pub struct TerminalReport<W> {
    out: W,
    options: TerminalOptions,
    palette: Palette,
    heading: String,
    repeat: String,
    worth_reading: Vec<Line>,
    leftovers: Vec<(String, String)>,
}

impl<W: Write> TerminalReport<W> {
    pub fn new(out: W, options: TerminalOptions) -> Self {
        Self {
            out,
            options,
            palette: Palette::new(options.colour),
            heading: String::new(),
            repeat: String::new(),
            worth_reading: Vec::new(),
            leftovers: Vec::new(),
        }
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        if self.heading != text {
            text.clone_into(&mut self.heading);
            writeln!(self.out, "\n{}{text}{}", self.palette.bold, self.palette.reset)?;
        }
        Ok(())
    }

    fn discovered(&mut self, offers: &[Offer], remarks: &[String]) -> io::Result<()> {
        let offered: Vec<_> = offers.iter().filter(|offer| offer.offered).collect();
        let missing: Vec<_> = offers.iter().filter(|offer| !offer.offered).map(|offer| offer.capability.id()).collect();
        let assumed: Vec<_> = offered
            .iter()
            .filter(|offer| offer.provenance == Provenance::Assumed)
            .map(|offer| offer.capability.id())
            .collect();
        writeln!(self.out, "offers {} of {} capabilities", offered.len(), offers.len())?;
        for (words, ids) in [("does not offer ", missing), ("assumed to offer ", assumed)] {
            if !ids.is_empty() {
                writeln!(self.out, "{words}{}", ids.join(", "))?;
            }
        }
        for remark in remarks {
            writeln!(self.out, "{remark}")?;
        }
        Ok(())
    }

    fn line(&mut self, heading: &str, line: Line) -> io::Result<()> {
        const ID: usize = 34;
        const FIGURES: usize = 16;
        let told = match line.verdict {
            Verdict::Skip | Verdict::Blocked | Verdict::Error => line.reason.as_ref().unwrap_or(&line.title),
            _ => &line.title,
        };
        if !(self.options.quiet && matches!(line.verdict, Verdict::Pass | Verdict::Skip)) {
            self.heading(heading)?;
            let room = self.options.width.saturating_sub(2 + 8 + ID + 1 + FIGURES);
            let figures = if line.exchanges == 0 {
                String::new()
            } else {
                format!("{:>9} {:>5}x", duration(line.elapsed), line.exchanges)
            };
            let text = format!(
                "  {}{:<7}{} {:<ID$} {:<room$}{figures:>FIGURES$}",
                self.palette.verdict(line.verdict),
                line.verdict.as_str(),
                self.palette.reset,
                line.id,
                fitted(told, room),
            );
            writeln!(self.out, "{}", text.trim_end())?;
            self.out.flush()?;
        }
        if !line.problems.is_empty() || line.verdict > Verdict::Skip {
            self.worth_reading.push(line);
        }
        Ok(())
    }

    fn findings(&mut self) -> io::Result<()> {
        let mut lines = std::mem::take(&mut self.worth_reading);
        // Stable, so that findings of one gravity keep the order of the plan.
        lines.sort_by_key(|line| std::cmp::Reverse(line.verdict));
        let (blocked, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.verdict == Verdict::Blocked);
        for line in others {
            self.heading("Findings")?;
            writeln!(
                self.out,
                "{}{}{} {}: {}",
                self.palette.verdict(line.verdict),
                line.verdict.as_str(),
                self.palette.reset,
                line.id,
                line.title
            )?;
            if let Some(reason) =
                line.reason.as_ref().filter(|reason| !line.problems.iter().any(|problem| problem.message == **reason))
            {
                writeln!(self.out, "  {reason}")?;
            }
            // One fault often shows in several answers; the first tells it, the others are counted.
            let mut told: Vec<(&Problem, usize)> = Vec::new();
            for problem in &line.problems {
                let alike =
                    |other: &Problem| other.message == problem.message && other.requirements == problem.requirements;
                match told.iter_mut().find(|(other, _)| alike(other)) {
                    Some((_, more)) => *more += 1,
                    None => told.push((problem, 0)),
                }
            }
            for (problem, more) in told {
                problem::write(&mut self.out, problem, &self.palette, self.options.width)?;
                if more > 0 {
                    writeln!(self.out, "    and {more} more of this kind")?;
                }
            }
        }
        self.blocked(&blocked)
    }

    /// What is blocked by one cause is one line: there is one thing to repair, not forty.
    fn blocked(&mut self, lines: &[Line]) -> io::Result<()> {
        let cause = |line: &Line| match line.cause {
            Some(check) => format!("by what {check} judges"),
            None => line.reason.clone().unwrap_or_default(),
        };
        let mut causes: Vec<String> = Vec::new();
        for line in lines {
            let cause = cause(line);
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
        for shared in causes {
            self.heading("Findings")?;
            let ids: Vec<_> = lines.iter().filter(|line| cause(line) == shared).map(|line| line.id.as_str()).collect();
            let (style, reset) = (self.palette.verdict(Verdict::Blocked).to_owned(), self.palette.reset.clone());
            writeln!(self.out, "{style}blocked{reset} {shared}: {}", ids.join(", "))?;
        }
        Ok(())
    }

    fn finished(&mut self, summary: &Summary) -> io::Result<()> {
        self.findings()?;
        for (url, reason) in std::mem::take(&mut self.leftovers) {
            self.heading("Left behind, to be deleted by hand")?;
            writeln!(self.out, "  {url}: {reason}")?;
        }
        writeln!(self.out)?;
        if summary.interrupted {
            writeln!(self.out, "The run was interrupted; this report is partial.")?;
        }
        for (what, tally) in [("steps", &summary.steps), ("checks", &summary.checks)] {
            let parts: Vec<_> = Verdict::ALL
                .iter()
                .filter(|verdict| tally[**verdict as usize] > 0)
                .map(|verdict| {
                    let style = self.palette.verdict(*verdict);
                    format!("{style}{} {}{}", tally[*verdict as usize], verdict.as_str(), self.palette.reset)
                })
                .collect();
            if !parts.is_empty() {
                writeln!(self.out, "{what}: {}", parts.join(", "))?;
            }
        }
        let repeat = std::mem::take(&mut self.repeat);
        writeln!(self.out, "{} exchanges in {}; repeat with: {repeat}", summary.exchanges, duration(summary.elapsed))?;
        self.out.flush()
    }
}

impl<W: Write + Send> Consumer for TerminalReport<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { command, url, target, .. } => {
                self.repeat.clone_from(command);
                let target = target.as_ref().map(|target| format!(" (embedded target {target})")).unwrap_or_default();
                writeln!(self.out, "{}{url}{}{target}", self.palette.bold, self.palette.reset)
            }
            Event::Discovered { offers, remarks } => self.discovered(offers, remarks),
            Event::Step(step) => self.line(&format!("Lifecycle of {}", step.client), Line::from(Arc::as_ref(step))),
            Event::Finding(finding) => self.line("Checks", Line::from(Arc::as_ref(finding))),
            Event::Leftover { url, reason } => {
                self.leftovers.push((url.clone(), reason.clone()));
                Ok(())
            }
            Event::RunFinished { summary } => self.finished(summary),
            // The command says it on stderr.
            Event::RunFailed { .. }
            | Event::Planned { .. }
            | Event::CheckStarted { .. }
            | Event::StepStarted { .. } => Ok(()),
        }
    }
}

/// A time as a person reads it.
pub(super) fn duration(time: Duration) -> String {
    if time < Duration::from_millis(10) {
        format!("{:.1} ms", time.as_secs_f64() * 1e3)
    } else if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// The text, cut to `room` characters.
pub(super) fn fitted(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.into();
    }
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}
