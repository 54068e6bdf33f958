//! A directory in memory: entries from an LDIF file, to which files of changes are applied as a server would.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;

use super::ldif::{
    ChangeRecord, Content, LdifError, LdifProblem, Modification, ModificationKind, OpenValues, RecordReader, Warning,
    template_fault,
};
use super::{Entries, Source, SourceError, collected};
use crate::channel::{Channel, Surroundings};
use crate::entry::Entry;
use crate::entry::dn::{AssertionValue, Dn, Rdn};

/// Bytes of a file that is held in memory.
const LARGEST_FILE: u64 = 1024 * 1024 * 1024;

/// Entries by name, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    entries: Vec<Option<Position>>,
    by_key: HashMap<Box<str>, usize>,
    /// Values with open placeholders, by the file that they stand in.
    placeholders: Vec<(String, OpenValues)>,
}

#[derive(Clone, Debug)]
struct Position {
    entry: Entry,
    line: u64,
}

/// Where a record stands, for the errors about it.
struct At<'a> {
    file: &'a str,
    line: u64,
}

impl At<'_> {
    fn error(&self, problem: LdifProblem) -> LdifError {
        LdifError { file: self.file.to_owned(), line: self.line, problem }
    }
}

impl Directory {
    /// Reads a file of entries.
    ///
    /// # Errors
    /// The first fault of the file; a file without entries is one.
    pub fn open(path: &Path) -> Result<(Self, Vec<Warning>), LdifError> {
        Self::read(RecordReader::open(path)?.within(LARGEST_FILE))
            .map_err(|error| template_fault(path, &error).unwrap_or(error))
    }

    /// Reads entries that are already in memory; `name` stands for the file in errors.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn parse(name: &str, text: &str) -> Result<(Self, Vec<Warning>), LdifError> {
        Self::read(RecordReader::new(name, text.as_bytes()))
    }

    fn read<R: BufRead>(mut reader: RecordReader<R>) -> Result<(Self, Vec<Warning>), LdifError> {
        let name = reader.name().to_owned();
        let mut directory = Self::default();
        for record in reader.by_ref() {
            let record = record?;
            let at = At { file: &name, line: record.line };
            let entry = record.content.entry().ok_or_else(|| at.error(LdifProblem::ChangeInSource))?;
            if let Some(held) = directory.by_key.get(entry.dn.key()).and_then(|&at| directory.entries[at].as_ref()) {
                return Err(at.error(LdifProblem::Twice(entry.dn.to_string(), held.line)));
            }
            directory.insert(entry, &at)?;
        }
        if directory.by_key.is_empty() {
            return Err(LdifError { file: name, line: 0, problem: LdifProblem::Empty });
        }
        directory.placeholders.push((name, reader.take_placeholders()));
        Ok((directory, reader.warnings().to_vec()))
    }

    /// Applies a file of changes; stops at the first that cannot be applied, with those before it done.
    ///
    /// # Errors
    /// The first fault of the file, or the first change that a directory server would refuse.
    pub fn apply_file(&mut self, path: &Path) -> Result<Vec<Warning>, LdifError> {
        self.apply_records(RecordReader::open(path)?.within(LARGEST_FILE))
    }

    /// Applies changes that are already in memory.
    ///
    /// # Errors
    /// As [`Self::apply_file`].
    pub fn apply(&mut self, name: &str, text: &str) -> Result<Vec<Warning>, LdifError> {
        self.apply_records(RecordReader::new(name, text.as_bytes()))
    }

    fn apply_records<R: BufRead>(&mut self, mut reader: RecordReader<R>) -> Result<Vec<Warning>, LdifError> {
        let name = reader.name().to_owned();
        let mut is_empty = true;
        for record in reader.by_ref() {
            let record = record?;
            is_empty = false;
            let at = At { file: &name, line: record.line };
            match record.content {
                Content::Entry(_) => return Err(at.error(LdifProblem::EntryInChanges)),
                Content::Change { dn, change } => self.change(&dn, change, &at)?,
            }
        }
        if is_empty {
            return Err(LdifError { file: name, line: 0, problem: LdifProblem::NoChange });
        }
        self.placeholders.push((name, reader.take_placeholders()));
        Ok(reader.warnings().to_vec())
    }

    /// An entry by name.
    #[must_use]
    pub fn get(&self, dn: &Dn) -> Option<&Entry> {
        let position = *self.by_key.get(dn.key())?;
        self.entries[position].as_ref().map(|held| &held.entry)
    }

    /// The entries in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().flatten().map(|held| &held.entry)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    fn insert(&mut self, entry: Entry, at: &At<'_>) -> Result<(), LdifError> {
        if let Some(&position) = self.by_key.get(entry.dn.key()) {
            let line = self.entries[position].as_ref().map_or(0, |held| held.line);
            return Err(at.error(LdifProblem::Exists(entry.dn.to_string(), line)));
        }
        self.by_key.insert(entry.dn.key().into(), self.entries.len());
        self.entries.push(Some(Position { entry, line: at.line }));
        Ok(())
    }

    fn held(&mut self, dn: &Dn, at: &At<'_>) -> Result<&mut Position, LdifError> {
        self.by_key
            .get(dn.key())
            .and_then(|&position| self.entries[position].as_mut())
            .ok_or_else(|| at.error(LdifProblem::Missing(dn.to_string())))
    }

    fn change(&mut self, dn: &Dn, change: ChangeRecord, at: &At<'_>) -> Result<(), LdifError> {
        match change {
            ChangeRecord::Add(entry) => self.insert(entry, at),
            ChangeRecord::Delete => self.delete(dn, at),
            ChangeRecord::Modify(modifications) => {
                let held = self.held(dn, at)?;
                // All parts or none: a server applies a modify as a whole.
                let mut entry = held.entry.clone();
                for modification in modifications {
                    let at = At { file: at.file, line: modification.line };
                    modify(&mut entry, modification).map_err(|problem| at.error(problem))?;
                }
                held.entry = entry;
                Ok(())
            }
            ChangeRecord::Rename { new_rdn, delete_old_rdn, new_superior } => {
                self.rename(dn, &new_rdn, delete_old_rdn, new_superior.as_ref(), at)
            }
        }
    }

    fn delete(&mut self, dn: &Dn, at: &At<'_>) -> Result<(), LdifError> {
        self.held(dn, at)?;
        if self.iter().any(|entry| entry.dn != *dn && entry.dn.is_within(dn)) {
            return Err(at.error(LdifProblem::HasChildren(dn.to_string())));
        }
        if let Some(position) = self.by_key.remove(dn.key()) {
            self.entries[position] = None;
        }
        Ok(())
    }

    fn rename(
        &mut self,
        dn: &Dn,
        new_rdn: &Rdn,
        delete_old_rdn: bool,
        new_superior: Option<&Dn>,
        at: &At<'_>,
    ) -> Result<(), LdifError> {
        self.held(dn, at)?;
        let parent = match new_superior {
            Some(parent) if self.by_key.contains_key(parent.key()) => parent.rdns(),
            Some(parent) => return Err(at.error(LdifProblem::Missing(parent.to_string()))),
            None => &dn.rdns()[1..],
        };
        let renamed_dn = Dn::under(new_rdn.clone(), parent);
        if renamed_dn != *dn
            && let Some(&position) = self.by_key.get(renamed_dn.key())
        {
            let line = self.entries[position].as_ref().map_or(0, |held| held.line);
            return Err(at.error(LdifProblem::Exists(renamed_dn.to_string(), line)));
        }
        let depth = dn.rdns().len();
        let moved: Vec<usize> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, held)| held.as_ref().is_some_and(|held| held.entry.dn.is_within(dn)))
            .map(|(position, _)| position)
            .collect();
        for position in moved {
            let Some(held) = &mut self.entries[position] else { continue };
            self.by_key.remove(held.entry.dn.key());
            let own = held.entry.dn.rdns();
            let mut renamed = renamed_dn.clone();
            for rdn in own[..own.len() - depth].iter().rev() {
                renamed = Dn::under(rdn.clone(), renamed.rdns());
            }
            if own.len() == depth {
                rename_values(&mut held.entry, &dn.rdns()[0], new_rdn, delete_old_rdn);
            }
            held.entry.dn = renamed;
            self.by_key.insert(held.entry.dn.key().into(), position);
        }
        Ok(())
    }
}

