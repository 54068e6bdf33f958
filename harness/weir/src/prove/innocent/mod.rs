//! Innocents: generated endpoints that conform to the RFCs. Whatever the catalogue says against one is a fault of the catalogue,
//! or of the endpoint; both are ours.

mod attribute;
mod axis;
mod choices;
mod description;
mod draw;
mod trial;

use std::collections::BTreeMap;

use futures_util::StreamExt as _;

pub use description::Description;
pub use trial::{Accusation, InnocentError};

use choices::{Choices, simpler};
use draw::draw;
use weir_catalog::{Check, checks};
use weir_judge::{Verdict, parts_of_name};

/// How many descriptions are tried to make one smaller.
const MOST_CUTS: usize = 150;

/// What is tried.
#[derive(Clone, Debug)]
pub struct InnocentOptions {
    pub innocents: usize,
    pub seed: u64,
    /// How many endpoints are tested side by side.
    pub concurrency: usize,
}

/// What the catalogue said of all innocents.
#[derive(Clone, Debug, Default)]
pub struct InnocentProof {
    pub innocents: usize,
    pub exchanges: u64,
    /// In how many innocents each check passed.
    pub passed: BTreeMap<String, usize>,
    /// The checks that accused, in the order of their ids.
    pub accused: Vec<FalseAccusation>,
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
    mut progress: impl FnMut(&str),
) -> Result<InnocentProof, InnocentError> {
    let seed_of = |index: usize| options.seed.wrapping_mul(0x1_0000_0001).wrapping_add(index as u64);
    let drawn: Vec<Innocent> = (0..options.innocents).map(|index| Innocent::of_seed(seed_of(index))).collect();
    let trials = drawn.iter().map(|innocent| async move {
        let outcome = trial::run(&innocent.description, checks::all().collect(), options.seed).await;
        outcome.map(|outcome| (innocent, outcome))
    });
    let mut trials = futures_util::stream::iter(trials).buffered(options.concurrency.max(1));
    let mut proof = InnocentProof { innocents: options.innocents, ..InnocentProof::default() };
    let mut accusing: BTreeMap<String, (usize, &Innocent, Accusation)> = BTreeMap::new();
    while let Some(outcome) = trials.next().await {
        let (innocent, outcome) = outcome?;
        proof.exchanges += outcome.exchanges;
        for (check, verdict) in outcome.verdicts {
            *proof.passed.entry(check).or_default() += usize::from(matches!(verdict, Verdict::Pass | Verdict::Note));
        }
        for accusation in outcome.accusations {
            let (count, smallest, first) =
                accusing.entry(accusation.check.clone()).or_insert_with(|| (0, innocent, accusation.clone()));
            *count += 1;
            // The shortest list of differences is nearest to the smallest.
            if innocent.description.axes.len() < smallest.description.axes.len() {
                (*smallest, *first) = (innocent, accusation);
            }
        }
        progress("innocents");
    }
    for (check, (innocents, innocent, accusation)) in accusing {
        progress(&check);
        let innocent = innocent.clone();
        proof.accused.push(cut(check, innocents, innocent, accusation, options.seed, &mut proof.exchanges).await?);
    }
    Ok(proof)
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
    seed: u64,
    exchanges: &mut u64,
) -> Result<FalseAccusation, InnocentError> {
    let alone: Vec<&'static Check> = weir_catalog::find(parts_of_name(&check).0).into_iter().collect();
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
            if tried == MOST_CUTS {
                break 'smaller;
            }
            tried += 1;
            let outcome = trial::run(&candidate.description, alone.clone(), seed).await?;
            *exchanges += outcome.exchanges;
            if let Some(again) = outcome.accusations.into_iter().next() {
                (smallest, accusation) = (candidate, again);
                continue 'smaller;
            }
        }
        break;
    }
    let smallest = smallest.description;
    let mut confirmed = true;
    for _ in 0..2 {
        let outcome = trial::run(&smallest, alone.clone(), seed).await?;
        *exchanges += outcome.exchanges;
        confirmed &= !outcome.accusations.is_empty();
    }
    Ok(FalseAccusation { check, innocents, smallest, accusation, confirmed })
}

#[cfg(test)]
mod tests;
