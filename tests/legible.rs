//! What a peer sent, in every format: visible, in its place, and read back as it is by the format's own parser.

#[path = "support/proxy.rs"]
mod proxy;
mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use comrak::nodes::NodeValue;
use html5gum::{DefaultEmitter, Token, Tokenizer};
use proxy::{Listener, Message};
use serde_json::Value;
use support::{Ran, Served, run};
use weir::report::{
    ForPeople, GithubReport, HtmlReport, JunitReport, MarkdownReport, SarifReport, TerminalOptions, TerminalReport,
    TextReport,
};
use weir_exchange::difference::Difference;
use weir_exchange::legible::{self, is_hidden, one_line};
use weir_judge::{Event, Events, Finding, Origin, Problem, Summary, Verdict};

const TWENTY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/twenty.ldif");

/// Texts that would leave their place in one format or another.
const MARKS: [&str; 16] = [
    "\n::error title=x::y",
    "\r\n  ::set-output name=a::b",
    "::add-mask::x",
    "##[add-mask]x ##vso[task.complete]",
    "%0A::error::x%25",
    "\x1b]0;title\x07\x1b[2J\x1b[31m",
    "| a || b \\| c \\\\|",
    "`a` ``b`` ```",
    "[x](https://example.com/) ![y](z)",
    "<https://example.com/> www.example.com | a@example.com @all",
    "<b>&lt;&#10;</b><img src=x onerror=alert(1)>",
    "</summary></details></pre></script><script>alert(1)</script>",
    "]]> <![CDATA[ --> <?xml?>",
    "# a\n- b\n1. c\n> d\n\n---",
    "*a* _b_ ~~c~~ $d$ \\",
    "'; id; \"$(id)\" `id`",
];

fn characters() -> impl Iterator<Item = char> {
    let noncharacters = (0..=16).flat_map(|plane| [(plane << 16) | 0xFFFE, (plane << 16) | 0xFFFF]);
    (0..0x300)
        .chain([0x61C, 0x180E, 0xFEFF])
        .chain(0x200B..=0x200F)
        .chain(0x2028..=0x202E)
        .chain(0x2060..=0x206F)
        .chain(0xFDD0..=0xFDEF)
        .chain(0xFFF9..=0xFFFB)
        .chain(0xE0000..=0xE007F)
        .chain(noncharacters)
        .filter_map(char::from_u32)
}

/// Every character and every mark, in texts that a sentence has room for.
fn texts() -> Vec<String> {
    let all: Vec<char> = characters().collect();
    all.chunks(20).map(|chunk| chunk.iter().collect()).chain(MARKS.map(str::to_owned)).collect()
}

/// An endpoint that says such texts: in errors, values, names of members, names of types, URLs and headers.
fn hostile(served: &Served) -> Listener {
    let (texts, said) = (texts(), Arc::new(AtomicUsize::new(0)));
    Listener::before(served.value("URL"), move |request, answer| {
        let number = said.fetch_add(1, Ordering::SeqCst);
        let text = &texts[number % texts.len()];
        let is_error = !answer.head[0].contains(" 2");
        // A header holds neither control characters nor, by itself, a text that is not Latin.
        let visible: String = text.chars().filter(|character| !character.is_control() || *character == '\t').collect();
        answer.head.push(format!("X-Text: {visible}"));
        if is_error && number % 9 == 0 {
            answer.body = br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"\ud800"}"#.to_vec();
            return;
        }
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) else { return };
        if is_error {
            body.insert("detail".into(), text.as_str().into());
            body.insert("scimType".into(), text.as_str().into());
        } else if body.contains_key("Resources") {
            if request.path().contains("/ResourceTypes")
                && let Some(Value::Array(types)) = body.get_mut("Resources")
            {
                let schema = types[0]["schema"].clone();
                types.push(serde_json::json!({"name": text, "endpoint": format!("/{text}"), "schema": schema}));
            }
        } else if body.contains_key("userName") || body.contains_key("displayName") {
            body.insert("nickName".into(), text.as_str().into());
            body.insert("displayName".into(), text.as_str().into());
            body.insert(text.clone(), true.into());
            if let Some(Value::Object(meta)) = body.get_mut("meta") {
                meta.insert("location".into(), text.as_str().into());
            }
        }
        answer.body = Value::Object(body).to_string().into_bytes();
    })
}

