//! One resource: POST, GET, PUT, PATCH and DELETE (RFC 7644 sections 3.3, 3.4.1, 3.5 and 3.6).

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use scim::capability::Capability;
use scim::resource::projection::Projection;
use scim::resource::{read as decode, write};
use scim::schema::ResourceTypeId;
use scim::{ErrorKind, patch as patching};
use uuid::Uuid;

use super::Call;
use super::condition::{self, Tags};
use crate::application::{Operation, Outcome};
use crate::message::{Answer, HandlerResult, Refusal};
use crate::store::{Condition, StoredResource, WantedRelations, identifiers};

impl<'a> Call<'a> {
    /// The projection that the request asks for; the usual one is made once for all requests.
    pub(super) fn projection(&self, kind: ResourceTypeId) -> scim::Result<Cow<'a, Projection>> {
        let (attributes, excluded) = (&self.parameters.attributes, &self.parameters.excluded_attributes);
        if attributes.is_none() && excluded.is_none() {
            return Ok(Cow::Borrowed(self.front.usual_projection(kind)));
        }
        Projection::new(&self.front.registry, kind, attributes.as_deref(), excluded.as_deref()).map(Cow::Owned)
    }

    /// Which relations an answer with this projection shows.
    pub(super) fn wanted(&self, kind: ResourceTypeId, projection: &Projection) -> WantedRelations {
        self.front.wanted(kind, projection)
    }

    fn resource(&self, status: StatusCode, stored: &StoredResource, projection: &Projection) -> Answer {
        let mut body = Vec::with_capacity(1024);
        let kind = stored.resource_type;
        write::resource(&mut body, &self.front.registry, kind, stored.record(self.perspective()), projection);
        let answer = Answer::with_body(status, self.media_type, body);
        self.tagged(answer.with_header(header::LOCATION, self.perspective().location(kind, stored.id).text()), stored)
    }

    fn tagged(&self, answer: Answer, stored: &StoredResource) -> Answer {
        if self.front.rules.offers(Capability::Etag) { answer.with_header(header::ETAG, stored.etag()) } else { answer }
    }

    fn condition(&self) -> Condition {
        if self.front.rules.offers(Capability::Etag) {
            condition::of(&self.incoming.headers)
        } else {
            Condition::default()
        }
    }

    fn tags(&self, name: &HeaderName) -> Option<Tags> {
        if self.front.rules.offers(Capability::Etag) { Tags::read(&self.incoming.headers, name) } else { None }
    }

    /// `If-None-Match: *` on a change asks that the resource should not exist (RFC 9110 section 13.1.2).
    async fn refuse_existing(&self, kind: ResourceTypeId, id: Uuid) -> Result<(), Refusal> {
        if !self.tags(&header::IF_NONE_MATCH).is_some_and(|tags| tags.any) {
            return Ok(());
        }
        self.stored(kind, id).await?;
        Err(Refusal::new(
            ErrorKind::PreconditionFailed,
            "the resource exists, and If-None-Match: * asks that it should not",
        ))
    }

    /// An id that has not the form of ours is of no resource of ours.
    fn id(&self, kind: ResourceTypeId, text: &str) -> Result<Uuid, Refusal> {
        identifiers::parse(text).ok_or_else(|| {
            let name = &self.front.registry.resource_type(kind).document.name;
            Refusal::new(ErrorKind::NotFound, format!("there is no {name} with the id {text:?}"))
        })
    }
}

fn unexpected() -> Refusal {
    Refusal::new(ErrorKind::Internal, "the operation did not give the result that was asked for")
}

/// `POST /Users`
pub async fn create(call: &Call<'_>, kind: ResourceTypeId) -> HandlerResult {
    let projection = call.projection(kind)?;
    let body = call.incoming.json()?;
    let fields = decode::resource(&call.front.registry, kind, &body, &call.front.rules.policy)?;
    let operation = Operation::Create { resource_type: kind, fields: Arc::new(fields) };
    match call.run(operation, call.wanted(kind, &projection)).await? {
        Outcome::Created(stored) => Ok(call.resource(StatusCode::CREATED, &stored, &projection)),
        outcome => other(call, outcome, &projection),
    }
}

