//! A target from the discovery documents of a product: its resource types and schemas, its limits and its features.

use scim::capability::Capability;
use scim::schema::{
    Attribute, AttributeType, Definitions, PublishedDocuments, SchemaDocument, SchemaError, SchemaNote, Uniqueness,
    standard,
};
use serde_json::{Map, Value};

use super::Target;
use crate::rules::AuthenticationMethod;

mod core_schemas;

/// What a `ServiceProviderConfig` has besides features (RFC 7643 section 5, RFC 9865 section 4).
const UNUSED: [&str; 5] = ["schemas", "id", "externalid", "meta", "documentationuri"];

impl Target {
    /// A target that behaves as the documents say, and as the target `rfc` where they say nothing; and what of them could
    /// not be taken over. `name` is for messages and for [`Self::name`].
    ///
    /// # Errors
    /// Documents that do not fit together.
    pub fn like(name: &str, documents: PublishedDocuments) -> Result<(Self, Vec<SchemaNote>), SchemaError> {
        let PublishedDocuments { definitions, service_provider_config, mut notes, .. } = documents;
        let mut target = Self::rfc();
        name.clone_into(&mut target.name);
        target.description = format!("An endpoint as the discovery documents of {name} describe it.");
        target.sources.clear();
        target.as_of.clear();
        target.base_paths.truncate(1);
        target.applications.truncate(1);
        target.user_extensions.clear();
        // The documents do not say whether an endpoint has them, and few do.
        let unsaid = [Capability::Search, Capability::RootQuery, Capability::Me, Capability::CursorPaging];
        target.capabilities.retain(|capability| !unsaid.contains(capability));
        take_definitions(&mut target, definitions, &mut notes);
        match service_provider_config {
            Some(config) => take_config(&mut target, &config, &mut notes),
            None => notes
                .push(note("ServiceProviderConfig", "there is none; the features and limits of the target rfc count")),
        }
        for application in &mut target.applications {
            "As the documents describe it.".clone_into(&mut application.description);
            application.capabilities.clone_from(&target.capabilities);
            application.authentication.clone_from(&target.authentication);
        }
        target.registry()?;
        Ok((target, notes))
    }
}

fn note(place: impl Into<String>, sentence: impl Into<String>) -> SchemaNote {
    SchemaNote { place: place.into(), sentence: sentence.into() }
}

/// Takes the resource types, and of the schemas those that a resource type names.
fn take_definitions(target: &mut Target, mut definitions: Definitions, notes: &mut Vec<SchemaNote>) {
    if definitions.resource_types.is_empty() {
        notes.push(note("resource types", "there are none; User and Group as RFC 7643 has them are taken"));
        definitions.resource_types = vec![standard::user_resource_type(&[]), standard::group_resource_type()];
    } else {
        let has = |name: &str| definitions.resource_types.iter().any(|kind| kind.name.eq_ignore_ascii_case(name));
        target.without_resource_types =
            ["User", "Group"].into_iter().filter(|name| !has(name)).map(str::to_owned).collect();
    }
    let is_defined = |uri: &str| definitions.schemas.iter().any(|schema| schema.id.eq_ignore_ascii_case(uri));
    let is_known = |uri: &str| is_defined(uri) || standard::ids().iter().any(|id| id.eq_ignore_ascii_case(uri));
    definitions.resource_types.retain_mut(|kind| {
        let place = format!("resource type {}", kind.name);
        let own = [("/Users", standard::USER), ("/Groups", standard::GROUP)].into_iter().find(|(endpoint, schema)| {
            kind.endpoint.eq_ignore_ascii_case(endpoint) && kind.schema.eq_ignore_ascii_case(schema)
        });
        if let Some((endpoint, _)) = own.filter(|(endpoint, _)| *endpoint != kind.endpoint) {
            notes.push(note(
                &*place,
                format!("its endpoint {} is served as {endpoint}, the name in RFC 7644 section 3.2", kind.endpoint),
            ));
            endpoint.clone_into(&mut kind.endpoint);
        }
        if !is_known(&kind.schema) {
            notes.push(note(place, format!("left out, because its schema {} is not among the documents", kind.schema)));
            return false;
        }
        if !is_defined(&kind.schema) {
            notes.push(note(&*place, format!("its schema {} is taken from RFC 7643", kind.schema)));
        }
        kind.schema_extensions.retain(|extension| {
            if !is_known(&extension.schema) {
                let sentence =
                    format!("its extension {} is left out, because it is not among the documents", extension.schema);
                notes.push(note(&*place, sentence));
            }
            is_known(&extension.schema)
        });
        true
    });
    let kinds = &definitions.resource_types;
    let names = |uri: &str| {
        let extends = |kind: &scim::schema::ResourceTypeDocument| {
            kind.schema_extensions.iter().any(|extension| extension.schema.eq_ignore_ascii_case(uri))
        };
        let last = uri.rsplit(':').next().unwrap_or_default();
        // Where no resource types are given, an extension is one of the type that its last segment names.
        kinds.iter().any(|kind| kind.schema.eq_ignore_ascii_case(uri) || extends(kind))
            || (target.without_resource_types.is_empty()
                && kinds.iter().any(|kind| kind.name.eq_ignore_ascii_case(last)))
    };
    definitions.schemas.retain(|schema| {
        let is_named = names(&schema.id);
        if !is_named {
            notes.push(note(format!("schema {}", schema.id), "left out, because no resource type names it"));
        }
        is_named
    });
    for (schema, operations) in [
        (
            standard::USER,
            [
                Capability::CreateUsers,
                Capability::ReplaceUsers,
                Capability::PatchUsers,
                Capability::DeleteUsers,
                Capability::FilterUsers,
            ],
        ),
        (
            standard::GROUP,
            [
                Capability::CreateGroups,
                Capability::ReplaceGroups,
                Capability::PatchGroups,
                Capability::DeleteGroups,
                Capability::FilterGroups,
            ],
        ),
    ] {
        if !kinds.iter().any(|kind| kind.schema.eq_ignore_ascii_case(schema)) {
            target.capabilities.retain(|capability| !operations.contains(capability));
        }
    }
    let names: Vec<String> = definitions.resource_types.iter().map(|kind| kind.name.clone()).collect();
    for schema in &mut definitions.schemas {
        drop_impossible_uniqueness(schema, notes);
        core_schemas::align(schema, notes);
        let place = format!("{}:", schema.id);
        keep_known_references(&place, &mut schema.attributes, &names, notes);
    }
    target.definitions = definitions;
}

