//! Draws an innocent.

use scim::schema::standard::{self, ENTERPRISE_USER, GROUP, USER};
use scim::tolerance::Tolerance;
use serde_json::{Map, Value, json};

use super::attribute::attributes;
use super::axis::{self, Axis};
use super::choices::Choices;
use super::description::{DescribedType, Description};

/// The target that innocents differ from.
const RFC: &str = include_str!("../../../../../fixtures/targets/rfc.toml");

/// Tolerances that answer no request which an RFC says must be refused.
const TOLERANCES: [Tolerance; 7] = [
    Tolerance::WrapSingleValue,
    Tolerance::ManagerString,
    Tolerance::BooleanStrings,
    Tolerance::UnquotedFilterValues,
    Tolerance::FilterAfterBracket,
    Tolerance::PlusAsBlank,
    Tolerance::AnyFormat,
];

/// In one of how many innocents a permitted deviation is found.
const ONE_DEVIATION_IN: u32 = 12;

/// The filters that an endpoint takes, if it takes a few.
const FORMS: [&str; 3] = [
    "Users: userName eq; externalId eq; id eq | Groups: displayName eq; id eq",
    "Users: userName eq | Groups: displayName eq",
    "Users: userName eq; userName sw | Groups: displayName eq; displayName sw | Sites: harbour eq; harbour sw",
];

/// What can be left out of User: nothing that RFC 7643 section 4.1 requires, and not `active`, which a service needs to end
/// somebody's access.
const OPTIONAL: [&str; 14] = [
    "nickName",
    "title",
    "profileUrl",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "ims",
    "photos",
    "entitlements",
    "x509Certificates",
    "addresses",
    "phoneNumbers",
    "emails.primary",
];
const CAN_BE_REQUIRED: [&str; 3] = ["displayName", "emails", "name"];

/// A description that follows from the choices.
pub(super) fn draw(choices: &mut Choices) -> Description {
    // The file is compiled in and a test reads it.
    let keys: Map<String, Value> = toml::from_str(RFC).unwrap_or_default();
    let mut builder = DescriptionBuilder { keys, axes: Vec::new(), types: Vec::new() };
    builder.set("description", json!("An endpoint that conforms to the RFCs."));
    builder.keys.remove("sources");
    // What others do not depend on is drawn first, so that a shorter sequence still draws it.
    builder.permitted(choices);
    builder.types(choices);
    builder.offers(choices);
    builder.behaviour(choices);
    Description { keys: builder.keys, axes: builder.axes, types: builder.types }
}

struct DescriptionBuilder {
    keys: Map<String, Value>,
    axes: Vec<&'static Axis>,
    types: Vec<DescribedType>,
}

impl DescriptionBuilder {
    fn set(&mut self, key: &str, value: Value) {
        self.keys.insert(key.to_owned(), value);
    }

    fn push(&mut self, key: &str, value: Value) {
        match self.keys.entry(key.to_owned()).or_insert_with(|| json!([])) {
            Value::Array(list) => list.push(value),
            other => *other = json!([value]),
        }
    }

    fn differs(&mut self, axis: &'static Axis) {
        if !self.axes.contains(&axis) {
            self.axes.push(axis);
        }
    }
}

/// Which resource types there are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Both,
    UsersAlone,
    GroupsAlone,
    Custom,
    CustomAlone,
    OtherUser,
}

