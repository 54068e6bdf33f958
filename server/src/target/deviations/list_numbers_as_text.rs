//! The numbers of a list are texts.

use super::seam::{AnswerSeam, Head};
use super::shown::shows_resources;
use super::{Breaks, Deviation, Seam};
use crate::http::Answer;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.numbers-as-text",
    summary: "totalResults, startIndex and itemsPerPage are texts",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-05"]),
    seen: &["https://github.com/okta/okta-developer-docs/pull/800"],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Listed)),
};

struct Listed;

impl AnswerSeam for Listed {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        for name in ["totalResults", "startIndex", "itemsPerPage"] {
            if let Some(number) = body.get_mut(name).filter(|number| number.is_number()) {
                *number = number.to_string().into();
            }
        }
        answer.set_json(&body);
    }
}
