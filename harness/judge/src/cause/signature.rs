//! What is wrong in a finding, without the names and values by which two findings of one cause differ.

use weir_exchange::difference::{Difference, assigned};
use weir_exchange::{BodyError, BodyErrorKind, Exchange};

use super::{change, location, status, step};
use crate::because::Because;
use crate::finding::{Finding, Origin};
use crate::problem::Problem;
use crate::rule::ERROR;
use crate::verdict::Verdict;
use crate::weight::Weight;

/// What is wrong. Two findings with the same have one cause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Signature {
    /// A request has no usable answer.
    NoAnswer,
    /// The credentials of the run are refused.
    Credentials {
        status: u16,
    },
    /// A request that has no right to is let in.
    Open,
    /// The endpoint breaks down where it should answer with something else.
    Breakdown {
        method: String,
        status: u16,
    },
    /// What should succeed is answered as if it did not exist.
    NotOffered {
        method: String,
        place: UrlKind,
        status: u16,
    },
    /// A refusal whose status says that it is none.
    ErrorAsSuccess {
        status: u16,
    },
    /// A page of markup where an answer in JSON was due.
    Page,
    /// A refusal with a page of markup.
    PageOfRefusal,
    /// A method that is not offered is answered as if it had done something.
    AcceptedMethod {
        status: u16,
    },
    /// An operation of a bulk job that must fail is reported as done.
    AcceptedOperation,
    /// A body that is allowed is refused, as if something in it was wrong.
    RefusedBody,
    /// A status where another was due.
    Status {
        method: String,
        place: UrlKind,
        came: u16,
        due: u16,
    },
    /// The body of an error is not that of a SCIM Error.
    ErrorBody,
    Member {
        name: String,
        fault: MemberFault,
    },
    /// Values come in another letter case, whatever the member.
    LetterCase,
    /// The header `Location` and `meta.location` name different URIs.
    Locations,
    Header {
        name: String,
        is_missing: bool,
    },
    /// A list does not hold what it should.
    List {
        by: ListQuery,
        fault: ListFault,
    },
    /// A filter is not read as the grammar says.
    Grammar,
    /// `attributes` or `excludedAttributes` are not followed.
    Projection,
    /// A write is answered as done, and the resource is not what it makes of it.
    Effect {
        method: String,
        operation: String,
    },
    /// A write is refused, and the resource is not what it was before.
    EffectOfRefused {
        method: String,
    },
    /// PUT and every operation of PATCH are answered as done, and the resource is not what they make of it.
    EffectOfEach,
    /// The steps of a client leave another state than they should.
    StateLeft,
    /// Nothing that is known of; the problem's own sentence, without what follows the first value in it.
    Sentence {
        topic: String,
        text: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MemberFault {
    Missing,
    Unexpected,
    LetterCase,
    Different,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ListQuery {
    Filter,
    Paging,
    Plain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ListFault {
    Lacks,
    Holds,
}

/// What kind of URL a request goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum UrlKind {
    /// Of resources, or one document of discovery.
    Collection,
    Resource,
    /// One that the RFC names, such as `Bulk`.
    Named(String),
}

/// The URLs that are neither a collection of resources nor a resource.
const NAMED: [&str; 6] = [".search", "Bulk", "Me", "Schemas", "ResourceTypes", "ServiceProviderConfig"];
/// How the finding about a first request says that its answer decides nothing.
const NEITHER: &str = ", which says neither that the endpoint offers ";
/// Parts of the sentences about a filter that is read in another way, or in none.
const GRAMMAR: [&str; 3] =
    [" is not read as the grammar says", " is refused, and the usual ", " by a filter that asks for "];
/// What sentences about the encoding of a body contain.
const ENCODINGS: [&str; 2] = ["byte order mark", "body is not UTF-8"];
/// Members with names of small letters that a sentence may begin with.
const MEMBERS: [&str; 9] =
    ["Resources", "schemas", "status", "meta", "id", "members", "emails", "active", "body.status"];

impl Signature {
    /// That of a finding's gravest problem.
    pub(super) fn of(finding: &Finding) -> Self {
        // What ends the run's questions is the same whatever was asked.
        if finding.verdict == Verdict::Blocked
            && finding.because == Some(Because::Run)
            && let Some(reason) = &finding.reason
        {
            return Self::Sentence { topic: String::new(), text: without_values(reason) };
        }
        match finding.gravest_problem() {
            Some(_) if matches!(finding.origin, Origin::Step { .. }) => step::signature(finding),
            Some(problem) => of_problem(problem, finding),
            None => sentence(finding.reason.as_deref().unwrap_or(&finding.title), finding),
        }
    }

    /// The topics of the checks whose own question it is: one of them explains it best.
    pub(super) fn home(&self) -> &'static [&'static str] {
        let by_method = |method: &str, place: &UrlKind| -> &'static [&'static str] {
            match (method, place) {
                (_, UrlKind::Named(name)) if name == "Bulk" => &["bulk"],
                (_, UrlKind::Named(name)) if name == ".search" => &["search"],
                (_, UrlKind::Named(_)) => &["discovery", "me"],
                ("PATCH", _) => &["patch"],
                ("PUT", _) => &["replace"],
                ("DELETE", _) => &["delete"],
                ("POST", _) => &["create", "errors"],
                (_, UrlKind::Resource) => &["read", "delete"],
                (_, UrlKind::Collection) => &["read", "filter", "sort", "index-paging", "cursor-paging"],
            }
        };
        match self {
            Self::NotOffered { method, place, .. } | Self::Status { method, place, .. } => by_method(method, place),
            Self::Open => &["auth"],
            Self::RefusedBody => &["create", "replace"],
            Self::EffectOfEach => &["replace", "patch"],
            Self::Breakdown { method, .. } | Self::Effect { method, .. } | Self::EffectOfRefused { method } => {
                by_method(method, &UrlKind::Resource)
            }
            Self::ErrorBody | Self::ErrorAsSuccess { .. } | Self::PageOfRefusal => &["errors"],
            Self::Member { name, .. } if name == "meta.location" => &["create", "common-attributes"],
            Self::Member { name, .. } if name == "scimType" || name == "detail" => &["errors"],
            Self::Grammar | Self::List { by: ListQuery::Filter, .. } => &["filter"],
            Self::List { by: ListQuery::Paging, .. } => &["index-paging", "cursor-paging"],
            Self::List { by: ListQuery::Plain, .. } => &["read", "search"],
            Self::Projection => &["projection"],
            Self::AcceptedOperation => &["bulk"],
            Self::Locations => &["create", "common-attributes"],
            Self::LetterCase => &["round-trip"],
            Self::NoAnswer
            | Self::Credentials { .. }
            | Self::AcceptedMethod { .. }
            | Self::Page
            | Self::StateLeft
            | Self::Member { .. }
            | Self::Header { .. }
            | Self::Sentence { .. } => &[],
        }
    }

    /// Whether it is what clients read before anything else: without it, what they look for in lists and resources is not found
    /// either. `weight` is that of the finding to look at.
    pub(super) fn is_frame(&self, weight: Weight) -> bool {
        match self {
            Self::ErrorAsSuccess { .. } | Self::Page | Self::LetterCase => true,
            // What is there and is not found; a link that leads nowhere is needed by some clients only.
            Self::Status { method, place: UrlKind::Resource, came: 404, due: 200 } => {
                method == "GET" && weight == Weight::EveryClient
            }
            Self::Member { name, fault } => matches!(
                (name.as_str(), fault),
                ("id" | "Resources" | "schemas", MemberFault::Missing)
                    | ("id" | "Resources.id", MemberFault::Different)
            ),
            _ => false,
        }
    }

    /// Whether a member that a resource lacks was not in the body that the resource was made of either.
    pub(super) fn is_of_the_request(&self, finding: &Finding) -> bool {
        let Self::Member { name, fault: MemberFault::Missing } = self else { return false };
        let exchanges = finding.gravest_problem().map_or(&[][..], |problem| &problem.exchanges);
        let write = exchanges.iter().rfind(|exchange| exchange.method == "POST" || exchange.method == "PUT");
        let sent = write.and_then(|write| serde_json::from_slice::<serde_json::Value>(&write.request_body).ok());
        name == "schemas" && sent.is_some_and(|sent| sent.is_object() && !is_anywhere(&sent, name))
    }

    /// A name for programs.
    pub(super) fn id(&self) -> String {
        let text = match self {
            Self::NoAnswer => "no-answer".to_owned(),
            Self::Credentials { status } => format!("credentials-{status}"),
            Self::Open => "open".to_owned(),
            Self::StateLeft => "state-left".to_owned(),
            Self::Breakdown { method, status } => format!("breakdown-{method}-{status}"),
            Self::ErrorAsSuccess { status } => format!("error-as-{status}"),
            Self::Page => "page".to_owned(),
            Self::PageOfRefusal => "page-of-refusal".to_owned(),
            Self::Grammar => "grammar".to_owned(),
            Self::AcceptedMethod { status } => format!("accepted-method-{status}"),
            Self::AcceptedOperation => "accepted-operation".to_owned(),
            Self::LetterCase => "letter-case".to_owned(),
            Self::Locations => "locations".to_owned(),
            Self::NotOffered { method, place, status } => format!("not-offered-{method}-{}-{status}", place.word()),
            Self::Status { method, place, came, due } => format!("status-{method}-{}-{came}-{due}", place.word()),
            Self::RefusedBody => "refused-body".to_owned(),
            Self::EffectOfEach => "effect-of-each".to_owned(),
            Self::ErrorBody => "error-body".to_owned(),
            Self::Member { name, fault } => format!("member-{name}-{fault:?}"),
            Self::Header { name, is_missing: true } => format!("header-{name}-missing"),
            Self::Header { name, is_missing: false } => format!("header-{name}-different"),
            Self::List { by, fault } => format!("list-{by:?}-{fault:?}"),
            Self::Projection => "projection".to_owned(),
            Self::EffectOfRefused { method } => format!("effect-of-refused-{method}"),
            Self::Effect { method, operation } if operation.is_empty() => format!("effect-{method}"),
            Self::Effect { method, operation } => format!("effect-{method}-{operation}"),
            Self::Sentence { topic, text } => format!("{topic}-{text}"),
        };
        slug(&text)
    }
}

