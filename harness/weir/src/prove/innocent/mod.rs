//! Innocents: generated endpoints that conform to the RFCs. Whatever the catalogue says against one is a fault of the catalogue,
//! or of the endpoint; both are ours.

mod attribute;
mod axis;
mod choices;
mod description;
mod draw;
mod excepted;
mod guilt;
mod permitted;
mod premise;
mod trial;

use std::collections::BTreeMap;

use futures_util::StreamExt as _;

pub use description::Description;
pub use guilt::{Guilt, GuiltOutcome};
pub use premise::{MissingPremise, PremiseOutcome, premises, without_premises};
pub use trial::{Accusation, InnocentError};

use choices::{Choices, simpler};
use draw::draw;
use weir_catalog::{Check, checks};
use weir_judge::{Verdict, broken_laws, parts_of_name};

use super::Record;
use trial::InnocentTrial;

/// In how many times fewer descriptions a rule is asked again: every check has to be run for it.
const CUTS_OF_RULES: usize = 10;

/// What is tried.
#[derive(Clone, Debug)]
pub struct InnocentOptions {
    pub innocents: usize,
    /// In how many of them one random deviation is switched on as well.
    pub guilty: usize,
    /// How many descriptions are tried to make one that is accused smaller.
    pub cuts: usize,
    pub seed: u64,
    /// How many endpoints are tested side by side.
    pub concurrency: usize,
}

/// What the catalogue said of all innocents.
#[derive(Clone, Debug, Default)]
pub struct InnocentProof {
    pub innocents: usize,
    pub exchanges: u64,
    /// In how many innocents each check and rule passed.
    pub passed: BTreeMap<String, usize>,
    /// The reasons for which each was not asked, with the number of innocents.
    pub silent: BTreeMap<String, BTreeMap<String, usize>>,
    /// The checks that accused, in the order of their ids.
    pub accused: Vec<FalseAccusation>,
    /// The laws of verdicts that a report broke, and how many broke them.
    pub laws: BTreeMap<String, usize>,
    /// The innocents with one deviation.
    pub guilty: Vec<Guilt>,
    /// What was drawn, in its order.
    pub drawn: Vec<Description>,
}

/// How many innocents call for a pass of each check, and how often.
const ENOUGH: [(usize, usize); 2] = [(2000, 20), (50, 1)];

impl InnocentProof {
    /// How often each check has to pass in so many innocents.
    pub fn least(&self) -> usize {
        ENOUGH.iter().find(|(innocents, _)| self.innocents >= *innocents).map_or(0, |(_, least)| *least)
    }

    /// The checks and rules that passed less often than that, with the number of innocents.
    pub fn seldom(&self) -> impl Iterator<Item = (&str, usize)> {
        let least = self.least();
        let seldom =
            self.passed.iter().filter(move |(origin, passed)| **passed < least && excepted::reason(origin).is_none());
        seldom.map(|(origin, passed)| (origin.as_str(), *passed))
    }

    /// The checks that are listed as passing in no innocent, and pass.
    pub fn wrongly_excepted(&self) -> impl Iterator<Item = &str> {
        let passing = self.passed.iter().filter(|(_, passed)| **passed > 0).map(|(origin, _)| origin.as_str());
        passing.filter(|origin| excepted::reason(origin).is_some())
    }

    /// The most frequent reason for which a check was not asked.
    pub fn usual_reason(&self, origin: &str) -> Option<&str> {
        let most = self.silent.get(origin)?.iter().max_by_key(|(_, innocents)| **innocents);
        most.map(|(reason, _)| reason.as_str())
    }

    /// The deviations that were not noticed, though checks were asked that notice them elsewhere.
    pub fn unnoticed(&self) -> impl Iterator<Item = &Guilt> {
        self.guilty.iter().filter(|guilt| matches!(guilt.outcome, GuiltOutcome::Unnoticed(_)))
    }

    /// Whether nothing is left to mend.
    pub fn is_proven(&self) -> bool {
        self.accused.is_empty()
            && self.laws.is_empty()
            && self.seldom().next().is_none()
            && self.wrongly_excepted().next().is_none()
            && self.unnoticed().next().is_none()
    }
}

/// A check that accused innocents.
#[derive(Clone, Debug)]
pub struct FalseAccusation {
    /// Its full name.
    pub check: String,
    pub innocents: usize,
    /// The smallest description that the check still accuses, and what it says of it.
    pub smallest: Description,
    pub accusation: Accusation,
    /// Whether it accused again, twice.
    pub confirmed: bool,
}

