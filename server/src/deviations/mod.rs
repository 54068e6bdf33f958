//! Deviations: named ways in which an endpoint departs from the RFC's full reading, one record each.
//!
//! # How to write one
//!
//! A record stands in a file of `topic/`, in the order of ids; `topic::TOPICS` says which file takes which ids, by their
//! first word. Nothing else in the tree changes: the engine knows the five kinds of [`Seam`] and no deviation by name.
//!
//! ```text
//! Deviation::new("list.without-urn", "lists have no schemas")
//!     .breaks(&["RFC7644-3.4.2-08"])          // or .permitted("why the RFC lets it"); one of them must stand
//!     .seen(&["https://example.com/report"])  // where it was seen, when it was
//!     .when(|head, _| has(head, "filter"))    // the answers that it concerns; requests: .given(|incoming| …)
//!     .answer(&EditList(|list| drop(list.shift_remove("schemas")))),
//! ```
//!
//! The last method names the seam: `answer`, `request`, `store` and `rules` take a ready part of `part/` or a function;
//! `answer_with`, `request_with`, `store_with`, `exchange_with` and `connection_with` make one for each endpoint, for what
//! has a state or takes a `.parameter(…)`. Prefer `.when(…)` with a small part to a part that decides for itself. Code
//! that two records need is a part (when topics share it) or a function below the records (when one topic does). A
//! deviation of more than some thirty lines gets a file of its own beside its topic (`topic/auth/…`), and its record
//! stays in the topic.

mod activation;
mod part;
mod record;
mod scope;
pub mod seam;
mod topic;
mod watched;

#[cfg(test)]
mod tests;

pub use activation::{Activation, ActivationError};
pub use record::{Breaks, Deviation, Parameter};
pub(crate) use scope::{LimitedSeam, Scope};
pub use seam::Seam;
pub(crate) use watched::WatchedSeam;

use std::sync::LazyLock;

/// Every deviation, in the order of their ids.
#[must_use]
pub fn all() -> &'static [&'static Deviation] {
    static ALL: LazyLock<Vec<&'static Deviation>> = LazyLock::new(|| {
        let mut all: Vec<&Deviation> = topic::TOPICS.iter().flat_map(|topic| topic.deviations).collect();
        all.sort_by_key(|deviation| deviation.id);
        all
    });
    &ALL
}

/// A deviation by its id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Deviation> {
    all().iter().copied().find(|deviation| deviation.id == id)
}

impl Deviation {
    /// Every deviation, in the order of their ids.
    #[must_use]
    pub fn all() -> &'static [&'static Self] {
        all()
    }

    /// Whether it can be limited to one resource type, as `ID[Group]`: what changes rules or the store acts on the whole endpoint.
    #[must_use]
    pub const fn can_be_limited(&self) -> bool {
        !matches!(self.seam, Seam::Rules(_) | Seam::Store(_))
    }

    /// A deviation by its id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        find(id)
    }
}
