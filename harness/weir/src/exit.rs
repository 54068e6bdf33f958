//! The exit statuses of the binary. They are part of its interface: numbers are added, never changed.

use weir_judge::{Summary, Verdict};

/// Nothing at or above `--fail-on` was found.
pub const OK: u8 = 0;
/// There are findings at or above `--fail-on`, or entries that failed.
pub const FINDINGS: u8 = 1;
/// The usage, the configuration or a file is wrong; nothing was sent, or only the requests of discovery.
pub const USAGE: u8 = 2;
/// The endpoint cannot be reached, refuses the credentials, or blocked everything.
pub const UNREACHABLE: u8 = 3;
/// The run was interrupted by Ctrl-C or SIGTERM; what it had created was deleted first.
pub const INTERRUPTED: u8 = 130;

/// The gravest findings that a run may have and still succeed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOn {
    /// A broken MUST, SHALL or REQUIRED fails the run.
    #[default]
    Must,
    /// A broken SHOULD fails it too.
    Should,
    /// Notes fail it too.
    Note,
    /// No finding fails it.
    Never,
}

/// The exit status of a run with these totals.
pub fn status_of(summary: &Summary, fail_on: FailOn) -> u8 {
    let any = |verdicts: &[Verdict]| verdicts.iter().any(|verdict| summary.total(*verdict) > 0);
    let any_fresh = |verdicts: &[Verdict]| verdicts.iter().any(|verdict| summary.fresh(*verdict) > 0);
    if summary.interrupted {
        return INTERRUPTED;
    }
    if any(&[Verdict::Error]) {
        return FINDINGS;
    }
    if any(&[Verdict::Blocked]) && !any(&[Verdict::Pass, Verdict::Note, Verdict::Warn, Verdict::Fail]) {
        return UNREACHABLE;
    }
    // What is blocked was not judged; calling that a success would hide it.
    let failing: &[Verdict] = match fail_on {
        FailOn::Must => &[Verdict::Fail, Verdict::Blocked],
        FailOn::Should => &[Verdict::Fail, Verdict::Blocked, Verdict::Warn],
        FailOn::Note => &[Verdict::Fail, Verdict::Blocked, Verdict::Warn, Verdict::Note],
        FailOn::Never => &[],
    };
    // An entry whose day is over would hide the next regression.
    let outdated = summary.outdated > 0 && fail_on != FailOn::Never;
    if any_fresh(failing) || outdated { FINDINGS } else { OK }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_verdict_and_the_threshold_decide() {
        use Verdict as V;
        for (verdicts, fail_on, expected) in [
            (&[V::Pass, V::Skip][..], FailOn::Note, OK),
            (&[], FailOn::Must, OK),
            (&[V::Pass, V::Warn, V::Note], FailOn::Must, OK),
            (&[V::Pass, V::Warn], FailOn::Should, FINDINGS),
            (&[V::Pass, V::Note], FailOn::Note, FINDINGS),
            (&[V::Pass, V::Fail], FailOn::Must, FINDINGS),
            (&[V::Pass, V::Fail], FailOn::Never, OK),
            (&[V::Pass, V::Blocked], FailOn::Must, FINDINGS),
            (&[V::Blocked, V::Skip], FailOn::Must, UNREACHABLE),
            (&[V::Pass, V::Error], FailOn::Never, FINDINGS),
        ] {
            let mut summary = Summary::default();
            for verdict in verdicts {
                Summary::count(&mut summary.checks, *verdict);
            }
            assert_eq!(status_of(&summary, fail_on), expected, "{verdicts:?} {fail_on:?}");
        }
    }

    #[test]
    fn what_is_known_does_not_fail_a_run_and_what_is_outdated_does() {
        let mut summary = Summary::default();
        Summary::count(&mut summary.checks, Verdict::Pass);
        Summary::count(&mut summary.checks, Verdict::Fail);
        Summary::count(&mut summary.known, Verdict::Fail);
        assert_eq!(status_of(&summary, FailOn::Note), OK);
        let outdated = Summary { outdated: 1, ..summary.clone() };
        assert_eq!((status_of(&outdated, FailOn::Must), status_of(&outdated, FailOn::Never)), (FINDINGS, OK));
        Summary::count(&mut summary.steps, Verdict::Fail);
        assert_eq!(status_of(&summary, FailOn::Must), FINDINGS);
    }

    #[test]
    fn an_interrupted_run_says_so_whatever_it_found() {
        let summary = Summary { interrupted: true, ..Summary::default() };
        assert_eq!(status_of(&summary, FailOn::Never), INTERRUPTED);
    }
}
