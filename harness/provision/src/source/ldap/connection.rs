//! One connection to a directory: TLS, bind, searches in pages.

use std::sync::Arc;

use ldap3::controls::{Control, ControlType, PagedResults, RawControl};
use ldap3::{LdapConn, LdapConnSettings, LdapError, LdapResult, Scope, StdStream, parse_refs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::ExposeSecret as _;

use super::super::SourceError;
use super::super::fault::EntryFault;
use super::LdapSettings;
use super::fault::{LdapFault, explained};
use super::guard::{self, WireFault};
use super::received::RawEntry;
use crate::entry::{Entry, Role};

/// A bound connection. It must be used on a thread that belongs to no runtime.
pub(super) struct LdapConnection {
    connection: LdapConn,
    /// What the server sent that was not handed on.
    refused: WireFault,
}

impl std::fmt::Debug for LdapConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connection")
    }
}

/// The end of a search: all entries, the part before a limit, or a stop because the receiver is gone.
pub(super) enum SearchEnd {
    Whole,
    Limited(EntryFault),
    NotWanted,
}

/// Values of one attribute that a server hands over in parts. Groups in directories are smaller.
const MOST_VALUES: usize = 5_000_000;
/// Bytes of such values, and of the entries that wait for the rest of theirs.
const MOST_BYTES: usize = 512 * 1024 * 1024;
/// Pages in a row without an entry. A server may answer some, where it looks for long.
pub const MOST_EMPTY_PAGES: u32 = 1_000;
/// Entries of one search.
pub const MOST_ENTRIES: u64 = 10_000_000;
/// Messages of one page that are not entries.
const MOST_OTHERS: u64 = 10_000;

