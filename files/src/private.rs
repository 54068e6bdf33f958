//! Files that Weir writes: their owner alone can read and write them, because a report, an archive or a ledger can hold
//! personal data. A file that exists already keeps the permissions that its owner gave it.
//!
//! A file that is written as a whole is never found half written: it is written beside its place and renamed when it is complete, so that a
//! run that is killed, or a disk that is full, leaves the file that was there before.
//!
//! No other place of the workspace makes a file: `tests/structure` looks for one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Opens the file at `path` for writing, empty, for what grows while it is read. A new one has the mode 0600 on systems that
/// have modes.
pub fn create(path: &Path) -> io::Result<File> {
    options().create(true).truncate(true).open(path)
}

/// Writes `contents` to the file at `path`, whole or not at all.
pub fn write(path: &Path, contents: impl AsRef<[u8]>) -> io::Result<()> {
    let mut file = WholeFile::begin(path)?;
    file.write_all(contents.as_ref())?;
    file.flush()
}

/// A file that takes its place when it is flushed; what stands there before stays until then, and stays if it never is. What
/// is written after the flush is added.
#[derive(Debug)]
pub struct WholeFile {
    file: File,
    place: PathBuf,
    /// Where it lies until it takes its place.
    part: Option<PathBuf>,
}

impl WholeFile {
    /// Begins the file for `path`. Where a pipe or a device stands, or beside which no file can be made, it is written in place.
    pub fn begin(path: &Path) -> io::Result<Self> {
        // A link stays, and the file that it leads to is replaced.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = fs::metadata(&place).ok();
        if before.as_ref().is_some_and(|before| !before.is_file()) {
            return Ok(Self { file: create(&place)?, place, part: None });
        }
        let part = part_of(&place);
        let file = match create(&part) {
            Ok(file) => file,
            Err(error) if before.is_none() => return Err(error),
            Err(_) => return Ok(Self { file: create(&place)?, place, part: None }),
        };
        if let Some(before) = before {
            // A file that its owner made read-only is not replaced.
            options().open(&place)?;
            file.set_permissions(before.permissions())?;
        }
        Ok(Self { file, place, part: Some(part) })
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()?;
        if let Some(part) = &self.part {
            self.file.sync_all()?;
            fs::rename(part, &self.place)?;
            self.part = None;
        }
        Ok(())
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(part) = self.part.take() {
            // Its remainder is in the way of nothing.
            let _ = fs::remove_file(part);
        }
    }
}

/// A name beside `path` for a file that is not complete.
pub fn part_of(path: &Path) -> PathBuf {
    let name = path.file_name().map(std::ffi::OsStr::to_string_lossy).unwrap_or_default();
    path.with_file_name(format!(".{name}.weir-part"))
}

/// Makes an empty file at `path` unless one is there, for a library that opens files itself.
pub fn prepare(path: &Path) -> io::Result<()> {
    options().create(true).truncate(false).open(path).map(drop)
}

/// Gives a complete file its place, unless something stands there.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`], or another failure of the system.
pub fn publish(part: &Path, place: &Path) -> io::Result<()> {
    match fs::hard_link(part, place) {
        Ok(()) => fs::remove_file(part),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // Not every file system has links.
        Err(_) if !place.exists() => fs::rename(part, place),
        Err(error) => Err(error),
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_as_a_whole_or_as_it_was() {
        let folder = std::env::temp_dir().join(format!("weir-whole-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("report.json");
        let names = || fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        let begun = WholeFile::begin(&path).unwrap();
        assert!(!path.exists());
        drop(begun);
        assert!(names().is_empty(), "{:?}", names());
        write(&path, "first").unwrap();
        let mut second = WholeFile::begin(&path).unwrap();
        second.write_all(b"half").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        drop(second);
        let mut third = WholeFile::begin(&path).unwrap();
        third.write_all(b"third").unwrap();
        third.flush().unwrap();
        third.write_all(b", and more").unwrap();
        drop(third);
        assert_eq!(fs::read_to_string(&path).unwrap(), "third, and more");
        assert_eq!(names(), ["report.json"]);
        let part = part_of(&path);
        write(&part, "other").unwrap();
        assert_eq!(publish(&part, &path).unwrap_err().kind(), ErrorKind::AlreadyExists);
        publish(&part, &folder.join("new")).unwrap();
        assert!(!part.exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt as _, symlink};
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            let link = folder.join("link");
            symlink(&path, &link).unwrap();
            write(&link, "through a link").unwrap();
            assert_eq!((mode(&path), fs::read_to_string(&path).unwrap().as_str()), (0o644, "through a link"));
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            // A device is no file that could be replaced.
            write(Path::new("/dev/null"), "nothing").unwrap();
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
