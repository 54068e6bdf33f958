//! The first rung of a ladder: the checks that a new endpoint passes before any other, in the order in which a client needs them.

/// The word that selects them.
pub const ESSENTIALS: &str = "essentials";

/// The ids of checks and rules, what a client needs first in front.
const IDS: &[&str] = &[
    // Connect.
    "discovery.documents",
    "discovery.first-requests",
    "auth.missing-credentials",
    "auth.wrong-token",
    "auth.connection-test",
    // Create.
    "create.resource",
    "create.location",
    "create.found-at-once",
    "create.duplicate-user-name",
    "create.required-missing",
    // Read, find, page.
    "read.resource",
    "read.unknown",
    "read.list",
    "filter.user-name",
    "filter.no-match",
    "index-paging.walk",
    "index-paging.count-zero",
    // Update.
    "replace.resource",
    "replace.omitted",
    "patch.supported",
    "patch.replace",
    "patch.add-value",
    "patch.remove",
    // Deactivate, delete.
    "patch.deactivate",
    "patch.inactive-is-found",
    "delete.resource",
    "delete.later-operations",
    // Groups and their members.
    "groups.created-with-members",
    "patch.group-add-member",
    "patch.group-remove-member",
    "groups.deleted-group",
    // Errors that are errors.
    "errors.broken-json",
    "errors.unknown-resource",
    // What each answer has.
    "answers.media-type",
    "answers.json",
    "answers.server-error",
    "answers.success-status",
    "answers.error-schema",
    "lists.total",
    "lists.resources",
    "resources.id",
    "resources.schemas",
    "secrets.not-shown",
];

/// The place of a check or rule among the essentials, if it is one.
pub fn place(id: &str) -> Option<usize> {
    IDS.iter().position(|own| *own == id)
}

/// The ids of all essentials, in their order.
pub fn ids() -> impl Iterator<Item = &'static str> {
    IDS.iter().copied()
}

#[cfg(test)]
mod tests {
    use weir_judge::Weight;

    use super::*;
    use crate::assertion;

    #[test]
    fn every_essential_is_a_check_or_rule_that_every_client_needs() {
        for id in ids() {
            assert!(assertion::find(id).is_some_and(|known| known.id() == id), "{id} is not a check or rule");
            assert_eq!(Weight::of(id), Weight::EveryClient, "{id}");
        }
    }
}
