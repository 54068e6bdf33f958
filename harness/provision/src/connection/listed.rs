//! A file of connections: one, a list of them, or a bulk export, in which the one to use is chosen by its name.

use std::fmt;
use std::path::Path;

use serde_json::Value;
use weir_files::document;
use weir_files::fault::{FileFault, Place};
use weir_files::kind::DocumentKind;
use weir_files::member::Members;
use weir_files::name::UnknownName;
use weir_files::pages::PagedList;
use weir_files::template::Placeholders;

use super::{Connection, Connector, pingfederate, pingone, provisioner_xml};

/// The connections of a file.
#[derive(Clone, Debug)]
pub struct ConnectionFile {
    file: String,
    pub connections: Vec<ListedConnection>,
}

/// A connection as far as a list shows it.
#[derive(Clone)]
pub struct ListedConnection {
    file: String,
    /// As the API has it; empty where the document has none.
    pub id: String,
    pub name: String,
    pub type_id: String,
    /// Absent where nothing is provisioned.
    pub connector: Option<Connector>,
    pub is_active: bool,
    /// The channels by name, and whether each is active.
    pub channels: Vec<(String, bool)>,
    form: Vendor,
    document: Value,
}

const STORES: PagedList<'_> = PagedList {
    names: &["stores", "propagationStores"],
    one: "store",
    many: "stores",
    loss: "a store that is on another would be missing",
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vendor {
    PingFederate,
    PingOne,
}

impl ConnectionFile {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is not a connection.
    pub fn open(path: &Path) -> Result<Self, FileFault> {
        let text = document::read(path)?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads a text; `file` stands for the file in errors.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn parse(file: &str, text: &str) -> Result<Self, FileFault> {
        let (kind, form, documents) = if text.trim_start().starts_with(['{', '[']) {
            let document = document::unique(text).map_err(|fault| not_read(text, fault).of(file))?;
            let kind = DocumentKind::of_json(&document);
            let (form, documents) = listed(document, kind).map_err(|fault| fault.of(file))?;
            (kind, form, documents)
        } else {
            let kind = DocumentKind::of(text);
            if kind != DocumentKind::SaasProvisioner {
                return Err(not_a_connection(kind).of(file));
            }
            (kind, Vendor::PingFederate, provisioner_xml::connections(text).map_err(|fault| fault.of(file))?)
        };
        let count = documents.len();
        let mut connections = Vec::with_capacity(count);
        for (index, document) in documents.into_iter().enumerate() {
            let one = ListedConnection::of(file, form, document).map_err(|fault| fault.of(file));
            // Of several one is named by its position.
            let below = |fault: FileFault| fault.below(&format!("connection {}", index + 1));
            connections.push(if count == 1 { one? } else { one.map_err(below)? });
        }
        if connections.is_empty() {
            return Err(FileFault::whole(file, format!("this is {kind} with nothing in it")));
        }
        Ok(Self { file: file.to_owned(), connections })
    }

    /// The connection of this name, or the only one that provisions.
    ///
    /// # Errors
    /// There is none, it provisions nothing, or there are several and none is named.
    pub fn choose(&self, name: Option<&str>) -> Result<&ListedConnection, FileFault> {
        let of_file = |fault: FileFault| fault.of(&self.file);
        if let Some(name) = name {
            let one = self.named(name).map_err(of_file)?;
            if one.connector.is_none() {
                return Err(of_file(FileFault::new(Place::Whole, format!("{name} has no outbound provisioning"))));
            }
            return Ok(one);
        }
        let able: Vec<&ListedConnection> = self.connections.iter().filter(|one| one.connector.is_some()).collect();
        match able.as_slice() {
            [one] => Ok(one),
            [] => {
                let problem = match self.connections.as_slice() {
                    [one] => {
                        format!("the connection {} has no outbound provisioning, so there is nothing to run", one.name)
                    }
                    _ => "no connection in it has outbound provisioning".to_owned(),
                };
                Err(of_file(FileFault::new(Place::Whole, problem)))
            }
            several => {
                let names: Vec<&str> = several.iter().map(|one| self.label(one)).collect();
                let are_told_apart = names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
                let remedy = if are_told_apart {
                    format!("name one of {} with --connection-name", names.join(", "))
                } else {
                    format!("their names and ids are the same, {}: give a file with one of them", names.join(", "))
                };
                let problem = format!("there are {} connections with outbound provisioning", several.len());
                Err(of_file(FileFault::new(Place::Whole, problem).with_remedy(remedy)))
            }
        }
    }
}

impl ConnectionFile {
    /// The connection that is called so: by its name, or by its id where names are shared.
    fn named(&self, name: &str) -> Result<&ListedConnection, FileFault> {
        let by_name: Vec<&ListedConnection> = self.connections.iter().filter(|one| one.name == name).collect();
        let by_id = || self.connections.iter().find(|one| !one.id.is_empty() && one.id == name);
        match by_name.as_slice() {
            [one] => Ok(one),
            [] => by_id().ok_or_else(|| {
                let known = self.connections.iter().map(|one| one.name.as_str());
                FileFault::unknown(Place::Whole, &UnknownName::new("connection", name, known))
            }),
            several => {
                let ids: Vec<&str> = several.iter().map(|one| one.id.as_str()).collect();
                let are_told_apart = ids.iter().enumerate().all(|(at, id)| !id.is_empty() && !ids[..at].contains(id));
                let remedy = if are_told_apart {
                    format!("name one by its id with --connection-name: {}", ids.join(", "))
                } else {
                    "give a file with one of them".to_owned()
                };
                let problem = format!("{} connections are named {name:?}", several.len());
                Err(FileFault::new(Place::Whole, problem).with_remedy(remedy))
            }
        }
    }

