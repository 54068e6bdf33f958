//! How one problem reads on a terminal: the rule, what was expected, what the endpoint answered, and how to repeat it.

use std::io::{self, Write};

use scim::requirement;
use weir_exchange::difference::Difference;
use weir_exchange::legible;
use weir_judge::Problem;
use weir_judge::{dispute, level_of};

use super::legible::shown;
use super::plain::shown_exchanges;
use super::repeat::LabelledLine;
use super::table::{duration, fitted};
use super::terminal::Palette;
use crate::output::plural::plural;

/// The most differences that are shown of one problem.
const MOST_DIFFERENCES: usize = 10;
/// The most lines that one text fills; what is longer is in the reports.
const MOST_LINES: usize = 12;

/// What is worth knowing, in a line.
pub(super) fn write_brief(out: &mut dyn Write, problem: &Problem) -> io::Result<()> {
    let disputed = problem.requirements.iter().find_map(|id| dispute(id));
    match disputed {
        Some(dispute) => writeln!(out, "  {} (disputed, {})", problem.message, dispute.point),
        None => writeln!(out, "  {}", problem.message),
    }
}

pub(super) fn write(
    out: &mut dyn Write,
    problem: &Problem,
    repeat: &[LabelledLine],
    palette: &Palette,
    width: usize,
) -> io::Result<()> {
    let longest = width * MOST_LINES;
    writeln!(out, "  {}", fitted(&problem.message, longest))?;
    let mut labelled =
        |label: &str, text: &str| writeln!(out, "    {}{label:<10}{} {text}", palette.dim, palette.reset);
    for id in &problem.requirements {
        let summary = requirement::find(id).map_or("", |requirement| requirement.summary);
        labelled("rule", &format!("{id} ({}): {summary}", level_of(id)))?;
        if let Some(dispute) = dispute(id) {
            labelled("disputed", &format!("{}: {}", dispute.point, dispute.reading))?;
        }
    }
    if let Some(body) = problem.exchanges.last().map(|last| last.request_text()).filter(|body| !body.is_empty()) {
        labelled("sent", &fitted(&legible::one_line(&body), width.saturating_sub(15)))?;
    }
    for legal in &problem.legal {
        labelled("expected", legal)?;
    }
    if !problem.observed.is_empty() {
        labelled("got", &fitted(&problem.observed, longest))?;
    }
    for difference in problem.differences.iter().take(MOST_DIFFERENCES) {
        labelled("differs", &fitted(&line_of(difference), width.saturating_sub(15)))?;
    }
    if problem.differences.len() > MOST_DIFFERENCES {
        labelled(
            "",
            &format!(
                "and {}",
                plural((problem.differences.len() - MOST_DIFFERENCES) as u64, "more difference", "more differences")
            ),
        )?;
    }
    for (label, exchange) in shown_exchanges(problem) {
        let line = format!(
            "#{} {} {} -> {} in {}",
            exchange.number,
            exchange.method,
            exchange.target(),
            exchange.status,
            duration(exchange.elapsed)
        );
        labelled(label, &line)?;
    }
    for (label, line) in repeat {
        let is_long = line.len() > longest;
        labelled(label, if is_long { "the line is longer than a screen; a report has it" } else { line })?;
    }
    Ok(())
}

fn line_of(difference: &Difference) -> String {
    let path = if difference.path.is_empty() { "the whole body" } else { &difference.path };
    format!("{path}: expected {}, got {}", shown(difference.expected.as_ref()), shown(difference.found.as_ref()))
}
