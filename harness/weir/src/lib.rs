//! Weir: the commands, reports and runs around the catalogue of checks, the provisioning clients and the endpoint.

// Whatever a person reads goes through `output::Printable`, which takes secrets out.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod bench;
pub mod command;
pub mod config;
pub mod embedded;
pub mod exit;
pub mod failure;
mod flags;
mod interrupt;
pub mod lifecycle;
pub mod output;
pub mod prove;
pub mod report;
pub mod run_difference;
pub mod scenario;
mod seed;
pub mod session;
