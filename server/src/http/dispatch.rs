//! The handler of a request, by its route and method.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode, header};
use scim::ErrorKind;
use scim::capability::Capability;

use super::parameters::Parameters;
use super::route::{Route, TypeCapabilities};
use super::{Call, bulk, discovery, list, me, resource, root, search};
use crate::application::Front;
use crate::message::{Answer, IncomingRequest, Refusal};
use crate::server::Server;

/// Carries a request out, by its route and method. An operation of a bulk job comes here as well.
pub async fn dispatch(
    server: &Server,
    front: &Front,
    incoming: &IncomingRequest<'_>,
    media_type: &'static str,
    base_url: Arc<str>,
) -> Result<Answer, Refusal> {
    let registry = &front.registry;
    let Some(place) = Route::of(&incoming.path, registry) else {
        let detail = format!("there is no endpoint {}; /ResourceTypes lists those of resources", incoming.path);
        return Err(Refusal::new(ErrorKind::NotFound, detail));
    };
    let rules = &front.rules;
    // HEAD is answered as GET; the connection leaves the body out.
    let method = if *incoming.method == Method::HEAD { &Method::GET } else { &*incoming.method };
    if method == Method::OPTIONS {
        return Ok(Answer::empty(StatusCode::NO_CONTENT).with_header(header::ALLOW, place.allow(registry, rules)));
    }
    let parameters = Parameters::parse(incoming.query.as_deref())?;
    let mut call = Call { server, front, incoming, parameters, media_type, base_url };
    let require = |capability: Option<Capability>| {
        capability.map_or(Ok(()), |capability| rules.require(capability).map_err(|error| refused(error, &place, front)))
    };
    let of = |kind| TypeCapabilities::of(registry, kind);
    match (&place, method.as_str()) {
        (Route::Resource(kind, id), "GET") => resource::read(&call, *kind, id).await,
        (Route::Collection(kind), "GET") => list::answer(&call, *kind).await,
        (Route::Collection(kind), "POST") => {
            require(of(*kind).map(|own| own.create))?;
            resource::create(&call, *kind).await
        }
        (Route::Resource(kind, id), "PUT") => {
            require(of(*kind).map(|own| own.replace))?;
            resource::replace(&call, *kind, id).await
        }
        (Route::Resource(kind, id), "PATCH") => {
            require(of(*kind).map(|own| own.patch))?;
            resource::patch(&call, *kind, id).await
        }
        (Route::Resource(kind, id), "DELETE") => {
            require(of(*kind).map(|own| own.delete))?;
            resource::delete(&call, *kind, id).await
        }
        (Route::Root, "GET") => {
            require(Some(Capability::RootQuery))?;
            root::answer(&call).await
        }
        (Route::Search(kind), "POST") => {
            require(Some(Capability::Search))?;
            call.parameters = search::parameters(&incoming.json()?, &rules.policy.tolerances)?;
            if let Some(kind) = kind {
                list::answer(&call, *kind).await
            } else {
                require(Some(Capability::RootQuery))?;
                root::answer(&call).await
            }
        }
        (Route::Me, "GET" | "POST" | "PUT" | "PATCH" | "DELETE") => {
            require(Some(Capability::Me))?;
            me::answer(&call, method).await
        }
        (Route::Bulk, "POST") => {
            require(Some(Capability::Bulk))?;
            // Its own state is far larger than any other's, and all of them have the room of the largest.
            Box::pin(bulk::answer(&call)).await
        }
        (Route::ServiceProviderConfig, "GET") => {
            require(Some(Capability::ServiceProviderConfig))?;
            Ok(discovery::service_provider_config(&call))
        }
        (Route::ResourceTypes | Route::ResourceType(_), "GET") => {
            require(Some(Capability::ResourceTypes))?;
            discovery::resource_types(&call, &place)
        }
        (Route::Schemas | Route::Schema(_), "GET") => {
            require(Some(Capability::Schemas))?;
            discovery::schemas(&call, &place)
        }
        _ => Err(not_here(&place, method, front)),
    }
}

/// A method that HTTP knows here but the application does not offer is refused as the application refuses it; any other
/// is 405.
fn not_here(place: &Route<'_>, method: &Method, front: &Front) -> Refusal {
    let known = place.methods(&front.registry).into_iter().find(|(known, _)| known == method);
    if let Some((_, Some(capability))) = known
        && let Err(error) = front.rules.require(capability)
    {
        return refused(error, place, front);
    }
    let detail = format!("{method} is not possible here; the Allow header says what is");
    refused(scim::Error::new(ErrorKind::MethodNotAllowed, detail), place, front)
}

/// RFC 9110 section 15.5.6 wants `Allow` with a 405.
fn refused(error: scim::Error, place: &Route<'_>, front: &Front) -> Refusal {
    let not_allowed = error.kind() == ErrorKind::MethodNotAllowed;
    let refusal = Refusal::from(error);
    if not_allowed { refusal.with_header(header::ALLOW, place.allow(&front.registry, &front.rules)) } else { refusal }
}
