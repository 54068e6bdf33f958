//! The contents of a source, for the question why an entry has no account.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use weir_files::count::counted;

use crate::channel::{Channel, Exclusion};
use crate::entry::{Entry, Role};

/// How many kinds of entries a sentence lists.
const MOST_KINDS: usize = 5;

/// The entries of a pass that are outside its channel.
#[derive(Clone, Debug, Default)]
pub struct SourceSummary {
    /// All entries, those within the channel too.
    pub entries: u64,
    pub users: u64,
    pub groups: u64,
    left_out: BTreeMap<Exclusion, u64>,
    /// Entries of none of the channel's classes, by the classes that they have.
    classes: BTreeMap<String, KindCount>,
}

#[derive(Clone, Copy, Debug, Default)]
struct KindCount {
    count: u64,
    /// It looks like a person's account, or like a group.
    is_telling: bool,
}

impl SourceSummary {
    /// Counts an entry that is outside.
    pub(super) fn leave_out(&mut self, entry: &Entry, why: Exclusion) {
        *self.left_out.entry(why).or_default() += 1;
        if matches!(why, Exclusion::Class | Exclusion::ExcludedClass) {
            let kind = self.classes.entry(classes_of(entry)).or_default();
            kind.count += 1;
            kind.is_telling |= is_telling(entry);
        }
    }

    /// The entries that were left out although they look like people or groups, as sentences.
    #[must_use]
    pub fn notes(&self, channel: &Channel) -> Vec<String> {
        let mut notes = self.by_location(channel);
        let telling: BTreeMap<&String, u64> =
            self.classes.iter().filter(|(_, kind)| kind.is_telling).map(|(name, kind)| (name, kind.count)).collect();
        if !telling.is_empty() {
            notes.push(format!("{}: {}", not_of_the_classes(channel), listed(telling)));
        }
        notes
    }

    /// Why no person is within the channel.
    #[must_use]
    pub fn why_empty(&self, channel: &Channel) -> String {
        let entries = counted(self.entries, "entry", "entries");
        let mut sentence = format!("the source holds {entries}, and none is a person of the channel");
        let mut reasons = self.by_location(channel);
        let kinds: BTreeMap<&String, u64> = self.classes.iter().map(|(name, kind)| (name, kind.count)).collect();
        if !kinds.is_empty() {
            reasons.push(format!("{}: {}", not_of_the_classes(channel), listed(kinds)));
        }
        if self.groups > 0 {
            reasons.push(counted(self.groups, "is a group", "are groups"));
        }
        for reason in reasons {
            let _ = write!(sentence, "; {reason}");
        }
        sentence
    }

    fn by_location(&self, channel: &Channel) -> Vec<String> {
        let detail_of = |why: &Exclusion| {
            let filter = match why {
                Exclusion::UserFilter => channel.user_filter.as_ref(),
                Exclusion::GroupFilter => channel.group_filter.as_ref(),
                _ => None,
            };
            let detail = match why {
                Exclusion::UserBase | Exclusion::GroupBase => channel.base_dn.as_ref().map(ToString::to_string),
                Exclusion::UserGroupDn => channel.user_group.as_ref().map(|group| group.dn.to_string()),
                Exclusion::GroupGroupDn => channel.group_group.as_ref().map(|group| group.dn.to_string()),
                _ => filter.map(ToString::to_string),
            };
            detail.map(|detail| format!(" {detail}")).unwrap_or_default()
        };
        let located = self.left_out.iter().filter_map(|(why, count)| Some((why, why.role()?, *count)));
        located
            .map(|(why, role, count)| {
                let who = match role {
                    Role::User => counted(count, "person is", "people are"),
                    Role::Group => counted(count, "group is", "groups are"),
                };
                format!("{who} {why}{}", detail_of(why))
            })
            .collect()
    }
}

fn not_of_the_classes(channel: &Channel) -> String {
    let classes: Vec<&str> = channel.user_classes.iter().chain(&channel.group_classes).map(String::as_str).collect();
    let excluded = if channel.excluded_classes.is_empty() {
        String::new()
    } else {
        format!(", or of {}", channel.excluded_classes.join(", "))
    };
    format!("not of the classes {}{excluded}", classes.join(", "))
}

/// `2 organizationalUnit, 1 account and posixAccount`
fn listed(kinds: BTreeMap<&String, u64>) -> String {
    let mut kinds: Vec<(&String, u64)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = kinds.len().saturating_sub(MOST_KINDS);
    let shown: Vec<String> = kinds.iter().take(MOST_KINDS).map(|(name, count)| format!("{count} {name}")).collect();
    let more =
        if more == 0 { String::new() } else { format!(" and {}", counted(more as u64, "more kind", "more kinds")) };
    shown.join(", ") + &more
}

/// The classes that tell what an entry is: those from which others are derived, and auxiliary ones of every entry, do not.
fn classes_of(entry: &Entry) -> String {
    const OF_MANY: [&str; 3] = ["top", "person", "organizationalPerson"];
    let mut classes: Vec<&str> = entry
        .texts("objectClass")
        .filter(|class| !OF_MANY.iter().any(|other| other.eq_ignore_ascii_case(class)))
        .collect();
    // The lowest class says what the others say.
    if classes.iter().any(|class| class.eq_ignore_ascii_case("computer")) {
        classes.retain(|class| !class.eq_ignore_ascii_case("user"));
    }
    if classes.is_empty() {
        classes = entry.texts("objectClass").last().into_iter().collect();
    }
    if classes.is_empty() { "without a class".to_owned() } else { classes.join(" and ") }
}

fn is_telling(entry: &Entry) -> bool {
    const CLASSES: [&str; 10] = [
        "person",
        "account",
        "posixAccount",
        "nsPerson",
        "group",
        "groupOfNames",
        "groupOfUniqueNames",
        "groupOfURLs",
        "groupOfMembers",
        "posixGroup",
    ];
    CLASSES.iter().any(|class| entry.is_a(class))
}
