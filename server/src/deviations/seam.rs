//! Where a deviation sits: one of the seams of [`crate::application`], or two of them.

use std::fmt;

use crate::application::{AnswerSeam, ConnectionSeam, RequestSeam, Setup, StoreSeam};
use crate::rules::Rules;

/// Where a deviation sits, and the function that makes one instance of it for an endpoint. Instances live until the
/// deviations change or the endpoint is reset, and may keep a state.
pub enum Seam {
    /// Delays, cuts, drops the answer after the work is done.
    Connection(fn(&Setup<'_>) -> Box<dyn ConnectionSeam>),
    /// Turns a request into none, one or several operations; runs before or after decoding.
    Request(fn(&Setup<'_>) -> Box<dyn RequestSeam>),
    /// Switches capabilities off, or changes other rules of an application.
    Rules(fn(&Setup<'_>, &mut Rules)),
    /// Decorates the store.
    Store(fn(&Setup<'_>) -> Box<dyn StoreSeam>),
    /// Rewrites status, headers and body of the answer.
    Answer(fn(&Setup<'_>) -> Box<dyn AnswerSeam>),
    /// Sits at the request and at the answer to it: what is translated on the way in is translated back on the way out.
    Exchange(fn(&Setup<'_>) -> BothSeams),
}

/// The two sides of a deviation that sits at the request and at the answer.
pub type BothSeams = (Box<dyn RequestSeam>, Box<dyn AnswerSeam>);

impl Seam {
    /// The seam's word in the design and the documentation.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Connection(_) => "connection",
            Self::Request(_) => "request",
            Self::Rules(_) => "rules",
            Self::Store(_) => "store",
            Self::Answer(_) => "answer",
            Self::Exchange(_) => "request and answer",
        }
    }
}

impl fmt::Debug for Seam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
