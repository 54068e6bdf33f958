//! JUnit XML, as test dashboards read it: a suite a topic, a case a check or step.

use std::io::{self, Write};
use std::sync::Arc;

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use weir_exchange::legible::LegibleWriter;
use weir_judge::{Event, Finding, Summary, Verdict};

use super::cause::Detail;
use super::legible::{LegibleEvent, TextReport};
use super::plain::{FindingTexts, message};
use super::repeat::Repetition;

/// The suite of the entries of a baseline.
const BASELINE: &str = "baseline";

/// Collects the run and writes one document to `out`.
///
/// A broken absolute requirement is a failure, what could not be judged an error. What the baseline knows, and what was skipped, is
/// skipped; recommendations and notes are told in the output of a case that succeeds, because the format knows no third thing.
pub struct JunitReport<W> {
    out: LegibleWriter<W>,
    suites: IndexMap<String, TestSuite>,
    findings: Vec<Arc<Finding>>,
    texts: FindingTexts,
    failure: Option<String>,
}

impl<W: Write> JunitReport<W> {
    pub fn new(out: W) -> Self {
        Self {
            out: LegibleWriter::new(out, false),
            suites: IndexMap::new(),
            findings: Vec::new(),
            texts: FindingTexts::default(),
            failure: None,
        }
    }

    fn suite(&mut self, topic: &str) -> &mut TestSuite {
        self.suites.entry(topic.to_owned()).or_insert_with(|| TestSuite::new(topic))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let findings = std::mem::take(&mut self.findings);
        self.texts.detail = Detail::of(&findings);
        for finding in findings {
            let case = case(&finding, &self.texts);
            self.suite(finding.topic()).add_test_case(case);
        }
        // What the baseline says comes behind the findings.
        if let Some(place) = self.suites.get_index_of(BASELINE) {
            self.suites.move_index(place, self.suites.len() - 1);
        }
        if let Some(reason) = self.failure.take() {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(reason).set_type("run");
            let mut suite = TestSuite::new("run");
            suite.add_test_case(TestCase::new("the endpoint can be tested", status));
            self.suites.insert("run".into(), suite);
        }
        let mut report = Report::new("weir check");
        report.set_time(summary.elapsed);
        for suite in self.suites.values_mut() {
            let time = suite.test_cases.iter().filter_map(|case| case.time).sum();
            suite.set_time(time);
        }
        report.add_test_suites(std::mem::take(&mut self.suites).into_values());
        let text = report.to_string().map_err(io::Error::other)?;
        self.out.write_all(without_total_of_skipped(&text).as_bytes())?;
        self.out.flush()
    }
}

/// The schema that Jenkins publishes counts what was skipped in each suite and not in the whole.
fn without_total_of_skipped(text: &str) -> String {
    let Some(start) = text.find("<testsuites ") else { return text.to_owned() };
    let end = text[start..].find('>').map_or(text.len(), |end| start + end);
    let root: Vec<&str> = text[start..end].split(' ').filter(|word| !word.starts_with("skipped=")).collect();
    [&text[..start], &root.join(" "), &text[end..]].concat()
}

fn case(finding: &Finding, texts: &FindingTexts) -> TestCase {
    let non_success = |kind, word: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(message(finding)).set_type(word).set_description(texts.details(finding));
        status
    };
    let skipped = |message: String| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(message);
        status
    };
    let status = match (&finding.known, finding.verdict) {
        (Some(known), _) => skipped(format!("known: {}", known.reason)),
        (None, Verdict::Fail) => non_success(NonSuccessKind::Failure, "fail"),
        (None, Verdict::Error) => non_success(NonSuccessKind::Error, "error"),
        (None, Verdict::Blocked) => non_success(NonSuccessKind::Error, "blocked"),
        (None, Verdict::Skip) => skipped(message(finding)),
        (None, Verdict::Pass | Verdict::Note | Verdict::Warn) => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(format!("{}: {}", finding.name(), finding.title), status);
    case.set_classname(format!("weir.{}", finding.topic())).set_time(finding.elapsed);
    if matches!(finding.verdict, Verdict::Note | Verdict::Warn) && finding.known.is_none() {
        case.set_system_out(format!("{}: {}", finding.verdict.as_str(), texts.details(finding)));
    }
    case
}

impl<W: Write + Send> TextReport for JunitReport<W> {
    fn event(&mut self, event: &LegibleEvent) -> io::Result<()> {
        match &**event {
            Event::RunFailed { reason } => self.failure = Some(reason.clone()),
            Event::Outdated(outdated) if outdated.news.is_some() => {
                let mut case = TestCase::new(format!("baseline: {}", outdated.entry), TestCaseStatus::success());
                case.set_system_out(outdated.reason.clone());
                self.suite(BASELINE).add_test_case(case);
            }
            Event::Outdated(outdated) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(outdated.reason.clone()).set_type("outdated");
                let case = TestCase::new(format!("baseline: {}", outdated.entry), status);
                self.suite(BASELINE).add_test_case(case);
            }
            Event::RunFinished { summary } => self.finish(summary)?,
            Event::RunStarted { .. } => {
                self.texts.repetition = Repetition::of_run(event);
            }
            Event::Finding(finding) => self.findings.push(Arc::clone(finding)),
            _ => {}
        }
        Ok(())
    }
}
