//! The flags of the ledger file, and what the provisioner's own command line shows and resets.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use weir_provision::ledger::{FileLedger, Identity, Kind, Ledger, LedgerFileError, MemoryLedger};
use weir_provision::source::ldap;

use crate::exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::output::plural::plural;
use crate::output::table;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Ledger")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct LedgerFlags {
    /// The file that keeps accounts and last-sent values between runs [default: none, in memory]
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// Forget everything in the ledger, and quit; the next cycle finds every account again
    #[arg(long, requires = "ledger", group = "upkeep")]
    pub reset_all: bool,
    /// Forget when the Group DN's group changed, and quit; the next cycle reads its members again
    #[arg(long, requires = "ledger", group = "upkeep")]
    pub reset_group_timestamp: bool,
    /// Show what the ledger holds, and quit
    #[arg(long, requires = "ledger", group = "upkeep")]
    pub show_channels: bool,
    /// Show the source as the last cycle read it, and quit
    #[arg(long, requires = "ledger", group = "upkeep")]
    pub show_source: bool,
}

impl LedgerFlags {
    /// Whether only the ledger itself is looked at.
    pub fn is_upkeep(&self) -> bool {
        self.reset_all || self.reset_group_timestamp || self.show_channels || self.show_source
    }

    /// The ledger for cycles; `settings` say what its source is, for whoever asks later.
    pub fn open(&self, identity: &Identity, settings: &[(String, String)]) -> Result<Arc<dyn Ledger>, Failure> {
        let Some(path) = &self.ledger else { return Ok(Arc::new(MemoryLedger::new())) };
        let ledger = FileLedger::open(path, identity).map_err(Failure::usage)?;
        ledger.describe_source(settings).map_err(Failure::usage)?;
        Ok(Arc::new(ledger))
    }

    /// The ledger of a plan, which makes no file: the one that is there, or the empty one of a first cycle. `identity` says
    /// whose it must be, at the endpoint that it is for unless the run names one.
    pub fn planned(
        &self,
        identity: impl FnOnce(&str) -> Identity,
        output: &Output,
    ) -> Result<Arc<dyn Ledger>, Failure> {
        let Some(path) = &self.ledger else { return Ok(Arc::new(MemoryLedger::new())) };
        // A cycle makes its ledger of an empty file.
        if std::fs::metadata(path).map_or(true, |file| file.is_file() && file.len() == 0) {
            output.warn(&format!("there is no ledger {} yet: this is what a first cycle does", path.display()));
            return Ok(Arc::new(MemoryLedger::new()));
        }
        let (ledger, own) = FileLedger::existing(path).map_err(Failure::usage)?;
        match own.difference(&identity(&own.endpoint)) {
            Some(difference) => Err(Failure::usage(LedgerFileError::OfAnother { path: path.clone(), difference })),
            None => Ok(Arc::new(ledger)),
        }
    }

    /// Shows or resets, as the flags say.
    pub fn upkeep(&self, output: &Output) -> Result<u8, Failure> {
        let Some(path) = &self.ledger else { return Err(Failure::Usage("give the ledger with --ledger".into())) };
        let (ledger, identity) = FileLedger::existing(path).map_err(Failure::usage)?;
        let text = if self.reset_all {
            let (users, groups) = tallies(&ledger)?;
            ledger.reset().map_err(Failure::usage)?;
            let users = plural(users.rows, "user", "users");
            let groups = plural(groups.rows, "group", "groups");
            format!("forgot {users} and {groups}; the next cycle finds every account again\n")
        } else if self.reset_group_timestamp {
            reset_group_timestamp(&ledger)?
        } else if self.show_source {
            source(&ledger, &identity)?
        } else {
            channels(&ledger, &identity)?
        };
        output.print(text)?;
        Ok(exit::OK)
    }
}

type Tallies = (weir_provision::ledger::Tally, weir_provision::ledger::Tally);

fn tallies(ledger: &FileLedger) -> Result<Tallies, Failure> {
    let tally = |kind| ledger.tally(kind).map_err(Failure::usage);
    Ok((tally(Kind::User)?, tally(Kind::Group)?))
}

fn channels(ledger: &FileLedger, identity: &Identity) -> Result<String, Failure> {
    let (users, groups) = tallies(ledger)?;
    let head = ["channel", "users", "groups", "client", "endpoint"];
    let name = if identity.channel.is_empty() { "default" } else { &identity.channel };
    let row = [
        name.to_owned(),
        format!("{}/{}", users.rows, users.dirty),
        format!("{}/{}", groups.rows, groups.dirty),
        identity.client.clone(),
        identity.endpoint.clone(),
    ];
    let mut text = table(&[head.map(str::to_owned).to_vec(), row.to_vec()]);
    text += "users and groups: known / dirty, which the next cycle looks at again whether they changed or not\n";
    Ok(text)
}

fn source(ledger: &FileLedger, identity: &Identity) -> Result<String, Failure> {
    let mut rows: Vec<(String, String)> = vec![("source".to_owned(), identity.source.clone())];
    rows.extend(ledger.source_settings().map_err(Failure::usage)?);
    if let Some(known) = state_of(ledger)?.and_then(|(_, state)| ldap::remembered(&state)) {
        rows.push(("changes read up to".to_owned(), known.since.unwrap_or_else(|| "nothing yet".to_owned())));
        for (group, mark) in known.groups {
            rows.push((format!("members of {group}"), format!("as of {mark}")));
        }
        if known.members > 0 {
            rows.push(("members in all".to_owned(), known.members.to_string()));
        }
    }
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(name, value)| vec![name, value]).collect();
    Ok(table(&rows))
}

fn reset_group_timestamp(ledger: &FileLedger) -> Result<String, Failure> {
    let reset =
        state_of(ledger)?.and_then(|(mark, state)| Some(format!("{mark} {}", ldap::without_group_marks(&state)?)));
    let Some(state) = reset else {
        return Ok("the ledger knows no group's time stamp; only a directory server's source has one\n".to_owned());
    };
    ledger.set_source_state(Some(&state)).map_err(Failure::usage)?;
    Ok("the members of the Group DN are read again in the next cycle\n".to_owned())
}

/// The mark of the channel and the source's own state.
fn state_of(ledger: &FileLedger) -> Result<Option<(String, String)>, Failure> {
    let state = ledger.source_state().map_err(Failure::usage)?;
    Ok(state.and_then(|state| state.split_once(' ').map(|(mark, state)| (mark.to_owned(), state.to_owned()))))
}
