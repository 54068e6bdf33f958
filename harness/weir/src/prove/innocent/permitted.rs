//! The deviations that the RFCs permit: those that innocents have, and those that no innocent has, with the reason. A test holds both to
//! the list of deviations.

use super::axis::{Axis, axis};

/// A permitted deviation that innocents have.
pub(super) struct PermittedDeviation {
    pub(super) axis: Axis,
    /// What it is drawn with; nothing for its default.
    pub(super) parameters: &'static [&'static str],
}

const fn plain(id: &'static str, what: &'static str, permitted_by: &'static [&'static str]) -> PermittedDeviation {
    PermittedDeviation { axis: axis(id, what, permitted_by), parameters: &[] }
}

const fn with(
    id: &'static str,
    parameters: &'static [&'static str],
    what: &'static str,
    permitted_by: &'static [&'static str],
) -> PermittedDeviation {
    PermittedDeviation { axis: axis(id, what, permitted_by), parameters }
}

/// Permitted deviations that no client has to wait for: `--deviate` takes the ids.
pub(super) static DEVIATIONS: [PermittedDeviation; 61] = [
    plain("errors.further-members", "its errors have further members", &["RFC7644-3.12-05", "RFC7644-3.4.2-02"]),
    plain("errors.without-keyword", "its errors have no scimType where no rule names one", &["RFC7644-3.12-04"]),
    plain("paths.lower-case-accepted", "it has further paths", &["H10"]),
    plain("paths.slash-redirected", "it redirects its lists with 308", &["RFC7644-3.12-07", "RFC7644-3.12-08"]),
    plain("schemas.by-endpoint-name", "it has further paths", &["H10"]),
    plain("patch.update-accepted", "it accepts the op update", &["P1"]),
    plain("patch.nested-members-accepted", "it accepts members in a list of lists", &["P9"]),
    plain("patch.answered-200", "it answers PATCH with the whole resource", &["RFC7644-3.5.2-33", "P16"]),
    plain("cursor.total-missing", "its lists by cursor have no total", &["RFC9865-2-22", "Q17"]),
    plain("throttle.retry-after-zero", "it throttles, with no time to wait", &["RFC7644-3.12-05"]),
    plain("form.nulls", "it shows what has no value as null", &["RFC7643-2.5-01", "R20"]),
    plain("form.empty-arrays", "it shows lists without a value as empty arrays", &["RFC7643-2.5-01", "R20"]),
    plain("form.names-in-capitals", "it writes names in capital letters", &["RFC7643-2.1-01"]),
    plain("form.member-order", "its members come in another order", &["RFC7643-2.3.8-02"]),
    plain("form.times-with-offset", "its times have an offset", &["RFC7643-2.3.5-01", "RFC7643-2.3.5-04"]),
    plain("form.values-reversed", "its values come in another order", &["RFC7643-3-08"]),
    plain("etag.strong", "its versions are not weak", &["RFC7644-3.14-01"]),
    plain("etag.letters", "its versions have letters", &["RFC7643-3.1-32"]),
    plain("list.figures-of-parts", "a whole list has no figures of pages", &["RFC7644-3.4.2-09", "RFC7644-3.4.2-10"]),
    plain("list.resources-absent", "an empty list has no Resources", &["RFC7644-3.4.2-06", "RFC7644-3.4.2-11"]),
    plain("list.order-changes", "its lists come in another order each time", &["RFC7644-3.4.2.3-01"]),
    plain("discovery.filter-unannounced", "it filters, and does not announce it", &["RFC7644-3.4.2.2-01"]),
    plain("create.inactive-at-first", "its new users are inactive", &["RFC7643-4.1.1-23", "RFC7644-3.3-20"]),
    plain("external-id.dropped", "it keeps no externalId", &["RFC7643-3.1-15", "RFC7643-3.1-21"]),
    with(
        "groups.members-per-request",
        &["100", "20"],
        "it takes a limited number of members in a request",
        &["RFC7643-4.2-03"],
    ),
    plain("password.change-unannounced", "clients can change passwords, which it does not announce", &["RFC7643-5-15"]),
    plain("put.merges", "a PUT keeps what it does not name", &["RFC7644-3.5.1-06", "R22"]),
    plain("put.deactivates", "a PUT without active disables the user", &["RFC7644-3.5.1-07", "R22"]),
    plain("requests.user-agent-demanded", "it asks for a User-Agent", &["RFC7644-3.12-11"]),
    plain("reading.bulk-status-object", "the status of a result of a bulk job is an object", &["B1"]),
    plain(
        "reading.canonical-enforced",
        "it takes no values but the canonical ones",
        &["RFC7643-2.3.1-04", "RFC7643-7-22", "R18"],
    ),
    plain("reading.canonical-left-out", "its schemas have no canonicalValues", &["RFC7643-7-20", "R18"]),
    plain("reading.conflict-409", "it answers a stale version with 409", &["H13"]),
    plain("reading.count-refused", "it refuses a count that is too large", &["Q8", "Q19"]),
    plain("reading.discovery-filter-ignored", "it ignores filters of its discovery", &["Q15"]),
    plain("reading.discovery-without-meta", "its discovery has no meta", &["R45"]),
    plain(
        "reading.endpoint-without-slash",
        "the endpoints of its resource types have no slash",
        &["RFC7643-6-10", "R34"],
    ),
    with(
        "reading.filter-refused",
        &[" null", "not(", "emails co"],
        "it refuses some filters",
        &["F1", "F8", "F11", "F22"],
    ),
    plain("reading.groups-direct-only", "groups of a user shows direct memberships only", &["R13"]),
    plain("reading.json-request-refused", "it refuses application/json", &["H1"]),
    plain("reading.json-type-kept", "it labels its answers as it is asked to", &["H2"]),
    plain("reading.listing-without-etag", "its schema of the configuration lacks etag", &["R33"]),
    plain("reading.location-everywhere", "further answers have a Location", &["H8"]),
    plain("reading.location-relative", "its Location is relative", &["H9"]),
    plain("reading.ne-all-values", "ne on several values asks that none be equal", &["F10"]),
    plain("reading.ne-needs-value", "ne matches nothing without a value", &["F9"]),
    plain(
        "reading.origin-of-proxy",
        "its URLs have the host of a proxy in front of it",
        &["RFC7643-2.3.7-01", "RFC7643-3.1-30"],
    ),
    plain("reading.other-id-refused", "it refuses a PUT with another id", &["R5"]),
    plain("reading.page-past-end-from-one", "a page past the end starts with 1", &["Q9"]),
    plain("reading.paging-words-ignored", "it ignores a startIndex that is not a number", &["Q11"]),
    plain("reading.patch-syntax-as-value", "it names a malformed PATCH invalidValue", &["P18"]),
    plain("reading.path-keyword", "it names a bad path noTarget", &["P17"]),
    plain("reading.projection-without-schemas", "attributes leaves schemas out", &["Q1"]),
    plain("reading.projections-together", "of two projections the first counts", &["Q3"]),
    plain("reading.resources-of-nothing", "an empty list has an empty array of Resources", &["Q7"]),
    plain("reading.text-body-taken", "it reads a body as JSON whatever its type", &["H16"]),
    plain(
        "reading.uniqueness-400",
        "it answers a PUT or PATCH of a value that is taken with 400",
        &["RFC7643-7-41", "R24"],
    ),
    plain("reading.unknown-attributes-refused", "it refuses attributes that no schema defines", &["R4", "P9"]),
    plain("reading.user-name-lowered", "it shows a userName in lower case", &["RFC7643-7-25", "R8"]),
    plain("reading.weak-tags-unequal", "a weak tag in If-Match matches nothing", &["R31"]),
    plain("reading.word-on-404", "its 404 has a scimType", &["RFC7644-3.12-04", "H4"]),
];

