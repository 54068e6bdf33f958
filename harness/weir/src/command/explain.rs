//! `weir explain`: what an id stands for, in our words.

use std::fmt::Write as _;

use clap::Args;
use scim::requirement::{self, Actor, Basis, Requirement};
use weir_catalog::essentials::ESSENTIALS;
use weir_catalog::{Assertion, Check, On, assertion, checks, essentials};
use weir_files::name::UnknownName;
use weir_judge::{Rule, Weight, rules};
use weir_provision::client;
use weir_provision::client::variants::Confidence;
use weir_provision::client::{Description, Detail};
use weir_server::host::SchemaChange;
use weir_server::{Activation, Breaks, Deviation, Target};

use super::{glossary, setting};
use crate::exit;
use crate::failure::Failure;
use crate::output::plural::plural;
use crate::output::{Output, filled};

const EXAMPLES: &str = "\
Examples:
  weir explain create.duplicate-user-name
  weir explain RFC7644-3.3-12
  weir explain write.answer-lost
  weir explain aquera
  weir explain pingfederate-aquera
  weir explain P7                   a disputed reading
  weir explain blocked              a verdict
  weir explain leaver.disable       a step of a lifecycle
  weir explain 'Remove Action'      a setting of clients
  weir explain pace.settle          a key of weir.toml
  weir explain exit-status";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExplainArgs {
    /// An id, a name (target, application, setting), or a word of a report: P7, blocked, exit-status
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn run(args: &ExplainArgs, output: &Output) -> Result<u8, Failure> {
    // A check's full name has its resource type in brackets.
    let id = weir_judge::parts_of_name(&args.id).0;
    let text = text(id).ok_or_else(|| Failure::usage(unknown(&args.id)))?;
    output.print(filled(&text, Output::room()))?;
    Ok(exit::OK)
}

/// Each meaning of a name, since a check, a deviation and a capability may share one; `None` if it has none.
pub(super) fn text(id: &str) -> Option<String> {
    let found: Vec<String> = [
        checks::find(id).or_else(|| checks::renamed(id).map(|(check, _)| check)).map(check),
        rules::find(id).map(rule),
        requirement::all().iter().find(|known| known.id.eq_ignore_ascii_case(id)).map(requirement),
        Deviation::find(id).map(deviation),
        Target::find(id).map(|found| target(&found)),
        client::find(id).map(client),
        client::not_scim(id).map(|why| format!("{why}\n")),
        topic(id),
        (id == ESSENTIALS).then(essentials),
        glossary::find(id),
        setting::find(id),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!found.is_empty()).then(|| found.join("\n"))
}

/// What is near among everything that can be explained.
fn unknown(id: &str) -> UnknownName {
    UnknownName::new("name", id, ids().map(str::to_owned).chain(setting::words())).listed_by("weir list CATALOGUE")
}

/// Everything that can be explained, but for the names that somebody chooses.
pub(super) fn ids() -> impl Iterator<Item = &'static str> {
    checks::topics()
        .chain(rules::topics())
        .chain(assertion::all().map(Assertion::id))
        .chain(Deviation::all().iter().map(|deviation| deviation.id))
        .chain(requirement::all().iter().map(|requirement| requirement.id))
        .chain(Target::names())
        .chain(client::all().iter().map(|client| client.id.as_str()))
        .chain(glossary::words())
        .chain([ESSENTIALS])
}

/// The first rung of the ladder, in its order.
fn essentials() -> String {
    let mut text = format!("{ESSENTIALS}\nWhat every client needs first, in the order in which it needs it.\n");
    let (checks, rules): (Vec<_>, Vec<_>) =
        essentials::ids().filter_map(assertion::find).partition(|known| checks::find(known.id()).is_some());
    let line = |known: Assertion| format!("{}: {}", known.id(), known.title());
    section(&mut text, "Checks", checks.into_iter().map(line));
    section(&mut text, "Rules", rules.into_iter().map(line));
    text.push_str(&run_with(&format!("{ESSENTIALS} --first")));
    text
}

/// The command that runs a selection at Weir's own endpoint, and what to do for another.
fn run_with(selection: &str) -> String {
    format!(
        "\nRun it with: weir check --embedded --only {selection}\nAt your endpoint its URL takes the place of --embedded.\n"
    )
}

/// The checks, rules and deviations whose ids stand below a topic.
fn topic(id: &str) -> Option<String> {
    let is_below = |own: &str| own.strip_prefix(id.trim_end_matches('.')).is_some_and(|rest| rest.starts_with('.'));
    let mut text = format!("topic {id}\n");
    let checks = checks::all().filter(|check| is_below(check.id));
    section(&mut text, "Checks", checks.map(|check| format!("{}: {}", check.id, check.title)));
    let rules = rules::all().filter(|rule| is_below(rule.id));
    section(&mut text, "Rules", rules.map(|rule| format!("{}: {}", rule.id, rule.title)));
    let deviations = Deviation::all().iter().filter(|deviation| is_below(deviation.id));
    section(&mut text, "Deviations", deviations.map(|deviation| format!("{}: {}", deviation.id, deviation.summary)));
    (text.lines().count() > 1).then_some(text)
}

