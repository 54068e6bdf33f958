//! The faults of an LDIF file. Every message says what stands there and what to write instead.

use weir_files::fault::{FileFault, Place};
use weir_files::kind::DocumentKind;

use crate::entry::dn::DnSyntaxError;

/// A fault in a file. `line` counts from 1; 0 means the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdifError {
    pub file: String,
    pub line: u64,
    pub problem: LdifProblem,
}

impl LdifError {
    /// Whether only one record is spoiled: what comes after it can be read.
    #[must_use]
    pub const fn is_of_one_record(&self) -> bool {
        matches!(self.problem, LdifProblem::Dn(_) | LdifProblem::EmptyDn)
    }
}

impl std::fmt::Display for LdifError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        FileFault::from(self.clone()).fmt(f)
    }
}

impl LdifProblem {
    /// The file is a document of another kind.
    #[must_use]
    pub fn another(kind: DocumentKind) -> Self {
        let mut fault = kind.instead_of("an export of a directory");
        if matches!(kind, DocumentKind::User | DocumentKind::Users) {
            fault = fault.with_remedy("users of PingOne need their rule, with --rule");
        }
        Self::OtherDocument(fault.to_string())
    }
}

impl From<LdifError> for FileFault {
    fn from(error: LdifError) -> Self {
        let place = if error.line == 0 { Place::Whole } else { Place::Line(error.line, None) };
        Self::new(place, error.problem.to_string()).of(error.file)
    }
}

impl std::error::Error for LdifError {}

