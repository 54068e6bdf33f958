//! An LDIF file as a source: read anew in each cycle, one entry in memory at a time.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::ldif::{LdifError, LdifProblem, OpenValues, RecordReader, Warning, template_fault};
use super::{Entries, EntryFault, Source, SourceError, collected};
use crate::channel::{Channel, Surroundings};
use crate::entry::Role;
use crate::fingerprint;

/// A file of entries that has been checked as a whole, so that a fault in its middle does not stop a cycle half-way.
#[derive(Clone, Debug)]
pub struct LdifFile {
    path: PathBuf,
    entries: u64,
    placeholders: OpenValues,
}

impl LdifFile {
    /// Reads the file once from beginning to end.
    ///
    /// # Errors
    /// The first fault of the file; a file without entries is one. An entry whose name is none is a fault of the entry: each
    /// pass reports it.
    pub fn open(path: &Path) -> Result<(Self, Vec<Warning>), LdifError> {
        // A folder has a sentence of its own.
        if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            return Err(LdifError { file: path.display().to_string(), line: 0, problem: LdifProblem::Pipe });
        }
        let mut reader = RecordReader::open(path)?;
        let name = reader.name().to_owned();
        let mut entries = 0;
        let mut lines = HashMap::new();
        for record in reader.by_ref() {
            let record = match record {
                Err(error) if error.is_of_one_record() => {
                    if let Some(fault) = template_fault(path, &error) {
                        return Err(fault);
                    }
                    entries += 1;
                    continue;
                }
                record => record?,
            };
            let line = record.line;
            let Some(entry) = record.content.entry() else {
                return Err(LdifError { file: name, line, problem: LdifProblem::ChangeInSource });
            };
            if let Some(first) = lines.insert(fingerprint::of_text(entry.dn.key()), line) {
                let problem = LdifProblem::Twice(entry.dn.to_string(), first);
                return Err(LdifError { file: name, line, problem });
            }
            entries += 1;
        }
        if entries == 0 {
            return Err(LdifError { file: name, line: 0, problem: LdifProblem::Empty });
        }
        let warnings = reader.warnings().to_vec();
        let placeholders = reader.take_placeholders();
        Ok((Self { path: path.to_owned(), entries, placeholders }, warnings))
    }

    /// How many entries the file held when it was opened.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.entries
    }

    /// A file that could be opened holds at least one entry.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries == 0
    }
}

impl Source for LdifFile {
    fn surroundings(&self, channel: &Channel) -> Result<Surroundings, SourceError> {
        self.placeholders.refused_for(&self.path.display().to_string(), channel)?;
        collected(self, channel)
    }

    fn entries(&self) -> Result<Entries<'_>, SourceError> {
        let reader = RecordReader::open(&self.path)?;
        let name = reader.name().to_owned();
        Ok(Box::new(reader.map(move |record| {
            let record = match record {
                Err(error) if error.is_of_one_record() => return Err(nameless(&error).into()),
                record => record?,
            };
            let line = record.line;
            record.content.entry().map(Cow::Owned).ok_or_else(|| {
                SourceError::Ldif(LdifError { file: name.clone(), line, problem: LdifProblem::ChangeInSource })
            })
        })))
    }
}

/// An entry whose name cannot be read. Its GUID is not known then, so that it looks like one that is gone.
fn nameless(error: &LdifError) -> EntryFault {
    EntryFault {
        entry: format!("{}:{}", error.file, error.line),
        role: Role::User,
        field: "dn".to_owned(),
        message: error.problem.to_string(),
        hides_others: true,
    }
}
