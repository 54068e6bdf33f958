//! schemas of a body is not looked at.

use actix_web::http::Method;
use scim::schema::standard;
use serde_json::{Value, json};

use super::asked::change_body;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schemas.not-read",
    summary: "a body of any schema is taken for one of the resource type of the endpoint",
    breaks: Breaks::Requirements(&["RFC7644-3.3.1-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(SchemasNotRead)),
};

struct SchemasNotRead;

impl RequestSeam for SchemasNotRead {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let base = match &*incoming.path {
            path if path.starts_with("/Users") => standard::USER,
            path if path.starts_with("/Groups") => standard::GROUP,
            _ => return Ok(()),
        };
        if matches!(*incoming.method, Method::POST | Method::PUT) && !incoming.path.ends_with("/.search") {
            change_body(incoming, |body| {
                if let Value::Object(members) = body {
                    members.insert("schemas".into(), json!([base]));
                }
            });
        }
        Ok(())
    }
}
