//! One innocent under test.

use std::borrow::Cow;
use std::collections::BTreeMap;

use weir_catalog::{Check, UnderWay};
use weir_exchange::{Client, Request};
use weir_judge::{Finding, Verdict, full_name, parts_of_name};

use super::description::Description;
use crate::embedded::{EmbeddedEndpoint, EmbeddedOptions};
use crate::prove::catalogue_run::CatalogueRun;

/// What a finding says against an endpoint that conforms.
#[derive(Clone, Debug)]
pub struct Accusation {
    /// The check, or what else the finding comes from.
    pub origin: String,
    pub verdict: Verdict,
    /// Its gravest problem, or its reason.
    pub message: String,
}

/// Why an innocent could not be tried: always a fault of the generator.
#[derive(Debug, thiserror::Error)]
pub enum InnocentError {
    #[error("{problem}; the description is:\n{description}")]
    Endpoint { problem: String, description: String },
    #[error("{problem}; the description is:\n{description}")]
    Discovery { problem: String, description: String },
    #[error(
        "POST {endpoint} with a complete body was answered with {status}: {detail}; the description is:\n{description}"
    )]
    Unsatisfiable { endpoint: String, status: u16, detail: String, description: String },
}

/// What the checks said of one innocent.
pub(super) struct TrialOutcome {
    /// By name, with the reason, where there is one; the subjects other than User and Group are one.
    pub(super) verdicts: BTreeMap<String, (Verdict, Option<String>)>,
    pub(super) findings: Vec<Finding>,
    pub(super) accusations: Vec<Accusation>,
    pub(super) exchanges: u64,
    /// See [`CatalogueRun::digest`].
    pub(super) digest: Option<u64>,
}

/// What is run against an innocent.
pub(super) struct InnocentTrial {
    pub(super) checks: Vec<&'static Check>,
    /// One deviation that breaks a requirement.
    pub(super) deviation: Option<&'static str>,
    pub(super) seed: u64,
    /// Whether the answers are compared with those of another trial.
    pub(super) has_digest: bool,
}

/// Serves the description and runs the checks against it.
pub(super) async fn run(description: &Description, trial: InnocentTrial) -> Result<TrialOutcome, InnocentError> {
    let InnocentTrial { checks, deviation, seed, has_digest } = trial;
    let text = description.target_file();
    let fault = |problem: String| InnocentError::Endpoint { problem, description: text.clone() };
    let options = EmbeddedOptions {
        target: "innocent.toml".into(),
        deviations: deviation.into_iter().map(str::to_owned).collect(),
        seed,
    };
    let under_way = UnderWay::default();
    let endpoint = EmbeddedEndpoint::start_text_repeatable(&text, &options, &under_way);
    let endpoint = endpoint.map_err(|error| fault(error.to_string()))?;
    let prepare = if has_digest { CatalogueRun::with_digest } else { CatalogueRun::new };
    let run = prepare(endpoint, under_way).map_err(|error| fault(error.to_string()))?;
    let taken = take_complete_bodies(description, run.client(), &text).await;
    if deviation.is_none() {
        taken?;
    }
    let discovery = run
        .discover()
        .await
        .map_err(|error| InnocentError::Discovery { problem: error.to_string(), description: text.clone() })?;
    let checks = checks.into_iter().filter(|check| !check.is_opt_in()).collect();
    let findings = run.run(checks, &discovery, seed, None).await;
    let shoulds: Vec<&str> = description.broken_shoulds().collect();
    Ok(TrialOutcome {
        verdicts: verdicts(&findings),
        accusations: findings.iter().filter_map(|finding| accusation(finding, &shoulds)).collect(),
        findings,
        exchanges: run.exchanges(),
        digest: has_digest.then(|| run.digest()),
    })
}

/// The name by which verdicts are gathered: the resource types that RFC 7643 does not define are one, because their names are
/// drawn.
pub(super) fn common_name(name: &str) -> Cow<'_, str> {
    match parts_of_name(name) {
        (_, Some("User" | "Group") | None) => Cow::Borrowed(name),
        (id, Some(_)) => Cow::Owned(full_name(id, "other types")),
    }
}

/// A pass on any of the other types is a pass on them all.
fn verdicts(findings: &[Finding]) -> BTreeMap<String, (Verdict, Option<String>)> {
    let mut verdicts = BTreeMap::new();
    for finding in findings {
        let name = common_name(&finding.name()).into_owned();
        let own = (finding.verdict, finding.reason.clone());
        let verdict = verdicts.entry(name).or_insert_with(|| own.clone());
        if finding.verdict == Verdict::Pass {
            *verdict = own;
        }
    }
    verdicts
}

/// What is said against the endpoint, if anything is: a warning about a SHOULD that it does not follow is right.
fn accusation(finding: &Finding, shoulds: &[&str]) -> Option<Accusation> {
    let accuses = matches!(finding.verdict, Verdict::Fail | Verdict::Warn | Verdict::Blocked | Verdict::Error);
    let is_right = finding.verdict == Verdict::Warn
        && finding
            .problems
            .iter()
            .filter(|problem| problem.verdict == Verdict::Warn)
            .all(|problem| problem.requirements.iter().any(|id| shoulds.contains(&id.as_str())));
    let message = finding.problems.first().map(|problem| problem.message.clone()).or_else(|| finding.reason.clone());
    (accuses && !is_right).then(|| Accusation {
        origin: finding.name().into_owned(),
        verdict: finding.verdict,
        message: message.unwrap_or_default(),
    })
}

/// Shows that the description can be satisfied: the endpoint takes a complete body of each type.
async fn take_complete_bodies(description: &Description, client: &Client, text: &str) -> Result<(), InnocentError> {
    for (number, kind) in description.types.iter().enumerate() {
        let body = kind.complete(number);
        let answer = client.send(Request::post(&kind.endpoint).json(&body)).await;
        let answer =
            answer.map_err(|error| InnocentError::Endpoint { problem: error.to_string(), description: text.into() })?;
        let Some(id) = answer.text("id").filter(|_| answer.status == 201) else {
            return Err(InnocentError::Unsatisfiable {
                endpoint: kind.endpoint.clone(),
                status: answer.status,
                detail: answer.text("detail").unwrap_or("no detail").to_owned(),
                description: format!("{text}\n# the body: {body}"),
            });
        };
        let delete = Request::new(reqwest::Method::DELETE, &kind.endpoint).segment(id);
        let deleted = client.send(delete).await;
        deleted.map_err(|error| InnocentError::Endpoint { problem: error.to_string(), description: text.into() })?;
    }
    Ok(())
}
