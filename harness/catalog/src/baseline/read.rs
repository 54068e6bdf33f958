//! Reads a baseline file.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use scim::requirement;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;
use weir_files::fault::{Fault, fault};
use weir_judge::Verdict;

use super::{BaselineError, Entry, EntrySubject};
use crate::checks;

/// What an entry may be about: nobody expects a pass or a skip, and an error is a fault of the harness.
const VERDICTS: [Verdict; 4] = [Verdict::Note, Verdict::Warn, Verdict::Blocked, Verdict::Fail];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineDocument {
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

pub(super) fn entries(
    file: &str,
    text: &str,
    clients: &[&str],
) -> Result<BTreeMap<EntrySubject, Entry>, BaselineError> {
    read(text, clients).map_err(|fault| BaselineError {
        file: file.to_owned(),
        place: fault.place(text),
        problem: fault.problem,
    })
}

fn read(text: &str, clients: &[&str]) -> Result<BTreeMap<EntrySubject, Entry>, Fault> {
    let document: BaselineDocument = toml::from_str(text)?;
    let mut entries = BTreeMap::new();
    for row in document.finding {
        let span = row.span();
        let (about, entry) = entry(row.into_inner(), &span, clients)?;
        let name = about.name();
        if entries.insert(about, entry).is_some() {
            return fault(span, format!("there is a second entry for {name}; keep one"));
        }
    }
    Ok(entries)
}

fn entry(row: FindingRow, span: &Range<usize>, clients: &[&str]) -> Result<(EntrySubject, Entry), Fault> {
    let about = match (row.check, row.step, row.client) {
        (Some(check), None, None) => {
            if checks::find(check.get_ref()).is_none() {
                return fault(
                    check.span(),
                    format!("there is no check {:?}; `weir list checks` shows all", check.get_ref()),
                );
            }
            EntrySubject::Check(check.into_inner())
        }
        (None, Some(step), Some(client)) => {
            if !clients.contains(&client.get_ref().as_str()) {
                return fault(
                    client.span(),
                    format!("{:?} is not a client; use one of {}", client.get_ref(), clients.join(", ")),
                );
            }
            EntrySubject::Step { client: client.into_inner(), id: step.into_inner() }
        }
        _ => {
            return fault(span.clone(), "an entry has either `check`, or `step` and `client`".to_owned());
        }
    };
    let word = row.verdict.get_ref();
    let Some(verdict) = VERDICTS.into_iter().find(|verdict| verdict.as_str() == word) else {
        return fault(row.verdict.span(), format!("{word:?} is none of note, warn, blocked and fail"));
    };
    for id in row.breaks.iter().flatten() {
        if requirement::find(id.get_ref()).is_none() {
            return fault(
                id.span(),
                format!("there is no requirement {:?}; `weir list requirements` shows all", id.get_ref()),
            );
        }
    }
    if row.reason.get_ref().trim().is_empty() {
        return fault(row.reason.span(), "say why the finding is accepted".to_owned());
    }
    if let Some(link) = row.link.as_ref().filter(|link| !link.get_ref().contains("://")) {
        return fault(link.span(), format!("{:?} is no URL", link.get_ref()));
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

fn day(expires: &Spanned<Datetime>) -> Result<Date, Fault> {
    let written = expires.get_ref();
    let only_a_day = written.time.is_none() && written.offset.is_none();
    match written.to_string().parse() {
        Ok(day) if only_a_day => Ok(day),
        _ => fault(expires.span(), format!("{written} is no day, as 2030-12-31 is")),
    }
}
