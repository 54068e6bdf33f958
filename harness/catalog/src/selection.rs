//! Which checks and rules are asked for: whole ids, topics, or patterns with asterisks, on every resource type or on one.

use weir_files::pattern::{Catalogue, Pattern, PatternError};
use weir_judge::{Rule, parts_of_name, rules};

use crate::assertion::names;
use crate::check::Check;
use crate::checks;
use crate::essentials;
use crate::essentials::ESSENTIALS;

/// Which checks are asked for, in the words of a person: `essentials`, `patch`, `patch.atomic`, `patch.*`, `patch.atomic[Group]`.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// All if empty.
    pub only: Vec<String>,
    pub skip: Vec<String>,
    /// The checks that are run on request only, too. Naming them in `only` asks for them as well.
    pub scale: bool,
}

/// A check that is asked for, with the resource types that it is asked for.
#[derive(Clone)]
pub struct SelectedCheck {
    pub check: &'static Check,
    /// The names of the resource types; every one if empty.
    only: Vec<String>,
    skip: Vec<String>,
}

impl SelectedCheck {
    /// Whether the check is asked for on the resource type of this name.
    pub fn is_on(&self, resource_type: &str) -> bool {
        let has = |names: &[String]| names.iter().any(|name| name == resource_type);
        (self.only.is_empty() || has(&self.only)) && !has(&self.skip)
    }
}

impl From<&'static Check> for SelectedCheck {
    /// The check on every resource type.
    fn from(check: &'static Check) -> Self {
        Self { check, only: Vec::new(), skip: Vec::new() }
    }
}

/// The checks as a person selects them.
const CHECKS: Catalogue = Catalogue { one: "check", many: "checks", command: "weir list checks" };

/// What selects checks, and the resource type behind it in brackets.
struct CheckPattern {
    ids: IdPattern,
    subject: Option<String>,
}

/// What selects ids.
pub enum IdPattern {
    Essentials,
    Like(Pattern),
}

impl IdPattern {
    /// Whether the id is selected.
    pub fn matches(&self, id: &str) -> bool {
        match self {
            Self::Essentials => essentials::place(id).is_some(),
            Self::Like(pattern) => pattern.matches(id),
        }
    }
}

/// On which resource types a pattern selects a check.
enum Scope {
    Every,
    One(String),
}

impl CheckPattern {
    fn read(text: &str) -> Result<Self, PatternError> {
        let (ids, subject) = parts_of_name(text);
        Ok(Self { ids: pattern(ids)?, subject: subject.map(str::to_owned) })
    }

    fn read_all(texts: &[String]) -> Result<Vec<Self>, PatternError> {
        texts.iter().map(|text| Self::read(text)).collect()
    }

    fn scope(&self, check: &Check) -> Option<Scope> {
        if self.ids.matches(check.id) {
            return Some(self.subject.clone().map_or(Scope::Every, Scope::One));
        }
        let earlier = check.earlier_names.iter().find(|(id, _)| self.ids.matches(id));
        earlier.map(|(_, kind)| Scope::One(self.subject.clone().unwrap_or_else(|| (*kind).to_owned())))
    }
}

/// Reads what selects checks: the essentials, a whole id, a topic, or a pattern with asterisks.
pub fn pattern(text: &str) -> Result<IdPattern, PatternError> {
    if text == ESSENTIALS {
        return Ok(IdPattern::Essentials);
    }
    Pattern::read(text, &CHECKS, names().chain([ESSENTIALS])).map(IdPattern::Like)
}

/// Sees to it that at least one check or rule has the id, or one that begins with it.
pub fn check_beginning(text: &str) -> Result<(), PatternError> {
    Pattern::check_beginning(text, &CHECKS, names())
}

/// The checks that are asked for, in the order of the catalogue; the essentials alone in theirs.
pub fn select(selection: &Selection) -> Result<Vec<SelectedCheck>, PatternError> {
    let (only, skip) = (CheckPattern::read_all(&selection.only)?, CheckPattern::read_all(&selection.skip)?);
    let mut selected: Vec<_> = checks::all().filter_map(|check| scoped(check, &only, &skip, selection.scale)).collect();
    if !only.is_empty() && only.iter().all(|pattern| matches!(pattern.ids, IdPattern::Essentials)) {
        selected.sort_by_key(|selected| essentials::place(selected.check.id));
    }
    Ok(selected)
}

