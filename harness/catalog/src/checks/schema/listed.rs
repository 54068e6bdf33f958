//! The schema listings of RFC 7643 sections 8.7.1 and 8.7.2, a row an attribute, with the errata that are verified.

/// One attribute of a listing.
pub(super) struct ListedAttribute {
    /// The requirement that stands for it.
    pub id: &'static [&'static str],
    /// `name.familyName`
    pub path: &'static str,
    pub kind: &'static str,
    pub multi_valued: bool,
    pub required: bool,
    /// `None` where the listing is silent.
    pub case_exact: Option<bool>,
    pub mutability: &'static str,
    pub returned: &'static str,
    pub uniqueness: &'static str,
    /// Empty where the listing has none.
    pub canonical_values: &'static [&'static str],
    pub reference_types: &'static [&'static str],
}

/// An attribute as most of them are: single, optional, returned by default, without uniqueness.
const fn row(
    id: &'static [&'static str],
    path: &'static str,
    kind: &'static str,
    mutability: &'static str,
) -> ListedAttribute {
    ListedAttribute {
        id,
        path,
        kind,
        multi_valued: false,
        required: false,
        case_exact: None,
        mutability,
        returned: "default",
        uniqueness: "none",
        canonical_values: &[],
        reference_types: &[],
    }
}

impl ListedAttribute {
    const fn multi_valued(self) -> Self {
        Self { multi_valued: true, ..self }
    }

    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn case_exact(self, exact: bool) -> Self {
        Self { case_exact: Some(exact), ..self }
    }

    const fn never_returned(self) -> Self {
        Self { returned: "never", ..self }
    }

    const fn unique(self) -> Self {
        Self { uniqueness: "server", ..self }
    }

    const fn canonical(self, values: &'static [&'static str]) -> Self {
        Self { canonical_values: values, ..self }
    }

    const fn refers_to(self, types: &'static [&'static str]) -> Self {
        Self { reference_types: types, ..self }
    }
}

pub(super) const USER: &[ListedAttribute] = &[
    row(&["RFC7643-8.7.1-02"], "userName", "string", "readWrite").required().case_exact(false).unique(),
    row(&["RFC7643-8.7.1-03"], "name", "complex", "readWrite"),
    row(&["RFC7643-8.7.1-04"], "name.formatted", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-05"], "name.familyName", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-06"], "name.givenName", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-07"], "name.middleName", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-08"], "name.honorificPrefix", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-09"], "name.honorificSuffix", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-10"], "displayName", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-11"], "nickName", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-12"], "profileUrl", "reference", "readWrite").case_exact(false).refers_to(&["external"]),
    row(&["RFC7643-8.7.1-13"], "title", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-14"], "userType", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-15"], "preferredLanguage", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-16"], "locale", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-17"], "timezone", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-18"], "active", "boolean", "readWrite"),
    row(&["RFC7643-8.7.1-19"], "password", "string", "writeOnly").case_exact(false).never_returned(),
    row(&["RFC7643-8.7.1-20"], "emails", "complex", "readWrite").multi_valued(),
    row(&["RFC7643-8.7.1-21"], "emails.value", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-22"], "emails.display", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-23"], "emails.type", "string", "readWrite")
        .case_exact(false)
        .canonical(&["work", "home", "other"]),
    row(&["RFC7643-8.7.1-24"], "emails.primary", "boolean", "readWrite"),
    row(&["RFC7643-8.7.1-25"], "phoneNumbers", "complex", "readWrite").multi_valued(),
    row(&["RFC7643-8.7.1-26"], "phoneNumbers.value", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-27"], "phoneNumbers.display", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-28"], "phoneNumbers.type", "string", "readWrite")
        .case_exact(false)
        .canonical(&["work", "home", "mobile", "fax", "pager", "other"]),
    row(&["RFC7643-8.7.1-29"], "phoneNumbers.primary", "boolean", "readWrite"),
    row(&["RFC7643-8.7.1-30"], "ims", "complex", "readWrite").multi_valued(),
    row(&["RFC7643-8.7.1-31"], "ims.value", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-32"], "ims.display", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-33"], "ims.type", "string", "readWrite")
        .case_exact(false)
        .canonical(&["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
    row(&["RFC7643-8.7.1-34"], "ims.primary", "boolean", "readWrite"),
    row(&["RFC7643-8.7.1-35"], "photos", "complex", "readWrite").multi_valued(),
    row(&["RFC7643-8.7.1-36"], "photos.value", "reference", "readWrite").case_exact(false).refers_to(&["external"]),
    row(&["RFC7643-8.7.1-37"], "photos.display", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-38"], "photos.type", "string", "readWrite")
        .case_exact(false)
        .canonical(&["photo", "thumbnail"]),
    row(&["RFC7643-8.7.1-39"], "photos.primary", "boolean", "readWrite"),
    row(&["RFC7643-8.7.1-40"], "addresses", "complex", "readWrite").multi_valued(),
    row(&["RFC7643-8.7.1-41"], "addresses.formatted", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-42"], "addresses.streetAddress", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-43"], "addresses.locality", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-44"], "addresses.region", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-45"], "addresses.postalCode", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-46"], "addresses.country", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-47"], "addresses.type", "string", "readWrite")
        .case_exact(false)
        .canonical(&["work", "home", "other"]),
    row(&["RFC7643-8.7.1-48"], "addresses.primary", "boolean", "readWrite"),
    row(&["RFC7643-8.7.1-49"], "groups", "complex", "readOnly").multi_valued(),
    row(&["RFC7643-8.7.1-50"], "groups.value", "string", "readOnly").case_exact(false),
    row(&["RFC7643-8.7.1-51"], "groups.$ref", "reference", "readOnly").case_exact(false).refers_to(&["User", "Group"]),
    row(&["RFC7643-8.7.1-52"], "groups.display", "string", "readOnly").case_exact(false),
    row(&["RFC7643-8.7.1-53"], "groups.type", "string", "readOnly")
        .case_exact(false)
        .canonical(&["direct", "indirect"]),
    row(&["RFC7643-8.7.1-54"], "entitlements", "complex", "readWrite").multi_valued(),
    row(&["RFC7643-8.7.1-55"], "entitlements.value", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-56"], "entitlements.display", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-57"], "entitlements.type", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-58"], "entitlements.primary", "boolean", "readWrite"),
    row(&["RFC7643-8.7.1-59"], "roles", "complex", "readWrite").multi_valued(),
    row(&["RFC7643-8.7.1-60"], "roles.value", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-61"], "roles.display", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-62"], "roles.type", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-63"], "roles.primary", "boolean", "readWrite"),
    row(&["RFC7643-8.7.1-64"], "x509Certificates", "complex", "readWrite").multi_valued().case_exact(false),
    row(&["RFC7643-8.7.1-65"], "x509Certificates.value", "binary", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-66"], "x509Certificates.display", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-67"], "x509Certificates.type", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-68"], "x509Certificates.primary", "boolean", "readWrite"),
];

