//! Names that somebody chooses or sets and `weir explain` knows: applications of targets, settings of clients, and the keys of
//! `weir.toml`.

use std::fmt::Write as _;
use std::sync::LazyLock;

use url::Url;
use weir_provision::client;
use weir_provision::client::settings::Setting;
use weir_server::Target;

use crate::config;

/// Each target that is compiled in.
pub(super) static TARGETS: LazyLock<Vec<Target>> = LazyLock::new(|| Target::names().filter_map(Target::find).collect());

/// What a name stands for, everywhere that it is used; `None` if it is used nowhere.
pub(super) fn find(word: &str) -> Option<String> {
    let found: Vec<String> =
        [application(word), of_client(word), of_configuration(word)].into_iter().flatten().collect();
    (!found.is_empty()).then(|| found.join("\n"))
}

/// Every name.
pub(super) fn words() -> Vec<String> {
    let applications = TARGETS.iter().flat_map(|target| &target.applications).map(|own| own.name.clone());
    let settings = client::all().iter().flat_map(|client| &client.settings);
    let settings = settings.flat_map(|setting| std::iter::once(&setting.name).chain(&setting.keys)).cloned();
    let keys = keys().into_iter().map(|key| key.name);
    let mut words: Vec<String> = applications.chain(settings).chain(keys).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The targets that have an application of this name.
fn application(word: &str) -> Option<String> {
    let mut text = String::new();
    for target in TARGETS.iter() {
        for own in target.applications.iter().filter(|own| own.name.eq_ignore_ascii_case(word)) {
            // Writing to a string does not fail.
            let _ = writeln!(text, "application {} of target {}\n{}", own.name, target.name, own.description);
            for activation in &own.deviations {
                let _ = writeln!(text, "  {activation}: {}", activation.deviation.summary);
            }
            let _ = writeln!(text, "Serve it with: weir serve --target {}\n", target.name);
        }
    }
    let length = text.trim_end().len();
    text.truncate(length);
    (!text.is_empty()).then(|| text + "\n")
}

/// What a setting is called at its client, what it takes, and its default.
pub(super) fn described(setting: &Setting) -> String {
    let choices: Vec<&str> = setting.values.keys().map(String::as_str).collect();
    let takes = match &setting.default {
        Some(default) if choices.is_empty() => format!(" ({default})"),
        Some(default) => format!(" ({default}; one of {})", choices.join(", ")),
        None => String::new(),
    };
    let needs =
        if setting.needs.is_empty() { String::new() } else { format!(", with {}", setting.needs.join(" and ")) };
    format!("{}{takes}{needs}", setting.name)
}

/// The clients that have a setting of this name, or one that has it as a key.
fn of_client(word: &str) -> Option<String> {
    let is_called = |setting: &&Setting| {
        std::iter::once(&setting.name).chain(&setting.keys).any(|name| name.eq_ignore_ascii_case(word))
    };
    let mut named = client::all().iter().flat_map(|client| &client.settings).filter(is_called);
    let is_own_name = |setting: &&Setting| setting.name.eq_ignore_ascii_case(word);
    let heading = named.clone().find(is_own_name).or_else(|| named.next())?;
    let mut text = String::new();
    for client in client::all() {
        for setting in client.settings.iter().filter(is_called) {
            if text.is_empty() {
                let _ = writeln!(text, "setting {}\nA field of the connection, with its default.\n", heading.name);
            }
            let _ = writeln!(text, "{}\n  {}", client.id, described(setting));
            if !setting.keys.is_empty() {
                let _ = writeln!(text, "  also called {}", setting.keys.join(", "));
            }
            for (choice, reason) in &setting.refused {
                let _ = writeln!(text, "  {choice} is refused: {reason}");
            }
        }
    }
    if !text.is_empty() {
        text.push_str("\nSet it with: weir provision --as CLIENT --setting 'NAME=VALUE', or --connection FILE\n");
    }
    (!text.is_empty()).then_some(text)
}

/// A key of `weir.toml`.
pub(super) struct Key {
    /// With its table: `pace.settle`.
    pub name: String,
    /// An example: `settle = 2.0`.
    pub example: String,
    /// What it is for.
    pub meaning: String,
}

/// Every key that `weir init` writes, with the remark behind it, or else the one before its table.
pub(super) fn keys() -> Vec<Key> {
    let Ok(url) = Url::parse("https://scim.example.com/v2") else { return Vec::new() };
    let text = config::commented(&url, &["User".into(), "Group".into()], &[], None);
    let (mut keys, mut table, mut remark) = (Vec::new(), String::new(), String::new());
    for line in text.lines() {
        let (line, behind) = match line.trim_start_matches("# ").split_once("  #") {
            Some((line, behind)) => (line.trim(), behind.trim()),
            None => (line.trim_start_matches("# ").trim(), ""),
        };
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut table);
        } else if let Some((key, _)) = line.split_once(" = ").filter(|(key, _)| !key.contains(' ')) {
            let name = if table.is_empty() { key.to_owned() } else { format!("{table}.{}", key.trim_matches('"')) };
            let meaning = if behind.is_empty() { remark.clone() } else { behind.to_owned() };
            keys.push(Key { name, example: line.to_owned(), meaning });
        } else if line.is_empty() {
            remark.clear();
        } else {
            if !remark.is_empty() {
                remark.push(' ');
            }
            remark.push_str(line);
        }
    }
    keys
}

/// A key with or without its table, or a table with its keys.
fn of_configuration(word: &str) -> Option<String> {
    let word = word.trim_matches(['[', ']']);
    if word.is_empty() {
        // The table of keys that stand in none.
        return None;
    }
    let is_meant = |name: &str| {
        let (table, key) = name.rsplit_once('.').unwrap_or(("", name));
        [name, table, key].iter().any(|own| own.eq_ignore_ascii_case(word))
    };
    let mut text = String::new();
    for Key { name, example, meaning } in keys().iter().filter(|key| is_meant(&key.name)) {
        let _ = writeln!(text, "setting {name} of weir.toml\n  {example}\n  {meaning}");
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_explained() {
        for word in words() {
            let text = find(&word).unwrap_or_else(|| panic!("{word} is not explained"));
            assert!(text.lines().count() > 1 && text.lines().all(|line| line == line.trim_end()), "{word}: {text}");
        }
        for word in ["nonsense", "", "[]"] {
            assert_eq!(find(word), None, "{word:?}");
        }
    }

    #[test]
    fn names_of_targets_clients_and_the_configuration_are_explained() {
        for (word, expected) in [
            ("no-partial-update-ignored", "application no-partial-update-ignored of target aquera\n"),
            ("remove action", "setting Remove Action\n"),
            ("REMOVE_ACTION", "setting Remove User Action\n"),
            (
                "settle",
                "setting pace.settle of weir.toml\n  settle = 2.0\n  seconds until a change is visible everywhere\n",
            ),
            ("pace.settle", "setting pace.settle of weir.toml\n"),
            ("checks", "setting checks.only of weir.toml\n"),
            ("url", "setting url of weir.toml\n"),
            ("credentials.bearer", "setting credentials.bearer of weir.toml\n"),
        ] {
            let text = find(word).unwrap_or_default();
            assert!(text.starts_with(expected), "{word}: {text}");
        }
    }
}
