//! The answer to a creation repeats the id that the client sent.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::http::Method;
use futures_util::future::BoxFuture;
use serde_json::Value;
use uuid::Uuid;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "create.id-from-client",
    summary: "a POST with an id is answered with that id, under which the resource is not found",
    breaks: Breaks::Requirements(&["RFC7643-3.1-10", "RFC7644-3.3-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(CreateIdFromClient::default())),
};

#[derive(Default)]
struct CreateIdFromClient {
    /// What clients wrote, by the userName in the same body.
    sent: Mutex<HashMap<String, Uuid>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RequestSeam for CreateIdFromClient {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
        if *incoming.method == Method::POST
            && let Some(name) = body["userName"].as_str()
            && let Some(sent) = body["id"].as_str().and_then(|id| id.parse().ok())
        {
            locked(&self.sent).insert(name.to_owned(), sent);
        }
        Ok(())
    }

    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let mut sent = None;
            if let Operation::Create { resource_type, fields } = &operation {
                let name = next.registry().find_attribute(*resource_type, "userName");
                sent = name.and_then(|id| fields.string(id)).and_then(|name| locked(&self.sent).remove(name));
            }
            let mut outcome = next.run(operation).await?;
            if let (Outcome::Created(stored), Some(sent)) = (&mut outcome, sent) {
                stored.id = sent;
            }
            Ok(outcome)
        })
    }
}