/// `GET /Users/{id}`
pub async fn read(call: &Call<'_>, kind: ResourceTypeId, id: &str) -> HandlerResult {
    let projection = call.projection(kind)?;
    let id = call.id(kind, id)?;
    let operation = Operation::Get { resource_type: kind, id };
    match call.run(operation, call.wanted(kind, &projection)).await? {
        Outcome::Found(stored) => {
            // RFC 9110 section 13.2.2 has If-Match looked at first, on any method.
            if call.tags(&header::IF_MATCH).is_some_and(|tags| !tags.contain(stored.version)) {
                let detail = format!("the resource has version {} now, which If-Match does not name", stored.etag());
                return Err(Refusal::new(ErrorKind::PreconditionFailed, detail));
            }
            let tags = call.tags(&header::IF_NONE_MATCH);
            if tags.is_some_and(|tags| tags.contain(stored.version)) {
                return Ok(call.tagged(Answer::empty(StatusCode::NOT_MODIFIED), &stored));
            }
            Ok(call.resource(StatusCode::OK, &stored, &projection))
        }
        outcome => other(call, outcome, &projection),
    }
}

/// `PUT /Users/{id}`
pub async fn replace(call: &Call<'_>, kind: ResourceTypeId, id: &str) -> HandlerResult {
    let projection = call.projection(kind)?;
    let body = call.incoming.json()?;
    let id = call.id(kind, id)?;
    let fields = decode::resource(&call.front.registry, kind, &body, &call.front.rules.policy)?;
    call.refuse_existing(kind, id).await?;
    let condition = call.condition();
    let operation = Operation::Replace { resource_type: kind, id, fields: Arc::new(fields), condition };
    match call.run(operation, call.wanted(kind, &projection)).await? {
        Outcome::Changed(changed) => Ok(call.resource(StatusCode::OK, &changed.stored, &projection)),
        outcome => other(call, outcome, &projection),
    }
}

/// `PATCH /Users/{id}`: 204, or 200 with the attributes that were asked for (RFC 7644 section 3.5.2).
pub async fn patch(call: &Call<'_>, kind: ResourceTypeId, id: &str) -> HandlerResult {
    let projection = call.projection(kind)?;
    let body = call.incoming.json()?;
    let id = call.id(kind, id)?;
    let patch = patching::read(&call.front.registry, kind, &body, &call.front.rules.policy)?;
    call.refuse_existing(kind, id).await?;
    let asked = call.parameters.attributes.is_some() || call.front.rules.patch_shown;
    let wanted = if asked { call.wanted(kind, &projection) } else { WantedRelations::default() };
    let condition = call.condition();
    let operation = Operation::Patch { resource_type: kind, id, patch: Arc::new(patch), condition };
    match call.run(operation, wanted).await? {
        Outcome::Changed(changed) if asked => Ok(call.resource(StatusCode::OK, &changed.stored, &projection)),
        Outcome::Changed(changed) => Ok(call.tagged(Answer::empty(StatusCode::NO_CONTENT), &changed.stored)),
        outcome => other(call, outcome, &projection),
    }
}

/// `DELETE /Users/{id}`
pub async fn delete(call: &Call<'_>, kind: ResourceTypeId, id: &str) -> HandlerResult {
    let id = call.id(kind, id)?;
    call.refuse_existing(kind, id).await?;
    let operation = Operation::Delete { resource_type: kind, id, condition: call.condition() };
    match call.run(operation, WantedRelations::default()).await? {
        Outcome::Deleted => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        outcome => {
            let projection = call.projection(kind)?;
            other(call, outcome, &projection)
        }
    }
}

/// A deviation may have run another operation than the request's: its outcome is answered as what it is.
fn other(call: &Call<'_>, outcome: Outcome, projection: &Projection) -> HandlerResult {
    match outcome {
        Outcome::Created(stored) => Ok(call.resource(StatusCode::CREATED, &stored, projection)),
        Outcome::Found(stored) => Ok(call.resource(StatusCode::OK, &stored, projection)),
        Outcome::Changed(changed) => Ok(call.resource(StatusCode::OK, &changed.stored, projection)),
        Outcome::Deleted => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Outcome::Listed(_) => Err(unexpected()),
    }
}
