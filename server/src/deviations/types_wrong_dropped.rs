//! Values of a wrong type are dropped.

use actix_web::http::Method;
use scim::schema::{Attribute, AttributeType, standard};
use serde_json::Value;

use super::asked::change_body;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "types.wrong-dropped",
    summary: "an object or a list for a simple attribute, and a simple value for a complex one, are dropped in silence",
    breaks: Breaks::Requirements(&["RFC7643-2.3.8-01", "RFC7643-2.4-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(TypesWrongDropped)),
};

struct TypesWrongDropped;

impl RequestSeam for TypesWrongDropped {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if !matches!(*incoming.method, Method::POST | Method::PUT) || !incoming.path.starts_with("/Users") {
            return Ok(());
        }
        let known = standard::document(standard::USER).map_or_else(|_| Vec::new(), |schema| schema.attributes);
        change_body(incoming, |body| {
            let Value::Object(members) = body else { return };
            members.retain(|name, value| {
                let attribute = known.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
                attribute.is_none_or(|attribute| fits(attribute, value))
            });
        });
        Ok(())
    }
}

fn fits(attribute: &Attribute, value: &Value) -> bool {
    match value {
        Value::Array(items) => attribute.multi_valued && items.iter().all(|item| !item.is_array()),
        Value::Object(_) => attribute.attribute_type == AttributeType::Complex && !attribute.multi_valued,
        Value::Null => true,
        _ => attribute.attribute_type != AttributeType::Complex,
    }
}
