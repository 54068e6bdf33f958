//! An endpoint that takes every POST for the creation of a user, whatever it is sent to.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::Method;
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

/// Whether a POST to the path is a creation or a job.
fn is_collection(path: &str) -> bool {
    let path = path.trim_matches('/');
    !path.is_empty()
        && !path.contains('/')
        && !matches!(path, "Me" | "Schemas" | "ResourceTypes" | "ServiceProviderConfig")
}
