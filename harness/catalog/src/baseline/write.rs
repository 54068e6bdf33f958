//! Writes a baseline file: sorted, so that two runs which say the same give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::civil::Date;

use super::{Entry, EntrySubject};
use crate::assertion;
use weir_judge::parts_of_name;

const HEADER: &str = "\
# Findings that are known. `weir check --baseline` fails on a finding that is not here and on an entry whose day is over, and
# says which entries are mended (with `--strict-baseline` it fails on those too); `--update-baseline` writes this file anew.
# It keeps reason, link and expires, which are yours to fill in; comments are its own.
#
#   verdict   the gravest verdict that is known: note, warn, blocked or fail
#   breaks    the requirements that are known to be broken; without it, any (`weir explain ID` shows one)
#   reason    why it is so
#   link      where it is followed up (optional)
#   expires   the last day on which the entry holds, as in 2030-12-31 (optional)
#
# `written` is the day on which this file was written, `unseen` what could not be judged then: a later finding there was hidden,
# and fails a run only with `--strict-baseline`.
";

pub(super) fn text(
    entries: &BTreeMap<EntrySubject, Entry>,
    unseen: &BTreeSet<EntrySubject>,
    written: Option<Date>,
) -> String {
    let mut text = HEADER.to_owned();
    if let Some(day) = written {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "written = {day}");
    }
    let unseen: Vec<_> = unseen
        .iter()
        .filter_map(|about| match about {
            EntrySubject::Check(name) => Some(format!("    {},\n", quoted(name))),
            EntrySubject::Step { .. } => None,
        })
        .collect();
    if !unseen.is_empty() {
        let _ = writeln!(text, "unseen = [\n{}]", unseen.concat());
    }
    for (about, entry) in entries {
        // Writing to a string cannot fail.
        let _ = write_entry(&mut text, about, entry);
    }
    text
}

fn write_entry(text: &mut String, about: &EntrySubject, entry: &Entry) -> std::fmt::Result {
    text.push('\n');
    let line = |text: &mut String, key: &str, value: &str| writeln!(text, "{key} = {}", quoted(value));
    match about {
        EntrySubject::Check(check) => {
            if let Some(known) = assertion::find(parts_of_name(check).0) {
                writeln!(text, "# {}", known.title())?;
            }
            writeln!(text, "[[finding]]")?;
            line(text, "check", check)?;
        }
        EntrySubject::Step { client, id } => {
            writeln!(text, "# A step of this client's lifecycle\n[[finding]]")?;
            line(text, "step", id)?;
            line(text, "client", client)?;
        }
    }
    line(text, "verdict", entry.verdict.as_str())?;
    if let Some(breaks) = &entry.breaks {
        let ids: Vec<_> = breaks.iter().map(|id| quoted(id)).collect();
        writeln!(text, "breaks = [{}]", ids.join(", "))?;
    }
    line(text, "reason", &entry.reason)?;
    if let Some(link) = &entry.link {
        line(text, "link", link)?;
    }
    if let Some(expires) = entry.expires {
        writeln!(text, "expires = {expires}")?;
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
