//! The markup of the page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use scim::requirement;
use sha2::{Digest, Sha256};
use weir_exchange::Exchange;
use weir_exchange::difference::Difference;
use weir_judge::{Finding, Problem, Summary, Verdict};
use weir_judge::{dispute, level_of};

use super::picture::picture;
use super::{RunPage, requirements_of};
use crate::output::plural::exchanges;
use crate::report::cause;
use crate::report::legible::shown;
use crate::report::plain::{FindingTexts, assertion_of};
use crate::report::repeat::Repetition;
use crate::report::table::duration;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The most characters of one body that the page shows.
const LONGEST_BODY: usize = 4_000;

/// The order in which verdicts are told.
pub(super) const TOLD: [Verdict; 7] =
    [Verdict::Fail, Verdict::Error, Verdict::Blocked, Verdict::Warn, Verdict::Note, Verdict::Skip, Verdict::Pass];

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

pub(super) fn page(run: &RunPage, summary: &Summary) -> Markup {
    // Nothing is fetched, and no script runs but the one that stands here.
    let policy = format!("default-src 'none'; style-src {}; script-src {}", hash(STYLE), hash(SCRIPT));
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (heading(summary)) " – weir check" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (header(run, summary))
                (picture(run, summary))
                (causes(run))
                (controls(run, summary))
                main id="findings" {
                    h2 { "Findings" }
                    p id="count" aria-live="polite" {}
                    @for finding in &run.findings { (row(finding, &run.texts)) }
                }
                (capabilities(run))
                (coverage(run))
                footer { p { "Repeat with " code { (run.texts.repetition.command) } } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn heading(summary: &Summary) -> String {
    let wrong: usize =
        [Verdict::Fail, Verdict::Error, Verdict::Blocked].iter().map(|verdict| summary.fresh(*verdict)).sum();
    match (wrong + summary.outdated, summary.interrupted) {
        (_, true) => "Interrupted".to_owned(),
        (0, false) => "Nothing is wrong in what was tested".to_owned(),
        (1, false) => "1 thing is wrong".to_owned(),
        (wrong, false) => format!("{wrong} things are wrong"),
    }
}

fn header(run: &RunPage, summary: &Summary) -> Markup {
    html! {
        header {
            h1 { (heading(summary)) }
            p class="subject" { (run.subject) }
            p class="quiet" { (exchanges(summary.exchanges)) " in " (duration(summary.elapsed)) }
            @for message in &run.messages { p class="message" { (message) } }
            @for remark in &run.remarks { p class="quiet" { (remark) } }
        }
    }
}

fn controls(run: &RunPage, summary: &Summary) -> Markup {
    let mut topics: Vec<&str> = run.findings.iter().map(|finding| finding.topic()).collect();
    topics.sort_unstable();
    topics.dedup();
    html! {
        form id="controls" hidden role="search" aria-label="Choose findings" {
            fieldset {
                legend { "Verdict" }
                @for verdict in TOLD {
                    @let count = summary.total(verdict);
                    @if count > 0 {
                        label class={ "chip " (verdict.as_str()) } {
                            input type="checkbox" name="verdict" value=(verdict.as_str())
                                checked[!matches!(verdict, Verdict::Pass | Verdict::Skip)];
                            " " (verdict.as_str()) " " b { (count) }
                        }
                    }
                }
            }
            label { "Topic " select name="topic" {
                option value="" { "all" }
                @for topic in topics { option value=(topic) { (topic) } }
            } }
            label { "Level " select name="level" {
                option value="" { "all" }
                @for level in ["MUST", "SHOULD", "MAY", "IMPLIED"] { option value=(level) { (level) } }
            } }
            label { "Search " input type="search" name="words" placeholder="id, text, requirement"; }
        }
    }
}

/// The levels of a check's requirements, as the filter knows them.
fn levels(finding: &Finding) -> String {
    let mut levels: Vec<&str> = requirements_of(finding)
        .iter()
        .filter_map(|id| requirement::find(id))
        .map(|known| match known.level.as_str() {
            "MUST" | "MUST NOT" | "SHALL" | "SHALL NOT" | "REQUIRED" => "MUST",
            "SHOULD" | "SHOULD NOT" | "RECOMMENDED" | "NOT RECOMMENDED" => "SHOULD",
            "IMPLIED" => "IMPLIED",
            _ => "MAY",
        })
        .collect();
    levels.sort_unstable();
    levels.dedup();
    levels.join(" ")
}

/// What is wrong, what to mend first in front, each with the command that shows it.
fn causes(run: &RunPage) -> Markup {
    html! {
        @if !run.causes.is_empty() {
            section id="causes" {
                h2 { "Start here" }
                ol {
                    @for (place, cause) in run.causes.iter().take(cause::MOST).enumerate() {
                        li { (cause.headline) " (" (cause::counted(cause)) ")"
                            @if place < cause::FIRST { pre { (cause::command(&run.texts.repetition.base, cause)) } }
                        }
                    }
                }
                @if run.causes.len() > cause::MOST {
                    p class="quiet" { "… and " (run.causes.len() - cause::MOST) " more causes" }
                }
            }
        }
    }
}

fn row(finding: &Finding, texts: &FindingTexts) -> Markup {
    let full = if texts.detail.is_full(finding) { cause::FULL_PROBLEMS } else { 0 };
    let message = finding.gravest_problem().map(|problem| problem.message.as_str()).or(finding.reason.as_deref());
    let requirements = requirements_of(finding);
    html! {
        details class="finding" id=(finding.name()) data-verdict=(finding.verdict.as_str()) data-topic=(finding.topic()) data-levels=(levels(finding)) {
            summary {
                span class={ "verdict " (finding.verdict.as_str()) } { (finding.verdict.as_str()) }
                @if finding.known.is_some() { span class="verdict known" { "known" } }
                span class="id" { (finding.name()) }
                span class="title" { (finding.titled()) }
                @if let Some(message) = message { span class="said" { (message) } }
            }
            div class="inside" {
                @if let Some(reason) = &finding.reason { p { (reason) } }
                @if let Some(cause) = &finding.cause { p { "Explained by " code { (cause) } } }
                @if let Some(known) = &finding.known {
                    p { "Known: " (known.reason)
                        @if let Some(link) = &known.link { " (" (link) ")" }
                        @if let Some(expires) = &known.expires { ", accepted until " (expires) }
                    }
                }
                @if let Some(assertion) = assertion_of(finding) { p class="quiet" { (assertion.matters()) } }
                @for problem in finding.problems.iter().take(full) { (told(problem, &texts.repetition)) }
                @for problem in finding.problems.iter().skip(full) {
                    section class="problem" { h3 { (problem.message) }
                        @if !problem.observed.is_empty() { p { "Got " (problem.observed) } } }
                }
                @if let Some(lead) = texts.detail.lead(finding) { p { "The evidence is the same as that of " code { (lead) } } }
                @if let Some(command) = texts.repetition.of_finding(finding).filter(|_| full > 0 && !finding.problems.is_empty()) {
                    h4 { "Repeat" }
                    pre tabindex="0" { (command) }
                }
                @if finding.problems.is_empty() && !requirements.is_empty() {
                    ul { @for id in requirements { (rule(id)) } }
                }
                p class="quiet" { (exchanges(finding.exchanges as u64)) " in " (duration(finding.elapsed)) }
            }
        }
    }
}

fn rule(id: &str) -> Markup {
    html! {
        li { code { (id) } " (" (level_of(id)) ") "
            @if let Some(known) = requirement::find(id) { (known.summary) }
            @if let Some(dispute) = dispute(id) { " – disputed, " (dispute.point) ": " (dispute.reading) }
        }
    }
}

fn told(problem: &Problem, repetition: &Repetition) -> Markup {
    let lines = repetition.of_problem(problem);
    html! {
        section class="problem" {
            h3 { (problem.message) }
            dl {
                dt { "Rule" } dd { ul { @for id in &problem.requirements { (rule(id)) } } }
                @if !problem.legal.is_empty() { dt { "Expected" } dd { ul { @for legal in &problem.legal { li { (legal) } } } } }
                @if !problem.observed.is_empty() { dt { "Got" } dd { (problem.observed) } }
                @if !problem.differences.is_empty() { dt { "Differs" } dd { ul { @for one in &problem.differences { (difference(one)) } } } }
            }
            @for exchange in &problem.exchanges { (exchange_of(exchange)) }
            @if !problem.others.is_empty() {
                h4 { "Also" }
                ul { @for exchange in &problem.others {
                    li { "#" (exchange.number) " " (exchange.method) " " (exchange.target()) " → " (exchange.status) }
                } }
            }
            @if !lines.is_empty() {
                h4 { "Repeat" }
                @for (_, line) in &lines { pre tabindex="0" { (line) } }
            }
        }
    }
}

fn difference(difference: &Difference) -> Markup {
    html! {
        li { code { (if difference.path.is_empty() { "the whole body" } else { &difference.path }) }
            ": expected " code { (shown(difference.expected.as_ref())) } ", got " code { (shown(difference.found.as_ref())) }
        }
    }
}

fn exchange_of(exchange: &Exchange) -> Markup {
    html! {
        details class="exchange" {
            summary { "#" (exchange.number) " " (exchange.method) " " (exchange.target()) " → " (exchange.status)
                " in " (duration(exchange.elapsed)) }
            h4 { "Request" }
            pre tabindex="0" { (exchange.method) " " (exchange.target()) "\n" (headers(&exchange.shown_request_headers())) (shortened(&exchange.request_text())) }
            h4 { "Answer" }
            pre tabindex="0" { (exchange.outcome()) "\n" (headers(&exchange.shown_response_headers())) (shortened(&exchange.response_text())) }
        }
    }
}

/// One line a header.
fn headers(headers: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in headers {
        text.extend([name.as_str(), ": ", value, "\n"]);
    }
    text + "\n"
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_BODY) {
        Some((end, _)) => format!("{}…\n({} bytes in all)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

fn capabilities(run: &RunPage) -> Markup {
    html! {
        details class="part" {
            summary { h2 { "Capabilities of the endpoint" } }
            div class="scroll" role="region" aria-label="Capabilities of the endpoint" tabindex="0" {
                table {
                    thead { tr { th scope="col" { "Capability" } th scope="col" { "Offered" } th scope="col" { "Known because" } } }
                    tbody {
                        @for offer in &run.offers {
                            tr { th scope="row" { code { (offer.capability.id()) } }
                                td { (if offer.offered { "yes" } else { "no" }) }
                                td { (offer.provenance.as_str()) } }
                        }
                    }
                }
            }
        }
    }
}

fn coverage(run: &RunPage) -> Markup {
    html! {
        details class="part" {
            summary { h2 { "Coverage by RFC section" } }
            p class="quiet" { "Requirements that a check of this run is about, by the gravest verdict of their checks." }
            div class="scroll" role="region" aria-label="Coverage by RFC section" tabindex="0" {
                table {
                    thead { tr { th scope="col" { "Section" } @for verdict in TOLD { th scope="col" { (verdict.as_str()) } } } }
                    tbody {
                        @for section in run.coverage.sections() {
                            tr { th scope="row" { (section.rfc.as_str()) " " (section.number) }
                                @for verdict in TOLD {
                                    @let count = section.tally[verdict as usize];
                                    td class=[(count > 0).then_some(verdict.as_str())] { @if count > 0 { (count) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
