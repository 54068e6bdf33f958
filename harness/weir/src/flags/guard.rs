//! The flags that say how much a cycle may take away.

use clap::Args;
use weir_provision::options::{Guard, RemovalLimit};

use super::value::FlagError;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Safety")]
pub struct GuardFlags {
    /// Go on when the source gives no person: every account counts as a leaver's
    #[arg(long)]
    pub allow_empty: bool,
    /// Remove accounts, groups and members of groups, however many they are
    #[arg(long)]
    pub allow_removals: bool,
    /// How many of each a cycle may remove unasked [default: 20% of the known ones, and always one]
    #[arg(long, value_name = "N|N%", value_parser = limit, conflicts_with = "allow_removals")]
    pub removal_limit: Option<RemovalLimit>,
}

impl GuardFlags {
    /// What stops a cycle.
    pub fn guard(&self) -> Guard {
        let limit = self.removal_limit.unwrap_or_default();
        Guard { stops_without_people: !self.allow_empty, removals: (!self.allow_removals).then_some(limit) }
    }
}

fn limit(text: &str) -> Result<RemovalLimit, FlagError> {
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| FlagError::RemovalLimit);
    match text.strip_suffix('%') {
        Some(percent) => {
            let percent = number(percent)?;
            if (1..=100).contains(&percent) {
                Ok(RemovalLimit { count: 0, percent })
            } else {
                Err(FlagError::RemovalLimit)
            }
        }
        None => Ok(RemovalLimit { count: number(text)?, percent: 0 }),
    }
}
