//! Annotations on the page of a GitHub job: workflow commands on standard output, one a finding.

use std::io::{self, Write};
use std::sync::Arc;

use weir_exchange::legible;
use weir_judge::{Event, Finding, OutdatedEntry, Verdict};

use super::cause;
use super::legible::{LegibleEvent, TextReport};
use super::plain::message;

/// The page shows no more than ten of each kind.
const MOST: usize = 10;

/// Writes workflow commands to `out`.
pub struct GithubReport<W> {
    out: W,
    written: [usize; 3],
    findings: Vec<Arc<Finding>>,
    news: Vec<OutdatedEntry>,
    base_command: String,
}

impl<W: Write> GithubReport<W> {
    pub fn new(out: W) -> Self {
        Self { out, written: [0; 3], findings: Vec::new(), news: Vec::new(), base_command: String::new() }
    }

    fn annotate(&mut self, kind: usize, title: &str, message: &str) -> io::Result<()> {
        self.written[kind] += 1;
        if self.written[kind] > MOST {
            return Ok(());
        }
        let word = ["error", "warning", "notice"][kind];
        writeln!(self.out, "::{word} title={}::{}", property(title), data(message))
    }
}

impl<W: Write> GithubReport<W> {
    /// One of each cause first, then the gravest, and of these what most clients need: the page shows no more than the first ones.
    fn findings(&mut self) -> io::Result<()> {
        let mut findings = std::mem::take(&mut self.findings);
        let causes = cause::fresh(&findings);
        let place = |finding: &Finding| causes.iter().position(|cause| cause.lead() == finding.name());
        findings.sort_by_key(|finding| (place(finding).unwrap_or(usize::MAX), finding.rank()));
        for finding in findings {
            let kind = match finding.verdict {
                Verdict::Fail | Verdict::Blocked | Verdict::Error => 0,
                Verdict::Warn => 1,
                Verdict::Note => 2,
                Verdict::Pass | Verdict::Skip => continue,
            };
            let mut rules: Vec<&str> = Vec::new();
            for id in finding.problems.iter().flat_map(|problem| &problem.requirements) {
                if !rules.contains(&id.as_str()) {
                    rules.push(id);
                }
            }
            let rules = if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
            self.annotate(kind, &finding.name(), &format!("{}{rules}", message(&finding)))?;
        }
        Ok(())
    }

    /// Mended findings are one notice with the command that takes them out of the baseline, and so are those that were hidden.
    fn news(&mut self) -> io::Result<()> {
        let news = std::mem::take(&mut self.news);
        for sentence in cause::news(&self.base_command, &news) {
            self.annotate(2, "weir baseline", &sentence)?;
        }
        Ok(())
    }
}

impl<W: Write + Send> TextReport for GithubReport<W> {
    fn event(&mut self, event: &LegibleEvent) -> io::Result<()> {
        match &**event {
            Event::Leftover { url, reason } => {
                self.annotate(1, "weir left something behind", &format!("{url}: {reason}"))
            }
            Event::RunStarted { base_command, .. } => {
                self.base_command.clone_from(base_command);
                Ok(())
            }
            Event::Outdated(outdated) if outdated.news.is_some() => {
                self.news.push(outdated.clone());
                Ok(())
            }
            Event::Outdated(outdated) => {
                self.annotate(0, "weir baseline", &format!("{}: {}", outdated.entry, outdated.reason))
            }
            Event::RunFailed { reason } => self.annotate(0, "weir", reason),
            Event::RunFinished { .. } => {
                self.findings()?;
                self.news()?;
                for (kind, written) in self.written.into_iter().enumerate().filter(|(_, written)| *written > MOST) {
                    let word = ["errors", "warnings", "notices"][kind];
                    writeln!(self.out, "weir: {} more {word} are in the other reports", written - MOST)?;
                }
                self.out.flush()
            }
            Event::Finding(finding) if finding.known.is_none() => {
                self.findings.push(Arc::clone(finding));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// One line with the escapes that the runner undoes.
fn data(text: &str) -> String {
    legible::one_line(text).replace('%', "%25")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
