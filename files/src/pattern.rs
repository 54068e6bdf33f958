//! How people select from a catalogue of ids: a whole id, a topic, or a pattern with asterisks.

use std::fmt;

use super::name::{UnknownName, proposal};

/// The name of the ids of a catalogue, in messages.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue {
    /// Such as `check`.
    pub one: &'static str,
    /// Such as `checks`.
    pub many: &'static str,
    /// Such as `weir list checks`.
    pub command: &'static str,
}

/// Ids of a catalogue, as a person selects them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `create.user`: this one.
    Id(String),
    /// `create` or `create.`: all that stand below.
    Topic(String),
    /// `create.dup*`: an asterisk stands for any text.
    Asterisk(String),
}

/// A text that selects nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternError {
    Unknown(UnknownName),
    /// Ids begin with the text; only with an asterisk does it select them.
    Beginning {
        text: String,
        one: &'static str,
        selects: String,
        /// The topics that begin with the text.
        topics: Vec<String>,
        command: &'static str,
    },
    /// No id is like the pattern.
    Nothing {
        text: String,
        one: &'static str,
        command: &'static str,
    },
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => name.fmt(f),
            Self::Beginning { text, one, selects, topics, command } => {
                let meant = proposal(topics).map(|meant| format!("{meant} ")).unwrap_or_default();
                write!(f, "no {one} is named {text:?}; {meant}`{text}*` selects {selects}, `{command}` shows all")
            }
            Self::Nothing { text, one, command } => {
                write!(f, "no {one} is like {text:?}; `{command}` shows all")
            }
        }
    }
}

impl std::error::Error for PatternError {}

impl Pattern {
    /// Reads a pattern that must select at least one of `ids`.
    pub fn read<'i>(
        text: &str,
        catalogue: &Catalogue,
        ids: impl IntoIterator<Item = &'i str>,
    ) -> Result<Self, PatternError> {
        let Catalogue { one, many, command } = *catalogue;
        let ids: Vec<&str> = ids.into_iter().collect();
        let pattern = if ids.contains(&text) {
            Self::Id(text.to_owned())
        } else if text.contains('*') {
            Self::Asterisk(text.to_owned())
        } else {
            Self::Topic(text.trim_end_matches('.').to_owned())
        };
        if ids.iter().any(|id| pattern.matches(id)) {
            return Ok(pattern);
        }
        if text.contains('*') {
            return Err(PatternError::Nothing { text: text.to_owned(), one, command });
        }
        let count = if text.is_empty() { 0 } else { ids.iter().filter(|id| id.starts_with(text)).count() };
        if count > 0 {
            let selects = format!("{count} {}", if count == 1 { one } else { many });
            let mut topics: Vec<String> =
                topics(&ids).filter(|topic| topic.starts_with(text)).map(str::to_owned).collect();
            topics.sort();
            topics.dedup();
            return Err(PatternError::Beginning { text: text.to_owned(), one, selects, topics, command });
        }
        Err(unknown(text, catalogue, &ids))
    }

    /// Sees to it that at least one of `ids` is the text or begins with it.
    pub fn check_beginning<'i>(
        text: &str,
        catalogue: &Catalogue,
        ids: impl IntoIterator<Item = &'i str>,
    ) -> Result<(), PatternError> {
        let ids: Vec<&str> = ids.into_iter().collect();
        if !text.is_empty() && ids.iter().any(|id| id.starts_with(text)) {
            return Ok(());
        }
        Err(unknown(text.trim_end_matches(['.', '-']), catalogue, &ids))
    }

    /// Whether the id is selected.
    #[must_use]
    pub fn matches(&self, id: &str) -> bool {
        match self {
            Self::Id(own) => id == own,
            Self::Topic(topic) => {
                !topic.is_empty() && id.strip_prefix(topic.as_str()).is_some_and(|rest| rest.starts_with('.'))
            }
            Self::Asterisk(pattern) => is_like(id, pattern),
        }
    }
}

/// The parts of the ids before their first dots.
fn topics<'i>(ids: &[&'i str]) -> impl Iterator<Item = &'i str> {
    ids.iter().filter_map(|id| id.split_once('.').map(|(topic, _)| topic))
}

fn unknown(text: &str, catalogue: &Catalogue, ids: &[&str]) -> PatternError {
    let known = topics(ids).chain(ids.iter().copied());
    let name = UnknownName::new(format!("{} or topic", catalogue.one), text, known);
    PatternError::Unknown(name.listed_by(catalogue.command))
}

fn is_like(id: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return id == pattern };
    let Some(mut remaining) = id.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, behind)) = remaining.split_once(part) else { return false };
        remaining = behind;
    }
    remaining.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 6] =
        ["create.user", "create.user-name-empty", "create.duplicate-a", "create.duplicate-b", "patch.group-a", "bulk"];
    const CHECKS: Catalogue = Catalogue { one: "check", many: "checks", command: "weir list checks" };

    fn selected(text: &str) -> Result<Vec<&'static str>, PatternError> {
        let pattern = Pattern::read(text, &CHECKS, IDS)?;
        Ok(IDS.into_iter().filter(|id| pattern.matches(id)).collect())
    }

    #[test]
    fn a_whole_id_is_one_a_word_is_a_topic_and_an_asterisk_is_any_text() {
        for (text, ids) in [
            ("create.user", &IDS[..1]),
            ("bulk", &IDS[5..]),
            ("create", &IDS[..4]),
            ("create.", &IDS[..4]),
            ("create.dup*", &IDS[2..4]),
            ("create.user*", &IDS[..2]),
            ("*.d*-b", &IDS[3..4]),
            ("*", &IDS[..]),
        ] {
            assert_eq!(selected(text).unwrap(), ids, "{text}");
        }
    }

    #[test]
    fn a_beginning_may_end_anywhere() {
        for text in ["create.", "create.dup", "patch.group-", "bulk"] {
            assert_eq!(Pattern::check_beginning(text, &CHECKS, IDS), Ok(()), "{text}");
        }
        for (text, message) in [
            (
                "creat.user-",
                "unknown check or topic \"creat.user\"; did you mean \"create.user\"? `weir list checks` shows all",
            ),
            ("ptach.", "unknown check or topic \"ptach\"; did you mean \"patch\"? `weir list checks` shows all"),
            ("", "unknown check or topic \"\"; `weir list checks` shows all"),
        ] {
            assert_eq!(Pattern::check_beginning(text, &CHECKS, IDS).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn what_selects_nothing_is_refused_with_what_would() {
        for (text, message) in [
            (
                "create.dup",
                "no check is named \"create.dup\"; `create.dup*` selects 2 checks, `weir list checks` shows all",
            ),
            (
                "patch.group",
                "no check is named \"patch.group\"; `patch.group*` selects 1 check, `weir list checks` shows all",
            ),
            (
                "creat",
                "no check is named \"creat\"; did you mean \"create\"? `creat*` selects 4 checks, `weir list checks` shows all",
            ),
            ("create.dpu*", "no check is like \"create.dpu*\"; `weir list checks` shows all"),
            (
                "creat.user",
                "unknown check or topic \"creat.user\"; did you mean \"create.user\"? `weir list checks` shows all",
            ),
            ("ptach", "unknown check or topic \"ptach\"; did you mean \"patch\"? `weir list checks` shows all"),
            ("", "unknown check or topic \"\"; `weir list checks` shows all"),
            (".", "unknown check or topic \".\"; `weir list checks` shows all"),
        ] {
            assert_eq!(selected(text).unwrap_err().to_string(), message);
        }
    }
}
