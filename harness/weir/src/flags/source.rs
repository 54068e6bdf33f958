//! The flags that say where a channel's people and groups come from, and which of them it takes.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use secrecy::SecretString;
use url::Url;
use weir_files::document;
use weir_files::name::UnknownName;
use weir_provision::Channel;
use weir_provision::channel::GroupDn;
use weir_provision::connection::{ConnectionChannel, is_attribute};
use weir_provision::entry::filter::Evaluator;
use weir_provision::entry::{Dn, EntryFilter};
use weir_provision::mapping::{Mapping, file};
use weir_provision::source::LdapSource;
use weir_provision::source::ldap::{ChangeAlgorithm, ChangeDetection, LdapSettings, Location};

use super::secret::{given_secret, secret};
use super::value::not_empty;
use crate::config::SecretKind;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::provision::directory_failure;

/// What kind of directory the source is, for the defaults of everything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DirectoryKind {
    /// inetOrgPerson, entryUUID, modifyTimestamp: OpenLDAP, 389 Directory Server and their relatives
    #[default]
    InetOrgPerson,
    /// user, objectGUID, uSNChanged: Active Directory and Samba
    ActiveDirectory,
    /// posixAccount, posixGroup with memberUid: accounts for Unix in any directory
    Posix,
    /// inetOrgPerson and nsPerson, nsUniqueId: 389 Directory Server
    #[value(name = "389-ds")]
    DirectoryServer389,
}

/// How changed people are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChangedUsers {
    /// uSNChanged is larger than the last one
    Usn,
    /// The time stamp is not older than the last check
    Timestamp,
    /// The same, asked without negation
    TimestampNoNegation,
    /// Not at all: everybody is read in each cycle
    None,
}

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Channel")]
pub struct SourceFlags {
    /// The people and groups: an LDIF file, ldap://HOST:PORT or ldaps://HOST:PORT
    #[arg(long, value_name = "FILE|URL", help_heading = None::<&str>)]
    pub source: Option<String>,
    /// The source attributes that fill each field, as JSON or TOML [default: those of --directory]
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Defaults for classes, GUID, mapping and status
    #[arg(long, value_enum, value_name = "KIND", hide_possible_values = true)]
    #[arg(help = "Defaults for classes, GUID, mapping and status: inet-org-person, active-directory, posix or 389-ds")]
    pub directory: Option<DirectoryKind>,
    /// Only entries at or below this name
    #[arg(long, value_name = "DN")]
    pub base_dn: Option<String>,
    /// Only people who match this LDAP filter; people who stop matching are leavers
    #[arg(long, value_name = "FILTER", value_parser = not_empty)]
    pub user_filter: Option<String>,
    /// Only groups that match this LDAP filter; one that stops matching is deleted
    #[arg(long, value_name = "FILTER", value_parser = not_empty)]
    pub group_filter: Option<String>,
    /// The object class of people; repeat for more [default: those of --directory]
    #[arg(long = "user-class", value_name = "CLASS", value_parser = not_empty)]
    pub user_classes: Vec<String>,
    /// The object class of groups; repeat for more [default: those of --directory]
    #[arg(long = "group-class", value_name = "CLASS", value_parser = not_empty)]
    pub group_classes: Vec<String>,
    /// The attribute that names a group's members: by name, or memberUid by uid; repeat for more
    #[arg(long = "member-attribute", value_name = "ATTRIBUTE", value_parser = not_empty)]
    pub member_attributes: Vec<String>,
    #[command(flatten)]
    pub location: LocationFlags,
    #[command(flatten)]
    pub ldap: LdapFlags,
    /// The flags that a connection filled in, each with the setting that it has the value from.
    #[arg(skip)]
    from_connection: Vec<(&'static str, &'static str)>,
}

