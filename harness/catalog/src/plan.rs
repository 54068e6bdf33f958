//! What a run will do: each selected check, on each of its subjects, is run, or skipped with the reason.

use std::sync::Arc;

use scim::capability::{Capability, ResourceOperation};
use weir_judge::{Because, full_name};

use crate::check::{Check, On};
use crate::data::USER;
use crate::discovery::{Discovery, ResourceType};
use crate::selection::SelectedCheck;

/// What becomes of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Run,
    /// With the kind of reason, and the reason.
    Skip(Because, String),
    /// With the bound of the run that it would exceed.
    Blocked(String),
}

/// One check of the plan.
#[derive(Clone)]
pub struct PlannedCheck {
    pub check: &'static Check,
    /// The resource type that it is run on, if it runs on each.
    pub subject: Option<Arc<ResourceType>>,
    pub decision: Decision,
}

impl PlannedCheck {
    /// The check's full name: `id` or `id[Subject]`.
    pub fn name(&self) -> String {
        let subject = self.subject.as_ref();
        subject.map_or_else(|| self.check.id.to_owned(), |subject| full_name(self.check.id, &subject.name))
    }
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

/// Decides for each check, and for each resource type that it runs on, whether the endpoint offers what it needs, and whether
/// the run may do what it does.
pub fn plan(
    selected: impl IntoIterator<Item = impl Into<SelectedCheck>>,
    discovery: &Discovery,
    read_only: bool,
) -> Vec<PlannedCheck> {
    let subjects: Vec<Arc<ResourceType>> = discovery.subjects().map(|kind| Arc::new(kind.clone())).collect();
    let mut planned = Vec::new();
    for selected in selected.into_iter().map(Into::into) {
        let check = selected.check;
        if check.on != On::EveryType {
            planned.push(PlannedCheck { check, subject: None, decision: decide(check, None, discovery, read_only) });
            continue;
        }
        for subject in subjects.iter().filter(|kind| selected.is_on(&kind.name)) {
            let decision = decide(check, Some(subject), discovery, read_only);
            planned.push(PlannedCheck { check, subject: Some(Arc::clone(subject)), decision });
        }
    }
    planned
}

fn decide(check: &Check, subject: Option<&ResourceType>, discovery: &Discovery, read_only: bool) -> Decision {
    let missing: Vec<_> = check
        .needs
        .iter()
        .map(|capability| discovery.offer(*capability))
        .filter(|offer| !offer.offered)
        .map(|offer| format!("{} ({})", offer.capability, offer.provenance.as_str()))
        .chain(subject.into_iter().flat_map(|subject| missing_operations(check, subject, discovery)))
        .collect();
    let writes = check.needs.iter().any(|capability| WRITING.contains(capability))
        || check.operations.iter().any(|operation| *operation != ResourceOperation::Filter);
    if read_only && writes {
        Decision::Skip(Because::Option, "the run is read-only".into())
    } else if let Some(fault) = needed(check, subject).find_map(|capability| kept_by_a_fault(capability, discovery)) {
        Decision::Skip(Because::Published, fault)
    } else if !missing.is_empty() {
        Decision::Skip(Because::Offer, format!("the endpoint does not offer {}", missing.join(", ")))
    } else if let Some(reason) = without_its_subject(check, discovery) {
        Decision::Skip(Because::Published, reason)
    } else if let Some(reason) = left_out(check, discovery) {
        Decision::Blocked(reason)
    } else {
        Decision::Run
    }
}

/// The capabilities that a check needs, those of its subject's operations included.
fn needed(check: &Check, subject: Option<&ResourceType>) -> impl Iterator<Item = Capability> {
    let endpoint = subject.map_or("", |subject| subject.endpoint.as_str());
    let operations = check.operations.iter().filter_map(|operation| operation.at(endpoint));
    check.needs.iter().copied().chain(operations)
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

/// How many checks of a plan a fault of discovery keeps from running; what a check finds unpublished while it runs is not counted.
pub fn kept_from_running(plan: &[PlannedCheck], discovery: &Discovery) -> usize {
    let is_kept = |planned: &&PlannedCheck| {
        matches!(planned.decision, Decision::Skip(..))
            && needed(planned.check, planned.subject.as_deref())
                .any(|capability| kept_by_a_fault(capability, discovery).is_some())
    };
    plan.iter().filter(is_kept).count()
}

fn missing_operations(check: &Check, subject: &ResourceType, discovery: &Discovery) -> Vec<String> {
    let offers = check.operations.iter().map(|operation| (*operation, discovery.operation(*operation, subject)));
    offers
        .filter(|(_, (offered, _))| !offered)
        .map(|(operation, (_, provenance))| {
            format!("{} ({})", full_name(operation.id(), &subject.name), provenance.as_str())
        })
        .collect()
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
