//! What exchanges show: rules that judge them by what an endpoint publishes, verdicts, disputed readings, findings, and the
//! one stream of events of a run.
//!
//! Nothing here sends a request.

mod because;
mod cause;
pub mod date_time;
pub mod definition;
mod dispute;
mod event;
mod finding;
mod law;
mod offer;
mod problem;
mod publication;
mod rule;
pub mod rules;
mod summary;
mod verdict;
mod weight;

pub use because::Because;
pub use cause::{Cause, cause_id, causes};
pub use dispute::{Dispute, dispute, disputes, level_of, verdict_of};
pub use event::{Annotator, Consumer, Event, Events, Rewrite};
pub use finding::{BaselineNote, EntryNews, Finding, Origin, OutdatedEntry, full_name, parts_of_name};
pub use law::{BrokenLaw, broken_laws};
pub use offer::{Offer, Provenance};
pub use problem::{Problem, by_outcome, shortened};
pub use publication::{AttributeIndex, Publication, PublishedAttribute, ResourceType};
pub use rule::{Breach, Examiner, ExchangeView, Place, Representation, Rule, RuleReport, SequenceRule};
pub use summary::Summary;
pub use verdict::Verdict;
pub use weight::Weight;
