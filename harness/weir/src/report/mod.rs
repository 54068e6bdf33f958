//! Reports: consumers of the event stream that write to a given writer and nowhere else.

pub(crate) mod bench;
pub(crate) mod compatibility;
pub(crate) mod cycle;
pub(crate) mod cycles;
mod github;
mod har;
mod html;
pub mod json;
mod junit;
mod markdown;
mod ndjson;
mod outcome;
mod problem;
mod sarif;
mod table;
mod terminal;

pub use github::GithubReport;
pub use har::HarReport;
pub use html::HtmlReport;
pub use json::JsonReport;
pub use junit::JunitReport;
pub use markdown::MarkdownReport;
pub use ndjson::NdjsonReport;
pub use sarif::SarifReport;
pub use terminal::{TerminalOptions, TerminalReport};

#[cfg(test)]
mod tests;
