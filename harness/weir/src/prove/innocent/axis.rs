//! The ways in which endpoints that conform to the RFCs differ. Each cites the row of `fixtures/requirements.tsv` or the point of
//! `docs/explain/disputes.md` that permits it; a test holds the citations to those lists.

/// One way to differ from the target `rfc`.
#[derive(Debug, PartialEq, Eq)]
pub struct Axis {
    /// `what.how`
    pub id: &'static str,
    /// A clause whose subject is the endpoint.
    pub what: &'static str,
    /// Ids of requirements, or points of disputes.
    pub permitted_by: &'static [&'static str],
    /// The SHOULD that the endpoint does not follow, if it is one: its warning is right.
    pub breaks_should: Option<&'static str>,
}

const fn axis(id: &'static str, what: &'static str, permitted_by: &'static [&'static str]) -> Axis {
    Axis { id, what, permitted_by, breaks_should: None }
}

impl Axis {
    const fn breaks(self, should: &'static str) -> Self {
        Self { breaks_should: Some(should), ..self }
    }
}

pub(super) static USERS_ALONE: Axis =
    axis("types.users-alone", "it has no groups", &["RFC7644-4-05", "RFC7644-3.2-04"]);
pub(super) static GROUPS_ALONE: Axis =
    axis("types.groups-alone", "it has no users", &["RFC7644-4-05", "RFC7644-3.2-04"]);
pub(super) static CUSTOM_TYPE: Axis =
    axis("types.custom", "it has a resource type of its own", &["RFC7644-3.2-03", "RFC7643-3-02"]);
pub(super) static CUSTOM_ALONE: Axis = axis(
    "types.custom-alone",
    "it has a resource type of its own and no other",
    &["RFC7644-4-05", "RFC7644-3.2-03", "RFC7643-3-02"],
);
pub(super) static OTHER_USER: Axis = axis(
    "types.other-user",
    "its User has a schema of its own instead of the core one",
    &["RFC7643-6-11", "RFC7643-3-02"],
);

pub(super) static NARROW_SCHEMA: Axis = axis(
    "schema.narrow",
    "its User lacks optional attributes or sub-attributes of the core schema",
    &["RFC7643-8.7.1-01"],
);
pub(super) static MORE_REQUIRED: Axis = axis(
    "schema.more-required",
    "it requires attributes that RFC 7643 does not",
    &["RFC7643-8.7.1-01", "RFC7643-7-18"],
);
pub(super) static NO_ENTERPRISE: Axis =
    axis("schema.no-enterprise", "it does not have the enterprise extension", &["RFC7643-6-13"]);
pub(super) static EXTENSION: Axis =
    axis("schema.extension", "it has an extension of its own", &["RFC7643-6-13", "RFC7643-3.3-04"]);
pub(super) static REQUIRED_EXTENSION: Axis =
    axis("schema.required-extension", "it requires an extension", &["RFC7643-6-16", "RFC7643-6-17"]);

pub(super) static NO_PATCH: Axis =
    axis("offers.no-patch", "it does not offer PATCH", &["RFC7644-3.5.2-01"]).breaks("RFC7644-3.5-02");
pub(super) static NO_FILTER: Axis = axis("offers.no-filter", "it does not filter", &["RFC7644-3.4.2.2-01"]);
pub(super) static FEW_FILTERS: Axis =
    axis("filter.few-forms", "it takes a few forms of filters and refuses others as invalidFilter", &["F22"]);
pub(super) static NO_SORT: Axis = axis("offers.no-sort", "it does not sort", &["RFC7644-3.4.2.3-01"]);
pub(super) static NO_BULK: Axis = axis("offers.no-bulk", "it does not take bulk jobs", &["RFC7644-3.7-01"]);
pub(super) static NO_ETAG: Axis = axis("offers.no-etag", "it has no versions", &["RFC7644-3.14-02", "RFC7643-5-18"]);
pub(super) static NO_CURSOR: Axis = axis("offers.no-cursor", "it does not page by cursor", &["RFC9865-4-02"]);
pub(super) static NO_SEARCH: Axis = axis("offers.no-search", "it does not take queries by POST", &["RFC7644-3.4.3-01"]);
pub(super) static NO_ROOT_QUERY: Axis =
    axis("offers.no-root-query", "it does not answer queries at its root", &["RFC7644-3.4.2.1-01"]);
