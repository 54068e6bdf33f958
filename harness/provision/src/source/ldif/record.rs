//! The lines of one record to its content.
//!
//! ```text
//! ldif-attrval-record = dn-spec SEP 1*attrval-spec
//! ldif-change-record  = dn-spec SEP *control changerecord
//! changerecord        = "changetype:" FILL (change-add / change-delete / change-modify / change-moddn)
//! mod-spec            = ("add:" / "delete:" / "replace:") FILL AttributeDescription SEP *attrval-spec "-" SEP
//! attrval-spec        = AttributeDescription value-spec SEP
//! value-spec          = ":" (FILL 0*1(SAFE-STRING) / ":" FILL (BASE64-STRING) / "<" FILL url)
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::lines::LogicalLine;
use super::{ChangeRecord, Content, LdifProblem, Modification, ModificationKind, Record};
use crate::entry::dn::{Dn, Rdn};
use crate::entry::{Entry, Flaw, ranges};

type RecordFault = (u64, LdifProblem);

/// The outcome of a record's lines.
pub(super) enum RecordOutcome {
    Record(RecordWithNotes),
    /// No entry and no change: what the tools of directories write besides, with the note that is worth.
    PassedOver(Option<(u64, String)>),
}

/// A record with what its reader should tell about it.
pub(super) struct RecordWithNotes {
    pub record: Record,
    pub warnings: Vec<(u64, String)>,
    /// The first line that holds an unencoded value beyond ASCII.
    pub unencoded: Option<u64>,
}

/// `attribute`, `value` of one line, decoded.
struct Spec<'a> {
    number: u64,
    line: &'a str,
    attribute: &'a str,
    value: Box<[u8]>,
    /// The value stands elsewhere (`:<`).
    is_by_url: bool,
}

impl Spec<'_> {
    fn is(&self, keyword: &str) -> bool {
        self.attribute.eq_ignore_ascii_case(keyword)
    }

    /// The value, which must stand here.
    fn value(self) -> Result<Box<[u8]>, RecordFault> {
        if self.is_by_url { Err(self.by_url()) } else { Ok(self.value) }
    }

    fn by_url(&self) -> RecordFault {
        (self.number, LdifProblem::Url(self.attribute.to_owned()))
    }

    fn text(&self) -> Result<&str, RecordFault> {
        if self.is_by_url {
            return Err(self.by_url());
        }
        std::str::from_utf8(&self.value).map_err(|_| (self.number, LdifProblem::NotUtf8))
    }

    fn dn(&self) -> Result<Dn, RecordFault> {
        let dn = Dn::parse(self.text()?).map_err(|error| (self.number, error.into()))?;
        if dn.rdns().is_empty() {
            return Err((self.number, LdifProblem::EmptyDn));
        }
        Ok(dn)
    }
}

pub(super) fn check_version(line: &LogicalLine) -> Result<(), RecordFault> {
    let version = spec(line)?;
    match version.text()?.trim() {
        "1" => Ok(()),
        other => Err((line.number, LdifProblem::Version(other.to_owned()))),
    }
}

pub(super) fn parse(lines: &[LogicalLine]) -> Result<RecordOutcome, RecordFault> {
    let mut warnings = Vec::new();
    let unencoded = lines.iter().find(|line| !line.text.is_ascii()).map(|line| line.number);
    // A record has at least one line: `Lines::record` leaves empty ones out.
    let (first, mut rest) = lines.split_first().expect("a record has lines");
    if first.is_version() {
        return Err((first.number, LdifProblem::MisplacedVersion));
    }
    if let Some(passed_over) = trailer(lines)? {
        return Ok(passed_over);
    }
    let name = spec(first)?;
    if !name.is("dn") {
        return Err((first.number, LdifProblem::NoDn(shown(&first.text))));
    }
    if name.text()?.trim().is_empty() && is_entry(rest) {
        let note = "the root DSE is neither a person nor a group; it is left out".to_owned();
        return Ok(RecordOutcome::PassedOver(Some((first.number, note))));
    }
    let dn = name.dn()?;
    let mut has_control = false;
    while let Some((line, after)) = rest.split_first()
        && starts_with_keyword(&line.text, "control")
    {
        let identifier = control(line)?;
        warnings.push((line.number, format!("control {identifier} of {dn} is ignored")));
        has_control = true;
        rest = after;
    }
    let content = match rest.split_first() {
        Some((line, after)) if starts_with_keyword(&line.text, "changetype") => {
            let kind = spec(line)?;
            let change = change(&dn, kind.text()?.trim(), line.number, after, &mut warnings)?;
            Content::Change { dn, change }
        }
        Some((line, _)) if has_control => return Err((line.number, LdifProblem::ControlWithoutChange)),
        None if has_control => return Err((first.number, LdifProblem::ControlWithoutChange)),
        _ => Content::Entry(entry(dn, first.number, rest)?),
    };
    Ok(RecordOutcome::Record(RecordWithNotes { record: Record { line: first.number, content }, warnings, unencoded }))
}