    /// What names a connection alone: its name, or its id.
    fn label<'a>(&self, one: &'a ListedConnection) -> &'a str {
        let is_shared = self.connections.iter().filter(|other| other.name == one.name).count() > 1;
        if is_shared && !one.id.is_empty() { &one.id } else { &one.name }
    }
}

/// The connections of a document in JSON, and whose they are.
fn listed(document: Value, kind: DocumentKind) -> Result<(Vendor, Vec<Value>), FileFault> {
    match kind {
        DocumentKind::PingFederateConnection | DocumentKind::PingFederateConnections => {
            Ok((Vendor::PingFederate, pingfederate::found(&document)))
        }
        DocumentKind::SignOnConnection => {
            let list = document["items"].as_array().or_else(|| document.as_array()).cloned();
            Ok((Vendor::PingFederate, list.unwrap_or_else(|| vec![document])))
        }
        DocumentKind::Store => Ok((Vendor::PingOne, vec![document])),
        DocumentKind::Stores => Ok((Vendor::PingOne, STORES.items(&document)?)),
        kind => Err(not_a_connection(kind)),
    }
}

/// The fault of a text that begins as JSON and cannot be read as such: the parser's, which knows the line, unless it is a
/// document of another kind.
fn not_read(text: &str, fault: FileFault) -> FileFault {
    match DocumentKind::of(text) {
        DocumentKind::PingFederateConnection
        | DocumentKind::PingFederateConnections
        | DocumentKind::Store
        | DocumentKind::Stores
        | DocumentKind::Text => fault,
        kind => not_a_connection(kind),
    }
}

fn not_a_connection(kind: DocumentKind) -> FileFault {
    match kind {
        DocumentKind::SamlMetadata => FileFault::new(
            Place::Line(1, None),
            "this is SAML metadata in XML, which is how the console exports a connection, and it has no provisioning settings",
        )
        .with_remedy("get the JSON with GET /pf-admin-api/v1/idp/spConnections/{id}"),
        DocumentKind::Empty => FileFault::new(Place::Whole, "the file is empty"),
        kind => {
            let fault = kind.instead_of("a connection of PingFederate or a store of PingOne");
            if fault.remedy.is_empty() {
                fault.with_remedy("their administrative and management APIs give one")
            } else {
                fault
            }
        }
    }
}

impl fmt::Debug for ListedConnection {
    /// Without the document, in which secrets stand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListedConnection")
            .field("file", &self.file)
            .field("id", &self.id)
            .field("name", &self.name)
            .field("type_id", &self.type_id)
            .field("connector", &self.connector)
            .field("is_active", &self.is_active)
            .field("channels", &self.channels)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

impl ListedConnection {
    fn of(file: &str, form: Vendor, document: Value) -> Result<Self, FileFault> {
        let members = Members::of(&document, "")?;
        let text = |key: &str| members.text(key).map(|text| text.unwrap_or_default().to_owned());
        let provision = members.object("outboundProvision")?;
        let (type_id, connector) = match form {
            Vendor::PingFederate => {
                let type_id = match &provision {
                    Some(provision) => provision.text("type")?.unwrap_or_default().to_owned(),
                    None => String::new(),
                };
                let settings =
                    document["outboundProvision"]["targetSettings"].as_array().map_or(&[][..], Vec::as_slice);
                let names = settings.iter().filter_map(|setting| setting["name"].as_str());
                let connector =
                    document["outboundProvision"].is_object().then(|| Connector::of_pingfederate_with(&type_id, names));
                (type_id, connector)
            }
            Vendor::PingOne => {
                let type_id = text("type")?;
                let connector = Connector::of_pingone(&type_id);
                (type_id, Some(connector))
            }
        };
        let mut channels = Vec::new();
        let listed = provision.as_ref().map(|provision| provision.objects("channels")).transpose()?;
        for channel in listed.unwrap_or_default() {
            let name = channel.text("name")?.unwrap_or_default().to_owned();
            channels.push((name, channel.flag("active")?.unwrap_or(true)));
        }
        let status = text("status")?;
        let is_off = ["INACTIVE", "DISABLED"].iter().any(|word| status.eq_ignore_ascii_case(word));
        let id = [text("id")?, text("entityId")?].into_iter().find(|id| !id.is_empty()).unwrap_or_default();
        Ok(Self {
            file: file.to_owned(),
            id,
            name: text("name")?,
            type_id,
            connector,
            is_active: members.flag("active")?.unwrap_or(true) && !is_off,
            channels,
            form,
            document,
        })
    }

    /// Reads the connection, of which Weir plays the client. With `ignore_expressions` a field with an expression is mapped
    /// from its attributes alone.
    ///
    /// # Errors
    /// The first fault, with file and place.
    pub fn read(&self, ignore_expressions: bool) -> Result<Connection, FileFault> {
        let text = self.document.to_string();
        Placeholders::of_json(&self.document, &text, &|_, _| true).refused().map_err(|fault| fault.of(&self.file))?;
        match self.form {
            Vendor::PingFederate => pingfederate::read(&self.file, &self.document, ignore_expressions),
            Vendor::PingOne => pingone::read(&self.file, &self.document),
        }
    }

    /// The connection as far as a person can be shown it, whichever client it is for: fields of a target that is not known have no place.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn outline(&self) -> Result<Connection, FileFault> {
        match self.form {
            Vendor::PingFederate => pingfederate::outline(&self.file, &self.document),
            Vendor::PingOne => pingone::read(&self.file, &self.document),
        }
    }
}
