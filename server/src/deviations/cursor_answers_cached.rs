//! Pages of a walk by cursor are cached by their query alone.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.answers-cached",
    summary: "a page that a cursor led to is given to whoever sends the same query, without credentials as well",
    breaks: Breaks::Requirements(&["RFC9865-5.2-01", "RFC9865-5.2-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(AnswersCached::default())),
};

#[derive(Default)]
struct AnswersCached(Mutex<HashMap<String, Answer>>);

impl AnswerSeam for AnswersCached {
    fn concerns(&self, head: &Head<'_>, _: &Answer) -> bool {
        head.query.is_some_and(|query| query.contains("cursor=") && !query.contains("cursor=&"))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let query = head.query.unwrap_or_default();
        if let Some(page) = pages.get(query) {
            *answer = page.clone();
        } else if answer.status.is_success() {
            pages.insert(query.to_owned(), answer.clone());
        }
    }
}