/// Leaves out the uniqueness of what cannot be unique: of a boolean or a complex value, and of what tells the values of a
/// multi-valued attribute apart (RFC 7643 section 2.4). A schema that says it of every attribute says nothing by it.
fn drop_impossible_uniqueness(schema: &mut SchemaDocument, notes: &mut Vec<SchemaNote>) {
    let standard = standard::document(&schema.id).map(|schema| schema.attributes).unwrap_or_default();
    let is_unique_by_law = |attribute: &Attribute| {
        let demand = standard.iter().find(|own| own.name.eq_ignore_ascii_case(&attribute.name));
        demand.is_some_and(|demand| demand.uniqueness != Uniqueness::None)
    };
    let is_said_of_all = schema.attributes.len() > 1 && all_are_unique(&schema.attributes);
    let mut dropped = Vec::new();
    for attribute in schema.attributes.iter_mut().filter(|own| !is_unique_by_law(own)) {
        drop_uniqueness("", attribute, false, is_said_of_all, &mut dropped);
    }
    if !dropped.is_empty() {
        let why = if is_said_of_all {
            "the schema says it of every attribute"
        } else {
            "two resources have the same value there"
        };
        let sentence = format!("the uniqueness of {} is left out: {why}", dropped.join(", "));
        notes.push(note(format!("schema {}", schema.id), sentence));
    }
}

fn all_are_unique(attributes: &[Attribute]) -> bool {
    attributes.iter().all(|own| own.uniqueness != Uniqueness::None && all_are_unique(&own.sub_attributes))
}

/// `is_part_of_value`: it belongs to a value of a multi-valued attribute.
fn drop_uniqueness(
    parent: &str,
    attribute: &mut Attribute,
    is_part_of_value: bool,
    is_said_of_all: bool,
    dropped: &mut Vec<String>,
) {
    let path = format!("{parent}{}", attribute.name);
    let is_label = ["type", "primary", "display"].iter().any(|own| own.eq_ignore_ascii_case(&attribute.name));
    let is_impossible = matches!(attribute.attribute_type, AttributeType::Boolean | AttributeType::Complex);
    if attribute.uniqueness != Uniqueness::None && (is_said_of_all || is_impossible || (is_part_of_value && is_label)) {
        attribute.uniqueness = Uniqueness::None;
        dropped.push(path.clone());
    }
    let is_multi_valued = attribute.multi_valued;
    for part in &mut attribute.sub_attributes {
        drop_uniqueness(&format!("{path}."), part, is_multi_valued, is_said_of_all, dropped);
    }
}

/// Leaves out what references cannot lead to: resource types that are not among the documents.
fn keep_known_references(parent: &str, attributes: &mut [Attribute], names: &[String], notes: &mut Vec<SchemaNote>) {
    for attribute in attributes {
        let place = format!("{parent}{}", attribute.name);
        keep_known_references(&format!("{place}."), &mut attribute.sub_attributes, names, notes);
        attribute.reference_types.retain(|kind| {
            let is_known = matches!(kind.as_str(), "external" | "uri") || names.contains(kind);
            if !is_known {
                let sentence =
                    format!("its reference type {kind:?} is left out, because no resource type has that name");
                notes.push(note(&*place, sentence));
            }
            is_known
        });
        if attribute.attribute_type == AttributeType::Reference && attribute.reference_types.is_empty() {
            attribute.reference_types.push("uri".to_owned());
        }
    }
}

