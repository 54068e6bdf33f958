//! Insertions into source files, by their lines.

use std::path::{Path, PathBuf};

use crate::TaskError;

/// A source file that is being changed.
pub struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    pub fn read(path: &Path) -> Result<Self, TaskError> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|source| TaskError::File { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), text })
    }

    pub fn write(&self) -> Result<(), TaskError> {
        std::fs::write(&self.path, &self.text).map_err(|source| TaskError::File { path: self.path.clone(), source })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Inserts a record before the first of `list` whose id, which follows `head`, is greater.
    pub fn insert_record(&mut self, list: &str, head: &str, id: &str, record: &str) -> Result<(), TaskError> {
        self.refuse_second(id)?;
        let (start, end) = self.list(list)?;
        let mut at = end;
        let mut offset = start;
        for line in self.text[start..end].split_inclusive('\n') {
            let rest = &self.text[offset..end];
            let is_head = line.strip_prefix("    ").is_some_and(|line| line.starts_with(head));
            let other = rest.split('"').nth(1).unwrap_or_default();
            if is_head && other > id {
                at = offset;
                break;
            }
            offset += line.len();
        }
        self.text.insert_str(at, record);
        Ok(())
    }

    /// Adds a record to the end of `list`.
    pub fn append_record(&mut self, list: &str, id: &str, record: &str) -> Result<(), TaskError> {
        self.refuse_second(id)?;
        let (_, end) = self.list(list)?;
        self.text.insert_str(end, record);
        Ok(())
    }

    /// Adds a function to the end of the file, before its tests.
    pub fn insert_function(&mut self, function: &str) {
        let at = self.text.find("\n#[cfg(test)]").unwrap_or(self.text.len());
        self.text.insert_str(at, function);
    }

    /// Inserts an entry of one line into `list`, before the first that is greater.
    pub fn insert_line(&mut self, list: &str, entry: &str) -> Result<(), TaskError> {
        let (start, end) = self.list(list)?;
        let mut at = end;
        let mut offset = start;
        for line in self.text[start..end].split_inclusive('\n') {
            if line > entry {
                at = offset;
                break;
            }
            offset += line.len();
        }
        self.text.insert_str(at, entry);
        Ok(())
    }

    /// Inserts a line among the lines that begin with `head`, before the first that is greater.
    pub fn insert_sorted(&mut self, head: &str, line: &str) -> Result<(), TaskError> {
        let mut lines: Vec<&str> = self.text.lines().collect();
        let heads = || lines.iter().enumerate().filter(|(_, other)| other.starts_with(head));
        let at = heads().find(|(_, other)| **other > line).map(|(index, _)| index);
        let Some(at) = at.or_else(|| heads().next_back().map(|(index, _)| index + 1)) else {
            return Err(self.shape(head));
        };
        lines.insert(at, line);
        self.text = lines.join("\n") + "\n";
        Ok(())
    }

    /// Where the entries of a list begin and end, which is at the line `];`.
    fn list(&self, list: &str) -> Result<(usize, usize), TaskError> {
        let head = self.text.find(list).ok_or_else(|| self.shape(list))?;
        let start = head + self.text[head..].find('\n').ok_or_else(|| self.shape(list))? + 1;
        let end = start + self.text[start..].find("\n];").ok_or_else(|| self.shape("];"))? + 1;
        Ok((start, end))
    }

    fn refuse_second(&self, id: &str) -> Result<(), TaskError> {
        if self.text.contains(&format!("\"{id}\"")) {
            return Err(TaskError::Exists { id: id.to_owned(), path: self.path.clone() });
        }
        Ok(())
    }

    fn shape(&self, expected: &str) -> TaskError {
        TaskError::Shape { path: self.path.clone(), expected: expected.to_owned() }
    }
}
