//! What the catalogue said of endpoints that conform.

use serde_json::{Value, json};

use crate::output::plural::{exchanges, plural};
use crate::prove::innocent::{FalseAccusation, InnocentProof};

/// For a person: the accusations, and the checks that never passed.
pub fn text(proof: &InnocentProof, seconds: f64) -> String {
    let mut lines = vec![format!(
        "{} that conform, {}, {seconds:.1} s",
        plural(proof.innocents as u64, "endpoint", "endpoints"),
        exchanges(proof.exchanges),
    )];
    for accused in &proof.accused {
        lines.push(format!(
            "\n- {} is {} in {}{}: {}\n  smallest: {}",
            accused.check,
            accused.accusation.verdict.as_str(),
            plural(accused.innocents as u64, "innocent", "innocents"),
            if accused.confirmed { "" } else { ", not every time" },
            accused.accusation.message,
            accused.smallest.summary(),
        ));
    }
    let silent: Vec<&str> =
        proof.passed.iter().filter(|(_, passed)| **passed == 0).map(|(check, _)| check.as_str()).collect();
    if !silent.is_empty() {
        lines.push(format!("\npassed in no innocent: {}", silent.join(", ")));
    }
    lines.push(if proof.accused.is_empty() {
        "\nno innocent is accused".into()
    } else {
        let accusing = plural(proof.accused.len() as u64, "check accuses", "checks accuse");
        format!("\nnot proven: {accusing} an endpoint that conforms")
    });
    lines.join("\n") + "\n"
}

/// For programs.
pub fn json(proof: &InnocentProof) -> Value {
    let accusation = |accused: &FalseAccusation| {
        json!({
            "check": accused.check,
            "verdict": accused.accusation.verdict.as_str(),
            "innocents": accused.innocents,
            "confirmed": accused.confirmed,
            "message": accused.accusation.message,
            "differs": accused.smallest.summary(),
            "target": accused.smallest.target_file(),
        })
    };
    json!({
        "innocents": proof.innocents,
        "exchanges": proof.exchanges,
        "accused": proof.accused.iter().map(accusation).collect::<Vec<_>>(),
        "passed": proof.passed,
    })
}
