//! Where output goes and how it looks.

pub mod confirm;
pub mod greeting;
pub mod progress_bar;
pub mod recording;
pub mod request_lines;
mod table;

use std::io::{self, IsTerminal as _, Write as _};

pub use table::table;

use crate::failure::Failure;

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    Always,
    Never,
}

/// The process's own output, as the common flags want it.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    colour: ColourChoice,
}

impl Output {
    pub const fn new(colour: ColourChoice) -> Self {
        Self { colour }
    }

    /// Whether to colour what goes to standard output.
    pub fn colour(self) -> bool {
        match self.colour {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto => {
                anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
                    && io::stdout().is_terminal()
            }
        }
    }

    /// Whether colour is wanted whatever the output is.
    pub fn always_colours(self) -> bool {
        self.colour == ColourChoice::Always
    }

    /// How wide lines may be: what `COLUMNS` says, else 110.
    pub fn width() -> usize {
        std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok())
            .filter(|columns| *columns >= 60)
            .unwrap_or(110)
    }

    /// Writes a text to standard output.
    pub fn print(self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(())
    }
}
