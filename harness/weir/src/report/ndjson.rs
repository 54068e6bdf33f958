//! Events as they happen, one JSON object a line, described in `docs/guide/reports.md`.
//!
//! Members are those of the JSON report, and `event` says what a line is. `version` stands in the first line.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::{Value, json};
use weir_exchange::legible::LegibleWriter;
use weir_judge::{Consumer, Event, cause_id};

use super::cause::FULL;
use super::json;
use super::json::{Evidence, VERSION};
use super::repeat::Repetition;

/// Writes a line an event to `out`.
pub struct NdjsonReport<W> {
    out: LegibleWriter<W>,
    /// How many findings there were of each cause.
    seen: HashMap<String, usize>,
    repetition: Repetition,
}

impl<W: Write> NdjsonReport<W> {
    pub fn new(out: W) -> Self {
        Self { out: LegibleWriter::json(out), seen: HashMap::new(), repetition: Repetition::default() }
    }
}

impl<W: Write + Send> Consumer for NdjsonReport<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if matches!(event, Event::RunStarted { .. }) {
            self.repetition = Repetition::of_run(event);
        }
        let (name, body) = match event {
            Event::RunStarted { command, seed, url, target, .. } => (
                "run-started",
                json!({"format": "weir-events", "version": VERSION, "command": command, "seed": seed, "url": url, "target": target}),
            ),
            Event::Discovered { offers, remarks } => {
                let capabilities: Value = offers.iter().copied().map(json::offer).collect();
                ("discovered", json!({"capabilities": capabilities, "remarks": remarks}))
            }
            Event::Planned { run, skipped, .. } => ("planned", json!({"run": run, "skipped": skipped})),
            Event::CheckStarted { check } => ("check-started", json!({"id": check})),
            Event::Finding(finding) => {
                let seen = self.seen.entry(cause_id(finding)).or_default();
                *seen += usize::from(!finding.problems.is_empty());
                let evidence = if *seen > FULL { Evidence::Brief } else { Evidence::Full };
                (json::kind(&finding.origin).1, Value::Object(json::finding(finding, evidence, &self.repetition)))
            }
            Event::StepStarted { id, title, client } => {
                ("step-started", json!({"client": client, "id": id, "title": title}))
            }
            // Those that show something stand in their findings.
            Event::Exchange(_) => return Ok(()),
            Event::Leftover { url, reason } => ("leftover", json!({"url": url, "reason": reason})),
            Event::Outdated(outdated) => ("outdated", json::outdated(outdated)),
            Event::RunFailed { reason } => ("run-failed", json!({"reason": reason})),
            Event::RunFinished { summary } => ("run-finished", json::totals(summary)),
        };
        let mut line = json!({"event": name});
        if let (Some(line), Value::Object(body)) = (line.as_object_mut(), body) {
            line.extend(body);
        }
        writeln!(self.out, "{line}")?;
        // Whoever follows the run wants each event when it happens.
        self.out.flush()
    }
}
