//! There is no `ETag`.

use actix_web::http::header;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.missing",
    summary: "answers have no ETag although etag is published as supported",
    breaks: Breaks::Requirements(&["RFC7644-3.14-02", "RFC7644-3.3-17"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Missing)),
};

struct Missing;

impl AnswerSeam for Missing {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        let _ = head;
        answer.header(&header::ETAG).is_some()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.remove_header(&header::ETAG);
    }
}
