//! `weir check --as CLIENT --variants`: the unknown details of a client, one factor at a time.

use std::path::Path;

use weir_judge::{Events, Verdict};
use weir_provision::client::Description;

use crate::exit;
use crate::failure::Failure;
use crate::flags::client::ClientChoice;
use crate::interrupt;
use crate::lifecycle::variants::{VariantError, VariantRun, try_variants};
use crate::output::Output;
use crate::report;
use crate::report::DocumentForm;
use crate::report::leftovers::{Leftover, Leftovers};

pub(super) async fn run(
    chosen: &[ClientChoice],
    run: &VariantRun<'_>,
    form: DocumentForm,
    file: Option<&Path>,
    output: &Output,
) -> Result<u8, Failure> {
    let descriptions: Vec<Description> = chosen.iter().map(|chosen| chosen.description.clone()).collect();
    let leftovers = Leftovers::default();
    let events = Events::new(vec![Box::new(leftovers.clone())]);
    let outcome = try_variants(&descriptions, run, &events, interrupt::watch()).await;
    for Leftover { url, reason } in leftovers.take() {
        output.warn(&format!("{url} is left behind: {reason}"));
    }
    let trials = match outcome {
        Ok(trials) => trials,
        Err(VariantError::Interrupted) => return Ok(exit::INTERRUPTED),
        Err(error @ VariantError::Undiscovered(_)) => return Err(Failure::Unreachable(error.to_string())),
        Err(error @ VariantError::Unknown(_)) => return Err(Failure::usage(error)),
    };
    output.write(report::variants::document(&trials, form), file)?;
    let is_blocked = trials.iter().all(|trial| trial.verdict == Verdict::Blocked);
    Ok(match () {
        () if is_blocked => exit::UNREACHABLE,
        () if trials.iter().any(|trial| trial.verdict > Verdict::Warn) => exit::FINDINGS,
        () => exit::OK,
    })
}
