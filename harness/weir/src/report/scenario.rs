//! What a scenario came to: a table and a verdict in plain words.

use weir_exchange::legible;

use super::DocumentForm;
use crate::output::{Printable, table};
use crate::scenario::Told;

/// The document in one form.
pub fn document(told: &Told, form: DocumentForm) -> Printable {
    match form {
        DocumentForm::Text => text(told).into(),
        DocumentForm::Json => Printable::json(told.json()),
        DocumentForm::Markdown => told.markdown().into(),
    }
}

fn text(told: &Told) -> String {
    let rows: Vec<Vec<String>> = std::iter::once(&told.columns).chain(&told.rows).cloned().collect();
    let mut text = format!("{}\n\n{}\n", legible::one_line(&told.about), table(&rows));
    for sentence in &told.verdict {
        text.push_str(&legible::one_line(sentence));
        text.push('\n');
    }
    text
}
