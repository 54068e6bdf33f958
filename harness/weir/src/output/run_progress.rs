//! How far a run of checks is: on a terminal a line that is written over again and again, in a pipe a line every ten seconds. Both go
//! to standard error, so that a report on standard output stays what it is.

use std::io::{self, IsTerminal as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use weir_judge::{Consumer, Event, Finding, Origin, Verdict};

use super::plural::{exchanges, plural};
use super::progress_line;

/// How often the line of a terminal is written.
const REDRAWN: Duration = Duration::from_millis(250);
/// How often a line goes into a pipe.
const REPORTED: Duration = Duration::from_secs(10);

/// Characters of the bar.
const BAR: usize = 20;

/// What is known of a run so far.
#[derive(Default)]
struct RunCounts {
    planned: usize,
    begun: usize,
    /// The check that began last.
    check: &'static str,
    findings: usize,
    /// The checks of each area, and how many of them are judged.
    areas: Vec<(&'static str, usize, usize)>,
    exchanges: usize,
    /// Whether a line of this stands on the terminal.
    is_drawn: bool,
    /// Whether a report may be writing to the same terminal.
    is_reporting: bool,
}

/// Shows the progress of a run until it is dropped.
pub struct RunProgress {
    progress: Arc<Mutex<RunCounts>>,
    drawing: JoinHandle<()>,
}

/// The two consumers of events between which those of the reports stand.
pub struct RunWatch {
    pub before_reports: Box<dyn Consumer>,
    pub after_reports: Box<dyn Consumer>,
}

impl RunProgress {
    /// Begins to show the progress of a run of `rounds` rounds.
    pub fn start(rounds: u32) -> (Self, RunWatch) {
        let progress = Arc::<Mutex<RunCounts>>::default();
        let is_terminal = io::stderr().is_terminal();
        let drawing = tokio::spawn(show(Arc::clone(&progress), is_terminal));
        let rounds = usize::try_from(rounds).unwrap_or(1);
        let before_reports = Box::new(BeforeReports { progress: Arc::clone(&progress), rounds });
        let after_reports = Box::new(AfterReports(Arc::clone(&progress)));
        (Self { progress, drawing }, RunWatch { before_reports, after_reports })
    }
}

impl Drop for RunProgress {
    fn drop(&mut self) {
        self.drawing.abort();
        clear(&mut lock(&self.progress));
    }
}

fn lock(progress: &Mutex<RunCounts>) -> MutexGuard<'_, RunCounts> {
    // Each change is one assignment, so a panic elsewhere leaves it whole.
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn show(progress: Arc<Mutex<RunCounts>>, is_terminal: bool) {
    let started = Instant::now();
    let mut ticks = tokio::time::interval(if is_terminal { REDRAWN } else { REPORTED });
    // The first one comes at once, when there is nothing to show.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let mut progress = lock(&progress);
        let elapsed = started.elapsed();
        let line = if is_terminal { progress.bar(elapsed) } else { None };
        let Some(line) = line.or_else(|| progress.line(elapsed)).filter(|_| !progress.is_reporting) else { continue };
        if is_terminal {
            progress_line::draw(&line);
            progress.is_drawn = true;
        } else {
            super::notice(&line);
        }
    }
}

fn clear(progress: &mut RunCounts) {
    if std::mem::take(&mut progress.is_drawn) {
        progress_line::clear();
    }
}

impl RunCounts {
    /// One line, once it is known what is run.
    fn line(&self, elapsed: Duration) -> Option<String> {
        let Self { planned, begun, check, findings, .. } = self;
        if *planned == 0 {
            return None;
        }
        let found = match findings {
            0 => String::new(),
            count => format!(", {}", plural(*count as u64, "finding", "findings")),
        };
        let checks = if *planned == 1 { "check" } else { "checks" };
        Some(format!("{begun} of {planned} {checks} begun after {} s{found}, now {check}", elapsed.as_secs()))
    }

    fn judged(&mut self, finding: &Finding) {
        self.findings += usize::from(finding.verdict >= Verdict::Warn);
        self.exchanges += finding.exchanges;
        if finding.origin == Origin::Check
            && let Some((_, _, judged)) = self.areas.iter_mut().find(|(area, ..)| *area == finding.topic())
        {
            *judged += 1;
        }
    }

    /// The area that is judged now, as a bar; `None` before it is known what is run, and in a run of several rounds.
    fn bar(&self, elapsed: Duration) -> Option<String> {
        let (area, total, judged) = *self.areas.iter().find(|(_, total, judged)| judged < total)?;
        let filled = (judged * BAR).checked_div(total)?.min(BAR);
        let bar = "█".repeat(filled) + &"░".repeat(BAR - filled);
        let begun = format!("{} of {} begun", self.begun, self.planned);
        let (sent, seconds) = (exchanges(self.exchanges as u64), elapsed.as_secs());
        let found = match self.findings as u64 {
            0 => String::new(),
            count => format!(" · {}", plural(count, "finding", "findings")),
        };
        Some(format!("{area} {bar} {judged} of {total} · {begun} · {sent} · {seconds} s{found}"))
    }
}

/// Counts, and makes room on the terminal for what reports write.
struct BeforeReports {
    progress: Arc<Mutex<RunCounts>>,
    rounds: usize,
}

impl Consumer for BeforeReports {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let mut progress = lock(&self.progress);
        match event {
            Event::Planned { run, areas, .. } => {
                progress.planned = run.saturating_mul(self.rounds);
                if self.rounds == 1 {
                    progress.areas = areas.iter().map(|(area, count)| (*area, *count, 0)).collect();
                }
            }
            Event::CheckStarted { check } => {
                progress.begun += 1;
                progress.check = check;
                return Ok(());
            }
            Event::Finding(finding) => progress.judged(finding),
            Event::Exchange(_) => return Ok(()),
            _ => {}
        }
        progress.is_reporting = true;
        clear(&mut progress);
        Ok(())
    }
}

