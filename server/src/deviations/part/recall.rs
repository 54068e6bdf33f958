//! A part at the request that puts something a client sent back into the answer, where the store has its own.

use std::collections::HashMap;

use actix_web::http::Method;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use serde_json::Value;
use uuid::Uuid;

use super::request::body;
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::message::IncomingRequest;
use crate::store::StoredResource;

/// How long it is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recall {
    /// For the answer to the creation.
    Once,
    /// For every later read as well.
    Always,
}

/// Reads something from the body of a creation, and puts it into the resource that is shown. Bodies are told apart by their
/// `userName`, so it works for users.
pub fn recall<T: Copy + Send + Sync + 'static>(
    how: Recall,
    read: fn(&Value) -> Option<T>,
    show: fn(&mut StoredResource, T),
) -> Box<dyn RequestSeam> {
    Box::new(RecallAttribute { how, read, show, sent: Mutex::default(), known: Mutex::default() })
}

struct RecallAttribute<T> {
    how: Recall,
    read: fn(&Value) -> Option<T>,
    show: fn(&mut StoredResource, T),
    /// By the userName in the same body, until the creation is done.
    sent: Mutex<HashMap<String, T>>,
    known: Mutex<HashMap<Uuid, T>>,
}

impl<T: Copy + Send + Sync + 'static> RequestSeam for RecallAttribute<T> {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        let body = body(incoming);
        if *incoming.method == Method::POST
            && let Some(name) = body["userName"].as_str()
            && let Some(sent) = (self.read)(&body)
        {
            self.sent.lock().insert(name.to_owned(), sent);
        }
        Ok(())
    }

    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let mut sent = None;
            if let Operation::Create { resource_type, fields } = &operation {
                let name = next.registry().find_attribute(*resource_type, "userName");
                sent = name.and_then(|id| fields.string(id)).and_then(|name| self.sent.lock().remove(name));
            }
            let mut outcome = next.run(operation).await?;
            match &mut outcome {
                Outcome::Created(stored) => {
                    if let Some(sent) = sent {
                        if self.how == Recall::Always {
                            self.known.lock().insert(stored.id, sent);
                        }
                        (self.show)(stored, sent);
                    }
                }
                Outcome::Found(stored) => {
                    let known = self.known.lock().get(&stored.id).copied();
                    if let Some(known) = known {
                        (self.show)(stored, known);
                    }
                }
                _ => {}
            }
            Ok(outcome)
        })
    }
}
