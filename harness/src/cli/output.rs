//! Where output goes and how it looks.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use crate::cli::Failure;
use crate::event::Consumer;
use crate::report::{JsonReport, TerminalOptions, TerminalReport};

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    Always,
    Never,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportFormat {
    /// For a person.
    #[default]
    Terminal,
    /// One document for programs, see docs/json-report.md
    Json,
}

/// How much a report for a person tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// What is worth reading only.
    Quiet,
    #[default]
    Normal,
    /// Every check.
    Verbose,
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

    /// The report in this form, to the file if there is one, else to standard output.
    pub fn report(
        self,
        format: ReportFormat,
        file: Option<&Path>,
        detail: Detail,
    ) -> Result<Box<dyn Consumer>, Failure> {
        let out: Box<dyn Write + Send> = match file {
            Some(path) => Box::new(io::BufWriter::new(create(path)?)),
            None => Box::new(io::stdout()),
        };
        Ok(match format {
            ReportFormat::Terminal => {
                let colour = if file.is_some() { self.colour == ColourChoice::Always } else { self.colour() };
                Box::new(TerminalReport::new(
                    out,
                    TerminalOptions {
                        width: Self::width(),
                        colour,
                        quiet: detail == Detail::Quiet,
                        verbose: detail == Detail::Verbose,
                    },
                ))
            }
            ReportFormat::Json => Box::new(JsonReport::new(out)),
        })
    }
}

fn create(path: &Path) -> Result<File, Failure> {
    File::create(path)
        .map_err(|error| Failure::Usage(format!("the report cannot be written to {}: {error}", path.display())))
}

/// Columns of text with two blanks between them; the last is as wide as it is.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let padding = width - cell.chars().count() + 2;
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', padding));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_table_lines_up_and_has_no_trailing_blanks() {
        let rows = [["a", "äöü", "x"], ["long", "b", ""]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "a     äöü  x\nlong  b\n");
    }
}
