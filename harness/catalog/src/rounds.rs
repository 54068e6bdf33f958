//! Several rounds of one run, told as one: each finding with the verdict of every round, so that what comes and goes is
//! said as such.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use weir_judge::{Consumer, Event, Events, Finding, Verdict};

/// Collects the findings of all rounds; everything else goes on to the run's own stream at once.
#[derive(Clone)]
pub struct Rounds {
    events: Events,
    /// Each finding as the rounds so far judged it.
    kept: Arc<Mutex<Vec<Finding>>>,
}

impl Rounds {
    /// Rounds that are told to `events` in the end.
    pub fn new(events: Events) -> Self {
        Self { events, kept: Arc::default() }
    }

    /// The stream for one round.
    pub fn round(&self) -> Events {
        Events::new(vec![Box::new(self.clone())])
    }

    /// Emits each finding once, in the order in which it was first met.
    pub fn finish(self) {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        for mut finding in kept {
            finding.reason = reason(&finding.rounds, finding.reason.take());
            self.events.emit(&Event::Finding(Arc::new(finding)));
        }
    }
}

impl Consumer for Rounds {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Event::Finding(finding) = event else {
            self.events.emit(event);
            return Ok(());
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(earlier) = kept.iter_mut().find(|earlier| earlier.is_same_as(finding)) else {
            kept.push(Finding { rounds: vec![finding.verdict], ..Finding::clone(finding) });
            return Ok(());
        };
        earlier.rounds.push(finding.verdict);
        let (exchanges, elapsed) = (earlier.exchanges + finding.exchanges, earlier.elapsed + finding.elapsed);
        if finding.verdict > earlier.verdict {
            let rounds = std::mem::take(&mut earlier.rounds);
            *earlier = Finding { rounds, ..Finding::clone(finding) };
        }
        (earlier.exchanges, earlier.elapsed) = (exchanges, elapsed);
        Ok(())
    }
}

/// Whether every round came to the same verdict.
pub fn is_stable(rounds: &[Verdict]) -> bool {
    rounds.windows(2).all(|pair| pair[0] == pair[1])
}

/// Says how often each verdict was given, if not always the same, before the reason of the gravest round.
fn reason(rounds: &[Verdict], reason: Option<String>) -> Option<String> {
    if is_stable(rounds) {
        return reason;
    }
    let times = |verdict: Verdict| rounds.iter().filter(|other| **other == verdict).count();
    let told: Vec<_> = Verdict::ALL
        .into_iter()
        .filter(|verdict| times(*verdict) > 0)
        .map(|verdict| format!("{} in {}", verdict.as_str(), times(verdict)))
        .collect();
    let told = format!("not stable: {} of {} rounds", told.join(", "), rounds.len());
    Some(reason.map_or_else(|| told.clone(), |reason| format!("{told}; {reason}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use weir_judge::{Origin, Verdict as V};

    struct FindingLog(Arc<Mutex<Vec<Finding>>>);

    impl Consumer for FindingLog {
        fn event(&mut self, event: &Event) -> io::Result<()> {
            if let Event::Finding(finding) = event {
                self.0.lock().unwrap().push(Finding::clone(finding));
            }
            Ok(())
        }
    }

    #[test]
    fn rounds_are_told_once_with_the_gravest_verdict_and_how_often_each_was_given() {
        let heard = Arc::default();
        let rounds = Rounds::new(Events::new(vec![Box::new(FindingLog(Arc::clone(&heard)))]));
        for verdicts in [[V::Pass, V::Pass], [V::Pass, V::Fail], [V::Pass, V::Pass]] {
            let events = rounds.round();
            for (check, verdict) in ["create.user", "read.user"].into_iter().zip(verdicts) {
                events.emit(&Event::Finding(Arc::new(Finding {
                    verdict,
                    reason: (verdict == V::Fail).then(|| "no answer".into()),
                    exchanges: 2,
                    ..Finding::new(Origin::Check, check, "What holds if the check passes")
                })));
            }
        }
        rounds.finish();
        let heard = heard.lock().unwrap();
        let told: Vec<_> = heard
            .iter()
            .map(|finding| (finding.id.as_ref(), finding.verdict, finding.exchanges, finding.reason.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("create.user", V::Pass, 6, None),
                ("read.user", V::Fail, 6, Some("not stable: pass in 2, fail in 1 of 3 rounds; no answer")),
            ]
        );
        assert_eq!(heard[1].rounds, [V::Pass, V::Fail, V::Pass]);
    }
}