/// The resource types and their schemas.
impl DescriptionBuilder {
    fn types(&mut self, choices: &mut Choices) {
        use Layout::{Both, Custom, CustomAlone, GroupsAlone, OtherUser, UsersAlone};
        let layout = *choices.pick(&[Both, Both, Both, UsersAlone, Custom, GroupsAlone, CustomAlone, OtherUser]);
        let (mut missing, mut has_user) = (Vec::new(), true);
        match layout {
            Both => {}
            UsersAlone => {
                missing.push("Group");
                self.differs(&axis::USERS_ALONE);
            }
            GroupsAlone => {
                missing.push("User");
                has_user = false;
                self.differs(&axis::GROUPS_ALONE);
            }
            Custom => self.differs(&axis::CUSTOM_TYPE),
            CustomAlone => {
                missing.extend(["User", "Group"]);
                has_user = false;
                self.differs(&axis::CUSTOM_ALONE);
            }
            OtherUser => self.differs(&axis::OTHER_USER),
        }
        if layout == OtherUser {
            self.other_user(choices);
        } else if has_user {
            self.user(choices);
        } else {
            self.keys.remove("user_extensions");
        }
        if matches!(layout, Custom | CustomAlone) {
            self.custom_type(choices);
        }
        if !missing.contains(&"Group") {
            self.types.push(DescribedType {
                endpoint: "/Groups".into(),
                schema: standard_schema(GROUP),
                extensions: Vec::new(),
            });
        }
        if !missing.is_empty() {
            self.set("without_resource_types", json!(missing));
            let gone = |capability: &Value| {
                let name = capability.as_str().unwrap_or_default();
                missing.iter().any(|kind| name.ends_with(if *kind == "User" { ".users" } else { ".groups" }))
                    || (missing.contains(&"User") && matches!(name, "me" | "change-password"))
            };
            self.offer_less(gone);
        }
    }

    /// User with the core schema, narrower or stricter than RFC 7643 prints it, and with extensions.
    fn user(&mut self, choices: &mut Choices) {
        let mut schema = standard_schema(USER);
        let without: Vec<&str> = if choices.once_in(3) {
            OPTIONAL.iter().copied().filter(|_| choices.once_in(3)).collect()
        } else {
            Vec::new()
        };
        let required: Vec<&str> = if choices.once_in(4) { vec![*choices.pick(&CAN_BE_REQUIRED)] } else { Vec::new() };
        if !without.is_empty() {
            self.differs(&axis::NARROW_SCHEMA);
        }
        if !required.is_empty() {
            self.differs(&axis::MORE_REQUIRED);
        }
        for path in &without {
            remove(&mut schema, path);
        }
        for name in &required {
            if let Some(own) = attribute_of(&mut schema, name) {
                own["required"] = json!(true);
            }
        }
        if !without.is_empty() || !required.is_empty() {
            self.push("schema_changes", json!({"schema": USER, "without": without, "required": required}));
        }
        let mut extensions = Vec::new();
        if choices.once_in(4) {
            self.keys.remove("user_extensions");
            self.differs(&axis::NO_ENTERPRISE);
        } else {
            extensions.push((standard_schema(ENTERPRISE_USER), false));
        }
        if choices.once_in(4) {
            extensions.push(self.extension(choices, "User"));
        }
        if extensions.iter().any(|(_, is_required)| *is_required) {
            let list: Vec<Value> = extensions
                .iter()
                .map(|(schema, is_required)| json!({"schema": schema["id"], "required": is_required}))
                .collect();
            self.push(
                "resource_types",
                json!({"id": "User", "name": "User", "endpoint": "/Users", "schema": USER, "schemaExtensions": list}),
            );
        }
        self.types.push(DescribedType { endpoint: "/Users".into(), schema, extensions });
    }

    /// An extension of a resource type.
    fn extension(&mut self, choices: &mut Choices, kind: &str) -> (Value, bool) {
        self.differs(&axis::EXTENSION);
        let is_required = choices.once_in(2);
        if is_required {
            self.differs(&axis::REQUIRED_EXTENSION);
        }
        let schema = json!({
            "id": format!("urn:example:params:scim:schemas:extension:innocent:2.0:{kind}"),
            "name": format!("Innocent{kind}"),
            "description": "Attributes of its own",
            "attributes": attributes(choices, is_required, "Detail"),
        });
        self.push("schemas", schema.clone());
        (schema, is_required)
    }

    /// A User that is not the core one, as directory servers publish it.
    fn other_user(&mut self, choices: &mut Choices) {
        let mut own = attributes(choices, true, "");
        own.insert(
            0,
            json!({
                "name": "userName", "type": "string", "multiValued": false, "description": "The name to sign on with",
                "required": true, "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "server",
            }),
        );
        let schema = json!({
            "id": "urn:example:params:scim:schemas:innocent:2.0:Account",
            "name": "Account", "description": "An account", "attributes": own,
        });
        self.keys.remove("user_extensions");
        self.push("schemas", schema.clone());
        self.push(
            "resource_types",
            json!({"id": "User", "name": "User", "endpoint": "/Users", "schema": schema["id"], "schemaExtensions": []}),
        );
        self.types.push(DescribedType { endpoint: "/Users".into(), schema, extensions: Vec::new() });
    }

