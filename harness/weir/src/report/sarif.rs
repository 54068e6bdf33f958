//! SARIF 2.1.0, the format of code scanning: a rule a check, a result a finding. Its messages are for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

use scim::requirement;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use weir_exchange::legible::LegibleWriter;
use weir_judge::{Event, Finding, Verdict};

use super::cause::Detail;
use super::legible::{LegibleEvent, TextReport};
use super::plain::{FindingTexts, assertion_of, message};
use super::repeat::Repetition;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Collects the run and writes one document to `out`.
pub struct SarifReport<W> {
    out: LegibleWriter<W>,
    rules: BTreeMap<String, Value>,
    results: Vec<Value>,
    notifications: Vec<Value>,
    findings: Vec<Arc<Finding>>,
    texts: FindingTexts,
}

impl<W: Write> SarifReport<W> {
    pub fn new(out: W) -> Self {
        let out = LegibleWriter::json(out);
        Self {
            out,
            rules: BTreeMap::new(),
            results: Vec::new(),
            notifications: Vec::new(),
            findings: Vec::new(),
            texts: FindingTexts::default(),
        }
    }

    fn add(&mut self, finding: &Finding) {
        let level = match finding.verdict {
            Verdict::Pass | Verdict::Skip => return,
            // What could not be judged is not a result but something that the run has to say.
            Verdict::Blocked | Verdict::Error => {
                self.notify("error", &format!("{}: {}", finding.name(), message(finding)));
                return;
            }
            Verdict::Note => "note",
            Verdict::Warn => "warning",
            Verdict::Fail => "error",
        };
        self.rules.entry(finding.name().into_owned()).or_insert_with(|| rule(finding));
        let exchange = finding.problems.iter().find_map(|problem| problem.exchanges.last());
        let place = exchange
            .map_or_else(|| "scim".to_owned(), |exchange| exchange.url.path().trim_start_matches('/').to_owned());
        let request =
            exchange.map_or_else(String::new, |exchange| format!("{} {}", exchange.method, exchange.url.path()));
        let mut result = json!({
            "ruleId": finding.name(),
            "level": level,
            "message": message_of(&format!("{}\n\n{}", message(finding), self.texts.details(finding))),
            "locations": [{
                "physicalLocation": {"artifactLocation": {"uri": place}, "region": {"startLine": 1}},
                "logicalLocations": [{"fullyQualifiedName": request, "kind": "resource"}],
            }],
            "partialFingerprints": {"weirFinding/v1": fingerprint(finding)},
        });
        if let Some(known) = &finding.known {
            result["suppressions"] = json!([{"kind": "external", "justification": known.reason}]);
        }
        self.results.push(result);
    }

    fn notify(&mut self, level: &str, text: &str) {
        self.notifications.push(json!({"level": level, "message": message_of(text)}));
    }
}

impl<W: Write + Send> TextReport for SarifReport<W> {
    fn event(&mut self, event: &LegibleEvent) -> io::Result<()> {
        match &**event {
            Event::RunStarted { .. } => self.texts.repetition = Repetition::of_run(event),
            Event::Leftover { url, reason } => self.notify("warning", &format!("left behind: {url}: {reason}")),
            Event::Outdated(outdated) if outdated.news.is_some() => {
                self.notify("note", &format!("{}: {}", outdated.entry, outdated.reason));
            }
            Event::Outdated(outdated) => self.notify("error", &format!("{}: {}", outdated.entry, outdated.reason)),
            Event::RunFailed { reason } => self.notify("error", reason),
            Event::RunFinished { summary } => {
                let findings = std::mem::take(&mut self.findings);
                self.texts.detail = Detail::of(&findings);
                for finding in &findings {
                    self.add(finding);
                }
                let rules: Vec<&Value> = self.rules.values().collect();
                let whole = summary.fresh(Verdict::Error) == 0 && !summary.interrupted;
                let document = json!({
                    "$schema": SCHEMA,
                    "version": "2.1.0",
                    "runs": [{
                        "tool": {"driver": {"name": "weir", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules}},
                        "invocations": [{
                            "commandLine": self.texts.repetition.command,
                            "executionSuccessful": whole,
                            "toolExecutionNotifications": self.notifications,
                        }],
                        "results": self.results,
                    }],
                });
                serde_json::to_writer_pretty(&mut self.out, &document)?;
                writeln!(self.out)?;
                self.out.flush()?;
            }
            Event::Finding(finding) => self.findings.push(Arc::clone(finding)),
            _ => {}
        }
        Ok(())
    }
}

/// A message without links: `[text](target)` would be one (SARIF 2.1.0, section 3.11.6).
fn message_of(text: &str) -> Value {
    json!({"text": text.replace("](", "\\](")})
}

/// What the check or rule demands, and why it matters.
fn rule(finding: &Finding) -> Value {
    let mut help = String::new();
    if let Some(assertion) = assertion_of(finding) {
        // Writing to a string does not fail.
        let _ = writeln!(help, "{}\n", assertion.matters());
        for id in assertion.requirements() {
            let known = requirement::find(id);
            let (level, summary) = known.map_or(("", ""), |known| (known.level.as_str(), known.summary));
            let _ = writeln!(help, "- {id} ({level}): {summary}");
        }
        for legal in assertion.legal() {
            let _ = writeln!(help, "- expected: {legal}");
        }
    } else {
        help.push_str("A step of a client's lifecycle.");
    }
    json!({
        "id": finding.name(),
        "shortDescription": {"text": finding.title},
        "help": {"text": help},
        "properties": {"tags": ["scim", finding.topic()]},
    })
}

/// The same for the same finding in every run: names and ids that a run invents have no part in it.
fn fingerprint(finding: &Finding) -> String {
    let mut digest = Sha256::new_with_prefix(finding.name().as_bytes());
    for problem in &finding.problems {
        for requirement in &problem.requirements {
            digest.update([0]);
            digest.update(requirement);
        }
    }
    digest.finalize()[..16].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
