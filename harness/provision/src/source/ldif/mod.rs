//! LDIF (RFC 2849), read as a stream: one record in memory at a time, each fault named with file, line and remedy.
//!
//! Beyond the grammar two things are accepted with a warning, because exports have them: values in UTF-8 that are not
//! base64, and a last modification without its closing `-`. URLs as values (`:<`) are not followed, so that reading a file
//! never reads another. What the tools of directories write besides entries is passed over, and the rows of `csvde` are
//! entries as well.

mod csvde;
mod error;
mod lines;
mod open_values;
mod record;

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

pub use error::{LdifError, LdifProblem};
use lines::{Announcement, Lines, LogicalLine};
pub(super) use open_values::OpenValues;
use weir_files::count::counted;
use weir_files::document;
use weir_files::encoding::TextReader;
use weir_files::kind::DocumentKind;
use weir_files::template::Placeholders;

use crate::entry::Entry;
use crate::entry::dn::{Dn, Rdn};

/// One record with the number of its first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub line: u64,
    pub content: Content,
}

/// The content of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// An entry as it is (an attrval-record).
    Entry(Entry),
    /// A change to an entry (a change-record).
    Change { dn: Dn, change: ChangeRecord },
}

impl Content {
    /// The entry: one as it is, or one that is added, which is how `ldifde` and `ldapmodify` write them. Nothing for a change
    /// to an entry that exists.
    #[must_use]
    pub fn entry(self) -> Option<Entry> {
        match self {
            Self::Entry(entry) | Self::Change { change: ChangeRecord::Add(entry), .. } => Some(entry),
            Self::Change { .. } => None,
        }
    }

    /// As [`Self::entry`], without taking it.
    #[must_use]
    pub const fn is_entry(&self) -> bool {
        matches!(self, Self::Entry(_) | Self::Change { change: ChangeRecord::Add(_), .. })
    }
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

/// The kind of a [`Modification`].
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
    form: FileForm<R>,
    /// Bytes that are read at most.
    most: u64,
    /// Whether a record, or a version line, has been read.
    begun: bool,
    failed: bool,
    warnings: Vec<Warning>,
    unencoded: bool,
    /// Entries since the last comment that said how many there are.
    since_announcement: u64,
    placeholders: OpenValues,
}

/// How the file is written, by its beginning.
enum FileForm<R> {
    Unknown(TextReader<R>),
    Ldif(Lines<TextReader<R>>),
    Csvde(csvde::CsvdeRows<TextReader<R>>),
    /// It was another document, or cannot be read.
    None,
}

/// Bytes of another document that are looked at, to say what it is.
const LOOKED_AT: u64 = 16 * 1024 * 1024;

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
            form: FileForm::Unknown(TextReader::new(source)),
            most: u64::MAX,
            begun: false,
            failed: false,
            warnings: Vec::new(),
            unencoded: false,
            since_announcement: 0,
            placeholders: OpenValues::default(),
        }
    }

    /// The same, which reads so many bytes at most; a file that is longer is a fault.
    #[must_use]
    pub fn within(self, bytes: u64) -> Self {
        Self { most: bytes, ..self }
    }

    /// The warnings so far.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The values read so far in which a placeholder stands open.
    pub(super) fn take_placeholders(&mut self) -> OpenValues {
        std::mem::take(&mut self.placeholders)
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

    /// Looks at the beginning of the file.
    fn begin(&mut self) -> Result<(), (u64, LdifProblem)> {
        let FileForm::Unknown(mut source) = std::mem::replace(&mut self.form, FileForm::None) else { return Ok(()) };
        let unreadable = |error: &std::io::Error| (0, LdifProblem::Unreadable(document::reason(error)));
        let start = source.fill_buf().map_err(|error| unreadable(&error))?.trim_ascii_start();
        match start.first() {
            Some(b'{' | b'[' | b'<') => {
                let mut text = Vec::new();
                source.take(LOOKED_AT).read_to_end(&mut text).map_err(|error| unreadable(&error))?;
                let kind = DocumentKind::of(&String::from_utf8_lossy(&text));
                return Err((0, LdifProblem::another(kind)));
            }
            _ if DocumentKind::of(&String::from_utf8_lossy(start)) == DocumentKind::Toml => {
                return Err((0, LdifProblem::another(DocumentKind::Toml)));
            }
            _ if csvde::other_separator(start).is_some() => {
                let separator = csvde::other_separator(start).unwrap_or_default();
                return Err((1, LdifProblem::Separator(separator)));
            }
            _ if csvde::is_head(start) => self.form = FileForm::Csvde(csvde::CsvdeRows::new(source, self.most)),
            _ => self.form = FileForm::Ldif(Lines::new(source).within(self.most)),
        }
        Ok(())
    }

    fn read_record(&mut self) -> Result<Option<Record>, (u64, LdifProblem)> {
        if let FileForm::Unknown(_) = self.form {
            self.begin()?;
        }
        loop {
            let parsed = match &mut self.form {
                FileForm::Unknown(_) | FileForm::None => return Ok(None),
                FileForm::Csvde(rows) => {
                    let record = rows.record()?;
                    self.placeholders.note_row(record.as_ref());
                    return Ok(record);
                }
                FileForm::Ldif(lines) => {
                    let record = lines.record()?;
                    if let Some(announced) = lines.take_announcement() {
                        check_count(announced, std::mem::take(&mut self.since_announcement))?;
                    }
                    let Some(mut record) = record else {
                        if let Some(line) = lines.open_line() {
                            self.warn(line, "the last line has no end; if the file was cut off, entries are missing");
                        }
                        return Ok(None);
                    };
                    let is_first = !std::mem::replace(&mut self.begun, true);
                    if is_first && record.first().is_some_and(LogicalLine::is_version) {
                        record::check_version(&record.remove(0))?;
                        if record.is_empty() {
                            continue;
                        }
                    }
                    self.since_announcement += u64::from(record::is_of_an_entry(&record));
                    self.placeholders.note_lines(&record);
                    record::parse(&record)?
                }
            };
            let parsed = match parsed {
                record::RecordOutcome::Record(parsed) => parsed,
                record::RecordOutcome::PassedOver(note) => {
                    self.warnings.extend(note.map(|(line, text)| Warning { line, text }));
                    continue;
                }
            };
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

/// Compares what a search said it gave with what stands in the file.
fn check_count(announced: Announcement, found: u64) -> Result<(), (u64, LdifProblem)> {
    if announced.entries == found {
        return Ok(());
    }
    let said = |count| counted(count, "entry", "entries");
    let stand = if found == 1 { "stands" } else { "stand" };
    let problem =
        LdifProblem::EntryCount { announced: said(announced.entries), found: format!("{} {stand}", said(found)) };
    Err((announced.line, problem))
}

/// The fault of a file of names with open placeholders, as a template of a server's profile has them; nothing if it has none.
fn template(path: &Path, text: &str) -> Option<LdifError> {
    let fault = Placeholders::of_text(text).refused().err()?;
    Some(LdifError { file: path.display().to_string(), line: 0, problem: LdifProblem::Template(fault.to_string()) })
}

/// The fault of the whole file, where an entry's name is at fault because the file is a template.
pub(super) fn template_fault(path: &Path, error: &LdifError) -> Option<LdifError> {
    let LdifProblem::Dn(fault) = &error.problem else { return None };
    let text = fault.text.contains("${").then(|| document::read(path).ok()).flatten()?;
    template(path, &text)
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
