use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use scim::capability::Capability;
use serde_json::json;
use url::Url;
use weir_catalog::baseline::{Baseline, SharedBaseline, StepNames};
use weir_exchange::Exchange;
use weir_exchange::difference::Difference;
use weir_exchange::exchange::Authentication;
use weir_judge::{Consumer, Event, Events, Finding, Origin, Problem, Summary, Verdict};
use weir_judge::{Offer, Provenance};

use super::*;

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn exchange() -> Arc<Exchange> {
    let mut request_headers = HeaderMap::new();
    let mut token = HeaderValue::from_static("(masked)");
    token.set_sensitive(true);
    request_headers.insert("authorization", token);
    request_headers.insert("content-type", HeaderValue::from_static("application/scim+json"));
    let mut response_headers = HeaderMap::new();
    response_headers.insert("content-type", HeaderValue::from_static("application/scim+json"));
    response_headers.insert("set-cookie", HeaderValue::from_static("session=secret"));
    Arc::new(Exchange {
        number: 12,
        method: Method::POST,
        url: Url::parse("https://example.com/scim/v2/Users").unwrap(),
        authentication: Authentication::Bearer,
        request_headers,
        request_body: Bytes::from_static(br#"{"userName":"o'neil","password":"t1ger"}"#),
        status: 201,
        response_headers,
        response_body: Bytes::from_static(br#"{"id":"7","userName":"o'neil"}"#),
        started: jiff::Timestamp::UNIX_EPOCH,
        elapsed: Duration::from_micros(3456),
        parsed: weir_exchange::exchange::ParsedBody::default(),
    })
}

fn problem(verdict: Verdict, requirement: &str) -> Problem {
    Problem {
        requirements: vec![requirement.into()],
        legal: vec!["409 with a SCIM Error of scimType uniqueness".into()],
        exchanges: vec![exchange()],
        differences: vec![
            Difference { path: "emails[0].type".into(), expected: Some(json!("work")), found: None },
            Difference { path: "nickName".into(), expected: None, found: Some(json!(null)) },
        ],
        ..Problem::new(verdict, "HTTP status is 201, expected 409", "201")
    }
}

fn finding(check: &'static str, verdict: Verdict) -> Finding {
    Finding {
        verdict,
        exchanges: 2,
        elapsed: Duration::from_millis(7),
        ..Finding::new(Origin::Check, check, "What holds if the check passes")
    }
}

const BASELINE: &str = r#"
[[finding]]
check = "groups.deleted-group"
verdict = "fail"
reason = "the vendor repairs it in May"
link = "https://example.com/tickets/7"
expires = 2030-05-31

[[finding]]
check = "create.location"
verdict = "fail"
reason = "repaired since"
"#;

/// A run that holds every verdict, and what a baseline says.
fn emit_everything(events: &Events) {
    let baseline = Baseline::parse(
        "weir.baseline.toml",
        BASELINE,
        jiff::civil::date(2026, 5, 20),
        StepNames { clients: &[], steps: &[] },
    )
    .unwrap();
    let baseline = SharedBaseline::new(baseline);
    let events = &events.clone().annotated_by(baseline.clone());
    let offer = |capability, offered, provenance| Offer { capability, offered, provenance };
    events.emit(&Event::RunStarted {
        command: "weir check --seed 42 https://example.com/scim/v2".into(),
        base_command: "weir check https://example.com/scim/v2 --seed 42".into(),
        seed: 42,
        url: "https://example.com/scim/v2".into(),
        target: None,
        keeps: false,
    });
    events.emit(&Event::Discovered {
        offers: vec![
            offer(Capability::CreateUsers, true, Provenance::Published),
            offer(Capability::IndexPaging, true, Provenance::Assumed),
            offer(Capability::Bulk, false, Provenance::Probed),
        ],
        remarks: vec!["/Schemas cannot be used (the status is 404); the attributes of RFC 7643 are assumed".into()],
    });
    events.emit(&Event::Planned { run: 6, skipped: 1, areas: Vec::new() });
    let origin = Origin::Step { client: "pingfederate-aquera".into() };
    events.emit(&Event::Finding(Arc::new(Finding {
        exchanges: 3,
        elapsed: Duration::from_millis(1250),
        ..Finding::new(origin, "joiner", "A joiner is created")
    })));
    let mut findings = vec![finding("create.location", Verdict::Pass)];
    let mut skip = finding("etag.stale", Verdict::Skip);
    skip.reason = Some("the endpoint does not offer etag (published)".into());
    skip.exchanges = 0;
    findings.push(skip);
    let mut fail = finding("create.duplicate-user-name", Verdict::Fail);
    fail.problems.push(problem(Verdict::Fail, "RFC7644-3.3-12"));
    let mut warn = finding("delete.name-is-free", Verdict::Warn);
    warn.problems.push(problem(Verdict::Warn, "RFC7644-3.6-04"));
    let mut note = finding("patch.operation-case", Verdict::Note);
    note.problems.push(problem(Verdict::Note, "RFC7644-3.5.2-08"));
    findings.extend([fail, warn, note]);
    for check in ["read.list", "meta.created"] {
        let mut blocked = finding(check, Verdict::Blocked);
        blocked.reason = Some("POST /Users was answered with 500".into());
        blocked.cause = Some("create.location".to_owned());
        findings.push(blocked);
    }
    let mut error = finding("filter.user-name", Verdict::Error);
    error.reason = Some("the check itself broke down: index out of bounds".into());
    findings.push(error);
    let mut known = finding("groups.deleted-group", Verdict::Fail);
    known.problems.push(problem(Verdict::Fail, "RFC7644-3.6-01"));
    findings.push(known);
    for finding in findings {
        events.emit(&Event::Finding(Arc::new(finding)));
    }
    baseline.end(events);
    events.emit(&Event::Leftover {
        url: "https://example.com/scim/v2/Users/7".into(),
        reason: "DELETE was answered with 500".into(),
    });
    let summary = Summary { exchanges: 17, elapsed: Duration::from_millis(2500), ..events.summary() };
    events.emit(&Event::RunFinished { summary });
}

fn terminal(options: TerminalOptions) -> String {
    let buffer = Buffer::default();
    let consumers: Vec<Box<dyn Consumer>> = vec![Box::new(ForPeople(TerminalReport::new(buffer.clone(), options)))];
    emit_everything(&Events::new(consumers));
    buffer.text()
}

#[test]
fn the_terminal_report_shows_every_verdict() {
    insta::assert_snapshot!(terminal(TerminalOptions { width: 100, colour: false, quiet: false, verbose: false }));
}

#[test]
fn a_long_run_is_shown_by_topics_and_what_is_wrong_by_itself() {
    let buffer = Buffer::default();
    let options = TerminalOptions { width: 100, colour: false, quiet: false, verbose: false };
    let events = Events::new(vec![Box::new(ForPeople(TerminalReport::new(buffer.clone(), options)))]);
    events.emit(&Event::Planned { run: 400, skipped: 100, areas: Vec::new() });
    let mut skip = finding("patch.operation-case", Verdict::Skip);
    skip.reason = Some("the endpoint does not offer patch.users (probed)".into());
    skip.exchanges = 0;
    let mut fail = finding("create.duplicate-user-name", Verdict::Fail);
    fail.problems.push(problem(Verdict::Fail, "RFC7644-3.3-12"));
    for finding in [
        finding("create.location", Verdict::Pass),
        fail,
        finding("create.group", Verdict::Pass),
        finding("patch.read-only", Verdict::Pass),
        skip.clone(),
        skip,
    ] {
        events.emit(&Event::Finding(Arc::new(finding)));
    }
    let summary = Summary { exchanges: 8, elapsed: Duration::from_millis(28), ..events.summary() };
    events.emit(&Event::RunFinished { summary });
    let text = buffer.text();
    let table = text.split("\nFindings").next().unwrap();
    insta::assert_snapshot!(table, @r"
    Checks
      fail    create                             2 pass, 1 fail                             21 ms     6x
      pass    patch                              1 pass, 2 skip                             21 ms     2x

    Skipped
         2  the endpoint does not offer patch.users (probed)
    ");
}

#[test]
fn many_notes_do_not_hide_what_is_wrong() {
    let buffer = Buffer::default();
    let options = TerminalOptions { width: 100, colour: false, quiet: false, verbose: false };
    let events = Events::new(vec![Box::new(ForPeople(TerminalReport::new(buffer.clone(), options)))]);
    let mut fail = finding("create.duplicate-user-name", Verdict::Fail);
    fail.problems.push(problem(Verdict::Fail, "RFC7644-3.3-12"));
    events.emit(&Event::Finding(Arc::new(fail)));
    for _ in 0..25 {
        let mut note = finding("filter.sw", Verdict::Note);
        note.problems.push(problem(Verdict::Note, "RFC7644-3.3-12"));
        events.emit(&Event::Finding(Arc::new(note)));
    }
    events.emit(&Event::RunFinished { summary: events.summary() });
    let text = buffer.text();
    assert!(text.contains("fail create.duplicate-user-name: "), "{text}");
    assert!(text.contains("Notes\n  the details of 25 notes: --verbose or a report has them"), "{text}");
}

#[test]
fn the_quiet_report_leaves_out_what_is_fine() {
    let text = terminal(TerminalOptions { width: 100, colour: false, quiet: true, verbose: false });
    assert!(!text.contains("pass    create.user"), "{text}");
    assert!(text.contains("fail    create.duplicate-user-name"), "{text}");
}

#[test]
fn colour_is_only_there_when_asked_for_and_never_changes_the_words() {
    let plain = terminal(TerminalOptions { width: 100, colour: false, quiet: false, verbose: false });
    let coloured = terminal(TerminalOptions { width: 100, colour: true, quiet: false, verbose: false });
    assert!(!plain.contains('\u{1b}'));
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn no_report_shows_a_secret() {
    let buffer = Buffer::default();
    let consumers: Vec<Box<dyn Consumer>> = vec![Box::new(JsonReport::new(buffer.clone()))];
    emit_everything(&Events::new(consumers));
    for text in [buffer.text(), terminal(TerminalOptions { width: 100, colour: false, quiet: false, verbose: false })] {
        assert!(!text.contains("t1ger") && !text.contains("session=secret"), "{text}");
        assert!(text.contains("$WEIR_BEARER") && text.contains("$WEIR_PASSWORD"), "{text}");
    }
}

#[test]
fn the_json_report_shows_every_verdict() {
    let buffer = Buffer::default();
    let consumers: Vec<Box<dyn Consumer>> = vec![Box::new(JsonReport::new(buffer.clone()))];
    emit_everything(&Events::new(consumers));
    insta::assert_snapshot!(buffer.text());
}

#[test]
fn a_writer_that_fails_ends_its_own_report_only() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let buffer = Buffer::default();
    let options = TerminalOptions { width: 100, colour: false, quiet: false, verbose: false };
    let events = Events::new(vec![
        Box::new(ForPeople(TerminalReport::new(Closed, options))),
        Box::new(JsonReport::new(buffer.clone())),
    ]);
    emit_everything(&events);
    assert_eq!(events.failure().unwrap().kind(), std::io::ErrorKind::BrokenPipe);
    assert!(buffer.text().ends_with("}\n"));
}

fn written(consumer: impl FnOnce(Buffer) -> Box<dyn Consumer>) -> String {
    let buffer = Buffer::default();
    emit_everything(&Events::new(vec![consumer(buffer.clone())]));
    buffer.text()
}

#[test]
fn the_ndjson_report_shows_every_event_on_a_line() {
    let text = written(|out| Box::new(NdjsonReport::new(out)));
    for line in text.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).unwrap()["event"].is_string(), "{line}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_junit_report_shows_every_verdict() {
    insta::assert_snapshot!(written(|out| Box::new(ForPeople(JunitReport::new(out)))));
}

#[test]
fn the_markdown_report_shows_every_verdict() {
    insta::assert_snapshot!(written(|out| Box::new(ForPeople(MarkdownReport::new(out)))));
}

#[test]
fn the_github_report_shows_every_verdict() {
    insta::assert_snapshot!(written(|out| Box::new(ForPeople(GithubReport::new(out)))));
}

#[test]
fn the_sarif_report_shows_every_verdict() {
    let version = format!("\"semanticVersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
    insta::assert_snapshot!(
        written(|out| Box::new(ForPeople(SarifReport::new(out)))).replace(&version, "\"semanticVersion\": \"-\"")
    );
}

#[test]
fn the_html_report_shows_every_verdict() {
    insta::assert_snapshot!(written(|out| Box::new(ForPeople(HtmlReport::new(out)))));
}

#[test]
fn what_an_endpoint_says_does_not_become_markup() {
    let hostile = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>";
    let mut wrong = problem(Verdict::Fail, "RFC7644-3.3-12");
    wrong.message = hostile.into();
    wrong.observed = hostile.into();
    wrong.differences[0].found = Some(json!(hostile));
    let mut fail = finding("create.duplicate-user-name", Verdict::Fail);
    fail.reason = Some(hostile.into());
    fail.problems.push(wrong);
    let buffer = Buffer::default();
    let events = Events::new(vec![Box::new(ForPeople(HtmlReport::new(buffer.clone())))]);
    events.emit(&Event::Finding(Arc::new(fail)));
    events.emit(&Event::Leftover { url: hostile.into(), reason: hostile.into() });
    events.emit(&Event::RunFinished { summary: events.summary() });
    let page = buffer.text();
    assert!(!page.contains("<img") && page.matches("<script>").count() == 1, "{page}");
}

#[test]
fn no_report_for_programs_shows_a_secret() {
    for text in [
        written(|out| Box::new(NdjsonReport::new(out))),
        written(|out| Box::new(ForPeople(JunitReport::new(out)))),
        written(|out| Box::new(ForPeople(MarkdownReport::new(out)))),
        written(|out| Box::new(ForPeople(GithubReport::new(out)))),
        written(|out| Box::new(ForPeople(SarifReport::new(out)))),
        written(|out| Box::new(ForPeople(HtmlReport::new(out)))),
    ] {
        assert!(!text.contains("t1ger") && !text.contains("session=secret"), "{text}");
    }
}

#[test]
fn each_topic_has_a_weight_and_each_exception_is_there() {
    use weir_catalog::{assertion, checks};
    use weir_judge::{Weight, rules};
    for topic in checks::topics().chain(rules::topics()) {
        assert!(Weight::of_topic(topic).is_some(), "{topic} has no weight");
    }
    for id in Weight::exceptions() {
        assert!(assertion::find(id).is_some_and(|known| known.id() == id), "{id} is not a check or rule");
        assert_ne!(Some(Weight::of(id)), Weight::of_topic(id.split_once('.').unwrap().0), "{id} is not an exception");
    }
}
