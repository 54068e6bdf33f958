//! The rows of `csvde`, Active Directory's export as CSV (RFC 4180): the first column is the name, the values of an attribute
//! are separated by semicolons, and bytes stand as `X'0a1b'`.

use std::io::{BufRead, Read, Take};

use weir_files::document;

use super::lines::LARGEST_RECORD;
use super::{Content, LdifProblem, Record};
use crate::entry::Entry;
use crate::entry::dn::Dn;

/// Whether a file that begins so has the head that `csvde` writes.
pub(super) fn is_head(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\"").unwrap_or(start);
    let name = start.split(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')).next().unwrap_or_default();
    name.eq_ignore_ascii_case(b"dn") && start.get(2) != Some(&b':')
}

/// The separator of a file that begins as one of `csvde` would, if it is another than the comma.
pub(super) fn other_separator(start: &[u8]) -> Option<&'static str> {
    let start = start.strip_prefix(b"\"").unwrap_or(start);
    let behind = start.get(..2).filter(|name| name.eq_ignore_ascii_case(b"dn")).and(start.get(2..))?;
    match behind.strip_prefix(b"\"").unwrap_or(behind).first() {
        Some(b';') => Some("semicolons"),
        Some(b'\t') => Some("tabs"),
        Some(b'|') => Some("vertical bars"),
        _ => None,
    }
}

/// The entries of a file.
pub(super) struct CsvdeRows<R> {
    /// Gives each row so many bytes at most: one whose quotation mark is not closed has no end before that of the file.
    reader: csv::Reader<Take<Tail<R>>>,
    heads: Vec<String>,
    most: u64,
    largest_row: usize,
}

/// Bytes that the parser reads ahead, which belong to the rows behind.
const AHEAD: usize = 8 * 1024;

type RowFault = (u64, LdifProblem);

/// A file on its way to the parser, which takes the end of the file for the end of a value and of a row.
struct Tail<R> {
    source: R,
    /// Whether a quotation mark is open.
    is_open: bool,
    last: Option<u8>,
    /// Whether the end of the file was reached.
    has_ended: bool,
}

impl<R> Tail<R> {
    const fn new(source: R) -> Self {
        Self { source, is_open: false, last: None, has_ended: false }
    }

    /// Whether the file ended inside a row: `csvde` ends each with a line end.
    fn is_cut(&self) -> bool {
        self.has_ended && (self.is_open || self.last.is_some_and(|last| !matches!(last, b'\n' | b'\r')))
    }
}

impl<R: BufRead> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        for byte in &buffer[..count] {
            self.is_open ^= *byte == b'"';
        }
        self.has_ended |= count == 0 && !buffer.is_empty();
        self.last = buffer[..count].last().copied().or(self.last);
        Ok(count)
    }
}

impl<R: BufRead> CsvdeRows<R> {
    pub(super) fn new(source: R, most: u64) -> Self {
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).buffer_capacity(AHEAD);
        Self {
            reader: builder.from_reader(Tail::new(source).take(0)),
            heads: Vec::new(),
            most,
            largest_row: LARGEST_RECORD,
        }
    }

    /// The next entry; nothing at the end of the file.
    pub(super) fn record(&mut self) -> Result<Option<Record>, RowFault> {
        loop {
            let mut row = csv::StringRecord::new();
            let line = self.reader.position().line();
            self.reader.get_mut().set_limit((self.largest_row + AHEAD) as u64);
            let is_there = self.reader.read_record(&mut row).map_err(|error| (line, fault(&error)))?;
            if self.reader.get_ref().limit() == 0 {
                return Err((line, LdifProblem::LargeRow(self.largest_row)));
            }
            if !is_there {
                return Ok(None);
            }
            if self.reader.get_ref().get_ref().is_cut() {
                return Err((line, LdifProblem::CutRow));
            }
            if self.reader.position().byte() > self.most {
                return Err((line, LdifProblem::LargeFile(self.most)));
            }
            if self.heads.is_empty() {
                self.heads = row.iter().map(|head| head.trim().to_owned()).collect();
                check_heads(&self.heads).map_err(|problem| (line, problem))?;
                continue;
            }
            return self.entry(line, &row).map(|entry| Some(Record { line, content: Content::Entry(entry) }));
        }
    }

    fn entry(&self, line: u64, row: &csv::StringRecord) -> Result<Entry, RowFault> {
        if row.len() != self.heads.len() {
            return Err((line, LdifProblem::Columns { found: row.len(), expected: self.heads.len() }));
        }
        let dn = Dn::parse(row.get(0).unwrap_or_default()).map_err(|error| (line, error.into()))?;
        if dn.rdns().is_empty() {
            return Err((line, LdifProblem::EmptyDn));
        }
        let mut entry = Entry::new(dn);
        for (head, field) in self.heads.iter().zip(row).skip(1) {
            for value in values(field) {
                entry.push(head, bytes(&value).map_err(|problem| (line, problem))?);
            }
        }
        entry.join_ranges();
        Ok(entry)
    }
}

/// Of two columns of one name the values of both would be those of one attribute.
fn check_heads(heads: &[String]) -> Result<(), LdifProblem> {
    for (second, name) in heads.iter().enumerate() {
        if let Some(first) = heads[..second].iter().position(|other| other.eq_ignore_ascii_case(name)) {
            return Err(LdifProblem::Heading { name: name.clone(), first: first + 1, second: second + 1 });
        }
    }
    Ok(())
}