/// The faults.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LdifProblem {
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    #[error("the file is a pipe, which can be read once only, and each cycle reads its source anew; save it to a file")]
    Pipe,
    #[error("the file is larger than {0} bytes, and with --changes or --step it is held in memory; give a smaller one")]
    LargeFile(u64),
    #[error("the file holds no entry; give the export of a directory, for example the output of `ldapsearch -LLL`")]
    Empty,
    #[error("the file holds no change; a change is `dn:`, `changetype:` and what belongs to it")]
    NoChange,
    #[error("the file holds a NUL byte, so it is not text; LDIF has such values in base64 (`attribute:: value`)")]
    Nul,
    #[error("the line is longer than {0} bytes; is this an LDIF file?")]
    LongLine(usize),
    #[error("the record is larger than {0} bytes; is a blank line between the records missing?")]
    LargeRecord(usize),
    #[error("the line is not UTF-8; export values that are not text in base64 (`attribute:: value`)")]
    NotUtf8,
    #[error("the line starts with a blank, which continues a line, but there is none before it; remove the blank")]
    Continuation,
    #[error("{0:?} has no colon; a line is `attribute: value`, and a continued line starts with a blank")]
    NoColon(String),
    #[error(
        "{0:?} is not an attribute description; it is a name such as `mail`, with options after semicolons such as `cn;lang-en`"
    )]
    AttributeDescription(String),
    #[error("the value of {0} is not base64; `::` announces base64, a plain value stands after one colon")]
    Base64(String),
    #[error(
        "{0} takes its value from a URL (`:<`), which is refused because reading a file must not read others; put the value itself there in base64 (`::`)"
    )]
    Url(String),
    #[error("version {0:?} is unknown; only `version: 1` exists")]
    Version(String),
    #[error("`version` stands only once, in the first line")]
    MisplacedVersion,
    #[error("a record starts with `dn:`, but here is {0:?}; is the line above wrongly blank?")]
    NoDn(String),
    #[error(
        "the search that wrote this file ended with {0:?}, so that entries are missing; repeat it in pages, as `ldapsearch -E pr=500/noprompt` does, or with a name that may read all"
    )]
    Unfinished(String),
    #[error(
        "the line has a carriage return without a line feed; lines end with a line feed, with or without a carriage return before it: convert the file"
    )]
    CarriageReturn,
    #[error(
        "the search that wrote this file gave {announced}, but {found} before this line: the file is cut, or was joined of others; export it again, or remove this comment if entries were left out on purpose"
    )]
    EntryCount { announced: String, found: String },
    #[error("the entry {0} stands in line {1} already; keep one")]
    Twice(String, u64),
    #[error("the columns are separated by {0}, and csvde separates them by commas; export the file with commas")]
    Separator(&'static str),
    #[error("the heading {name:?} stands in column {first} and in column {second}; keep one of them")]
    Heading { name: String, first: usize, second: usize },
    #[error("{0}")]
    Template(String),
    #[error("the row has {found} values under {expected} headings; is a quotation mark missing?")]
    Columns { found: usize, expected: usize },
    #[error(
        "the file ends inside this row, while csvde ends each row with a line end: values are cut off; export it again, or, if it is whole, end its last line"
    )]
    CutRow,
    #[error("the row is larger than {0} bytes; is a quotation mark not closed?")]
    LargeRow(usize),
    #[error("{0:?} is neither a text nor bytes as csvde writes them (`X'0a1b'`)")]
    Bytes(String),
    #[error("a second `dn:` in one record; put a blank line before it")]
    SecondDn,
    #[error(transparent)]
    Dn(#[from] DnSyntaxError),
    #[error("the name of an entry cannot be empty here")]
    EmptyDn,
    #[error("an entry needs at least one attribute")]
    NoAttributes,
    #[error("changetype {0:?} is unknown; use add, delete, modify, modrdn or moddn")]
    ChangeType(String),
    #[error("`changetype` must stand directly after `dn:` and controls")]
    MisplacedChangeType,
    #[error("`control` must be followed by `changetype`")]
    ControlWithoutChange,
    #[error(
        "{0:?} is not a control; it is an object identifier, then optionally true or false, then optionally a value"
    )]
    Control(String),
    #[error(
        "a delete has no lines after `changetype: delete`, but here is {0:?}; put a blank line before the next record"
    )]
    AfterDelete(String),
    #[error("a modify needs at least one of `add:`, `delete:` and `replace:`")]
    NoModifications,
    #[error("{0:?} is not a modification; use add, delete or replace, and close each with a line `-`")]
    ModificationKind(String),
    #[error("increment (RFC 4525) is not supported; use `replace:` with the new value")]
    Increment,
    #[error("`{operation}: {attribute}` is followed by a value of {found}; close each modification with a line `-`")]
    OtherAttribute { operation: &'static str, attribute: String, found: String },
    #[error("`add: {0}` has no value; give at least one line `{0}: value`")]
    AddWithoutValue(String),
    #[error("`-` closes a modification, but none is open")]
    MisplacedHyphen,
    #[error("a rename needs {0}")]
    Incomplete(&'static str),
    #[error("a rename has newrdn, deleteoldrdn and newsuperior in this order, but here is {0:?}")]
    RenameLine(String),
    #[error("deleteoldrdn is 0 or 1, not {0:?}")]
    DeleteOldRdn(String),
    #[error("newrdn is a single relative name such as `cn=Sales`: {0}")]
    NewRdn(DnSyntaxError),
    #[error(
        "this record changes an entry or deletes it, but the source holds entries; give a file of changes to --changes"
    )]
    ChangeInSource,
    #[error("{0}")]
    OtherDocument(String),
    #[error("this is an entry, but a file of changes is expected; say `changetype: add` after its dn")]
    EntryInChanges,
    #[error("the entry {0} exists already; was it given in line {1} of the source, or added by an earlier change?")]
    Exists(String, u64),
    #[error("there is no entry {0}; the change cannot be applied")]
    Missing(String),
    #[error("{0} has entries below it; delete those first")]
    HasChildren(String),
    #[error("{dn}: attribute {attribute} has no value {value:?} to delete")]
    NoSuchValue { dn: String, attribute: String, value: String },
    #[error("{dn}: there is no attribute {attribute} to delete")]
    NoSuchAttribute { dn: String, attribute: String },
    #[error("{dn}: attribute {attribute} already has the value {value:?}")]
    ValueExists { dn: String, attribute: String, value: String },
}
