//! A wrong cursor is refused as any wrong value.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.invalid-unexplained",
    summary: "a wrong cursor is refused as invalidValue, without the word that tells a client to start anew",
    breaks: Breaks::Requirements(&["RFC9865-2.1-02", "RFC9865-2.1-01", "RFC9865-5.2-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Unexplained)),
};

struct Unexplained;

impl AnswerSeam for Unexplained {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status == 400 && head.query.is_some_and(|query| query.contains("cursor="))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut error) = answer.json() else { return };
        if error["scimType"] == "invalidCursor" {
            error["scimType"] = "invalidValue".into();
            answer.set_json(&error);
        }
    }
}