fn fault(error: &csv::Error) -> LdifProblem {
    match error.kind() {
        csv::ErrorKind::Io(error) => LdifProblem::Unreadable(document::reason(error)),
        csv::ErrorKind::Utf8 { .. } => LdifProblem::NotUtf8,
        _ => LdifProblem::Unreadable(error.to_string()),
    }
}

/// The values of a field. A backslash before a semicolon or a backslash belongs to the separator and not to the value.
fn values(field: &str) -> Vec<String> {
    if field.is_empty() {
        return Vec::new();
    }
    let mut values = vec![String::new()];
    let mut rest = field.chars().peekable();
    while let Some(c) = rest.next() {
        let last = values.last_mut().expect("there is one");
        match (c, rest.peek()) {
            ('\\', Some(&next @ (';' | '\\'))) => {
                last.push(next);
                rest.next();
            }
            (';', _) => values.push(String::new()),
            _ => last.push(c),
        }
    }
    values
}

/// The bytes of a value.
fn bytes(value: &str) -> Result<Vec<u8>, LdifProblem> {
    let Some(digits) = value.strip_prefix("X'").and_then(|rest| rest.strip_suffix('\'')) else {
        return Ok(value.as_bytes().to_vec());
    };
    let pair = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let read: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(pair).collect();
    read.filter(|_| digits.len().is_multiple_of(2)).ok_or_else(|| LdifProblem::Bytes(value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::{LdifError, RecordReader};
    use super::*;

    fn read(text: &str) -> Result<Vec<Entry>, LdifError> {
        let records = RecordReader::new("people.csv", text.as_bytes());
        records.map(|record| Ok(record?.content.entry().expect("a row is an entry"))).collect()
    }

    #[test]
    fn a_row_is_an_entry_with_the_values_of_its_columns() {
        let text = "DN,objectClass,cn,member,objectGUID,description\r\n\
            \"CN=Byron\\, Ada,DC=x\",top;person;user,\"Byron, Ada\",,X'01020304050607080910111213141516',\"two\nlines; \"\"quoted\"\"\"\r\n\
            \"CN=All,DC=x\",top;group,All,\"CN=Byron\\\\, Ada,DC=x;CN=Bo,DC=x\",,a\\;b\r\n";
        let entries = read(text).unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].dn.first_value("cn"), Some("Byron, Ada"));
        assert!(entries[0].is_a("user"));
        assert_eq!(entries[0].text("cn"), Some("Byron, Ada"));
        assert_eq!(entries[0].values("objectGUID").next().map(<[u8]>::len), Some(16));
        assert_eq!(entries[1].texts("member").collect::<Vec<_>>(), ["CN=Byron\\, Ada,DC=x", "CN=Bo,DC=x"]);
        assert_eq!(entries[1].texts("description").collect::<Vec<_>>(), ["a;b"]);
        assert_eq!(entries[1].values("objectGUID").count(), 0);
    }

    /// Behind the quotation mark all the file is one value.
    #[test]
    fn a_quotation_mark_that_is_not_closed_does_not_fill_the_memory() {
        let rest = std::io::repeat(b'a').take(64 * 1024 * 1024);
        let file =
            std::io::Cursor::new("DN,cn\n\"CN=a,DC=x\",a\n\"CN=b,DC=x\",\"").chain(std::io::BufReader::new(rest));
        let mut rows = CsvdeRows { largest_row: 100_000, ..CsvdeRows::new(file, u64::MAX) };
        assert!(rows.record().unwrap().is_some());
        assert_eq!(rows.record(), Err((3, LdifProblem::LargeRow(100_000))));
        assert!(rows.reader.position().byte() < 200_000, "no more is read");
        let long = "a".repeat(100_000 - 20);
        let text = format!("DN,cn\n\"CN=a,DC=x\",{long}\n\"CN=b,DC=x\",b\n");
        let mut rows = CsvdeRows { largest_row: 100_000, ..CsvdeRows::new(text.as_bytes(), u64::MAX) };
        assert!(rows.record().unwrap().is_some() && rows.record().unwrap().is_some());
    }

    #[test]
    fn a_row_that_is_cut_is_refused_with_its_line() {
        for (text, said) in [
            ("DN,cn\n\"CN=a,DC=x\"\n", "people.csv, line 2: the row has 1 values under 2 headings"),
            ("DN,cn\n\"no name\",a\n", "people.csv, line 2: \"no name\" is not a distinguished name"),
            ("DN,objectGUID\n\"CN=a,DC=x\",X'0g'\n", "people.csv, line 2: \"X'0g'\" is neither"),
            ("DN,cn\n\"CN=a,DC=x\",a\n\"CN=b,DC=x\",by", "people.csv, line 3: the file ends inside this row"),
            (
                "DN,cn,CN\n\"CN=a,DC=x\",a,b\n",
                "people.csv, line 1: the heading \"CN\" stands in column 2 and in column 3",
            ),
            ("DN;cn\n\"CN=a,DC=x\";a\n", "people.csv, line 1: the columns are separated by semicolons"),
            ("\"dn\"\tcn\nx\ta\n", "people.csv, line 1: the columns are separated by tabs"),
            ("DN,cn\n\"CN=a,DC=x\",\"two\n", "people.csv, line 2: the file ends inside this row"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
        }
    }
}
