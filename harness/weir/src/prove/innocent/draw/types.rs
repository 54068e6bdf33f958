//! The resource types of an innocent, and their schemas.

use scim::schema::standard::{self, ENTERPRISE_USER, GROUP, USER};
use serde_json::{Value, json};

use super::DescriptionBuilder;
use crate::prove::innocent::attribute::attributes;
use crate::prove::innocent::axis;
use crate::prove::innocent::choices::Choices;
use crate::prove::innocent::description::DescribedType;

/// What can be left out of User: nothing that RFC 7643 section 4.1 requires, and not `active`, which a service needs to end
/// somebody's access.
const OPTIONAL_OF_USER: [&str; 29] = [
    "nickName",
    "title",
    "profileUrl",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "displayName",
    "ims",
    "photos",
    "entitlements",
    "roles",
    "groups",
    "x509Certificates",
    "addresses",
    "phoneNumbers",
    "name.formatted",
    "name.middleName",
    "name.honorificPrefix",
    "name.honorificSuffix",
    "emails.primary",
    "emails.display",
    "emails.type",
    "phoneNumbers.primary",
    "phoneNumbers.display",
    "addresses.formatted",
    "addresses.primary",
    "roles.type",
    "photos.display",
];
const OPTIONAL_OF_ENTERPRISE: [&str; 7] =
    ["costCenter", "organization", "division", "department", "manager", "manager.$ref", "manager.displayName"];
const OPTIONAL_OF_GROUP: [&str; 4] = ["members", "members.$ref", "members.display", "members.type"];
const CAN_BE_REQUIRED: [&str; 3] = ["displayName", "emails", "name"];

/// Which resource types there are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Both,
    UsersAlone,
    GroupsAlone,
    Custom,
    CustomAlone,
    OtherUser,
    OtherGroup,
}

/// The core Group has one text, and most questions about own types have a premise that not every one meets: those layouts come more
/// often than others.
const LAYOUTS: [Layout; 15] = [
    Layout::Both,
    Layout::Both,
    Layout::Both,
    Layout::UsersAlone,
    Layout::Custom,
    Layout::Custom,
    Layout::Custom,
    Layout::Custom,
    Layout::GroupsAlone,
    Layout::CustomAlone,
    Layout::OtherUser,
    Layout::OtherGroup,
    Layout::OtherGroup,
    Layout::OtherGroup,
    Layout::OtherGroup,
];

/// A schema that was drawn, and what a resource type needs of it.
struct DrawnExtension {
    schema: Value,
    required: bool,
}

impl DescriptionBuilder {
    pub(super) fn types(&mut self, choices: &mut Choices) {
        let layout = *choices.pick(&LAYOUTS);
        let mut missing: Vec<&str> = Vec::new();
        match layout {
            Layout::Both => {}
            Layout::UsersAlone => {
                missing.push("Group");
                self.differs(&axis::USERS_ALONE);
            }
            Layout::GroupsAlone => {
                missing.push("User");
                self.differs(&axis::GROUPS_ALONE);
            }
            Layout::Custom => self.differs(&axis::CUSTOM_TYPE),
            Layout::CustomAlone => {
                missing.extend(["User", "Group"]);
                self.differs(&axis::CUSTOM_ALONE);
            }
            Layout::OtherUser => self.differs(&axis::OTHER_USER),
            Layout::OtherGroup => self.differs(&axis::OTHER_GROUP),
        }
        if missing.contains(&"User") {
            self.keys.remove("user_extensions");
        } else if layout == Layout::OtherUser {
            self.other_user(choices);
        } else {
            self.user(choices);
        }
        if matches!(layout, Layout::Custom | Layout::CustomAlone) {
            self.custom_type(choices);
        }
        if layout == Layout::OtherGroup {
            self.other_group(choices);
        } else if !missing.contains(&"Group") {
            self.group(choices);
        }
        if !missing.is_empty() {
            self.set("without_resource_types", json!(missing));
            self.offer_less(|name| {
                missing.iter().any(|kind| name.ends_with(if *kind == "User" { ".users" } else { ".groups" }))
                    || (missing.contains(&"User") && matches!(name, "me" | "change-password"))
            });
        }
    }

