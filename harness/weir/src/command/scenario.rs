//! `weir check --as CLIENT --scenario NAME`: a known limitation acted out, with a verdict in plain words.

use url::Url;
use weir_catalog::run_prefix;
use weir_judge::Events;

use crate::embedded::EmbeddedEndpoint;
use crate::embedded::EmbeddedOptions;
use crate::exit;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::flags::client::ClientChoice;
use crate::flags::report::ReportFlags;
use crate::interrupt;
use crate::output::Output;
use crate::output::confirm;
use crate::report;
use crate::report::leftovers::{Leftover, Leftovers};
use crate::scenario;
use crate::scenario::{Scenario, ScenarioEndpoint, ScenarioError};

/// What is to be acted out, and where.
pub(super) struct ScenarioOptions<'a> {
    pub scenario: Scenario,
    pub url: Option<&'a Url>,
    pub target: Option<&'a str>,
    pub seed: u64,
    pub yes: bool,
    pub report: &'a ReportFlags,
    pub endpoint: &'a EndpointFlags,
}

pub(super) async fn run(wanted: &ScenarioOptions<'_>, chosen: &[ClientChoice], output: &Output) -> Result<u8, Failure> {
    let [chosen] = chosen else {
        return Err(Failure::Usage("--scenario needs one client; name it with --as".into()));
    };
    let Some((form, file)) = wanted.report.document() else {
        return Err(Failure::Usage("a scenario is reported with --format terminal, json or markdown".into()));
    };
    let leftovers = Leftovers::default();
    let events = Events::new(vec![Box::new(leftovers.clone())]);
    let interrupted = interrupt::watch();
    let url = chosen.url(wanted.url)?;
    let is_foreign = url.is_some();
    let outcome = if let Some(url) = url {
        let client = chosen.client(&url, wanted.endpoint, output)?;
        let prefix = run_prefix(wanted.seed);
        let what = format!("weir creates and deletes users and groups named {prefix}…");
        confirm::before_writing(client.base_url(), &what, wanted.yes)?;
        let subject = ScenarioEndpoint::Foreign { client: &client, prefix: &prefix };
        scenario::run(wanted.scenario, &subject, &chosen.description, &events, interrupted).await
    } else {
        let embedded = embedded(wanted)?;
        let subject = ScenarioEndpoint::Embedded(&embedded);
        scenario::run(wanted.scenario, &subject, &chosen.description, &events, interrupted).await
    };
    for Leftover { url, reason } in leftovers.take() {
        output.warn(&format!("{url} is left behind: {reason}"));
    }
    let report = match outcome {
        Ok(report) => report,
        Err(ScenarioError::Interrupted) => return Ok(exit::INTERRUPTED),
        Err(ScenarioError::Unreachable(why)) => return Err(Failure::Unreachable(why)),
        Err(ScenarioError::Unsuitable(why)) => return Err(Failure::Usage(why)),
    };
    output.write(report::scenario::document(&report, form), file)?;
    // What a target of our own declares is not a finding.
    Ok(if report.is_found && is_foreign { exit::FINDINGS } else { exit::OK })
}

/// The scenario's own target unless another is asked for.
fn embedded(wanted: &ScenarioOptions<'_>) -> Result<EmbeddedEndpoint, Failure> {
    let options =
        |target: &str| EmbeddedOptions { target: target.to_owned(), deviations: Vec::new(), seed: wanted.seed };
    let started = match (wanted.target, wanted.scenario.target()) {
        (Some(target), _) => EmbeddedEndpoint::start(&options(target)),
        (None, Some((name, text))) => EmbeddedEndpoint::start_text(&text, &options(name)),
        (None, None) => EmbeddedEndpoint::start(&options("aquera")),
    };
    started.map_err(Failure::usage)
}
