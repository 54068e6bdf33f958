//! What a run will do: each selected check is run, or skipped with the reason.

use scim::capability::Capability;
use weir_files::pattern::{Catalogue, Pattern, PatternError};

use crate::check::{Check, On};
use crate::checks;
use crate::data::USER;
use crate::discovery::Discovery;

/// Which checks are asked for: whole ids, topics, or patterns with asterisks ([`Pattern`]).
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// All if empty.
    pub only: Vec<String>,
    pub skip: Vec<String>,
    /// The checks that are run on request only, too. Naming them in `only` asks for them as well.
    pub scale: bool,
}

/// The checks as a person selects them.
const CHECKS: Catalogue = Catalogue { one: "check", many: "checks", command: "weir list checks" };

/// Reads what selects checks: a whole id, a topic, or a pattern with asterisks.
pub fn pattern(text: &str) -> Result<Pattern, PatternError> {
    Pattern::read(text, &CHECKS, checks::all().map(|check| check.id))
}

/// Sees to it that at least one check has the id, or one that begins with it.
pub fn check_beginning(text: &str) -> Result<(), PatternError> {
    Pattern::check_beginning(text, &CHECKS, checks::all().map(|check| check.id))
}

/// What becomes of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Run,
    /// With the reason.
    Skip(String),
    /// With the bound of the run that it would exceed.
    Blocked(String),
}

/// One check of the plan.
#[derive(Clone)]
pub struct PlannedCheck {
    pub check: &'static Check,
    pub decision: Decision,
}

/// The checks that are asked for, in the order of the catalogue.
pub fn select(selection: &Selection) -> Result<Vec<&'static Check>, PatternError> {
    let read = |texts: &[String]| texts.iter().map(|text| pattern(text)).collect::<Result<Vec<_>, _>>();
    let (only, skip) = (read(&selection.only)?, read(&selection.skip)?);
    let is_named = |check: &Check| only.iter().any(|pattern| pattern.matches(check.id));
    Ok(checks::all()
        .filter(|check| !check.is_opt_in() || selection.scale || is_named(check))
        .filter(|check| only.is_empty() || is_named(check))
        .filter(|check| !skip.iter().any(|pattern| pattern.matches(check.id)))
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
            } else if let Some(fault) =
                check.needs.iter().find_map(|capability| kept_by_a_fault(*capability, discovery))
            {
                Decision::Skip(fault)
            } else if !missing.is_empty() {
                Decision::Skip(format!("the endpoint does not offer {}", missing.join(", ")))
            } else if let Some(reason) = without_its_subject(check, discovery) {
                Decision::Skip(reason)
            } else if let Some(reason) = left_out(check, discovery) {
                Decision::Blocked(reason)
            } else {
                Decision::Run
            };
            PlannedCheck { check, decision }
        })
        .collect()
}

/// What is wrong with discovery, or with the answer to a probe, so that nothing is known of `capability`.
fn kept_by_a_fault(capability: Capability, discovery: &Discovery) -> Option<String> {
    if discovery.is_broken(capability) {
        return Some(format!("{capability} cannot be read, which `discovery.documents` judges"));
    }
    let came = discovery.unknown(capability).filter(|_| !discovery.offers(capability))?;
    Some(format!(
        "it is not known whether the endpoint offers {capability}: {came}, which `discovery.first-requests` judges"
    ))
}

/// How many checks of a plan a fault of discovery keeps from running.
pub fn kept_from_running(plan: &[PlannedCheck], discovery: &Discovery) -> usize {
    let is_kept = |planned: &&PlannedCheck| {
        matches!(planned.decision, Decision::Skip(_))
            && planned.check.needs.iter().any(|capability| kept_by_a_fault(*capability, discovery).is_some())
    };
    plan.iter().filter(is_kept).count()
}

/// Why a check that runs on users alone finds none that it knows: it takes its attributes from the core schema.
fn without_its_subject(check: &Check, discovery: &Discovery) -> Option<String> {
    // What is patched are attributes of the core schema.
    if !matches!(check.on, On::Only("User", _)) && !check.needs.contains(&Capability::PatchUsers) {
        return None;
    }
    discovery.lacks_type("/Users").or_else(|| {
        let other = discovery.resource_type("/Users").filter(|kind| !kind.schema.eq_ignore_ascii_case(USER))?;
        Some(format!("User has no core schema: /ResourceTypes names {}", other.schema))
    })
}

/// Why a check that is about whole lists of discovery cannot look at them, if so.
fn left_out(check: &Check, discovery: &Discovery) -> Option<String> {
    let is_about_lists = matches!(check.topic(), "discovery" | "schema");
    check.needs.iter().filter(|_| is_about_lists).find_map(|capability| discovery.left_out(*capability))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>, PatternError> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let selection = Selection { only: owned(only), skip: owned(skip), scale: false };
        Ok(select(&selection)?.into_iter().map(|check| check.id).collect())
    }

    #[test]
    fn topics_ids_and_patterns_select_and_deselect() {
        let asked_for = checks::all().filter(|check| !check.is_opt_in()).count();
        assert_eq!(ids(&[], &[]).unwrap().len(), asked_for);
        assert!(!ids(&["scale"], &[]).unwrap().is_empty());
        assert_eq!(ids(&["delete.user"], &[]).unwrap(), ["delete.user"]);
        assert_eq!(ids(&["create.user"], &[]).unwrap(), ["create.user"]);
        assert!(!ids(&["create"], &["create.user"]).unwrap().contains(&"create.user"));
        let patch = ids(&["patch"], &["patch.group*"]).unwrap();
        assert!(!patch.is_empty() && patch.iter().all(|id| id.starts_with("patch.") && !id.starts_with("patch.group")));
    }

    #[test]
    fn what_selects_nothing_is_an_error_that_says_what_would() {
        let said = |text| ids(&[text], &[]).unwrap_err().to_string();
        assert_eq!(
            said("pach"),
            "unknown check or topic \"pach\"; did you mean \"patch\"? `weir list checks` shows all"
        );
        let message = said("patch.group");
        assert!(message.starts_with("no check is named \"patch.group\"; `patch.group*` selects "), "{message}");
    }
}