/// An endpoint that refuses every change with such a text.
fn refusing(served: &Served) -> Listener {
    let (texts, said) = (texts(), AtomicUsize::new(0));
    Listener::before(served.value("URL"), move |request, answer| {
        if !request.head[0].starts_with("GET ") {
            let text = &texts[said.fetch_add(1, Ordering::SeqCst) % texts.len()];
            let urn = "urn:ietf:params:scim:api:messages:2.0:Error";
            let body = serde_json::json!({"schemas": [urn], "status": "400", "detail": text});
            *answer = Message::answer("400 Bad Request", &[], &body.to_string());
        }
    })
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("legible").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Nothing hidden, no line that is a command to a build service.
fn assert_shown(what: &str, text: &str) {
    for line in text.lines() {
        if let Some(hidden) = line.chars().find(|character| is_hidden(*character)) {
            panic!("{what} holds {hidden:?}: {line:?}");
        }
        let is_command = line.trim_start().starts_with("::") || line.contains("##[") || line.contains("##vso[");
        assert!(!is_command, "{what} holds a command: {line:?}");
    }
}

fn assert_ran(what: &str, ran: &Ran) {
    assert_shown(&format!("{what}: standard output"), &ran.stdout);
    assert_shown(&format!("{what}: standard error"), &ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{what}: {}", ran.stderr);
}

/// What an HTML parser finds: the names of the tags, and the text with the values of attributes.
fn html(document: &str) -> (BTreeSet<String>, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    let (mut tags, mut all) = (BTreeSet::new(), String::new());
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(document, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                tags.insert(text(&tag.name));
                tag.attributes.values().for_each(|value| all += &text(value));
            }
            Token::String(string) => all += &text(&string),
            Token::Comment(_) => panic!("a comment"),
            Token::Error(error) => panic!("{error:?}"),
            Token::EndTag(_) | Token::Doctype(_) => {}
        }
    }
    (tags, all)
}

/// What GitHub's parser of Markdown finds: no link, no picture, no markup but that of the report; the text.
fn markdown(document: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.math_dollars = true;
    let arena = comrak::Arena::new();
    let mut all = String::new();
    for node in comrak::parse_document(&arena, document, &options).descendants() {
        match &node.data().value {
            NodeValue::Text(text) => all += text,
            NodeValue::Code(code) => all += &code.literal,
            NodeValue::CodeBlock(block) => all += &block.literal,
            NodeValue::HtmlBlock(block) => {
                let (tags, text) = html(&block.literal);
                let own: BTreeSet<String> = ["details", "summary"].map(str::to_owned).into();
                assert!(tags.is_subset(&own), "{}", block.literal);
                all += &text;
            }
            NodeValue::Document
            | NodeValue::Paragraph
            | NodeValue::Heading(_)
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::Table(_)
            | NodeValue::TableRow(_)
            | NodeValue::TableCell
            | NodeValue::SoftBreak => all.push('\n'),
            other => panic!("markup from elsewhere: {other:?} in\n{document}"),
        }
    }
    all
}

/// What an XML parser finds, which refuses what XML cannot hold.
fn xml(document: &str) -> String {
    let parsed = roxmltree::Document::parse(document).expect("well-formed XML");
    let mut all = String::new();
    for node in parsed.descendants() {
        all += node.text().unwrap_or_default();
        node.attributes().for_each(|attribute| all += attribute.value());
    }
    all
}

/// What a GitHub runner makes of the annotations.
fn annotations(document: &str) -> Vec<String> {
    let unescaped = |text: &str| text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
    let lines = document.lines().filter(|line| !line.starts_with("weir: "));
    lines
        .map(|line| {
            let (command, data) = line[2..].split_once("::").expect("an annotation");
            let (word, title) = command.split_once(" title=").expect("a title");
            assert!(line.starts_with("::") && ["error", "warning", "notice"].contains(&word), "{line}");
            assert!(!title.contains([':', ',']), "{line}");
            let data = unescaped(data);
            assert_shown("an annotation", &format!("- {data}"));
            data
        })
        .collect()
}

/// What the problems that fail a run say by these members, as the peer's texts stand in it.
fn sentences(report: &Value, members: &[&str]) -> Vec<String> {
    let problems = report["checks"].as_array().into_iter().flatten().filter(|finding| finding["verdict"] == "fail");
    let problems = problems.flat_map(|finding| finding["problems"].as_array().into_iter().flatten());
    problems
        .flat_map(|problem| members.iter().filter_map(|member| problem[*member].as_str()))
        .map(str::to_owned)
        .collect()
}

