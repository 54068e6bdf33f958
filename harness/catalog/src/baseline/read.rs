//! Reads a baseline file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use scim::requirement;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;
use weir_files::document;
use weir_files::fault::FileFault;
use weir_files::name::UnknownName;
use weir_judge::Verdict;

use super::{Entry, EntrySubject, StepNames};
use crate::assertion;

/// What an entry may be about: nobody expects a pass or a skip, and an error is a fault of the harness.
const VERDICTS: [Verdict; 4] = [Verdict::Note, Verdict::Warn, Verdict::Blocked, Verdict::Fail];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineDocument {
    written: Option<Spanned<Datetime>>,
    #[serde(default)]
    unseen: Vec<Spanned<String>>,
    #[serde(default)]
    finding: Vec<Spanned<FindingRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingRow {
    check: Option<Spanned<String>>,
    step: Option<Spanned<String>>,
    client: Option<Spanned<String>>,
    verdict: Spanned<String>,
    breaks: Option<Vec<Spanned<String>>>,
    reason: Spanned<String>,
    link: Option<Spanned<String>>,
    expires: Option<Spanned<Datetime>>,
}

/// The entries, what could not be judged when they were written, and the day of that.
type BaselineContents = (BTreeMap<EntrySubject, Entry>, BTreeSet<EntrySubject>, Option<Date>);

pub(super) fn document(file: &str, text: &str, names: StepNames<'_>) -> Result<BaselineContents, FileFault> {
    read(text, names).map_err(|fault| fault.within(file, text))
}

fn fault<T>(span: Range<usize>, problem: impl Into<String>, remedy: &str) -> Result<T, FileFault> {
    Err(FileFault::new(span, problem).with_remedy(remedy))
}

fn read(text: &str, names: StepNames<'_>) -> Result<BaselineContents, FileFault> {
    let document: BaselineDocument = document::toml(text)?;
    let mut entries = BTreeMap::new();
    for row in document.finding {
        let span = row.span();
        let (about, entry) = entry(row.into_inner(), &span, names)?;
        let name = about.name();
        if entries.insert(about, entry).is_some() {
            return fault(span, format!("there is a second entry for {name}"), "keep one");
        }
    }
    let unseen = document.unseen.iter().map(known_check).collect::<Result<_, _>>()?;
    let written = document.written.as_ref().map(day).transpose()?;
    Ok((entries, unseen, written))
}

fn known_check(check: &Spanned<String>) -> Result<EntrySubject, FileFault> {
    let Some(current) = assertion::current_name(check.get_ref()) else {
        let name = UnknownName::new("check", check.get_ref(), assertion::names());
        return Err(FileFault::unknown(check.span(), &name.listed_by("weir list checks")));
    };
    Ok(EntrySubject::Check(current))
}

fn entry(row: FindingRow, span: &Range<usize>, names: StepNames<'_>) -> Result<(EntrySubject, Entry), FileFault> {
    let about = match (row.check, row.step, row.client) {
        (Some(check), None, None) => known_check(&check)?,
        (None, Some(step), Some(client)) => {
            if !names.clients.contains(&client.get_ref().as_str()) {
                let name = UnknownName::new("client", client.get_ref(), names.clients);
                return Err(FileFault::unknown(client.span(), &name.listed_by("weir list clients")));
            }
            let id = step.get_ref();
            let is_known = |known: &&str| *known == id || (known.ends_with('.') && id.starts_with(*known));
            if !names.steps.iter().any(is_known) {
                return Err(FileFault::unknown(step.span(), &UnknownName::new("step", id, names.steps)));
            }
            EntrySubject::Step { client: client.into_inner(), id: step.into_inner() }
        }
        _ => {
            return fault(span.clone(), "an entry has either `check`, or `step` and `client`", "");
        }
    };
    let word = row.verdict.get_ref();
    let Some(verdict) = VERDICTS.into_iter().find(|verdict| verdict.as_str() == word) else {
        let name = UnknownName::new("verdict", word, VERDICTS.map(Verdict::as_str));
        return Err(FileFault::unknown(row.verdict.span(), &name));
    };
    for id in row.breaks.iter().flatten() {
        if requirement::find(id.get_ref()).is_none() {
            let known = requirement::all().iter().map(|requirement| requirement.id);
            let name = UnknownName::new("requirement", id.get_ref(), known);
            return Err(FileFault::unknown(id.span(), &name.listed_by("weir list requirements")));
        }
    }
    if row.reason.get_ref().trim().is_empty() {
        return fault(row.reason.span(), "the reason is empty", "say why the finding is accepted");
    }
    if let Some(link) = row.link.as_ref().filter(|link| !link.get_ref().contains("://")) {
        let remedy = "write a whole URL, such as https://example.com/tickets/7";
        return fault(link.span(), format!("{:?} is not a URL", link.get_ref()), remedy);
    }
    let entry = Entry {
        verdict,
        breaks: row.breaks.map(|breaks| breaks.into_iter().map(Spanned::into_inner).collect()),
        reason: row.reason.into_inner(),
        link: row.link.map(Spanned::into_inner),
        expires: row.expires.as_ref().map(day).transpose()?,
    };
    Ok((about, entry))
}

fn day(expires: &Spanned<Datetime>) -> Result<Date, FileFault> {
    let written = expires.get_ref();
    let only_a_day = written.time.is_none() && written.offset.is_none();
    match written.to_string().parse() {
        Ok(day) if only_a_day => Ok(day),
        _ => fault(expires.span(), format!("{written} is not a day"), "write one such as 2030-12-31"),
    }
}
