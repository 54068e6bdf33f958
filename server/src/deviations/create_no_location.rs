//! A creation tells no location.

use actix_web::http::{StatusCode, header};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "create.no-location",
    summary: "a POST that creates is answered without a Location header",
    breaks: Breaks::Requirements(&["RFC7644-3.3-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(CreateNoLocation)),
};

struct CreateNoLocation;

impl AnswerSeam for CreateNoLocation {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::CREATED
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.remove_header(&header::LOCATION);
    }
}
