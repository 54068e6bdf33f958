//! The flags that say where a channel's people and groups come from, and which of them it takes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use secrecy::SecretString;
use url::Url;
use weir_files::document;
use weir_files::name::UnknownName;
use weir_provision::Channel;
use weir_provision::connection::ConnectionChannel;
use weir_provision::entry::{Dn, EntryFilter};
use weir_provision::mapping::{Mapping, file};
use weir_provision::source::LdapSource;
use weir_provision::source::ldap::{ChangeAlgorithm, ChangeDetection, LdapSettings, Location};

use super::secret::{given_secret, secret};
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
    #[arg(help = "Defaults for classes, GUID, mapping and status: inet-org-person or active-directory")]
    pub directory: Option<DirectoryKind>,
    /// Only entries at or below this name
    #[arg(long, value_name = "DN")]
    pub base_dn: Option<String>,
    /// Only people who match this LDAP filter; people who stop matching are leavers
    #[arg(long, value_name = "FILTER")]
    pub user_filter: Option<String>,
    /// Only groups that match this LDAP filter; one that stops matching is deleted
    #[arg(long, value_name = "FILTER")]
    pub group_filter: Option<String>,
    #[command(flatten)]
    pub ldap: LdapFlags,
}

/// What only a directory server needs.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Directory server")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
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
    /// Only members of this group; they are read again only when the group changes
    #[arg(long, value_name = "DN")]
    pub user_group_dn: Option<String>,
    /// Only this group, and with --nested the groups in it
    #[arg(long, value_name = "DN")]
    pub group_group_dn: Option<String>,
    /// Include members of groups in the Group DN's group (Nested Search)
    #[arg(long)]
    pub nested: bool,
    /// The attribute that names a person's groups, such as memberOf [default: none, read group members]
    #[arg(long, value_name = "ATTRIBUTE")]
    pub member_of_attribute: Option<String>,
    /// The attribute that identifies an entry
    #[arg(long, value_name = "ATTRIBUTE")]
    pub guid_attribute: Option<String>,
    /// The identifying attribute holds bytes, not text
    #[arg(long)]
    pub guid_binary: bool,
    /// How to find changed people: usn, timestamp, timestamp-no-negation or none
    #[arg(long, value_enum, value_name = "ALGORITHM", hide_possible_values = true)]
    pub changed_users: Option<ChangedUsers>,
    /// Entries per page of a search. A search of more than 10,000,000 entries, or of 1,000 pages in a row without one, is an error
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub page_size: u16,
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
        if text.to_ascii_lowercase().ends_with(".json") {
            return Err(Failure::Usage(format!("--source {text}: users of PingOne need their rule, with --rule")));
        }
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
            ("user Group DN", &ldap.user_group_dn),
            ("group filter", &self.group_filter),
            ("group Group DN", &ldap.group_group_dn),
        ];
        let mut shown: Vec<(String, String)> = settings
            .into_iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| (name.to_owned(), value.clone())))
            .collect();
        if ldap.nested {
            shown.push(("nested search".to_owned(), "yes".to_owned()));
        }
        shown
    }

    /// Takes from a connection's channel what no flag says.
    pub fn fill_from(&mut self, channel: &ConnectionChannel) {
        let text = |name: &str| channel.setting(name).map(str::to_owned);
        let or = |flag: &mut Option<String>, name: &str| {
            if flag.is_none() {
                *flag = text(name);
            }
        };
        or(&mut self.base_dn, "baseDn");
        or(&mut self.user_filter, "userSourceLocation.filter");
        or(&mut self.group_filter, "groupSourceLocation.filter");
        or(&mut self.ldap.user_group_dn, "userSourceLocation.groupDN");
        or(&mut self.ldap.group_group_dn, "groupSourceLocation.groupDN");
        or(&mut self.ldap.member_of_attribute, "groupMembershipDetection.memberOfGroupAttributeName");
        self.ldap.nested |=
            channel.flag("userSourceLocation.nestedSearch") || channel.flag("groupSourceLocation.nestedSearch");
        let algorithm = channel.setting("changeDetectionSettings.changedUsersAlgorithm").unwrap_or_default();
        let changed = match algorithm {
            "ACTIVE_DIRECTORY_USN" => Some(ChangedUsers::Usn),
            "TIMESTAMP" => Some(ChangedUsers::Timestamp),
            "TIMESTAMP_NO_NEGATION" => Some(ChangedUsers::TimestampNoNegation),
            _ => None,
        };
        self.ldap.changed_users = self.ldap.changed_users.or(changed);
        let is_active_directory = algorithm == "ACTIVE_DIRECTORY_USN"
            || channel.setting("guidAttributeName").is_some_and(|name| name.eq_ignore_ascii_case("objectGUID"));
        if self.directory.is_none() && is_active_directory {
            self.directory = Some(DirectoryKind::ActiveDirectory);
        }
    }

    /// The channel: that of the defaults, or of a connection; the flags have been filled from it by then.
    pub fn channel_of(&self, connected: Option<&ConnectionChannel>, output: &Output) -> Result<Channel, Failure> {
        let mut channel = match self.directory.unwrap_or_default() {
            DirectoryKind::InetOrgPerson => Channel::default(),
            DirectoryKind::ActiveDirectory => Channel::active_directory(),
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
        if let Some(attribute) = &self.ldap.guid_attribute {
            channel.guid_attribute.clone_from(attribute);
            channel.guid_binary = false;
        }
        channel.guid_binary |= self.ldap.guid_binary;
        if let Some(path) = &self.mapping {
            channel.mapping = mapping(path, output)?;
        }
        // A server evaluates its filters by itself, and knows more of them.
        if let SourceLocation::File(_) = self.place()? {
            for (text, flag, filter) in [
                (&self.user_filter, "--user-filter", &mut channel.user_filter),
                (&self.group_filter, "--group-filter", &mut channel.group_filter),
            ] {
                if let Some(text) = text {
                    let read: EntryFilter = text.parse().map_err(|error| Failure::Usage(format!("{flag}: {error}")))?;
                    *filter = Some(read);
                }
            }
        }
        Ok(())
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
        for (dn, flag) in [(&flags.user_group_dn, "--user-group-dn"), (&flags.group_group_dn, "--group-group-dn")] {
            if let Some(dn) = dn {
                name(dn, flag)?;
            }
        }
        let timestamp = if is_active_directory { "whenChanged" } else { "modifyTimestamp" };
        let detection =
            |algorithm, attribute: &str| Some(ChangeDetection { algorithm, attribute: attribute.to_owned() });
        let change_detection = match flags.changed_users {
            Some(ChangedUsers::None) => None,
            Some(ChangedUsers::Usn) => detection(ChangeAlgorithm::ActiveDirectoryUsn, "uSNChanged"),
            None if is_active_directory => detection(ChangeAlgorithm::ActiveDirectoryUsn, "uSNChanged"),
            Some(ChangedUsers::Timestamp) => detection(ChangeAlgorithm::Timestamp, timestamp),
            Some(ChangedUsers::TimestampNoNegation) | None => {
                detection(ChangeAlgorithm::TimestampNoNegation, timestamp)
            }
        };
        // Computers are users to Active Directory; people are not computers.
        let people = is_active_directory.then(|| "(objectCategory=person)".to_owned());
        Ok(LdapSettings {
            url,
            starttls: flags.starttls,
            bind,
            authorities,
            insecure: flags.source_insecure,
            timeout: Duration::from_secs(30),
            page_size: flags.page_size,
            base_dn: base.to_string(),
            user_classes: channel.user_classes.clone(),
            group_classes: channel.group_classes.clone(),
            users: Location {
                group_dn: flags.user_group_dn.clone(),
                nested_search: flags.nested,
                filter: self.user_filter.clone().or(people),
            },
            groups: Location {
                group_dn: flags.group_group_dn.clone(),
                nested_search: flags.nested,
                filter: self.group_filter.clone(),
            },
            guid_attribute: channel.guid_attribute.clone(),
            member_of_attribute: flags.member_of_attribute.clone(),
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
