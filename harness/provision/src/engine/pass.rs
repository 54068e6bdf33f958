//! One pass over the source: each entry becomes a decision; what only the whole source shows (leavers, groups) is collected
//! on the way.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use weir_files::count::counted;

use super::coverage::Coverage;
use super::decide;
use super::decide::{Decision, Refusal, UserOperation, UserState};
use super::member_index::{MemberIndex, name_key};
use super::report::{Abort, Cause, Failure};
use super::summary::SourceSummary;
use crate::channel::{Channel, Placement, Surroundings};
use crate::entry::Entry;
use crate::entry::{Flaw, Role};
use crate::fingerprint;
use crate::ledger::{Guid, Kind, Ledger, LedgerError, Row};
use crate::mapping::DesiredUser;
use crate::mapping::rule::{LONGEST, ValueProblem};
use crate::options::Options;
use crate::source::{Entries, EntryFault, Scope, Source, SourceError};

/// Why a pass cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The result of the pass for a user.
#[derive(Debug)]
pub enum Item {
    Unchanged,
    Work(UserWork),
    Refused {
        name: String,
        refusal: Refusal,
        /// The row that is to be remembered as dirty.
        stale: Option<Stale>,
    },
    Problem {
        failure: Failure,
        /// As in `OptionRefusal`.
        stale: Option<Stale>,
    },
}

/// A row whose account is not as the source wants it, and stays so: dirty, so that it is not forgotten when the entry
/// itself does not change any more.
pub type Stale = (Guid, Row);

/// An operation on a user with everything that it needs.
#[derive(Clone, Debug)]
pub struct UserWork {
    pub guid: Guid,
    pub dn: String,
    pub operation: UserOperation,
    /// Absent when the entry is gone.
    pub desired: Option<DesiredUser>,
    pub row: Row,
}

impl UserWork {
    /// The row to be written before the first request, for an operation that may create an account.
    #[must_use]
    pub fn intent(&self, options: &Options, identifier: &str) -> Option<Row> {
        let may_create = matches!(self.operation, UserOperation::Join { .. }) && options.user_create;
        let desired = self.desired.as_ref().filter(|_| may_create && !self.row.create_pending)?;
        Some(Row::intent(desired.text(identifier).unwrap_or(&desired.user_name)))
    }
}

/// A group of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredGroup {
    pub guid: Guid,
    pub dn: String,
    pub name: String,
    /// Keys of the members' names, by which the pass finds them.
    pub members: Vec<u64>,
    /// A fault of some of its members; the group itself is provisioned with the others.
    pub fault: Option<String>,
}

/// A pass in progress.
pub struct Pass<'a> {
    source: &'a dyn Source,
    entries: Entries<'a>,
    channel: &'a Channel,
    surroundings: Surroundings,
    ledger: &'a dyn Ledger,
    options: &'a Options,
    seen_users: HashSet<u128>,
    seen_groups: HashSet<u128>,
    /// Hashes of the user names that were given out.
    names: HashSet<u64>,
    group_names: HashSet<String>,
    /// Which entry stands behind a name.
    pub members: MemberIndex,
    /// Entries so far.
    pub read: u64,
    pub groups: Vec<DesiredGroup>,
    /// Faults of group entries, to be counted with the groups.
    pub group_problems: Vec<Failure>,
    pub warnings: Vec<String>,
    without_guid: u64,
    first_without_guid: Option<String>,
    /// The source has entries that were not seen: no person counts as a leaver.
    is_incomplete: bool,
    pub summary: SourceSummary,
    /// Enabled people whose account has expired, and the first of them.
    expired: u64,
    first_expired: Option<String>,
    /// Groups that name members by an attribute of the channel, and those that name them by another alone.
    groups_with_members: u64,
    groups_elsewhere: BTreeMap<&'static str, u64>,
    coverage: Coverage,
}

/// The attributes by which directories name the members of a group.
const MEMBER_ATTRIBUTES: [&str; 3] = ["member", "uniqueMember", "memberUid"];

