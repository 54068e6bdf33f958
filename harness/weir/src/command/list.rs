//! `weir list`: what Weir knows, as tables or JSON.

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args, ValueEnum};
use scim::capability::Capability;
use scim::requirement;
use serde_json::{Value, json};
use weir_catalog::{On, checks, selection};
use weir_files::name::UnknownName;
use weir_judge::rules;
use weir_provision::client;
use weir_server::Target;
use weir_server::{Breaks, Deviation};

use super::{glossary, setting};
use crate::embedded;
use crate::exit;
use crate::failure::Failure;
use crate::lifecycle;
use crate::output::table;
use crate::output::{Output, Printable};
use crate::scenario::Scenario;

const EXAMPLES: &str = "\
Examples:
  weir list checks --topic patch
  weir list requirements --format json
  weir list deviations
  weir list capabilities";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Catalogue {
    Checks,
    Rules,
    Requirements,
    Deviations,
    Targets,
    Clients,
    Topics,
    Capabilities,
    Disputes,
    Verdicts,
    Scenarios,
    Applications,
    Settings,
    Steps,
    Words,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    #[default]
    Table,
    Json,
}

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ListArgs {
    /// What to list
    #[arg(value_enum, value_name = "CATALOGUE")]
    catalogue: Option<Catalogue>,
    /// Only this topic or pattern, such as `create.dup*`; for requirements, this feature
    #[arg(long, value_name = "WORD")]
    topic: Option<String>,
    /// The form of the list
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ListFormat,
}

pub(super) fn run(args: &ListArgs, output: &Output) -> Result<u8, Failure> {
    let topic = args.topic.as_deref();
    let Some(catalogue) = args.catalogue else {
        let names = Catalogue::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<String> = names.map(|value| value.get_name().to_owned()).collect();
        return Err(Failure::Usage(format!("name a catalogue, as in `weir list checks`: {}", names.join(", "))));
    };
    let entries = entries(catalogue, topic)?;
    let text = match args.format {
        ListFormat::Table => Printable::from(table(&entries.iter().map(|entry| entry.row.clone()).collect::<Vec<_>>())),
        ListFormat::Json => Printable::json(entries.into_iter().map(|entry| entry.json).collect()),
    };
    output.print(text)?;
    Ok(exit::OK)
}

fn entries(catalogue: Catalogue, topic: Option<&str>) -> Result<Vec<Entry>, Failure> {
    Ok(match catalogue {
        Catalogue::Checks => checks(topic)?,
        Catalogue::Rules => rules(topic)?,
        Catalogue::Requirements => requirements(topic)?,
        Catalogue::Deviations => deviations(topic)?,
        _ if topic.is_some() => {
            return Err(Failure::Usage(
                "--topic is for checks, rules, requirements and deviations; leave it out".into(),
            ));
        }
        Catalogue::Targets => targets(),
        Catalogue::Clients => clients(),
        Catalogue::Topics => topics(),
        Catalogue::Capabilities => capabilities(),
        Catalogue::Disputes => disputes(),
        Catalogue::Verdicts => verdicts(),
        Catalogue::Scenarios => scenarios(),
        Catalogue::Applications => applications(),
        Catalogue::Settings => settings(),
        Catalogue::Steps => steps(),
        Catalogue::Words => words(),
    })
}

/// One line of a list, in both forms.
struct Entry {
    row: Vec<String>,
    json: Value,
}

