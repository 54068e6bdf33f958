//! The report for programs: one JSON document at the end of the run, described in `docs/guide/json-report.md`.
//!
//! `version` counts up when a member changes its meaning or goes away; new members appear without notice.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use scim::requirement;
use serde_json::{Map, Value, json};
use weir_catalog::Assertion;
use weir_exchange::Exchange;
use weir_exchange::difference::Difference;
use weir_exchange::legible::LegibleWriter;
use weir_judge::Offer;
use weir_judge::{
    BaselineNote, Cause, Consumer, EntryNews, Event, Finding, Origin, OutdatedEntry, Problem, Summary, Verdict,
};

use super::cause::{Detail, FULL_PROBLEMS};
use super::plain::assertion_of;
use super::repeat::Repetition;

/// The version of the document's form.
pub const VERSION: u32 = 1;

/// The most characters of a body that are written.
const LONGEST_BODY: usize = 16 * 1024;

/// Collects the run and writes one document to `out`.
pub struct JsonReport<W> {
    out: LegibleWriter<W>,
    document: Map<String, Value>,
    findings: Vec<Arc<Finding>>,
    repetition: Repetition,
}

impl<W: Write> JsonReport<W> {
    pub fn new(out: W) -> Self {
        let mut document = Map::new();
        document.insert("format".into(), json!("weir-report"));
        document.insert("version".into(), json!(VERSION));
        for list in ["capabilities", "remarks", "causes", "steps", "checks", "rules", "leftovers", "outdated"] {
            document.insert(list.into(), json!([]));
        }
        Self { out: LegibleWriter::json(out), document, findings: Vec::new(), repetition: Repetition::default() }
    }

    fn push(&mut self, list: &str, value: Value) {
        // Every list is there from the beginning.
        if let Some(Value::Array(items)) = self.document.get_mut(list) {
            items.push(value);
        }
    }
}

impl<W: Write + Send> Consumer for JsonReport<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { command, seed, url, target, .. } => {
                self.repetition = Repetition::of_run(event);
                let run = json!({"command": command, "seed": seed, "url": url, "target": target});
                self.document.insert("run".into(), run);
            }
            Event::Discovered { offers, remarks } => {
                self.document.insert("capabilities".into(), offers.iter().copied().map(offer).collect());
                self.document.insert("remarks".into(), json!(remarks));
            }
            Event::Finding(finding) => self.findings.push(Arc::clone(finding)),
            Event::Leftover { url, reason } => self.push("leftovers", json!({"url": url, "reason": reason})),
            Event::Outdated(outdated) => {
                self.push("outdated", self::outdated(outdated));
            }
            Event::RunFailed { reason } => {
                self.document.insert("failure".into(), json!(reason));
            }
            Event::RunFinished { summary } => {
                let causes = super::cause::fresh(&self.findings).iter().map(cause).collect();
                let detail = Detail::of(&self.findings);
                for finding in std::mem::take(&mut self.findings) {
                    let evidence = if detail.is_full(&finding) { Evidence::Full } else { Evidence::Brief };
                    let members = self::finding(&finding, evidence, &self.repetition);
                    self.push(kind(&finding.origin).0, Value::Object(members));
                }
                self.document.insert("causes".into(), causes);
                self.document.insert("summary".into(), totals(summary));
                serde_json::to_writer_pretty(&mut self.out, &self.document)?;
                writeln!(self.out)?;
                self.out.flush()?;
            }
            Event::Planned { .. } | Event::CheckStarted { .. } | Event::Exchange(_) | Event::StepStarted { .. } => {}
        }
        Ok(())
    }
}

fn cause(cause: &Cause) -> Value {
    json!({
        "id": cause.id,
        "headline": cause.headline,
        "verdict": cause.verdict.as_str(),
        "weight": cause.weight.number(),
        "subjects": cause.subjects,
        "heldUp": cause.held_up,
        "findings": cause.findings,
    })
}

/// An entry of the baseline that has served its time.
pub(super) fn outdated(entry: &OutdatedEntry) -> Value {
    json!({
        "entry": entry.entry,
        "reason": entry.reason,
        "mended": entry.news == Some(EntryNews::Mended),
        "revealed": entry.news == Some(EntryNews::Revealed),
    })
}

fn millis(time: Duration) -> Value {
    // Three digits: a shorter time means nothing over a network.
    json!((time.as_secs_f64() * 1e6).round() / 1e3)
}

pub(super) fn offer(offer: Offer) -> Value {
    json!({"id": offer.capability.id(), "offered": offer.offered, "provenance": offer.provenance.as_str()})
}

/// The list that a finding belongs to, and the word for it in a stream of events.
pub(super) const fn kind(origin: &Origin) -> (&'static str, &'static str) {
    match origin {
        Origin::Check => ("checks", "check"),
        Origin::Rule => ("rules", "rule"),
        Origin::Step { .. } => ("steps", "step"),
    }
}

