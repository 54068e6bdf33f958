//! The kind of a document. It is decided before the document is read, so that the wrong one is refused as what it is.

use std::fmt;

use serde_json::{Map, Value};

use super::fault::{FileFault, Place};

/// The documents that Weir takes somewhere, and some that are taken for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    PingFederateConnection,
    PingFederateConnections,
    /// A connection that signs people on and provisions nothing, or a list of them.
    SignOnConnection,
    SaasProvisioner,
    SamlMetadata,
    Mapping,
    Store,
    Stores,
    Rule,
    Rules,
    Mappings,
    User,
    Users,
    Populations,
    PingOneGroups,
    Event,
    Events,
    Archive,
    Schema,
    ResourceType,
    ServiceProviderConfig,
    ScimList,
    ScimResource,
    Ldif,
    Csvde,
    Html,
    Xml,
    Toml,
    /// The error that an API answered instead of the document: of PingOne, of PingFederate, or of SCIM.
    ApiError,
    EmptyObject,
    Json,
    Empty,
    Text,
}

impl DocumentKind {
    /// With its article, as a sentence has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PingFederateConnection => "a connection of PingFederate",
            Self::PingFederateConnections => "a list of PingFederate's connections",
            Self::SignOnConnection => "a connection of PingFederate without outbound provisioning",
            Self::SaasProvisioner => "PingFederate's saas-provisioner.xml",
            Self::SamlMetadata => "SAML metadata",
            Self::Mapping => "a mapping file",
            Self::Store => "a store of PingOne",
            Self::Stores => "a list of PingOne's stores",
            Self::Rule => "a rule of PingOne",
            Self::Rules => "a list of PingOne's rules",
            Self::Mappings => "a list of a PingOne rule's mappings",
            Self::User => "a user of PingOne",
            Self::Users => "a list of PingOne's users",
            Self::Populations => "a list of PingOne's populations",
            Self::PingOneGroups => "a list of PingOne's groups",
            Self::Event => "an event of PingOne",
            Self::Events => "a file of PingOne's events",
            Self::Archive => "an HTTP archive",
            Self::Schema => "a SCIM schema",
            Self::ResourceType => "a SCIM resource type",
            Self::ServiceProviderConfig => "a SCIM service provider configuration",
            Self::ScimList => "a list of SCIM resources",
            Self::ScimResource => "a SCIM resource",
            Self::Ldif => "LDIF",
            Self::Csvde => "CSV as csvde writes it",
            Self::Html => "a page in HTML, as a sign-on page or a proxy answers it",
            Self::ApiError => "an error that an API answered in place of the document",
            Self::Xml => "XML of another kind",
            Self::Toml => "TOML",
            Self::EmptyObject => "an empty JSON object",
            Self::Json => "JSON of another kind",
            Self::Empty => "an empty file",
            Self::Text => "a text of another kind",
        }
    }

    /// Where such a document is given to Weir.
    #[must_use]
    pub const fn taken_by(self) -> Option<&'static str> {
        match self {
            Self::PingFederateConnection
            | Self::PingFederateConnections
            | Self::SaasProvisioner
            | Self::Store
            | Self::Stores => Some("--connection"),
            Self::Mapping => Some("--mapping"),
            Self::Rule | Self::Rules => Some("--rule"),
            Self::Mappings => Some("--mappings"),
            Self::User | Self::Users | Self::Ldif | Self::Csvde => Some("--source"),
            Self::PingOneGroups => Some("--groups"),
            Self::Event | Self::Events => Some("--events"),
            Self::Archive => Some("weir calibrate"),
            _ => None,
        }
    }

    /// The kind of the text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let start = text.trim_start();
        match start.bytes().next() {
            None => Self::Empty,
            Some(b'<') => Self::of_xml(start),
            Some(b'{' | b'[') => match serde_json::from_str(text) {
                Ok(document) => Self::of_json(&document),
                // Several objects, one a line.
                Err(_) => match serde_json::Deserializer::from_str(text).into_iter::<Value>().next() {
                    Some(Ok(first)) if Self::of_json(&first) == Self::Event => Self::Events,
                    _ if start.starts_with("[[") || is_table_head(start) => Self::Toml,
                    _ => Self::Text,
                },
            },
            Some(_) => Self::of_lines(start),
        }
    }

    fn of_xml(text: &str) -> Self {
        // Behind the declaration, comments and document type the first element counts.
        let root = text.split('<').skip(1).find(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()));
        let name = root.unwrap_or_default().split([' ', '>', '/', '\r', '\n', '\t']).next().unwrap_or_default();
        match name.rsplit(':').next().unwrap_or_default() {
            "saasProvisioner" => Self::SaasProvisioner,
            "EntityDescriptor" | "EntitiesDescriptor" => Self::SamlMetadata,
            name if name.eq_ignore_ascii_case("html") => Self::Html,
            _ => Self::Xml,
        }
    }

    fn of_lines(text: &str) -> Self {
        let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
        let has_prefix = |prefix: &str| first.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        if has_prefix("dn:") || has_prefix("version:") {
            Self::Ldif
        } else if has_prefix("dn,") || has_prefix("\"dn\",") {
            Self::Csvde
        } else if is_assignment(first) || is_table_head(first) {
            Self::Toml
        } else {
            Self::Text
        }
    }

    /// The kind of the document.
    #[must_use]
    pub fn of_json(document: &Value) -> Self {
        match document {
            Value::Array(items) => match items.first().map(Self::of_json) {
                Some(Self::Store | Self::Stores) => Self::Stores,
                Some(Self::Rule | Self::Rules) => Self::Rules,
                Some(Self::User | Self::Users) => Self::Users,
                Some(kind @ (Self::Mappings | Self::Populations | Self::PingOneGroups)) => kind,
                Some(Self::ScimResource | Self::Schema | Self::ResourceType) => Self::ScimList,
                _ if holds_connection(document) => Self::PingFederateConnections,
                Some(Self::SignOnConnection) => Self::SignOnConnection,
                _ if items.first().is_some_and(|first| first["targetAttribute"].is_string()) => Self::Mappings,
                _ => Self::Json,
            },
            Value::Object(members) => Self::of_object(document, members),
            _ => Self::Json,
        }
    }

    fn of_object(document: &Value, members: &Map<String, Value>) -> Self {
        let has = |key: &str| members.contains_key(key);
        let lists = |key: &str| document["_embedded"][key].is_array();
        match () {
            () if members.is_empty() => Self::EmptyObject,
            () if document["outboundProvision"].is_object() => Self::PingFederateConnection,
            () if has("event") => Self::Event,
            () if document["log"]["entries"].is_array() => Self::Archive,
            () if lists("users") || document["users"].is_array() => Self::Users,
            () if lists("rules") || lists("propagationRules") => Self::Rules,
            () if lists("stores") || lists("propagationStores") => Self::Stores,
            () if lists("populations") => Self::Populations,
            () if lists("groups") => Self::PingOneGroups,
            () if document["configuration"].is_object() && !is_rule(document, members) => Self::Store,
            () if is_rule(document, members) => Self::Rule,
            () if lists("mappings") => Self::Mappings,
            () if document["attributeMapping"].is_array() => Self::Mapping,
            () if holds_connection(document) => Self::PingFederateConnections,
            () if is_connection(document)
                || (document["items"].as_array()).is_some_and(|all| all.iter().any(is_connection)) =>
            {
                Self::SignOnConnection
            }
            () if document["Resources"].is_array() => Self::ScimList,
            () if has("attributes") && has("id") => Self::Schema,
            () if has("endpoint") && has("schema") => Self::ResourceType,
            () if has("authenticationSchemes") && has("patch") => Self::ServiceProviderConfig,
            () if is_api_error(document) => Self::ApiError,
            () if document["schemas"].is_array() => Self::ScimResource,
            () if has("username") => Self::User,
            () => Self::Json,
        }
    }

    /// The fault of a document that is not `wanted`, such as `a rule of PingOne`.
    #[must_use]
    pub fn instead_of(self, wanted: &str) -> FileFault {
        let fault = FileFault::new(Place::Whole, format!("this is {self}, not {wanted}"));
        match self.taken_by() {
            None if matches!(self, Self::ApiError | Self::Html) => {
                fault.with_remedy("ask again with valid credentials, and look at the status of the answer")
            }
            Some(command) if command.starts_with("--") => fault.with_remedy(format!("give it to {command}")),
            Some(command) => fault.with_remedy(format!("`{command}` reads it")),
            None => fault,
        }
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `key = value`, which LDIF does not have: its attributes end with a colon.
fn is_assignment(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, _)| key.starts_with('"') || !key.contains(':'))
}

