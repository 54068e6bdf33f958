//! Deviations: named ways in which an endpoint departs from the RFC's full reading, one record each.
//!
//! # How to write one
//!
//! A record stands in a file of `topic/`, in the order of ids; `topic::TOPICS` says which file takes which ids, by their
//! first word. Nothing else in the tree changes: the engine knows the five kinds of [`Seam`] and no deviation by name.
//!
//! ```ignore
//! Deviation::new("list.without-urn", "lists have no schemas")
//!     .breaks(&["RFC7644-3.4.2-08"])          // or .permitted("why the RFC lets it"); one of them must stand
//!     .seen(&["https://example.com/report"])  // where it was seen, when it was
//!     .when(|head, _| has(head, "filter"))    // the answers that it concerns; requests: .given(|incoming| …)
//!     .answer(&EditList(|list| drop(list.shift_remove("schemas")))),
//! ```
//!
//! The last method names the seam: `answer`, `request`, `store` and `rules` take a ready part of `part/` or a function;
//! `answer_with`, `request_with`, `store_with`, `exchange_with` and `connection_with` make one for each endpoint, for what
//! has a state or takes a `.parameter(…)`. Prefer `.when(…)` with a small part to a part that decides for itself. Code
//! that two records need is a part (when topics share it) or a function below the records (when one topic does). A
//! deviation of more than some thirty lines gets a file of its own beside its topic (`topic/auth/…`), and its record
//! stays in the topic.

mod activation;
pub mod part;
mod record;
pub mod seam;
mod topic;

#[cfg(test)]
mod tests;

pub use activation::{Activation, ActivationError};
pub use record::{Breaks, Deviation, Parameter};
pub use seam::Seam;

use std::sync::LazyLock;

pub mod asked;
pub mod modified;
pub mod operations;
pub mod rewriting;
pub mod shown;
use part::{delayed, meeting};

macro_rules! deviations {
    ($($module:ident,)*) => {
        $(mod $module;)*

        static SINGLE: &[&Deviation] = &[$(&$module::DEVIATION,)*];
    };
}

deviations! {
    attributes_unknown_breaks,
    body_broken_500,
    body_members_in_order,
    boolean_as_text,
    case_lowered,
    changes_third_lost,
    concurrency_created_late,
    concurrency_deletion_undone,
    concurrency_name_checked_early,
    concurrency_update_lost,
    concurrency_version_checked_early,
    core_below_urn,
    create_answer_with_defaults,
    create_display_name_demanded,
    create_domains_verified,
    create_external_id_demanded,
    create_id_from_client,
    create_members_lost,
    create_no_location,
    create_status_200,
    delete_disables,
    delete_keeps_name,
    delete_lags,
    delete_members_500,
    delete_soft,
    delete_unknown_succeeds,
    delete_with_body,
    emails_primary_demanded,
    encoding_latin_1,
    errors_as_200,
    errors_further_members,
    errors_markup,
    errors_schema_altered,
    errors_status_number,
    errors_without_body,
    errors_words_confused,
    extension_flattened,
    external_id_dropped,
    external_id_invented,
    features_unsupported_500,
    groups_delete_refused,
    groups_deleted_with_member,
    groups_empty_refused,
    groups_first_members_only,
    groups_list_missing,
    groups_member_value_is_uri,
    groups_members_are_users,
    groups_members_never_shown,
    groups_members_per_request,
    groups_patch_in_portions,
    groups_reference_compared,
    groups_reference_without_type,
    groups_replace_members_refused,
    groups_returning_member_lost,
    head_not_found,
    hostile_bodies_500,
    id_is_external_id,
    id_missing_in_lists,
    id_reassigned,
    ids_malformed_500,
    immutable_changed,
    ims_services_closed,
    integer_with_fraction,
    list_no_match_404,
    locale_region_refused,
    manager_first_of_several,
    media_type_accept_compared,
    media_type_charset_refused,
    media_type_json_refused,
    media_type_others_break,
    media_type_plain_json,
    methods_accepted,
    name_formatted_flat,
    names_case_sensitive,
    null_as_text,
    parameters_blanks_refused,
    parameters_unknown_refused,
    password_change_refused,
    password_change_unannounced,
    password_filterable,
    password_on_request,
    password_shown,
    password_sortable,
    password_weak_500,
    paths_lower_case_accepted,
    phone_numbers_digits_only,
    primary_everywhere,
    put_answer_before,
    put_changes_id,
    put_creates,
    put_deactivates,
    put_merges,
    put_merges_lists,
    put_null_ignored,
    put_read_only_refused,
    put_refused,
    query_decoded_in_part,
    read_answer_delayed,
    read_any_type,
    read_attribute_lost,
    read_unknown_as_empty_list,
    requests_user_agent_demanded,
    required_made_up,
    schemas_by_endpoint_name,
    schemas_empty,
    schemas_extension_missing,
    schemas_first_is_base,
    schemas_foreign,
    schemas_not_read,
    schemas_password_readable,
    schemas_repeated,
    sensitive_status_differs,
    types_wrong_dropped,
    uniqueness_as_400,
    uniqueness_case_sensitive,
    uniqueness_not_enforced,
    users_group_type_unknown,
    users_groups_by_name,
    users_inactive_hidden,
    users_inactive_obfuscated,
    values_one_only,
    values_repeated,
    version_left_out_differs,
    version_not_in_locations,
    version_unknown_served,
}

/// Every deviation, in the order of their ids.
#[must_use]
pub fn all() -> &'static [&'static Deviation] {
    static ALL: LazyLock<Vec<&'static Deviation>> = LazyLock::new(|| {
        let topics = topic::TOPICS.iter().flat_map(|topic| topic.deviations);
        let mut all: Vec<&Deviation> = topics.chain(SINGLE.iter().copied()).collect();
        all.sort_by_key(|deviation| deviation.id);
        all
    });
    &ALL
}

/// A deviation by its id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Deviation> {
    all().iter().copied().find(|deviation| deviation.id == id)
}
