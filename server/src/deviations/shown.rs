//! The resources that an answer shows, for deviations at the answer seam.

use serde_json::{Map, Value};

use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// Whether the answer shows resources: alone or in a list, not errors and not what discovery publishes.
pub fn shows_resources(head: &Head<'_>, answer: &Answer) -> bool {
    const DISCOVERY: [&str; 3] = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];
    answer.status.is_success() && !answer.body.is_empty() && !DISCOVERY.iter().any(|place| head.path.contains(place))
}

/// Changes each resource that the answer shows.
pub fn change_resources(answer: &mut Answer, mut change: impl FnMut(&mut Value)) {
    let Some(mut body) = answer.json() else { return };
    if answer.is_list() {
        body.get_mut("Resources").and_then(Value::as_array_mut).into_iter().flatten().for_each(&mut change);
    } else {
        change(&mut body);
    }
    answer.set_json(&body);
}

/// Changes every list of resources as a whole.
pub struct Lists(pub fn(&mut Map<String, Value>));

impl AnswerSeam for Lists {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(Value::Object(mut list)) = answer.json() else { return };
        (self.0)(&mut list);
        answer.set_json(&Value::Object(list));
    }
}
