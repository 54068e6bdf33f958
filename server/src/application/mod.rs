//! One application of the endpoint, and a request on its way through it: the front with its rules, schemas and store, the
//! operation that a request means, the seams at which deviations sit, and the service behind.

pub mod downstream;
mod front;
mod operation;
mod seams;

pub use front::Front;
pub(crate) use front::Schemas;
pub use operation::{AccountAttributes, Next, Operation, Outcome};
pub(crate) use seams::Seams;
pub use seams::{AnswerSeam, ConnectionSeam, RequestSeam, Setup, StoreSeam};
