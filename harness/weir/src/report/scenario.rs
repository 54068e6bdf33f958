//! What a scenario came to: a table and a verdict in plain words.

use super::DocumentForm;
use crate::output::table;
use crate::scenario::Told;

/// The document in one form.
pub fn document(told: &Told, form: DocumentForm) -> String {
    match form {
        DocumentForm::Text => text(told),
        DocumentForm::Json => format!("{:#}\n", told.json()),
        DocumentForm::Markdown => told.markdown(),
    }
}

fn text(told: &Told) -> String {
    let rows: Vec<Vec<String>> = std::iter::once(&told.columns).chain(&told.rows).cloned().collect();
    let mut text = format!("{}\n\n{}\n", told.about, table(&rows));
    for sentence in &told.verdict {
        text.push_str(sentence);
        text.push('\n');
    }
    text
}
