//! What a check expects of an answer, written as a chain. Each link that does not hold becomes a problem with its
//! evidence; the chain goes on, so that one answer shows all its faults at once.

use std::sync::Arc;

use scim::requirement::{self, Basis};
use serde_json::Value;
use weir_exchange::Exchange;
use weir_exchange::difference::{Difference, assigned, at, differences, same_state};
use weir_judge::{Problem, Verdict, verdict_of};

use crate::check::Context;
use crate::definition::list;

/// The requirements that name the `scimType` of an error themselves. Elsewhere the member is OPTIONAL (RFC 7644 section 3.12).
const NAMING_THE_KEYWORD: [&str; 11] = [
    "RFC7644-3.3-12",
    "RFC7644-3.4.2.1-04",
    "RFC7644-3.4.2.2-35",
    "RFC7644-3.4.2.2-36",
    "RFC7644-3.4.2.2-37",
    "RFC7644-3.4.2.2-38",
    "RFC7644-3.4.2.2-63",
    "RFC7644-3.5.1-11",
    "RFC7644-3.5.2.2-09",
    "RFC7644-3.5.2.2-10",
    "RFC7644-3.5.2.3-09",
];

/// The requirements that name the status of a refusal themselves, with MUST or SHALL. Elsewhere Table 8 does, with SHOULD (RFC 7644
/// section 3.12).
const NAMING_THE_STATUS: [&str; 9] = [
    "RFC7644-3.3-12",
    "RFC7644-3.4.2.1-04",
    "RFC7644-3.4.2.2-35",
    "RFC7644-3.4.2.2-36",
    "RFC7644-3.4.2.2-37",
    "RFC7644-3.4.2.2-38",
    "RFC7644-3.4.2.2-63",
    "RFC7644-3.5.2-22",
    "RFC7644-3.5.2.3-09",
];

/// Whether a requirement, or the one from which it follows, names the status of a refusal.
fn names_the_status(id: &str) -> bool {
    let source = match requirement::find(id).and_then(|own| own.basis) {
        Some(Basis::Requirement(source)) => source,
        _ => id,
    };
    NAMING_THE_STATUS.contains(&source)
}

/// Whether `found` lists every schema that `expected` does.
fn has_all_schemas(expected: &Value, found: &Value) -> bool {
    let found = list(found, "schemas");
    let is_listed = |own: &Value| found.iter().any(|found| is_same_uri(own, found));
    list(expected, "schemas").iter().all(is_listed)
}

fn is_same_uri(left: &Value, right: &Value) -> bool {
    left.as_str().zip(right.as_str()).is_some_and(|(left, right)| left.eq_ignore_ascii_case(right))
}

/// The expectations on one answer.
pub struct Expectation<'c> {
    context: &'c Context,
    exchanges: Vec<Arc<Exchange>>,
    requirements: &'c [&'static str],
}

#[expect(clippy::return_self_not_must_use, reason = "each link reports by itself; the chain's end is dropped")]
impl<'c> Expectation<'c> {
    pub(super) fn new(context: &'c Context, exchange: &Arc<Exchange>) -> Self {
        Self { context, exchanges: vec![Arc::clone(exchange)], requirements: context.check().requirements }
    }

