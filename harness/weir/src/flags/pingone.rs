//! The flags of a PingOne source: its rule, and the events that come after its users.

use std::path::PathBuf;

use clap::Args;
use weir_provision::source::pingone::RuleChoice;
use weir_provision::source::{PingOne, pingone};

use crate::failure::Failure;
use crate::output::Output;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "PingOne")]
pub struct PingOneFlags {
    /// The rule of a PingOne source, JSON of its API; --source then holds PingOne's users
    #[arg(long, value_name = "FILE", requires = "source")]
    pub rule: Option<PathBuf>,
    /// The rule to use, of a file that holds several
    #[arg(long, value_name = "NAME", requires = "rule")]
    pub rule_name: Option<String>,
    /// The rule's mappings, JSON of its API, where the rule's file does not hold them
    #[arg(long, value_name = "FILE", requires = "rule")]
    pub mappings: Option<PathBuf>,
    /// Provision users of a rule that names groups, and leave the groups out
    #[arg(long, requires = "rule")]
    pub without_groups: bool,
    /// Later events, one per line, each sent as it is read; - is standard input
    #[arg(long, value_name = "FILE", requires = "rule", conflicts_with_all = ["changes", "step", "watch", "dry_run"])]
    pub events: Option<PathBuf>,
}

impl PingOneFlags {
    /// The rule, with its warnings told. `inactive` takes one that is switched off.
    pub fn rule(&self, inactive: bool, output: &Output) -> Result<Option<pingone::Rule>, Failure> {
        let Some(path) = &self.rule else { return Ok(None) };
        let choice = RuleChoice { name: self.rule_name.as_deref(), mappings: self.mappings.as_deref(), inactive };
        let rule = pingone::Rule::open(path, &choice).map_err(Failure::usage)?;
        for warning in &rule.warnings {
            output.warn(warning);
        }
        if rule.names_groups && !self.without_groups {
            return Err(Failure::Usage(format!(
                "{}: the rule provisions groups, and PingOne's users say nothing about them; --without-groups provisions the users alone",
                path.display()
            )));
        }
        Ok(Some(rule))
    }

    /// The users in the source's file.
    pub fn users(source: &str, rule: &pingone::Rule) -> Result<PingOne, Failure> {
        PingOne::open(std::path::Path::new(source), rule).map_err(Failure::usage)
    }
}
