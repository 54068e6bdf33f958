//! The status of an answer beside those that were due.

use weir_exchange::Exchange;

use super::signature::{Signature, UrlKind};
use crate::problem::Problem;

/// Parts of the sentences about an operation of a bulk job that must fail, and is reported as done.
const MUST_FAIL: [&str; 4] = [" is not refused", "failed operation", " are reported as done", " is not 4"];

/// How the sentence begins about creations side by side with one name.
const SAME_NAME: &str = "not exactly one creation succeeded";

/// The signature of a problem whose deciding exchange, or one of the outcomes that it observed, has another status than was due.
pub(super) fn of_problem(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    of_expectation(problem, exchange)
        .or_else(|| of_refusal(problem, exchange))
        .or_else(|| of_breakdown(problem, exchange))
        .or_else(|| of_outcomes(problem, exchange))
}

/// The signature of an answer with status `came` to a request with `method`, where one of `due` was right.
pub(super) fn of_answer(method: &str, place: UrlKind, came: u16, due: &[u16]) -> Option<Signature> {
    let first = *due.first()?;
    // The status is right, and what is wrong is what comes with it.
    if due.contains(&came) {
        return None;
    }
    let is_success_due = first < 300;
    let method_named = method.to_owned();
    Some(match came {
        200..=299 if first == 401 || first == 403 => Signature::Open,
        401 | 403 if is_success_due => Signature::Credentials { status: came },
        501 | 405 if is_success_due => Signature::NotOffered { method: method_named, place, status: came },
        404 if is_success_due && place != UrlKind::Resource => {
            Signature::NotOffered { method: method_named, place, status: came }
        }
        500..=599 => Signature::Breakdown { method: method_named, status: came },
        400 if is_success_due && is_whole_body(method, &place) => Signature::RefusedBody,
        200..=299 if due.contains(&405) => Signature::AcceptedMethod { status: came },
        _ => Signature::Status { method: method_named, place, came, due: first },
    })
}

/// Whether a request carries a whole resource.
fn is_whole_body(method: &str, place: &UrlKind) -> bool {
    matches!(method, "POST" | "PUT") && !matches!(place, UrlKind::Named(_))
}

/// The statuses that were due, as expectations and preparations say it.
fn statuses_due(problem: &Problem, exchange: &Exchange) -> Option<Vec<u16>> {
    let (sentence, method) = (problem.sentence(), exchange.method.as_str());
    if let Some(text) = sentence.strip_prefix("HTTP status is ") {
        let (_, due) = text.split_once("expected ")?;
        return Some(due.split(" or ").filter_map(|status| status.get(..3)?.parse().ok()).collect());
    }
    if sentence.starts_with(&format!("{method} on ")) {
        return Some(vec![405]);
    }
    sentence.contains(" was answered with ").then(|| vec![if method == "POST" { 201 } else { 200 }])
}

/// A status that is not the right one, as expectations and preparations say it.
fn of_expectation(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    let due = statuses_due(problem, exchange)?;
    if exchange.method == "GET"
        && exchange.status < 300
        && due.contains(&404)
        && follows_its_deletion(problem, exchange)
    {
        return Some(Signature::Effect { method: "DELETE".to_owned(), operation: String::new() });
    }
    of_answer(exchange.method.as_str(), UrlKind::of(exchange), exchange.status, &due)
}

/// Whether the resource that is there was deleted before.
fn follows_its_deletion(problem: &Problem, exchange: &Exchange) -> bool {
    let is_deletion = |before: &Exchange| {
        before.method == "DELETE" && before.status < 300 && before.url.path() == exchange.url.path()
    };
    problem.exchanges.iter().any(|before| is_deletion(before))
}

/// An allowed body that is refused, as checks of single attributes say it.
fn of_refusal(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    let sentence = problem.sentence();
    let is_said = sentence.contains(" is refused") || sentence.ends_with(" cannot be changed");
    let is_refused = exchange.status == 400 && is_whole_body(exchange.method.as_str(), &UrlKind::of(exchange));
    (is_said && is_refused).then_some(Signature::RefusedBody)
}

/// An internal error, as rules and checks of wrong requests say it.
fn of_breakdown(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    let sentence = problem.sentence();
    // A page instead of an Error is how a broken server looks.
    let is_said = sentence.contains(" breaks the endpoint down")
        || sentence.ends_with(" is answered 500")
        || sentence.starts_with("the body is a page of markup");
    (is_said && exchange.status >= 500)
        .then(|| Signature::Breakdown { method: exchange.method.to_string(), status: exchange.status })
}

/// An answer that says that the endpoint broke down, whatever was expected of it.
pub(super) fn of_broken_answer(exchange: &Exchange) -> Option<Signature> {
    let (method, status) = (exchange.method.to_string(), exchange.status);
    is_breakdown(status).then_some(Signature::Breakdown { method, status })
}

/// Whether a status is a fault of the endpoint; 501 and 503 say that it will not.
const fn is_breakdown(status: u16) -> bool {
    matches!(status, 500 | 502 | 504..=599)
}

/// Several outcomes that a problem observed, such as `500, 201` or `POST 201, PUT 404`: one of them says that the endpoint broke
/// down, or all that an operation which must fail was done.
fn of_outcomes(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    let outcomes = outcomes(&problem.observed, exchange)?;
    if let Some((method, status)) = outcomes.iter().find(|(_, status)| is_breakdown(*status)) {
        return Some(Signature::Breakdown { method: (*method).to_owned(), status: *status });
    }
    let is_done = |(_, status): &(&str, u16)| *status < 300;
    if problem.sentence().starts_with(SAME_NAME) && outcomes.iter().all(is_done) {
        let place = UrlKind::Collection;
        return Some(Signature::Status { method: "POST".to_owned(), place, came: 201, due: 409 });
    }
    let is_bulk = matches!(UrlKind::of(exchange), UrlKind::Named(name) if name == "Bulk");
    let is_due = MUST_FAIL.iter().any(|words| problem.sentence().contains(words));
    (is_bulk && exchange.status == 200 && is_due).then_some(())?;
    // One operation beside others that may succeed is looked at by the sentence's own name for it.
    let is_each = outcomes.iter().all(is_done);
    let named = operation_named(problem.sentence()).and_then(|position| outcomes.get(position));
    named.map_or(is_each, is_done).then_some(Signature::AcceptedOperation)
}

/// The position in `Operations[3].status of …`.
fn operation_named(sentence: &str) -> Option<usize> {
    let (position, _) = sentence.strip_prefix("Operations[")?.split_once(']')?;
    position.parse().ok()
}

/// Methods and statuses; the method is that of the exchange where none is named. None if `observed` is something else.
fn outcomes<'t>(observed: &'t str, exchange: &'t Exchange) -> Option<Vec<(&'t str, u16)>> {
    let outcome = |text: &'t str| {
        let text = text.trim();
        let (method, status) = text.split_once(' ').unwrap_or((exchange.method.as_str(), text));
        let method = if method == "status" { exchange.method.as_str() } else { method };
        let is_method = method.bytes().all(|byte| byte.is_ascii_uppercase());
        let status: u16 = status.parse().ok()?;
        (is_method && (100..600).contains(&status)).then_some((method, status))
    };
    observed.split(',').map(outcome).collect()
}