/// `[table]` alone in a line.
fn is_table_head(line: &str) -> bool {
    let line = line.lines().next().unwrap_or_default().trim();
    line.starts_with('[') && line.ends_with(']') && !line.contains(['{', '"', ','])
}

/// A rule says who is provisioned, from which store to which, or what fills which attribute.
fn is_rule(document: &Value, members: &Map<String, Value>) -> bool {
    const OWN: [&str; 6] = ["populationExpression", "userFilter", "sourceStore", "targetStore", "deprovision", "plan"];
    OWN.iter().any(|key| members.contains_key(*key))
        || document["mappings"].is_array()
        || document["filter"].is_string()
}

/// PingOne's errors have `code` and `message`, PingFederate's `resultId` and `message`, and SCIM's a schema of their own.
fn is_api_error(document: &Value) -> bool {
    let says = |key: &str| document[key].is_string();
    let is_scim = |uri: &Value| uri.as_str().is_some_and(|uri| uri.to_ascii_lowercase().ends_with(":2.0:error"));
    (says("message") && (says("code") || says("resultId")))
        || document["schemas"].as_array().is_some_and(|uris| uris.iter().any(is_scim))
}

/// Whether it is a connection of the administrative API, whatever it is for.
fn is_connection(document: &Value) -> bool {
    const OWN: [&str; 6] =
        ["spBrowserSso", "idpBrowserSso", "attributeQuery", "wsTrust", "virtualEntityIds", "licenseConnectionGroup"];
    document["name"].is_string()
        && (document["entityId"].is_string() || document["type"] == "SP" || document["type"] == "IDP")
        && OWN.iter().any(|key| !document[*key].is_null())
}

