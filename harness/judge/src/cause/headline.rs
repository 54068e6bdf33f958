//! The sentence of a cause.

use super::change;
use super::signature::{ListFault, ListQuery, MemberFault, Signature, UrlKind};
use crate::finding::Finding;
use crate::problem::Problem;

/// The most characters of a sentence that a check has written.
const LONGEST: usize = 160;

/// What is wrong, in one sentence; the first of `findings`, the `lead`, explains it best.
pub(super) fn of(signature: &Signature, lead: &Finding, findings: &[&Finding]) -> String {
    match signature {
        Signature::NoAnswer => format!("a request has no usable answer: {}", own_words(lead)),
        Signature::Credentials { status } => {
            format!("the endpoint refuses the credentials of the run: HTTP status is {status}")
        }
        Signature::Open => open(lead),
        Signature::StateLeft => {
            cut(&format!("the steps of a client leave another state than they should: {}", own_words(lead)))
        }
        Signature::Breakdown { method, status } => {
            format!("{method} breaks the endpoint down: HTTP status is {status} where another is due")
        }
        Signature::NotOffered { method, place, status } => {
            format!("{} is answered {status}, as if it was not offered", request(method, place))
        }
        Signature::ErrorAsSuccess { status } => {
            format!("refusals have the status {status}: only the body says that the request failed")
        }
        Signature::AcceptedMethod { status } => format!("a method that is not offered is answered {status}"),
        Signature::AcceptedOperation => "an operation of a bulk job that must fail is reported as done".to_owned(),
        Signature::LetterCase => cut(&format!("values come in another letter case: {}", own_words(lead))),
        Signature::PageOfRefusal => "the body of a refusal is a page of markup, not a SCIM Error".to_owned(),
        Signature::Page => "a page of markup comes where JSON is expected".to_owned(),
        Signature::RefusedBody if is_last(lead, "PUT") => "PUT of a resource is answered 400, expected 200".to_owned(),
        Signature::RefusedBody => "POST of a new resource is answered 400, expected 201".to_owned(),
        Signature::EffectOfEach => {
            "PUT and PATCH are answered as done, and the resource is not what they make of it".to_owned()
        }
        Signature::Status { method, place, came, due } if *came < 300 && *due >= 400 => {
            format!("{} is answered {came} where it must be refused with {due}", request(method, place))
        }
        Signature::Status { method, place, came, due } => {
            format!("{} is answered {came}, expected {due}", request(method, place))
        }
        Signature::ErrorBody => {
            "the body of an error is not a SCIM Error: its schemas or status is missing or wrong".to_owned()
        }
        Signature::Member { name, fault } => member(name, *fault, lead),
        Signature::Header { name, is_missing: true } => format!("the header {} is missing", title_case(name)),
        Signature::Header { name, is_missing: false } if name == "content-type" => {
            format!("the Content-Type is not application/scim+json: {}", observed(lead))
        }
        Signature::Header { name, is_missing: false } => {
            format!("the header {} is wrong: {}", title_case(name), own_words(lead))
        }
        Signature::List { by, fault } => list(*by, *fault).to_owned(),
        Signature::Projection => "attributes and excludedAttributes are not followed".to_owned(),
        Signature::EffectOfRefused { method } => {
            cut(&format!("a {method} that is refused changes the resource: {}", own_words(lead)))
        }
        Signature::Effect { method, operation } => match change::described(operation, findings) {
            (which, true) => cut(&format!("after {method}{which}, {}", own_words(lead))),
            (which, false) => {
                format!("{method}{which} is answered as done, and the resource is not what it makes of it")
            }
        },
        Signature::Sentence { topic, .. } if topic.is_empty() => cut(lead.reason.as_deref().unwrap_or(&lead.title)),
        Signature::Locations | Signature::Grammar | Signature::Sentence { .. } => own_words(lead),
    }
}

fn open(lead: &Finding) -> String {
    let deciding = lead.gravest_problem().and_then(|problem| problem.exchanges.last());
    match deciding {
        Some(exchange) if !own_words(lead).contains(" is let in") => format!(
            "{} is answered {} where it must be refused for its credentials",
            request(exchange.method.as_str(), &UrlKind::of(exchange)),
            exchange.status
        ),
        _ => own_words(lead),
    }
}

/// Whether the request that decides about a finding has the method.
fn is_last(finding: &Finding, method: &str) -> bool {
    let deciding = finding.gravest_problem().and_then(|problem| problem.exchanges.last());
    deciding.is_some_and(|exchange| exchange.method == method)
}

fn request(method: &str, place: &UrlKind) -> String {
    match place {
        UrlKind::Collection if method == "POST" => "POST of a new resource".to_owned(),
        UrlKind::Collection => format!("{method} of a list"),
        UrlKind::Resource => format!("{method} of a resource"),
        UrlKind::Named(name) => format!("{method} /{name}"),
    }
}

fn member(name: &str, fault: MemberFault, lead: &Finding) -> String {
    let is = |message: &str| message.split_once(" is not ").map(|(_, expected)| expected.to_owned());
    let expected = lead.gravest_problem().and_then(|problem| is(problem.sentence()));
    match (fault, expected) {
        (MemberFault::Missing, _) => format!("{name} is missing"),
        (MemberFault::Unexpected, _) => format!("{name} has a value where none is expected"),
        (MemberFault::LetterCase, Some(expected)) => {
            cut(&format!("{name} is {} instead of {expected}: the letter case is wrong", observed(lead)))
        }
        (MemberFault::LetterCase, None) => format!("{name} has the wrong letter case"),
        (MemberFault::Different, _) if own_words(lead).starts_with("HTTP status is ") => {
            cut(&format!("{name} does not lead to the resource: {}", observed(lead)))
        }
        (MemberFault::Different, _) => own_words(lead),
    }
}

const fn list(by: ListQuery, fault: ListFault) -> &'static str {
    match (by, fault) {
        (ListQuery::Filter, ListFault::Holds) => {
            "a filter does not narrow: lists hold resources that it does not match"
        }
        (ListQuery::Filter, ListFault::Lacks) => "a list lacks resources that its filter matches",
        (ListQuery::Paging, ListFault::Holds) => "a page holds resources that do not belong to it",
        (ListQuery::Paging, ListFault::Lacks) => "a page lacks resources that belong to it",
        (ListQuery::Plain, ListFault::Holds) => "a list holds resources that do not belong to it",
        (ListQuery::Plain, ListFault::Lacks) => "a list lacks resources that belong to it",
    }
}

fn observed(finding: &Finding) -> &str {
    finding.gravest_problem().map_or("", |problem| problem.observed.trim_matches('"'))
}

fn own_words(finding: &Finding) -> String {
    let message = finding.gravest_problem().map(Problem::sentence);
    cut(message.or(finding.reason.as_deref()).unwrap_or(&finding.title))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A header's name as it is written.
fn title_case(name: &str) -> String {
    let part = |part: &str| part.get(..1).map_or_else(String::new, |first| first.to_ascii_uppercase() + &part[1..]);
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}