impl UrlKind {
    pub(super) fn of(exchange: &Exchange) -> Self {
        Self::of_path(exchange.url.path())
    }

    pub(super) fn of_path(path: &str) -> Self {
        let last = path.rsplit('/').next().unwrap_or_default();
        if NAMED.contains(&last) {
            return Self::Named(last.to_owned());
        }
        if last.chars().all(|character| character.is_ascii_alphabetic()) { Self::Collection } else { Self::Resource }
    }

    fn word(&self) -> &str {
        match self {
            Self::Collection => "collection",
            Self::Resource => "resource",
            Self::Named(name) => name,
        }
    }
}

/// Small letters, digits and hyphens.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars().take(80) {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}

fn of_problem(problem: &Problem, finding: &Finding) -> Signature {
    // Whoever meets such a body says it.
    if let Some(text) = ENCODINGS.iter().find(|text| problem.sentence().contains(**text)) {
        return Signature::Sentence { topic: "encoding".to_owned(), text: (*text).to_owned() };
    }
    let Some(exchange) = problem.exchanges.last() else {
        return if problem.observed == "no usable answer" {
            Signature::NoAnswer
        } else {
            sentence(problem.sentence(), finding)
        };
    };
    of_success(exchange)
        .or_else(|| of_probe(problem, exchange))
        .or_else(|| location::of_problem(problem, exchange))
        .or_else(|| status::of_problem(problem, exchange))
        .or_else(|| status::of_broken_answer(exchange).filter(|_| finding.origin == Origin::Check))
        .or_else(|| of_page(problem, exchange))
        .or_else(|| GRAMMAR.iter().any(|words| problem.sentence().contains(words)).then_some(Signature::Grammar))
        .or_else(|| of_header(problem.sentence()))
        .or_else(|| of_list(problem.sentence(), exchange))
        .or_else(|| of_error(problem, exchange))
        .or_else(|| of_projection(problem, exchange))
        .or_else(|| change::of_problem(problem, exchange))
        .or_else(|| of_member(problem, exchange))
        .unwrap_or_else(|| sentence(problem.sentence(), finding))
}

