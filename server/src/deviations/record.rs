//! The record of one deviation, and how it is written.

use super::seam::{ConditionalPart, Part, Seam};
use crate::application::{AnswerSeam, ConnectionSeam, RequestSeam, Setup, StoreSeam};
use crate::message::{Answer, Head, IncomingRequest};
use crate::rules::Rules;

/// What a deviation breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// Ids of the catalogue of requirements.
    Requirements(&'static [&'static str]),
    /// Nothing: the RFC permits it, for the reason given, and clients stumble over it all the same.
    Permitted(&'static str),
}

/// A value that a deviation can be given: `write.answer-lost=every:3`.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// What may be given, and what it means.
    pub meaning: &'static str,
    pub default: &'static str,
    /// Whether a value can be used.
    pub accepts: fn(&str) -> bool,
}

/// One deviation.
#[derive(Debug)]
pub struct Deviation {
    /// `topic.what`
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    pub breaks: Breaks,
    /// Links to where it was seen; empty for one that every network can cause.
    pub seen: &'static [&'static str],
    pub parameter: Option<Parameter>,
    /// Whether it acts behind all others.
    pub(crate) acts_last: bool,
    /// Where it sits, and what it does there.
    pub seam: Seam,
}

/// A record without its seam. The method that names the seam makes it a [`Deviation`].
#[derive(Clone, Copy)]
pub(super) struct Record {
    id: &'static str,
    summary: &'static str,
    breaks: Breaks,
    seen: &'static [&'static str],
    parameter: Option<Parameter>,
    acts_last: bool,
    given: Option<fn(&IncomingRequest<'_>) -> bool>,
    when: Option<fn(&Head<'_>, &Answer) -> bool>,
}

impl Deviation {
    /// Begins a record. [`Record::breaks`] or [`Record::permitted`] follows, and the seam comes last.
    #[expect(clippy::new_ret_no_self, reason = "the seam makes the record a deviation")]
    pub(super) const fn new(id: &'static str, summary: &'static str) -> Record {
        let breaks = Breaks::Requirements(&[]);
        Record { id, summary, breaks, seen: &[], parameter: None, acts_last: false, given: None, when: None }
    }
}

impl Record {
    /// The requirements that it breaks, by their ids.
    pub(super) const fn breaks(mut self, requirements: &'static [&'static str]) -> Self {
        self.breaks = Breaks::Requirements(requirements);
        self
    }

    /// Says why it breaks nothing.
    pub(super) const fn permitted(mut self, reason: &'static str) -> Self {
        self.breaks = Breaks::Permitted(reason);
        self
    }

    /// Links to where it was seen.
    pub(super) const fn seen(mut self, links: &'static [&'static str]) -> Self {
        self.seen = links;
        self
    }

    /// The value that it takes; a part made by one of the `_with` methods finds it in its [`Setup`].
    pub(super) const fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameter = Some(parameter);
        self
    }

    /// Acts behind all others, which look for names as the RFCs write them.
    pub(super) const fn last(mut self) -> Self {
        self.acts_last = true;
        self
    }

    /// The answers that it concerns, of those that its part looks at. [`Self::answer`] follows.
    pub(super) const fn when(mut self, when: fn(&Head<'_>, &Answer) -> bool) -> Self {
        self.when = Some(when);
        self
    }

    /// The requests that it concerns, of those that its part looks at. [`Self::request`] follows.
    pub(super) const fn given(mut self, given: fn(&IncomingRequest<'_>) -> bool) -> Self {
        self.given = Some(given);
        self
    }

    /// Sits at the answer, with a part that has no state.
    pub(super) const fn answer(self, part: &'static dyn AnswerSeam) -> Deviation {
        self.at(Seam::Answer(ConditionalPart { condition: self.when, part: Part::Ready(part) }))
    }

    /// Sits at the answer, with a part that has a state or takes a parameter.
    pub(super) const fn answer_with(self, make: fn(&Setup<'_>) -> Box<dyn AnswerSeam>) -> Deviation {
        self.at(Seam::Answer(ConditionalPart { condition: self.when, part: Part::Made(make) }))
    }

    /// Sits at the request, with a part that has no state.
    pub(super) const fn request(self, part: &'static dyn RequestSeam) -> Deviation {
        self.at(Seam::Request(ConditionalPart { condition: self.given, part: Part::Ready(part) }))
    }

    /// Sits at the request, with a part that has a state or takes a parameter.
    pub(super) const fn request_with(self, make: fn(&Setup<'_>) -> Box<dyn RequestSeam>) -> Deviation {
        self.at(Seam::Request(ConditionalPart { condition: self.given, part: Part::Made(make) }))
    }

    /// Sits at the request and at the answer to it.
    pub(super) const fn exchange_with(self, make: fn(&Setup<'_>) -> super::seam::BothSeams) -> Deviation {
        self.at(Seam::Exchange(make))
    }

    /// Changes the rules of every application.
    pub(super) const fn rules(self, change: fn(&mut Rules)) -> Deviation {
        self.at(Seam::Rules(change))
    }

    /// Sits at the store, with a part that has no state.
    pub(super) const fn store(self, part: &'static dyn StoreSeam) -> Deviation {
        self.at(Seam::Store(Part::Ready(part)))
    }

    /// Sits at the store, with a part that has a state.
    pub(super) const fn store_with(self, make: fn(&Setup<'_>) -> Box<dyn StoreSeam>) -> Deviation {
        self.at(Seam::Store(Part::Made(make)))
    }

    /// Sits at the connection.
    pub(super) const fn connection_with(self, make: fn(&Setup<'_>) -> Box<dyn ConnectionSeam>) -> Deviation {
        self.at(Seam::Connection(make))
    }

    const fn at(self, seam: Seam) -> Deviation {
        // A condition that nothing asks would be a silent mistake in a record.
        assert!(self.when.is_none() || matches!(seam, Seam::Answer(_)), "`when` belongs to an answer");
        assert!(self.given.is_none() || matches!(seam, Seam::Request(_)), "`given` belongs to a request");
        let Self { id, summary, breaks, seen, parameter, acts_last, .. } = self;
        Deviation { id, summary, breaks, seen, parameter, acts_last, seam }
    }
}
