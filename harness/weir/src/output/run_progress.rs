//! How far a run of checks is: on a terminal a line that is written over again and again, in a pipe a line every ten seconds. Both go
//! to standard error, so that a report on standard output stays what it is.

use std::io::{self, IsTerminal as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use weir_judge::{Consumer, Event};

use super::plural::plural;
use super::progress_line;

/// How often the line of a terminal is written.
const REDRAWN: Duration = Duration::from_millis(250);
/// How often a line goes into a pipe.
const REPORTED: Duration = Duration::from_secs(10);

/// What is known of a run so far.
#[derive(Default)]
struct RunCounts {
    planned: usize,
    begun: usize,
    /// The check that began last.
    check: &'static str,
    findings: usize,
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
        let Some(line) = progress.line(started.elapsed()).filter(|_| !progress.is_reporting) else { continue };
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
            Event::Planned { run, .. } => progress.planned = run.saturating_mul(self.rounds),
            Event::CheckStarted { check } => {
                progress.begun += 1;
                progress.check = check;
                return Ok(());
            }
            Event::Finding(finding) if finding.verdict >= weir_judge::Verdict::Warn => progress.findings += 1,
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
        watch.event(&Event::Planned { run: 20, skipped: 3 }).unwrap();
        watch.event(&Event::CheckStarted { check: "read.user" }).unwrap();
        let line = lock(&progress).line(Duration::from_millis(12_900));
        assert_eq!(line.as_deref(), Some("1 of 40 checks begun after 12 s, now read.user"));
    }
}