/// Whether a connection that provisions is somewhere in the document.
fn holds_connection(document: &Value) -> bool {
    match document {
        Value::Array(items) => items.iter().any(holds_connection),
        Value::Object(members) => {
            members.get("outboundProvision").is_some_and(Value::is_object) || members.values().any(holds_connection)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_recognised_by_what_it_holds() {
        for (text, kind) in [
            (r#"{"name": "x", "outboundProvision": {}}"#, DocumentKind::PingFederateConnection),
            (r#"{"items": [{"name": "a"}, {"outboundProvision": {}}]}"#, DocumentKind::PingFederateConnections),
            (r#"[{"outboundProvision": {}}]"#, DocumentKind::PingFederateConnections),
            (r#"{"type": "SP", "name": "x", "entityId": "y", "spBrowserSso": {}}"#, DocumentKind::SignOnConnection),
            (r#"{"items": [{"name": "x", "entityId": "y", "virtualEntityIds": []}]}"#, DocumentKind::SignOnConnection),
            (r#"{"operations": [{"items": [{"outboundProvision": {}}]}]}"#, DocumentKind::PingFederateConnections),
            ("<?xml version=\"1.0\"?>\n<!-- x -->\n<saasProvisioner>", DocumentKind::SaasProvisioner),
            ("<md:EntityDescriptor xmlns:md=\"x\"/>", DocumentKind::SamlMetadata),
            ("<!DOCTYPE html>\n<HTML lang=\"en\">", DocumentKind::Html),
            ("<project>", DocumentKind::Xml),
            (r#"{"id": "8f", "code": "ACCESS_FAILED", "message": "No.", "details": []}"#, DocumentKind::ApiError),
            (r#"{"resultId": "resource_not_found", "message": "No."}"#, DocumentKind::ApiError),
            (
                r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "401"}"#,
                DocumentKind::ApiError,
            ),
            (r#"{"type": "scim", "configuration": {}}"#, DocumentKind::Store),
            (r#"{"_embedded": {"stores": []}}"#, DocumentKind::Stores),
            (r#"{"populationExpression": "x"}"#, DocumentKind::Rule),
            (r#"{"name": "x", "mappings": []}"#, DocumentKind::Rule),
            (r#"{"sourceStore": {"id": "x"}, "configuration": {}}"#, DocumentKind::Rule),
            (r#"{"_embedded": {"rules": []}, "count": 0}"#, DocumentKind::Rules),
            (r#"{"_embedded": {"mappings": []}}"#, DocumentKind::Mappings),
            (r#"[{"sourceAttribute": "a", "targetAttribute": "b"}]"#, DocumentKind::Mappings),
            (r#"{"_embedded": {"users": []}}"#, DocumentKind::Users),
            (r#"[{"id": "1", "username": "ada"}]"#, DocumentKind::Users),
            (r#"[{"_embedded": {"users": []}}, {"_embedded": {"users": []}}]"#, DocumentKind::Users),
            (r#"[{"_embedded": {"rules": []}}]"#, DocumentKind::Rules),
            (r#"[{"_embedded": {"groups": []}}]"#, DocumentKind::PingOneGroups),
            (r#"{"_embedded": {"populations": []}}"#, DocumentKind::Populations),
            (r#"{"_embedded": {"groups": []}}"#, DocumentKind::PingOneGroups),
            (r#"{"event": "deleted", "id": "x"}"#, DocumentKind::Event),
            ("{\"event\": \"deleted\", \"id\": \"x\"}\n{\"event\": \"deleted\"}\n", DocumentKind::Events),
            (r#"{"log": {"entries": []}}"#, DocumentKind::Archive),
            (r#"{"attributeMapping": []}"#, DocumentKind::Mapping),
            (r#"{"id": "urn:x", "attributes": []}"#, DocumentKind::Schema),
            (r#"{"schemas": ["x"], "Resources": []}"#, DocumentKind::ScimList),
            (r#"{"schemas": ["x"], "userName": "ada"}"#, DocumentKind::ScimResource),
            ("{}", DocumentKind::EmptyObject),
            ("[1]", DocumentKind::Json),
            ("# c\n\ndn: cn=x\n", DocumentKind::Ldif),
            ("version: 1\n", DocumentKind::Ldif),
            ("DN,objectClass,cn\r\n", DocumentKind::Csvde),
            ("[[attributeMapping]]\nfieldName = \"x\"\n", DocumentKind::Toml),
            ("url = 1\n", DocumentKind::Toml),
            ("\"urn:x\" = \"http://x\"\n", DocumentKind::Toml),
            ("control: 1.2 false MIQ=\n", DocumentKind::Text),
            (" \n", DocumentKind::Empty),
            ("hello\n", DocumentKind::Text),
        ] {
            assert_eq!(DocumentKind::of(text), kind, "{text}");
        }
    }

    #[test]
    fn the_wrong_document_is_refused_as_what_it_is_with_its_place() {
        let said = |text, wanted| DocumentKind::of(text).instead_of(wanted).of("f").to_string();
        assert_eq!(
            said(r#"{"_embedded": {"users": []}}"#, "a rule of PingOne"),
            "f: this is a list of PingOne's users, not a rule of PingOne; give it to --source"
        );
        assert_eq!(said("{}", "a rule of PingOne"), "f: this is an empty JSON object, not a rule of PingOne");
    }
}
