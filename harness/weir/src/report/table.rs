//! The lines of the table of steps and checks.

use std::io::{self, Write};
use std::time::Duration;

use weir_judge::{Finding, Summary, Verdict};

use super::terminal::Palette;

/// The width of the column of ids.
const ID: usize = 34;
/// The width of the columns of time and requests.
const FIGURES: usize = 16;

/// Columns below which time and requests are left out.
const WITH_FIGURES: usize = 90;
/// Columns below which the text stands in a line of its own.
const NARROW: usize = 70;

/// Writes a finding as a row of the table.
pub(super) fn write_finding(out: &mut dyn Write, finding: &Finding, palette: &Palette, width: usize) -> io::Result<()> {
    let Finding { id, title, verdict, .. } = finding;
    let told = match verdict {
        Verdict::Skip | Verdict::Blocked | Verdict::Error => finding.reason.as_deref().unwrap_or(title),
        // What went wrong; the title says what would be right.
        _ => finding.gravest_problem().map_or(title.as_ref(), |problem| problem.message.as_str()),
    };
    let told = if finding.known.is_some() { &format!("known: {told}") } else { told };
    row(out, palette, width, *verdict, [id, told], (finding.exchanges, finding.elapsed))
}

/// The checks of one topic in one line.
pub(super) struct Topic {
    pub(super) name: String,
    /// Whether its findings are those of rules.
    pub(super) is_of_rules: bool,
    tally: [usize; 7],
    known: usize,
    exchanges: usize,
    elapsed: Duration,
}

impl Topic {
    pub(super) fn new(name: &str, is_of_rules: bool) -> Self {
        Self { name: name.into(), is_of_rules, tally: [0; 7], known: 0, exchanges: 0, elapsed: Duration::ZERO }
    }

    pub(super) fn count(&mut self, finding: &Finding) {
        if finding.known.is_some() {
            self.known += 1;
        } else {
            Summary::count(&mut self.tally, finding.verdict);
        }
        self.exchanges += finding.exchanges;
        self.elapsed += finding.elapsed;
    }

    /// Writes the topic's line.
    pub(super) fn write(&self, out: &mut dyn Write, palette: &Palette, width: usize) -> io::Result<()> {
        let gravest = Verdict::ALL.into_iter().rev().find(|verdict| self.tally[*verdict as usize] > 0);
        // What was skipped says nothing about what was not.
        let verdict = match gravest {
            Some(Verdict::Skip) if self.tally[Verdict::Pass as usize] > 0 || self.known > 0 => Verdict::Pass,
            None if self.known > 0 => Verdict::Pass,
            gravest => gravest.unwrap_or(Verdict::Skip),
        };
        let mut counts = counts(&self.tally, |verdict, count| format!("{count} {}", verdict.as_str()));
        if self.known > 0 {
            let known = format!("{} known", self.known);
            counts = if counts.is_empty() { known } else { format!("{counts}, {known}") };
        }
        row(out, palette, width, verdict, [&self.name, &counts], (self.exchanges, self.elapsed))
    }

    /// Whether something in it is new and worse than a note.
    pub(super) fn has_findings(&self) -> bool {
        Verdict::ALL.into_iter().any(|verdict| verdict > Verdict::Note && self.tally[verdict as usize] > 0)
    }
}

/// How often each verdict was given, leaving out those that were not.
pub(super) fn counts(tally: &[usize; 7], told: impl Fn(Verdict, usize) -> String) -> String {
    let given =
        Verdict::ALL.into_iter().map(|verdict| (verdict, tally[verdict as usize])).filter(|(_, count)| *count > 0);
    given.map(|(verdict, count)| told(verdict, count)).collect::<Vec<_>>().join(", ")
}

fn row(
    out: &mut dyn Write,
    palette: &Palette,
    width: usize,
    verdict: Verdict,
    [id, told]: [&str; 2],
    (exchanges, elapsed): (usize, Duration),
) -> io::Result<()> {
    let verdict = format!("  {}{:<7}{}", palette.verdict(verdict), verdict.as_str(), palette.reset);
    if width < NARROW {
        writeln!(out, "{verdict} {}", fitted(id, width.saturating_sub(10)))?;
        return if told.is_empty() {
            Ok(())
        } else {
            writeln!(out, "{:10}{}", "", fitted(told, width.saturating_sub(10)))
        };
    }
    let places = if width < WITH_FIGURES { 0 } else { FIGURES };
    let room = width.saturating_sub(2 + 8 + ID + 1 + places);
    let figures = if exchanges == 0 { String::new() } else { format!("{:>9} {exchanges:>5}x", duration(elapsed)) };
    let figures = if places == 0 { "" } else { &figures };
    let text = format!("{verdict} {id:<ID$} {:<room$}{figures:>places$}", fitted(told, room));
    writeln!(out, "{}", text.trim_end())
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