/// An answer whose status says that it is a success, and whose body says something else.
fn of_success(exchange: &Exchange) -> Option<Signature> {
    if exchange.status >= 300 {
        return None;
    }
    match exchange.body() {
        Ok(body) => {
            let schemas = body["schemas"].as_array().map_or(&[][..], Vec::as_slice);
            schemas
                .iter()
                .any(|schema| schema == ERROR)
                .then_some(Signature::ErrorAsSuccess { status: exchange.status })
        }
        Err(error) => {
            let is_page = matches!(error.kind(), BodyErrorKind::Page | BodyErrorKind::LoginPage);
            is_page.then_some(Signature::Page)
        }
    }
}

/// An answer to a request that should be refused whatever it asks, or to one of the first requests.
fn of_probe(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    let (method, status) = (exchange.method.to_string(), exchange.status);
    if problem.sentence().contains(" is let in") && status < 300 {
        return Some(Signature::Open);
    }
    if problem.sentence().ends_with(" refused") && matches!(status, 405 | 501) {
        return Some(Signature::NotOffered { method, place: UrlKind::of(exchange), status });
    }
    if !problem.sentence().contains(NEITHER) {
        return None;
    }
    match status {
        500.. => Some(Signature::Breakdown { method, status }),
        // What a POST to a list makes, made where no list is.
        201 => Some(Signature::AcceptedMethod { status }),
        _ => None,
    }
}

