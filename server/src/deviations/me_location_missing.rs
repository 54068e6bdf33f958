//! /Me does not tell the permanent location.

use actix_web::http::header;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "me.location-missing",
    summary: "answers of /Me have no Location",
    breaks: Breaks::Requirements(&["RFC7644-3.11-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(LocationMissing)),
};

struct LocationMissing;

impl AnswerSeam for LocationMissing {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        { let _ = answer; head.path.ends_with("/Me") }
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        answer.remove_header(&header::LOCATION);
    }
}