    fn custom_type(&mut self, choices: &mut Choices) {
        let schema = json!({
            "id": "urn:example:params:scim:schemas:innocent:2.0:Site",
            "name": "Site", "description": "A place", "attributes": attributes(choices, true, ""),
        });
        let mut extensions = Vec::new();
        if choices.once_in(3) {
            extensions.push(self.extension(choices, "Site"));
        }
        let list: Vec<Value> =
            extensions.iter().map(|(own, is_required)| json!({"schema": own["id"], "required": is_required})).collect();
        self.push("schemas", schema.clone());
        self.push(
            "resource_types",
            json!({"id": "Site", "name": "Site", "endpoint": "/Sites", "schema": schema["id"], "schemaExtensions": list}),
        );
        self.types.push(DescribedType { endpoint: "/Sites".into(), schema, extensions });
    }
}

/// What the endpoint offers, and how it behaves.
impl DescriptionBuilder {
    fn offers(&mut self, choices: &mut Choices) {
        let offers: [(&'static Axis, u32, &[&str]); 9] = [
            (&axis::NO_PATCH, 8, &["patch.users", "patch.groups"]),
            (&axis::NO_FILTER, 8, &["filter.users", "filter.groups"]),
            (&axis::NO_SORT, 3, &["sort"]),
            (&axis::NO_BULK, 3, &["bulk"]),
            (&axis::NO_ETAG, 3, &["etag"]),
            (&axis::NO_CURSOR, 3, &["paging.cursor"]),
            (&axis::NO_SEARCH, 4, &["search"]),
            (&axis::NO_ROOT_QUERY, 3, &["query.root"]),
            (&axis::NO_PASSWORD_CHANGE, 4, &["change-password"]),
        ];
        for (axis, times, capabilities) in offers {
            if choices.once_in(times) {
                self.differs(axis);
                self.offer_less(|own| own.as_str().is_some_and(|name| capabilities.contains(&name)));
            }
        }
    }

    fn offer_less(&mut self, gone: impl Fn(&Value) -> bool) {
        if let Some(list) = self.keys.get_mut("capabilities").and_then(Value::as_array_mut) {
            list.retain(|capability| !gone(capability));
        }
    }

    fn permitted(&mut self, choices: &mut Choices) {
        for axis in &axis::DEVIATIONS {
            if choices.once_in(ONE_DEVIATION_IN) {
                self.differs(axis);
                self.push("deviations", json!(axis.id));
            }
        }
    }

    fn behaviour(&mut self, choices: &mut Choices) {
        if choices.once_in(3) {
            self.differs(&axis::PAGE_SIZE);
            self.set("max_results", json!(*choices.pick(&[100, 50, 20, 10, 5])));
        }
        if choices.once_in(4) {
            self.differs(&axis::AUTHENTICATION);
            self.set("authentication", json!(*choices.pick(&[&["bearer"][..], &["basic"], &["bearer", "oauth"]])));
        }
        if choices.once_in(3) {
            self.differs(&axis::TOLERANT);
            let chosen = choices.pick(&TOLERANCES).id();
            self.set("tolerances", json!([chosen]));
        }
        let has_users = self.types.iter().any(|kind| kind.endpoint == "/Users");
        let filters =
            self.keys["capabilities"].as_array().is_some_and(|all| all.iter().any(|own| own == "filter.users"));
        if choices.once_in(4) && filters && has_users {
            self.differs(&axis::FEW_FILTERS);
            let forms = choices.pick(&FORMS);
            self.push("deviations", json!(format!("filter.forms-only={forms}")));
        }
    }
}

/// A schema that is compiled in.
fn standard_schema(uri: &str) -> Value {
    standard::document(uri).ok().and_then(|document| serde_json::to_value(document).ok()).unwrap_or_default()
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
