//! Deviations that cannot be switched on together, because one of them could never show.
//!
//! Most of it follows from the records: a deviation that switches a capability off takes the ground from under those that
//! are about it, and the topic of an id says what a deviation is about. What does not follow is a row of [`EXCLUSIVE`].

use std::sync::LazyLock;

use scim::capability::{Capabilities, Capability};

use super::Target;
use crate::deviations::{Activation, Deviation, Seam};
use crate::rules::Rules;

/// Two activations that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{one} and {other} contradict each other: {why}; leave one of them out")]
pub struct Contradiction {
    pub one: String,
    pub other: String,
    pub why: String,
}

/// What two deviations settle in different ways, and those that do.
const EXCLUSIVE: &[(&str, &[&str])] = &[
    ("the body of an Error", &["errors.markup", "errors.without-body"]),
    ("totalResults", &["list.total-of-all", "list.total-of-page"]),
    (
        "itemsPerPage",
        &["paging.items-per-page-of-request", "paging.position-left-out", "paging.items-per-page-of-empty"],
    ),
    (
        "which filters are answered",
        &["filter.ignored", "filter.unsupported-ignored", "filter.forms-only", "filter.others-empty"],
    ),
    ("what a DELETE leaves behind", &["delete.soft", "delete.disables"]),
    ("when a userName is taken", &["uniqueness.not-enforced", "uniqueness.case-sensitive"]),
    ("what a userName that is taken is answered", &["uniqueness.not-enforced", "uniqueness.as-400"]),
    ("the ETag", &["etag.missing", "etag.frozen"]),
    ("the ETag", &["etag.missing", "etag.lower-case-mark"]),
    ("meta.version", &["etag.version-missing", "etag.version-of-time", "meta.version-frozen"]),
    ("meta.location", &["meta.location-of-collection", "meta.location-with-query", "meta.location-relative"]),
    ("the members that a group shows", &["groups.members-never-shown", "groups.first-members-only"]),
    ("the members that a group shows", &["groups.members-never-shown", "groups.members-are-users"]),
    ("the schemas of a resource", &["schemas.empty", "schemas.repeated"]),
    ("the schemas of a resource", &["schemas.empty", "schemas.foreign"]),
    ("the order of a list", &["sort.ignored", "sort.order-ignored", "sort.descending-by-default", "sort.last-value"]),
    ("what add does", &["patch.add-ignored", "patch.add-replaces"]),
    ("what replace does", &["patch.replace-ignored", "patch.replace-adds"]),
    ("what remove does", &["patch.remove-ignored", "patch.remove-empties"]),
    ("what a refused credential is answered", &["auth.refused-as-404", "auth.challenge-missing"]),
    (
        "what the first write is answered",
        &[
            "throttle.retry-after-seconds",
            "throttle.retry-after-date",
            "throttle.retry-after-missing",
            "throttle.retry-after-malformed",
            "throttle.retry-after-zero",
            "throttle.unavailable",
            "throttle.unavailable-silent",
        ],
    ),
];

/// The capabilities that deviations of a topic are about.
const TOPICS: &[(&str, &[Capability])] = &[
    ("patch", &[Capability::PatchUsers, Capability::PatchGroups]),
    ("put", &[Capability::ReplaceUsers, Capability::ReplaceGroups]),
    ("delete", &[Capability::DeleteUsers, Capability::DeleteGroups]),
    ("create", &[Capability::CreateUsers, Capability::CreateGroups]),
    ("filter", &[Capability::FilterUsers, Capability::FilterGroups]),
    ("sort", &[Capability::Sort]),
    ("paging", &[Capability::IndexPaging]),
    ("cursor", &[Capability::CursorPaging]),
    ("search", &[Capability::Search]),
    ("root", &[Capability::RootQuery]),
    ("me", &[Capability::Me]),
    ("etag", &[Capability::Etag]),
    ("bulk", &[Capability::Bulk]),
];

/// Finds the first pair that contradicts each other.
///
/// # Errors
/// The pair, and why it cannot be.
pub(crate) fn check(activations: &[Activation]) -> Result<(), Contradiction> {
    for (position, one) in activations.iter().enumerate() {
        for other in &activations[position + 1..] {
            if let Some(why) = why(one, other).or_else(|| why(other, one)) {
                return Err(Contradiction { one: one.to_string(), other: other.to_string(), why });
            }
        }
    }
    Ok(())
}

