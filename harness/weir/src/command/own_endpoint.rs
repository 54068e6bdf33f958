//! Whether a check without a URL is about Weir's own endpoint on purpose: a gate that checks the wrong endpoint is green for nothing.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use crate::config::FILE;
use crate::failure::Failure;

/// What a command line says besides a URL.
pub(super) struct EndpointHints {
    /// It names Weir's own endpoint: `--embedded`, `--target`, `--deviate`.
    pub by_name: bool,
    /// It names a client's lifecycle, which is rehearsed at Weir's own endpoint.
    pub rehearsal: bool,
    /// A flag or variable that is about somebody's endpoint, such as `--bearer`.
    pub sign: Option<&'static str>,
}

/// How a run came to be about Weir's own endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnEndpoint {
    AskedFor,
    /// A person at a terminal gave nothing at all.
    Demonstration,
}

/// What a demonstration says first and last.
pub(super) const DEMONSTRATION: &str =
    "this is Weir's own endpoint, not yours; give a URL to check yours, or --embedded to say that it is meant";

/// What a demonstration ends with.
pub(super) const NEXT: &str = "next: `weir check URL --bearer @token.txt --quick` checks yours, `weir init` asks for what it needs and writes it \
     down, `weir explain NAME` explains every name in the report";

/// An error if the command line, or where it is run, speaks of somebody's endpoint.
pub(super) fn own_endpoint(wanted: &EndpointHints) -> Result<OwnEndpoint, Failure> {
    if wanted.by_name {
        return Ok(OwnEndpoint::AskedFor);
    }
    let around = || {
        if Path::new(FILE).exists() {
            Some("there is a weir.toml without `url`")
        } else if std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false") {
            Some("CI is set")
        } else if !io::stdout().is_terminal() {
            Some("there is no terminal")
        } else {
            None
        }
    };
    let sign = wanted.sign.map(|flag| format!("{flag} is given"));
    let sign = sign.or_else(|| around().filter(|_| !wanted.rehearsal).map(str::to_owned));
    match sign {
        None if wanted.rehearsal => Ok(OwnEndpoint::AskedFor),
        None => Ok(OwnEndpoint::Demonstration),
        Some(sign) => Err(Failure::Usage(format!(
            "no URL, though {sign}: give one, or set `url` in weir.toml; `weir init` writes one; `weir check --target aquera` checks Weir's own endpoint"
        ))),
    }
}
