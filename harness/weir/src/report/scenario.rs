//! What a scenario came to: a table and a verdict in plain words.

use weir_exchange::legible;

use super::DocumentForm;
use super::markup::{self, row};
use crate::output::{Printable, table};
use crate::scenario::ScenarioReport;

/// The document in one form.
pub fn document(report: &ScenarioReport, form: DocumentForm) -> Printable {
    match form {
        DocumentForm::Text => text(report).into(),
        DocumentForm::Json => Printable::json(report.json()),
        DocumentForm::Markdown => markdown(report).into(),
    }
}

fn text(report: &ScenarioReport) -> String {
    let columns = report.columns.iter().map(|&column| column.to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(columns).chain(report.rows.iter().cloned()).collect();
    let mut text = format!("{}\n\n{}\n", legible::one_line(&report.about), table(&rows));
    for sentence in &report.verdict {
        text.push_str(&legible::one_line(sentence));
        text.push('\n');
    }
    text
}

/// The table in Markdown, with the verdict below it.
fn markdown(report: &ScenarioReport) -> String {
    let mut text = row(&report.columns);
    text.extend(["|", &" --- |".repeat(report.columns.len()), "\n"]);
    text.extend(report.rows.iter().map(row));
    text.push('\n');
    for sentence in &report.verdict {
        text.extend(["- ", &markup::text(sentence), "\n"]);
    }
    text
}
