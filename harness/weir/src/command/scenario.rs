//! `weir check --as CLIENT --scenario NAME`: a known limitation acted out, with a verdict in plain words.

use std::path::Path;

use url::Url;
use weir_catalog::run_prefix;
use weir_judge::{Consumer, Event, Events};

use crate::embedded::Embedded;
use crate::embedded::EmbeddedOptions;
use crate::exit;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::flags::client::Chosen;
use crate::flags::report::{ReportFlags, ReportFormat};
use crate::interrupt;
use crate::output::Output;
use crate::output::confirm;
use crate::output::table;
use crate::scenario;
use crate::scenario::{Scenario, ScenarioError, Subject, Told};

/// What is to be acted out, and where.
pub(super) struct Wanted<'a> {
    pub scenario: Scenario,
    pub url: Option<&'a Url>,
    pub target: Option<&'a str>,
    pub seed: u64,
    pub yes: bool,
    pub report: &'a ReportFlags,
    pub endpoint: &'a EndpointFlags,
}

pub(super) async fn run(wanted: &Wanted<'_>, chosen: &[Chosen], output: Output) -> Result<u8, Failure> {
    let [chosen] = chosen else {
        return Err(Failure::Usage("--scenario needs one client; name it with --as".into()));
    };
    let form = wanted.report.single().and_then(|(format, file)| Some((Form::of(format)?, file)));
    let Some((form, file)) = form else {
        return Err(Failure::Usage("a scenario is reported with --format terminal, json or markdown".into()));
    };
    let events = Events::new(vec![Box::new(Leftovers)]);
    let interrupted = interrupt::watch();
    let url = chosen.url(wanted.url)?;
    let is_foreign = url.is_some();
    let outcome = if let Some(url) = url {
        let client = chosen.client(&url, wanted.endpoint)?;
        let prefix = run_prefix(wanted.seed);
        let what = format!("weir creates and deletes users and groups named {prefix}…");
        confirm::before_writing(client.base_url(), &what, wanted.yes)?;
        let subject = Subject::Foreign { client: &client, prefix: &prefix };
        scenario::run(wanted.scenario, &subject, &chosen.description, &events, interrupted).await
    } else {
        let embedded = embedded(wanted)?;
        let subject = Subject::Embedded(&embedded);
        scenario::run(wanted.scenario, &subject, &chosen.description, &events, interrupted).await
    };
    let told = match outcome {
        Ok(told) => told,
        Err(ScenarioError::Interrupted) => return Ok(exit::INTERRUPTED),
        Err(ScenarioError::Unreachable(why)) => return Err(Failure::Unreachable(why)),
        Err(ScenarioError::Unsuitable(why)) => return Err(Failure::Usage(why)),
    };
    print(&told, form, file, output)?;
    // What a target of our own declares is no finding.
    Ok(if told.is_found && is_foreign { exit::FINDINGS } else { exit::OK })
}

/// The scenario's own target unless another is asked for.
fn embedded(wanted: &Wanted<'_>) -> Result<Embedded, Failure> {
    let options =
        |target: &str| EmbeddedOptions { target: target.to_owned(), deviations: Vec::new(), seed: wanted.seed };
    let started = match (wanted.target, wanted.scenario.target()) {
        (Some(target), _) => Embedded::start(&options(target)),
        (None, Some((name, text))) => Embedded::start_text(&text, &options(name)),
        (None, None) => Embedded::start(&options("aquera")),
    };
    started.map_err(Failure::usage)
}

/// What it is told as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
    Markdown,
}

impl Form {
    pub(super) const fn of(format: ReportFormat) -> Option<Self> {
        match format {
            ReportFormat::Terminal => Some(Self::Text),
            ReportFormat::Json => Some(Self::Json),
            ReportFormat::Markdown => Some(Self::Markdown),
            _ => None,
        }
    }
}

fn print(told: &Told, form: Form, file: Option<&Path>, output: Output) -> Result<(), Failure> {
    let text = match form {
        Form::Text => text(told),
        Form::Json => format!("{:#}\n", told.json()),
        Form::Markdown => told.markdown(),
    };
    match file {
        None => output.print(&text),
        Some(path) => std::fs::write(path, text)
            .map_err(|error| Failure::Usage(format!("{} cannot be written: {error}", path.display()))),
    }
}

fn text(told: &Told) -> String {
    let rows: Vec<Vec<String>> = std::iter::once(&told.columns).chain(&told.rows).cloned().collect();
    let mut text = format!("{}\n\n{}\n", told.about, table(&rows));
    for sentence in &told.verdict {
        text.push_str(sentence);
        text.push('\n');
    }
    text
}

/// Tells what could not be deleted.
struct Leftovers;

impl Consumer for Leftovers {
    fn event(&mut self, event: &Event) -> std::io::Result<()> {
        if let Event::Leftover { url, reason } = event {
            eprintln!("weir: {url} is left behind: {reason}");
        }
        Ok(())
    }
}
