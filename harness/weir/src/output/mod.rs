//! Where output goes and how it looks.

pub mod confirm;
pub mod greeting;
pub mod plural;
pub mod printable;
pub mod progress_bar;
pub mod progress_line;
pub mod recording;
pub mod request_lines;
pub mod run_progress;
mod table;
pub mod word;

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use weir_exchange::legible::Legible;

pub use printable::{Printable, notice};
pub use table::{filled, headed_table, table, wrapped};

use crate::failure::Failure;

/// Columns below which no line is laid out anew.
const NARROWEST: usize = 40;

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
#[derive(Clone, Debug)]
pub struct Output {
    colour: ColourChoice,
    warnings: Warnings,
}

/// Where warnings go.
#[derive(Clone, Debug)]
enum Warnings {
    StandardError,
    Nowhere,
    List(Arc<Mutex<Vec<String>>>),
}

impl Output {
    pub const fn new(colour: ColourChoice) -> Self {
        Self { colour, warnings: Warnings::StandardError }
    }

    /// An output whose warnings are collected in `list`.
    pub const fn with_warnings_in(list: Arc<Mutex<Vec<String>>>) -> Self {
        Self { colour: ColourChoice::Never, warnings: Warnings::List(list) }
    }

    /// The same output, without warnings if `quiet`.
    #[must_use]
    pub fn quieted(&self, quiet: bool) -> Self {
        Self { warnings: if quiet { Warnings::Nowhere } else { self.warnings.clone() }, ..self.clone() }
    }

    /// Writes a warning, one sentence, to standard error.
    pub fn warn(&self, sentence: &str) {
        match &self.warnings {
            Warnings::StandardError => notice(sentence),
            Warnings::Nowhere => {}
            // A push cannot leave the list half-done.
            Warnings::List(list) => list.lock().unwrap_or_else(PoisonError::into_inner).push(sentence.to_owned()),
        }
    }

    /// Writes a sentence to standard error that no flag silences.
    pub fn insist(&self, sentence: &str) {
        match &self.warnings {
            Warnings::List(_) => self.warn(sentence),
            Warnings::StandardError | Warnings::Nowhere => notice(sentence),
        }
    }

    /// Whether to colour what goes to standard output.
    pub fn colour(&self) -> bool {
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
    pub fn always_colours(&self) -> bool {
        self.colour == ColourChoice::Always
    }

    /// How wide lines may be: what [`Self::room`] says, else 110.
    pub fn width() -> usize {
        Self::room().unwrap_or(110)
    }

    /// How much room a line has where somebody looks at it: what `COLUMNS` says, else what the terminal has. In a pipe a line may be
    /// as long as it is.
    pub fn room() -> Option<usize> {
        let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let seen = || Some(usize::from(terminal_size::terminal_size_of(io::stdout())?.0.0));
        said.or_else(seen).filter(|columns| *columns > 0).map(|columns: usize| columns.max(NARROWEST))
    }

    /// How much room a line on standard error has.
    pub fn room_for_notices() -> Option<usize> {
        let seen = terminal_size::terminal_size_of(io::stderr())?.0.0;
        Some(usize::from(seen).max(NARROWEST))
    }

    /// Writes a document to `file`, or else to standard output, which `-` stands for too.
    pub fn write(&self, text: impl Into<Printable>, file: Option<&Path>) -> Result<(), Failure> {
        match file.filter(|path| *path != Path::new("-")) {
            None => self.print(text),
            Some(path) => text.into().write_to(path),
        }
    }

    /// Writes a sentence to standard output, in one line whatever a peer or a file put into it.
    pub fn say(&self, sentence: impl Display) -> Result<(), Failure> {
        self.print(format!("{}\n", Legible(sentence)))
    }

    /// Writes a text to standard output, whose lines are Weir's own: a value of a peer or a file stands in a [`table()`], or went through
    /// [`Legible`].
    pub fn print(&self, text: impl Into<Printable>) -> Result<(), Failure> {
        let text = text.into();
        let mut out = io::stdout().lock();
        out.write_all(text.as_str().as_bytes())?;
        out.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::EndpointFlags;

    #[test]
    fn warnings_go_to_the_output_unless_it_is_quiet() {
        let list = Arc::new(Mutex::new(Vec::new()));
        let output = Output::with_warnings_in(Arc::clone(&list));
        let flags = EndpointFlags { insecure: true, ..EndpointFlags::default() };
        let base = "https://scim.example.com/v2".parse().expect("it is a URL");
        flags.client(&base, &output.quieted(true)).expect("the flags are right");
        assert!(list.lock().unwrap().is_empty());
        flags.client(&base, &output.quieted(false)).expect("the flags are right");
        let warnings = list.lock().unwrap().clone();
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].contains("any certificate is accepted"), "{warnings:?}");
    }
}
