//! Clients against deviations: a client's short life with an embedded endpoint that has one deviation at a time, and what
//! became of each step, compared with the life without any.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt as _;
use weir_catalog::UnderWay;
use weir_files::pattern::PatternError;
use weir_provision::client::Description;

use crate::embedded;
use crate::embedded::{EmbeddedEndpoint, EmbeddedOptions, KnownDeviation};
use crate::lifecycle::survival;
use crate::lifecycle::survival::{Life, Passage, STEPS};

/// The endpoints that a client may live with: the first is taken where it gets through everything without a deviation.
const GROUNDS: [(&str, &str); 3] = [("aquera", "default"), ("aquera", "accepts-user-patch"), ("rfc", "default")];

/// What became of a step, from harmless to grave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Survival {
    Works,
    /// It works, by other requests or in the cycle after; these are the further requests.
    ByFallBack(String),
    /// The client noticed nothing, and this is wrong in the end.
    Degraded(String),
    /// The client could not do this.
    Broken(String),
    /// Nothing new: what an earlier step left wrong is still wrong.
    AsBefore,
    /// The client never got there.
    NotReached,
}

impl Survival {
    /// The word used in tables.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::ByFallBack(_) => "by fall-back",
            Self::Degraded(_) => "degraded",
            Self::Broken(_) => "broken",
            Self::AsBefore => "as before",
            Self::NotReached => "not reached",
        }
    }

    /// What there is to say about it.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::ByFallBack(text) | Self::Degraded(text) | Self::Broken(text) => Some(text),
            Self::Works | Self::AsBefore | Self::NotReached => None,
        }
    }
}

/// What became of a client that met one deviation.
#[derive(Clone, Debug)]
pub struct Encounter {
    pub deviation: KnownDeviation,
    /// Those that the client takes, in the order of [`STEPS`].
    pub steps: Vec<(&'static str, Survival)>,
}

impl Encounter {
    /// The gravest of its steps.
    pub fn gravest(&self) -> &'static str {
        let grave = |survival: &Survival| match survival {
            Survival::NotReached => 4,
            Survival::Broken(_) => 3,
            Survival::Degraded(_) => 2,
            Survival::ByFallBack(_) => 1,
            Survival::Works | Survival::AsBefore => 0,
        };
        match self.steps.iter().map(|(_, survival)| grave(survival)).max() {
            Some(3 | 4) => "broken",
            Some(2) => "degraded",
            Some(1) => "by fall-back",
            _ => "works",
        }
    }
}

/// A client with everything that it met.
#[derive(Clone, Debug)]
pub struct Compatibility {
    pub client: String,
    pub name: String,
    /// Target and application.
    pub ground: (&'static str, &'static str),
    pub encounters: Vec<Encounter>,
}

/// Why a client could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum CompatibilityError {
    #[error("{client} against {deviation}: {problem}")]
    Subject { client: String, deviation: String, problem: String },
    #[error("{client} does not get through its own lifecycle with any endpoint of ours without deviation: {problem}")]
    NoGround { client: String, problem: String },
    #[error(transparent)]
    UnknownDeviation(#[from] PatternError),
}

/// Lets a client meet each deviation; `progress` hears of each that is done.
pub async fn compatibility(
    client: &Description,
    only: &[String],
    seed: u64,
    concurrency: usize,
    mut progress: impl FnMut(&Encounter),
) -> Result<Compatibility, CompatibilityError> {
    let only = super::patterns(only)?;
    let (ground, faithful) = ground(client, seed).await?;
    let selected = |id: &str| only.is_empty() || only.iter().any(|pattern| pattern.matches(id));
    let faithful = &faithful;
    let encounters =
        embedded::known_deviations().filter(|deviation| selected(deviation.id)).map(|deviation| async move {
            let life = live(client, ground, Some(deviation.id), seed).await?;
            Ok::<_, CompatibilityError>(Encounter { deviation, steps: judge(faithful, &life) })
        });
    let mut encounters = futures_util::stream::iter(encounters).buffered(concurrency.max(1));
    let mut done = Vec::new();
    while let Some(encounter) = encounters.next().await {
        let encounter = encounter?;
        progress(&encounter);
        done.push(encounter);
    }
    Ok(Compatibility { client: client.id.clone(), name: client.name.clone(), ground, encounters: done })
}

async fn ground(client: &Description, seed: u64) -> Result<((&'static str, &'static str), Life), CompatibilityError> {
    let mut problem = String::new();
    for ground in GROUNDS {
        let life = live(client, ground, None, seed).await?;
        let wrong = life.iter().find_map(|(step, passage)| {
            let first = passage.failures.first().or_else(|| passage.differences.first())?;
            Some(format!("{step}: {first}"))
        });
        match wrong {
            None => return Ok((ground, life)),
            Some(wrong) => problem = wrong,
        }
    }
    Err(CompatibilityError::NoGround { client: client.id.clone(), problem })
}

