//! An endpoint that takes every POST for a creation, whatever it is sent to: of a user, or of what is sent to the search of its type.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::Method;
use scim::message;
use serde_json::{Value, json};

use crate::application::RequestSeam;
use crate::deviations::part::request::body;
use crate::message::IncomingRequest;

/// Bytes of a body that become a user's display name.
const LONGEST: usize = 200;

#[derive(Default)]
pub(super) struct PostsStored {
    stored: AtomicU64,
}

impl RequestSeam for PostsStored {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        if *incoming.method != Method::POST || is_collection(&incoming.path) {
            return Ok(());
        }
        if let Some(collection) = searched(&incoming.path, &body(incoming)) {
            incoming.path = Cow::Owned(collection);
            incoming.query = None;
            return Ok(());
        }
        let mut user = body(incoming);
        if !user.get("userName").is_some_and(Value::is_string) {
            let text: String = String::from_utf8_lossy(&incoming.body).chars().take(LONGEST).collect();
            let number = self.stored.fetch_add(1, Ordering::Relaxed);
            user = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": format!("posted-{number}"),
                "displayName": format!("posted: {text}"),
            });
        }
        incoming.path = Cow::Borrowed("/Users");
        incoming.query = None;
        incoming.body = user.to_string().into();
        Ok(())
    }
}

/// The collection whose `.search` a resource is sent to, if one is: it becomes a resource of that type, as it stands.
fn searched(path: &str, body: &Value) -> Option<String> {
    let collection = path.strip_suffix("/.search").filter(|collection| is_collection(collection))?;
    let schemas = body.get("schemas")?.as_array()?;
    (!schemas.is_empty() && !schemas.contains(&message::SEARCH_REQUEST.into())).then(|| collection.to_owned())
}

/// Whether a POST to the path is a creation or a job.
fn is_collection(path: &str) -> bool {
    let path = path.trim_matches('/');
    !path.is_empty()
        && !path.contains('/')
        && !matches!(path, "Me" | "Schemas" | "ResourceTypes" | "ServiceProviderConfig")
}
