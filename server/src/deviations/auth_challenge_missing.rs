//! A refusal does not say how to authenticate.

use actix_web::http::{StatusCode, header};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "auth.challenge-missing",
    summary: "401 comes without WWW-Authenticate",
    breaks: Breaks::Requirements(&["RFC7644-2-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(AuthChallengeMissing)),
};

struct AuthChallengeMissing;

impl AnswerSeam for AuthChallengeMissing {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::UNAUTHORIZED
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.remove_header(&header::WWW_AUTHENTICATE);
    }
}
