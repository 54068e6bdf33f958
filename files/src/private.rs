//! Files that Weir writes: their owner alone can read and write them, because a report, an archive or a ledger can hold
//! personal data. A file that exists already keeps the permissions that its owner gave it.
//!
//! No other place of the workspace makes a file: `tests/structure` looks for one.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Opens the file at `path` for writing, empty. A new one has the mode 0600 on systems that have modes.
pub fn create(path: &Path) -> io::Result<File> {
    options().create(true).truncate(true).open(path)
}

/// Writes `contents` to the file at `path`, as [`create`] makes it.
pub fn write(path: &Path, contents: impl AsRef<[u8]>) -> io::Result<()> {
    create(path)?.write_all(contents.as_ref())
}

/// Makes an empty file at `path` unless one is there, for a library that opens files itself.
pub fn prepare(path: &Path) -> io::Result<()> {
    match options().create_new(true).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
