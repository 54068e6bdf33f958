//! The picture of the verdict with which the page opens: bars of the areas and causes, and the sections of the RFCs as a row of
//! squares. It is drawn as inline SVG, so that it needs no script and follows the page's colours.

use maud::{Markup, html};
use scim::requirement::Rfc;
use weir_judge::{Summary, Verdict};

use super::RunPage;
use super::coverage::Section;
use super::page::TOLD;
use crate::report::cause;

/// The causes that have a bar.
const CAUSES: usize = cause::FIRST;
/// The side of a square, and the distance from one to the next.
const SIDE: usize = 10;
const STEP: usize = 12;
/// The squares of a line.
const ACROSS: usize = 30;

/// The verdict at a glance; what it shows stands in words below it.
pub(super) fn picture(run: &RunPage, summary: &Summary) -> Markup {
    let all: [usize; 7] = Verdict::ALL.map(|verdict| summary.total(verdict));
    html! {
        @if all.iter().sum::<usize>() > 0 {
            section id="picture" aria-label="The verdict at a glance" {
                div class="whole" { (bar(&all, all.iter().sum(), "all findings")) }
                p class="legend" {
                    @for verdict in TOLD {
                        @let count = all[verdict as usize];
                        @if count > 0 { span { span class={ "swatch " (verdict.as_str()) } {} (count) " " (verdict.as_str()) } " " }
                    }
                }
                div class="panels" {
                    (causes(run))
                    (sections(&run.coverage.sections()))
                    (areas(run))
                }
            }
        }
    }
}

/// Counts as one bar, the gravest first; `whole` is the count of a full bar.
fn bar(tally: &[usize; 7], whole: usize, name: &str) -> Markup {
    let counts = TOLD.map(|verdict| (verdict, tally[verdict as usize]));
    let told: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!("{count} {}", verdict.as_str()))
        .collect();
    let mut at = 0;
    let parts = counts.map(|(verdict, count)| {
        let from = at;
        at += count;
        (verdict, from, count)
    });
    html! {
        svg class="bar" viewBox={ "0 0 " (whole.max(1)) " 1" } preserveAspectRatio="none" role="img" aria-label={ (name) ": " (told.join(", ")) } {
            @for (verdict, from, count) in parts {
                @if count > 0 { rect class=(verdict.as_str()) x=(from) y="0" width=(count) height="1" {} }
            }
        }
    }
}

fn causes(run: &RunPage) -> Markup {
    let largest = run.causes.iter().take(CAUSES).map(weir_judge::Cause::size).max().unwrap_or(0);
    html! {
        @if largest > 0 {
            div class="panel" {
                h2 { "Causes" }
                @for cause in run.causes.iter().take(CAUSES) {
                    @let tally = Verdict::ALL.map(|verdict| if verdict == cause.verdict { cause.size() } else { 0 });
                    p class="long" { (cause.headline) }
                    (bar(&tally, largest, &cause.headline))
                }
                @if run.causes.len() > CAUSES { p class="quiet" { "and " (run.causes.len() - CAUSES) " more" } }
            }
        }
    }
}

/// The findings of each area, those with the gravest first.
fn areas(run: &RunPage) -> Markup {
    let mut areas: Vec<(&str, [usize; 7])> = Vec::new();
    for finding in &run.findings {
        let topic = finding.topic();
        let place = areas.iter().position(|(area, _)| *area == topic).unwrap_or_else(|| {
            areas.push((topic, [0; 7]));
            areas.len() - 1
        });
        areas[place].1[finding.verdict as usize] += 1;
    }
    let wrong = |tally: &[usize; 7]| TOLD[..4].iter().map(|verdict| tally[*verdict as usize]).sum::<usize>();
    areas.sort_by(|(name, tally), (other, others)| wrong(others).cmp(&wrong(tally)).then_with(|| name.cmp(other)));
    let largest = areas.iter().map(|(_, tally)| tally.iter().sum()).max().unwrap_or(0);
    html! {
        @if areas.len() > 1 {
            div class="panel wide" {
                h2 { "Areas" }
                div class="areas" {
                    @for (name, tally) in &areas { span { (name) } (bar(tally, largest, name)) }
                }
            }
        }
    }
}

/// A square for each section of the RFCs, in the colour of its gravest verdict.
fn sections(sections: &[Section]) -> Markup {
    html! {
        @if !sections.is_empty() {
            div class="panel" {
                h2 { "Sections of the RFCs" }
                @for rfc in [Rfc::Rfc7643, Rfc::Rfc7644, Rfc::Rfc9865] {
                    @let own: Vec<&Section> = sections.iter().filter(|section| section.rfc == rfc).collect();
                    @if !own.is_empty() {
                        p class="quiet" { "RFC " (rfc.number()) ", " (own.len()) " sections" }
                        (squares(&own))
                    }
                }
            }
        }
    }
}

fn squares(sections: &[&Section]) -> Markup {
    let lines = sections.len().div_ceil(ACROSS);
    html! {
        svg class="squares" viewBox={ "0 0 " (ACROSS * STEP) " " (lines * STEP) } role="img" aria-label="Coverage by section; the table below has the numbers" {
            @for (index, section) in sections.iter().enumerate() {
                @let verdict = gravest(section);
                rect class=(verdict.as_str()) x=((index % ACROSS) * STEP) y=((index / ACROSS) * STEP) width=(SIDE) height=(SIDE) rx="2" {
                    title { (section.number) ": " (verdict.as_str()) }
                }
            }
        }
    }
}

/// The gravest verdict of a section's requirements; what was skipped says nothing about what was not.
fn gravest(section: &Section) -> Verdict {
    let given = |verdict: &Verdict| section.tally[*verdict as usize] > 0;
    TOLD.into_iter().filter(|verdict| *verdict != Verdict::Skip).find(given).unwrap_or(Verdict::Skip)
}