/// Whether a record is an entry, and not a change to one that exists.
fn is_entry(rest: &[LogicalLine]) -> bool {
    let kind = rest.iter().find(|line| starts_with_keyword(&line.text, "changetype"));
    kind.is_none_or(|line| spec(line).is_ok_and(|kind| kind.value.trim_ascii().eq_ignore_ascii_case(b"add")))
}

/// Whether the lines are those of an entry, whatever is wrong with it, and not a reference or the result of a search.
pub(super) fn is_of_an_entry(lines: &[LogicalLine]) -> bool {
    lines.first().is_some_and(|line| starts_with_keyword(&line.text, "dn"))
}

/// The lines that `ldapsearch` writes behind the entries without `-LLL`: the search's result, and references to other servers.
fn trailer(lines: &[LogicalLine]) -> Result<Option<RecordOutcome>, RecordFault> {
    const OF_A_RESULT: [&str; 7] = ["search", "result", "control", "pagedresults", "matchedDN", "text", "sortResult"];
    let is_named = |line: &LogicalLine, names: &[&str]| names.iter().any(|name| starts_with_keyword(&line.text, name));
    let Some(first) = lines.first() else { return Ok(None) };
    if is_named(first, &["ref"]) {
        let note = format!("another server holds a part of the directory, which is not in this file: {}", first.text);
        return Ok(Some(RecordOutcome::PassedOver(Some((first.number, note)))));
    }
    if !is_named(first, &["search", "result"]) || !lines.iter().all(|line| is_named(line, &OF_A_RESULT)) {
        return Ok(None);
    }
    for line in lines.iter().filter(|line| is_named(line, &["result"])) {
        let result = spec(line)?;
        let said = result.text()?.trim();
        if said.split_whitespace().next() != Some("0") {
            return Err((line.number, LdifProblem::Unfinished(said.to_owned())));
        }
    }
    Ok(Some(RecordOutcome::PassedOver(None)))
}

fn entry(dn: Dn, line: u64, lines: &[LogicalLine]) -> Result<Entry, RecordFault> {
    let mut entry = Entry::new(dn);
    for line in lines {
        let spec = spec(line)?;
        if spec.is("dn") {
            return Err((line.number, LdifProblem::SecondDn));
        }
        if spec.is("changetype") {
            return Err((line.number, LdifProblem::MisplacedChangeType));
        }
        if spec.is_by_url && spec.is("objectClass") {
            return Err(spec.by_url());
        }
        if spec.is_by_url {
            entry.note_flaw(spec.attribute, Flaw::ByUrl);
        } else {
            entry.push(spec.attribute, spec.value);
        }
    }
    if lines.is_empty() {
        return Err((line, LdifProblem::NoAttributes));
    }
    entry.join_ranges();
    Ok(entry)
}

fn change(
    dn: &Dn,
    kind: &str,
    line: u64,
    lines: &[LogicalLine],
    warnings: &mut Vec<(u64, String)>,
) -> Result<ChangeRecord, RecordFault> {
    match kind.to_ascii_lowercase().as_str() {
        "add" => Ok(ChangeRecord::Add(entry(dn.clone(), line, lines)?)),
        "delete" => match lines.first() {
            Some(extra) => Err((extra.number, LdifProblem::AfterDelete(shown(&extra.text)))),
            None => Ok(ChangeRecord::Delete),
        },
        "modify" => modifications(line, lines, warnings).map(ChangeRecord::Modify),
        "modrdn" | "moddn" => rename(line, lines),
        _ => Err((line, LdifProblem::ChangeType(kind.to_owned()))),
    }
}

fn modifications(
    line: u64,
    lines: &[LogicalLine],
    warnings: &mut Vec<(u64, String)>,
) -> Result<Vec<Modification>, RecordFault> {
    let mut done = Vec::new();
    let mut open: Option<Modification> = None;
    for line in lines {
        if line.text.trim_end() == "-" {
            let modification = open.take().ok_or((line.number, LdifProblem::MisplacedHyphen))?;
            done.push(complete(modification)?);
            continue;
        }
        let spec = spec(line)?;
        let Some(modification) = &mut open else {
            open = Some(modification_head(&spec)?);
            continue;
        };
        if !spec.attribute.eq_ignore_ascii_case(&modification.attribute) {
            return Err((
                line.number,
                LdifProblem::OtherAttribute {
                    operation: modification.operation.as_str(),
                    attribute: modification.attribute.to_string(),
                    found: spec.attribute.to_owned(),
                },
            ));
        }
        modification.values.push(spec.value()?);
    }
    if let Some(modification) = open {
        warnings
            .push((modification.line, "the last modification of the record is not closed by a line `-`".to_owned()));
        done.push(complete(modification)?);
    }
    if done.is_empty() {
        return Err((line, LdifProblem::NoModifications));
    }
    Ok(done)
}

