//! Deviations: named ways in which an endpoint departs from the RFC's full reading, one record in one file each.
//!
//! To add one: a file in this folder, named as its id with `_` for `.` and `-`, that holds one `pub static DEVIATION`, and
//! its name in the list below. Nothing else in the tree changes: the engine knows the five kinds of [`Seam`] and no
//! deviation by name.

use std::fmt;
use std::str::FromStr;

pub mod asked;
mod delayed;
mod discovery_documents;
mod forms;
mod job;
mod meeting;
pub mod modified;
pub mod occurrence;
pub mod operations;
pub mod rewriting;
pub mod seam;
pub mod shown;
mod throttle;

#[cfg(test)]
mod tests;

pub use seam::Seam;

use crate::application::Setup;
use crate::clock::Clock;

macro_rules! deviations {
    ($($module:ident,)*) => {
        $(mod $module;)*

        static ALL: &[&Deviation] = &[$(&$module::DEVIATION,)*];

        /// The files of this folder that hold a deviation.
        #[cfg(test)]
        const FILES: &[&str] = &[$(stringify!($module),)*];
    };
}

deviations! {
    attributes_unknown_breaks,
    auth_anonymous_accepted,
    auth_any_password_accepted,
    auth_any_token_accepted,
    auth_challenge_missing,
    auth_refused_as_404,
    auth_rights_ignored,
    auth_scheme_optional,
    auth_token_in_query,
    body_broken_500,
    body_members_in_order,
    boolean_as_text,
    bulk_bulk_id_missing,
    bulk_creations_first,
    bulk_error_missing,
    bulk_error_unexplained,
    bulk_fail_on_errors_ignored,
    bulk_fail_on_errors_repeated,
    bulk_fails_as_a_whole,
    bulk_failures_as_success,
    bulk_failures_unreported,
    bulk_forward_references_dropped,
    bulk_get_answered,
    bulk_limit_unnamed,
    bulk_limits_missing,
    bulk_location_missing,
    bulk_location_of_failed_post,
    bulk_method_missing,
    bulk_operation_limit_ignored,
    bulk_payload_limit_ignored,
    bulk_post_only,
    bulk_references_dropped,
    bulk_refusals_as_success,
    bulk_request_urn,
    bulk_status_always_200,
    bulk_stops_at_first_error,
    bulk_unannounced,
    bulk_version_before,
    bulk_version_ignored,
    case_lowered,
    changes_third_lost,
    concurrency_created_late,
    concurrency_deletion_undone,
    concurrency_name_checked_early,
    concurrency_update_lost,
    concurrency_version_checked_early,
    config_max_results_too_low,
    config_pagination_as_text,
    core_below_urn,
    create_answer_with_defaults,
    create_display_name_demanded,
    create_domains_verified,
    create_external_id_demanded,
    create_id_from_client,
    create_members_lost,
    create_no_location,
    create_status_200,
    cursor_always_first,
    cursor_answers_cached,
    cursor_attributes_ignored,
    cursor_count_ignored,
    cursor_default_unpublished,
    cursor_filter_ignored_later,
    cursor_forged_fails,
    cursor_invalid_unexplained,
    cursor_lost_by_changes,
    cursor_needs_escapes,
    cursor_negative_count_is_all,
    cursor_next_always,
    cursor_next_missing,
    cursor_order_ignored,
    cursor_page_size_too_low,
    cursor_position_of_start,
    cursor_previous_on_first_page,
    cursor_total_missing,
    delete_disables,
    delete_keeps_name,
    delete_lags,
    delete_members_500,
    delete_soft,
    delete_unknown_succeeds,
    delete_with_body,
    discovery_bare_arrays,
    discovery_config_at_old_path,
    discovery_config_in_list,
    discovery_config_incomplete,
    discovery_core_only,
    discovery_documents_bare,
    discovery_filter_applied,
    discovery_filter_unannounced,
    discovery_flags_as_text,
    discovery_messages_listed,
    discovery_paged,
    discovery_patch_unannounced,
    discovery_says_extension_required,
    discovery_says_max_results,
    discovery_schema_unlisted,
    discovery_schemes_bare,
    discovery_single_wrapped,
    discovery_type_not_served,
    discovery_type_without_name,
    discovery_types_bare,
    discovery_unknown_accepted,
    discovery_writable,
    emails_primary_demanded,
    encoding_latin_1,
    errors_as_200,
    errors_further_members,
    errors_markup,
    errors_schema_altered,
    errors_status_number,
    errors_without_body,
    errors_words_confused,
    etag_any_unknown,
    etag_case_ignored,
    etag_frozen,
    etag_if_match_ignored,
    etag_if_match_ignored_on_delete,
    etag_if_none_match_ignored,
    etag_lower_case_mark,
    etag_missing,
    etag_not_modified_always,
    etag_version_missing,
    etag_version_of_time,
    extension_flattened,
    external_id_dropped,
    external_id_invented,
    features_unsupported_500,
    filter_and_as_or,
    filter_ascii_only,
    filter_bounds_excluded,
    filter_bounds_included,
    filter_broad_refused,
    filter_case_exact_ignored,
    filter_ends_as_parts,
    filter_escapes_not_read,
    filter_extension_not_found,
    filter_forms_only,
    filter_groups_of_users_not_found,
    filter_id_not_found,
    filter_ignored,
    filter_injection,
    filter_meta_not_found,
    filter_name_case_kept,
    filter_ne_as_eq,
    filter_not_ignored,
    filter_operator_case_kept,
    filter_or_first_only,
    filter_order_compared_as_text,
    filter_others_empty,
    filter_others_unfiltered,
    filter_parts_as_equal,
    filter_precedence_ignored,
    filter_present_always,
    filter_schema_prefix_unknown,
    filter_stored_case_kept,
    filter_sub_attribute_ignored,
    filter_unreadable_ignored,
    filter_unsupported_ignored,
    filter_value_path_split,
    filter_zone_ignored,
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
    list_behind,
    list_behind_for,
    list_elements_short,
    list_empty_404,
    list_first_resource_hidden,
    list_lower_case_resources,
    list_no_match_404,
    list_numbers_as_text,
    list_synthetic_without_filter,
    list_total_missing,
    list_total_of_all,
    list_total_of_page,
    list_without_urn,
    locale_region_refused,
    location_proxy_path_lost,
    manager_first_of_several,
    me_fails,
    me_location_missing,
    me_open_to_anonymous,
    media_type_accept_compared,
    media_type_charset_refused,
    media_type_json_refused,
    media_type_others_break,
    media_type_plain_json,
    messages_urns_altered,
    meta_created_from_client,
    meta_last_modified_ahead,
    meta_last_modified_frozen,
    meta_location_of_collection,
    meta_location_relative,
    meta_location_with_query,
    meta_resource_type_of_path,
    meta_resource_type_only,
    meta_time_as_number,
    meta_version_frozen,
    meta_version_mark,
    methods_accepted,
    name_formatted_flat,
    names_case_sensitive,
    null_as_text,
    paging_count_ignored,
    paging_count_zero_is_all,
    paging_items_per_page_of_empty,
    paging_items_per_page_of_request,
    paging_last_page_lost,
    paging_negative_count_is_all,
    paging_past_end_not_found,
    paging_position_left_out,
    paging_start_below_one_refused,
    paging_start_index_ignored,
    paging_zero_based,
    parameters_blanks_refused,
    parameters_unknown_refused,
    password_change_refused,
    password_change_unannounced,
    password_filterable,
    password_on_request,
    password_shown,
    password_sortable,
    password_weak_500,
    patch_add_ignored,
    patch_add_replaces,
    patch_attributes_ignored,
    patch_capital_op_ignored,
    patch_case_sensitive,
    patch_complex_replaced,
    patch_empty_200,
    patch_empty_list_refused,
    patch_excluded_as_attributes,
    patch_failures_hidden,
    patch_filter_ignored,
    patch_first_match_only,
    patch_first_operation_only,
    patch_groups_refused,
    patch_nested_members_accepted,
    patch_no_change_touches,
    patch_not_atomic,
    patch_null_as_text,
    patch_other_values_dropped,
    patch_path_asked_for,
    patch_path_filter_refused,
    patch_primary_kept,
    patch_refused,
    patch_remove_empties,
    patch_remove_ignored,
    patch_replace_adds,
    patch_replace_ignored,
    patch_sub_attribute_widened,
    patch_syntax_error_500,
    patch_unknown_resource_accepted,
    patch_unnamed_cleared,
    patch_update_accepted,
    patch_urn_split,
    patch_value_cut_at_blank,
    paths_lower_case_accepted,
    phone_numbers_digits_only,
    primary_everywhere,
    projection_attributes_ignored,
    projection_case_sensitive,
    projection_excluded_ignored,
    projection_extensions_lost,
    projection_first_name_only,
    projection_id_excluded,
    projection_ignored_in_lists,
    projection_minimum_lost,
    projection_qualified_unknown,
    projection_sub_attributes_unknown,
    projection_writes_whole,
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
    reference_no_uri,
    references_bare_id,
    requests_user_agent_demanded,
    required_made_up,
    root_unknown_attribute_matches,
    root_users_only,
    schema_canonical_as_text,
    schema_extension_repeats_core,
    schema_flags_as_text,
    schema_keywords_quoted,
    schema_names_with_blanks,
    schema_nested_complex,
    schema_references_bare,
    schema_same_for_all,
    schema_says_always,
    schema_says_canonical,
    schema_says_case_exact,
    schema_says_default,
    schema_says_immutable,
    schema_says_integer,
    schema_says_never,
    schema_says_not_unique,
    schema_says_optional,
    schema_says_read_only,
    schema_says_read_write,
    schema_says_request,
    schema_says_required,
    schema_says_single,
    schema_says_unique,
    schema_types_of_its_own,
    schema_urn_in_lower_case,
    schema_without_attributes,
    schemas_by_endpoint_name,
    schemas_empty,
    schemas_extension_missing,
    schemas_first_is_base,
    schemas_foreign,
    schemas_not_read,
    schemas_password_readable,
    schemas_repeated,
    search_everybody_missing,
    search_filter_ignored,
    search_malformed_ignored,
    search_order_ignored,
    search_paging_ignored,
    search_projection_always,
    search_projection_ignored,
    search_taken_for_collection,
    sensitive_status_differs,
    sort_case_kept,
    sort_descending_by_default,
    sort_ignored,
    sort_last_value,
    sort_missing_left_out,
    sort_order_ignored,
    sort_page_by_page,
    sort_unknown_fails,
    sort_unsupported_empty,
    tenants_credentials_shared,
    tenants_external_id_unique,
    tenants_store_shared,
    throttle_after_many,
    throttle_retry_after_date,
    throttle_retry_after_malformed,
    throttle_retry_after_missing,
    throttle_retry_after_seconds,
    throttle_retry_after_zero,
    throttle_unavailable,
    throttle_unavailable_silent,
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
    write_answer_cut,
    write_answer_delayed,
    write_answer_lost,
    write_request_lost,
}

