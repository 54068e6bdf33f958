//! null becomes a text.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::asked::change_body;
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "null.as-text",
    summary: "null for a text is stored as the text null",
    breaks: Breaks::Requirements(&["RFC7643-2.5-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(NullAsText)),
};

struct NullAsText;

impl RequestSeam for NullAsText {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if matches!(*incoming.method, Method::POST | Method::PUT) {
            change_body(incoming, |body| {
                for name in ["nickName", "title", "displayName"] {
                    if body.get(name).is_some_and(Value::is_null) {
                        body[name] = json!("null");
                    }
                }
            });
        }
        Ok(())
    }
}
