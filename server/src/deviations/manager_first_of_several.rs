//! One manager of several.

use actix_web::http::Method;
use scim::schema::standard;

use super::asked::change_body;
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "manager.first-of-several",
    summary: "an array of managers is taken, and all but the first thrown away",
    breaks: Breaks::Requirements(&["RFC7643-4.3-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(FirstOfSeveral)),
};

struct FirstOfSeveral;

impl RequestSeam for FirstOfSeveral {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if matches!(*incoming.method, Method::POST | Method::PUT) {
            change_body(incoming, |body| {
                let manager = body.get_mut(standard::ENTERPRISE_USER).and_then(|own| own.get_mut("manager"));
                if let Some(manager) = manager
                    && manager.is_array()
                {
                    *manager = manager[0].take();
                }
            });
        }
        Ok(())
    }
}