fn modification_head(spec: &Spec<'_>) -> Result<Modification, RecordFault> {
    let operation = match spec.attribute.to_ascii_lowercase().as_str() {
        "add" => ModificationKind::Add,
        "delete" => ModificationKind::Delete,
        "replace" => ModificationKind::Replace,
        "increment" => return Err((spec.number, LdifProblem::Increment)),
        _ => return Err((spec.number, LdifProblem::ModificationKind(shown(spec.line)))),
    };
    let attribute = spec.text()?.trim();
    if !is_attribute_description(attribute) {
        return Err((spec.number, LdifProblem::AttributeDescription(attribute.to_owned())));
    }
    Ok(Modification { line: spec.number, operation, attribute: attribute.into(), values: Vec::new() })
}

fn complete(modification: Modification) -> Result<Modification, RecordFault> {
    if modification.operation == ModificationKind::Add && modification.values.is_empty() {
        return Err((modification.line, LdifProblem::AddWithoutValue(modification.attribute.to_string())));
    }
    Ok(modification)
}

impl ModificationKind {
    /// As the file spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Delete => "delete",
            Self::Replace => "replace",
        }
    }
}

fn rename(line: u64, lines: &[LogicalLine]) -> Result<ChangeRecord, RecordFault> {
    let mut lines = lines.iter();
    let first = lines.next().ok_or((line, LdifProblem::Incomplete("a line `newrdn: cn=New Name`")))?;
    let new_rdn = expect(first, "newrdn")?;
    let new_rdn = Rdn::parse(new_rdn.text()?).map_err(|error| (first.number, LdifProblem::NewRdn(error)))?;
    let second = lines.next().ok_or((first.number, LdifProblem::Incomplete("a line `deleteoldrdn: 1` or `0`")))?;
    let delete_old_rdn = match expect(second, "deleteoldrdn")?.text()?.trim() {
        "0" => false,
        "1" => true,
        other => return Err((second.number, LdifProblem::DeleteOldRdn(other.to_owned()))),
    };
    let new_superior = match lines.next() {
        None => None,
        Some(third) => Some(expect(third, "newsuperior")?.dn()?),
    };
    match lines.next() {
        Some(extra) => Err((extra.number, LdifProblem::RenameLine(shown(&extra.text)))),
        None => Ok(ChangeRecord::Rename { new_rdn, delete_old_rdn, new_superior }),
    }
}

fn expect<'a>(line: &'a LogicalLine, keyword: &str) -> Result<Spec<'a>, RecordFault> {
    let spec = spec(line)?;
    if spec.is(keyword) { Ok(spec) } else { Err((line.number, LdifProblem::RenameLine(shown(&line.text)))) }
}

/// `control = "control:" FILL ldap-oid 0*1(1*SPACE ("true" / "false")) 0*1(value-spec) SEP`
fn control(line: &LogicalLine) -> Result<String, RecordFault> {
    let bad = || (line.number, LdifProblem::Control(shown(&line.text)));
    let (_, rest) = line.text.split_once(':').ok_or_else(bad)?;
    let head = rest.split(':').next().unwrap_or(rest);
    let mut words = head.split_whitespace();
    let identifier = words.next().ok_or_else(bad)?;
    let is_number = identifier.contains('.')
        && identifier.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()));
    let criticality = words.next().is_none_or(|word| matches!(word, "true" | "false"));
    if is_number && criticality && words.next().is_none() { Ok(identifier.to_owned()) } else { Err(bad()) }
}

fn starts_with_keyword(text: &str, keyword: &str) -> bool {
    text.get(..keyword.len()).is_some_and(|head| head.eq_ignore_ascii_case(keyword))
        && text.as_bytes().get(keyword.len()) == Some(&b':')
}

fn spec(line: &LogicalLine) -> Result<Spec<'_>, RecordFault> {
    let number = line.number;
    let (attribute, rest) =
        line.text.split_once(':').ok_or_else(|| (number, LdifProblem::NoColon(shown(&line.text))))?;
    if !is_attribute_description(attribute) {
        return Err((number, LdifProblem::AttributeDescription(shown(attribute))));
    }
    let is_by_url = rest.starts_with('<');
    let value: Box<[u8]> = if let Some(encoded) = rest.strip_prefix(':') {
        // Folding and editors leave blanks at the end.
        STANDARD.decode(encoded.trim()).map_err(|_| (number, LdifProblem::Base64(attribute.to_owned())))?.into()
    } else if is_by_url {
        Box::default()
    } else {
        rest.trim_start_matches(' ').as_bytes().into()
    };
    Ok(Spec { number, line: &line.text, attribute, value, is_by_url })
}

/// `AttributeDescription = AttributeType [";" options]` (RFC 2849; a type is a name or an object identifier).
pub(super) fn is_attribute_description(text: &str) -> bool {
    let mut parts = text.split(';');
    let kind = parts.next().unwrap_or_default();
    let is_option = |option: &str| {
        !option.is_empty() && option.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    // Active Directory hands over long lists in parts: `member;range=0-1499`.
    let is_option = |option: &str| is_option(option) || ranges::range(option).is_some();
    let is_name = kind.starts_with(|c: char| c.is_ascii_alphabetic()) && is_option(kind);
    let is_number = kind.starts_with(|c: char| c.is_ascii_digit())
        && kind.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()));
    (is_name || is_number) && parts.all(is_option)
}

/// A line as a message shows it: not longer than a person reads.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
