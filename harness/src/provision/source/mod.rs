//! Where a channel's people and groups come from.

pub mod directory;
pub mod dn;
pub mod entry;
pub mod filter;
pub mod ldif;
mod stream;

use std::borrow::Cow;

pub use directory::Directory;
pub use dn::Dn;
pub use entry::Entry;
pub use filter::EntryFilter;
pub use stream::LdifFile;

/// The entries of a source, one at a time.
pub type Entries<'a> = Box<dyn Iterator<Item = Result<Cow<'a, Entry>, SourceError>> + Send + 'a>;

/// A source can be read from its beginning as often as there are cycles.
///
/// A pass that ends with an error tells nothing about the entries that it did not reach: they are not gone.
pub trait Source: Send + Sync {
    /// Begins a pass over all entries.
    ///
    /// # Errors
    /// When the source cannot be read at all.
    fn entries(&self) -> Result<Entries<'_>, SourceError>;
}

/// Why a source cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    Ldif(#[from] ldif::LdifError),
}
