//! A fault of one entry: the pass goes on without it.

use crate::entry::Role;

/// An entry, or a part of the source, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{entry}, {field}: {message}")]
pub struct EntryFault {
    /// The entry, as its source names it.
    pub entry: String,
    pub role: Role,
    /// The attribute or field to blame.
    pub field: String,
    pub message: String,
    /// Entries may be there that were not seen: no person may count as a leaver.
    pub hides_others: bool,
}