impl<'a> Pass<'a> {
    /// Begins a pass.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn begin(
        source: &'a dyn Source,
        channel: &'a Channel,
        ledger: &'a dyn Ledger,
        options: &'a Options,
    ) -> Result<Self, PassError> {
        // Collected first: a source knows the scope of its last pass.
        let surroundings = source.surroundings(channel)?;
        let mut pass = Self {
            source,
            entries: source.entries()?,
            channel,
            surroundings,
            ledger,
            options,
            seen_users: HashSet::new(),
            seen_groups: HashSet::new(),
            names: HashSet::new(),
            group_names: HashSet::new(),
            members: MemberIndex::default(),
            read: 0,
            groups: Vec::new(),
            group_problems: Vec::new(),
            warnings: Vec::new(),
            without_guid: 0,
            first_without_guid: None,
            is_incomplete: false,
            summary: SourceSummary::default(),
            expired: 0,
            first_expired: None,
            groups_with_members: 0,
            groups_elsewhere: BTreeMap::new(),
            coverage: Coverage::of(channel),
        };
        pass.look_at_groups();
        Ok(pass)
    }

    /// Without its group, or all of its members, a Group DN does not say who is provisioned.
    fn look_at_groups(&mut self) {
        let missing = self.surroundings.missing_groups.iter().map(|group| {
            let why = "there is no such group, so it has no members and no user counts as a leaver; check the name";
            (group.clone(), why.to_owned())
        });
        let cut_off = self.surroundings.cut_off_groups.iter().map(|group| (group.clone(), Flaw::CutOff.to_string()));
        for (dn, message) in missing.chain(cut_off).collect::<Vec<_>>() {
            self.is_incomplete = true;
            self.group_problems.push(Failure {
                kind: Kind::Group,
                dn,
                identifier: String::new(),
                field: Some("Group DN".to_owned()),
                message,
                cause: Cause::Source,
                exchange: None,
            });
        }
    }

    /// Whether the source, read as a whole, gave no person.
    pub(super) fn is_without_people(&self) -> bool {
        self.seen_users.is_empty() && !self.is_incomplete && self.source.scope() == Scope::Everything
    }

    /// Why no person is in the channel.
    pub(super) fn why_empty(&self) -> String {
        if let Some(asked) = self.source.asked() {
            return format!("{asked}, and gave no person");
        }
        let own = self.source.left_out();
        if !own.is_empty() {
            return own.join("; ");
        }
        let why = std::iter::once(self.summary.why_empty(self.channel));
        why.chain(self.undefined()).chain(self.coverage.notes()).collect::<Vec<_>>().join("; ")
    }

    /// A word about what the filters ask for and no schema has: such a condition selects nobody, and its negation neither.
    fn undefined(&self) -> Option<String> {
        let names: Vec<&str> = self.surroundings.links.undefined().collect();
        let (are, them) = if names.len() == 1 { ("is", "it are") } else { ("are", "them are") };
        (!names.is_empty()).then(|| {
            format!(
                "{} of the filter {are} neither in the schema of --directory nor in the source, so that conditions on {them} undefined and select no entry, negated or not (RFC 4511 section 4.5.1.7)",
                names.join(", ")
            )
        })
    }

    /// The result for the next person; nothing at the end of the source.
    ///
    /// # Errors
    /// The source or the ledger cannot be read any further.
    pub fn next_user(&mut self) -> Result<Option<Item>, PassError> {
        while let Some(entry) = self.entries.next() {
            self.read += 1;
            let entry = match entry {
                Err(SourceError::Entry(fault)) => {
                    self.is_incomplete |= fault.hides_others;
                    let failure = failure_of(fault);
                    if failure.kind == Kind::User {
                        return Ok(Some(Item::Problem { failure, stale: None }));
                    }
                    self.group_problems.push(failure);
                    continue;
                }
                entry => entry?,
            };
            self.summary.entries += 1;
            let placement = self.channel.placement(&entry, &self.surroundings);
            if let Some(role) = placement.filtered() {
                self.coverage.look_at(&entry, role, &self.surroundings);
            }
            match placement {
                Placement::Within(Role::User) => {
                    self.summary.users += 1;
                    let item = if entry.is_unchanged() { self.unchanged(&entry) } else { self.user(&entry) };
                    return item.map(Some);
                }
                Placement::Within(Role::Group) => {
                    self.summary.groups += 1;
                    self.group(&entry);
                }
                Placement::Outside(why) => self.summary.leave_out(&entry, why),
            }
        }
        Ok(None)
    }

    /// A person who is still there as before. One who has not been brought to the target is read and sent all the same.
    fn unchanged(&mut self, entry: &Entry) -> Result<Item, PassError> {
        let (guid, _) = self.channel.guid(entry);
        let row = self.ledger.get(Kind::User, &guid)?;
        let is_settled = row.as_ref().is_some_and(|row| !row.dirty && !row.create_pending && !row.gone);
        if !is_settled && let Some(whole) = self.source.entry(&entry.dn, Role::User)? {
            return self.user(&whole);
        }
        self.register(Kind::User, entry);
        if let Some(row) = row {
            self.names.insert(name_hash(&row.identifier));
        }
        Ok(Item::Unchanged)
    }

    fn user(&mut self, entry: &Entry) -> Result<Item, PassError> {
        let dn = entry.dn.to_string();
        let (guid, is_first) = self.register(Kind::User, entry);
        if !is_first {
            let message = format!("another entry of the source has the same value ({guid}); give each its own");
            let failure = source_failure(&dn, &self.channel.guid_attribute, "", message);
            return Ok(Item::Problem { failure, stale: None });
        }
        let row = self.ledger.get(Kind::User, &guid)?;
        let desired = match self.desired(entry, &dn) {
            Ok(desired) => self.unless_expired(entry, desired),
            Err(failure) => return Ok(Item::Problem { failure: *failure, stale: stale(guid, row) }),
        };
        if desired.active {
            self.coverage.look_at_status(entry, self.channel);
        }
        let state = UserState { fingerprint: desired.fingerprint(), active: desired.active };
        Ok(match decide::user(Some(state), row.as_ref(), self.options) {
            Decision::Nothing => Item::Unchanged,
            Decision::Refused(refusal) => Item::Refused { name: dn, refusal, stale: stale(guid, row) },
            Decision::Do(operation) => {
                Item::Work(UserWork { guid, dn, operation, desired: Some(desired), row: row.unwrap_or_default() })
            }
        })
    }

    /// The user that must stand in the target, or what keeps the entry from having one.
    fn desired(&mut self, entry: &Entry, dn: &str) -> Result<DesiredUser, Box<Failure>> {
        let desired = self
            .channel
            .mapping
            .desired(entry)
            .map_err(|error| Box::new(source_failure(dn, &error.field, "", error.problem)))?;
        if self.names.insert(name_hash(&desired.user_name)) {
            return Ok(desired);
        }
        let message = format!(
            "another entry of the source already gives the user name {:?}; two people cannot share an account",
            desired.user_name
        );
        Err(Box::new(source_failure(dn, "userName", &desired.user_name, message)))
    }

    /// The user, disabled where an account that has expired counts as such.
    fn unless_expired(&mut self, entry: &Entry, desired: DesiredUser) -> DesiredUser {
        if !has_expired(entry, &desired, self.channel, self.options) {
            return desired;
        }
        self.expired += 1;
        self.first_expired.get_or_insert_with(|| entry.dn.to_string());
        DesiredUser { active: !self.options.expired_are_disabled, ..desired }
    }

    fn group(&mut self, entry: &Entry) {
        let (guid, is_first) = self.register(Kind::Group, entry);
        let dn = entry.dn.to_string();
        let name = self.channel.group_name(entry).map(str::to_owned);
        let cut_off = self.channel.member_attributes.iter().find_map(|name| Some((name, entry.flaw(name)?)));
        let problem = match &name {
            _ if cut_off.is_some() => cut_off.map(|(attribute, flaw)| (attribute.clone(), flaw.to_string())),
            _ if !is_first => Some((
                self.channel.guid_attribute.clone(),
                format!("another entry of the source has the same value ({guid}); give each its own"),
            )),
            None => Some(("displayName".to_owned(), "a value is required, but the entry has none in cn".to_owned())),
            Some(name) if name.chars().count() > LONGEST => {
                Some(("displayName".to_owned(), ValueProblem::TooLong(name.chars().count()).to_string()))
            }
            Some(name) if !self.group_names.insert(scim::text::fold(name).into_owned()) => Some((
                "displayName".to_owned(),
                format!(
                    "another group of the source is also named {name:?}; they would overwrite each other's members"
                ),
            )),
            Some(_) => None,
        };
        if let Some((field, message)) = problem {
            self.group_problems.push(Failure {
                kind: Kind::Group,
                dn,
                identifier: name.unwrap_or_default(),
                field: Some(field),
                message,
                cause: Cause::Source,
                exchange: None,
            });
            return;
        }
        self.note_members(entry);
        let (members, unreadable) = self.channel.members(entry);
        let members = members.iter().map(|name| name_key(name)).collect();
        let fault = unreadable.first().map(|first| {
            format!("no distinguished name is {first:?}{}; left out as a member", more(unreadable.len() - 1))
        });
        self.groups.push(DesiredGroup { guid, dn, name: name.unwrap_or_default(), members, fault });
    }

    fn note_members(&mut self, group: &Entry) {
        let has = |attribute: &str| group.values(attribute).next().is_some();
        if self.channel.member_attributes.iter().any(|attribute| has(attribute)) {
            self.groups_with_members += 1;
        } else if let Some(attribute) = MEMBER_ATTRIBUTES.into_iter().find(|attribute| has(attribute)) {
            *self.groups_elsewhere.entry(attribute).or_default() += 1;
        }
    }

    /// Why groups would lose all their members: none has one by the attributes of the channel, and some have them by another.
    pub(super) fn members_elsewhere(&self) -> Option<Abort> {
        let (attribute, groups) = self.groups_elsewhere.iter().max_by_key(|(_, groups)| **groups)?;
        (self.groups_with_members == 0).then(|| Abort::NoMembers {
            asked: self.channel.member_attributes.join(" or "),
            groups: counted(*groups, "group names its members", "groups name their members"),
            attribute,
        })
    }

    /// Whether the source holds the entry.
    pub(super) fn holds(&self, kind: Kind, guid: &Guid) -> bool {
        match kind {
            Kind::User => self.seen_users.contains(&guid_key(guid)),
            Kind::Group => self.seen_groups.contains(&guid_key(guid)),
        }
    }

    /// Notes that the entry is there; `false` if another has its GUID.
    fn register(&mut self, kind: Kind, entry: &Entry) -> (Guid, bool) {
        let (guid, is_own) = self.channel.guid(entry);
        if !is_own {
            self.without_guid += 1;
            self.first_without_guid.get_or_insert_with(|| entry.dn.to_string());
        }
        let seen = match kind {
            Kind::User => &mut self.seen_users,
            Kind::Group => &mut self.seen_groups,
        };
        let is_first = seen.insert(guid_key(&guid));
        if is_first {
            for key in self.channel.member_keys(entry) {
                self.members.insert(&key, kind, guid.clone());
            }
        }
        (guid, is_first)
    }

    /// The results for people who are no longer in the source; to be asked after the last entry.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn leavers(&mut self) -> Result<Vec<Item>, PassError> {
        let mut items = Vec::new();
        if self.is_incomplete {
            let text = "the source could not be read as a whole: this cycle treats no user as a leaver and no group as deleted";
            self.warnings.push(text.to_owned());
            return Ok(items);
        }
        if let Scope::Touched { gone } = self.source.scope() {
            for guid in gone {
                if let Some(row) = self.ledger.get(Kind::User, &guid)? {
                    items.extend(leaver(&guid, &row, self.options));
                }
            }
            return Ok(items);
        }
        let (seen, options) = (&self.seen_users, self.options);
        self.ledger.scan(Kind::User, &mut |guid, row| {
            if !seen.contains(&guid_key(guid)) {
                items.extend(leaver(guid, row, options));
            }
        })?;
        self.warn_of_new_guids(&items);
        Ok(items)
    }

    /// Who comes with the name of a leaver may be the same person, whose GUID has changed.
    fn warn_of_new_guids(&mut self, leavers: &[Item]) {
        let removed = leavers.iter().filter_map(|item| match item {
            Item::Work(work) if work.removes() => Some(&*work.row.identifier),
            _ => None,
        });
        let returning: Vec<&str> = removed.filter(|name| self.names.contains(&name_hash(name))).collect();
        let Some(first) = returning.first() else { return };
        let who = counted(returning.len() as u64, "entry that has left has", "entries that have left have");
        self.warnings.push(format!(
            "{who} the user name of one that is there (the first is {first}): if they are the same people, {} has changed for them, this cycle removes their accounts, and the next one links them again; check --guid-attribute",
            self.channel.guid_attribute
        ));
    }

    /// The groups that are no longer in the source.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn gone_groups(&self) -> Result<Vec<(Guid, Row)>, PassError> {
        let mut gone = Vec::new();
        let is_kept = self.options.rule_deleted && !self.options.deprovision_on_rule_deletion;
        if self.is_incomplete || is_kept || self.source.scope() != Scope::Everything {
            return Ok(gone);
        }
        self.ledger.scan(Kind::Group, &mut |guid, row| {
            if !self.seen_groups.contains(&guid_key(guid)) {
                gone.push((guid.clone(), row.clone()));
            }
        })?;
        Ok(gone)
    }

    pub(super) const fn ledger(&self) -> &dyn Ledger {
        self.ledger
    }

    /// The entries of the source that the channel leaves out, as sentences.
    pub(super) fn left_out(&self) -> Vec<String> {
        let mut notes = self.summary.notes(self.channel);
        notes.extend(self.source.left_out());
        notes.extend(self.coverage.notes());
        notes
    }

    /// The warnings about the source, for the person who runs the channel.
    #[must_use]
    pub fn finish_warnings(&mut self) -> Vec<String> {
        let mut warnings = std::mem::take(&mut self.warnings);
        warnings.extend(self.undefined());
        warnings.extend(self.coverage.warnings(self.channel));
        if let Some(first) = &self.first_without_guid {
            let (whose, first) = if self.without_guid == 1 {
                ("its name serves", format!("it is {first}"))
            } else {
                ("their names serve", format!("the first is {first}"))
            };
            warnings.push(format!(
                "{} no {}, {first}: {whose} instead, so that a rename looks like a leaver and a joiner",
                counted(self.without_guid, "entry has", "entries have"),
                self.channel.guid_attribute
            ));
        }
        if let Some(first) = &self.first_expired {
            let counts = if self.options.expired_are_disabled { "counts as disabled" } else { "counts as enabled" };
            warnings.push(format!(
                "{} expired (accountExpires is in the past) and {counts}: whether the provisioner looks at accountExpires is not documented, --expired says which to rehearse; the first is {first}",
                counted(self.expired, "enabled person has an account that", "enabled people have accounts that")
            ));
        }
        warnings
    }
}

