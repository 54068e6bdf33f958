//! What can be wrong with the files of a PingOne source.

use std::path::Path;

use serde_json::Value;

/// A fault in a file; the place is a user, a key or a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingOneFault {
    pub file: String,
    pub place: String,
    pub problem: String,
}

impl PingOneFault {
    pub(super) fn new(file: &str, place: &str, problem: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: place.to_owned(), problem: problem.into() }
    }
}

impl std::fmt::Display for PingOneFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.place.is_empty() {
            write!(f, "{}: {}", self.file, self.problem)
        } else {
            write!(f, "{}: {}: {}", self.file, self.place, self.problem)
        }
    }
}

impl std::error::Error for PingOneFault {}

pub(super) fn read(path: &Path) -> Result<String, PingOneFault> {
    let file = path.display().to_string();
    std::fs::read_to_string(path)
        .map_err(|error| PingOneFault::new(&file, "", format!("the file cannot be read: {error}")))
}

pub(super) fn json(file: &str, text: &str) -> Result<Value, PingOneFault> {
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        PingOneFault::new(file, &format!("line {}", error.line()), format!("not JSON: {message}"))
    })
}
