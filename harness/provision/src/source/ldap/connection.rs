//! One connection to a directory: TLS, bind, searches in pages.

use std::sync::Arc;

use ldap3::adapters::{Adapter, PagedResults};
use ldap3::{LdapConn, LdapConnSettings, LdapError, LdapResult, Scope, parse_refs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::ExposeSecret as _;

use super::super::SourceError;
use super::super::fault::EntryFault;
use super::LdapSettings;
use super::fault::{LdapFault, explained};
use super::received::RawEntry;
use crate::entry::{Entry, Role};

/// A bound connection. It must be used on a thread that belongs to no runtime.
pub(super) struct LdapConnection {
    connection: LdapConn,
}

impl std::fmt::Debug for LdapConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connection")
    }
}

/// What a search came to: all of it, or the part before a limit, or nothing more because nobody wants it.
pub(super) enum SearchEnd {
    Whole,
    Limited(EntryFault),
    NotWanted,
}

/// Values of one attribute that a server hands over in parts. Groups in directories are smaller.
const MOST_VALUES: usize = 5_000_000;

/// What to look for.
pub(super) struct Search<'a> {
    pub base: &'a str,
    pub scope: Scope,
    pub filter: &'a str,
    pub attributes: &'a [String],
    pub role: Role,
}

impl LdapConnection {
    /// Connects and binds.
    ///
    /// # Errors
    /// The server cannot be reached, its certificate is not trusted, or it refuses the credentials.
    pub(super) fn open(settings: &LdapSettings) -> Result<Self, LdapFault> {
        let mut wire = LdapConnSettings::new().set_conn_timeout(settings.timeout).set_starttls(settings.starttls);
        if settings.insecure {
            wire = wire.set_no_tls_verify(true);
        } else if !settings.authorities.is_empty() {
            wire = wire.set_config(trusting(&settings.authorities)?);
        }
        let mut connection = LdapConn::from_url_with_settings(wire, &settings.url)
            .map_err(|error| LdapFault::unreachable(&settings.url, &error))?;
        if let Some((name, password)) = &settings.bind {
            let result = connection
                .with_timeout(settings.timeout)
                .simple_bind(name, password.expose_secret())
                .map_err(|error| LdapFault::lost(&settings.url, &error))?;
            if result.rc != 0 {
                return Err(LdapFault::refused(&settings.url, &result));
            }
        }
        Ok(Self { connection })
    }

    /// Whether the base exists and may be searched.
    pub(super) fn look_at_base(&mut self, settings: &LdapSettings) -> Result<(), LdapFault> {
        let (_, result) =
            self.raw(settings, &settings.base_dn, Scope::Base, "(objectClass=*)", vec!["1.1".to_owned()])?;
        if result.rc == 0 { Ok(()) } else { Err(LdapFault::search(&settings.url, &settings.base_dn, &result)) }
    }

    /// The number of the last change that the server has committed, where it has such numbers.
    pub(super) fn committed(&mut self, settings: &LdapSettings) -> Result<Option<u64>, LdapFault> {
        const ATTRIBUTE: &str = "highestCommittedUSN";
        let (found, _) = self.raw(settings, "", Scope::Base, "(objectClass=*)", vec![ATTRIBUTE.to_owned()])?;
        let value = found.first().and_then(|root| root.part_of(ATTRIBUTE)?.0.into_iter().next());
        Ok(value.and_then(|value| String::from_utf8(value).ok()?.parse().ok()))
    }

    /// One entry by name, with everything that the channel reads; nothing if it is not there.
    pub(super) fn read(&mut self, settings: &LdapSettings, dn: &str, role: Role) -> Result<Option<Entry>, LdapFault> {
        self.read_filtered(settings, dn, &settings.filter(role, None), role)
    }

    /// As [`Self::read`], if the entry meets the filter.
    pub(super) fn read_filtered(
        &mut self,
        settings: &LdapSettings,
        dn: &str,
        filter: &str,
        role: Role,
    ) -> Result<Option<Entry>, LdapFault> {
        let (found, result) = self.raw(settings, dn, Scope::Base, filter, settings.attributes(role))?;
        match result.rc {
            // A member that is no name, or the name of nobody, is nobody.
            0 | 32 | 34 => {}
            _ => return Err(LdapFault::search(&settings.url, dn, &result)),
        }
        let Some(mut received) = found.into_iter().next() else { return Ok(None) };
        self.complete(settings, &mut received)?;
        Ok(received.into_entry(role).ok())
    }

    /// A small search whose answer is read as a whole.
    fn raw(
        &mut self,
        settings: &LdapSettings,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: Vec<String>,
    ) -> Result<(Vec<RawEntry>, LdapResult), LdapFault> {
        let answer = self
            .connection
            .with_timeout(settings.timeout)
            .search(base, scope, filter, attributes)
            .map_err(|error| lost(settings, filter, &error))?;
        let entries = answer.0.into_iter().filter(|entry| !entry.is_ref() && !entry.is_intermediate());
        Ok((entries.filter_map(RawEntry::read).collect(), answer.1))
    }

