//! /Me answers without credentials.

use actix_web::http::StatusCode;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "me.open-to-anonymous",
    summary: "/Me without credentials is answered with 200",
    breaks: Breaks::Requirements(&["RFC7644-3.11-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Open)),
};

struct Open;

impl AnswerSeam for Open {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status == 401 && head.path.ends_with("/Me")
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        answer.status = StatusCode::OK;
    }
}
