//! The target fields that a mapping can fill, as the provisioner's console lists them, and where each stands in SCIM.
//!
//! The names are those of the console's attribute reference; the places follow from the names and RFC 7643 sections 4.1
//! and 4.3. Fields of Aquera's own extension are read from its schema.

use std::borrow::Cow;

use scim::schema::standard;
use serde_json::Value;
use weir_files::name::UnknownName;

/// The prefix under which the console shows the attributes of Aquera's extension.
pub const IAN_PREFIX: &str = "IANUser";

/// One target field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As the console spells it.
    pub name: Cow<'static, str>,
    pub place: Place,
    pub kind: FieldKind,
}

/// Where a field stands in the user resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A simple attribute of the core schema.
    Core(&'static str),
    /// A sub-attribute of a single complex attribute.
    Sub(&'static str, &'static str),
    /// A sub-attribute of the one value with this `type`.
    Typed { attribute: &'static str, type_value: &'static str, sub: &'static str },
    /// All values of a multi-valued complex attribute, in `value`.
    Values(&'static str),
    /// A simple attribute of an extension.
    Extension { urn: Cow<'static, str>, attribute: Cow<'static, str>, multi_valued: bool },
    /// A sub-attribute of a single complex attribute of an extension.
    ExtensionSub { urn: &'static str, attribute: &'static str, sub: &'static str },
}

/// The kind of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Boolean,
    DateTime,
    /// Bytes, sent in base64.
    Binary,
    Integer,
    Decimal,
}

const fn core(name: &'static str) -> Field {
    Field { name: Cow::Borrowed(name), place: Place::Core(name), kind: FieldKind::Text }
}

const fn name(field: &'static str, sub: &'static str) -> Field {
    Field { name: Cow::Borrowed(field), place: Place::Sub("name", sub), kind: FieldKind::Text }
}

const fn typed(field: &'static str, attribute: &'static str, type_value: &'static str, sub: &'static str) -> Field {
    Field { name: Cow::Borrowed(field), place: Place::Typed { attribute, type_value, sub }, kind: FieldKind::Text }
}

const fn phone(field: &'static str, type_value: &'static str) -> Field {
    typed(field, "phoneNumbers", type_value, "value")
}

const fn im(field: &'static str, type_value: &'static str) -> Field {
    typed(field, "ims", type_value, "value")
}

const fn values(field: &'static str, attribute: &'static str, kind: FieldKind) -> Field {
    Field { name: Cow::Borrowed(field), place: Place::Values(attribute), kind }
}

const fn enterprise(field: &'static str) -> Field {
    let place = Place::Extension {
        urn: Cow::Borrowed(standard::ENTERPRISE_USER),
        attribute: Cow::Borrowed(field),
        multi_valued: false,
    };
    Field { name: Cow::Borrowed(field), place, kind: FieldKind::Text }
}

impl Field {
    /// Whether `name` is the field's own name, or that of the attribute that it stands in.
    #[must_use]
    pub fn is_in(&self, name: &str) -> bool {
        let attribute = match &self.place {
            Place::Core(attribute)
            | Place::Sub(attribute, _)
            | Place::Values(attribute)
            | Place::Typed { attribute, .. }
            | Place::ExtensionSub { attribute, .. } => attribute,
            Place::Extension { attribute, .. } => attribute.as_ref(),
        };
        self.name.eq_ignore_ascii_case(name) || attribute.eq_ignore_ascii_case(name)
    }
}

/// The field that identifies a user, and the only one that is required.
pub const USER_NAME: &str = "userName";

/// Every field of the Aquera Provisioner's attribute reference.
pub const FIELDS: &[Field] = &[
    core("userName"),
    core("displayName"),
    core("nickName"),
    core("profileUrl"),
    core("title"),
    core("userType"),
    core("preferredLanguage"),
    core("locale"),
    core("timezone"),
    core("externalId"),
    core("password"),
    name("givenName", "givenName"),
    name("familyName", "familyName"),
    name("middleName", "middleName"),
    name("honorificPrefix", "honorificPrefix"),
    name("honorificSuffix", "honorificSuffix"),
    name("formattedName", "formatted"),
    typed("workEmail", "emails", "work", "value"),
    typed("profilePhotoUrl", "photos", "photo", "value"),
    typed("profileThumbnailUrl", "photos", "thumbnail", "value"),
    phone("workPhone", "work"),
    phone("mobilePhone", "mobile"),
    phone("pagerPhone", "pager"),
    phone("faxPhone", "fax"),
    phone("homePhone", "home"),
    phone("otherPhone", "other"),
    typed("workStreetAddress", "addresses", "work", "streetAddress"),
    typed("workCity", "addresses", "work", "locality"),
    typed("workState", "addresses", "work", "region"),
    typed("workPostalCode", "addresses", "work", "postalCode"),
    typed("workCountry", "addresses", "work", "country"),
    typed("workFormattedAddress", "addresses", "work", "formatted"),
    typed("homeStreetAddress", "addresses", "home", "streetAddress"),
    typed("homeCity", "addresses", "home", "locality"),
    typed("homeState", "addresses", "home", "region"),
    typed("homePostalCode", "addresses", "home", "postalCode"),
    typed("homeCountry", "addresses", "home", "country"),
    typed("homeFormattedAddress", "addresses", "home", "formatted"),
    typed("otherStreetAddress", "addresses", "other", "streetAddress"),
    typed("otherCity", "addresses", "other", "locality"),
    typed("otherState", "addresses", "other", "region"),
    typed("otherPostalCode", "addresses", "other", "postalCode"),
    typed("otherCountry", "addresses", "other", "country"),
    typed("otherFormattedAddress", "addresses", "other", "formatted"),
    im("qqIm", "qq"),
    im("skypeIm", "skype"),
    im("gtalkIm", "gtalk"),
    im("aimIm", "aim"),
    im("icqIm", "icq"),
    im("yahooIm", "yahoo"),
    im("msnIm", "msn"),
    im("xmppIm", "xmpp"),
    values("entitlements", "entitlements", FieldKind::Text),
    values("roles", "roles", FieldKind::Text),
    values("certificates", "x509Certificates", FieldKind::Binary),
    enterprise("employeeNumber"),
    enterprise("costCenter"),
    enterprise("organization"),
    enterprise("division"),
    enterprise("department"),
];

/// The fields that the SCIM connectors of PingFederate and PingOne have besides those of [`FIELDS`].
pub const SCIM_FIELDS: &[Field] = &[
    typed("homeEmail", "emails", "home", "value"),
    typed("otherEmail", "emails", "other", "value"),
    Field {
        name: Cow::Borrowed("manager"),
        // Its value is the id of the manager's resource in the target.
        place: Place::ExtensionSub { urn: standard::ENTERPRISE_USER, attribute: "manager", sub: "value" },
        kind: FieldKind::Text,
    },
];

/// Looks a field up by the name that the console shows; `IANUser:x` and `IANUserx` name attribute `x` of Aquera's extension,
/// and `URN:x` attribute `x` of another. Names ignore case.
#[must_use]
pub fn find(name: &str) -> Option<Field> {
    if name.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("urn:")) {
        return further(name);
    }
    if let Some(field) = FIELDS.iter().chain(SCIM_FIELDS).find(|field| field.name.eq_ignore_ascii_case(name)) {
        return Some(field.clone());
    }
    let head = name.get(..IAN_PREFIX.len())?;
    let attribute = head.eq_ignore_ascii_case(IAN_PREFIX).then(|| name[IAN_PREFIX.len()..].trim_start_matches(':'))?;
    let is_name = attribute.starts_with(|c: char| c.is_ascii_alphabetic())
        && attribute.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_name.then(|| extension_field(attribute))
}

/// The message about a name that [`find`] does not know.
#[must_use]
pub fn unknown(name: &str) -> UnknownName {
    let known = FIELDS.iter().chain(SCIM_FIELDS).map(|field| field.name.as_ref());
    UnknownName::new("field of the target", name, known)
}

/// An attribute of an extension that only its URN identifies: single text.
fn further(name: &str) -> Option<Field> {
    let (urn, attribute) = name.rsplit_once(':')?;
    let is_name = attribute.starts_with(|c: char| c.is_ascii_alphabetic())
        && attribute.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    // Of a URN at least a namespace and a name are left (RFC 8141).
    let is_urn = urn.split(':').count() >= 3 && urn.split(':').all(|part| !part.is_empty());
    let place = Place::Extension {
        urn: Cow::Owned(urn.to_owned()),
        attribute: Cow::Owned(attribute.to_owned()),
        multi_valued: false,
    };
    (is_name && is_urn).then(|| Field { name: Cow::Owned(name.to_owned()), place, kind: FieldKind::Text })
}

/// An attribute that the published schema lists has its type and plurality from there; another is single text.
fn extension_field(attribute: &str) -> Field {
    let text = standard::DOCUMENTS.iter().find(|(file, _)| *file == "ian-user.json").map_or("", |(_, text)| text);
    let document: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let listed = document["attributes"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|listed| listed["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(attribute)));
    let spelled = listed.and_then(|listed| listed["name"].as_str()).unwrap_or(attribute);
    let multi_valued = listed.is_some_and(|listed| listed["multiValued"] == true);
    let kind = match listed.and_then(|listed| listed["type"].as_str()) {
        Some("boolean") => FieldKind::Boolean,
        Some("dateTime") => FieldKind::DateTime,
        Some("binary") => FieldKind::Binary,
        Some("integer") => FieldKind::Integer,
        Some("decimal") => FieldKind::Decimal,
        _ => FieldKind::Text,
    };
    Field {
        name: Cow::Owned(format!("{IAN_PREFIX}:{spelled}")),
        place: Place::Extension {
            urn: Cow::Borrowed(standard::IAN_USER),
            attribute: Cow::Owned(spelled.to_owned()),
            multi_valued,
        },
        kind,
    }
}

impl Field {
    /// Whether the field takes all values of its source attribute; others take the first.
    #[must_use]
    pub const fn is_multi_valued(&self) -> bool {
        matches!(self.place, Place::Values(_) | Place::Extension { multi_valued: true, .. })
    }
}

impl std::fmt::Display for Place {
    /// The SCIM path, as it would stand in a filter.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Core(attribute) => f.write_str(attribute),
            Self::Sub(attribute, sub) => write!(f, "{attribute}.{sub}"),
            Self::Typed { attribute, type_value, sub } => write!(f, "{attribute}[type eq \"{type_value}\"].{sub}"),
            Self::Values(attribute) => write!(f, "{attribute}.value"),
            Self::Extension { urn, attribute, .. } => write!(f, "{urn}:{attribute}"),
            Self::ExtensionSub { urn, attribute, sub } => write!(f, "{urn}:{attribute}.{sub}"),
        }
    }
}
