//! `weir check --as CLIENT --variants`: the unknown details of a client, one factor at a time.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use weir_catalog::discover;
use weir_judge::{Consumer, Event, Events, Step, Verdict};
use weir_provision::client::Description;
use weir_provision::client::variants::Variant;

use super::scenario::Form;
use super::subject::Subject;
use crate::exit;
use crate::failure::Failure;
use crate::flags::client::Chosen;
use crate::interrupt;
use crate::lifecycle;
use crate::lifecycle::ForeignSubject;
use crate::output::Output;
use crate::output::table;

/// How the variants are tried.
pub struct Wanted {
    pub people: usize,
    pub seed: u64,
    pub threads: usize,
}

/// One variant and what came of it.
struct Tried {
    detail: String,
    standing: &'static str,
    variant: String,
    says: String,
    verdict: Verdict,
    why: String,
}

pub async fn run(
    chosen: &[Chosen],
    subject: &Subject,
    wanted: &Wanted,
    form: Form,
    file: Option<&Path>,
    output: Output,
) -> Result<u8, Failure> {
    let interrupted = interrupt::watch();
    let mut discovery = discover(&subject.client).await.map_err(|error| Failure::Unreachable(error.to_string()))?;
    if let Some(embedded) = &subject.embedded {
        discovery.declare(embedded.declared().clone());
    }
    let offers: Vec<&str> =
        discovery.all_offers().iter().filter(|offer| offer.offered).map(|offer| offer.capability.id()).collect();
    let mut tried = Vec::new();
    for chosen in chosen {
        let description = &chosen.description;
        let none = Variant { id: String::new(), says: String::new(), set: BTreeMap::new(), needs: None, known: None };
        let mut factors = vec![("(all defaults)".to_owned(), "", none)];
        for detail in description.with_choice() {
            let further = detail.variants.iter().skip(1);
            factors.extend(further.map(|variant| (detail.id.clone(), detail.standing.as_str(), variant.clone())));
        }
        for (detail, standing, variant) in factors {
            if *interrupted.borrow() {
                return Ok(exit::INTERRUPTED);
            }
            let changed = if variant.id.is_empty() {
                description.clone()
            } else {
                description.with_variants([(detail.as_str(), variant.id.as_str())]).map_err(Failure::Usage)?
            };
            let steps = live(&changed, subject, wanted, tried.len(), interrupted.clone()).await;
            let (verdict, why) = judge(&steps, &variant, &offers);
            tried.push(Tried { detail, standing, variant: variant.id, says: variant.says, verdict, why });
        }
    }
    let text = match form {
        Form::Json => format!("{:#}\n", Value::Array(tried.iter().map(Tried::json).collect())),
        Form::Markdown => markdown(&tried),
        Form::Text => table(&rows(&tried)),
    };
    match file {
        None => output.print(&text)?,
        Some(path) => std::fs::write(path, text)
            .map_err(|error| Failure::Usage(format!("{} cannot be written: {error}", path.display())))?,
    }
    let is_blocked = tried.iter().all(|tried| tried.verdict == Verdict::Blocked);
    Ok(match () {
        () if is_blocked => exit::UNREACHABLE,
        () if tried.iter().any(|tried| tried.verdict > Verdict::Warn) => exit::FINDINGS,
        () => exit::OK,
    })
}

/// The life of one variant with the endpoint, with a few invented people and names of its own.
async fn live(
    description: &Description,
    subject: &Subject,
    wanted: &Wanted,
    number: usize,
    interrupted: tokio::sync::watch::Receiver<bool>,
) -> Vec<Arc<Step>> {
    let kept = Kept::default();
    let events = Events::new(vec![Box::new(kept.clone())]);
    let foreign = lifecycle::Subject::Foreign(ForeignSubject {
        client: subject.client.clone(),
        people: wanted.people,
        seed: wanted.seed.wrapping_add(number as u64),
        threads: wanted.threads,
    });
    lifecycle::run(&foreign, description, &events, interrupted).await;
    if let Some(embedded) = &subject.embedded {
        embedded.reset();
    }
    kept.take()
}

/// The gravest verdict with the first problem that has it. What the endpoint declares, and what is known of the variant, is
/// a note.
fn judge(steps: &[Arc<Step>], variant: &Variant, offers: &[&str]) -> (Verdict, String) {
    let worst = steps.iter().map(|step| step.verdict).max().unwrap_or(Verdict::Error);
    let first = steps.iter().find(|step| step.verdict == worst);
    let told = first.and_then(|step| {
        step.problems
            .iter()
            .find(|problem| problem.verdict == worst)
            .map(|problem| format!("{}: {}", step.id, problem.message))
    });
    let told = told.unwrap_or_default();
    if worst <= Verdict::Warn {
        // What was skipped was not the variant's.
        let verdict = if worst <= Verdict::Skip { Verdict::Pass } else { Verdict::Note };
        return (verdict, told);
    }
    match (&variant.needs, &variant.known) {
        (Some(needs), _) if !offers.contains(&needs.as_str()) => {
            (Verdict::Note, format!("refused as declared: the endpoint does not offer {needs}; {told}"))
        }
        (_, Some(known)) => (Verdict::Note, format!("{known}; {told}")),
        _ => (worst, told),
    }
}

impl Tried {
    fn json(&self) -> Value {
        json!({
            "detail": self.detail, "standing": self.standing, "variant": self.variant, "says": self.says,
            "verdict": self.verdict.as_str(), "why": self.why,
        })
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.detail.clone(),
            self.standing.to_owned(),
            self.variant.clone(),
            self.verdict.as_str().to_owned(),
            self.why.clone(),
        ]
    }
}

const HEAD: [&str; 5] = ["detail", "standing", "variant", "verdict", "why"];

fn rows(tried: &[Tried]) -> Vec<Vec<String>> {
    std::iter::once(HEAD.map(str::to_owned).to_vec()).chain(tried.iter().map(Tried::cells)).collect()
}

fn markdown(tried: &[Tried]) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = line(&HEAD.map(str::to_owned));
    text += "| --- | --- | --- | --- | --- |\n";
    for tried in tried {
        text += &line(&tried.cells());
    }
    text
}

/// Keeps the steps of a lifecycle, and tells what could not be deleted.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Arc<Step>>>>);

impl Kept {
    fn take(&self) -> Vec<Arc<Step>> {
        // A push cannot leave the list half-done.
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Consumer for Kept {
    fn event(&mut self, event: &Event) -> std::io::Result<()> {
        match event {
            Event::Step(step) => self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(step)),
            Event::Leftover { url, reason } => eprintln!("weir: {url} is left behind: {reason}"),
            _ => {}
        }
        Ok(())
    }
}
