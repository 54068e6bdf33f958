//! The way of events to the reports for people: every text is made fit to be shown once, before a report sees it.
//!
//! A report for people is a [`TextReport`] and takes a [`LegibleEvent`], so that it cannot forget; one for programs is a
//! [`Consumer`] and gets every value as it came. The recorded exchanges are left as they are, since the line that repeats one must
//! send the same bytes; that line and the target are legible by themselves, bodies and headers pass the report's
//! [`LegibleWriter`](weir_exchange::legible::LegibleWriter), as everything does that a report writes.

use std::borrow::Cow;
use std::io;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;
use weir_exchange::{Exchange, legible};
use weir_judge::{Consumer, Event, Rewrite};

/// An event of which each text is one line of visible characters.
pub struct LegibleEvent(Event);

impl LegibleEvent {
    fn of(event: &Event) -> Self {
        Self(event.rewritten(&OneLine))
    }
}

impl Deref for LegibleEvent {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.0
    }
}

/// A report for people in the making.
pub trait TextReport: Send {
    /// Takes notice of one event.
    fn event(&mut self, event: &LegibleEvent) -> io::Result<()>;
}

/// Lets a report for people take part in the stream of events.
pub struct ForPeople<R>(pub R);

impl<R: TextReport> Consumer for ForPeople<R> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.0.event(&LegibleEvent::of(event))
    }
}

struct OneLine;

impl Rewrite for OneLine {
    fn own_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.text(text)
    }

    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        legible::one_line(text)
    }

    /// A value is shown as JSON text, which [`shown`] makes legible with JSON's own escapes.
    fn json(&self, _: &mut Value) {}

    fn exchange(&self, exchange: &Arc<Exchange>) -> Arc<Exchange> {
        Arc::clone(exchange)
    }
}

/// One side of a difference as JSON text in one line.
pub(super) fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".into(), |value| legible::json(&value.to_string()).into_owned())
}
