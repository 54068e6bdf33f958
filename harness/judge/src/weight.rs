//! How many clients need what a check or rule is about.

/// How many clients need what a check or rule is about, what each needs first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Connect, create, read, find, page, update, deactivate, delete, groups and members, errors that are errors.
    EveryClient,
    #[default]
    SomeClients,
    FewClients,
}

use Weight::{EveryClient, FewClients, SomeClients};

/// The weight of each topic of checks and rules.
const TOPICS: [(&str, Weight); 35] = [
    ("answers", EveryClient),
    ("auth", EveryClient),
    ("bulk", FewClients),
    ("bystanders", EveryClient),
    ("common-attributes", SomeClients),
    ("concurrency", SomeClients),
    ("create", EveryClient),
    ("cursor-paging", FewClients),
    ("delete", EveryClient),
    ("discovery", SomeClients),
    ("errors", EveryClient),
    ("etag", SomeClients),
    ("filter", SomeClients),
    ("groups", EveryClient),
    ("index-paging", EveryClient),
    ("internationalization", SomeClients),
    ("lists", EveryClient),
    ("me", FewClients),
    ("media-types", SomeClients),
    ("multi-tenancy", SomeClients),
    ("password", SomeClients),
    ("patch", SomeClients),
    ("projection", SomeClients),
    ("read", EveryClient),
    ("replace", EveryClient),
    ("resources", EveryClient),
    ("round-trip", SomeClients),
    ("scale", FewClients),
    ("schema", SomeClients),
    ("search", FewClients),
    ("secrets", EveryClient),
    ("security", SomeClients),
    ("sort", SomeClients),
    ("stateful", SomeClients),
    ("values", SomeClients),
];

/// The checks and rules that more or fewer clients need than the rest of their topic.
const EXCEPTIONS: &[(&str, Weight)] = &[
    ("answers.etag", SomeClients),
    ("bulk.all-reported", SomeClients),
    ("bulk.failure-contained", SomeClients),
    ("common-attributes.core-at-top", EveryClient),
    ("common-attributes.external-id", EveryClient),
    ("common-attributes.id", EveryClient),
    ("common-attributes.id-stable", EveryClient),
    ("concurrency.user-name", EveryClient),
    ("create.core-urn", FewClients),
    ("create.member-order", SomeClients),
    ("create.name-case", SomeClients),
    ("discovery.documents", EveryClient),
    ("discovery.endpoints", EveryClient),
    ("discovery.first-requests", EveryClient),
    ("discovery.patch-as-announced", EveryClient),
    ("errors.path-words", SomeClients),
    ("errors.version-in-locations", FewClients),
    ("filter.eq", EveryClient),
    ("filter.no-match", EveryClient),
    ("filter.user-name", EveryClient),
    ("filter.value-case-ignored", EveryClient),
    ("groups.nested", SomeClients),
    ("groups.reference-version", FewClients),
    ("lists.page", SomeClients),
    ("password.never-shown", EveryClient),
    ("password.published", EveryClient),
    ("patch.add", EveryClient),
    ("patch.add-value", EveryClient),
    ("patch.deactivate", EveryClient),
    ("patch.group-add-member", EveryClient),
    ("patch.group-remove-member", EveryClient),
    ("patch.group-replace-members", EveryClient),
    ("patch.inactive-is-found", EveryClient),
    ("patch.op-case", EveryClient),
    ("patch.remove", EveryClient),
    ("patch.replace", EveryClient),
    ("patch.several-operations", EveryClient),
    ("patch.supported", EveryClient),
    ("read.encoded", FewClients),
    ("read.head", FewClients),
    ("replace.immutable", SomeClients),
    ("replace.projected", SomeClients),
    ("resources.version", SomeClients),
    ("schema.documents", EveryClient),
    ("schema.enterprise-user", EveryClient),
    ("schema.flags", EveryClient),
    ("schema.names", EveryClient),
    ("schema.sub-attributes", EveryClient),
    ("schema.urns", EveryClient),
    ("values.type", EveryClient),
];

impl Weight {
    /// Every weight, the heaviest first.
    pub const ALL: [Self; 3] = [EveryClient, SomeClients, FewClients];

    /// The weight of a check or rule.
    pub fn of(id: &str) -> Self {
        let exception = EXCEPTIONS.iter().find(|(name, _)| *name == id).map(|(_, weight)| *weight);
        exception.or_else(|| Self::of_topic(id.split_once('.').map_or(id, |(topic, _)| topic))).unwrap_or_default()
    }

    /// The weight of a topic, if it has one.
    pub fn of_topic(topic: &str) -> Option<Self> {
        TOPICS.iter().find(|(name, _)| *name == topic).map(|(_, weight)| *weight)
    }

    /// The checks and rules whose weight is not that of their topic.
    pub fn exceptions() -> impl Iterator<Item = &'static str> {
        EXCEPTIONS.iter().map(|(id, _)| *id)
    }

    /// The number used in lists, 1 for the heaviest.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The words used in explanations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EveryClient => "every client needs it",
            Self::SomeClients => "some clients need it",
            Self::FewClients => "few clients need it",
        }
    }
}
