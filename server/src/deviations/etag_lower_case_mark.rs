//! The mark of a weak `ETag` is a small letter.

use actix_web::http::header::{self, HeaderValue};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.lower-case-mark",
    summary: "an ETag is marked as weak with w/ instead of W/",
    breaks: Breaks::Requirements(&["RFC7643-3.1-33"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(LowerCaseMark)),
};

struct LowerCaseMark;

impl AnswerSeam for LowerCaseMark {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        let _ = head;
        answer.header(&header::ETAG).is_some()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let tag = answer.header(&header::ETAG).and_then(|tag| tag.to_str().ok());
        if let Some(Ok(tag)) = tag.map(|tag| HeaderValue::try_from(tag.replacen("W/", "w/", 1))) {
            answer.set_header(header::ETAG, tag);
        }
    }
}
