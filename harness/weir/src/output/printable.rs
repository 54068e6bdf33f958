//! What the process may show: text without secrets, in which every character can be seen.
//!
//! Whatever goes to standard output, to standard error or into a file passes here, or, in a report, through the event stream and
//! the writers of the formats.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use weir_exchange::legible::{self, Legible, LegibleWriter};
use weir_exchange::secrets;
use weir_files::private;

use crate::failure::Failure;

/// A text that may be shown.
#[derive(Clone, Debug)]
pub struct Printable(String);

impl Printable {
    /// A JSON document, indented. Its members keep their places and names, whatever the secrets are; a name that a peer chose has
    /// been filtered.
    pub fn json(mut value: Value) -> Self {
        secrets::mask_json_values(&mut value);
        Self(legible::json(&format!("{value:#}\n")).into_owned())
    }

    /// A text of Weir's own, every character of which can be seen. What a peer sent has been filtered, so that a secret that is
    /// an ordinary word does not take the words of the text with it.
    pub fn own(text: &str) -> Self {
        Self(legible::lines(text).into_owned())
    }

    /// A text in which no word is a peer's, such as a script for a shell, or one whose purpose is to hand out credentials.
    pub const fn as_is(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Writes it to a file that its owner alone can read.
    pub fn write_to(&self, path: &Path) -> Result<(), Failure> {
        private::write(path, &self.0)
            .map_err(|error| Failure::Usage(format!("{} cannot be written: {error}", path.display())))
    }
}

impl From<&str> for Printable {
    fn from(text: &str) -> Self {
        Self(legible::lines(&secrets::masked(text)).into_owned())
    }
}

impl From<String> for Printable {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

/// Writes a sentence to standard error, in one line.
pub fn notice(sentence: impl Display) {
    let sentence = sentence.to_string();
    // What cannot be written there must not end the run.
    let _ = writeln!(io::stderr(), "weir: {}", Legible(secrets::masked(&sentence)));
}

/// Standard error for logs: each message is one write. A message that says the same as the one before is counted, and its number
/// is written before the next other one, and each time that it has doubled.
pub struct Log {
    colour: bool,
    last: Mutex<LastMessage>,
}

impl Log {
    pub fn new(colour: bool) -> Self {
        Self { colour, last: Mutex::default() }
    }
}

/// A message without its time, and how often it came.
#[derive(Default)]
struct LastMessage {
    message: String,
    count: u64,
}

impl LastMessage {
    /// What is to be written when a message comes.
    fn next(&mut self, line: &str) -> String {
        let message = line.split_once(' ').map_or(line, |(_, message)| message);
        if message == self.message {
            self.count += 1;
            return if self.count.is_power_of_two() { self.said() } else { String::new() };
        }
        let before = if self.count > 1 && !self.count.is_power_of_two() { self.said() } else { String::new() };
        *self = Self { message: message.to_owned(), count: 1 };
        before + line
    }

    fn said(&self) -> String {
        format!("the last message came {} times\n", self.count)
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = LogWriter<'w>;

    fn make_writer(&'w self) -> LogWriter<'w> {
        LogWriter { out: LegibleWriter::new(io::stderr(), self.colour), last: &self.last }
    }
}

/// Takes secrets out of each message.
pub struct LogWriter<'l> {
    out: LegibleWriter<io::Stderr>,
    last: &'l Mutex<LastMessage>,
}

impl Write for LogWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        // A count cannot be left half-done.
        let text = self.last.lock().unwrap_or_else(PoisonError::into_inner).next(&text);
        self.out.write_all(secrets::masked(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Lets a panic be told as everything else is; its message may quote what a peer sent.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        let message = panic.payload_as_str().unwrap_or("no message");
        notice(format_args!("thread {thread} panicked{place}: {message}"));
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            // Standard error may be closed, and a second panic would end the process.
            let _ = write!(LegibleWriter::new(io::stderr(), false), "{backtrace}");
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_comes_again_is_counted() {
        let mut last = LastMessage::default();
        let mut written = String::new();
        for second in 0..1000 {
            written += &last.next(&format!("04:{second} ERROR too many open files\n"));
        }
        written += &last.next("05:00 INFO other\n");
        written += &last.next("05:01 INFO third\n");
        assert_eq!(written.lines().count(), 13, "{written}");
        assert!(written.starts_with("04:0 ERROR too many open files\nthe last message came 2 times\n"), "{written}");
        assert!(
            written.ends_with("the last message came 1000 times\n05:00 INFO other\n05:01 INFO third\n"),
            "{written}"
        );
    }
}
