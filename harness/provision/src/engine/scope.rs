//! Why an entry of the source is in the channel or not, and what a cycle would make of it.

use super::cycle::Provisioner;
use super::decide;
use super::decide::{Decision, UserOperation, UserState};
use super::pass::{PassError, has_expired};
use crate::channel::{Channel, Exclusion, Placement, Surroundings};
use crate::entry::{Dn, Entry, Role};
use crate::ledger::{Kind, LedgerError, Row};
use crate::source::{LocatedEntry, Source, SourceError};

/// The answer about one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeAnswer {
    pub entry: String,
    pub is_within: bool,
    /// Questions about the entry, with their answers.
    pub facts: Vec<(String, String)>,
    /// The operation of a cycle, in words.
    pub outcome: String,
}

impl Provisioner {
    /// Asks the source for entries that are called so: by their name, by an attribute that names people, or by GUID; and
    /// the ledger, where the source holds none.
    ///
    /// # Errors
    /// The source or the ledger cannot be read.
    pub fn explain(&self, source: &dyn Source, person: &str) -> Result<Vec<ScopeAnswer>, PassError> {
        let located = match source.locate(person, &self.channel)? {
            Some(located) => located,
            None => self.locate(source, person)?,
        };
        if located.is_empty() {
            return Ok(self.departed(person)?);
        }
        located.into_iter().map(|located| self.answer(located)).collect()
    }

    /// The people of the ledger who are called so, of whom the source holds no entry.
    fn departed(&self, person: &str) -> Result<Vec<ScopeAnswer>, LedgerError> {
        let mut answers = Vec::new();
        self.ledger.scan(Kind::User, &mut |guid, row| {
            let guid = guid.to_string();
            if [&*row.identifier, &guid].iter().any(|name| name.eq_ignore_ascii_case(person)) {
                let facts = vec![
                    ("source".to_owned(), "it holds no such entry".to_owned()),
                    ("GUID".to_owned(), guid),
                    ("account".to_owned(), account(Some(row))),
                ];
                let entry = row.identifier.to_string();
                answers.push(ScopeAnswer { entry, is_within: false, facts, outcome: self.without(Some(row)) });
            }
        })?;
        Ok(answers)
    }