/// Permitted deviations that no innocent has, with the reason.
#[cfg(test)]
pub(super) const NOT_DRAWN: [(&str, &str); 15] = [
    (
        "create.domains-verified",
        "a client that does not know the domains cannot create a user, so that nothing can be asked",
    ),
    ("filter.broad-refused", "`reading.filter-refused` draws refusals of filters"),
    ("filter.forms-only", "it is an axis of its own, which names the attributes of the types that were drawn"),
    ("read.answer-delayed", "a run would wait"),
    ("throttle.after-many", "a run would wait"),
    ("throttle.retry-after-date", "a run would wait"),
    ("throttle.retry-after-malformed", "a run would wait"),
    ("throttle.retry-after-missing", "a run would wait"),
    ("throttle.retry-after-seconds", "a run would wait"),
    ("throttle.unavailable", "a run would wait"),
    ("throttle.unavailable-silent", "a run would wait"),
    (
        "write.answer-cut",
        "it is the network's doing, and a verdict about an answer that did not come is none about the endpoint",
    ),
    ("write.answer-delayed", "a run would wait"),
    (
        "write.answer-lost",
        "it is the network's doing, and a verdict about an answer that did not come is none about the endpoint",
    ),
    (
        "write.request-lost",
        "it is the network's doing, and a verdict about an answer that did not come is none about the endpoint",
    ),
];
