//! A rule: a passive assertion, which judges any exchange of an endpoint, from whichever cause.

mod examiner;
mod inspection;
mod report;
#[cfg(test)]
pub(crate) mod sample;
mod view;

pub use examiner::Examiner;
pub(crate) use inspection::{DefinedValue, is_uri};
pub(crate) use report::brief;
pub use report::{Breach, RuleReport};
pub(crate) use view::{ERROR, LIST_RESPONSE, has_value};
pub use view::{ExchangeView, Place, Representation};

use crate::publication::Publication;

/// Judges one exchange after the other, and remembers of each what it needs for the next.
pub trait SequenceRule: Send {
    /// Looks at the exchange of `view`, and reports what it breaks.
    fn look(&mut self, view: &ExchangeView<'_>, report: &mut RuleReport);

    /// Takes notice of a request whose answer did not come: it may have been carried out, may yet be, or may never be.
    fn lose(&mut self, view: &ExchangeView<'_>) {
        let _ = view;
    }

    /// The reports about earlier exchanges that the last one decided.
    fn settled(&mut self) -> Vec<RuleReport> {
        Vec::new()
    }

    /// Judges what it has left open until more comes, because no more comes.
    fn end_all(&mut self, published: &Publication) -> Vec<RuleReport> {
        let _ = published;
        Vec::new()
    }
}

/// How a rule judges.
#[derive(Clone, Copy)]
enum Judgement {
    /// Each exchange by itself.
    Exchange(fn(&ExchangeView<'_>, &mut RuleReport)),
    /// Exchanges in their order.
    Sequence(fn() -> Box<dyn SequenceRule>),
}

/// One passive assertion about an endpoint.
#[derive(Clone, Copy)]
pub struct Rule {
    /// `topic.what`; the topic is the name of the file. Rules and checks share one set of ids.
    pub id: &'static str,
    /// What holds if the rule passes.
    pub title: &'static str,
    /// Why anybody should care: who breaks, and how.
    pub matters: &'static str,
    /// Ids of `fixtures/requirements.tsv`.
    pub requirements: &'static [&'static str],
    /// Every outcome that is right.
    pub legal: &'static [&'static str],
    /// The ids of checks that asked nothing but this; whoever names one means the rule.
    pub formerly: &'static [&'static str],
    judgement: Judgement,
}

impl Rule {
    /// The rule that looks at each exchange by itself.
    pub const fn new(id: &'static str, title: &'static str, judge: fn(&ExchangeView<'_>, &mut RuleReport)) -> Self {
        Self::with(id, title, Judgement::Exchange(judge))
    }

    /// The rule that looks at exchanges in their order; `begin` makes one that has seen none.
    pub const fn sequence(id: &'static str, title: &'static str, begin: fn() -> Box<dyn SequenceRule>) -> Self {
        Self::with(id, title, Judgement::Sequence(begin))
    }

    const fn with(id: &'static str, title: &'static str, judgement: Judgement) -> Self {
        Self { id, title, matters: "", requirements: &[], legal: &[], formerly: &[], judgement }
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

    /// Every outcome that is right.
    #[must_use]
    pub const fn legal(self, legal: &'static [&'static str]) -> Self {
        Self { legal, ..self }
    }

    /// The ids of checks that asked nothing but this.
    #[must_use]
    pub const fn formerly(self, formerly: &'static [&'static str]) -> Self {
        Self { formerly, ..self }
    }

    /// The part of the id before the first dot.
    pub fn topic(&self) -> &'static str {
        self.id.split_once('.').map_or(self.id, |(topic, _)| topic)
    }
}
