//! The pages of the book that the binary knows better than a person: what `weir list` lists and what each command says of itself.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Result, TaskError};

/// The folder of the pages, below the root of the repository.
const FOLDER: &str = "docs/reference";

/// What stands below the heading of each page.
const NOTE: &str = "<!-- Generated: cargo run -p xtask -- book target/debug/weir -->\n";

/// Each page with its text, as the binary `weir` gives it.
///
/// # Errors
/// The binary cannot be run, or says something that is not what it lists.
pub fn pages(weir: &Path) -> Result<Vec<(PathBuf, String)>> {
    let page = |name: &str, text: String| (Path::new(FOLDER).join(name), text);
    Ok(vec![
        page("commands.md", commands(weir)?),
        page("targets.md", targets(weir)?),
        page("clients.md", clients(weir)?),
        page("settings.md", settings(weir)?),
        page("words.md", words(weir)?),
    ])
}

/// Writes the pages below `root`, and returns what was written.
///
/// # Errors
/// As [`pages`], or a page cannot be written.
pub fn write(root: &Path, weir: &Path) -> Result<String> {
    let mut written = String::new();
    for (path, text) in pages(weir)? {
        let file = root.join(&path);
        let made = std::fs::create_dir_all(root.join(FOLDER)).and_then(|()| std::fs::write(&file, text));
        made.map_err(|source| TaskError::File { path: file, source })?;
        // Writing to a string cannot fail.
        let _ = writeln!(written, "{}", path.display());
    }
    Ok(written.trim_end().to_owned())
}

fn said(weir: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(weir);
    command.args(arguments).env_remove("COLUMNS").env("NO_COLOR", "1");
    let output = command.output().map_err(|source| TaskError::File { path: weir.to_owned(), source })?;
    if !output.status.success() {
        return Err(TaskError::Command(arguments.join(" "), String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The entries of a catalogue.
fn listed(weir: &Path, catalogue: &str) -> Result<Vec<Value>> {
    let text = said(weir, &["list", catalogue, "--format", "json"])?;
    serde_json::from_str(&text).map_err(|error| TaskError::Command(format!("list {catalogue}"), error.to_string()))
}

/// A text in one line and one cell.
fn cell(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn table(text: &mut String, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    text.push_str(&format_row(head.iter().map(|cell| (*cell).to_owned())));
    text.push_str(&format_row(head.iter().map(|_| "---".to_owned())));
    text.extend(rows.into_iter().map(|row| format_row(row.into_iter())));
}

fn format_row(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

fn commands(weir: &Path) -> Result<String> {
    let help = said(weir, &["help"])?;
    let mut text = format!(
        "# Commands\n\n{NOTE}\n`weir COMMAND --help` has every flag, and `weir man COMMAND` the manual page.\n"
    );
    let names = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = names.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for name in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        let help = said(weir, &["help", name])?;
        let about: Vec<&str> = help.lines().take_while(|line| !line.is_empty()).collect();
        let _ = writeln!(text, "\n## weir {name}\n\n{}.", about.join(" "));
        let examples: Vec<&str> =
            help.lines().skip_while(|line| *line != "Examples:").skip(1).take_while(|line| !line.is_empty()).collect();
        if !examples.is_empty() {
            let examples: Vec<&str> = examples.iter().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
            let _ = writeln!(text, "\n```text\n{}\n```", examples.join("\n"));
        }
    }
    Ok(text)
}

fn targets(weir: &Path) -> Result<String> {
    let mut text = format!(
        "# Targets that Weir brings\n\n{NOTE}\n`weir serve --target NAME` serves one; `weir explain NAME` shows its capabilities, deviations and sources.\n\n"
    );
    let targets = listed(weir, "targets")?;
    let rows = targets.iter().map(|target| {
        vec![format!("`{}`", cell(&target["name"])), cell(&target["description"]), cell(&target["asOf"])]
    });
    table(&mut text, &["target", "behaves as", "sources as of"], rows);
    text.push_str("\n## Applications\n\n");
    let applications = listed(weir, "applications")?;
    let several = |target: &Value| applications.iter().filter(|own| own["target"] == *target).count() > 1;
    let rows = applications
        .iter()
        .filter(|own| several(&own["target"]))
        .map(|own| vec![cell(&own["target"]), format!("`{}`", cell(&own["name"])), cell(&own["description"])]);
    table(&mut text, &["target", "application", "is"], rows);
    Ok(text)
}

fn clients(weir: &Path) -> Result<String> {
    let mut text = format!(
        "# Clients\n\n{NOTE}\n`weir check --as CLIENT` runs the life of a connection with one; `weir explain CLIENT` says of each behaviour whether the vendor states it.\n\n"
    );
    let clients = listed(weir, "clients")?;
    let rows = clients
        .iter()
        .map(|client| vec![format!("`{}`", cell(&client["id"])), cell(&client["name"]), cell(&client["summary"])]);
    table(&mut text, &["client", "product", "does"], rows);
    text.push_str("\n## The steps of a lifecycle\n\n");
    text.push_str(&summaries(weir, "steps", "step")?);
    text.push_str("\n## Scenarios\n\n`weir check --as CLIENT --scenario NAME` acts one out, and begins with its verdict in three sentences.\n\n");
    text.push_str(&summaries(weir, "scenarios", "scenario")?);
    Ok(text)
}

/// A catalogue of names with one sentence each.
fn summaries(weir: &Path, catalogue: &str, head: &str) -> Result<String> {
    let mut text = String::new();
    let entries = listed(weir, catalogue)?;
    let rows = entries.iter().map(|entry| vec![format!("`{}`", cell(&entry["id"])), cell(&entry["summary"])]);
    table(&mut text, &[head, "means"], rows);
    Ok(text)
}

fn settings(weir: &Path) -> Result<String> {
    let mut text = format!("# Settings of weir.toml\n\n{NOTE}\n`weir init` writes a file with all of them.\n\n");
    let settings = listed(weir, "settings")?;
    let own = settings.iter().filter(|setting| setting["example"].is_string());
    let rows = own.map(|setting| {
        vec![
            format!("`{}`", cell(&setting["name"])),
            format!("`{}`", cell(&setting["example"])),
            cell(&setting["meaning"]),
        ]
    });
    table(&mut text, &["setting", "such as", "means"], rows);
    text.push_str("\nThe settings of a client, for `--setting 'NAME=VALUE'`, are shown by `weir explain CLIENT`.\n");
    Ok(text)
}

fn words(weir: &Path) -> Result<String> {
    let mut text = format!("# Words of reports\n\n{NOTE}\n`weir explain WORD` shows each.\n");
    for (heading, catalogue, head) in [
        ("Verdicts", "verdicts", "verdict"),
        ("Words", "words", "word"),
        ("Capabilities", "capabilities", "capability"),
    ] {
        let _ = write!(text, "\n## {heading}\n\n{}", summaries(weir, catalogue, head)?);
    }
    text.push_str("\n## Exit statuses\n\n");
    let statuses = said(weir, &["explain", "exit-status"])?;
    let rows = statuses.lines().skip(1).filter_map(|line| line.split_once(char::is_whitespace));
    table(
        &mut text,
        &["status", "means"],
        rows.map(|(status, means)| vec![status.to_owned(), means.trim().to_owned()]),
    );
    Ok(text)
}
