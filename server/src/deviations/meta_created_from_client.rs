//! The time of creation is what the client says.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::http::Method;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.created-from-client",
    summary: "a meta.created in the body of a POST is taken over",
    breaks: Breaks::Requirements(&["RFC7643-3.1-22", "RFC7644-3.3-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(MetaCreatedFromClient::default())),
};

#[derive(Default)]
struct MetaCreatedFromClient {
    /// What clients wrote, by the userName in the same body.
    sent: Mutex<HashMap<String, Timestamp>>,
    /// By id.
    times: Mutex<HashMap<Uuid, Timestamp>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RequestSeam for MetaCreatedFromClient {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
        if *incoming.method == Method::POST
            && let Some(name) = body["userName"].as_str()
            && let Some(sent) = body["meta"]["created"].as_str().and_then(|text| text.parse().ok())
        {
            locked(&self.sent).insert(name.to_owned(), sent);
        }
        Ok(())
    }

    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let mut sent = None;
            if let Operation::Create { resource_type, fields } = &operation {
                let name = next.front().registry.find_attribute(*resource_type, "userName");
                sent = name.and_then(|id| fields.string(id)).and_then(|name| locked(&self.sent).remove(name));
            }
            let mut outcome = next.run(operation).await?;
            if let (Outcome::Created(stored), Some(sent)) = (&outcome, sent) {
                locked(&self.times).insert(stored.id, sent);
            }
            if let Outcome::Created(stored) | Outcome::Found(stored) = &mut outcome
                && let Some(created) = locked(&self.times).get(&stored.id)
            {
                stored.created = *created;
            }
            Ok(outcome)
        })
    }
}