struct AfterReports(Arc<Mutex<RunCounts>>);

impl Consumer for AfterReports {
    fn event(&mut self, _: &Event) -> io::Result<()> {
        lock(&self.0).is_reporting = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_the_run_is() {
        let progress = Arc::<Mutex<RunCounts>>::default();
        let mut watch = BeforeReports { progress: Arc::clone(&progress), rounds: 2 };
        assert_eq!(lock(&progress).line(Duration::ZERO), None);
        watch.event(&Event::Planned { run: 20, skipped: 3, areas: vec![("read", 23)] }).unwrap();
        watch.event(&Event::CheckStarted { check: "read.user" }).unwrap();
        let line = lock(&progress).line(Duration::from_millis(12_900));
        assert_eq!(line.as_deref(), Some("1 of 40 checks begun after 12 s, now read.user"));
        assert_eq!(lock(&progress).bar(Duration::ZERO), None);
    }

    #[test]
    fn a_bar_shows_the_area_that_is_judged() {
        let progress = Arc::<Mutex<RunCounts>>::default();
        let mut watch = BeforeReports { progress: Arc::clone(&progress), rounds: 1 };
        watch.event(&Event::Planned { run: 5, skipped: 1, areas: vec![("read", 2), ("patch", 4)] }).unwrap();
        let judged = |id, verdict| {
            Event::Finding(Arc::new(Finding { verdict, exchanges: 3, ..Finding::new(Origin::Check, id, "it is read") }))
        };
        watch.event(&Event::CheckStarted { check: "read.user" }).unwrap();
        watch.event(&judged("read.user", Verdict::Pass)).unwrap();
        let bar = |seconds| lock(&progress).bar(Duration::from_secs(seconds)).unwrap();
        assert_eq!(bar(1), "read ██████████░░░░░░░░░░ 1 of 2 · 1 of 5 begun · 3 exchanges · 1 s");
        watch.event(&judged("read.list", Verdict::Skip)).unwrap();
        watch.event(&judged("patch.add", Verdict::Fail)).unwrap();
        assert_eq!(bar(2), "patch █████░░░░░░░░░░░░░░░ 1 of 4 · 1 of 5 begun · 9 exchanges · 2 s · 1 finding");
    }
}
