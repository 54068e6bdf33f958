//! Locales of a language only.

use actix_web::http::Method;
use scim::{Error, ErrorKind};
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "locale.region-refused",
    summary: "a locale with a region is refused",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-19"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(RegionRefused)),
};

struct RegionRefused;

impl RequestSeam for RegionRefused {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if matches!(*incoming.method, Method::POST | Method::PUT) {
            let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
            if body["locale"].as_str().is_some_and(|locale| locale.contains('-')) {
                return Err(Error::new(ErrorKind::InvalidValue, "locale: expected a language of two letters"));
            }
        }
        Ok(())
    }
}