/// Whether the account is enabled and has expired in the source. No document of the vendor says that its status looks at
/// `accountExpires`.
pub(super) fn has_expired(entry: &Entry, desired: &DesiredUser, channel: &Channel, options: &Options) -> bool {
    desired.active && options.now.is_some_and(|now| channel.mapping.status.is_expired(entry, now))
}

/// The result for a person who has left.
fn leaver(guid: &Guid, row: &Row, options: &Options) -> Option<Item> {
    match decide::user(None, Some(row), options) {
        Decision::Nothing => None,
        Decision::Refused(refusal) => Some(Item::Refused { name: row.identifier.to_string(), refusal, stale: None }),
        Decision::Do(operation) => Some(Item::Work(UserWork {
            guid: guid.clone(),
            dn: format!("(gone) {}", row.identifier),
            operation,
            desired: None,
            row: row.clone(),
        })),
    }
}

/// The row, to be written as dirty; nothing if there is none, or if it is dirty already.
fn stale(guid: Guid, row: Option<Row>) -> Option<Stale> {
    row.filter(|row| !row.dirty).map(|row| (guid, Row { dirty: true, ..row }))
}

/// A UUID's own number; for another GUID a number of its text.
fn guid_key(guid: &Guid) -> u128 {
    match guid {
        Guid::Uuid(uuid) => uuid.as_u128(),
        Guid::Text(text) => fingerprint::of_text(text),
    }
}

fn more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(", nor are {count} more of its values") }
}

fn source_failure(dn: &str, field: &str, identifier: &str, message: String) -> Failure {
    Failure {
        kind: Kind::User,
        dn: dn.to_owned(),
        identifier: identifier.to_owned(),
        field: Some(field.to_owned()),
        message,
        cause: Cause::Source,
        exchange: None,
    }
}

fn name_hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    scim::text::fold(name).hash(&mut hasher);
    hasher.finish()
}

fn failure_of(fault: EntryFault) -> Failure {
    Failure {
        kind: match fault.role {
            Role::User => Kind::User,
            Role::Group => Kind::Group,
        },
        dn: fault.entry,
        identifier: String::new(),
        field: Some(fault.field),
        message: fault.message,
        cause: Cause::Source,
        exchange: None,
    }
}
