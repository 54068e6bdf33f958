//! Reports: consumers of the event stream that write to a given writer and nowhere else.

pub mod bench;
mod cause;
pub mod compatibility;
pub mod cycle;
pub mod cycles;
mod github;
mod har;
mod html;
pub mod innocents;
pub mod json;
mod junit;
pub mod leftovers;
pub mod legible;
mod markdown;
mod markup;
mod ndjson;
mod plain;
pub mod plan;
mod problem;
mod repeat;
mod sarif;
pub mod scenario;
pub mod scope;
mod table;
mod terminal;
pub mod variants;

pub use github::GithubReport;
pub use har::HarReport;
pub use html::HtmlReport;
pub use json::JsonReport;
pub use junit::JunitReport;
pub use legible::{ForPeople, LegibleEvent, TextReport};
pub use markdown::MarkdownReport;
pub use ndjson::NdjsonReport;
pub use sarif::SarifReport;
pub use terminal::{TerminalOptions, TerminalReport};

/// How a document reads that is not a report of a check run, such as that of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentForm {
    /// For a person at a terminal.
    Text,
    Json,
    Markdown,
}

#[cfg(test)]
mod tests;
