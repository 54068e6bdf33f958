//! Every answer is labelled as plain JSON.

use actix_web::http::header::{self, HeaderValue};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "media-type.plain-json",
    summary: "every answer is labelled application/json, whatever the client accepts",
    breaks: Breaks::Requirements(&[
        "RFC7644-3.1-01",
        "RFC7644-3.8-06",
        "RFC7644-3.8-08",
        "RFC7644-3.8-09",
        "RFC7644-3.12-06",
        "RFC7644-8.1-01",
    ]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(MediaTypePlainJson)),
};

struct MediaTypePlainJson;

impl AnswerSeam for MediaTypePlainJson {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        !answer.body.is_empty()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.set_header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
}
