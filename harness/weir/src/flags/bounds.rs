//! The flags that move the bounds of a run.

use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use weir_exchange::Bounds;

/// What one check sends, takes and looks at, and what the run keeps of it.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Bounds; a check that reaches one is blocked and names it")]
pub struct BoundsFlags {
    /// How many requests one check sends; a check of scale sends 100 times as many
    #[arg(long, value_name = "N", default_value_t = Bounds::DEFAULT.requests, value_parser = clap::value_parser!(u64).range(1..))]
    check_requests: u64,
    /// How long one check takes; a check of scale takes 100 times as long
    #[arg(long, value_name = "SECONDS", default_value_t = Bounds::DEFAULT.time.as_secs(), value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    check_time: u64,
    #[arg(long, value_name = "N", help = "How many entries of /ResourceTypes and /Schemas checks look at, and a fifth of the most in one entry", default_value_t = Bounds::DEFAULT.entries, value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    check_entries: usize,
    /// How much of exchanges the findings keep; findings beyond are reported without bodies
    #[arg(long, value_name = "MIB", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..))]
    evidence: u16,
}

impl BoundsFlags {
    /// The bounds of a run.
    pub fn bounds(self) -> Bounds {
        Bounds {
            requests: self.check_requests,
            time: Duration::from_secs(self.check_time),
            entries: self.check_entries,
            evidence: usize::from(self.evidence) * 1024 * 1024,
            ..Bounds::DEFAULT
        }
    }
}