pub(super) const GROUP: &[ListedAttribute] = &[
    row(&["RFC7643-8.7.1-69"], "displayName", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-70"], "members", "complex", "readWrite").multi_valued(),
    row(&["RFC7643-8.7.1-71"], "members.value", "string", "immutable").case_exact(false),
    row(&["RFC7643-8.7.1-72"], "members.$ref", "reference", "immutable")
        .case_exact(false)
        .refers_to(&["User", "Group"]),
    row(&["RFC7643-8.7.1-73"], "members.type", "string", "immutable").case_exact(false).canonical(&["User", "Group"]),
    row(&["RFC7643-8.7.1-74"], "members.display", "string", "immutable"),
];

pub(super) const ENTERPRISE_USER: &[ListedAttribute] = &[
    row(&["RFC7643-8.7.1-75"], "employeeNumber", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-76"], "costCenter", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-77"], "organization", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-78"], "division", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-79"], "department", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-80"], "manager", "complex", "readWrite"),
    row(&["RFC7643-8.7.1-81"], "manager.value", "string", "readWrite").case_exact(false),
    row(&["RFC7643-8.7.1-82"], "manager.$ref", "reference", "readWrite").case_exact(false).refers_to(&["User"]),
    row(&["RFC7643-8.7.1-83"], "manager.displayName", "string", "readOnly").case_exact(false),
];

