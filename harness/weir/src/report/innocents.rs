//! What the catalogue said of endpoints that conform.

use serde_json::{Value, json};

use crate::output::plural::{exchanges, plural};
use crate::prove::innocent::{Accusation, FalseAccusation, Guilt, GuiltOutcome, InnocentProof, PremiseOutcome};

/// For a person: the accusations, the checks that seldom passed, and the deviations that were not noticed.
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
    let seldom: Vec<String> = proof
        .seldom()
        .map(|(origin, passed)| {
            let reason = proof.usual_reason(origin).unwrap_or("no reason is given");
            format!("- {origin} ({passed}): {reason}")
        })
        .collect();
    if !seldom.is_empty() {
        let least = plural(proof.least() as u64, "innocent", "innocents");
        lines.push(format!("\npassed in fewer than {least}, with the usual reason:\n{}", seldom.join("\n")));
    }
    lines.extend(proof.wrongly_excepted().map(|origin| {
        format!("\n- {origin} passes, and prove/innocent/excepted.rs says that it passes in no innocent")
    }));
    for (law, reports) in &proof.laws {
        lines.push(format!("\n- {law}, in {}", plural(*reports as u64, "report", "reports")));
    }
    lines.extend(guilty(proof));
    lines.push(if proof.accused.is_empty() {
        "\nno innocent is accused".into()
    } else {
        let accusing = plural(proof.accused.len() as u64, "check accuses", "checks accuse");
        format!("\nnot proven: {accusing} an endpoint that conforms")
    });
    lines.join("\n") + "\n"
}

/// What became of the innocents with one deviation.
fn guilty(proof: &InnocentProof) -> Vec<String> {
    if proof.guilty.is_empty() {
        return Vec::new();
    }
    let count = |is: fn(&GuiltOutcome) -> bool| proof.guilty.iter().filter(|guilt| is(&guilt.outcome)).count();
    let noticed = count(|outcome| matches!(outcome, GuiltOutcome::Noticed(_)));
    let hidden = count(|outcome| matches!(outcome, GuiltOutcome::Hidden(_)));
    let without_effect = count(|outcome| matches!(outcome, GuiltOutcome::Ineffective(_)));
    let mut lines = vec![format!(
        "\n{} with one deviation: {noticed} are noticed, {hidden} are hidden by what the endpoint does not offer, \
         {without_effect} have no effect there",
        plural(proof.guilty.len() as u64, "endpoint", "endpoints"),
    )];
    for Guilt { deviation, innocent, outcome } in &proof.guilty {
        match outcome {
            GuiltOutcome::Noticed(_) => {}
            GuiltOutcome::Ineffective(asked) => lines.push(format!(
                "- {deviation} has no effect: no answer is another than without it, though these checks were asked: {}",
                asked.join(", "),
            )),
            GuiltOutcome::Hidden(reasons) => {
                let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
                lines.push(format!("- {deviation} is hidden: {}", reasons.join("; ")));
            }
            GuiltOutcome::Unnoticed(asked) => lines.push(format!(
                "- {deviation} is not noticed, though these checks were asked: {}\n  in: {innocent}",
                if asked.is_empty() { "none".into() } else { asked.join(", ") },
            )),
        }
    }
    lines
}

/// The accusations of endpoints that lack one thing each, for a person.
pub fn premises_text(outcomes: &[PremiseOutcome], seconds: f64) -> String {
    let sent = outcomes.iter().map(|own| own.exchanges).sum();
    let silenced: usize = outcomes.iter().map(|own| own.silenced).sum();
    let mut lines = vec![format!(
        "{} without one premise each, {silenced} checks were skipped or blocked, {}, {seconds:.1} s",
        plural(outcomes.len() as u64, "endpoint", "endpoints"),
        exchanges(sent),
    )];
    for outcome in outcomes {
        for accusation in &outcome.accusations {
            let (origin, verdict) = (&accusation.origin, accusation.verdict.as_str());
            lines.push(format!("\n- without {}, {origin} is {verdict}: {}", outcome.id, accusation.message));
        }
        for asked in &outcome.asked {
            lines.push(format!(
                "\n- without {}, {asked} is asked, though its record says that it needs that",
                outcome.id
            ));
        }
    }
    let accused = outcomes.iter().filter(|own| !own.is_proven()).count();
    lines.push(match (outcomes.len(), accused) {
        (0, _) => "\nnot proven: there is no such premise".into(),
        (_, 0) => "\nno endpoint is accused of what it lacks".into(),
        _ => format!(
            "\nnot proven: {} accused of, or asked about, what is lacking",
            plural(accused as u64, "endpoint is", "endpoints are")
        ),
    });
    lines.join("\n") + "\n"
}

/// The same for programs.
pub fn premises_json(outcomes: &[PremiseOutcome]) -> Value {
    let accusation =
        |own: &Accusation| json!({"check": own.origin, "verdict": own.verdict.as_str(), "message": own.message});
    let outcome = |own: &PremiseOutcome| {
        json!({
            "without": own.id,
            "silenced": own.silenced,
            "exchanges": own.exchanges,
            "asked": own.asked,
            "accused": own.accusations.iter().map(accusation).collect::<Vec<_>>(),
        })
    };
    json!({"premises": outcomes.iter().map(outcome).collect::<Vec<_>>()})
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
    let guilt = |guilt: &Guilt| {
        let (outcome, because) = match &guilt.outcome {
            GuiltOutcome::Noticed(by) => ("noticed", json!(by)),
            GuiltOutcome::Hidden(reasons) => ("hidden", json!(reasons)),
            GuiltOutcome::Ineffective(asked) => ("ineffective", json!(asked)),
            GuiltOutcome::Unnoticed(asked) => ("unnoticed", json!(asked)),
        };
        json!({"deviation": guilt.deviation, "innocent": guilt.innocent, "outcome": outcome, "because": because})
    };
    json!({
        "innocents": proof.innocents,
        "exchanges": proof.exchanges,
        "accused": proof.accused.iter().map(accusation).collect::<Vec<_>>(),
        "passed": proof.passed,
        "silent": proof.silent,
        "laws": proof.laws,
        "seldom": proof.seldom().map(|(origin, _)| origin).collect::<Vec<_>>(),
        "guilty": proof.guilty.iter().map(guilt).collect::<Vec<_>>(),
    })
}