fn checks(topic: Option<&str>) -> Result<Vec<Entry>, Failure> {
    let pattern = topic.map(selection::pattern).transpose().map_err(Failure::usage)?;
    Ok(checks::all()
        .filter(|check| pattern.as_ref().is_none_or(|pattern| pattern.matches(check.id)))
        .map(|check| Entry {
            row: vec![check.id.into(), weir_judge::verdict_of(check.requirements).as_str().into(), check.title.into()],
            json: json!({
                "id": check.id,
                "topic": check.topic(),
                "title": check.title,
                "gravest": weir_judge::verdict_of(check.requirements).as_str(),
                "weight": weir_judge::Weight::of(check.id).number(),
                "matters": check.matters,
                "requirements": check.requirements,
                "needs": check.needs.iter().map(|capability| capability.id()).collect::<Vec<_>>(),
                "legal": check.legal,
                "on": match check.on {
                    On::Endpoint => "endpoint",
                    On::EveryType => "every resource type",
                    On::Only(kind, _) => kind,
                },
                "operations": check.operations.iter().map(|operation| operation.id()).collect::<Vec<_>>(),
                "formerly": check.earlier_names.iter().map(|(id, _)| id).collect::<Vec<_>>(),
            }),
        })
        .collect())
}

fn rules(topic: Option<&str>) -> Result<Vec<Entry>, Failure> {
    let pattern = topic.map(selection::pattern).transpose().map_err(Failure::usage)?;
    Ok(rules::all()
        .filter(|rule| pattern.as_ref().is_none_or(|pattern| pattern.matches(rule.id)))
        .map(|rule| Entry {
            row: vec![rule.id.into(), weir_judge::verdict_of(rule.requirements).as_str().into(), rule.title.into()],
            json: json!({
                "id": rule.id,
                "topic": rule.topic(),
                "title": rule.title,
                "gravest": weir_judge::verdict_of(rule.requirements).as_str(),
                "weight": weir_judge::Weight::of(rule.id).number(),
                "matters": rule.matters,
                "requirements": rule.requirements,
                "legal": rule.legal,
                "formerly": rule.formerly,
            }),
        })
        .collect())
}

fn requirements(feature: Option<&str>) -> Result<Vec<Entry>, Failure> {
    let wanted = |own: &str| feature.is_none_or(|feature| feature == own);
    if let Some(feature) = feature
        && !requirement::all().iter().any(|requirement| wanted(requirement.feature))
    {
        let features: BTreeSet<&str> = requirement::all().iter().map(|requirement| requirement.feature).collect();
        let name = UnknownName::new("feature", feature, features).listed_by("weir list requirements --format json");
        return Err(Failure::usage(name));
    }
    Ok(requirement::all()
        .iter()
        .filter(|requirement| wanted(requirement.feature))
        .map(|requirement| {
            let covered: Vec<_> = checks::all()
                .filter(|check| check.requirements.contains(&requirement.id))
                .map(|check| check.id)
                .collect();
            Entry {
                row: vec![requirement.id.into(), requirement.level.as_str().into(), requirement.summary.into()],
                json: json!({
                    "id": requirement.id,
                    "rfc": requirement.rfc.as_str(),
                    "section": requirement.section,
                    "level": requirement.level.as_str(),
                    "follows_from": requirement.basis.map(|basis| basis.to_string()),
                    "actor": requirement.actor.as_str(),
                    "feature": requirement.feature,
                    "testable": requirement.testable.as_str(),
                    "summary": requirement.summary,
                    "dispute": weir_judge::dispute(requirement.id).map(|dispute| dispute.reading),
                    "checks": covered,
                    "rules": rules::all()
                        .filter(|rule| rule.requirements.contains(&requirement.id))
                        .map(|rule| rule.id)
                        .collect::<Vec<_>>(),
                }),
            }
        })
        .collect())
}

fn deviations(topic: Option<&str>) -> Result<Vec<Entry>, Failure> {
    let pattern = topic.map(embedded::deviation_pattern).transpose().map_err(Failure::usage)?;
    Ok(Deviation::all()
        .iter()
        .filter(|deviation| pattern.as_ref().is_none_or(|pattern| pattern.matches(deviation.id)))
        .map(|deviation| {
            let (breaks, permitted) = match &deviation.breaks {
                Breaks::Requirements(ids) => (ids.to_vec(), None),
                Breaks::Permitted(reason) => (Vec::new(), Some(*reason)),
            };
            let word = if permitted.is_some() { "permitted" } else { "breaks" };
            Entry {
                row: vec![deviation.id.into(), word.into(), deviation.summary.into()],
                json: json!({
                    "id": deviation.id,
                    "summary": deviation.summary,
                    "breaks": breaks,
                    "permitted": permitted,
                    "seen": deviation.seen,
                    "parameter": deviation.parameter.as_ref().map(|parameter| {
                        json!({"meaning": parameter.meaning, "default": parameter.default})
                    }),
                }),
            }
        })
        .collect())
}

