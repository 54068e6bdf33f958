//! What is wrong in the step of a client's lifecycle: what one of its requests was answered with, or the state that is left.

use super::signature::{ListFault, ListQuery, Signature, UrlKind};
use super::status;
use crate::finding::Finding;

/// How a step says what a request was answered with.
const ANSWERED: &str = " was answered with status ";
/// How it says that a list holds others than those it was asked for.
const UNRELIABLE: &str = "so that the filter cannot be relied on";
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The signature of a step that fails.
pub(super) fn signature(finding: &Finding) -> Signature {
    let answered = finding.problems.iter().find_map(|problem| of_answer(problem.sentence()));
    answered.unwrap_or(Signature::StateLeft)
}

/// Of `user X: PATCH /Users/7 was answered with status 501 (…)`.
fn of_answer(sentence: &str) -> Option<Signature> {
    let (request, rest) = sentence.split_once(ANSWERED)?;
    let came: u16 = rest.get(..3)?.parse().ok()?;
    let starts = METHODS.iter().filter_map(|method| Some((request.rfind(&format!("{method} /"))?, *method)));
    let (start, method) = starts.max()?;
    if rest.ends_with(UNRELIABLE) {
        return Some(Signature::List { by: ListQuery::Filter, fault: ListFault::Holds });
    }
    if came < 300 && request.ends_with(" with wrong credentials") {
        return Some(Signature::Open);
    }
    let (_, target) = request[start..].split_once(' ')?;
    let place = UrlKind::of_path(target.split(['?', ' ']).next().unwrap_or(target));
    let due = match method {
        "POST" => 201,
        "DELETE" => 204,
        _ => 200,
    };
    // A request that is answered as done, and called wrong all the same, is judged by the state that is left.
    (came >= 400).then(|| status::of_answer(method, place, came, &[due])).flatten()
}
