//! What must be there: the accounts and groups that the source, the options and the documented rules ask for.
//!
//! This is worked out from the directory alone, not from the engine's decisions or its ledger, so that a fault of either
//! shows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use weir_provision::entry::Role;
use weir_provision::ledger::Guid;
use weir_provision::mapping::field::Place;
use weir_provision::source::Directory;
use weir_provision::{Channel, Options, RemoveUserAction};

/// Accounts and groups as they must be.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    pub accounts: BTreeMap<Guid, Account>,
    pub groups: BTreeMap<Guid, Group>,
}

/// One account.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub user_name: String,
    pub active: bool,
    /// By path, with the place that the path names. What the source no longer has stays, since nothing is ever cleared.
    pub values: BTreeMap<String, (Place, Value)>,
    is_in_source: bool,
    /// Left the source in an earlier cycle: nothing more happens to the account.
    has_left: bool,
}

/// One group with the entries that are its members.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub name: String,
    pub members: BTreeSet<Guid>,
}

impl World {
    /// What the next cycle must bring about.
    pub(super) fn advance(&mut self, directory: &Directory, channel: &Channel, options: &Options) {
        for account in self.accounts.values_mut() {
            account.is_in_source = false;
        }
        let mut by_dn = BTreeMap::new();
        for entry in directory.iter() {
            let (guid, _) = channel.guid(entry);
            match channel.role(entry) {
                Some(Role::User) => {
                    let Ok(desired) = channel.mapping.desired(entry) else { continue };
                    by_dn.insert(entry.dn.key().to_owned(), guid.clone());
                    self.person(guid, &desired, options);
                }
                Some(Role::Group) => {
                    by_dn.insert(entry.dn.key().to_owned(), guid);
                }
                None => {}
            }
        }
        self.leavers(options);
        self.groups.clear();
        for entry in directory.iter().filter(|entry| channel.role(entry) == Some(Role::Group)) {
            let Some(name) = channel.group_name(entry) else { continue };
            self.groups.insert(channel.guid(entry).0, Group { name: name.to_owned(), members: BTreeSet::new() });
        }
        for entry in directory.iter().filter(|entry| channel.role(entry) == Some(Role::Group)) {
            let members = channel
                .members(entry)
                .0
                .iter()
                .filter_map(|key| by_dn.get(&**key))
                .filter(|guid| self.accounts.contains_key(guid) || self.groups.contains_key(guid))
                .cloned()
                .collect();
            if let Some(group) = self.groups.get_mut(&channel.guid(entry).0) {
                group.members = members;
            }
        }
    }

    fn person(&mut self, guid: Guid, desired: &weir_provision::mapping::DesiredUser, options: &Options) {
        if !self.accounts.contains_key(&guid) && !desired.active && !options.provision_disabled_users {
            return;
        }
        // Being disabled is what triggers the removal; who was disabled before stays as they are.
        let was_active = self.accounts.get(&guid).is_some_and(|account| account.active);
        if !desired.active
            && was_active
            && options.disabled_are_removed
            && options.remove_user_action == RemoveUserAction::Delete
        {
            self.accounts.remove(&guid);
            return;
        }
        let account = self.accounts.entry(guid).or_insert_with(|| Account {
            user_name: String::new(),
            active: true,
            values: BTreeMap::new(),
            is_in_source: true,
            has_left: false,
        });
        account.user_name.clone_from(&desired.user_name);
        account.active = desired.active;
        account.is_in_source = true;
        account.has_left = false;
        // A password is never returned.
        for value in desired.updatable().filter(|value| value.rule.field.name != "password") {
            let place = &value.rule.field.place;
            account.values.insert(place.to_string(), (place.clone(), value.value.clone()));
        }
    }

    fn leavers(&mut self, options: &Options) {
        if options.remove_user_action == RemoveUserAction::Delete {
            self.accounts.retain(|_, account| account.is_in_source || account.has_left);
        }
        for account in self.accounts.values_mut().filter(|account| !account.is_in_source) {
            account.active = false;
            account.has_left = true;
        }
    }

    /// The name of an entry: `userName` of an account, `displayName` of a group.
    pub(super) fn name_of(&self, guid: &Guid) -> Option<&str> {
        let account = self.accounts.get(guid).map(|account| account.user_name.as_str());
        account.or_else(|| self.groups.get(guid).map(|group| group.name.as_str()))
    }
}
