//! `weir diff`: what changed from one run to the next.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use weir_files::document;
use weir_files::fault::FileFault;

use crate::exit;
use crate::failure::Failure;
use crate::output::table;
use crate::output::{Output, Printable};
use crate::run_difference::{ChangeKind, RunDifference, RunRecord, difference};

const EXAMPLES: &str = "\
Ends with status 1 if a verdict got worse, or if a check that the first run did not judge fails.

Examples:
  weir check --format json --output main.json; git switch branch; \\
      weir check --format json --output branch.json
  weir diff main.json branch.json
  weir diff main.json branch.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    #[default]
    Text,
    Markdown,
    Json,
}

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct DiffArgs {
    /// The JSON report of the earlier run
    #[arg(value_name = "RUN1.json")]
    before: PathBuf,
    /// The JSON report of the later run
    #[arg(value_name = "RUN2.json")]
    after: PathBuf,
    /// The form of the result: text, markdown or json
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", hide_possible_values = true)]
    format: DiffFormat,
}

pub(super) fn run(args: &DiffArgs, output: &Output) -> Result<u8, Failure> {
    let found = difference(&record(&args.before)?, &record(&args.after)?);
    output.print(match args.format {
        DiffFormat::Text => Printable::from(text(&found)),
        DiffFormat::Markdown => markdown(&found).into(),
        DiffFormat::Json => Printable::json(as_json(&found)),
    })?;
    Ok(if found.is_regression() { exit::FINDINGS } else { exit::OK })
}

fn record(path: &Path) -> Result<RunRecord, Failure> {
    let text = document::read(path).map_err(Failure::usage)?;
    RunRecord::parse(&text).map_err(|error| Failure::usage(FileFault::from(error).of(path.display())))
}

fn word(verdict: Option<&String>) -> String {
    verdict.map_or_else(|| "-".into(), Clone::clone)
}

fn totals(found: &RunDifference) -> String {
    let count = |kind: ChangeKind| format!("{} {}", found.count(kind), kind.as_str());
    let kinds = [ChangeKind::Worse, ChangeKind::Better, ChangeKind::New, ChangeKind::Gone, ChangeKind::Other];
    format!("{}, {} the same", kinds.map(count).join(", "), found.unchanged)
}

fn text(found: &RunDifference) -> String {
    let rows: Vec<Vec<String>> = found
        .changes
        .iter()
        .map(|change| {
            let verdicts = format!("{} -> {}", word(change.before.as_ref()), word(change.after.as_ref()));
            vec![change.kind.as_str().into(), verdicts, change.id.clone(), change.title.clone()]
        })
        .collect();
    let line = totals(found);
    if rows.is_empty() { format!("{line}\n") } else { format!("{}\n{line}\n", table(&rows)) }
}

fn markdown(found: &RunDifference) -> String {
    let mut text = format!("{}\n", totals(found));
    if !found.changes.is_empty() {
        text.push_str("\n| | before | after | check | |\n| --- | --- | --- | --- | --- |\n");
    }
    for change in &found.changes {
        let (before, after) = (word(change.before.as_ref()), word(change.after.as_ref()));
        let title = change.title.replace('|', "\\|");
        let _ = writeln!(text, "| {} | {before} | {after} | `{}` | {title} |", change.kind.as_str(), change.id);
    }
    text
}

fn as_json(found: &RunDifference) -> Value {
    let changes: Vec<Value> = found
        .changes
        .iter()
        .map(|change| {
            json!({
                "id": change.id,
                "title": change.title,
                "change": change.kind.as_str(),
                "before": change.before,
                "after": change.after,
            })
        })
        .collect();
    json!({"regression": found.is_regression(), "unchanged": found.unchanged, "changes": changes})
}
