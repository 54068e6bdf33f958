//! `weir list`: what Weir knows, as tables or JSON.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use scim::requirement;
use serde_json::{Value, json};
use weir_catalog::{checks, plan};
use weir_files::name::UnknownName;
use weir_provision::client;
use weir_server::Target;
use weir_server::{Breaks, Deviation};

use crate::embedded;
use crate::exit;
use crate::failure::Failure;
use crate::output::table;
use crate::output::{Output, Printable};

const EXAMPLES: &str = "\
Examples:
  weir list checks --topic patch
  weir list requirements --format json
  weir list deviations";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Catalogue {
    Checks,
    Requirements,
    Deviations,
    Targets,
    Clients,
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
    catalogue: Catalogue,
    /// Only this topic or pattern, such as `create.dup*`; for requirements, this feature
    #[arg(long, value_name = "WORD")]
    topic: Option<String>,
    /// The form of the list
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ListFormat,
}

pub(super) fn run(args: &ListArgs, output: &Output) -> Result<u8, Failure> {
    let topic = args.topic.as_deref();
    let entries = match args.catalogue {
        Catalogue::Checks => checks(topic)?,
        Catalogue::Requirements => requirements(topic)?,
        Catalogue::Deviations => deviations(topic)?,
        Catalogue::Targets | Catalogue::Clients if topic.is_some() => {
            return Err(Failure::Usage("--topic is for checks, requirements and deviations; leave it out".into()));
        }
        Catalogue::Targets => targets(),
        Catalogue::Clients => clients(),
    };
    let text = match args.format {
        ListFormat::Table => Printable::from(table(&entries.iter().map(|entry| entry.row.clone()).collect::<Vec<_>>())),
        ListFormat::Json => Printable::json(entries.into_iter().map(|entry| entry.json).collect()),
    };
    output.print(text)?;
    Ok(exit::OK)
}

/// One line of a list, in both forms.
struct Entry {
    row: Vec<String>,
    json: Value,
}

fn checks(topic: Option<&str>) -> Result<Vec<Entry>, Failure> {
    let pattern = topic.map(plan::pattern).transpose().map_err(Failure::usage)?;
    Ok(checks::all()
        .filter(|check| pattern.as_ref().is_none_or(|pattern| pattern.matches(check.id)))
        .map(|check| Entry {
            row: vec![check.id.into(), weir_judge::verdict_of(check.requirements).as_str().into(), check.title.into()],
            json: json!({
                "id": check.id,
                "topic": check.topic(),
                "title": check.title,
                "gravest": weir_judge::verdict_of(check.requirements).as_str(),
                "matters": check.matters,
                "requirements": check.requirements,
                "needs": check.needs.iter().map(|capability| capability.id()).collect::<Vec<_>>(),
                "legal": check.legal,
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
                    "actor": requirement.actor.as_str(),
                    "feature": requirement.feature,
                    "testable": requirement.testable.as_str(),
                    "summary": requirement.summary,
                    "dispute": weir_judge::dispute(requirement.id).map(|dispute| dispute.reading),
                    "checks": covered,
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
