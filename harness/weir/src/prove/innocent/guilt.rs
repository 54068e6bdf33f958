//! One random deviation in an innocent: the checks notice it, or what the endpoint does not offer hides it.

use std::collections::BTreeSet;

use scim::capability::{Capability, ResourceOperation};
use weir_catalog::{Check, checks};
use weir_judge::{Verdict, parts_of_name};

use super::trial::{self, InnocentError, InnocentTrial};
use super::{Description, Innocent};
use crate::embedded::{self, KnownDeviation};
use crate::prove::hiding::{not_run, silence};
use crate::prove::{Record, digest};

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
    /// No answer is another than without it, though these checks were asked: the endpoint has nothing that the deviation acts on.
    Ineffective(Vec<String>),
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
    innocent_digest: Option<u64>,
    deviation: KnownDeviation,
    record: &Record,
    seed: u64,
) -> Result<(Guilt, u64), InnocentError> {
    let run = trial::run(
        &innocent.description,
        InnocentTrial { checks: checks::all().collect(), deviation: Some(deviation.id), seed, has_digest: true },
    );
    let (outcome, exchanges) = match run.await {
        Ok(found) if accused_by(&found).next().is_some() => {
            (GuiltOutcome::Noticed(accused_by(&found).collect()), found.exchanges)
        }
        Ok(found) => {
            let answers_alike =
                found.digest == innocent_digest && record.of(deviation.id).any(|(check, _)| digest::counts(check));
            let outcome = match silent(deviation, &innocent.description, record, &found) {
                GuiltOutcome::Unnoticed(asked) if answers_alike => GuiltOutcome::Ineffective(asked),
                outcome => outcome,
            };
            (outcome, found.exchanges)
        }
        // An endpoint that discovery cannot use is noticed at once.
        Err(InnocentError::Discovery { .. }) => (GuiltOutcome::Noticed(vec!["discovery".into()]), 0),
        // The endpoint starts without it, so that it contradicts something that the endpoint has or does.
        Err(InnocentError::Endpoint { problem, .. }) => (GuiltOutcome::Hidden(BTreeSet::from([problem])), 0),
        Err(error) => return Err(error),
    };
    Ok((Guilt { deviation: deviation.id, innocent: innocent.description.summary(), outcome }, exchanges))
}

/// Why the deviation cannot show at the endpoint by what that offers, if so.
fn missing_offer(deviation: KnownDeviation, description: &Description) -> Option<String> {
    let known = weir_server::Deviation::find(deviation.id)?;
    let (concerns, offers) = (known.concerns(), description.offers());
    // The resources of a type of its own can be created, changed, filtered and deleted at every endpoint.
    let of_types = |capability: &Capability| {
        ResourceOperation::ALL
            .into_iter()
            .any(|own| ["/Users", "/Groups"].iter().any(|at| own.at(at) == Some(*capability)))
    };
    let is_offered = |capability: &Capability| {
        offers.contains(capability) || (!known.acts_on_rules() && description.has_own_types() && of_types(capability))
    };
    let names: Vec<&str> = concerns.iter().map(|capability| capability.id()).collect();
    (!concerns.is_empty() && !concerns.iter().any(is_offered))
        .then(|| format!("the endpoint does not offer {}, which the deviation is about", names.join(" or ")))
}

/// What the checks that notice the deviation in the record of the proof came to.
fn silent(
    deviation: KnownDeviation,
    description: &Description,
    record: &Record,
    found: &trial::TrialOutcome,
) -> GuiltOutcome {
    if let Some(missing) = missing_offer(deviation, description) {
        return GuiltOutcome::Hidden(BTreeSet::from([missing]));
    }
    let lookup = |check: &str| {
        let (verdict, reason) = found.verdicts.get(trial::common_name(check).as_ref())?.clone();
        // A note says that what was asked is not supported.
        Some((verdict, reason.unwrap_or_else(|| format!("{check} notes that it is not supported"))))
    };
    let not_run = |name: &str| {
        let is_opt_in = weir_catalog::find(parts_of_name(name).0).is_some_and(Check::is_opt_in);
        if is_opt_in { format!("{name} runs on request alone") } else { not_run(name, None) }
    };
    match silence(record.of(deviation.id).map(|(check, _)| check), lookup, not_run) {
        Ok(reasons) if !reasons.is_empty() => GuiltOutcome::Hidden(reasons),
        Ok(_) => GuiltOutcome::Unnoticed(Vec::new()),
        Err(asked) => GuiltOutcome::Unnoticed(asked),
    }
}

/// What a deviation is noticed by: a blocked check says nothing of it.
fn accused_by(found: &trial::TrialOutcome) -> impl Iterator<Item = String> + '_ {
    let accusing = found.accusations.iter().filter(|own| matches!(own.verdict, Verdict::Fail | Verdict::Warn));
    accusing.map(|own| own.origin.clone())
}