/// A page of markup in the place of an Error, whatever part of it a finding looks at.
fn of_page(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    let starts = [
        "the body is ",
        "the Content-Type is not ",
        "the Content-Type of ",
        "the schemas of ",
        "the status in ",
        "a refusal has ",
    ];
    let is_about = starts.iter().any(|start| problem.sentence().starts_with(start));
    let is_page = || {
        let kind = exchange.body().err().map(BodyError::kind);
        matches!(kind, Some(BodyErrorKind::Page | BodyErrorKind::LoginPage))
    };
    ((400..500).contains(&exchange.status) && is_about && is_page()).then_some(Signature::PageOfRefusal)
}

fn of_header(message: &str) -> Option<Signature> {
    if message.starts_with("the Content-Type is not ") || message.starts_with("the answer is not 200 in ") {
        return Some(Signature::Header { name: "content-type".to_owned(), is_missing: false });
    }
    let name = message.strip_prefix("the header ")?;
    let (name, rest) = name.split_once(' ')?;
    Some(Signature::Header { name: name.to_ascii_lowercase(), is_missing: rest.starts_with("is missing") })
}

fn of_list(message: &str, exchange: &Exchange) -> Option<Signature> {
    let text = message.strip_prefix("the list ").or_else(|| message.strip_prefix("Resources "))?;
    let fault = if text.starts_with("holds ") || text.contains(" holds ") {
        ListFault::Holds
    } else if text.starts_with("lacks ") || text.starts_with("is empty") {
        ListFault::Lacks
    } else {
        return None;
    };
    // A search has in its body what a query has in its URL.
    let search = serde_json::from_slice::<serde_json::Value>(&exchange.request_body).unwrap_or_default();
    let asks = |names: &[&str]| {
        let in_url = exchange.url.query_pairs().any(|(name, _)| names.contains(&&*name));
        in_url || names.iter().any(|name| search.get(name).is_some())
    };
    let by = if asks(&["startIndex", "count", "cursor"]) {
        ListQuery::Paging
    } else if asks(&["filter"]) {
        ListQuery::Filter
    } else {
        ListQuery::Plain
    };
    Some(Signature::List { by, fault })
}

/// A member of an error that is not as RFC 7644 section 3.12 has it.
fn of_error(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    // The first is a check's sentence, the others are those of the rules about refusals.
    let starts = [
        "the body is empty where JSON",
        "the schemas of a refusal ",
        "the status in a refusal ",
        "a refusal has no status",
    ];
    if exchange.status >= 400 && starts.iter().any(|start| problem.sentence().starts_with(start)) {
        return Some(Signature::ErrorBody);
    }
    let (member, _) = problem.sentence().split_once(' ')?;
    let is_of_the_frame = matches!(member, "schemas" | "status" | "body.status");
    (exchange.status >= 400 && is_of_the_frame).then_some(Signature::ErrorBody)
}

