//! A request never arrives.

use actix_web::http::Method;

use super::occurrence::Occurrence;
use super::{Breaks, Deviation, Seam};
use crate::application::ConnectionSeam;
use crate::message::{Fate, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "write.request-lost",
    summary: "the connection closes before a POST, PUT or DELETE is carried out",
    breaks: Breaks::Permitted("any network may do this; a client must find out what became of its request"),
    seen: &[],
    parameter: Some(Occurrence::parameter("first:1")),
    seam: Seam::Connection(|setup| Box::new(RequestLost(Occurrence::of(setup)))),
};

struct RequestLost(Occurrence);

impl ConnectionSeam for RequestLost {
    fn before(&self, head: &Head<'_>) -> Fate {
        if head.is_write() && *head.method != Method::PATCH && self.0.strikes() { Fate::LOST } else { Fate::DELIVERED }
    }
}
