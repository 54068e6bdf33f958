//! The flags of a PingOne source: its rule, and the events that come after its users.

use std::path::PathBuf;

use clap::Args;
use weir_provision::client::Description;
use weir_provision::source::pingone::{Groups, RuleChoice};
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
    /// The groups to provision, JSON of PingOne's API; of a rule that names groups, those. The users say who is in them
    #[arg(long, value_name = "FILE", requires = "rule")]
    pub groups: Option<PathBuf>,
    /// Provision users of a rule that names groups, and leave the groups out
    #[arg(long, requires = "rule", conflicts_with = "groups")]
    pub without_groups: bool,
    /// Later events, one per line, each sent as it is read; - is standard input
    #[arg(long, value_name = "FILE", requires = "rule", conflicts_with_all = ["changes", "step", "watch", "dry_run"])]
    pub events: Option<PathBuf>,
}

impl PingOneFlags {
    /// The rule, with its warnings told. `inactive` takes one that is switched off, `ignores_unknown` one with members that are not known.
    pub fn rule(
        &self,
        inactive: bool,
        ignores_unknown: bool,
        output: &Output,
    ) -> Result<Option<pingone::Rule>, Failure> {
        let Some(path) = &self.rule else { return Ok(None) };
        let choice = RuleChoice {
            name: self.rule_name.as_deref(),
            mappings: self.mappings.as_deref(),
            inactive,
            ignores_unknown,
        };
        let rule = pingone::Rule::open(path, &choice).map_err(Failure::usage)?;
        for warning in &rule.warnings {
            output.warn(warning);
        }
        if !rule.groups.is_empty() && self.groups.is_none() && !self.without_groups {
            return Err(Failure::Usage(format!(
                "{}: the rule provisions groups; give them with --groups, or provision the users alone with --without-groups",
                path.display()
            )));
        }
        Ok(Some(rule))
    }

    /// The groups that the rule provisions; none without a file of them.
    pub fn groups(&self, rule: &pingone::Rule, description: &Description) -> Result<Groups, Failure> {
        let Some(path) = &self.groups else { return Ok(Groups::default()) };
        if description.group.is_none() {
            let problem = format!("{} provisions no groups; leave out --groups", description.id);
            return Err(Failure::Usage(problem));
        }
        Groups::open(path, rule).map_err(Failure::usage)
    }

    /// The users in the source's file, and the groups.
    pub fn source(source: &str, rule: &pingone::Rule, groups: Groups) -> Result<PingOne, Failure> {
        let users = PingOne::open(std::path::Path::new(source), rule).map_err(Failure::usage)?;
        users.with_groups(source, groups).map_err(Failure::usage)
    }
}
