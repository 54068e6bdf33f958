//! Lists of resources (RFC 7644 section 3.4.2): filter, index paging, projection.

use std::sync::Arc;

use actix_web::http::StatusCode;
use scim::capability::Capability;
use scim::filter::{Resolved, parse, resolve};
use scim::message::ListResponse;
use scim::resource::projection::Projection;
use scim::resource::write;
use scim::schema::ResourceTypeId;
use scim::{ErrorKind, Result};

use super::route::TypeCapabilities;
use super::{Answer, Call, Refusal};
use crate::operation::{Operation, Outcome};
use crate::store::{Page, Query, Window};

/// `GET /Users`
pub async fn answer(call: &Call<'_>, kind: ResourceTypeId) -> std::result::Result<Answer, Refusal> {
    let projection = call.projection(kind)?;
    let filter = filter(call, kind)?;
    let (start, count) = window(call)?;
    let query = Query {
        resource_type: kind,
        filter,
        sort: None,
        window: Window::Index { start, count },
        wanted: call.wanted(kind, &projection),
        base_url: Arc::clone(&call.base_url),
    };
    match call.run(Operation::List(query), call.wanted(kind, &projection)).await? {
        Outcome::Listed(page) => Ok(list_response(call, &page, start, &projection)),
        _ => Err(Refusal::new(ErrorKind::Internal, "the query came to something else than a list")),
    }
}

/// A filter that is not supported must not be ignored: the client would take the list for its result (RFC 7644 section
/// 3.4.2.2).
fn filter(call: &Call<'_>, kind: ResourceTypeId) -> Result<Option<Arc<Resolved>>> {
    let Some(text) = call.parameters.filter.as_deref() else { return Ok(None) };
    let rules = &call.front.rules;
    let registry = &call.front.registry;
    if let Some(own) = TypeCapabilities::of(registry, kind) {
        rules.require(own.filter)?;
    }
    let tolerances = &rules.policy.tolerances;
    let filter = parse::parse(text, rules.filter_limits, tolerances)?;
    resolve::resolve(registry, kind, &filter, tolerances).map(|filter| Some(Arc::new(filter)))
}

/// The first position and the number of resources; an application without paging gives what fits on one page.
fn window(call: &Call<'_>) -> Result<(usize, usize)> {
    let rules = &call.front.rules;
    if !rules.offers(Capability::IndexPaging) {
        return Ok((1, rules.max_results));
    }
    let tolerances = &rules.policy.tolerances;
    Ok((call.parameters.start_index()?, call.parameters.count(rules.max_results, tolerances)?))
}

/// The message of RFC 7644 section 3.4.2, written straight to bytes.
fn list_response(call: &Call<'_>, page: &Page, start: usize, projection: &Projection) -> Answer {
    let mut body = Vec::with_capacity(256 + 1024 * page.resources.len());
    let response = ListResponse {
        total_results: page.total,
        start_index: Some(start),
        items_per_page: Some(page.resources.len()),
        ..ListResponse::default()
    };
    let registry = &call.front.registry;
    response.write(&mut body, &page.resources, |body, stored| {
        let record = stored.record(&call.perspective);
        write::resource(body, registry, stored.resource_type, record, projection);
    });
    Answer::with_body(StatusCode::OK, call.media_type, body).as_list()
}