/// What a deviation breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// Ids of the catalogue of requirements.
    Requirements(&'static [&'static str]),
    /// Nothing: the RFC permits it, for the reason given, and clients stumble over it all the same.
    Permitted(&'static str),
}

/// A value that a deviation can be given: `write.answer-lost=every:3`.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// What may be given, and what it means.
    pub meaning: &'static str,
    pub default: &'static str,
    /// Whether a value can be used.
    pub accepts: fn(&str) -> bool,
}

/// One deviation.
#[derive(Debug)]
pub struct Deviation {
    /// `topic.what`
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    pub breaks: Breaks,
    /// Links to where it was seen; empty for one that every network can cause.
    pub seen: &'static [&'static str],
    pub parameter: Option<Parameter>,
    /// Where it sits, and the function that makes it.
    pub seam: Seam,
}

/// Every deviation, in the order of their ids.
#[must_use]
pub fn all() -> &'static [&'static Deviation] {
    ALL
}

/// A deviation by its id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Deviation> {
    ALL.iter().copied().find(|deviation| deviation.id == id)
}

/// A deviation switched on, with its parameter: `ID` or `ID=VALUE`.
#[derive(Clone, Debug)]
pub struct Activation {
    pub deviation: &'static Deviation,
    /// The value given; `None` takes the default.
    pub value: Option<String>,
}