pub(super) const SERVICE_PROVIDER_CONFIG: &[ListedAttribute] = &[
    row(&["RFC7643-8.7.2-01"], "documentationUri", "reference", "readOnly").case_exact(false).refers_to(&["external"]),
    row(&["RFC7643-8.7.2-02"], "patch", "complex", "readOnly").required(),
    row(&["RFC7643-8.7.2-03"], "patch.supported", "boolean", "readOnly").required(),
    row(&["RFC7643-8.7.2-04"], "bulk", "complex", "readOnly").required(),
    row(&["RFC7643-8.7.2-05"], "bulk.supported", "boolean", "readOnly").required(),
    row(&["RFC7643-8.7.2-06"], "bulk.maxOperations", "integer", "readOnly").required(),
    row(&["RFC7643-8.7.2-07"], "bulk.maxPayloadSize", "integer", "readOnly").required(),
    row(&["RFC7643-8.7.2-08"], "filter", "complex", "readOnly").required(),
    row(&["RFC7643-8.7.2-09"], "filter.supported", "boolean", "readOnly").required(),
    row(&["RFC7643-8.7.2-10"], "filter.maxResults", "integer", "readOnly").required(),
    row(&["RFC7643-8.7.2-11"], "changePassword", "complex", "readOnly").required(),
    row(&["RFC7643-8.7.2-12"], "changePassword.supported", "boolean", "readOnly").required(),
    row(&["RFC7643-8.7.2-13"], "sort", "complex", "readOnly").required(),
    row(&["RFC7643-8.7.2-14"], "sort.supported", "boolean", "readOnly").required(),
    row(&["RFC7643-8.7.2-15"], "etag", "complex", "readOnly"),
    row(&["RFC7643-8.7.2-16"], "authenticationSchemes", "complex", "readOnly").multi_valued().required(),
    row(&["RFC7643-8.7.2-17"], "authenticationSchemes.name", "string", "readOnly").required().case_exact(false),
    row(&["RFC7643-8.7.2-18"], "authenticationSchemes.description", "string", "readOnly").required().case_exact(false),
    row(&["RFC7643-8.7.2-19"], "authenticationSchemes.specUri", "reference", "readOnly")
        .case_exact(false)
        .refers_to(&["external"]),
    row(&["RFC7643-8.7.2-20"], "authenticationSchemes.documentationUri", "reference", "readOnly")
        .case_exact(false)
        .refers_to(&["external"]),
    row(&["RFC7643-8.7.2-21"], "authenticationSchemes.type", "string", "readOnly"),
    row(&["RFC7643-8.7.2-22"], "authenticationSchemes.primary", "boolean", "readOnly"),
];

pub(super) const RESOURCE_TYPE: &[ListedAttribute] = &[
    row(&["RFC7643-8.7.2-23"], "id", "string", "readOnly").case_exact(false),
    row(&["RFC7643-8.7.2-24"], "name", "string", "readOnly").required().case_exact(false),
    row(&["RFC7643-8.7.2-25"], "description", "string", "readOnly").case_exact(false),
    row(&["RFC7643-8.7.2-26"], "endpoint", "reference", "readOnly").required().case_exact(false).refers_to(&["uri"]),
    row(&["RFC7643-8.7.2-27"], "schema", "reference", "readOnly").required().case_exact(true).refers_to(&["uri"]),
    row(&["RFC7643-8.7.2-28"], "schemaExtensions", "complex", "readOnly").multi_valued(),
    row(&["RFC7643-8.7.2-29"], "schemaExtensions.schema", "reference", "readOnly")
        .required()
        .case_exact(true)
        .refers_to(&["uri"]),
    row(&["RFC7643-8.7.2-30"], "schemaExtensions.required", "boolean", "readOnly").required(),
];

