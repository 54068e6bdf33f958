//! LDIF (RFC 2849), read as a stream: one record in memory at a time, each fault named with file, line and remedy.
//!
//! Beyond the grammar two things are accepted with a warning, because exports have them: values in UTF-8 that are not
//! base64, and a last modification without its closing `-`. URLs as values (`:<`) are refused, so that reading a file
//! never reads another.

mod error;
mod lines;
mod record;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

pub use error::{LdifError, LdifProblem};
use lines::{Lines, LogicalLine};
use weir_files::document;

use crate::entry::Entry;
use crate::entry::dn::{Dn, Rdn};

/// One record with the number of its first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub line: u64,
    pub content: Content,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// An entry as it is (an attrval-record).
    Entry(Entry),
    /// A change to an entry (a change-record).
    Change { dn: Dn, change: ChangeRecord },
}

/// A change to one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeRecord {
    Add(Entry),
    Delete,
    Modify(Vec<Modification>),
    Rename { new_rdn: Rdn, delete_old_rdn: bool, new_superior: Option<Dn> },
}

/// One part of a `modify`, with the number of its first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modification {
    pub line: u64,
    pub operation: ModificationKind,
    pub attribute: Box<str>,
    pub values: Vec<Box<[u8]>>,
}

/// What a [`Modification`] does with its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModificationKind {
    Add,
    Delete,
    Replace,
}

/// Something in a file that is accepted, and that its owner should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub line: u64,
    pub text: String,
}

/// Reads the records of one file.
pub struct RecordReader<R> {
    name: String,
    lines: Lines<R>,
    /// Whether a record, or a version line, has been read.
    begun: bool,
    failed: bool,
    warnings: Vec<Warning>,
    unencoded: bool,
}

impl RecordReader<BufReader<File>> {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, LdifError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| LdifError {
            file: name.clone(),
            line: 0,
            problem: LdifProblem::Unreadable(document::reason(&error)),
        })?;
        Ok(Self::new(&name, BufReader::with_capacity(128 * 1024, file)))
    }
}

impl<R: BufRead> RecordReader<R> {
    /// Reads from anything; `name` stands for the file in errors.
    pub fn new(name: &str, source: R) -> Self {
        Self {
            name: name.to_owned(),
            lines: Lines::new(source),
            begun: false,
            failed: false,
            warnings: Vec::new(),
            unencoded: false,
        }
    }

    /// The same, which reads so many bytes at most; a file that is longer is a fault.
    #[must_use]
    pub fn within(self, bytes: u64) -> Self {
        Self { lines: self.lines.within(bytes), ..self }
    }

    /// What was accepted with a warning so far.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The name given to [`Self::new`].
    pub fn name(&self) -> &str {
        &self.name
    }

    fn warn(&mut self, line: u64, text: impl Into<String>) {
        self.warnings.push(Warning { line, text: text.into() });
    }

    /// Unencoded UTF-8 is common: it is worth one warning a file, not one a line.
    fn warn_unencoded(&mut self, line: u64) {
        if !self.unencoded {
            self.unencoded = true;
            self.warn(line, "values beyond ASCII are not base64 as RFC 2849 asks; they are read as UTF-8");
        }
    }

    fn read_record(&mut self) -> Result<Option<Record>, (u64, LdifProblem)> {
        loop {
            let Some(mut lines) = self.lines.record()? else { return Ok(None) };
            let is_first = !std::mem::replace(&mut self.begun, true);
            if is_first && lines.first().is_some_and(LogicalLine::is_version) {
                record::check_version(&lines.remove(0))?;
                if lines.is_empty() {
                    continue;
                }
            }
            let parsed = record::parse(&lines)?;
            for (line, text) in parsed.warnings {
                self.warn(line, text);
            }
            if let Some(line) = parsed.unencoded {
                self.warn_unencoded(line);
            }
            return Ok(Some(parsed.record));
        }
    }
}

impl<R: BufRead> Iterator for RecordReader<R> {
    type Item = Result<Record, LdifError>;

    /// The next record; after an error that is not of one record alone, nothing.
    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match self.read_record() {
            Ok(record) => record.map(Ok),
            Err((line, problem)) => {
                let error = LdifError { file: self.name.clone(), line, problem };
                self.failed = !error.is_of_one_record();
                Some(Err(error))
            }
        }
    }
}

#[cfg(test)]
mod tests;
