//! Physical lines to logical lines to the lines of one record: folding, comments, line ends, and the limits that keep
//! memory bounded.

use std::io::BufRead;

use weir_files::document;

use super::LdifProblem;

/// The longest logical line: a photograph in base64 fits, a file that is not LDIF does not fill the memory.
pub(super) const LONGEST_LINE: usize = 16 * 1024 * 1024;
/// The largest record: a group of half a million members fits.
pub(super) const LARGEST_RECORD: usize = 128 * 1024 * 1024;

/// A line with its continuations, and the number of the first.
#[derive(Clone, Debug)]
pub(super) struct LogicalLine {
    pub number: u64,
    pub text: String,
}

impl LogicalLine {
    pub(super) fn is_version(&self) -> bool {
        self.text.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("version:"))
    }
}

pub(super) struct Lines<R> {
    source: R,
    number: u64,
    /// A line that was read to see whether it continues the one before.
    ahead: Option<Vec<u8>>,
    /// Bytes that are read at most, and that have been read.
    most: u64,
    read: u64,
    /// The last line that was read has no end.
    is_open: bool,
    /// What a comment said, until it is taken.
    announced: Option<Announcement>,
}

/// How many entries a search gave, as `ldapsearch` writes it behind them, and the line that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Announcement {
    pub line: u64,
    pub entries: u64,
}

type LineFault = (u64, LdifProblem);

impl<R: BufRead> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, number: 0, ahead: None, most: u64::MAX, read: 0, is_open: false, announced: None }
    }

    pub(super) fn within(self, most: u64) -> Self {
        Self { most, ..self }
    }

    /// The number of the last line of the file, if it has no end: a tool ends each of its lines.
    pub(super) fn open_line(&self) -> Option<u64> {
        self.is_open.then_some(self.number)
    }

    /// The lines of the next record without comments; nothing at the end of the file.
    pub(super) fn record(&mut self) -> Result<Option<Vec<LogicalLine>>, LineFault> {
        let mut record: Vec<LogicalLine> = Vec::new();
        let mut size = 0;
        while let Some(line) = self.logical()? {
            if line.text.is_empty() {
                if record.is_empty() {
                    continue;
                }
                break;
            }
            if let Some(comment) = line.text.strip_prefix('#') {
                let entries =
                    comment.trim_start().strip_prefix("numEntries:").and_then(|count| count.trim().parse().ok());
                if let Some(entries) = entries {
                    self.announced = Some(Announcement { line: line.number, entries });
                }
                continue;
            }
            size += line.text.len();
            if size > LARGEST_RECORD {
                return Err((line.number, LdifProblem::LargeRecord(LARGEST_RECORD)));
            }
            record.push(line);
        }
        Ok((!record.is_empty()).then_some(record))
    }

    /// The number of entries that the lines before the last record announced, once.
    pub(super) const fn take_announcement(&mut self) -> Option<Announcement> {
        self.announced.take()
    }

    fn logical(&mut self) -> Result<Option<LogicalLine>, LineFault> {
        let Some(mut bytes) = self.physical()? else { return Ok(None) };
        let number = self.number;
        if bytes.first() == Some(&b' ') {
            return Err((number, LdifProblem::Continuation));
        }
        // A blank line ends a record and is not continued: a blank after it is a fault of its own.
        if !bytes.is_empty() {
            while let Some(next) = self.physical()? {
                if next.first() != Some(&b' ') {
                    self.ahead = Some(next);
                    break;
                }
                bytes.extend_from_slice(&next[1..]);
                if bytes.len() > LONGEST_LINE {
                    return Err((number, LdifProblem::LongLine(LONGEST_LINE)));
                }
            }
        }
        if bytes.contains(&0) {
            return Err((number, LdifProblem::Nul));
        }
        if bytes.contains(&b'\r') {
            return Err((number, LdifProblem::CarriageReturn));
        }
        let text = String::from_utf8(bytes).map_err(|_| (number, LdifProblem::NotUtf8))?;
        Ok(Some(LogicalLine { number, text }))
    }

    /// One physical line without its end, which is LF or CRLF.
    fn physical(&mut self) -> Result<Option<Vec<u8>>, LineFault> {
        if let Some(line) = self.ahead.take() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        let limit = LONGEST_LINE as u64 + 2;
        let read = std::io::Read::take(&mut self.source, limit)
            .read_until(b'\n', &mut line)
            .map_err(|error| (self.number, LdifProblem::Unreadable(document::reason(&error))))?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.read += read as u64;
        if self.read > self.most {
            return Err((self.number, LdifProblem::LargeFile(self.most)));
        }
        self.is_open = line.last() != Some(&b'\n');
        if !self.is_open {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        if line.len() > LONGEST_LINE {
            return Err((self.number, LdifProblem::LongLine(LONGEST_LINE)));
        }
        Ok(Some(line))
    }
}
