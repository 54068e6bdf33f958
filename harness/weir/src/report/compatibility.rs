//! The table of clients against deviations, as text, as JSON, and as the page of the documentation.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::markup::cell;
use crate::output::table;
use crate::prove::{Compatibility, Encounter, Survival};

const GRADES: [&str; 4] = ["works", "by fall-back", "degraded", "broken"];

fn counts(client: &Compatibility) -> Vec<(&'static str, usize)> {
    let of = |grade: &str| client.encounters.iter().filter(|encounter| encounter.gravest() == grade).count();
    GRADES.into_iter().map(|grade| (grade, of(grade))).collect()
}

fn summary(client: &Compatibility) -> String {
    let counts: Vec<String> = counts(client).into_iter().map(|(grade, count)| format!("{count} {grade}")).collect();
    format!("{} deviations: {}", client.encounters.len(), counts.join(", "))
}

fn troubled(client: &Compatibility) -> impl Iterator<Item = &Encounter> {
    client.encounters.iter().filter(|encounter| encounter.gravest() != "works")
}

const fn sign(survival: &Survival) -> &'static str {
    match survival {
        Survival::Works => "·",
        Survival::ByFallBack(_) => "f",
        Survival::Degraded(_) => "d",
        Survival::Broken(_) => "B",
        Survival::AsBefore => "=",
        Survival::NotReached => "-",
    }
}

/// For a terminal: a letter a step, and the first thing that is wrong.
pub fn text(clients: &[Compatibility]) -> String {
    let mut text = String::new();
    for client in clients {
        let (target, application) = client.ground;
        let _ = writeln!(text, "{} with {target}, application {application}", client.client);
        let rows: Vec<Vec<String>> = troubled(client)
            .map(|encounter| {
                let signs = encounter.steps.iter().map(|(_, survival)| sign(survival)).collect();
                vec![encounter.deviation.id.to_owned(), signs, first_detail(encounter)]
            })
            .collect();
        text.push_str(&table(&rows));
        let taken = client.encounters.first().map_or(&[][..], |encounter| &encounter.steps);
        let taken: Vec<&str> = taken.iter().map(|(id, _)| *id).collect();
        let _ = writeln!(text, "steps: {}", taken.join(", "));
        let _ = writeln!(text, "· works, f by fall-back, d degraded, B broken, = as before, - not reached");
        let _ = writeln!(text, "{}", summary(client));
    }
    text
}

/// The gravest thing that is wrong.
fn first_detail(encounter: &Encounter) -> String {
    let of = |wanted: &str| encounter.steps.iter().find(|(_, survival)| survival.as_str() == wanted);
    let found = of("broken").or_else(|| of("degraded")).or_else(|| of("by fall-back"));
    found.map_or_else(String::new, |(id, survival)| format!("{id}: {}", survival.detail().unwrap_or_default()))
}

/// Everything, for programs.
pub fn json(clients: &[Compatibility]) -> Value {
    let step = |(id, survival): &(&'static str, Survival)| json!({ "step": id, "outcome": survival.as_str(), "detail": survival.detail() });
    clients
        .iter()
        .map(|client| {
            json!({
                "client": client.client,
                "target": client.ground.0,
                "application": client.ground.1,
                "deviations": client.encounters.iter().map(|encounter| json!({
                    "deviation": encounter.deviation.id,
                    "permitted": encounter.deviation.is_permitted(),
                    "gravest": encounter.gravest(),
                    "steps": encounter.steps.iter().map(step).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// The page of the documentation. Nothing in it differs from run to run.
pub fn markdown(clients: &[Compatibility]) -> String {
    let mut text = "# Clients and deviations\n\n\
        The result of each client that Weir knows against an endpoint with one deviation, step by step of a short life with eight people: \
        written by `weir prove --as all --write docs/evidence/compatibility.md`. A step is judged by what the service behind the \
        endpoint holds in the end, not by what the endpoint says.\n\n\
        - **works**: as without the deviation\n\
        - **by fall-back**: right in the end, by further requests or in the cycle after\n\
        - **degraded**: the client noticed nothing, and something is wrong in the end\n\
        - **broken**: the client could not do it, and not in the cycle after either\n\n\
        A fault that an earlier step left is not reported again. Operations go one after the other here, so deviations that need two at \
        once do no harm.\n"
        .to_owned();
    text.push_str(
        "\n| client | endpoint | works | by fall-back | degraded | broken |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for client in clients {
        let numbers: Vec<String> = counts(client).into_iter().map(|(_, count)| count.to_string()).collect();
        let (target, application) = client.ground;
        let _ = writeln!(text, "| {} | {target}, {application} | {} |", client.client, numbers.join(" | "));
    }
    for client in clients {
        page_of(&mut text, client);
    }
    text
}

fn page_of(text: &mut String, client: &Compatibility) {
    let _ = writeln!(text, "\n## {}\n\n{}. {}.", client.client, client.name, summary(client));
    for grade in ["broken", "degraded", "by fall-back"] {
        let rows: Vec<&Encounter> = client.encounters.iter().filter(|own| own.gravest() == grade).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(
            text,
            "\n### {}\n\n| deviation | step | outcome | what |\n| --- | --- | --- | --- |",
            heading(grade)
        );
        for encounter in rows {
            let mut name = format!("`{}`", encounter.deviation.id);
            for (id, survival) in &encounter.steps {
                let Some(detail) = survival.detail() else { continue };
                let _ = writeln!(text, "| {name} | {id} | {} | {} |", survival.as_str(), cell(detail));
                name = String::new();
            }
            let lost: Vec<&str> = encounter
                .steps
                .iter()
                .filter(|(_, survival)| *survival == Survival::NotReached)
                .map(|(id, _)| *id)
                .collect();
            if !lost.is_empty() {
                let _ = writeln!(text, "| {name} | {} to {} | not reached | |", lost[0], lost[lost.len() - 1]);
            }
        }
    }
    let harmless: Vec<String> = client
        .encounters
        .iter()
        .filter(|encounter| encounter.gravest() == "works")
        .map(|encounter| format!("`{}`", encounter.deviation.id))
        .collect();
    let _ = writeln!(text, "\n### Works\n\n{}", harmless.join(", "));
}

fn heading(grade: &str) -> String {
    let mut letters = grade.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