    /// The entries of a source that gives all that it holds.
    fn locate(&self, source: &dyn Source, person: &str) -> Result<Vec<LocatedEntry>, PassError> {
        let surroundings = source.surroundings(&self.channel)?;
        let mut found = Vec::new();
        for entry in source.entries()? {
            let entry = match entry {
                Ok(entry) => entry,
                Err(SourceError::Entry(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            if is_called(&entry, person, &self.channel) {
                found.push(located(&self.channel, entry.into_owned(), &surroundings));
            }
        }
        Ok(found)
    }

    fn answer(&self, located: LocatedEntry) -> Result<ScopeAnswer, PassError> {
        let LocatedEntry { entry, is_within, mut facts } = located;
        let (guid, is_own) = self.channel.guid(&entry);
        let by = if is_own { &self.channel.guid_attribute } else { "its name, for want of a GUID" };
        facts.push(("GUID".to_owned(), format!("{guid} ({by})")));
        let row = self.ledger.get(Kind::User, &guid)?;
        facts.push(("account".to_owned(), account(row.as_ref())));
        let outcome =
            if is_within { self.outcome(&entry, row.as_ref(), &mut facts) } else { self.without(row.as_ref()) };
        Ok(ScopeAnswer { entry: entry.dn.to_string(), is_within, facts, outcome })
    }

    /// The operation of a cycle for a person of the channel.
    fn outcome(&self, entry: &Entry, row: Option<&Row>, facts: &mut Vec<(String, String)>) -> String {
        let mut desired = match self.channel.mapping.desired(entry) {
            Ok(desired) => desired,
            Err(problem) => return format!("it would fail: {problem}"),
        };
        if has_expired(entry, &desired, &self.channel, &self.options) {
            desired.active = !self.options.expired_are_disabled;
            facts.push(("accountExpires".to_owned(), "in the past; --expired says how it counts".to_owned()));
        }
        let status = if desired.active { "enabled" } else { "disabled" };
        facts.push(("userName".to_owned(), desired.user_name.clone()));
        facts.push((self.channel.mapping.status.attribute.clone(), status.to_owned()));
        let state = UserState { fingerprint: desired.fingerprint(), active: desired.active };
        self.words(decide::user(Some(state), row, &self.options))
    }

    /// The operation of a cycle for a person who is not, or no longer, in the channel.
    fn without(&self, row: Option<&Row>) -> String {
        match row {
            None => "a cycle does nothing".to_owned(),
            Some(_) => self.words(decide::user(None, row, &self.options)),
        }
    }

    fn words(&self, decision: Decision) -> String {
        match decision {
            Decision::Nothing => "a cycle does nothing: the account is as it should be".to_owned(),
            Decision::Refused(refusal) => {
                let option = self.description.option_name(refusal.place()).unwrap_or_else(|| refusal.option());
                format!("a cycle does nothing, because {option} is cleared")
            }
            Decision::Do(operation) => format!("a cycle would {}", words(operation)),
        }
    }
}

fn account(row: Option<&Row>) -> String {
    match row {
        Some(Row { target_id: Some(id), .. }) => format!("the ledger knows the account {id}"),
        Some(_) => "the ledger knows the entry without an account".to_owned(),
        None => "the ledger does not know the entry".to_owned(),
    }
}

const fn words(operation: UserOperation) -> &'static str {
    match operation {
        UserOperation::Join { active: true } => "find the account or create it",
        UserOperation::Join { active: false } => "find the account or create it, disabled",
        UserOperation::Update { .. } => "update the account",
        UserOperation::Enable => "enable the account",
        UserOperation::Disable => "disable the account",
        UserOperation::Delete => "delete the account",
        UserOperation::Settle => "find the account that was being created, and remove it",
        UserOperation::Retire => "remember that the entry has left; its account is disabled already",
        UserOperation::Forget => "forget the entry, which has no account",
    }
}

/// Whether a person would call the entry so.
#[must_use]
pub fn is_called(entry: &Entry, person: &str, channel: &Channel) -> bool {
    const NAMES: [&str; 10] = [
        "uid",
        "cn",
        "mail",
        "sAMAccountName",
        "userPrincipalName",
        "displayName",
        "employeeNumber",
        "username",
        "email",
        "id",
    ];
    let is_name = || Dn::parse(person).is_ok_and(|dn| !dn.rdns().is_empty() && dn == entry.dn);
    let has = |attribute: &str| entry.has_value(attribute, person.as_bytes());
    let user_name = channel.mapping.rules().iter().filter(|rule| rule.field.name == crate::mapping::field::USER_NAME);
    is_name()
        || NAMES.iter().any(|attribute| has(attribute))
        || user_name.flat_map(|rule| &rule.attribute_names).any(|attribute| has(attribute))
        || channel.guid(entry).0.to_string().eq_ignore_ascii_case(person)
}

/// Where the entry stands to the channel, question by question.
fn located(channel: &Channel, entry: Entry, surroundings: &Surroundings) -> LocatedEntry {
    let placement = channel.placement(&entry, surroundings);
    let mut facts = Vec::new();
    let mut fact = |question: &str, answer: String| facts.push((question.to_owned(), answer));
    let yes_no = |is_met: bool| if is_met { "yes" } else { "no" };
    let classes: Vec<&str> = entry.texts("objectClass").collect();
    fact("classes", classes.join(", "));
    let is_user = channel.user_classes.iter().any(|class| entry.is_a(class));
    fact(&format!("of the classes {}", channel.user_classes.join(", ")), yes_no(is_user).to_owned());
    if !channel.excluded_classes.is_empty() {
        let is_excluded = channel.excluded_classes.iter().any(|class| entry.is_a(class));
        fact(
            &format!("of the excluded classes {}", channel.excluded_classes.join(", ")),
            yes_no(is_excluded).to_owned(),
        );
    }
    if let Some(base) = &channel.base_dn {
        fact(&format!("below {base}"), yes_no(entry.dn.is_within(base)).to_owned());
    }
    if let (Some(group), Some(scope)) = (&channel.user_group, &surroundings.user_scope) {
        let nested = if group.nested { " or a group in it" } else { "" };
        fact(&format!("member of {}{nested}", group.dn), yes_no(scope.has_member(channel, &entry)).to_owned());
    }
    if let Some(filter) = &channel.user_filter {
        for (item, truth) in filter.items(&entry, &surroundings.links) {
            fact(&format!("filter {item}"), truth.as_str().to_owned());
        }
        fact("the filter as a whole", filter.evaluate(&entry, &surroundings.links).as_str().to_owned());
    }
    match placement {
        Placement::Within(Role::Group) => fact("place", "it is a group of the channel, not a person".to_owned()),
        Placement::Outside(Exclusion::Deleted) => fact("place", Exclusion::Deleted.to_string()),
        Placement::Within(Role::User) | Placement::Outside(_) => {}
    }
    LocatedEntry { is_within: placement == Placement::Within(Role::User), entry, facts }
}
