//! The generator: what it draws can be served, and what it cites exists.

use std::collections::BTreeSet;

use super::axis::{AXES, Axis};
use super::permitted::{DEVIATIONS, NOT_DRAWN};
use super::*;
use crate::embedded::{self, KnownDeviation};

/// Ids of requirements and points of disputes.
fn citable() -> BTreeSet<&'static str> {
    let requirements = include_str!("../../../../../fixtures/requirements.tsv").lines().skip(1);
    let disputes = include_str!("../../../../../docs/explain/disputes.md").lines();
    let points = disputes.filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    requirements.filter_map(|line| line.split('\t').next()).chain(points).collect()
}

fn axes() -> impl Iterator<Item = &'static Axis> {
    AXES.into_iter().chain(DEVIATIONS.iter().map(|own| &own.axis))
}

/// Each permitted deviation is drawn, or there is a reason why not; nothing else is.
#[test]
fn the_deviations_of_innocents_are_those_that_are_permitted() {
    let permitted: BTreeSet<&str> =
        embedded::known_deviations().filter(KnownDeviation::is_permitted).map(|own| own.id).collect();
    let drawn = DEVIATIONS.iter().map(|own| own.axis.id);
    let listed: Vec<&str> = drawn.chain(NOT_DRAWN.iter().map(|(id, _)| *id)).collect();
    assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), permitted);
    assert_eq!(listed.len(), permitted.len(), "a deviation is listed twice");
    for (id, reason) in NOT_DRAWN {
        assert!(reason.contains(' '), "{id} needs a reason");
    }
}

#[test]
fn every_axis_cites_what_permits_it() {
    let known = citable();
    for axis in axes() {
        assert!(!axis.permitted_by.is_empty(), "{} cites nothing", axis.id);
        for citation in axis.permitted_by.iter().copied().chain(axis.breaks_should) {
            assert!(
                known.contains(citation),
                "{} cites {citation}, which is neither a requirement nor a dispute",
                axis.id
            );
        }
    }
    let ids: BTreeSet<&str> = axes().map(|axis| axis.id).collect();
    assert_eq!(ids.len(), axes().count());
}

#[test]
fn the_simplest_innocent_is_the_target_rfc() {
    let simplest = draw(&mut Choices::replay(Vec::new()));
    assert_eq!(simplest.summary(), "the target rfc");
}

#[test]
fn what_is_drawn_is_a_target_file_and_every_axis_is_drawn() {
    let mut drawn = BTreeSet::new();
    for seed in 0..400 {
        let description = draw(&mut Choices::of_seed(seed));
        let text = description.target_file();
        let read = weir_server::Target::parse("innocent.toml", &text);
        assert!(read.is_ok(), "seed {seed}: {}\n{text}", read.unwrap_err());
        drawn.extend(description.axes.iter().map(|axis| axis.id));
    }
    let missing: Vec<&str> = axes().map(|axis| axis.id).filter(|id| !drawn.contains(id)).collect();
    assert!(missing.is_empty(), "never drawn: {missing:?}");
}

/// A resource type for itself, the catalogue on it: an endpoint that refuses its own complete body would end the trial.
#[tokio::test]
async fn complete_bodies_are_taken() {
    for seed in 0..30 {
        let description = draw(&mut Choices::of_seed(seed));
        if let Err(error) =
            trial::run(&description, InnocentTrial { checks: Vec::new(), deviation: None, seed: 1, has_digest: false })
                .await
        {
            panic!("seed {seed}: {error}");
        }
    }
}
