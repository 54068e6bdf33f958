//! Where output goes and how it looks.

use std::io::{self, IsTerminal as _, Write as _};

use crate::cli::Failure;

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
