//! Writes to discovery that seem to work.

use actix_web::http::{Method, StatusCode};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.writable",
    summary: "PUT on a discovery document is answered 204, as if it had been written",
    breaks: Breaks::Requirements(&["RFC7643-5-02", "RFC7643-6-02", "RFC7643-7-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Writable)),
};

struct Writable;

impl AnswerSeam for Writable {
    fn concerns(&self, head: &Head<'_>, _: &Answer) -> bool {
        let documents = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];
        *head.method == Method::PUT && documents.iter().any(|path| head.path.contains(path))
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::empty(StatusCode::NO_CONTENT);
    }
}