/// Takes features and limits.
fn take_config(target: &mut Target, config: &Map<String, Value>, notes: &mut Vec<SchemaNote>) {
    let written: Vec<&String> = config.keys().collect();
    let members: Map<String, Value> =
        config.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    let mut config = PublishedConfig { members, notes };
    for (name, capabilities) in [
        ("patch", &[Capability::PatchUsers, Capability::PatchGroups][..]),
        ("filter", &[Capability::FilterUsers, Capability::FilterGroups]),
        ("sort", &[Capability::Sort]),
        ("etag", &[Capability::Etag]),
        ("changepassword", &[Capability::ChangePassword]),
        ("bulk", &[Capability::Bulk]),
    ] {
        if !config.supports(name, spelling(name)) {
            target.capabilities.retain(|capability| !capabilities.contains(capability));
        }
    }
    if let Some(most) = config.count("filter", "maxResults") {
        target.max_results = most;
    }
    if let Some(most) = config.count("bulk", "maxOperations") {
        target.bulk.max_operations = most;
    }
    if let Some(most) = config.count("bulk", "maxPayloadSize") {
        target.bulk.max_payload_size = most;
    }
    if config.members.contains_key("pagination") {
        take_pagination(target, &mut config);
    }
    target.authentication = config.authentication();
    let known = ["patch", "filter", "sort", "etag", "changepassword", "bulk", "pagination", "authenticationschemes"];
    for name in written {
        let lower = name.to_ascii_lowercase();
        if !known.contains(&&*lower) && !UNUSED.contains(&&*lower) {
            config
                .notes
                .push(note("ServiceProviderConfig", format!("{name:?} is left out: RFC 7643 does not have it")));
        }
    }
}

/// The name as RFC 7643 section 5 writes it.
fn spelling(name: &str) -> &str {
    if name == "changepassword" { "changePassword" } else { name }
}

fn take_pagination(target: &mut Target, config: &mut PublishedConfig<'_>) {
    if config.flag("pagination", "cursor") == Some(true) {
        target.capabilities.insert(Capability::CursorPaging);
    }
    if config.flag("pagination", "index") == Some(false) {
        target.capabilities.remove(&Capability::IndexPaging);
    }
    if let Some(most) = config.count("pagination", "maxPageSize") {
        target.max_results = most;
    }
    target.default_results = config.count("pagination", "defaultPageSize");
}

struct PublishedConfig<'n> {
    /// By name in lower case.
    members: Map<String, Value>,
    notes: &'n mut Vec<SchemaNote>,
}

impl PublishedConfig<'_> {
    fn member(&self, name: &str, part: &str) -> Option<&Value> {
        let members = self.members.get(name)?.as_object()?;
        members
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(part))
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    /// A boolean, of which some products make a text.
    fn flag(&mut self, name: &str, part: &str) -> Option<bool> {
        let value = self.member(name, part)?;
        let flag = match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.to_ascii_lowercase().parse().ok(),
            _ => None,
        };
        if flag.is_none() {
            let name = spelling(name);
            let sentence = format!("{name}.{part} is left out: expected true or false, got {}", shown(value));
            self.notes.push(note("ServiceProviderConfig", sentence));
        }
        flag
    }

    fn supports(&mut self, name: &str, spelling: &str) -> bool {
        let supported = self.flag(name, "supported");
        if supported.is_none() {
            self.notes.push(note(
                "ServiceProviderConfig",
                format!("it does not say whether {spelling} is supported; it is not here"),
            ));
        }
        supported.unwrap_or(false)
    }

    /// A number of at least 1, which some products write as a text; 0 means that there is no such limit.
    fn count(&mut self, name: &str, part: &str) -> Option<usize> {
        let value = self.member(name, part)?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let number = number.and_then(|number| usize::try_from(number).ok());
        if number.is_none() {
            let sentence = format!("{name}.{part} is left out: expected a whole number, got {}", shown(value));
            self.notes.push(note("ServiceProviderConfig", sentence));
        }
        // Pages and jobs beyond it would be no rehearsal but a load.
        number.filter(|number| *number > 0).map(|number| number.min(1 << 30))
    }

    fn authentication(&mut self) -> Vec<AuthenticationMethod> {
        let schemes = self.members.get("authenticationschemes");
        let schemes =
            schemes.map_or(&[][..], |value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice));
        let mut methods = Vec::new();
        for scheme in schemes {
            let kind = scheme.get("type").and_then(Value::as_str).unwrap_or_default();
            let method = match kind.to_ascii_lowercase().as_str() {
                "oauthbearertoken" => AuthenticationMethod::Bearer,
                "httpbasic" => AuthenticationMethod::Basic,
                "oauth2" => AuthenticationMethod::Oauth,
                _ => {
                    let sentence = match kind {
                        "" => "an authentication scheme without a type is left out".to_owned(),
                        kind => format!("the authentication scheme {} is left out", shown(&Value::from(kind))),
                    };
                    self.notes.push(note("ServiceProviderConfig", sentence));
                    continue;
                }
            };
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        if !methods.contains(&AuthenticationMethod::Bearer) && !methods.contains(&AuthenticationMethod::Basic) {
            self.notes.push(note("ServiceProviderConfig", "a bearer token opens the endpoint besides what it names"));
            methods.push(AuthenticationMethod::Bearer);
        }
        methods
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
