//! Weir: the commands, reports and runs around the catalogue of checks, the provisioning clients and the endpoint.

pub mod bench;
pub mod cli;
pub mod config;
pub mod embedded;
pub mod exit;
pub mod lifecycle;
pub mod prove;
pub mod report;
pub mod run_difference;
pub mod scenario;
