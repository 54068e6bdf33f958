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

pub(super) const fn axis(id: &'static str, what: &'static str, permitted_by: &'static [&'static str]) -> Axis {
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

pub(super) static OTHER_GROUP: Axis = axis(
    "types.other-group",
    "its Group has a schema of its own instead of the core one",
    &["RFC7643-6-11", "RFC7643-3-02"],
);

pub(super) static NARROW_SCHEMA: Axis = axis(
    "schema.narrow",
    "its resource types lack optional attributes or sub-attributes of the schemas that RFC 7643 prints",
    &["RFC7643-8.7.1-01"],
);
pub(super) static MORE_REQUIRED: Axis = axis(
    "schema.more-required",
    "it requires attributes that RFC 7643 does not",
    &["RFC7643-8.7.1-01", "RFC7643-7-18"],
);
pub(super) static FEW_CANONICAL: Axis = axis(
    "schema.few-canonical",
    "it publishes fewer canonical values than RFC 7643 prints, and takes no others",
    &["RFC7643-2.3.1-04", "RFC7643-2.4-12", "RFC7643-7-22", "R18"],
);
pub(super) static NO_ENTERPRISE: Axis =
    axis("schema.no-enterprise", "it does not have the enterprise extension", &["RFC7643-6-13"]);
pub(super) static EXTENSION: Axis =
    axis("schema.extension", "it has an extension of its own", &["RFC7643-6-13", "RFC7643-3.3-04"]);
pub(super) static REQUIRED_EXTENSION: Axis =
    axis("schema.required-extension", "it requires an extension", &["RFC7643-6-16", "RFC7643-6-17"]);

pub(super) static NO_PATCH: Axis =
    axis("offers.no-patch", "it does not offer PATCH", &["RFC7644-3.5.2-01"]).breaks("RFC7644-3.5-02");
pub(super) static NO_ME: Axis = axis("offers.no-me", "it has no /Me", &["RFC7644-3.11-01", "RFC7644-3.11-03", "H5"]);
pub(super) static REFUSED_AS_404: Axis =
    axis("offers.refused-as-404", "what it does not offer is not found", &["H5", "H6"]);
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
pub(super) static DEFAULT_SIZE: Axis =
    axis("paging.default-size", "its pages are shorter where no count is asked for", &["RFC7644-3.4.2.4-10"]);
pub(super) static BULK_LIMITS: Axis =
    axis("bulk.limits", "its bulk jobs hold few operations", &["RFC7643-5-09", "RFC7643-5-10"]);
pub(super) static CLOSED_CONFIGURATION: Axis =
    axis("auth.closed", "it asks for credentials before it says how to authenticate", &["R36"]);
pub(super) static AUTHENTICATION: Axis =
    axis("auth.methods", "it has fewer ways to authenticate", &["RFC7644-2-02", "RFC7643-5-20"]);
pub(super) static TOLERANT: Axis =
    axis("tolerances", "it accepts more than it must", &["RFC7644-3.4.2.2-62", "RFC7643-2.3.1-03", "P1", "R1"]);

/// Every axis that is not a deviation.
#[cfg(test)]
pub(super) static AXES: [&Axis; 30] = [
    &USERS_ALONE,
    &GROUPS_ALONE,
    &CUSTOM_TYPE,
    &CUSTOM_ALONE,
    &OTHER_USER,
    &OTHER_GROUP,
    &NARROW_SCHEMA,
    &MORE_REQUIRED,
    &FEW_CANONICAL,
    &NO_ENTERPRISE,
    &EXTENSION,
    &REQUIRED_EXTENSION,
    &NO_PATCH,
    &NO_ME,
    &REFUSED_AS_404,
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
    &DEFAULT_SIZE,
    &BULK_LIMITS,
    &CLOSED_CONFIGURATION,
    &AUTHENTICATION,
    &TOLERANT,
];
