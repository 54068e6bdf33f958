//! One check: its record, and what it returns.

use futures_util::future::BoxFuture;
use scim::capability::Capability;

use crate::context::{Context, Stop};

/// What a check returns: its problems are collected in the context; `Stop` tells why it could not go on.
pub type Outcome = Result<(), Stop>;

/// One assertion about an endpoint.
pub struct Check {
    /// `topic.what`; the topic is the name of the file.
    pub id: &'static str,
    /// What holds if the check passes.
    pub title: &'static str,
    /// Why anybody should care: who breaks, and how.
    pub matters: &'static str,
    /// Ids of `fixtures/requirements.tsv`.
    pub requirements: &'static [&'static str],
    /// Without these the check is skipped.
    pub needs: &'static [Capability],
    /// Every outcome that is right.
    pub legal: &'static [&'static str],
    /// True if it looks at data that other checks change, so that it runs while no other does.
    pub alone: bool,
    pub run: for<'a> fn(&'a Context) -> BoxFuture<'a, Outcome>,
}

impl Check {
    /// The part of the id before the first dot.
    pub fn topic(&self) -> &'static str {
        self.id.split_once('.').map_or(self.id, |(topic, _)| topic)
    }

    /// Whether it is run only when it is asked for, because it takes thousands of exchanges.
    pub fn is_opt_in(&self) -> bool {
        self.topic() == "scale"
    }
}
