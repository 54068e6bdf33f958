//! Why a command could not do its work, and the exit status that says so.

use std::io;

use crate::exit;

/// A failure, as one sentence for the person who gave the command.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Wrong usage, configuration or file.
    #[error("{0}")]
    Usage(String),
    /// The endpoint cannot be reached, is none, or refuses the credentials.
    #[error("{0}")]
    Unreachable(String),
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error("the runtime cannot be started: {0}")]
    Runtime(io::Error),
}

impl Failure {
    /// Wrong usage, told by an error.
    pub fn usage(error: impl std::fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }

    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The exit status.
    pub const fn status(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Output(_) | Self::Runtime(_) => exit::USAGE,
            Self::Unreachable(_) => exit::UNREACHABLE,
        }
    }
}