/// A check, and a rule, has the members `cause` and `requirements`, a step has `client`; the order of the members is kept as well.
pub(super) fn finding(finding: &Finding, evidence: Evidence, repetition: &Repetition) -> Map<String, Value> {
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
    if let Origin::Step { client } = &finding.origin {
        add("client", json!(client));
    }
    add("id", json!(finding.id));
    if let Some(subject) = &finding.subject {
        add("subject", json!(subject));
    }
    add("title", json!(finding.title));
    add("verdict", json!(finding.verdict.as_str()));
    add("reason", json!(finding.reason));
    if matches!(finding.origin, Origin::Check | Origin::Rule) {
        add("cause", json!(finding.cause));
    }
    add("known", json!(finding.known.as_deref().map(known)));
    add("rounds", rounds(&finding.rounds));
    if matches!(finding.origin, Origin::Check | Origin::Rule) {
        let requirements = assertion_of(finding).map_or(&[][..], Assertion::requirements);
        add("requirements", json!(requirements));
    }
    add("exchanges", json!(finding.exchanges));
    add("millis", millis(finding.elapsed));
    let full = if evidence == Evidence::Full { FULL_PROBLEMS } else { 0 };
    let problems = finding.problems.iter().enumerate();
    let shown = |place: usize| if place < full { Evidence::Full } else { Evidence::Brief };
    add("problems", problems.map(|(place, one)| problem(one, shown(place))).collect());
    if !finding.problems.is_empty() {
        add("evidence", json!(evidence.as_str()));
        let repeat = if evidence == Evidence::Full { repetition.shortest(finding) } else { Vec::new() };
        if !repeat.is_empty() {
            add("repeat", json!(repeat));
        }
    }
    members
}

fn known(known: &BaselineNote) -> Value {
    json!({"reason": known.reason, "link": known.link, "expires": known.expires})
}

fn rounds(rounds: &[Verdict]) -> Value {
    rounds.iter().map(|verdict| verdict.as_str()).collect()
}

/// How much of its evidence is written with a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Everything.
    Full,
    /// What went wrong, and by which requests: others of the same cause have the rest.
    Brief,
}

impl Evidence {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Brief => "brief",
        }
    }
}

fn problem(problem: &Problem, evidence: Evidence) -> Value {
    if evidence == Evidence::Brief {
        let rule = |id: &String| json!({"id": id, "level": requirement::find(id).map(|requirement| requirement.level.as_str())});
        return json!({
            "verdict": problem.verdict.as_str(),
            "message": problem.message,
            "requirements": problem.requirements.iter().map(rule).collect::<Value>(),
            "legal": [],
            "observed": problem.observed,
            "differences": [],
            "exchanges": problem.exchanges.iter().map(|exchange| brief(exchange)).collect::<Value>(),
        });
    }
    let rule = |id: &String| {
        let known = requirement::find(id);
        json!({
            "id": id,
            "level": known.map(|requirement| requirement.level.as_str()),
            "rfc": known.map(|requirement| requirement.rfc.as_str()),
            "section": known.map(|requirement| requirement.section),
            "summary": known.map(|requirement| requirement.summary),
            "dispute": weir_judge::dispute(id).map(|dispute| dispute.reading),
        })
    };
    json!({
        "verdict": problem.verdict.as_str(),
        "message": problem.message,
        "requirements": problem.requirements.iter().map(rule).collect::<Value>(),
        "legal": problem.legal,
        "observed": problem.observed,
        "differences": problem.differences.iter().map(difference).collect::<Value>(),
        "exchanges": problem.exchanges.iter().map(|exchange| self::exchange(exchange)).collect::<Value>(),
        "others": problem.others.iter().map(|exchange| brief(exchange)).collect::<Value>(),
    })
}

/// An exchange without what was sent and what came.
fn brief(exchange: &Exchange) -> Value {
    json!({
        "number": exchange.number,
        "method": exchange.method.as_str(),
        "url": exchange.shown_url(),
        "status": exchange.status,
        "millis": millis(exchange.elapsed),
    })
}

/// An absent side has no member, so that it cannot be taken for null.
fn difference(difference: &Difference) -> Value {
    let mut members = Map::new();
    members.insert("path".into(), json!(difference.path));
    for (name, value) in [("expected", &difference.expected), ("found", &difference.found)] {
        if let Some(value) = value {
            members.insert(name.into(), value.clone());
        }
    }
    Value::Object(members)
}

fn exchange(exchange: &Exchange) -> Value {
    json!({
        "number": exchange.number,
        "method": exchange.method.as_str(),
        "url": exchange.shown_url(),
        "requestHeaders": headers(&exchange.shown_request_headers()),
        "requestBody": body(exchange.request_text()),
        "status": exchange.status,
        "responseHeaders": headers(&exchange.shown_response_headers()),
        "responseBody": body(exchange.response_text()),
        "millis": millis(exchange.elapsed),
        "curl": exchange.curl(),
    })
}

fn body(text: String) -> Value {
    match text.char_indices().nth(LONGEST_BODY) {
        Some((end, _)) => json!(format!("{}…", &text[..end])),
        None => Value::String(text),
    }
}

/// Name and value pairs, because a name may come twice.
fn headers(headers: &[(String, String)]) -> Value {
    headers.iter().map(|(name, value)| json!([name, value])).collect()
}

pub(super) fn totals(summary: &Summary) -> Value {
    let tally = |tally: &[usize; 7]| {
        let counts = Verdict::ALL.iter().map(|verdict| (verdict.as_str().to_owned(), json!(tally[*verdict as usize])));
        Value::Object(counts.collect())
    };
    json!({
        "checks": tally(&summary.checks),
        "rules": tally(&summary.rules),
        "steps": tally(&summary.steps),
        "known": tally(&summary.known),
        "outdated": summary.outdated,
        "mended": summary.mended,
        "revealed": summary.revealed,
        "exchanges": summary.exchanges,
        "millis": millis(summary.elapsed),
        "leftovers": summary.leftovers,
        "interrupted": summary.interrupted,
    })
}