/// The search to make.
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
        let mut refused = WireFault::default();
        if settings.url.scheme() == "ldap" && !settings.starttls {
            let unreachable = |source| LdapFault::unreachable(&settings.url, &LdapError::Io { source });
            let (stream, fault) = guard::connect(&settings.url, settings.timeout).map_err(unreachable)?;
            (wire, refused) = (wire.set_std_stream(StdStream::Tcp(stream)), fault);
        }
        let mut connection = LdapConn::from_url_with_settings(wire, &settings.url)
            .map_err(|error| LdapFault::unreachable(&settings.url, &error))?;
        if let Some((name, password)) = &settings.bind {
            let result = connection
                .with_timeout(settings.timeout)
                .simple_bind(name, password.expose_secret())
                .map_err(|error| lost(settings, &refused, "", &error))?;
            if result.rc != 0 {
                return Err(LdapFault::refused(&settings.url, &result));
            }
        }
        Ok(Self { connection, refused })
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
            // A member that is not a name, or not the name of an entry, is no member.
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
        let refused = self.refused.clone();
        let mut stream = self
            .connection
            .with_timeout(settings.timeout)
            .streaming_search(base, scope, filter, attributes)
            .map_err(|error| lost(settings, &refused, filter, &error))?;
        let (mut found, mut messages) = (Vec::new(), 0);
        while let Some(message) = stream.next().map_err(|error| lost(settings, &refused, filter, &error))? {
            messages += 1;
            if messages > MOST_OTHERS {
                let what =
                    format!("{}: the search of {base:?} alone gives more than {MOST_OTHERS} messages", settings.url);
                return Err(LdapFault::new(what));
            }
            // A search of one entry gives one; further ones are not looked at.
            if found.is_empty() && !message.is_ref() && !message.is_intermediate() {
                found.extend(RawEntry::read(message));
            }
        }
        Ok((found, stream.result()))
    }

    /// Reads the values that the server held back.
    fn complete(&mut self, settings: &LdapSettings, received: &mut RawEntry) -> Result<(), LdapFault> {
        while let Some((name, mut from)) = received.cut_off() {
            let (mut further, mut size) = (Vec::new(), 0);
            loop {
                let asked = vec![format!("{name};range={from}-*")];
                let (found, result) = self.raw(settings, &received.dn, Scope::Base, "(objectClass=*)", asked)?;
                if result.rc != 0 {
                    return Err(LdapFault::search(&settings.url, &received.dn, &result));
                }
                let Some((values, next)) = found.first().and_then(|found| found.part_of(&name)) else { break };
                let is_empty = values.is_empty();
                size += values.iter().map(Vec::len).sum::<usize>();
                further.extend(values);
                if further.len() > MOST_VALUES || size > MOST_BYTES {
                    let what = format!(
                        "{}: {} has more than {MOST_VALUES} values of {name}, or {MOST_BYTES} bytes",
                        settings.url, received.dn
                    );
                    return Err(LdapFault::new(what));
                }
                match next {
                    // A server that does not get further would be asked for ever.
                    Some(next) if next > from && !is_empty => from = next,
                    _ => break,
                }
            }
            received.complete(&name, further);
        }
        Ok(())
    }

    /// Searches in pages and hands over one entry after another; `each` says whether it wants more.
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
        let (mut cookie, mut empty, mut entries, mut waiting) = (Vec::new(), 0, 0, 0);
        loop {
            let before = entries;
            let result = self.page(settings, question, cookie, &mut |received| {
                entries += 1;
                if entries > MOST_ENTRIES {
                    return Err(endless(settings, question, &format!("more than {MOST_ENTRIES} entries")));
                }
                match received {
                    Ok(received) if received.cut_off().is_some() => {
                        waiting += received.size();
                        unfinished.push(received);
                        if waiting > MOST_BYTES {
                            let what = format!("more than {MOST_BYTES} bytes of entries with parts of their values");
                            return Err(endless(settings, question, &what));
                        }
                        Ok(true)
                    }
                    Ok(received) => Ok(each(received.into_entry(question.role).map_err(SourceError::from))),
                    Err(fault) => Ok(each(Err(fault.into()))),
                }
            })?;
            let Some(result) = result else { return Ok(SearchEnd::NotWanted) };
            if let Some(end) = end_of(settings, question, &result)? {
                return Ok(end);
            }
            cookie = cookie_of(&result);
            if cookie.is_empty() {
                return Ok(SearchEnd::Whole);
            }
            empty = if entries == before { empty + 1 } else { 0 };
            if empty > MOST_EMPTY_PAGES {
                let what = format!("more than {MOST_EMPTY_PAGES} pages in a row without an entry");
                return Err(endless(settings, question, &what));
            }
        }
    }

    /// Asks for one page (RFC 2696); nothing if the rest of it is not wanted.
    fn page(
        &mut self,
        settings: &LdapSettings,
        question: &Search<'_>,
        cookie: Vec<u8>,
        each: &mut dyn FnMut(Result<RawEntry, EntryFault>) -> Result<bool, LdapFault>,
    ) -> Result<Option<LdapResult>, LdapFault> {
        let refused = self.refused.clone();
        let control: RawControl = PagedResults { size: i32::from(settings.page_size), cookie }.into();
        let mut stream = self
            .connection
            .with_timeout(settings.timeout)
            .with_controls(control)
            .streaming_search(question.base, question.scope, question.filter, question.attributes.to_vec())
            .map_err(|error| lost(settings, &refused, question.filter, &error))?;
        let mut others = 0;
        while let Some(message) = stream.next().map_err(|error| lost(settings, &refused, question.filter, &error))? {
            let received = if message.is_ref() {
                referral(&parse_refs(message.0), question.role).map(Err)
            } else if message.is_intermediate() {
                None
            } else {
                let unreadable = || LdapFault::new(format!("{}: an entry cannot be decoded", settings.url));
                Some(Ok(RawEntry::read(message).ok_or_else(unreadable)?))
            };
            match received {
                Some(received) => {
                    if !each(received)? {
                        return Ok(None);
                    }
                }
                None => others += 1,
            }
            if others > MOST_OTHERS {
                let what = format!("more than {MOST_OTHERS} messages in a page that are not entries");
                return Err(endless(settings, question, &what));
            }
        }
        Ok(Some(stream.result()))
    }
}

/// The meaning of a page's result code; nothing if the search goes on.
fn end_of(settings: &LdapSettings, question: &Search<'_>, result: &LdapResult) -> Result<Option<SearchEnd>, LdapFault> {
    match result.rc {
        0 => Ok(None),
        3 | 4 | 11 => Ok(Some(SearchEnd::Limited(EntryFault {
            entry: question.base.to_owned(),
            role: question.role,
            field: "the search".to_owned(),
            message: format!(
                "the directory stopped with {}; what it did not send is not known, raise its limit for this bind",
                explained(result)
            ),
            hides_others: true,
        }))),
        _ => Err(LdapFault::search(&settings.url, question.base, result)),
    }
}

/// Where the next page begins; empty behind the last one.
fn cookie_of(result: &LdapResult) -> Vec<u8> {
    let paged = result.ctrls.iter().find(|control| matches!(control, Control(Some(ControlType::PagedResults), _)));
    paged.map(|Control(_, raw)| raw.parse::<PagedResults>().cookie).unwrap_or_default()
}

/// A search that does not come to an end.
fn endless(settings: &LdapSettings, question: &Search<'_>, what: &str) -> LdapFault {
    let base = question.base;
    LdapFault::new(format!(
        "{}: the search of {base} gives {what}, so it is taken to be endless; check the server, or narrow --base-dn",
        settings.url
    ))
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

fn lost(settings: &LdapSettings, refused: &WireFault, filter: &str, error: &LdapError) -> LdapFault {
    if let Some(reason) = refused.get() {
        return LdapFault::new(format!("{}: the directory is not read further: {reason}", settings.url));
    }
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