/// The report without the findings that have the same to show as others of their cause.
fn shown_in_full(report: &Value) -> Value {
    let mut report = report.clone();
    let findings = report["checks"].as_array_mut().expect("checks");
    findings.retain(|finding| finding["evidence"] == "full");
    for finding in findings {
        finding["problems"].as_array_mut().expect("problems").retain(|problem| !problem["others"].is_null());
    }
    report
}

/// Every reason and message of a report.
fn said(report: &Value) -> Vec<String> {
    let findings = report["checks"].as_array().into_iter().flatten();
    findings
        .flat_map(|finding| {
            let problems = finding["problems"].as_array().into_iter().flatten().map(|problem| &problem["message"]);
            problems.chain([&finding["reason"], &finding["title"]])
        })
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn assert_holds(what: &str, text: &str, sentences: &[String]) {
    for sentence in sentences {
        let shown = one_line(sentence);
        assert!(text.contains(shown.trim()), "{what} lacks {shown}");
    }
}

#[test]
fn every_report_shows_what_a_peer_sent_and_nothing_of_it_acts() {
    let served = Served::start(&["--target", "rfc", "--bearer", "tok"]);
    let endpoint = hostile(&served);
    let url = format!("{}/scim/v2", endpoint.origin);
    let folder = scratch("check");
    let file = |format: &str| folder.join(format);
    let read = |format: &str| std::fs::read_to_string(file(format)).expect("a report");
    let formats = ["json", "ndjson", "junit", "sarif", "markdown", "github", "html", "har"];
    let reports = formats.map(|format| format!("--report={format}={}", file(format).display()));
    let mut arguments =
        vec!["check", &url, "--bearer", "tok", "--yes", "--seed", "7", "--concurrency", "1", "--color", "never"];
    arguments.extend(["--only", "create,errors,discovery,replace,read,media-types", "--verbose"]);
    arguments.extend(reports.iter().map(String::as_str));
    let ran = run(&arguments);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert_ran("terminal", &ran);

    let report: Value = serde_json::from_str(&read("json")).expect("JSON");
    let messages = sentences(&report, &["message"]);
    let in_full = shown_in_full(&report);
    let evidence = sentences(&in_full, &["message", "observed"]);
    let sentences = sentences(&report, &["message"]);
    let quoting = evidence.iter().filter(|sentence| !legible::is_legible(sentence)).count();
    assert!(quoting > 2, "{quoting} sentences quote the endpoint");

    // Of problems that are alike the terminal shows the first.
    assert_holds("terminal", &ran.stdout, &messages);
    for format in ["json", "ndjson", "sarif", "junit", "markdown", "html"] {
        assert_shown(format, &read(format));
    }
    assert_holds("junit", &xml(&read("junit")), &sentences);
    assert_holds("junit", &xml(&read("junit")), &evidence);
    assert_holds("markdown", &markdown(&read("markdown")), &evidence);
    let (tags, page) = html(&read("html"));
    assert!(!tags.contains("a") && !tags.contains("img"), "{tags:?}");
    assert_eq!(read("html").matches("<script>").count(), 1);
    assert_holds("html", &page, &sentences);
    assert_holds("html", &page, &evidence);
    let problems =
        in_full["checks"].as_array().into_iter().flatten().filter_map(|finding| finding["problems"].as_array());
    for body in problems.flatten().filter_map(|problem| problem["exchanges"].as_array()).flatten() {
        let start: String = body["responseBody"].as_str().expect("a body").chars().take(3000).collect();
        assert!(page.contains(&*legible::lines(&start)), "html lacks {start:?}");
    }
    let sarif: Value = serde_json::from_str(&read("sarif")).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let messages = results.iter().filter_map(|result| result["message"]["text"].as_str()).collect::<String>();
    assert!(!messages.replace("\\](", "").contains("]("), "a link");
    assert_holds("sarif", &messages.replace("\\](", "]("), &sentences);
    let annotations = annotations(&read("github"));
    assert!(!annotations.is_empty());
    for data in annotations {
        assert!(said(&report).iter().any(|own| data.starts_with(one_line(own).trim())), "{data}");
    }
    // For programs every value is as it came.
    let events = read("ndjson").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect::<Vec<Value>>();
    let of_checks: Vec<&Value> = events.iter().filter(|event| event["event"] == "check").collect();
    for (event, check) in of_checks.iter().zip(report["checks"].as_array().expect("checks")) {
        for (one, other) in event["problems"].as_array().into_iter().zip(check["problems"].as_array()) {
            let said = |problems: &[Value]| -> Vec<_> {
                problems.iter().map(|problem| (problem["message"].clone(), problem["observed"].clone())).collect()
            };
            assert_eq!(said(one), said(other));
        }
        if event["evidence"] == "full" && check["evidence"] == "full" {
            assert_eq!(event["problems"], check["problems"]);
        }
    }
    let archive = weir_exchange::har::read(&read("har")).expect("an archive");
    let bodies: BTreeSet<String> = archive.into_iter().map(|entry| entry.response_body).collect();
    for text in texts() {
        let json = Value::from(text.as_str()).to_string();
        assert!(bodies.iter().any(|body| body.contains(&json)), "the archive lacks {json}");
    }
}

/// What a report of these events holds.
fn written<R: TextReport + 'static>(events: &[Event], report: impl FnOnce(Buffer) -> R) -> String {
    let buffer = Buffer::default();
    let stream = Events::new(vec![Box::new(ForPeople(report(buffer.clone())))]);
    for event in events {
        stream.emit(event);
    }
    assert!(stream.failure().is_none());
    let bytes = buffer.0.lock().expect("no thread panics with it").clone();
    String::from_utf8(bytes).expect("text")
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no thread panics with it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn every_character_in_every_place_is_shown_in_every_format() {
    for text in texts() {
        let difference = Difference { path: text.clone(), expected: None, found: Some(text.as_str().into()) };
        let problem = Problem {
            verdict: Verdict::Fail,
            message: text.clone(),
            requirements: vec!["RFC7644-3.3-12".into()],
            legal: vec![text.clone()],
            observed: text.clone(),
            exchanges: Vec::new(),
            differences: vec![difference],
            others: Vec::new(),
        };
        let origin = Origin::Step { client: "pingone-scim".into() };
        let finding = Finding {
            verdict: Verdict::Fail,
            reason: Some(text.clone()),
            problems: vec![problem],
            ..Finding::new(origin, "joiner", text.clone())
        };
        let skip = Finding { verdict: Verdict::Skip, ..finding.clone() };
        let events = [
            Event::RunStarted {
                command: text.clone(),
                base_command: text.clone(),
                seed: 7,
                url: text.clone(),
                target: None,
                keeps: false,
            },
            Event::Discovered { offers: Vec::new(), remarks: vec![text.clone()] },
            Event::Finding(Arc::new(finding)),
            Event::Finding(Arc::new(skip)),
            Event::Leftover { url: text.clone(), reason: text.clone() },
            Event::RunFailed { reason: text.clone() },
            Event::RunFinished { summary: Summary { steps: [1; 7], ..Summary::default() } },
        ];
        let options = TerminalOptions { width: 100, colour: false, quiet: false, verbose: true };
        let terminal = written(&events, |out| TerminalReport::new(out, options));
        let (junit, page) = (written(&events, JunitReport::new), written(&events, HtmlReport::new));
        let (summary, sarif) = (written(&events, MarkdownReport::new), written(&events, SarifReport::new));
        for shown in [&terminal, &junit, &page, &summary, &sarif] {
            assert_shown("a report", shown);
        }
        let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
        let message = sarif["runs"][0]["results"][0]["message"]["text"].as_str().expect("a message");
        let sentence = [text.clone()];
        assert_holds("terminal", &terminal, &sentence);
        assert_holds("junit", &xml(&junit), &sentence);
        assert_holds("html", &html(&page).1, &sentence);
        assert_holds("markdown", &markdown(&summary), &sentence);
        assert_holds("sarif", &message.replace("\\](", "]("), &sentence);
        let annotations = annotations(&written(&events, GithubReport::new));
        assert_holds("github", &annotations.join("\n"), &sentence);
        assert_eq!(annotations.len(), 3, "{annotations:?}");
    }
}

#[test]
fn colour_lets_nothing_else_through() {
    let served = Served::start(&["--target", "rfc", "--bearer", "tok"]);
    let endpoint = hostile(&served);
    let url = format!("{}/scim/v2", endpoint.origin);
    let ran = run(&["check", &url, "--bearer", "tok", "--yes", "--only", "create,errors", "--color", "always"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let mut plain = String::new();
    for (at, part) in ran.stdout.split("\x1b[").enumerate() {
        let end = if at == 0 { 0 } else { part.find('m').expect("a colour") + 1 };
        assert!(part[..end].chars().all(|character| character.is_ascii_digit() || ";m".contains(character)), "{part}");
        plain += &part[end..];
    }
    assert!(plain.len() < ran.stdout.len());
    assert_shown("in colour", &plain);
}

#[test]
fn a_scenario_and_cycles_show_it_too() {
    let served = Served::start(&["--target", "rfc", "--bearer", "tok"]);
    let endpoint = refusing(&served);
    let url = format!("{}/scim/v2", endpoint.origin);
    let folder = scratch("cycles");
    let file = |format: &str| folder.join(format);
    let read = |format: &str| std::fs::read_to_string(file(format)).expect("a report");
    let reports = ["json", "markdown"].map(|format| format!("--report={format}={}", file(format).display()));
    let arguments = ["provision", "--as", "pingone-scim", "--source", TWENTY, &url, "--bearer", "tok", "--yes"];
    let ran = run(&[&arguments[..], &[&reports[0], &reports[1]]].concat());
    assert_ran("provision", &ran);
    let cycles: Value = serde_json::from_str(&read("json")).expect("JSON");
    let failures = cycles[0]["failures"].as_array().expect("failures");
    let messages: Vec<String> =
        failures.iter().filter_map(|failure| failure["message"].as_str()).map(str::to_owned).take(20).collect();
    assert!(messages.len() > 10, "{}{cycles:#}", ran.stderr);
    assert!(messages.iter().any(|message| message.chars().any(is_hidden)), "{messages:?}");
    assert_shown("cycles", &read("markdown"));
    assert_holds("terminal", &ran.stdout, &messages);
    assert_holds("cycles", &markdown(&read("markdown")), &messages);

    for form in ["terminal", "json", "markdown"] {
        let arguments = ["check", &url, "--bearer", "tok", "--yes", "--as", "pingfederate-aquera", "--format", form];
        let ran = run(&[&arguments[..], &["--scenario", "partial-update"]].concat());
        assert_ran(form, &ran);
        if form == "markdown" && !ran.stdout.is_empty() {
            markdown(&ran.stdout);
        }
    }
}

#[test]
fn every_other_command_shows_it_too() {
    let served = Served::start(&["--target", "rfc", "--bearer", "tok"]);
    let folder = scratch("others");
    let configuration = folder.join("weir.toml");
    let configuration = configuration.to_str().expect("a path");
    let exported = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/connections/pingone-aquera.json");
    for endpoint in [hostile(&served), refusing(&served)] {
        let url = format!("{}/scim/v2", endpoint.origin);
        let connection = folder.join("connection.json");
        let mut store: Value = serde_json::from_str(&std::fs::read_to_string(exported).expect("a file")).expect("JSON");
        replace_url(&mut store, &url);
        std::fs::write(&connection, store.to_string()).expect("a file");
        let connection = connection.to_str().expect("a path");
        for arguments in [
            &["check", &url, "--dry-run"][..],
            &["check", &url, "--as", "pingfederate-aquera", "--people", "5", "--yes"],
            &[
                "check",
                &url,
                "--as",
                "pingfederate-aquera",
                "--people",
                "5",
                "--yes",
                "--variants",
                "--format",
                "markdown",
            ],
            &["init", &url, "--output", configuration, "--force"],
            &["clean", &url, "--prefix", "weir-", "--yes"],
            &["bench", &url, "--duration", "1", "--warm-up", "0", "--people", "5", "--yes"],
            &["connection", "test", connection],
            &["connection", "fields", connection],
        ] {
            let ran = run(&[arguments, &["--bearer", "tok"]].concat());
            assert_ran(&format!("{arguments:?}"), &ran);
            if arguments.contains(&"markdown") {
                markdown(&ran.stdout);
            }
        }
        assert_shown("the configuration", &std::fs::read_to_string(configuration).unwrap_or_default());
    }
}

/// Lets every URL of a connection be this one.
fn replace_url(value: &mut Value, url: &str) {
    match value {
        Value::String(text) if text.starts_with("http") => url.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| replace_url(item, url)),
        Value::Object(members) => members.values_mut().for_each(|member| replace_url(member, url)),
        _ => {}
    }
}

#[test]
fn the_characters_are_those_that_do_something_else_than_to_be_seen() {
    let all: String = characters().collect();
    let shown = legible::lines(&all);
    assert!(!shown.chars().any(|character| character != '\n' && is_hidden(character)));
    assert!(characters().filter(|character| is_hidden(*character)).count() > 250);
}
