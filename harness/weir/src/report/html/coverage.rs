//! How the requirements of each section of the RFCs fared.

use std::collections::BTreeMap;

use scim::requirement::{self, Rfc};
use weir_judge::Verdict;

/// Verdicts by RFC and section; of a requirement that several checks are about, the gravest verdict counts.
#[derive(Default)]
pub(super) struct Coverage(BTreeMap<&'static str, Verdict>);

/// One section.
pub(super) struct Section {
    pub rfc: Rfc,
    pub number: &'static str,
    /// Requirements by verdict, in the order of [`Verdict::ALL`].
    pub tally: [usize; 7],
}

impl Coverage {
    pub fn add(&mut self, requirement: &'static str, verdict: Verdict) {
        let gravest = self.0.entry(requirement).or_insert(verdict);
        // A check that passed says more than one that was skipped.
        let passed_over = *gravest == Verdict::Skip && verdict == Verdict::Pass;
        if verdict > *gravest && !(verdict == Verdict::Skip && *gravest == Verdict::Pass) || passed_over {
            *gravest = verdict;
        }
    }

    /// The sections in the order of the RFCs.
    pub fn sections(&self) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        for known in requirement::all() {
            let Some(verdict) = self.0.get(known.id) else { continue };
            let is_last = sections.last().is_some_and(|last| (last.rfc, last.number) == (known.rfc, known.section));
            if !is_last {
                sections.push(Section { rfc: known.rfc, number: known.section, tally: [0; 7] });
            }
            if let Some(last) = sections.last_mut() {
                last.tally[*verdict as usize] += 1;
            }
        }
        sections
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_verdict_counts_and_a_pass_counts_more_than_a_skip() {
        for (verdicts, expected) in [
            (&[Verdict::Pass, Verdict::Skip][..], Verdict::Pass),
            (&[Verdict::Skip, Verdict::Pass], Verdict::Pass),
            (&[Verdict::Pass, Verdict::Fail, Verdict::Note], Verdict::Fail),
            (&[Verdict::Skip], Verdict::Skip),
        ] {
            let mut coverage = Coverage::default();
            for verdict in verdicts {
                coverage.add("RFC7644-3.3-12", *verdict);
            }
            let sections = coverage.sections();
            assert_eq!((sections.len(), sections[0].tally[expected as usize]), (1, 1), "{verdicts:?}");
        }
    }
}