fn clients() -> Vec<Entry> {
    client::all()
        .iter()
        .map(|client| {
            let detail = |detail: &client::Detail| {
                json!({
                    "id": detail.id,
                    "says": detail.says,
                    "standing": detail.standing.as_str(),
                    "source": detail.source,
                    "variants": detail.variants.iter().map(|variant| {
                        json!({"id": variant.id, "says": variant.says})
                    }).collect::<Vec<_>>(),
                })
            };
            Entry {
                row: vec![client.id.clone(), client.name.clone()],
                json: json!({
                    "id": client.id,
                    "name": client.name,
                    "summary": client.summary.trim(),
                    "settings": client.settings.iter().map(|setting| json!({
                        "name": setting.name, "keys": setting.keys, "default": setting.default,
                        "choices": setting.values.keys().collect::<Vec<_>>(), "needs": setting.needs,
                    })).collect::<Vec<_>>(),
                    "details": client.details.iter().map(detail).collect::<Vec<_>>(),
                }),
            }
        })
        .collect()
}

fn targets() -> Vec<Entry> {
    Target::names()
        .filter_map(Target::find)
        .map(|target| {
            let words = target.description.split_whitespace().collect::<Vec<_>>().join(" ");
            let first = words.split_inclusive(". ").next().unwrap_or_default().trim().to_owned();
            Entry {
                row: vec![target.name.clone(), first],
                json: json!({
                    "name": target.name,
                    "description": target.description,
                    "sources": target.sources,
                    "asOf": target.as_of,
                    "applications": target.applications.iter().map(|own| own.name.as_str()).collect::<Vec<_>>(),
                    "capabilities": target.capabilities.iter().map(|capability| capability.id()).collect::<Vec<_>>(),
                    "deviations": target.deviations.iter().map(ToString::to_string).collect::<Vec<_>>(),
                }),
            }
        })
        .collect()
}

fn topics() -> Vec<Entry> {
    let of_deviations = Deviation::all().iter().filter_map(|deviation| Some(deviation.id.split_once('.')?.0));
    let mut names: Vec<&str> = Vec::new();
    for name in checks::topics().chain(rules::topics()).chain(of_deviations) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let is_below = |id: &str, name: &str| id.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    let entry = |name| {
        let checks: Vec<&str> = checks::all().map(|check| check.id).filter(|id| is_below(id, name)).collect();
        let rules: Vec<&str> = rules::all().map(|rule| rule.id).filter(|id| is_below(id, name)).collect();
        let deviations: Vec<&str> =
            Deviation::all().iter().map(|deviation| deviation.id).filter(|id| is_below(id, name)).collect();
        Entry {
            row: vec![
                name.into(),
                format!("checks {}, rules {}, deviations {}", checks.len(), rules.len(), deviations.len()),
            ],
            json: json!({"id": name, "checks": checks, "rules": rules, "deviations": deviations}),
        }
    };
    names.into_iter().map(entry).collect()
}

fn capabilities() -> Vec<Entry> {
    let entry = |capability: &Capability| {
        let needing = checks::all().filter(|check| check.needs.contains(capability));
        Entry {
            row: vec![capability.id().into(), capability.summary().to_string()],
            json: json!({
                "id": capability.id(),
                "summary": capability.summary().to_string(),
                "checks": needing.map(|check| check.id).collect::<Vec<_>>(),
            }),
        }
    };
    Capability::ALL.iter().map(entry).collect()
}