/// The rules that are asked for, in the order of the catalogue. A rule has no subject: it judges resources of every type.
pub fn select_rules(selection: &Selection) -> Result<Vec<&'static Rule>, PatternError> {
    let (only, skip) = (CheckPattern::read_all(&selection.only)?, CheckPattern::read_all(&selection.skip)?);
    let names = |patterns: &[CheckPattern], rule: &Rule| {
        let patterns = patterns.iter().filter(|pattern| pattern.subject.is_none());
        let mut ids = patterns.map(|pattern| &pattern.ids);
        ids.any(|ids| ids.matches(rule.id) || rule.formerly.iter().any(|id| ids.matches(id)))
    };
    // The essentials are checks; whatever passes by is judged by every rule.
    let is_every = only.is_empty() || only.iter().any(|pattern| matches!(pattern.ids, IdPattern::Essentials));
    Ok(rules::all().filter(|rule| is_every || names(&only, rule)).filter(|rule| !names(&skip, rule)).collect())
}

fn scoped(check: &'static Check, only: &[CheckPattern], skip: &[CheckPattern], scale: bool) -> Option<SelectedCheck> {
    let mut selected = SelectedCheck::from(check);
    let scopes: Vec<Scope> = only.iter().filter_map(|pattern| pattern.scope(check)).collect();
    if scopes.is_empty() && (!only.is_empty() || (check.is_opt_in() && !scale)) {
        return None;
    }
    if !scopes.iter().any(|scope| matches!(scope, Scope::Every)) {
        selected.only = scopes
            .into_iter()
            .filter_map(|scope| if let Scope::One(kind) = scope { Some(kind) } else { None })
            .collect();
    }
    for scope in skip.iter().filter_map(|pattern| pattern.scope(check)) {
        match scope {
            Scope::Every => return None,
            Scope::One(kind) => selected.skip.push(kind),
        }
    }
    Some(selected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>, PatternError> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let selection = Selection { only: owned(only), skip: owned(skip), scale: false };
        Ok(select(&selection)?.into_iter().map(|selected| selected.check.id).collect())
    }

    #[test]
    fn topics_ids_and_patterns_select_and_deselect() {
        let asked_for = checks::all().filter(|check| !check.is_opt_in()).count();
        assert_eq!(ids(&[], &[]).unwrap().len(), asked_for);
        assert!(!ids(&["scale"], &[]).unwrap().is_empty());
        assert_eq!(ids(&["create.location"], &[]).unwrap(), ["create.location"]);
        assert!(!ids(&["create"], &["create.location"]).unwrap().contains(&"create.location"));
        let patch = ids(&["patch"], &["patch.group*"]).unwrap();
        assert!(!patch.is_empty() && patch.iter().all(|id| id.starts_with("patch.") && !id.starts_with("patch.group")));
    }

    #[test]
    fn the_essentials_are_selected_in_the_order_of_the_ladder_and_may_be_narrowed() {
        let all = ids(&["essentials"], &[]).unwrap();
        let ladder: Vec<_> = essentials::ids().filter(|id| checks::find(id).is_some()).collect();
        assert_eq!(all, ladder);
        let without_groups = ids(&["essentials"], &["groups"]).unwrap();
        assert!(without_groups.len() < all.len() && !without_groups.is_empty());
        assert!(ids(&["essentials", "bulk"], &[]).unwrap().contains(&"bulk.create"), "{all:?}");
    }

    #[test]
    fn a_subject_in_brackets_selects_and_deselects_one_resource_type() {
        let check = checks::all().find(|check| check.on == crate::On::EveryType).expect("a check runs on every type");
        let one = |only: String, skip: Vec<String>| {
            let selection = Selection { only: vec![only], skip, scale: false };
            let selected = select(&selection).unwrap();
            selected.first().map(|selected| ["User", "Group"].map(|kind| selected.is_on(kind)))
        };
        assert_eq!(one(format!("{}[Group]", check.id), Vec::new()), Some([false, true]));
        assert_eq!(one(check.id.to_owned(), vec![format!("{}[Group]", check.id)]), Some([true, false]));
        assert_eq!(one(check.id.to_owned(), vec![check.id.to_owned()]), None);
    }

    #[test]
    fn what_selects_nothing_is_an_error_that_says_what_would() {
        let said = |text| ids(&[text], &[]).unwrap_err().to_string();
        assert_eq!(
            said("pach"),
            "unknown check or topic \"pach\"; did you mean \"patch\"? `weir list checks` shows all"
        );
        let message = said("patch.group");
        assert!(message.starts_with("no check is named \"patch.group\"; `patch.group*` selects "), "{message}");
    }
}
