//! `fixtures/proof.tsv`: which checks notice which deviation. It is kept so that a change of the matrix is seen in review.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Proof;

/// The matrix as it was written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record(BTreeMap<String, BTreeMap<String, String>>);

/// A line of the record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line}: expected three columns, deviation, check and verdict, divided by tabs; write the file anew with --write"
)]
pub struct RecordError {
    pub line: usize,
}

const HEADER: &str = "deviation\tcheck\tverdict";
const RECORDED: &str = include_str!("../../../../fixtures/proof.tsv");

impl Record {
    /// The record that this binary was built with.
    pub fn compiled_in() -> Result<Self, RecordError> {
        Self::parse(RECORDED)
    }

    /// Reads a record.
    pub fn parse(text: &str) -> Result<Self, RecordError> {
        let mut rows: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (index, line) in text.lines().enumerate().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [deviation, check, verdict] = columns[..] else { return Err(RecordError { line: index + 1 }) };
            rows.entry(deviation.into()).or_default().insert(check.into(), verdict.into());
        }
        Ok(Self(rows))
    }

    /// The record of a complete proof.
    pub fn of_proof(proof: &Proof) -> Self {
        let rows = proof.trials.iter().map(|trial| {
            let checks = trial.noticed().map(|(check, verdict)| (check.to_owned(), verdict.as_str().to_owned()));
            (trial.deviation.id.to_owned(), checks.collect())
        });
        Self(rows.collect())
    }

    /// What noticed `deviation`: check and verdict.
    pub fn of<'r>(&'r self, deviation: &str) -> impl Iterator<Item = (&'r str, &'r str)> + use<'r> {
        self.0.get(deviation).into_iter().flatten().map(|(check, verdict)| (check.as_str(), verdict.as_str()))
    }

    /// How many pairs of deviation and check there are.
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Display for Record {
    /// The file's text: sorted, a line a pair.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = format!("{HEADER}\n");
        for (deviation, checks) in &self.0 {
            for (check, verdict) in checks {
                writeln!(text, "{deviation}\t{check}\t{verdict}")?;
            }
        }
        f.write_str(&text)
    }
}
