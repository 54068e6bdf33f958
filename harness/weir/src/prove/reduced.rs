//! Endpoints that offer less than the target `proof`, as most products do. A deviation that can show on one of them must be
//! noticed there too; `fixtures/reduced.tsv` says which cannot.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use weir_catalog::assertion;
use weir_judge::parts_of_name;

use super::judge::{Complaint, judge};
use super::{HiddenReason, Proof, RecordError};

const PROOF: &str = include_str!("../../../../fixtures/targets/proof.toml");
const RECORDED: &str = include_str!("../../../../fixtures/reduced.tsv");
const HEADER: &str = "endpoint\tdeviation\tbecause";

/// An endpoint that offers less.
#[derive(Clone, Copy, Debug)]
pub struct ReducedEndpoint {
    pub id: &'static str,
    /// What it offers, or does not.
    pub what: &'static str,
    /// The requirements that it breaks by what it does not offer; what is said of them is not a false alarm.
    breaks: &'static [&'static str],
    /// What its target file has in the place of what the target `proof` has.
    changes: &'static [(&'static str, &'static str)],
}

/// The five of them.
pub const REDUCED: [ReducedEndpoint; 5] = [
    ReducedEndpoint {
        id: "patch-for-groups",
        what: "PATCH is offered for groups alone",
        breaks: &["RFC7643-5-28", "RFC7644-3.5-03"],
        changes: &[("\"patch.users\", ", "")],
    },
    ReducedEndpoint {
        id: "eq-alone",
        what: "filters compare names, externalId and id by eq alone",
        breaks: &[],
        changes: &[(
            "max_results = 200",
            "max_results = 200\ndeviations = [\"filter.forms-only=Users: userName eq; externalId eq; id eq | Groups: displayName eq; \
             externalId eq; id eq\"]",
        )],
    },
    ReducedEndpoint {
        id: "no-put",
        what: "PUT is not offered",
        breaks: &["RFC7644-3.5-01", "RFC7644-3.2-09"],
        changes: &[("\"replace.users\", \"replace.groups\", ", "")],
    },
    ReducedEndpoint {
        id: "no-groups",
        what: "there are no groups",
        breaks: &[],
        changes: &[
            ("max_results = 200", "max_results = 200\nwithout_resource_types = [\"Group\"]"),
            ("\"create.groups\", ", ""),
            ("\"replace.groups\", ", ""),
            ("\"patch.groups\",", ""),
            ("\"delete.groups\", ", ""),
            ("\"filter.groups\", ", ""),
        ],
    },
    ReducedEndpoint {
        id: "custom-type-alone",
        what: "there are neither users nor groups, but a resource type of its own",
        breaks: &[],
        changes: &[
            ("max_results = 200", "max_results = 200\nwithout_resource_types = [\"User\", \"Group\"]"),
            (
                "\"create.users\", \"create.groups\", \"replace.users\", \"replace.groups\", \"patch.users\", \"patch.groups\",",
                "",
            ),
            ("\"delete.users\", \"delete.groups\", \"filter.users\", \"filter.groups\", ", ""),
            ("\"me\", ", ""),
            (", \"change-password\"", ""),
            (
                "user_extensions = [\n    \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\",\n    \
                 \"urn:example:params:scim:schemas:extension:gauge:2.0:User\",\n]\n",
                "",
            ),
        ],
    },
];

impl ReducedEndpoint {
    /// Its target file.
    pub fn target_file(&self) -> String {
        self.changes.iter().fold(PROOF.to_owned(), |text, (from, to)| text.replacen(from, to, 1))
    }
}

/// The deviations that cannot show on an endpoint that offers less, each with the reason: endpoint, deviation, because.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReducedRecord(BTreeMap<(String, String), String>);

impl ReducedRecord {
    /// The record that this binary was built with.
    ///
    /// # Errors
    /// A line that has not three columns.
    pub fn compiled_in() -> Result<Self, RecordError> {
        let mut rows = BTreeMap::new();
        for (index, line) in RECORDED.lines().enumerate().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [endpoint, deviation, because] = columns[..] else { return Err(RecordError { line: index + 1 }) };
            rows.insert((endpoint.to_owned(), deviation.to_owned()), because.to_owned());
        }
        Ok(Self(rows))
    }

    /// Adds what cannot show on `endpoint`, by a proof there.
    pub fn add(&mut self, endpoint: &ReducedEndpoint, proof: &Proof) {
        let hidden = proof.trials.iter().filter_map(|trial| Some((trial.deviation.id, trial.hiding.as_ref()?)));
        let row = |(deviation, hiding): (&str, &HiddenReason)| {
            ((endpoint.id.to_owned(), deviation.to_owned()), hiding.to_string())
        };
        self.0.extend(hidden.map(row));
    }

    fn because(&self, endpoint: &ReducedEndpoint, deviation: &str) -> Option<&str> {
        self.0.get(&(endpoint.id.to_owned(), deviation.to_owned())).map(String::as_str)
    }

    /// How many deviations cannot show on `endpoint`.
    pub fn count(&self, endpoint: &ReducedEndpoint) -> usize {
        self.0.keys().filter(|(own, _)| own == endpoint.id).count()
    }
}

impl std::fmt::Display for ReducedRecord {
    /// The file's text: sorted, a line a pair.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = format!("{HEADER}\n");
        for ((endpoint, deviation), because) in &self.0 {
            writeln!(text, "{endpoint}\t{deviation}\t{because}")?;
        }
        f.write_str(&text)
    }
}

/// What is wrong with a proof on an endpoint that offers less: an accusation of the endpoint as it is, a deviation that nothing
/// notices although what it takes is there, and one about which the record says something else.
pub fn judge_reduced(endpoint: &ReducedEndpoint, proof: &Proof, record: &ReducedRecord) -> Vec<Complaint> {
    let is_known = |check: &str| {
        let own = assertion::find(parts_of_name(check).0);
        own.is_some_and(|own| own.requirements().iter().any(|id| endpoint.breaks.contains(id)))
    };
    let mut complaints = judge(proof, None);
    complaints.retain(|complaint| match complaint {
        Complaint::FalseAlarm { check, .. } => !is_known(check),
        // The names that a report has to give are those of the whole endpoint.
        Complaint::Misnamed { .. } | Complaint::NamedAfterAll { .. } => false,
        _ => true,
    });
    complaints.extend(proof.trials.iter().filter_map(|trial| {
        let deviation = trial.deviation.id;
        let found = trial.hiding.as_ref().map(HiddenReason::to_string);
        let recorded = record.because(endpoint, deviation);
        let word = |text: Option<&str>| text.unwrap_or("shows").to_owned();
        (recorded != found.as_deref()).then(|| Complaint::DiffersWhereReduced {
            endpoint: endpoint.id,
            deviation,
            recorded: word(recorded),
            found: word(found.as_deref()),
        })
    }));
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_that_offers_less_is_a_target_and_differs_from_the_whole_one() {
        for endpoint in &REDUCED {
            for (from, _) in endpoint.changes {
                assert!(PROOF.contains(from), "{}: {from}", endpoint.id);
            }
            let text = endpoint.target_file();
            let target = weir_server::Target::parse(endpoint.id, &text).unwrap_or_else(|error| panic!("{error}"));
            assert_ne!(text, PROOF, "{}", target.name);
        }
    }
}
