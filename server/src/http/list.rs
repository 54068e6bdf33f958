//! Lists of resources (RFC 7644 section 3.4.2): filter, sorting, paging by index and by cursor (RFC 9865), projection.

use std::sync::Arc;

use actix_web::http::StatusCode;
use scim::capability::Capability;
use scim::filter::{Filter, ResolvedFilter, parse, resolve};
use scim::message::ListResponse;
use scim::resource::projection::Projection;
use scim::resource::write;
use scim::schema::ResourceTypeId;
use scim::{Error, ErrorKind, Result};
use sha2::{Digest, Sha256};

use super::route::TypeCapabilities;
use super::{Call, sort_by};
use crate::application::{Operation, Outcome};
use crate::cursor::Direction;
use crate::message::{Answer, Refusal};
use crate::store::{Mark, Page, Query, StoredResource, Window};

/// `GET /Users`, and `POST /Users/.search` with its parameters read.
pub async fn answer(call: &Call<'_>, kind: ResourceTypeId) -> std::result::Result<Answer, Refusal> {
    let projection = call.projection(kind)?;
    let filter = filter(call, kind)?;
    let sort = sort_by::sort(call, kind)?;
    let rules = &call.front.rules;
    let given = call.parameters.cursor.as_deref();
    // Where paging by index is not offered, a list without cursor is the beginning of a walk (RFC 9865 section 4).
    let begins = given.is_none() && !rules.offers(Capability::IndexPaging);
    let walk = given.or(begins.then_some("")).filter(|_| rules.offers(Capability::CursorPaging));
    let window = if let Some(cursor) = walk {
        after(call, kind, cursor)?
    } else {
        let (start, count) = window(call)?;
        Window::Index { start, count }
    };
    let position = match window {
        Window::Index { start, .. } => Some(start),
        Window::After { .. } | Window::Before { .. } => None,
    };
    let query = Query {
        resource_type: kind,
        filter,
        sort,
        window,
        wanted: call.wanted(kind, &projection),
        base_url: Arc::clone(&call.base_url),
    };
    let page = run(call, query).await?;
    let cursor = |direction: Direction, mark: Option<&Mark>| {
        let mark = mark.filter(|_| position.is_none())?;
        Some(call.server.cursors.make(direction, mark, &fingerprint(call, kind), call.server.clock.now()))
    };
    let next = cursor(Direction::Next, page.next.as_ref());
    let previous = cursor(Direction::Previous, page.previous.as_ref());
    let response = ListResponse {
        total_results: page.total,
        start_index: position,
        items_per_page: Some(page.resources.len()),
        previous_cursor: previous.as_deref(),
        next_cursor: next.as_deref(),
    };
    Ok(list_response(call, &response, page.resources.iter().map(|stored| (stored, &*projection))))
}

/// Carries one query out.
pub async fn run(call: &Call<'_>, query: Query) -> std::result::Result<Page, Refusal> {
    let wanted = query.wanted;
    match call.run(Operation::List(query), wanted).await? {
        Outcome::Listed(page) => Ok(page),
        _ => Err(Refusal::new(ErrorKind::Internal, "the query did not give a list")),
    }
}

/// A filter that is not supported must not be ignored: the client would take the list for its result (RFC 7644 section
/// 3.4.2.2).
fn filter(call: &Call<'_>, kind: ResourceTypeId) -> Result<Option<Arc<ResolvedFilter>>> {
    let Some(filter) = parsed_filter(call, kind)? else { return Ok(None) };
    let tolerances = &call.front.rules.policy.tolerances;
    resolve::resolve(&call.front.registry, kind, &filter, tolerances).map(|filter| Some(Arc::new(filter)))
}

/// The filter as written, when the application filters resources of this type.
pub fn parsed_filter(call: &Call<'_>, kind: ResourceTypeId) -> Result<Option<Filter>> {
    let Some(text) = call.parameters.filter.as_deref() else { return Ok(None) };
    let rules = &call.front.rules;
    if let Some(own) = TypeCapabilities::of(&call.front.registry, kind)
        && !rules.offers(own.filter)
    {
        if rules.missing_filter_ignored {
            return Ok(None);
        }
        rules.require(own.filter)?;
    }
    Ok(Some(parse::parse(text, rules.filter_limits, &rules.policy.tolerances)?))
}

/// The first position and the number of resources; an application without paging gives what fits on one page.
pub fn window(call: &Call<'_>) -> Result<(usize, usize)> {
    let rules = &call.front.rules;
    if !rules.offers(Capability::IndexPaging) {
        return Ok((1, rules.max_results));
    }
    Ok((call.parameters.start_index()?, call.parameters.count(rules)?))
}

/// The part of a walk that a cursor means; an empty one begins it (RFC 9865 section 2).
fn after(call: &Call<'_>, kind: ResourceTypeId, cursor: &str) -> Result<Window> {
    if call.parameters.start_index.is_some() {
        return Err(Error::new(
            ErrorKind::InvalidValue,
            "cursor and startIndex are two ways of paging; send one of them",
        ));
    }
    let rules = &call.front.rules;
    let count = call.parameters.count(rules);
    let count = count.map_err(|error| Error::new(ErrorKind::InvalidCount, error.detail()))?;
    if cursor.is_empty() {
        return Ok(Window::After { mark: None, count });
    }
    let (direction, mark) = call.server.cursors.read(cursor, &fingerprint(call, kind), call.server.clock.now())?;
    Ok(match direction {
        Direction::Next => Window::After { mark: Some(mark), count },
        Direction::Previous => Window::Before { mark, count },
    })
}

/// What a cursor is bound to: application, resource type, filter and order. The number and the attributes of resources may
/// change from page to page.
fn fingerprint(call: &Call<'_>, kind: ResourceTypeId) -> [u8; 32] {
    let parameters = &call.parameters;
    let parts = [
        Some(&*call.front.name),
        Some(call.front.registry.resource_type(kind).document.endpoint.as_str()),
        parameters.filter.as_deref(),
        parameters.sort_by.as_deref(),
        parameters.sort_order.as_deref(),
    ];
    let mut digest = Sha256::new();
    for part in parts {
        // The length keeps parts apart; none differs from an empty one.
        digest.update(part.map_or(u64::MAX, |part| part.len() as u64).to_be_bytes());
        digest.update(part.unwrap_or_default());
    }
    digest.finalize().into()
}

/// The message of RFC 7644 section 3.4.2, written straight to bytes.
pub fn list_response<'p>(
    call: &Call<'_>,
    response: &ListResponse<'_>,
    resources: impl ExactSizeIterator<Item = (&'p StoredResource, &'p Projection)>,
) -> Answer {
    let mut body = Vec::with_capacity(256 + 1024 * resources.len());
    let registry = &call.front.registry;
    response.write(&mut body, resources, |body, (stored, projection)| {
        let record = stored.record(call.perspective());
        write::resource(body, registry, stored.resource_type, record, projection);
    });
    Answer::with_body(StatusCode::OK, call.media_type, body).marked_as_list()
}