fn section(text: &mut String, heading: &str, lines: impl IntoIterator<Item = String>) {
    let mut lines = lines.into_iter().peekable();
    if lines.peek().is_some() {
        let _ = writeln!(text, "\n{heading}");
        for line in lines {
            let _ = writeln!(text, "  {line}");
        }
    }
}

fn check(check: &Check) -> String {
    let mut text = format!("check {}\n{}\n\n{}\n", check.id, check.title, check.matters);
    text.push_str(&weighed(check.id));
    section(&mut text, "Right is", check.legal.iter().map(|legal| (*legal).to_owned()));
    section(&mut text, "By the rules", check.requirements.iter().map(|id| cited(id)));
    section(
        &mut text,
        "Gone wrong in the field",
        weir_catalog::field::shown_by(check.id).flat_map(|failure| {
            let told = format!("{} ({}): {}", failure.failure, failure.clients, failure.symptom);
            std::iter::once(told).chain(failure.links().map(|link| format!("  {link}")))
        }),
    );
    let needs = check.needs.iter().map(ToString::to_string);
    section(&mut text, "Needs", needs.chain(check.operations.iter().map(|operation| format!("{}[…]", operation.id()))));
    let on = match check.on {
        On::Endpoint => None,
        On::EveryType => Some("every resource type that the endpoint publishes".to_owned()),
        On::Only(kind, reason) => Some(format!("{kind}: {reason}")),
    };
    section(&mut text, "Runs on", on);
    section(
        &mut text,
        "Shown by the deviations",
        breaking(|id| check.requirements.contains(&id))
            .map(|deviation| format!("{}: {}", deviation.id, deviation.summary)),
    );
    text.push_str(&run_with(check.id));
    text
}

/// How many clients need what a check or rule is about.
fn weighed(id: &str) -> String {
    let weight = Weight::of(id);
    format!("\nWeight {}: {}.\n", weight.number(), weight.as_str())
}

fn rule(rule: &Rule) -> String {
    let mut text = format!("rule {}\n{}\n\n{}\n", rule.id, rule.title, rule.matters);
    text.push_str(&weighed(rule.id));
    section(&mut text, "Right is", rule.legal.iter().map(|legal| (*legal).to_owned()));
    section(&mut text, "By the rules", rule.requirements.iter().map(|id| cited(id)));
    section(&mut text, "Formerly the checks", rule.formerly.iter().map(|id| (*id).to_owned()));
    section(
        &mut text,
        "Shown by the deviations",
        breaking(|id| rule.requirements.contains(&id))
            .map(|deviation| format!("{}: {}", deviation.id, deviation.summary)),
    );
    text.push_str("\nA rule sends nothing: it judges every exchange that checks and lifecycles cause.\n");
    text.push_str(&run_with(rule.id));
    text
}

fn cited(id: &str) -> String {
    let summary = requirement::find(id).map_or("", |requirement| requirement.summary);
    format!("{id} ({}): {summary}", weir_judge::level_of(id))
}