/// Each disputed point once, with the requirements whose reading it is about.
fn disputes() -> Vec<Entry> {
    let mut points: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (id, dispute) in weir_judge::disputes() {
        points.entry(dispute.point).or_default().push((id, dispute.reading));
    }
    let entry = |(point, readings): (&str, Vec<(&str, &str)>)| {
        let first = readings.first().map_or("", |(_, reading)| reading);
        let requirements: Vec<_> = readings.iter().map(|(id, reading)| json!({"id": id, "reading": reading})).collect();
        Entry { row: vec![point.into(), first.into()], json: json!({"id": point, "requirements": requirements}) }
    };
    points.into_iter().map(entry).collect()
}

/// An id with one sentence about it.
fn with_summary(id: &str, summary: &str) -> Entry {
    Entry { row: vec![id.into(), summary.into()], json: json!({"id": id, "summary": summary}) }
}

fn verdicts() -> Vec<Entry> {
    glossary::VERDICTS.iter().map(|(verdict, meaning)| with_summary(verdict.as_str(), meaning)).collect()
}

fn scenarios() -> Vec<Entry> {
    let entry = |scenario: &Scenario| {
        let about = scenario.to_possible_value().and_then(|value| Some(value.get_help()?.to_string()));
        with_summary(scenario.id(), &about.unwrap_or_default())
    };
    Scenario::value_variants().iter().map(entry).collect()
}

fn words() -> Vec<Entry> {
    glossary::all_words().map(|(word, meaning)| with_summary(word, meaning)).collect()
}

/// Each application of each target.
fn applications() -> Vec<Entry> {
    let entries = setting::TARGETS.iter().flat_map(|target| {
        target.applications.iter().map(|own| Entry {
            row: vec![own.name.clone(), target.name.clone(), own.description.clone()],
            json: json!({
                "name": own.name,
                "target": target.name,
                "description": own.description,
                "deviations": own.deviations.iter().map(ToString::to_string).collect::<Vec<_>>(),
            }),
        })
    });
    entries.collect()
}

/// The keys of `weir.toml`, then each setting of clients once, with the clients that have it.
fn settings() -> Vec<Entry> {
    let keys = setting::keys().into_iter().map(|key| Entry {
        row: vec![key.name.clone(), "weir.toml".into(), key.meaning.clone()],
        json: json!({"name": key.name, "of": ["weir.toml"], "example": key.example, "meaning": key.meaning}),
    });
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for client in client::all() {
        for setting in &client.settings {
            owners.entry(&setting.name).or_default().push(&client.id);
        }
    }
    let of_clients = owners.into_iter().map(|(name, clients)| Entry {
        row: vec![name.into(), "clients".into(), clients.join(", ")],
        json: json!({"name": name, "of": clients}),
    });
    keys.chain(of_clients).collect()
}

fn steps() -> Vec<Entry> {
    let fixed = lifecycle::steps().iter().map(|step| Entry {
        row: vec![step.id.into(), step.title.into()],
        json: json!({
            "id": step.id, "summary": step.title, "legal": step.legal, "requirements": step.requirements,
        }),
    });
    let (application, summary) = glossary::APPLICATION_STEP;
    fixed.chain([with_summary(application, summary)]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::explain;
    use super::*;

    #[test]
    fn everything_that_is_listed_is_explained() {
        for catalogue in Catalogue::value_variants() {
            let entries = entries(*catalogue, None).unwrap_or_else(|_| panic!("{catalogue:?} is listed"));
            assert!(!entries.is_empty(), "{catalogue:?}");
            for Entry { row, json } in entries {
                let id = &row[0];
                assert!(json["id"] == **id || json["name"] == **id, "{catalogue:?}: {json}");
                let text = explain::text(id).unwrap_or_else(|| panic!("{catalogue:?}: {id} is not explained"));
                let kind = format!("{catalogue:?}").to_lowercase().replace("ies", "y");
                let heading = format!("{} {id}", kind.trim_end_matches('s'));
                let is_explained = text.lines().any(|line| line.starts_with(&heading));
                assert!(is_explained || id == "exit-status", "{heading}: {text}");
            }
        }
    }
}
