//! Rows and GUIDs as bytes: flags, then what they announce, numbers little-endian, texts behind their length.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Guid, Row, SentState};

const VERSION: u8 = 1;

const TARGET_ID: u8 = 1;
const DIRTY: u8 = 1 << 1;
const CREATE_PENDING: u8 = 1 << 2;
const GONE: u8 = 1 << 3;
const SENT_USER: u8 = 1 << 4;
const SENT_GROUP: u8 = 1 << 5;
const ACTIVE: u8 = 1 << 6;
const BODY: u8 = 1 << 7;

const UUID: u8 = 0;
const TEXT: u8 = 1;

/// A GUID as a key.
pub(super) fn key(guid: &Guid) -> Vec<u8> {
    let (tag, bytes): (u8, &[u8]) = match guid {
        Guid::Uuid(uuid) => (UUID, uuid.as_bytes()),
        Guid::Text(text) => (TEXT, text.as_bytes()),
    };
    let mut key = Vec::with_capacity(bytes.len() + 1);
    key.push(tag);
    key.extend_from_slice(bytes);
    key
}

/// The GUID of a key; nothing if it is none.
pub(super) fn guid(key: &[u8]) -> Option<Guid> {
    let (tag, bytes) = key.split_first()?;
    match *tag {
        UUID => Uuid::from_slice(bytes).ok().map(Guid::Uuid),
        TEXT => std::str::from_utf8(bytes).ok().map(|text| Guid::Text(text.into())),
        _ => None,
    }
}

/// A row as a value.
pub(super) fn encode(row: &Row) -> Vec<u8> {
    let mut flags = 0;
    let mut set = |flag: u8, on: bool| flags |= if on { flag } else { 0 };
    set(TARGET_ID, row.target_id.is_some());
    set(DIRTY, row.dirty);
    set(CREATE_PENDING, row.create_pending);
    set(GONE, row.gone);
    if let Some(SentState::User { active, body, .. }) = &row.sent {
        set(SENT_USER, true);
        set(ACTIVE, *active);
        set(BODY, body.is_some());
    }
    set(SENT_GROUP, matches!(row.sent, Some(SentState::Group { .. })));
    let mut out = vec![VERSION, flags];
    if let Some(id) = &row.target_id {
        put_text(&mut out, id);
    }
    put_text(&mut out, &row.identifier);
    match &row.sent {
        Some(SentState::User { fingerprint, body, .. }) => {
            out.extend_from_slice(&fingerprint.to_le_bytes());
            if let Some(body) = body {
                put_text(&mut out, body);
            }
        }
        Some(SentState::Group { members }) => {
            put_count(&mut out, members.len());
            for member in members {
                put_text(&mut out, member);
            }
        }
        None => {}
    }
    out
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    // A text or list of more than 4 GiB cannot have come from an entry: a record is limited far below.
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_count(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// The row of a value; nothing if it is none.
pub(super) fn decode(bytes: &[u8]) -> Option<Row> {
    let [VERSION, flags, rest @ ..] = bytes else { return None };
    let mut rest = rest;
    let has = |flag: u8| flags & flag != 0;
    let target_id = if has(TARGET_ID) { Some(take_text(&mut rest)?) } else { None };
    let identifier = take_text(&mut rest)?;
    let sent = if has(SENT_USER) {
        let fingerprint = u64::from_le_bytes(take(&mut rest, 8)?.try_into().ok()?);
        let body = if has(BODY) { Some(take_text(&mut rest)?) } else { None };
        Some(SentState::User { fingerprint, active: has(ACTIVE), body })
    } else if has(SENT_GROUP) {
        let mut members = BTreeSet::new();
        for _ in 0..take_count(&mut rest)? {
            members.insert(take_text(&mut rest)?);
        }
        Some(SentState::Group { members })
    } else {
        None
    };
    rest.is_empty().then(|| Row {
        target_id,
        sent,
        dirty: has(DIRTY),
        create_pending: has(CREATE_PENDING),
        identifier,
        gone: has(GONE),
    })
}

/// The target id of a value, without the rest: absent if it is not known yet.
///
/// # Errors
/// It is not a row.
pub(super) fn decode_target_id(bytes: &[u8]) -> Result<Option<Box<str>>, NoRow> {
    let [VERSION, flags, rest @ ..] = bytes else { return Err(NoRow) };
    let mut rest = rest;
    if flags & TARGET_ID == 0 { Ok(None) } else { take_text(&mut rest).map(Some).ok_or(NoRow) }
}

/// A value that is not a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoRow;

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn take_count(rest: &mut &[u8]) -> Option<usize> {
    let bytes = take(rest, 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

fn take_text(rest: &mut &[u8]) -> Option<Box<str>> {
    let length = take_count(rest)?;
    std::str::from_utf8(take(rest, length)?).ok().map(Into::into)
}