    /// User with the core schema, narrower or stricter than RFC 7643 prints it, and with extensions.
    fn user(&mut self, choices: &mut Choices) {
        let required: Vec<&str> = if choices.once_in(4) { vec![*choices.pick(&CAN_BE_REQUIRED)] } else { Vec::new() };
        let mut schema = standard_schema(USER);
        let mut without: Vec<&str> = some_of(choices, &OPTIONAL_OF_USER, &schema);
        without.retain(|path| !required.contains(path));
        for name in &required {
            self.differs(&axis::MORE_REQUIRED);
            if let Some(own) = attribute_of(&mut schema, name) {
                own["required"] = json!(true);
            }
        }
        self.narrow(&mut schema, &without);
        if !without.is_empty() || !required.is_empty() {
            self.push("schema_changes", json!({"schema": USER, "without": without, "required": required}));
        }
        if choices.once_in(4) {
            self.few_canonical(choices, &mut schema);
        }
        let mut extensions = Vec::new();
        if choices.once_in(4) {
            self.keys.remove("user_extensions");
            self.differs(&axis::NO_ENTERPRISE);
        } else {
            let mut enterprise = standard_schema(ENTERPRISE_USER);
            let without = some_of(choices, &OPTIONAL_OF_ENTERPRISE, &enterprise);
            self.narrow(&mut enterprise, &without);
            if !without.is_empty() {
                self.push("schema_changes", json!({"schema": ENTERPRISE_USER, "without": without}));
            }
            extensions.push(DrawnExtension { schema: enterprise, required: false });
        }
        if choices.once_in(3) {
            extensions.push(self.extension(choices, "User"));
            self.resource_type("User", "/Users", USER, &extensions);
        }
        self.push_type("/Users", schema, extensions);
    }

    /// Gives lists of values fewer canonical types, and refuses others.
    fn few_canonical(&mut self, choices: &mut Choices, schema: &mut Value) {
        let has_types = |own: &Value| own["canonicalValues"].as_array().is_some_and(|known| known.len() > 2);
        for name in ["emails", "phoneNumbers", "addresses"] {
            let known = *choices.pick(&[&["work", "home"][..], &["work"], &["work", "home", "mobile"]]);
            let Some(own) = attribute_of(schema, name) else { continue };
            let parts = own["subAttributes"].as_array_mut();
            let Some(kind) =
                parts.and_then(|parts| parts.iter_mut().find(|own| own["name"] == "type" && has_types(own)))
            else {
                continue;
            };
            kind["canonicalValues"] = json!(known);
            let own = own.clone();
            self.differs(&axis::FEW_CANONICAL);
            self.push("schema_changes", json!({"schema": USER, "without": [name], "with": [own]}));
        }
        let enforced = json!("reading.canonical-enforced");
        let has_it = self.keys.get("deviations").and_then(Value::as_array).is_some_and(|all| all.contains(&enforced));
        if self.axes.contains(&&axis::FEW_CANONICAL) && !has_it {
            self.push("deviations", enforced);
        }
    }

    /// Group with the core schema, narrower than RFC 7643 prints it, and with an extension.
    fn group(&mut self, choices: &mut Choices) {
        let mut schema = standard_schema(GROUP);
        let without = some_of(choices, &OPTIONAL_OF_GROUP, &schema);
        self.narrow(&mut schema, &without);
        if !without.is_empty() {
            self.push("schema_changes", json!({"schema": GROUP, "without": without}));
        }
        let mut extensions = Vec::new();
        if choices.once_in(3) {
            extensions.push(self.extension(choices, "Group"));
            self.resource_type("Group", "/Groups", GROUP, &extensions);
        }
        self.push_type("/Groups", schema, extensions);
    }

    /// Takes attributes out of a schema that RFC 7643 prints.
    fn narrow(&mut self, schema: &mut Value, without: &[&str]) {
        for path in without {
            self.differs(&axis::NARROW_SCHEMA);
            remove(schema, path);
        }
    }

    /// An extension of a resource type.
    fn extension(&mut self, choices: &mut Choices, kind: &str) -> DrawnExtension {
        self.differs(&axis::EXTENSION);
        let required = choices.once_in(2);
        if required {
            self.differs(&axis::REQUIRED_EXTENSION);
        }
        let schema = json!({
            "id": format!("urn:example:params:scim:schemas:extension:innocent:2.0:{kind}"),
            "name": format!("Innocent{kind}"),
            "description": "Attributes of its own",
            "attributes": attributes(choices, required, "Detail"),
        });
        self.push("schemas", schema.clone());
        DrawnExtension { schema, required }
    }

