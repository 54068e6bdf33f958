//! Every `ETag` is the first.

use actix_web::http::header::{self, HeaderValue};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.frozen",
    summary: "the ETag is the same for ever",
    breaks: Breaks::Requirements(&["RFC7644-3.14-09", "RFC7643-3.1-31"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Frozen)),
};

struct Frozen;

impl AnswerSeam for Frozen {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        let _ = head;
        answer.header(&header::ETAG).is_some()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.set_header(header::ETAG, HeaderValue::from_static("W/\"1\""));
    }
}