    /// The expectations that follow are asked for by these of the check's requirements only.
    pub fn under(mut self, requirements: &'static [&'static str]) -> Self {
        if let Some(stranger) = requirements.iter().find(|id| !self.context.check().requirements.contains(id)) {
            let message = format!("the check judges by {stranger}, which its record does not list");
            self.push(Verdict::Error, message, String::new(), Vec::new());
        }
        self.requirements = requirements;
        self
    }

    /// Shows `earlier` too when something is wrong, because the answer can only be understood with it.
    pub fn after(mut self, earlier: &Arc<Exchange>) -> Self {
        let last = self.exchanges.len() - 1;
        self.exchanges.insert(last, Arc::clone(earlier));
        self
    }

    /// The context of the check that expects it.
    pub(crate) const fn context(&self) -> &'c Context {
        self.context
    }

    fn exchange(&self) -> &Exchange {
        // The list begins with one exchange and never shrinks.
        self.exchanges.last().expect("an expectation has an exchange")
    }

    fn push(&self, verdict: Verdict, message: String, observed: String, differences: Vec<Difference>) {
        self.context.report(Problem {
            requirements: self.requirements.iter().map(|id| (*id).to_owned()).collect(),
            legal: self.context.check().legal.iter().map(|legal| (*legal).to_owned()).collect(),
            exchanges: self.exchanges.clone(),
            differences,
            ..Problem::new(verdict, message, observed)
        });
    }

    /// Reports a problem, with the verdict that its requirements give; nothing of an exchange that was refused where a success was due,
    /// because everything else follows from that.
    fn wrong(
        &self,
        message: impl Into<String>,
        observed: impl Into<String>,
        differences: Vec<Difference>,
    ) -> Option<Verdict> {
        if self.context.is_refusal(self.exchange()) {
            return None;
        }
        let mut message = message.into();
        let declared = self.context.discovery().declared();
        let (expected, undeclared): (Vec<_>, Vec<_>) =
            self.requirements.iter().copied().partition(|id| declared.breaking(id).is_some());
        let verdict = match (undeclared.is_empty(), expected.first().and_then(|id| declared.breaking(id))) {
            (true, Some(declared)) => {
                message = format!("{message}, as the target declares with {declared}");
                Verdict::Note
            }
            _ => verdict_of(&undeclared),
        };
        self.push(verdict, message, observed.into(), differences);
        Some(verdict)
    }

    /// The status is one of these. Where a refusal stands in the place of a success, what follows about the same exchange is silent.
    pub fn status(self, legal: &[u16]) -> Self {
        let status = self.exchange().status;
        if !legal.contains(&status) {
            let words: Vec<_> = legal.iter().map(u16::to_string).collect();
            let leads = self.exchange().redirect().map(|place| format!(" (a redirect to {place})")).unwrap_or_default();
            let verdict = self.wrong(
                format!("HTTP status is {status}{leads}, expected {}", words.join(" or ")),
                self.observed(),
                Vec::new(),
            );
            let is_refused = status >= 400 && legal.iter().all(|legal| *legal < 400);
            if is_refused && verdict.is_some_and(|verdict| verdict >= Verdict::Warn) {
                self.context.note_refusal(self.exchange());
            }
        }
        self
    }

    /// What came, in one line: the status and, of an error, its own words.
    fn observed(&self) -> String {
        let exchange = self.exchange();
        let text = |path: &str| {
            exchange.json().ok().and_then(|json| at(json, path)).and_then(Value::as_str).map(str::to_owned)
        };
        let mut observed = exchange.status.to_string();
        if let Some(scim_type) = text("scimType") {
            observed.push(' ');
            observed.push_str(&scim_type);
        }
        if let Some(detail) = text("detail") {
            observed.push_str(": ");
            observed.push_str(&cut(&detail, 200));
        }
        observed
    }

    /// The body is JSON; without it the links that look into the body are silent, because the cause is reported here.
    pub fn json(self) -> Self {
        if let Err(fault) = self.exchange().json() {
            self.wrong(
                fault,
                format!("{} bytes of {}", self.exchange().response_body.len(), self.content_type()),
                Vec::new(),
            );
        }
        self
    }

    fn content_type(&self) -> &str {
        self.exchange().header("content-type").unwrap_or("no content type")
    }

    /// The body is empty.
    pub fn empty(self) -> Self {
        let length = self.exchange().response_body.len();
        if length > 0 {
            self.wrong("the answer has a body", format!("{length} bytes of {}", self.content_type()), Vec::new());
        }
        self
    }

    fn body(&self) -> Option<&Value> {
        self.exchange().json().ok()
    }

    /// The member at `path` has a value, whatever it is.
    pub fn has(self, path: &str) -> Self {
        if let Some(body) = self.body()
            && assigned(body, path).is_none()
        {
            self.wrong(format!("{path} is missing"), "nothing", Vec::new());
        }
        self
    }

    /// The member at `path` has no value: absent, null and an empty array mean the same (RFC 7643 section 2.5).
    pub fn lacks(self, path: &str) -> Self {
        if let Some(found) = self.body().and_then(|body| assigned(body, path)) {
            let difference = Difference { path: path.into(), expected: None, found: Some(found.clone()) };
            self.wrong(format!("{path} has a value, expected none"), shortened(found), vec![difference]);
        }
        self
    }

    /// The member at `path` equals `expected`.
    pub fn equals(self, path: &str, expected: &Value) -> Self {
        if let Some(body) = self.body() {
            let found = at(body, path);
            if !same_state(Some(expected), found) {
                let difference =
                    Difference { path: path.into(), expected: Some(expected.clone()), found: found.cloned() };
                let observed = found.map_or_else(|| "nothing".into(), shortened);
                self.wrong(format!("{path} is not {}", shortened(expected)), observed, vec![difference]);
            }
        }
        self
    }

    /// The body holds everything that `expected` says, as far as it is shown, and may hold more.
    pub fn holds(self, expected: &Value) -> Self {
        if let Some(body) = self.body() {
            let mut expected = self.context.data().shown(expected).into_owned();
            // An endpoint may have more to show of a resource than a client sent (RFC 7643 section 3).
            if has_all_schemas(&expected, body) {
                expected.as_object_mut().map(|members| members.remove("schemas"));
            }
            let all = differences(&expected, body);
            if !all.is_empty() {
                let places: Vec<_> = all.iter().map(|difference| difference.path.as_str()).collect();
                let message = format!("the body differs in {}", places.join(", "));
                self.wrong(message, self.exchange().status.to_string(), all);
            }
        }
        self
    }

    /// The header is there.
    pub fn header(self, name: &str) -> Self {
        if self.exchange().header(name).is_none() {
            self.wrong(format!("the header {name} is missing"), self.exchange().status.to_string(), Vec::new());
        }
        self
    }

    /// `condition` holds; `message` says what is wrong if not, and `observed` what came.
    pub fn that(self, condition: bool, message: &str, observed: impl Into<String>) -> Self {
        if !condition {
            self.wrong(message, observed, Vec::new());
        }
        self
    }

    /// Something worth knowing that breaks nothing.
    pub fn note(self, message: &str, observed: impl Into<String>) -> Self {
        self.push(Verdict::Note, message.into(), observed.into(), Vec::new());
        self
    }

    /// The Error's `scimType` is one of `words`. It is OPTIONAL (RFC 7644 section 3.12), so that its absence is only noted, unless
    /// one of the requirements names the keyword.
    pub fn scim_type(self, words: &[&str]) -> Self {
        let Some(body) = self.body() else { return self };
        let expected = words.join(" or ");
        match at(body, "scimType") {
            Some(found) if !found.is_null() => {
                if !found.as_str().is_some_and(|found| words.contains(&found)) {
                    self.wrong(format!("scimType is not {expected}"), shortened(found), Vec::new());
                }
            }
            _ if self.requirements.iter().any(|id| NAMING_THE_KEYWORD.contains(id)) => {
                self.wrong(format!("scimType is not {expected}"), "no scimType", Vec::new());
            }
            _ => {
                let message = format!("the Error has no scimType; {expected} would fit");
                let optional = Self { requirements: &["RFC7644-3.12-04"], exchanges: self.exchanges.clone(), ..self };
                optional.push(verdict_of(optional.requirements), message, "no scimType".into(), Vec::new());
            }
        }
        self
    }

    /// Refused with one of these statuses; the `scimType` is one of `words` (any, if there are none). What else a refusal is, the
    /// rules about answers judge.
    pub fn refused(self, statuses: &[u16], words: &[&str]) -> Self {
        let status = self.exchange().status;
        if statuses.contains(&status) {
            return if words.is_empty() { self } else { self.scim_type(words) };
        }
        // Another 4xx refuses as well.
        if (400..500).contains(&status) && !self.requirements.iter().any(|id| names_the_status(id)) {
            return Self { requirements: &["RFC7644-3.12-09"], ..self }.status(statuses);
        }
        self.status(statuses)
    }

    /// The body is a `ListResponse` whose resources have exactly these ids, in any order.
    pub fn lists(self, ids: &[&str]) -> Self {
        let Some(body) = self.body() else { return self };
        let mut found: Vec<_> = at(body, "Resources")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|resource| at(resource, "id").and_then(Value::as_str).unwrap_or("(no id)"))
            .collect();
        let mut expected = ids.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        if found != expected {
            let difference = Difference {
                path: "Resources[].id".into(),
                expected: Some(Value::from(expected)),
                found: Some(Value::from(found.clone())),
            };
            let missing = ids.iter().filter(|id| !found.contains(id)).count();
            let message = list_fault(missing, found.len() - (ids.len() - missing).min(found.len()), ids.len());
            self.wrong(message, format!("ids {}", found.join(", ")), vec![difference]);
        }
        self
    }
}

/// How a list differs from the `expected` number of resources.
fn list_fault(missing: usize, more: usize, expected: usize) -> String {
    let resources = |count: usize| if count == 1 { "resource" } else { "resources" };
    let lacks = format!("lacks {missing} of {expected} expected {}", resources(expected));
    let holds = format!("holds {more} {} too many", resources(more));
    match (missing, more) {
        (0, _) => format!("the list {holds}"),
        (_, 0) => format!("the list {lacks}"),
        _ => format!("the list {lacks}, and {holds}"),
    }
}

/// A value for a line of text.
fn shortened(value: &Value) -> String {
    cut(&value.to_string(), 120)
}

/// The text, with a mark where it was cut off, by which a secret that was cut in two is known.
pub fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
