//! One random deviation in an innocent: the checks notice it, or what the endpoint does not offer hides it.

use std::collections::BTreeSet;

use weir_catalog::checks;
use weir_judge::Verdict;

use super::Innocent;
use super::trial::{self, InnocentError, InnocentTrial};
use crate::embedded::{self, KnownDeviation};
use crate::prove::Record;

/// An innocent with one deviation that breaks a requirement.
#[derive(Clone, Debug)]
pub struct Guilt {
    pub deviation: &'static str,
    /// In what the innocent differs from the target `rfc`.
    pub innocent: String,
    pub outcome: GuiltOutcome,
}

/// Whether it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuiltOutcome {
    /// By these checks and rules.
    Noticed(Vec<String>),
    /// Each check that notices it elsewhere could not be asked, for these reasons.
    Hidden(BTreeSet<String>),
    /// No answer is another than without it: what the endpoint has shows nothing of it.
    Ineffective,
    /// These checks notice it elsewhere and were asked.
    Unnoticed(Vec<String>),
}

/// The deviation that follows from a number.
pub(super) fn deviation(number: u64) -> Option<KnownDeviation> {
    let breaking: Vec<KnownDeviation> = embedded::known_deviations().filter(|own| !own.is_permitted()).collect();
    let place = usize::try_from(weir_catalog::scramble(number) % breaking.len().max(1) as u64).ok()?;
    breaking.get(place).copied()
}

/// Runs every check on the innocent with the deviation.
pub(super) async fn of(
    innocent: &Innocent,
    innocent_digest: u64,
    deviation: KnownDeviation,
    record: &Record,
    seed: u64,
) -> Result<(Guilt, u64), InnocentError> {
    let run = trial::run(
        &innocent.description,
        InnocentTrial { checks: checks::all().collect(), deviation: Some(deviation.id), seed },
    );
    let (outcome, exchanges) = match run.await {
        Ok(found) if accused_by(&found).next().is_some() => {
            (GuiltOutcome::Noticed(accused_by(&found).collect()), found.exchanges)
        }
        Ok(found) if found.digest == innocent_digest => (GuiltOutcome::Ineffective, found.exchanges),
        Ok(found) => (silent(deviation, record, &found), found.exchanges),
        // An endpoint that discovery cannot use is noticed at once.
        Err(InnocentError::Discovery { .. }) => (GuiltOutcome::Noticed(vec!["discovery".into()]), 0),
        Err(error) => return Err(error),
    };
    Ok((Guilt { deviation: deviation.id, innocent: innocent.description.summary(), outcome }, exchanges))
}

/// What the checks that notice the deviation in the record of the proof came to.
fn silent(deviation: KnownDeviation, record: &Record, found: &trial::TrialOutcome) -> GuiltOutcome {
    let mut reasons = BTreeSet::new();
    let mut asked = Vec::new();
    for (check, _) in record.of(deviation.id) {
        match found.verdicts.get(check) {
            Some((Verdict::Skip | Verdict::Blocked, reason)) => {
                reasons.insert(reason.clone().unwrap_or_default());
            }
            // A note says that what was asked is not supported.
            Some((Verdict::Note, reason)) => {
                reasons.insert(reason.clone().unwrap_or_else(|| format!("{check} notes that it is not supported")));
            }
            Some(_) => asked.push(check.to_owned()),
            None => {
                reasons.insert("it is seen only by checks that run on request".into());
            }
        }
    }
    if asked.is_empty() && !reasons.is_empty() { GuiltOutcome::Hidden(reasons) } else { GuiltOutcome::Unnoticed(asked) }
}

/// What a deviation is noticed by: a blocked check says nothing of it.
fn accused_by(found: &trial::TrialOutcome) -> impl Iterator<Item = String> + '_ {
    let accusing = found.accusations.iter().filter(|own| matches!(own.verdict, Verdict::Fail | Verdict::Warn));
    accusing.map(|own| own.origin.clone())
}
