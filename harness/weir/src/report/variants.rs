//! The variants of a client's unknown details, each with its verdict.

use serde_json::{Value, json};

use super::DocumentForm;
use super::markup::row;
use crate::lifecycle::variants::VariantTrial;
use crate::output::{Printable, table};

/// The document in one form.
pub fn document(trials: &[VariantTrial], form: DocumentForm) -> Printable {
    match form {
        DocumentForm::Text => table(&rows(trials)).into(),
        DocumentForm::Json => Printable::json(trials.iter().map(json).collect()),
        DocumentForm::Markdown => markdown(trials).into(),
    }
}

fn json(trial: &VariantTrial) -> Value {
    json!({
        "detail": trial.detail, "standing": trial.standing, "variant": trial.variant, "says": trial.says,
        "verdict": trial.verdict.as_str(), "why": trial.why,
    })
}

fn cells(trial: &VariantTrial) -> Vec<String> {
    vec![
        trial.detail.clone(),
        trial.standing.to_owned(),
        trial.variant.clone(),
        trial.verdict.as_str().to_owned(),
        trial.why.clone(),
    ]
}

const HEAD: [&str; 5] = ["detail", "standing", "variant", "verdict", "why"];

fn rows(trials: &[VariantTrial]) -> Vec<Vec<String>> {
    std::iter::once(HEAD.map(str::to_owned).to_vec()).chain(trials.iter().map(cells)).collect()
}

fn markdown(trials: &[VariantTrial]) -> String {
    let mut text = row(HEAD);
    text += "| --- | --- | --- | --- | --- |\n";
    for trial in trials {
        text += &row(cells(trial));
    }
    text
}
