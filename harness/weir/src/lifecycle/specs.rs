//! The steps of a client's life with an endpoint.

use super::step::StepSpec;

pub(super) const CONNECT: StepSpec = StepSpec {
    id: "connect",
    title: "right credentials connect, wrong ones do not",
    requirements: &["RFC7644-2-04", "RFC7644-2-08"],
    legal: &["the right credentials are answered with 200", "the wrong ones with 401, or 403"],
};

pub(super) const REFRESH_FIELDS: StepSpec = StepSpec {
    id: "refresh-fields",
    title: "the endpoint's schemas give the fields of the mapping page",
    requirements: &["RFC7644-4-03"],
    legal: &["GET /Schemas is answered with 200 and a list of all schemas"],
};

pub(super) const FIRST_CYCLE: StepSpec = StepSpec {
    id: "first-cycle",
    title: "the first cycle creates every user, then every group with its members",
    requirements: &["RFC7644-3.3-07", "RFC7644-3.3-19", "RFC7644-3.5.2.1-07"],
    legal: &["every user and group is there, with what was sent"],
};

pub(super) const UNCHANGED: StepSpec = StepSpec {
    id: "unchanged-cycle",
    title: "a cycle without changes writes nothing",
    requirements: &["RFC7644-3.4.1-01"],
    legal: &["nothing is written, and everything is as it was"],
};

pub(super) const RELINK: StepSpec = StepSpec {
    id: "relink",
    title: "a provisioner that forgot everything finds every user and group again",
    requirements: &["RFC7644-3.4.2.2-04", "RFC7644-3.3-12"],
    legal: &["each user is found by userName and each group by name, and nothing is doubled"],
};

pub(super) const JOINER: StepSpec = StepSpec {
    id: "joiner",
    title: "who joins gets an account, and a place in a group",
    requirements: &["RFC7644-3.3-07", "RFC7644-3.3-19", "RFC7644-3.5.2.1-07"],
    legal: &["the new users are there, active, with what was sent"],
};

pub(super) const MOVER: StepSpec = StepSpec {
    id: "mover",
    title: "changed attributes travel by PUT, members and a group's name by PATCH",
    requirements: &["RFC7644-3.5.1-04", "RFC7644-3.5.2.1-07", "RFC7644-3.5.2.2-04", "RFC7644-3.5.2.3-02"],
    legal: &["the users have the new values and keep the others", "the groups have the new members and name"],
};

pub(super) const DISABLE: StepSpec = StepSpec {
    id: "disable",
    title: "who is disabled in the source is disabled in the target",
    requirements: &["RFC7644-3.5.1-04"],
    legal: &["the user is there with active false, and keeps everything else"],
};

pub(super) const ENABLE: StepSpec = StepSpec {
    id: "enable",
    title: "who is enabled again is active again",
    requirements: &["RFC7644-3.5.1-04"],
    legal: &["the user is there with active true"],
};

pub(super) const LEAVER_DISABLE: StepSpec = StepSpec {
    id: "leaver.disable",
    title: "who leaves is disabled (Remove User Action is Disable)",
    requirements: &["RFC7644-3.5.1-04", "RFC7644-3.5.2.2-04"],
    legal: &["the user is there with active false and is in no group of the source", "a deleted group is gone"],
};

pub(super) const LEAVER_DELETE: StepSpec = StepSpec {
    id: "leaver.delete",
    title: "who leaves is deleted (Remove User Action is Delete)",
    requirements: &["RFC7644-3.6-02", "RFC7644-3.6-03", "RFC7644-3.6-06"],
    legal: &["the user is gone"],
};

pub(super) const GROUP_CREATE: StepSpec = StepSpec {
    id: "group.create",
    title: "a new group is created, its members follow",
    requirements: &["RFC7644-3.3-07", "RFC7644-3.3-19", "RFC7644-3.5.2.1-07"],
    legal: &["the group is there with its members"],
};

pub(super) const GROUP_MEMBERS: StepSpec = StepSpec {
    id: "group.members",
    title: "members are added and removed by PATCH",
    requirements: &["RFC7644-3.5.2.1-07", "RFC7644-3.5.2.2-04"],
    legal: &["the group has exactly the members of the source"],
};

pub(super) const GROUP_RENAME: StepSpec = StepSpec {
    id: "group.rename",
    title: "a renamed group keeps its members",
    requirements: &["RFC7644-3.5.2.3-02"],
    legal: &["the group has the new name and the same members"],
};

pub(super) const GROUP_DELETE: StepSpec = StepSpec {
    id: "group.delete",
    title: "a group that leaves the source is deleted, its members stay",
    requirements: &["RFC7644-3.6-02", "RFC7644-3.6-03"],
    legal: &["the group is gone, and every other member is there"],
};

pub(super) const GROUP_FALLBACK: StepSpec = StepSpec {
    id: "group.fallback",
    title: "without a group filter, groups are listed and found by name",
    requirements: &["RFC7644-3.4.2-07", "RFC7644-3.4.2.4-15"],
    legal: &["each group is found in the list of all groups, and none is doubled"],
};

pub(super) const LOST_ANSWER: StepSpec = StepSpec {
    id: "lost-answer",
    title: "after a lost answer the next cycle links what was created",
    requirements: &["RFC7644-3.4.2.2-04", "RFC7644-3.3-19"],
    legal: &["the user is there once, with what was sent"],
};

/// What the ids of the steps that are about one application of a target begin with.
pub(super) const APPLICATION: &str = "application.";

/// Every step with a fixed id.
pub(super) const ALL: &[StepSpec] = &[
    CONNECT,
    REFRESH_FIELDS,
    FIRST_CYCLE,
    UNCHANGED,
    RELINK,
    JOINER,
    MOVER,
    DISABLE,
    ENABLE,
    LEAVER_DISABLE,
    LEAVER_DELETE,
    GROUP_CREATE,
    GROUP_MEMBERS,
    GROUP_RENAME,
    GROUP_DELETE,
    GROUP_FALLBACK,
    LOST_ANSWER,
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn steps_have_ids_of_their_own_and_cite_requirements_that_exist() {
        let mut ids: Vec<&str> = ALL.iter().map(|spec| spec.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
        for spec in ALL {
            assert!(!spec.requirements.is_empty() && !spec.legal.is_empty(), "{}", spec.id);
            for id in spec.requirements {
                assert!(scim::requirement::find(id).is_some(), "{}: {id}", spec.id);
            }
        }
    }
}
