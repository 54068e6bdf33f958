//! The events of a PingOne environment, one JSON object a line:
//!
//! ```json
//! {"event": "updated", "user": {"id": "…", "title": "Lamplighter"}}
//! {"event": "deleted", "id": "…"}
//! {"event": "rule-deleted"}
//! ```

use std::io::BufRead;
use std::path::Path;

use serde_json::Value;
use weir_files::document;
use weir_files::encoding::TextReader;
use weir_files::fault::{FileFault, Place};
use weir_files::kind::DocumentKind;
use weir_files::member::Members;
use weir_files::name::UnknownName;
use weir_files::template::Placeholders;

use super::{fault, user};

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    Created,
    Updated,
    Enabled,
    Disabled,
    Deleted,
    JoinedRule,
    LeftRule,
    RuleDeleted,
}

impl EventKind {
    const ALL: [Self; 8] = [
        Self::Created,
        Self::Updated,
        Self::Enabled,
        Self::Disabled,
        Self::Deleted,
        Self::JoinedRule,
        Self::LeftRule,
        Self::RuleDeleted,
    ];

    /// As an event's line has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
            Self::JoinedRule => "joined-rule",
            Self::LeftRule => "left-rule",
            Self::RuleDeleted => "rule-deleted",
        }
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub change: EventKind,
    /// Whom it is about; empty for the rule itself.
    pub id: String,
    /// The user: all of a created one, else the members that changed.
    pub user: Option<Value>,
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.user.as_ref().and_then(|user| user["username"].as_str()).unwrap_or(&self.id);
        let blank = if name.is_empty() { "" } else { " " };
        write!(f, "{}{blank}{name}", self.change.as_str())
    }
}

/// Why an event does not fit what is known of the users.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    #[error("there is no user {0}")]
    NoUser(String),
    #[error("the user {0} was created before")]
    CreatedBefore(String),
    #[error("a created user has no attributes; give them in `user`")]
    NoAttributes,
}

/// Reads events as they come.
pub struct Events<R> {
    file: String,
    lines: std::io::Lines<R>,
    number: usize,
}

/// Events of a file, or of a pipe.
pub type EventFile = Events<TextReader<std::io::BufReader<Box<dyn std::io::Read + Send>>>>;

impl EventFile {
    /// Opens a file, or standard input for `-`. What is written to it later is read when it comes.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(path: &Path) -> Result<Self, FileFault> {
        let file = path.display().to_string();
        let reader: Box<dyn std::io::Read + Send> = if file == "-" {
            Box::new(std::io::stdin())
        } else {
            let unreadable = |error| document::unreadable(&file, &error);
            let opened = std::fs::File::open(path).map_err(unreadable)?;
            // A pipe is read once, as the events come.
            if opened.metadata().map_err(unreadable)?.is_file() {
                recognise(path)?;
            }
            Box::new(opened)
        };
        Ok(Self::new(&file, TextReader::new(std::io::BufReader::new(reader))))
    }
}

/// Refuses a document of another kind before anything is sent. One event that cannot be read is left out later.
fn recognise(path: &Path) -> Result<(), FileFault> {
    let text = document::read(path)?;
    match DocumentKind::of(&text) {
        DocumentKind::Event | DocumentKind::Events | DocumentKind::Empty => Ok(()),
        // The first line decides, as far as it is one.
        DocumentKind::Text if text.trim_start().starts_with('{') => Ok(()),
        kind => Err(kind.instead_of("a file of PingOne's events").of(path.display())),
    }
}

impl<R: BufRead> Events<R> {
    /// Reads from anything; `file` stands for the file in errors.
    pub fn new(file: &str, reader: R) -> Self {
        Self { file: file.to_owned(), lines: reader.lines(), number: 0 }
    }

    fn fault(&self, problem: impl Into<String>) -> FileFault {
        fault(&self.file, self.place(), problem)
    }

    fn place(&self) -> Place {
        Place::Line(self.number as u64, None)
    }

    /// A fault of a member of the event, which has no line of its own.
    fn at_line(&self, fault: FileFault) -> FileFault {
        let problem = match &fault.place {
            Place::Path(path) => format!("{path}: {}", fault.problem),
            _ => fault.problem,
        };
        FileFault { place: self.place(), problem, ..fault }.of(&self.file)
    }

    /// The line of the last event.
    pub const fn number(&self) -> usize {
        self.number
    }

    /// Where the events come from.
    pub fn file(&self) -> &str {
        &self.file
    }

    fn event(&self, line: &str) -> Result<Event, FileFault> {
        let document: Value = document::json(line).map_err(|fault| self.fault(fault.problem))?;
        let word = document["event"].as_str().unwrap_or_default();
        let kind = DocumentKind::of_json(&document);
        if kind != DocumentKind::Event && self.number == 1 {
            let fault = kind.instead_of("an event of PingOne");
            return Err(FileFault { place: self.place(), ..fault }.of(&self.file));
        }
        let change = EventKind::ALL.into_iter().find(|change| change.as_str() == word).ok_or_else(|| {
            let name = UnknownName::new("event", word, EventKind::ALL.map(EventKind::as_str));
            FileFault::unknown(self.place(), &name).of(&self.file)
        })?;
        Placeholders::of_json(&document, line, &|_, _| true).refused().map_err(|fault| self.at_line(fault))?;
        let members = Members::of(&document, "").map_err(|fault| self.at_line(fault))?;
        let own = members.text("id").map_err(|fault| self.at_line(fault))?;
        let mut user = document.get("user").filter(|user| !user.is_null()).cloned();
        user.iter_mut().for_each(user::normalise);
        let named = match &user {
            Some(user) => user::checked(user, "user").map_err(|fault| self.at_line(fault))?,
            None => None,
        };
        if let (Some(own), Some(named)) = (own, named)
            && own != named
        {
            return Err(self.fault(format!("id is {own:?}, and the user's id is {named:?}; keep one")));
        }
        let id = named.or(own).unwrap_or_default().to_owned();
        if id.is_empty() && change != EventKind::RuleDeleted {
            return Err(self.fault("the event does not say which user it is about; give id, or user with an id in it"));
        }
        Ok(Event { change, id, user })
    }
}

impl<R: BufRead> Iterator for Events<R> {
    type Item = Result<Event, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.number += 1;
            match self.lines.next()? {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => return Some(self.event(&line)),
                Err(error) => return Some(Err(self.fault(format!("cannot be read: {error}")))),
            }
        }
    }
}