pub(super) const SCHEMA: &[ListedAttribute] = &[
    row(&["RFC7643-8.7.2-31"], "id", "string", "readOnly").required().case_exact(false),
    row(&["RFC7643-8.7.2-32"], "name", "string", "readOnly").case_exact(false),
    row(&["RFC7643-8.7.2-33"], "description", "string", "readOnly").case_exact(false),
    row(&["RFC7643-8.7.2-34"], "attributes", "complex", "readOnly").multi_valued().required(),
    row(&["RFC7643-8.7.2-35"], "attributes.name", "string", "readOnly").required().case_exact(true),
    row(&["RFC7643-8.7.2-36"], "attributes.type", "string", "readOnly").required().case_exact(false),
    row(&["RFC7643-8.7.2-37"], "attributes.multiValued", "boolean", "readOnly").required(),
    row(&["RFC7643-8.7.2-38"], "attributes.description", "string", "readOnly").case_exact(true),
    row(&["RFC7643-8.7.2-39"], "attributes.required", "boolean", "readOnly"),
    row(&["RFC7643-8.7.2-40"], "attributes.canonicalValues", "string", "readOnly").multi_valued().case_exact(true),
    row(&["RFC7643-8.7.2-41"], "attributes.caseExact", "boolean", "readOnly"),
    row(&["RFC7643-8.7.2-42"], "attributes.mutability", "string", "readOnly").case_exact(true).canonical(&[
        "readOnly",
        "readWrite",
        "immutable",
        "writeOnly",
    ]),
    row(&["RFC7643-8.7.2-43"], "attributes.returned", "string", "readOnly")
        .case_exact(true)
        .canonical(&["always", "never", "default", "request"]),
    row(&["RFC7643-8.7.2-44"], "attributes.uniqueness", "string", "readOnly")
        .case_exact(true)
        .canonical(&["none", "server", "global"]),
    row(&["RFC7643-8.7.2-45"], "attributes.referenceTypes", "string", "readOnly").multi_valued().case_exact(true),
    row(&["RFC7643-8.7.2-46"], "attributes.subAttributes", "complex", "readOnly").multi_valued(),
    row(&["RFC7643-8.7.2-47"], "attributes.subAttributes.name", "string", "readOnly").required().case_exact(true),
    row(&["RFC7643-8.7.2-48"], "attributes.subAttributes.type", "string", "readOnly").required().case_exact(false),
    row(&["RFC7643-8.7.2-49"], "attributes.subAttributes.multiValued", "boolean", "readOnly").required(),
    row(&["RFC7643-8.7.2-50"], "attributes.subAttributes.description", "string", "readOnly").case_exact(true),
    row(&["RFC7643-8.7.2-51"], "attributes.subAttributes.required", "boolean", "readOnly"),
    row(&["RFC7643-8.7.2-52"], "attributes.subAttributes.canonicalValues", "string", "readOnly")
        .multi_valued()
        .case_exact(true),
    row(&["RFC7643-8.7.2-53"], "attributes.subAttributes.caseExact", "boolean", "readOnly"),
    row(&["RFC7643-8.7.2-54"], "attributes.subAttributes.mutability", "string", "readOnly")
        .case_exact(true)
        .canonical(&["readOnly", "readWrite", "immutable", "writeOnly"]),
    row(&["RFC7643-8.7.2-55"], "attributes.subAttributes.returned", "string", "readOnly")
        .case_exact(true)
        .canonical(&["always", "never", "default", "request"]),
    row(&["RFC7643-8.7.2-56"], "attributes.subAttributes.uniqueness", "string", "readOnly")
        .case_exact(true)
        .canonical(&["none", "server", "global"]),
    row(&["RFC7643-8.7.2-57"], "attributes.subAttributes.referenceTypes", "string", "readOnly")
        .multi_valued()
        .case_exact(true),
];

/// The requirements of [`USER`].
pub(super) const USER_IDS: &[&str] = &[
    "RFC7643-4.1-01",
    "RFC7643-8.7.1-01",
    "RFC7643-8.7.1-02",
    "RFC7643-8.7.1-03",
    "RFC7643-8.7.1-04",
    "RFC7643-8.7.1-05",
    "RFC7643-8.7.1-06",
    "RFC7643-8.7.1-07",
    "RFC7643-8.7.1-08",
    "RFC7643-8.7.1-09",
    "RFC7643-8.7.1-10",
    "RFC7643-8.7.1-11",
    "RFC7643-8.7.1-12",
    "RFC7643-8.7.1-13",
    "RFC7643-8.7.1-14",
    "RFC7643-8.7.1-15",
    "RFC7643-8.7.1-16",
    "RFC7643-8.7.1-17",
    "RFC7643-8.7.1-18",
    "RFC7643-8.7.1-19",
    "RFC7643-8.7.1-20",
    "RFC7643-8.7.1-21",
    "RFC7643-8.7.1-22",
    "RFC7643-8.7.1-23",
    "RFC7643-8.7.1-24",
    "RFC7643-8.7.1-25",
    "RFC7643-8.7.1-26",
    "RFC7643-8.7.1-27",
    "RFC7643-8.7.1-28",
    "RFC7643-8.7.1-29",
    "RFC7643-8.7.1-30",
    "RFC7643-8.7.1-31",
    "RFC7643-8.7.1-32",
    "RFC7643-8.7.1-33",
    "RFC7643-8.7.1-34",
    "RFC7643-8.7.1-35",
    "RFC7643-8.7.1-36",
    "RFC7643-8.7.1-37",
    "RFC7643-8.7.1-38",
    "RFC7643-8.7.1-39",
    "RFC7643-8.7.1-40",
    "RFC7643-8.7.1-41",
    "RFC7643-8.7.1-42",
    "RFC7643-8.7.1-43",
    "RFC7643-8.7.1-44",
    "RFC7643-8.7.1-45",
    "RFC7643-8.7.1-46",
    "RFC7643-8.7.1-47",
    "RFC7643-8.7.1-48",
    "RFC7643-8.7.1-49",
    "RFC7643-8.7.1-50",
    "RFC7643-8.7.1-51",
    "RFC7643-8.7.1-52",
    "RFC7643-8.7.1-53",
    "RFC7643-8.7.1-54",
    "RFC7643-8.7.1-55",
    "RFC7643-8.7.1-56",
    "RFC7643-8.7.1-57",
    "RFC7643-8.7.1-58",
    "RFC7643-8.7.1-59",
    "RFC7643-8.7.1-60",
    "RFC7643-8.7.1-61",
    "RFC7643-8.7.1-62",
    "RFC7643-8.7.1-63",
    "RFC7643-8.7.1-64",
    "RFC7643-8.7.1-65",
    "RFC7643-8.7.1-66",
    "RFC7643-8.7.1-67",
    "RFC7643-8.7.1-68",
];

