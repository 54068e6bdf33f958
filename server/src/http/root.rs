//! Queries over all resource types (RFC 7644 section 3.4.2.1): `GET` of the base URL and `POST /.search`.

use std::sync::Arc;

use scim::filter::resolve;
use scim::message::ListResponse;
use scim::schema::ResourceTypeId;
use scim::{Error, ErrorKind};

use super::{Call, list, sort_by};
use crate::message::{Answer, Refusal};
use crate::store::{Query, Sort, SortBy, StoredResource, Window};

/// Without an order, the resources of one type come after those of the other, each in the order of its creation. An attribute
/// that a resource type lacks counts as one without value. Cursors are for one resource type only.
pub async fn answer(call: &Call<'_>) -> Result<Answer, Refusal> {
    if call.parameters.cursor.is_some() && call.front.rules.offers(scim::capability::Capability::CursorPaging) {
        return Err(Refusal::new(
            ErrorKind::InvalidCursor,
            "a query over all resource types is paged by startIndex and count; leave the cursor out",
        ));
    }
    let registry = &call.front.registry;
    let kinds: Vec<ResourceTypeId> = registry.resource_types().map(|(id, _)| id).collect();
    let projections = kinds.iter().map(|&kind| call.projection(kind)).collect::<scim::Result<Vec<_>>>()?;
    let (start, count) = list::window(call)?;
    let mut orders = Vec::with_capacity(kinds.len());
    for &kind in &kinds {
        orders.push(sort_by::sort_if_known(call, kind)?);
    }
    let sorted = orders.iter().any(Option::is_some);
    if !sorted && let Some(&kind) = kinds.first() {
        // No type knows the attribute: the error that one of them gives.
        sort_by::sort(call, kind)?;
    }
    let mut total = 0;
    let mut found: Vec<StoredResource> = Vec::new();
    for ((&kind, projection), order) in kinds.iter().zip(&projections).zip(&orders) {
        let tolerances = &call.front.rules.policy.tolerances;
        let filter = list::parsed_filter(call, kind)?
            .map(|filter| resolve::resolve_or_nothing(registry, kind, &filter, tolerances).map(Arc::new))
            .transpose()?;
        // To be merged, the beginning is needed of each; otherwise what the types before have left over.
        let (first, wanted) = if sorted {
            (1, start.saturating_sub(1).saturating_add(count))
        } else {
            (start.saturating_sub(total).max(1), count - found.len())
        };
        let page = list::run(
            call,
            Query {
                resource_type: kind,
                filter,
                sort: order.clone(),
                window: Window::Index { start: first, count: wanted },
                wanted: call.wanted(kind, projection),
                base_url: Arc::clone(&call.base_url),
            },
        )
        .await?;
        total += page.total;
        found.extend(page.resources);
    }
    if sorted {
        found = merged(call, found, &kinds, &orders)?;
        found = found.into_iter().skip(start - 1).take(count).collect();
    }
    let response = ListResponse {
        total_results: total,
        start_index: Some(start),
        items_per_page: Some(found.len()),
        ..ListResponse::default()
    };
    let shown = found.iter().map(|stored| {
        let at = kinds.iter().position(|&kind| kind == stored.resource_type).unwrap_or_default();
        (stored, &*projections[at])
    });
    Ok(list::list_response(call, &response, shown))
}

/// All of them in one order. Those without value come last when ascending, first when descending.
fn merged(
    call: &Call<'_>,
    found: Vec<StoredResource>,
    kinds: &[ResourceTypeId],
    orders: &[Option<Sort>],
) -> scim::Result<Vec<StoredResource>> {
    let registry = &call.front.registry;
    let by: Vec<Option<SortBy<'_>>> =
        orders.iter().map(|order| order.as_ref().map(|order| SortBy::new(registry, order))).collect();
    let one = by.iter().flatten().next().copied();
    let one = one.ok_or_else(|| Error::new(ErrorKind::Internal, "nothing to sort by was found"))?;
    let mut keyed: Vec<_> = found
        .into_iter()
        .map(|stored| {
            let at = kinds.iter().position(|&kind| kind == stored.resource_type).unwrap_or_default();
            let key = by[at].and_then(|by| by.key(stored.record(call.perspective())));
            (key, stored)
        })
        .collect();
    // Stable, so that equal keys keep the order of their types and of creation.
    keyed.sort_by(|(left, _), (right, _)| one.compare(left.as_ref(), right.as_ref()));
    Ok(keyed.into_iter().map(|(_, stored)| stored).collect())
}
