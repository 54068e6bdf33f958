//! The places that make or open a file for writing: `weir_files::private` alone, so that each file is its owner's.

use crate::scan::Source;

/// What makes a file, or opens one for writing.
const WRITERS: &[&str] =
    &["File::create", "fs::write(", "OpenOptions", "File::options", "fs::copy(", "fs::hard_link(", "NamedTempFile"];

/// The lines outside tests that write files themselves, as `path:line: text`.
pub fn writers(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| !source.path.ends_with("tests.rs") && !source.path.contains("tests/"))
    {
        let text = source.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for (index, line) in text.lines().enumerate() {
            let code = line.trim_start();
            if !code.starts_with("//") && WRITERS.iter().any(|writer| code.contains(writer)) {
                found.push(format!("{}:{}: {code}", source.path, index + 1));
            }
        }
    }
    found
}