    /// Reads the values that the server held back.
    fn complete(&mut self, settings: &LdapSettings, received: &mut RawEntry) -> Result<(), LdapFault> {
        while let Some((name, mut from)) = received.cut_off() {
            let mut further = Vec::new();
            loop {
                let asked = vec![format!("{name};range={from}-*")];
                let (found, result) = self.raw(settings, &received.dn, Scope::Base, "(objectClass=*)", asked)?;
                if result.rc != 0 {
                    return Err(LdapFault::search(&settings.url, &received.dn, &result));
                }
                let Some((values, next)) = found.first().and_then(|found| found.part_of(&name)) else { break };
                further.extend(values);
                if further.len() > MOST_VALUES {
                    let what =
                        format!("{}: {} has more than {MOST_VALUES} values of {name}", settings.url, received.dn);
                    return Err(LdapFault::new(what));
                }
                match next {
                    // A server that does not get further would be asked for ever.
                    Some(next) if next > from => from = next,
                    _ => break,
                }
            }
            received.complete(&name, further);
        }
        Ok(())
    }

    /// Searches in pages and hands over one entry after another; `each` tells whether it wants more.
    ///
    /// # Errors
    /// The connection is lost, or the server refuses.
    pub(super) fn search(
        &mut self,
        settings: &LdapSettings,
        question: &Search<'_>,
        each: &mut dyn FnMut(Result<Entry, SourceError>) -> bool,
    ) -> Result<SearchEnd, LdapFault> {
        let mut unfinished = Vec::new();
        let ended = self.pages(settings, question, &mut unfinished, each)?;
        // Entries with more values than fit are finished on the connection that is free again.
        for mut received in unfinished {
            self.complete(settings, &mut received)?;
            if !each(received.into_entry(question.role).map_err(SourceError::from)) {
                return Ok(SearchEnd::NotWanted);
            }
        }
        Ok(ended)
    }

    fn pages(
        &mut self,
        settings: &LdapSettings,
        question: &Search<'_>,
        unfinished: &mut Vec<RawEntry>,
        each: &mut dyn FnMut(Result<Entry, SourceError>) -> bool,
    ) -> Result<SearchEnd, LdapFault> {
        let pages: Vec<Box<dyn Adapter<'_, String, Vec<String>>>> =
            vec![Box::new(PagedResults::new(i32::from(settings.page_size)))];
        let mut stream = self
            .connection
            .with_timeout(settings.timeout)
            .streaming_search_with(pages, question.base, question.scope, question.filter, question.attributes.to_vec())
            .map_err(|error| lost(settings, question.filter, &error))?;
        while let Some(result) = stream.next().map_err(|error| lost(settings, question.filter, &error))? {
            if result.is_intermediate() {
                continue;
            }
            let item = if result.is_ref() {
                match referral(&parse_refs(result.0), question.role) {
                    Some(fault) => Err(fault.into()),
                    None => continue,
                }
            } else {
                match RawEntry::read(result) {
                    Some(received) if received.cut_off().is_some() => {
                        unfinished.push(received);
                        continue;
                    }
                    Some(received) => received.into_entry(question.role).map_err(SourceError::from),
                    None => return Err(LdapFault::new(format!("{}: an entry cannot be decoded", settings.url))),
                }
            };
            if !each(item) {
                return Ok(SearchEnd::NotWanted);
            }
        }
        let result = stream.result();
        match result.rc {
            0 => Ok(SearchEnd::Whole),
            3 | 4 | 11 => Ok(SearchEnd::Limited(EntryFault {
                entry: question.base.to_owned(),
                role: question.role,
                field: "the search".to_owned(),
                message: format!(
                    "the directory stopped with {}; what it did not send is not known, raise its limit for this bind",
                    explained(&result)
                ),
                hides_others: true,
            })),
            _ => Err(LdapFault::search(&settings.url, question.base, &result)),
        }
    }
}

/// A part of the tree that another server holds; not followed, since that server may be anybody's.
fn referral(urls: &[String], role: Role) -> Option<EntryFault> {
    /// Active Directory refers to its own partitions in each search of a domain; no people are there.
    const OWN_PARTITIONS: [&str; 3] = ["/cn=configuration,", "/dc=domaindnszones,", "/dc=forestdnszones,"];
    let is_own = |url: &String| OWN_PARTITIONS.iter().any(|part| url.to_ascii_lowercase().contains(part));
    if urls.iter().any(is_own) {
        return None;
    }
    Some(EntryFault {
        entry: urls.first().cloned().unwrap_or_default(),
        role,
        field: "referral".to_owned(),
        message: "another server holds this part of the directory, and referrals are not followed; make a channel with that server as source, or narrow --base-dn"
            .to_owned(),
        hides_others: false,
    })
}

fn lost(settings: &LdapSettings, filter: &str, error: &LdapError) -> LdapFault {
    match error {
        LdapError::FilterParsing => LdapFault::wrong(format!("{filter:?} is not an LDAP filter (RFC 4515)")),
        _ => LdapFault::lost(&settings.url, error),
    }
}

fn trusting(authorities: &[Vec<u8>]) -> Result<Arc<rustls::ClientConfig>, LdapFault> {
    let mut roots = rustls::RootCertStore::empty();
    for pem in authorities {
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate
                .map_err(|error| LdapFault::wrong(format!("--source-ca holds no certificate in PEM: {error}")))?;
            roots
                .add(certificate)
                .map_err(|error| LdapFault::wrong(format!("a certificate of --source-ca cannot be used: {error}")))?;
        }
    }
    if roots.is_empty() {
        return Err(LdapFault::wrong("--source-ca holds no certificate in PEM"));
    }
    Ok(Arc::new(rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()))
}