/// Draws innocents, runs every check on each, and cuts each accusation down.
///
/// # Errors
/// A description that no endpoint can be made of, or whose complete bodies the endpoint refuses: a fault of the generator.
pub async fn innocents(
    options: &InnocentOptions,
    record: &Record,
    mut progress: impl FnMut(&str),
) -> Result<InnocentProof, InnocentError> {
    let drawn: Vec<Innocent> =
        (0..options.innocents).map(|index| Innocent::of_seed(seed_of(options.seed, index))).collect();
    let trials = drawn.iter().enumerate().map(|(index, innocent)| async move {
        let has_digest = index < options.guilty;
        let all = InnocentTrial { checks: checks::all().collect(), deviation: None, seed: options.seed, has_digest };
        trial::run(&innocent.description, all).await.map(|outcome| (innocent, outcome))
    });
    let mut trials = futures_util::stream::iter(trials).buffered(options.concurrency.max(1));
    let mut proof = InnocentProof { innocents: options.innocents, ..InnocentProof::default() };
    let mut digests = Vec::new();
    let mut accusing: BTreeMap<String, (usize, &Innocent, Accusation)> = BTreeMap::new();
    while let Some(outcome) = trials.next().await {
        let (innocent, outcome) = outcome?;
        proof.exchanges += outcome.exchanges;
        digests.push(outcome.digest);
        for law in broken_laws(&outcome.findings) {
            *proof.laws.entry(law.to_string()).or_default() += 1;
        }
        for (origin, (verdict, reason)) in outcome.verdicts {
            let has_passed = matches!(verdict, Verdict::Pass | Verdict::Note);
            if let Some(reason) = reason.filter(|_| !has_passed) {
                *proof.silent.entry(origin.clone()).or_default().entry(reason).or_default() += 1;
            }
            *proof.passed.entry(origin).or_default() += usize::from(has_passed);
        }
        for accusation in outcome.accusations {
            let (count, smallest, first) =
                accusing.entry(accusation.origin.clone()).or_insert_with(|| (0, innocent, accusation.clone()));
            *count += 1;
            // The shortest list of differences is nearest to the smallest.
            if innocent.description.axes.len() < smallest.description.axes.len() {
                (*smallest, *first) = (innocent, accusation);
            }
        }
        progress("innocents");
    }
    drop(trials);
    for (check, (innocents, innocent, accusation)) in accusing {
        progress(&check);
        let innocent = innocent.clone();
        proof.accused.push(cut(check, innocents, innocent, accusation, options, &mut proof.exchanges).await?);
    }
    proof.guilty = guilty(&drawn, &digests, options, record, &mut proof.exchanges, &mut progress).await?;
    proof.drawn = drawn.into_iter().map(|innocent| innocent.description).collect();
    Ok(proof)
}

/// Switches one random deviation on in the first innocents.
async fn guilty(
    drawn: &[Innocent],
    digests: &[Option<u64>],
    options: &InnocentOptions,
    record: &Record,
    exchanges: &mut u64,
    progress: &mut impl FnMut(&str),
) -> Result<Vec<Guilt>, InnocentError> {
    let chosen = drawn.iter().zip(digests).cycle().take(options.guilty).zip(options.seed..);
    let trials = chosen.filter_map(|(innocent, number)| Some((innocent, guilt::deviation(number)?)));
    let trials =
        trials.map(|((innocent, digest), deviation)| guilt::of(innocent, *digest, deviation, record, options.seed));
    let mut trials = futures_util::stream::iter(trials).buffered(options.concurrency.max(1));
    let mut all = Vec::new();
    while let Some(outcome) = trials.next().await {
        let (guilt, sent) = outcome?;
        *exchanges += sent;
        progress(guilt.deviation);
        all.push(guilt);
    }
    Ok(all)
}

/// The seed of one innocent.
const fn seed_of(seed: u64, index: usize) -> u64 {
    seed.wrapping_mul(0x1_0000_0001).wrapping_add(index as u64)
}

/// A description with the choices that draw it.
#[derive(Clone)]
struct Innocent {
    numbers: Vec<u32>,
    description: Description,
}

impl Innocent {
    fn of_seed(seed: u64) -> Self {
        let mut choices = Choices::of_seed(seed);
        let description = draw(&mut choices);
        Self { numbers: choices.into_drawn(), description }
    }

    fn of_numbers(numbers: Vec<u32>) -> Self {
        let description = draw(&mut Choices::replay(numbers.clone()));
        Self { numbers, description }
    }
}

/// Makes the description smaller as long as the check accuses it, and asks twice whether it still does.
async fn cut(
    check: String,
    innocents: usize,
    mut smallest: Innocent,
    mut accusation: Accusation,
    options: &InnocentOptions,
    exchanges: &mut u64,
) -> Result<FalseAccusation, InnocentError> {
    // What no check says, such as a rule, can come from any of them.
    let found = weir_catalog::find(parts_of_name(&check).0);
    let checks: Vec<&'static Check> = found.map_or_else(|| checks::all().collect(), |check| vec![check]);
    let most = if found.is_some() { options.cuts } else { options.cuts / CUTS_OF_RULES };
    let again = || InnocentTrial { checks: checks.clone(), deviation: None, seed: options.seed, has_digest: false };
    let accuses = |outcome: trial::TrialOutcome| outcome.accusations.into_iter().find(|own| own.origin == check);
    let mut tried = 0;
    'smaller: loop {
        for candidate in simpler(&smallest.numbers).into_iter().map(Innocent::of_numbers) {
            if candidate.description == smallest.description {
                // The numbers mean nothing any more, and what they are costs no trial.
                if candidate.numbers.len() < smallest.numbers.len() {
                    smallest = candidate;
                    continue 'smaller;
                }
                continue;
            }
            if tried == most {
                break 'smaller;
            }
            tried += 1;
            let outcome = trial::run(&candidate.description, again()).await?;
            *exchanges += outcome.exchanges;
            if let Some(again) = accuses(outcome) {
                (smallest, accusation) = (candidate, again);
                continue 'smaller;
            }
        }
        break;
    }
    let smallest = smallest.description;
    let mut confirmed = true;
    for _ in 0..2 {
        let outcome = trial::run(&smallest, again()).await?;
        *exchanges += outcome.exchanges;
        confirmed &= accuses(outcome).is_some();
    }
    Ok(FalseAccusation { check, innocents, smallest, accusation, confirmed })
}

#[cfg(test)]
mod tests;
