//! A cursor that comes with another filter than the one that began the walk.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use url::form_urlencoded;

use crate::application::{AnswerSeam, RequestSeam};
use crate::deviations::seam::BothSeams;
use crate::message::{Answer, Head, IncomingRequest};

/// The filter of the walk that each cursor belongs to.
type FilterByCursor = Arc<Mutex<HashMap<String, Option<String>>>>;

/// Such a request is answered with the list of all resources, from its beginning.
pub fn seams() -> BothSeams {
    let known = FilterByCursor::default();
    (Box::new(Requests(Arc::clone(&known))), Box::new(Answers(known)))
}

struct Requests(FilterByCursor);

impl RequestSeam for Requests {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        let query = incoming.query.as_deref().unwrap_or_default();
        let begun = parameter(query, "cursor").and_then(|cursor| self.0.lock().get(&cursor).cloned());
        if begun.is_some_and(|filter| filter != parameter(query, "filter")) {
            incoming.query = Some(Cow::Borrowed("cursor="));
        }
        Ok(())
    }
}

struct Answers(FilterByCursor);

impl AnswerSeam for Answers {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list()
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let Some(body) = answer.json() else { return };
        if let Some(next) = body["nextCursor"].as_str() {
            self.0.lock().insert(next.to_owned(), parameter(head.query.unwrap_or_default(), "filter"));
        }
    }
}

fn parameter(query: &str, wanted: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
}