fn breaking(wanted: impl Fn(&'static str) -> bool) -> impl Iterator<Item = &'static Deviation> {
    Deviation::all().iter().copied().filter(move |deviation| match &deviation.breaks {
        Breaks::Requirements(ids) => ids.iter().any(|id| wanted(id)),
        Breaks::Permitted(_) => false,
    })
}

fn requirement(requirement: &Requirement) -> String {
    let mut text = format!(
        "requirement {}\nRFC {} section {}, {}, binds the {}\n\n{}\n",
        requirement.id,
        requirement.rfc.number(),
        requirement.section,
        weir_judge::level_of(requirement.id),
        match requirement.actor {
            Actor::Both => "server and the client",
            actor => actor.as_str(),
        },
        requirement.summary,
    );
    section(&mut text, "Follows from", requirement.basis.map(sentence));
    section(
        &mut text,
        "Disputed",
        weir_judge::dispute(requirement.id).map(|dispute| format!("{}: {}", dispute.point, dispute.reading)),
    );
    section(&mut text, "How it shows", [requirement.check.to_owned()]);
    section(
        &mut text,
        "Checks",
        checks::all()
            .filter(|check| check.requirements.contains(&requirement.id))
            .map(|check| format!("{}: {}", check.id, check.title)),
    );
    section(
        &mut text,
        "Rules",
        rules::all()
            .filter(|rule| rule.requirements.contains(&requirement.id))
            .map(|rule| format!("{}: {}", rule.id, rule.title)),
    );
    section(
        &mut text,
        "Deviations",
        breaking(|id| id == requirement.id).map(|deviation| format!("{}: {}", deviation.id, deviation.summary)),
    );
    text
}

/// The sentence from which an implied requirement follows.
fn sentence(basis: Basis) -> String {
    match basis {
        Basis::Requirement(id) => cited(id),
        Basis::Sentence { place, level: Some(level) } => format!("{place} ({})", level.as_str()),
        Basis::Sentence { place, level: None } => {
            format!("{place}, a sentence without keyword: an endpoint that departs from it gets a warn")
        }
        Basis::Nothing => "no sentence, the text leaves it open: what an endpoint does is noted".into(),
    }
}

fn deviation(deviation: &Deviation) -> String {
    let mut text = format!("deviation {}\n{}\n", deviation.id, deviation.summary);
    let _ = writeln!(text, "\nSwitch it on with: weir serve --deviate {}", deviation.id);
    section(
        &mut text,
        "Takes a value",
        deviation
            .parameter
            .as_ref()
            .map(|parameter| format!("{}={}: {}", deviation.id, parameter.default, parameter.meaning)),
    );
    match &deviation.breaks {
        Breaks::Requirements(ids) => section(&mut text, "Breaks", ids.iter().map(|id| cited(id))),
        Breaks::Permitted(reason) => section(&mut text, "Permitted", [(*reason).to_owned()]),
    }
    section(&mut text, "Seen", deviation.seen.iter().map(|link| (*link).to_owned()));
    text
}

/// Every behaviour with its standing: what the vendor states, what follows from it, and what nobody says.
fn client(client: &Description) -> String {
    let mut text = format!("client {}\n{}\n\n{}\n", client.id, client.name, client.summary.trim());
    for standing in [Confidence::Stated, Confidence::Inferred, Confidence::Unknown] {
        let heading = match standing {
            Confidence::Stated => "Stated by the vendor",
            Confidence::Inferred => "Inferred from what is stated",
            Confidence::Unknown => "Unknown, so this is our choice",
        };
        let told = |detail: &Detail| {
            let mut told = format!("{}: {} [{}]", detail.id, detail.says, detail.source);
            for (index, variant) in detail.variants.iter().enumerate() {
                let default = if index == 0 { ", the default" } else { "" };
                let _ = write!(told, "\n      {}{default}: {}", variant.id, variant.says);
            }
            told
        };
        section(&mut text, heading, client.details.iter().filter(|detail| detail.standing == standing).map(told));
    }
    let settings = client.settings.iter().map(setting::described);
    section(&mut text, "Settings, with their defaults (--setting 'NAME=VALUE', or --connection FILE)", settings);
    let _ = writeln!(text, "\nRehearse its life with: weir check --as {}", client.id);
    let _ = writeln!(text, "Try its unknown details with: weir check --as {} --variants", client.id);
    text
}

fn schema_change(change: &SchemaChange) -> Vec<String> {
    let names = |word: &str, names: Vec<&str>| {
        (!names.is_empty()).then(|| format!("{} {word} {}", change.schema, names.join(", ")))
    };
    let lines = [
        names("requires", change.required.iter().map(String::as_str).collect()),
        names("is without", change.without.iter().map(String::as_str).collect()),
        names("also has", change.with.iter().map(|own| own.name.as_str()).collect()),
    ];
    lines.into_iter().flatten().collect()
}

fn target(target: &Target) -> String {
    let mut text = format!("target {}\n{}\n", target.name, target.description.trim());
    let told = |activation: &Activation| format!("{activation}: {}", activation.deviation.summary);
    section(&mut text, "Base paths", target.base_paths.iter().map(ToString::to_string));
    section(&mut text, "Offers", target.capabilities.iter().map(ToString::to_string));
    let usual = target.default_results.unwrap_or(target.max_results);
    let pages =
        format!("a page holds {}, {} at most", plural(usual as u64, "resource", "resources"), target.max_results);
    section(&mut text, "Limits", [pages]);
    section(&mut text, "Tolerates", target.tolerances.iter().map(|one| format!("{one}: {}", one.summary())));
    section(&mut text, "Schemas", target.schema_changes.iter().flat_map(schema_change));
    section(&mut text, "Deviations, in the order in which they act", target.deviations.iter().map(told));
    section(
        &mut text,
        "Applications",
        target.applications.iter().flat_map(|own| {
            let deviations = own.deviations.iter().map(|activation| format!("  {}", told(activation)));
            std::iter::once(format!("{}: {}", own.name, own.description)).chain(deviations).collect::<Vec<_>>()
        }),
    );
    section(
        &mut text,
        "Checks that find what it means to be",
        target.declared.iter().map(|own| format!("{}: {}", own.checks.join(", "), own.because)),
    );
    let heading = if target.as_of.is_empty() { "Sources".into() } else { format!("Sources, as of {}", target.as_of) };
    section(&mut text, &heading, target.sources.iter().cloned());
    let _ = writeln!(text, "\nServe it with: weir serve --target {}", target.name);
    text
}