fn why(one: &Activation, other: &Activation) -> Option<String> {
    let ids = [one.deviation.id, other.deviation.id];
    let on_two_types =
        one.resource_type.is_some() && other.resource_type.is_some() && one.resource_type != other.resource_type;
    if ids[0] == ids[1] && on_two_types {
        return None;
    }
    if ids[0] == ids[1] {
        return Some("they are the same deviation, and one value counts".to_owned());
    }
    if let Some((what, _)) = EXCLUSIVE.iter().find(|(_, own)| ids.iter().all(|id| own.contains(id))) {
        return Some(format!("both decide {what}"));
    }
    let off = switched_off(one.deviation);
    let subject = subject(other.deviation);
    let takes_part = switched_off(other.deviation).iter().any(|capability| subject.contains(capability));
    if subject.is_empty() || takes_part || !subject.iter().all(|capability| off.contains(capability)) {
        return None;
    }
    let words: Vec<&str> = subject.iter().map(|capability| capability.id()).collect();
    Some(format!("{} switches {} off, so {} could never show", ids[0], words.join(" and "), ids[1]))
}

impl Deviation {
    /// The capabilities without which it cannot show: those that it switches off, and otherwise those that its topic is about. None if it
    /// can show at every endpoint.
    #[must_use]
    pub fn concerns(&self) -> Capabilities {
        if matches!(self.seam, Seam::Rules(_)) {
            return switched_off(self);
        }
        subject(self).iter().copied().collect()
    }

    /// Whether it acts through rules alone, which know the resource types of RFC 7643 and no other.
    #[must_use]
    pub const fn acts_on_rules(&self) -> bool {
        matches!(self.seam, Seam::Rules(_))
    }
}

fn subject(deviation: &Deviation) -> &'static [Capability] {
    let topic = deviation.id.split('.').next().unwrap_or_default();
    TOPICS.iter().find(|(own, _)| *own == topic).map_or(&[], |(_, capabilities)| capabilities)
}

/// What a deviation takes away from an application that offers everything.
fn switched_off(deviation: &Deviation) -> Capabilities {
    static EVERYTHING: LazyLock<Rules> = LazyLock::new(|| {
        let target = Target::rfc();
        target.rules(&target.applications[0])
    });
    let Seam::Rules(change) = deviation.seam else { return Capabilities::new() };
    let mut rules = EVERYTHING.clone();
    change(&mut rules);
    EVERYTHING.capabilities.difference(&rules.capabilities).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(texts: &[&str]) -> String {
        let activations: Vec<Activation> = texts.iter().map(|text| text.parse().unwrap()).collect();
        check(&activations).map_or_else(|error| error.to_string(), |()| "none".to_owned())
    }

    #[test]
    fn a_contradiction_names_both_and_says_why() {
        let all = [
            &["patch.refused", "patch.not-atomic"][..],
            &["put.creates", "list.total-of-page", "put.refused"],
            &["write.answer-lost=first:1", "write.answer-lost=every:3"],
            &["errors.without-body", "errors.markup"],
            &["patch.groups-refused", "patch.not-atomic"],
            &["patch.refused", "patch.groups-refused", "put.merges", "delete.soft"],
        ];
        insta::assert_snapshot!(all.map(problem).join("\n"), @r"
        patch.refused and patch.not-atomic contradict each other: patch.refused switches patch.users and patch.groups off, so patch.not-atomic could never show; leave one of them out
        put.creates and put.refused contradict each other: put.refused switches replace.users and replace.groups off, so put.creates could never show; leave one of them out
        write.answer-lost=first:1 and write.answer-lost=every:3 contradict each other: they are the same deviation, and one value counts; leave one of them out
        errors.without-body and errors.markup contradict each other: both decide the body of an Error; leave one of them out
        none
        none
        ");
    }

    #[test]
    fn every_row_names_deviations_and_refuses_each_pair() {
        for (what, ids) in EXCLUSIVE {
            assert!(ids.len() > 1, "{what}");
            for pair in ids.windows(2) {
                assert!(problem(pair).contains("contradict each other"), "{pair:?}");
            }
        }
        for (topic, _) in TOPICS {
            assert!(crate::deviations::all().iter().any(|deviation| deviation.id.starts_with(topic)), "{topic}");
        }
    }
}
