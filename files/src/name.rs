//! Names that are not known: what is near, and where all of them are listed.

use std::fmt;

/// How many proposals a message has at most.
const PROPOSALS: usize = 3;
/// How many names a message lists at most.
const LISTED: usize = 10;
/// How much of a name is repeated.
const SHOWN: usize = 60;

/// A name that is not among those that are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName(Box<Proposal>);

/// The message about an unknown name; boxed, so that errors which hold it stay small.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Proposal {
    kind: String,
    name: String,
    near: Vec<String>,
    /// All of them, where no command lists them.
    known: Vec<String>,
    command: Option<String>,
    /// The prefix of each name, such as the hyphens of a flag.
    prefix: &'static str,
}

impl UnknownName {
    /// `kind` is what the name should be, such as `check` or `setting of pingone-aquera`.
    pub fn new<N: AsRef<str>>(kind: impl Into<String>, name: &str, known: impl IntoIterator<Item = N>) -> Self {
        let known: Vec<String> = known.into_iter().map(|known| known.as_ref().to_owned()).collect();
        let near = near(name, &known);
        Self(Box::new(Proposal { kind: kind.into(), name: shown(name), near, known, command: None, prefix: "" }))
    }

    /// As [`Self::new`], where a name that is not known may be meant: nothing unless it is a known one with other letter case
    /// or up to two letters wrong.
    #[must_use]
    pub fn misspelling<N: AsRef<str>>(
        kind: impl Into<String>,
        name: &str,
        known: impl IntoIterator<Item = N>,
    ) -> Option<Self> {
        let known: Vec<String> = known.into_iter().map(|known| known.as_ref().to_owned()).collect();
        let (typed, is_known) = (folded(name), known.iter().any(|known| known == name));
        let is_near = |known: &String| spelling(&typed, &folded(known)).or_else(|| letters(&typed, &folded(known)));
        let is_misspelt = !is_known && known.iter().any(|known| is_near(known).is_some());
        is_misspelt.then(|| Self::new(kind, name, known))
    }

    /// The same with the command that lists all names.
    #[must_use]
    pub fn listed_by(self, command: impl Into<String>) -> Self {
        Self(Box::new(Proposal { command: Some(command.into()), ..*self.0 }))
    }

    /// The same with what stands before each name, such as the hyphens of a flag.
    #[must_use]
    pub fn with_prefix(self, prefix: &'static str) -> Self {
        let near = self.0.near.iter().map(|name| format!("{prefix}{name}")).collect();
        Self(Box::new(Proposal { near, prefix, ..*self.0 }))
    }

    /// The fault: `unknown target "aquerra"`.
    #[must_use]
    pub fn problem(&self) -> String {
        format!("unknown {} {:?}", self.0.kind, format!("{}{}", self.0.prefix, self.0.name))
    }

    /// The remedy: `did you mean "aquera"?`, and the command that shows all names.
    #[must_use]
    pub fn remedy(&self) -> String {
        let near = proposal(&self.0.near);
        match (&self.0.command, near) {
            (Some(command), Some(near)) => format!("{near} `{command}` shows all"),
            (Some(command), None) => format!("`{command}` shows all"),
            (None, Some(near)) => near,
            (None, None) => self.listing(),
        }
    }

    fn listing(&self) -> String {
        match self.0.known.as_slice() {
            [] => "there are none".to_owned(),
            [only] => format!("there is only {only}"),
            known if known.len() <= LISTED => format!("use one of {}", known.join(", ")),
            known => format!("use one of {} and {} more", known[..LISTED].join(", "), known.len() - LISTED),
        }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.problem(), self.remedy())
    }
}

impl std::error::Error for UnknownName {}

fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// `did you mean "a", "b" or "c"?`; nothing without names.
pub(crate) fn proposal(near: &[String]) -> Option<String> {
    let quoted: Vec<String> = near.iter().map(|name| format!("{name:?}")).collect();
    let (last, before) = quoted.split_last()?;
    Some(if before.is_empty() {
        format!("did you mean {last}?")
    } else {
        format!("did you mean {} or {last}?", before.join(", "))
    })
}

/// The names that may be meant by `name`, the nearest first: those that differ in letter case alone, else
/// those that begin or end with it or hold it, else those within two letters, else those that it holds.
fn near(name: &str, known: &[String]) -> Vec<String> {
    let typed = folded(name.trim_matches('.'));
    if typed.is_empty() {
        return Vec::new();
    }
    let steps: [(Nearness, bool); 4] = [(spelling, false), (part, false), (letters, true), (whole, false)];
    for (nearness, only_nearest) in steps {
        let mut found: Vec<((usize, usize), &String)> =
            known.iter().filter_map(|known| Some((nearness(&typed, &folded(known))?, known))).collect();
        if !found.is_empty() {
            // Stable: of two that are as near, the one that is listed first.
            found.sort_by_key(|(rank, _)| *rank);
            if only_nearest {
                let ((nearest, _), _) = found[0];
                found.retain(|((distance, _), _)| *distance == nearest);
            }
            found.dedup_by(|(_, one), (_, other)| folded(one) == folded(other));
            return found.into_iter().take(PROPOSALS).map(|(_, known)| known.clone()).collect();
        }
    }
    Vec::new()
}

