//! Attributes that a channel asks for and no entry of a file has, and attributes that disable people and that it does not read. An
//! export holds the attributes that it was asked for: a filter on one that it left out leaves out everybody, or nobody.

use std::collections::BTreeMap;

use weir_files::count::counted;

use crate::channel::{Channel, Surroundings};
use crate::entry::{Entry, EntryFilter, Role};

/// The attributes in question, and what was seen of them so far.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    asked: Vec<AttributeQuestion>,
    people: u64,
    groups: u64,
    /// Enabled people whom an attribute that the channel does not read disables: how many, and the first.
    disabled_elsewhere: BTreeMap<&'static str, (u64, String)>,
}

#[derive(Debug)]
struct AttributeQuestion {
    attribute: String,
    role: Role,
    why: &'static str,
    is_seen: bool,
}

impl Coverage {
    pub(super) fn of(channel: &Channel) -> Self {
        let mut coverage = Self::default();
        for (filter, role) in [(&channel.user_filter, Role::User), (&channel.group_filter, Role::Group)] {
            let Some(filter) = filter else { continue };
            filter.each_item(&mut |item| {
                if let Some(attribute) = item.attribute() {
                    coverage.ask(attribute, role, "which the filter names");
                }
            });
        }
        if let Some(attribute) = &channel.member_of_attribute {
            coverage.ask(attribute, Role::User, "which names the groups of a person");
        }
        coverage
    }

    fn ask(&mut self, attribute: &str, role: Role, why: &'static str) {
        let is_same = |asked: &AttributeQuestion| asked.role == role && asked.attribute.eq_ignore_ascii_case(attribute);
        if !self.asked.iter().any(is_same) {
            self.asked.push(AttributeQuestion { attribute: attribute.to_owned(), role, why, is_seen: false });
        }
    }

    /// Takes an entry into account that is a person or a group, whether the filter takes it or not. A server gives the attributes
    /// that a run asks it for, and has evaluated the filter by itself.
    pub(super) fn look_at(&mut self, entry: &Entry, role: Role, surroundings: &Surroundings) {
        if entry.found_as().is_some() {
            return;
        }
        match role {
            Role::User => self.people += 1,
            Role::Group => self.groups += 1,
        }
        for asked in self.asked.iter_mut().filter(|asked| asked.role == role && !asked.is_seen) {
            asked.is_seen = EntryFilter::sees(&asked.attribute, entry, &surroundings.links);
        }
    }

    /// Takes an enabled person into account.
    pub(super) fn look_at_status(&mut self, entry: &Entry, channel: &Channel) {
        let own = &channel.mapping.status.attribute;
        let elsewhere = DISABLING.iter().find(|(attribute, disables)| {
            !attribute.eq_ignore_ascii_case(own) && entry.text(attribute).is_some_and(disables)
        });
        if let Some((attribute, _)) = elsewhere {
            let (count, _) = self.disabled_elsewhere.entry(attribute).or_insert_with(|| (0, entry.dn.to_string()));
            *count += 1;
        }
    }

    /// The attributes that nobody has, as sentences.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut unseen: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for asked in self.asked.iter().filter(|asked| !asked.is_seen) {
            let who = match asked.role {
                Role::User if self.people > 0 => "person",
                Role::Group if self.groups > 0 => "group",
                _ => continue,
            };
            unseen.entry((who, asked.why)).or_default().push(&asked.attribute);
        }
        let sentence = |((who, why), attributes): ((&str, &str), Vec<&str>)| {
            format!(
                "no {who} of the source has {}, {why}; if the export left it out, export it too",
                attributes.join(" or ")
            )
        };
        unseen.into_iter().map(sentence).collect()
    }

    /// The people whom the channel takes for enabled and their directory does not, as sentences.
    pub(super) fn warnings(&self, channel: &Channel) -> Vec<String> {
        let own = &channel.mapping.status.attribute;
        let reads = if own.is_empty() { "no attribute".to_owned() } else { format!("{own} alone") };
        let sentence = |(attribute, (count, first)): (&&str, &(u64, String))| {
            format!(
                "{} disabled by {attribute}, which the channel does not read: it reads {reads}; if the directory goes by {attribute}, name it as the connection's accountStatusAttributeName, or use the --directory that has it; the first is {first}",
                counted(*count, "enabled person is", "enabled people are")
            )
        };
        self.disabled_elsewhere.iter().map(sentence).collect()
    }
}

type Disables = fn(&str) -> bool;

/// The attributes by which directories disable an account for good, and the values that do.
const DISABLING: [(&str, Disables); 7] = [
    // Active Directory: bit 2, ACCOUNTDISABLE.
    ("userAccountControl", |value| value.trim().parse::<i64>().is_ok_and(|bits| bits & 2 != 0)),
    // 389 Directory Server.
    ("nsAccountLock", is_true),
    // eDirectory.
    ("loginDisabled", is_true),
    // PingDirectory and OpenDJ.
    ("ds-pwp-account-disabled", is_true),
    // IBM Security Directory Server.
    ("ibm-pwdAccountLocked", is_true),
    // Oracle Internet Directory.
    ("orclIsEnabled", |value| value.trim().eq_ignore_ascii_case("DISABLED")),
    // OpenLDAP's ppolicy: a lock that only an administrator lifts.
    ("pwdAccountLockedTime", |value| value.trim() == "000001010000Z"),
];

fn is_true(value: &str) -> bool {
    value.trim().eq_ignore_ascii_case("true")
}