pub(super) static NO_PASSWORD_CHANGE: Axis =
    axis("offers.no-change-password", "clients cannot change passwords", &["RFC7643-5-15"]);

pub(super) static PAGE_SIZE: Axis =
    axis("paging.size", "its pages hold fewer resources than asked for", &["RFC7644-3.4.2.4-10", "RFC9865-2-07"]);
pub(super) static AUTHENTICATION: Axis =
    axis("auth.methods", "it has fewer ways to authenticate", &["RFC7644-2-02", "RFC7643-5-20"]);
pub(super) static TOLERANT: Axis =
    axis("tolerances", "it accepts more than it must", &["RFC7644-3.4.2.2-62", "RFC7643-2.3.1-03"]);

/// Deviations that the RFCs permit and that no client has to wait for: `--deviate` takes the ids.
pub(super) static DEVIATIONS: [Axis; 19] = [
    axis("errors.further-members", "its errors have further members", &["RFC7644-3.12-05", "RFC7644-3.4.2-02"]),
    axis("errors.without-keyword", "its errors have no scimType where no rule names one", &["RFC7644-3.12-04"]),
    axis("paths.lower-case-accepted", "it has further paths", &["H10"]),
    axis("schemas.by-endpoint-name", "it has further paths", &["H10"]),
    axis("patch.update-accepted", "it accepts the op update", &["P1"]),
    axis("patch.nested-members-accepted", "it accepts members in a list of lists", &["P9"]),
    axis("patch.answered-200", "it answers PATCH with the whole resource", &["RFC7644-3.5.2-33", "P16"]),
    axis("cursor.total-missing", "its lists by cursor have no total", &["RFC9865-2-07"]),
    axis("throttle.retry-after-zero", "it throttles, with no time to wait", &["RFC7644-3.12-05"]),
    axis("form.nulls", "it shows what has no value as null", &["RFC7643-2.5-01", "R20"]),
    axis("form.empty-arrays", "it shows lists without a value as empty arrays", &["RFC7643-2.5-01", "R20"]),
    axis("form.names-in-capitals", "it writes names in capital letters", &["RFC7643-2.1-01"]),
    axis("form.member-order", "its members come in another order", &["RFC7643-2.3.8-02"]),
    axis("form.times-with-offset", "its times have an offset", &["RFC7643-2.3.5-01", "RFC7643-2.3.5-04"]),
    axis("form.values-reversed", "its values come in another order", &["RFC7643-3-08"]),
    axis("etag.strong", "its versions are not weak", &["RFC7644-3.14-01"]),
    axis("list.figures-of-parts", "a whole list has no figures of pages", &["RFC7644-3.4.2-09", "RFC7644-3.4.2-10"]),
    axis("list.resources-absent", "an empty list has no Resources", &["RFC7644-3.4.2-06", "RFC7644-3.4.2-11"]),
    axis("list.order-changes", "its lists come in another order each time", &["RFC7644-3.4.2.3-01"]),
];

/// Every axis that is no deviation.
#[cfg(test)]
pub(super) static AXES: [&Axis; 23] = [
    &USERS_ALONE,
    &GROUPS_ALONE,
    &CUSTOM_TYPE,
    &CUSTOM_ALONE,
    &OTHER_USER,
    &NARROW_SCHEMA,
    &MORE_REQUIRED,
    &NO_ENTERPRISE,
    &EXTENSION,
    &REQUIRED_EXTENSION,
    &NO_PATCH,
    &NO_FILTER,
    &FEW_FILTERS,
    &NO_SORT,
    &NO_BULK,
    &NO_ETAG,
    &NO_CURSOR,
    &NO_SEARCH,
    &NO_ROOT_QUERY,
    &NO_PASSWORD_CHANGE,
    &PAGE_SIZE,
    &AUTHENTICATION,
    &TOLERANT,
];
