//! The checks that pass in no innocent, with the reason. One that passes after all is a complaint of the proof.

/// Full names, and why they cannot pass.
const EXCEPTED: &[(&str, &str)] = &[
    (
        "discovery.unnamed-extensions",
        "a resource type names each of its extensions (RFC 7643 section 6), so that an endpoint which conforms has no other",
    ),
    (
        "discovery.patch-as-announced[other types]",
        "patch.supported speaks of the resource types of RFC 7643 (section 5), so that the check asks of no other",
    ),
    (
        "filter.client-queries[other types]",
        "the queries of known clients name attributes of User and Group (RFC 7643 section 4), which a type of the endpoint's \
         own does not have",
    ),
];

/// Why the check of this name passes in no innocent, if there is a reason.
pub(super) fn reason(origin: &str) -> Option<&'static str> {
    EXCEPTED.iter().find(|(name, _)| *name == origin).map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use weir_catalog::assertion;
    use weir_judge::parts_of_name;

    use super::*;

    #[test]
    fn what_is_excepted_exists_and_has_a_reason() {
        for (name, reason) in EXCEPTED {
            let id = parts_of_name(name).0;
            assert!(assertion::find(id).is_some_and(|own| own.id() == id), "{name} is neither a check nor a rule");
            assert!(reason.contains(' '), "{name} needs a reason");
        }
    }
}