/// The group whose members are people of the channel.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Channel")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct LocationFlags {
    /// Only members of this group; of a server they are read again only when the group changes
    #[arg(long, value_name = "DN", value_parser = not_empty)]
    pub user_group_dn: Option<String>,
    /// Only this group, and with nested search the groups in it
    #[arg(long, value_name = "DN", value_parser = not_empty)]
    pub group_group_dn: Option<String>,
    /// Include the groups in the Group DN's group, for people and groups (Nested Search)
    #[arg(long)]
    pub nested: bool,
    /// The same, for people alone
    #[arg(long)]
    pub nested_users: bool,
    /// The same, for groups alone
    #[arg(long)]
    pub nested_groups: bool,
    /// The attribute that names a person's groups, such as memberOf [default: none, read group members]
    #[arg(long, value_name = "ATTRIBUTE", value_parser = not_empty)]
    pub member_of_attribute: Option<String>,
    /// The attribute that identifies an entry
    #[arg(long, value_name = "ATTRIBUTE", value_parser = not_empty)]
    pub guid_attribute: Option<String>,
    /// The identifying attribute holds bytes, not text
    #[arg(long)]
    pub guid_binary: bool,
}

impl LocationFlags {
    fn group(text: Option<&String>, nested: bool, flag: &str) -> Result<Option<GroupDn>, Failure> {
        text.map(|text| Ok(GroupDn { dn: name(text, flag)?, nested })).transpose()
    }

    fn users(&self) -> Result<Option<GroupDn>, Failure> {
        Self::group(self.user_group_dn.as_ref(), self.nested || self.nested_users, "--user-group-dn")
    }

    fn groups(&self) -> Result<Option<GroupDn>, Failure> {
        Self::group(self.group_group_dn.as_ref(), self.nested || self.nested_groups, "--group-group-dn")
    }
}

/// What only a directory server needs.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Directory server")]
pub struct LdapFlags {
    /// The name to bind as [default: anonymous]
    #[arg(long, value_name = "DN", env = "WEIR_BIND_DN", hide_env_values = true, requires = "bind_password")]
    pub bind_dn: Option<String>,
    /// The password to bind with, or @FILE that holds it
    #[arg(long, value_name = "PASSWORD", env = "WEIR_BIND_PASSWORD", hide_env_values = true)]
    #[arg(allow_hyphen_values = true, value_parser = given_secret)]
    pub bind_password: Option<SecretString>,
    /// Encrypt an ldap:// connection before the bind
    #[arg(long)]
    pub starttls: bool,
    /// Certificates of the authorities to trust for the directory, PEM [default: the system's]
    #[arg(long, value_name = "FILE")]
    pub source_ca: Option<PathBuf>,
    /// Accept any certificate of the directory
    #[arg(long)]
    pub source_insecure: bool,
    /// Seconds to wait for one answer of the directory [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub source_timeout: Option<u64>,
    /// How to find changed people: usn, timestamp, timestamp-no-negation or none
    #[arg(long, value_enum, value_name = "ALGORITHM", hide_possible_values = true)]
    pub changed_users: Option<ChangedUsers>,
    /// The attribute that tells a change [default: uSNChanged, modifyTimestamp or whenChanged]
    #[arg(long, value_name = "ATTRIBUTE", value_parser = not_empty)]
    pub change_attribute: Option<String>,
    /// Entries per page of a search [default: 500]. A search of more than 10,000,000 entries, or of 1,000 pages in a row without one, is an error
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub page_size: Option<u16>,
}

impl LdapFlags {
    /// The flags that were given, by name. Name and password may come from the environment of another run.
    fn given(&self) -> Vec<&'static str> {
        let flags = [
            ("--starttls", self.starttls),
            ("--source-ca", self.source_ca.is_some()),
            ("--source-insecure", self.source_insecure),
            ("--source-timeout", self.source_timeout.is_some()),
            ("--changed-users", self.changed_users.is_some()),
            ("--change-attribute", self.change_attribute.is_some()),
            ("--page-size", self.page_size.is_some()),
        ];
        flags.into_iter().filter_map(|(name, is_given)| is_given.then_some(name)).collect()
    }
}

/// Where a source's text points.
pub enum SourceLocation {
    File(PathBuf),
    Ldap(Url),
}

