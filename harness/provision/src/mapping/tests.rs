use serde_json::json;

use super::field::{FIELDS, Place};
use super::rule::{CharacterCase, ValueParser};
use super::*;
use crate::entry::Dn;

fn entry(attributes: &[(&str, &str)]) -> Entry {
    let mut entry = Entry::new(Dn::parse("uid=ada,dc=x").unwrap());
    for (name, value) in attributes {
        entry.push(name, value.as_bytes());
    }
    entry
}

fn rule(field: &str, attributes: &[&str]) -> FieldRule {
    FieldRule::copy(field::find(field).unwrap(), attributes)
}

#[test]
fn every_field_of_the_reference_has_its_place() {
    let table: Vec<String> = FIELDS.iter().map(|field| format!("{} = {}", field.name, field.place)).collect();
    insta::assert_snapshot!(table.join("\n"), @r#"
    userName = userName
    displayName = displayName
    nickName = nickName
    profileUrl = profileUrl
    title = title
    userType = userType
    preferredLanguage = preferredLanguage
    locale = locale
    timezone = timezone
    externalId = externalId
    password = password
    givenName = name.givenName
    familyName = name.familyName
    middleName = name.middleName
    honorificPrefix = name.honorificPrefix
    honorificSuffix = name.honorificSuffix
    formattedName = name.formatted
    workEmail = emails[type eq "work"].value
    profilePhotoUrl = photos[type eq "photo"].value
    profileThumbnailUrl = photos[type eq "thumbnail"].value
    workPhone = phoneNumbers[type eq "work"].value
    mobilePhone = phoneNumbers[type eq "mobile"].value
    pagerPhone = phoneNumbers[type eq "pager"].value
    faxPhone = phoneNumbers[type eq "fax"].value
    homePhone = phoneNumbers[type eq "home"].value
    otherPhone = phoneNumbers[type eq "other"].value
    workStreetAddress = addresses[type eq "work"].streetAddress
    workCity = addresses[type eq "work"].locality
    workState = addresses[type eq "work"].region
    workPostalCode = addresses[type eq "work"].postalCode
    workCountry = addresses[type eq "work"].country
    workFormattedAddress = addresses[type eq "work"].formatted
    homeStreetAddress = addresses[type eq "home"].streetAddress
    homeCity = addresses[type eq "home"].locality
    homeState = addresses[type eq "home"].region
    homePostalCode = addresses[type eq "home"].postalCode
    homeCountry = addresses[type eq "home"].country
    homeFormattedAddress = addresses[type eq "home"].formatted
    otherStreetAddress = addresses[type eq "other"].streetAddress
    otherCity = addresses[type eq "other"].locality
    otherState = addresses[type eq "other"].region
    otherPostalCode = addresses[type eq "other"].postalCode
    otherCountry = addresses[type eq "other"].country
    otherFormattedAddress = addresses[type eq "other"].formatted
    qqIm = ims[type eq "qq"].value
    skypeIm = ims[type eq "skype"].value
    gtalkIm = ims[type eq "gtalk"].value
    aimIm = ims[type eq "aim"].value
    icqIm = ims[type eq "icq"].value
    yahooIm = ims[type eq "yahoo"].value
    msnIm = ims[type eq "msn"].value
    xmppIm = ims[type eq "xmpp"].value
    entitlements = entitlements.value
    roles = roles.value
    certificates = x509Certificates.value
    employeeNumber = urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber
    costCenter = urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter
    organization = urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization
    division = urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division
    department = urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department
    "#);
}

#[test]
fn fields_of_aqueras_extension_have_the_type_of_its_schema() {
    for (name, spelled, multi_valued, value, expected) in [
        ("IANUser:officeLocation", "officeLocation", false, "B2", json!("B2")),
        ("ianuserOFFICELOCATION", "officeLocation", false, "B2", json!("B2")),
        ("IANUser:showInAddressList", "showInAddressList", false, "TRUE", json!(true)),
        ("IANUser:otherMails", "otherMails", true, "x@example.com", json!(["x@example.com"])),
        ("IANUser:unheardOf", "unheardOf", false, "x", json!("x")),
    ] {
        let rule = rule(name, &["a"]);
        let Place::Extension { attribute, .. } = &rule.field.place else { panic!("{name} is in an extension") };
        assert_eq!((attribute.as_ref(), rule.field.is_multi_valued()), (spelled, multi_valued), "{name}");
        assert_eq!(rule.value(&entry(&[("a", value)])).unwrap(), Some(expected), "{name}");
    }
    assert!(field::find("IANUser").is_none());
    assert!(field::find("IANUser:a b").is_none());
}

#[test]
fn options_shape_the_value() {
    let base = || rule("title", &["a", "b"]);
    let cases = [
        (base(), vec![("a", "x"), ("a", "y")], Some("x")),
        (base(), vec![("b", "y")], Some("y")),
        (base(), vec![("a", ""), ("b", "y")], Some("y")),
        (base(), vec![], None),
        (FieldRule { default_value: Some("d".into()), ..base() }, vec![], Some("d")),
        (FieldRule { default_value: Some("d".into()), ..base() }, vec![("a", "x")], Some("x")),
        (base(), vec![("a", " x ")], Some(" x ")),
        (FieldRule { trim: true, ..base() }, vec![("a", " x ")], Some("x")),
        (FieldRule { trim: true, ..base() }, vec![("a", "  "), ("b", "y")], Some("y")),
        (FieldRule { character_case: CharacterCase::Lower, ..base() }, vec![("a", "ÀB")], Some("àb")),
        (FieldRule { character_case: CharacterCase::Upper, ..base() }, vec![("a", "straße")], Some("STRASSE")),
        (
            FieldRule { parser: ValueParser::ExtractCnFromDn, ..base() },
            vec![("a", r"uid=x,cn=Harlow\, Rex,o=y")],
            Some("Harlow, Rex"),
        ),
        (
            FieldRule { parser: ValueParser::ExtractUsernameFromEmail, ..base() },
            vec![("a", "a@b@example.com")],
            Some("a@b"),
        ),
    ];
    for (rule, attributes, expected) in cases {
        let value = rule.value(&entry(&attributes)).unwrap();
        assert_eq!(value, expected.map(serde_json::Value::from), "{rule:?} {attributes:?}");
    }
}

#[test]
fn typed_values_are_read() {
    for (field, value, expected) in [
        ("IANUser:showInAddressList", "false", json!(false)),
        ("roles", "admin", json!(["admin"])),
        ("certificates", "\x01\x02", json!(["AQI="])),
    ] {
        assert_eq!(rule(field, &["a"]).value(&entry(&[("a", value)])).unwrap(), Some(expected), "{field}");
    }
    let date = |text: &str| {
        let mut rule = rule("title", &["a"]);
        rule.field.kind = field::FieldKind::DateTime;
        rule.value(&entry(&[("a", text)])).map_err(|error| error.to_string())
    };
    assert_eq!(date("2026-01-31T08:00:00Z").unwrap(), Some(json!("2026-01-31T08:00:00Z")));
    assert_eq!(date("20260131080000Z").unwrap(), Some(json!("2026-01-31T08:00:00Z")));
    assert_eq!(date("20260131080000.0Z").unwrap(), Some(json!("2026-01-31T08:00:00Z")));
    assert!(date("20261331080000Z").is_err());
    assert!(date("yesterday").is_err());
}

#[test]
fn an_entry_that_gives_no_user_says_which_field_and_why() {
    let with =
        |rule: FieldRule| Mapping::new(vec![super::tests::rule("userName", &["uid"]), rule], AccountStatus::default());
    let dn = FieldRule { parser: ValueParser::ExtractCnFromDn, ..rule("title", &["t"]) };
    let address = FieldRule { parser: ValueParser::ExtractUsernameFromEmail, ..rule("title", &["t"]) };
    let masked = FieldRule { masked: true, ..address.clone() };
    let mut bits = with(rule("title", &["t"]));
    bits.status = AccountStatus::active_directory();
    let messages: Vec<String> = [
        (Mapping::inet_org_person(), entry(&[("cn", "x")])),
        (Mapping::new(vec![rule("title", &["t"])], AccountStatus::default()), entry(&[])),
        (with(dn.clone()), entry(&[("uid", "a"), ("t", "no name")])),
        (with(dn), entry(&[("uid", "a"), ("t", "o=x")])),
        (with(address), entry(&[("uid", "a"), ("t", "nobody")])),
        (with(masked), entry(&[("uid", "a"), ("t", "secret")])),
        (with(rule("IANUser:showInAddressList", &["t"])), entry(&[("uid", "a"), ("t", "perhaps")])),
        (bits, entry(&[("uid", "a"), ("userAccountControl", "x")])),
    ]
    .into_iter()
    .map(|(mapping, entry)| mapping.desired(&entry).unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(messages.join("\n"), @r#"
    userName: a value is required, but the entry has none in uid
    userName: the mapping has no rule for it
    title: "no name" is not a distinguished name with a cn, which EXTRACT_CN_FROM_DN needs
    title: "o=x" is not a distinguished name with a cn, which EXTRACT_CN_FROM_DN needs
    title: "nobody" is not a mail address, which EXTRACT_USERNAME_FROM_EMAIL needs
    title: the value does not suit the field
    IANUser:showInAddressList: "perhaps" is neither true nor false
    active: userAccountControl is "x", not the number that Active Directory has there
    "#);
}

#[test]
fn account_status_is_read_as_the_channel_says() {
    let flag = AccountStatus::default();
    let directory = AccountStatus::active_directory();
    let inverse = AccountStatus {
        attribute: "loginAllowed".into(),
        algorithm: status::StatusAlgorithm::Flag { value: "yes".into(), status: true },
        default_status: false,
    };
    for (status, attributes, expected) in [
        (&flag, vec![], true),
        (&flag, vec![("nsaccountlock", "TRUE")], false),
        (&flag, vec![("nsAccountLock", "false")], true),
        (&directory, vec![("userAccountControl", "512")], true),
        (&directory, vec![("userAccountControl", "514")], false),
        (&inverse, vec![], false),
        (&inverse, vec![("loginAllowed", "YES")], true),
        (&inverse, vec![("loginAllowed", "no")], false),
    ] {
        assert_eq!(status.is_enabled(&entry(&attributes)), Ok(expected), "{attributes:?}");
    }
}

#[test]
fn the_fingerprint_follows_what_an_update_sends() {
    let mapping = Mapping::new(
        vec![
            rule("userName", &["uid"]),
            rule("title", &["title"]),
            FieldRule { create_only: true, ..rule("password", &["pw"]) },
        ],
        AccountStatus::default(),
    );
    let of = |attributes: &[(&str, &str)]| mapping.desired(&entry(attributes)).unwrap();
    let base = of(&[("uid", "a"), ("title", "x"), ("pw", "1")]);
    assert_eq!(base.fingerprint(), of(&[("uid", "a"), ("title", "x"), ("pw", "2"), ("sn", "y")]).fingerprint());
    assert_eq!(base.fingerprint(), of(&[("uid", "a"), ("title", "x"), ("nsaccountlock", "TRUE")]).fingerprint());
    assert_ne!(base.fingerprint(), of(&[("uid", "a"), ("title", "y")]).fingerprint());
    assert_ne!(base.fingerprint(), of(&[("uid", "a")]).fingerprint());
    assert_eq!(base.updatable().count(), 2);
    // A ledger may outlive a version of the program: the number itself must not change.
    insta::assert_snapshot!(base.fingerprint(), @"11198780472207779606");
}

#[test]
fn a_mapping_file_is_read_as_toml_and_as_json() {
    let toml = r#"
[[attributeMapping]]
fieldName = "userName"
saasFieldInfo = { attributeNames = ["mail", "uid"], parser = "EXTRACT_USERNAME_FROM_EMAIL", characterCase = "LOWER", trim = true }

[[attributeMapping]]
fieldName = "password"
saasFieldInfo = { defaultValue = "x", createOnly = "true", expression = "" }

[accountManagementSettings]
accountStatusAttributeName = "userAccountControl"
accountStatusAlgorithm = "ACCOUNT_STATUS_ALGORITHM_AD"
"#;
    let json = json!({
        "attributeMapping": [
            { "fieldName": "username", "saasFieldInfo": {
                "attributeNames": ["mail", "uid"], "parser": "extract_username_from_email", "characterCase": "LOWER", "trim": true } },
            { "fieldName": "password", "saasFieldInfo": { "defaultValue": "x", "createOnly": true, "expression": null } },
        ],
        "accountManagementSettings": {
            "accountStatusAttributeName": "userAccountControl",
            "accountStatusAlgorithm": "ACCOUNT_STATUS_ALGORITHM_AD",
        },
    });
    let from_toml = file::parse("m.toml", toml, true).unwrap();
    let from_json = file::parse("m.json", &json.to_string(), false).unwrap();
    assert_eq!(from_toml, from_json);
    assert!(from_toml.warnings.is_empty());
    let [name, password] = from_toml.mapping.rules() else { panic!("two rules") };
    assert_eq!(
        (name.parser, name.character_case, name.trim),
        (ValueParser::ExtractUsernameFromEmail, CharacterCase::Lower, true)
    );
    assert!(password.create_only && password.masked, "a password is masked without being asked");
    assert_eq!(from_toml.mapping.status, AccountStatus::active_directory());
}

#[test]
fn a_fault_in_a_mapping_file_is_named_with_its_place() {
    let of = |text: &str| file::parse("m.json", text, false).unwrap_err().to_string();
    let rules = |rules: &str| {
        of(&format!(
            r#"{{"attributeMapping":[{{"fieldName":"userName","saasFieldInfo":{{"attributeNames":["uid"]}}}},{rules}]}}"#
        ))
    };
    let info = |info: &str| rules(&format!(r#"{{"fieldName":"title","saasFieldInfo":{{{info}}}}}"#));
    let status = |settings: &str| {
        of(&format!(
            r#"{{"attributeMapping":[{{"fieldName":"userName","saasFieldInfo":{{"attributeNames":["uid"]}}}}],"accountManagementSettings":{settings}}}"#
        ))
    };
    let messages = [
        of("<EntitiesDescriptor/>"),
        of("{\n\"attributeMapping\": [,]}"),
        of("[]"),
        of("{}"),
        of(r#"{"attributeMapping":{}}"#),
        of(r#"{"attributeMapping":[]}"#),
        of(r#"{"attributeMapping":[5]}"#),
        rules("{}"),
        rules(r#"{"fieldName":7}"#),
        rules(r#"{"fieldName":"shoeSize","saasFieldInfo":{"attributeNames":["a"]}}"#),
        rules(r#"{"fieldName":"USERNAME","saasFieldInfo":{"attributeNames":["a"]}}"#),
        rules(r#"{"fieldName":"title"}"#),
        info(r#""attributeNames":"a""#),
        info(r#""attributeNames":[""]"#),
        info(r##""attributeNames":["a"],"expression":"#this.get(\"x\")""##),
        info(r#""attributeNames":["a"],"trim":1"#),
        info(r#""attributeNames":["a"],"createOnly":"maybe""#),
        info(r#""attributeNames":["a"],"characterCase":"TITLE""#),
        info(r#""attributeNames":["a"],"parser":"REGEX""#),
        info(r#""attributeNames":["a"],"defaultValue":5"#),
        status("{}"),
        status(r#"{"accountStatusAttributeName":"x","accountStatusAlgorithm":"GUESS"}"#),
        status(r#"{"accountStatusAttributeName":"x","accountStatusAlgorithm":"ACCOUNT_STATUS_ALGORITHM_FLAG"}"#),
        file::parse("m.toml", "attributeMapping = [\n  {\n", true).unwrap_err().to_string(),
        file::open(std::path::Path::new("/nowhere/m.json")).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(messages.join("\n"), @r#"
    m.json: this is SAML metadata, not a mapping file; the mapping of a connection is in the JSON of the administrative API (/idp/spConnections)
    m.json, line 2: not JSON: expected value
    m.json: must be an object
    m.json, attributeMapping: is missing; it is a list of fieldName and saasFieldInfo
    m.json, attributeMapping: must be a list
    m.json, attributeMapping: field userName is not mapped, but it identifies each user
    m.json, attributeMapping[0]: must be an object
    m.json, attributeMapping[1].fieldName: is missing
    m.json, attributeMapping[1].fieldName: must be text
    m.json, attributeMapping[1].fieldName: unknown field of the target "shoeSize"; use one of userName, displayName, nickName, profileUrl, title, userType, preferredLanguage, locale, timezone, externalId and 53 more
    m.json, attributeMapping[1]: field userName is mapped twice; keep one
    m.json, attributeMapping[1] (title): has neither attributeNames nor defaultValue, so it can never have a value
    m.json, attributeMapping[1] (title).attributeNames: must be a list of attribute names
    m.json, attributeMapping[1] (title).attributeNames: must be a list of attribute names
    m.json, attributeMapping[1] (title).expression: expressions (OGNL) are not evaluated; map the field from attributeNames alone
    m.json, attributeMapping[1] (title).trim: must be true or false
    m.json, attributeMapping[1] (title).createOnly: must be true or false
    m.json, attributeMapping[1] (title).characterCase: unknown letter case "TITLE"; use one of NONE, LOWER, UPPER
    m.json, attributeMapping[1] (title).parser: unknown parser "REGEX"; use one of NONE, EXTRACT_CN_FROM_DN, EXTRACT_USERNAME_FROM_EMAIL
    m.json, attributeMapping[1] (title).defaultValue: must be text
    m.json, accountManagementSettings.accountStatusAttributeName: is missing
    m.json, accountManagementSettings.accountStatusAlgorithm: unknown algorithm "GUESS"; use one of ACCOUNT_STATUS_ALGORITHM_AD, ACCOUNT_STATUS_ALGORITHM_FLAG
    m.json, accountManagementSettings.flagComparisonValue: is missing
    m.toml, line 2, key `attributeMapping`: unclosed inline table, expected `}`
    /nowhere/m.json: the file cannot be read: there is no such file
    "#);
}

#[test]
fn unknown_keys_of_a_mapping_file_are_told() {
    let text = r#"{"attributeMapping":[{"fieldName":"userName","saasFieldInfo":{"attributeNames":["uid"],"colour":"red"},"x":1}],"channels":[]}"#;
    let file = file::parse("m.json", text, false).unwrap();
    insta::assert_snapshot!(file.warnings.join("\n"), @r#"
    m.json: channels is unknown and ignored
    m.json: attributeMapping[0].x is unknown and ignored
    m.json: attributeMapping[0] (userName).colour is unknown and ignored
    "#);
}

#[test]
fn every_field_of_the_attribute_references_has_its_place() {
    for (name, place) in [
        ("homeEmail", "emails[type eq \"home\"].value"),
        ("otherEmail", "emails[type eq \"other\"].value"),
        ("manager", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"),
        ("qqIm", "ims[type eq \"qq\"].value"),
        (
            "urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge",
            "urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge",
        ),
    ] {
        assert_eq!(field::find(name).unwrap_or_else(|| panic!("{name}")).place.to_string(), place);
    }
    for name in ["urn:badge", "urn:x:y:", "urn::x:badge", "urn:x:y:2 b"] {
        assert!(field::find(name).is_none(), "{name}");
    }
}