impl Activation {
    /// The deviation with the default of its parameter.
    #[must_use]
    pub const fn new(deviation: &'static Deviation) -> Self {
        Self { deviation, value: None }
    }

    pub(crate) fn setup<'a>(&'a self, clock: &'a Clock, seed: u64) -> Setup<'a> {
        let default = self.deviation.parameter.map_or("", |parameter| parameter.default);
        Setup { clock, seed, value: self.value.as_deref().unwrap_or(default) }
    }
}

/// A text that names no deviation, or gives it a value that it does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} {problem}")]
pub struct ActivationError {
    pub text: String,
    pub problem: String,
}

impl FromStr for Activation {
    type Err = ActivationError;

    fn from_str(text: &str) -> Result<Self, ActivationError> {
        let fail = |problem: String| ActivationError { text: text.to_owned(), problem };
        let (id, value) = text.split_once('=').map_or((text, None), |(id, value)| (id, Some(value)));
        let deviation = find(id).ok_or_else(|| {
            let known: Vec<&str> = ALL.iter().map(|deviation| deviation.id).collect();
            fail(format!("names no deviation; use one of {}", known.join(", ")))
        })?;
        match (value, deviation.parameter) {
            (Some(value), Some(parameter)) if !(parameter.accepts)(value) => {
                Err(fail(format!("has a value that {id} does not take: it takes {}", parameter.meaning)))
            }
            (Some(_), None) => Err(fail(format!("has a value, but {id} takes none; leave out everything from the ="))),
            (value, _) => Ok(Self { deviation, value: value.map(str::to_owned) }),
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.deviation.id)?;
        self.value.as_ref().map_or(Ok(()), |value| write!(f, "={value}"))
    }
}
