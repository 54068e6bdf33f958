//! What the catalogue said of endpoints that conform.

use serde_json::{Value, json};
use weir_judge::Verdict;

use crate::output::plural::{exchanges, plural};
use crate::prove::innocent::{FalseAccusation, InnocentProof};

/// For a person: the accusations, and the checks that never passed.
pub fn text(proof: &InnocentProof, seconds: f64) -> String {
    let mut text = format!(
        "{} that conform, {}, {seconds:.1} s\n",
        plural(proof.innocents as u64, "endpoint", "endpoints"),
        exchanges(proof.exchanges),
    );
    for accused in &proof.accused {
        text.push_str(&format!(
            "\n- {} is {} in {}{}: {}\n  smallest: {}\n",
            accused.check,
            accused.accusation.verdict.as_str(),
            plural(accused.innocents as u64, "innocent", "innocents"),
            if accused.confirmed { "" } else { ", not every time" },
            accused.accusation.message,
            accused.smallest.summary(),
        ));
    }
    let silent: Vec<&str> = proof.passed.iter().filter(|(_, passed)| **passed == 0).map(|(check, _)| *check).collect();
    if !silent.is_empty() {
        text.push_str(&format!("\npassed in no innocent: {}\n", silent.join(", ")));
    }
    let errors = proof.accused.iter().filter(|accused| accused.accusation.verdict == Verdict::Error).count();
    if errors > 0 {
        text.push_str(&format!("\n{} broke down; that is a bug of Weir\n", plural(errors as u64, "check", "checks")));
    }
    if proof.accused.is_empty() {
        text.push_str("\nno innocent is accused\n");
    } else {
        text.push_str(&format!("\nnot proven: {} accuse\n", plural(proof.accused.len() as u64, "check", "checks")));
    }
    text
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
