//! What a run will do: each selected check is run, or skipped with the reason.

use scim::capability::Capability;

use crate::check::Check;
use crate::checks;
use crate::discovery::Discovery;

/// Which checks are asked for, by prefixes of their ids.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// All if empty.
    pub only: Vec<String>,
    pub skip: Vec<String>,
    /// The checks that are run on request only, too. Naming them in `only` asks for them as well.
    pub scale: bool,
}

/// A prefix that selects nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no check begins with {prefix:?}; `weir list checks` shows all ids, which begin with one of {topics}")]
pub struct UnknownPrefix {
    pub prefix: String,
    topics: String,
}

/// What becomes of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Run,
    /// With the reason.
    Skip(String),
}

/// One check of the plan.
#[derive(Clone)]
pub struct PlannedCheck {
    pub check: &'static Check,
    pub decision: Decision,
}

/// Whether the id is the prefix, or goes on with a further segment or part of a word: `patch`, `patch.group`.
fn begins(id: &str, prefix: &str) -> bool {
    id.starts_with(prefix)
}

/// The checks that are asked for, in the order of the catalogue.
pub fn select(selection: &Selection) -> Result<Vec<&'static Check>, UnknownPrefix> {
    for prefix in selection.only.iter().chain(&selection.skip) {
        if !checks::all().any(|check| begins(check.id, prefix)) {
            let topics = checks::topics().collect::<Vec<_>>().join(", ");
            return Err(UnknownPrefix { prefix: prefix.clone(), topics });
        }
    }
    Ok(checks::all()
        .filter(|check| {
            !check.is_opt_in() || selection.scale || selection.only.iter().any(|prefix| begins(check.id, prefix))
        })
        .filter(|check| selection.only.is_empty() || selection.only.iter().any(|prefix| begins(check.id, prefix)))
        .filter(|check| !selection.skip.iter().any(|prefix| begins(check.id, prefix)))
        .collect())
}

/// What a check needs if it writes.
const WRITING: [Capability; 8] = [
    Capability::CreateUsers,
    Capability::CreateGroups,
    Capability::ReplaceUsers,
    Capability::ReplaceGroups,
    Capability::PatchUsers,
    Capability::PatchGroups,
    Capability::DeleteUsers,
    Capability::DeleteGroups,
];

/// Decides for each check whether the endpoint offers what it needs, and whether the run may do what it does.
pub fn plan(checks: Vec<&'static Check>, discovery: &Discovery, read_only: bool) -> Vec<PlannedCheck> {
    checks
        .into_iter()
        .map(|check| {
            let missing: Vec<_> = check
                .needs
                .iter()
                .map(|capability| discovery.offer(*capability))
                .filter(|offer| !offer.offered)
                .map(|offer| format!("{} ({})", offer.capability, offer.provenance.as_str()))
                .collect();
            let decision = if read_only && check.needs.iter().any(|capability| WRITING.contains(capability)) {
                Decision::Skip("the run is read-only".into())
            } else if missing.is_empty() {
                Decision::Run
            } else {
                Decision::Skip(format!("the endpoint does not offer {}", missing.join(", ")))
            };
            PlannedCheck { check, decision }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>, UnknownPrefix> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let selection = Selection { only: owned(only), skip: owned(skip), scale: false };
        Ok(select(&selection)?.into_iter().map(|check| check.id).collect())
    }

    #[test]
    fn prefixes_select_and_deselect() {
        let asked_for = checks::all().filter(|check| !check.is_opt_in()).count();
        assert_eq!(ids(&[], &[]).unwrap().len(), asked_for);
        assert!(!ids(&["scale"], &[]).unwrap().is_empty());
        assert_eq!(ids(&["delete.user"], &[]).unwrap(), ["delete.user"]);
        let patch = ids(&["patch"], &["patch.group"]).unwrap();
        assert!(!patch.is_empty() && patch.iter().all(|id| id.starts_with("patch.") && !id.starts_with("patch.group")));
    }

    #[test]
    fn a_prefix_of_nothing_is_an_error_that_names_the_topics() {
        let message = ids(&["pach"], &[]).unwrap_err().to_string();
        assert!(message.contains("\"pach\"") && message.contains("patch, "), "{message}");
    }
}
