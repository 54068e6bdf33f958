//! What a scenario came to: a table and a verdict in plain words.

use weir_exchange::legible;

use super::DocumentForm;
use super::markup::{self, row};
use crate::output::{Output, Printable, headed_table, wrapped};
use crate::scenario::ScenarioReport;

/// The document in one form.
pub fn document(report: &ScenarioReport, form: DocumentForm) -> Printable {
    match form {
        DocumentForm::Text => text(report).into(),
        DocumentForm::Json => Printable::json(report.json()),
        DocumentForm::Markdown => markdown(report).into(),
    }
}

/// The columns of a scenario's sentences, where the terminal has more.
const READABLE: usize = 100;

fn text(report: &ScenarioReport) -> String {
    let columns = report.columns.iter().map(|&column| column.to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(columns).chain(report.rows.iter().cloned()).collect();
    let room = Output::room().map(|room| room.min(READABLE));
    let sentences = |sentences: &[String]| -> String {
        let lines = sentences.iter().flat_map(|sentence| {
            let sentence = legible::one_line(sentence);
            room.map_or_else(|| vec![sentence.to_string()], |room| wrapped(&sentence, room))
        });
        lines.fold(String::new(), |text, line| text + &line + "\n")
    };
    [
        sentences(&report.answer),
        sentences(std::slice::from_ref(&report.about)),
        headed_table(&rows),
        sentences(&report.verdict),
    ]
    .join("\n")
}

/// The verdict in three sentences, the table in Markdown, and what follows from it in detail.
fn markdown(report: &ScenarioReport) -> String {
    let mut text = String::new();
    for sentence in &report.answer {
        text.extend([&*markup::text(sentence), "\n"]);
    }
    text.push('\n');
    text.push_str(&row(&report.columns));
    text.extend(["|", &" --- |".repeat(report.columns.len()), "\n"]);
    text.extend(report.rows.iter().map(row));
    text.push('\n');
    for sentence in &report.verdict {
        text.extend(["- ", &markup::text(sentence), "\n"]);
    }
    text
}
