//! Who has no right credentials is told that there is nothing.

use actix_web::http::{StatusCode, header};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "auth.refused-as-404",
    summary: "wrong or missing credentials are answered 404",
    breaks: Breaks::Requirements(&["RFC7642-4-01", "RFC7644-2-04", "RFC7644-3.12-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(AuthRefusedAs404)),
};

struct AuthRefusedAs404;

impl AnswerSeam for AuthRefusedAs404 {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::UNAUTHORIZED
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::NOT_FOUND;
        answer.remove_header(&header::WWW_AUTHENTICATE);
        if let Some(mut body) = answer.json() {
            body["status"] = "404".into();
            answer.set_json(&body);
        }
    }
}
