//! The harness of Weir: it proves a SCIM 2.0 endpoint right, or shows where it is not.

pub mod baseline;
pub mod bench;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod difference;
pub mod endpoint;
pub mod event;
pub mod exit;
pub mod har;
pub mod lifecycle;
pub mod plan;
pub mod prove;
pub mod provision;
pub mod report;
pub mod rounds;
pub mod run;
pub mod run_difference;
pub mod scenario;
pub mod sweep;
mod toml_fault;
