//! The flags about known findings.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use weir_catalog::baseline::{Baseline, FILE, StepNames};
use weir_files::document;
use weir_judge::Verdict;
use weir_provision::client;

use crate::exit::FailOn;
use crate::failure::Failure;
use crate::lifecycle;
use crate::output::plural::plural;
use crate::output::{Output, Printable};

#[derive(Args, Debug)]
#[command(next_help_heading = "Known findings")]
pub struct BaselineFlags {
    /// Known findings. The run fails on new findings and on expired entries
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Replace the baseline by this run's findings; reasons, links and dates you wrote stay. The file is that of
    /// --baseline, or weir.baseline.toml
    #[arg(long, conflicts_with = "dry_run")]
    update_baseline: bool,
    /// Fail the run on entries whose finding is mended, and on findings that these hid, too
    #[arg(long)]
    strict_baseline: bool,
}

impl BaselineFlags {
    /// The flag that speaks of findings of somebody's endpoint.
    pub fn sign(&self) -> Option<&'static str> {
        let update = self.update_baseline.then_some("--update-baseline");
        let strict = self.strict_baseline.then_some("--strict-baseline");
        self.baseline.as_ref().map(|_| "--baseline").or(update).or(strict)
    }

    /// Takes the file that a configuration names, unless a flag names one.
    pub fn or(&mut self, file: Option<&PathBuf>) {
        self.baseline = self.baseline.take().or_else(|| file.cloned());
    }

    /// Is strict about entries whose finding is mended where a configuration says so.
    pub const fn be_strict(&mut self, is_strict: bool) {
        self.strict_baseline |= is_strict;
    }

    /// The baseline that is asked for; one that is only about to be written may be missing.
    pub fn read(&self) -> Result<Option<Baseline>, Failure> {
        if self.baseline.is_none() && !self.update_baseline {
            return Ok(None);
        }
        let (path, today) = (self.path(), today());
        let file = path.display().to_string();
        if !path.exists() {
            return if self.update_baseline {
                Ok(Some(Baseline::empty(today)))
            } else {
                let problem =
                    format!("there is no baseline {file}; --update-baseline writes it from what the run finds");
                Err(Failure::Usage(problem))
            };
        }
        let clients: Vec<&str> = client::all().iter().map(|description| description.id.as_str()).collect();
        let names = StepNames { clients: &clients, steps: &lifecycle::step_ids() };
        let text = document::read(&path).map_err(Failure::usage)?;
        let baseline = Baseline::parse(&file, &text, today, names).map_err(Failure::usage)?;
        Ok(Some(baseline.strict(self.strict_baseline)))
    }

    /// Writes the baseline anew, if that is asked for, and tells so on standard error. Returns whether everything that the
    /// run found is known now; an entry that expired keeps its day, because only a person can give it another.
    pub fn write(&self, baseline: &Baseline, fail_on: FailOn, output: &Output) -> Result<bool, Failure> {
        if !self.update_baseline {
            return Ok(false);
        }
        let path = self.path();
        let (updated, came, went) = baseline.updated(match fail_on {
            // A warning that is known is not new in the next report, whether or not it fails the run.
            FailOn::Must | FailOn::Never | FailOn::Should => Verdict::Warn,
            FailOn::Note => Verdict::Note,
        });
        // A secret that is an ordinary word does not take the names of checks with it.
        output.write(Printable::own(&updated.text()), Some(&path))?;
        output.warn(&format!(
            "{} holds {}: {came} added, {went} removed",
            path.display(),
            plural(updated.len() as u64, "known finding", "known findings"),
        ));
        Ok(updated.outdated().iter().all(|entry| entry.news.is_some()))
    }

    fn path(&self) -> PathBuf {
        self.baseline.clone().unwrap_or_else(|| FILE.into())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whether an entry has expired is asked of the day on which a person runs weir"
)]
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}
