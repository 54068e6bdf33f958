//! Operations that cannot be carried out are answered as done.

use actix_web::http::{Method, StatusCode, header};
use bytes::Bytes;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.failures-hidden",
    summary: "a PATCH that cannot be carried out is answered 204 and does nothing",
    breaks: Breaks::Requirements(&["RFC7643-7-28", "RFC7644-3.12-22", "RFC7644-3.5.2-03", "RFC7644-3.5.2-05", "RFC7644-3.5.2-06", "RFC7644-3.5.2-11", "RFC7644-3.5.2-12", "RFC7644-3.5.2-18", "RFC7644-3.5.2-22", "RFC7644-3.5.2-23", "RFC7644-3.5.2-31", "RFC7644-3.5.2-32", "RFC7644-3.5.2-40", "RFC7644-3.5.2.2-01", "RFC7644-3.5.2.2-09", "RFC7644-3.5.2.2-10", "RFC7644-3.5.2.3-09", "RFC7644-3.5.2.3-11"]),
    seen: &["https://github.com/goauthentik/authentik/issues/24173", "https://github.com/pydantic/logfire/issues/2355"],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(FailuresHidden)),
};

struct FailuresHidden;

impl AnswerSeam for FailuresHidden {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        *head.method == Method::PATCH && answer.status == StatusCode::BAD_REQUEST
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::NO_CONTENT;
        answer.remove_header(&header::CONTENT_TYPE);
        answer.body = Bytes::new();
    }
}
