//! The way of an answer to the client, and what a deviation at the connection makes of it.

use jiff::SignedDuration;

/// What became of an answer on the way to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Sent,
    /// A deviation cut the connection after so many bytes of the body.
    Cut(usize),
    /// A deviation closed the connection without an answer.
    Lost,
}

/// What the connection does with a request or an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Waits so long first, by the endpoint's clock, which the control API can advance.
    pub delay: Option<SignedDuration>,
    pub delivery: Delivery,
}

impl Fate {
    /// Nothing happens to it.
    pub const DELIVERED: Self = Self { delay: None, delivery: Delivery::Sent };
    /// The connection is closed without a byte of the answer.
    pub const LOST: Self = Self { delay: None, delivery: Delivery::Lost };
}
