//! How far a cycle is, in a line of the terminal that is written over again and again. In a pipe nothing is shown.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use weir_provision::engine::Progress;
use weir_provision::engine::progress::Counts;

use super::progress_line;

/// How often the line is written.
const EVERY: Duration = Duration::from_millis(200);
const BAR: usize = 24;

/// A bar that is drawn until it is dropped.
pub struct ProgressBar {
    drawing: JoinHandle<()>,
}

impl ProgressBar {
    /// Begins to draw, if standard error is a terminal. `total` is the number of entries, where it is known.
    pub fn start(progress: &Arc<Progress>, total: Option<u64>) -> Option<Self> {
        if !std::io::stderr().is_terminal() {
            return None;
        }
        let progress = Arc::clone(progress);
        let drawing = tokio::spawn(async move {
            let started = Instant::now();
            let mut ticks = tokio::time::interval(EVERY);
            // The first one comes at once, when there is nothing to show.
            ticks.tick().await;
            loop {
                ticks.tick().await;
                let line = line(progress.counts(), total, started.elapsed());
                progress_line::draw(&line);
            }
        });
        Some(Self { drawing })
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        self.drawing.abort();
        progress_line::clear();
    }
}

fn line(counts: Counts, total: Option<u64>, elapsed: Duration) -> String {
    let Counts { read, users, groups, failed } = counts;
    let mut text = match total.filter(|total| *total > 0) {
        Some(total) => {
            let done = (users + groups).min(total);
            let filled = usize::try_from(done * BAR as u64 / total).unwrap_or(BAR).min(BAR);
            format!("{}{} {:>3} %  ", "█".repeat(filled), "░".repeat(BAR - filled), done * 100 / total)
        }
        None => format!("{} entries read  ", grouped(read)),
    };
    let tenths = u64::try_from(elapsed.as_millis() / 100).unwrap_or(u64::MAX).max(1);
    let _ = write!(text, "users {}  groups {}", grouped(users), grouped(groups));
    if failed > 0 {
        let _ = write!(text, "  failed {}", grouped(failed));
    }
    text + &format!("  {} a second", grouped((users + groups).saturating_mul(10) / tenths))
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_how_much_is_done_and_how_fast() {
        let counts = Counts { read: 60_000, users: 49_990, groups: 10, failed: 3 };
        assert_eq!(
            line(counts, Some(100_000), Duration::from_secs(10)),
            "████████████░░░░░░░░░░░░  50 %  users 49,990  groups 10  failed 3  5,000 a second"
        );
        assert_eq!(
            line(Counts { failed: 0, ..counts }, None, Duration::from_millis(0)),
            "60,000 entries read  users 49,990  groups 10  500,000 a second"
        );
        assert!(line(counts, Some(7), Duration::from_secs(1)).starts_with("████████████████████████ 100 %"));
    }
}
