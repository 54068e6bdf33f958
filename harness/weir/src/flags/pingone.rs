//! The flags of a PingOne source: its rule, and the events that come after its users.

use std::path::PathBuf;

use clap::Args;
use weir_provision::source::{PingOne, pingone};

use crate::failure::Failure;
use crate::output::Output;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "PingOne")]
pub struct PingOneFlags {
    /// The rule of a PingOne source, JSON of its API; --source then holds PingOne's users
    #[arg(long, value_name = "FILE", requires = "source")]
    pub rule: Option<PathBuf>,
    /// Later events, one per line, each sent as it is read; - is standard input
    #[arg(long, value_name = "FILE", requires = "rule", conflicts_with_all = ["changes", "step", "watch", "dry_run"])]
    pub events: Option<PathBuf>,
}

impl PingOneFlags {
    /// The rule, with its warnings told.
    pub fn rule(&self, output: &Output) -> Result<Option<pingone::Rule>, Failure> {
        let Some(path) = &self.rule else { return Ok(None) };
        let rule = pingone::Rule::open(path).map_err(Failure::usage)?;
        for warning in &rule.warnings {
            output.warn(warning);
        }
        Ok(Some(rule))
    }

    /// The users in the source's file.
    pub fn users(source: &str, rule: &pingone::Rule) -> Result<PingOne, Failure> {
        PingOne::open(std::path::Path::new(source), rule).map_err(Failure::usage)
    }
}
