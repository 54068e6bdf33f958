//! The messages of RFC 7644: their URNs, and the ones that an endpoint writes.

use crate::resource::write;
use crate::{Error, ScimType};

/// A list of resources (section 3.4.2).
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// A query by POST (section 3.4.3).
pub const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
/// A PATCH body (section 3.5.2).
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// A bulk request (section 3.7).
pub const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// A bulk answer (section 3.7).
pub const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
/// An error body (section 3.12).
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Writes an error body (RFC 7644 section 3.12): the status travels as a string.
pub fn error(out: &mut Vec<u8>, status: u16, scim_type: Option<ScimType>, detail: &str) {
    out.extend_from_slice(b"{\"schemas\":[");
    write::string(out, ERROR);
    out.extend_from_slice(b"],\"status\":\"");
    write::integer(out, status.into());
    out.push(b'"');
    if let Some(scim_type) = scim_type {
        out.extend_from_slice(b",\"scimType\":");
        write::string(out, scim_type.as_str());
    }
    if !detail.is_empty() {
        out.extend_from_slice(b",\"detail\":");
        write::string(out, detail);
    }
    out.push(b'}');
}

/// The body of an [`Error`].
#[must_use]
pub fn error_body(refusal: &Error) -> Vec<u8> {
    let mut out = Vec::with_capacity(160 + refusal.detail().len());
    error(&mut out, refusal.status(), refusal.scim_type(), refusal.detail());
    out
}

/// What a list answer says besides its resources (RFC 7644 section 3.4.2, RFC 9865 section 2). A member that is `None` is
/// left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListResponse<'a> {
    /// How many resources match in all.
    pub total_results: usize,
    /// The position of the first resource, from 1; not for cursors.
    pub start_index: Option<usize>,
    /// How many resources the page holds.
    pub items_per_page: Option<usize>,
    pub previous_cursor: Option<&'a str>,
    pub next_cursor: Option<&'a str>,
}

impl ListResponse<'_> {
    /// Writes the answer; `write_one` writes one resource, or nothing to leave it out. `Resources` is an array even when it is
    /// empty, because clients iterate over it without looking.
    pub fn write<T>(
        &self,
        out: &mut Vec<u8>,
        resources: impl IntoIterator<Item = T>,
        mut write_one: impl FnMut(&mut Vec<u8>, T),
    ) {
        out.extend_from_slice(b"{\"schemas\":[");
        write::string(out, LIST_RESPONSE);
        out.push(b']');
        number(out, "totalResults", Some(self.total_results));
        number(out, "startIndex", self.start_index);
        number(out, "itemsPerPage", self.items_per_page);
        text(out, "previousCursor", self.previous_cursor);
        text(out, "nextCursor", self.next_cursor);
        out.extend_from_slice(b",\"Resources\":[");
        let first = out.len();
        for resource in resources {
            let start = out.len();
            if start > first {
                out.push(b',');
            }
            let before = out.len();
            write_one(out, resource);
            if out.len() == before {
                out.truncate(start);
            }
        }
        out.push(b']');
        out.push(b'}');
    }
}

fn member(out: &mut Vec<u8>, name: &str) {
    out.push(b',');
    write::string(out, name);
    out.push(b':');
}

fn number(out: &mut Vec<u8>, name: &str, value: Option<usize>) {
    if let Some(value) = value {
        member(out, name);
        write::integer(out, i64::try_from(value).unwrap_or(i64::MAX));
    }
}

fn text(out: &mut Vec<u8>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        member(out, name);
        write::string(out, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn an_error_has_its_status_as_a_string() {
        let body = |kind, detail: &str| String::from_utf8(error_body(&Error::new(kind, detail))).unwrap();
        insta::assert_snapshot!(body(ErrorKind::InvalidPath, "path \"x\": no"), @r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"invalidPath","detail":"path \"x\": no"}"#);
        insta::assert_snapshot!(body(ErrorKind::NotFound, ""), @r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}"#);
    }

    fn written(response: &ListResponse, resources: &[&str]) -> String {
        let mut out = Vec::new();
        response.write(&mut out, resources, |out, resource| out.extend_from_slice(resource.as_bytes()));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_page_by_position_or_by_cursor() {
        let page =
            ListResponse { total_results: 12, start_index: Some(3), items_per_page: Some(2), ..Default::default() };
        insta::assert_snapshot!(written(&page, &["{\"id\":\"1\"}", "", "{\"id\":\"2\"}"]), @r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":12,"startIndex":3,"itemsPerPage":2,"Resources":[{"id":"1"},{"id":"2"}]}"#);
        let walk =
            ListResponse { total_results: 3, previous_cursor: Some("p"), next_cursor: Some("n"), ..Default::default() };
        insta::assert_snapshot!(written(&walk, &[]), @r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":3,"previousCursor":"p","nextCursor":"n","Resources":[]}"#);
    }
}
