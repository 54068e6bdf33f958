//! What a handler is given.

use std::sync::Arc;

use scim::Result;
use scim::schema::ResourceTypeId;
use uuid::Uuid;

use super::parameters::Parameters;
use crate::application::{Front, Next, Operation, Outcome};
use crate::message::IncomingRequest;
use crate::server::Server;
use crate::store::{Perspective, StoredResource, WantedRelations};

/// What a handler needs.
pub struct Call<'a> {
    pub server: &'a Server,
    pub front: &'a Front,
    pub incoming: &'a IncomingRequest<'a>,
    pub parameters: Parameters<'a>,
    pub media_type: &'static str,
    pub base_url: Arc<str>,
}

impl Call<'_> {
    /// From where the client sees resources.
    pub fn perspective(&self) -> Perspective<'_> {
        self.front.perspective(&self.base_url)
    }

    /// A resource as it is stored, past the deviations at the request seam.
    pub async fn stored(&self, kind: ResourceTypeId, id: Uuid) -> Result<StoredResource> {
        Next::new(self.front, &self.server.passwords, WantedRelations::default()).stored(kind, id).await
    }

    /// Carries an operation out, by way of the deviations at the request seam.
    pub async fn run(&self, operation: Operation, wanted: WantedRelations) -> Result<Outcome> {
        let next = Next::new(self.front, &self.server.passwords, wanted);
        // Most applications have no deviation, and then no future needs a box.
        if next.is_clear() { next.execute(operation).await } else { next.run(operation).await }
    }
}
