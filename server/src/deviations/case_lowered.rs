//! Every text in lower case.

use actix_web::http::Method;
use serde_json::Value;

use super::asked::change_body;
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "case.lowered",
    summary: "texts are stored in lower case, whatever caseExact says",
    breaks: Breaks::Requirements(&["RFC7643-7-24"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(Lowered)),
};

struct Lowered;

impl RequestSeam for Lowered {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if matches!(*incoming.method, Method::POST | Method::PUT) {
            change_body(incoming, |body| {
                if let Some(members) = body.as_object_mut() {
                    members.iter_mut().filter(|(name, _)| *name != "schemas").for_each(|(_, value)| lower(value));
                }
            });
        }
        Ok(())
    }
}

fn lower(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.to_lowercase(),
        Value::Array(items) => items.iter_mut().for_each(lower),
        Value::Object(members) => members.values_mut().for_each(lower),
        _ => {}
    }
}
