//! One check: its record, what it may use, and what it returns.

mod canonical;
pub(crate) mod case_run;
pub(crate) mod cohort;
mod context;
mod expectation;
mod methods;
mod named_in_lists;
mod narrowing;
mod own_id;
mod refused_write;
mod subject;
mod under_way;

pub(crate) use crate::discovery::patch_of;
pub use context::{Context, Resource, Scale, Stop};
pub use expectation::{Expectation, cut};
pub use under_way::UnderWay;

use futures_util::future::BoxFuture;
use scim::capability::{Capability, ResourceOperation};

/// What a check returns: its problems are collected in the context; `Stop` tells why it could not go on.
pub type CheckResult = Result<(), Stop>;

/// The operations of a check that creates resources.
pub const CREATING: &[ResourceOperation] = &[ResourceOperation::Create];
/// The operations of a check that looks up or lists the resources that it created.
pub const LISTED: &[ResourceOperation] = &[ResourceOperation::Create, ResourceOperation::Filter];
/// The operations of a check that changes the resources that it created with PATCH.
pub const PATCHED: &[ResourceOperation] = &[ResourceOperation::Create, ResourceOperation::Patch];
/// The operations of a check that replaces the resources that it created.
pub const REPLACED: &[ResourceOperation] = &[ResourceOperation::Create, ResourceOperation::Replace];

/// On which resource types a check runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// It asks about the endpoint, or about several resource types at once, and names them itself.
    Endpoint,
    /// It runs on each resource type that offers its operations, and is bound to it by the context.
    EveryType,
    /// It runs on resources of this type alone, for this reason.
    Only(&'static str, &'static str),
}

/// A check's function as a value: an `async fn(&Context) -> CheckResult`.
pub trait Question<'a>: Send + Sync {
    /// Puts the question to the endpoint of `context`.
    fn ask(&self, context: &'a Context) -> BoxFuture<'a, CheckResult>;
}

impl<'a, F, Answer> Question<'a> for F
where
    F: Fn(&'a Context) -> Answer + Send + Sync,
    Answer: Future<Output = CheckResult> + Send + 'a,
{
    fn ask(&self, context: &'a Context) -> BoxFuture<'a, CheckResult> {
        Box::pin(self(context))
    }
}

/// A function whose future is boxed by the record, because it takes more than the context.
type BoxedQuestion = for<'a> fn(&'a Context) -> BoxFuture<'a, CheckResult>;

#[derive(Clone, Copy)]
enum Run {
    Question(&'static dyn for<'a> Question<'a>),
    Boxed(BoxedQuestion),
}

/// One assertion about an endpoint.
#[derive(Clone, Copy)]
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
    /// What the resource type that it runs on must offer.
    pub operations: &'static [ResourceOperation],
    /// Every outcome that is right.
    pub legal: &'static [&'static str],
    pub on: On,
    /// The names that the check had before: an id, and the resource type that it stood for.
    pub earlier_names: &'static [(&'static str, &'static str)],
    /// True if it looks at data that other checks change, so that it runs while no other does.
    pub alone: bool,
    run: Run,
}

impl Check {
    /// The check that `question` makes. It needs nothing, is about the endpoint, and may run beside others.
    pub const fn new(id: &'static str, title: &'static str, question: &'static dyn for<'a> Question<'a>) -> Self {
        Self::with(id, title, Run::Question(question))
    }

    /// The check that `function` makes, for one that takes more than the context.
    pub const fn boxed(id: &'static str, title: &'static str, function: BoxedQuestion) -> Self {
        Self::with(id, title, Run::Boxed(function))
    }

    const fn with(id: &'static str, title: &'static str, run: Run) -> Self {
        Self {
            id,
            title,
            matters: "",
            requirements: &[],
            needs: &[],
            operations: &[],
            legal: &[],
            on: On::Endpoint,
            earlier_names: &[],
            alone: false,
            run,
        }
    }

    /// Why anybody should care.
    #[must_use]
    pub const fn matters(self, matters: &'static str) -> Self {
        Self { matters, ..self }
    }

    /// Ids of `fixtures/requirements.tsv`.
    #[must_use]
    pub const fn requirements(self, requirements: &'static [&'static str]) -> Self {
        Self { requirements, ..self }
    }

    /// Without these capabilities the check is skipped.
    #[must_use]
    pub const fn needs(self, needs: &'static [Capability]) -> Self {
        Self { needs, ..self }
    }

    /// Every outcome that is right.
    #[must_use]
    pub const fn legal(self, legal: &'static [&'static str]) -> Self {
        Self { legal, ..self }
    }

    /// The resource types that the check runs on.
    #[must_use]
    pub const fn on(self, on: On) -> Self {
        Self { on, ..self }
    }

    /// It runs on each resource type that offers `operations`.
    #[must_use]
    pub const fn on_every_type(self, operations: &'static [ResourceOperation]) -> Self {
        Self { on: On::EveryType, operations, ..self }
    }

    /// The names that the check had before, each with the resource type that it stood for. A baseline and a selection may
    /// still have them.
    #[must_use]
    pub const fn formerly(self, earlier_names: &'static [(&'static str, &'static str)]) -> Self {
        Self { earlier_names, ..self }
    }

    /// It looks at data that other checks change.
    #[must_use]
    pub const fn alone(self) -> Self {
        Self { alone: true, ..self }
    }

    /// The part of the id before the first dot.
    pub fn topic(&self) -> &'static str {
        self.id.split_once('.').map_or(self.id, |(topic, _)| topic)
    }

    /// Whether it is run only when it is asked for, because it takes thousands of exchanges.
    pub fn is_opt_in(&self) -> bool {
        self.topic() == "scale"
    }

    /// Puts the check's question to the endpoint of `context`.
    pub fn ask<'a>(&self, context: &'a Context) -> BoxFuture<'a, CheckResult> {
        match self.run {
            Run::Question(question) => question.ask(context),
            Run::Boxed(function) => function(context),
        }
    }
}
