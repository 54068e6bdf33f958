//! PATCH is always answered without body.

use actix_web::http::{Method, StatusCode, header};
use bytes::Bytes;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.attributes-ignored",
    summary: "PATCH is answered 204 even if attributes are asked for",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-35"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(AttributesIgnored)),
};

struct AttributesIgnored;

impl AnswerSeam for AttributesIgnored {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        *head.method == Method::PATCH && answer.status == StatusCode::OK
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::NO_CONTENT;
        answer.remove_header(&header::CONTENT_TYPE);
        answer.body = Bytes::new();
    }
}
