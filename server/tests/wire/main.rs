//! The endpoint over real HTTP: what a client sees, and what a check of the catalogue cannot.

mod access;
mod aquera;
mod authentication;
mod bulk;
mod client;
mod compression;
mod conditions;
mod control;
mod cursors;
mod custom_schemas;
mod deviations;
mod discovery;
mod downstream;
mod errors;
mod journal;
mod kept_word;
mod lists;
mod passwords;
mod rehearsal;
mod resources;
mod targets;
mod wire_forms;
