//! Skeletons of what a contributor adds. A blank is `fill_in!("…")` in Rust and `FILL_IN` in TOML: neither compiles nor
//! parses, so that no blank reaches a commit unseen.

pub mod book;
mod edit;
mod skeleton;

use std::path::{Path, PathBuf};

use edit::Source;

/// Why no skeleton was written.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    #[error("{0:?} is not an id: expected lower-case words with hyphens around one dot, such as {1}")]
    Id(String, &'static str),
    #[error("{0:?} is not a name: expected lower-case words with hyphens, such as example-hr")]
    Name(String),
    #[error("{id} exists already, in {}", path.display())]
    Exists { id: String, path: PathBuf },
    #[error("no topic of deviations takes the word {word:?}; there are {known}: add {word:?} to the nearest in {}", path.display())]
    Word { word: String, known: String, path: PathBuf },
    #[error("no topic of checks has the file {}; name the file with --file, or add the topic as {} says", path.display(), list.display())]
    Topic { path: PathBuf, list: PathBuf },
    #[error("no topic of rules has the file {}; add the topic as {} says", path.display(), list.display())]
    RuleTopic { path: PathBuf, list: PathBuf },
    #[error("weir {0}: {1}")]
    Command(String, String),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{}: expected a line with {expected:?}; the file has changed its shape, so that xtask has to follow", path.display())]
    Shape { path: PathBuf, expected: String },
}

type Result<T> = std::result::Result<T, TaskError>;

/// Writes the skeleton of a deviation and returns what to do next.
pub fn deviation(root: &Path, id: &str) -> Result<String> {
    let (word, what) = id_parts(id, "list.total-doubled")?;
    let list = root.join("server/src/deviations/topic/mod.rs");
    let topics = Source::read(&list)?;
    let mut known = Vec::new();
    let mut module = None;
    // A topic of many words stands on many lines.
    for topic in topics.text().split(" Topic {").skip(1) {
        let Some((list, rest)) = topic.split_once("deviations: ").filter(|(list, _)| list.contains("words: &[")) else {
            continue;
        };
        let words: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        if words.contains(&word) {
            module = rest.split("::").next().map(str::to_owned);
        }
        known.extend(words.into_iter().map(str::to_owned));
    }
    let Some(module) = module else {
        return Err(TaskError::Word { word: word.to_owned(), known: known.join(", "), path: relative(root, &list) });
    };
    let path = root.join(format!("server/src/deviations/topic/{module}.rs"));
    let mut source = Source::read(&path)?;
    source.insert_record("const DEVIATIONS:", "Deviation::new(", id, &skeleton::deviation(id))?;
    source.write()?;
    Ok(skeleton::after_deviation(&relative(root, &path), id, what))
}

/// Writes the skeleton of a check and returns what to do next. `file` is a file of the topic's folder.
pub fn check(root: &Path, id: &str, file: Option<&str>) -> Result<String> {
    let (topic, what) = id_parts(id, "read.total")?;
    let folder = root.join("harness/catalog/src/checks");
    let module = topic.replace('-', "_");
    let path = folder.join(file.map_or_else(|| format!("{module}.rs"), |file| format!("{module}/{file}.rs")));
    if !path.is_file() {
        let list = relative(root, &folder.join("mod.rs"));
        return Err(TaskError::Topic { path: relative(root, &path), list });
    }
    let function = what.replace(['-', '.'], "_");
    let mut source = Source::read(&path)?;
    source.append_record("const CHECKS:", id, &skeleton::check(id, &function))?;
    source.insert_function(&skeleton::check_function(&function));
    source.write()?;
    Ok(skeleton::after_check(&relative(root, &path), id))
}

/// Writes the skeleton of a rule and returns what to do next.
pub fn rule(root: &Path, id: &str) -> Result<String> {
    let (topic, what) = id_parts(id, "lists.total")?;
    let folder = root.join("harness/judge/src/rules");
    let path = folder.join(format!("{}.rs", topic.replace('-', "_")));
    if !path.is_file() {
        let list = relative(root, &folder.join("mod.rs"));
        return Err(TaskError::RuleTopic { path: relative(root, &path), list });
    }
    let function = what.replace(['-', '.'], "_");
    let mut source = Source::read(&path)?;
    source.append_record("const RULES:", id, &skeleton::rule(id, &function))?;
    source.insert_function(&skeleton::rule_function(&function));
    source.write()?;
    Ok(skeleton::after_rule(&relative(root, &path), id))
}

/// Writes the skeleton of a target and returns what to do next.
pub fn target(root: &Path, name: &str) -> Result<String> {
    check_name(name)?;
    let path = root.join(format!("fixtures/targets/{name}.toml"));
    create(root, &path, name, &skeleton::target())?;
    let entry = format!("    (\"{name}\", include_str!(\"../../../fixtures/targets/{name}.toml\")),\n");
    let mut list = Source::read(&root.join("server/src/targets/mod.rs"))?;
    list.insert_line("const DOCUMENTS:", &entry)?;
    list.write()?;
    Ok(skeleton::after_target(&relative(root, &path), name))
}

/// Writes the skeleton of a client from the description of another and returns what to do next.
pub fn client(root: &Path, name: &str, like: &str) -> Result<String> {
    check_name(name)?;
    let model = Source::read(&root.join(format!("fixtures/clients/{like}.toml")))?;
    let path = root.join(format!("fixtures/clients/{name}.toml"));
    create(root, &path, name, &skeleton::client(name, like, model.text()))?;
    let entry = format!("    (\"{name}.toml\", include_str!(\"../../../../fixtures/clients/{name}.toml\")),\n");
    // At the end: the first client of the list is the one that runs by default.
    let mut list = Source::read(&root.join("harness/provision/src/client/mod.rs"))?;
    list.append_record("const DOCUMENTS:", &format!("{name}.toml"), &entry)?;
    list.write()?;
    Ok(skeleton::after_client(&relative(root, &path), name))
}

/// Writes the skeleton of a report and returns what to do next.
pub fn report(root: &Path, name: &str) -> Result<String> {
    check_name(name)?;
    let module = name.replace('-', "_");
    let path = root.join(format!("harness/weir/src/report/{module}.rs"));
    let type_name = format!("{}Report", camel_case(name));
    create(root, &path, name, &skeleton::report(&type_name))?;
    let mut list = Source::read(&root.join("harness/weir/src/report/mod.rs"))?;
    list.insert_sorted("mod ", &format!("mod {module};"))?;
    list.insert_sorted("pub use ", &format!("pub use {module}::{type_name};"))?;
    list.write()?;
    Ok(skeleton::after_report(&relative(root, &path), &type_name, name))
}

fn create(root: &Path, path: &Path, id: &str, text: &str) -> Result<()> {
    if path.exists() {
        return Err(TaskError::Exists { id: id.to_owned(), path: relative(root, path) });
    }
    std::fs::write(path, text).map_err(|source| TaskError::File { path: path.to_owned(), source })
}

/// The word before the first dot, and the rest.
fn id_parts<'a>(id: &'a str, example: &'static str) -> Result<(&'a str, &'a str)> {
    let is_right = |part: &str| check_name(part).is_ok();
    match id.split_once('.') {
        Some((word, what)) if is_right(word) && what.split('.').all(is_right) => Ok((word, what)),
        _ => Err(TaskError::Id(id.to_owned(), example)),
    }
}

fn check_name(name: &str) -> Result<()> {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('-').all(is_word) {
        return Ok(());
    }
    Err(TaskError::Name(name.to_owned()))
}

fn camel_case(name: &str) -> String {
    name.split('-').map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

fn relative(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}