    /// A User that is not the core one, as directory servers publish it.
    fn other_user(&mut self, choices: &mut Choices) {
        let mut own = attributes(choices, true, "");
        own.insert(0, name_of_resource("userName", "The name to sign on with", "server"));
        self.keys.remove("user_extensions");
        self.own_type("User", "/Users", "Account", &own, Vec::new());
    }

    /// A Group that is not the core one.
    fn other_group(&mut self, choices: &mut Choices) {
        let mut own = attributes(choices, true, "");
        let uniqueness = *choices.pick(&["none", "server"]);
        own.insert(0, name_of_resource("displayName", "The name of the group", uniqueness));
        self.own_type("Group", "/Groups", "Circle", &own, Vec::new());
    }

    fn custom_type(&mut self, choices: &mut Choices) {
        let own = attributes(choices, true, "");
        let mut extensions = Vec::new();
        if choices.once_in(3) {
            extensions.push(self.extension(choices, "Site"));
        }
        self.own_type("Site", "/Sites", "Site", &own, extensions);
    }

    /// A resource type with a schema of its own.
    fn own_type(
        &mut self,
        name: &str,
        endpoint: &str,
        schema: &str,
        attributes: &[Value],
        extensions: Vec<DrawnExtension>,
    ) {
        let schema = json!({
            "id": format!("urn:example:params:scim:schemas:innocent:2.0:{schema}"),
            "name": schema, "description": "A schema of the endpoint's own", "attributes": attributes,
        });
        self.push("schemas", schema.clone());
        self.resource_type(name, endpoint, schema["id"].as_str().unwrap_or_default(), &extensions);
        self.push_type(endpoint, schema, extensions);
    }

    fn resource_type(&mut self, name: &str, endpoint: &str, schema: &str, extensions: &[DrawnExtension]) {
        let list: Vec<Value> =
            extensions.iter().map(|own| json!({"schema": own.schema["id"], "required": own.required})).collect();
        self.push(
            "resource_types",
            json!({"id": name, "name": name, "endpoint": endpoint, "schema": schema, "schemaExtensions": list}),
        );
    }

    fn push_type(&mut self, endpoint: &str, schema: Value, extensions: Vec<DrawnExtension>) {
        let extensions = extensions.into_iter().map(|own| (own.schema, own.required)).collect();
        self.types.push(DescribedType { endpoint: endpoint.into(), schema, extensions });
    }
}

/// A required text that names a resource.
fn name_of_resource(name: &str, description: &str, uniqueness: &str) -> Value {
    json!({
        "name": name, "type": "string", "multiValued": false, "description": description,
        "required": true, "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": uniqueness,
    })
}

/// Some of the paths of a schema, mostly none; a part goes with its attribute.
fn some_of(choices: &mut Choices, paths: &[&'static str], schema: &Value) -> Vec<&'static str> {
    if !choices.once_in(3) {
        return Vec::new();
    }
    let chosen: Vec<&str> = paths.iter().copied().filter(|_| choices.once_in(4)).collect();
    let stays = |path: &&str| path.split_once('.').is_none_or(|(parent, _)| !chosen.contains(&parent));
    chosen.iter().copied().filter(stays).filter(|path| has(schema, path)).collect()
}

/// A schema that is compiled in.
pub(in crate::prove::innocent) fn standard_schema(uri: &str) -> Value {
    standard::document(uri).ok().and_then(|document| serde_json::to_value(document).ok()).unwrap_or_default()
}

fn has(schema: &Value, path: &str) -> bool {
    let named = |list: &Value, name: &str| {
        list.as_array().and_then(|list| list.iter().find(|own| own["name"] == name).cloned())
    };
    match path.split_once('.') {
        Some((parent, part)) => {
            named(&schema["attributes"], parent).is_some_and(|own| named(&own["subAttributes"], part).is_some())
        }
        None => named(&schema["attributes"], path).is_some(),
    }
}

fn attribute_of<'s>(schema: &'s mut Value, name: &str) -> Option<&'s mut Value> {
    schema["attributes"].as_array_mut()?.iter_mut().find(|own| own["name"] == name)
}

/// Takes an attribute or a sub-attribute out of a schema.
fn remove(schema: &mut Value, path: &str) {
    let (list, name) = match path.split_once('.') {
        Some((parent, part)) => (attribute_of(schema, parent).map(|parent| &mut parent["subAttributes"]), part),
        None => (Some(&mut schema["attributes"]), path),
    };
    if let Some(list) = list.and_then(Value::as_array_mut) {
        list.retain(|own| own["name"] != name);
    }
}
