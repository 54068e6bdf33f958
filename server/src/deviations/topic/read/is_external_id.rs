//! The id of a user is the externalId.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::header;
use parking_lot::Mutex;
use serde_json::Value;

use crate::application::{AnswerSeam, RequestSeam};
use crate::deviations::part::answer::edit_resources;
use crate::deviations::part::operations::{operations, path};
use crate::deviations::part::request::{body, edit_parameters};
use crate::deviations::seam::BothSeams;
use crate::message::{Answer, Head, IncomingRequest, decode};

/// The stored id of each externalId that was seen.
type IdByExternalId = Arc<Mutex<HashMap<String, String>>>;

/// See the [module documentation](self).
pub fn seams() -> BothSeams {
    let known = IdByExternalId::default();
    (Box::new(RequestIds(Arc::clone(&known))), Box::new(AnswerIds(known)))
}

struct RequestIds(IdByExternalId);

impl RequestSeam for RequestIds {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        let external = incoming.path.strip_prefix("/Users/").map(|segment| decode(segment).into_owned());
        let known = external.and_then(|external| self.0.lock().get(&external).cloned());
        if let Some(id) = known {
            // A PATCH is answered without a body, so what it changes must be noted here.
            if let Some(changed) = new_external_id(&body(incoming)) {
                self.0.lock().insert(changed.to_owned(), id.clone());
            }
            incoming.path = Cow::Owned(format!("/Users/{id}"));
        }
        if incoming.path == "/Users" && incoming.query.is_some() {
            let ids = self.0.lock().clone();
            edit_parameters(incoming, |name, value| {
                let wanted = value.strip_prefix("id eq ").filter(|_| name == "filter").map(|id| id.trim_matches('"'));
                let found = wanted.and_then(|wanted| ids.get(wanted));
                Some(found.map_or_else(|| value.to_owned(), |id| format!("id eq \"{id}\"")))
            });
        }
        Ok(())
    }
}

/// The externalId that a PUT or a PATCH gives.
fn new_external_id(body: &Value) -> Option<&str> {
    let patched = || {
        operations(body).iter().find_map(|operation| match path(operation) {
            Some("externalId") => operation["value"].as_str(),
            Some(_) => None,
            None => operation["value"]["externalId"].as_str(),
        })
    };
    body.get("externalId").and_then(Value::as_str).or_else(patched)
}

struct AnswerIds(IdByExternalId);

impl AnswerSeam for AnswerIds {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.path.contains("/Users") && answer.status.is_success() && !answer.body.is_empty()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let mut moved = None;
        edit_resources(answer, |resource| {
            let (Some(id), Some(external)) = (resource["id"].as_str(), resource["externalId"].as_str()) else { return };
            let (id, external) = (id.to_owned(), external.to_owned());
            if let Some(location) = resource["meta"]["location"].as_str() {
                let location = location.replace(&id, &external);
                resource["meta"]["location"] = location.as_str().into();
                moved = Some(location);
            }
            resource["id"] = external.as_str().into();
            self.0.lock().insert(external, id);
        });
        if answer.header(&header::LOCATION).is_some()
            && let Some(location) = moved.and_then(|location| location.try_into().ok())
        {
            answer.set_header(header::LOCATION, location);
        }
    }
}