fn of_projection(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    // What is shown with another value is not left out, and not beside what was asked for.
    if problem.differences.iter().any(|difference| difference.expected.is_some() && difference.found.is_some()) {
        return None;
    }
    let is_asked = exchange.url.query_pairs().any(|(name, _)| name == "attributes" || name == "excludedAttributes");
    (is_asked && exchange.status < 300).then_some(Signature::Projection)
}

fn of_member(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    let message = problem.sentence();
    let name = if let Some((_, name)) = message.strip_prefix("a ").and_then(|text| text.split_once(" has no ")) {
        name
    } else if let Some(difference) = problem.differences.first().filter(|one| !one.path.is_empty()) {
        difference.path.as_str()
    } else {
        let (word, _) = message.split_once(' ')?;
        Some(word).filter(|word| is_member(word))?
    };
    let found = problem.differences.first().map(|difference| difference.found.is_some());
    let is_missing = message.contains(" is missing")
        || message.contains(" has no ")
        || found.map_or(problem.observed == "nothing" || problem.observed == format!("no {name}"), |found| !found);
    let fault = if message.contains(" has a value, expected none") {
        MemberFault::Unexpected
    } else if is_missing {
        MemberFault::Missing
    } else if differs_in_letter_case(problem) {
        MemberFault::LetterCase
    } else {
        MemberFault::Different
    };
    let name = without_indices(name);
    let first = change::first_name(&name);
    // Where the whole is not there, its parts are not missing by themselves.
    let is_gone = || !first.is_empty() && exchange.json().is_ok_and(|body| !is_anywhere(body, first));
    let name = if fault == MemberFault::Missing && is_gone() { first.to_owned() } else { name };
    Some(Signature::Member { name, fault })
}

/// Whether a body has the member, at its top or in an extension.
pub(super) fn is_anywhere(body: &serde_json::Value, name: &str) -> bool {
    let extensions = body.as_object().into_iter().flatten().filter(|(uri, _)| uri.starts_with("urn:"));
    std::iter::once(body).chain(extensions.map(|(_, extension)| extension)).any(|whole| assigned(whole, name).is_some())
}

pub(super) fn is_member(word: &str) -> bool {
    let letters = word.chars().all(|character| character.is_ascii_alphanumeric() || "._:-[]$".contains(character));
    let is_camel = word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.contains(|character: char| character.is_ascii_uppercase());
    letters && (is_camel || word.contains('.') || MEMBERS.contains(&word))
}

/// Whether what came is what was expected, but for the letter case.
fn differs_in_letter_case(problem: &Problem) -> bool {
    let came = problem.observed.trim_matches('"');
    if let Some((came, expected)) = problem.sentence().split_once(" instead of ") {
        let came = came.rsplit(' ').next().unwrap_or_default();
        return is_in_other_letters(came, expected);
    }
    if let Some((_, expected)) = problem.sentence().split_once(" is not ") {
        return expected.split(" or ").map(|word| word.trim_matches('"')).any(|word| is_in_other_letters(word, came));
    }
    problem.differences.first().is_some_and(is_of_letter_case)
}

fn is_in_other_letters(one: &str, other: &str) -> bool {
    one != other && one.to_lowercase() == other.to_lowercase()
}

pub(super) fn is_of_letter_case(difference: &Difference) -> bool {
    let texts = (difference.expected.as_ref(), difference.found.as_ref());
    let texts = (texts.0.and_then(serde_json::Value::as_str), texts.1.and_then(serde_json::Value::as_str));
    matches!(texts, (Some(expected), Some(found)) if is_in_other_letters(expected, found))
}

fn without_indices(path: &str) -> String {
    let mut name = String::new();
    let mut inside = false;
    for character in path.chars() {
        match character {
            '[' => inside = true,
            ']' => inside = false,
            _ if inside => {}
            character => name.push(character),
        }
    }
    name
}

fn sentence(text: &str, finding: &Finding) -> Signature {
    Signature::Sentence { topic: finding.topic().to_owned(), text: without_values(text) }
}

/// The beginning of a sentence, up to the first value in it.
fn without_values(text: &str) -> String {
    let is_value = |character: char| character.is_ascii_digit() || "\"`[{(,:;".contains(character);
    let end = text.find(is_value).filter(|end| *end > 8).unwrap_or(text.len());
    text[..end].trim().chars().take(60).collect()
}