impl SourceFlags {
    /// The source as given.
    pub fn place(&self) -> Result<SourceLocation, Failure> {
        let Some(text) = self.source.as_deref() else {
            return Err(Failure::Usage(
                "give the people with --source: an LDIF file, or ldap://HOST:PORT of a directory server".into(),
            ));
        };
        if !["ldap://", "ldaps://"].iter().any(|scheme| text.to_ascii_lowercase().starts_with(scheme)) {
            return match text.split_once("://") {
                Some((scheme, _)) => {
                    let name = UnknownName::new("scheme", scheme, ["ldap", "ldaps"]);
                    Err(Failure::Usage(format!("--source {text}: {name}")))
                }
                None => Ok(SourceLocation::File(PathBuf::from(text))),
            };
        }
        let url = Url::parse(text).map_err(|error| Failure::Usage(format!("--source {text}: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::Usage(
                "credentials do not belong into --source; give them with --bind-dn and --bind-password".into(),
            ));
        }
        if url.host_str().is_none_or(str::is_empty) || !matches!(url.path(), "" | "/") || url.query().is_some() {
            return Err(Failure::Usage(format!(
                "--source {text}: give scheme, host and port, as in ldap://127.0.0.1:389; the base goes into --base-dn"
            )));
        }
        Ok(SourceLocation::Ldap(url))
    }

    /// Refuses what a source of this form cannot serve. To be asked before anything of a connection is filled in: a
    /// connection is made for a server, and a file stands in for it.
    ///
    /// # Errors
    /// A flag that would change nothing.
    pub fn refuse_unserved(&self, is_pingone: bool) -> Result<(), Failure> {
        let unserved = |flags: &[&str], source: &str| match flags.first() {
            None => Ok(()),
            Some(flag) => Err(Failure::Usage(format!("{flag} says nothing about {source}; leave it out"))),
        };
        if is_pingone {
            let location = &self.location;
            let flags = [
                ("--mapping", self.mapping.is_some()),
                ("--directory", self.directory.is_some()),
                ("--base-dn", self.base_dn.is_some()),
                ("--user-filter", self.user_filter.is_some()),
                ("--group-filter", self.group_filter.is_some()),
                ("--user-class", !self.user_classes.is_empty()),
                ("--group-class", !self.group_classes.is_empty()),
                ("--member-attribute", !self.member_attributes.is_empty()),
                ("--user-group-dn", location.user_group_dn.is_some()),
                ("--group-group-dn", location.group_group_dn.is_some()),
                ("--nested", location.nested || location.nested_users || location.nested_groups),
                ("--member-of-attribute", location.member_of_attribute.is_some()),
                ("--guid-attribute", location.guid_attribute.is_some()),
                ("--guid-binary", location.guid_binary),
            ];
            let given: Vec<&str> = flags.into_iter().filter_map(|(name, is_given)| is_given.then_some(name)).collect();
            unserved(&[given, self.ldap.given()].concat(), "PingOne's users, whom the rule selects and maps")?;
        } else if matches!(self.place(), Ok(SourceLocation::File(_))) {
            unserved(&self.ldap.given(), "a file, which is read whole in each cycle")?;
        }
        let location = &self.location;
        let is_without_group = location.user_group_dn.is_none() && location.group_group_dn.is_none();
        let is_nested = location.nested || location.nested_users || location.nested_groups;
        if is_nested && is_without_group {
            return Err(Failure::Usage(
                "--nested is about the group of --user-group-dn or --group-group-dn; give one".into(),
            ));
        }
        Ok(())
    }

    /// What the source is, as it stands in a title.
    pub fn name(&self) -> &str {
        self.source.as_deref().unwrap_or_default()
    }

    /// What kind of source it is and which part of it, for the ledger.
    pub fn identity(&self, channel: &Channel) -> String {
        let base = channel.base_dn.as_ref().map(|base| format!(" below {base}")).unwrap_or_default();
        match self.place() {
            Ok(SourceLocation::Ldap(_)) => format!("a directory server{base}"),
            _ => format!("an LDIF file{base}"),
        }
    }

