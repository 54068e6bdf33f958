//! Ready-made parts of deviations, by where they act.
//!
//! A part is a tuple struct that takes what differs: a function, a name, a text. It has no state, so that a record can hold
//! a reference to it.

pub mod answer;
pub mod attributes;
pub mod delayed;
pub mod discovery;
pub mod forms;
pub mod job;
pub mod layer;
pub mod meeting;
pub mod occurrence;
pub mod operations;
pub mod query;
pub mod recall;
pub mod request;
pub mod rules;
pub mod run;
pub mod throttle;
