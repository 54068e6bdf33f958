//! Why nothing notices a deviation where an endpoint offers less, or where it acts on one resource type alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use weir_catalog::{On, checks};
use weir_judge::{Verdict, full_name, parts_of_name};

use super::{Record, Verdicts};

/// Reasons that the record repeats.
const REASONS: usize = 3;

/// Why a deviation cannot show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HiddenReason {
    /// Every check that notices it elsewhere could not be asked, for these reasons.
    NotOffered(BTreeSet<String>),
    /// The endpoint refuses to switch it on.
    NotThere(String),
    /// No answer is another than without it: what it acts on is not there.
    NoAnswerDiffers,
}

impl fmt::Display for HiddenReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOffered(reasons) => {
                let shown: Vec<&str> = reasons.iter().map(String::as_str).take(REASONS).collect();
                f.write_str(&shown.join("; "))?;
                match reasons.len().saturating_sub(REASONS) {
                    0 => Ok(()),
                    more => write!(f, "; and {more} more"),
                }
            }
            Self::NotThere(reason) => f.write_str(reason),
            Self::NoAnswerDiffers => f.write_str("no answer is another than without it"),
        }
    }
}

/// Why the checks `names`, which notice a deviation elsewhere, came to nothing: each was skipped, notes that what it asks is open, or has
/// no finding. `lookup` gives a check's verdict with its reason, and `not_run` why it has none.
///
/// # Errors
/// Those that were asked and passed.
pub(super) fn silence<'n>(
    names: impl Iterator<Item = &'n str>,
    lookup: impl Fn(&str) -> Option<(Verdict, String)>,
    not_run: impl Fn(&str) -> String,
) -> Result<BTreeSet<String>, Vec<String>> {
    let mut reasons = BTreeSet::new();
    let mut asked = Vec::new();
    for name in names {
        match lookup(name) {
            Some((Verdict::Skip | Verdict::Blocked | Verdict::Note, reason)) => {
                reasons.insert(reason);
            }
            Some(_) => asked.push(name.to_owned()),
            None => {
                reasons.insert(not_run(name));
            }
        }
    }
    if asked.is_empty() { Ok(reasons) } else { Err(asked) }
}

/// Why the checks that notice `deviation` in the record came to nothing: each was skipped, or does not run there. `None` if one of
/// them was asked and passed.
pub(super) fn by_offers(
    deviation: &str,
    record: &Record,
    verdicts: &Verdicts,
    reasons: &BTreeMap<String, String>,
    limit: Option<&str>,
) -> Option<HiddenReason> {
    let lookup = |name: &str| {
        let here = match (parts_of_name(name), limit) {
            ((id, Some(_)), Some(limit)) => full_name(id, limit),
            _ => name.to_owned(),
        };
        let verdict = *verdicts.get(&here)?;
        Some((verdict, reasons.get(&here).cloned().unwrap_or_else(|| format!("{here} notes that it is open"))))
    };
    let names = record.of(deviation).map(|(name, _)| name);
    let found = silence(names, lookup, |name| not_run(name, limit)).ok()?;
    (!found.is_empty()).then_some(HiddenReason::NotOffered(found))
}

/// Why a check has no finding at all.
pub(super) fn not_run(name: &str, limit: Option<&str>) -> String {
    let (id, subject) = parts_of_name(name);
    match checks::find(id).map(|check| check.on) {
        Some(On::Only(kind, reason)) if limit.is_some_and(|limit| limit != kind) => {
            format!("{id} is about {kind} alone: {reason}")
        }
        _ => match subject {
            Some(subject) => format!("there is no resource type {subject}"),
            None => format!("{id} was not run"),
        },
    }
}
