//! The direction of dependencies inside each crate: its top modules form no circle. Cargo sees to the crates themselves.

mod errors;
mod names;
mod scan;
mod words;
mod writers;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use scan::{Circle, Source, circles};

/// Circles that stand until they are cut, as (crate, modules). The list can only become shorter: an entry whose modules
/// are not all in one circle any more makes the test fail.
const EXCEPTIONS: &[(&str, &[&str])] = &[];

#[test]
fn the_top_modules_of_no_crate_form_a_circle() {
    let root = workspace_root();
    let mut unused: Vec<_> = EXCEPTIONS.to_vec();
    for member in members(&root) {
        let folder = root.join(&member);
        let name = package_name(&folder);
        let sources = read_sources(&folder.join("src"));
        assert!(!sources.is_empty(), "{}: expected sources under src/", folder.display());
        for circle in circles(&sources) {
            let is_this = |(package, modules): &(&str, &[&str])| *package == name && circle.is_among(modules);
            assert!(
                EXCEPTIONS.iter().any(is_this),
                "crate {name}: {circle}\nmove what one of them takes from above to a module below both"
            );
            unused.retain(|exception| !(exception.0 == name && circle.modules() == as_set(exception.1)));
        }
    }
    assert!(
        unused.is_empty(),
        "these exceptions are larger than the circles that are left: {unused:?}; shorten EXCEPTIONS"
    );
}

/// Literals that keep an unwanted phrase, as (crate, file, how many). Each number can only fall: one that is larger than
/// what is left makes the test fail. The titles and reasons of checks follow topic by topic.
const WORDS: &[(&str, &str, usize)] = &[("weir-catalog", "checks/", 47)];

#[test]
fn what_a_user_reads_is_plain_english() {
    let root = workspace_root();
    let mut left: Vec<usize> = vec![0; WORDS.len()];
    let mut faults = Vec::new();
    for member in members(&root) {
        let folder = root.join(&member);
        let name = package_name(&folder);
        for fault in words::faults(&read_sources(&folder.join("src"))) {
            let is_this = |(package, path, _): &(&str, &str, usize)| *package == name && fault.path.starts_with(path);
            match WORDS.iter().position(is_this) {
                Some(index) => left[index] += 1,
                None => faults.push(format!(
                    "{member}/src/{}:{}: {:?} in {:?}",
                    fault.path, fault.line, fault.phrase, fault.text
                )),
            }
        }
    }
    assert!(faults.is_empty(), "{}\nsay it as docs/develop/style.md does", faults.join("\n"));
    let expected: Vec<usize> = WORDS.iter().map(|(.., count)| *count).collect();
    assert_eq!(left, expected, "the numbers of WORDS can only fall; write the new ones");
}

#[test]
fn messages_of_checks_and_rules_name_the_place_and_names_that_can_be_explained() {
    let root = workspace_root();
    let mut faults = Vec::new();
    for member in ["harness/catalog", "harness/judge"] {
        let sources = read_sources(&root.join(member).join("src"));
        for fault in words::vague(&sources) {
            faults.push(format!("{member}/src/{}:{}: {}: {:?}", fault.path, fault.line, fault.phrase, fault.text));
        }
        for (path, line, name) in words::quoted_names(&sources) {
            let is_known = weir_catalog::assertion::find(&name).is_some()
                || scim::capability::Capability::ALL.iter().any(|capability| capability.id() == name);
            if !is_known {
                faults.push(format!("{member}/src/{path}:{line}: {name} is neither a check, a rule nor a capability"));
            }
        }
    }
    assert!(faults.is_empty(), "name the place, as in HTTP status or Operations[0].status:\n{}", faults.join("\n"));
}

#[test]
fn errors_have_a_type() {
    let root = workspace_root();
    let folders = members(&root).into_iter().map(|member| root.join(member).join("src"));
    let faults: Vec<String> = folders
        .flat_map(|folder| {
            let found = errors::texts(&read_sources(&folder));
            found.into_iter().map(move |(path, line)| format!("{}/{path}:{line}", folder.display()))
        })
        .collect();
    assert!(
        faults.is_empty(),
        "expected an error type (thiserror, FileFault, UnknownName), got Result<_, String>:\n{}",
        faults.join("\n")
    );
}

#[test]
fn a_types_name_has_one_meaning_in_its_crate() {
    let root = workspace_root();
    let mut unused: Vec<_> = names::EXCEPTIONS.to_vec();
    let mut faults = Vec::new();
    for member in members(&root) {
        let folder = root.join(&member);
        let package = package_name(&folder);
        for (name, files) in names::types(&read_sources(&folder.join("src"))) {
            let is_this = |(package_of, except, _): &(&str, &str, &str)| *package_of == package && *except == name;
            let is_participle = names::is_bare_participle(&name);
            if (files.len() > 1 || is_participle) && !names::EXCEPTIONS.iter().any(is_this) {
                faults.push(format!("{package}: {name} ({})", files.join(", ")));
            }
            if files.len() > 1 || is_participle {
                unused.retain(|exception| !is_this(exception));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "expected a name of its own for each type, which says what the type is; rename:\n{}",
        faults.join("\n")
    );
    assert!(unused.is_empty(), "these names are no exceptions any more: {unused:?}; shorten EXCEPTIONS");
}

#[test]
fn one_module_makes_the_files_that_weir_writes() {
    let root = workspace_root();
    let mut faults = Vec::new();
    let mut own = 0;
    // What xtask writes is source code.
    for member in members(&root).into_iter().filter(|member| member != "xtask") {
        for line in writers::writers(&read_sources(&root.join(&member).join("src"))) {
            if member == "files" && line.starts_with("private.rs:") {
                own += 1;
            } else {
                faults.push(format!("{member}/src/{line}"));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "write with weir_files::private, which makes a file of mode 0600:\n{}",
        faults.join("\n")
    );
    assert!(own > 0, "files/src/private.rs makes no file any more; the test looks at the wrong place");
}

fn as_set(modules: &[&str]) -> BTreeSet<String> {
    modules.iter().map(|&module| module.to_owned()).collect()
}

impl Circle {
    fn is_among(&self, modules: &[&str]) -> bool {
        self.modules().is_subset(&as_set(modules))
    }
}

/// The folder of the nearest `Cargo.toml` above this package that has a `[workspace]`.
fn workspace_root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_root = |folder: &&Path| {
        std::fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|text| manifest(&text).contains_key("workspace"))
    };
    package.ancestors().find(is_root).expect("the package belongs to a workspace").to_owned()
}

fn manifest(text: &str) -> toml::Table {
    text.parse().expect("a manifest is TOML")
}

fn members(root: &Path) -> Vec<String> {
    let manifest = manifest(&std::fs::read_to_string(root.join("Cargo.toml")).expect("the root has a manifest"));
    let members = manifest["workspace"]["members"].as_array().expect("a workspace names its members");
    let members: Vec<String> =
        members.iter().map(|member| member.as_str().expect("a member is a path").to_owned()).collect();
    assert!(members.iter().all(|member| !member.contains('*')), "expected paths, got a pattern in {members:?}");
    members
}

fn package_name(folder: &Path) -> String {
    let manifest = manifest(&std::fs::read_to_string(folder.join("Cargo.toml")).expect("a member has a manifest"));
    manifest["package"]["name"].as_str().expect("a package has a name").to_owned()
}

/// Every Rust file below `src`, with its path from there.
fn read_sources(src: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a folder can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source can be read");
                let path = path.strip_prefix(src).expect("it lies below src").to_string_lossy().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}
