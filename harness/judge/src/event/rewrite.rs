//! Rewriting every text of an event in which something that a peer sent may stand. Ids, verdicts and figures stay.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;
use weir_exchange::difference::Difference;
use weir_exchange::{Exchange, secrets};

use super::Event;
use crate::finding::{BaselineNote, Finding, OutdatedEntry};
use crate::problem::Problem;

/// What becomes of the texts of an event.
pub trait Rewrite {
    /// A text of the user's or of Weir's own, in which no secret stands.
    fn own_text<'t>(&self, text: &'t str) -> Cow<'t, str>;
    /// A text in which something that a peer sent may stand.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str>;
    fn json(&self, value: &mut Value);
    fn exchange(&self, exchange: &Arc<Exchange>) -> Arc<Exchange>;
}

/// Takes the secrets of this process out.
pub(super) struct WithoutSecrets;

impl Rewrite for WithoutSecrets {
    fn own_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        Cow::Borrowed(text)
    }

    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        secrets::masked(text)
    }

    fn json(&self, value: &mut Value) {
        secrets::mask_json(value);
    }

    fn exchange(&self, exchange: &Arc<Exchange>) -> Arc<Exchange> {
        secrets::masked_exchange(exchange)
    }
}

impl Event {
    /// The event with every text as `rewrite` wants it.
    #[must_use]
    pub fn rewritten(&self, rewrite: &impl Rewrite) -> Self {
        let text = |text: &String| rewrite.text(text).into_owned();
        let own_text = |text: &String| rewrite.own_text(text).into_owned();
        match self {
            Self::RunStarted { command, base_command, seed, url, target, keeps } => Self::RunStarted {
                command: own_text(command),
                base_command: own_text(base_command),
                seed: *seed,
                url: own_text(url),
                target: target.as_ref().map(own_text),
                keeps: *keeps,
            },
            Self::Discovered { offers, remarks } => {
                Self::Discovered { offers: offers.clone(), remarks: remarks.iter().map(text).collect() }
            }
            Self::Finding(finding) => Self::Finding(Arc::new(Finding {
                title: match &finding.title {
                    // One of the catalogue's.
                    Cow::Borrowed(title) => Cow::Borrowed(*title),
                    Cow::Owned(title) => Cow::Owned(text(title)),
                },
                reason: finding.reason.as_ref().map(text),
                problems: problems(&finding.problems, rewrite),
                known: known(finding.known.as_deref(), rewrite),
                ..Finding::clone(finding)
            })),
            Self::StepStarted { id, title, client } => {
                Self::StepStarted { id: id.clone(), title: text(title), client: client.clone() }
            }
            Self::Exchange(exchange) => Self::Exchange(rewrite.exchange(exchange)),
            Self::Leftover { url, reason } => Self::Leftover { url: text(url), reason: text(reason) },
            Self::Outdated(outdated) => {
                Self::Outdated(OutdatedEntry { reason: text(&outdated.reason), ..outdated.clone() })
            }
            Self::RunFailed { reason } => Self::RunFailed { reason: text(reason) },
            Self::Planned { .. } | Self::CheckStarted { .. } | Self::RunFinished { .. } => self.clone(),
        }
    }
}

fn known(known: Option<&BaselineNote>, rewrite: &impl Rewrite) -> Option<Arc<BaselineNote>> {
    let text = |text: &String| rewrite.text(text).into_owned();
    let known = known?;
    let link = known.link.as_ref().map(text);
    Some(Arc::new(BaselineNote { reason: text(&known.reason), link, expires: known.expires.clone() }))
}

fn problems(problems: &[Problem], rewrite: &impl Rewrite) -> Vec<Problem> {
    let one = |problem: &Problem| Problem {
        verdict: problem.verdict,
        message: rewrite.text(&problem.message).into_owned(),
        requirements: problem.requirements.clone(),
        legal: problem.legal.iter().map(|legal| rewrite.text(legal).into_owned()).collect(),
        observed: rewrite.text(&problem.observed).into_owned(),
        exchanges: problem.exchanges.iter().map(|exchange| rewrite.exchange(exchange)).collect(),
        differences: problem.differences.iter().map(|one| difference(one, rewrite)).collect(),
        others: problem.others.iter().map(|exchange| rewrite.exchange(exchange)).collect(),
    };
    problems.iter().map(one).collect()
}

fn difference(difference: &Difference, rewrite: &impl Rewrite) -> Difference {
    let json = |value: &Option<Value>| {
        let mut value = value.clone();
        if let Some(value) = &mut value {
            rewrite.json(value);
        }
        value
    };
    Difference {
        path: rewrite.text(&difference.path).into_owned(),
        expected: json(&difference.expected),
        found: json(&difference.found),
    }
}