/// Without letter case, and with one sign between words.
fn folded(name: &str) -> String {
    let one = |c: char| if matches!(c, '_' | ' ' | '-' | '.') { '.' } else { c };
    name.trim().to_lowercase().chars().map(one).collect()
}

type Rank = Option<(usize, usize)>;
type Nearness = fn(&str, &str) -> Rank;

fn spelling(typed: &str, known: &str) -> Rank {
    (typed == known).then_some((0, 0))
}

/// The known name begins with what was typed, ends with it, holds it, or has all of its words.
fn part(typed: &str, known: &str) -> Rank {
    if typed.len() < 2 { None } else { held(typed, known) }
}

/// What was typed holds the known name; two letters of it prove nothing.
fn whole(typed: &str, known: &str) -> Rank {
    if known.len() < 3 { None } else { held(known, typed) }
}

fn held(short: &str, long: &str) -> Rank {
    if short.len() > long.len() {
        return None;
    }
    let difference = long.len() - short.len();
    let has_words = || {
        let mut words = short.split('.').filter(|word| !word.is_empty()).peekable();
        words.peek().is_some() && words.all(|word| word.len() > 2 && long.split('.').any(|other| other == word))
    };
    match () {
        () if long.starts_with(short) => Some((0, difference)),
        () if long.ends_with(short) => Some((1, difference)),
        () if long.contains(short) => Some((2, difference)),
        () if has_words() => Some((3, difference)),
        () => None,
    }
}

/// At most two letters are others, and at least half of the name stays.
fn letters(typed: &str, known: &str) -> Rank {
    let distance = strsim::osa_distance(typed, known);
    let length = typed.chars().count().min(known.chars().count());
    let begins_alike = typed.chars().zip(known.chars()).take_while(|(one, other)| one == other).count();
    (distance <= 2 && distance * 2 <= length).then_some((distance, length - begins_alike))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 13] = [
        "create.user",
        "create.user-name-empty",
        "create.duplicate-user-name",
        "uniqueness.not-enforced",
        "RFC7644-3.3-12",
        "pingfederate-aquera",
        "pingone-aquera",
        "aquera",
        "Remove User Action",
        "REMOVE_USER_ACTION",
        "Remove Action Log",
        "patch",
        "url",
    ];

    fn said(name: &str) -> String {
        UnknownName::new("name", name, KNOWN).listed_by("weir list").to_string()
    }

    #[test]
    fn the_nearest_names_are_proposed() {
        for (typed, proposed) in [
            ("CREATE.USER", "\"create.user\"?"),
            ("create.usr", "\"create.user\"?"),
            ("create.user-name-empty-too", "\"create.user-name-empty\" or \"create.user\"?"),
            ("uniqueness.notenforced", "\"uniqueness.not-enforced\"?"),
            ("7644-3.3-12", "\"RFC7644-3.3-12\"?"),
            ("pingfed", "\"pingfederate-aquera\"?"),
            ("aquerra", "\"aquera\"?"),
            ("Remove Action", "\"Remove Action Log\" or \"Remove User Action\"?"),
            ("User Action", "\"Remove User Action\"?"),
            ("ptach", "\"patch\"?"),
            ("urll", "\"url\"?"),
        ] {
            let expected = format!("unknown name {typed:?}; did you mean {proposed} `weir list` shows all");
            assert_eq!(said(typed), expected);
        }
        for typed in ["", "colour", "x", "zz"] {
            assert_eq!(said(typed), format!("unknown name {typed:?}; `weir list` shows all"));
        }
    }

    #[test]
    fn a_misspelling_differs_in_letters_alone() {
        let meant = |name| UnknownName::misspelling("key", name, ["type", "mutability"]).map(|name| name.remedy());
        assert_eq!(meant("typ").as_deref(), Some("did you mean \"type\"?"));
        assert_eq!(meant("Mutability").as_deref(), Some("did you mean \"mutability\"?"));
        for name in ["type", "typeOfVendor", "colour", ""] {
            assert_eq!(meant(name), None, "{name}");
        }
    }

    #[test]
    fn no_message_is_long() {
        let many: Vec<String> = (0..400).map(|number| format!("name.{number}")).collect();
        let message = UnknownName::new("name", &"name".repeat(500), &many).to_string();
        assert!(message.len() < 250 && message.lines().count() == 1, "{message}");
        let message = UnknownName::new("name", "other", &many).to_string();
        assert!(message.ends_with("name.9 and 390 more"), "{message}");
        let message = UnknownName::new("level", "all", ["must", "should"]).to_string();
        assert_eq!(message, "unknown level \"all\"; use one of must, should");
    }
}