impl Source for Directory {
    fn surroundings(&self, channel: &Channel) -> Result<Surroundings, SourceError> {
        for (file, placeholders) in &self.placeholders {
            placeholders.refused_for(file, channel)?;
        }
        collected(self, channel)
    }

    fn entries(&self) -> Result<Entries<'_>, SourceError> {
        Ok(Box::new(self.iter().map(|entry| Ok(std::borrow::Cow::Borrowed(entry)))))
    }
}

/// The values of the relative name are values of the entry as well (RFC 4511 section 4.9).
fn rename_values(entry: &mut Entry, old: &Rdn, new: &Rdn, delete_old: bool) {
    if delete_old {
        for assertion in &old.assertions {
            if let AssertionValue::Text(text) = &assertion.value {
                entry.remove_value(&assertion.attribute, text.as_bytes());
            }
        }
    }
    for assertion in &new.assertions {
        if let AssertionValue::Text(text) = &assertion.value
            && !entry.has_value(&assertion.attribute, text.as_bytes())
        {
            entry.push(&assertion.attribute, text.as_bytes());
        }
    }
}

fn modify(entry: &mut Entry, modification: Modification) -> Result<(), LdifProblem> {
    let Modification { operation, attribute, values, .. } = modification;
    let dn = entry.dn.to_string();
    match operation {
        ModificationKind::Add => {
            for value in values {
                if entry.has_value(&attribute, &value) {
                    return Err(LdifProblem::ValueExists { dn, attribute: attribute.into(), value: lossy(&value) });
                }
                entry.push(&attribute, value);
            }
        }
        ModificationKind::Delete if values.is_empty() => {
            if !entry.remove(&attribute) {
                return Err(LdifProblem::NoSuchAttribute { dn, attribute: attribute.into() });
            }
        }
        ModificationKind::Delete => {
            for value in values {
                if !entry.remove_value(&attribute, &value) {
                    return Err(LdifProblem::NoSuchValue { dn, attribute: attribute.into(), value: lossy(&value) });
                }
            }
        }
        ModificationKind::Replace => {
            entry.remove(&attribute);
            for value in values {
                entry.push(&attribute, value);
            }
        }
    }
    Ok(())
}

fn lossy(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

#[cfg(test)]
mod tests;