/// The requirements of [`GROUP`].
pub(super) const GROUP_IDS: &[&str] = &[
    "RFC7643-4.2-01",
    "RFC7643-8.7.1-01",
    "RFC7643-8.7.1-69",
    "RFC7643-8.7.1-70",
    "RFC7643-8.7.1-71",
    "RFC7643-8.7.1-72",
    "RFC7643-8.7.1-73",
    "RFC7643-8.7.1-74",
];

/// The requirements of [`ENTERPRISE_USER`].
pub(super) const ENTERPRISE_USER_IDS: &[&str] = &[
    "RFC7643-4.3-01",
    "RFC7643-8.7.1-01",
    "RFC7643-8.7.1-75",
    "RFC7643-8.7.1-76",
    "RFC7643-8.7.1-77",
    "RFC7643-8.7.1-78",
    "RFC7643-8.7.1-79",
    "RFC7643-8.7.1-80",
    "RFC7643-8.7.1-81",
    "RFC7643-8.7.1-82",
    "RFC7643-8.7.1-83",
];

/// The requirements of [`SERVICE_PROVIDER_CONFIG`].
pub(super) const SERVICE_PROVIDER_CONFIG_IDS: &[&str] = &[
    "RFC7643-8.7.2-01",
    "RFC7643-8.7.2-02",
    "RFC7643-8.7.2-03",
    "RFC7643-8.7.2-04",
    "RFC7643-8.7.2-05",
    "RFC7643-8.7.2-06",
    "RFC7643-8.7.2-07",
    "RFC7643-8.7.2-08",
    "RFC7643-8.7.2-09",
    "RFC7643-8.7.2-10",
    "RFC7643-8.7.2-11",
    "RFC7643-8.7.2-12",
    "RFC7643-8.7.2-13",
    "RFC7643-8.7.2-14",
    "RFC7643-8.7.2-15",
    "RFC7643-8.7.2-16",
    "RFC7643-8.7.2-17",
    "RFC7643-8.7.2-18",
    "RFC7643-8.7.2-19",
    "RFC7643-8.7.2-20",
    "RFC7643-8.7.2-21",
    "RFC7643-8.7.2-22",
];

/// The requirements of [`RESOURCE_TYPE`].
pub(super) const RESOURCE_TYPE_IDS: &[&str] = &[
    "RFC7643-8.7.2-23",
    "RFC7643-8.7.2-24",
    "RFC7643-8.7.2-25",
    "RFC7643-8.7.2-26",
    "RFC7643-8.7.2-27",
    "RFC7643-8.7.2-28",
    "RFC7643-8.7.2-29",
    "RFC7643-8.7.2-30",
];

/// The requirements of [`SCHEMA`].
pub(super) const SCHEMA_IDS: &[&str] = &[
    "RFC7643-8.7.2-31",
    "RFC7643-8.7.2-32",
    "RFC7643-8.7.2-33",
    "RFC7643-8.7.2-34",
    "RFC7643-8.7.2-35",
    "RFC7643-8.7.2-36",
    "RFC7643-8.7.2-37",
    "RFC7643-8.7.2-38",
    "RFC7643-8.7.2-39",
    "RFC7643-8.7.2-40",
    "RFC7643-8.7.2-41",
    "RFC7643-8.7.2-42",
    "RFC7643-8.7.2-43",
    "RFC7643-8.7.2-44",
    "RFC7643-8.7.2-45",
    "RFC7643-8.7.2-46",
    "RFC7643-8.7.2-47",
    "RFC7643-8.7.2-48",
    "RFC7643-8.7.2-49",
    "RFC7643-8.7.2-50",
    "RFC7643-8.7.2-51",
    "RFC7643-8.7.2-52",
    "RFC7643-8.7.2-53",
    "RFC7643-8.7.2-54",
    "RFC7643-8.7.2-55",
    "RFC7643-8.7.2-56",
    "RFC7643-8.7.2-57",
];
