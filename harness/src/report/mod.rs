//! Reports: consumers of the event stream that write to a given writer and nowhere else.

mod json;
mod problem;
mod table;
mod terminal;

pub use json::JsonReport;
pub use terminal::{TerminalOptions, TerminalReport};

#[cfg(test)]
mod tests;