    /// The source's settings as a person reads them, without secrets.
    pub fn settings_shown(&self) -> Vec<(String, String)> {
        let ldap = &self.ldap;
        let settings = [
            ("read from", &self.source),
            ("base DN", &self.base_dn),
            ("bind DN", &ldap.bind_dn),
            ("user filter", &self.user_filter),
            ("user Group DN", &self.location.user_group_dn),
            ("group filter", &self.group_filter),
            ("group Group DN", &self.location.group_group_dn),
        ];
        let mut shown: Vec<(String, String)> = settings
            .into_iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| (name.to_owned(), value.clone())))
            .collect();
        let LocationFlags { nested, nested_users, nested_groups, .. } = self.location;
        let nested = match (nested || nested_users, nested || nested_groups) {
            (true, true) => "yes",
            (true, false) => "for users",
            (false, true) => "for groups",
            (false, false) => return shown,
        };
        shown.push(("nested search".to_owned(), nested.to_owned()));
        shown
    }

    /// Takes from a connection's channel what no flag says.
    pub fn fill_from(&mut self, channel: &ConnectionChannel) {
        let text = |name: &str| channel.setting(name).map(str::to_owned);
        let mut filled = Vec::new();
        let mut or = |value: &mut Option<String>, flag: &'static str, name: &'static str| {
            if value.is_none() {
                *value = text(name);
                filled.extend(value.is_some().then_some((flag, name)));
            }
        };
        let LocationFlags { user_group_dn, group_group_dn, member_of_attribute, .. } = &mut self.location;
        or(&mut self.base_dn, "--base-dn", "baseDn");
        or(&mut self.user_filter, "--user-filter", "userSourceLocation.filter");
        or(&mut self.group_filter, "--group-filter", "groupSourceLocation.filter");
        or(user_group_dn, "--user-group-dn", "userSourceLocation.groupDN");
        or(group_group_dn, "--group-group-dn", "groupSourceLocation.groupDN");
        or(member_of_attribute, "--member-of-attribute", "groupMembershipDetection.memberOfGroupAttributeName");
        self.location.nested_users |= channel.flag("userSourceLocation.nestedSearch");
        self.location.nested_groups |= channel.flag("groupSourceLocation.nestedSearch");
        let algorithm = channel.setting("changeDetectionSettings.changedUsersAlgorithm").unwrap_or_default();
        let changed = match algorithm.to_ascii_uppercase().as_str() {
            "ACTIVE_DIRECTORY_USN" => Some(ChangedUsers::Usn),
            "TIMESTAMP" => Some(ChangedUsers::Timestamp),
            "TIMESTAMP_NO_NEGATION" => Some(ChangedUsers::TimestampNoNegation),
            _ => None,
        };
        self.ldap.changed_users = self.ldap.changed_users.or(changed);
        let is_by_number = match self.ldap.changed_users {
            Some(algorithm) => algorithm == ChangedUsers::Usn,
            None => channel.is_active_directory(),
        };
        let attribute = if is_by_number {
            "changeDetectionSettings.usnAttributeName"
        } else {
            "changeDetectionSettings.timeStampAttributeName"
        };
        or(&mut self.ldap.change_attribute, "--change-attribute", attribute);
        self.from_connection = filled;
        if self.directory.is_none() && channel.is_active_directory() {
            self.directory = Some(DirectoryKind::ActiveDirectory);
        }
    }

    /// The channel: that of the defaults, or of a connection; the flags have been filled from it by then.
    pub fn channel_of(&self, connected: Option<&ConnectionChannel>, output: &Output) -> Result<Channel, Failure> {
        let mut channel = match self.directory.unwrap_or_default() {
            DirectoryKind::InetOrgPerson => Channel::default(),
            DirectoryKind::ActiveDirectory => Channel::active_directory(),
            DirectoryKind::Posix => Channel::posix(),
            DirectoryKind::DirectoryServer389 => Channel::directory_server_389(),
        };
        if let Some(connected) = connected {
            connected.apply_to(&mut channel);
        }
        self.apply(&mut channel, output)?;
        Ok(channel)
    }

    /// What the flags say goes over what a channel has.
    pub fn apply(&self, channel: &mut Channel, output: &Output) -> Result<(), Failure> {
        if let Some(base) = &self.base_dn {
            channel.base_dn = Some(name(base, "--base-dn")?);
        }
        if let Some(attribute) = &self.location.guid_attribute {
            channel.guid_attribute.clone_from(attribute);
            channel.guid_binary = false;
        }
        channel.guid_binary |= self.location.guid_binary;
        for (given, own) in [
            (&self.user_classes, &mut channel.user_classes),
            (&self.group_classes, &mut channel.group_classes),
            (&self.member_attributes, &mut channel.member_attributes),
        ] {
            if !given.is_empty() {
                own.clone_from(given);
            }
        }
        // Somebody who names a class wants its entries.
        let classes = &channel.user_classes;
        channel.excluded_classes.retain(|excluded| !classes.iter().any(|class| class.eq_ignore_ascii_case(excluded)));
        if let Some(path) = &self.mapping {
            channel.mapping = mapping(path, output)?;
        }
        // A server evaluates location and filters by itself, from a text that has been read here all the same.
        let evaluator = match (self.place()?, channel.is_active_directory) {
            (SourceLocation::Ldap(_), _) => Evaluator::Server,
            (SourceLocation::File(_), true) => Evaluator::ActiveDirectoryFile,
            (SourceLocation::File(_), false) => Evaluator::File,
        };
        let user_filter = self.filter(self.user_filter.as_ref(), "--user-filter", evaluator)?;
        let group_filter = self.filter(self.group_filter.as_ref(), "--group-filter", evaluator)?;
        if evaluator == Evaluator::Server {
            self.attributes()?;
        } else {
            channel.user_group = self.location.users()?;
            channel.group_group = self.location.groups()?;
            channel.member_of_attribute.clone_from(&self.location.member_of_attribute);
            channel.user_filter = user_filter.or_else(|| channel.user_filter.take());
            channel.group_filter = group_filter.or_else(|| channel.group_filter.take());
        }
        Ok(())
    }

    /// A filter, read by itself: what stands behind its end would be another condition of the search that it is put into.
    fn filter(&self, text: Option<&String>, flag: &str, evaluator: Evaluator) -> Result<Option<EntryFilter>, Failure> {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
        let read = EntryFilter::parse(text, evaluator);
        read.map(Some).map_err(|error| Failure::Usage(format!("{}: {error}", self.origin(flag))))
    }

    /// The setting of the connection that a value is from, or else the flag.
    fn origin<'f>(&self, flag: &'f str) -> Cow<'f, str> {
        match self.from_connection.iter().find(|(own, _)| *own == flag) {
            Some((_, setting)) => Cow::Owned(format!("{setting} of the connection")),
            None => Cow::Borrowed(flag),
        }
    }

    /// Refuses what is not the name of an attribute: the names become a part of searches.
    fn attributes(&self) -> Result<(), Failure> {
        let names = [
            ("--guid-attribute", self.location.guid_attribute.iter()),
            ("--member-of-attribute", self.location.member_of_attribute.iter()),
            ("--change-attribute", self.ldap.change_attribute.iter()),
        ];
        let names = names.into_iter().flat_map(|(flag, names)| names.map(move |name| (flag, name)));
        let members = self.member_attributes.iter().map(|name| ("--member-attribute", name));
        match names.chain(members).find(|(_, name)| !is_attribute(name)) {
            Some((flag, name)) => {
                Err(Failure::Usage(format!("{}: {name:?} is not the name of an attribute", self.origin(flag))))
            }
            None => Ok(()),
        }
    }

    /// Connects to the directory server.
    pub fn connect(&self, url: Url, channel: &Channel, output: &Output) -> Result<LdapSource, Failure> {
        let settings = self.settings(url, channel)?;
        if settings.url.scheme() == "ldap"
            && !settings.starttls
            && settings.bind.is_some()
            && !is_loopback(&settings.url)
        {
            output.warn(&format!(
                "{}: the password of {} travels unencrypted; use ldaps:// or --starttls",
                settings.url,
                self.ldap.bind_dn.as_deref().unwrap_or_default()
            ));
        }
        LdapSource::open(settings).map_err(|fault| directory_failure(&fault))
    }

    fn settings(&self, url: Url, channel: &Channel) -> Result<LdapSettings, Failure> {
        let flags = &self.ldap;
        if flags.starttls && url.scheme() == "ldaps" {
            return Err(Failure::Usage("--starttls is for ldap://; ldaps:// is encrypted from its beginning".into()));
        }
        let Some(base) = &channel.base_dn else {
            return Err(Failure::Usage("a directory server needs --base-dn, such as dc=example,dc=com".into()));
        };
        let is_active_directory = self.directory == Some(DirectoryKind::ActiveDirectory);
        let bind = match (&flags.bind_dn, &flags.bind_password) {
            (Some(name), Some(password)) => {
                Some((name.clone(), secret(password, "--bind-password", SecretKind::Password)?))
            }
            _ => None,
        };
        let authorities = match &flags.source_ca {
            Some(path) => vec![document::certificates(path).map_err(Failure::usage)?],
            None => Vec::new(),
        };
        let (user_group, group_group) = (self.location.users()?, self.location.groups()?);
        let timestamp = if is_active_directory { "whenChanged" } else { "modifyTimestamp" };
        let detection = |algorithm, attribute: &str| {
            let attribute = flags.change_attribute.as_deref().unwrap_or(attribute).to_owned();
            Some(ChangeDetection { algorithm, attribute })
        };
        let change_detection = match flags.changed_users {
            Some(ChangedUsers::None) => None,
            Some(ChangedUsers::Usn) => detection(ChangeAlgorithm::ActiveDirectoryUsn, "uSNChanged"),
            None if is_active_directory => detection(ChangeAlgorithm::ActiveDirectoryUsn, "uSNChanged"),
            Some(ChangedUsers::Timestamp) => detection(ChangeAlgorithm::Timestamp, timestamp),
            Some(ChangedUsers::TimestampNoNegation) | None => {
                detection(ChangeAlgorithm::TimestampNoNegation, timestamp)
            }
        };
        let location = |group: Option<GroupDn>, filter: Option<EntryFilter>| Location {
            nested_search: group.as_ref().is_some_and(|group| group.nested),
            group_dn: group.map(|group| group.dn.to_string()),
            // As RFC 4515 has it, without the blanks that people write.
            filter: filter.map(|filter| filter.to_string()),
        };
        let user_filter = self.filter(self.user_filter.as_ref(), "--user-filter", Evaluator::Server)?;
        let group_filter = self.filter(self.group_filter.as_ref(), "--group-filter", Evaluator::Server)?;
        Ok(LdapSettings {
            url,
            starttls: flags.starttls,
            bind,
            authorities,
            insecure: flags.source_insecure,
            timeout: Duration::from_secs(flags.source_timeout.unwrap_or(30)),
            page_size: flags.page_size.unwrap_or(500),
            base_dn: base.to_string(),
            user_classes: channel.user_classes.clone(),
            excluded_classes: channel.excluded_classes.clone(),
            group_classes: channel.group_classes.clone(),
            users: location(user_group, user_filter),
            groups: location(group_group, group_filter),
            guid_attribute: channel.guid_attribute.clone(),
            member_of_attribute: self.location.member_of_attribute.clone(),
            member_attributes: channel.member_attributes.clone(),
            change_detection,
            mapped: channel.mapping.source_attributes(),
        })
    }
}

fn name(text: &str, flag: &str) -> Result<Dn, Failure> {
    Dn::parse(text).map_err(|error| Failure::Usage(format!("{flag}: {error}")))
}

fn mapping(path: &Path, output: &Output) -> Result<Mapping, Failure> {
    let read = file::open(path).map_err(Failure::usage)?;
    for warning in read.warnings {
        output.warn(&warning);
    }
    Ok(read.mapping)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