async fn live(
    client: &Description,
    (target, application): (&str, &str),
    deviation: Option<&str>,
    seed: u64,
) -> Result<Life, CompatibilityError> {
    let problem = |problem: String| CompatibilityError::Subject {
        client: client.id.clone(),
        deviation: deviation.unwrap_or("no deviation").to_owned(),
        problem,
    };
    let deviations = deviation.map(str::to_owned).into_iter().collect();
    let options = EmbeddedOptions { target: target.to_owned(), deviations, seed };
    // Nothing is sent together, so there is nothing to count.
    let embedded = EmbeddedEndpoint::start_repeatable(&options, &UnderWay::default())
        .map_err(|error| problem(error.to_string()))?;
    let found = embedded.applications().iter().find(|own| own.name == application);
    let application = found.ok_or_else(|| problem(format!("target {target} has no application {application}")))?;
    survival::live(&embedded, application, client).await.map_err(|fault| problem(fault.to_string()))
}

/// What became of each step. What an earlier step left wrong is told there and not again.
fn judge(faithful: &Life, life: &Life) -> Vec<(&'static str, Survival)> {
    let mut told: BTreeSet<&String> = BTreeSet::new();
    STEPS
        .into_iter()
        // A client that provisions no groups does not take the steps about them.
        .filter(|id| faithful.contains_key(id))
        .map(|id| {
            let Some(passage) = life.get(id) else { return (id, Survival::NotReached) };
            let failure = first_new(&passage.failures, &told);
            let difference = first_new(&passage.differences, &told);
            told.extend(passage.failures.iter().chain(&passage.differences));
            let survival = match (failure, difference) {
                (Some(failure), _) => Survival::Broken(failure),
                (None, Some(difference)) => Survival::Degraded(difference),
                (None, None) if !passage.failures.is_empty() => Survival::AsBefore,
                (None, None) => fall_back(faithful.get(id), passage).map_or(Survival::Works, Survival::ByFallBack),
            };
            (id, survival)
        })
        .collect()
}

/// The first that was not told before, with the number of the others.
fn first_new(messages: &BTreeSet<String>, told: &BTreeSet<&String>) -> Option<String> {
    let mut new = messages.iter().filter(|message| !told.contains(message));
    let first = new.next()?;
    Some(match new.count() {
        0 => first.clone(),
        more => format!("{first} (and {more} more)"),
    })
}

/// The requests that the client sent besides those that it needs without a deviation.
fn fall_back(faithful: Option<&Passage>, passage: &Passage) -> Option<String> {
    let none = BTreeMap::new();
    let usual = faithful.map_or(&none, |faithful| &faithful.requests);
    let further: Vec<String> = passage
        .requests
        .iter()
        .filter_map(|(kind, count)| {
            let more = count.saturating_sub(usual.get(kind).copied().unwrap_or(0));
            (more > 0).then(|| format!("{more} {kind}"))
        })
        .collect();
    let cycle = if passage.again { "in the cycle after; " } else { "" };
    (passage.again || !further.is_empty()).then(|| format!("{cycle}further requests: {}", further.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(failures: &[&str], differences: &[&str], requests: &[(&str, usize)]) -> Passage {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Passage {
            failures: owned(failures),
            differences: owned(differences),
            requests: requests.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect(),
            again: false,
        }
    }

    #[test]
    fn each_step_is_judged_by_what_is_new() {
        let mut faithful: Life = STEPS.into_iter().map(|id| (id, passage(&[], &[], &[]))).collect();
        faithful.insert("joiner", passage(&[], &[], &[("GET /Groups", 1)]));
        faithful.remove("disable");
        let life = Life::from([
            ("connect", passage(&[], &[], &[])),
            ("refresh-fields", passage(&["no schemas"], &[], &[])),
            ("first-cycle", passage(&[], &["a is missing", "b is missing"], &[])),
            ("unchanged-cycle", passage(&[], &["a is missing", "b is missing"], &[])),
            ("joiner", passage(&[], &["a is missing"], &[("GET /Groups", 3)])),
            ("mover", passage(&["no schemas"], &[], &[("GET /Groups", 3)])),
        ]);
        let told: Vec<String> = judge(&faithful, &life)
            .into_iter()
            .take(7)
            .map(|(id, survival)| format!("{id} {}: {}", survival.as_str(), survival.detail().unwrap_or("-")))
            .collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        connect works: -
        refresh-fields broken: no schemas
        first-cycle degraded: a is missing (and 1 more)
        unchanged-cycle works: -
        joiner by fall-back: further requests: 2 GET /Groups
        mover as before: -
        enable not reached: -
        ");
    }
}
